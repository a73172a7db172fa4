"""An OpenRefine reconciliation service that knows full names, short names and every alias of the archive.

Follows the Reconciliation Service API 0.2 (W3C community group): manifest, batches of queries, suggest, preview, and the data
extension, which is `extend`.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from miner.publish import extend
from miner.publish.archive import KINDS, first, rows
from miner.publish.index import listed as lists
from miner.publish.pages.search import simplified
from miner.publish.urls import Addresses

MAX_QUERIES = 60
MAX_BODY = 512 * 1024
_TOP = "\U0010ffff"


def manifest(links: Addresses, root: str) -> dict[str, Any]:
    """Return the service manifest; `root` is the server's address without a path."""
    here = root + links.page("reconcile")
    suggest = {"service_url": here, "service_path": "/suggest/entity"}
    return {
        "versions": ["0.1", "0.2"], "name": "进博会新闻档案", "identifierSpace": root + links.page(), "schemaSpace": root + links.page(),
        "defaultTypes": [{"id": kind.label, "name": kind.title} for kind in KINDS.values()],
        "view": {"url": root + links.page("reconcile", "view") + "/{{id}}"},
        "preview": {"url": root + links.page("reconcile", "preview") + "/{{id}}", "width": 420, "height": 180},
        "suggest": {
            "entity": suggest, "type": {"service_url": here, "service_path": "/suggest/type"},
            "property": {"service_url": here, "service_path": "/suggest/property"},
        },
        "extend": {"propose_properties": {"service_url": here, "service_path": "/properties"}, "property_settings": []},
    }  # fmt: skip


def answer(connection: sqlite3.Connection, queries: Mapping[str, Any]) -> dict[str, Any]:
    """Return the candidates for a batch of queries; what is no query gets no candidates."""
    found: dict[str, Any] = {}
    for key, query in list(queries.items())[:MAX_QUERIES]:
        asked = query if isinstance(query, Mapping) else {}
        limit = asked.get("limit")
        most = min(limit, 20) if isinstance(limit, int) and limit > 0 else 5
        found[str(key)[:60]] = {
            "result": candidates(
                connection,
                str(asked.get("query") or ""),
                asked.get("type"),
                limit=most,
                given=asked.get("properties"),
            )
        }
    return found


def candidates(
    connection: sqlite3.Connection, name: str, kind: object = None, *, limit: int = 5, given: object = None
) -> list[dict[str, Any]]:
    """Return the things a name may mean, the best first, with a score from 0 to 100.

    100: the full name; 95: a known short name or alias; below: names that begin with it, or that it begins with. Properties that
    were given with the query ({"pid": "country", "v": "日本"}) take up to 30 off where they do not agree.
    """
    name = simplified(name.strip()[:120])
    if not name:
        return []
    scored: dict[tuple[str, str], dict[str, Any]] = {}
    for label in _labels(kind) or KINDS:
        for row in _near(connection, label, name):
            points = score(name, row["name"], row["alias"])
            old = scored.get((label, row["id"]))
            if old is None or points > old["score"]:
                scored[label, row["id"]] = _candidate(label, row, points)
    ranked = _ranked(scored.values())[: 3 * limit]
    for one in ranked:
        _weigh(connection, one, given)
    ranked = _ranked(ranked)[:limit]
    if ranked and ranked[0]["score"] >= _SURE and (len(ranked) == 1 or ranked[1]["score"] < _SURE):
        ranked[0]["match"] = True
    return ranked


_SURE = 95


def _labels(kind: object) -> set[str]:
    kinds = kind if isinstance(kind, list) else [kind]
    return {str(one.get("id") if isinstance(one, Mapping) else one) for one in kinds} & set(KINDS)


def _candidate(label: str, row: Mapping[str, Any], points: float) -> dict[str, Any]:
    return {
        "id": f"{label}/{row['id']}", "name": row["name"], "score": points, "match": False, "n_articles": row["n_articles"],
        "type": [{"id": label, "name": KINDS[label].title}], "description": f"{KINDS[label].title},见于 {row['n_articles']} 篇",
    }  # fmt: skip


def _ranked(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda item: (-item["score"], -item["n_articles"], item["id"]))


def _weigh(connection: sqlite3.Connection, candidate: dict[str, Any], given: object) -> None:
    """Take off a candidate's score what the given properties disagree in, and tell each as a feature."""
    label, _, identity = candidate["id"].partition("/")
    agreed: dict[str, float] = {}
    for one in given[: extend.MAX_PROPERTIES] if isinstance(given, list) else ():
        pid, said = _said(one)
        known = extend.values(connection, label, identity, pid) if said else []
        if known:
            agreed[pid[:60]] = extend.agreement(known, said)
    if agreed:
        off = 1 - sum(agreed.values()) / len(agreed)
        candidate["score"] = round(max(0.0, candidate["score"] - _MOST_OFF * off), 1)
        candidate["features"] = [{"id": pid, "value": value} for pid, value in agreed.items()]


def _said(one: object) -> tuple[str, list[str]]:
    """Return the id of a property that was given with a query, and its values as text."""
    if not isinstance(one, Mapping) or not one.get("pid"):
        return "", []
    values = one.get("v") if isinstance(one.get("v"), list) else [one.get("v")]
    texts = (v.get("name") or v.get("id") if isinstance(v, Mapping) else v for v in values or ())
    return str(one["pid"]), [str(text) for text in texts if text]


_MOST_OFF = 30


def score(asked: str, name: str, alias: str | None) -> float:
    """Return how well a name fits, from 0 to 100.

    >>> score("旭化成", "旭化成（中国）投资有限公司", "旭化成"), score("甲", "甲", None)
    (95.0, 100.0)
    """
    form = lists.form(asked)
    if form == lists.form(name):
        return 100.0
    if form == lists.form(alias or ""):
        return 95.0
    ratio = max(difflib.SequenceMatcher(None, asked, other[:200]).ratio() for other in (name, alias) if other)
    return round(min(90.0, 90 * ratio + (8 if name.startswith(asked) else 0)), 1)


def _near(connection: sqlite3.Connection, label: str, name: str) -> list[dict[str, Any]]:
    form = lists.form(name)
    if not form:
        return []
    sql = (
        f"select e.id, e.name, n.name as alias, e.n_articles from names n cross join [{KINDS[label].table}] e on e.id = n.entity_id "
        "where n.form >= ?1 and n.form < ?2 and n.label = ?3 order by n.form = ?4 desc, n.n_articles desc limit ?5"
    )
    found: list[dict[str, Any]] = []
    for start, most in ((form, 20), (form[:2], 60)):
        found += rows(connection, sql, (start, start + _TOP, label, form, most))
    return found


def suggest(connection: sqlite3.Connection, prefix: str) -> dict[str, Any]:
    """Return completions for what was typed."""
    found = candidates(connection, prefix, limit=12)
    return {
        "result": [
            {"id": c["id"], "name": c["name"], "description": c["description"], "notable": c["type"]}
            for c in found
        ]
    }


def thing(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    """Return the row behind an id of this service, `label/id`."""
    label, _, key = identity.partition("/")
    if label not in KINDS:
        return None
    row = first(connection, f"select * from [{KINDS[label].table}] where id = ?", (key,))
    return {**row, "label": label} if row else None


def read_queries(text: str) -> dict[str, Any] | None:
    """Return the batch in a request, or None when it is no batch."""
    try:
        queries = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return queries if isinstance(queries, dict) else None
