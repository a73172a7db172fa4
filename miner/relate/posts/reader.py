"""Reads the titles of a text, and the bodies of posts that are no names (校党委, 投资部), as a sequence of labels.

A linear chain over characters (Lafferty, McCallum, Pereira 2001, Conditional random fields) whose weights were learned
from annotated articles; `miner.training.posts` tells how. Only the stretches are decoded in which a title may pay at all:
elsewhere the likeliest state is known to be none (`Reader.stretches`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from miner.errors import ModelError
from miner.relate.posts.features import BITS, NamedText, columns
from miner.shipped import shipped

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


_NEVER = -1e9
_APART, _SURELY = 1e6, -1e-3
"""Sums of two sentences are kept this far apart; a sum that comes so near to nothing may be one."""
ALLOWED = np.array([[allowed(before, after) for after in STATES] for before in STATES])
_OPENS = np.array([0.0 if state[0] in "OBS" else _NEVER for state in STATES], np.float32)
_CLOSES = np.array([0.0 if state[0] in "OES" else _NEVER for state in STATES], np.float32)


class DecodedStretch(NamedTuple):
    """A stretch of a sentence that is decoded, and whether characters of the sentence that are none lie on either side."""

    start: int
    end: int
    after_none: bool
    before_none: bool


class ReadWord(NamedTuple):
    """A title or body as it was read; `margin` says how much more its characters speak for it than for nothing."""

    start: int
    end: int
    kind: str
    margin: float


class TitleWeights(NamedTuple):
    """`slots` (2 ** BITS, states), `steps` (states, states): log weights."""

    slots: Floats
    steps: Floats


class Reader:
    """Finds titles and bodies in marked text."""

    def __init__(self, weights: TitleWeights) -> None:
        self.weights = weights
        self._into, self._out = _bonuses(weights.steps)

    def read(self, marked: NamedText, sentences: Sequence[tuple[int, int]]) -> list[ReadWord]:
        """Return the titles and bodies of the sentences, in text order."""
        if not sentences or not marked.folded:
            return []
        scores = self.scores(marked)
        scores[:, 0] -= BOLD
        stretches = self.stretches(scores, sentences)
        paths = self._decoded(scores, stretches) if stretches else []
        return [
            read
            for stretch, path in zip(stretches, paths, strict=True)
            for read in self._spans(scores, stretch.start, path)
        ]

    def stretches(self, scores: Floats, sentences: Sequence[tuple[int, int]]) -> list[DecodedStretch]:
        """Return the parts of sentences outside of which the likeliest states are surely none.

        A run of other states pays only where what its characters gain over none, with the most that its steps can add, sums
        up above zero; a character counts where it lies in a run with such a sum (as in Kadane's search for the largest).
        """
        gain = (scores[:, 1:] + self._into[1:] + self._out[1:]).max(axis=1) - scores[:, 0]
        for start, _ in sentences:
            gain[start] -= _APART  # sums of one sentence lie below those of the sentences before
        sums = np.concatenate([[0.0], np.cumsum(gain, dtype=np.float64)])
        lowest = sums[:-1].copy()
        for start, _ in sentences:
            lowest[start] -= _APART
        pays = np.maximum.accumulate(sums[:0:-1])[::-1] - np.minimum.accumulate(lowest) > _SURELY
        found = []
        for start, end in sentences:
            edges = np.flatnonzero(np.diff(pays[start:end], prepend=False, append=False)).tolist()
            found += [
                DecodedStretch(start + low, start + high, low > 0, start + high < end)
                for low, high in zip(edges[::2], edges[1::2], strict=True)
            ]
        return found

    def scores(self, marked: NamedText) -> Floats:
        """Return what the features of each character say for each state, shape (characters, states)."""
        slots = columns(marked)
        total = np.zeros((len(slots), len(STATES)), np.float32)
        for column in slots.T:
            total += self.weights.slots.take(column, axis=0)
        return total

    def _decoded(self, scores: Floats, stretches: Sequence[DecodedStretch]) -> list[list[int]]:
        """Return the likeliest states of stretches (Viterbi 1967), all at once, the longest first where time goes on."""
        rank = sorted(range(len(stretches)), key=lambda at: stretches[at].start - stretches[at].end)
        ranked = [stretches[at] for at in rank]
        starts = np.array([stretch.start for stretch in ranked])
        lengths = np.array([stretch.end - stretch.start for stretch in ranked])
        steps, into = self.weights.steps, np.ascontiguousarray(self.weights.steps.T)
        after = np.array([stretch.after_none for stretch in ranked])
        best = scores[starts] + _OPENS + np.where(after[:, None], steps[0], np.float32(0))
        back = []
        for at in range(1, int(lengths[0])):
            count = int(np.searchsorted(-lengths, -at))
            ways = best[:count, None, :] + into
            back.append(ways.argmax(axis=2))
            best[:count] = ways.max(axis=2) + scores[starts[:count] + at]
        before = np.array([stretch.before_none for stretch in ranked])
        state = (best + _CLOSES + np.where(before[:, None], steps[:, 0], np.float32(0))).argmax(axis=1)
        track = np.zeros((len(back) + 1, len(ranked)), np.int8)
        for at in range(len(back), 0, -1):
            came = back[at - 1]
            track[at, : len(came)] = state[: len(came)]
            state[: len(came)] = came[np.arange(len(came)), state[: len(came)]]
        track[0] = state
        found: list[list[int]] = [[] for _ in stretches]
        for column, at in enumerate(rank):
            found[at] = track[: lengths[column], column].tolist()
        return found

    def _spans(self, scores: Floats, offset: int, path: Sequence[int]) -> Iterator[ReadWord]:
        start = 0
        for at, state in enumerate(path):
            name = STATES[state]
            if name[0] in "BS":
                start = at
            if name[0] in "ES":
                rows = scores[offset + start : offset + at + 1]
                chosen = rows[np.arange(len(rows)), path[start : at + 1]] - rows[:, 0]
                yield ReadWord(offset + start, offset + at + 1, KINDS[name[1]], float(chosen.mean()))


def _bonuses(steps: Floats) -> tuple[Floats, Floats]:
    """Return for every state the most that going on inside a span, and leaving one, adds over the step from none to none."""
    more = np.where(ALLOWED, steps - steps[0, 0], _NEVER)
    inside = np.array([state[0] in "IE" for state in STATES])
    into = np.where(inside, np.maximum(more.max(axis=0), 0), 0)
    leaving = np.array([state[0] in "ES" for state in STATES])
    return into.astype(np.float32), np.where(leaving, np.maximum(more.max(axis=1), 0), 0).astype(np.float32)


def stored(weights: TitleWeights) -> dict[str, npt.NDArray[np.generic]]:
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


def restored(arrays: dict[str, npt.NDArray[np.generic]]) -> TitleWeights:
    """Return the weights of a file's arrays."""
    slots = np.zeros((1 << BITS, len(STATES)), np.float32)
    slots[arrays["used"].astype(np.int64)] = arrays["slots"].astype(np.float32) * arrays["scale"].astype(
        np.float32
    )
    return TitleWeights(slots, arrays["steps"].astype(np.float32))


@cache
def model() -> dict[str, npt.NDArray[np.generic]]:
    """Return the arrays of the posts' model; raises ModelError when the file is missing or damaged."""
    content = shipped("posts.npz", "posts model")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, BadZipFile) as error:
        raise ModelError(
            f"职务模型损坏 / damaged posts model: {error}", hint="train it again with `miner train posts`"
        ) from error


@cache
def reader() -> Reader:
    """Return the reader with the package's weights."""
    return Reader(restored(model()))
