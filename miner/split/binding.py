"""One decision for a page: where stories begin, which display lines make a head together, which head belongs to which
body. Pieces of evidence are scored by small learned networks; the whole is searched from the likeliest answer on,
changing one doubtful answer at a time as long as the sum of all scores rises. "No headline" is an answer too.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from miner.split.evidence import (
    Block,
    Matches,
    Story,
    boundary_features,
    cut_features,
    match_table,
    matches_of,
    pair_features,
)
from miner.split.outline import HEAD, Outline
from miner.split.roles import Floats

__all__ = ["Binding", "Network", "SplitModels", "bind", "resumptions"]

_UNBOUND = -1.5
"""Score of leaving a head without a body: rare, but better than a wrong body."""
_DOUBT = 3.0
"""Answers whose score lies nearer to zero are tried both ways."""
_TRIALS = 16


@dataclass(frozen=True, slots=True)
class Network:
    """A small feed-forward network with one hidden layer; its output is a log-odds."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: float

    def __call__(self, features: npt.NDArray[Any]) -> Floats:
        result: Floats = np.maximum(features @ self.hidden + self.hidden_bias, 0.0) @ self.output + self.output_bias
        return result


@dataclass(frozen=True, slots=True)
class SplitModels:
    """The three networks: does a story begin, is a head cut, does a head belong to a story."""

    boundary: Network
    cut: Network
    pair: Network


@dataclass(slots=True)
class Binding:
    """The decision: stories, blocks, for every block its story (or None) and the log-odds of that pair."""

    stories: list[Story]
    blocks: list[Block]
    story_of: list[int | None]
    scores: npt.NDArray[Any]
    total: float
    resumes: Mapping[int, int]
    """Pieces that go on mid-sentence: piece → the piece before it."""


@dataclass(slots=True)
class _Page:
    """What the search needs, computed once."""

    outline: Outline
    models: SplitModels
    matches: Matches
    table: Floats
    boundaries: list[float]
    resumes: dict[int, int]
    cuts: dict[tuple[int, int], float] = field(default_factory=dict)

    def cut(self, i: int, j: int) -> float:
        """Log-odds that head row j opens a new head after head row i."""
        if (i, j) not in self.cuts:
            features = np.array(cut_features(self.outline, self.matches, self.table, i, j), dtype=np.float32)
            self.cuts[i, j] = float(self.models.cut(features))
        return self.cuts[i, j]


@dataclass(slots=True)
class _Answer:
    """One full set of answers."""

    heads: frozenset[int]
    starts: frozenset[int]
    flipped: frozenset[tuple[int, int]]


def resumptions(outline: Outline) -> dict[int, int]:
    """Pieces that go on in the middle of a sentence: piece → the piece that it continues.

    A piece that does not open as a paragraph does goes on from an earlier unfinished piece: of the same measure, whose
    last and this first character stand side by side elsewhere on the page, the nearest one.
    """
    found: dict[int, int] = {}
    unfinished: list[int] = []
    counts = outline.view.counts
    for index, paragraph in enumerate(outline.paragraphs):
        if index and not paragraph.opens and unfinished:
            scored = []
            for other in unfinished:
                before = outline.paragraphs[other]
                pair = before.text[-1] + paragraph.text[0]
                score = 3.0 * (before.measure == paragraph.measure) + 1.5 * (counts[pair] > 0)
                scored.append((score - 0.3 * (index - other), other))
            best = max(scored)[1]
            found[index] = best
            unfinished.remove(best)
        if not paragraph.closes:
            unfinished.append(index)
    return found


def stories_of(outline: Outline, starts: frozenset[int], resumes: Mapping[int, int]) -> list[Story]:
    """Gather paragraphs into stories: a start opens one, a resumed piece goes back to its own, others follow on."""
    stories: list[Story] = []
    owner: list[int] = []
    for index in range(len(outline.paragraphs)):
        if index in resumes:
            current = owner[resumes[index]]
        elif not stories or index in starts:
            current = len(stories)
            stories.append(Story([]))
        else:
            current = owner[-1]
        stories[current].paragraphs.append(index)
        owner.append(current)
    return stories


