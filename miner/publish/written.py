"""What the forms of the office's pages write: each action changes one thing and says which page shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from miner.desk import collections
from miner.desk.correct.apply import resolve_corrected
from miner.desk.correct.file import Correction, append
from miner.desk.correct.say import Sayer
from miner.desk.lists import parse_list
from miner.desk.targets import OWN, add, change, confirm, mark_looked, name_of, remove
from miner.publish.index import refresh_index
from miner.store.database import open_database, store_errors

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class SentForm:
    """The fields of a form, and who sent it (the actor's id, empty on loopback)."""

    fields: Mapping[str, list[str]]
    actor: str = ""

    def text(self, name: str, most: int = _LONGEST) -> str:
        """Return a field, without blanks around it."""
        return (self.fields.get(name) or [""])[0].replace("\x00", "").strip()[:most]

    def texts(self, name: str) -> list[str]:
        """Return all values of a field that are not empty."""
        return [text.strip()[:_LONGEST] for text in self.fields.get(name, ()) if text.strip()]


class To(NamedTuple):
    """The page that shows what was done."""

    parts: tuple[str, ...]
    query: Mapping[str, str] = {}


Action = Callable[[sqlite3.Connection, SentForm, Path], To]


def _add(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    add(connection, parse_list(form.text("list", 200_000)).targets)
    return To(("targets",))


def _change(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    key = form.text("id")
    change(connection, key, {name: form.text(name) for name in OWN})
    return To(("target", key))


def _confirm(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    key = form.text("id")
    confirm(connection, name_of(connection, key), form.text("enterprise") or None)
    return To(("target", key))


def _remove(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    remove(connection, name_of(connection, form.text("id")))
    return To(("targets",))


def _look(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    mark_looked(connection, form.texts("id"))
    return To(("targets",))


def _tag(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    collections.tag(connection, form.text("article"), form.text("tag"), note=form.text("note"))
    return To(("article", form.text("article")))


def _untag(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    collections.untag(connection, form.text("article"), form.text("tag"))
    return (
        To(("article", form.text("article")))
        if form.text("back") == "article"
        else To(("tag", form.text("tag")))
    )


def _save(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    asked = {name: form.text(name, 300) for name in collections.ASKED}
    collections.save_search(connection, form.text("name", 80), asked)
    return To(("collections",))


def _forget(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    collections.forget_search(connection, form.text("id"))
    return To(("collections",))


def _seen(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    collections.looked_at(connection, form.text("id"))
    return To(("collections",))


def _correct(connection: sqlite3.Connection, form: SentForm, path: Path) -> To:
    say = Sayer(connection, who=form.text("who", 60) or form.actor or None, why=form.text("why", 400) or None)
    append(path, [_SAID[form.text("verb")](say, form)] if form.text("verb") in _SAID else [])
    return To(("corrections",))


def _event(say: Sayer, form: SentForm) -> Correction:
    given = {name: form.text(name) for name in ("type", "date", "status", "place", "amount", "unit")}
    return say.event(form.text("event"), {**given, "without": form.texts("without")})


def _post(say: Sayer, form: SentForm) -> Correction:
    given = {"title": form.text("to_title"), "body": form.text("to_body"), "status": form.text("status")}
    return say.post(form.text("name"), form.text("title"), given, form.text("article") or None)


_SAID: Mapping[str, Callable[[Sayer, SentForm], Correction]] = {
    "merge": lambda say, form: say.merge(form.text("kind"), form.texts("name")),
    "split": lambda say, form: say.split(form.text("kind"), form.texts("name"), form.texts("article")),
    "rename": lambda say, form: say.rename(form.text("kind"), form.text("name"), form.text("to")),
    "alias": lambda say, form: say.alias(form.text("kind"), form.text("name"), form.text("to")),
    "reject": lambda say, form: say.reject(
        form.text("kind"), form.text("says"), form.text("article") or None
    ),
    "headline": lambda say, form: say.article("headline", form.text("article"), form.text("to")),
    "byline": lambda say, form: say.article("byline", form.text("article"), form.text("to")),
    "date": lambda say, form: say.article("date", form.text("article"), form.text("to")),
    "event": _event,
    "post": _post,
}
ACTIONS: Mapping[str, Action] = {
    "add": _add, "change": _change, "confirm": _confirm, "remove": _remove, "look": _look, "tag": _tag, "untag": _untag,
    "save": _save, "forget": _forget, "seen": _seen, "correct": _correct,
}  # fmt: skip
"""What a form may ask for, by the address that it is sent to."""


def apply(database: Path) -> None:
    """Apply the corrections of an archive, as `miner resolve` does; raises StoreError."""
    with closing(open_database(database)) as opened, store_errors(database):
        resolve_corrected(opened)
        refresh_index(opened)
