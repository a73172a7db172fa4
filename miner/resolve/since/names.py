"""Enterprises, bodies and places of what came and went: their groups, those under the same keys, and what they were joined to.

A judgement depends on two groups and on how many others share a key with them. So the groups of touched articles are made
anew, all groups under one of their keys of before or now are judged again with all whom they meet, and the groups that
were joined to any of these are joined anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Set
from itertools import groupby

from miner.language.lexicon import load_lexicon
from miner.offsets import stable_id
from miner.resolve.entities import (
    OWNERS,
    SAME_CORE,
    ComparedGroups,
    abbreviations_of,
    damaged,
    judge_groups,
    known_owners,
    longest_short,
    written,
)
from miner.resolve.groups import GROUP_COLUMNS, Groups, drop_tables, row_of
from miner.resolve.judge import Union, store_judgements
from miner.resolve.links import ENTITY_COLUMNS, GAPS, TABLE, entity_rows
from miner.resolve.names import fold
from miner.resolve.regions import Local
from miner.resolve.remembered import remember_papers
from miner.resolve.since.touched import affect, change, gone, put

__all__ = ["resolve_names"]


class KeptGroups(Groups):
    """The groups of one label as the last resolving kept them, under the names of the temporary tables that it used."""

    def _open(self) -> None:
        drop_tables(self.connection)
        for view, table, columns in (
            ("grouped", "name_groups", GROUP_COLUMNS),
            ("form_of", "name_forms", "form, key"),
            ("abbreviated", "name_abbreviations", "short, full"),
        ):
            self.connection.execute(
                f"create temp view [{view}] as select {columns} from main.[{table}] where label = '{self.label}'"
            )
        self.connection.execute("create temp table keyed (local integer primary key, key text not null)")
        self.connection.execute("create temp table wanted (key text primary key) without rowid")

    def forget(self) -> None:
        """Read groups anew: they have changed."""
        self.load.cache_clear()
        self.companions.cache_clear()


class Texts(Set[str]):
    """The short names of a label, as they are written: looked up, not held."""

    def __init__(self, groups: Groups) -> None:
        self._connection, self._label = groups.connection, groups.label

    def __contains__(self, text: object) -> bool:
        sql = "select 1 from name_groups where label = ? and written = ? limit 1"
        return self._connection.execute(sql, (self._label, text)).fetchone() is not None

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __rand__(self, other: object) -> set[str]:
        assert isinstance(other, set)
        return {text for text in other if text in self}


def resolve_names(connection: sqlite3.Connection, label: str) -> set[str]:
    """Resolve the names of one label in articles that came, and whatever that, or what went, touches.

    Returns the things that are called otherwise than before.
    """
    groups = KeptGroups(connection, label)
    fresh = _key_new(groups)
    if label == "organization":
        fresh |= _key_again(groups, {row[:2] for row in fresh})
    dirty = {row[2] for row in fresh} | {row[3] for row in fresh if row[3]}
    dirty |= {
        row[0]
        for row in connection.execute("select distinct key from resolve_gone where label = ?", (label,))
    }
    renamed = _resolve(groups, dirty, [(article, number, key) for article, number, key, _ in fresh])
    remember_papers(groups)
    drop_tables(connection)
    return renamed


Fresh = tuple[str, int, str, str | None]
"""A local entity with its key of now, and of before."""


def _key_new(groups: Groups) -> set[Fresh]:
    """Find the groups of the names in articles that came."""
    rows = groups.connection.execute(
        "select l.local_entity, l.article_id, l.name, l.known_as, a.newspaper, a.document_id from temp.came c"
        " join local_entities l on l.article_id = c.id join articles a on a.id = c.id where l.label = ?"
        " order by l.article_id, l.local_entity",
        (groups.label,),
    ).fetchall()
    fresh: set[Fresh] = {(row[1], row[0], groups.key_of(Local(*row[1:])), None) for row in rows}
    groups.connection.executemany(
        "insert into local_keys (article_id, local_entity, label, key) values (?, ?, ?, ?)",
        ((article, number, groups.label, key) for article, number, key, _ in sorted(fresh, key=str)),
    )
    return fresh


def _key_again(groups: Groups, known: Set[tuple[str, int]]) -> set[Fresh]:
    """Find the groups anew of bodies in newspapers of which something came or went, where these mean another region now."""
    connection, qualifier = groups.connection, groups.qualifier
    assert qualifier is not None
    papers = connection.execute(
        "select newspaper, level, region from paper_regions where newspaper in"
        " (select a.newspaper from temp.came c join articles a on a.id = c.id"
        " union select newspaper from resolve_touched where gone = 1)"
    ).fetchall()
    changed = {paper for paper, level, region in papers if qualifier.of_paper(paper, level) != region}
    fresh: set[Fresh] = set()
    for paper in sorted(changed):
        rows = connection.execute(
            "select l.local_entity, l.article_id, l.name, l.known_as, a.newspaper, a.document_id, k.key from articles a"
            " join local_keys k on k.article_id = a.id and k.label = 'organization'"
            " join local_entities l on l.article_id = k.article_id and l.local_entity = k.local_entity where a.newspaper = ?"
            " order by l.article_id, l.local_entity",
            (paper,),
        ).fetchall()
        for number, *local, before in rows:
            key = groups.key_of(Local(*local))
            if key != before and (local[0], number) not in known:
                fresh.add((local[0], number, key, before))
    connection.executemany(
        "update local_keys set key = ? where article_id = ? and local_entity = ?",
        ((key, article, number) for article, number, key, _ in fresh),
    )
    return fresh


def _resolve(groups: KeptGroups, dirty: set[str], fresh: list[tuple[str, int, str]]) -> set[str]:
    connection, label = groups.connection, groups.label
    judged, old = _made_anew(groups, dirty)
    union = _judge(groups, judged, dirty)
    connection.executemany(
        "update name_groups set root = ? where label = ? and key = ?",
        ((union.root(key), label, key) for key in sorted(judged)),
    )
    groups.forget()
    ids = {key: stable_id(label, union.root(key)) for key in judged}
    was = {key: stable_id(label, root) for key, root in old.items()}
    moved = {key for key in judged if was.get(key) != ids[key]}
    told = {ids[key] for key in (dirty & judged) | moved}
    told |= {was[key] for key in moved | dirty if key in was} & set(ids.values())  # what a group has left
    renamed = _write_entities(groups, {union.root(key) for key in judged if ids[key] in told})
    _move(groups, {key: ids[key] for key in moved}, fresh, ids)
    affect(connection, label, told)
    gone(connection, label, set(was.values()) - set(ids.values()))
    _fill_gaps(groups, sorted(told))
    return renamed


def _made_anew(groups: KeptGroups, dirty: set[str]) -> tuple[set[str], dict[str, str]]:
    """Make the groups of some keys anew; returns the groups that are to be judged, and what each was joined to before."""
    before = _related(groups, dirty)
    old = dict(_roots(groups, dirty))
    _regroup(groups, dirty)
    groups.forget()
    touched = dirty | before | _related(groups, dirty)
    roots = {root for _, root in _roots(groups, touched)} | set(old.values())
    judged = {key for key, _ in _roots(groups, touched)} | _joined_to(groups, roots)
    return judged, {**dict(_roots(groups, judged)), **old}  # one made anew was joined as before


def _roots(groups: Groups, keys: Iterable[str]) -> list[tuple[str, str]]:
    put(groups.connection, "wanted_keys", set(keys))
    return groups.connection.execute(
        "select g.key, g.root from temp.wanted_keys w join grouped g on g.key = w.key"
    ).fetchall()


def _joined_to(groups: Groups, roots: Iterable[str]) -> set[str]:
    put(groups.connection, "wanted_keys", set(roots))
    rows = groups.connection.execute(
        "select g.key from temp.wanted_keys w join main.name_groups g on g.label = ? and g.root = w.key",
        (groups.label,),
    )
    return {row[0] for row in rows}


def _regroup(groups: KeptGroups, dirty: set[str]) -> None:
    """Make the groups of some keys anew, and find what they abbreviate and what abbreviates them."""
    connection, label = groups.connection, groups.label
    put(connection, "wanted_keys", dirty)
    named = "select key, name, known_as from grouped where key in (select key from temp.wanted_keys)"
    before = {row[0]: row for row in connection.execute(named)}
    for table in ("name_groups", "name_forms"):
        connection.execute(
            f"delete from {table} where label = ? and key in (select key from temp.wanted_keys)", (label,)
        )
    connection.execute("delete from temp.keyed")
    connection.execute(
        "insert into temp.keyed select l.rowid, k.key from temp.wanted_keys w join local_keys k on k.label = ? and k.key = w.key"
        " join local_entities l on l.article_id = k.article_id and l.local_entity = k.local_entity",
        (label,),
    )
    for group in groups.gather():
        connection.execute(
            f"insert into name_groups (label, {GROUP_COLUMNS}, written) values ({', '.join('?' * 14)})",
            (label, *row_of(group), fold(written(group.key))),
        )
        connection.executemany(
            "insert into name_forms (label, form, key) values (?, ?, ?)",
            ((label, form, group.key) for form in group.forms),
        )
    now = {row[0]: row for row in connection.execute(named)}
    if label != "place":
        _abbreviate(groups, {key for key in dirty if before.get(key) != now.get(key)}, now)


Named = dict[str, tuple[str, str, str | None]]
"""Groups by their keys: key, name, lexicon entry."""


def _abbreviate(groups: Groups, changed: set[str], now: Named) -> None:
    """Find the abbreviations of groups whose name is new, and what they abbreviate."""
    for side in ("short", "full"):
        groups.connection.executemany(
            f"delete from name_abbreviations where label = ? and {side} = ?",
            ((groups.label, key) for key in sorted(changed)),
        )
    new = {key: now[key] for key in sorted(changed & now.keys())}
    _find_short(groups, new)
    _find_full(groups, new)


def _find_short(groups: Groups, new: Named) -> None:
    """Find which groups abbreviate the names of some."""
    label, longest, texts = groups.label, longest_short(groups.label), Texts(groups)
    for key, name, known_as in new.values():
        found = abbreviations_of(label, name, known_as, key, among=texts) if len(name) > 3 else []
        for text in found:
            groups.connection.execute(
                "insert or ignore into name_abbreviations (label, short, full) select label, key, ?1 from name_groups"
                " where label = ?2 and written = ?3 and key <> ?1 and known_as is null and length(name) between 2 and ?4",
                (key, label, text, longest),
            )


def _find_full(groups: Groups, new: Named) -> None:
    """Find whose names some groups abbreviate: all names that have their characters in order are looked at."""
    label, longest = groups.label, longest_short(groups.label)
    wanted: dict[str, list[str]] = {}
    for key, name, known_as in new.values():
        if known_as is None and 2 <= len(name) <= longest:
            wanted.setdefault(fold(written(key)), []).append(key)
    rows = groups.connection.execute("select key, name, known_as from grouped where length(name) > 3")
    found = [
        (label, one, full)
        for full, short in (_abbreviating(label, rows, wanted) if wanted else ())
        for one in wanted[short]
        if one != full
    ]
    groups.connection.executemany(
        "insert or ignore into name_abbreviations (label, short, full) values (?, ?, ?)", found
    )


def _abbreviating(
    label: str, rows: Iterable[tuple[str, str, str | None]], wanted: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield the keys of groups with those of some short names that abbreviate them."""
    for key, name, known_as in rows:
        text = fold(name) if label == "enterprise" or known_as else fold(written(key))
        likely = {short for short in wanted if _in_order(short, text)}
        for short in abbreviations_of(label, name, known_as, key, among=likely) if likely else ():
            yield key, short


