"""A bare title that one person holds in the archive at that time leads to that person: 总书记, 区委书记.

Only the words of who spoke, or took part, lead there; nobody is merged over a title. What is a title is known from the
posts of the archive. A title that most posts give without any body tells its body by itself (总书记) and is looked up in
the whole archive; with a body that leaves its region out (区委书记) only on the same page or in the same newspaper.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from miner.resolve.judge import Judgement, Reason, store_judgements, weigh
from miner.resolve.names import fold
from miner.resolve.regions import is_relative

__all__ = ["link_offices"]

_SHORTEST = 3
"""Characters of a title that tells its body by itself: 总书记, not 书记."""
_DAYS = 400
"""A post is held so long before and after the day of a paper that gives it."""
_PRIOR = -1.5


class OfficeHolder(NamedTuple):
    """Somebody who holds an office near an article."""

    person: str
    name: str
    articles: int
    """In so many articles."""
    near: bool
    """On the same page, or in the same file."""


def link_offices(connection: sqlite3.Connection) -> None:
    """Link quotes and participants that name an office alone, and tell why; the caller holds the transaction.

    Raises sqlite3.Error.
    """
    _find_offices(connection)
    bodies = dict(connection.execute("select words, body from temp.offices").fetchall())
    found: list[tuple[str, Judgement]] = []
    for table in _OPEN:
        found += [(table, judgement) for judgement in _judged(connection, table, bodies)]
    for table, judgement in found:
        if judgement.same:
            connection.execute(
                f"update [{table}] set person_id = ? where id = ?", (judgement.right_id, judgement.left_id)
            )
    store_judgements(connection, [judgement for _, judgement in found])
    connection.execute("drop table temp.offices")


def _find_offices(connection: sqlite3.Connection) -> None:
    """Gather who holds what, by the words that would name the office, in a temporary table."""
    connection.execute("drop table if exists temp.offices")
    connection.execute(
        "create temp table offices (words text, body text, person_id text, article_id text, document_id text, newspaper text, day real)"
    )
    connection.execute(
        "insert into temp.offices select p.organization_text || p.title, p.organization_text, p.person_id, a.id, a.document_id, a.newspaper,"
        " julianday(a.published) from posts p join articles a on a.id = p.article_id where p.person_id is not null and p.status = 'present'"
    )
    connection.execute("create index temp.office_words on offices (words)")
    # A title that is mostly given with a body says nothing without one: 董事长 is that of somebody's company.
    connection.execute(
        "delete from temp.offices where body = '' and words in (select title from posts group by title"
        " having sum(organization_text = '') * 2 <= count(*))"
    )


_OPEN = {
    "quotes": "select q.id, q.speaker, q.article_id from quotes q where q.person_id is null and q.enterprise_id is null and q.organization_id is null",
    "event_participants": (
        "select t.id, t.name, r.article_id from event_participants t join event_reports r on r.id = t.report_id"
        " where t.person_id is null and t.enterprise_id is null and t.organization_id is null and t.place_id is null"
    ),
}
_HOLDERS = (
    "select o.person_id, n.name, count(distinct o.article_id), max(o.document_id = a.document_id) from temp.offices o"
    " join people n on n.id = o.person_id join articles a on a.id = :article where o.words = :words"
    " and (o.document_id = a.document_id or (:wide and abs(o.day - julianday(a.published)) <= :days)"
    " or (o.newspaper = a.newspaper and abs(o.day - julianday(a.published)) <= :days)) group by 1, 2 order by 1"
)


def _judged(connection: sqlite3.Connection, table: str, bodies: Mapping[str, str]) -> Iterator[Judgement]:
    """Yield where the offices that rows of a table name alone lead; `bodies` gives the body of each office."""
    for identifier, text, article in connection.execute(f"{_OPEN[table]} order by 1").fetchall():
        body = bodies.get(text)
        if body is None or len(text) < _SHORTEST:
            continue
        wide = not body or not is_relative(fold(body))
        given = {"article": article, "words": text, "wide": wide, "days": _DAYS}
        holders = [
            OfficeHolder(person, name, articles, bool(near))
            for person, name, articles, near in connection.execute(_HOLDERS, given)
        ]
        if holders:
            yield _judgement(identifier, text, holders)


def _judgement(identifier: str, text: str, holders: list[OfficeHolder]) -> Judgement:
    best = max(holders, key=lambda held: (held.near, held.articles, held.person))
    only = len(holders) == 1
    reasons = [
        Reason(1.5 if only else -3.0, "档案中此时只有1人任此职" if only else f"此时有{len(holders)}人任此职"),
        Reason(min(0.5 * best.articles, 2.0), f"{best.articles}篇文章说{best.name}任{text}"),
        Reason(0.5 if best.near else 0.0, "同一版面或文件" if best.near else "另一版面"),
    ]
    score, texts = weigh(_PRIOR, reasons)
    return Judgement("office", identifier, best.person, text, best.name, score, texts)
