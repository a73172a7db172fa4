"""Lines as columns of small integers: what the line-role model looks at, computed for a whole page at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from miner.split.lines import Row, byline_tail, end_class, opening_class, pattern_class, start_class
from miner.split.measure import measures
from miner.split.wording import Wording, codes_of

__all__ = ["PageView", "columns", "look", "overfull"]

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
_NEAR_LINES = 9
_AROUND, _SPEAKING = 13, 4
"""Among so many lines around a line, so many must fill its measure to speak for it."""
_SHORT = 9
"""Lines of so many characters may be sections or standing heads."""
_BITS = np.array([-4.0, -2.0, 0.0, 1.5, 3.0, 4.5, 6.0])


@dataclass(slots=True)
class PageView:
    """A page's rows with what was seen of them: parallel arrays, one entry a row."""

    rows: list[Row]
    measure: Ints
    slack: Floats
    """Measure minus width."""
    room: Floats
    """Slack minus the unit at the next line's start: at or above 0 the line ended of its own will."""
    end: Ints
    start: Ints
    pattern: Ints
    lead: Ints
    blanks: Ints
    indent_style: int
    """0 indents are lost, 1 one blank, 2 two ideographic blanks."""
    blank_style: int
    """Blank lines: 0 between blocks at most, 1 after every line, 2 irregular."""
    counts: Counter[str]
    """How often each bigram occurs on the page."""
    marks: list[float]
    """For every row as a display line, whether it is set off as a new text frame: a blank in front, or a missing (or unusual)
    blank line before it."""
    body_marks: list[float]
    """The same for every row as a line of a body: the blank stands before the indent, where body lines have one."""

    def __len__(self) -> int:
        return len(self.rows)


def look(rows: Sequence[Row]) -> PageView:
    """Measure a page's lines and classify their edges and wording."""
    count = len(rows)
    wide, tight, unit = (
        np.array(column, dtype=np.float32)
        for column in zip(*[(row.wide, row.tight, row.unit) for row in rows], strict=True)
    )
    measure = measures(wide, tight, unit)
    slack = (measure - wide).astype(np.float32)
    lead = np.array([row.lead for row in rows], dtype=np.int64)
    blanks = np.minimum(np.array([row.blanks for row in rows], dtype=np.int64), 3)
    compacts = [row.compact for row in rows]
    joined = "\n".join(compacts)  # pairs across a line end hold it and are never asked for
    counts = Counter(map(add, joined, joined[1:]))
    indent_style, blank_style = _indent_style(lead, count), _blank_style(blanks, count)
    framed = np.array([row.framed for row in rows], dtype=bool)
    off = (lead > 0) & (indent_style == 0)
    gaps = _gaps(blanks, blank_style)
    return PageView(
        rows=list(rows),
        measure=measure,
        slack=slack,
        room=slack - np.append(unit[1:], np.float32(1)),
        end=np.array([end_class(compact) for compact in compacts], dtype=np.int64),
        start=np.array([start_class(compact) for compact in compacts], dtype=np.int64),
        pattern=np.array([pattern_class(row.text) for row in rows], dtype=np.int64),
        lead=lead,
        blanks=blanks,
        indent_style=indent_style,
        blank_style=blank_style,
        counts=counts,
        marks=(((lead == 1) | off) + gaps).tolist(),
        body_marks=(((framed if indent_style == 1 else lead == 1) | off) + gaps).tolist(),
    )


def _gaps(blanks: Ints, style: int) -> Floats:
    """Return 1 for every row whose blank lines before it are not those that rows of its page have."""
    gaps: Floats = np.zeros(len(blanks), dtype=np.float32)
    if style == 1:
        gaps[1:] = blanks[1:] != 1
    elif style == 0:
        gaps[:] = blanks > 0
    return gaps


def _indent_style(lead: Ints, count: int) -> int:
    ideographic, one = int((lead == 2).sum()), int((lead == 1).sum())
    if ideographic * 25 > count:
        return 2
    return 1 if one * 9 > count else 0


def _blank_style(blanks: Ints, count: int) -> int:
    none, one = int((blanks == 0).sum()), int((blanks == 1).sum())
    if one >= 0.75 * count:
        return 1
    return 0 if none >= 0.6 * count and (blanks > 1).sum() * 12 < count else 2


