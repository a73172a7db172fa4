"""What the archive tells: events, words, posts, each with the newspaper, the day, the page, the file and the sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from miner.language.sentences import sentences
from miner.publish.archive import ENTITY_OF, KINDS, LABEL_OF, NAME_OF, Parameters

__all__ = [
    "Event",
    "FigureFact",
    "Narrowing",
    "Party",
    "PostFact",
    "QuoteFact",
    "ReportFact",
    "WrittenAt",
    "events",
    "figures",
    "posts",
    "quotes",
    "sources",
]

_LONGEST = 400
"""Characters of a sentence that are handed out: a run-on paragraph of a damaged page has no end mark."""


@dataclass(frozen=True, slots=True)
class WrittenAt:
    """Where something is written: characters `start` to `end` of a field of an article, and the sentence they stand in."""

    article_id: str
    headline: str | None
    newspaper: str | None
    published: str | None
    page: str | None
    path: str
    line: int | None
    """The line of the file, counted from 1."""
    field: str
    start: int
    end: int
    sentence: str
    reprint: bool = False
    """Whether the article is a reprint of another one in the archive."""

    @property
    def where(self) -> str:
        """The place as people cite it: newspaper, day, page; file and line."""
        paper = f"《{self.newspaper}》" if self.newspaper else None
        page = f"第{self.page}版" if self.page else None
        printed = " ".join(part for part in (paper, self.published, page) if part)
        file = f"{self.path}:{self.line}" if self.line else self.path
        return " · ".join(part for part in (printed, file) if part)


@dataclass(frozen=True, slots=True)
class Party:
    """Who took part in an event; `id` and `label` where it is a thing of the archive, `role` is a code."""

    name: str
    role: str
    label: str | None
    id: str | None


@dataclass(frozen=True, slots=True)
class ReportFact:
    """What one article says of an event: the word that tells it and where it is written."""

    id: str
    trigger: str
    confidence: float
    source: WrittenAt


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, once; days are ISO as precise as the texts are, amounts in `amount_unit`."""

    id: str
    type: str
    title: str
    date: str | None
    date_end: str | None
    status: str
    edition: int | None
    place: str | None
    amount: float | None
    amount_unit: str | None
    parties: tuple[Party, ...]
    reports: tuple[ReportFact, ...]


@dataclass(frozen=True, slots=True)
class QuoteFact:
    """Words with a speaker; `title` and `body` are the speaker's post where the same article gives it."""

    id: str
    text: str
    direct: bool
    speaker: str
    person_id: str | None
    title: str | None
    body: str | None
    source: WrittenAt


@dataclass(frozen=True, slots=True)
class PostFact:
    """A title that an article gives a person at a body."""

    id: str
    person: str
    person_id: str
    title: str
    body: str
    status: str
    since: str | None
    until: str | None
    body_id: str | None
    """Label and id of the body, joined by a hyphen, where it is a thing of the archive."""
    source: WrittenAt


@dataclass(frozen=True, slots=True)
class FigureFact:
    """A number that says something; magnitudes (万, 亿) are multiplied out, `measure` is a code where it is known."""

    id: str
    text: str
    value: float | None
    unit: str
    qualifier: str | None
    subject: str | None
    measure: str | None
    comparison: str | None
    edition: int | None
    source: WrittenAt


@dataclass(frozen=True, slots=True)
class Narrowing:
    """By what facts are narrowed; None means any. `since` and `until` are ISO days, months or years, both included."""

    thing: tuple[str, str] | None = None
    """Label and id of a thing that takes part, speaks or holds a post."""
    edition: int | None = None
    type: str | None = None
    since: str | None = None
    until: str | None = None
    least: float | None = None
    """The least amount."""
    limit: int = 50

    def values(self) -> dict[str, Any]:
        """Return the values of the conditions in SQL, by the names that stand there."""
        return {
            "thing": self.thing and self.thing[1],
            "edition": self.edition,
            "type": self.type,
            "since": self.since,
            "until": self.until and self.until + "\U0010ffff",
            "least": self.least,
            "limit": self.limit,
        }


