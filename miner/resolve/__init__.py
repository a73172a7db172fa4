"""The second pass over the whole archive: names → things, reports → events, likenesses between articles."""

from __future__ import annotations

import sqlite3

from miner.resolve.assign import clear, count_and_date, write_aliases, write_groups, write_people
from miner.resolve.conflicts import find_conflicts
from miner.resolve.entities import resolve_label
from miner.resolve.events import resolve_events
from miner.resolve.judge import store_judgements
from miner.resolve.people import resolve_people
from miner.resolve.stories import join_stories

__all__ = ["resolve", "resolve_facts"]


def resolve(connection: sqlite3.Connection) -> None:
    """Resolve a filled database anew, in one transaction; facts stay as they were read.

    The answer depends on the stored facts alone, not on the order of the files. Raises sqlite3.Error.
    """
    with connection:
        connection.execute("begin immediate")
        resolve_facts(connection)
        find_conflicts(connection)
        join_stories(connection)
    _publishing_tables(connection)


def resolve_facts(connection: sqlite3.Connection) -> None:
    """Resolve names to things and reports to events; the caller holds the transaction."""
    clear(connection)
    for label in ("enterprise", "organization", "place"):
        groups, roots, judgements = resolve_label(connection, label)
        store_judgements(connection, judgements)
        write_groups(connection, label, groups, roots)
    write_people(connection, resolve_people(connection))
    count_and_date(connection)
    write_aliases(connection)
    resolve_events(connection)


def _publishing_tables(connection: sqlite3.Connection) -> None:
    """Bring the full-text index, views and summaries in step with the facts."""
    from miner.store import fts, summaries, views

    with connection:
        fts.refresh(connection)
        views.create_views(connection)
        summaries.rebuild(connection)
