"""The list of targets in the database: what the office wrote, and which enterprise each target is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from miner.desk.lists import Listed
from miner.desk.match import ListedMatch, Matcher, NearEnterprise
from miner.errors import InputError
from miner.language.fold import fold_name
from miner.offsets import stable_id
from miner.store import kept
from miner.store.write import now

OWN = ("owner", "stage", "notes", "next_step", "due")
"""Columns that are the office's own."""


@dataclass(frozen=True, slots=True)
class Target:
    """One target: its name on the list, the enterprise it was matched to, and what the office wrote."""

    id: str
    name: str
    enterprise_id: str | None
    matched_name: str | None
    matched: str
    own: Mapping[str, str | None] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    looked: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """How many targets a list added, changed, and how they were matched."""

    added: int
    changed: int
    matched: Mapping[str, int]


def add(connection: sqlite3.Connection, listed: Iterable[Listed]) -> Added:
    """Add the rows of a list: a name that is there already gets what the list says beside it, nothing else is lost."""
    kept.create(connection)
    matcher, added, changed, matched = Matcher(connection), 0, 0, dict[str, int]()
    with connection:
        for row in listed:
            key = _id(row.name)
            known = connection.execute("select extra from targets where id = ?", (key,)).fetchone()
            if known is None:
                match = matcher.match(row.name)
                matched[match.matched] = matched.get(match.matched, 0) + 1
                _insert(connection, key, row, match)
                added += 1
            elif row.own or row.extra:
                _change(connection, key, row, json.loads(known[0]))
                changed += 1
    return Added(added, changed, matched)


def rematch(connection: sqlite3.Connection) -> None:
    """Find the enterprises of all targets again: facts were made anew, or more is known.

    What a person confirmed is found by its name; what a person refused stays refused.
    """
    kept.create(connection)
    matcher = Matcher(connection)
    rows = connection.execute(
        "select id, name, matched, matched_name from targets where matched != 'refused'"
    )
    with connection:
        for key, name, matched, confirmed in rows.fetchall():
            if matched == "confirmed":
                found = matcher.by_name(confirmed) or _only(matcher.match(confirmed))
                _set(connection, key, found, "confirmed", name=confirmed)
            else:
                match = matcher.match(name)
                _set(connection, key, _only(match), match.matched)


def targets(connection: sqlite3.Connection, *, matched: str | None = None) -> Iterator[Target]:
    """Yield the targets in the order of the lists, or those of one kind of match."""
    if kept.has(connection, "targets"):
        yield from _read(connection, "where matched = ?" if matched else "", (matched,) if matched else ())


def _read(connection: sqlite3.Connection, where: str, values: tuple[str, ...]) -> Iterator[Target]:
    columns = f"id, name, enterprise_id, matched_name, matched, {', '.join(OWN)}, extra, looked"
    rows = connection.execute(f"select {columns} from targets {where} order by rowid", values)
    for row in rows.fetchall():
        own = dict(zip(OWN, row[5 : 5 + len(OWN)], strict=True))
        yield Target(row[0], row[1], row[2], row[3], row[4], own, json.loads(row[-2]), row[-1])


def target(connection: sqlite3.Connection, key: str) -> Target | None:
    """Return a target by its id, None when there is none."""
    return next(_read(connection, "where id = ?", (key,)), None)


def name_of(connection: sqlite3.Connection, key: str) -> str:
    """Return the name of a target by its id; raises InputError when there is none."""
    kept.create(connection)
    row = connection.execute("select name from targets where id = ?", (key,)).fetchone()
    if row is None:
        raise InputError("名单里没有这一家 / not on the list", code="missing")
    return str(row[0])


def change(connection: sqlite3.Connection, key: str, own: Mapping[str, str]) -> None:
    """Write what the office says of a target, by column; an empty text clears it. Raises InputError when there is no such target."""
    name_of(connection, key)
    with connection:
        for column in OWN:
            if column in own:
                connection.execute(
                    f"update targets set [{column}] = ? where id = ?", (own[column] or None, key)
                )


def candidates(
    connection: sqlite3.Connection, doubtful: Iterable[Target]
) -> Iterator[tuple[Target, ListedMatch]]:
    """Yield doubtful targets with the enterprises they may be."""
    matcher = Matcher(connection)
    for target in doubtful:
        yield target, matcher.match(target.name)


def confirm(connection: sqlite3.Connection, name: str, enterprise: str | None) -> Target:
    """Say which enterprise (name or id) a target is; None says that it is none of the database.

    Raises InputError when there is no such target or no such enterprise.
    """
    kept.create(connection)
    key = _id(name)
    if connection.execute("select 1 from targets where id = ?", (key,)).fetchone() is None:
        raise InputError(f"名单里没有 not on the list: {name}", code="missing")
    with connection:
        if enterprise is None:
            _set(connection, key, None, "refused")
        else:
            row = connection.execute(
                "select id, name, n_articles from enterprises where id = ?1 or name = ?1", (enterprise,)
            ).fetchone()
            if row is None:
                raise InputError(f"数据库里没有这家企业 no such enterprise: {enterprise}", code="missing")
            _set(connection, key, NearEnterprise(row[0], row[1], row[2], 100.0), "confirmed")
    return next(target for target in targets(connection) if target.id == key)


def remove(connection: sqlite3.Connection, name: str) -> bool:
    """Take a target off the list; returns whether it was there."""
    kept.create(connection)
    with connection:
        return connection.execute("delete from targets where id = ?", (_id(name),)).rowcount > 0


def mark_looked(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Remember that these targets were looked at now."""
    with connection:
        connection.executemany("update targets set looked = ? where id = ?", [(now(), key) for key in ids])


def _id(name: str) -> str:
    return stable_id("target", fold_name(name))


def _only(match: ListedMatch) -> NearEnterprise | None:
    return match.candidates[0] if match.matched == "sure" else None


def _insert(connection: sqlite3.Connection, key: str, row: Listed, match: ListedMatch) -> None:
    found = _only(match)
    values = [row.own.get(column) for column in OWN]
    connection.execute(
        f"insert into targets (id, name, enterprise_id, matched_name, matched, {', '.join(OWN)}, extra, added)"
        f" values ({', '.join('?' * (7 + len(OWN)))})",
        (
            key,
            row.name,
            found and found.id,
            found and found.name,
            match.matched,
            *values,
            _json(row.extra),
            now(),
        ),
    )


def _change(connection: sqlite3.Connection, key: str, row: Listed, extra: Mapping[str, str]) -> None:
    for column, value in row.own.items():
        connection.execute(f"update targets set [{column}] = ? where id = ?", (value, key))
    connection.execute("update targets set extra = ? where id = ?", (_json({**extra, **row.extra}), key))


def _set(
    connection: sqlite3.Connection,
    key: str,
    found: NearEnterprise | None,
    matched: str,
    *,
    name: str | None = None,
) -> None:
    connection.execute(
        "update targets set enterprise_id = ?, matched_name = ?, matched = ? where id = ?",
        (found and found.id, found.name if found else name, matched, key),
    )


def _json(extra: Mapping[str, str]) -> str:
    return json.dumps(extra, ensure_ascii=False)
