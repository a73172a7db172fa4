"""The same line over many files: reads, mines on one or several processes, and stores with a single writer."""

from __future__ import annotations

import glob
import hashlib
import multiprocessing
import signal
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from miner import __version__
from miner.config import Config
from miner.errors import InputError, MinerError
from miner.model import Document, Mined, Problem
from miner.pipeline import mine
from miner.read import count_paths, read_paths
from miner.recognise import Recogniser
from miner.recognise.network.choice import check
from miner.resolve import resolve
from miner.store.database import open_database, store_errors
from miner.store.write import Writer

_CHUNK_CHARS = 200_000
_CHUNK_DOCUMENTS = 64
_TOLD_CAUSES = 5
_IN_FLIGHT = 3
"""Chunks on their way for each worker: enough to keep it busy, few enough to keep memory flat."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; handed to the watcher after every batch."""

    total: int | None
    documents: int = 0
    skipped: int = 0
    failed: int = 0
    articles: int = 0
    characters: int = 0
    seconds: float = 0.0
    stage: str = "mine"
    path: str = ""
    causes: tuple[str, ...] = ()
    """Why nothing could be read, when nothing could."""

    @property
    def read_nothing(self) -> bool:
        """Whether no document was read, now or before."""
        return self.documents - self.failed + self.skipped == 0


@dataclass(slots=True)
class _Counts:
    documents: int = 0
    skipped: int = 0
    failed: int = 0
    articles: int = 0
    characters: int = 0
    changed: bool = False
    started: float = field(default_factory=time.monotonic)

    def progress(self, total: int | None, stage: str = "mine", path: str = "") -> Progress:
        seconds = time.monotonic() - self.started
        return Progress(
            total,
            self.documents,
            self.skipped,
            self.failed,
            self.articles,
            self.characters,
            seconds,
            stage,
            path,
        )


Watcher = Callable[[Progress], None]


@cache
def model_digest() -> str:
    """Return a hash over every lexicon and model of the package."""
    digest = hashlib.sha256()
    stack: list[tuple[str, Traversable]] = [("", resources.files("miner") / "resources")]
    while stack:
        name, here = stack.pop()
        if here.is_dir():
            stack.extend(
                sorted(
                    ((f"{name}/{child.name}", child) for child in here.iterdir()), key=lambda pair: pair[0]
                )
            )
        elif not name.endswith(".md"):
            digest.update(name.encode())
            digest.update(here.read_bytes())
    return digest.hexdigest()


def reader_digest(config: Config) -> str:
    """Return a hash of everything that decides what is read from a document: version, configuration, lexicons, models."""
    return hashlib.sha256(f"{__version__} {config.digest()} {model_digest()}".encode()).hexdigest()


def expand(paths: Iterable[str]) -> list[tuple[Path, Path]]:
    """Return (path, root) for files, folders and globs; the paths of documents are relative to the root.

    Raises InputError for a path that does not exist and a glob that matches nothing.
    """
    found: list[tuple[Path, Path]] = []
    for given in paths:
        path = Path(given)
        if path.exists():
            found.append((path, path if path.is_dir() else path.parent))
        elif glob.has_magic(given):
            matches = sorted(glob.glob(given, recursive=True))
            if not matches:
                raise InputError("no file matches this pattern", code="no-match", where=given)
            found.extend((Path(m), Path(m) if Path(m).is_dir() else Path(m).parent) for m in matches)
        else:
            raise InputError(
                "there is no such file or folder", code="missing", where=given, hint="check the spelling"
            )
    return found


def run_paths(paths: Sequence[str], database: Path, config: Config, *, workers: int = 1, force: bool = False,
              command: str = "", watch: Watcher | None = None) -> Progress:  # fmt: skip
    """Mine files, folders and globs into a database, then resolve it; return what was done.

    Documents that are known already, by the same version, configuration and models, are skipped. Each batch is one
    transaction: whatever stops a run, what was stored stays valid and the next run goes on from there.

    Raises InputError, StoreError, ConfigError or ModelError, as their names say.
    """
    places = expand(paths)
    check(config.names)
    watch = watch or (lambda progress: None)
    there_before = database.exists()
    opened = open_database(database, create=True)
    connection: sqlite3.Connection = opened.conn
    try:
        with store_errors(database):
            done = _run(
                places, connection, config, workers=workers, force=force, command=command, watch=watch
            )
    finally:
        _close(connection)
    if done.read_nothing and not there_before:
        database.unlink(missing_ok=True)  # an empty database beside the mistyped path would only puzzle
    return done


def _causes(connection: sqlite3.Connection) -> tuple[str, ...]:
    rows = connection.execute(
        "select distinct message from problems where stage = 'read' and code <> 'nothing-readable' limit ?",
        (_TOLD_CAUSES,),
    )
    return tuple(row[0] for row in rows)


