"""Naming articles, events and things as a person sees them, and finding again what was named, run after run."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from miner.errors import InputError
from miner.language.fold import fold_name
from miner.store.redirects import led_on

TABLES = {"enterprise": "enterprises", "person": "people", "organization": "organizations", "place": "places"}
_BEGINS = 24
"""Characters of a body that tell it from others."""
_ID = re.compile(r"[0-9a-f]{6,64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHOWN = 8
_LASTING = (("begins", "newspaper"), ("begins",), ("headline", "newspaper", "date"))
"""What of an article lasts from version to version, the surest first."""
Anchor = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoryMarks:
    """What tells one article from others: where and when it appeared, its head, how it begins."""

    id: str
    headline: str
    newspaper: str
    date: str
    begins: str
    original: Mapping[str, Any] = field(default_factory=dict)
    """Its fields before they were corrected."""

    def anchor(self) -> dict[str, str]:
        """Return how a correction names this article: as it was before any correction."""
        named = {
            "newspaper": self.newspaper,
            "date": self.original.get("published", self.date),
            "headline": self.original.get("headline", self.headline),
            "begins": self.begins,
        }
        return {key: str(value) for key, value in named.items() if value}

    @property
    def shown(self) -> str:
        """The article for a list of several."""
        return " ".join(
            part for part in (self.newspaper, self.date, self.headline or self.begins, self.id) if part
        )


class Stories:
    """Finds the articles of a database by what a correction says of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        rows = connection.execute("select article_id, original from corrected_articles").fetchall()
        self.originals: dict[str, dict[str, Any]] = {key: json.loads(original) for key, original in rows}

    def of(self, anchor: Anchor) -> list[StoryMarks]:
        """Return the articles that a correction names: those that fit all it says, else those that fit what lasts longest."""
        if isinstance(anchor, str):
            return self._by_id(anchor) or self._fitting({"headline": anchor})
        if anchor.get("id"):
            return self._by_id(str(anchor["id"]))
        wanted = {key: str(value) for key, value in anchor.items() if value}
        for kept in (tuple(wanted), *_LASTING):
            part = {key: wanted[key] for key in kept if key in wanted}
            if part.keys() & {"begins", "headline"} and (found := self._fitting(part)):
                return found
        return []

    def said(self, words: str) -> StoryMarks:
        """Return the one article that a person means: an id or its beginning, or [newspaper] [day] words of its head or body.

        Raises InputError when there is none, or several.
        """
        found = self._by_id(words) or self._by_words(words)
        if not found:
            raise InputError(f"没有这样的文章 / no article {words!r}", code="no-article")
        if len(found) > 1:
            shown = "".join(f"\n  {story.shown}" for story in found[:_SHOWN])
            raise InputError(
                f"不止一篇,用「报纸 日期 标题」或编号指定 / several articles:{shown}", code="several"
            )
        return found[0]

    def by_id(self, article_id: str) -> StoryMarks | None:
        """Return the article of an id, None when there is none."""
        found = self._by_id(article_id)
        return found[0] if len(found) == 1 else None

    def _by_id(self, words: str) -> list[StoryMarks]:
        if not _ID.fullmatch(words):
            return []
        high = words[:-1] + chr(ord(words[-1]) + 1)
        return self._read("id >= ? and id < ?", (words, high))

    def _by_words(self, words: str) -> list[StoryMarks]:
        rest, wanted = words.strip(), dict[str, str]()
        papers = {
            row[0] for row in self._connection.execute("select distinct newspaper from articles") if row[0]
        }
        first, _, more = rest.partition(" ")
        if more and first in papers:
            wanted["newspaper"], rest = first, more.strip()
        first, _, more = rest.partition(" ")
        if more and _DAY.fullmatch(first):
            wanted["date"], rest = first, more.strip()
        same = self._fitting({**wanted, "headline": rest})
        return same or self._fitting({**wanted, "words": rest}) or self._fitting({**wanted, "inside": rest})

    def _fitting(self, wanted: Mapping[str, str]) -> list[StoryMarks]:
        conditions, values = [], []
        for key, column in (("newspaper", "newspaper"), ("date", "published")):
            if key in wanted:
                conditions.append(f"{column} = ?")
                values.append(wanted[key])
        where = " and ".join(conditions) or "1"
        if conditions and self.originals:
            marks = ", ".join("?" * len(self.originals))
            where = f"({where}) or id in ({marks})"
            values.extend(self.originals)
        if "inside" in wanted:
            where = f"({where}) and instr(body, ?)"
            values.append(wanted["inside"])
        return [story for story in self._read(where, tuple(values)) if self._fits(story, wanted)]

    def _fits(self, story: StoryMarks, wanted: Mapping[str, str]) -> bool:
        heads = {fold_name(head or "") for head in (story.headline, story.original.get("headline"))}
        days = {story.date, story.original.get("published")}
        tests: dict[str, Callable[[str], bool]] = {
            "newspaper": lambda said: said == story.newspaper,
            "date": lambda said: said in days,
            "headline": lambda said: fold_name(said) in heads,
            "words": lambda said: any(fold_name(said) in head for head in heads),
            "begins": lambda said: fold_name(story.begins).startswith(fold_name(said)[:_BEGINS]),
        }
        return all(test(wanted[key]) for key, test in tests.items() if key in wanted)

    def _read(self, where: str, values: Sequence[str]) -> list[StoryMarks]:
        rows = self._connection.execute(
            "select id, coalesce(headline, ''), coalesce(newspaper, ''), coalesce(published, ''), substr(body, 1, ?)"
            f" from articles where {where} order by id",
            (2 * _BEGINS, *values),
        )
        return [
            StoryMarks(key, head, paper, day, fold_name(body)[:_BEGINS], self.originals.get(key, {}))
            for key, head, paper, day, body in rows
        ]


