"""What position and type size add, where a format has them (PDF): indents and gaps stand in for blanks and blank lines,
larger type speaks for a head, the body's own type against one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from miner.split.lines import Row
from miner.split.roles import LABELS, Floats

__all__ = ["body_size", "flows_on", "read_positions", "size_bias", "sizes", "steady_sizes"]

_NEIGHBOURS = 4
_INDENT = (0.8, 3.3)
"""Indents of a paragraph's first line, in type sizes."""
_GAP = 0.75
"""White space above a line, in type sizes beyond the usual, that counts as a blank line."""
_LARGE, _SLIGHTLY, _SMALL = 1.25, 1.08, 0.93
"""Type sizes over the body's."""
_TELLING, _NEARLY, _MOST = 4.0, 0.1, 0.6
"""Widths of lines whose width tells their size; how far from the body's a size may lie and still be it; the share of characters
that have one size where sizes are exact."""
_HUGE = 1.5
"""So large no subhead is set."""
_MASTHEAD = re.compile(r"[\u4e00-\u9fff]{1,8}(?:报|周刊|新闻|时报)$")
_BODY = [LABELS.index(label) for label in "FMLORr"]
_HEAD = [LABELS.index(label) for label in "HhKT"]
_OTHER = [LABELS.index(label) for label in "SYUuJX"]
_SUBHEADS, _FURNITURE = [LABELS.index("U"), LABELS.index("u")], [LABELS.index("X")]


def body_size(rows: Sequence[Row]) -> float | None:
    """The type size of most characters, or None when lines have no sizes."""
    counts: Counter[float] = Counter()
    for row in rows:
        if row.size:
            counts[round(row.size, 1)] += len(row.compact)
    return counts.most_common(1)[0][0] if counts else None


def steady_sizes(rows: Sequence[Row]) -> None:
    """Set the type sizes of rows anew where they scatter, as heights of boxes that an OCR program drew do: a line's width over
    its characters tells the size of Chinese type better, and what is nearly the body's size is the body's."""
    tall = [row for row in rows if row.size and row.box is not None]
    if not tall or not _scatter(tall):
        return
    told = _told_by_width(tall)
    body = _body_of(tall, told)
    for row, size in zip(tall, told, strict=True):
        row.size = body if abs(size - body) <= _NEARLY * body else size


def _told_by_width(rows: Sequence[Row]) -> list[float]:
    """The sizes of rows by their widths; of very short ones by their heights, brought to the same scale."""
    advance = [_advance(row) for row in rows]
    scale = median(each / row.size for each, row in zip(advance, rows, strict=True))
    return [
        each if row.wide >= _TELLING else row.size * scale for each, row in zip(advance, rows, strict=True)
    ]


def _body_of(rows: Sequence[Row], told: Sequence[float]) -> float:
    """The size of the middle character."""
    by_size = sorted(range(len(rows)), key=told.__getitem__)
    return told[by_size[_middle([len(rows[at].compact) for at in by_size])]]


def _advance(row: Row) -> float:
    """A line's width over its characters."""
    assert row.box is not None
    return (row.box.right - row.box.left) / row.wide


def _scatter(rows: Sequence[Row]) -> bool:
    """Whether less than most characters of about the usual size have just that size."""
    usual = median(row.size for row in rows)
    near = [row for row in rows if 0.75 * usual < row.size < 1.33 * usual]
    counts: Counter[float] = Counter()
    for row in near:
        counts[round(row.size / usual, 2)] += len(row.compact)
    return counts.most_common(1)[0][1] < _MOST * sum(counts.values())


def _middle(counts: Sequence[int]) -> int:
    """The index at which half of all is reached."""
    half, total = sum(counts) / 2, 0
    for index, count in enumerate(counts):
        total += count
        if total >= half:
            return index
    return 0


def sizes(rows: Sequence[Row], size: float) -> Floats:
    """Type sizes over the body's; 1 where a line has none."""
    return np.array([row.size / size if row.size else 1.0 for row in rows], dtype=np.float32)


def read_positions(rows: Sequence[Row]) -> None:
    """Set `lead` and `blanks` of rows with boxes: an indent against the lines around, a gap wider than usual."""
    gaps = [_gap(before, row) for before, row in pairwise(rows)]
    known = [gap for gap in gaps if gap is not None and gap < 3]
    usual = median(known) if known else 0.0
    for index, row in enumerate(rows):
        if row.box is None:
            continue
        row.lead = 2 if _indented(rows, index) else 0
        gap = gaps[index - 1] if index else None
        row.blanks = 0 if gap is not None and gap < usual + _GAP else int(index > 0)


def _gap(before: Row, row: Row) -> float | None:
    """White space between two lines of one column, in type sizes; None when the second does not stand under the first."""
    if before.box is None or row.box is None or before.page != row.page or not row.size:
        return None
    under = before.box.bottom >= row.box.top - 0.5 * row.size
    beside = row.box.left < before.box.right and before.box.left < row.box.right
    return (before.box.bottom - row.box.top) / row.size if under and beside else None


def _indented(rows: Sequence[Row], index: int) -> bool:
    row = rows[index]
    assert row.box is not None
    size = row.size or row.box.top - row.box.bottom
    lefts = []
    for other in rows[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS + 1]:
        if other.box is not None and other.page == row.page and abs(other.size - row.size) < 0.1 * size:
            offset = row.box.left - other.box.left
            if abs(offset) < _INDENT[1] * size:
                lefts.append(offset / size)
    return bool(lefts) and _INDENT[0] < max(lefts) and row.box.left < row.box.right


def size_bias(rows: Sequence[Row], size: float) -> Floats:
    """Log-odds to add to the labels of every line, from its type size (lines × labels)."""
    ratio = sizes(rows, size)
    bias = np.zeros((len(rows), len(LABELS)), dtype=np.float32)
    large, slightly = ratio >= _LARGE, (ratio >= _SLIGHTLY) & (ratio < _LARGE)
    same, small = (ratio > _SMALL) & (ratio < _SLIGHTLY), ratio <= _SMALL
    for mask, columns, value in (
        (large, _BODY, -12.0),
        (large, _OTHER, -4.0),
        (slightly, _BODY, -5.0),
        (same, _HEAD, -6.0),
        (small, _HEAD, -6.0),
        (small, _BODY, -3.0),
        (ratio >= _HUGE, _SUBHEADS, -8.0),
        (np.array([_masthead(rows, index) for index in range(len(rows))]), _FURNITURE, 30.0),
    ):
        bias[np.ix_(np.flatnonzero(mask), np.array(columns))] += value
    return bias


def _masthead(rows: Sequence[Row], index: int) -> bool:
    """Whether a line is the newspaper's name at the top of a page."""
    top = index < 3 or rows[index - 3].page != rows[index].page
    return top and len(rows[index].compact) <= 10 and _MASTHEAD.match(rows[index].compact) is not None


def flows_on(before: Row, after: Row, size: float | None) -> bool:
    """Whether text of one page goes on at the top of the next: the next page begins with a line of body type in the
    same column, as pages do that are reset in one column; a newspaper's page begins elsewhere or with a head."""
    if size is None or before.box is None or after.box is None:
        return False
    plain = abs(before.size - size) < 0.05 * size and abs(after.size - size) < 0.05 * size
    return plain and abs(before.box.left - after.box.left) < _INDENT[1] * size
