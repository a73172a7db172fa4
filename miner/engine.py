"""The same line over many files: reads, mines on one or several processes, and stores with a single writer."""

from __future__ import annotations

import glob
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from miner import __version__
from miner.chunks import Chunk, Found, KnownDocument, Mined, Remote, chunks_of, mine_chunk
from miner.cluster import Cluster
from miner.config import Config
from miner.crew import Crew
from miner.desk.correct.apply import corrections_changed, resolve_corrected
from miner.digest import model_digest, reader_digest
from miner.errors import InputError
from miner.model import Problem
from miner.read import Plain, Source, Unread, count_paths, find_sources
from miner.recognise import Recogniser
from miner.recognise.network.choice import Kind, check
from miner.remote import find_plain, is_address, open_plain, root_of
from miner.resolve import How
from miner.store.database import only_run, open_database, store_errors
from miner.store.places import Place, root_key
from miner.store.rows import Packed
from miner.store.write import Writer

_TOLD_CAUSES = 5

Placed = tuple[Found, str]
"""A source, and the folder that its path is relative to."""
Miners = Callable[[Iterable[Chunk]], Iterator[tuple[Chunk, list[Mined]]]]


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


class Given(NamedTuple):
    """One thing to mine: a file or a folder, by path or address."""

    path: str
    root: str
    """The folder that the paths of its documents are relative to, absolute."""
    file: str | None
    """Its name below the root, when it is one file."""


def expand(paths: Iterable[str]) -> list[Given]:
    """Return what files, folders, globs and addresses stand for.

    Raises InputError for a path that does not exist and a glob that matches nothing.
    """
    found: list[Given] = []
    for given in paths:
        if Path(given).exists():
            found.append(_local(given))
        elif is_address(given):
            found.append(Given(given, *root_of(given)))
        elif glob.has_magic(given):
            matches = sorted(glob.glob(given, recursive=True))
            if not matches:
                raise InputError(
                    "没有文件符合这个通配符 / no file matches this pattern", code="no-match", where=given
                )
            found.extend(map(_local, matches))
        else:
            raise InputError(
                "没有这个文件或文件夹 / there is no such file or folder",
                code="missing",
                where=given,
                hint="检查路径 / check the spelling",
            )
    return found


def _local(given: str) -> Given:
    path = Path(given)
    if path.is_dir():
        return Given(given, str(path.resolve()), None)
    return Given(given, str(path.parent.resolve()), path.name)


def run_paths(paths: Sequence[str], database: Path, config: Config, *, workers: int = 1, scheduler: str | None = None,
              force: bool = False, prune: bool = False, command: str = "", watch: Watcher | None = None) -> Progress:  # fmt: skip
    """Mine files, folders and globs into a database, then resolve it; return what was done.

    Documents that are known already, by the same version, configuration and models, are skipped. Each batch is one
    transaction: whatever stops a run, what was stored stays valid and the next run goes on from there. Documents that
    moved are read again under their new path; those that are gone stay, unless `prune`. With the address of a Dask
    `scheduler` its workers mine, else so many processes of this machine.

    Raises InputError, StoreError, ConfigError or ModelError, as their names say.
    """
    given = expand(paths)
    check(config.names)
    watch = watch or (lambda progress: None)
    there_before = database.exists()
    with only_run(database):
        connection, writer = open_database(database, create=True), None
        try:
            with store_errors(database):
                writer = Writer(connection, reader_sha256=reader_digest(config))
                crew = Hands(workers, scheduler)
                done = _Run(writer, config, hands=crew, force=force, watch=watch).over(
                    given, command=command, prune=prune
                )
        finally:
            _close(connection, written=bool(writer and writer.wrote))
    if done.read_nothing and not there_before:
        database.unlink(missing_ok=True)  # an empty database beside the mistyped path would only puzzle
    return done


def _causes(connection: sqlite3.Connection) -> tuple[str, ...]:
    rows = connection.execute(
        "select distinct message from problems where stage = 'read' and code <> 'nothing-readable' limit ?",
        (_TOLD_CAUSES,),
    )
    return tuple(row[0] for row in rows)


class Hands(NamedTuple):
    """Who mines: processes of this machine, or the workers of a Dask scheduler."""

    workers: int = 1
    scheduler: str | None = None


