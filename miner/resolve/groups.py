"""The local entities of the whole archive, grouped by what their articles call them.

The groups of one label lie in a temporary table, so that memory does not grow with the archive: one group is in memory
while it is filled, and the few that are compared.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from miner.offsets import stable_id
from miner.resolve.corrected import Moved, is_moved
from miner.resolve.names import core, fold, part_of, tidy, without_type
from miner.resolve.regions import Local, Qualifier

_KEEP = 32
"""Articles, companions and newspapers that a group remembers for comparing: enough to judge by, flat in memory."""
_CACHED = 1_024
LOST = "\ufffd"
"""What stands where a character of the source was lost."""
_TABLES = (
    "create temp table keyed (local integer primary key, key text not null)",
    "create temp table grouped (key text primary key, id text not null, name text not null, folded text not null, bare text not null, known_as text,"
    " core text not null, region text not null, brand text, rest text, about text not null, root text not null) without rowid",
    "create temp table form_of (form text not null, key text not null, primary key (form, key)) without rowid",
    "create temp table abbreviated (short text not null, full text not null, primary key (short, full)) without rowid",
)


@dataclass(slots=True)
class Group:
    """All local entities that carry one key, with what is known of them together."""

    id: str
    label: str
    key: str
    known_as: str | None = None
    names: Counter[str] = field(default_factory=Counter)
    forms: dict[str, str] = field(default_factory=dict)
    """Other forms, folded, with their kind."""
    sample: list[str] = field(default_factory=list)
    newspapers: set[str] = field(default_factory=set)
    first: str | None = None

    def take(self, article: str, newspaper: str | None, published: str | None) -> None:
        """Remember where it was named."""
        if len(self.sample) < _KEEP:
            self.sample.append(article)
        if newspaper:
            self.newspapers.add(newspaper)
        if published:
            self.first = min(self.first or published, published)

    def call(self, name: str, forms: str) -> None:
        """Add a name, with the other forms (JSON) that its article shows."""
        self.names[tidy(name)] += 1
        if forms == "[]":
            return
        own = fold(name)
        for text, kind, *_ in json.loads(forms):
            if fold(text) != own:
                self.forms.setdefault(fold(text), kind)

    @property
    def name(self) -> str:
        """The fullest name: the longest, then the most frequent, then the first in code-point order."""
        return fullest(self.names)


def fullest(names: Counter[str]) -> str:
    """Return the longest name without a lost character, then the most frequent, then the first in code-point order."""
    return min(names, key=lambda n: (LOST in n, -len(n), -names[n], n))


def drop_tables(connection: sqlite3.Connection) -> None:
    """Drop the temporary tables of groups, or the views that stand in their place."""
    for kind, name in connection.execute("select type, name from sqlite_temp_master").fetchall():
        if name in ("keyed", "grouped", "form_of", "abbreviated", "wanted"):
            connection.execute(f"drop {kind} temp.[{name}]")


def key_of(local: Local) -> str:
    """Return what a local entity is grouped by: its lexicon entry, or its folded name."""
    return f"known:{local.known_as}" if local.known_as else f"name:{fold(tidy(local.name))}"


GROUP_COLUMNS = "key, id, name, folded, bare, known_as, core, region, brand, rest, about, root"


def row_of(group: Group) -> tuple[str | None, ...]:
    """Return the row of a group, by GROUP_COLUMNS: what it is compared by, and all that is known of it; it is its own root."""
    name = group.name
    bare, region = core(name)
    about = json.dumps(
        [group.names, group.forms, group.sample, sorted(group.newspapers), group.first], ensure_ascii=False
    )
    brand, rest = (part_of(name) if group.label == "enterprise" else None) or (None, None)
    return (
        group.key,
        group.id,
        name,
        fold(name),
        without_type(name),
        group.known_as,
        bare,
        region,
        brand,
        rest,
        about,
        group.key,
    )


class Groups:
    """The groups of one label in temporary tables of the connection; `load` brings one into memory."""

    only: frozenset[str] | None = None
    """Keys of the groups that are judged, with whatever they are compared with; None: all."""

    def __init__(self, connection: sqlite3.Connection, label: str) -> None:
        self.connection = connection
        self.label = label
        self.qualifier = Qualifier(connection) if label == "organization" else None
        self.load = lru_cache(maxsize=_CACHED)(self._load)
        self.companions = lru_cache(maxsize=_CACHED)(self._companions)
        self._open()

    def _open(self) -> None:
        drop_tables(self.connection)
        for statement in _TABLES:
            self.connection.execute(statement)
        self._fill()

    def key_of(self, local: Local) -> str:
        """Return what a local entity is grouped by."""
        return self.qualifier.key(local) if self.qualifier else key_of(local)

    def wanted(self, condition: str) -> str:
        """Return an SQL condition, or one that always holds when all groups are judged.

        What is wanted lies in the temporary table `wanted` (key).
        """
        return condition if self.only is not None else "1"

    def _fill(self) -> None:
        connection = self.connection
        rows = connection.execute(
            "select l.rowid, l.article_id, l.name, l.known_as, a.newspaper, a.document_id from local_entities l join articles a on a.id = l.article_id"
            " where l.label = ? order by l.article_id, l.local_entity",
            (self.label,),
        )  # fmt: skip
        locals_found = ((number, Local(*rest)) for number, *rest in rows)
        moved = Moved(connection, self.label)
        connection.executemany(
            "insert into keyed values (?, ?)",
            ((number, moved.key(number, self.key_of(local))) for number, local in locals_found),
        )
        for group in self.gather():
            connection.execute(f"insert into grouped values ({', '.join('?' * 12)})", row_of(group))
            connection.executemany(
                "insert into form_of values (?, ?)", ((form, group.key) for form in group.forms)
            )

    def gather(self) -> Iterator[Group]:
        """Yield the groups one by one, in the order of their keys: the database sorts, on disk when there are many."""
        rows = self.connection.execute(
            "select k.key, l.article_id, l.name, l.forms, l.known_as, a.newspaper, a.published from keyed k join local_entities l on l.rowid = k.local"
            " join articles a on a.id = l.article_id order by k.key, l.article_id, l.local_entity"
        )
        for key, members in groupby(rows, key=lambda row: row[0]):
            group = Group(stable_id("group", self.label, key), self.label, key)
            for _, article_id, name, forms, known_as, newspaper, published in members:
                group.known_as = group.known_as or (None if is_moved(key) else known_as)
                group.take(article_id, newspaper, published)
                group.call(name, forms)
            qualified = key.removeprefix("name:")
            told = group.known_as or "|" in qualified or qualified in map(fold, group.names)
            if self.label == "organization" and not told:
                group.names[qualified] = 0  # the name that its articles left the region out of
            yield group

    def _load(self, key: str) -> Group:
        row = self.connection.execute(
            "select id, known_as, about from grouped where key = ?", (key,)
        ).fetchone()
        return self._group(key, *row)

    def _group(self, key: str, identifier: str, known_as: str | None, about: str) -> Group:
        names, forms, sample, newspapers, first = json.loads(about)
        return Group(
            identifier, self.label, key, known_as, Counter(names), forms, sample, set(newspapers), first
        )

    def select(self, condition: str) -> Iterator[Group]:
        """Yield the groups that fulfil an SQL condition, in the order of their keys."""
        for key, identifier, known_as, about in self.connection.execute(
            f"select key, id, known_as, about from grouped where {condition} order by key"
        ):
            yield self._group(key, identifier, known_as, about)

    def _companions(self, key: str) -> Counter[str]:
        """Return the names that stand beside a group's in its articles, folded, with the number of articles."""
        found: Counter[str] = Counter()
        for article_id in self.load(key).sample:
            found.update(
                {
                    fold(row[0])
                    for row in self.connection.execute(
                        "select name from local_entities where article_id = ? and label != 'place'",
                        (article_id,),
                    )
                }
            )
        return found

    def members(self) -> Iterator[list[Group]]:
        """Yield the groups that were joined, together; the root's own stands first."""
        rows = self.connection.execute(
            "select root, key, id, known_as, about from grouped order by root, root <> key, key"
        )
        for _, joined in groupby(rows, key=lambda row: row[0]):
            yield [self._group(*row[1:]) for row in joined]

    def select_joined(self, root: str) -> Iterator[Group]:
        """Yield the groups that were joined to one, which stands first."""
        rows = self.connection.execute(
            "select key, id, known_as, about from grouped where root = ? order by root <> key, key", (root,)
        )
        for row in rows.fetchall():
            yield self._group(*row)
