"""What stays of a decision with the name that came of it: who proposed it, what weighed most, and what lost.

One short JSON text a name, kept in `mentions.evidence`, so that a database tells by itself why a name stands in it,
whatever version and models read it: `by` who proposed it, `for` the weightiest pieces with their log-odds, and `lost`
the proposals that it kept out, each with its label and its probability.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import chain
from math import exp
from typing import NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt

from miner.recognise.choose import Choice
from miner.recognise.scorer import LABELS, Scorer, scorer

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.int64]
_MOST = 4
_LOST = 2
_TELLING = 0.3
"""Log-odds under which evidence is not worth keeping."""
_LEAST = -2.2
"""Log-odds from which on a proposal that lost is worth telling: a chance of one in ten."""
_ARTICLE = "the article's vote"
_SILENT = "always"
"""What counts for every stretch alike explains none."""


class Grounds(TypedDict):
    """What is kept, read back."""

    by: list[str]
    """Who proposed the name."""
    pieces: list[tuple[str, float]]
    """The weightiest evidence and the log-odds that it adds, the weightiest first."""
    lost: list[tuple[str, str, float]]
    """What it kept out: the text, the label it would have had, the probability."""


class WeighedProposals(NamedTuple):
    """The proposals of an article as they were weighed: rows are those of the spans, which are sorted."""

    text: str
    spans: Sequence[tuple[int, int]]
    sources: Sequence[set[str]]
    signs: Sequence[Sequence[str]]
    measures: Floats
    here: Floats
    """Log-odds of every label where a proposal stands."""
    odds: Floats
    """The same with the article's vote."""
    blind: bool
    """Whether no network was asked."""


def grounds(weighed: WeighedProposals, chosen: Sequence[Choice]) -> list[str]:
    """Return for every choice, in text order, what is kept of it."""
    pieces = _pieces(weighed, chosen, scorer())
    lost = _lost(weighed, chosen)
    return [
        f'{{"by":{_quoted(tuple(sorted(weighed.sources[choice.row])))},"for":[{",".join(told)}],"lost":[{",".join(out)}]}}'
        for choice, told, out in zip(chosen, pieces, lost, strict=True)
    ]


def read_grounds(kept: str) -> Grounds:
    """Return what was kept; raises ValueError when it is not of this form."""
    told = json.loads(kept)
    try:
        return Grounds(
            by=[str(name) for name in told["by"]],
            pieces=[(str(name), float(adds)) for name, adds in told["for"]],
            lost=[(str(text), str(label), float(odds)) for text, label, odds in told["lost"]],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no evidence of a name: {kept[:80]}") from error


@cache
def _quoted(names: tuple[str, ...]) -> str:
    return json.dumps(names, separators=(",", ":"))


class _Pieces(NamedTuple):
    """All evidence that can be told, each with its place in the list: signs, then measures, then the vote."""

    quoted: list[str]
    place: dict[str, int]
    """Of the signs alone."""
    weights: Floats
    """What the signs count, shape (signs and one that is unknown, labels)."""
    silent: int
    """The measure that counts for every stretch alike."""


@cache
def _known(blind: bool) -> _Pieces:
    signs, weights = scorer().alone if blind else scorer().signs
    measures = () if blind else scorer().measures.names
    quoted = [json.dumps(name, ensure_ascii=False) for name in (*signs, "", *measures, _ARTICLE)]
    silent = len(signs) if blind else measures.index(_SILENT)
    padded = np.concatenate([weights, np.zeros((1, len(LABELS)))])
    return _Pieces(quoted, {name: at for at, name in enumerate(signs)}, padded, silent)


def _pieces(weighed: WeighedProposals, chosen: Sequence[Choice], weights: Scorer) -> list[list[str]]:
    """Return for every choice its weightiest pieces, written out."""
    kept: list[list[str]] = [[] for _ in chosen]
    if not chosen:
        return kept
    owners, pieces, adds = _added(weighed, chosen, weights)
    order = np.lexsort((-np.abs(adds), owners))
    ranked = owners[order]
    first = order[np.arange(len(ranked)) - np.searchsorted(ranked, ranked) < _MOST]
    quoted = _known(weighed.blind).quoted
    for owner, piece, add in zip(
        owners[first].tolist(), pieces[first].tolist(), adds[first].tolist(), strict=True
    ):
        kept[owner].append(f"[{quoted[piece]},{add:.1f}]")
    return kept


def _added(
    weighed: WeighedProposals, chosen: Sequence[Choice], weights: Scorer
) -> tuple[Places, Places, Floats]:
    """Return what is worth telling of all evidence for the choices: whose it is, which piece, what it adds."""
    known = _known(weighed.blind)
    rows = np.array([choice.row for choice in chosen])
    labels = np.array([choice.label for choice in chosen])
    drawn = [
        [known.place[name] for name in weighed.signs[row] if name in known.place] for row in rows.tolist()
    ]
    whose = np.repeat(np.arange(len(rows)), [len(signs) for signs in drawn])
    signs = np.fromiter(chain.from_iterable(drawn), np.int64, len(whose))
    others = (weighed.odds - weighed.here)[rows, labels][:, None]
    if not weighed.blind:
        measured = weighed.measures[rows] * weights.measures.weights.T[labels]
        measured[:, known.silent] = 0.0
        others = np.concatenate((measured, others), axis=1)
    at, which = np.nonzero(np.abs(others) >= _TELLING)
    return (
        np.concatenate((whose, at)),
        np.concatenate((signs, which + len(known.weights))),
        np.concatenate((known.weights[signs, labels[whose]], others[at, which])),
    )


def _lost(weighed: WeighedProposals, chosen: Sequence[Choice]) -> list[list[str]]:
    """Return for every choice the proposals that it kept out, likeliest first, written out."""
    rivals: list[list[tuple[float, int]]] = [[] for _ in chosen]
    taken, ends = {choice.row for choice in chosen}, [choice.end for choice in chosen]
    likely = weighed.odds.max(axis=1, initial=-np.inf)
    for row in np.flatnonzero(likely > _LEAST).tolist():
        start, end = weighed.spans[row]
        at = bisect_right(ends, start)
        if row not in taken and at < len(chosen) and chosen[at].start < end:
            rivals[at].append((-float(likely[row]), row))
    return [[_told(weighed, row) for _, row in sorted(out)[:_LOST]] if out else [] for out in rivals]


def _told(weighed: WeighedProposals, row: int) -> str:
    label = int(weighed.odds[row].argmax())
    told = (weighed.text[slice(*weighed.spans[row])], LABELS[label], _probability(weighed.odds[row, label]))
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _probability(odds: float) -> float:
    return round(1.0 / (1.0 + exp(-float(odds))), 2)
