"""What a network believes about a text, and the names read off it.

A reading holds how likely every state is at every character. A span is as likely a name as the least likely of its
states (begin, inside, end): an upper bound of the chain's probability of exactly this span, close to it where the
network is sure, and cheap for any span that a rule asks about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from miner.recognise.network.chain import LABELS, Floats, Indices

LEAST_SCORE, ENOUGH = 0.1, 0.4
"""A span less likely than the first is not proposed; one less likely than the second is no name by itself."""
LONGEST = 60
"""Characters of the longest name proposed."""


class Candidate(NamedTuple):
    """A name that a network sees in a text: characters start to end, its label, and how likely exactly this span is."""

    start: int
    end: int
    label: str
    score: float


class Reading:
    """The beliefs of a network about one text. Immutable."""

    __slots__ = ("candidates", "places", "states")

    def __init__(self, states: Floats, places: Indices, candidates: Sequence[Candidate]) -> None:
        self.states, self.places = states, places
        """(characters, states): how likely each state is at each character; and where that character stands."""
        self.candidates = tuple(candidates)
        """The spans of at least LEAST_SCORE by their start, the likelier first; they may overlap."""

    def outside(self, start: int, end: int) -> float:
        """Return how likely no character of a span belongs to a name."""
        rows = self._rows(start, end)
        return float(rows[:, 0].min()) if len(rows) else 1.0

    def posterior(self, start: int, end: int) -> dict[str, float]:
        """Return for every label how likely exactly this span is such a name."""
        rows = self._rows(start, end)
        if not len(rows):
            return dict.fromkeys(LABELS, 0.0)
        roles = rows[:, 1:].reshape(len(rows), len(LABELS), 4)
        if len(rows) == 1:
            likely = roles[0, :, 3]
        else:
            likely = np.minimum(roles[0, :, 0], roles[-1, :, 2])
            if len(rows) > 2:
                likely = np.minimum(likely, roles[1:-1, :, 1].min(axis=0))
        return dict(zip(LABELS, likely.tolist(), strict=True))

    def _rows(self, start: int, end: int) -> Floats:
        """Return the rows of a span's characters; the blanks that the network does not read have none."""
        first, last = np.searchsorted(self.places, [start, end])
        return self.states[first:last]

    @classmethod
    def joined(cls, readings: Sequence[tuple[int, Reading]]) -> Reading:
        """Return one reading of a text that was read in pieces, each with its offset."""
        if len(readings) == 1:
            return readings[0][1]
        return cls(
            np.concatenate([reading.states for _, reading in readings]),
            np.concatenate([reading.places + offset for offset, reading in readings]),
            [
                found._replace(start=found.start + offset, end=found.end + offset)
                for offset, reading in readings
                for found in reading.candidates
            ],
        )


class Spans(NamedTuple):
    """Proposed spans, parallel arrays."""

    starts: Indices
    ends: Indices
    labels: Indices
    scores: Floats


def spans_of(states: Floats, least: float = LEAST_SCORE) -> Spans:
    """Return all spans that are at least so likely, ordered by start; rows that are no text must believe in no name.

    >>> states = np.zeros((3, 1 + 4 * len(LABELS)), np.float32)
    >>> states[0, 1] = states[1, 3] = 0.75
    >>> states[:, 0] = 1 - states.sum(axis=1)
    >>> found = spans_of(states)
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


def readings(states: Floats, places: Indices, bounds: Iterable[tuple[int, int]]) -> Iterator[Reading]:
    """Yield the reading of each text.

    `places` (rows of `states`,) tells where each character stands among all texts, `bounds` where each text starts
    and ends there; the texts come in order.
    """
    spans = spans_of(states)
    names = [LABELS[label] for label in spans.labels.tolist()]
    scores = np.round(spans.scores.astype(np.float64), 4).tolist()
    starts, ends = places[spans.starts].tolist(), (places[spans.ends - 1] + 1).tolist()
    at = 0
    for lo, hi in bounds:
        found: list[Candidate] = []
        while at < len(starts) and starts[at] < hi:
            if starts[at] >= lo and ends[at] <= hi:  # none in the room between texts
                found.append(Candidate(starts[at] - lo, ends[at] - lo, names[at], scores[at]))
            at += 1
        first, last = np.searchsorted(places, [lo, hi])
        yield Reading(states[first:last], places[first:last] - lo, found)


def best(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates that are likely enough, without overlap, the likelier first served, in text order.

    >>> seen = [Candidate(0, 2, "person", 0.45), Candidate(1, 3, "person", 0.6), Candidate(3, 5, "place", 0.9)]
    >>> [(found.start, found.end) for found in best(seen)]
    [(1, 3), (3, 5)]
    """
    kept: list[Candidate] = []
    taken: set[int] = set()
    for found in sorted(candidates, key=lambda c: (-c.score, c.start)):
        if found.score >= ENOUGH and taken.isdisjoint(range(found.start, found.end)):
            taken.update(range(found.start, found.end))
            kept.append(found)
    return sorted(kept)
