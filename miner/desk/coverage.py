"""What the coverage says of an enterprise: articles, events with partners and sums, people to talk to, words, expos."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from miner.expo import phase
from miner.language.lexicon import load_lexicon

_MOST_SENTENCES = 3
_ENDS = re.compile("[。！？\n]")


@dataclass(frozen=True, slots=True)
class Told:
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
    told: Told


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who holds a post at an enterprise, as the newest article has it."""

    name: str
    title: str
    told: Told


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
    business: tuple[Told, ...]
    invested: tuple[Told, ...]
    deals: tuple[Deal, ...]
    contacts: tuple[Contact, ...]
    words: tuple[Told, ...]
    presence: tuple[Presence, ...]


def coverage(connection: sqlite3.Connection, enterprise_id: str) -> Coverage | None:
    """Return what is told of an enterprise; None when the database has none of that id."""
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
    deals = tuple(_deals(connection, enterprise_id))
    return Coverage(
        row[4], row[5], row[6], row[2], row[3], names,
        tuple(_sentences(connection, enterprise_id, _says_what())),
        (*(deal.told for deal in deals if deal.type == "investment"),
         *_sentences(connection, enterprise_id, _says_invested()))[:_MOST_SENTENCES],
        deals,
        tuple(_contacts(connection, enterprise_id)),
        tuple(_words(connection, enterprise_id)),
        tuple(_presence(connection, enterprise_id, deals)),
    )  # fmt: skip


def news(connection: sqlite3.Connection, enterprise_id: str, since: str) -> Iterator[Told]:
    """Yield what articles read after a time (UTC) say of an enterprise: a sentence each, the newest first."""
    rows = connection.execute(
        "select distinct a.id, a.headline, a.published, a.body, m.start from articles a"
        " join mentions m on m.article_id = a.id and m.field = 'body' and m.enterprise_id = ?1"
        " join documents d on d.id = a.document_id join runs r on r.id = d.run_id"
        " where r.started > ?2 and a.duplicate_of is null order by a.published desc, a.id, m.start",
        (enterprise_id, since),
    )
    seen = set()
    for key, headline, published, body, start in rows:
        if key not in seen:
            seen.add(key)
            yield Told(_sentence(body, start), key, headline or "", published)


def _deals(connection: sqlite3.Connection, enterprise_id: str) -> Iterator[Deal]:
    rows = connection.execute(
        "select e.id, e.type, e.title, e.date, e.status, e.edition, e.amount, e.amount_unit,"
        " r.evidence, a.id, a.headline, a.published, min(r.id)"
        " from events e join event_participants p on p.event_id = e.id and p.enterprise_id = ?1"
        " join event_reports r on r.id = p.report_id join articles a on a.id = r.article_id"
        " group by e.id order by e.date desc, e.id",
        (enterprise_id,),
    )
    for row in rows.fetchall():
        partners = connection.execute(
            "select distinct name from event_participants where event_id = ? and enterprise_id is not ?"
            " order by name",
            (row[0], enterprise_id),
        )
        told = Told(row[8], row[9], row[10] or "", row[11])
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


def _contacts(connection: sqlite3.Connection, enterprise_id: str) -> Iterator[Contact]:
    rows = connection.execute(
        "select n.name, p.title, a.body, p.field, p.start, a.id, a.headline, a.published"
        " from posts p join people n on n.id = p.person_id join articles a on a.id = p.article_id"
        " where p.enterprise_id = ? order by a.published desc, n.name",
        (enterprise_id,),
    )
    seen = set()
    for name, title, body, field, start, key, headline, published in rows:
        if (name, title) not in seen:
            seen.add((name, title))
            text = _sentence(body, start) if field == "body" else headline or ""
            yield Contact(name, title, Told(text, key, headline or "", published))


def _words(connection: sqlite3.Connection, enterprise_id: str) -> Iterator[Told]:
    rows = connection.execute(
        "select q.speaker || '：' || q.text, a.id, a.headline, a.published from quotes q"
        " join articles a on a.id = q.article_id"
        " where q.enterprise_id = ?1 or q.person_id in (select person_id from posts where enterprise_id = ?1)"
        " order by a.published desc, q.id",
        (enterprise_id,),
    )
    yield from (Told(text, key, headline or "", published) for text, key, headline, published in rows)


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


def _sentences(
    connection: sqlite3.Connection, enterprise_id: str, pattern: re.Pattern[str]
) -> Iterator[Told]:
    """Yield the first sentences naming an enterprise that a pattern finds beside its name."""
    rows = connection.execute(
        "select a.body, m.start, m.end, a.id, a.headline, a.published from mentions m"
        " join articles a on a.id = m.article_id where m.enterprise_id = ? and m.field = 'body'"
        " and a.duplicate_of is null order by a.published desc, a.id, m.start",
        (enterprise_id,),
    )
    seen: set[str] = set()
    for body, start, end, key, headline, published in rows:
        text = _sentence(body, start)
        near = f"{_ENDS.split(body[max(0, start - 30) : start])[-1]}\0{_ENDS.split(body[end : end + 60])[0]}"
        if text not in seen and pattern.search(near):
            seen.add(text)
            yield Told(text, key, headline or "", published)
            if len(seen) == _MOST_SENTENCES:
                return


def _sentence(body: str, at: int) -> str:
    start = max(body.rfind(mark, 0, at) for mark in "。！？\n") + 1
    ends = [end for end in (body.find(mark, at) for mark in "。！？\n") if end >= 0]
    return body[start : min(ends) + 1 if ends else len(body)].strip()


@cache
def _says_what() -> re.Pattern[str]:
    kinds, does, praise = ("|".join(_longest(name)) for name in ("kinds", "does", "praise"))
    return re.compile(
        rf"(?:{praise}|[\u4e00-\u9fff]国)[^，。；：、]{{0,14}}(?:{kinds})(?:之一)?\0"
        rf"|\0[^，。；]{{0,8}}是[^，。；]{{2,30}}(?:{kinds})|\0[^。；]{{0,20}}(?:{does})"
    )


@cache
def _says_invested() -> re.Pattern[str]:
    return re.compile(rf"\0[^。；]{{0,30}}(?:{'|'.join(map(re.escape, _longest('invests')))})")


def _longest(name: str) -> list[str]:
    words: Mapping[str, tuple[str, ...]] = {entry.name: entry.words for entry in load_lexicon("business")}
    return sorted(words[name], key=lambda word: (-len(word), word))