def _in_order(short: str, text: str) -> bool:
    """Tell whether a text has the characters of another in their order, as what is abbreviated has those of its abbreviation."""
    at = -1
    for char in short:
        at = text.find(char, at + 1)
        if at < 0:
            return False
    return True


def _related(groups: Groups, keys: set[str]) -> set[str]:
    """Return the groups that some meet under any key, and those that these meet there."""
    if groups.label == "place":
        return set()
    found = _with_short_forms(groups, keys) | _with_abbreviations(groups, keys)
    for key, fitting in damaged(groups).items():
        found |= {key, *fitting}
    if groups.label == "enterprise":
        found |= _of_one_brand(groups, keys) | _of_one_core(groups, keys) | _with_known(groups, keys)
    return found


def _with_short_forms(groups: Groups, keys: set[str]) -> set[str]:
    put(groups.connection, "wanted_keys", keys)
    put(
        groups.connection,
        "wanted",
        {
            *keys,
            *(
                row[0]
                for row in groups.connection.execute(
                    "select g.key from temp.wanted_keys w join form_of f on f.key = w.key join main.name_groups g"
                    f" on g.label = '{groups.label}' and g.folded = f.form union"
                    " select g.key from temp.wanted_keys w join form_of f on f.key = w.key join main.name_groups g"
                    f" on g.label = '{groups.label}' and g.bare = f.form"
                )
            ),
        },
    )
    rows = groups.connection.execute(
        "select distinct g.key, o.key from temp.wanted w join grouped g on g.key = w.key join form_of f on f.form in (g.folded, g.bare)"
        " join grouped o on o.key = f.key where g.known_as is null and o.key <> g.key and length(o.name) > length(g.name)"
        " and length(f.form) >= 2 order by 1, 2"
    ).fetchall()
    return _small_blocks(rows, OWNERS + len(keys))


