"""Small archives for tests: a database with the whole schema, filled row by row."""

from __future__ import annotations

import sqlite3
from typing import Any

from miner.publish.index import fts, summaries, views
from miner.store import schema


def empty_archive(path: str = ":memory:") -> sqlite3.Connection:
    """Return a connection to a new database with all tables, views, summaries and the full-text index."""
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for table in schema.TABLES:
        connection.execute(table.create_sql())
    for statement in schema.index_sql():
        connection.execute(statement)
    connection.execute(f"pragma user_version = {schema.SCHEMA_VERSION}")
    fts.create(connection)
    summaries.create(connection)
    views.create_views(connection)
    return connection


def insert(connection: sqlite3.Connection, table: str, **values: Any) -> None:
    """Insert one row."""
    names = ", ".join(f"[{name}]" for name in values)
    connection.execute(
        f"insert into [{table}] ({names}) values ({', '.join('?' * len(values))})", tuple(values.values())
    )


def add_document(connection: sqlite3.Connection, name: str = "d") -> str:
    """Insert a document and return its id."""
    insert(
        connection, "documents", id=name, path=f"{name}.txt", media_type="text/plain", bytes=1, status="ok"
    )
    return name


def add_article(
    connection: sqlite3.Connection, name: str, body: str, headline: str | None = None, **more: Any
) -> str:
    """Insert an article of the document `d` and return its id."""
    values = {"document_id": "d", "position": 0, "n_chars": len(body), "confidence": 1.0, **more}
    insert(connection, "articles", id=name, headline=headline, body=body, **values)
    return name
