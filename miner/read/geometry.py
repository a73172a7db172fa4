"""Placed characters → lines in reading order: gutters stay open, vertical lines are set upright, blocks are ordered.

Pure geometry in points, origin at the lower left; it knows nothing of the file format the characters came from.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from miner.model import Box

_TOUCH = 0.35
"""Gap, in type sizes, up to which characters on a baseline are neighbours without asking further."""
_AFTER_BLANK = 1.0
"""The same after a printed blank, which is often narrower than the room it stands for."""
_FAR = 4.0
"""Gap, in type sizes, beyond which pieces on a baseline are never one line."""
_NEAR_RUNS = 120
"""Neighbours that are looked at when a gap is judged: bounds the time on hostile pages."""
_MAX_BLOCKS = 300
"""Above this many blocks that no white space parts (tables, posters) the cheap order by columns is taken."""
_MAX_DEPTH = 40
"""Cuts inside cuts."""


@dataclass(frozen=True, slots=True)
class Char:
    """A character with its cell and its type size."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of text with its box and type size."""

    text: str
    box: Box
    size: float

    @property
    def middle(self) -> float:
        """Half height."""
        return (self.box.bottom + self.box.top) / 2

    @property
    def vertical(self) -> bool:
        """Whether the line runs from top to bottom."""
        return len(self.text) > 2 and self.box.top - self.box.bottom > 2 * (self.box.right - self.box.left)


def place_lines(chars: Iterable[Char]) -> list[Placed]:
    """Return the lines that the characters of one page form, in reading order.

    >>> row = [Char(c, 10.0 * i, 0, 10.0 * i + 10, 10, 10) for i, c in enumerate("进博会")]
    >>> [line.text for line in place_lines(row)]
    ['进博会']
    """
    return order(joined(upright(runs(chars))))


def runs(chars: Iterable[Char]) -> list[Placed]:
    """Chain characters in the order of the file as long as each stands right behind the one before on its baseline."""
    found: list[Placed] = []
    current: list[Char] = []
    last: Char | None = None
    for char in chars:
        if char.right <= char.left and char.text.isspace():  # put in by the PDF library between two words
            current.append(char)
            continue
        if last is not None and not _follows(last, char):
            found.extend(_run(current))
            current = []
        current.append(char)
        last = char
    found.extend(_run(current))
    return found


def joined(pieces: Sequence[Placed]) -> list[Placed]:
    """Join pieces of one baseline across gaps inside a line; a gap that goes on above and below is a gutter."""
    found = [piece for piece in pieces if piece.vertical]
    pieces = [piece for piece in pieces if not piece.vertical]
    below = sorted(pieces, key=lambda piece: piece.middle)
    heights = [piece.middle for piece in below]
    made: dict[int, Placed] = {}
    for row in _rows(pieces):
        head = row[0]
        made[head] = pieces[head]
        for left, right in pairwise(row):
            between = _between(pieces[left], pieces[right], below, heights)
            if between is None:
                head = right
                made[head] = pieces[head]
            else:
                made[head] = _merge(made[head], pieces[right], between)
    return [*found, *(made[index] for index in sorted(made))]


def _between(left: Placed, right: Placed, below: Sequence[Placed], heights: Sequence[float]) -> str | None:
    """Return what stands between two neighbours of one line, or None where a gutter parts them."""
    gap, size = right.box.left - left.box.right, max(left.size, right.size)
    if abs(left.size - right.size) >= 0.3 * size or gap >= _FAR * size:
        return None
    if _spaced(left, right, gap):
        return ""
    if _gutter(left, right, below, heights):
        return None
    return " " if gap > 0.2 * size else ""


def upright(lines: Sequence[Placed]) -> list[Placed]:
    """Join single characters that follow one another downwards into the vertical line they are."""
    found: list[Placed] = []
    stack: list[Placed] = []
    for line in lines:
        if stack and not (_short(line) and _under(stack[-1], line)):
            found.extend(_stacked(stack))
            stack = []
        if _short(line):
            stack.append(line)
        else:
            found.append(line)
    found.extend(_stacked(stack))
    return found


def order(lines: Sequence[Placed]) -> list[Placed]:
    """Put lines into reading order: where white space cuts the page, part by part; elsewhere block by block.

    White space across a part cuts it into bands, else white space down it into columns (recursive XY cut: G. Nagy and
    S. Seth, 1984). What no white space cuts, such as a head over two of three columns, is ordered as in T. M. Breuel,
    High Performance Document Layout Analysis (2003): a block goes before those that it overlaps in width and stands
    above, and before those to its right unless something between spans both; the latter only where its column reaches
    as high as they do, so that a centred head stays above what follows it.
    """
    blocks = _blocks(lines)
    if not blocks:
        return []
    page = _Page(
        [_union([line.box for line in block]) for block in blocks],
        [block[0].size for block in blocks],
        median(line.size for line in lines),
    )
    return [line for index in _cut(list(range(len(blocks))), page, depth=0) for line in blocks[index]]


