"""The name networks by name: `fast` for any archive, `accurate` where an hour more does not matter.

The fast one is two: of the same build, taught on different texts. Where one has never met a name the other often has;
the mean of their beliefs finds more than either. The accurate one is asked beside them, for the same reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, Protocol

from miner.errors import ModelError
from miner.recognise.network.accurate import AccurateModel, piece_file
from miner.recognise.network.chain import Floats
from miner.recognise.network.encode import Cut, Vocabulary
from miner.recognise.network.model import NameModel
from miner.recognise.network.reading import SeenName, best, candidates

Kind = Literal["fast", "accurate"]


class Network(Protocol):
    """What either network offers."""

    def marginals(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[Floats]:
        """Return for every character of each text the probability of each state, (characters, states)."""
        ...

    def predict(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[list[SeenName]]:
        """Return the names in each text, in order, without overlap."""
        ...


class Mean:
    """Several networks as one: its beliefs are the mean of theirs.

    The words of a text are cut once for all of them, by `cutter` where there is one.
    """

    def __init__(self, networks: Sequence[Network], cutter: Vocabulary | None = None) -> None:
        self._networks, self._cutter = tuple(networks), cutter

    def marginals(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[Floats]:
        """Return the mean of what the networks believe, (characters, states) for each text."""
        words = self._cutter.cuts(texts, cuts) if self._cutter else cuts
        first, *others = (network.marginals(texts, words) for network in self._networks)
        for states in others:
            for total, each in zip(first, states, strict=True):
                total += each
        for total in first:
            total /= len(self._networks)
        return first

    def predict(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[list[SeenName]]:
        """Return the names in each text, in order, without overlap."""
        return [best(candidates(states)) for states in self.marginals(texts, cuts)]


def check(kind: Kind) -> None:
    """Raise ModelError when a network is asked for whose package is not installed."""
    if kind == "accurate":
        piece_file()


@cache
def network(kind: Kind = "fast") -> Network | None:
    """Return a network, loaded on first use; None when the package was made without the fast one.

    Raises ModelError when the accurate one is asked for and it or the package that it needs is missing.
    """
    accurate = [AccurateModel.load()] if kind == "accurate" else []
    try:
        fast, press = NameModel.load("names"), NameModel.load("names-press")
    except ModelError:
        return accurate[0] if accurate else None
    return Mean([fast, press, *accurate], fast.vocabulary)
