"""Write what was resolved: entity rows, aliases, and the links of every fact."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from miner.language.lexicon import load_lexicon
from miner.offsets import stable_id
from miner.resolve.corrected import add_aliases, asked, decide_people, join_people
from miner.resolve.groups import Group, Groups, fullest
from miner.resolve.judge import Decided, Judgement, store_judgements
from miner.resolve.partial_names import JoinedPeople, join_parts
from miner.resolve.people import PersonCluster
from miner.resolve.remembered import remember_people
from miner.store.schema import TABLES, index_sql

TABLE = {"enterprise": "enterprises", "person": "people", "organization": "organizations", "place": "places"}
COLUMN = {
    "enterprise": "enterprise_id",
    "person": "person_id",
    "organization": "organization_id",
    "place": "place_id",
}
_LINKED = frozenset({"mentions", "event_participants", "quotes", "posts", "local_entities"})


def clear(connection: sqlite3.Connection) -> None:
    """Take back what an earlier resolving wrote; facts and people's own judgements stay."""
    for table in ("mentions", "event_participants", "quotes"):
        for column in COLUMN.values():
            if table != "quotes" or column != "place_id":
                connection.execute(f"update [{table}] set [{column}] = null where [{column}] is not null")
    connection.execute("update posts set person_id = null, enterprise_id = null, organization_id = null")
    connection.execute("update event_reports set event_id = null")
    connection.execute("update event_participants set event_id = null")
    connection.execute("delete from judgements where source = 'rule' and kind <> 'article'")
    for table in ("aliases", "events", *TABLE.values()):
        connection.execute(f"delete from [{table}]")


def total_names(members: Iterable[Group]) -> Counter[str]:
    """Return all names of some groups with how many articles use each."""
    names: Counter[str] = Counter()
    for group in members:
        names.update(group.names)
    return names


@contextmanager
def without_link_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """Drop the indexes on what resolving writes, and build them again at the end: sorting once is faster than a million changes."""
    linked = {*COLUMN.values(), "entity_id"}
    dropped = [
        (t.name, columns)
        for t in TABLES
        if t.name in _LINKED
        for columns in t.indexes
        if set(columns) & linked
    ]
    for table, columns in dropped:
        connection.execute(f"drop index if exists [ix_{table}_{'_'.join(columns)}]")
    yield
    for statement in index_sql():
        connection.execute(statement)


def write_groups(connection: sqlite3.Connection, groups: Groups) -> None:
    """Write the rows of enterprises, organizations or places and link their local entities."""
    label = groups.label
    connection.execute("drop table if exists temp.entity_of")
    connection.execute("create temp table entity_of (root text primary key, id text not null) without rowid")
    rows = entity_rows(label, groups.members())
    columns = ENTITY_COLUMNS[label]
    for root, row in rows:
        marks = ", ".join("?" * len(columns))
        connection.execute(f"insert into [{TABLE[label]}] ({', '.join(columns)}) values ({marks})", row)
        connection.execute("insert into entity_of values (?, ?)", (root, row[0]))
    connection.execute(
        "update local_entities set entity_id = (select e.id from keyed k join grouped g on g.key = k.key join entity_of e on e.root = g.root where k.local = local_entities.rowid)"
        " where label = ?", (label,)
    )  # fmt: skip
    _fill_gaps(connection, label)


ENTITY_COLUMNS = {
    "enterprise": ("id", "name", "short_name", "country", "industry"),
    "organization": ("id", "name", "kind"),
    "place": ("id", "name", "kind"),
}
"""Columns that are known of an entity from its names alone."""


