"""One decision for a page: where stories begin, which pieces go on, which display lines make a head together, and which
head belongs to which body. Pieces of evidence are scored by small learned networks; the whole is searched from the
likeliest answer on, changing doubtful answers, alone and in pairs, as long as the sum of all scores rises. "No headline" is
an answer too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, inf, log, log1p
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from miner.split.evidence import (
    Hints,
    boundary_features,
    cut_features,
    hints_of,
    resume_features,
    resume_pairs,
)
from miner.split.matching import (
    JUST_BEFORE,
    HeadRun,
    Matches,
    StoryRun,
    StoryTable,
    matches_of,
    pair_features,
    story_table,
)
from miner.split.outline import HEAD, Outline
from miner.split.roles import Floats
from miner.split.sense import Sense
from miner.split.wording import Wording

__all__ = [
    "Binding",
    "Searched",
    "SmallNetwork",
    "SplitModels",
    "bind",
    "confidence_of",
    "resume_score",
    "resumptions",
    "stories_of",
]

_WEIGHT_ROLE, _WEIGHT_START, _WEIGHT_CUT = 0.8, 1.0, 1.0
"""Weights of the answers' scores beside those of the pairs."""
_UNBOUND, _HEADLESS = -4.0, -1.5
"""Log-chances of a head without a body and of a story without a head: both happen, the first hardly ever."""
_RESUMED = -1.0
"""Pairs that score higher are taken to go on: a body cut in two is as wrong as two taken for one."""
_SURELY_RESUMED = 3.0
"""How much lower a pair may score whose later piece surely goes on from somewhere."""
_BROKEN_OFF = 3.0
"""How much a story's start is likelier below a piece that goes on farther down (on generated pages from 2 on the same)."""
_SIZED_HEAD, _SIZED_NONE, _SIZED_ABOVE = 3.0, -9.0, 4.0
"""What type sizes say of a story's start at a head of larger type, or without one, and of a head just above a body."""
_DOUBT = 5.0
"""Answers whose score lies nearer to zero are tried both ways."""
_TRIALS, _PAIRED = 6, 3
"""So many of the most doubtful answers are tried alone, and so many of those in pairs."""


@dataclass(frozen=True, slots=True)
class SmallNetwork:
    """A small feed-forward network with one hidden layer; its output is a log-odds."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: float

    def __call__(self, features: npt.NDArray[Any]) -> Floats:
        result: Floats = (
            np.maximum(features @ self.hidden + self.hidden_bias, 0.0) @ self.output + self.output_bias
        )
        return result


@dataclass(frozen=True, slots=True)
class SplitModels:
    """The networks: does a story begin, does a piece go on, is a head cut, does a head belong to a story, is a paragraph torn
    where no line shows it; and the wording tables and vectors that they lean on."""

    boundary: SmallNetwork
    resume: SmallNetwork
    cut: SmallNetwork
    pair: SmallNetwork
    tear: SmallNetwork
    wording: Wording
    sense: Sense


@dataclass(slots=True)
class Binding:
    """The decision: stories, blocks, for every block its story (or None) and the log-odds of every pair."""

    stories: list[StoryRun]
    blocks: list[HeadRun]
    story_of: list[int | None]
    scores: npt.NDArray[Any]
    total: float
    resumes: Mapping[int, int]
    """Pieces that go on mid-sentence: piece → the piece before it."""
    boundaries: Sequence[float]
    """For every paragraph the log-odds that a story begins with it."""


class _Flip(NamedTuple):
    """One doubtful answer: a story's start, a head row, or a cut between two head rows."""

    kind: str
    key: Any


@dataclass(slots=True)
class _Answer:
    """One full set of answers."""

    heads: frozenset[int]
    starts: frozenset[int]
    own: float
    """The sum of the scores of heads and starts."""
    flipped: frozenset[tuple[int, int]] = frozenset()

    def flip(self, flip: _Flip, page: _Page) -> _Answer:
        """Return the answers with one of them turned round."""
        if flip.kind == "start":
            turn = _WEIGHT_START * page.boundaries[flip.key]
            own = self.own + (-turn if flip.key in self.starts else turn)
            return _Answer(self.heads, self.starts ^ {flip.key}, own, self.flipped)
        if flip.kind == "head":
            turn = _WEIGHT_ROLE * page.logit[flip.key]
            own = self.own + (-turn if flip.key in self.heads else turn)
            return _Answer(self.heads ^ {flip.key}, self.starts, own, self.flipped)
        return _Answer(self.heads, self.starts, self.own, self.flipped ^ {flip.key})


@dataclass(frozen=True, slots=True)
class Searched:
    """One way to tell heads and stories apart that the search looked at, with the evidence of its pairs."""

    stories: list[StoryRun]
    blocks: list[HeadRun]
    features: npt.NDArray[Any]