def one_story(found: Sequence[StoryMarks]) -> bool:
    """Tell whether articles are one story as far as a correction can say: alike in paper, day, head and beginning."""
    return len({(s.newspaper, s.date, fold_name(s.headline), s.begins) for s in found}) == 1


def report_tells(words: str, kind: object, *, evidence: str, trigger: str, type: str) -> bool:
    """Tell whether a report is the one that a correction means by folded words, and by a type where it gives one."""
    holds = words in fold_name(evidence) or words == fold_name(trigger)
    return holds and kind in (None, "", type)


def reports(
    connection: sqlite3.Connection, articles: Iterable[str], says: str, *, type: str = ""
) -> Iterator[str]:
    """Yield the ids of the reports of some articles whose sentence holds the words."""
    wanted = fold_name(says)
    for article in articles:
        rows = connection.execute(
            "select id, evidence, trigger, type from event_reports where article_id = ? order by start, id",
            (article,),
        )
        for key, evidence, trigger, kind in rows.fetchall():
            if report_tells(wanted, type, evidence=evidence, trigger=trigger, type=kind):
                yield key


class Events:
    """Finds the events that a person means, and how a correction names them."""

    def __init__(self, connection: sqlite3.Connection, stories: Stories) -> None:
        self._connection, self._stories = connection, stories

    def said(self, words: str) -> str:
        """Return the id of the one event that a person means: an id, or [day] words of its title.

        Raises InputError when there is none, or several.
        """
        for key in (words, *led_on(self._connection, words)):
            if self._connection.execute("select 1 from events where id = ?", (key,)).fetchone():
                return key
        found = self._titled(words)
        if not found:
            raise InputError(f"没有这件事 / no event {words!r}", code="no-event")
        if len(found) > 1:
            shown = "".join(f"\n  {day} {title} {key}" for key, title, day in found[:_SHOWN])
            raise InputError(f"不止一件,用「日期 标题」或编号指定 / several events:{shown}", code="several")
        return str(found[0][0])

    def _titled(self, words: str) -> list[tuple[str, str, str]]:
        first, _, more = words.strip().partition(" ")
        day, rest = (first, more.strip()) if more and _DAY.fullmatch(first) else ("", words.strip())
        rows = self._connection.execute("select id, title, coalesce(date, '') from events order by date, id")
        title = fold_name(rest)
        titled = [row for row in rows if day in ("", row[2]) and title in fold_name(row[1])]
        return [row for row in titled if fold_name(row[1]) == title] or titled

    def anchors(self, event: str, *, article: str | None = None) -> list[dict[str, Any]]:
        """Return how a correction names the reports of an event, or those of one article."""
        rows = self._connection.execute(
            "select article_id, evidence, type from event_reports where event_id = ? order by confidence desc, id",
            (event,),
        )
        found = []
        for article_id, evidence, kind in rows.fetchall():
            story = self._stories.by_id(article_id)
            if story is not None and article in (None, article_id):
                found.append(
                    {"article": story.anchor(), "says": evidence.strip()[: 2 * _BEGINS], "type": kind}
                )
        return found


