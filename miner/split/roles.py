"""The role of every line: a small network over the columns of `features` and the lines' wording, joined by a linear chain.

Columns and wording are embedded, convolutions look at the lines around, and the chain (a conditional random field)
knows which label may follow which. Trained by `miner train split` with PyTorch (`role_training`); runs here with NumPy,
a whole page at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from miner.model import Role
from miner.split.wording import SENSE_BITS, bag_slots, summed

__all__ = ["DILATIONS", "HIDDEN", "LABELS", "ROLE_OF", "WORDS", "RoleModel", "label_roles", "line_slots"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[Any]
LABELS = ("F", "M", "L", "O", "R", "r", "H", "h", "K", "T", "S", "Y", "U", "u", "J", "C", "X")
"""F M L O: first, middle, last and only line of a paragraph; R r: a line that goes on from one farther up, and such a
line that ends its paragraph; H h: a headline's first and further lines; K kicker,
T subtitle, S section, Y byline, U u: a subhead's first and further lines, J jump, C caption, X furniture."""
_RESCALE = 6
ROLE_OF: dict[str, Role] = {
    "F": "body", "M": "body", "L": "body", "O": "body", "R": "body", "r": "body", "H": "headline", "h": "headline", "K": "kicker",
    "T": "subtitle", "S": "section", "Y": "byline", "U": "subhead", "u": "subhead", "J": "jump", "C": "caption",
    "X": "other",
}  # fmt: skip


_AFTER = {"M": "FMR", "L": "FMR", "h": "Hh", "u": "Uu"}
"""Labels that come after certain others only: a paragraph's lines after its first, a head's after its first."""
_POSSIBLE = np.array(
    [[1.0 if one in _AFTER.get(other, LABELS) else 1e-9 for other in LABELS] for one in LABELS]
)
WORD_BITS = 13
HIDDEN, WORDS = 56, 1 << WORD_BITS
"""Width of the network, and slots of the lines' wording."""
DILATIONS = (1, 2, 4, 1)
"""How far apart the three lines are that each convolution looks at."""
_LONGEST = 60
"""Characters of a line that are looked at."""


@dataclass(frozen=True)
class RoleModel:
    """Weights. `state` holds a row for every value of every column (columns start at `offsets`), `bag` and `edge` one for
    every slot of wording; `taps` one matrix for every convolution (line before, line, line after, one below the
    other); `transitions` the chain's scores from label to label."""

    state: Floats
    offsets: npt.NDArray[Any]
    transitions: Floats
    bag: Floats
    edge: Floats
    bias: Floats
    taps: Floats
    tap_bias: Floats
    out: Floats
    out_bias: Floats

    @cached_property
    def columns(self) -> Floats:
        """`state` with `edge` below it."""
        return np.concatenate([self.state, self.edge])


def line_slots(texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
    """Slots of the pairs of characters of all lines in a row, how many each line has, and the slots of each line's edges
    (lines × 6)."""
    cut = [text[:_LONGEST] for text in texts]
    slots, _, counts = bag_slots(cut)
    edges = [f"{text[:3]:\0<3}{text[-3:]:\0>3}" for text in texts]
    codes = (
        np.frombuffer("".join(edges).encode("utf-32-le", "replace"), dtype=np.uint32)
        .reshape(-1, 6)
        .astype(np.uint64)
    )
    one = codes * np.uint64(0x9E3779B1)
    mixed = np.stack([
        one[:, 0] * np.uint64(3), one[:, 0] + codes[:, 1] * np.uint64(5), one[:, 1] + codes[:, 2] * np.uint64(7),
        one[:, 5] * np.uint64(11), one[:, 4] + codes[:, 5] * np.uint64(13), one[:, 3] + codes[:, 4] * np.uint64(17),
    ], axis=1)  # fmt: skip
    mixed = (mixed * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(64 - WORD_BITS)
    return slots >> (SENSE_BITS - WORD_BITS), counts, mixed.astype(np.int64)


def label_roles(model: RoleModel, table: Ints, texts: Sequence[str], bias: Floats | None = None) -> Floats:
    """Return the probability of every label for every line (lines × labels): the network's scores, joined by the chain in one
    forward and one backward pass.

    `table` holds the columns of the lines, `texts` their wording; `bias` is added to the labels' scores.
    """
    emission = _emission(model, table, texts)
    if bias is not None:
        emission = emission + bias
    local = np.exp((emission - emission.max(axis=1, keepdims=True)).astype(np.float64)) + 1e-20
    step = np.exp((model.transitions - model.transitions.max()).astype(np.float64)) * _POSSIBLE
    return _marginals(local, step)


def _emission(model: RoleModel, table: Ints, texts: Sequence[str]) -> Floats:
    slots, counts, edges = line_slots(texts)
    count = len(texts)
    known = np.concatenate([table + model.offsets, edges + len(model.state)], axis=1)
    width = known.shape[1]
    hidden = summed(known.ravel(), np.arange(0, count * width + 1, width), model.columns)
    bags = summed(slots, np.concatenate([[0], np.cumsum(counts)]), model.bag)
    bags /= np.maximum(counts, 1)[:, None]
    hidden += bags
    hidden += model.bias
    np.maximum(hidden, 0.0, out=hidden)
    for reach, taps, tap_bias in zip(DILATIONS, model.taps, model.tap_bias, strict=True):
        seen = hidden @ taps[HIDDEN : 2 * HIDDEN]
        seen += tap_bias
        if count > reach:
            seen[reach:] += hidden[:-reach] @ taps[:HIDDEN]
            seen[:-reach] += hidden[reach:] @ taps[2 * HIDDEN :]
        hidden += np.maximum(seen, 0.0, out=seen)
    result: Floats = hidden @ model.out + model.out_bias
    return result


def _marginals(local: npt.NDArray[Any], step: npt.NDArray[Any]) -> Floats:
    """Forward and backward products in one pass over twice the labels: the backward one is the forward one of the lines read
    from the last, with the chain turned round. Both are brought back to scale every few lines, which is enough for doubles."""
    count, states = local.shape
    ways = np.concatenate([local, local[::-1]], axis=1)
    both = np.zeros((2 * states, 2 * states))
    both[:states, :states], both[states:, states:] = step, step.T
    out = np.empty_like(ways)
    value = out[0] = ways[0]
    for index in range(1, count):
        value = np.dot(value, both, out=out[index])
        value *= ways[index]
        if index % _RESCALE == 0:
            value[:states] /= value[:states].sum()
            value[states:] /= value[states:].sum()
    joint = out[:, :states] * out[::-1, states:]
    joint /= local
    joint /= joint.sum(axis=1, keepdims=True)
    result: Floats = joint.astype(np.float32)
    return result
