"""Applying corrections: the file into the database, stored articles rewritten, names resolved, and what became of each."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from miner.desk.arrivals import note_arrivals
from miner.desk.base import fill_base
from miner.desk.collections import find_again
from miner.desk.correct.articles import rewrite, wanted
from miner.desk.correct.file import Correction, Fault, append, corrections_path, read
from miner.desk.correct.places import TABLES, Stories, Things, one_story, reports
from miner.desk.targets import rematch
from miner.errors import InputError
from miner.model import Problem
from miner.offsets import stable_id
from miner.recognise.network.choice import Kind
from miner.resolve import How, has_corrections, meant_by, moved, resolve
from miner.store import kept
from miner.store.resolved import ResolvedScope

_STAGE = "correct"
Told = Callable[[str], None]
Outcome = tuple[str, str]


class SettledCorrection(NamedTuple):
    """A correction as it is in the database after the last resolving, and what became of it."""

    correction: Correction
    status: str
    told: str | None


def resolve_corrected(
    connection: sqlite3.Connection,
    *,
    by: str | None = None,
    how: How = "whole",
    names: Kind = "fast",
    told: Told | None = None,
) -> ResolvedScope:
    """Apply the corrections that lie beside a database, resolve it, and note what no longer applies; returns what was resolved.

    `by` and `how` are those of `resolve`; where there are corrections, all is resolved. A file that cannot be read leaves the
    corrections in force that were read last; one that is gone is written anew from them: nobody's work is lost by a slip.
    Raises sqlite3.Error, ModelError.
    """
    scope = _resolve(connection, partial(resolve, by=by, how=how, told=told), names=names)
    with connection:
        fill_base(connection, scope)
    note_arrivals(connection)
    find_again(connection)
    if kept.has(connection, "targets"):
        rematch(connection)
    return scope


def _resolve(
    connection: sqlite3.Connection, resolving: Callable[..., ResolvedScope], *, names: Kind
) -> ResolvedScope:
    path = _file_of(connection)
    faults = _sync(connection, path) if path is not None else []
    if not has_corrections(connection) and not _corrected(connection):
        scope = resolving(connection)
        _say(connection, path, faults, {})
        return scope
    corrections = [one.correction for one in settled(connection)]
    with connection:
        connection.execute("begin immediate")
        want = wanted(connection, corrections)
        rewrite(connection, want, names=names)
        untold = {**_find(connection, corrections), **want.untold}
    scope = resolving(connection, by=None, how="whole")
    for correction in corrections:
        if correction.id not in untold and (wrong := _wrong(connection, correction)) is not None:
            untold[correction.id] = wrong
    _say(connection, path, faults, untold)
    return scope


def corrections_changed(connection: sqlite3.Connection) -> bool:
    """Tell whether the file of corrections says other things than those that the database was resolved with."""
    path = _file_of(connection)
    if path is None or not path.exists():
        return False
    try:
        said = {one.id for one in read(path).corrections}
    except InputError:
        return not _has_said_so(connection)
    return said != {one.correction.id for one in settled(connection)}


def _has_said_so(connection: sqlite3.Connection) -> bool:
    sql = "select 1 from problems where code = 'correction-unreadable' and line is null"
    return connection.execute(sql).fetchone() is not None


def _file_of(connection: sqlite3.Connection) -> Path | None:
    factory, connection.text_factory = connection.text_factory, os.fsdecode  # a path need not be UTF-8
    try:
        files = {name: file for _, name, file in connection.execute("pragma database_list")}
    finally:
        connection.text_factory = factory
    return corrections_path(Path(files["main"])) if files.get("main") else None


def _corrected(connection: sqlite3.Connection) -> bool:
    return (
        kept.has(connection, "corrected_articles")
        and connection.execute("select 1 from corrected_articles limit 1").fetchone() is not None
    )


def settled(connection: sqlite3.Connection) -> list[SettledCorrection]:
    """Return the corrections that a database knows, in the order of the file, with what became of each."""
    if not kept.has(connection, "corrections"):
        return []
    rows = connection.execute(
        "select verb, said, who, made, why, line, status, told from corrections order by line, id"
    ).fetchall()
    return [
        SettledCorrection(Correction(verb, json.loads(said), who, made, why, line), status, told)
        for verb, said, who, made, why, line, status, told in rows
    ]


def _sync(connection: sqlite3.Connection, path: Path) -> list[Fault]:
    """Take the file's corrections into the database; returns what of the file says nothing."""
    if not path.exists():
        if lost := [one.correction for one in settled(connection)]:
            append(path, lost)
        return []
    try:
        found = read(path)
    except InputError as error:
        return [Fault(0, f"{error};先前读到的仍然有效 / what was read last still counts")]
    if not found.corrections and not has_corrections(connection):
        return list(found.faults)
    kept.create(connection)
    with connection:
        known = dict(connection.execute("select id, found from corrections"))
        connection.execute("delete from corrections")
        connection.executemany(
            "insert into corrections (id, line, verb, said, shown, who, made, why, found, status, told)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'new', null)",
            (
                (
                    one.id, one.line, one.verb, json.dumps(one.said, ensure_ascii=False), one.shown, one.who, one.when, one.why,
                    known.get(one.id, "{}"),
                )
                for one in found.corrections
            ),
        )  # fmt: skip
    return list(found.faults)


