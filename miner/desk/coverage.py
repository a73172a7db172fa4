"""What the coverage says of an enterprise: articles, events with partners and sums, people to talk to, words, expos."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from miner.desk.arrivals import arrived
from miner.desk.base import Statement, sentence, statements_of
from miner.expo import phase

_ALL = -1
"""SQLite's limit that is none."""
_NAMED = (
    " join articles a on a.id = m.article_id join documents d on d.id = a.document_id join runs r on r.id = d.run_id"
    " where m.field = 'body' and a.duplicate_of is null"
)
"""SQL: the articles that mentions `m` stand in, with what tells when each came."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Words of an article about an enterprise, and where they stand."""

    text: str
    article_id: str
    headline: str
    published: str | None


@dataclass(frozen=True, slots=True)
class Deal:
    """An event that an enterprise took part in: with whom, for how much, told where."""

    event_id: str
    type: str
    title: str
    date: str | None
    status: str
    edition: int | None
    partners: tuple[str, ...]
    amount: float | None
    amount_unit: str | None
    told: Mentioned


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who holds a post at an enterprise, as the newest article has it."""

    name: str
    title: str
    told: Mentioned


@dataclass(frozen=True, slots=True)
class Presence:
    """How many articles name an enterprise before, during and after an expo, and whether it is told to take part."""

    edition: int
    before: int
    during: int
    after: int
    exhibits: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """All that is told of one enterprise."""

    n_articles: int
    first_seen: str | None
    last_seen: str | None
    country: str | None
    industry: str | None
    names: tuple[str, ...]
    base: tuple[Statement, ...]
    """Country, trade, main business and investments in China, as the coverage says them or a lexicon knows."""
    deals: tuple[Deal, ...]
    contacts: tuple[Contact, ...]
    words: tuple[Mentioned, ...]
    presence: tuple[Presence, ...]

    def said(self, kind: str) -> tuple[Statement, ...]:
        """Return the statements of one kind."""
        return tuple(one for one in self.base if one.kind == kind)

    @property
    def invested(self) -> tuple[Statement | Mentioned, ...]:
        """What it has put into China: as it is said, and the events of that type."""
        return (*self.said("investment"), *(deal.told for deal in self.deals if deal.type == "investment"))


def coverage(connection: sqlite3.Connection, enterprise_id: str, *, most: int = _ALL) -> Coverage | None:
    """Return what is told of an enterprise; None when the database has none of that id.

    `most` bounds events, people and words, the newest first; all come without it.
    """
    row = connection.execute(
        "select name, short_name, country, industry, n_articles, first_seen, last_seen from enterprises where id = ?",
        (enterprise_id,),
    ).fetchone()
    if row is None:
        return None
    aliases = connection.execute(
        "select alias from aliases where enterprise_id = ?", (enterprise_id,)
    ).fetchall()
    names = tuple(dict.fromkeys(name for name in (row[0], row[1], *(a for (a,) in aliases)) if name))
    deals = tuple(_deals(connection, enterprise_id, most))
    return Coverage(
        row[4], row[5], row[6], row[2], row[3], names,
        tuple(statements_of(connection, enterprise_id)),
        deals,
        tuple(_contacts(connection, enterprise_id, most)),
        tuple(_words(connection, enterprise_id, most)),
        tuple(_presence(connection, enterprise_id, deals)),
    )  # fmt: skip


def news_since(
    connection: sqlite3.Connection, enterprise_id: str, since: str, *, most: int = _ALL
) -> Iterator[Mentioned]:
    """Yield what articles that came after a time (UTC) say of an enterprise: a sentence each, the newest first.

    An article that is read again is not new.
    """
    rows = connection.execute(
        f"select a.id, a.headline, a.published, a.body, min(m.start) from mentions m{_NAMED}"
        f" and m.enterprise_id = ?1 and {arrived(connection)} > ?2"
        " group by a.id order by a.published desc, a.id limit ?3",
        (enterprise_id, since, most),
    )
    for key, headline, published, body, start in rows:
        yield Mentioned(sentence(body, start), key, headline or "", published)


def count_new(connection: sqlite3.Connection, enterprise_id: str, since: str) -> int:
    """Return how many articles that name an enterprise came after a time (UTC)."""
    row = connection.execute(
        f"select count(distinct a.id) from mentions m{_NAMED} and m.enterprise_id = ?1 and {arrived(connection)} > ?2",
        (enterprise_id, since),
    ).fetchone()
    return int(row[0])


def news_of_all(connection: sqlite3.Connection, *, most: int) -> Iterator[tuple[str, Mentioned]]:
    """Yield what is new of all targets since each was looked at, the newest first: the target's name, and a sentence."""
    rows = connection.execute(
        f"select t.name, a.id, min(m.start) from targets t join mentions m on m.enterprise_id = t.enterprise_id{_NAMED}"
        f" and {arrived(connection)} > coalesce(t.looked, '')"
        " group by t.id, a.id order by a.published desc, a.id, t.name limit ?",
        (most,),
    )
    for name, key, start in rows.fetchall():
        headline, published, body = connection.execute(
            "select coalesce(headline, ''), published, body from articles where id = ?", (key,)
        ).fetchone()
        yield name, Mentioned(sentence(body, start), key, headline, published)


