"""Open a database: create or migrate its schema, or say clearly why it cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from miner.errors import StoreError
from miner.store import kept
from miner.store.schema import SCHEMA_VERSION, TABLES, index_sql

_BUSY_MS = 5_000


def open_database(path: Path, *, create: bool = False) -> Database:
    """Open a database that `miner run` made; with `create`, make it when it is not there.

    Raises StoreError when the file is missing, is no database, is locked or read-only, or has a newer schema.
    """
    with store_errors(path):
        if not create and not path.is_file():
            raise StoreError(
                "there is no such database",
                where=str(path),
                hint="make one with: miner run PATH --db " + path.name,
            )
        database = Database(sqlite3.connect(path, timeout=_BUSY_MS / 1000, check_same_thread=False))
        connection = database.conn
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma recursive_triggers = on")
        version = int(connection.execute("pragma user_version").fetchone()[0])
        tables = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"its schema is version {version}, this program knows {SCHEMA_VERSION}",
                where=str(path),
                hint="use a newer miner",
            )
        if version == 0 and tables and "articles" not in tables:
            raise StoreError(
                "this SQLite file belongs to something else", where=str(path), hint="give another --db"
            )
        if version < SCHEMA_VERSION:
            if not create:
                raise StoreError(
                    "this is not a finished database of this program",
                    where=str(path),
                    hint="run miner run first",
                )
            _create_schema(connection)
        elif create:
            _add_columns(connection)
    return database


def open_readonly(path: Path) -> sqlite3.Connection:
    """Open a database for reading only; raises StoreError when it is not one of ours."""
    with store_errors(path):
        if not path.is_file():
            raise StoreError(
                "there is no such database",
                where=str(path),
                hint="make one with: miner run PATH --db " + path.name,
            )
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_BUSY_MS / 1000)
        connection.row_factory = sqlite3.Row
        names = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
        if "articles" not in names:
            raise StoreError("this SQLite file was not made by miner run", where=str(path))
    return connection


def _create_schema(connection: sqlite3.Connection) -> None:
    connection.execute("pragma journal_mode = wal")
    with connection:
        connection.execute("begin immediate")
        kept.create(connection)
        for table in TABLES:
            connection.execute(table.create_sql())
        for statement in index_sql():
            connection.execute(statement)
        connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def _add_columns(connection: sqlite3.Connection) -> None:
    """Add the columns that tables of the same schema version have got since; they are empty until filled."""
    for table in TABLES:
        known = {row[1] for row in connection.execute(f"pragma table_info([{table.name}])")}
        for column in table.columns if known else ():
            if column.name not in known and "not null" not in column.sql:
                with connection:
                    connection.execute(f"alter table [{table.name}] add column [{column.name}] {column.sql}")


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into StoreErrors that say what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(error, path) from error


def _store_error(error: sqlite3.Error, path: Path) -> StoreError:
    text = str(error).lower()
    for key, (what, hint) in _EXPLANATIONS.items():
        if key in text:
            return StoreError(what, where=str(path), hint=hint)
    return StoreError(f"SQLite says: {error}", where=str(path))


_EXPLANATIONS = {
    "locked": ("the database is in use by another run", "wait for it to end, or give another --db"),
    "readonly": ("the database is read-only", "check the permissions of the file and its folder"),
    "read-only": ("the database is read-only", "check the permissions of the file and its folder"),
    "disk is full": (
        "the disk is full; what was stored before stays valid",
        "make room and run the same command again",
    ),
    "not a database": ("this file is not an SQLite database", "give another --db"),
    "unable to open": ("the database cannot be opened", "check that the folder exists and may be written"),
    "disk i/o": (
        "the disk reports an error",
        "check free space and the disk; then run the same command again",
    ),
    "malformed": ("the database is damaged", "restore a copy, or make it anew with miner run"),
}