def _with_abbreviations(groups: Groups, keys: set[str]) -> set[str]:
    put(groups.connection, "wanted_keys", keys)
    rows = groups.connection.execute(
        "select short, full from abbreviated where short in (select key from temp.wanted_keys union"
        " select a.short from temp.wanted_keys w join abbreviated a on a.full = w.key) order by 1, 2"
    ).fetchall()
    return _small_blocks(rows, OWNERS + len(keys))


def _small_blocks(rows: Iterable[tuple[str, str]], most: int) -> set[str]:
    """Return who stands in blocks, given as pairs, that are not so large that they say nothing, before or now."""
    found: set[str] = set()
    for key, block in groupby(rows, key=lambda row: row[0]):
        owners = {owner for _, owner in block}
        if len(owners) <= most:
            found |= {key, *owners}
    return found


def _of_one_brand(groups: Groups, keys: set[str]) -> set[str]:
    put(groups.connection, "wanted_keys", keys)
    rows = groups.connection.execute(
        "select distinct o.key from temp.wanted_keys w join grouped g on g.key = w.key join main.name_groups o"
        f" on o.label = '{groups.label}' and o.brand = g.brand where g.brand is not null"
    )
    return {row[0] for row in rows}


def _of_one_core(groups: Groups, keys: set[str]) -> set[str]:
    put(groups.connection, "wanted_keys", keys)
    found: set[str] = set()
    most = SAME_CORE + len(keys)
    for (core,) in groups.connection.execute(
        "select distinct core from temp.wanted_keys w join grouped g on g.key = w.key where length(core) >= 3"
    ).fetchall():
        block = groups.connection.execute(
            "select key from main.name_groups where label = ? and core = ? and known_as is null and folded <> core limit ?",
            (groups.label, core, most + 1),
        ).fetchall()
        if len(block) <= most:
            found |= {row[0] for row in block}
    return found


