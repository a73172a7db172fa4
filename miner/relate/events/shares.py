"""What speaks for everybody who might take part in an event, taken together: the second look at parties.

The scorers look at one name beside one trigger. Here a thing is one row: how surely it takes part by the event's own sentence, by those
before and by those behind, how surely its rivals and those listed with it do, and whether it belongs to other events of the article.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from miner.relate.events.grammar import GrammarCast
from miner.relate.events.model import Floats
from miner.relate.events.parties import Name
from miner.relate.events.signs import TriggerWord
from miner.relate.events.tokens import TIME

_HARDLY = 0.02
"""Chance of a thing that only grammar names."""
_NOT_THERE = -5.0
_ELSEWHERE = -20
"""Log-odds where a scorer does not see a thing; distance of a thing that only grammar names."""
_JOINING = frozenset({"、", "和", "与", "及", "以及"})
_ENDING = frozenset({"，", ",", "；", "。"})
_LISTED, _GAP = 14, 6
"""The longest list that is followed each way, and the words between two names of one."""
_HEADED = 4


@dataclass(slots=True)
class Share:
    """How surely a thing takes part in an event, by each scorer that sees it."""

    entity: int
    label: str
    near: float | None = None
    far: float | None = None
    later: float | None = None
    name: Name | None = None
    """Where it does so most surely."""
    best: float = _HARDLY

    def said(self, chance: float, name: Name) -> None:
        """Keep the surest of the places where a thing is named."""
        if self.name is None or chance > self.best:
            self.best, self.name = chance, name


@dataclass(slots=True)
class Shares:
    """Everybody who might take part in one event."""

    word: TriggerWord
    type: str
    grammar: GrammarCast
    """Whom plain grammar takes for the parties."""
    by_entity: dict[int, Share] = field(default_factory=dict)

    def of(self, entity: int) -> Share:
        """Return the share of a thing, an empty one where nothing was said of it yet."""
        if entity not in self.by_entity:
            label = self.word.story.reading.passage.annotated.entities[entity].label
            self.by_entity[entity] = Share(entity, label)
        return self.by_entity[entity]

    def near(self, named: Sequence[tuple[Name, float]]) -> None:
        """Take in what the scorer says of names of the event's own sentence."""
        for name, chance in named:
            share = self.of(name.mention.entity)
            share.near = max(chance, share.near or 0.0)
            share.said(chance, name)

    def far(self, named: Sequence[tuple[Name, float]]) -> None:
        """Take in what the scorer says of names of the sentences before."""
        for name, chance in named:
            share = self.of(name.mention.entity)
            share.far = max(chance, share.far or 0.0)
            share.said(chance, name)

    def later(self, named: Sequence[tuple[Name, float]]) -> None:
        """Take in what the scorer says of names of the sentences behind."""
        for name, chance in named:
            share = self.of(name.mention.entity)
            share.later = max(chance, share.later or 0.0)
            share.said(chance, name)


def values_of(shares: Shares, grammatical: Sequence[int], others: Sequence[Shares]) -> Floats:
    """Return the values of the second look: a row for each thing of `by_entity`, in its order.

    `grammatical` are those whom grammar takes for parties, `others` the article's other events.
    """
    for entity in grammatical:
        shares.of(entity)
    rivals = _Rivals.of(shares)
    rows = [
        [
            *_of_scorers(share),
            share.entity in grammatical,
            len(grammatical),
            *rivals.beside(share),
            *_beside_listed(share, shares),
            *_elsewhere(share, shares, others),
            *_weight(share, shares),
        ]
        for share in shares.by_entity.values()
    ]
    return np.array(rows, dtype=np.float32)


def _odds(chance: float | None) -> float:
    if chance is None:
        return _NOT_THERE
    return math.log(max(chance, 1e-4) / max(1 - chance, 1e-4))


def _of_scorers(share: Share) -> Iterator[float]:
    for chance in (share.near, share.far, share.later):
        yield from (_odds(chance), chance is not None)
    yield _odds(share.best)


