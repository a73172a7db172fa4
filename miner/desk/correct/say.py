"""From what a person says to a correction: names, titles of stories and events, ids of the site, checked against a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from miner.desk.correct import ENTITIES
from miner.desk.correct.file import Correction, made
from miner.desk.correct.places import Events, Stories, Things
from miner.errors import InputError
from miner.language.event_types import event_types
from miner.store import kept

_MOST_REPORTS = 20
"""Reports of an event that one is held apart from."""


class Sayer:
    """Makes corrections of one database; every method raises InputError for what the database does not hold."""

    def __init__(
        self, connection: sqlite3.Connection, *, who: str | None = None, why: str | None = None
    ) -> None:
        kept.create(connection)
        self._connection, self._who, self._why = connection, who, why
        self._stories = Stories(connection)
        self._events = Events(connection, self._stories)

    def merge(self, kind: str, names: Sequence[str]) -> Correction:
        """Two or more names, or events, are one."""
        if kind == "event":
            return self._made("merge", {"kind": kind, "events": [self._event(name) for name in names]})
        return self._made("merge", {"kind": kind, "names": self._names(kind, names)})

    def split(self, kind: str, names: Sequence[str], articles: Sequence[str] = ()) -> Correction:
        """Names are different things; or the one name is another thing in some articles; or a report is of another event."""
        stories = [self._stories.said(article) for article in articles]
        if kind == "event":
            event = self._events.said(names[0])
            inside = [a for story in stories for a in self._events.anchors(event, article=story.id)]
            others = [a for a in self._events.anchors(event) if a not in inside][:_MOST_REPORTS]
            if not inside or not others:
                raise InputError(
                    "这件事没有这篇报道,或只有它 / no such report, or no other", code="no-report"
                )
            return self._made("split", {"kind": kind, "event": inside[0], "from": others})
        if stories:
            (name,) = self._names(kind, names[:1])
            return self._made(
                "split", {"kind": kind, "name": name, "articles": [s.anchor() for s in stories]}
            )
        return self._made("split", {"kind": kind, "names": self._names(kind, names)})

    def rename(self, kind: str, name: str, to: str) -> Correction:
        """A thing is called otherwise."""
        return self._made("rename", {"kind": kind, "name": self._names(kind, [name])[0], "to": to})

    def alias(self, kind: str, name: str, to: str) -> Correction:
        """A thing has another name; what is called so is the same."""
        return self._made("alias", {"kind": kind, "name": self._names(kind, [name])[0], "to": to})

    def reject(self, kind: str, says: str, article: str | None = None) -> Correction:
        """A name is no name of that kind, in one article or all; a fact of an article is none."""
        where = {"article": self._stories.said(article).anchor()} if article else {}
        if kind in ENTITIES:
            name = self._names(kind, [says])[0].partition("@")[0]
            return self._made("reject", {"kind": kind, "name": name, **where})
        if kind == "event" and not article:
            anchor = self._event(says)
            return self._made("reject", {"kind": kind, "article": anchor["article"], "says": anchor["says"]})
        return self._made("reject", {"kind": kind, "says": says, **where})

    def post(self, name: str, title: str, given: Mapping[str, str], article: str | None = None) -> Correction:
        """A person's title, or its body, is another one."""
        where = {"article": self._stories.said(article).anchor()} if article else {}
        person = self._names("person", [name])[0].partition("@")[0]
        return self._made("post", {"name": person, "title": title, "set": _filled(given), **where})

    def article(self, verb: str, article: str, to: str) -> Correction:
        """The headline, byline or date of an article is another one."""
        return self._made(verb, {"article": self._stories.said(article).anchor(), "to": to})

    def event(self, event: str, given: Mapping[str, Any]) -> Correction:
        """An event is of another type, date, state, place or sum, or somebody took no part."""
        if given.get("type") and given["type"] not in event_types():
            raise InputError(
                f"没有这种事件 no such type: {given['type']}", code="type", hint=", ".join(event_types())
            )
        return self._made("event", {"event": self._event(event), "set": _filled(given)})

    def _made(self, verb: str, said: Mapping[str, Any]) -> Correction:
        return made(verb, said, who=self._who, why=self._why)

    def _names(self, kind: str, names: Sequence[str]) -> list[str]:
        things = Things(self._connection, kind)
        return [things.said(name) for name in names]

    def _event(self, event: str) -> dict[str, Any]:
        found = self._events.anchors(self._events.said(event))
        if not found:
            raise InputError(f"没有这件事的报道 / no report of {event!r}", code="no-report")
        return found[0]


def _filled(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in given.items() if value}
