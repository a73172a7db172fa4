"""The role of every line: a linear-chain model over the columns of `features`, applied with NumPy.

Trained as a conditional random field (python-crfsuite) by `miner train split`; here its weights are gathered for
all lines at once and the best labels and their probabilities come from one forward and one backward pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from miner.model import Role

__all__ = ["LABELS", "ROLE_OF", "RoleModel", "label_roles"]

Floats = npt.NDArray[np.float32]
LABELS = ("F", "M", "L", "O", "H", "h", "K", "T", "S", "Y", "U", "u", "J", "C", "X")
"""F M L O: first, middle, last and only line of a paragraph; H h: a headline's first and further lines; K kicker,
T subtitle, S section, Y byline, U u: a subhead's first and further lines, J jump, C caption, X furniture."""
ROLE_OF: dict[str, Role] = {
    "F": "body", "M": "body", "L": "body", "O": "body", "H": "headline", "h": "headline", "K": "kicker",
    "T": "subtitle", "S": "section", "Y": "byline", "U": "subhead", "u": "subhead", "J": "jump", "C": "caption",
    "X": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Weights: `state` holds a row for every value of every column (columns start at `offsets`), `transitions` a
    matrix from label to label."""

    state: Floats
    offsets: npt.NDArray[Any]
    transitions: Floats


def label_roles(model: RoleModel, table: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Floats]:
    """Return the best label of every line and the probability of every label (lines × labels)."""
    emission = model.state[table + model.offsets].sum(axis=1)
    return _viterbi(emission, model.transitions), _marginals(emission, model.transitions)


def _viterbi(emission: Floats, transitions: Floats) -> npt.NDArray[Any]:
    count, states = emission.shape
    back = np.zeros((count, states), dtype=np.int64)
    best = emission[0]
    for index in range(1, count):
        paths = best[:, None] + transitions
        back[index] = paths.argmax(axis=0)
        best = paths.max(axis=0) + emission[index]
    labels = np.zeros(count, dtype=np.int64)
    labels[-1] = best.argmax()
    for index in range(count - 1, 0, -1):
        labels[index - 1] = back[index, labels[index]]
    return labels


def _marginals(emission: Floats, transitions: Floats) -> Floats:
    count, states = emission.shape
    local = np.exp(emission - emission.max(axis=1, keepdims=True)) + 1e-30
    step = np.exp(transitions - transitions.max())
    forward = np.empty_like(local)
    forward[0] = local[0] / local[0].sum()
    for index in range(1, count):
        row = (forward[index - 1] @ step) * local[index]
        forward[index] = row / row.sum()
    backward = np.ones(states, dtype=local.dtype)
    out = np.empty_like(local)
    for index in range(count - 1, -1, -1):
        row = forward[index] * backward
        out[index] = row / row.sum()
        backward = step @ (local[index] * backward)
        backward /= backward.sum()
    return out
