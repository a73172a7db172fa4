"""The characters of a PDF page as a reader sees them: printed twice is once, and what nobody can see is left out."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, NamedTuple

import pypdfium2.raw as raw

from miner.read.characters import plain_form
from miner.read.geometry import Char
from miner.read.painted import WHITE, Sheet, Sides, address_of, clip_of
from miner.read.text import REPLACEMENT

_HYPHENS = {"\x02": "-", "\ufffe": "-"}
"""What PDFium puts for a hyphen at a line end."""
_SAMPLE = 60
"""Characters of a page that are asked for their direction and their meaning."""
_FAINT = 25
"""Up to this opacity, of 255, nobody sees a character."""
_UNPAINTED = (3, 7)
"""Ways of setting type that put no ink on the page."""
_FILLED = (0, 4)
"""Ways of setting type that fill it with a colour and draw no outline."""
_PIECE = 4
"""Characters that a piece of text without size is counted as: PDFium does not say how many it has."""
_CRUSHED = 0.05
"""Share of its height that a character's width is drawn at, up to which nobody can read it."""
_TINY = 1.5
"""Points below which type cannot be read, where most of a page is set in larger type."""
_BESIDE = 0.2
"""Distance, in type sizes, up to which equal characters are one that was printed twice, for weight or as a shadow."""
_SQUARE = 20.0
"""Points of the squares in which earlier characters are looked up."""


class VisibleText(NamedTuple):
    """The characters of a page that can be seen, and how many cannot."""

    chars: list[Char]
    hidden: int


@dataclass(frozen=True, slots=True)
class _Look:
    """How the characters of one piece of text are painted."""

    painted: bool
    white: bool
    order: int | None = None
    """The place of the text in the order of painting, where it is known."""
    clip: Sides | None = None
    """The box outside which it is cut off."""


_BY_OBJECT = hasattr(raw, "FPDFText_GetTextObject")


def seen_chars(page: Any, handle: object, count: int) -> VisibleText:
    """Return the characters of a page in the order of the file, turned so that most text runs from left to right.

    `page` and `handle` are PDFium's names for a page and its text. Left out are characters that are white, unpainted,
    tiny, cut off, covered or off the page; unpainted ones over pictures of the whole page are what OCR read in them, and stay.
    """
    sheet = Sheet(page)
    looks = _Looks(handle, sheet)
    placed = list(_placed(handle, count, looks))
    shown = _Shown(sheet, placed)
    kept = [(char, sides) for char, sides, look in placed if shown.is_seen(char, sides, look)]
    turn = _direction(handle, count)
    chars = [Char(char.text, *_turned(sides, turn), char.size) if turn else char for char, sides in kept]
    hidden = len([1 for char, _, _ in placed if char.text.strip()]) - _printed(kept)
    return VisibleText(_once(chars), hidden + _PIECE * looks.left_out())


