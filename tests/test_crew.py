"""Workers that are killed, hang, run out of memory or are alone in the world: the run goes on, and nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from miner import crew
from miner.chunks import Chunk, Mined, chunks_of
from miner.config import Config
from miner.crew import Crew
from miner.errors import MinerError
from miner.read import Source
from miner.store.rows import Packed

ROOT = Path(__file__).resolve().parent.parent
_HURRY = Config(max_parse_seconds=1, max_mine_seconds=1)


@pytest.fixture(autouse=True)
def _obedient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_START", "from tests.crew_worker import serve; serve({})")
    monkeypatch.setattr("miner.chunks._CHUNK_DOCUMENTS", 4)
    monkeypatch.setattr("miner.crew._LOOK_SECONDS", 0.05)


def sources(*texts: str) -> list[Source]:
    return [Source(f"{n:03d}.txt", f"{text}{n}".encode(), "text") for n, text in enumerate(texts)]


def mined(*texts: str, workers: int = 2, config: Config = _HURRY) -> list[Packed]:
    with Crew(config, workers) as team:
        return packed(one for _, found in team.mine(chunks_of(sources(*texts))) for one in found)


def packed(mined: Iterable[Mined]) -> list[Packed]:
    return [found for _, found in mined if isinstance(found, Packed)]


def codes(found: Packed) -> list[str]:
    return [
        row[rows.columns.index("code")]
        for rows in found.rows
        if rows.table == "problems"
        for row in rows.values
    ]


def test_documents_come_back_in_order() -> None:
    texts = ["SLOW" if n % 5 == 0 else "平" for n in range(30)]
    assert [m.path for m in mined(*texts)] == [f"{n:03d}.txt" for n in range(30)]


@pytest.mark.parametrize(
    ("order", "code"),
    [("KILL", "worker-died"), ("HANG", "too-long"), ("MEMORY", "memory"), ("CRASH", "crashed")],
)
def test_a_document_that_ends_its_worker_is_set_aside_and_the_others_are_mined(order: str, code: str) -> None:
    texts = ["平"] * 14
    texts[5] = order
    found = mined(*texts)
    assert [m.path for m in found] == [f"{n:03d}.txt" for n in range(14)]
    assert [(m.path, codes(m)) for m in found if m.failed] == [("005.txt", [code])]


def test_what_failed_with_its_machine_is_tried_again_by_the_next_run() -> None:
    assert [m.again for m in mined("平", "KILL", "MEMORY", "HANG", "CRASH")] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_worker_killed_from_outside_costs_no_document() -> None:
    with Crew(Config(), 2) as team:
        found: list[Packed] = []
        killed = 0
        for _, batch in team.mine(chunks_of(sources(*["SLOW"] * 60))):
            found += packed(batch)
            if killed < 3:
                team._workers[killed % len(team._workers)].process.kill()
                killed += 1
    assert len(found) == 60 and not any(m.failed for m in found)


def test_a_stopped_worker_is_replaced() -> None:
    with Crew(_HURRY, 2) as team:
        batches = team.mine(chunks_of(sources(*["平"] * 40)))
        found = packed(next(batches)[1])
        team._workers[0].process.send_signal(signal.SIGSTOP)
        found += packed(one for _, batch in batches for one in batch)
    assert len(found) == 40 and not any(m.failed for m in found)


def test_workers_that_cannot_start_are_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_START", "from tests.crew_worker import never; never({})")
    with pytest.raises(MinerError, match="--workers 1"):
        mined("平")


def test_no_worker_is_left_when_the_reader_fails() -> None:
    processes: list[subprocess.Popen[bytes]] = []

    def failing() -> Iterator[Chunk]:
        yield from chunks_of(sources(*["平"] * 8))
        processes.extend(worker.process for worker in team._workers)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"), Crew(Config(), 2) as team:
        list(team.mine(failing()))
    assert processes and all(process.returncode is not None for process in processes)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_workers_end_with_a_main_process_that_is_killed() -> None:
    script = (
        "from tests.test_crew import *; crew._START = 'from tests.crew_worker import serve; serve({})'\n"
        "with Crew(Config(), 2) as team:\n"
        "    batches = team.mine(chunks_of(sources(*['平'] * 200, 'HANG', *['平'] * 400)))\n"
        "    next(batches); print(*(w.process.pid for w in team._workers), flush=True); list(batches)\n"
    )
    main = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert main.stdout is not None
    workers = [int(text) for text in main.stdout.readline().split()]
    main.kill()
    main.wait()
    main.stdout.close()
    assert workers
    for _ in range(600):
        if not any(_lives(worker) for worker in workers):
            return
        time.sleep(0.1)
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    pytest.fail("workers outlive the main process")


def _lives(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
