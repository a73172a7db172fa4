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


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Weights: `state` holds a row for every value of every column (columns start at `offsets`), `transitions` a
    matrix from label to label."""

    state: Floats
    offsets: npt.NDArray[Any]
    transitions: Floats


def label_roles(model: RoleModel, table: npt.NDArray[Any], bias: Floats | None = None) -> Floats:
    """Return the probability of every label for every line (lines × labels), by one forward and one backward pass.

    `bias` is added to the labels' scores.
    """
    emission = model.state[table + model.offsets].sum(axis=1)
    if bias is not None:
        emission = emission + bias
    local = np.exp((emission - emission.max(axis=1, keepdims=True)).astype(np.float64)) + 1e-20
    step = np.exp((model.transitions - model.transitions.max()).astype(np.float64))
    return _marginals(local, step)


def _marginals(local: npt.NDArray[Any], step: npt.NDArray[Any]) -> Floats:
    """Forward and backward products, brought back to scale every few lines, which is often enough for doubles."""
    count, states = local.shape
    forward = np.empty_like(local)
    value = forward[0] = local[0]
    for index in range(1, count):
        value = np.dot(value, step, out=forward[index])
        value *= local[index]
        if index % _RESCALE == 0:
            value /= value.sum()
    backward = np.empty_like(local)
    value = backward[-1] = np.ones(states)
    back = np.ascontiguousarray(step.T)
    for index in range(count - 2, -1, -1):
        value = np.dot(value * local[index + 1], back, out=backward[index])
        if index % _RESCALE == 0:
            value /= value.sum()
    forward *= backward
    forward /= forward.sum(axis=1, keepdims=True)
    return forward.astype(np.float32)
