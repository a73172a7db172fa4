"""What a network believes of every character, and of any stretch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.int64]

LABELS = ("person", "enterprise", "organization", "place", "title", "product", "ignored")
"""What a network may tell apart, in the order of its states; an older one knows the first five."""
_LONGEST = 40


class Beliefs:
    """The state of every character of a text: in no name, or the first, an inner, the last or the only one of a name.

    `states` has one row for every character: the probability of no name, then four columns for each label.
    """

    def __init__(self, states: Floats) -> None:
        n, columns = states.shape
        full = np.zeros((n, 1 + 4 * len(LABELS)), np.float32)
        full[:, :columns] = states
        self.nothing = full[:, 0]
        self._roles = full[:, 1:].reshape(n, len(LABELS), 4)
        self.blind = bool(columns == 1)
        """Whether no network was asked."""
        self._totals = np.concatenate(
            [np.zeros((1, len(LABELS) + 1)), np.cumsum(np.c_[self.nothing, self._roles.sum(axis=2)], axis=0)]
        )

    @classmethod
    def none(cls, n: int) -> Beliefs:
        """Return the beliefs of no network at all: nothing is a name."""
        states = np.zeros((n, 1), np.float32)
        states[:] = 1.0
        return cls(states)

    def __len__(self) -> int:
        return len(self.nothing)

    def posteriors(self, starts: Places, ends: Places) -> Floats:
        """Return for stretches how surely exactly these characters are one name of each label, shape (stretches, labels).

        The least of its characters' beliefs: an upper bound of the chain's probability, close to it where it is sure.
        """
        roles = self._roles
        likely = np.minimum(roles[starts, :, 0], roles[ends - 1, :, 2])
        long = np.flatnonzero(ends - starts > 2)
        if len(long):
            bounds = np.stack([starts[long] + 1, ends[long] - 1], axis=1).ravel()
            inner = np.minimum.reduceat(roles[:, :, 1], bounds, axis=0)[::2]
            likely[long] = np.minimum(likely[long], inner)
        single = ends - starts == 1
        likely[single] = roles[starts[single], :, 3]
        return likely

    def means(self, starts: Places, ends: Places) -> Floats:
        """Return the mean probability of no name, then of each label, over stretches; nothing where one is empty."""
        sums = self._totals[np.minimum(ends, len(self))] - self._totals[np.maximum(starts, 0)]
        means: Floats = sums / np.maximum(ends - starts, 1)[:, None]
        return means

    def spans(self, least: float) -> Iterator[tuple[int, int]]:
        """Yield the stretches that may be a name of some label, overlapping ones too."""
        for label in range(len(LABELS)):
            yield from _spans(self._roles[:, label], least)


def _spans(roles: Floats, least: float) -> Iterator[tuple[int, int]]:
    starts = np.flatnonzero(roles[:, 0] >= least)
    ends = np.flatnonzero(roles[:, 2] >= least)
    breaks = np.flatnonzero(roles[:, 1] < least)
    reach = (
        breaks[np.minimum(np.searchsorted(breaks, starts + 1), len(breaks) - 1)] if len(breaks) else starts
    )
    first = np.searchsorted(ends, starts + 1)
    last = np.searchsorted(ends, np.minimum(reach, starts + _LONGEST - 1), side="right")
    closing = ends.tolist()
    for start, low, high in zip(starts.tolist(), first.tolist(), last.tolist(), strict=True):
        for end in closing[low:high]:
            yield start, end + 1
