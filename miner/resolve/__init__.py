"""The second pass over the whole archive: names → things, reports → events, likenesses between articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from miner.resolve import since
from miner.resolve.corrected import forget, has_corrections, meant_by, moved, rename
from miner.resolve.entities import resolve_label
from miner.resolve.events import resolve_events
from miner.resolve.figures import find_conflicts
from miner.resolve.links import (
    TABLE,
    clear,
    count_and_date,
    link_facts,
    without_link_indexes,
    write_aliases,
    write_groups,
    write_people,
)
from miner.resolve.offices import link_offices
from miner.resolve.people import resolve_people
from miner.resolve.remembered import remember_groups
from miner.resolve.standing import LISTED, write_standings
from miner.resolve.stories import join_stories
from miner.store.redirects import keep_addresses
from miner.store.resolved import ResolvedScope, Touched, begin, empty, end, is_resolved, touched

__all__ = ["LISTED", "How", "has_corrections", "meant_by", "moved", "resolve", "resolve_facts"]

_CACHE_KB = 131_072
"""Pages of the database, and of its temporary tables, that are kept in memory while resolving."""

Told = Callable[[str], None]
How = Literal["whole", "since", "again"]


def resolve(
    connection: sqlite3.Connection, *, by: str | None = None, told: Told | None = None, how: How = "whole"
) -> ResolvedScope:
    """Resolve a filled database in one transaction; facts stay as they were read. Returns what was resolved.

    The answer depends on the stored facts alone, not on the order of the files. `told` is called with the name of each
    finished step. `by` says what resolves (a hash of program, lexicons and models): with it a large archive remembers what
    was found. `how`: `whole` measures and resolves all anew; `since` resolves what came and went since the last time, by
    the measures of then, where that gives the same; `again` resolves all by the measures of then. Raises sqlite3.Error.
    """
    told = told or _to_nobody
    with _large_cache(connection), connection:
        connection.execute("begin immediate")
        scope = _scope(connection, by, how)
        other = join_stories(connection, scope)  # first: a reprint counts once in all that follows
        told("stories")
        if scope.touched is None:
            resolve_facts(connection, told=told, scope=scope)
        else:
            _resolve_touched(connection, scope, scope.touched, other, told)
        find_conflicts(connection)
        told("conflicts")
        if scope.remembered:
            end(connection, by or "")
    return scope


def _scope(connection: sqlite3.Connection, by: str | None, how: How) -> ResolvedScope:
    """Return what there is to do, after making ready for it."""
    known = by is not None and is_resolved(connection, by)
    if known and how == "again":
        empty(connection)
        return ResolvedScope(remembered=True, measured=True)
    if known and how == "since" and (found := touched(connection)) is not None:
        return ResolvedScope(remembered=True, measured=True, touched=found)
    return ResolvedScope(remembered=begin(connection, remember=by is not None))


def _resolve_touched(
    connection: sqlite3.Connection, scope: ResolvedScope, touched: Touched, other: Iterable[str], told: Told
) -> None:
    """Resolve the names that came and went, and whatever that touches; `other` articles are a reprint now and were not, or were."""
    since.open_touched(connection, touched, other)
    renamed: set[str] = set()
    for label in ("enterprise", "organization", "place"):
        renamed |= since.resolve_names(connection, label)
        told(label)
    since.resolve_named_people(connection, renamed)
    told("people")
    since.link_changed(connection)
    link_offices(connection)
    told("links")
    since.tell_affected(connection)
    told("counts, aliases, standings")
    resolve_events(connection, scope)
    told("events")
    since.keep_addresses_of(connection)
    told("addresses")


def resolve_facts(
    connection: sqlite3.Connection, *, told: Told | None = None, scope: ResolvedScope | None = None
) -> None:
    """Resolve names to things and reports to events, and remember how where `scope` says so; the caller holds the transaction."""
    told, scope = told or _to_nobody, scope or ResolvedScope()
    clear(connection)
    forget(connection)
    told("clear")
    with without_link_indexes(connection):
        for label in ("enterprise", "organization", "place"):
            groups = resolve_label(connection, label)
            write_groups(connection, groups)
            if scope.remembered:
                remember_groups(groups)
            told(label)
        write_people(connection, resolve_people(connection), remember=scope.remembered)
        told("people")
        link_facts(connection)
    link_offices(connection)
    told("links")
    count_and_date(connection)
    rename(connection, TABLE)
    write_aliases(connection)
    told("counts and aliases")
    write_standings(connection)
    told("standings")
    resolve_events(connection, scope)
    told("events")
    keep_addresses(connection)
    told("addresses")


def _to_nobody(step: str) -> None:
    """Nobody asked to be told."""


@contextmanager
def _large_cache(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep more of a large archive's pages in memory for a while."""
    before = connection.execute("pragma cache_size").fetchone()[0]
    connection.execute(f"pragma cache_size = -{_CACHE_KB}")
    try:
        yield
    finally:
        connection.execute(f"pragma cache_size = {before}")