def _find(connection: sqlite3.Connection, corrections: Sequence[Correction]) -> dict[str, Outcome]:
    """Find what corrections of names and events mean now, and keep it for resolving; returns why some mean nothing."""
    stories = Stories(connection)
    untold: dict[str, Outcome] = {}
    for correction in corrections:
        if correction.verb not in ("merge", "split", "rename", "alias"):
            continue
        found = _found(connection, correction)
        if correction.kind == "event":
            found["reports"], wrong = _reports_of(connection, stories, correction)
        else:
            found["names"] = _by_name(connection, correction, found.get("names", {}))
            found["articles"], wrong = _articles_of(stories, correction)
        if wrong is not None:
            untold[correction.id] = wrong
        connection.execute(
            "update corrections set found = ? where id = ?",
            (json.dumps(found, ensure_ascii=False), correction.id),
        )
    return untold


def _by_name(
    connection: sqlite3.Connection, correction: Correction, before: Mapping[str, str]
) -> dict[str, str]:
    """Return the names of things that a correction gives by the ids that the site shows; ids go, names last."""
    things = Things(connection, correction.kind)
    found = dict(before)
    for given in _names(correction):
        if given not in found and (name := things.by_id(given)) is not None:
            found[given] = name
    return found


def _names(correction: Correction) -> list[str]:
    names: list[str] = list(correction.said.get("names", ()))
    return names or [correction.said["name"]]


def _articles_of(stories: Stories, correction: Correction) -> tuple[list[str], Outcome | None]:
    found: list[str] = []
    for anchor in correction.said.get("articles", ()):
        named = stories.of(anchor)
        if not named:
            return found, ("unmatched", "档案里没有这篇文章 / no such article in the database")
        if not one_story(named):
            return found, ("ambiguous", f"有 {len(named)} 篇这样的文章 / {len(named)} such articles")
        found.extend(story.id for story in named)
    return found, None


def _reports_of(
    connection: sqlite3.Connection, stories: Stories, correction: Correction
) -> tuple[list[list[str]], Outcome | None]:
    said = correction.said
    anchors = said["events"] if "events" in said else [said["event"], *said["from"]]
    found: list[list[str]] = []
    for anchor in anchors:
        if not isinstance(anchor, Mapping):
            return found, ("unmatched", "事件要写 {article: …, says: …} / an event is {article: …, says: …}")
        articles = [story.id for story in stories.of(anchor.get("article") or "")]
        ids = list(
            reports(connection, articles, str(anchor.get("says") or ""), type=str(anchor.get("type") or ""))
        )
        if not ids:
            return found, ("unmatched", f"没有这样的报道 / no such report: {anchor.get('says')}")
        found.append(ids)
    return found, None


def _wrong(connection: sqlite3.Connection, correction: Correction) -> Outcome | None:
    """Look whether a correction came true; returns why not."""
    if correction.kind == "event" and correction.verb in ("merge", "split"):
        return _wrong_events(connection, correction)
    if correction.verb in ("merge", "split"):
        return _wrong_names(connection, correction)
    if correction.verb in ("rename", "alias"):
        return _wrong_name(connection, correction)
    return None


def _found(connection: sqlite3.Connection, correction: Correction) -> dict[str, Any]:
    row = connection.execute("select found from corrections where id = ?", (correction.id,)).fetchone()
    found: dict[str, Any] = json.loads(row[0])
    return found


