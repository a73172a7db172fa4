"""What list pages show of each thing: its row, those who took part, and the sentence that tells of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from miner.publish.archive import ENTITY_OF, KINDS, LABEL_OF, NAME_OF, PATH_OF, first, rows, scalar

_BEFORE, _AFTER = 20, 30
_PARTIES = 8


def hydrate(connection: sqlite3.Connection, kind: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of things of one kind, in the order given, each with a place in an article that tells of it."""
    one = {"event": _event, "quote": _quote, "figure": _figure}.get(kind)
    found = (one(connection, identity) if one else _entity(connection, kind, identity) for identity in ids)
    return [row for row in found if row is not None]


def _entity(connection: sqlite3.Connection, label: str, identity: str) -> dict[str, Any] | None:
    kind = KINDS[label]
    row = first(connection, f"select * from [{kind.table}] where id = ?", (identity,))
    if row is None:
        return None
    latest = first(
        connection,
        "select article_id from appearances where entity_id = ? order by published desc, article_id desc limit 1",
        (identity,),
    )
    place = latest and first(
        connection,
        f"select m.article_id, m.field, m.start, m.end, m.text, {_around('m')}, a.headline, a.newspaper, a.published, {PATH_OF} from mentions m "
        f"join articles a on a.id = m.article_id where m.article_id = ? and +m.{kind.column} = ? order by m.field <> 'body', m.start limit 1",
        (latest["article_id"], identity),
    )  # fmt: skip
    row["source"] = _trimmed(place) if place else None
    return row


def _around(alias: str) -> str:
    return (
        f"case when {alias}.field = 'body' then substr(a.body, max({alias}.start - {_BEFORE}, 0) + 1, min({alias}.start, {_BEFORE})) else '' end as before, "
        f"case when {alias}.field = 'body' then substr(a.body, {alias}.end + 1, {_AFTER}) else '' end as after"
    )


def _trimmed(place: dict[str, Any]) -> dict[str, Any]:
    """Cut what stands around a place to its own paragraph and sentence."""
    before, after = place["before"].rsplit("\n", 1)[-1], place["after"].split("\n", 1)[0]
    place["before"], place["after"] = before.rsplit("。", 1)[-1], after.split("。", 1)[0]
    return place


def _event(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    row = first(connection, "select * from events where id = ?", (identity,))
    if row is None:
        return None
    row["source"] = first(
        connection,
        f"select r.article_id, r.field, r.start, r.end, r.evidence as text, a.headline, a.newspaper, a.published, {PATH_OF} from event_reports r "
        "join articles a on a.id = r.article_id where r.event_id = ? order by r.confidence desc, r.id limit 1",
        (identity,),
    )
    row["date_method"] = how_dated(connection, identity, row["date"])
    row["parties"] = rows(
        connection,
        f"select distinct coalesce({NAME_OF.format('p')}, p.name) as name, {ENTITY_OF.format('p')} as entity_id, {LABEL_OF.format('p')} as label, p.role "
        f"from event_participants p where p.event_id = ? limit {_PARTIES}",
        (identity,),
    )
    return row


def how_dated(connection: sqlite3.Connection, event: str, day: str | None) -> str | None:
    """Return how the date of an event was found, in the report of that date that is surest."""
    sql = "select date_method from event_reports where event_id = ? and date = ? order by confidence desc, id limit 1"
    found: str | None = scalar(connection, sql, (event, day))
    return found


def _quote(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    row = first(
        connection,
        f"select q.*, a.headline, a.newspaper, a.published, {PATH_OF}, a.edition, coalesce(p.name, n.name, g.name, q.speaker) as name, "
        "coalesce(q.person_id, q.enterprise_id, q.organization_id) as entity_id, case when q.person_id is not null then 'person' "
        "when q.enterprise_id is not null then 'enterprise' when q.organization_id is not null then 'organization' end as label "
        "from quotes q join articles a on a.id = q.article_id left join people p on p.id = q.person_id "
        "left join enterprises n on n.id = q.enterprise_id left join organizations g on g.id = q.organization_id where q.id = ?",
        (identity,),
    )
    if row is not None:
        row["source"] = {
            name: row[name]
            for name in (
                "article_id",
                "field",
                "start",
                "end",
                "text",
                "headline",
                "newspaper",
                "published",
                "path",
            )
        }
        row["posts"] = rows(
            connection,
            "select distinct t.title, coalesce(n.name, g.name, t.organization_text) as organization, coalesce(t.enterprise_id, t.organization_id) as entity_id, "
            "case when t.enterprise_id is not null then 'enterprise' when t.organization_id is not null then 'organization' end as label from posts t "
            "left join enterprises n on n.id = t.enterprise_id left join organizations g on g.id = t.organization_id "
            "where t.article_id = ? and +t.person_id = ? limit 2",
            (row["article_id"], row["person_id"]),
        ) if row["person_id"] else []  # fmt: skip
    return row


def _figure(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    sql = f"select f.*, {_around('f')}, a.headline, a.newspaper, a.published, {PATH_OF} from figures f join articles a on a.id = f.article_id where f.id = ?"
    row = first(connection, sql, (identity,))
    if row is not None:
        kept = (
            "article_id",
            "field",
            "start",
            "end",
            "text",
            "before",
            "after",
            "headline",
            "newspaper",
            "published",
            "path",
        )
        row["source"] = _trimmed({name: row[name] for name in kept})
    return row
