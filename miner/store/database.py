"""Open a database: create or migrate its schema, or say clearly why it cannot be used."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miner.errors import StoreError
from miner.store.schema import MIGRATIONS, SCHEMA_VERSION, TABLES, index_sql
from miner.store.tables import Column

_BUSY_MS = 5_000
_STEPS = 200_000
"""Steps of SQLite's machine, some milliseconds, after which Ctrl-C is looked for."""


def open_database(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open a database that `miner run` made; with `create`, make it when it is not there.

    Raises StoreError when the file is missing, is no database, is locked or read-only, or has a newer schema.
    """
    with store_errors(path):
        if not create:
            _must_exist(path)
        connection = sqlite3.connect(path, timeout=_BUSY_MS / 1000, check_same_thread=False)
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma recursive_triggers = on")
        connection.set_progress_handler(_hear_interrupts, _STEPS)
        version, tables = _version(connection, path)
        if version == 0 and tables and "articles" not in tables:
            raise StoreError(
                "这个 SQLite 文件是别的程序的 / this SQLite file belongs to something else",
                where=str(path),
                hint="换一个 --db / give another --db",
            )
        if version < SCHEMA_VERSION:
            if not create and "articles" not in tables:
                raise StoreError(
                    "这不是本程序完成的数据库 / this is not a finished database of this program",
                    where=str(path),
                    hint="先运行 miner run / run miner run first",
                )
            if version and "articles" in tables:
                _keep_copy(connection, path.with_name(f"{path.name}.v{version}"))
            _create_schema(connection, version)
        _add_columns(connection)
    return connection


def open_readonly(path: Path) -> sqlite3.Connection:
    """Open a database for reading only; raises StoreError when it is not one of ours, or one of a newer program."""
    with store_errors(path):
        _must_exist(path)
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_BUSY_MS / 1000)
        connection.row_factory = sqlite3.Row
        _, tables = _version(connection, path)
        if "articles" not in tables:
            raise StoreError(
                "这个 SQLite 文件不是 miner run 生成的 / this SQLite file was not made by miner run",
                where=str(path),
            )
    return connection


def _hear_interrupts() -> int:
    """Let Python look for Ctrl-C in the midst of a long statement: it is raised here, and ends the statement."""
    return 0


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise StoreError(
            "没有这个数据库 / there is no such database",
            where=str(path),
            hint=f"先生成一个 / make one with: miner run PATH --db {path.name}",
        )


def _version(connection: sqlite3.Connection, path: Path) -> tuple[int, set[str]]:
    """Return the version of a database's schema and its tables; raises StoreError when a newer program made it."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    tables = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    if version > SCHEMA_VERSION and "articles" in tables:
        raise StoreError(
            f"它的结构是第 {version} 版,本程序只认到第 {SCHEMA_VERSION} 版 /"
            f" its schema is version {version}, this program knows {SCHEMA_VERSION}",
            where=str(path),
            hint="用新版 miner / use a newer miner",
        )
    return version, tables


def _keep_copy(connection: sqlite3.Connection, path: Path) -> None:
    """Keep a database as an older program left it, before it is migrated; a copy that is there stays."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}.part")
    copy = sqlite3.connect(part)
    try:
        connection.backup(copy)
        copy.close()
        part.replace(path)
    except (sqlite3.Error, OSError) as error:
        copy.close()
        part.unlink(missing_ok=True)
        raise StoreError(
            f"旧结构的数据库存不了副本 / no copy of the older database could be kept: {error}",
            where=str(path),
            hint="腾出空间再试 / make room and try again",
        ) from error


def _create_schema(connection: sqlite3.Connection, version: int) -> None:
    """Create what is missing, after taking a database of an older version to this one."""
    connection.execute("pragma journal_mode = wal")
    with connection:
        connection.execute("begin immediate")
        for newer in range(version + 1, SCHEMA_VERSION + 1):
            for statement in MIGRATIONS.get(newer, ()) if version else ():
                connection.execute(statement)
        for table in TABLES:
            connection.execute(table.create_sql())
        for statement in index_sql():
            connection.execute(statement)
        connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def _add_columns(connection: sqlite3.Connection) -> None:
    """Add the columns that tables of the same schema version have got since; they are empty until filled."""
    missing = list(_missing_columns(connection))
    for table, column in missing:
        with connection:
            connection.execute(f"alter table [{table}] add column [{column.name}] {column.sql}")


def _missing_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, Column]]:
    from sqlite_utils import Database  # takes a moment to import, and only a run that may write looks

    database = Database(connection)
    for table in TABLES:
        known = {column.name for column in database.table(table.name).columns}
        for column in table.columns if known else ():
            if column.name not in known and "not null" not in column.sql:
                yield table.name, column


@contextmanager
def only_run(path: Path) -> Iterator[None]:
    """Keep a second run on this machine from a database while this one fills it; raises StoreError when one is there.

    The lock is a file among the system's temporary ones, so nothing lies beside the database; it goes with its process.
    """
    lock = _lock_of(path)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _lock_of(path: Path) -> int | None:
    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        import fcntl

        lock = os.open(Path(tempfile.gettempdir()) / f"miner-{name}.lock", flags, 0o600)
    except (ImportError, OSError):
        return None  # no such locks here: SQLite's own keep each transaction whole
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        what, hint = _EXPLANATIONS["locked"]
        raise StoreError(what, where=str(path), hint=hint) from error
    return lock


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into StoreErrors that say what to do, and a statement that Ctrl-C ended into KeyboardInterrupt."""
    try:
        yield
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise _store_error(error, path) from error


def _store_error(error: sqlite3.Error, path: Path) -> StoreError:
    text = str(error).lower()
    for key, (what, hint) in _EXPLANATIONS.items():
        if key in text:
            return StoreError(what, where=str(path), hint=hint)
    return StoreError(f"SQLite 报错 / SQLite says: {error}", where=str(path))


_EXPLANATIONS = {
    "locked": (
        "数据库正被另一次运行使用 / the database is in use by another run",
        "等它结束,或换一个 --db / wait for it to end, or give another --db",
    ),
    "readonly": (
        "数据库只读 / the database is read-only",
        "检查文件及目录的权限 / check the permissions of the file and its folder",
    ),
    "read-only": (
        "数据库只读 / the database is read-only",
        "检查文件及目录的权限 / check the permissions of the file and its folder",
    ),
    "disk is full": (
        "磁盘已满,先前存入的仍然有效 / the disk is full; what was stored before stays valid",
        "腾出空间后再运行同一命令 / make room and run the same command again",
    ),
    "not a database": (
        "这个文件不是 SQLite 数据库 / this file is not an SQLite database",
        "换一个 --db / give another --db",
    ),
    "unable to open": (
        "数据库打不开 / the database cannot be opened",
        "检查目录是否存在、可写 / check that the folder exists and may be written",
    ),
    "disk i/o": (
        "磁盘报错 / the disk reports an error",
        "检查空间与磁盘,再运行同一命令 / check free space and the disk; then run the same command again",
    ),
    "malformed": (
        "数据库已损坏 / the database is damaged",
        "用备份恢复,或重新运行 miner run / restore a copy, or make it anew with miner run",
    ),
}
