"""Fit the weights by which reports of one event are told: logistic regression that starts from what an expert would say.

Of each pair of reports the pieces of evidence (`miner.resolve.likeness.EVIDENCE`) are given with whether the pair is one event. Labelled
pairs are few, so weights are drawn towards those of an expert (a Gaussian prior, as in MAP estimation) and keep the sign that
their evidence has by its meaning: what pairs say often moves a weight, what they never show leaves it alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from miner.resolve.likeness import EVIDENCE, ReportPair

_STRENGTH = 6.0
"""How strongly weights are held to the expert's, in weighted pairs; chosen by five-fold cross-validation among 0.5, 2 and 6."""
_FREE = 0.1
"""The prior log-odds are held by this part of it."""
_ROUNDS = 500
Bounds = tuple[float | None, float | None]
"""The least and the most that a weight may be; None where nothing bounds it."""


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two reports, whether they are of one event, and how much the pair counts."""

    pair: ReportPair
    same: bool
    counts: float = 1.0


def fit_likeness(labelled: Sequence[LabelledPair], expert: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of each piece of evidence that the expert names, and of `prior`, in log-odds.

    `expert` holds first guesses by name; a guess of 0 may become either sign. Raises KeyError for evidence that is not known.
    """
    names = [name for name in expert if name != "prior"]
    held = np.array([[1.0, *(EVIDENCE[name](one.pair) for name in names)] for one in labelled])
    signs = np.array([1.0 if one.same else -1.0 for one in labelled])
    counts = np.array([one.counts for one in labelled])
    guess = np.array([expert["prior"], *(expert[name] for name in names)])
    found = weighed(held, signs, counts, guess, [_bounds(expert[name]) for name in names], _STRENGTH)
    return dict(zip(["prior", *names], (round(float(weight), 2) for weight in found), strict=True))


def weighed(
    held: np.ndarray,
    signs: np.ndarray,
    counts: np.ndarray,
    guess: np.ndarray,
    bounds: Sequence[Bounds],
    strength: float,
) -> np.ndarray:
    """Return the weights of the columns of `held`, of which the first is the prior's, by logistic regression.

    Rows have a sign (1 or -1) and a count each; the other columns have bounds. Weights are held to the `guess`, that of the prior less.
    """
    pull = strength * np.array([_FREE, *([1.0] * (held.shape[1] - 1))])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (held @ weights)
        off = weights - guess
        slope = -signs * counts / (1 + np.exp(margins))
        value = (counts * np.logaddexp(0, -margins)).sum() + (pull * off**2).sum() / 2
        return float(value), held.T @ slope + pull * off

    all_bounds = [(None, None), *bounds]
    found: np.ndarray = minimize(
        loss, guess, jac=True, method="L-BFGS-B", bounds=all_bounds, options={"maxiter": _ROUNDS}
    ).x
    return found


def _bounds(guess: float) -> Bounds:
    if guess == 0:
        return None, None
    return (0.0, None) if guess > 0 else (None, 0.0)
