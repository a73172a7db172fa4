"""Runs that are killed at random moments: after any number of kills, the database is that of an undisturbed run.

    python -m tests.faults [--kills 50] [--seed 1] [--workers 2] [--documents 120] [--keep FOLDER]

Makes an archive, mines it undisturbed, then again and again until so many runs were killed with -9: the main process, or with
several workers now and then a worker alone, which the run must survive. After every kill the database is checked
(integrity, foreign keys); whenever a run comes to its end, all rows are compared with those of the undisturbed one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_HISTORY = frozenset(("runs", "redirects", "sqlite_stat1", "sqlite_sequence"))
"""Tables that tell how a database came about."""
_OF_A_RUN = frozenset(("run_id", "started", "finished", "seconds", "computed"))
_STEMS = ("青穗", "红禾", "砺成", "云帆", "禾木", "岚川", "澄江", "松禾")
_BRANCHES = ("食品", "乳业", "医疗科技", "物流")
_PEOPLE = ("陆远", "沈若溪", "贺景行", "白知安", "方望舒")


@dataclass(slots=True)
class Tally:
    """What was done."""

    killed: int = 0
    workers_killed: int = 0
    compared: int = 0


def make_archive(folder: Path, documents: int, rng: random.Random) -> None:
    """Write so many small stories, some of them twice, and one file that cannot be read."""
    folder.mkdir(parents=True)
    for number in range(documents):
        company = rng.choice(_STEMS) + rng.choice(_BRANCHES)
        person, amount = rng.choice(_PEOPLE), rng.randint(2, 900)
        text = (
            f"{company}签约落户海滨区\n2022-11-{rng.randint(5, 10):02} 浦江晨报\n\n"
            f"海滨区政府与上海{company}有限公司(以下简称“{company}”)在第五届进博会上签约,金额{amount}万元。"
            f"{company}总经理{person}说:“我们带来了{number + 2}款新品。”\n"
        )
        path = folder / f"{number % 7}" / f"{number:04d}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if number % 10 == 0:
            (folder / "copies").mkdir(exist_ok=True)
            (folder / "copies" / path.name).write_text(text, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")


def command(folder: Path, database: Path, workers: int) -> list[str]:
    """Return the command of a run."""
    return [
        sys.executable,
        "-m",
        "miner.cli",
        "run",
        str(folder),
        "--db",
        str(database),
        "--workers",
        str(workers),
    ]


def content(database: Path) -> dict[str, list[str]]:
    """Return all rows of a database but for what tells its history, after checking it."""
    check(database)
    with closing(sqlite3.connect(database)) as connection:
        tables = [
            row[0]
            for row in connection.execute("select name from sqlite_master where type = 'table' order by name")
            if row[0] not in _HISTORY and "_fts" not in row[0]
        ]
        found = {}
        for table in tables:
            columns = [
                r[1] for r in connection.execute(f"pragma table_info([{table}])") if r[1] not in _OF_A_RUN
            ]
            rows = connection.execute(f"select {', '.join(f'[{c}]' for c in columns)} from [{table}]")
            found[table] = sorted(map(repr, rows))
        return found


def check(database: Path) -> None:
    """Raise AssertionError when a database is damaged."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert not connection.execute("pragma foreign_key_check").fetchall()


def differences(left: dict[str, list[str]], right: dict[str, list[str]]) -> list[str]:
    """Return the tables that differ, each with a row that only one has."""
    told = []
    for table in sorted({*left, *right}):
        only = set(left.get(table, ())) ^ set(right.get(table, ()))
        if left.get(table) != right.get(table):
            told.append(f"{table}: {len(only)} rows, as {min(only, default='(repeated)')[:300]}")
    return told


def disturbed(folder: Path, workers: int, kills: int, rng: random.Random, place: Path) -> Tally:
    """Mine an archive, killed so often; raises AssertionError when a database is damaged or another one in the end."""
    whole = place / "whole.db"
    started = time.monotonic()
    subprocess.run(command(folder, whole, workers), check=True, capture_output=True)
    seconds = time.monotonic() - started
    wanted, tally, database = content(whole), Tally(), place / "killed.db"
    while tally.killed + tally.workers_killed < kills or tally.compared == 0:
        more = tally.killed + tally.workers_killed < kills
        run = subprocess.Popen(
            command(folder, database, workers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        if more and _killed(run, workers, rng, seconds, tally):
            run.wait()
            if database.exists():
                check(database)
            continue
        said = run.communicate()[1].decode()
        assert run.returncode == 0 and "Traceback" not in said, said
        told = differences(wanted, content(database))
        assert not told, told
        tally.compared += 1
        database.unlink()
    return tally


def _killed(
    run: subprocess.Popen[bytes], workers: int, rng: random.Random, seconds: float, tally: Tally
) -> bool:
    """Wait a random time and kill the run, or one of its workers; return whether the run itself was killed."""
    end = time.monotonic() + rng.uniform(0, seconds)
    while time.monotonic() < end:
        if run.poll() is not None:
            return False
        time.sleep(0.01)
    lives = list(_workers(run.pid))
    if workers > 1 and lives and rng.random() < 0.4:
        _kill(rng.choice(lives))
        tally.workers_killed += 1
        return False
    if run.poll() is None:
        run.kill()
        tally.killed += 1
        return True
    return False


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _workers(main: int) -> Iterator[int]:
    """Yield the worker processes of a run."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            line = (status.parent / "cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            continue
        if parent == main and b"miner.crew" in line:
            yield int(status.parent.name)


def main() -> None:
    """Kill and compare, then say what was done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--documents", type=int, default=120)
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place, rng = given.keep or Path(temporary), random.Random(given.seed)
        make_archive(place / "in", given.documents, rng)
        tally = disturbed(place / "in", given.workers, given.kills, rng, place)
    sys.stdout.write(
        f"workers {given.workers}, seed {given.seed}: {tally.killed} runs killed, {tally.workers_killed} workers killed,"
        f" {tally.compared} finished databases compared, all equal to the undisturbed one\n"
    )


if __name__ == "__main__":
    main()
