"""Teaches who holds a title and at which body: logistic regression over named evidence (scikit-learn)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from miner.language.fold import fold
from miner.offsets import Span
from miner.relate.posts.evidence import NOWHERE, Seat, TitleHolder, for_holder, for_seat, holders
from miner.relate.posts.links import Judge, Memory, Scores
from miner.relate.posts.reader import ReadWord
from miner.relate.posts.sentence import SentenceParts, rows
from miner.relate.posts.view import FieldView
from miner.training.posts.gold import GoldPost, Held

_SEEN = 3
"""Evidence met less often is not kept."""


class WeighedRelation(NamedTuple):
    """Evidence and whether it led to something true."""

    evidence: tuple[str, ...]
    right: bool


class Pairs(NamedTuple):
    """What one field teaches of both relations."""

    holder: list[WeighedRelation]
    seat: list[WeighedRelation]


def pairs(
    view: FieldView, read: Sequence[ReadWord], held: Sequence[Held], posts: Sequence[GoldPost]
) -> Pairs:
    """Return every candidate of a field with its verdict; a title that the gold gives the person elsewhere is left out."""
    known: dict[Span, dict[int, str]] = {}
    for post in held:
        known.setdefault(post.title, {})[post.person] = post.body_text
    given = {(post.person, post.title) for post in posts}
    found = Pairs([], [])
    memory = Memory(view)
    for row in rows(view, read):
        memory.enter(row)
        for title in row.titles():
            span = row.parts[title].span
            told = known.get(span, {})
            for holder in holders(row, title):
                entity = holder.mention.entity
                if entity in told or (entity, span.of(view.folded)) not in given:
                    found.holder.append(
                        WeighedRelation(tuple(for_holder(row, title, holder)), entity in told)
                    )
                if entity in told:
                    found.seat.extend(_seats(row, title, holder, memory, told[entity]))
    return found


def _seats(
    row: SentenceParts, title: int, holder: TitleHolder, memory: Memory, body: str
) -> Iterator[WeighedRelation]:
    """Yield the bodies that a title may belong to, unless the right one is not among them."""
    choices = memory.seats(row, title, holder.mention.entity)
    right = _right(row.view, choices, body)
    if right is not None:
        yield from (
            WeighedRelation(tuple(for_seat(row, title, holder, seat)), seat is right) for seat in choices
        )
        memory.keep(holder.mention.entity, right)


def _right(view: FieldView, choices: Sequence[Seat], body: str) -> Seat | None:
    """Return the candidate that the gold names: the same text, or else one within the other; None when there is none."""
    if not body:
        return NOWHERE
    written = [(seat, fold(seat.span.of(view.text))) for seat in choices if seat.span is not None]
    exact = next((seat for seat, text in written if text == body), None)
    return exact or next(
        (seat for seat, text in written if min(len(text), len(body)) > 1 and (text in body or body in text)),
        None,
    )


def learn_scores(examples: Iterable[WeighedRelation], *, trust: float = 0.5) -> Scores:
    """Return the weight of each piece of evidence; `trust` is the inverse of the pull towards zero."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    chosen = list(examples)
    counts = Counter(name for pair in chosen for name in set(pair.evidence))
    vectors = DictVectorizer()
    table = vectors.fit_transform(
        [{name: 1.0 for name in pair.evidence if counts[name] >= _SEEN} for pair in chosen]
    )
    table.indices, table.indptr = table.indices.astype(np.int32), table.indptr.astype(np.int32)
    fitted = LogisticRegression(C=trust, max_iter=400, fit_intercept=False, solver="liblinear")
    fitted.fit(table, [pair.right for pair in chosen])
    names = vectors.get_feature_names_out().tolist()
    return {name: round(float(weight), 3) for name, weight in zip(names, fitted.coef_[0], strict=True)}


def learn_judge(found: Iterable[Pairs]) -> Judge:
    """Return the weights that candidates of many fields teach."""
    every = list(found)
    return Judge(
        learn_scores(pair for pairs in every for pair in pairs.holder),
        learn_scores(pair for pairs in every for pair in pairs.seat),
    )
