"""The names read off what a network believes: how likely every state is at every character of a text.

A span is as likely a name as the least likely of its states (begin, inside, end): an upper bound of the chain's
probability of exactly this span, close to it where the network is sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from miner.recognise.network.chain import LABELS, Floats, Indices

ENOUGH = 0.4
"""A span less likely than this is no name by itself."""
LONGEST = 60
"""Characters of the longest name proposed."""


class SeenName(NamedTuple):
    """A name that a network sees in a text: characters start to end, its label, and how likely exactly this span is."""

    start: int
    end: int
    label: str
    score: float


class Spans(NamedTuple):
    """Proposed spans, parallel arrays."""

    starts: Indices
    ends: Indices
    labels: Indices
    scores: Floats


def spans_of(states: Floats, least: float) -> Spans:
    """Return all spans that are at least so likely, ordered by start, the likelier first.

    >>> states = np.zeros((3, 1 + 4 * len(LABELS)), np.float32)
    >>> states[0, 1] = states[1, 3] = 0.75
    >>> states[:, 0] = 1 - states.sum(axis=1)
    >>> found = spans_of(states, 0.1)
    >>> found.starts.tolist(), found.ends.tolist(), found.labels.tolist(), found.scores.tolist()
    ([0], [2], [0], [0.75])
    """
    n = len(states)
    grid = states[:, 1:].reshape(n, len(LABELS), 4)
    starts, labels = np.nonzero(grid[:, :, 3] >= least)
    parts = [Spans(starts, starts + 1, labels, grid[starts, labels, 3])]
    starts, labels = np.nonzero(grid[:, :, 0] >= least)
    likely = grid[starts, labels, 0]
    for length in range(2, LONGEST + 1):
        inside = starts + length <= n
        starts, labels, likely = starts[inside], labels[inside], likely[inside]
        if not len(starts):
            break
        last = starts + length - 1
        score = np.minimum(likely, grid[last, labels, 2])
        good = score >= least
        parts.append(Spans(starts[good], starts[good] + length, labels[good], score[good]))
        likely = np.minimum(likely, grid[last, labels, 1])
        on = likely >= least
        starts, labels, likely = starts[on], labels[on], likely[on]
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((-joined[3], joined[0]))
    return Spans(*(column[order] for column in joined))


def candidates(states: Floats) -> Iterator[SeenName]:
    """Yield the spans of a text that are likely enough to be names by themselves; they may overlap."""
    spans = spans_of(states, ENOUGH)
    labels = [LABELS[label] for label in spans.labels.tolist()]
    scores = np.round(spans.scores.astype(np.float64), 4).tolist()
    yield from map(SeenName, spans.starts.tolist(), spans.ends.tolist(), labels, scores)


def best(candidates: Iterable[SeenName]) -> list[SeenName]:
    """Return candidates without overlap, the likelier first served, in text order.

    >>> seen = [SeenName(0, 2, "person", 0.45), SeenName(1, 3, "person", 0.6), SeenName(3, 5, "place", 0.9)]
    >>> [(found.start, found.end) for found in best(seen)]
    [(1, 3), (3, 5)]
    """
    kept: list[SeenName] = []
    taken: set[int] = set()
    for found in sorted(candidates, key=lambda c: (-c.score, c.start)):
        if taken.isdisjoint(range(found.start, found.end)):
            taken.update(range(found.start, found.end))
            kept.append(found)
    return sorted(kept)
