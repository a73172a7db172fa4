"""The characters of a PDF page as a reader sees them: printed twice is once, and what nobody can see is left out."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

import pypdfium2.raw as raw

from miner.read.characters import plain_form
from miner.read.geometry import Char
from miner.read.text import REPLACEMENT

_HYPHENS = {"\x02": "-", "\ufffe": "-"}
"""What PDFium puts for a hyphen at a line end."""
_SAMPLE = 60
"""Characters of a page that are asked for their direction and their meaning."""
_WHITE = 250
"""From this on, of 255, all three colours of a character make it white."""
_UNPAINTED = (3, 7)
"""Ways of setting type that put no ink on the page."""
_FILLED = (0, 4)
"""Ways of setting type that fill it with a colour and draw no outline."""
_TINY = 1.5
"""Points below which type cannot be read, where most of a page is set in larger type."""
_SCAN = 0.5
"""Share of a page that a picture covers, from which unpainted text is what OCR saw in it."""
_MOST_OBJECTS = 20_000
"""Objects of a page that are asked whether they stand behind white text."""
_BESIDE = 0.2
"""Distance, in type sizes, up to which equal characters are one that was printed twice, for weight or as a shadow."""
_SQUARE = 20.0
"""Points of the squares in which earlier characters are looked up."""

Sides = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


class Seen(NamedTuple):
    """The characters of a page that can be seen, and how many cannot."""

    chars: list[Char]
    hidden: int


@dataclass(frozen=True, slots=True)
class _Look:
    """What is asked of a character beside its place: whether it is painted, and whether in white."""

    painted: bool
    white: bool


_LOOKS = {(painted, white): _Look(painted, white) for painted in (True, False) for white in (True, False)}
_BY_OBJECT = hasattr(raw, "FPDFText_GetTextObject")


def seen_chars(page: Any, handle: object, count: int) -> Seen:
    """Return the characters of a page in the order of the file, turned so that most text runs from left to right.

    `page` and `handle` are PDFium's names for a page and its text. Left out are white, unpainted, tiny and off-page
    characters; unpainted ones over a picture of the whole page are what OCR read in it, and stay.
    """
    placed = list(_placed(handle, count))
    shown = _Shown(page, placed)
    kept = [(char, sides) for char, sides, look in placed if shown.is_seen(char, sides, look)]
    turn = _direction(handle, count)
    chars = [Char(char.text, *_turned(sides, turn), char.size) if turn else char for char, sides in kept]
    return Seen(_once(chars), len([1 for char, _, _ in placed if char.text.strip()]) - _printed(kept))


def unmapped(handle: object, count: int) -> float:
    """Return the share of characters whose font does not say what they mean, out of a sample."""
    sample = range(0, count, max(1, count // _SAMPLE))
    lost = sum(1 for at in sample if raw.FPDFText_HasUnicodeMapError(handle, at) == 1)
    return lost / max(1, len(sample))


def _printed(kept: Iterable[tuple[Char, Sides]]) -> int:
    return sum(1 for char, _ in kept if char.text.strip())


def _placed(handle: object, count: int) -> Iterator[tuple[Char, Sides, _Look]]:
    """Yield the characters of a page with their cells and their looks."""
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    box_at, matrix_at, looks = ctypes.byref(box), ctypes.byref(matrix), _Looks(handle)
    for at in range(count):
        text = chr(raw.FPDFText_GetUnicode(handle, at))
        if text in "\r\n" or not raw.FPDFText_GetLooseCharBox(handle, at, box_at):
            continue
        raw.FPDFText_GetMatrix(handle, at, matrix_at)
        size = raw.FPDFText_GetFontSize(handle, at) * math.hypot(matrix.c, matrix.d)
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
    """Asks how the characters of one page are painted; what PDFium fills in is allocated once."""

    def __init__(self, handle: object) -> None:
        self.handle = handle
        self.colours = [ctypes.c_uint() for _ in range(4)]
        self.places = [ctypes.byref(colour) for colour in self.colours]

    def of(self, at: int) -> _Look:
        """Return the look of a character; older versions of PDFium ask the page for it, newer ones the object."""
        if _BY_OBJECT:
            found = raw.FPDFText_GetTextObject(self.handle, at)
            mode = raw.FPDFTextObj_GetTextRenderMode(found) if found else 0
        else:
            mode = raw.FPDFText_GetTextRenderMode(self.handle, at)
        white = mode in _FILLED and raw.FPDFText_GetFillColor(self.handle, at, *self.places) and self._white()
        return _LOOKS[mode not in _UNPAINTED, bool(white)]

    def _white(self) -> bool:
        red, green, blue, alpha = self.colours
        return alpha.value == 0 or (red.value >= _WHITE and min(green.value, blue.value) >= _WHITE)


class _Shown:
    """Tells which characters of one page a reader sees."""

    def __init__(self, page: Any, placed: Sequence[tuple[Char, Sides, _Look]]) -> None:
        self.page = page
        self.sheet: Sides = page.get_bbox()  # the other boxes do not know what a page inherits
        sizes = [char.size for char, _, _ in placed if char.text.strip()]
        self.usual = median(sizes) if sizes else 0.0
        self._behind: list[tuple[Sides, bool]] | None = None

    def is_seen(self, char: Char, sides: Sides, look: _Look) -> bool:
        """Tell whether a character can be seen; a blank is where it is."""
        if char.text.isspace():
            return True
        if char.size < min(_TINY, 0.3 * self.usual) or not _inside(sides, self.sheet):
            return False
        if not look.painted:
            return self._is_scan()
        return not look.white or self._is_backed(sides)

    def _is_scan(self) -> bool:
        left, bottom, right, top = self.sheet
        whole = max(1.0, (right - left) * (top - bottom))
        return any(
            (box[2] - box[0]) * (box[3] - box[1]) > _SCAN * whole for box, image in self._objects() if image
        )

    def _is_backed(self, sides: Sides) -> bool:
        return any(_inside(sides, box) for box, _ in self._objects())

    def _objects(self) -> list[tuple[Sides, bool]]:
        """Return where something that is not white is painted, and whether it is a picture."""
        if self._behind is None:
            number = min(_MOST_OBJECTS, raw.FPDFPage_CountObjects(self.page.raw))
            objects = (raw.FPDFPage_GetObject(self.page.raw, at) for at in range(number))
            self._behind = [found for one in objects if (found := _painted(one)) is not None]
        return self._behind


def _painted(one: object) -> tuple[Sides, bool] | None:
    """Return the box of a picture, shading, form or surface that is not white, and whether it is a picture or a form."""
    kind = raw.FPDFPageObj_GetType(one)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        return None
    if kind == raw.FPDF_PAGEOBJ_PATH and _is_white(one):
        return None
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(one, *map(ctypes.byref, sides)):
        return None
    left, bottom, right, top = (side.value for side in sides)
    return (left, bottom, right, top), kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)


def _is_white(path: object) -> bool:
    """Tell whether a path leaves the page as white as it was."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke)) and not fill.value:
        return True
    colours = [ctypes.c_uint() for _ in range(4)]
    known = raw.FPDFPageObj_GetFillColor(path, *map(ctypes.byref, colours))
    return bool(known) and (min(colour.value for colour in colours[:3]) >= _WHITE or colours[3].value == 0)


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
