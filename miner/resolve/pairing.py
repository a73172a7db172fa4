"""Which reports are compared at all: those that share a key, and of many that share one only the likeliest.

Comparisons grow with the number of reports, not with its square: under a key with many reports each meets its neighbours
in time, and of all whom its keys bring a report keeps those with whom it shares most and rarest keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from miner.resolve.blocks import Blocks
from miner.resolve.reports import Report

PARTNERS = 24
"""Others that one report is compared with, at most, beside those that chose it."""
_WHOLE_BLOCK = 48
"""Reports under one key that all meet each other; of more, each meets its neighbours in time."""
_WINDOW = 8
_RARE, _RARE_KEYS = 20, 6
"""The bigrams that so few reports have are keys, and of a report so many of them."""
_PARTY_KEYS, _NUMBER_KEYS = 8, 4
_DAY = 10


def candidate_pairs(reports: Sequence[Report], frequency: Counter[int]) -> np.ndarray:
    """Return the pairs that are compared, sorted: left number × number of reports + right number, 64-bit."""
    count = len(reports)
    pairs: list[np.ndarray] = []
    votes: list[np.ndarray] = []
    for block in _blocks(reports, frequency):
        left, right = _met(block)
        pairs.append(np.minimum(left, right) * count + np.maximum(left, right))
        votes.append(np.full(len(left), 1.0 / len(block)))
    if not pairs:
        return np.zeros(0, dtype=np.int64)
    found, places = np.unique(np.concatenate(pairs), return_inverse=True)
    total = np.bincount(places, weights=np.concatenate(votes))
    return np.asarray(found[_chosen(found // count, total) | _chosen(found % count, total)])


def _met(block: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return who meets whom under one key: all, or of many the neighbours."""
    members = np.array(block, dtype=np.int64)
    if len(members) <= _WHOLE_BLOCK:
        left, right = np.triu_indices(len(members), 1)
        return members[left], members[right]
    steps = range(1, _WINDOW + 1)
    return (
        np.concatenate([members[:-step] for step in steps]),
        np.concatenate([members[step:] for step in steps]),
    )


def _chosen(owner: np.ndarray, votes: np.ndarray) -> np.ndarray:
    """Mark for each owner the pairs with most votes; ties go to the first."""
    order = np.lexsort((np.arange(len(owner)), -votes, owner))
    starts = np.flatnonzero(np.append(True, owner[order][1:] != owner[order][:-1]))
    rank = np.arange(len(owner)) - np.repeat(starts, np.diff(np.append(starts, len(owner))))
    marked = np.zeros(len(owner), dtype=bool)
    marked[order[rank < PARTNERS]] = True
    return marked


def _blocks(reports: Sequence[Report], frequency: Counter[int]) -> Iterator[list[int]]:
    """Yield the reports under each key, in order of their days."""
    blocks = Blocks()
    known = Counter(party for report in reports for party in report.parties)
    for number, report in enumerate(reports):
        for key in _keys(report, frequency, known):
            blocks.add(number, report.type, *key)
    for block in blocks:
        yield sorted(block, key=lambda number: (reports[number].told_on, number))


def _keys(
    report: Report, frequency: Counter[int], known: Counter[str]
) -> Iterator[tuple[str | int | None, ...]]:
    rare = sorted(
        (gram for gram in report.grams if 2 <= frequency[gram] <= _RARE), key=lambda g: (frequency[g], g)
    )
    for gram in rare[:_RARE_KEYS]:
        yield "words", gram
    year = report.edition or report.told_on[:4]
    for party in sorted(report.parties, key=lambda p: (known[p], p))[:_PARTY_KEYS]:
        yield "party", party, year
    for number in sorted(report.numbers, key=lambda n: (-len(n), n))[:_NUMBER_KEYS]:
        yield "number", number, year
    if report.date and len(report.date) == _DAY:
        yield "day", report.date
