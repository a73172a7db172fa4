"""When documents first came into a database: what is new since somebody looked, however often all is read again."""

from __future__ import annotations

import sqlite3

from miner.store import kept


def arrived(connection: sqlite3.Connection) -> str:
    """Return SQL for when the document `d` of the run `r` came."""
    if kept.has(connection, "arrivals"):
        return "coalesce((select arrived from arrivals v where v.document_id = d.id), r.started)"
    return "r.started"


def note_arrivals(connection: sqlite3.Connection, *, begin: bool = False) -> None:
    """Remember of every document when it first came; `begin` starts doing so. A document is known by its bytes."""
    if begin:
        kept.create(connection)
    if kept.has(connection, "arrivals"):
        with connection:
            connection.execute(
                "insert or ignore into arrivals (document_id, arrived) select d.id, coalesce(r.started, '')"
                " from documents d left join runs r on r.id = d.run_id"
            )
