"""What readers collected: tags, and saved searches with what is new."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

from miner.desk import collections
from miner.desk.arrivals import arrived
from miner.publish.archive import rows
from miner.publish.pages import search

_LATEST = 60
"""Hits of a saved search, the newest first, among which new ones are looked for."""
_SHOWN = 10
_MOST_ASKED = 40
"""Saved searches whose news are looked up on one page."""


def overview(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return what the template shows of all collections."""
    saved = collections.searches(connection)
    alerts = [(one, new(connection, one) if at < _MOST_ASKED else []) for at, one in enumerate(saved)]
    return {"title": "收藏", "tags": collections.tags(connection), "alerts": alerts, "shown": _SHOWN}


def new(connection: sqlite3.Connection, saved: collections.Search) -> list[dict[str, Any]]:
    """Return the articles that a saved search finds and that came since its reader looked."""
    request = replace(search.Request.read(saved.query), sort="newest", size=_LATEST)
    found = [hit.article for hit in search.search(connection, request).hits]
    if not found:
        return []
    marks = ", ".join("?" * len(found))
    fresh = {
        row["id"]
        for row in rows(
            connection,
            f"select a.id from articles a join documents d on d.id = a.document_id join runs r on r.id = d.run_id"
            f" where a.id in ({marks}) and {arrived(connection)} > ?",
            (*(article["id"] for article in found), saved.looked or saved.added),
        )
    }
    return [article for article in found if article["id"] in fresh]


def tag(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    """Return what the template shows of a tag."""
    return {"title": f"标签：{name}", "tag": name, "articles": list(collections.tagged(connection, name))}
