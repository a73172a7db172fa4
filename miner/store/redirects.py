"""Addresses that last: what an id of an earlier resolving leads to now.

An id is a hash of what it names, so it is the same on every machine; when more pages join two things, or part one, an id
goes. `identities` remembers which id each name of each article, and each report, had at the last resolving; when an id is
gone, `redirects` says where its names are now: in one thing (merged) or in several (split; one of them may have kept the id).
What an article called things goes with it, and with what it says no more.
"""

from __future__ import annotations

import sqlite3

_NOW = (
    "select l.label as label, l.article_id as article_id, l.name as name, min(l.entity_id) as entity_id"
    " from local_entities l where l.entity_id is not null and {which} group by 1, 2, 3"
    " union all select 'event', r.article_id, r.type || '|' || r.trigger || '|' || r.evidence, min(r.event_id)"
    " from event_reports r where r.event_id is not null group by 2, 3"
)
_DEPTH = 20
"""Redirects that are followed one after the other."""


_TABLES = ("enterprises", "people", "organizations", "places", "events")


def keep_addresses(connection: sqlite3.Connection, *, only: bool = False) -> None:
    """Note where the names of every id that is gone are now, and remember the ids of today; the caller holds the transaction.

    `only` looks at events, and at the names of those articles that are in the temporary table `readdressed`: all others
    have the ids they had. Raises sqlite3.Error.
    """
    connection.execute("drop table if exists temp.ids_now")
    connection.execute(
        "create temp table ids_now (label text, article_id text, name text, entity_id text,"
        " primary key (label, article_id, name)) without rowid"
    )
    which = "l.article_id in (select id from temp.readdressed)" if only else "1"
    connection.execute(f"insert into temp.ids_now {_NOW.format(which=which)}")
    there = " or ".join(f"exists (select 1 from [{table}] t where t.id = {{0}})" for table in _TABLES)
    connection.execute(
        "with moved as (select i.label, i.entity_id as old_id, n.entity_id as new_id, count(*) as n from identities i"
        " join temp.ids_now n on n.label = i.label and n.article_id = i.article_id and n.name = i.name"
        " where n.entity_id <> i.entity_id group by 1, 2, 3)"
        " insert or replace into redirects (old_id, new_id, label, kind, n_names)"
        " select old_id, new_id, label, case when count(*) over (partition by old_id) > 1"
        f" or {there.format('old_id')} then 'split' else 'merged' end, n from moved"
    )
    connection.execute(
        f"delete from redirects where kind = 'merged' and ({there.format('redirects.old_id')})"
    )
    past = (
        " where label = 'event' or article_id in (select id from temp.readdressed)"
        " or article_id not in (select id from articles)"
    )
    connection.execute(f"delete from identities{past if only else ''}")
    connection.execute(
        "insert into identities (label, article_id, name, entity_id)"
        " select label, article_id, name, entity_id from temp.ids_now"
    )
    connection.execute("drop table temp.ids_now")


def led_on(connection: sqlite3.Connection, old: str) -> list[str]:
    """Return the ids that an id of an earlier resolving leads to now, those with most of its names first.

    An id that was never given leads nowhere.
    """
    rows = connection.execute(
        "with recursive led(id, n, depth) as (select new_id, n_names, 1 from redirects where old_id = ?1"
        " union select r.new_id, min(led.n, r.n_names), led.depth + 1 from led join redirects r on r.old_id = led.id"
        f" where led.depth < {_DEPTH})"
        " select id, max(n) from led where not exists (select 1 from redirects where old_id = led.id)"
        " group by id order by max(n) desc, id",
        (old,),
    )
    return [row[0] for row in rows]
