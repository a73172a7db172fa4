"""A Dask cluster mines an archive: real processes, one killed midway and one added, and the database of one process."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from miner.chunks import Chunk
from miner.cluster import Cluster
from miner.config import Config
from miner.engine import Progress, run_paths
from miner.errors import ConfigError, InputError, MinerError
from miner.read import Plain, Source, Unread, find_sources
from miner.remote import find_plain, open_plain
from tests.faults import content, differences, make_archive

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


@pytest.fixture(scope="module")
def cluster(root: Path) -> Iterator[Any]:
    """A scheduler and three workers, each a process of its own with a nanny."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), before)))
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made
    os.environ.pop("PYTHONPATH")
    if before is not None:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some folders of stories, a zip, rows, and what cannot be read."""
    folder = tmp_path_factory.mktemp("cluster") / "in"
    make_archive(folder, 60, random.Random(3))
    with zipfile.ZipFile(folder / "more.zip", "w") as packed:
        for number in range(5):
            packed.writestr(f"2022-11-0{number + 1}/a.txt", f"禾木乳业第{number}次来到第五届进博会参展。")
    (folder / "rows.jsonl").write_text(
        '{"标题":"签约","正文":"澄江医疗科技签约落户海滨区。"}\n坏行\n', "utf-8"
    )
    os.rename(folder / "0" / "0000.txt", folder / "0" / "renamed.html")
    return folder


@pytest.fixture(scope="module")
def alone(archive: Path) -> Path:
    """The database that one process makes of it."""
    run_paths([str(archive)], archive.parent / "alone.db", Config())
    return archive.parent / "alone.db"


def test_a_killed_and_an_added_worker_change_nothing(
    cluster: Any, archive: Path, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miner.chunks._CHUNK_DOCUMENTS", 4)
    database, told = archive.parent / "many.db", []

    def watch(progress: Progress) -> None:
        told.append(progress)
        if len(told) == 2:
            with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
                process = next(iter(client.run(os.getpid).values()))
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            cluster.scale(4)

    done = run_paths([str(archive)], database, Config(), scheduler=cluster.scheduler_address, watch=watch)
    assert len(told) > 2 and done.skipped == 0
    assert not differences(content(alone), content(database))
    bytes_before = database.read_bytes()
    again = run_paths([str(archive)], database, Config(), scheduler=cluster.scheduler_address)
    assert again.documents == 0 and again.skipped == done.documents
    assert database.read_bytes() == bytes_before


def test_a_scheduler_that_is_not_there_is_said_so(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miner.cluster._WAIT_SECONDS", 1)
    with pytest.raises(ConfigError, match="does not answer"):
        run_paths([str(archive)], tmp_path / "x.db", Config(), scheduler="tcp://127.0.0.1:1")


@pytest.fixture
def in_memory() -> Iterator[str]:
    """The address of a folder in memory with a text, a zip and a hidden file."""
    import fsspec

    system = fsspec.filesystem("memory")
    system.pipe("/papers/2022-11-06/a.txt", "岚川物流参展第五届进博会。".encode())
    system.pipe("/papers/.hidden/b.txt", b"x")
    with system.open("/papers/c.zip", "wb") as stream, zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("d.txt", "松禾食品签约。")
    yield "memory://papers"
    system.rm("/papers", recursive=True)


def test_files_by_address_are_found_under_their_paths(in_memory: str, tmp_path: Path) -> None:
    found = list(find_plain(in_memory, Config()))
    assert [(type(f), f.path) for f in found] == [(Plain, "2022-11-06/a.txt"), (Source, "c.zip/d.txt")]
    plain = found[0]
    assert isinstance(plain, Plain)
    assert [f.data.decode() for f in open_plain(plain, Config()) if isinstance(f, Source)] == [
        "岚川物流参展第五届进博会。"
    ]
    (tmp_path / "e.zip").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as packed:
        packed.writestr("f/g.txt", "红禾乳业签约。")
    inside = list(find_plain(f"zip://::file://{tmp_path}/e.zip", Config()))
    assert [f.path for f in inside] == ["f/g.txt"] and isinstance(inside[0], Plain)
    assert [type(f) for f in open_plain(inside[0], Config())] == [Source]


def test_an_archive_by_address_is_mined_as_on_disk(in_memory: str, tmp_path: Path) -> None:
    done = run_paths([in_memory], tmp_path / "x.db", Config())
    assert (done.documents, done.failed) == (2, 0)
    assert run_paths([in_memory], tmp_path / "x.db", Config()).skipped == 2
    with pytest.raises(InputError, match="nothing at this address"):
        run_paths(["memory://nowhere"], tmp_path / "y.db", Config())


def test_what_is_gone_meanwhile_is_a_problem_of_its_path(tmp_path: Path) -> None:
    found = list(open_plain(Plain(str(tmp_path / "a.txt"), "a.txt"), Config()))
    assert [(type(f), f.error.code) for f in found if isinstance(f, Unread)] == [(Unread, "missing")]


def test_what_is_said_of_a_file_beside_it_is_no_article_by_address_either(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("红禾乳业签约。", "utf-8")
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text('[{"标题": "签约", "正文": "松禾食品签约。"}]', "utf-8")
    by_path = [found.path for found in find_sources([tmp_path], Config())]
    assert sorted({path.split("#")[0] for path in by_path}) == ["a.txt", "b.json"]
    by_address = [found.path for found in find_plain(f"file://{tmp_path}", Config())]
    assert sorted({path.split("#")[0] for path in by_address}) == ["a.txt", "b.json"]


def test_a_scheduler_that_goes_away_is_said_so(cluster: Any) -> None:
    with Cluster(cluster.scheduler_address, Config()) as mined:
        sent = mined._sent(Chunk(0, ()))
        mined._client.cancel([sent], force=True)
        with pytest.raises(MinerError, match="the Dask scheduler is gone"):
            mined._received(Chunk(0, ()), sent)
