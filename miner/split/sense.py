"""What texts are about, as far as a splitter needs it: does this paragraph follow on that one, does this head speak of it.

A text becomes a vector: the mean of learned vectors of its pairs of characters; its opening and its close have vectors of
their own. Two small networks compare them. Learned from plain stories: neighbouring paragraphs against the opening
paragraphs of other, like stories (`sense_training`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from miner.split.roles import Floats
from miner.split.wording import bag_slots, summed

__all__ = ["Sense", "Vectors"]


@dataclass(frozen=True, slots=True)
class Sense:
    """Learned vectors of pairs, openings and closes, and the networks that compare: arrays as stored."""

    pairs: Floats
    openings: Floats
    closes: Floats
    follow: tuple[Floats, Floats, Floats, float]
    """Hidden weights and bias, output weights and bias."""
    head: Floats
    """Turns a head's vector towards bodies."""

    def vectors(
        self, texts: Sequence[str], openings: npt.NDArray[np.int64], closes: npt.NDArray[np.int64]
    ) -> Vectors:
        """Vectors of paragraphs, one row each, given the slots of their openings and closes."""
        sums, counts = self.sums(texts)
        return Vectors(
            (sums / np.sqrt(np.maximum(counts, 1.0))[:, None]).astype(np.float32),
            self.openings[openings].sum(axis=1),
            self.closes[closes].sum(axis=1),
        )

    def sums(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """The sums of the vectors of the pairs of each text, and how many pairs it has."""
        slots, _, counts = bag_slots(texts)
        bounds = np.concatenate([[0], np.cumsum(counts)])
        return summed(slots, bounds, self.pairs), counts.astype(np.float32)

    def follows(
        self, vectors: Vectors, before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]
    ) -> Floats:
        """Log-odds that paragraph `after` goes on the story of paragraph `before`, for arrays of rows."""
        one, two = vectors.means[before], vectors.means[after]
        evidence = np.concatenate(
            [
                one * two,
                abs(one - two),
                vectors.openings[after],
                vectors.closes[before],
                vectors.openings[before],
            ],
            axis=1,
        )
        hidden, bias, output, rest = self.follow
        result: Floats = np.maximum(evidence @ hidden + bias, 0.0) @ output + rest
        return result


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of paragraphs: of their wording, their openings, their closes."""

    means: Floats
    openings: Floats
    closes: Floats
