"""A linear chain over name states: many sentences at once, in the probability domain, with matrix products.

States: O, then B I E S for each label (begin, inside, end, single). Sentences are sorted by length and laid out step
by step, so that step t is one contiguous block holding position t of every sentence longer than t: no padding.
Forward-backward with scaling follows Rabiner (1989), A tutorial on hidden Markov models, section V.A.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

LABELS = ("person", "enterprise", "organization", "place", "title", "product", "ignored")
"""What a network tells apart; `product` and `ignored` (credits, reporters) keep such names from the other labels."""
N_STATES = 1 + 4 * len(LABELS)
_TINY = np.float32(1e-30)
_FAINTEST = np.float32(-30)
"""Logarithm of the smallest factor: with smaller ones no path might be left in single precision."""


def allowed_steps() -> npt.NDArray[np.bool_]:
    """Return which state may follow which, shape (N_STATES, N_STATES)."""
    allowed = np.zeros((N_STATES, N_STATES), bool)
    outer = [0] + [k for b in range(1, N_STATES, 4) for k in (b + 2, b + 3)]
    entry = [0] + [k for b in range(1, N_STATES, 4) for k in (b, b + 3)]
    allowed[np.ix_(outer, entry)] = True
    for b in range(1, N_STATES, 4):
        allowed[b : b + 2, b + 1 : b + 3] = True
    return allowed


ENTRIES = np.array([True] + [True, False, False, True] * len(LABELS))
EXITS = np.array([True] + [False, False, True, True] * len(LABELS))


class Layout(NamedTuple):
    """Sentences side by side: `order[offsets[t]:offsets[t + 1]]` are the characters at position t."""

    order: Indices
    offsets: Indices


def lay_out(starts: Indices, lengths: Indices) -> Layout:
    """Lay sentences out step by step, longest first.

    >>> lay_out(np.array([0, 2]), np.array([2, 3])).order.tolist()
    [2, 0, 3, 1, 4]
    """
    ranked = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[ranked], lengths[ranked]
    longest = int(lengths[0]) if len(lengths) else 0
    active = len(lengths) - np.searchsorted(lengths[::-1], np.arange(longest), side="right")
    offsets = np.concatenate([[0], np.cumsum(active)]).astype(np.int64)
    lane = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1], active)
    order = starts[lane] + np.repeat(np.arange(longest), active)
    return Layout(order.astype(np.int64), offsets)


class Chain(NamedTuple):
    """Weights of the chain as factors (exponentials): steps (K, K), entry and leave (K,)."""

    steps: Floats
    enter: Floats
    leave: Floats

    @classmethod
    def from_scores(cls, steps: Floats, enter: Floats, leave: Floats) -> Chain:
        """Build a chain from log weights; forbidden steps get the factor 0."""
        return cls(
            (np.exp(steps) * allowed_steps()).astype(np.float32),
            (np.exp(enter) * ENTRIES).astype(np.float32),
            (np.exp(leave) * EXITS).astype(np.float32),
        )


class Messages(NamedTuple):
    """Forward and backward messages, each row summing to 1, in the order of the layout; `scale` normalises forward."""

    forward: Floats
    backward: Floats
    scale: Floats


def factors_of(scores: Floats) -> Floats:
    """Return scores (n, K) as factors: the highest of each row is 1, none is so small that a path could vanish.

    >>> factors_of(np.array([[2.0, -1000.0]], np.float32)).round(2).tolist()
    [[1.0, 0.0]]
    """
    shifted = scores - np.maximum.reduce(scores, axis=1, keepdims=True)
    np.maximum(shifted, _FAINTEST, out=shifted)
    return np.exp(shifted, out=shifted)


def believe(factors: Floats, layout: Layout, chain: Chain) -> Messages:
    """Run forward-backward on factors (n, K) that are already in the order of the layout."""
    offsets = layout.offsets
    n, k = factors.shape
    forward, backward = np.empty((n, k), np.float32), np.empty((n, k), np.float32)
    scale = np.empty((n, 1), np.float32)
    for t in range(len(offsets) - 1):
        lo, hi = offsets[t], offsets[t + 1]
        here = forward[lo:hi]
        if t == 0:
            np.multiply(factors[lo:hi], chain.enter, out=here)
        else:
            before = offsets[t - 1]
            np.matmul(forward[before : before + hi - lo], chain.steps, out=here)
            here *= factors[lo:hi]
        np.add.reduce(here, axis=1, keepdims=True, out=scale[lo:hi])
        scale[lo:hi] += _TINY
        here /= scale[lo:hi]
    back = np.ascontiguousarray(chain.steps.T)
    after = 0
    for t in range(len(offsets) - 2, -1, -1):
        lo, hi = offsets[t], offsets[t + 1]
        here = backward[lo:hi]
        if after:
            np.matmul(factors[hi : hi + after] * backward[hi : hi + after], back, out=here[:after])
        here[after:] = chain.leave
        here /= np.add.reduce(here, axis=1, keepdims=True) + _TINY
        after = hi - lo
    return Messages(forward, backward, scale)


def marginals(beliefs: Messages, layout: Layout) -> Floats:
    """Return how likely each state is at each character (n, K), in the order of the text."""
    joint = beliefs.forward * beliefs.backward
    joint /= np.add.reduce(joint, axis=1, keepdims=True) + _TINY
    likely = np.empty_like(joint)
    likely[layout.order] = joint
    return likely
