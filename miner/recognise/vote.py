"""What an article says of a name elsewhere: its other mentions, longer names around it, the full name it is short for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from miner.recognise.evidence import Pieces

Floats = npt.NDArray[np.float64]
BOUND = 8.0
"""Log-odds are bounded here, so that one sure mention does not outvote everything."""
_SURE = 1.0


class Neighbours(NamedTuple):
    """For every span the best log-odds of each label among those around it, inside it, and across one of its edges."""

    longer: Floats
    inner: Floats
    across: Floats


class Poll:
    """The proposals of an article, each with its log-odds, as they look at each other."""

    def __init__(self, strings: Sequence[str], spans: Sequence[tuple[int, int]], odds: Floats) -> None:
        self.strings = strings
        self.odds = np.clip(odds, -BOUND, BOUND)
        self.groups: dict[str, list[int]] = {}
        for row, text in enumerate(strings):
            self.groups.setdefault(text, []).append(row)
        self._around = neighbours(spans, self.odds)

    def pieces(self, label: int) -> list[Pieces]:
        """Return for every proposal what the article says for or against one label."""
        own, other = self.odds[:, label], np.delete(self.odds, label, axis=1).max(axis=1)
        found: list[Pieces] = [
            [("always", 1.0), ("own evidence", mine), ("other labels", best)]
            for mine, best in zip(own.tolist(), other.tolist(), strict=True)
        ]
        for rows in self.groups.values():
            if len(rows) > 1:
                _elsewhere(own, rows, found)
        for name, side in zip(Neighbours._fields, self._around, strict=True):
            _sides(name, side[:, label].tolist(), found)
        _sides("fuller", self._fuller(label), found)
        return found

    def _fuller(self, label: int) -> list[float]:
        """Return how sure the surest longer name is that holds a string and stands anywhere in the article."""
        sure = {text: max(float(self.odds[row, label]) for row in rows) for text, rows in self.groups.items()}
        long = [(text, odds) for text, odds in sure.items() if odds > _SURE and len(text) > 2]
        best = {
            text: max((odds for full, odds in long if len(full) > len(text) and text in full), default=-BOUND)
            for text in self.groups
        }
        return [best[text] for text in self.strings]


def _elsewhere(own: Floats, rows: list[int], found: list[Pieces]) -> None:
    """Add what the other mentions of a string say."""
    mine = own[rows]
    for place, row in enumerate(rows):
        others = np.delete(mine, place)
        found[row] += [
            ("written elsewhere", 1.0),
            ("best elsewhere", float(others.max())),
            ("mean elsewhere", float(others.mean())),
        ]


def _sides(name: str, odds: Sequence[float], found: list[Pieces]) -> None:
    for pieces, best in zip(found, odds, strict=True):
        if best > -BOUND:
            pieces += [(name, 1.0), (name + ", how sure", best)]


def neighbours(spans: Sequence[tuple[int, int]], odds: Floats) -> Neighbours:
    """Return what overlaps each of the spans, which are sorted."""
    found = Neighbours(*(np.full(odds.shape, -BOUND) for _ in range(3)))
    starts = [start for start, _ in spans]
    for row, (start, end) in enumerate(spans):
        for other in range(row + 1, bisect_left(starts, end)):
            begin, stop = spans[other]
            if begin == start:
                _meet(found.longer[row], found.inner[other], odds[other], odds[row])
            elif stop <= end:
                _meet(found.inner[row], found.longer[other], odds[other], odds[row])
            else:
                _meet(found.across[row], found.across[other], odds[other], odds[row])
    return found


def _meet(mine: Floats, theirs: Floats, their_odds: Floats, my_odds: Floats) -> None:
    np.maximum(mine, their_odds, out=mine)
    np.maximum(theirs, my_odds, out=theirs)
