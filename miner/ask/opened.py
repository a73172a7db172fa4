"""Opening an archive to ask it: read-only, with what the pages read (names, appearances, the full-text index)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miner.errors import StoreError
from miner.store.database import open_readonly, store_errors

__all__ = ["opened"]

_NEEDED = frozenset({"names", "appearances", "articles_fts", "coverage"})


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open an archive read-only and close it again.

    Raises StoreError where it is no archive, is of a newer program, or was never resolved.
    """
    connection = open_readonly(database)
    try:
        with store_errors(database):
            tables = {name for (name,) in connection.execute("select name from sqlite_master")}
            if not tables >= _NEEDED:
                raise StoreError(
                    "这个数据库还没有归并 / this database was not resolved yet",
                    where=str(database),
                    hint=f"miner resolve {database.name}",
                )
            yield connection
    finally:
        connection.close()
