"""The course of the scorer: what every piece of evidence about a name counts, learned from annotated articles.

Logistic regression for every label over the signs and measures of all proposals, then over the votes of an article. Votes are counted with odds from folds that the article is not in, and the network's readings
should come from networks that have not seen the article either: put them into the folder `readings` beside the
articles, `<id>.npy` each, with a row of states for every character of the article's file.
"""

# scikit-learn is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,import-untyped,unused-ignore"

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from miner.recognise.beliefs import Beliefs
from miner.recognise.choose import choose
from miner.recognise.evidence import MEASURES
from miner.recognise.names import Proposed, choices, see
from miner.recognise.network.asked import ask
from miner.recognise.scorer import LABELS, Scorer, WeightTable
from miner.recognise.vote import VOTES, Asked, poll
from miner.text import AnnotatedText
from miner.training import Effort, Say, Trained
from miner.training.names.annotated import FOLDS, Gold, read_annotated

Floats = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]
_SIGNS, _VOTES = 0.3, 1.0
"""How little the weights of signs and measures and of votes are held back (the C of the regression)."""
_LEAST_SEEN, _LEAST_WEIGHT = 3, 0.03
"""A sign seen in fewer stretches is left out; so is one that counts less for every label."""
_LENIENT = 0.4
"""Added to log-odds: a missed name costs as much as a false one, but every string has several chances to be found."""
_OWN = 3
"""How often the project's own corpus counts: it is small, and of the kind of text that the tool is for."""


class ArticleLesson(NamedTuple):
    """An article's proposals with their evidence, and which of them are names of what, shape (proposals, labels)."""

    gold: Gold
    seen: Proposed
    right: Flags


class LessonTable(NamedTuple):
    """All proposals of all articles as one table."""

    evidence: Any
    """Sparse, shape (proposals, signs + measures)."""
    signs: tuple[str, ...]
    right: Flags
    told: Flags
    """Where it is known whether a label is right; an article without places annotated says nothing of places."""
    folds: npt.NDArray[np.int64]


def train_scorer(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn the weights from `data/annotated`, write them to `out`, and tell how names from unseen folds are found.

    Raises InputError for a damaged annotation.
    """
    own = [*([effort.corpus / "articles"] if effort.corpus else ()), *effort.gold]
    folders = [data / "annotated", *own * _OWN]
    lessons = [_lesson(gold, data / "readings") for folder in folders for gold in read_annotated(folder)]
    rows = tabulate(lessons)
    say(f"{len(lessons)} articles, {len(rows.right)} proposals, {len(rows.signs)} signs")
    here = by_folds(rows.evidence, rows, range(len(LABELS)), _SIGNS)
    votes = poll([Asked(lesson.seen.view.text.folded, lesson.seen.spans) for lesson in lessons], here)
    voted = [by_folds(votes[:, :, label], rows, [label], _VOTES) for label in range(len(LABELS))]
    figures = measure(lessons, np.concatenate(voted, axis=1) + _LENIENT)
    for name, figure in figures.items():
        say(f"{name}: {figure:.3f}")
    out.write_bytes(_scorer(rows, votes, [lesson.gold for lesson in lessons]).to_bytes())
    return Trained.of(out, figures)


def _lesson(gold: Gold, readings: Path) -> ArticleLesson:
    text = AnnotatedText.read(gold.text)
    return _taught(gold, see(text, _beliefs(gold, text, readings)))


def _taught(gold: Gold, seen: Proposed) -> ArticleLesson:
    spans = gold.spans()
    right = [[spans.get(span) == label for label in LABELS] for span in seen.spans]
    return ArticleLesson(gold, seen, np.array(right, bool).reshape(len(right), len(LABELS)))


def _beliefs(gold: Gold, text: AnnotatedText, readings: Path) -> Beliefs | None:
    """Return the beliefs of a network that has not seen the article where there are some, else the package's."""
    file = readings / f"{gold.id}.npy"
    if not file.exists():
        return ask([text])[0]
    places = np.array(gold.places)
    states = np.load(file, allow_pickle=False).astype(np.float32)[np.maximum(places, 0)]
    states[places < 0] = 0.0
    states[places < 0, 0] = 1.0
    return Beliefs(states)


def tabulate(lessons: Sequence[ArticleLesson]) -> LessonTable:
    """Return all proposals as one table; signs seen too seldom have no column."""
    signs = [signs for lesson in lessons for signs in lesson.seen.signs]
    names, table = sign_table(signs)
    measures = sparse.csr_matrix(
        np.concatenate([lesson.seen.measures for lesson in lessons]).astype(np.float32)
    )
    return LessonTable(
        sparse.hstack([table, measures]).tocsr(),
        names,
        np.concatenate([lesson.right for lesson in lessons]),
        np.concatenate([_told(lesson) for lesson in lessons]),
        np.concatenate([np.full(len(lesson.right), lesson.gold.fold) for lesson in lessons]),
    )


def _told(lesson: ArticleLesson) -> Flags:
    told = np.ones(lesson.right.shape, bool)
    told[:, 3:] = lesson.gold.whole
    return told


def sign_table(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], Any]:
    """Return the names of the signs that are seen often enough, and a sparse table of which rows have which."""
    seen = Counter(chain.from_iterable(rows))
    names = sorted(name for name, count in seen.items() if count >= _LEAST_SEEN)
    index = {name: column for column, name in enumerate(names)}
    kept = [[index[name] for name in row if name in index] for row in rows]
    bounds = np.cumsum([0, *map(len, kept)])
    columns = np.fromiter(chain.from_iterable(kept), np.int64, int(bounds[-1]))
    ones = np.ones(len(columns), np.float32)
    return tuple(names), sparse.csr_matrix((ones, columns, bounds), shape=(len(rows), len(names)))


