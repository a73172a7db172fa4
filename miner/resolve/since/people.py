"""People of what came and went: all who carry a touched name are told apart anew, and whoever may be meant by a part of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Set

from miner.resolve.judge import store_judgements
from miner.resolve.links import drop_people
from miner.resolve.names import fold
from miner.resolve.partial_names import judged, owners_of
from miner.resolve.people import Appearance, find_latin_names, people_named
from miner.resolve.remembered import add_cluster
from miner.resolve.since.touched import change, gone, put

__all__ = ["resolve_named_people"]


def resolve_named_people(connection: sqlite3.Connection, renamed: Set[str]) -> None:
    """Resolve the people in articles that came, and all whose names, or whose bodies, that touches.

    `renamed` are the bodies that are called otherwise than before.
    """
    drop_people(connection)
    connection.execute(
        "create temp view linked as select l.rowid as local, k.cluster as entity_id from main.local_keys k"
        " join main.local_entities l on l.article_id = k.article_id and l.local_entity = k.local_entity where k.label = 'person'"
    )
    profiles = {
        row[0] for row in connection.execute("select profile from resolve_gone where label = 'person'")
    }
    again = _key_again(connection, profiles)
    names = _key_new(connection) | again | _in_bodies(connection, renamed)
    names |= {
        row[0] for row in connection.execute("select distinct key from resolve_gone where label = 'person'")
    }
    before = _forget(connection, names, profiles)
    connection.execute("drop table if exists temp.found_now")
    connection.execute(
        "create temp table found_now (id text primary key, key text not null, name text not null, latin_name text)"
    )
    for name in sorted(names):
        _tell_apart(connection, name)
    _join(connection, before)
    drop_people(connection)


def _key_new(connection: sqlite3.Connection) -> set[str]:
    """Find under which names the people of articles that came are; the table `bridge` is filled."""
    connection.execute(
        "insert into local_keys (article_id, local_entity, label, key) select l.article_id, l.local_entity, 'person',"
        " coalesce(b.name, fold_name(l.name)) from temp.came c join local_entities l on l.article_id = c.id"
        " left join temp.bridge b on b.latin = fold_name(l.name) where l.label = 'person'"
    )
    rows = connection.execute(
        "select distinct k.key from temp.came c join local_keys k on k.article_id = c.id where k.label = 'person'"
    )
    return {row[0] for row in rows}


def _key_again(connection: sqlite3.Connection, profiles: set[str | None]) -> set[str]:
    """Bring those who are written in Latin letters under the Chinese names that stand beside them now."""
    find_latin_names(connection)
    now = dict(connection.execute("select latin, name from temp.bridge"))
    before = dict(connection.execute("select latin, name from latin_names"))
    names: set[str] = set()
    for latin in sorted(now.keys() | before.keys()):
        was, to = before.get(latin, latin), now.get(latin, latin)
        if now.get(latin) == before.get(latin):
            continue
        moved = [
            row
            for row in connection.execute(
                "select k.article_id, k.local_entity, k.profile, l.name from local_keys k join local_entities l"
                " on l.article_id = k.article_id and l.local_entity = k.local_entity where k.label = 'person' and k.key = ?",
                (was,),
            )
            if fold(row[3]) == latin
        ]
        profiles.update(row[2] for row in moved)
        connection.executemany(
            "update local_keys set key = ? where article_id = ? and local_entity = ?",
            ((to, article, number) for article, number, *_ in moved),
        )
        names |= {was, to} if moved else set()
    connection.execute("delete from latin_names")
    connection.execute("insert into latin_names (latin, name) select latin, name from temp.bridge")
    return names


def _in_bodies(connection: sqlite3.Connection, renamed: Iterable[str]) -> set[str]:
    """Return the names of people with posts in bodies that are another thing, or called otherwise, than before."""
    put(connection, "wanted_keys", set(renamed))
    rows = connection.execute(
        "select k.key from temp.changed_locals c join posts p on p.article_id = c.article_id and p.local_organization = c.local_entity"
        " join local_keys k on k.article_id = p.article_id and k.local_entity = p.local_person where k.label = 'person' union"
        " select k.key from temp.wanted_keys w join local_entities l on l.entity_id = w.key and l.label = 'organization'"
        " join posts p on p.article_id = l.article_id and p.local_organization = l.local_entity"
        " join local_keys k on k.article_id = p.article_id and k.local_entity = p.local_person where k.label = 'person'"
    )
    return {row[0] for row in rows}


def _forget(connection: sqlite3.Connection, names: Set[str], profiles: set[str | None]) -> set[str]:
    """Take back the judgements on those who carry some names, and had some profiles; returns the people of before."""
    put(connection, "wanted_keys", names)
    profiles |= {
        row[0]
        for row in connection.execute(
            "select distinct k.profile from temp.wanted_keys w join local_keys k on k.label = 'person' and k.key = w.key"
        )
    }
    _forget_judged(connection, {profile for profile in profiles if profile}, "left_id", "right_id")
    rows = connection.execute("select c.id from temp.wanted_keys w join person_clusters c on c.key = w.key")
    return {row[0] for row in rows}


def _forget_judged(connection: sqlite3.Connection, ids: Set[str], *sides: str) -> None:
    for side in sides:
        connection.executemany(
            f"delete from judgements where kind = 'person' and {side} = ?", ((one,) for one in sorted(ids))
        )


def _tell_apart(connection: sqlite3.Connection, name: str) -> None:
    block = [
        Appearance(*row)
        for row in connection.execute(
            "select l.rowid, l.article_id, l.local_entity, l.name, l.latin_name, a.published, a.newspaper, a.document_id"
            " from local_keys k join local_entities l on l.article_id = k.article_id and l.local_entity = k.local_entity"
            " join articles a on a.id = l.article_id where k.label = 'person' and k.key = ? order by l.article_id, l.local_entity",
            (name,),
        )
    ]
    if not block:
        return
    clusters, judgements = people_named(connection, name, block)
    store_judgements(connection, judgements)
    place = {seen.local: (seen.article_id, seen.number) for seen in block}
    connection.executemany(
        "update local_keys set profile = ?, cluster = ? where article_id = ? and local_entity = ?",
        (
            (profile, cluster.id, *place[local])
            for cluster in clusters
            for local, profile in zip(cluster.members, cluster.profiles, strict=True)
        ),
    )
    connection.executemany(
        "insert into temp.found_now values (?, ?, ?, ?)",
        ((c.id, c.key, c.name, c.latin_name) for c in clusters),
    )


def _join(connection: sqlite3.Connection, before: set[str]) -> None:
    """Write the people that were found now instead of those of before, and join whose names are parts of others'."""
    joined = _joined(connection, before)
    met = _meant(connection, before)
    put(connection, "wanted_keys", before)
    connection.execute("delete from person_clusters where id in (select key from temp.wanted_keys)")
    connection.execute("delete from person_parts where whole in (select key from temp.wanted_keys)")
    for row in connection.execute("select id, key, name, latin_name from temp.found_now").fetchall():
        add_cluster(connection, *row)
    now = {row[0] for row in connection.execute("select id from temp.found_now")}
    parts = now | met | _meant(connection, now)
    joined = {**_joined(connection, parts - before), **joined}
    _forget_judged(connection, parts | before, "right_id")
    _forget_judged(connection, before, "left_id")
    for part in sorted(parts):
        _judge_part(connection, part)
    put(connection, "wanted_keys", parts)
    following = {
        row[0]
        for row in connection.execute(
            "select c.id from temp.wanted_keys w join person_clusters c on c.surest = w.key"
        )
    }
    joined = {**_joined(connection, following - joined.keys()), **joined}
    connection.executemany(
        "update person_clusters set joined = case when surest is not null and exists (select 1 from person_clusters w"
        " where w.id = person_clusters.surest and w.surest is null) then surest end where id = ?",
        ((one,) for one in sorted(parts | following)),
    )
    after = _joined(connection, parts | following)
    _write(connection, {one for one in after if one in now or after[one] != joined.get(one, "")}, after)
    there = {one for one in after if after[one] is None}
    gone(connection, "person", (before | after.keys()) - there)