def _run(places: Sequence[tuple[Path, Path]], connection: sqlite3.Connection, config: Config, *, workers: int, force: bool,
         command: str, watch: Watcher) -> Progress:  # fmt: skip
    writer = Writer(connection, reader_sha256=reader_digest(config))
    unresolved = writer.has_unfinished_run()
    writer.begin_run(
        version=__version__, command=command, config_sha256=config.digest(), model_sha256=model_digest()
    )
    counts = _Counts()
    total = count_paths([path for path, _ in places])
    located = _located(places, config, writer, counts, force=force)
    for batch in _mined_batches(located, config, workers=workers):
        writer.write(batch)
        counts.changed = True
        counts.documents += len(batch)
        counts.failed += sum(mined.document.status == "failed" for mined, _ in batch)
        counts.articles += sum(len(mined.facts) for mined, _ in batch)
        counts.characters += sum(mined.document.n_chars for mined, _ in batch)
        watch(counts.progress(total, path=batch[-1][0].document.path))
    if counts.documents - counts.failed + counts.skipped == 0:
        writer.add_problems(
            [Problem("read", "nothing-readable", "这里没有可读的文件 / nothing readable here")],
            path=", ".join(str(p) for p, _ in places),
        )
    if counts.changed or force or unresolved:
        watch(counts.progress(total, "resolve"))
        resolve_archive(connection)
    done = counts.progress(total, "done")
    if counts.changed or counts.documents + counts.skipped == 0 or force or unresolved:
        writer.finish_run(documents=counts.documents, articles=counts.articles, skipped=counts.skipped, failed=counts.failed,
                          characters=counts.characters, seconds=round(done.seconds, 3))  # fmt: skip
    else:
        writer.drop_run()
    return replace(done, causes=_causes(connection)) if done.read_nothing else done


def resolve_archive(connection: sqlite3.Connection) -> None:
    """Resolve an archive anew and bring what its pages read in step; raises sqlite3.Error."""
    from miner.publish.index import (
        refresh_index,  # brings Datasette along: not wanted by who only reads facts
    )

    resolve(connection)
    refresh_index(connection)


def _located(
    places: Sequence[tuple[Path, Path]], config: Config, writer: Writer, counts: _Counts, *, force: bool
) -> Iterator[tuple[Document, str]]:
    """Read documents, each with the absolute place it lies at; skip the known ones before they are parsed."""
    for path, root in places:
        base = str(root.resolve())

        def skip(document_id: str, relative: str, base: str = base) -> bool:
            if force or not writer.knows(document_id):
                return False
            counts.skipped += 1
            counts.changed |= writer.see(document_id, location=f"{base}/{relative}", path=relative)
            return True

        for document in read_paths([path], config, skip=skip):
            yield document, f"{base}/{document.path}"


def _chunks(located: Iterable[tuple[Document, str]]) -> Iterator[list[tuple[Document, str]]]:
    chunk: list[tuple[Document, str]] = []
    chars = 0
    for document, location in located:
        chunk.append((document, location))
        chars += document.n_chars
        if chars >= _CHUNK_CHARS or len(chunk) >= _CHUNK_DOCUMENTS:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk


def _mined_batches(
    located: Iterable[tuple[Document, str]], config: Config, *, workers: int
) -> Iterator[list[tuple[Mined, str]]]:
    if workers <= 1:
        recogniser: Recogniser | None = None
        for chunk in _chunks(located):
            # Loaded only when something must be read: a run over an unchanged archive stays quick.
            recogniser = recogniser or Recogniser.load(config.names)
            yield list(
                zip(
                    mine_safely([d for d, _ in chunk], config, recogniser),
                    [place for _, place in chunk],
                    strict=True,
                )
            )
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_start_worker, initargs=(config,)
    ) as pool:
        waiting: deque[tuple[Future[list[Mined]], list[str]]] = deque()
        for chunk in _chunks(located):
            waiting.append((pool.submit(_work, [d for d, _ in chunk]), [place for _, place in chunk]))
            if len(waiting) >= _IN_FLIGHT * workers:
                yield _collect(*waiting.popleft())
        while waiting:
            yield _collect(*waiting.popleft())


def _collect(future: Future[list[Mined]], places: list[str]) -> list[tuple[Mined, str]]:
    return list(zip(future.result(), places, strict=True))


_WORKER: dict[str, tuple[Config, Recogniser]] = {}
"""Filled once in each worker process, never in the main one."""


def _start_worker(config: Config) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when to stop
    _WORKER["tools"] = (config, Recogniser.load(config.names))


def _work(documents: list[Document]) -> list[Mined]:
    config, recogniser = _WORKER["tools"]
    return mine_safely(documents, config, recogniser)


def mine_safely(documents: list[Document], config: Config, recogniser: Recogniser) -> list[Mined]:
    """Mine documents together; when that fails, one by one, so that a failure stays with the document that causes it."""
    try:
        return list(mine(documents, config, recogniser))
    except (MinerError, MemoryError):
        raise
    except Exception as error:
        if len(documents) == 1:
            return [_failed(documents[0], error)]
        return [mined for document in documents for mined in mine_safely([document], config, recogniser)]


def _failed(document: Document, error: Exception) -> Mined:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    problem = Problem(
        "mine",
        "crashed",
        f"程序在此文档上出错 / the program failed on this document: {type(error).__name__}: {error} ({where})",
    )
    return Mined(replace(document, status="failed"), (), (), (*document.problems, problem))


def _close(connection: sqlite3.Connection) -> None:
    """Leave one plain file behind: no -wal beside it, readable from read-only media."""
    try:
        connection.execute("pragma optimize")
        connection.execute("pragma journal_mode = delete")
    except sqlite3.Error:
        pass  # someone reads the database now, or the disk is full: the write-ahead log stays, and stays valid
    finally:
        connection.close()