def by_folds(table: Any, rows: LessonTable, labels: Sequence[int], strength: float) -> Floats:
    """Return log-odds of every row and label from weights learned on the other folds."""
    right, told = rows.right[:, labels], rows.told[:, labels]
    odds = np.zeros(right.shape)
    for fold in range(FOLDS):
        held = rows.folds == fold
        odds[held] = table[held] @ weights(table[~held], right[~held], strength, told[~held])
    return odds


def weights(table: Any, right: Flags, strength: float, told: Flags | None = None) -> Floats:
    """Return the weights of a logistic regression for every label, shape (columns, labels); columns are scaled alike."""
    table = sparse.csr_matrix(table)
    spread = np.sqrt(table.multiply(table).mean(axis=0)).A1 / np.sqrt(
        np.maximum((table != 0).mean(axis=0).A1, 1e-9)
    )
    spread[spread < 1e-5] = 1.0
    scaled = table @ sparse.diags(1.0 / spread)
    columns = []
    for label, column in enumerate(right.T):
        use = np.flatnonzero(told[:, label]) if told is not None else slice(None)
        learned = LogisticRegression(C=strength, max_iter=120, fit_intercept=False).fit(
            scaled[use], column[use]
        )
        columns.append(learned.coef_[0] / spread)
    return np.stack(columns, axis=1)


def _parts(lessons: Sequence[ArticleLesson], table: Floats) -> list[Floats]:
    return np.split(table, np.cumsum([len(lesson.right) for lesson in lessons])[:-1])


def _scorer(rows: LessonTable, votes: Floats, golds: Sequence[Gold]) -> Scorer:
    learned, n = weights(rows.evidence, rows.right, _SIGNS, rows.told), len(rows.signs)
    telling = np.abs(learned[:n]).max(axis=1) >= _LEAST_WEIGHT
    signs = tuple(name for name, tells in zip(rows.signs, telling.tolist(), strict=True) if tells)
    columns = [
        weights(votes[:, :, k], rows.right[:, k : k + 1], _VOTES, rows.told[:, k : k + 1])[:, 0]
        for k in range(len(LABELS))
    ]
    counted = np.stack(columns, axis=1)
    counted[VOTES.index("always")] += _LENIENT
    here = WeightTable(signs, learned[:n][telling])
    return Scorer(here, WeightTable(MEASURES, learned[n:]), WeightTable(VOTES, counted), alone(golds))


def alone(golds: Sequence[Gold]) -> WeightTable:
    """Return the weights of the signs where no network was asked, shape (signs, labels)."""
    lessons = [_taught(gold, see(AnnotatedText.read(gold.text), None)) for gold in golds]
    rows = tabulate(lessons)
    learned = weights(rows.evidence, rows.right, _SIGNS, rows.told)[: len(rows.signs)]
    telling = np.abs(learned).max(axis=1) >= 2 * _LEAST_WEIGHT
    names = tuple(name for name, tells in zip(rows.signs, telling.tolist(), strict=True) if tells)
    return WeightTable(names, learned[telling])


def measure(lessons: Sequence[ArticleLesson], odds: Floats) -> dict[str, float]:
    """Return the F1 of names, by their strings in every article, for each label."""
    hits, wanted, given = Counter[str](), Counter[str](), Counter[str]()
    for lesson, part in zip(lessons, _parts(lessons, odds), strict=True):
        strings = lesson.seen.strings()
        found = {
            (LABELS[c.label], strings[c.row].replace(" ", ""))
            for c in choose(choices(lesson.seen.spans, part))
        }
        for label, things in lesson.gold.things.items():
            want = frozenset().union(*things)
            got = {name for kind, name in found if kind == label}
            hits[label] += len(want & got)
            wanted[label] += len(want)
            given[label] += len(got)
    return {label: 2 * hits[label] / max(1, wanted[label] + given[label]) for label in wanted}
