"""The doctor finds what was broken on purpose, says what to do, and is quiet about what is well."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from miner.cli import main
from miner.config import Config
from miner.doctor import Finding, examine_database, examine_installation
from miner.engine import run_paths


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small database as a run leaves it."""
    folder = tmp_path_factory.mktemp("doctor")
    (folder / "a.txt").write_text(
        "青穗食品签约落户\n\n青穗食品有限公司在第五届进博会上与海滨区政府签约。\n", "utf-8"
    )
    (folder / "b.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    run_paths([str(folder)], folder / "x.db", Config())
    return folder / "x.db"


@pytest.fixture
def database(healthy: Path, tmp_path: Path) -> Path:
    """A copy to be broken."""
    return Path(shutil.copy(healthy, tmp_path / "x.db"))


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


def wrong(path: Path) -> dict[str, Finding]:
    return {finding.about: finding for finding in examine_database(path) if finding.state == "wrong"}


def test_all_is_well_with_what_a_run_made(healthy: Path) -> None:
    assert not wrong(healthy)
    result = doctor(str(healthy))
    assert result.exit_code == 0 and "all is well" in result.output, result.output
    assert "problems read/unsupported" in result.output


def test_the_installation_is_examined_by_itself(tmp_path: Path) -> None:
    found = list(examine_installation(tmp_path))
    assert {"SQLite FTS5", "lexicons", "model names", "disk for database", "extra cluster"} <= {
        f.about for f in found
    }
    assert all(f.todo for f in found if f.state != "ok")
    told = json.loads(doctor("--json").output)
    assert told[0]["about"] == "python" and set(told[0]) == {"about", "state", "what", "todo"}


@pytest.mark.parametrize(
    ("sql", "about"),
    [
        ("update runs set finished = null", "runs"),
        ("update articles set headline = '另一个'", "index"),
        ("delete from mentions; delete from local_entities", "orphans"),
        ("pragma foreign_keys = off; delete from articles", "foreign keys"),
        ("drop table judgements", "tables"),
        ("pragma user_version = 1", "schema"),
    ],
)
def test_what_was_broken_is_found(database: Path, sql: str, about: str) -> None:
    connection = sqlite3.connect(database)
    connection.executescript(sql)
    connection.close()
    found = wrong(database)
    assert about in found and found[about].todo, found
    assert doctor(str(database)).exit_code == 1


def test_damage_is_found(database: Path) -> None:
    raw = bytearray(database.read_bytes())
    for page in range(8, len(raw) // 4096, 3):
        raw[page * 4096 : page * 4096 + 64] = bytes(64)
    database.write_bytes(raw)
    assert doctor(str(database)).exit_code == 1


@pytest.mark.parametrize(
    "content", [None, b"", b"no database, but long enough to be taken for one of some kind or other"]
)
def test_what_is_no_database_is_said_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.db"
    if content is not None:
        path.write_bytes(content)
    result = doctor(str(path))
    assert result.exit_code == 1 and "Traceback" not in result.output and "→" in result.output
