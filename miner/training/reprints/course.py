"""Learns what the evidence about two like texts counts for.

Every third story of two halves of raw news is reprinted in one of four ways (`make`). The pairs that these make are the
right ones; pairs of stories that were printed more than ten days apart are wrong ones (nearer ones may be true reprints, and
are left out). One half teaches; what is reported was measured on the other.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

from miner.training import Effort, Say, Trained
from miner.training.reprints.make import KINDS, reprint
from miner.understand.reprints import SAME, ReprintWeights, compare, products, sample

_SETS = {"raw/news.jsonl.xz": 4_000, "raw/broadcast.jsonl.xz": 8_000}
"""Stories of a half."""
_LEAST_CHARS, _FAR = 150, 10
_OFTEN, _WIRED = 210, ("cut", "re-headed", "re-dated")
"""One story in so many is printed by many papers, none of which words it anew."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Taught(NamedTuple):
    """The evidence about pairs, shape (pairs, evidence); which are one text; and how many made pairs there are."""

    evidence: np.ndarray
    same: np.ndarray
    made: np.ndarray
    wanted: int


def train_reprints(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn from one half of each set, score on the other, and write the weights as JSON."""
    halves: list[list[Taught]] = [[], []]
    for name, count in _SETS.items():
        stories = _shuffled(data / name, effort.seed)
        for number, half in enumerate(halves):
            half.append(_taught(stories[number * count : (number + 1) * count], effort.seed))
            say(f"{name}: {half[-1].same.sum()} right and {(~half[-1].same).sum()} wrong pairs")
    weights = _learn(halves[0])
    out.write_text(weights.json() + "\n", encoding="utf-8")
    return Trained.of(out, dict(_figures(weights, halves[1])))


class _Story(NamedTuple):
    day: int
    body: str


def _shuffled(path: Path, seed: int) -> list[_Story]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    stories = [
        _Story(date.fromisoformat(row["date"][:10]).toordinal(), row["body"])
        for row in rows
        if len(row["body"]) >= _LEAST_CHARS and _DAY.match(row.get("date") or "")
    ]
    Random(seed).shuffle(stories)
    return stories


def _taught(stories: list[_Story], seed: int) -> Taught:
    rng = Random(seed)
    texts = [story.body for story in stories]
    lenders, origin = texts[:500], list(range(len(texts)))
    for at in range(0, len(stories), 3):
        kind = KINDS[at // 3 % len(KINDS)] if at // 3 % 6 else "spun"
        often = rng.randint(10, 60) if at % _OFTEN == 0 else 1
        for _ in range(often):
            way = kind if often == 1 else rng.choice(_WIRED)
            texts.append(reprint(stories[at].body, way, lenders, rng))
            origin.append(at)
    found, same, made = [], [], []
    for pair in compare(sample(texts), texts.__getitem__):
        one, other = origin[pair.first], origin[pair.again]
        if one == other or abs(stories[one].day - stories[other].day) > _FAR:
            found.append(pair.evidence)
            same.append(one == other)
            made.append(one == other and pair.first == one)
    return Taught(np.array(found), np.array(same), np.array(made), len(texts) - len(stories))


def _learn(halves: list[Taught]) -> ReprintWeights:
    from sklearn.linear_model import LogisticRegression

    evidence, same = (
        np.vstack([half.evidence for half in halves]),
        np.concatenate([half.same for half in halves]),
    )
    mean, scale = evidence.mean(axis=0), evidence.std(axis=0)
    model = LogisticRegression(C=3, max_iter=5_000).fit(products((evidence - mean) / scale), same)
    return ReprintWeights(mean, scale, model.coef_[0], float(model.intercept_[0]))


def _figures(weights: ReprintWeights, halves: list[Taught]) -> Iterator[tuple[str, float]]:
    for name, half in zip(_SETS, halves, strict=True):
        told = np.array([weights.probability(row) >= SAME for row in half.evidence])
        yield f"{name} recall", float((told & half.made).sum() / half.wanted)
        yield f"{name} precision", float((told & half.same).sum() / told.sum())
