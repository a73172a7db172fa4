"""Whom a name means: an enterprise, a person, an organization or a place, by any written form; near names for what is unknown."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from miner.language.pinyin import sound_key
from miner.publish.archive import KINDS, first, led_to
from miner.publish.index.listed import form

__all__ = ["LABELS", "Meant", "NearName", "Thing", "find", "thing"]

LABELS = tuple(KINDS)
_MOST = 8
"""Things and near names that are listed."""
_LIKE = 55.0
"""Likeness (rapidfuzz's ratio, 0 to 100) from which another name is near."""
_SAME_SOUND = 99.0
_PART = 90.0
_TOP = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Thing:
    """An enterprise, person, organization or place of the archive, under all its names; days are ISO."""

    id: str
    label: str
    name: str
    names: tuple[str, ...] = ()
    """Its other names."""
    n_articles: int = 0
    n_mentions: int = 0
    first_seen: str | None = None
    last_seen: str | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    """What is known of its kind: country and industry of an enterprise, latin_name of a person, kind of a body or place."""


@dataclass(frozen=True, slots=True)
class NearName:
    """A name of the archive near to one that was asked for; `likeness` from 0 to 100."""

    id: str
    label: str
    name: str
    n_articles: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a name means: several things may bear one name; `near` is filled where nothing does."""

    asked: str
    things: tuple[Thing, ...] = ()
    near: tuple[NearName, ...] = ()


def find(connection: sqlite3.Connection, asked: str, labels: Sequence[str] = LABELS) -> Meant:
    """Return whom a name or an id means among things of some labels, the most frequent first.

    A name counts in any written form (traditional, full width, another dot). One that is only part of names means the
    thing that has it, when but one does; else, and when nothing has it, the near names are given.
    """
    if (known := _by_id(connection, asked.strip(), labels)) is not None:
        return Meant(asked, (known,))
    looked = form(asked)
    if not looked:
        return Meant(asked)
    named = _keys(connection, "form = ?", (looked,), labels)
    if not named:
        parts = _keys(connection, "form >= ? and form < ?", (looked, looked + _TOP), labels)
        parts = parts or _keys(connection, "instr(form, ?) > 0", (looked,), labels)
        if len(parts) != 1:
            return Meant(asked, (), _near(connection, asked, labels, parts))
        named = parts
    return Meant(asked, tuple(filter(None, (thing(connection, *key) for key in named[:_MOST]))))


def thing(connection: sqlite3.Connection, label: str, identity: str) -> Thing | None:
    """Return the thing of a label and an id; None when there is none."""
    told = first(connection, f"select * from [{KINDS[label].table}] where id = ?", (identity,))
    if told is None:
        return None
    names = (
        name
        for (name,) in connection.execute(
            "select name from names where entity_id = ? order by length(name) desc, name", (identity,)
        )
    )
    own = ("country", "industry", "latin_name", "kind", "short_name")
    return Thing(
        identity,
        label,
        told["name"],
        tuple(name for name in dict.fromkeys(names) if name != told["name"]),
        told["n_articles"],
        told["n_mentions"],
        told["first_seen"] or None,
        told["last_seen"] or None,
        {name: str(told[name]) for name in own if told.get(name)},
    )


def _by_id(connection: sqlite3.Connection, asked: str, labels: Sequence[str]) -> Thing | None:
    if not asked.isascii():
        return None
    for label in labels:
        found = thing(connection, label, asked)
        if found is None and len(led := led_to(connection, label, asked)) == 1:
            found = thing(connection, label, led[0]["id"])
        if found is not None:
            return found
    return None


_Key = tuple[str, str]


def _keys(
    connection: sqlite3.Connection, where: str, values: tuple[str, ...], labels: Sequence[str]
) -> list[_Key]:
    """Return label and id of the things with a name that a condition holds of, the most frequent first."""
    rows = connection.execute(
        f"select label, entity_id, max(n_articles) as n from names where {where} "
        f"and label in ({', '.join('?' * len(labels))}) group by 1, 2 order by n desc, entity_id limit 50",
        (*values, *labels),
    )
    return [(label, identity) for label, identity, _ in rows]


def _near(
    connection: sqlite3.Connection, asked: str, labels: Sequence[str], parts: Iterable[_Key]
) -> tuple[NearName, ...]:
    """Return the names that hold what was asked, that sound so, or are spelled nearly so; the nearest first."""
    rows = connection.execute(
        "select form, pinyin, label, entity_id, name, n_articles from names"
        f" where label in ({', '.join('?' * len(labels))}) order by n_articles desc, entity_id, form",
        tuple(labels),
    ).fetchall()
    likeness: dict[_Key, float] = dict.fromkeys(parts, _PART)
    sounds = {sound_key(asked), sound_key(asked, surname=True)}
    for row in rows:
        if row[1] in sounds:
            likeness[row[2], row[3]] = _SAME_SOUND
    found = process.extract(
        form(asked), [row[0] for row in rows], scorer=fuzz.ratio, limit=4 * _MOST, score_cutoff=_LIKE
    )
    for _, points, at in found:
        key = (rows[at][2], rows[at][3])
        likeness[key] = max(likeness.get(key, 0.0), min(points, _PART))
    told = ((points, thing(connection, *key)) for key, points in likeness.items())
    near = [
        NearName(one.id, one.label, one.name, one.n_articles, round(points, 1)) for points, one in told if one
    ]
    return tuple(sorted(near, key=lambda one: (-one.likeness, -one.n_articles, one.id))[:_MOST])
