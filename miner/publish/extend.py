"""Columns that OpenRefine adds to reconciled rows: country, industry, business, editions, people and posts of the archive.

The data extension of the Reconciliation Service API 0.2: properties are proposed for a type, and a batch of ids is answered with
their values. The same properties may be given with a query to tell things of one name apart.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from miner.language.editions import edition_title
from miner.publish.archive import KINDS
from miner.store import kept

MAX_IDS, MAX_PROPERTIES = 200, 20
_MOST = 20
"""Values of a property that are handed out."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a kind of thing; the query gives its values for `:id`: text, or id and name with a `label`."""

    id: str
    name: str
    labels: tuple[str, ...]
    sql: str
    label: str = ""
    """What the values are, when they are things: enterprise, person, organization."""
    needs: str = ""
    """A table that an archive of an older program may lack."""


_BODIES = ("enterprise", "organization")
_POSTS = (
    "select n.name || ' ' || p.title, max(p.date) as d from posts p join people n on n.id = p.person_id "
    "where p.{0} = :id group by 1 order by d desc, 1"
)
_STATED = (
    "select value from enterprise_statements where enterprise_id = :id and kind = '{0}' and origin = 'read' "
    "order by n_articles desc, id"
)
_PROPERTIES = (
    Property("country", "国家或地区", ("enterprise",), "select country from enterprises where id = :id"),
    Property("industry", "行业", ("enterprise",), "select industry from enterprises where id = :id"),
    Property("business", "主营", ("enterprise",), _STATED.format("business"), needs="enterprise_statements"),
    Property("investment", "在华投资", ("enterprise",), _STATED.format("investment"), needs="enterprise_statements"),
    Property("short_name", "简称", ("enterprise",), "select short_name from enterprises where id = :id"),
    Property("kind", "类别", ("organization", "place"), "select kind from {table} where id = :id"),
    Property("latin_name", "外文名", ("person",), "select latin_name from people where id = :id"),
    Property(
        "editions", "见报的届次", tuple(KINDS),
        "select distinct edition from appearances where entity_id = :id and edition is not null order by 1",
    ),
    Property(
        "exhibited", "参展的届次", ("enterprise",),
        "select edition from edition_enterprises where enterprise_id = :id and exhibited order by 1",
    ),
    Property("posts", "职务", ("person",), "select coalesce(e.name, g.name, p.organization_text) || ' ' || p.title, max(p.date) as d "
             "from posts p left join enterprises e on e.id = p.enterprise_id left join organizations g on g.id = p.organization_id "
             "where p.person_id = :id group by 1 order by d desc, 1"),
    Property("posts", "职务", ("enterprise",), _POSTS.format("enterprise_id")),
    Property("posts", "职务", ("organization",), _POSTS.format("organization_id")),
    Property("people", "人物", ("enterprise",), "select distinct n.id, n.name from posts p join people n on n.id = p.person_id "
             "where p.enterprise_id = :id order by 2", "person"),
    Property("people", "人物", ("organization",), "select distinct n.id, n.name from posts p join people n on n.id = p.person_id "
             "where p.organization_id = :id order by 2", "person"),
    Property("employers", "任职企业", ("person",), "select distinct n.id, n.name from posts p join enterprises n on n.id = p.enterprise_id "
             "where p.person_id = :id order by 2", "enterprise"),
    Property("partners", "合作方", ("enterprise",), "select distinct n.id, n.name from event_participants a join event_participants b "
             "on b.event_id = a.event_id and b.enterprise_id <> a.enterprise_id join enterprises n on n.id = b.enterprise_id "
             "where a.enterprise_id = :id order by 2", "enterprise"),
    Property("names", "其他写法", tuple(KINDS), "select name from names where entity_id = :id order by length(name) desc, name"),
    Property("first_seen", "首次见报", tuple(KINDS), "select first_seen from {table} where id = :id"),
    Property("last_seen", "最近见报", tuple(KINDS), "select last_seen from {table} where id = :id"),
    Property("n_articles", "报道篇数", tuple(KINDS), "select n_articles from {table} where id = :id"),
)  # fmt: skip
_EDITIONS = frozenset({"editions", "exhibited"})


def properties(label: str | None = None) -> list[dict[str, str]]:
    """Return the properties of things of a label, or of all, each once, with its id and name."""
    found = {one.id: one.name for one in _PROPERTIES if label is None or label in one.labels}
    return [{"id": key, "name": name} for key, name in found.items()]


def extended(connection: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of properties for a batch of ids, in the form of a data extension response.

    What is no id or no property gets no values.
    """
    wanted = [_id_of(one) for one in _list(asked.get("properties"))][:MAX_PROPERTIES]
    names = {one["id"]: one["name"] for one in properties()}
    meta = [{"id": key, "name": names.get(key, key), **_type_of(key)} for key in wanted]
    ids = [str(one) for one in _list(asked.get("ids"))][:MAX_IDS]
    return {"meta": meta, "rows": {key: {p: _cells(connection, key, p) for p in wanted} for key in ids}}


def values(connection: sqlite3.Connection, label: str, identity: str, name: str) -> list[str]:
    """Return the values of a property of a thing as text."""
    return [
        str(cell.get("name") or cell.get("str")) for cell in _cells(connection, f"{label}/{identity}", name)
    ]


def _list(given: object) -> list[Any]:
    return given if isinstance(given, list) else []


def _id_of(given: object) -> str:
    return str(given.get("id") if isinstance(given, Mapping) else given)[:60]


def _type_of(name: str) -> dict[str, Any]:
    label = next((one.label for one in _PROPERTIES if one.id == name), "")
    return {"type": {"id": label, "name": KINDS[label].title}} if label else {}


def _cells(connection: sqlite3.Connection, key: str, name: str) -> list[dict[str, str]]:
    label, _, identity = key.partition("/")
    found = next((one for one in _PROPERTIES if one.id == name and label in one.labels), None)
    if found is None or (found.needs and not kept.has(connection, found.needs)):
        return []
    sql = f"{found.sql.format(table=f'[{KINDS[label].table}]')} limit {_MOST}"
    rows = connection.execute(sql, {"id": identity}).fetchall()
    if found.label:
        return [{"id": f"{found.label}/{row[0]}", "name": str(row[1])} for row in rows]
    return [{"str": _text(name, row[0])} for row in rows if row[0] not in (None, "")]


def _text(name: str, value: object) -> str:
    return edition_title(int(str(value))) if name in _EDITIONS else str(value)


def agreement(found: Iterable[str], given: Iterable[object]) -> float:
    """Return how far values of a property agree with those that were given: 1 one is the same, 0.5 one holds the other, 0 none.

    >>> agreement(["日本"], ["日本"]), agreement(["总经理 周启航"], ["周启航"]), agreement(["日本"], ["德国"])
    (1.0, 0.5, 0.0)
    """
    known, wanted = {text.strip() for text in found}, {str(value).strip() for value in given} - {""}
    if known & wanted:
        return 1.0
    return 0.5 if any(one in other or other in one for one in known for other in wanted) else 0.0
