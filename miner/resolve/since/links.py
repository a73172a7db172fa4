"""Links, counts, other names, standing and lasting addresses of what is another thing than before, or counts otherwise."""

from __future__ import annotations

import sqlite3

from miner.resolve.links import COLUMN, aliases_of, count_and_date
from miner.resolve.since.touched import remove_gone
from miner.resolve.standing import write_standings
from miner.store.redirects import keep_addresses

__all__ = ["keep_addresses_of", "link_changed", "tell_affected"]


_BY_OFFICE = (
    "select r.article_id as id from judgements j join event_participants t on t.id = j.left_id"
    " join event_reports r on r.id = t.report_id where j.kind = 'office' and j.same"
)
"""SQL for the articles in which an office alone leads to somebody who took part."""


def link_changed(connection: sqlite3.Connection) -> None:
    """Link the mentions, posts, quotes and participants of local entities that are another thing now, and of offices none."""
    connection.execute("drop table if exists temp.readdressed")
    connection.execute(f"create temp table readdressed as {_BY_OFFICE}")
    for table in ("quotes", "event_participants"):
        connection.execute(
            f"update [{table}] set person_id = null where id in (select left_id from judgements where kind = 'office' and same)"
        )
    connection.execute("delete from judgements where kind = 'office'")
    for label, column in COLUMN.items():
        own = f"(select l.entity_id from local_entities l where l.article_id = c.article_id and l.local_entity = c.local_entity and c.label = '{label}')"
        changed = "temp.changed_locals c"
        connection.execute(
            f"update mentions set [{column}] = l.entity_id from {changed} join local_entities l on l.article_id = c.article_id"
            " and l.local_entity = c.local_entity where mentions.article_id = c.article_id and mentions.local_entity = c.local_entity"
            " and mentions.label = ?1 and c.label = ?1",
            (label,),
        )
        if label != "place":
            connection.execute(
                f"update quotes set [{column}] = {own} from {changed}"
                " where quotes.article_id = c.article_id and quotes.local_entity = c.local_entity"
            )
            side = "local_person" if label == "person" else "local_organization"
            connection.execute(
                f"update posts set [{column}] = {own} from {changed}"
                f" where posts.article_id = c.article_id and posts.[{side}] = c.local_entity"
            )
        connection.execute(
            f"update event_participants set [{column}] = {own} from {changed} join event_reports r on r.article_id = c.article_id"
            " where event_participants.report_id = r.id and event_participants.local_entity = c.local_entity"
        )
    remove_gone(connection)


def tell_affected(connection: sqlite3.Connection) -> None:
    """Count what is affected anew, write its other names, and weigh how surely it is an enterprise."""
    connection.execute(
        "insert or ignore into temp.affected select l.label, l.entity_id from temp.counted c"
        " join local_entities l on l.article_id = c.id where l.entity_id is not null"
    )
    count_and_date(connection, only=True)
    for label, column in COLUMN.items():
        connection.execute(
            f"delete from aliases where [{column}] in (select id from temp.affected where label = ?)",
            (label,),
        )
        aliases_of(connection, label, only=True)
    write_standings(connection, only=True)


def keep_addresses_of(connection: sqlite3.Connection) -> None:
    """Note where the names of every id that is gone are now: names of articles that came, or that are another thing now.

    These articles stay in the temporary table `readdressed`: summaries look at them, too.
    """
    connection.execute(
        "insert into temp.readdressed select id from temp.came union select article_id from temp.changed_locals"
        f" union {_BY_OFFICE}"
    )
    keep_addresses(connection, only=True)
