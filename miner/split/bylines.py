"""Which story each byline signs, decided for a page together: a story takes one, and a byline that stands among others'
lines goes to the neighbour that has none.

Every pair of byline and story is scored by named evidence of where the byline stands (weights learned by
`miner.training.pages.bylines` from set pages); the pairs are chosen so that the sum is highest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from miner.split.credits import credit_in, parse_credit

__all__ = ["BylinePage", "Signature", "evidence_of", "sign"]

_EDGE = 60
"""Bylines in brackets are sought in so many characters at either end of a story."""


class Signature(NamedTuple):
    """The rows of one byline, and the run (gap between paragraphs) that it stands in."""

    rows: tuple[int, ...]
    run: int


class BylinePage(NamedTuple):
    """What a byline's place is read from: the rows of every run, the story of every paragraph and of every head's row,
    and the texts of the stories."""

    runs: Sequence[Sequence[int]]
    owner: Sequence[int]
    head_story: Mapping[int, int]
    texts: Sequence[str]


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    text = files("miner.resources").joinpath("models/bylines.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


def evidence_of(page: BylinePage, signature: Signature, story: int) -> Iterator[str]:
    """The evidence that a byline signs a story, as names."""
    run = page.runs[signature.run]
    first, last = run.index(signature.rows[0]), run.index(signature.rows[-1])
    above, below = run[:first][::-1], run[last + 1 :]
    yield from _beside_head(page, above, story, "above")
    yield from _beside_head(page, below, story, "below")
    headed = any(row in page.head_story for row in above), any(row in page.head_story for row in below)
    yield from _beside_body(page, signature, story, heads=headed)
    if story not in page.head_story.values():
        yield "without a head"
    if credit_in(page.texts[story], edges=_EDGE):
        yield "signed in brackets"


def _beside_head(page: BylinePage, rows: Sequence[int], story: int, side: str) -> Iterator[str]:
    """The evidence of a story's head above or below a byline; `rows` lead away from it."""
    heads = [row for row in rows if row in page.head_story]
    if heads and page.head_story[heads[0]] == story:
        yield f"its head just {side}" if heads[0] == rows[0] else f"its head {side}"


def _beside_body(
    page: BylinePage, signature: Signature, story: int, *, heads: tuple[bool, bool]
) -> Iterator[str]:
    """The evidence of where a byline stands beside a story's body; `heads`: whether there are heads above and below it."""
    run, owner = signature.run, page.owner
    before = story in owner[max(0, run - 1) : run]
    after = story in owner[run : run + 1]
    if before and after:
        yield "inside the body"
    elif after:
        yield "body below, past a head" if heads[1] else "body below"
    elif before:
        yield "body above, past a head" if heads[0] else "body above"
    elif story in owner:
        places = [at for at, one in enumerate(owner) if one == story]
        distance = min(abs(run - places[0]), abs(run - places[-1] - 1))
        yield "body two away" if distance <= 2 else "body far away"


def sign(
    page: BylinePage, signatures: Sequence[Signature], weights: Mapping[str, float] | None = None
) -> list[int]:
    """Return for every byline its story. There must be a story; a byline that finds all taken goes where it fits best."""
    weights = _weights() if weights is None else weights
    scores = np.array([
        [sum(weights.get(name, 0.0) for name in evidence_of(page, one, story)) for story in range(len(page.texts))]
        for one in signatures
    ])  # fmt: skip
    if not len(signatures):
        return []
    chosen = scores.argmax(axis=1)
    rows, columns = linear_sum_assignment(-scores)
    chosen[rows] = columns
    result: list[int] = chosen.tolist()
    return result


def is_byline(text: str) -> bool:
    """Tell whether a line says who wrote a story, and nothing else."""
    credit = parse_credit(text)
    return credit is not None and credit.writes
