"""The store: whole documents, replaced when they change, and clear errors."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from miner.errors import StoreError
from miner.store.database import open_database, open_readonly, store_errors
from miner.store.places import Place
from miner.store.schema import SCHEMA_VERSION, TABLES
from miner.store.write import Writer

from .builders import Story, build, memory_database

SIGNING = Story("11月7日，甲城公司与乙州公司签约。甲城公司总经理林望说：“这是开始。”", enterprises=[("甲城公司",), ("乙州公司",)], people=[("林望",)],
                posts=[("林望", "甲城公司", "总经理")], events=[("signing", "签约", "2022-11-07", ("甲城公司", "乙州公司"), "done")], quotes=[("林望", "这是开始。")], path="a.txt")  # fmt: skip


def rows(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        t.name: sorted(
            repr(row)
            for row in connection.execute(
                f"select {', '.join(f'[{c.name}]' for c in t.columns if c.name != 'run_id')} from [{t.name}]"
            )
        )
        for t in TABLES
        if t.name not in ("runs", "problems")
    }


def writer(connection: sqlite3.Connection) -> Writer:
    made = Writer(connection, reader_sha256="r1")
    made.begin_run(version="0", command="test", config_sha256="0", model_sha256="0")
    return made


def test_facts_point_at_their_characters() -> None:
    connection = memory_database()
    writer(connection).write([(build(SIGNING), Place("", "a.txt"))])
    body = connection.execute("select body from articles").fetchone()[0]
    for table in ("mentions", "quotes"):
        for start, end, text in connection.execute(f"select start, [end], text from {table}"):
            assert body[start:end] == text
    for start, end, evidence, first, last, trigger in connection.execute(
        "select start, [end], evidence, trigger_start, trigger_end, trigger from event_reports"
    ):
        assert body[start:end] == evidence
        assert body[first:last] == trigger


def test_a_changed_file_replaces_its_facts() -> None:
    connection = memory_database()
    writer(connection).write([(build(SIGNING), Place("", "a.txt"))])
    changed = Story("丙港公司参展。", enterprises=[("丙港公司",)], path="a.txt")
    writer(connection).write([(build(changed), Place("", "a.txt"))])
    assert [row[0] for row in connection.execute("select text from mentions")] == ["丙港公司"]
    assert connection.execute("select count(*) from documents").fetchone()[0] == 1
    assert connection.execute("select count(*) from event_reports").fetchone()[0] == 0
    assert not connection.execute("pragma foreign_key_check").fetchall()


def test_a_file_of_the_same_name_elsewhere_replaces_nothing() -> None:
    connection = memory_database()
    made = writer(connection)
    made.write([(build(SIGNING), Place("/one", "a.txt"))])
    made.write(
        [(build(Story("丙港公司参展。", enterprises=[("丙港公司",)], path="a.txt")), Place("/two", "a.txt"))]
    )
    assert connection.execute("select count(*) from documents").fetchone()[0] == 2


def test_same_bytes_twice_are_stored_once_and_said() -> None:
    connection = memory_database()
    mined = build(SIGNING)
    made = writer(connection)
    from dataclasses import replace

    twin = replace(mined, document=replace(mined.document, path="b.txt"))
    made.write([(mined, Place("", "a.txt")), (twin, Place("", "b.txt"))])
    assert made.say_twins()
    assert not made.say_twins()
    assert connection.execute("select count(*) from documents").fetchone()[0] == 1
    assert [row[0] for row in connection.execute("select code from problems")] == ["duplicate-bytes"]


def test_a_twin_survives_the_change_of_the_first() -> None:
    connection = memory_database()
    mined = build(SIGNING)
    made = writer(connection)
    made.write([(mined, Place("", "a.txt")), (mined, Place("", "b.txt"))])
    writer(connection).write(
        [(build(Story("丙港公司参展。", enterprises=[("丙港公司",)], path="a.txt")), Place("", "a.txt"))]
    )
    assert connection.execute("select count(*) from documents").fetchone()[0] == 2


def test_known_documents_are_known_by_what_read_them() -> None:
    connection = memory_database()
    mined = build(SIGNING)
    made = writer(connection)
    made.write([(mined, Place("", "a.txt"))])
    assert made.knows(mined.document.id)
    assert not Writer(connection, reader_sha256="another version").knows(mined.document.id)


def test_writing_twice_gives_the_same_rows() -> None:
    first, second = memory_database(), memory_database()
    for connection, times in ((first, 1), (second, 2)):
        for _ in range(times):
            writer(connection).write([(build(SIGNING), Place("", "a.txt"))])
    assert rows(first) == rows(second)


def test_a_failed_batch_leaves_nothing_half_written() -> None:
    connection = memory_database()
    made = writer(connection)
    good, bad = build(SIGNING), build(Story("丙港公司参展。", path="b.txt"))
    broken = type(bad)(
        bad.document, bad.lines * 2, bad.facts
    )  # the same lines twice: the primary key refuses them
    with pytest.raises(sqlite3.IntegrityError):
        made.write([(good, Place("", "a.txt")), (broken, Place("", "b.txt"))])
    assert connection.execute("select count(*) from documents").fetchone()[0] == 0


def test_tables_are_strict_and_documented() -> None:
    connection = memory_database()
    for table in TABLES:
        assert (
            "strict"
            in connection.execute("select sql from sqlite_master where name = ?", (table.name,)).fetchone()[0]
        )
        assert table.about and table.title
        assert all(column.about for column in table.columns)


def test_open_makes_a_database(tmp_path: Path) -> None:
    made = open_database(tmp_path / "x.db", create=True)
    assert made.execute("pragma user_version").fetchone()[0] == SCHEMA_VERSION
    made.close()
    assert open_readonly(tmp_path / "x.db").execute("select count(*) from articles").fetchone()[0] == 0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.db", None, "no such database"),
        (
            "text.db",
            b"this is not a database, but a text of some length, longer than a header",
            "not an SQLite database",
        ),
    ],
)
def test_a_wrong_file_is_refused_clearly(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=says) as caught:
        open_database(path)
    assert str(path) in str(caught.value)


def test_a_foreign_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("create table recipes (name text)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="something else"):
        open_database(path, create=True)
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    open_database(path, create=True).close()
    with sqlite3.connect(path) as other:
        other.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match="newer miner"):
        open_database(path)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("database is locked", "in use"),
        ("attempt to write a readonly database", "read-only"),
        ("database or disk is full", "disk is full"),
        ("something odd", "something odd"),
    ],
)
def test_sqlite_errors_are_explained(tmp_path: Path, error: str, says: str) -> None:
    with pytest.raises(StoreError, match=says), store_errors(tmp_path / "x.db"):
        raise sqlite3.OperationalError(error)


def test_a_locked_database_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.db"
    open_database(path, create=True).close()
    monkeypatch.setattr("miner.store.database._BUSY_MS", 10)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin immediate")
    opened = open_database(path, create=True)
    with pytest.raises(StoreError, match="in use"), store_errors(path):
        writer(opened)
    holder.close()


def test_the_archive_made_for_measuring_follows_the_schema(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            str(root / "benchmarks" / "make_archive.py"),
            str(tmp_path / "made.db"),
            "--articles",
            "8",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "made.db") as connection:
        assert connection.execute("select count(*) from articles").fetchone() == (8,)
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def test_who_writes_adds_the_columns_that_tables_have_got_since(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    open_database(path, create=True).close()
    with sqlite3.connect(path) as connection:
        connection.execute("alter table mentions drop column evidence")
    connection.close()
    with closing(open_database(path)) as opened:
        assert "evidence" in {row[1] for row in opened.execute("pragma table_info(mentions)")}