def _with_known(groups: Groups, keys: set[str]) -> set[str]:
    """Return the enterprises of the lexicon that names may be, and the names that may be enterprises of the lexicon."""
    connection = groups.connection
    known, forms = known_owners(groups)
    put(connection, "wanted_keys", keys)
    found: set[str] = set()
    called: set[str] = set()
    entries = {entry.name: entry for entry in load_lexicon("enterprises")}
    for key, bare, core, known_as in connection.execute(
        "select g.key, g.bare, g.core, g.known_as from temp.wanted_keys w join grouped g on g.key = w.key"
    ).fetchall():
        if known_as is None:
            owner = forms.get(bare) or known.get(core)
            found |= {owner.key} if owner else set()
            continue
        entry = entries.get(known_as)
        called |= {fold(form) for form in (known_as, *groups.load(key).names)}
        called |= {fold(form) for form in (entry.forms() if entry else ())}
    for form in sorted(called):
        rows = connection.execute(
            "select key from main.name_groups where label = ?1 and bare = ?2 and known_as is null union"
            " select key from main.name_groups where label = ?1 and core = ?2 and known_as is null",
            (groups.label, form),
        )
        found |= {row[0] for row in rows}
    return found


def _judge(groups: KeptGroups, judged: set[str], dirty: set[str]) -> Union:
    """Judge some groups with all whom they meet, write the judgements instead of those of before, and join them."""
    connection, label = groups.connection, groups.label
    ids = {stable_id("group", label, key) for key in judged | dirty}
    for side in ("left_id", "right_id"):
        connection.executemany(
            f"delete from judgements where kind = ? and {side} = ?", ((label, one) for one in sorted(ids))
        )
    union = Union()
    if label == "place":
        return union
    wanted = judged | _with_short_forms(groups, judged) | _with_abbreviations(groups, judged)
    if label == "enterprise":
        wanted |= _with_known(groups, judged)
    put(connection, "wanted", wanted)
    groups.only = frozenset(judged)

    def found() -> Iterator[ComparedGroups]:
        for one in judge_groups(groups):
            if not groups.only.isdisjoint((one.left, one.right)):  # type: ignore[union-attr]
                if one.judgement.same:
                    union.join(one.left, one.right)
                yield one

    store_judgements(connection, [one.judgement for one in found()])
    return union