def unmapped(handle: object, count: int) -> float:
    """Return the share of characters whose font does not say what they mean, out of a sample."""
    sample = range(0, count, max(1, count // _SAMPLE))
    lost = sum(1 for at in sample if raw.FPDFText_HasUnicodeMapError(handle, at) == 1)
    return lost / max(1, len(sample))


def _printed(kept: Iterable[tuple[Char, Sides]]) -> int:
    return sum(1 for char, _ in kept if char.text.strip())


def _placed(handle: object, count: int, looks: _Looks) -> Iterator[tuple[Char, Sides, _Look]]:
    """Yield the characters of a page with their cells and their looks."""
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    box_at, matrix_at = ctypes.byref(box), ctypes.byref(matrix)
    for at in range(count):
        text = chr(raw.FPDFText_GetUnicode(handle, at))
        if text in "\r\n" or not raw.FPDFText_GetLooseCharBox(handle, at, box_at):
            continue
        raw.FPDFText_GetMatrix(handle, at, matrix_at)
        up = math.hypot(matrix.c, matrix.d)
        size = raw.FPDFText_GetFontSize(handle, at) * up
        if math.hypot(matrix.a, matrix.b) < _CRUSHED * up:
            size = min(size, _CRUSHED)
        sides = (box.left, box.bottom, box.right, box.top)
        yield Char(_letter(text), *sides, size if size > 0 else sides[3] - sides[1]), sides, looks.of(at)


def _letter(text: str) -> str:
    """Return the character that a font means: radicals and compatibility forms as the characters they look like."""
    if text < "\u2e80":
        text = _HYPHENS.get(text, text)
        return REPLACEMENT if text < " " and text != "\t" else text
    if "\ud800" <= text <= "\udfff":
        return REPLACEMENT
    return _HYPHENS.get(text) or plain_form(text)


class _Looks:
    """Asks how the pieces of text of one page are painted; what PDFium fills in is allocated once."""

    def __init__(self, handle: object, sheet: Sheet) -> None:
        self.handle, self.sheet = handle, sheet
        self.colours = [ctypes.c_uint() for _ in range(4)]
        self.places = [ctypes.byref(colour) for colour in self.colours]
        self.known: dict[int, _Look] = {}

    def of(self, at: int) -> _Look:
        """Return the look of a character; older versions of PDFium ask the page for it, newer ones the object."""
        if not _BY_OBJECT:
            return self._look(at, raw.FPDFText_GetTextRenderMode(self.handle, at))
        found = raw.FPDFText_GetTextObject(self.handle, at)
        if not found:
            return self._look(at, 0)
        key = address_of(found)
        if key not in self.known:
            look = self._look(at, raw.FPDFTextObj_GetTextRenderMode(found))
            self.known[key] = replace(look, order=self.sheet.order.get(key), clip=clip_of(found))
        return self.known[key]

    def left_out(self) -> int:
        """Count the pieces of text that PDFium leaves out of the text layer because they are set in no size at all."""
        return self.sheet.flat_text(self.known) if _BY_OBJECT else 0

    def _look(self, at: int, mode: int) -> _Look:
        white = mode in _FILLED and raw.FPDFText_GetFillColor(self.handle, at, *self.places) and self._white()
        return _Look(mode not in _UNPAINTED, bool(white))

    def _white(self) -> bool:
        *shades, alpha = (colour.value for colour in self.colours)
        return alpha <= _FAINT or min(shades) >= WHITE


class _Shown:
    """Tells which characters of one page a reader sees."""

    def __init__(self, sheet: Sheet, placed: Sequence[tuple[Char, Sides, _Look]]) -> None:
        self.sheet = sheet
        sizes = [char.size for char, _, _ in placed if char.text.strip()]
        self.usual = median(sizes) if sizes else 0.0

    def is_seen(self, char: Char, sides: Sides, look: _Look) -> bool:
        """Tell whether a character can be seen; a blank is where it is."""
        if char.text.isspace():
            return True
        if char.size < min(_TINY, 0.3 * self.usual) or not _inside(sides, self.sheet.sides):
            return False
        if look.clip is not None and not _inside(sides, look.clip):
            return False
        if not look.painted:
            return self.sheet.is_scan
        if look.white and not self.sheet.is_backed(sides, look.order):
            return False
        return not self.sheet.is_covered(sides, look.order)


def _inside(sides: Sides, box: Sides) -> bool:
    across, up = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    return box[0] <= across <= box[2] and box[1] <= up <= box[3]


def _once(chars: Iterable[Char]) -> list[Char]:
    """Drop characters that were printed a second time at (nearly) the same place."""
    kept: list[Char] = []
    cells: dict[tuple[str, int, int], list[Char]] = {}
    for char in chars:
        if char.text.isspace():
            kept.append(char)
        elif not _is_again(char, cells):
            kept.append(char)
            square = char.text, int(char.left // _SQUARE), int(char.bottom // _SQUARE)
            cells.setdefault(square, []).append(char)
    return kept


def _is_again(char: Char, cells: dict[tuple[str, int, int], list[Char]]) -> bool:
    """Look for an equal character in the squares that lie within reach: nearly always one."""
    across = min(_BESIDE * char.size, 0.45 * (char.right - char.left), _SQUARE)
    up = min(_BESIDE * char.size, _SQUARE)
    columns = {int((char.left - across) // _SQUARE), int((char.left + across) // _SQUARE)}
    rows = {int((char.bottom - up) // _SQUARE), int((char.bottom + up) // _SQUARE)}
    for column in columns:
        for row in rows:
            for other in cells.get((char.text, column, row), ()):
                if (
                    abs(char.left - other.left) <= across
                    and abs(char.bottom - other.bottom) <= up
                    and abs(char.size - other.size) <= 0.1 * char.size
                ):
                    return True
    return False


def _direction(handle: object, count: int) -> int:
    """Return by how many quarter turns counter-clockwise most of the text is turned: 0 to 3."""
    angles = [raw.FPDFText_GetCharAngle(handle, at) for at in range(0, count, max(1, count // _SAMPLE))]
    turns = Counter(
        -round(angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0
    )  # PDFium's are clockwise
    return turns.most_common(1)[0][0] if turns else 0


def _turned(sides: Sides, turns: int) -> Sides:
    """Return a box turned clockwise about the origin by quarter turns."""
    left, bottom, right, top = sides
    if turns == 1:
        return bottom, -right, top, -left
    if turns == 2:
        return -right, -top, -left, -bottom
    return -top, left, -bottom, right