def events(connection: sqlite3.Connection, asked: Narrowing) -> Iterator[Event]:
    """Yield the events that meet what was asked, the latest first, those without a year last; those told not to have happened too.

    An event is of an edition when it is told to be, or when nothing says which and an article about that edition tells it.
    """
    rows = connection.execute(
        "select e.id, e.type, e.title, e.date, e.date_end, e.status, e.edition, e.place, e.amount, e.amount_unit "
        f"from events e where {_narrowed(asked)} "
        "order by coalesce(e.date, 'X') >= 'X', e.date desc, e.n_reports desc, e.id limit :limit",
        asked.values(),
    ).fetchall()
    yield from (Event(*(*row, _parties(connection, row[0]), _reports(connection, row[0]))) for row in rows)


_OF_EDITION = (
    "(e.edition = :edition or (e.edition is null and exists (select 1 from event_reports r "
    "join articles a on a.id = r.article_id where r.event_id = e.id and a.edition = :edition)))"
)


def _narrowed(asked: Narrowing) -> str:
    """Return the SQL condition for what was asked of events `e`."""
    taking_part = "e.id in (select event_id from event_participants where {0} = :thing)"
    parts = [taking_part.format(KINDS[asked.thing[0]].column)] if asked.thing else []
    parts += _given(
        (_OF_EDITION, asked.edition),
        ("e.type = :type", asked.type),
        ("coalesce(e.date_end, e.date) >= :since", asked.since),
        ("e.date <= :until", asked.until),
        ("e.amount >= :least", asked.least),
    )
    return " and ".join(parts) or "1"


def _given(*conditions: tuple[str, object]) -> list[str]:
    """Return the conditions for which there is a value."""
    return [sql for sql, value in conditions if value is not None]


def _parties(connection: sqlite3.Connection, event: str) -> tuple[Party, ...]:
    rows = connection.execute(
        f"select coalesce({NAME_OF.format('p')}, p.name), p.role, {LABEL_OF.format('p')}, {ENTITY_OF.format('p')} "
        "from event_participants p where p.event_id = ? group by 1, 2, 3, 4 order by min(p.rowid)",
        (event,),
    )
    return tuple(Party(*row) for row in rows)


def _reports(connection: sqlite3.Connection, event: str) -> tuple[ReportFact, ...]:
    found = sources(
        connection, "event_reports", "x.trigger, x.confidence, x.evidence", "x.event_id = ?", (event,)
    )
    return tuple(
        ReportFact(key, trigger, confidence, replace(source, sentence=evidence or source.sentence))
        for key, (trigger, confidence, evidence), source in found
    )


def quotes(connection: sqlite3.Connection, asked: Narrowing) -> Iterator[QuoteFact]:
    """Yield the words of a thing, or of all, the latest first; a body speaks also through people with a post there."""
    speaker = "coalesce((select name from people where id = x.person_id), x.speaker)"
    found = sources(
        connection,
        "quotes",
        f"x.text, x.direct, {speaker}, x.person_id, ({_POST}), "
        "coalesce((select name from enterprises where id = x.enterprise_id), (select name from organizations where id = x.organization_id))",
        _told(asked),
        asked.values(),
    )
    yield from (
        QuoteFact(key, text, bool(direct), name, person, *_title(post, body), source)
        for key, (text, direct, name, person, post, body), source in found
    )


_POST = (
    "select p.title || char(31) || p.organization_text from posts p where p.article_id = x.article_id "
    "and p.person_id = x.person_id order by p.status = 'former', p.start limit 1"
)


def _title(post: str | None, body: str | None) -> tuple[str | None, str | None]:
    title, _, at = (post or "").partition("\x1f")
    return title or None, at or body or None


def posts(connection: sqlite3.Connection, asked: Narrowing) -> Iterator[PostFact]:
    """Yield the posts of a person, or of people at a body, as articles give them, in order of time."""
    found = sources(
        connection,
        "posts",
        "(select name from people where id = x.person_id), x.person_id, x.title, "
        "coalesce((select name from enterprises where id = x.enterprise_id), "
        "(select name from organizations where id = x.organization_id), x.organization_text), x.status, x.since, x.until, "
        "coalesce('enterprise-' || x.enterprise_id, 'organization-' || x.organization_id)",
        f"x.person_id is not null and {_told(asked, spoken=False)}",
        asked.values(),
    )
    yield from (PostFact(*(key, *told, source)) for key, told, source in found)