def _joined(connection: sqlite3.Connection, people: Set[str]) -> dict[str, str | None]:
    """Return to whom some people are joined, None for one who stands alone."""
    put(connection, "wanted_keys", people)
    return dict(
        connection.execute(
            "select c.id, c.joined from temp.wanted_keys w join person_clusters c on c.id = w.key"
        ).fetchall()
    )


def _meant(connection: sqlite3.Connection, people: Set[str]) -> set[str]:
    """Return the people whose names are parts of the names of some."""
    put(connection, "wanted_keys", people)
    rows = connection.execute(
        "select c.id from temp.wanted_keys w join person_parts o on o.whole = w.key join person_clusters c on c.folded = o.part union"
        " select p.id from temp.wanted_keys w join person_clusters c on c.id = w.key join person_clusters p on p.name = substr(c.name, 2)"
    )
    return {row[0] for row in rows}


def _judge_part(connection: sqlite3.Connection, part: str) -> None:
    """Judge whether one's name is a part of others', and keep the most probable of them."""
    found = connection.execute("select name, folded from person_clusters where id = ?", (part,)).fetchone()
    if found is None:
        return
    owners = owners_of(connection, part, *found)
    told = [judged(connection, row, len(owners)) for row in owners.values()]
    store_judgements(connection, [one.judgement for one in told])
    same = [one for one in told if one.judgement.same]
    best = min(same, key=lambda one: (-one.judgement.score, one.whole), default=None)
    connection.execute(
        "update person_clusters set surest = ? where id = ?", (best.whole if best else None, part)
    )


def _write(connection: sqlite3.Connection, people: Set[str], joined: dict[str, str | None]) -> None:
    """Write the rows of some people, and resolve to them those who stand in articles."""
    for one in sorted(people):
        if joined[one] is None:
            connection.execute(
                "insert into people (id, name, latin_name) select id, name, latin_name from person_clusters where id = ?"
                " on conflict (id) do update set name = excluded.name, latin_name = excluded.latin_name",
                (one,),
            )
    for one in sorted(people):
        rows = connection.execute(
            "select k.article_id, k.local_entity, l.entity_id from local_keys k join local_entities l"
            " on l.article_id = k.article_id and l.local_entity = k.local_entity where k.cluster = ?",
            (one,),
        ).fetchall()
        change(connection, "person", rows, joined[one] or one)
