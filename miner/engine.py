"""The same line over many files: reads, mines on one or several processes, and stores with a single writer."""

from __future__ import annotations

import glob
import hashlib
import multiprocessing
import signal
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from miner import __version__
from miner.config import Config
from miner.desk.correct.apply import corrections_changed, resolve_corrected
from miner.errors import InputError, MinerError
from miner.model import Document, Mined, Problem
from miner.pipeline import mine
from miner.read import count_paths, read_paths
from miner.recognise import Recogniser
from miner.recognise.network.choice import Kind, check
from miner.store.database import open_database, store_errors
from miner.store.places import Place, root_key
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
    pruned: tuple[str, ...] = ()
    """Paths of documents that were gone, and were removed."""
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
    pruned: tuple[str, ...] = ()
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
            self.pruned,
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
              prune: bool = False, command: str = "", watch: Watcher | None = None) -> Progress:  # fmt: skip
    """Mine files, folders and globs into a database, then resolve it; return what was done.

    Documents that are known already, by the same version, configuration and models, are skipped. Each batch is one
    transaction: whatever stops a run, what was stored stays valid and the next run goes on from there. Documents that
    moved are read again under their new path; those that are gone stay, unless `prune`.

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
            writer = Writer(connection, reader_sha256=reader_digest(config))
            done = _Run(writer, config, workers=workers, force=force, watch=watch).over(
                places, command=command, prune=prune
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


class _Run:
    """One run over an archive: walks it, mines what is new, brings places and facts in step."""

    def __init__(self, writer: Writer, config: Config, *, workers: int, force: bool, watch: Watcher) -> None:
        self.writer, self.config, self.workers, self.force, self.watch = writer, config, workers, force, watch
        self.counts = _Counts()
        self.walk = Walk()
        self.total: int | None = None

    def over(self, places: Sequence[tuple[Path, Path]], *, command: str, prune: bool) -> Progress:
        """Do the run; returns what was done."""
        writer, counts = self.writer, self.counts
        unresolved = writer.has_unfinished_run() or self.force
        writer.begin_run(
            version=__version__,
            command=command,
            config_sha256=self.config.digest(),
            model_sha256=model_digest(),
        )
        self.total = count_paths([path for path, _ in places])
        self._mine(self._located(places))
        self._settle(places, prune=prune)
        empty = self._say_whether_empty(places)
        unresolved = unresolved or corrections_changed(writer.connection)
        if counts.changed or unresolved:
            self.watch(counts.progress(self.total, "resolve"))
            resolve_archive(writer.connection, names=self.config.names)
        done = counts.progress(self.total, "done")
        if counts.changed or unresolved or empty:
            writer.finish_run(documents=counts.documents, articles=counts.articles, skipped=counts.skipped, failed=counts.failed,
                              characters=counts.characters, seconds=round(done.seconds, 3))  # fmt: skip
        return replace(done, causes=_causes(writer.connection)) if done.read_nothing else done

    def _mine(self, located: Iterable[tuple[Document, Place]], *, again: bool = False) -> None:
        counts = self.counts
        for batch in _mined_batches(located, self.config, workers=self.workers):
            self.writer.write(batch, again=again)
            counts.changed = True
            counts.documents += len(batch)
            counts.failed += sum(mined.document.status == "failed" for mined, _ in batch)
            counts.articles += sum(len(mined.facts) for mined, _ in batch)
            counts.characters += sum(mined.document.n_chars for mined, _ in batch)
            self.watch(counts.progress(self.total, path=batch[-1][0].document.path))

    def _located(self, places: Sequence[tuple[Path, Path]]) -> Iterator[tuple[Document, Place]]:
        """Read documents, each with the place it lies at; skip the known ones before they are parsed."""
        for path, root in places:
            base = str(root.resolve())
            self.walk.enter(base, None if path.is_dir() else path.name)

            def skip(document_id: str, relative: str, base: str = base) -> bool:
                self.walk.saw(base, relative)
                if self.force or not self.writer.knows(document_id):
                    return False
                self.counts.skipped += 1
                self.counts.changed |= self.writer.see(document_id, Place(base, relative))
                return True

            for document in read_paths([path], self.config, skip=skip):
                if document.status == "failed":
                    self.walk.unread.add(document.path)
                yield document, Place(base, document.path)

    def _settle(self, places: Sequence[tuple[Path, Path]], *, prune: bool) -> None:
        """Bring the database in step with what lies where: what moved is read again, what is gone may go."""
        settled = self.writer.places.settle(self.walk.roots, self.walk.was_under, prune=prune)
        self.counts.changed |= settled.changed
        self.counts.pruned += tuple(settled.pruned)
        if settled.moved:
            self._mine(self._moved(places, settled.moved), again=True)
        self.counts.changed |= self.writer.say_twins()

    def _moved(
        self, places: Sequence[tuple[Path, Path]], moved: Mapping[str, str]
    ) -> Iterator[tuple[Document, Place]]:
        """Read again the documents whose path is another one now."""
        for path, root in places:
            base = str(root.resolve())

            def skip(document_id: str, relative: str) -> bool:
                return moved.get(document_id) != relative

            for document in read_paths([path], self.config, skip=skip, only=moved.values()):
                yield document, Place(base, document.path)

    def _say_whether_empty(self, places: Sequence[tuple[Path, Path]]) -> bool:
        empty = not self.writer.places.any_readable()
        self.writer.forget_nothing_readable()
        if empty:
            self.writer.add_problems(
                [Problem("read", "nothing-readable", "这里没有可读的文件 / nothing readable here")],
                path=", ".join(str(path) for path, _ in places),
            )
        return empty


class Walk:
    """What a run went through: folders, the files given by name, and what could not be read on the way."""

    def __init__(self) -> None:
        self.roots: set[str] = set()
        self.files: set[str] = set()
        self.whole = False
        self._known: set[str] = set()
        self.unread: set[str] = set()
        """Paths whose insides were not seen: what lay in them may still be there."""

    def enter(self, base: str, file: str | None) -> None:
        """Note a folder, or one file of a folder, that is gone through."""
        self.roots.add(root_key(base))
        self.whole |= file is None
        if file is not None:
            self.files.add(file)

    def saw(self, base: str, relative: str) -> None:
        """Note what was found: its folders have been gone through, too."""
        folder = relative.rpartition("/")[0]
        if self.whole and folder and folder not in self._known:
            self._known.add(folder)
            self.roots.add(root_key(f"{base}/{folder}"))

    def was_under(self, path: str) -> bool:
        """Tell whether a path would have been seen, did something lie there still.

        >>> walk = Walk()
        >>> walk.enter("/a", "x.zip")
        >>> walk.was_under("x.zip/1.txt"), walk.was_under("y.txt")
        (True, False)
        """
        starts = {path, path.partition("#")[0], *(path[:at] for at, char in enumerate(path) if char == "/")}
        return (self.whole or not starts.isdisjoint(self.files)) and starts.isdisjoint(self.unread - {path})


def resolve_archive(connection: sqlite3.Connection, *, names: Kind = "fast") -> None:
    """Resolve an archive anew as people corrected it, and bring what its pages read in step; raises sqlite3.Error."""
    from miner.publish.index import (
        refresh_index,  # brings Datasette along: not wanted by who only reads facts
    )

    resolve_corrected(connection, names=names)
    refresh_index(connection)


def _chunks(located: Iterable[tuple[Document, Place]]) -> Iterator[list[tuple[Document, Place]]]:
    chunk: list[tuple[Document, Place]] = []
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
    located: Iterable[tuple[Document, Place]], config: Config, *, workers: int
) -> Iterator[list[tuple[Mined, Place]]]:
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
        waiting: deque[tuple[Future[list[Mined]], list[Place]]] = deque()
        for chunk in _chunks(located):
            waiting.append((pool.submit(_work, [d for d, _ in chunk]), [place for _, place in chunk]))
            if len(waiting) >= _IN_FLIGHT * workers:
                yield _collect(*waiting.popleft())
        while waiting:
            yield _collect(*waiting.popleft())


def _collect(future: Future[list[Mined]], places: list[Place]) -> list[tuple[Mined, Place]]:
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
