"""All that the archive tells of one thing, at one edition or ever: events, words, posts, and the articles that name it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from miner.ask.facts import Event, Narrowing, PostFact, QuoteFact, events, posts, quotes
from miner.ask.things import Thing

__all__ = ["Dossier", "Written", "dossier"]


@dataclass(frozen=True, slots=True)
class Written:
    """An article that names a thing, and where it lies; `published` is an ISO day."""

    id: str
    headline: str | None
    newspaper: str | None
    published: str | None
    page: str | None
    path: str
    n_mentions: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """A thing with its facts, the latest first but posts, which are in order of time."""

    thing: Thing
    edition: int | None
    events: tuple[Event, ...]
    quotes: tuple[QuoteFact, ...]
    posts: tuple[PostFact, ...]
    articles: tuple[Written, ...]


def dossier(
    connection: sqlite3.Connection, thing: Thing, *, edition: int | None = None, limit: int = 30
) -> Dossier:
    """Return what is told of a thing, at most `limit` facts of a kind; with an edition, only what belongs to it."""
    asked = Narrowing((thing.label, thing.id), edition, limit=limit)
    place = thing.label == "place"
    return Dossier(
        thing,
        edition,
        tuple(events(connection, asked)),
        () if place else tuple(quotes(connection, asked)),
        () if place else tuple(posts(connection, asked)),
        _written(connection, asked),
    )


def _written(connection: sqlite3.Connection, asked: Narrowing) -> tuple[Written, ...]:
    rows = connection.execute(
        "select a.id, a.headline, a.newspaper, a.published, a.page, d.path, p.n_mentions from appearances p "
        "join articles a on a.id = p.article_id join documents d on d.id = a.document_id "
        "where p.entity_id = ?1 and (?2 is null or a.edition = ?2) order by p.published desc, a.id limit ?3",
        (asked.thing[1] if asked.thing else "", asked.edition, asked.limit),
    )
    return tuple(Written(*row) for row in rows)