def bind(outline: Outline, models: SplitModels) -> Binding:
    """Decide stories, heads and which belongs to which."""
    chance = outline.chances[:, HEAD].sum(axis=1)
    rows = [row for run in outline.runs for row in run if chance[row] > 0.05]
    matches = matches_of(outline, rows)
    each = np.eye(len(outline.paragraphs), dtype=np.float32)
    table, possible = match_table(matches, each)
    table = table / (possible[:, None] + 1.0)
    boundaries = [0.0, *models.boundary(boundary_features(outline)).tolist()] if len(outline.paragraphs) > 1 else [0.0]
    page = _Page(outline, models, matches, table, boundaries, resumptions(outline))
    answer = _Answer(
        frozenset(row for row in rows if chance[row] > 0.5),
        frozenset(index for index, score in enumerate(boundaries) if score > 0 and index not in page.resumes),
        frozenset(),
    )
    logit = {row: float(np.log(chance[row] + 1e-4) - np.log(1 - chance[row] + 1e-4)) for row in rows}
    return _search(page, answer, logit)


def _search(page: _Page, answer: _Answer, logit: Mapping[int, float]) -> Binding:
    best = _evaluate(page, answer, logit)
    for kind, key in _doubts(page, answer, logit):
        trial = _flip(answer, kind, key)
        result = _evaluate(page, trial, logit)
        if result.total > best.total + 1e-6:
            best, answer = result, trial
    return best


def _doubts(page: _Page, answer: _Answer, logit: Mapping[int, float]) -> list[tuple[str, Any]]:
    """The answers worth trying both ways, most doubtful first."""
    scored: list[tuple[float, str, Any]] = []
    for index, score in enumerate(page.boundaries):
        if index and index not in page.resumes and abs(score) < _DOUBT:
            scored.append((abs(score), "start", index))
    scored += [(abs(value), "head", row) for row, value in logit.items() if abs(value) < _DOUBT]
    for run in page.outline.runs:
        heads = [row for row in run if row in answer.heads]
        for i, j in itertools.pairwise(heads):
            value = page.cut(i, j)
            if abs(value) < _DOUBT:
                scored.append((abs(value), "cut", (i, j)))
    scored.sort(key=lambda entry: (entry[0], entry[1], str(entry[2])))
    return [(kind, key) for _, kind, key in scored[:_TRIALS]]


def _flip(answer: _Answer, kind: str, key: Any) -> _Answer:
    if kind == "start":
        return _Answer(answer.heads, answer.starts ^ {key}, answer.flipped)
    if kind == "head":
        return _Answer(answer.heads ^ {key}, answer.starts, answer.flipped)
    return _Answer(answer.heads, answer.starts, answer.flipped ^ {key})


def _evaluate(page: _Page, answer: _Answer, logit: Mapping[int, float]) -> Binding:
    total = sum(-_soft(-value if row in answer.heads else value) for row, value in logit.items())
    for index, score in enumerate(page.boundaries):
        if index and index not in page.resumes:
            total -= _soft(-score if index in answer.starts else score)
    blocks: list[Block] = []
    for number, run in enumerate(page.outline.runs):
        heads = [row for row in run if row in answer.heads]
        for position, row in enumerate(heads):
            if position:
                score = page.cut(heads[position - 1], row)
                cut = (score > 0) != ((heads[position - 1], row) in answer.flipped)
                total -= _soft(-score if cut else score)
                if not cut:
                    blocks[-1].rows.append(row)
                    continue
            blocks.append(Block([row], number))
    stories = stories_of(page.outline, answer.starts, page.resumes)
    return _assign(page, stories, blocks, total)


def _soft(value: float) -> float:
    """log(1 + e^value)."""
    return float(np.logaddexp(0.0, value))


def _assign(page: _Page, stories: list[Story], blocks: list[Block], total: float) -> Binding:
    total += _UNBOUND * len(blocks)
    if not blocks or not stories:
        return Binding(stories, blocks, [None] * len(blocks), np.zeros((len(blocks), len(stories))), total, page.resumes)
    features = pair_features(page.outline, page.matches, blocks, stories)
    scores = page.models.pair(features)
    gain = np.maximum(scores - _UNBOUND, 0.0)
    chosen_blocks, chosen_stories = linear_sum_assignment(-gain)
    story_of: list[int | None] = [None] * len(blocks)
    for b, s in zip(chosen_blocks.tolist(), chosen_stories.tolist(), strict=True):
        if gain[b, s] > 0:
            story_of[b] = s
            total += float(gain[b, s])
    return Binding(stories, blocks, story_of, scores, total, page.resumes)


def confidence_of(binding: Binding, block: int, story: int) -> float:
    """Probability of a pair against the block's other stories, the story's other blocks, and no pair at all."""
    score = float(binding.scores[block, story])
    others: Sequence[float] = [*np.delete(binding.scores[block], story), *np.delete(binding.scores[:, story], block), 0.0]
    top = max(others)
    return float(1.0 / (1.0 + np.exp(-np.clip(score - 0.5 * max(top, 0.0), -30, 30))))
