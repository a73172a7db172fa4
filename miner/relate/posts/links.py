"""Ties titles to people and bodies: each pair is weighed by its evidence, and what speaks for it more than against it holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from miner.language.gazetteer import words_of
from miner.model import Mention
from miner.offsets import Span
from miner.relate.posts.careers import Stage, marks_of, stage_of
from miner.relate.posts.evidence import NOWHERE, Seat, TitleHolder, for_holder, for_seat, holders, seats
from miner.relate.posts.reader import Reader, model, reader
from miner.relate.posts.respectively import Dealt, dealt_out
from miner.relate.posts.sentence import SentenceParts, rows
from miner.relate.posts.view import FieldView

_DEALT = 0.9
"""How sure a title is that is dealt out to people in their order."""
_KINDS = (2, 3, 4)
"""Lengths of the bare words that stand for a body."""
Scores = Mapping[str, float]


class Judge(NamedTuple):
    """The learned weights of the evidence for holders and for seats."""

    holder: Scores
    seat: Scores


@dataclass(frozen=True, slots=True)
class Tie:
    """A title with one who holds it and the body where: indices into the row's parts where they stand in it."""

    row: SentenceParts
    title: int
    holder: TitleHolder
    seat: Seat
    sure: float
    """Probability that the person holds the title."""
    stage: Stage
    span: Span
    """The characters of the title."""


def weigh(names: Iterable[str], scores: Scores) -> float:
    """Return the sum of what the evidence says, in log odds; what was never seen says nothing."""
    return sum(scores.get(name, 0.0) for name in names)


class Memory:
    """What was said before in a field: the bodies last named, and at which body each person's last title was held."""

    def __init__(self, view: FieldView) -> None:
        self._view = view
        self._at = 0
        self._firm: Mention | None = None
        self._named: dict[str, Mention] = {}
        self._last: dict[int, Seat] = {}
        self._previous: Seat | None = None

    def enter(self, row: SentenceParts) -> None:
        """Begin a sentence; sentences come in text order."""
        while self._at < len(self._view.bodies) and self._view.bodies[self._at].span.end <= row.span.start:
            self._learn(self._view.bodies[self._at])
            self._at += 1
        self._previous = None

    def _learn(self, mention: Mention) -> None:
        if mention.label == "enterprise":
            self._firm = mention
        elif mention.label == "organization":
            text = mention.span.of(self._view.folded)
            self._named.update((text[-size:], mention) for size in _KINDS if size < len(text))

    def named(self, seat: Seat) -> Seat:
        """Return the body that a bare word such as 协会 means: the one last named whose name ends in it."""
        word = seat.span.of(self._view.folded) if seat.span is not None and seat.mention is None else ""
        meant = self._named.get(word) if word in words_of("posts", "body_word") else None
        return seat if meant is None else Seat(meant.span, meant, seat.origin)

    def seats(self, row: SentenceParts, title: int, person: int) -> tuple[Seat, ...]:
        """Return the bodies at which a person may hold a title."""
        return tuple(seats(row, title, self._previous or self._last.get(person), self._firm))

    def keep(self, person: int, seat: Seat) -> None:
        """Remember where a title was held."""
        if seat is not NOWHERE:
            self._last[person] = self._previous = seat


def ties(view: FieldView, *, titles: Reader | None = None, judge: Judge | None = None) -> Iterator[Tie]:
    """Yield who holds which title at which body in one field, in text order."""
    judge = judge or learned()
    memory = Memory(view)
    for row in rows(view, (titles or reader()).read(view.marked(), view.sentences)):
        memory.enter(row)
        marks = marks_of(row)
        dealt: list[Dealt] = []
        for title in row.titles():
            if title in {one.title for one in dealt}:
                continue
            dealt = dealt_out(row, title)
            spans = [(one.holder, _DEALT, one.title, one.span) for one in dealt] or [
                (holder, sure, title, row.parts[title].span)
                for holder, sure in list(_holders(row, title, judge.holder))
            ]
            for holder, sure, part, span in spans:
                person = holder.mention.entity
                seat = best_seat(row, part, holder, memory.seats(row, part, person), judge.seat)
                memory.keep(person, seat)
                yield Tie(row, part, holder, memory.named(seat), sure, stage_of(row, part, marks), span)


def _holders(row: SentenceParts, title: int, scores: Scores) -> Iterator[tuple[TitleHolder, float]]:
    for holder in holders(row, title):
        odds = weigh(for_holder(row, title, holder), scores)
        if odds > 0:
            yield holder, 1 / (1 + math.exp(-odds))


def best_seat(
    row: SentenceParts, title: int, holder: TitleHolder, choices: Sequence[Seat], scores: Scores
) -> Seat:
    """Return the likeliest body of a title."""
    return max(choices, key=lambda seat: weigh(for_seat(row, title, holder, seat), scores))


@cache
def learned() -> Judge:
    """Return the weights that come with the package."""
    arrays = model()
    return Judge(
        *(
            dict(zip(arrays[f"{kind}_names"].tolist(), arrays[f"{kind}_weights"].tolist(), strict=True))
            for kind in ("holder", "seat")
        )
    )
