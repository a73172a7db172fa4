"""What can be seen of a line by itself: its width, its marks, its edges, and the patterns that give a role away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from miner.model import Box, Line
from miner.split.jumps import is_jump_line
from miner.split.patterns import CLOSERS, OPENERS, ORNAMENTS, patterns
from miner.split.restore import BLANKS

__all__ = ["Row", "rows_of"]

LOST = "\ufffd"
SENTENCE_ENDS = "。！？…"
SQUEEZABLE = "，。、；：！？（）《》“”‘’【】"
NO_START = "，。、；：！？”’）》」』】〕…)"

_BESIDE_WIDE = re.compile(r"(?<![!-~])[ \u3000\u00a0]{1,20}|[ \u3000\u00a0]{1,20}(?![!-~])")
_UNIT = re.compile(rf"[{OPENERS}]{{0,3}}(?:[A-Za-z0-9][A-Za-z0-9.,:/+\-'’&@%]{{0,40}}|[^A-Za-z0-9])")
_SQUEEZED = re.compile(f"[{SQUEEZABLE}]")
_CLOSING = re.compile(rf"[{NO_START}]{{1,4}}")
_SECTION = re.compile(r"[\u4e00-\u9fff·]{2,6}$")
_NUMBERED = re.compile(r"[一二三四五六七八九十][、.]")
_END_CLASSES = {
    mark: number
    for marks, number in (
        (SENTENCE_ENDS, 1),
        ("，,", 4),
        ("、；;", 5),
        ("：:", 6),
        (OPENERS, 7),
        ("%", 8),
        ("—-–", 9),
    )
    for mark in marks
}
_START_CLASSES = {
    mark: number
    for marks, number in (
        (ORNAMENTS, 9), ("—-–", 8), (NO_START, 7), ("《", 4), ("【〔[", 3), ("（(", 2), ("“‘「『", 1),
    )
    for mark in marks
}  # fmt: skip


@dataclass(slots=True)
class Row:
    """One non-blank line. `compact` has no damage blanks; widths are in full widths (a Chinese character is 1)."""

    index: int
    number: int
    text: str
    compact: str
    lead: int
    """0 no leading blank, 1 one blank, 2 a paragraph indent."""
    blanks: int
    """Blank lines before it."""
    wide: float
    tight: float
    """Width with every squeezable mark at half."""
    unit: float
    """Width of what cannot be parted at its start: a number or word, with its opening marks."""
    closed: bool
    """A closing mark follows its first unit."""
    framed: bool
    """A blank stands before its indent: the mark of a new text frame."""
    page: int | None = None
    box: Box | None = None
    size: float = 0.0
    """Type size, 0 when the format has none."""


def width_of(compact: str) -> float:
    """Width in full widths: ASCII counts one half.

    >>> width_of("3400多家")
    4.0
    """
    return len(compact) - (
        0.5 * len(compact) if compact.isascii() else 0.25 * (3 * len(compact) - _bytes(compact))
    )


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Describe the non-blank lines among all lines of a document."""
    rows: list[Row] = []
    last = 0
    for line in lines:
        text = line.text.strip(BLANKS + "\f")
        if not text or not text.strip():
            continue
        rows.append(_row(line, text, index=len(rows), blanks=max(0, line.number - last - 1) if rows else 0))
        last = line.number
    return rows


def _row(line: Line, text: str, *, index: int, blanks: int) -> Row:
    lead, framed = _lead(line.text)
    compact = text
    if " " in text or "\u3000" in text or "\u00a0" in text:
        compact = _BESIDE_WIDE.sub("", text)
    wide = width_of(compact)
    marks = len(_SQUEEZED.findall(compact))
    unit = _UNIT.match(compact)
    end = unit.end() if unit else 1
    first = 1.0 if end == 1 and compact[0] > "\x7f" else width_of(compact[:end])
    closed = compact[end : end + 1] in NO_START and end < len(compact)
    return Row(
        index, line.number, text, compact, lead, blanks, wide, wide - 0.5 * marks,
        first, closed, framed, line.page, line.box, line.size or 0.0,
    )  # fmt: skip


def _lead(raw: str) -> tuple[int, bool]:
    """Return the class of the blanks before a line, and whether they are those of a new text frame."""
    if raw[0] not in BLANKS:
        return 0, False
    if raw[0] == "\u3000" or raw[:4] == "    ":
        return 2, False
    return 1, len(raw) > 1 and raw[1] in BLANKS


def end_class(compact: str) -> int:
    """Class of a line's end: 0 Chinese character, 1 sentence end, 2 sentence end inside a closer, 3 other closer,
    4 comma, 5 other pause, 6 colon, 7 opener, 8 digit or Latin, 9 dash, 10 other."""
    last = compact[-1]
    if "\u4e00" <= last <= "\u9fff":
        return 0
    if last in CLOSERS:
        return 2 if len(compact) > 1 and compact[-2] in SENTENCE_ENDS else 3
    if last.isascii() and last.isalnum():
        return 8
    return _END_CLASSES.get(last, 10)


def start_class(compact: str) -> int:
    """Class of a line's start: 0 Chinese character, 1 opening quotation mark, 2 round bracket, 3 square bracket,
    4 book mark, 5 digit, 6 Latin, 7 mark that starts no sentence, 8 dash, 9 ornament, 10 numbered, 11 other."""
    first = compact[0]
    if "\u4e00" <= first <= "\u9fff":
        return 10 if _NUMBERED.match(compact) else 0
    if first.isdigit():
        return 5
    if first.isascii() and first.isalpha():
        return 6
    return _START_CLASSES.get(first, 11)


def pattern_class(text: str) -> int:
    """What a line's wording gives away: 0 nothing, 1 jump, 2 byline, 3 speaks of reporters, 4 caption by its start,
    5 caption by its end, 6 furniture, 7 a few Chinese characters and nothing else."""
    if len(text) > 90:
        return 0
    if "版" in text and is_jump_line(text):
        return 1
    known = patterns()
    if known.byline_key.search(text[:12]) and "。" not in text:
        return 2 if known.byline.fullmatch(text) else 3
    if known.caption_start.match(text):
        return 4
    if text[-1] in "摄图影道）)" and known.caption_end.search(text[-16:]):
        return 5
    return 6 if known.furniture.match(text) else _short_class(text)


def _short_class(text: str) -> int:
    return 7 if len(text) <= 6 and _SECTION.match(text) else 0


def opening_class(compact: str) -> int:
    """How a paragraph opens: 0 anyhow, 1 dateline, 2 a date or time, 3 in a way that goes on from text before it."""
    if patterns().dateline.match(compact):
        return 1
    if patterns().opening_date.match(compact):
        return 2
    return 3 if patterns().goes_on.match(compact) else 0


def byline_tail(compact: str) -> bool:
    """Tell whether a line ends with a byline in brackets, as the last line of a story does."""
    return compact[-1:] in "）)" and patterns().byline_tail.search(compact[-60:]) is not None
