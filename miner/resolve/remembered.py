"""What a whole resolving keeps of names and people, so that the next one need only judge what is touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from miner.resolve.entities import written
from miner.resolve.groups import GROUP_COLUMNS, Groups
from miner.resolve.names import fold
from miner.resolve.partial_names import parts

__all__ = ["add_cluster", "remember_groups", "remember_papers", "remember_people"]


def remember_groups(groups: Groups) -> None:
    """Keep the groups of a label, how they were joined, and which local entity is in which."""
    connection, label = groups.connection, groups.label
    connection.create_function("written_of", 1, lambda key: fold(written(key)), deterministic=True)
    connection.execute(
        f"insert into name_groups (label, {GROUP_COLUMNS}, written) select ?, {GROUP_COLUMNS}, written_of(key) from temp.grouped",
        (label,),
    )
    connection.execute(
        "insert into name_forms (label, form, key) select ?, form, key from temp.form_of", (label,)
    )
    connection.execute(
        "insert into name_abbreviations (label, short, full) select ?, short, full from temp.abbreviated",
        (label,),
    )
    connection.execute(
        "insert into local_keys (article_id, local_entity, label, key)"
        " select l.article_id, l.local_entity, l.label, k.key from temp.keyed k join local_entities l on l.rowid = k.local"
    )
    remember_papers(groups)


def remember_papers(groups: Groups) -> None:
    """Keep what was found of newspapers: which district or city they mean."""
    found = groups.qualifier.papers if groups.qualifier else {}
    groups.connection.executemany(
        "insert or replace into paper_regions (newspaper, level, region) values (?, ?, ?)",
        ((newspaper, level, region) for (newspaper, level), region in sorted(found.items())),
    )


def remember_people(connection: sqlite3.Connection, surest: Mapping[str, str]) -> None:
    """Keep the people that lie in the temporary tables `found_people` and `linked`, and whose name is part of whose: whole by part."""
    connection.execute("insert into latin_names (latin, name) select latin, name from temp.bridge")
    connection.execute(
        "insert into local_keys (article_id, local_entity, label, key, profile, cluster)"
        " select l.article_id, l.local_entity, l.label, p.key, k.profile, k.entity_id from temp.linked k"
        " join local_entities l on l.rowid = k.local join temp.found_people p on p.id = k.entity_id"
    )
    for row in connection.execute("select id, key, name, latin_name from temp.found_people").fetchall():
        add_cluster(connection, *row)
    connection.executemany(
        "update person_clusters set surest = ?, joined = ? where id = ?",
        ((whole, None if whole in surest else whole, part) for part, whole in surest.items()),
    )


def add_cluster(
    connection: sqlite3.Connection, identifier: str, key: str, name: str, latin_name: str | None
) -> None:
    """Keep one person, with the parts of the name by which somebody may be meant."""
    connection.execute(
        "insert into person_clusters (id, key, name, folded, latin_name) values (?, ?, ?, ?, ?)",
        (identifier, key, name, fold(name), latin_name),
    )
    if any(mark in name for mark in "·‧•") or " " in (latin_name or ""):
        connection.executemany(
            "insert or ignore into person_parts (part, whole, kind) values (?, ?, ?)",
            ((part, identifier, kind) for part, kind in parts(name, latin_name)),
        )
