"""Runs over an archive that grows and shrinks: each resolves what came and went, with the rows of resolving all."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from miner.config import Config
from miner.engine import resolve_archive, run_paths
from miner.store import resolved
from miner.store.database import open_database

from .faults import content, differences, make_archive


def test_files_that_come_change_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolved, "LEAST", 10)
    monkeypatch.setattr(resolved, "_SHARE", 1e9)
    folder, database = tmp_path / "in", tmp_path / "expo.db"
    make_archive(folder, 60, random.Random(3))
    files = sorted(folder.glob("[0-9]*/*.txt"))
    for file in files:
        text = file.read_text(encoding="utf-8")
        company = text.partition("与上海")[2].partition("(")[0]
        file.write_text(f"{text}全球领先的轴承制造商上海{company}在华投资超过20亿元。\n", encoding="utf-8")
    kept = {file: file.read_text(encoding="utf-8") for file in files[:6]}
    for file in kept:
        file.unlink()
    run_paths([str(folder)], database, Config())
    steps = list(kept.items())
    for number, (file, text) in enumerate(steps[:4]):
        file.write_text(text, encoding="utf-8")  # one comes
        files[10 + number].write_text(text.replace("签约", "洽谈", 1), encoding="utf-8")  # one is changed
        if number % 2:
            files[20 + number].unlink()  # one goes
        asked: list[object] = []
        monkeypatch.setattr("miner.resolve._resolve_touched", _noting(asked))
        run_paths([str(folder)], database, Config(), prune=True)
        assert asked, "all was resolved anew"
        all_of_it = tmp_path / f"all{number}.db"
        with closing(sqlite3.connect(database)) as one, closing(sqlite3.connect(all_of_it)) as other:
            one.backup(other)
        with closing(open_database(all_of_it)) as connection:
            resolve_archive(connection, how="again")
        rows = content(database)
        assert rows["enterprise_statements"] and rows["events"] and rows["people"]
        told = differences(content(all_of_it), rows)
        assert not told, told


def _noting(asked: list[object]):  # type: ignore[no-untyped-def]
    from miner import resolve

    real = resolve._resolve_touched

    def noting(*given: object) -> None:
        asked.append(given)
        real(*given)  # type: ignore[arg-type]

    return noting


def test_what_somebody_changes_by_hand_is_resolved_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolved, "LEAST", 10)
    folder, database = tmp_path / "in", tmp_path / "expo.db"
    make_archive(folder, 20, random.Random(3))
    run_paths([str(folder)], database, Config())
    with closing(open_database(database)) as connection:
        assert resolved.load(connection, "by")
        with connection:
            connection.execute(
                "update articles set headline = '别的标题' where id = (select min(id) from articles)"
            )
        assert resolved.load(connection, "by") is None
        resolve_archive(connection)
        assert resolved.load(connection, "by")
        with connection:
            connection.execute(
                "insert into judgements (id, kind, left_id, right_id, same, score, reasons, source)"
                " values ('j', 'enterprise', 'a', 'b', 1, 1, '', 'user')"
            )
        assert resolved.load(connection, "by") is None


def test_a_small_archive_remembers_nothing(tmp_path: Path) -> None:
    folder, database = tmp_path / "in", tmp_path / "expo.db"
    make_archive(folder, 12, random.Random(3))
    run_paths([str(folder)], database, Config())
    with closing(sqlite3.connect(database)) as connection:
        assert not resolved.has_state(connection)