def _wrong_names(connection: sqlite3.Connection, correction: Correction) -> Outcome | None:
    meant = _found(connection, correction)
    if "articles" in correction.said:
        return _wrong_moved(connection, correction, meant["articles"])
    sides = {}
    for name in _names(correction):
        sides[name] = set(meant_by(connection, correction.kind, meant["names"].get(name, name)))
        if not sides[name]:
            return ("unmatched", f"档案里没有 / not in the database: {name}")
    if correction.verb == "merge":
        if len(set().union(*sides.values())) == 1:
            return None
        return ("contradicted", "仍是几个:与别条更正矛盾 / still several: another correction says otherwise")
    together = [f"{a}、{b}" for a, b in combinations(sides, 2) if sides[a] & sides[b]]
    if together:
        told = f"仍是一个:同一篇文章里用作一物,或与别条更正矛盾 / still one, in an article or by another correction: {together[0]}"
        return ("contradicted", told)
    return None


def _wrong_moved(
    connection: sqlite3.Connection, correction: Correction, articles: Sequence[str]
) -> Outcome | None:
    name = correction.said["name"].partition("@")[0]
    here, there = moved(connection, correction.kind, name, articles)
    if not here:
        return ("unmatched", f"这些文章里没有 / not in these articles: {name}")
    return ("contradicted", f"仍是一个 / still one: {name}") if here & there else None


def _wrong_name(connection: sqlite3.Connection, correction: Correction) -> Outcome | None:
    meant = _found(connection, correction)
    name = correction.said["name"]
    entities = meant_by(connection, correction.kind, meant["names"].get(name, name))
    if not entities:
        return ("unmatched", f"档案里没有 / not in the database: {name}")
    if len(entities) > 1:
        told = f"有 {len(entities)} 个,用 名称@单位、报纸或标题 指定 / {len(entities)} of that name: say name@body"
        return ("ambiguous", told)
    column, wanted_name = f"{correction.kind}_id", correction.said["to"]
    sql = (
        f"select 1 from [{TABLES[correction.kind]}] where id = ?1 and name = ?2"
        if correction.verb == "rename"
        else f"select 1 from aliases where {column} = ?1 and alias = ?2"
        f" union select 1 from [{TABLES[correction.kind]}] where id = ?1 and name = ?2"
    )
    if connection.execute(sql, (entities[0], wanted_name)).fetchone() is None:
        return ("contradicted", "另一条更正给了别的名称 / another correction gives another name")
    return None


def _wrong_events(connection: sqlite3.Connection, correction: Correction) -> Outcome | None:
    sides = [
        {
            row[0]
            for key in side
            for row in connection.execute("select event_id from event_reports where id = ?", (key,))
        }
        for side in _found(connection, correction)["reports"]
    ]
    if correction.verb == "merge":
        same = set.intersection(*sides)
        return None if same else ("contradicted", "仍是几件事 / still several events")
    apart = not any(sides[0] & side for side in sides[1:])
    return None if apart else ("contradicted", "仍是一件事 / still one event")


def _say(
    connection: sqlite3.Connection, path: Path | None, faults: Sequence[Fault], untold: Mapping[str, Outcome]
) -> None:
    """Write what became of every correction, and a problem for each that does not apply."""
    problems = [
        Problem(_STAGE, "correction-unreadable", fault.message, line=fault.line or None) for fault in faults
    ]
    with connection:
        if has_corrections(connection):
            connection.execute("update corrections set status = 'applied', told = null")
            for key, (status, told) in untold.items():
                connection.execute(
                    "update corrections set status = ?, told = ? where id = ?", (status, told, key)
                )
            problems.extend(_problems(connection))
        connection.execute("delete from problems where stage = ?", (_STAGE,))
        connection.executemany(
            "insert or replace into problems (id, stage, code, message, line, path) values (?, ?, ?, ?, ?, ?)",
            (
                (
                    stable_id("problem", _STAGE, p.code, p.line, p.message),
                    p.stage,
                    p.code,
                    p.message,
                    p.line,
                    path and path.name,
                )
                for p in problems
            ),
        )


def _problems(connection: sqlite3.Connection) -> Iterator[Problem]:
    rows = connection.execute(
        "select status, verb, shown, told, line from corrections where status <> 'applied' order by line"
    )
    for status, verb, shown, told, line in rows.fetchall():
        yield Problem(
            _STAGE, f"correction-{status}", f"更正未生效 not applied: {verb} {shown}: {told}", line=line
        )
