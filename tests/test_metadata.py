"""metadata.yml must be what the schema generates, and must describe everything in Chinese."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
import yaml

from miner.publish import metadata
from miner.publish.index import fts, summaries, views
from miner.store import schema

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    for table in schema.TABLES:
        connection.execute(table.create_sql())
    fts.create(connection)
    summaries.create(connection)
    views.create_views(connection)
    return connection


def test_the_file_is_in_step_with_the_schema(root: Path) -> None:
    assert (root / "metadata.yml").read_text(encoding="utf-8") == metadata.as_yaml()


def test_every_table_and_column_has_a_chinese_description(connection: sqlite3.Connection) -> None:
    described = yaml.safe_load(metadata.as_yaml())["databases"]["expo"]["tables"]
    names = connection.execute("select name from sqlite_master where type = 'table' and sql not like '%fts%'")
    for (name,) in names.fetchall():
        assert CHINESE.search(described[name]["title"]) and CHINESE.search(described[name]["description"]), (
            name
        )
        for row in connection.execute(f"pragma table_info([{name}])"):
            assert CHINESE.search(described[name]["columns"][row[1]]), (name, row[1])


def test_every_view_runs_and_is_described(connection: sqlite3.Connection) -> None:
    described = metadata.database_metadata()["tables"]
    for (name,) in connection.execute("select name from sqlite_master where type = 'view'").fetchall():
        assert CHINESE.search(described[name]["title"])
        connection.execute(f"select * from [{name}]").fetchall()
    assert {view.name for view in views.VIEWS} == {
        row[0] for row in connection.execute("select name from sqlite_master where type = 'view'")
    }


def test_every_canned_query_runs_with_empty_answers(connection: sqlite3.Connection) -> None:
    connection.create_function("escape_fts", 1, lambda words: words or chr(34) + "x" + chr(34))
    connection.create_function("name_form", 1, lambda text: text or "")
    for query in views.QUERIES:
        assert CHINESE.search(query.title) and CHINESE.search(query.about)
        connection.execute(query.sql, dict.fromkeys(re.findall(r":(\w+)", query.sql), "")).fetchall()


def test_labels_facets_and_sort_orders_name_real_columns() -> None:
    for table in metadata.tables():
        columns = {column.name for column in table.columns}
        wanted = {*table.facets, *filter(None, (table.label, table.sort))}
        assert wanted <= columns, table.name