def figures(
    connection: sqlite3.Connection,
    *,
    measure: str | None = None,
    edition: int | None = None,
    unit: str | None = None,
) -> Iterator[FigureFact]:
    """Yield the numbers of a measure, an edition, a unit, in order of time."""
    where = (
        "(?1 is null or x.measure = ?1) and (?2 is null or x.edition = ?2) and (?3 is null or x.unit = ?3)"
    )
    found = sources(
        connection,
        "figures",
        "x.text, x.value, x.unit, x.qualifier, x.subject, x.measure, x.comparison, x.edition",
        f"{where} order by a.published is null, a.published, a.id, x.start",
        (measure, edition, unit),
    )
    yield from (FigureFact(*(key, *columns, source)) for key, columns, source in found)


def _told(asked: Narrowing, *, spoken: bool = True) -> str:
    """Return the SQL condition on a fact `x` of an article `a`, with its order."""
    parts: list[str] = ["1"]
    if asked.thing:
        label, column = asked.thing[0], KINDS[asked.thing[0]].column
        own = f"x.{column} = :thing"
        if spoken and label in ("enterprise", "organization"):
            own = (
                f"({own} or x.person_id in (select p.person_id from posts p "
                f"where p.article_id = x.article_id and p.{column} = :thing))"
            )
        parts.append(own)
    parts += _given(
        ("a.edition = :edition", asked.edition),
        ("a.published >= :since", asked.since),
        ("a.published <= :until", asked.until),
    )
    order = (
        "a.published is null, a.published desc, a.id, x.start"
        if spoken
        else "a.published is null, a.published, x.id"
    )
    return f"{' and '.join(parts)} order by a.duplicate_of is not null, {order} limit :limit"


def sources(
    connection: sqlite3.Connection, table: str, columns: str, where: str, values: Parameters
) -> Iterator[tuple[str, tuple[Any, ...], WrittenAt]]:
    """Yield id, columns and source of the rows `x` of a table of facts that a condition holds of; `a` is their article."""
    rows = connection.execute(
        f"select x.id, x.field, x.start, x.[end], case x.field when 'headline' then a.headline when 'kicker' then a.kicker "
        f"when 'subtitle' then a.subtitle else a.body end, a.id, a.headline, a.newspaper, a.published, a.page, d.path, ({_LINE}), "
        f"a.duplicate_of is not null, {columns} from [{table}] x join articles a on a.id = x.article_id "
        f"join documents d on d.id = a.document_id where {where}",
        values,
    )
    for row in rows:
        key, name, start, end, text, *place, reprint = row[:_OF_SOURCE]
        sentence = sentence_at(text or "", start, end)
        source = WrittenAt(*(*place, name, start, end, sentence, bool(reprint)))
        yield key, tuple(row[_OF_SOURCE:]), source


_LINE = (
    "select min(l.line) from article_lines l where l.article_id = a.id and "
    "case when x.field = 'body' then l.role = 'body' and l.start <= x.start and l.[end] > x.start else l.role = x.field end"
)
_OF_SOURCE = 13
"""Columns of a row of `sources` that tell the place."""


def sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentences of a text that characters `start` to `end` touch, in one paragraph, cut when they never end.

    >>> sentence_at("昨日开幕。他说：“好！很好。”大家鼓掌。", 9, 13)
    '他说：“好！很好。”'
    """
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    paragraph = text[begin : stop if stop >= 0 else len(text)]
    touched = [s for s in sentences(paragraph) if s.start < end - begin and s.end > start - begin]
    if not touched:
        return text[start:end]
    first, last = touched[0].start, touched[-1].end
    if last - first <= _LONGEST:
        return paragraph[first:last]
    first = max(first, start - begin - _LONGEST // 2)
    return f"…{paragraph[first : first + _LONGEST]}…"
