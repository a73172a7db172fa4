"""The course of links: what every sign counts that two names of an article are one thing's, learned from annotated articles.

Every name of an article chooses among the longer ones that it may stand for, or none of them: a log-linear model of the
choice, in which any name of the right thing is right (mention ranking, Denis and Baldridge 2008). Articles are dealt into
folds; the figures are those of each fold by weights that learned from the others.
"""

# SciPy is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,import-untyped,unused-ignore"

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize

from miner.recognise.entities import choices, group, told_heads
from miner.recognise.found import Found
from miner.recognise.likeness import choice_signs
from miner.recognise.linker import Linker
from miner.recognise.links import links_of
from miner.recognise.scene import Scene, key_of
from miner.text import AnnotatedText
from miner.training import Effort, Say, Trained
from miner.training.names.annotated import FOLDS, Gold, read_annotated

_STRENGTH = 1.0
"""How little the weights are held back (the variance of their prior)."""
_FREE = 20.0
"""The signs that every pair has are held back by this much less."""
_LENIENT = 0.5
"""Added to the log-odds of every pair: what is missed costs as much as what is joined wrongly."""
_LEAST_SEEN, _LEAST_WEIGHT = 3, 0.02
_ROUNDS = 300

Counts = tuple[int, int, int]
"""Pairs rightly joined, one thing's, joined."""
Floats = npt.NDArray[np.floating]


class LinkLesson(NamedTuple):
    """The signs of every name that one name may stand for, and which of them are right."""

    signs: list[list[str]]
    right: list[bool]


def train_links(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn from `annotated/` and, where it is given, the project's corpus; measure by folds; write the model.

    Raises InputError for a damaged set.
    """
    golds = list(read_annotated(data / "annotated"))
    corpus = list(read_annotated(effort.corpus / "articles")) if effort.corpus else []
    corpus += [gold for folder in effort.gold for gold in read_annotated(folder)]
    lessons = {gold.id: lessons_of(gold) for gold in (*golds, *corpus)}
    figures = {name: _f1(list(made.values())) for name, made in _by_folds(golds, lessons).items()}
    for title, figure in figures.items():
        say(f"{title}: {figure:.3f}")
    out.write_bytes(learn(list(chain.from_iterable(lessons.values()))).to_bytes())
    return Trained.of(out, figures)


def _by_folds(golds: Sequence[Gold], lessons: Mapping[str, list[LinkLesson]]) -> dict[str, dict[str, Counts]]:
    """Return the counts of every article by weights that learned from the other folds: of all, and of those nobody reads."""
    made: dict[str, Counts] = {}
    for fold in range(FOLDS):
        learned = learn([one for gold in golds if gold.fold != fold for one in lessons[gold.id]])
        made |= {gold.id: pairs(gold, learned) for gold in golds if gold.fold == fold}
    unread = {gold.id for gold in golds if gold.fold == FOLDS - 1}
    return {
        "all folds": made,
        "the articles nobody reads": {name: counts for name, counts in made.items() if name in unread},
    }


def names_in(gold: Gold) -> tuple[AnnotatedText, list[Found]]:
    """Return an article's text and its names as annotated, in text order."""
    text = AnnotatedText.read(gold.text)
    found = [
        Found(start, end, label, "gold", 1.0)
        for (start, end), label in sorted(gold.spans().items())
        if label in gold.things
    ]
    return text, found


def lessons_of(gold: Gold) -> list[LinkLesson]:
    """Return for every name of an article that might stand for a longer one what there is to choose from."""
    text, names = names_in(gold)
    scene = Scene.of(text, names)
    owner = {
        (label, form): at
        for label, things in gold.things.items()
        for at, forms in enumerate(things)
        for form in forms
    }
    found = []
    for name, meant in choices(scene, told_heads(scene, links_of(text, names))):
        right = [owner.get(name, -1) == owner.get((name[0], full), -2) for full in meant]
        found.append(LinkLesson(choice_signs(scene, name, meant), right))
    return found


def learn(lessons: Sequence[LinkLesson]) -> Linker:
    """Return the weights under which the right choices are likeliest."""
    seen = Counter(sign for one in lessons for signs in one.signs for sign in set(signs))
    names = sorted(sign for sign, count in seen.items() if count >= _LEAST_SEEN)
    table, which, right = _table(lessons, {name: at for at, name in enumerate(names)})
    pull = np.array([1 / (_FREE if ":" not in name else 1.0) for name in names]) / _STRENGTH
    chosen = np.zeros(len(lessons), bool)
    chosen[which[right]] = True

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = table @ weights
        top = np.zeros(len(lessons))
        np.maximum.at(top, which, odds)
        likely, nothing = np.exp(odds - top[which]), np.exp(-top)
        total, good = nothing.copy(), np.where(chosen, 0.0, nothing)
        np.add.at(total, which, likely)
        np.add.at(good, which, np.where(right, likely, 0.0))
        off = likely / total[which] - np.where(right, likely, 0.0) / good[which]
        value = (np.log(total) - np.log(good)).sum() + (pull * weights**2).sum() / 2
        return float(value), table.T @ off + pull * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    weights = dict(zip(names, found.tolist(), strict=True))
    weights["always"] = weights.get("always", 0.0) + _LENIENT
    return Linker(
        {name: round(weight, 3) for name, weight in weights.items() if abs(weight) >= _LEAST_WEIGHT}
    )


def _table(
    lessons: Sequence[LinkLesson], columns: Mapping[str, int]
) -> tuple[sparse.csr_matrix, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return a row for every pair of names, of which choice each is, and which are right."""
    rows = [sorted({columns[s] for s in signs if s in columns}) for one in lessons for signs in one.signs]
    bounds = np.cumsum([0, *map(len, rows)])
    flat = np.fromiter((column for row in rows for column in row), np.int64, int(bounds[-1]))
    table = sparse.csr_matrix((np.ones(len(flat)), flat, bounds), shape=(len(rows), len(columns)))
    which = np.repeat(np.arange(len(lessons)), [len(one.signs) for one in lessons])
    return table, which, np.array([right for one in lessons for right in one.right], bool)


def pairs(gold: Gold, weights: Linker) -> Counts:
    """Return how many pairs of names of an article are rightly joined, one thing's, and joined."""
    counted = [(together, should) for *_, together, should in joined(gold, weights)]
    return (
        sum(together and should for together, should in counted),
        sum(should for _, should in counted),
        sum(together for together, _ in counted),
    )


def joined(gold: Gold, weights: Linker) -> Iterator[tuple[str, str, str, bool, bool]]:
    """Yield every two names of an article with their label, whether they are joined, and whether they should be."""
    text, names = names_in(gold)
    index, _ = group(text, names, links_of(text, names), weights)
    at: dict[str, dict[str, int]] = {label: {} for label in gold.things}
    for found, entity in zip(names, index, strict=True):
        label, form = key_of(text, found)
        at[label].setdefault(form, entity)
    for label, things in gold.things.items():
        owner = {form: number for number, forms in enumerate(things) for form in forms}
        for one, other in combinations(sorted(owner.keys() & at[label].keys()), 2):
            yield label, one, other, at[label][one] == at[label][other], owner[one] == owner[other]


def _f1(made: Sequence[Counts]) -> float:
    right, wanted, given = (sum(column) for column in zip(*made, strict=True))
    return float(2 * right / max(1, wanted + given))
