"""A page stream → its stories: look at the lines, tell their roles, bind heads and bodies, and write the decision down.

A large document is cut into windows at page changes or at its surest story boundaries, so that time grows with its
length only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from miner.model import Line, Problem
from miner.split.binding import bind
from miner.split.bylines import is_byline
from miner.split.features import PageView, columns, look, overfull
from miner.split.furniture import is_imprint
from miner.split.geometry import body_size, flows_on, read_positions, size_bias, steady_sizes
from miner.split.lines import Row, rows_of
from miner.split.outline import Outline, outline
from miner.split.plan import LinePlan, Plan, StoryPlan
from miner.split.roles import LABELS, label_roles
from miner.split.tears import mend_tears
from miner.split.weights import Models
from miner.split.writing import write

__all__ = ["outline_of", "plan_page"]

_WINDOW = 420
"""Rows that are decided together at most."""
_BODY = [index for index, label in enumerate(LABELS) if label in "FMLORrUu"]
_IMPOSSIBLE = -9.0
"""Added to the scores of body and subhead labels for a line that cannot be set in its measure."""
_BYLINE = LABELS.index("Y")
_SURE, _NEVER = 12.0, -12.0
"""Added to the score of the byline label for a line that reads as a byline, and for any other."""
_LONGEST_BYLINE = 60
_STOP = re.compile("[，。！？；…,;!?]")
_PROSE, _FEW = 0.1, 6
"""Share of lines that have a stop or pause, least, in prose of so many lines."""
_LONGEST_HEAD = 36


def plan_page(lines: Sequence[Line], models: Models, *, aside: frozenset[int] = frozenset()) -> Plan:
    """Plan the stories of a page or of a whole stream of pages; `aside` are the numbers of lines that were taken out before."""
    rows = rows_of(lines)
    if aside:
        _close_gaps(rows, aside)
    steady_sizes(rows)
    size = body_size(rows)
    if size is not None:
        read_positions(rows)
    plan = Plan([], [])
    for window in _windows(rows, size):
        _append(plan, _plan_rows(window, models, size))
    return plan


def _close_gaps(rows: Sequence[Row], aside: frozenset[int]) -> None:
    """Where lines were taken out, a row has the blank lines before it that rows of the document usually have."""
    usual = int(median([row.blanks for row in rows[1:]] or [0]))
    for before, row in pairwise(rows):
        if any(number in aside for number in range(before.number + 1, row.number)):
            row.blanks = usual


def _windows(rows: list[Row], size: float | None) -> Iterator[list[Row]]:
    """Cut rows at page changes (but not where text flows on), and long parts at their likeliest story boundaries."""
    begin = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or (rows[index].page != rows[index - 1].page and not _flows(rows, index, size)):
            yield from _short_windows(rows[begin:index], size)
            begin = index


def _flows(rows: Sequence[Row], index: int, size: float | None) -> bool:
    """Whether text goes on over the page change before row `index`; a page number between does not count."""
    before = index - 1
    while before > 0 and size and 0 < rows[before].size < 0.95 * size and index - before < 4:
        before -= 1
    return flows_on(rows[before], rows[index], size)


def _short_windows(rows: list[Row], size: float | None) -> Iterator[list[Row]]:
    while len(rows) > _WINDOW:
        low = _WINDOW // 2
        at = max(range(low, _WINDOW), key=lambda index: (_gap_score(rows, index, size), index))
        yield rows[:at]
        rows = rows[at:]
    if rows:
        yield rows


def _gap_score(rows: Sequence[Row], index: int, size: float | None) -> float:
    """How much a row looks like the first of a story: a paragraph ended before it, it is short without a stop, or larger."""
    if size is not None and rows[index].size > 1.25 * size >= rows[index - 1].size:
        return 9.0
    ended = rows[index - 1].compact[-1] in "。！？”）"
    short = rows[index].compact[-1] not in "。，、；”" and rows[index].wide < 0.8 * rows[index - 1].wide
    return 2.0 * ended + short + 0.5 * min(3, rows[index].blanks)


def outline_of(rows: Sequence[Row], models: Models, size: float | None = None) -> Outline:
    """Look at rows and tell their roles; `size` is the body's type size, where lines have sizes."""
    view: PageView = look(rows)
    table, _ = columns(view, models.networks.wording)
    bias = np.zeros((len(view), len(LABELS)), dtype=np.float32)
    bias[np.ix_(np.flatnonzero(overfull(view)), np.array(_BODY))] = _IMPOSSIBLE
    bias[:, _BYLINE] += [_SURE if _reads_as_byline(row) else _NEVER for row in rows]
    if size is not None:
        bias += size_bias(rows, size)
    return outline(view, label_roles(models.roles, table, [row.compact for row in view.rows], bias))


def _reads_as_byline(row: Row) -> bool:
    return len(row.text) <= _LONGEST_BYLINE and row.text[0] not in "（(" and is_byline(row.text)


def _append(plan: Plan, part: Plan) -> None:
    shift = len(plan.stories)
    for line in part.lines:
        if line.story is not None:
            line.story += shift
    plan.lines.extend(part.lines)
    plan.stories.extend(part.stories)
    plan.problems.extend(part.problems)


def _plan_rows(rows: list[Row], models: Models, size: float | None) -> Plan:
    rows = [_renumbered(row, index) for index, row in enumerate(rows)]
    made = outline_of(rows, models, size)
    if not made.paragraphs and is_imprint([row.text for row in rows]):
        return Plan([LinePlan(None, "other") for _ in rows], [])
    if not made.paragraphs or not _is_prose(rows):
        return _kept_as_it_stands(rows)
    made, hints = mend_tears(made, models.networks)
    return write(made, bind(made, models.networks, hints, sized=size is not None))


def _is_prose(rows: Sequence[Row]) -> bool:
    """Whether lines have the stops and pauses of sentences: verse, tables and lists of names hardly have any.

    >>> _is_prose(rows_of([Line(n, "风从海上来") for n in range(9)]))
    False
    """
    marked = sum(_STOP.search(row.compact) is not None for row in rows)
    return len(rows) < _FEW or marked >= _PROSE * len(rows)


def _kept_as_it_stands(rows: Sequence[Row]) -> Plan:
    """One story of a text that is no prose, every line a paragraph; its head is what stands apart above."""
    headed = len(rows) > 1 and rows[1].blanks > 0 and len(rows[0].compact) <= _LONGEST_HEAD
    lines = [LinePlan(0, "headline" if headed and not index else "body") for index in range(len(rows))]
    message = "没有成句的正文（诗、表格、名单？），各行原样保留 / no sentences (verse, a table, a list?): lines are kept as they stand"
    return Plan(
        lines,
        [StoryPlan(0.5, "没有成句的正文，各行原样保留")],
        [Problem("split", "no-prose", message, line=rows[0].number)],
    )


def _renumbered(row: Row, index: int) -> Row:
    row.index = index
    return row
