"""The reports of the whole archive as they are compared: parties, days, place, amount, and the words of their sentences."""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from miner.language.words import is_common
from miner.resolve.blocks import grams_of
from miner.resolve.names import core, fold

PLACE_ONLY = frozenset({"place", "venue"})
"""Roles of those who took no part."""
_TELLS_NOTHING = frozenset(" 0123456789年月日,。;:!?、“”\"'()与和的在")
_NUMBER = re.compile(r"\d[\d,]{0,15}(?:\.\d{1,6})?[十百千万亿]{0,2}(?!\d|[年月日时点分届号%])")
_SHORTEST_NUMBER = 2
_CACHED = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """One report with what it is compared by."""

    id: str
    article_id: str
    story: str
    """The article that this one reprints, or itself."""
    type: str
    date: str | None
    date_end: str | None
    status: str
    place: str | None
    edition: int | None
    published: str | None
    trigger: str
    parties: frozenset[str]
    """Resolved ids of those who took part, `text:` and the name for one that was not recognised."""
    forms: dict[str, tuple[str, ...]]
    """Of each party its name as written and its core, folded: it may stand in another sentence without being its party."""
    stands_for: dict[str, frozenset[str]]
    """For a person among the parties: the bodies whose posts the article gives them."""
    text: str
    """The sentence, folded."""
    grams: array[int]
    """Bigrams of its sentence as numbers, in code-point order."""
    head: array[int]
    """Bigrams of the headline."""
    numbers: frozenset[str]
    """Numbers of the sentence that are no dates."""
    amount: float | None
    amount_unit: str | None
    confidence: float

    @property
    def told_on(self) -> str:
        """The day of the event or else of the paper, empty when neither is known."""
        return self.date or self.published or ""


class Parties(NamedTuple):
    """Those of a report: names as written, and by what they are compared the forms of each."""

    names: tuple[str, ...]
    forms: dict[str, tuple[str, ...]]


def load_reports(connection: sqlite3.Connection) -> Iterator[Report]:
    """Yield every report of the archive in the order of their ids.

    Raises sqlite3.Error.
    """
    rows = connection.execute(
        "select r.id, r.article_id, r.type, r.date, r.date_end, r.status, r.place, r.edition, a.published, r.trigger,"
        " r.evidence, r.amount, r.amount_unit, r.confidence, a.headline, a.duplicate_of"
        " from event_reports r join articles a on a.id = r.article_id order by r.id"
    )
    for row in rows:
        told = parties_of(connection, row[0])
        yield Report(
            id=row[0],
            article_id=intern(row[1]),
            story=intern(row[15] or row[1]),
            type=intern(row[2]),
            date=row[3] and intern(row[3]),
            date_end=row[4],
            status=intern(row[5]),
            place=row[6],
            edition=row[7],
            published=row[8] and intern(row[8]),
            trigger=intern(row[9]),
            parties=frozenset(told.forms),
            forms=told.forms,
            stands_for=_posts(connection, row[1], told.forms.keys()),
            text=fold(row[10]),
            grams=_sentence_grams(row[10], row[9], told.names),
            head=_grams(fold(row[14] or "")),
            numbers=numbers_in(row[10]),
            amount=row[11],
            amount_unit=row[12],
            confidence=row[13],
        )


def parties_of(connection: sqlite3.Connection, report: str) -> Parties:
    """Return the parties of a report, those that are mere places left out."""
    names: dict[str, None] = {}
    forms: dict[str, tuple[str, ...]] = {}
    for role, name, entity in connection.execute(
        "select role, name, coalesce(enterprise_id, person_id, organization_id, place_id)"
        " from event_participants where report_id = ? order by id",
        (report,),
    ):
        if role not in PLACE_ONLY:
            party = intern(entity or f"text:{fold(name)}")
            forms[party] = tuple(sorted({*forms.get(party, ()), *_forms(name)}))
            names.setdefault(name)
    return Parties(tuple(names), forms)