def entity_rows(
    label: str, joined: Iterable[Sequence[Group]]
) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Yield for groups that were joined their root and the row of what they are, by ENTITY_COLUMNS."""
    lexicon = {e.name: e for e in load_lexicon(TABLE[label])}
    for members in joined:
        names = total_names(members)
        known = next((lexicon[g.known_as] for g in members if g.known_as in lexicon), None)
        short = known.name if known else min(names, key=lambda n: (-names[n], len(n), n))
        root, name = members[0].key, fullest(names)
        identifier = stable_id(label, root)
        if label == "enterprise":
            country, industry = (known.country, known.industry) if known else (None, None)
            yield root, (identifier, name, short, country, industry)
        else:
            yield root, (identifier, name, known.kind if known else None)


def write_people(
    connection: sqlite3.Connection,
    people: Iterable[tuple[list[PersonCluster], list[Judgement]]],
    *,
    remember: bool = False,
) -> None:
    """Write the rows of people with the judgements about them, name by name, and link their local entities."""
    drop_people(connection)
    connection.execute(
        "create temp table linked (local integer primary key, entity_id text not null, profile text not null)"
    )
    connection.execute(
        "create temp table found_people (id text primary key, name text not null, latin_name text, key text not null) without rowid"
    )
    for clusters, judgements in people:
        store_judgements(connection, judgements)
        for cluster in clusters:
            connection.execute(
                "insert into found_people values (?, ?, ?, ?)",
                (cluster.id, cluster.name, cluster.latin_name, cluster.key),
            )
            connection.executemany(
                "insert into linked values (?, ?, ?)",
                (
                    (local, cluster.id, profile)
                    for local, profile in zip(cluster.members, cluster.profiles, strict=True)
                ),
            )
    connection.execute("create index temp.linked_to on linked (entity_id)")
    connection.execute("create index temp.people_by_name on found_people (name)")
    surest: dict[str, JoinedPeople] = {}
    corrections = asked(connection, "person")
    decide_people(connection, corrections)
    store_judgements(connection, _surest(join_parts(connection), surest, Decided(connection, "person")))
    if remember:
        remember_people(connection, {part: found.whole for part, found in surest.items()})
    for found in surest.values():
        if found.whole not in surest:
            connection.execute(
                "update linked set entity_id = ? where entity_id = ?", (found.whole, found.part)
            )
            connection.execute("delete from found_people where id = ?", (found.part,))
    join_people(connection, corrections)
    connection.execute(
        "insert into people (id, name, latin_name) select id, name, latin_name from found_people order by id"
    )
    connection.execute(
        "update local_entities set entity_id = (select entity_id from linked where local = local_entities.rowid) where label = 'person'"
    )


def drop_people(connection: sqlite3.Connection) -> None:
    """Drop the temporary tables of people, or the views that stand in their place."""
    for kind, name in connection.execute("select type, name from sqlite_temp_master").fetchall():
        if name in ("linked", "found_people"):
            connection.execute(f"drop {kind} temp.[{name}]")


def _surest(
    joined: Iterable[JoinedPeople], surest: dict[str, JoinedPeople], decided: Decided
) -> Iterator[Judgement]:
    """Pass the judgements on, and keep for each part of a name the whole that it most probably belongs to."""
    for found in joined:
        best = surest.get(found.part)
        same = decided.same(found.whole, found.part)
        if (found.judgement.same if same is None else same) and (
            best is None or (-found.judgement.score, found.whole) < (-best.judgement.score, best.whole)
        ):
            surest[found.part] = found
        yield found.judgement


def link_facts(connection: sqlite3.Connection) -> None:
    """Link mentions, posts, quotes and participants to the entities that their local entities were resolved to."""
    for label, column in COLUMN.items():
        local = (
            "(select entity_id from local_entities l where l.article_id = {0}.article_id and l.local_entity = {0}.{1} and l.label = '"
            + label
            + "')"
        )
        connection.execute(
            f"update mentions set [{column}] = {local.format('mentions', 'local_entity')} where label = ?",
            (label,),
        )
        if label != "place":
            connection.execute(
                f"update quotes set [{column}] = {local.format('quotes', 'local_entity')} where local_entity is not null"
            )
            side = "local_person" if label == "person" else "local_organization"
            connection.execute(
                f"update posts set [{column}] = {local.format('posts', side)} where [{side}] is not null"
            )
        connection.execute(
            f"update event_participants set [{column}] = (select l.entity_id from event_reports r join local_entities l on l.article_id = r.article_id"
            " where r.id = report_id and l.local_entity = event_participants.local_entity and l.label = ?) where local_entity is not null", (label,)
        )  # fmt: skip


GAPS = {"enterprise": ("country", "industry"), "organization": ("kind",), "place": ("kind",)}
"""Columns that are taken from what articles show where no lexicon knows them."""


def _fill_gaps(connection: sqlite3.Connection, label: str) -> None:
    """What no lexicon knows (country, industry, kind) is taken from what the articles show, by majority."""
    for column in GAPS[label]:
        connection.execute(
            f"update [{TABLE[label]}] set [{column}] = v.value from (select entity_id, value, row_number() over (partition by entity_id order by n desc, value) as place"
            f" from (select entity_id, [{column}] as value, count(*) as n from local_entities where label = ? and [{column}] is not null group by 1, 2)) v"
            f" where v.entity_id = [{TABLE[label]}].id and v.place = 1 and [{TABLE[label]}].[{column}] is null", (label,)
        )  # fmt: skip


def count_and_date(connection: sqlite3.Connection, *, only: bool = False) -> None:
    """Fill n_mentions, n_articles, first_seen and last_seen of every entity, or `only` of those in the temporary table `affected`."""
    for label, table in TABLE.items():
        column = COLUMN[label]
        which = f"in (select id from temp.affected where label = '{label}')" if only else "is not null"
        if only:
            connection.execute(
                f"update [{table}] set n_mentions = 0, n_articles = 0, first_seen = null, last_seen = null where id {which}"
            )
        connection.execute(
            f"update [{table}] set n_mentions = c.n, n_articles = c.a, first_seen = c.first, last_seen = c.last from ("
            f"select m.[{column}] as id, count(*) as n, count(distinct coalesce(articles.duplicate_of, articles.id)) as a, min(published) as first, max(published) as last"
            f" from mentions m join articles on articles.id = m.article_id where m.[{column}] {which} group by m.[{column}]) c where c.id = [{table}].id"
        )


_ALIAS = "insert or ignore into aliases (id, alias, kind, enterprise_id, person_id, organization_id, place_id, article_id, field, start, [end]) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def write_aliases(connection: sqlite3.Connection) -> None:
    """Write every other name of every entity, with the first place it was learnt from."""
    for label in TABLE:
        aliases_of(connection, label)
    add_aliases(connection, COLUMN)


def aliases_of(connection: sqlite3.Connection, label: str, *, only: bool = False) -> None:
    """Write the other names of entities of one label, of all or `only` of those in the temporary table `affected`."""
    which = "l.entity_id in (select id from temp.affected where label = l.label)" if only else "1"
    connection.executemany(_ALIAS, _learnt(connection, label, which))
    if label != "person":
        rows = _lexicon_forms(connection, label, which)
        connection.executemany(
            _ALIAS,
            (_alias(label, entity, text, kind, (None, None, None, None)) for entity, text, kind in rows),
        )


def _learnt(connection: sqlite3.Connection, label: str, which: str) -> Iterator[tuple[str | int | None, ...]]:
    rows = connection.execute(
        f"select l.entity_id, e.name, l.article_id, l.name, l.forms from local_entities l join articles a on a.id = l.article_id join [{TABLE[label]}] e on e.id = l.entity_id"
        f" where l.label = ? and (l.forms <> '[]' or l.name <> e.name) and {which} order by l.entity_id, a.published, l.article_id, l.local_entity", (label,)
    )  # fmt: skip
    for entity, found in groupby(rows, key=lambda row: row[0]):
        seen: set[str] = set()
        for _, full, article, name, forms in found:
            for text, kind, *where in (*json.loads(forms), (name, "full", None, None, None)):
                if text != full and text not in seen:
                    seen.add(text)
                    yield _alias(label, entity, text, kind, (article, *where))


def _alias(
    label: str, entity: str, text: str, kind: str, learnt: tuple[str | int | None, ...]
) -> tuple[str | int | None, ...]:
    return (
        stable_id("alias", entity, text),
        text,
        kind,
        *[entity if label == found else None for found in TABLE],
        *learnt,
    )


def _lexicon_forms(connection: sqlite3.Connection, label: str, which: str) -> Iterator[tuple[str, str, str]]:
    table = TABLE[label]
    entries = {e.name: e for e in load_lexicon(table)}
    for entity, known_as, name in connection.execute(
        f"select distinct l.entity_id, l.known_as, e.name from local_entities l join [{table}] e on e.id = l.entity_id where label = ? and known_as is not null and {which} order by 1, 2",
        (label,),
    ):
        entry = entries.get(known_as)
        if entry is not None:
            for kind, forms in (
                ("full", entry.full),
                ("short", (entry.name, *entry.short)),
                ("latin", entry.latin),
            ):
                for form in forms:
                    if form != name:
                        yield entity, form, kind
