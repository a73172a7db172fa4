"""Write what was mined: one transaction for each batch of documents, old facts of a changed file replaced entirely."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from miner.model import Mined, Problem
from miner.offsets import stable_id
from miner.store.places import Place, Places
from miner.store.rows import Packed, Row, Rows, insert, pack, problem_rows, together

_UNIQUE = ("articles", "article_lines")
"""Tables whose rows a document never has twice."""


def now() -> str:
    """Return the time now as ISO 8601 in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Writer:
    """The one writer of a database. Not thread-safe; use one for each connection."""

    def __init__(self, connection: sqlite3.Connection, *, reader_sha256: str) -> None:
        self.connection = connection
        self.reader_sha256 = reader_sha256
        self.run_id = ""
        self.places = Places(connection)
        self._run: Row | None = None

    def begin_run(self, *, version: str, command: str, config_sha256: str, model_sha256: str) -> None:
        """Begin a new run; everything written from now on belongs to it."""
        with self.connection:  # a database that cannot be written is found out before anything is read
            self.connection.execute("begin immediate")
        self.run_id = stable_id("run", datetime.now(UTC).isoformat(), command)
        self._run = {"id": self.run_id, "started": now(), "version": version, "command": command,
                     "config_sha256": config_sha256, "model_sha256": model_sha256}  # fmt: skip

    def _read_on(self) -> None:
        """Let who reads the database go on while it is written; a run that writes nothing leaves the file as it is."""
        if self._run is not None:
            with suppress(
                sqlite3.OperationalError
            ):  # somebody reads just now: they wait a little at each commit
                self.connection.execute("pragma journal_mode = wal")

    def _begin_writing(self) -> None:
        """Add the row of the run before its first fact: a run that changes nothing changes no byte."""
        if self._run is not None:
            insert(self.connection, Rows("runs", tuple(self._run), [tuple(self._run.values())]))
            self._run = None

    def finish_run(self, **counts: float) -> None:
        """Complete the row of the run with its counts."""
        names = ", ".join(f"[{name}] = :{name}" for name in counts)
        with self.connection:
            self._begin_writing()
            self.connection.execute(
                f"update runs set finished = :finished, {names} where id = :id",
                {**counts, "finished": now(), "id": self.run_id},
            )

    @property
    def wrote(self) -> bool:
        """Whether the run has written anything."""
        return self._run is None and bool(self.run_id)

    def has_unfinished_run(self) -> bool:
        """Tell whether the latest run was stopped before its end: what it stored may not have been resolved."""
        row = self.connection.execute(
            "select finished from runs order by started desc, rowid desc limit 1"
        ).fetchone()
        return row is not None and row[0] is None

    def knows(self, document_id: str) -> bool:
        """Tell whether this document was read before, by the same version, configuration and model."""
        found = self.connection.execute(
            "select 1 from documents where id = ? and reader_sha256 = ?", (document_id, self.reader_sha256)
        )
        return found.fetchone() is not None

    def known_at(self, place: Place) -> list[str]:
        """Return the documents at a place, or inside what lies there, that need not be read again."""
        found = self.connection.execute(
            "select d.id from locations l join documents d on d.id = l.document_id"
            " where l.location_sha256 = ? and d.reader_sha256 = ?",
            (place.key, self.reader_sha256),
        )
        return [row[0] for row in found]

    def see(self, document_id: str, place: Place) -> bool:
        """Note that a known document lies at a place; return whether this was new."""
        with self.connection:
            return self.places.note(document_id, place)

    def write(self, batch: Sequence[tuple[Mined | Packed, Place]], *, again: bool = False) -> None:
        """Write documents, each with its place, in one transaction; `again` replaces what this run wrote before."""
        self._read_on()
        with self.connection:
            self.connection.execute("begin immediate")
            self._begin_writing()
            for mined, place in batch:
                packed = pack(mined) if isinstance(mined, Mined) else mined
                self._write_document(packed, place, again=again)

    def _write_document(self, document: Packed, place: Place, *, again: bool) -> None:
        old = self.places.at(place)
        twin = self.connection.execute(
            "select 1 from documents where id = ? and reader_sha256 = ? and run_id = ?",
            (document.id, self.reader_sha256, self.run_id),
        ).fetchone()
        if twin is None or again:
            kept = self.places.of(document.id)
            self.connection.execute("delete from documents where id = ?", (document.id,))
            self._insert_document(document)
            self.places.restore(kept)
        self.places.note(document.id, place)
        if old is not None and old != document.id:
            self.places.forget_unplaced(old)

    def say_twins(self) -> bool:
        """Say of every further place of a document that it holds the same bytes; return whether that is news."""
        rows = self.connection.execute(
            "select id, path from problems where code = 'duplicate-bytes'"
        ).fetchall()
        wanted = {
            row["id"]: (problem, path)
            for problem, path in self.places.twins()
            for row in problem_rows([problem], path=path)
        }
        if {row[0] for row in rows} == set(wanted):
            return False
        with self.connection:
            self.connection.execute("delete from problems where code = 'duplicate-bytes'")
            for problem, path in wanted.values():
                self._insert_problems([problem], path=path)
        return True

    def forget_nothing_readable(self) -> None:
        """Take back what earlier runs said of finding nothing."""
        told = "document_id is null and code = 'nothing-readable'"
        if self.connection.execute(f"select 1 from problems where {told}").fetchone():
            with self.connection:
                self.connection.execute(f"delete from problems where {told}")

    def _insert_document(self, packed: Packed) -> None:
        for rows in packed.rows:
            if rows.table == "documents":
                reader = None if packed.again else self.reader_sha256
                insert(self.connection, rows, reader_sha256=reader, run_id=self.run_id)
            elif rows.table == "problems":
                insert(self.connection, rows, verb="insert or replace", run_id=self.run_id)
            else:
                insert(self.connection, rows, verb="insert" if rows.table in _UNIQUE else "insert or ignore")

    def _insert_problems(self, problems: Iterable[Problem], *, path: str | None) -> None:
        for rows in together([("problems", problem_rows(problems, path=path))]):
            self._begin_writing()
            insert(self.connection, rows, verb="insert or replace", run_id=self.run_id)

    def add_problems(self, problems: Iterable[Problem], *, path: str | None = None) -> None:
        """Store problems that belong to no document."""
        with self.connection:
            self._insert_problems(problems, path=path)
