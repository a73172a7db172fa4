"""The name networks by name: `fast` for any archive, `accurate` where an hour more does not matter.

The fast one is two: of the same build, taught on different texts. Where one has never met a name the other often has;
the mean of their beliefs finds more than either. The accurate one is asked beside them, for the same reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.recognise.network.accurate import AccurateModel, piece_file
from miner.recognise.network.chain import Floats
from miner.recognise.network.encode import Cut, Vocabulary
from miner.recognise.network.model import NameModel
from miner.recognise.network.reading import Candidate, best, candidates

Kind = Literal["fast", "accurate"]
Flags = npt.NDArray[np.bool_]


class Network(Protocol):
    """What either network offers."""

    def marginals(
        self, texts: Sequence[str], cuts: Sequence[Cut | None] = (), where: Sequence[Flags] = ()
    ) -> list[Floats]:
        """Return for every character of each text the probability of each state, (characters, states).

        Only the characters that `where` tells need be read.
        """
        ...

    def predict(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[list[Candidate]]:
        """Return the names in each text, in order, without overlap."""
        ...


class Mean:
    """Several networks as one: its beliefs are the mean of theirs.

    The words of a text are cut once for all of them, by `cutter` where there is one. Where the first sees no sign of a
    name in a whole sentence (a quarter of the news), the others need not look.
    """

    def __init__(self, networks: Sequence[Network], cutter: Vocabulary | None = None) -> None:
        self._networks, self._cutter = tuple(networks), cutter

    def marginals(
        self, texts: Sequence[str], cuts: Sequence[Cut | None] = (), where: Sequence[Flags] = ()
    ) -> list[Floats]:
        """Return the mean of what the networks believe, (characters, states) for each text."""
        words = self._cutter.cuts(texts, cuts) if self._cutter else cuts
        first = self._networks[0].marginals(texts, words, where)
        looked = [_with_signs(text, states) for text, states in zip(texts, first, strict=True)]
        for network in self._networks[1:]:
            for total, each in zip(first, network.marginals(texts, words, looked), strict=True):
                total += each
        for total in first:
            total /= len(self._networks)
        return first

    def predict(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[list[Candidate]]:
        """Return the names in each text, in order, without overlap."""
        return [best(candidates(states)) for states in self.marginals(texts, cuts)]


def _with_signs(text: str, states: Floats) -> Flags:
    """Tell for every character whether its sentence has a character that may be of a name.

    >>> states = np.array([[1.0], [1.0], [0.5], [1.0]], np.float32)
    >>> _with_signs("雨。王。", states).tolist()
    [False, False, True, True]
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if not len(codes):
        return np.zeros(0, bool)
    ends = np.flatnonzero(np.isin(codes[:-1], _ENDS)) + 1
    bounds = np.concatenate([[0], ends])
    least = np.minimum.reduceat(states[:, 0], bounds)
    signs: Flags = np.repeat(least < 1 - _SIGN, np.diff(bounds, append=len(codes)))
    return signs


_ENDS = np.array([ord(char) for char in "。!?;！？；\n"], np.uint32)
_SIGN = 0.01
"""A character less likely than this to be of a name is no sign of one."""


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
