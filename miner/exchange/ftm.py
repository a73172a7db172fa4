"""An archive as FollowTheMoney entities (JSON lines), the form of Aleph and OpenSanctions: things, articles, events, posts, mentions.

Companies, people, bodies and places are entities; an article is an `Article`; a post is an `Employment` with the sentence that
tells it as its `summary` and the article as its `proof`; an event is an `Event` whose `involved` are its parties and whose
`description` are the sentences; a `Mention` leads from every article to what it names.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from miner.ask.facts import Event, Narrowing, PostFact, events, posts
from miner.ask.things import LABELS, Thing, thing
from miner.desk.export import written
from miner.publish.archive import KINDS

__all__ = ["entities", "export_ftm"]

_SCHEMATA = {"enterprise": "Company", "person": "Person", "organization": "Organization", "place": "Address"}
_BODIES = frozenset({"government", "party", "district", "city", "province"})
_MOST_NAMES = 200

Entity = dict[str, Any]


def export_ftm(connection: sqlite3.Connection, path: Path) -> int:
    """Write all entities to a file, whole or not at all; returns how many. Raises InputError when it cannot be written."""
    count = 0
    with written(path) as file:
        for entity in entities(connection):
            file.write(json.dumps(entity, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            count += 1
    return count


def entities(connection: sqlite3.Connection) -> Iterator[Entity]:
    """Yield every entity; what refers comes after what it refers to."""
    yield from _things(connection)
    yield from _articles(connection)
    yield from (_event(event) for event in events(connection, Narrowing(limit=-1)))
    yield from (_post(post) for post in posts(connection, Narrowing(limit=-1)) if post.body)
    yield from _mentions(connection)


def _entity(schema: str, identity: str, **properties: str | Iterable[str | None] | None) -> Entity:
    """Return an entity; empty properties are left out, and every value stands once."""
    kept: dict[str, list[str]] = {}
    for name, given in properties.items():
        values = [given] if isinstance(given, str) else list(given or ())
        if values := list(dict.fromkeys(value for value in values if value)):
            kept[name.rstrip("_")] = values
    return {"id": identity, "schema": schema, "properties": kept}


def _things(connection: sqlite3.Connection) -> Iterator[Entity]:
    for label in LABELS:
        for (identity,) in connection.execute(
            f"select id from [{KINDS[label].table}] order by id"
        ).fetchall():
            if (found := thing(connection, label, identity)) is not None:
                yield _thing(found)


def _thing(found: Thing) -> Entity:
    schema = _SCHEMATA[found.label]
    if found.label == "organization" and found.known.get("kind") in _BODIES:
        schema = "PublicBody"
    alias = found.names[:_MOST_NAMES]
    if schema == "Address":
        return _entity(schema, _id(found.label, found.id), full=found.name, name=found.name, alias=alias)
    about = f"见于 {found.n_articles} 篇,{found.first_seen or '?'} 至 {found.last_seen or '?'}"
    country, industry = found.known.get("country"), found.known.get("industry")
    more: dict[str, str | None] = {"sector": industry} if schema == "Company" else {}
    notes = [about, f"国家地区:{country}" if country else None]
    return _entity(schema, _id(found.label, found.id), name=found.name, alias=alias, notes=notes, **more)


def _id(label: str, identity: str) -> str:
    return f"{label}-{identity}"


def _articles(connection: sqlite3.Connection) -> Iterator[Entity]:
    rows = connection.execute(
        "select a.id, a.headline, a.byline, a.newspaper, a.published, a.body, a.url, d.path from articles a "
        "join documents d on d.id = a.document_id order by a.id"
    )
    for key, headline, byline, newspaper, published, body, url, path in rows:
        yield _entity(
            "Article", _id("article", key), title=headline or "(无标题)", author=byline, publisher=newspaper, date=_day(published),
            bodyText=body, sourceUrl=url, fileName=path, language="zho",
        )  # fmt: skip


def _day(published: str | None) -> str | None:
    return published if published and published[:1].isdigit() else None


def _event(event: Event) -> Entity:
    involved = [
        _id(party.label, party.id)
        for party in event.parties
        if party.label and party.id and party.label != "place"
    ]
    told = [f"{report.source.where}:{report.source.sentence}" for report in event.reports]
    amount = f"{event.amount:g} {event.amount_unit or ''}".strip() if event.amount is not None else None
    return _entity(
        "Event", _id("event", event.id), name=event.title, summary=[event.type, event.status, amount], startDate=_day(event.date),
        endDate=_day(event.date_end), location=event.place, involved=involved, description=told,
        proof=[_id("article", report.source.article_id) for report in event.reports],
    )  # fmt: skip


def _post(post: PostFact) -> Entity:
    source = post.source
    common = {
        "role": post.title,
        "status": post.status,
        "date": _day(source.published),
        "startDate": post.since,
        "endDate": post.until,
    }
    told = {
        "summary": source.sentence,
        "description": source.where,
        "proof": _id("article", source.article_id),
    }
    if post.body_id is None:
        return _entity(
            "Person", _id("person", post.person_id), name=post.person, position=f"{post.body} {post.title}"
        )
    return _entity(
        "Employment",
        _id("post", post.id),
        employee=_id("person", post.person_id),
        employer=post.body_id,
        **common,
        **told,
    )


def _mentions(connection: sqlite3.Connection) -> Iterator[Entity]:
    rows = connection.execute(
        "select m.article_id, m.label, coalesce(m.enterprise_id, m.person_id, m.organization_id) as e, m.text from mentions m "
        "where e is not null group by 1, 2, 3 order by 1, 2, 3"
    )
    for article, label, key, text in rows:
        yield _entity(
            "Mention", f"mention-{article}-{key}", document=_id("article", article), resolved=_id(label, key), name=text,
            detectedSchema=_SCHEMATA[label],
        )  # fmt: skip