def _bucket(values: Floats, low: float, high: float, scale: float) -> Ints:
    """Cut values into steps of 1/scale between low and high."""
    return (np.clip(np.nan_to_num(values), low, high) * scale - low * scale + 0.01).astype(np.int64)


def _before(values: Ints, fill: int) -> Ints:
    out = np.empty_like(values)
    out[0] = fill
    out[1:] = values[:-1]
    return out


def _after(values: Ints, fill: int) -> Ints:
    out = np.empty_like(values)
    out[-1] = fill
    out[:-1] = values[1:]
    return out


def columns(view: PageView, wording: Wording) -> tuple[Ints, list[int]]:
    """Return the columns (rows × columns) and how many values each may take."""
    slack = _bucket(view.slack, -3, 9, 2)  # 25
    coarse = np.select(
        [view.slack < -1, view.slack <= 1, view.slack <= 2.5, view.slack <= 5], [0, 1, 2, 3], 4
    )
    room = _bucket(view.room, -2, 3, 2)  # 11
    will = np.select([view.room < -0.4, view.room < 0.6, view.room < 3], [0, 1, 2], 3)
    end, start, pattern = view.end, view.start, view.pattern
    change = (view.measure != _before(view.measure, 0)).astype(np.int64)
    change[0] = 1
    style = view.indent_style * 3 + view.blank_style
    lead = view.lead + 3 * style
    blanks = view.blanks + 4 * view.blank_style
    frame = view.lead + 3 * blanks + 36 * (view.indent_style == 0)
    wide = np.array([row.wide for row in view.rows], dtype=np.float32)
    width = _bucket(wide, 0, 40, 1)
    step = _bucket(wide - _shift(wide, 1), -4, 4, 2)
    ahead = _bucket(wide - _shift(wide, -1), -4, 4, 2)
    inner = _inner(view)
    opening = np.array([opening_class(row.compact) for row in view.rows], dtype=np.int64)
    tail = np.array([byline_tail(row.compact) for row in view.rows], dtype=np.int64)
    cover = _covers(view)
    gap = np.array([_gap(row) for row in view.rows], dtype=np.int64)
    joint, parted = _joints(view, wording)
    tail_word, head_word = _short_words(view)
    ends = end * 5 + coarse  # 55
    wills = end * 4 + will  # 44
    prev_ends, prev_wills = _before(ends, 54), _before(wills, 43)
    table = [
        (slack, 25), (room, 11), (end, 11), (start, 12), (pattern, 8), (lead, 27), (blanks, 12), (frame, 72),
        (change, 2), (_after(change, 1), 2), (width, 41), (step, 17), (ahead, 17), (inner, 36), (opening, 4), (tail, 2),
        (gap, 4), (ends, 55), (wills, 44), (prev_ends, 55), (prev_wills, 44), (_after(ends, 54), 55),
        (_after(wills, 43), 44), (_before(pattern, 0), 8), (_after(pattern, 0), 8), (_after(frame, 0), 72),
        (_before(slack, 24), 25), (_after(slack, 24), 25), (_after(opening, 0), 4), (_before(tail, 0), 2),
        (coarse * 44 + prev_wills, 220), (slack * 12 + start, 300), (room * 11 + end, 121),
        (start * 44 + prev_wills, 528), (coarse * 55 + _after(ends, 54), 275), (wills * 12 + _after(start, 11), 528),
        (frame * 5 + coarse, 360), (opening * 44 + prev_wills, 176), (gap * 5 + coarse, 20), (inner * 5 + coarse, 180),
        (cover[0], 8), (cover[1], 8), (cover[2], 8), (cover[3], 8), (cover[0] * 8 + cover[1], 64),
        (_before(width, 0), 41), (_after(width, 0), 41), (_before(inner, 0), 36), (_after(inner, 0), 36),
        (_shift(coarse, 2) * 25 + _before(coarse, 4) * 5 + coarse, 125),
        (coarse * 25 + _after(coarse, 4) * 5 + _shift(coarse, -2), 125), (_before(gap, 0), 4), (_after(gap, 0), 4),
        (_shift(pattern, 2), 8), (_shift(pattern, -2), 8), (_shift(wills, 2), 44), (_shift(ends, -2), 55),
        (_before(frame, 0), 72), (coarse * 5 + _before(coarse, 4) + 25 * change, 50),
        (joint, 24), (parted, 3), (_after(joint, 0), 24), (_after(parted, 0), 3), (joint * 5 + coarse, 120),
        (joint * 11 + _before(end, 10), 264), (_after(joint, 0) * 11 + end, 264), (parted * 5 + coarse, 15),
        (joint * 44 + prev_wills, 1056), (_after(joint, 0) * 44 + wills, 1056), (slack * 12 + _before(end, 10), 300),
        (tail_word, 513), (head_word, 513), (_manners(view) * 44 + wills, 704), (_manners(view) * 12 + start, 192),
    ]  # fmt: skip
    return np.stack([column for column, _ in table], axis=1), [size for _, size in table]