def _deals(connection: sqlite3.Connection, enterprise_id: str, most: int) -> Iterator[Deal]:
    rows = connection.execute(
        "select e.id, e.type, e.title, e.date, e.status, e.edition, e.amount, e.amount_unit,"
        " r.evidence, a.id, a.headline, a.published, min(r.id)"
        " from events e join event_participants p on p.event_id = e.id and p.enterprise_id = ?1"
        " join event_reports r on r.id = p.report_id join articles a on a.id = r.article_id"
        " group by e.id order by e.date desc, e.id limit ?2",
        (enterprise_id, most),
    )
    for row in rows.fetchall():
        partners = connection.execute(
            "select distinct name from event_participants where event_id = ? and enterprise_id is not ?"
            " order by name",
            (row[0], enterprise_id),
        )
        told = Mentioned(row[8], row[9], row[10] or "", row[11])
        yield Deal(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            row[5],
            tuple(name for (name,) in partners),
            row[6],
            row[7],
            told,
        )


def _contacts(connection: sqlite3.Connection, enterprise_id: str, most: int) -> Iterator[Contact]:
    rows = connection.execute(
        "select n.name, p.title, a.body, p.field, p.start, a.id, a.headline, a.published"
        " from posts p join people n on n.id = p.person_id join articles a on a.id = p.article_id"
        " where p.enterprise_id = ? order by a.published desc, n.name limit ?",
        (enterprise_id, most),
    )
    seen = set()
    for name, title, body, field, start, key, headline, published in rows:
        if (name, title) not in seen:
            seen.add((name, title))
            text = sentence(body, start) if field == "body" else headline or ""
            yield Contact(name, title, Mentioned(text, key, headline or "", published))


def _words(connection: sqlite3.Connection, enterprise_id: str, most: int) -> Iterator[Mentioned]:
    rows = connection.execute(
        "select q.speaker || '：' || q.text, a.id, a.headline, a.published from quotes q"
        " join articles a on a.id = q.article_id"
        " where q.enterprise_id = ?1 or q.person_id in (select person_id from posts where enterprise_id = ?1)"
        " order by a.published desc, q.id limit ?2",
        (enterprise_id, most),
    )
    yield from (Mentioned(text, key, headline or "", published) for text, key, headline, published in rows)


def _presence(
    connection: sqlite3.Connection, enterprise_id: str, deals: tuple[Deal, ...]
) -> Iterator[Presence]:
    counts: dict[int, dict[str, int]] = {}
    rows = connection.execute(
        "select distinct a.id, a.published from articles a join mentions m on m.article_id = a.id"
        " where m.enterprise_id = ? and a.published is not null and a.duplicate_of is null",
        (enterprise_id,),
    )
    for _, published in rows:
        if (when := phase(published)) is not None:
            names = counts.setdefault(when.edition, dict.fromkeys(("before", "during", "after"), 0))
            names[when.name] += 1
    exhibited = {deal.edition for deal in deals if deal.type == "exhibition" and deal.edition is not None}
    for edition in sorted(counts.keys() | exhibited, reverse=True):
        yield Presence(edition, **counts.get(edition, dict.fromkeys(("before", "during", "after"), 0)),
                       exhibits=edition in exhibited)  # fmt: skip
