"""Rewriting stored articles as people corrected them: their fields, and every fact that is read from them.

The article is read again from its row, so that no source file is needed; its fields as they were stay beside, and come
back when the correction goes. An article that was read anew from its file since is recognised by having no such row.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from miner.desk.correct.facts import FACT_VERBS, FIELDS, Changed, correct_facts
from miner.desk.correct.file import Correction
from miner.desk.correct.places import Stories, one_story
from miner.language.fold import fold_name
from miner.model import FIELDS as FIELDS_OF_TEXT
from miner.model import Article
from miner.offsets import Span
from miner.recognise import Recogniser
from miner.recognise.network.choice import Kind
from miner.relate import relate
from miner.split import amend
from miner.store.rows import ARTICLE_COLUMNS, article_row, fact_rows, insert, together

_TOGETHER = 64
"""Articles that are read together."""
_FACTS = ("event_reports", "posts", "quotes", "figures", "mentions", "local_entities")
_FIELDS = ("headline", "byline", "published")


@dataclass(slots=True)
class WantedOfArticles:
    """What the corrections want of each article, and what became of every correction about articles."""

    fields: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By article, the fields that were corrected."""
    facts: dict[str, list[Correction]] = field(default_factory=lambda: defaultdict(list))
    """By article, the corrections of its facts, in their order."""
    articles: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By correction, the articles that it names."""
    untold: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By correction, why it does not apply: a status and an explanation."""

    def asked(self) -> set[str]:
        """Return the articles of which something is wanted."""
        return {key for table in (self.fields, self.facts) for key, asked in table.items() if asked}

    def digest(self, article: str) -> str:
        """Return a hash of what is wanted of an article."""
        told = [sorted(self.fields.get(article, {}).items()), [one.id for one in self.facts.get(article, ())]]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


def wanted(connection: sqlite3.Connection, corrections: Sequence[Correction]) -> WantedOfArticles:
    """Find the articles that corrections name, and what they want of each; later ones count where two say different things."""
    stories, names, found = Stories(connection), _Names(connection, corrections), WantedOfArticles()
    said: dict[tuple[str, str], Correction] = {}
    for correction in corrections:
        if correction.verb in FIELDS:
            for article in _named(stories, correction, found):
                before = said.get((article, correction.verb))
                if before is not None and before.said["to"] != correction.said["to"]:
                    told = f"第 {correction.line} 行说的不同,以后者为准 / line {correction.line} says otherwise and counts"
                    found.untold[before.id] = ("contradicted", told)
                said[article, correction.verb] = correction
                found.fields[article][FIELDS[correction.verb]] = correction.said["to"]
        elif correction.verb in FACT_VERBS:
            for article in _about(stories, names, correction, found):
                found.facts[article].append(correction)
    return found


def _named(stories: Stories, correction: Correction, found: WantedOfArticles) -> list[str]:
    event = correction.said.get("event")
    anchor = correction.said.get("article") or (event.get("article") if isinstance(event, Mapping) else None)
    named = stories.of(anchor) if anchor else []
    if not named:
        found.untold[correction.id] = ("unmatched", "档案里没有这篇文章 / no such article in the database")
    elif not one_story(named):
        told = (
            f"有 {len(named)} 篇这样的文章,请加报纸、日期 / {len(named)} such articles: add newspaper, date"
        )
        found.untold[correction.id] = ("ambiguous", told)
        return []
    found.articles[correction.id] = [story.id for story in named]
    return found.articles[correction.id]


def _about(stories: Stories, names: _Names, correction: Correction, found: WantedOfArticles) -> Iterable[str]:
    """Return the articles whose facts a correction is about: the one it names, or all that have its name."""
    name = _name_anywhere(correction)
    if name is None:
        return _named(stories, correction, found)
    found.articles[correction.id] = sorted(names.articles(correction.id, *name))
    if not found.articles[correction.id]:
        found.untold[correction.id] = ("unmatched", f"档案里没有这个名称 / no such name: {name[1]}")
    return found.articles[correction.id]


def _name_anywhere(correction: Correction) -> tuple[str, str] | None:
    """Return the label and the name that a correction is about in all articles; None when it is about one article."""
    if correction.verb not in FACT_VERBS or correction.verb == "event" or correction.said.get("article"):
        return None
    return correction.said.get("kind") or "person", str(correction.said["name"]).partition("@")[0]


class _Names:
    """Finds the articles that have a name, however written; the names of a label are read once for all corrections."""

    def __init__(self, connection: sqlite3.Connection, corrections: Iterable[Correction]) -> None:
        self._connection, self._hits = connection, _hits(connection)
        asked: dict[str, set[str]] = defaultdict(set)
        for label, name in filter(None, map(_name_anywhere, corrections)):
            asked[label].add(fold_name(name))
        self._forms: dict[tuple[str, str], set[str]] = defaultdict(set)
        for label, names in asked.items():
            rows = connection.execute(
                "select name from local_entities where label = ?1 union select text from mentions where label = ?1",
                (label,),
            )
            for (form,) in rows:
                if (folded := fold_name(form)) in names:
                    self._forms[label, folded].add(form)

    def articles(self, correction: str, label: str, name: str) -> set[str]:
        """Return the articles that have a name, and those where the correction of that id took it out of the facts."""
        found = {article for article, ids in self._hits if correction in ids}
        for form in self._forms[label, fold_name(name)]:
            rows = self._connection.execute(
                "select article_id from local_entities where label = ?1 and name = ?2"
                " union select article_id from mentions where text = ?2 and label = ?1",
                (label, form),
            )
            found.update(article for (article,) in rows)
        return found


