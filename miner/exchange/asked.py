"""What was asked of an archive as rows: all articles that a search finds, all facts of one thing, with their evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from miner.ask.facts import Event, Narrowing, PostFact, QuoteFact, WrittenAt, events, posts, quotes
from miner.ask.things import find
from miner.desk.export import ExportedRows, Row
from miner.errors import InputError
from miner.publish.archive import KINDS
from miner.publish.pages.found import every
from miner.publish.pages.search import Request
from miner.store.words import codes

__all__ = ["dossier_rows", "search_rows"]

_ARTICLE = (
    "id", "headline", "kicker", "subtitle", "section", "byline", "newspaper", "published", "page", "edition", "body",
    "n_chars", "duplicate_of", "path",
)  # fmt: skip
_FACT = ("kind", "type", "date", "date_end", "what", "who", "status", "edition", "amount", "unit")
_WHERE = (
    "newspaper",
    "published",
    "page",
    "headline",
    "path",
    "line",
    "sentence",
    "article_id",
    "start",
    "end",
)
_ALL = -1


def search_rows(connection: sqlite3.Connection, words: str) -> ExportedRows:
    """Return all articles that a search finds, in order of day, as rows that are read once."""
    found = every(connection, Request.read({"q": words, "sort": "oldest"}))
    return ExportedRows(_ARTICLE, (tuple(article[name] for name in _ARTICLE) for article in found))


def dossier_rows(connection: sqlite3.Connection, name: str) -> ExportedRows:
    """Return all events, words and posts of the thing that bears a name, a row for every place where one is told.

    Raises InputError, which tells near names, where nothing bears it.
    """
    found = find(connection, name)
    if not found.things:
        near = "、".join(one.name for one in found.near)
        raise InputError(
            f"档案里没有这个名称 / no such name: {name}",
            code="no-name",
            hint=f"近似的名称 near names: {near}" if near else None,
        )
    thing = found.things[0]
    return ExportedRows((*_FACT, *_WHERE), _facts(connection, Narrowing((thing.label, thing.id), limit=_ALL)))


def _facts(connection: sqlite3.Connection, asked: Narrowing) -> Iterator[Row]:
    for event in events(connection, asked):
        for report in event.reports:
            yield (*_event(event), *_where(report.source))
    if asked.thing is not None and asked.thing[0] == "place":
        return
    for said in quotes(connection, asked):
        yield (*_said(said), *_where(said.source))
    for post in posts(connection, asked):
        yield (*_post(post), *_where(post.source))


def _event(event: Event) -> Row:
    types, states = codes()["type"], codes()["status"]
    who = "；".join(
        f"{party.name}（{KINDS[party.label].title}）" if party.label in KINDS else party.name
        for party in event.parties
    )
    return (
        "事件", types.get(event.type, event.type), event.date, event.date_end, event.title, who,
        states.get(event.status, event.status), event.edition, event.amount, event.amount_unit,
    )  # fmt: skip


def _said(said: QuoteFact) -> Row:
    kind = "直接" if said.direct else "间接"
    return ("引语", kind, said.source.published, None, said.text, said.speaker, None, None, None, None)


def _post(post: PostFact) -> Row:
    return ("职务", None, post.since, post.until, f"{post.body} {post.title}".strip(), post.person, post.status,
            None, None, None)  # fmt: skip


def _where(source: WrittenAt) -> Row:
    return (
        source.newspaper, source.published, source.page, source.headline, source.path, source.line, source.sentence,
        source.article_id, source.start, source.end,
    )  # fmt: skip