def _manners(view: PageView) -> Ints:
    """What the page as a whole does (16 values): begins or ends with a display line, has bylines, has captions or jumps."""
    ends = [
        int(view.end[at] not in (1, 2, 4, 5) and (view.room[at] > 0.6 or view.slack[at] < -1))
        for at in (0, -1)
    ]
    bylines, others = int((view.pattern == 2).any()), int(((view.pattern == 1) | (view.pattern > 3)).any())
    return np.full(len(view), ends[0] * 8 + ends[1] * 4 + bylines * 2 + others, dtype=np.int64)


def _joints(view: PageView, wording: Wording) -> tuple[Ints, Ints]:
    """Does the line go on from the line before: how well the characters across the cut go together (bits × usual triples),
    and whether their pair stands elsewhere on the page."""
    compacts = [row.compact for row in view.rows]
    edges = np.array(
        [
            [ord(a[-2:-1] or "。"), ord(a[-1]), ord(b[0]), ord(b[1:2] or "。")]
            for a, b in pairwise(["。。", *compacts])
        ],
        dtype=np.uint32,
    )
    bits, usual = wording.affinities(edges)
    joint = np.digitize(bits, _BITS) * 3 + usual
    seen = [view.counts[a[-1] + b[0]] > 0 for a, b in pairwise(["。", *compacts])]
    return joint.astype(np.int64), 1 + np.array(seen, dtype=np.int64)


def _short_words(view: PageView) -> tuple[Ints, Ints]:
    """The last two and first two characters of short lines, hashed: sections and standing heads use the same words."""
    tails, heads = [], []
    for row in view.rows:
        text = row.compact
        short = 2 <= len(text) <= _SHORT
        tails.append(1 + (ord(text[-2]) * 31 + ord(text[-1]) * 7) % 512 if short else 0)
        heads.append(1 + (ord(text[0]) * 31 + ord(text[1]) * 7) % 512 if short else 0)
    return np.array(tails, dtype=np.int64), np.array(heads, dtype=np.int64)


