"""The one policy of overlaps: of all proposals those stay that do not overlap and whose log-odds add up to most.

Weighted interval scheduling; equal totals are decided by the earlier start, then the longer name, then the order of the
labels, so the result depends on nothing but the text. Then a string is one thing in an article: the label that
weighs most over all its mentions holds for each of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Choice(NamedTuple):
    """A proposal that may stay: where, as what (the index of its label), how surely (log-odds), which proposal it is."""

    start: int
    end: int
    label: int
    odds: float
    row: int


def choose(choices: Sequence[Choice]) -> list[Choice]:
    """Return the set of choices that do not overlap and weigh most, in text order; log-odds below 0 weigh nothing.

    >>> [c.row for c in choose([Choice(0, 4, 0, 2.0, 0), Choice(0, 2, 0, 1.0, 1), Choice(2, 4, 0, 1.5, 2)])]
    [1, 2]
    """
    ordered = sorted((c for c in choices if c.odds > 0), key=lambda c: (c.end, -c.start, -c.label))
    ends = [choice.end for choice in ordered]
    total, before, taken = [0.0], list[int](), list[bool]()
    for place, choice in enumerate(ordered):
        previous = bisect_right(ends, choice.start, 0, place)
        with_it = total[previous] + choice.odds
        before.append(previous)
        taken.append(with_it > total[place])
        total.append(max(with_it, total[place]))
    kept, place = [], len(ordered)
    while place:
        place -= 1
        if taken[place]:
            kept.append(ordered[place])
            place = before[place]
    return kept[::-1]
