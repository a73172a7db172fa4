"""Runs that are killed, stopped, or find the disk, the output or the database as they should not be."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults import check, command, content, differences, disturbed, make_archive

ROOT = Path(__file__).resolve().parent.parent
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc and /dev")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small stories."""
    folder = tmp_path_factory.mktemp("faults") / "in"
    make_archive(folder, 40, random.Random(5))
    return folder


def miner(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    given = [sys.executable, "-m", "miner.cli", *arguments]
    return subprocess.run(given, capture_output=True, cwd=ROOT, **options)  # type: ignore[call-overload, no-any-return]


@linux
@pytest.mark.parametrize("workers", [1, 2])
def test_kills_at_random_moments_change_nothing(archive: Path, workers: int, tmp_path: Path) -> None:
    """A few kills; `python -m tests.faults` does any number, with other seeds."""
    tally = disturbed(archive, workers, 2, random.Random(workers), tmp_path)
    assert tally.compared > 0 and tally.killed + tally.workers_killed == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_a_run_without_a_traceback(archive: Path, workers: int, tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    run = subprocess.Popen(
        command(archive, database, workers),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=ROOT,
    )
    while not database.exists() and run.poll() is None:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate()[1].decode()
    assert "Traceback" not in said
    if run.returncode == 130:  # it may have come to its end before
        assert "run the same command to go on" in said
    check(database)
    assert miner("run", str(archive), "--db", str(database)).returncode == 0
    assert miner("run", str(archive), "--db", str(tmp_path / "y.db")).returncode == 0
    assert not differences(content(tmp_path / "y.db"), content(database))


def test_a_second_run_on_one_database_is_refused(archive: Path, tmp_path: Path) -> None:
    from miner.store.database import only_run

    with only_run(tmp_path / "x.db"):
        refused = miner("run", str(archive), "--db", str(tmp_path / "x.db"))
    assert refused.returncode == 5 and "in use by another run" in refused.stderr.decode()


@linux
def test_a_full_output_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("第五届进博会开幕。", "utf-8")
    with open("/dev/full", "wb") as full:
        given = [sys.executable, "-m", "miner.cli", "run", str(tmp_path), "--db", str(tmp_path / "x.db")]
        done = subprocess.run(given, stdout=full, stderr=subprocess.PIPE, cwd=ROOT)
    assert done.returncode == 1 and b"Traceback" not in done.stderr and "系统报错" in done.stderr.decode()
    check(tmp_path / "x.db")


@linux
def test_paths_need_not_be_utf_8(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xcb\xef-\xff"
    os.mkdir(folder)
    with open(folder + b"/\xbd\xf8.txt", "wb") as file:
        file.write("第五届进博会开幕。".encode())
    done = miner("run", folder, "--db", folder + b"/x\xff.db")
    assert done.returncode == 0 and b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    assert miner("problems", folder + b"/x\xff.db").returncode == 0
    gone = miner("run", folder + b"/\xfe", "--db", folder + b"/y.db")
    assert gone.returncode == 3 and b"Traceback" not in gone.stderr


@linux
def test_little_memory_is_a_problem_or_a_message(archive: Path, tmp_path: Path) -> None:
    """With any limit a run ends by itself, with a message or a database that is whole."""
    import resource

    for megabytes in (150, 250, 300, 700):
        limit = megabytes * 2**20
        database = tmp_path / f"{megabytes}.db"
        done = miner(
            "run",
            str(archive),
            "--db",
            str(database),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),  # noqa: B023
        )
        assert done.returncode >= 0
        if database.exists():
            check(database)


def test_an_archive_may_be_read_while_a_run_fills_it(archive: Path, tmp_path: Path) -> None:
    """A reader, as the site is one, sees one whole state after the other, and does not end the run."""
    import sqlite3

    from miner.config import Config
    from miner.engine import run_paths
    from miner.store.database import open_readonly

    database = tmp_path / "x.db"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("第五届进博会开幕。", "utf-8")
    run_paths([str(tmp_path / "in")], database, Config())
    reader = open_readonly(database)
    counted = []

    def look(progress: object) -> None:
        counted.append(reader.execute("select count(*) from documents").fetchone()[0])

    run_paths([str(archive)], database, Config(), watch=look)
    assert counted[-1] > 1
    reader.close()
    check(database)
    with pytest.raises(sqlite3.OperationalError):
        open_readonly(database).execute("delete from articles")
