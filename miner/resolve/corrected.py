"""What people decided about names, as corrections: which are one, which are not, what a thing is called.

The table `corrections` holds them as people say them: by names, with what tells one from another (王磊@澜石食品), or by
articles. Here they become judgements of the groups, profiles and reports that are resolved, and overrule all others.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations, pairwise
from typing import Any, Protocol

from miner.offsets import stable_id
from miner.resolve.judge import Union
from miner.resolve.names import fold
from miner.store import kept

SOURCE = "correction"
"""Source of the judgements that come of corrections: they are made anew at every resolving."""


@dataclass(frozen=True, slots=True)
class NameCorrection:
    """One correction about names of one kind: sets of local entities (row numbers) that are one, or are not."""

    id: str
    same: bool
    sides: tuple[frozenset[int], ...]
    why: str


def has_corrections(connection: sqlite3.Connection) -> bool:
    """Tell whether the database has any corrections."""
    return (
        kept.has(connection, "corrections")
        and connection.execute("select 1 from corrections limit 1").fetchone() is not None
    )


def said(
    connection: sqlite3.Connection, *verbs: str
) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any], str]]:
    """Yield the corrections of some verbs in their order: id, verb, what it says, what it was found to mean, why."""
    if has_corrections(connection):
        marks = ", ".join("?" * len(verbs))
        rows = connection.execute(
            f"select id, verb, said, found, coalesce(why, '') from corrections where verb in ({marks}) order by line",
            verbs,
        )
        for key, verb, told, found, why in rows.fetchall():
            yield key, verb, json.loads(told), json.loads(found), why


class Names:
    """Finds the local entities that a name means: exactly so written, else so when folded; `@` says of which article or body."""

    def __init__(self, connection: sqlite3.Connection, label: str) -> None:
        self._connection, self._label = connection, label
        self._folded: dict[str, list[int]] | None = None

    def locals(self, reference: str) -> frozenset[int]:
        """Return the rows of local entities that a reference means."""
        name, _, where = reference.rpartition("@") if "@" in reference else (reference, "", "")
        rows = self._named(name)
        return frozenset(row for row in rows if not where or self._stands(row, where))

    def in_articles(self, name: str, articles: Collection[str]) -> frozenset[int]:
        """Return the rows of a name in some articles."""
        return frozenset(row for row in self._named(name) if self._article(row) in articles)

    def _named(self, name: str) -> list[int]:
        rows = self._connection.execute(
            "select rowid from local_entities where label = ? and name = ?", (self._label, name)
        ).fetchall()
        return [row[0] for row in rows] or self._by_form().get(fold(name), [])

    def _by_form(self) -> dict[str, list[int]]:
        """Return the rows by their folded names, and by folded forms where no name is so: made once, when it is wanted."""
        if self._folded is None:
            names: dict[str, list[int]] = {}
            forms: dict[str, list[int]] = {}
            for row, name, written in self._connection.execute(
                "select rowid, name, forms from local_entities where label = ? order by rowid", (self._label,)
            ):
                names.setdefault(fold(name), []).append(row)
                for form in {fold(text) for text, *_ in json.loads(written)} if written != "[]" else ():
                    forms.setdefault(form, []).append(row)
            self._folded = {**forms, **names}
        return self._folded

    def _article(self, row: int) -> str:
        return str(
            self._connection.execute(
                "select article_id from local_entities where rowid = ?", (row,)
            ).fetchone()[0]
        )

    def _stands(self, row: int, where: str) -> bool:
        """Tell whether a local entity stands where a reference says: a body of its posts, a paper, a day, a head, a name beside."""
        sql = (
            "select 1 from local_entities l join articles a on a.id = l.article_id where l.rowid = ?1 and ("
            " a.newspaper = ?2 or a.published = ?2 or instr(coalesce(a.headline, ''), ?2) > 0 or a.id = ?2"
            " or exists (select 1 from posts p where p.article_id = l.article_id and p.local_person = l.local_entity"
            " and p.organization_text = ?2)"
            " or (l.label <> 'person' and exists (select 1 from local_entities o where o.article_id = l.article_id and o.name = ?2)))"
        )
        return self._connection.execute(sql, (row, where)).fetchone() is not None


def asked(connection: sqlite3.Connection, label: str) -> list[NameCorrection]:
    """Return what corrections say of names of one kind, without those that later ones contradict."""
    names = Names(connection, label)
    found = []
    for key, verb, told, meant, why in said(connection, "merge", "split", "alias"):
        if told.get("kind") == label:
            sides = tuple(side for side in _sides(names, verb, told, meant) if side)
            if len(sides) > 1:
                found.append(NameCorrection(key, verb != "split", sides, why))
    return _consistent(found)


def _sides(
    names: Names, verb: str, told: Mapping[str, Any], meant: Mapping[str, Any]
) -> Iterator[frozenset[int]]:
    references: Mapping[str, str] = meant.get("names", {})
    if "articles" in told:
        apart = names.in_articles(told["name"].partition("@")[0], meant.get("articles", ()))
        yield apart
        yield names.locals(references.get(told["name"], told["name"])) - apart
        return
    given = told["names"] if "names" in told else [told["name"], told["to"]]
    for name in given:
        yield names.locals(references.get(name, name))


def _consistent(found: Sequence[NameCorrection]) -> list[NameCorrection]:
    """Keep corrections that do not contradict later ones: the last word counts."""
    kept: list[NameCorrection] = []
    union, apart = Union(), list[tuple[str, str]]()
    for one in reversed(found):
        anchors = [str(min(side)) for side in one.sides]
        roots = [union.root(anchor) for anchor in anchors]
        if one.same:
            joined = set(roots)
            if any(
                {union.root(a), union.root(b)} <= joined and union.root(a) != union.root(b) for a, b in apart
            ):
                continue
            for anchor in anchors[1:]:
                union.join(anchors[0], anchor)
        else:
            if len(set(roots)) < len(roots):
                continue
            apart.extend(combinations(anchors, 2))
        kept.append(one)
    return kept[::-1]


class Moved:
    """Names of some articles that people say are another thing than the same name elsewhere."""

    def __init__(self, connection: sqlite3.Connection, label: str) -> None:
        self._mark: dict[int, str] = {}
        names = Names(connection, label)
        for key, _, told, meant, _ in said(connection, "split"):
            if told.get("kind") == label and "articles" in told:
                name = told["name"].partition("@")[0]
                for row in names.in_articles(name, meant.get("articles", ())):
                    self._mark[row] = key

    def key(self, row: int, key: str) -> str:
        """Return the key of a local entity: its own, or one that only the moved ones of its name have."""
        if row not in self._mark:
            return key
        kind, _, name = key.partition(":")
        return f"{kind}:{_MOVED}{self._mark[row]}|{name.rpartition('|')[2]}"


def is_moved(key: str) -> bool:
    """Tell whether a key is that of a name that people moved away from its like.

    >>> is_moved("known:~3f2a|旭化成"), is_moved("name:旭化成")
    (True, False)
    """
    return key.partition(":")[2].startswith(_MOVED)


_MOVED = "~"
"""What stands before the mark in the key of a moved name."""


def decide(connection: sqlite3.Connection, kind: str, pairs: Iterable[tuple[str, str, bool, str]]) -> None:
    """Write what people decided about pairs of ids as judgements: left, right, whether they are one, why."""
    connection.executemany(
        "insert or replace into judgements (id, kind, left_id, right_id, left_name, right_name, same, score, reasons, source)"
        f" values (?, ?, ?, ?, '', '', ?, 1, ?, '{SOURCE}')",
        (
            (
                stable_id(SOURCE, kind, *sorted((a, b))),
                kind,
                a,
                b,
                int(same),
                f"人工更正:{why}" if why else "人工更正",
            )
            for a, b, same, why in pairs
            if a != b
        ),
    )


def forget(connection: sqlite3.Connection) -> None:
    """Take back the judgements that corrections made at an earlier resolving."""
    connection.execute(f"delete from judgements where source = '{SOURCE}'")


def decide_groups(connection: sqlite3.Connection, label: str) -> None:
    """Judge the groups of one label as people decided; they lie in the temporary tables `keyed` and `grouped`."""
    ids = "select distinct g.id from keyed k join grouped g on g.key = k.key where k.local in ({}) order by 1"
    for one in asked(connection, label):
        sides = [_ids(connection, ids, side) for side in one.sides]
        decide(connection, label, _pairs(sides, same=one.same, why=one.why))


def _ids(connection: sqlite3.Connection, sql: str, rows: Collection[int]) -> list[str]:
    """Return ids that belong to rows; the rows are numbers of our own."""
    found: set[str] = set()
    ordered = sorted(rows)
    for at in range(0, len(ordered), 500):
        part = ", ".join(str(int(row)) for row in ordered[at : at + 500])
        found.update(row[0] for row in connection.execute(sql.format(part)))
    return sorted(found)


def _pairs(sides: Sequence[Sequence[str]], *, same: bool, why: str) -> Iterator[tuple[str, str, bool, str]]:
    """Yield the pairs of ids of different sides; of what is one, a chain is enough."""
    if same:
        chain = [identifier for side in sides for identifier in side]
        yield from ((a, b, True, why) for a, b in pairwise(chain))
        return
    for left, right in combinations(sides, 2):
        yield from ((a, b, False, why) for a in left for b in right if a not in right and b not in left)


class Profiled(Protocol):
    """What is known here of a profile of a person: its id and its local entities (row numbers)."""

    id: str
    members: list[int]


def profile_pairs(
    profiles: Sequence[Profiled], found: Sequence[NameCorrection]
) -> list[tuple[str, str, bool, str]]:
    """Return what people decided about the profiles of one name."""
    decided: list[tuple[str, str, bool, str]] = []
    for one in found:
        sides = [[p.id for p in profiles if not side.isdisjoint(p.members)] for side in one.sides]
        if sum(bool(side) for side in sides) > 1 or (one.same and any(len(side) > 1 for side in sides)):
            decided.extend(_pairs([side for side in sides if side], same=one.same, why=one.why))
    return decided


_LINKED = "select distinct entity_id from linked where local in ({}) order by 1"
"""SQL for the people that local entities were linked to."""


def join_people(connection: sqlite3.Connection, found: Sequence[NameCorrection]) -> None:
    """Join people of different names as people decided; they lie in the temporary tables `linked` and `found_people`."""
    for one in found:
        sides = [_ids(connection, _LINKED, side) for side in one.sides]
        every = list(dict.fromkeys(identifier for side in sides for identifier in side))
        if one.same and len(every) > 1:
            for gone in every[1:]:
                connection.execute("update linked set entity_id = ? where entity_id = ?", (every[0], gone))
                connection.execute("delete from found_people where id = ?", (gone,))


def decide_people(connection: sqlite3.Connection, found: Sequence[NameCorrection]) -> None:
    """Judge people of different names, so that none is taken for a part of another's name against what people decided."""
    for one in found:
        sides = [_ids(connection, _LINKED, side) for side in one.sides]
        decide(connection, "person", _pairs(sides, same=one.same, why=one.why))


