"""Learns which story a byline signs, from set pages: a log-linear model over the stories of the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from miner.split.bylines import BylinePage, Signature, evidence_of, sign
from miner.training import Effort, Say, Trained
from miner.training.pages.generate import broadcast_stories, generate_pages, kept_for_measuring
from miner.training.pages.typeset import TypesetPage

__all__ = ["Signed", "learn_bylines", "signed_page", "train_bylines"]

_HEADS = ("headline", "kicker", "subtitle")
_RIDGE = 1.0
_EVERY, _PAGES, _SEED = 40, 500, 30
"""One in so many stories is used, and so many pages are set from them."""


class Signed(NamedTuple):
    """A page with its bylines, and the story that each signs."""

    page: BylinePage
    signatures: list[Signature]
    stories: list[int]


def signed_page(made: TypesetPage) -> Signed:
    """Read a page's gold as what a splitter would know that makes no mistakes."""
    table = [gold for _, gold in sorted(made.gold["lines"].items(), key=lambda pair: int(pair[0]))]
    names = list(dict.fromkeys(gold["article"] for gold in table if gold["role"] == "body"))
    runs, owner = _gaps(table, names)
    heads = {
        row: names.index(g["article"])
        for row, g in enumerate(table)
        if g["role"] in _HEADS and g["article"] in names
    }
    signed = list(_signatures(table, runs, names))
    signatures, stories = [one for one, _ in signed], [story for _, story in signed]
    texts = [
        "".join(next(a for a in made.gold["articles"] if a["id"] == name)["paragraphs"]) for name in names
    ]
    return Signed(BylinePage(runs, owner, heads, texts), signatures, stories)


def _gaps(table: Sequence[dict[str, Any]], names: Sequence[str]) -> tuple[list[list[int]], list[int]]:
    """The rows between paragraphs, and the story of every paragraph."""
    runs: list[list[int]] = [[]]
    owner: list[int] = []
    last: Any = None
    for row, gold in enumerate(table):
        place = (gold["article"], gold["para"], len(runs[-1])) if gold["role"] == "body" else None
        if place is None:
            runs[-1].append(row)
        elif last is None or place != last:
            owner.append(names.index(gold["article"]))
            runs.append([])
            place = (*place[:2], 0)
        last = place
    return runs, owner


def _signatures(
    table: Sequence[dict[str, Any]], runs: Sequence[Sequence[int]], names: Sequence[str]
) -> Iterator[tuple[Signature, int]]:
    """The bylines of a page with their stories; lines of one story that follow one another are one."""
    for number, run in enumerate(runs):
        mine = [row for row in run if table[row]["role"] == "byline" and table[row]["article"] in names]
        rows: list[int] = []
        for row in mine:
            if rows and (rows[-1] != row - 1 or table[row]["article"] != table[rows[-1]]["article"]):
                yield Signature(tuple(rows), number), names.index(table[rows[-1]]["article"])
                rows = []
            rows.append(row)
        if rows:
            yield Signature(tuple(rows), number), names.index(table[rows[-1]]["article"])


def _evidence(signed: Iterable[Signed]) -> Iterator[tuple[list[list[str]], int]]:
    for page, signatures, stories in signed:
        for signature, story in zip(signatures, stories, strict=True):
            yield [list(evidence_of(page, signature, one)) for one in range(len(page.texts))], story


def learn_bylines(signed: Sequence[Signed]) -> dict[str, float]:
    """Fit the weights: the mean log-chance of the right story among all of the page, with a quadratic penalty."""
    from scipy.optimize import minimize

    found = list(_evidence(signed))
    names = sorted({name for rows, _ in found for row in rows for name in row})
    tables = [np.array([[float(name in row) for name in names] for row in rows]) for rows, _ in found]

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = 0.5 * _RIDGE * float(weights @ weights), _RIDGE * weights
        for table, (_, story) in zip(tables, found, strict=True):
            scores = table @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            total -= float(np.log(chances[story] + 1e-12))
            slope = slope + chances @ table - table[story]
        return total, slope

    made = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return {name: round(float(weight), 3) for name, weight in zip(names, made, strict=True)}


def train_bylines(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn from pages set from `raw/broadcast.jsonl.xz` below a data folder, and write the weights to `out` (JSON)."""
    raw = data / "raw" / "broadcast.jsonl.xz"
    stories = list(broadcast_stories(raw, without=kept_for_measuring(data.parent / "eval" / "pages")))
    pages = generate_pages(stories[2::_EVERY], _PAGES, seed=_SEED + effort.seed, levels=(2, 3, 4, 5))
    signed = [signed_page(page) for page in pages]
    cut = _PAGES * 4 // 5
    share = _right(signed[cut:], learn_bylines(signed[:cut]))
    say(f"bylines: {share:.3f} right on pages not learned from")
    weights = {"weights": learn_bylines(signed)}
    out.write_text(json.dumps(weights, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Trained.of(out, {"right": share})


def _right(signed: Sequence[Signed], weights: Mapping[str, float]) -> float:
    """Share of bylines given to the right story."""
    found = [
        chosen == story
        for one in signed
        for chosen, story in zip(sign(one.page, one.signatures, weights), one.stories, strict=True)
    ]
    return round(sum(found) / max(1, len(found)), 3)
