"""Learns the weights of the evidence for a page's year, from news whose day is known: a log-linear model over the years that a
text could be of, and none of them."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from miner.split.dating import SURE, candidates, evidence_of, told_by
from miner.training import Effort, Say, Trained

__all__ = ["YearExample", "learn_years", "measure", "train_dating"]

_NONE = "none of them"
_EACH = 1500
"""So many texts on the expo, and so many others."""
_RIDGE = 0.5


class YearExample(NamedTuple):
    """A text's evidence for every year that it could be of, and which of them is right (their number: none)."""

    evidence: list[dict[str, float]]
    right: int


def _examples(data: Path, seed: int) -> Iterator[YearExample]:
    rng = random.Random(seed)
    texts: tuple[list[tuple[int, str]], list[tuple[int, str]]] = ([], [])
    for name in ("news", "broadcast"):
        with lzma.open(data / "raw" / f"{name}.jsonl.xz", "rt", encoding="utf-8") as source:
            for line in source:
                story = json.loads(line)
                text = f"{story.get('title') or story.get('headline') or ''}\n{story['body']}"
                if story.get("date"):
                    texts["进博" in text or "进口博览" in text].append((int(story["date"][:4]), text))
    for some in texts:
        rng.shuffle(some)
    chosen = [*texts[0][:_EACH], *texts[1][:_EACH]]
    rng.shuffle(chosen)
    for year, text in chosen:
        told = told_by(text)
        if years := candidates(told):
            right = years.index(year) if year in years else len(years)
            yield YearExample([dict(evidence_of(told, one)) for one in years], right)


def _table(example: YearExample, names: Sequence[str]) -> Any:
    place = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(example.evidence) + 1, len(names)))
    for row, evidence in enumerate(example.evidence):
        for name, strength in evidence.items():
            if name in place:
                table[row, place[name]] = strength
    table[-1, place[_NONE]] = 1.0
    return table


def learn_years(examples: Sequence[YearExample]) -> dict[str, float]:
    """Fit the weights: the mean log-chance of the right year, or of none, with a quadratic penalty."""
    from scipy.optimize import minimize

    names = sorted({name for one in examples for evidence in one.evidence for name in evidence} | {_NONE})
    tables = [_table(one, names) for one in examples]

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = 0.5 * _RIDGE * float(weights @ weights), _RIDGE * weights
        for table, one in zip(tables, examples, strict=True):
            scores = table @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            total -= float(np.log(chances[one.right] + 1e-12))
            slope = slope + chances @ table - table[one.right]
        return total, slope

    made = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return {name: round(float(weight), 3) for name, weight in zip(names, made, strict=True)}


def measure(examples: Sequence[YearExample], weights: Mapping[str, float]) -> dict[str, float]:
    """Share of texts whose year is told, and how many of those are right."""
    names = sorted(weights)
    taken = right = 0
    for one in examples:
        scores = _table(one, names) @ np.array([weights[name] for name in names])
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        best = int(chances.argmax())
        if best < len(one.evidence) and chances[best] >= SURE:
            taken, right = taken + 1, right + (best == one.right)
    return {"told": round(taken / max(1, len(examples)), 3), "right": round(right / max(1, taken), 3)}


def train_dating(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn from `raw/news.jsonl.xz` and `raw/broadcast.jsonl.xz` below a data folder and write the weights to `out` (JSON);
    figures are those of a third of the texts, not learned from."""
    examples = list(_examples(data, effort.seed))
    cut = len(examples) * 2 // 3
    figures = measure(examples[cut:], learn_years(examples[:cut]))
    say(f"{len(examples):,} texts: {figures}")
    weights = {"weights": learn_years(examples)}
    out.write_text(json.dumps(weights, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Trained.of(out, figures)
