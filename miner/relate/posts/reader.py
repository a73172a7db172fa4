"""Reads the titles of a text, and the bodies of posts that are no names (校党委, 投资部), as a sequence of labels.

A linear chain over characters (Lafferty, McCallum, Pereira 2001, Conditional random fields) whose weights were learned
from annotated articles; `miner.training.posts` tells how. Only sentences in which some character speaks for a title are
decoded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.relate.posts.features import BITS, Marked, columns

STATES = ("O", "BT", "IT", "ET", "ST", "BB", "IB", "EB", "SB")
"""Outside; begin, inside, end, single of a title; the same of a body."""
BOLD = 0.4
"""So much less is asked of a title than the labels learned: the evidence decides afterwards."""
KINDS = {"T": "title", "B": "body"}
_SAID = 0.05
"""Slots whose weights are all smaller say nothing."""
Floats = npt.NDArray[np.float32]


def allowed(before: str, after: str) -> bool:
    """Tell whether one state may follow another.

    >>> allowed("BT", "ET"), allowed("BT", "O"), allowed("O", "IB")
    (True, False, False)
    """
    opened = before[0] in "BI"
    return (after[0] in "IE" and after[1:] == before[1:]) if opened else after[0] in "OBS"


class Read(NamedTuple):
    """A title or body as it was read; `margin` says how much more its characters speak for it than for nothing."""

    start: int
    end: int
    kind: str
    margin: float


class Weights(NamedTuple):
    """`slots` (2 ** BITS, states), `steps` (states, states): log weights."""

    slots: Floats
    steps: Floats


class Reader:
    """Finds titles and bodies in marked text."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        count = len(STATES)
        self._before = [[a for a in range(count) if allowed(STATES[a], STATES[b])] for b in range(count)]
        self._steps: list[list[float]] = weights.steps.tolist()
        self._closes = [s for s in range(count) if STATES[s][0] in "OES"]

    def read(self, marked: Marked, sentences: Sequence[tuple[int, int]]) -> list[Read]:
        """Return the titles and bodies of the sentences, in text order."""
        if not sentences or not marked.folded:
            return []
        scores = self.scores(marked)
        scores[:, 0] -= BOLD
        gain = scores[:, 1:].max(axis=1) - scores[:, 0]
        found: list[Read] = []
        for start, end in sentences:
            if end > start and gain[start:end].max() > 0:
                found.extend(self._spans(scores, start, self._decoded(scores[start:end])))
        return found

    def scores(self, marked: Marked) -> Floats:
        """Return what the features of each character say for each state, shape (characters, states)."""
        slots = columns(marked)
        total = np.zeros((len(slots), len(STATES)), np.float32)
        for column in slots.T:
            total += self.weights.slots.take(column, axis=0)
        return total

    def _decoded(self, scores: Floats) -> list[int]:
        """Return the likeliest states of one sentence (Viterbi 1967)."""
        rows: list[list[float]] = scores.tolist()
        opening = [state for state in range(len(STATES)) if STATES[state][0] in "OBS"]
        best = [rows[0][s] if s in opening else -1e9 for s in range(len(STATES))]
        back: list[list[int]] = []
        for row in rows[1:]:
            came: list[int] = []
            now: list[float] = []
            for state, before in enumerate(self._before):
                top, origin = -1e18, 0
                for other in before:
                    total = best[other] + self._steps[other][state]
                    if total > top:
                        top, origin = total, other
                came.append(origin)
                now.append(top + row[state])
            back.append(came)
            best = now
        state = max(self._closes, key=best.__getitem__)
        path = [state]
        for came in reversed(back):
            state = came[state]
            path.append(state)
        return path[::-1]

    def _spans(self, scores: Floats, offset: int, path: Sequence[int]) -> Iterator[Read]:
        start = 0
        for at, state in enumerate(path):
            name = STATES[state]
            if name[0] in "BS":
                start = at
            if name[0] in "ES":
                rows = scores[offset + start : offset + at + 1]
                chosen = rows[np.arange(len(rows)), path[start : at + 1]] - rows[:, 0]
                yield Read(offset + start, offset + at + 1, KINDS[name[1]], float(chosen.mean()))


def stored(weights: Weights) -> dict[str, npt.NDArray[np.generic]]:
    """Return weights as arrays for a file: the slots that say something, in bytes."""
    used = np.flatnonzero(np.abs(weights.slots).max(axis=1) > _SAID)
    kept = weights.slots[used]
    scale = np.abs(kept).max(initial=_SAID) / 127
    return {
        "used": used.astype(np.uint32),
        "slots": np.round(kept / scale).astype(np.int8),
        "scale": np.array([scale], np.float32),
        "steps": weights.steps.astype(np.float32),
    }


def restored(arrays: dict[str, npt.NDArray[np.generic]]) -> Weights:
    """Return the weights of a file's arrays."""
    slots = np.zeros((1 << BITS, len(STATES)), np.float32)
    slots[arrays["used"].astype(np.int64)] = arrays["slots"].astype(np.float32) * arrays["scale"].astype(
        np.float32
    )
    return Weights(slots, arrays["steps"].astype(np.float32))


@cache
def model() -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays of the posts' model; raises ModelError when the file is damaged."""
    content = (resources.files("miner") / "resources" / "models" / "posts.npz").read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, BadZipFile) as error:
        raise ModelError(
            f"damaged posts model: {error}", hint="train it again with `miner train posts`"
        ) from error


@cache
def reader() -> Reader:
    """Return the reader with the package's weights."""
    return Reader(restored(model()))
