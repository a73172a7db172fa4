"""The same line over many files: reads, mines on one or several processes, and stores with a single writer."""

from __future__ import annotations

import glob
import hashlib
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from miner import __version__
from miner.chunks import Chunk, chunks_of, mine_chunk
from miner.config import Config
from miner.crew import Crew
from miner.errors import InputError
from miner.model import Problem
from miner.read import Source, Unread, count_paths, find_sources
from miner.recognise import Recogniser
from miner.recognise.network.choice import check
from miner.resolve import resolve
from miner.store.database import only_run, open_database, store_errors
from miner.store.places import Place, root_key
from miner.store.rows import Packed
from miner.store.write import Writer

_TOLD_CAUSES = 5

Placed = tuple[Source | Unread, Place]
Miners = Callable[[Iterable[Chunk]], Iterator[tuple[Chunk, list[Packed]]]]


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
    with only_run(database):
        connection: sqlite3.Connection = open_database(database, create=True)
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
        if counts.changed or unresolved:
            self.watch(counts.progress(self.total, "resolve"))
            resolve_archive(writer.connection)
        done = counts.progress(self.total, "done")
        if counts.changed or unresolved or empty:
            writer.finish_run(documents=counts.documents, articles=counts.articles, skipped=counts.skipped, failed=counts.failed,
                              characters=counts.characters, seconds=round(done.seconds, 3))  # fmt: skip
        return replace(done, causes=_causes(writer.connection)) if done.read_nothing else done

    def _mine(self, found: Iterable[Placed], *, again: bool = False) -> None:
        places: deque[Place] = deque()

        def sources() -> Iterator[Source | Unread]:
            for source, place in found:
                places.append(place)
                yield source

        with _miners(self.config, self.workers) as miners:
            for chunk, mined in miners(chunks_of(sources())):
                self._write([(packed, places.popleft()) for packed in mined], again=again)
                self.walk.unread.update(s.path for s, m in zip(chunk.sources, mined, strict=True) if m.failed)

    def _write(self, batch: Sequence[tuple[Packed, Place]], *, again: bool) -> None:
        counts = self.counts
        self.writer.write(batch, again=again)
        counts.changed = True
        counts.documents += len(batch)
        counts.failed += sum(packed.failed for packed, _ in batch)
        counts.articles += sum(packed.n_articles for packed, _ in batch)
        counts.characters += sum(packed.n_chars for packed, _ in batch)
        self.watch(counts.progress(self.total, path=batch[-1][0].path))

    def _located(self, places: Sequence[tuple[Path, Path]]) -> Iterator[Placed]:
        """Find documents, each with the place it lies at; pass over the known ones before they are read."""
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

            for found in find_sources([path], self.config):
                if not skip(found.id, found.path):
                    yield found, Place(base, found.path)

    def _settle(self, places: Sequence[tuple[Path, Path]], *, prune: bool) -> None:
        """Bring the database in step with what lies where: what moved is read again, what is gone may go."""
        settled = self.writer.places.settle(self.walk.roots, self.walk.was_under, prune=prune)
        self.counts.changed |= settled.changed
        self.counts.pruned += tuple(settled.pruned)
        if settled.moved:
            self._mine(self._moved(places, settled.moved), again=True)
        self.counts.changed |= self.writer.say_twins()

    def _moved(self, places: Sequence[tuple[Path, Path]], moved: Mapping[str, str]) -> Iterator[Placed]:
        """Find again the documents whose path is another one now."""
        for path, root in places:
            base = str(root.resolve())
            for found in find_sources([path], self.config, only=moved.values()):
                if moved.get(found.id) == found.path:
                    yield found, Place(base, found.path)

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


def resolve_archive(connection: sqlite3.Connection) -> None:
    """Resolve an archive anew and bring what its pages read in step; raises sqlite3.Error."""
    from miner.publish.index import (
        refresh_index,  # brings Datasette along: not wanted by who only reads facts
    )

    resolve(connection)
    refresh_index(connection)


@contextmanager
def _miners(config: Config, workers: int) -> Iterator[Miners]:
    """Yield what mines chunks: this process alone, or several, of which none is left at the end."""
    if workers > 1:
        with Crew(config, workers) as crew:
            yield crew.mine
    else:
        yield partial(_mine_here, config=config)


def _mine_here(chunks: Iterable[Chunk], config: Config) -> Iterator[tuple[Chunk, list[Packed]]]:
    recogniser: Recogniser | None = None
    for chunk in chunks:
        # Loaded only when something must be read: a run over an unchanged archive stays quick.
        recogniser = recogniser or Recogniser.load(config.names)
        yield chunk, mine_chunk(chunk, config, recogniser)


def _close(connection: sqlite3.Connection) -> None:
    """Leave one plain file behind: no -wal beside it, readable from read-only media."""
    try:
        connection.execute("pragma optimize")
        connection.execute("pragma journal_mode = delete")
    except sqlite3.Error:
        pass  # someone reads the database now, or the disk is full: the write-ahead log stays, and stays valid
    finally:
        connection.close()
