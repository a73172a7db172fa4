"""Resolving what came and went since the last time gives the rows of resolving all, whatever came and went."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.resolve import Maker
from miner.config import Config
from miner.engine import run_paths
from miner.publish.index import refresh_index
from miner.resolve import How, resolve
from miner.store import resolved
from miner.store.schema import TABLES

from .builders import memory_database
from .faults import content, differences

FACTS = (
    "articles",
    "local_entities",
    "mentions",
    "posts",
    "event_reports",
    "event_participants",
    "quotes",
    "figures",
)
"""In the order in which they are copied."""
LINKS = ("duplicate_of", "story_id", "event_id", "enterprise_id", "person_id", "organization_id", "place_id")
OF = {
    "articles": "id = ?",
    "event_participants": "report_id in (select id from event_reports where article_id = ?)",
}


@pytest.fixture(autouse=True)
def small_archives_remember(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember what is found in small archives too, and go on from it however much came and went."""
    monkeypatch.setattr(resolved, "LEAST", 10)
    monkeypatch.setattr(resolved, "_SHARE", 1e9)


@pytest.fixture(scope="module")
def made() -> sqlite3.Connection:
    """Facts of an archive made by program: names with several owners, people with posts, reports of several papers."""
    connection = memory_database()
    Maker(connection).make(700)
    return connection


@pytest.fixture(scope="module")
def mined(tmp_path_factory: pytest.TempPathFactory, corpus_dir: Path) -> sqlite3.Connection:
    """Facts of the corpus."""
    path = tmp_path_factory.mktemp("since") / "expo.db"
    run_paths([str(corpus_dir)], path, Config())
    return sqlite3.connect(path)


class Archive:
    """A database that takes articles in from others, and lets them go."""

    def __init__(self, path: Path, source: sqlite3.Connection) -> None:
        self.source, self.path = source, path
        self.connection = sqlite3.connect(path)
        memory_database().backup(self.connection)
        self.connection.execute("pragma foreign_keys = on")
        self.connection.execute("pragma recursive_triggers = on")
        rows = source.execute(
            "select id, path, media_type, newspaper, issue_date, bytes, status, series, series_part, series_parts from documents"
        ).fetchall()
        self.connection.executemany(
            "insert into documents (id, path, media_type, newspaper, issue_date, bytes, status, series, series_part, series_parts)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
        )  # fmt: skip
        self.connection.commit()

    def add(self, articles: Sequence[str]) -> None:
        """Copy the facts of articles, before they were resolved."""
        for article in articles:
            for table in FACTS:
                columns = [c.name for t in TABLES if t.name == table for c in t.columns]
                taken = ", ".join("null" if c in LINKS or c == "entity_id" else f"[{c}]" for c in columns)
                rows = self.source.execute(
                    f"select {taken} from [{table}] where {OF.get(table, 'article_id = ?')}", (article,)
                ).fetchall()
                self.connection.executemany(
                    f"insert into [{table}] ({', '.join(f'[{c}]' for c in columns)}) values ({', '.join('?' * len(columns))})", rows
                )  # fmt: skip
        self.connection.commit()

    def remove(self, articles: Sequence[str]) -> None:
        """Delete articles, as the writer does."""
        self.connection.executemany("delete from articles where id = ?", [(a,) for a in articles])
        self.connection.commit()

    def resolve(self, how: How) -> resolved.ResolvedScope:
        """Resolve, and bring what pages read in step."""
        scope = resolve(self.connection, by="test", how=how)
        refresh_index(self.connection, since=scope.touched is not None)
        return scope

    def copy(self, path: Path) -> Archive:
        """Return an archive of its own with the same rows."""
        other = object.__new__(Archive)
        other.source, other.path = self.source, path
        other.connection = sqlite3.connect(path)
        self.connection.backup(other.connection)
        other.connection.execute("pragma foreign_keys = on")
        other.connection.execute("pragma recursive_triggers = on")
        return other


def histories(articles: Sequence[str], seed: int, steps: int) -> Iterator[tuple[list[str], list[str]]]:
    """Yield what comes and what goes, step by step; the first time most of the articles come."""
    rng = random.Random(seed)
    held = set(rng.sample(articles, len(articles) * 4 // 5))
    yield sorted(held), []
    for _ in range(steps):
        free = sorted(set(articles) - held)
        come = rng.sample(free, min(len(free), rng.choice((0, 1, 1, 2, 5))))
        go = rng.sample(sorted(held), min(len(held) - 10, rng.choice((0, 0, 1, 1, 3))))
        again = go[: rng.choice((0, 0, 1))]  # read anew: it goes and comes
        held = held - set(go) | set(come) | set(again)
        yield [*come, *again], go


def rows_of(archive: Archive) -> dict[str, list[str]]:
    """Return all rows, with where old ids lead."""
    redirects = archive.connection.execute("select * from redirects")
    found = {**content(archive.path), "redirects": sorted(map(repr, redirects))}
    found.pop("paper_regions")  # keeps what was asked of newspapers that are gone
    return found


@pytest.mark.parametrize(("source", "seed"), [("made", 0), ("made", 1), ("mined", 0), ("mined", 1)])
def test_what_came_and_went_is_resolved_as_all_would_be(
    request: pytest.FixtureRequest, tmp_path: Path, source: str, seed: int
) -> None:
    facts = request.getfixturevalue(source)
    articles = [row[0] for row in facts.execute("select id from articles order by id")]
    archive = Archive(tmp_path / "since.db", facts)
    for number, (come, go) in enumerate(histories(articles, seed, steps=5)):
        archive.remove(go)
        archive.add(come)
        all_of_it = archive.copy(tmp_path / f"all{number}.db")
        scope = archive.resolve("since")
        assert (scope.touched is not None) == (number > 0)
        all_of_it.resolve("again" if number else "whole")
        told = differences(rows_of(all_of_it), rows_of(archive))
        assert not told, (number, come, go, told)
        all_of_it.connection.close()
