"""What an article says of a name elsewhere: its other mentions, and the longer name that it is short for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
VOTES = (
    "always",
    "evidence here",
    "best other label here",
    "written elsewhere",
    "surest mention",
    "mean of its mentions",
    "inside a longer name of the article",
    "how sure the longer name is",
)
"""What the votes are, in their order."""
BOUND = 8.0
"""Log-odds are bounded here, so that one sure mention does not outvote everything."""
_SURE = 1.0


def poll(strings: Sequence[str], odds: Floats) -> Floats:
    """Return the votes about proposals, shape (proposals, VOTES, labels), from their folded strings and log-odds."""
    own = np.clip(odds, -BOUND, BOUND)
    names = {text: at for at, text in enumerate(dict.fromkeys(strings))}
    group = np.array([names[text] for text in strings])
    count = np.bincount(group, minlength=len(names))
    surest = np.full((len(names), own.shape[1]), -BOUND)
    np.maximum.at(surest, group, own)
    total = np.zeros_like(surest)
    np.add.at(total, group, own)
    full = _fuller(list(names), surest)[group]
    again = (count[group] > 1)[:, None]
    return np.stack(
        [
            np.ones_like(own),
            own,
            _best_other(own),
            np.broadcast_to(again, own.shape),
            surest[group] * again,
            (total / count[:, None])[group] * again,
            full > -BOUND,
            np.where(full > -BOUND, full, 0.0),
        ],
        axis=1,
    )


def _best_other(own: Floats) -> Floats:
    """Return for each label the best log-odds that another label has."""
    order = np.sort(own, axis=1)
    best, second = order[:, -1:], order[:, -2:-1]
    return np.where(own == best, second, best)


def _fuller(names: Sequence[str], surest: Floats) -> Floats:
    """Return how sure, for each label, the surest longer name is that holds a name and stands anywhere in the article."""
    best = np.full(surest.shape, -BOUND)
    long = [at for at in np.flatnonzero(surest.max(axis=1) > _SURE).tolist() if len(names[at]) > 2]
    place = {text: at for at, text in enumerate(names)}
    for at in long:
        text = names[at]
        for start in range(len(text)):
            for end in range(start + 2, min(len(text), start + _LONGEST_SHORT) + 1):
                inner = place.get(text[start:end]) if end - start < len(text) else None
                if inner is not None:
                    np.maximum(best[inner], surest[at], out=best[inner])
    return best


_LONGEST_SHORT = 12
"""A short form is no longer."""
