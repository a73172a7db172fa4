"""The whole line over the whole corpus: every fact points at its characters, every line is accounted for."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from miner.config import Config
from miner.engine import run_paths
from miner.store.schema import TABLES


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> sqlite3.Connection:
    path = tmp_path_factory.mktemp("line") / "expo.db"
    run_paths([str(corpus_dir)], path, Config())
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    return connection


@pytest.mark.parametrize("table", ["mentions", "quotes", "figures", "posts", "event_reports"])
def test_every_fact_is_at_its_characters(database: sqlite3.Connection, table: str) -> None:
    text = {"event_reports": "evidence"}.get(table, "text")
    fields = {row["id"]: row for row in database.execute("select * from articles")}
    count = 0
    for row in database.execute(f"select * from [{table}]"):
        field = fields[row["article_id"]][row["field"]]
        assert 0 <= row["start"] < row["end"] <= len(field)
        if table != "posts":
            assert field[row["start"] : row["end"]] == row[text]
        if table == "event_reports":
            assert field[row["trigger_start"] : row["trigger_end"]] == row["trigger"]
        count += 1
    assert count > 0


def test_aliases_stand_where_they_were_learnt(database: sqlite3.Connection) -> None:
    for row in database.execute(
        "select l.*, a.body, a.headline, a.kicker, a.subtitle from aliases l join articles a on a.id = l.article_id where l.start is not null"
    ):
        assert row[row["field"] or "body"][row["start"] : row["end"]] == row["alias"]


def test_every_line_of_every_text_is_a_row(database: sqlite3.Connection, corpus_dir: Path) -> None:
    checked = 0
    for document in database.execute("select * from documents where media_type = 'text/plain'").fetchall():
        raw = (corpus_dir / document["path"]).read_bytes().decode(document["encoding"]).split("\n")
        rows = {
            row["line"]: row
            for row in database.execute(
                "select * from article_lines where document_id = ?", (document["id"],)
            )
        }
        assert set(rows) == {n for n, line in enumerate(raw, 1) if line.strip()}, document["path"]
        for n, row in rows.items():
            assert row["text"].strip() == raw[n - 1].rstrip("\r").strip()
        checked += 1
    assert checked >= 30


def test_a_body_leads_back_to_its_lines(database: sqlite3.Connection) -> None:
    """What a line gave to the body is in the line, but for blanks: nothing was rewritten."""
    squeeze = lambda text: "".join(c for c in text if not c.isspace() and c != "\ufffd")  # noqa: E731 - used on both sides
    covered: dict[str, int] = {}
    for row in database.execute(
        "select l.*, a.body from article_lines l join articles a on a.id = l.article_id join documents d on d.id = l.document_id where l.start is not null and d.media_type = 'text/plain'"
    ):
        part = squeeze(row["body"][row["start"] : row["end"]])
        assert part in squeeze(row["text"]), (row["line"], part, row["text"])
        covered[row["article_id"]] = covered.get(row["article_id"], 0) + len(part)
    for article, count in covered.items():
        body = database.execute("select body from articles where id = ?", (article,)).fetchone()[0]
        assert count >= 0.98 * len(squeeze(body)), article


def test_the_database_is_whole(database: sqlite3.Connection) -> None:
    assert database.execute("pragma integrity_check").fetchone()[0] == "ok"
    assert not database.execute("pragma foreign_key_check").fetchall()
    filled = {t.name for t in TABLES if database.execute(f"select count(*) from [{t.name}]").fetchone()[0]}
    history = {"redirects"}  # tells what an earlier resolving called things: there was none
    assert {t.name for t in TABLES} - filled == history, "every table of the contract is fed by the corpus"


def test_all_twelve_kinds_of_event_are_told(database: sqlite3.Connection) -> None:
    kinds = {row[0] for row in database.execute("select distinct type from events")}
    assert len(kinds) == 12
    assert {row[0] for row in database.execute("select distinct status from events")} == {
        "done",
        "planned",
        "negated",
    }


def test_events_are_not_reports(database: sqlite3.Connection) -> None:
    events, reports = (
        database.execute(f"select count(*) from {t}").fetchone()[0] for t in ("events", "event_reports")
    )
    assert events < reports
    assert database.execute("select max(n_reports) from events").fetchone()[0] >= 2


def test_every_document_was_read(database: sqlite3.Connection) -> None:
    assert not database.execute("select path from documents where status = 'failed'").fetchall()
    assert database.execute("select count(*) from documents").fetchone()[0] >= 40