def decide_events(connection: sqlite3.Connection) -> None:
    """Judge reports of events as people decided."""
    for _, _, told, meant, why in said(connection, "merge", "split"):
        if told.get("kind") == "event":
            sides: Sequence[Sequence[str]] = [side for side in meant.get("reports", ()) if side]
            if "from" in told:
                pairs = [(a, b, False, why) for side in sides[1:] for a in sides[0] for b in side]
            else:
                pairs = list(_pairs(sides, same=True, why=why))
            decide(connection, "event", pairs)


def rename(connection: sqlite3.Connection, tables: Mapping[str, str]) -> None:
    """Give things the names that people gave them; what they were called stays among their other names."""
    for told, entity in _named(connection, "rename"):
        connection.execute(f"update [{tables[told['kind']]}] set name = ? where id = ?", (told["to"], entity))


def add_aliases(connection: sqlite3.Connection, columns: Mapping[str, str]) -> None:
    """Write the other names that people gave things."""
    for told, entity in _named(connection, "alias"):
        connection.execute(
            f"insert or ignore into aliases (id, alias, kind, [{columns[told['kind']]}]) values (?, ?, 'declared', ?)",
            (stable_id("alias", entity, told["to"]), told["to"], entity),
        )


def _named(connection: sqlite3.Connection, verb: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield what the corrections of a verb say of one name, and the ids of the things that it means."""
    names = cache(partial(Names, connection))
    for _, _, told, meant, _ in said(connection, verb):
        name = meant.get("names", {}).get(told["name"], told["name"])
        for entity in _entities(connection, names(told["kind"]), name):
            yield told, entity


def _entities(connection: sqlite3.Connection, names: Names, reference: str) -> list[str]:
    """Return the ids of the things that a reference means."""
    return _ids(connection, _RESOLVED, names.locals(reference))


_RESOLVED = "select distinct entity_id from local_entities where rowid in ({}) and entity_id is not null"
"""SQL for the things that local entities were resolved to."""


def meant_by(connection: sqlite3.Connection, kind: str, reference: str) -> list[str]:
    """Return the ids of the things that a reference means after resolving."""
    return _entities(connection, Names(connection, kind), reference)


def moved(
    connection: sqlite3.Connection, kind: str, name: str, articles: Collection[str]
) -> tuple[set[str], set[str]]:
    """Return the ids of the things that a name means in some articles, and in all others, after resolving."""
    names = Names(connection, kind)
    here = names.in_articles(name, articles)
    there = names.locals(name) - here
    return set(_ids(connection, _RESOLVED, here)), set(_ids(connection, _RESOLVED, there))