class Things:
    """Finds the entity that a person means by a name, an id of the site, or a name with what tells it: 王磊@澜石食品."""

    def __init__(self, connection: sqlite3.Connection, kind: str) -> None:
        self._connection, self._kind, self._table = connection, kind, TABLES[kind]

    def said(self, words: str) -> str:
        """Return the name by which a correction knows what a person means; raises InputError when there is no such thing."""
        if (known := self.by_id(words)) is not None:
            return known
        name = re.split("[@＠]", words)[0].strip()
        if self._written(name):
            return words.replace("＠", "@").strip()
        for (key,) in self._connection.execute(
            f"select id from [{self._table}] where name = ?1 union select {self._column} from aliases where alias = ?1"
            f" and {self._column} is not null limit 1",
            (name,),
        ).fetchall():
            if (known := self.named(key)) is not None:
                return known
        raise InputError(f"档案里没有 / not in the database: {name}", code="no-name", hint=self._near(name))

    def by_id(self, words: str) -> str | None:
        """Return the name of the thing that an id of the site means, an older one too; None when it is none."""
        if _ID.fullmatch(words):
            for key in (words, *led_on(self._connection, words)):
                if (name := self.named(key)) is not None:
                    return name
        return None

    @property
    def _column(self) -> str:
        return f"{self._kind}_id"

    def _written(self, name: str) -> bool:
        """Tell whether articles name something so."""
        known = self._connection.execute(
            "select 1 from local_entities where label = ? and name = ? limit 1", (self._kind, name)
        ).fetchone()
        if known is not None:
            return True
        wanted = fold_name(name)
        rows = self._connection.execute(
            "select distinct name from local_entities where label = ?", (self._kind,)
        )
        return any(fold_name(row[0]) == wanted for row in rows)

    def _near(self, name: str) -> str | None:
        from rapidfuzz.process import extract

        names = [
            row[0]
            for row in self._connection.execute(f"select name from [{self._table}] order by n_articles desc")
        ]
        near = [found for found, _, _ in extract(name, names, limit=3, score_cutoff=60)]
        return f"是不是 / perhaps: {'、'.join(near)}" if near else None

    def named(self, key: str) -> str | None:
        """Return the name of an entity by id, with what tells it apart where several have that name; None when it is gone."""
        row = self._connection.execute(f"select name from [{self._table}] where id = ?", (key,)).fetchone()
        if row is None:
            return None
        names = self._connection.execute(
            "select name, count(*) from local_entities where label = ? and entity_id = ? group by name"
            " order by name = ? desc, count(*) desc, name",
            (self._kind, key, row[0]),
        ).fetchall()
        for name, _ in names:
            if self._owners(name) == 1:
                return str(name)
        name = str(names[0][0]) if names else str(row[0])
        return f"{name}@{where}" if (where := self._where(key)) else name

    def _owners(self, name: str) -> int:
        return int(
            self._connection.execute(
                "select count(distinct entity_id) from local_entities where label = ? and name = ?",
                (self._kind, name),
            ).fetchone()[0]
        )

    def _where(self, key: str) -> str | None:
        if self._kind == "person":
            row = self._connection.execute(
                "select organization_text from posts where person_id = ? and organization_text <> ''"
                " group by 1 order by count(*) desc, 1 limit 1",
                (key,),
            ).fetchone()
            if row is not None:
                return str(row[0])
        row = self._connection.execute(
            "select a.headline, a.published from local_entities l join articles a on a.id = l.article_id"
            " where l.label = ? and l.entity_id = ? order by a.headline is null, a.published, a.id limit 1",
            (self._kind, key),
        ).fetchone()
        return (row[0] or row[1]) if row is not None else None
