"""Which local entities are resolved to another thing than before, and which things that touches: in temporary tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from miner.resolve.links import COLUMN, TABLE
from miner.store.resolved import Touched

__all__ = ["affect", "change", "gone", "open_touched", "put", "remove_gone"]


def open_touched(connection: sqlite3.Connection, touched: Touched, also: Iterable[str]) -> None:
    """Make the tables: articles that came, `also` those that count otherwise than before; local entities and things."""
    for table in ("came", "counted", "changed_locals", "affected", "gone_things", "wanted_keys"):
        connection.execute(f"drop table if exists temp.[{table}]")
    connection.execute("create temp table came (id text primary key) without rowid")
    connection.execute("create temp table counted (id text primary key) without rowid")
    connection.execute(
        "create temp table changed_locals (article_id text not null, local_entity integer not null, label text not null,"
        " primary key (article_id, local_entity)) without rowid"
    )
    connection.execute(
        "create temp table affected (label text not null, id text not null, primary key (label, id)) without rowid"
    )
    connection.execute(
        "create temp table gone_things (label text not null, id text not null, primary key (label, id)) without rowid"
    )
    connection.execute("create temp table wanted_keys (key text primary key) without rowid")
    put(connection, "came", touched.came)
    put(connection, "counted", {*also, *touched.came})
    connection.execute(
        "insert or ignore into temp.affected select label, entity_id from resolve_gone where entity_id is not null"
    )
    connection.execute(
        "insert or ignore into temp.affected select l.label, l.entity_id from temp.counted c"
        " join local_entities l on l.article_id = c.id where l.entity_id is not null"
    )


def put(connection: sqlite3.Connection, table: str, values: Iterable[str]) -> None:
    """Fill a temporary table of one column with values, instead of what it held."""
    connection.execute(f"delete from temp.[{table}]")
    connection.executemany(f"insert into temp.[{table}] values (?)", ((value,) for value in sorted(values)))


def affect(connection: sqlite3.Connection, label: str, ids: Iterable[str | None]) -> None:
    """Note things whose rows are to be told anew."""
    connection.executemany(
        "insert or ignore into temp.affected values (?, ?)", ((label, one) for one in ids if one is not None)
    )


def gone(connection: sqlite3.Connection, label: str, ids: Iterable[str]) -> None:
    """Note things that are gone: they are deleted when nothing is linked to them any more, lest facts go with them."""
    affect(connection, label, ids)
    connection.executemany(
        "insert or ignore into temp.gone_things values (?, ?)", ((label, one) for one in ids)
    )


def remove_gone(connection: sqlite3.Connection) -> None:
    """Delete the things that are gone, with their other names."""
    for label, table in TABLE.items():
        which = f"in (select id from temp.gone_things where label = '{label}')"
        connection.execute(f"delete from aliases where [{COLUMN[label]}] {which}")
        connection.execute(f"delete from [{table}] where id {which}")


def change(
    connection: sqlite3.Connection, label: str, locals_: Iterable[tuple[str, int, str | None]], to: str
) -> None:
    """Resolve local entities, given with what they were resolved to, to another thing where they were not; both are affected."""
    moved = [one for one in locals_ if one[2] != to]
    connection.executemany(
        "update local_entities set entity_id = ? where article_id = ? and local_entity = ?",
        ((to, article, number) for article, number, _ in moved),
    )
    connection.executemany(
        "insert or ignore into temp.changed_locals values (?, ?, ?)",
        ((article, number, label) for article, number, _ in moved),
    )
    affect(connection, label, {to, *(before for _, _, before in moved)} if moved else ())
