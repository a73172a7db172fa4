"""Where documents lie: files that moved, files that are gone, and the same bytes in several places.

A document has one row for each place it was found at; its path, and with it what the path says of date, page and
newspaper, is that of its first place in the order of names. So a database depends on what lies where now, and not on the
order in which it came there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from miner.model import Problem
from miner.offsets import stable_id

_ORDER = "replace({}, '/', char(1))"
"""SQL: paths in the order of a walk, folder by folder."""


class Place(NamedTuple):
    """A place: the folder that was given, as an absolute path, and the path below it."""

    root: str
    path: str

    @property
    def key(self) -> str:
        """What stands for the place in the database, which tells nobody how folders are called here."""
        return stable_id("location", f"{self.root}/{self.path}")

    @property
    def root_key(self) -> str:
        """The same for the folder alone."""
        return root_key(self.root)


class Gone(NamedTuple):
    """A place where a document lay, and lies no more."""

    key: str
    document_id: str
    path: str


class Settled(NamedTuple):
    """What became of documents at the end of a walk."""

    moved: dict[str, str]
    """Documents that must be read again under another path: id → path."""
    pruned: list[str]
    """Paths of documents that were removed."""
    changed: bool


def root_key(root: str) -> str:
    """Return what stands for a folder in the database."""
    return stable_id("root", root)


class Places:
    """The places of a database's documents during one walk. Not thread-safe."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute("create temp table if not exists seen_places (key text primary key) without rowid")
        connection.execute("delete from seen_places")
        connection.commit()

    def note(self, document_id: str, place: Place) -> bool:
        """Note that a document that is stored lies at a place; return whether this was new.

        Of two folders from which one place was reached, the one further up says more.
        """
        self.connection.execute("insert or ignore into seen_places values (?)", (place.key,))
        old = self.connection.execute(
            "select document_id, path, root_sha256 from locations where location_sha256 = ?", (place.key,)
        ).fetchone()
        if old and old[0] == document_id and old[2] is not None and len(old[1]) >= len(place.path):
            return False
        self.connection.execute(
            "insert or replace into locations (location_sha256, document_id, path, root_sha256) values (?, ?, ?, ?)",
            (place.key, document_id, place.path, place.root_key),
        )
        return True

    def of(self, document_id: str) -> list[tuple[str, str, str, str]]:
        """Return the rows of a document's places."""
        return self.connection.execute(
            "select location_sha256, document_id, path, root_sha256 from locations where document_id = ?",
            (document_id,),
        ).fetchall()

    def at(self, place: Place) -> str | None:
        """Return the document that lay at a place before this walk came there."""
        found = self.connection.execute(
            "select document_id from locations where location_sha256 = ?", (place.key,)
        ).fetchone()
        return found[0] if found else None

    def restore(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        """Write the places of a document again that was replaced."""
        self.connection.executemany(
            "insert or replace into locations (location_sha256, document_id, path, root_sha256) values (?, ?, ?, ?)",
            rows,
        )

    def forget_unplaced(self, document_id: str) -> None:
        """Delete a document that lies nowhere, with all its facts."""
        if not self.of(document_id):
            self.connection.execute("delete from documents where id = ?", (document_id,))

    def any_readable(self) -> bool:
        """Tell whether this walk came by a document that could be read."""
        found = self.connection.execute(
            "select 1 from seen_places join locations on location_sha256 = key join documents on id = document_id"
            " where status = 'ok' limit 1"
        )
        return found.fetchone() is not None

    def settle(self, walked: Collection[str], is_under: Callable[[str], bool], *, prune: bool) -> Settled:
        """Bring places, documents and what is said of twins in step with what was seen, in one transaction.

        `walked` are the keys of the folders that were gone through, `is_under` says of a path below one whether it could
        have been seen. A document that was seen elsewhere has moved; one that was seen nowhere stays unless `prune`.
        """
        with self.connection:
            self.connection.execute("begin immediate")
            before = self.connection.total_changes
            pruned = self._drop_gone(
                [gone for gone in self._gone(walked) if is_under(gone.path)], prune=prune
            )
            self.connection.execute(
                "delete from documents where not exists (select 1 from locations where document_id = documents.id)"
            )
            moved = dict(self._moved())
            changed = self.connection.total_changes > before
        return Settled(moved, pruned, changed)

    def _gone(self, walked: Collection[str]) -> list[Gone]:
        found = self.connection.execute(
            "select location_sha256, document_id, path, root_sha256 from locations"
            " where not exists (select 1 from seen_places where key = location_sha256) order by path"
        )
        return [Gone(*row[:3]) for row in found if row[3] in walked]

    def _drop_gone(self, gone: Iterable[Gone], *, prune: bool) -> list[str]:
        pruned: list[str] = []
        for place in gone:
            elsewhere = self.connection.execute(
                "select 1 from locations join seen_places on key = location_sha256 where document_id = ?",
                (place.document_id,),
            ).fetchone()
            if elsewhere or prune:
                self.connection.execute("delete from locations where location_sha256 = ?", (place.key,))
            if prune and not elsewhere:
                pruned.append(place.path)
        return pruned

    def _moved(self) -> list[tuple[str, str]]:
        """Return the documents whose path is not that of their first place."""
        first = _ORDER.format("locations.path")
        return self.connection.execute(
            f"select id, path_now from (select documents.id, documents.path, locations.path as path_now, min({first})"
            " from documents join locations on document_id = documents.id group by documents.id) where path <> path_now"
        ).fetchall()

    def twins(self) -> list[tuple[Problem, str]]:
        """Return for every further place of a document that it holds the same bytes as the first, with its path."""
        order = _ORDER.format("locations.path")
        found = self.connection.execute(
            "select documents.id, documents.path, locations.path from documents join locations on document_id = documents.id"
            f" where locations.path <> documents.path group by documents.id, locations.path order by documents.id, {order}"
        )
        return [
            (
                Problem(
                    "store",
                    "duplicate-bytes",
                    f"与 {first} 内容完全相同,只存一份 / same bytes as {first}, stored once",
                    document_id=document_id,
                ),
                path,
            )
            for document_id, first, path in found
        ]