@dataclass(frozen=True, slots=True)
class _Page:
    """Boxes and type sizes of the blocks of a page, and the type size of most of its lines."""

    boxes: Sequence[Box]
    sizes: Sequence[float]
    size: float


def _follows(last: Char, char: Char) -> bool:
    size = max(last.size, char.size)
    if (
        abs((char.bottom + char.top) - (last.bottom + last.top)) > 0.8 * size
        or min(last.size, char.size) < 0.45 * size
    ):
        return False
    reach = _AFTER_BLANK if last.text.isspace() else _TOUCH
    return -0.6 * size < char.left - last.right <= reach * size and char.left > last.left - 0.1 * size


def _run(chars: Sequence[Char]) -> Iterable[Placed]:
    text = "".join(char.text for char in chars)
    if text.strip():
        kept = [char for char in chars if char.text.strip()]
        start, end = text.index(kept[0].text), text.rindex(kept[-1].text) + len(kept[-1].text)
        box = Box(
            kept[0].left, min(c.bottom for c in kept), max(c.right for c in kept), max(c.top for c in kept)
        )
        yield Placed(text[start:end], box, round(median(char.size for char in kept), 2))


def _rows(pieces: Sequence[Placed]) -> list[list[int]]:
    """Group pieces by baseline, each group from left to right."""
    rows: list[list[int]] = []
    for index in sorted(range(len(pieces)), key=lambda i: -pieces[i].middle):
        if rows and pieces[rows[-1][0]].middle - pieces[index].middle < 0.3 * pieces[index].size:
            rows[-1].append(index)
        else:
            rows.append([index])
    for row in rows:
        row.sort(key=lambda i: pieces[i].box.left)
    return rows


def _spaced(left: Placed, right: Placed, gap: float) -> bool:
    """Tell a letter-spaced head: single characters at most two and a half type sizes apart."""
    return len(left.text) == 1 and len(right.text) == 1 and gap < 2.5 * left.size


def _gutter(left: Placed, right: Placed, below: Sequence[Placed], heights: Sequence[float]) -> bool:
    """Tell whether the gap between two pieces of one baseline goes on, somewhere in its width, in the lines near by.

    Indents and short lines make gaps of different widths along one gutter: what counts is a strip that they share.
    """
    start, end, size = left.box.right, right.box.left, max(left.size, right.size)
    at = bisect_left(heights, left.middle)
    near = [
        piece
        for piece in below[max(0, at - _NEAR_RUNS) : at + _NEAR_RUNS]
        if 0.5 * size < abs(piece.middle - left.middle) < 8 * size
        and piece.size < 1.35 * size
        and piece.box.right > start - 3 * size
        and piece.box.left < end + 3 * size
    ]
    alike = [piece for piece in near if piece.size > 0.65 * size]
    return _strip(start, end, alike if len(alike) > 1 else near, size)


def _strip(start: float, end: float, near: Sequence[Placed], size: float) -> bool:
    """Tell whether an upright strip between two abscissas is free of nearly all the lines near by."""
    edges = sorted(
        {start, end, *(x for piece in near for x in (piece.box.left, piece.box.right) if start < x < end)}
    )
    for low, high in pairwise(edges):
        if high - low < 0.3 * size and (low, high) != (start, end):
            continue
        crossing = sum(piece.box.left < high and piece.box.right > low for piece in near)
        if len(near) - crossing > 3 * crossing:
            return True
    return False


def _merge(left: Placed, right: Placed, between: str) -> Placed:
    return Placed(left.text + between + right.text, _union([left.box, right.box]), max(left.size, right.size))


def _union(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )


def _short(line: Placed) -> bool:
    return len(line.text) == 1 or (len(line.text) == 2 and line.text.isdigit())


def _under(upper: Placed, lower: Placed) -> bool:
    size = upper.size
    centre = abs((upper.box.left + upper.box.right) - (lower.box.left + lower.box.right)) / 2
    return (
        centre < 0.3 * size
        and abs(upper.size - lower.size) < 0.15 * size
        and 0.7 * size < upper.middle - lower.middle < 2.5 * size
    )


def _stacked(stack: Sequence[Placed]) -> Iterable[Placed]:
    if len(stack) < 3 or all(line.text.isdigit() for line in stack):
        return stack
    return [Placed("".join(line.text for line in stack), _union([line.box for line in stack]), stack[0].size)]