@dataclass(slots=True)
class _Page:
    """What the search needs, computed once."""

    outline: Outline
    models: SplitModels
    hints: Hints
    matches: Matches
    boundaries: list[float]
    resumes: dict[int, int]
    logit: dict[int, float]
    """Log-odds of every display row to be part of a head."""
    share: Floats
    """How much of every display row stands in every story, as the stories are told apart at first."""
    sized: bool = False
    seen: list[Searched] | None = None
    cuts: dict[tuple[int, int], float] = field(default_factory=dict)
    tables: dict[frozenset[int], StoryTable] = field(default_factory=dict)

    def cut(self, i: int, j: int) -> float:
        """Log-odds that head row j opens a new head after head row i."""
        if (i, j) not in self.cuts:
            share = self.share
            match = (share[self.matches.place[i]], share[self.matches.place[j]])
            features = np.array(cut_features(self.outline, self.hints, match, i, j), dtype=np.float32)
            self.cuts[i, j] = float(self.models.cut(features))
        return self.cuts[i, j]

    def table(self, starts: frozenset[int]) -> StoryTable:
        """The stories that these starts make, matched with all display rows."""
        if starts not in self.tables:
            stories = stories_of(self.outline, starts, self.resumes)
            self.tables[starts] = story_table(self.outline, self.hints, self.matches, stories)
        return self.tables[starts]


def resumptions(outline: Outline, hints: Hints, network: SmallNetwork) -> dict[int, int]:
    """Pieces that go on in the middle of a sentence: piece → the piece that it continues, best pairs first."""
    pairs = resume_pairs(outline)
    if not pairs:
        return {}
    scores = network(np.array([resume_features(outline, hints, *pair) for pair in pairs], dtype=np.float32))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for score, earlier, later in sorted(
        zip(scores.tolist(), *zip(*pairs, strict=True), strict=True), reverse=True
    ):
        if (
            score > _RESUMED - _SURELY_RESUMED * outline.paragraphs[later].resumed
            and later not in found
            and earlier not in taken
        ):
            found[later] = earlier
            taken.add(earlier)
    return found


def resume_score(outline: Outline, hints: Hints, network: SmallNetwork, earlier: int, later: int) -> float:
    """Log-odds that piece `later` goes on where piece `earlier` broke off."""
    features = resume_features(outline, hints, earlier, later)
    return float(network(np.array(features, dtype=np.float32)))


def stories_of(outline: Outline, starts: frozenset[int], resumes: Mapping[int, int]) -> list[StoryRun]:
    """Gather paragraphs into stories: a start opens one, a resumed piece goes back to its own, others follow on."""
    stories: list[StoryRun] = []
    owner: list[int] = []
    for index in range(len(outline.paragraphs)):
        if index in resumes:
            current = owner[resumes[index]]
        elif not stories or index in starts:
            current = len(stories)
            stories.append(StoryRun([]))
        else:
            current = owner[-1]
        stories[current].paragraphs.append(index)
        owner.append(current)
    return stories


def bind(
    outline: Outline,
    models: SplitModels,
    hints: Hints | None = None,
    *,
    sized: bool = False,
    seen: list[Searched] | None = None,
) -> Binding:
    """Decide stories, heads and which belongs to which. `hints` are those of the outline, where they are known. `sized`: display
    lines were told by type size, so stories hardly ever begin without one. What the search looked at is added to `seen`, for
    training."""
    hints = hints or hints_of(outline, models.wording, models.sense)
    chance = outline.chances[:, HEAD].sum(axis=1)
    rows = [row for run in outline.runs for row in run if chance[row] > 0.05]
    matches = matches_of(outline, hints, rows)
    resumes = resumptions(outline, hints, models.resume)
    boundaries = _boundaries(outline, hints, models.boundary, resumes)
    if sized:
        boundaries = _by_size(boundaries, outline, chance)
    logit = {row: log(chance[row] + 1e-4) - log(1 - chance[row] + 1e-4) for row in rows}
    starts = frozenset(index for index, score in enumerate(boundaries) if score > 0 and index not in resumes)
    table = story_table(outline, hints, matches, stories_of(outline, starts, resumes))
    share = table.sums / (table.possible + 1.0)[:, None]
    page = _Page(
        outline,
        models,
        hints,
        matches,
        boundaries,
        resumes,
        logit,
        share,
        sized,
        seen,
        tables={starts: table},
    )
    heads = frozenset(row for row in rows if chance[row] > 0.5)
    return _search(page, _Answer(heads, starts, _own_score(page, heads, starts)))


def _by_size(boundaries: list[float], outline: Outline, chance: Floats) -> list[float]:
    """Return the scores of boundaries where type sizes tell the heads: a story hardly begins without one."""
    return [
        score + (_SIZED_HEAD if any(chance[row] > 0.5 for row in run) else _SIZED_NONE)
        for score, run in zip(boundaries, outline.runs, strict=False)
    ]


def _boundaries(
    outline: Outline, hints: Hints, network: SmallNetwork, resumes: Mapping[int, int]
) -> list[float]:
    """For every paragraph the log-odds that a story begins with it. What stands below a piece that is known to go on farther
    down is of another story."""
    if len(outline.paragraphs) < 2:
        return [0.0]
    scores = [0.0, *network(boundary_features(outline, hints)).tolist()]
    below = {earlier + 1 for later, earlier in resumes.items() if later > earlier + 1}
    return [score + (_BROKEN_OFF if at in below else 0.0) for at, score in enumerate(scores)]