def _hits(connection: sqlite3.Connection) -> list[tuple[str, list[str]]]:
    """Return the corrected articles with the corrections that changed each."""
    rows = connection.execute("select article_id, hit from corrected_articles").fetchall()
    return [(article, json.loads(ids)) for article, ids in rows]


def rewrite(connection: sqlite3.Connection, want: WantedOfArticles, *, names: Kind = "fast") -> None:
    """Bring the stored articles in step with what is wanted of them, and say which corrections of facts changed nothing.

    The caller holds the transaction. Raises sqlite3.Error, ModelError.
    """
    state = _state(connection)
    stale = [
        key for key in sorted(want.asked() | state.keys()) if state.get(key, ({}, ""))[1] != want.digest(key)
    ]
    todo = iter(stale)
    recogniser = Recogniser.load(names) if stale else None
    while recogniser is not None and (batch := list(islice(todo, _TOGETHER))):
        read = [_stored(connection, key, state.get(key, ({}, ""))[0]) for key in batch]
        changed = [
            amend(article, want.fields.get(article.id, {}), undated=_undated(connection, article))
            for article in read
        ]
        for before, one in zip(read, recogniser.annotate(changed), strict=True):
            _store(connection, correct_facts(relate(one), want.facts.get(before.id, ())), before, want)
    _tell_idle(connection, want)


def _state(connection: sqlite3.Connection) -> dict[str, tuple[dict[str, Any], str]]:
    """Return what is known of corrected articles: their fields as they were, and the hash of what was applied."""
    rows = connection.execute("select article_id, original, applied from corrected_articles").fetchall()
    return {key: (json.loads(original), applied) for key, original, applied in rows}


def _tell_idle(connection: sqlite3.Connection, want: WantedOfArticles) -> None:
    """Note the corrections of facts that found nothing to change."""
    hit = {key for _, ids in _hits(connection) for key in ids}
    for corrections in want.facts.values():
        for correction in corrections:
            if correction.id not in hit:
                told = "文章里没有它所说的 / the article says nothing of the kind"
                want.untold.setdefault(correction.id, ("unmatched", told))


def _stored(connection: sqlite3.Connection, key: str, original: Mapping[str, Any]) -> Article:
    """Return an article as it was read from its file, from its row."""
    cursor = connection.execute(f"select {ARTICLE_COLUMNS} from articles where id = ?", (key,))
    row = dict(zip((name[0] for name in cursor.description), cursor.fetchone(), strict=True))
    article = Article(**{**row, **original})
    return replace(article, subheads=tuple(_subheads(connection, article)))


def _subheads(connection: sqlite3.Connection, article: Article) -> Iterator[Span]:
    """Yield the subheads of a body: paragraphs whose lines are subheads."""
    starts = {
        row[0]
        for row in connection.execute(
            "select start from article_lines where article_id = ? and role = 'subhead'", (article.id,)
        )
    }
    at = 0
    for paragraph in article.body.split("\n"):
        if at in starts:
            yield Span(at, at + len(paragraph))
        at += len(paragraph) + 1


def _undated(connection: sqlite3.Connection, article: Article) -> list[str]:
    """Return the texts of the stories of an article's document that nobody dated."""
    whole = " || char(10) || ".join(f"coalesce({name}, '')" for name in FIELDS_OF_TEXT)
    rows = connection.execute(
        f"select {whole} from articles a where document_id = ? and (published is null or exists (select 1 from"
        " corrected_articles c where c.article_id = a.id and json_extract(c.original, '$.published') is null)) order by position",
        (article.document_id,),
    )
    return [row[0] for row in rows]


def _store(
    connection: sqlite3.Connection, corrected: Changed, before: Article, want: WantedOfArticles
) -> None:
    facts, key = corrected.facts, before.id
    row = article_row(facts)
    for table in _FACTS:
        connection.execute(f"delete from [{table}] where article_id = ?", (key,))
    sets = (*_FIELDS, "edition")
    connection.execute(
        f"update articles set {', '.join(f'[{name}] = ?' for name in sets)} where id = ?",
        (*(row[name] for name in sets), key),
    )
    for rows in together(fact_rows(facts).items()):
        insert(connection, rows, verb="insert or ignore")
    connection.execute("delete from corrected_articles where article_id = ?", (key,))
    if want.fields.get(key) or want.facts.get(key):
        original = {name: getattr(before, name) for name in sets}
        connection.execute(
            "insert into corrected_articles (article_id, original, applied, hit) values (?, ?, ?, ?)",
            (
                key,
                json.dumps(original, ensure_ascii=False),
                want.digest(key),
                json.dumps(sorted(corrected.hit)),
            ),
        )