@dataclass(slots=True)
class _Rivals:
    """How surely everybody takes part: the chances from the least, of all and of each kind, and how many the sentence itself names."""

    every: list[float]
    alike: dict[str, list[float]]
    near: int

    @classmethod
    def of(cls, shares: Shares) -> _Rivals:
        alike: dict[str, list[float]] = {}
        for share in shares.by_entity.values():
            alike.setdefault(share.label, []).append(share.best)
        every = sorted(chain.from_iterable(alike.values()))
        near = sum(share.near is not None for share in shares.by_entity.values())
        return cls(every, {label: sorted(chances) for label, chances in alike.items()}, near)

    def beside(self, share: Share) -> tuple[float, ...]:
        """Return how sure the others are, and those of its kind."""
        alike, best = self.alike[share.label], share.best
        return (
            sum(self.every) - best,
            sum(alike) - best,
            _highest_but(best, alike),
            len(alike) - bisect_right(alike, best),
            _highest_but(best, self.every),
            len(self.every),
            len(alike),
            self.near,
        )


def _highest_but(one: float, chances: Sequence[float]) -> float:
    """Return the highest of sorted chances but for one of them, zero where there is no other."""
    if chances[-1] > one:
        return chances[-1]
    return chances[-2] if len(chances) > 1 else 0.0


def _beside_listed(share: Share, shares: Shares) -> Iterator[float]:
    """How sure those are whom a list names with it: they share its part."""
    listed = [shares.by_entity[e].best for e in _listed(share) if e in shares.by_entity]
    yield from (
        len(listed),
        sum(listed) / len(listed) if listed else -1.0,
        max(listed, default=-1.0),
    )


def _listed(share: Share) -> Iterator[int]:
    if share.name is not None:
        for step in (-1, 1):
            yield from (entity for entity in _joined(share.name, step) if entity != share.entity)


def _joined(name: Name, step: int) -> Iterator[int]:
    """Yield whom a list names before (-1) or behind (1) a name, nearest first."""
    at = name.at
    for _ in range(_LISTED):
        following = _next_of_list(name, at, step)
        if following is None:
            return
        at = following
        mention = name.line.tokens[at].source
        yield mention.entity  # type: ignore[union-attr]


def _next_of_list(name: Name, at: int, step: int) -> int | None:
    """Return the index of the next name of a list, where a joining word leads to it."""
    tokens, joined = name.line.tokens, False
    for far in range(1, _GAP + 2):
        here = at + step * far
        if not 0 <= here < len(tokens) or tokens[here].word in _ENDING:
            return None
        if tokens[here].kind not in ("", TIME):
            return here if joined else None
        joined = joined or tokens[here].word in _JOINING
    return None


def _elsewhere(share: Share, shares: Shares, others: Sequence[Shares]) -> Iterator[float]:
    """How surely it takes part in other events: of the type, of the sentence, behind, before."""
    here = shares.word.line.index
    told = [(_best(other.by_entity, share.entity), other) for other in others]
    yield from (_most(chance for chance, _ in told), sum(chance for chance, _ in told))
    yield _most(chance for chance, other in told if other.type == shares.type)
    yield _most(chance for chance, other in told if other.word.line.index == here)
    yield _most(chance for chance, other in told if other.word.line.index > here)
    yield _most(chance for chance, other in told if other.word.line.index < here)
    yield len(told)


def _best(by_entity: Mapping[int, Share], entity: int) -> float:
    return by_entity[entity].best if entity in by_entity else 0.0


def _most(chances: Iterator[float]) -> float:
    return max(chances, default=-1.0)


def _weight(share: Share, shares: Shares) -> Iterator[float]:
    """How much the article speaks of it, and how far off it is named."""
    story = shares.word.story
    weight = story.weights.get(share.label)
    yield from (weight.times[share.entity], weight.rank(share.entity)) if weight is not None else (0, 9)
    yield min(story.heads.get(share.entity, 0), _HEADED)
    gap = share.name.line.index - shares.word.line.index if share.name is not None else _ELSEWHERE
    yield from (gap, abs(gap))