def _blocks(lines: Sequence[Placed]) -> list[list[Placed]]:
    """Group lines of one size that stand under one another into blocks."""
    blocks = _vertical_blocks([line for line in lines if line.vertical])
    across = [line for line in lines if not line.vertical]
    for line in sorted(across, key=lambda line: (-line.box.top, line.box.left)):
        near = [block for block in blocks[-80:] if _continues(block[-1], line)]
        if near:
            max(near, key=lambda block: _overlap(block[-1].box, line.box)).append(line)
        else:
            blocks.append([line])
    return blocks


def _vertical_blocks(lines: Sequence[Placed]) -> list[list[Placed]]:
    """Group vertical lines that stand side by side, each block from right to left."""
    blocks: list[list[Placed]] = []
    for line in sorted(lines, key=lambda line: -line.box.right):
        for block in blocks:
            last = block[-1]
            level = min(last.box.top, line.box.top) - max(last.box.bottom, line.box.bottom)
            if 0 <= last.box.left - line.box.right < 1.5 * line.size and level > 0.3 * (
                line.box.top - line.box.bottom
            ):
                block.append(line)
                break
        else:
            blocks.append([line])
    return blocks


def _overlap(a: Box, b: Box) -> float:
    return min(a.right, b.right) - max(a.left, b.left)


def _continues(last: Placed, line: Placed) -> bool:
    size = max(last.size, line.size)
    if (
        abs(last.size - line.size) > 0.2 * size
        or not -0.3 * size < last.box.bottom - line.box.top < 1.2 * size
    ):
        return False
    # The second line of a paragraph may be so short that it ends under the indent of the first.
    indented = Box(last.box.left - 2.2 * size, last.box.bottom, last.box.right, last.box.top)
    narrow = min(last.box.right - last.box.left, line.box.right - line.box.left)
    return _overlap(indented, line.box) > 0.5 * narrow and abs(last.box.left - line.box.left) < 3.2 * size


def _cut(indices: list[int], page: _Page, *, depth: int) -> list[int]:
    """Return the indices of the blocks in reading order."""
    if len(indices) < 2:
        return indices
    boxes, parts = page.boxes, [indices]
    if depth < _MAX_DEPTH:
        parts = _bands(indices, page)
        parts = parts if len(parts) > 1 else _columns(indices, boxes, 0.3 * page.size)
    if len(parts) > 1:
        return [index for part in parts for index in _cut(part, page, depth=depth + 1)]
    if len(indices) > _MAX_BLOCKS:
        return sorted(indices, key=lambda i: (round(boxes[i].left / 20), -boxes[i].top))
    return [indices[i] for i in _topological([boxes[i] for i in indices])]


def _bands(indices: Sequence[int], page: _Page) -> list[list[int]]:
    """Cut at white space across all blocks; heads that stand alone go with what they stand over."""
    parts: list[list[int]] = []
    low = float("inf")
    for index in sorted(indices, key=lambda i: -page.boxes[i].top):
        box = page.boxes[index]
        heads = bool(parts) and all(page.sizes[i] > 1.25 * page.size for i in parts[-1])
        if not parts or (low - box.top > 1.5 * page.size and not heads):
            parts.append([])
        parts[-1].append(index)
        low = min(low, box.bottom)
    return parts


def _columns(indices: Sequence[int], boxes: Sequence[Box], gap: float) -> list[list[int]]:
    parts: list[list[int]] = []
    reach = float("-inf")
    for index in sorted(indices, key=lambda i: boxes[i].left):
        if not parts or boxes[index].left - reach > gap:
            parts.append([])
        parts[-1].append(index)
        reach = max(reach, boxes[index].right)
    return parts


def _topological(boxes: Sequence[Box]) -> list[int]:
    before = _precedence(boxes)
    waiting = before.sum(axis=0)
    rest = sorted(range(len(boxes)), key=lambda i: (-boxes[i].top, boxes[i].left))
    found: list[int] = []
    while rest:
        # A cycle (boxes that interlock) is cut at the highest box.
        chosen = next((i for i in rest if waiting[i] == 0), rest[0])
        rest.remove(chosen)
        found.append(chosen)
        waiting -= before[chosen]
    return found


def _precedence(boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Return for each pair of boxes whether the first must be read before the second."""
    left, bottom, right, top = np.array([[b.left, b.bottom, b.right, b.top] for b in boxes]).reshape(-1, 4).T
    middle = (bottom + top) / 2
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left) > 0
    before: NDArray[np.bool_] = shared & (middle[:, None] > middle)
    level = np.minimum(top[:, None], top) - np.maximum(bottom[:, None], bottom) > 0
    for a, b in zip(*np.nonzero(~shared & (left[:, None] < left)), strict=True):
        between = (
            (min(bottom[a], bottom[b]) < middle) & (middle < max(top[a], top[b])) & shared[a] & shared[b]
        )
        column = shared[a] & level[b] & (right <= left[b])
        before[a, b] = column.any() and not between.any()
    return before
