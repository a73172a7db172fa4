"""What pages read and nobody else: full text, ranked lists, counted summaries and views, made from the facts."""

from __future__ import annotations

import sqlite3

from miner.publish.index import fts, summaries, views

__all__ = ["fts", "refresh_index", "summaries", "views"]


def refresh_index(connection: sqlite3.Connection, *, since: bool = False) -> None:
    """Bring the full-text index, views and summaries in step with the facts, in one transaction.

    `since`: the same program did so the last time, and what it found of names still holds. Raises sqlite3.Error.
    """
    with connection:
        fts.refresh(connection)
        views.create_views(connection)
        summaries.rebuild(connection, since=since)