def overfull(view: PageView) -> Ints:
    """Rows that are too wide for the measure even with all marks squeezed, where the lines around speak for that measure and
    no other is too wide (then the measure were in doubt): no line of body text can be set so."""
    tight = np.array([row.tight for row in view.rows], dtype=np.float32)
    full = (abs(view.slack) <= 0.5).astype(np.float32)
    support = np.convolve(full, np.ones(_AROUND), "full")[_AROUND // 2 :][: len(full)]
    wide = tight - view.measure >= 0.9
    crowd = np.convolve(wide.astype(np.float32), np.ones(_AROUND), "full")[_AROUND // 2 :][: len(full)]
    mask: Ints = wide & (support >= _SPEAKING) & (crowd < 1.5)
    return mask


def _shift(values: Any, by: int) -> Any:
    """Values of the row `by` rows before (negative: after); zero beyond the edges."""
    out = np.zeros_like(values)
    if by > 0:
        out[by:] = values[:-by]
    elif len(values) > -by:
        out[:by] = values[-by:]
    return out


def _inner(view: PageView) -> Ints:
    """Marks inside lines: stops × commas × quotation marks left open."""
    compacts = [row.compact for row in view.rows]
    codes, lengths = codes_of(compacts)
    kinds = _MARK_KINDS[np.minimum(codes, len(_MARK_KINDS) - 1)]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    lasts = starts + lengths - 1
    within = kinds.copy()
    within[lasts] = 0
    stops, commas = (np.add.reduceat((within == kind).astype(np.int64), starts) for kind in (1, 2))
    opened, closed = (np.add.reduceat((kinds == kind).astype(np.int64), starts) for kind in (3, 4))
    balance = np.select([opened > closed, opened < closed, opened > 0], [1, 2, 3], 0)
    result: Ints = np.minimum(2, stops) * 12 + np.minimum(2, commas) * 4 + balance
    return result


def _mark_kinds() -> Ints:
    kinds = np.zeros(0xFFFF, dtype=np.int8)
    for kind, marks in enumerate(("。！？", "，、", "“（《【", "”）》】"), start=1):
        kinds[[ord(mark) for mark in marks]] = kind
    return kinds


_MARK_KINDS = _mark_kinds()


def _gap(row: Row) -> int:
    """Blanks between Chinese characters: 0 none, 1 some (as between the phrases of a headline), 2 letter-spaced, 3 none
    and a single character."""
    text = row.text
    if len(row.compact) == 1:
        return 3
    if len(text) == len(row.compact):
        return 0
    pieces = text.split()
    if len(pieces) > 3 and sum(len(piece) == 1 for piece in pieces) >= 0.7 * len(pieces):
        return 2
    for left, right in pairwise(pieces):
        if "\u4e00" <= left[-1] <= "\u9fff" and "\u4e00" <= right[0] <= "\u9fff":
            return 1
    return 0


def _covers(view: PageView) -> list[Ints]:
    """For lines that do not read on: how much of their wording recurs on the page, just after, just before, and
    whether the cut to the line before or after parts a pair of characters that stands elsewhere."""
    count = len(view)
    out = [np.zeros(count, dtype=np.int64) for _ in range(4)]
    compacts = [row.compact for row in view.rows]
    asked = np.flatnonzero((view.room > -0.6) | (view.slack < -1)).tolist()
    asked = [index for index in asked if 2 <= len(compacts[index]) <= 120]
    if not asked:
        return out
    recurs, held = _recurrences(compacts)
    shares = np.minimum(5, (6 * recurs[:, asked]) // held[asked])
    for k in range(3):
        out[k][asked] = 1 + shares[k]
    counts = view.counts
    for index in asked:
        left = index and counts[compacts[index - 1][-1] + compacts[index][0]] > 0
        right = index + 1 < count and counts[compacts[index][-1] + compacts[index + 1][0]] > 0
        out[3][index] = 1 + bool(left) + 2 * bool(right)
    return out


def _recurrences(compacts: Sequence[str]) -> tuple[Ints, Ints]:
    """For every line how many of its different pairs of characters stand elsewhere on the page, in the lines just after, and
    just before (3 × lines), and how many it has."""
    codes, lengths = codes_of(compacts)
    codes = codes.astype(np.int64)
    owner = np.repeat(np.arange(len(compacts)), lengths)
    inside = owner[1:] == owner[:-1]
    pairs = (codes[:-1] * 0x200000 + codes[1:])[inside]
    order = np.lexsort((owner[:-1][inside], pairs))
    pairs, lines = pairs[order], owner[:-1][inside][order]
    same = np.zeros(len(pairs) + 1, dtype=bool)
    same[1:-1] = pairs[1:] == pairs[:-1]
    fresh = np.ones(len(pairs), dtype=bool)
    fresh[1:] = ~(same[1:-1] & (lines[1:] == lines[:-1]))
    repeated = same[:-1] | same[1:]
    firsts = np.flatnonzero(fresh)
    lines, group = lines[firsts], np.cumsum(~same[:-1])[firsts]
    gap = np.full(len(lines) + 1, _NEAR_LINES + 1)
    gap[1:-1] = np.where(group[1:] == group[:-1], lines[1:] - lines[:-1], _NEAR_LINES + 1)
    near = gap <= _NEAR_LINES
    marks = (repeated[firsts], near[1:], near[:-1])
    held = np.bincount(lines, minlength=len(compacts))
    return np.stack([np.bincount(lines, weights=mark, minlength=len(compacts)) for mark in marks]).astype(
        np.int64
    ), held