def _own_score(page: _Page, heads: frozenset[int], starts: frozenset[int]) -> float:
    """The log-chance of these heads and starts by themselves."""
    total = -_WEIGHT_ROLE * sum(
        [_soft(-value if row in heads else value) for row, value in page.logit.items()]
    )
    for index, score in enumerate(page.boundaries):
        if index and index not in page.resumes:
            total -= _WEIGHT_START * _soft(-score if index in starts else score)
    return total


def _search(page: _Page, answer: _Answer) -> Binding:
    best = _evaluate(page, answer, above=-inf)
    assert best is not None
    doubts = _doubts(page, answer)
    pairs = [pair for pair in itertools.combinations(doubts[:_PAIRED], 2) if pair[0].kind != pair[1].kind]
    for flips in [*((flip,) for flip in doubts), *pairs]:
        trial = answer
        for flip in flips:
            trial = trial.flip(flip, page)
        result = _evaluate(page, trial, above=best.total + 1e-6)
        if result is not None:
            best, answer = result, trial
    return best


def _doubts(page: _Page, answer: _Answer) -> list[_Flip]:
    """The answers worth trying both ways, most doubtful first."""
    asked = itertools.chain(
        (
            (score, _Flip("start", index))
            for index, score in enumerate(page.boundaries)
            if index and index not in page.resumes
        ),
        ((value, _Flip("head", row)) for row, value in page.logit.items()),
        ((page.cut(*pair), _Flip("cut", pair)) for pair in _neighbours(page, answer)),
    )
    scored = [(abs(value), flip) for value, flip in asked if abs(value) < _DOUBT]
    scored.sort(key=lambda entry: (entry[0], entry[1].kind, str(entry[1].key)))
    return [flip for _, flip in scored[:_TRIALS]]


def _neighbours(page: _Page, answer: _Answer) -> Iterator[tuple[int, int]]:
    """Yield the lines of heads that stand together, pair by pair."""
    for run in page.outline.runs:
        yield from itertools.pairwise([row for row in run if row in answer.heads])


def _evaluate(page: _Page, answer: _Answer, *, above: float) -> Binding | None:
    """Bind heads and bodies under these answers; None when the sum of all scores is not above a bound. Binding only lowers
    the sum of the answers' own scores, so answers whose own sum is too low need not be bound at all."""
    total = answer.own
    if total <= above:
        return None
    blocks: list[list[int]] = []
    runs: list[int] = []
    for number, run in enumerate(page.outline.runs):
        heads = [row for row in run if row in answer.heads]
        for position, row in enumerate(heads):
            if position:
                before = heads[position - 1]
                score = page.cut(before, row)
                cut = (score > 0) != ((before, row) in answer.flipped)
                total -= _WEIGHT_CUT * _soft(-score if cut else score)
                if not cut:
                    blocks[-1].append(row)
                    continue
            blocks.append([row])
            runs.append(number)
    if total <= above:
        return None
    made = [HeadRun(tuple(rows), run) for rows, run in zip(blocks, runs, strict=True)]
    result = _assign(page, page.table(answer.starts), made, total)
    return result if result.total > above else None


def _soft(value: float) -> float:
    """log(1 + e^value)."""
    return value + log1p(exp(-value)) if value > 0 else log1p(exp(value))


def _assign(page: _Page, table: StoryTable, blocks: list[HeadRun], total: float) -> Binding:
    """Bind heads to stories so that the chances of all pairs, of heads without a body and stories without a head are highest."""
    total += _UNBOUND * len(blocks) + _HEADLESS * len(table.stories)
    story_of: list[int | None] = [None] * len(blocks)
    if not blocks:
        return Binding(
            table.stories,
            blocks,
            story_of,
            np.zeros((0, len(table.stories))),
            total,
            page.resumes,
            page.boundaries,
        )
    features = pair_features(page.outline, page.matches, table, blocks)
    if page.seen is not None:
        page.seen.append(Searched(table.stories, blocks, features))
    scores: npt.NDArray[Any] = page.models.pair(features)
    if page.sized:
        scores = scores + _SIZED_ABOVE * features[:, :, JUST_BEFORE]
    gain = np.maximum(-np.logaddexp(0.0, -scores) - _UNBOUND - _HEADLESS, 0.0)
    for b, s in zip(*[side.tolist() for side in linear_sum_assignment(-gain)], strict=True):
        if gain[b, s] > 0:
            story_of[b] = s
            total += float(gain[b, s])
    return Binding(table.stories, blocks, story_of, scores, total, page.resumes, page.boundaries)


def confidence_of(binding: Binding, block: int, story: int) -> float:
    """Probability of a pair against the block's other stories, the story's other blocks, and no pair at all."""
    score = float(binding.scores[block, story])
    others: Sequence[float] = [
        *np.delete(binding.scores[block], story),
        *np.delete(binding.scores[:, story], block),
        0.0,
    ]
    return float(1.0 / (1.0 + np.exp(-np.clip(score - 0.5 * max(*others, 0.0), -30, 30))))
