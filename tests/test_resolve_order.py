"""Resolving the corpus in any order, in one run or two, once or twice: the same things under the same names."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from miner.config import Config
from miner.engine import run_paths
from miner.resolve import resolve_facts
from miner.store.schema import TABLES

from .builders import memory_database

FACTS = (
    "documents",
    "articles",
    "local_entities",
    "mentions",
    "posts",
    "event_reports",
    "event_participants",
    "quotes",
    "figures",
)
MADE = ("enterprises", "people", "organizations", "places", "aliases", "events", "judgements")


@pytest.fixture(scope="module")
def mined(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> sqlite3.Connection:
    path = tmp_path_factory.mktemp("order") / "expo.db"
    run_paths([str(corpus_dir)], path, Config())
    return sqlite3.connect(path)


def documents(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("select id from documents order by id")]


def copy(mined: sqlite3.Connection, into: sqlite3.Connection, order: Sequence[str]) -> None:
    """Copy the facts of some documents, one after the other."""
    of = {
        "documents": "id = :d",
        "articles": "document_id = :d",
        "event_participants": "report_id in (select r.id from event_reports r join articles a on a.id = r.article_id where a.document_id = :d)",
    }
    for document in order:
        for table in FACTS:
            where = of.get(table, "article_id in (select id from articles where document_id = :d)")
            rows = mined.execute(f"select * from [{table}] where {where}", {"d": document}).fetchall()
            columns = [c.name for t in TABLES if t.name == table for c in t.columns]
            unlinked = {
                "run_id",
                "duplicate_of",
                "event_id",
                "enterprise_id",
                "person_id",
                "organization_id",
                "place_id",
            }
            values = [
                [None if name in unlinked else value for name, value in zip(columns, row, strict=True)]
                for row in rows
            ]
            into.executemany(f"insert into [{table}] values ({', '.join('?' for _ in columns)})", values)
    into.commit()


def content(connection: sqlite3.Connection) -> dict[str, list[str]]:
    found = {table: sorted(map(repr, connection.execute(f"select * from [{table}]"))) for table in MADE}
    found["mentions"] = sorted(
        map(
            repr,
            connection.execute(
                "select id, enterprise_id, person_id, organization_id, place_id from mentions"
            ),
        )
    )
    found["posts"] = sorted(
        map(repr, connection.execute("select id, person_id, enterprise_id, organization_id from posts"))
    )
    return found


@pytest.fixture(scope="module")
def expected(mined: sqlite3.Connection) -> dict[str, list[str]]:
    connection = memory_database()
    copy(mined, connection, documents(mined))
    resolve_facts(connection)
    return content(connection)


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_documents_in_two_runs(
    mined: sqlite3.Connection, expected: dict[str, list[str]], seed: int
) -> None:
    rng = random.Random(seed)
    order = rng.sample(documents(mined), len(documents(mined)))
    half = rng.randrange(1, len(order))
    connection = memory_database()
    copy(mined, connection, order[:half])
    resolve_facts(connection)
    copy(mined, connection, order[half:])
    resolve_facts(connection)
    assert content(connection) == expected


def test_resolved_twice(mined: sqlite3.Connection, expected: dict[str, list[str]]) -> None:
    connection = memory_database()
    copy(mined, connection, documents(mined))
    for _ in range(3):
        resolve_facts(connection)
    assert content(connection) == expected


def test_the_file_holds_what_the_facts_give(
    mined: sqlite3.Connection, expected: dict[str, list[str]]
) -> None:
    for table in ("enterprises", "people"):
        rows = mined.execute(f"select * from {table}")  # the sounds to sort by are made with the index
        assert sorted(repr((*row[:-1], None)) for row in rows) == expected[table]