def _forms(name: str) -> set[str]:
    """Return a name and its core; a core that is a word (中国银行: 银行) names nobody."""
    short = core(name)[0]
    return {fold(name), *([short] if len(short) > 1 and not is_common(short) else ())}


def _posts(
    connection: sqlite3.Connection, article: str, parties: AbstractSet[str]
) -> dict[str, frozenset[str]]:
    posts: dict[str, frozenset[str]] = {}
    for person, body in connection.execute(
        "select person_id, coalesce(enterprise_id, organization_id) as body from posts"
        " where article_id = ? and person_id is not null and body is not null",
        (article,),
    ):
        if person in parties:
            posts[intern(person)] = posts.get(person, frozenset()) | {intern(body)}
    return posts


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a sentence that are neither dates nor single digits.

    >>> sorted(numbers_in("第六届11月7日签约，总额1,800万元，共12家"))
    ['12', '1800万']
    """
    found = (number.replace(",", "") for number in _NUMBER.findall(fold(text)))
    return frozenset(intern(number) for number in found if len(number) >= _SHORTEST_NUMBER)


def _sentence_grams(evidence: str, trigger: str, names: Sequence[str]) -> array[int]:
    """Return the bigrams of a sentence without what is compared by itself: parties, trigger, numbers and dates."""
    text = fold(evidence)
    for name in sorted({fold(n) for n in names} | {fold(trigger)}, key=lambda n: (-len(n), n)):
        if name:
            text = text.replace(name, " ")
    return _grams(text)


def _grams(text: str) -> array[int]:
    return grams_of(
        text[i : i + 2] for i in range(len(text) - 1) if _TELLS_NOTHING.isdisjoint(text[i : i + 2])
    )


class Measures(NamedTuple):
    """In how many reports each bigram is, of sentences and of headlines, and how many reports there are."""

    words: Counter[int]
    heads: Counter[int]
    reports: int

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Measures:
        """Count."""
        words, heads = Counter[int](), Counter[int]()
        for report in reports:
            words.update(report.grams)
            heads.update(report.head)
        return cls(words, heads, len(reports))


class Rarity:
    """How rare the bigrams of all reports are, and what two reports' sentences have in common."""

    def __init__(self, reports: Sequence[Report], measures: Measures | None = None) -> None:
        measures = measures or Measures.of(reports)
        self._reports = reports
        self.frequency, self._heads = measures.words, measures.heads
        self._scale = 1 + measures.reports / 50
        self._weights = lru_cache(maxsize=_CACHED)(self._weigh)
        self._grams = lru_cache(maxsize=_CACHED)(lambda number: frozenset(reports[number].grams))

    def _weigh(self, number: int) -> tuple[tuple[tuple[int, float], ...], float]:
        weights = tuple(
            (gram, 1.0 / (1 + self.frequency[gram] / self._scale)) for gram in self._reports[number].grams
        )
        return weights, sum(weight for _, weight in weights)

    def words(self, left: int, right: int) -> float:
        """Return which part of the shorter sentence's bigrams the other one has, rare ones weighing more."""
        sizes = [len(self._reports[number].grams) for number in (left, right)]
        short, long = (left, right) if sizes[0] <= sizes[1] else (right, left)
        weights, whole = self._weights(short)
        others = self._grams(long)
        return sum(weight for gram, weight in weights if gram in others) / whole if whole else 0.0

    def heads(self, left: int, right: int) -> float:
        """Return which part of the shorter headline's bigrams the other one has, rare ones weighing more; 0 without one."""
        short, long = sorted((self._reports[number].head for number in (left, right)), key=len)
        scale = self._scale
        weights = {gram: 1.0 / (1 + self._heads[gram] / scale) for gram in short}
        whole = sum(weights.values())
        return sum(weights[gram] for gram in set(short).intersection(long)) / whole if whole else 0.0