class _Run:
    """One run over an archive: walks it, mines what is new, brings places and facts in step."""

    def __init__(self, writer: Writer, config: Config, *, hands: Hands, force: bool, watch: Watcher) -> None:
        self.writer, self.config, self.hands, self.force, self.watch = writer, config, hands, force, watch
        self.counts = _Counts()
        self.walk = Walk()
        self.total: int | None = None

    def over(self, given: Sequence[Given], *, command: str, prune: bool) -> Progress:
        """Do the run; returns what was done."""
        writer, counts = self.writer, self.counts
        unresolved = writer.has_unfinished_run() or self.force
        writer.begin_run(
            version=__version__,
            command=command,
            config_sha256=self.config.digest(),
            model_sha256=model_digest(),
        )
        if not any(is_address(one.path) for one in given):
            self.total = count_paths([one.path for one in given])
        self._mine(self._located(given))
        self._settle(given, prune=prune)
        empty = self._say_whether_empty(given)
        unresolved = unresolved or corrections_changed(writer.connection)
        if counts.changed or unresolved:
            self.watch(counts.progress(self.total, "resolve"))
            resolve_archive(writer.connection, names=self.config.names, how="since")
        done = counts.progress(self.total, "done")
        if counts.changed or unresolved or empty:
            writer.finish_run(documents=counts.documents, articles=counts.articles, skipped=counts.skipped, failed=counts.failed,
                              characters=counts.characters, seconds=round(done.seconds, 3))  # fmt: skip
        return replace(done, causes=_causes(writer.connection)) if done.read_nothing else done

    def _mine(self, found: Iterable[Placed], *, again: bool = False) -> None:
        roots: deque[str] = deque()

        def sources() -> Iterator[Found]:
            for source, root in found:
                roots.append(root)
                yield source

        chunks = chunks_of(sources())
        first = next(chunks, None)
        if first is None:  # nobody is asked to come where nothing is to be done
            return
        with _miners(self.config, self.hands) as miners:
            for chunk, mined in miners(chain((first,), chunks)):
                of = [roots.popleft() for _ in chunk.sources]
                self._write([(packed, Place(of[n], packed.path)) for n, packed in mined], again=again)

    def _write(self, mined: Sequence[tuple[Packed | KnownDocument, Place]], *, again: bool) -> None:
        counts = self.counts
        for seen, place in mined:
            if isinstance(seen, KnownDocument):
                self._saw(seen.id, place)
        batch = [(packed, place) for packed, place in mined if isinstance(packed, Packed)]
        if batch:
            self.writer.write(batch, again=again)
            counts.changed = True
            counts.documents += len(batch)
            counts.failed += sum(packed.failed for packed, _ in batch)
            counts.articles += sum(packed.n_articles for packed, _ in batch)
            counts.characters += sum(packed.n_chars for packed, _ in batch)
            self.walk.unread.update(packed.path for packed, _ in batch if packed.failed)
        if mined:
            self.watch(counts.progress(self.total, path=mined[-1][1].path))

    def _located(self, given: Sequence[Given]) -> Iterator[Placed]:
        """Find documents, each with the folder its path is relative to; pass over the known ones before they are read."""
        for path, root, file in given:
            self.walk.enter(root, file)
            for found in self._find(path):
                self.walk.saw(root, found.path)
                if isinstance(found, Plain):
                    known = () if self.force else tuple(self.writer.known_at(Place(root, found.path)))
                    yield Remote(found, known), root
                elif self.force or not self.writer.knows(found.id):
                    yield found, root
                else:
                    self._saw(found.id, Place(root, found.path))

    def _find(self, path: str) -> Iterator[Plain | Source | Unread]:
        if self.hands.scheduler or is_address(path):
            return find_plain(path, self.config)
        return find_sources([path], self.config)

    def _saw(self, document_id: str, place: Place) -> None:
        """Note that a known document lies at a place."""
        self.counts.skipped += 1
        self.counts.changed |= self.writer.see(document_id, place)

    def _settle(self, given: Sequence[Given], *, prune: bool) -> None:
        """Bring the database in step with what lies where: what moved is read again, what is gone may go."""
        settled = self.writer.places.settle(self.walk.roots, self.walk.was_under, prune=prune)
        self.counts.changed |= settled.changed
        self.counts.pruned += tuple(settled.pruned)
        if settled.moved:
            self._mine(self._moved(given, settled.moved), again=True)
        self.counts.changed |= self.writer.say_twins()

    def _moved(self, given: Sequence[Given], moved: Mapping[str, str]) -> Iterator[Placed]:
        """Find again the documents whose path is another one now."""
        now = set(moved.values())
        for path, root, _ in given:
            for found in self._opened(path, only=now):
                if moved.get(found.id) == found.path:
                    yield found, root

    def _opened(self, path: str, *, only: Collection[str]) -> Iterator[Source | Unread]:
        if not is_address(path):
            yield from find_sources([path], self.config, only=only)
            return
        for found in find_plain(path, self.config):
            if found.path in only:
                yield from open_plain(found, self.config) if isinstance(found, Plain) else (found,)

    def _say_whether_empty(self, given: Sequence[Given]) -> bool:
        empty = not self.writer.places.any_readable()
        self.writer.forget_nothing_readable()
        if empty:
            self.writer.add_problems(
                [Problem("read", "nothing-readable", "这里没有可读的文件 / nothing readable here")],
                path=", ".join(one.path for one in given),
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


def resolve_archive(connection: sqlite3.Connection, *, names: Kind = "fast", how: How = "whole") -> None:
    """Resolve an archive as people corrected it, and bring what its pages read in step; raises sqlite3.Error.

    `how`: `whole` anew, or `since`: what came and went since the last time, where that gives the same.
    """
    from miner.publish.index import (
        refresh_index,  # brings Datasette along: not wanted by who only reads facts
    )

    by = f"{__version__} {model_digest()}"
    scope = resolve_corrected(connection, by=by, how=how, names=names)
    refresh_index(connection, since=scope.touched is not None)
    connection.execute(
        "pragma optimize"
    )  # here and not at the end: a run that changes nothing changes no byte


@contextmanager
def _miners(config: Config, hands: Hands) -> Iterator[Miners]:
    """Yield what mines chunks: this process alone, or others, of which none works on at the end."""
    if hands.scheduler:
        with Cluster(hands.scheduler, config) as cluster:
            yield cluster.mine
    elif hands.workers > 1:
        with Crew(config, hands.workers) as crew:
            yield crew.mine
    else:
        yield partial(_mine_here, config=config)


def _mine_here(chunks: Iterable[Chunk], config: Config) -> Iterator[tuple[Chunk, list[Mined]]]:
    recogniser = Recogniser.load(config.names)
    for chunk in chunks:
        yield chunk, mine_chunk(chunk, config, recogniser)


def _close(connection: sqlite3.Connection, *, written: bool) -> None:
    """Leave one plain file behind: no -wal beside it, readable from read-only media; one not written stays as it is."""
    try:
        if written:
            connection.execute("pragma optimize")
        connection.execute("pragma journal_mode = delete")
    except sqlite3.Error:
        pass  # someone reads the database now, or the disk is full: the write-ahead log stays, and stays valid
    finally:
        connection.close()