def _write_entities(groups: KeptGroups, roots: set[str]) -> set[str]:
    """Write the rows of things that groups with some roots are; returns those that had another name."""
    connection, label = groups.connection, groups.label
    columns = ENTITY_COLUMNS[label]
    told = ", ".join(f"[{name}] = excluded.[{name}]" for name in columns[1:])
    upsert = (
        f"insert into [{TABLE[label]}] ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"
        f" on conflict (id) do update set {told}"
    )
    members = (list(groups.select_joined(root)) for root in sorted(roots))
    renamed = set()
    for _, row in entity_rows(label, members):
        before = connection.execute(f"select name from [{TABLE[label]}] where id = ?", row[:1]).fetchone()
        if before is not None and before[0] != row[1]:
            renamed.add(str(row[0]))
        connection.execute(upsert, row)
    return renamed


def _move(
    groups: Groups, moved: dict[str, str], fresh: list[tuple[str, int, str]], ids: dict[str, str]
) -> None:
    """Resolve the local entities of groups that are another thing now, and those that are new in their group."""
    connection, label = groups.connection, groups.label
    sql = (
        "select k.article_id, k.local_entity, l.entity_id from local_keys k join local_entities l"
        " on l.article_id = k.article_id and l.local_entity = k.local_entity where "
    )
    for key, to in sorted(moved.items()):
        rows = connection.execute(sql + "k.label = ? and k.key = ?", (label, key)).fetchall()
        change(connection, label, rows, to)
    for article, number, key in sorted(fresh):
        rows = connection.execute(
            sql + "k.article_id = ? and k.local_entity = ?", (article, number)
        ).fetchall()
        change(connection, label, rows, ids[key])


def _fill_gaps(groups: Groups, ids: Iterable[str]) -> None:
    """Take from the articles what no lexicon knows of some things, by majority."""
    label = groups.label
    for column in GAPS[label]:
        for one in ids:
            groups.connection.execute(
                f"update [{TABLE[label]}] set [{column}] = (select [{column}] from local_entities where entity_id = ?1 and label = ?2"
                f" and [{column}] is not null group by 1 order by count(*) desc, 1 limit 1) where id = ?1 and [{column}] is null",
                (one, label),
            )
