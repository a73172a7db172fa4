"""The page of an article: the story with its facts marked, the lines it was rebuilt from, its kin and its citation."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from miner.offsets import Span
from miner.publish import cite, marks
from miner.publish.archive import ALIAS_KINDS, EVENT_TYPES, FIELDS, KINDS, PATH_OF, first, measure_title, rows
from miner.publish.query import find_words, parse
from miner.publish.urls import Addresses

MAX_BODY = 120_000
"""Characters of a body that are shown on the page; the rest is in the JSON."""
MAX_LINES = 1_500
_KIN = 6
ROLES = {
    "headline": "标题", "kicker": "引题", "subtitle": "副题", "section": "栏目", "byline": "署名", "subhead": "小标题", "body": "正文", "jump": "转接",
    "caption": "图注", "other": "其他",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """What was read from an article, as rows."""

    mentions: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    quotes: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    posts: list[dict[str, Any]]


def load(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    """Return the row of an article with the path of its document, or None."""
    sql = "select a.*, d.path, d.media_type, d.encoding from articles a join documents d on d.id = a.document_id where a.id = ?"
    return first(connection, sql, (identity,))


def facts(connection: sqlite3.Connection, identity: str) -> ArticleRows:
    """Return the mentions, event reports, quotes, figures and posts of an article, in the order of the text."""
    name = "coalesce({})".format(
        ", ".join(f"(select name from [{k.table}] where id = m.{k.column})" for k in KINDS.values())
    )
    entity = f"coalesce({', '.join('m.' + kind.column for kind in KINDS.values())})"
    mentions = rows(
        connection,
        f"select m.*, {entity} as entity_id, {name} as name from mentions m where m.article_id = ? order by m.field, m.start limit 5000",
        (identity,),
    )
    reports = rows(
        connection,
        "select r.*, e.title as event_title, e.n_reports from event_reports r left join events e on e.id = r.event_id "
        "where r.article_id = ? order by r.field, r.start, r.trigger_start limit 400",
        (identity,),
    )
    parties: dict[str, list[dict[str, Any]]] = {}
    for party in rows(
        connection,
        f"select m.report_id, m.role, m.name as written, {entity} as entity_id, {name} as name, case when m.enterprise_id is not null then 'enterprise' "
        "when m.person_id is not null then 'person' when m.organization_id is not null then 'organization' when m.place_id is not null then 'place' "
        "end as label from event_participants m join event_reports r on r.id = m.report_id where r.article_id = ? limit 4000",
        (identity,),
    ):
        parties.setdefault(party["report_id"], []).append(party)
    for report in reports:
        report["parties"] = parties.get(report["id"], [])
    quotes = rows(
        connection, "select * from quotes where article_id = ? order by field, start limit 400", (identity,)
    )
    figures = rows(
        connection, "select * from figures where article_id = ? order by field, start limit 600", (identity,)
    )
    posts = rows(
        connection,
        "select p.*, n.name from posts p left join people n on n.id = p.person_id where p.article_id = ? order by p.start limit 400",
        (identity,),
    )
    return ArticleRows(mentions, reports, quotes, figures, posts)


@dataclass(frozen=True, slots=True)
class ReaderView:
    """How a reader wants to see an article: what he searched for, the evidence he came for, how much he may see."""

    links: Addresses
    words: str = ""
    field: str = "body"
    at: Span | None = None
    snippet_chars: int = 0
    """When not 0, bodies are cut to so many characters."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The words to be marked."""
        return parse(self.words).words if self.words else ()


def page(connection: sqlite3.Connection, identity: str, view: ReaderView) -> dict[str, Any] | None:
    """Return what the template shows of an article, or None when there is no such article."""
    article = load(connection, identity)
    if article is None:
        return None
    cut = bool(view.snippet_chars) and len(article["body"]) > view.snippet_chars
    limit = view.snippet_chars if cut else MAX_BODY
    body = article["body"][:limit]
    found = facts(connection, identity)
    fields = {name: _field(article, found, name, view) for name in ("kicker", "headline", "subtitle")}
    return {
        "article": article,
        "title": article["headline"] or "（无标题）",
        "fields": fields,
        "paragraphs": _body(body, found, view),
        "subheads": _subheads(connection, article, body),
        "shortened": "snippet" if cut else ("long" if len(article["body"]) > limit else ""),
        "facts": found,
        "names": names(found),
        "lines": [] if cut else source_lines(connection, article),
        "kin": kin(connection, article, links=view.links),
        "citations": cite.all_forms(article),
        "words": view.words, "year_note": _year_note(connection, article),
        "hits": sum(len(find_words(text, view.wanted)) for text in (body, article["headline"] or "")),
        "roles": ROLES, "field_titles": FIELDS, "alias_kinds": ALIAS_KINDS, "event_types": EVENT_TYPES,
    }  # fmt: skip


def _year_note(connection: sqlite3.Connection, article: dict[str, Any]) -> str:
    """Return what the reading noted of an undated page: which year was inferred and why, or that none is known."""
    if article["published"]:
        return ""
    sql = "select message from problems where document_id = ? and code in ('year-inferred', 'year-unknown') order by code limit 1"
    note = first(connection, sql, (article["document_id"],))
    return str(note["message"]) if note else "没有见报日期 / no date of issue. --issue-date 2023-11-08"


def _field(article: dict[str, Any], found: ArticleRows, name: str, view: ReaderView) -> Markup:
    text = article[name] or ""
    if not text:
        return Markup("")
    links = marks.separate(_names(found, name, view.links), len(text))
    here = view.at if view.field == name else None
    return Markup(" ").join(
        marks.paragraphs(text, marks.Marking(links, (), find_words(text, view.wanted), here))
    )


def _names(found: ArticleRows, field: str, links: Addresses) -> list[marks.Mark]:
    return [
        marks.Mark(
            Span(row["start"], row["end"]), row["label"], links.entity(row["label"], row["entity_id"]) if row["entity_id"] else "",
            f"{KINDS[row['label']].title}：{row['name'] or row['text']}",
        )
        for row in found.mentions if row["field"] == field
    ]  # fmt: skip


def _body(body: str, found: ArticleRows, view: ReaderView) -> list[Markup]:
    links = [
        *_names(found, "body", view.links),
        *_figures(found, view.links),
        *_events(body, found, view.links),
    ]
    spoken = [
        marks.Mark(Span(row["start"], row["end"]), "quote", "", f"引语：{row['speaker']}")
        for row in found.quotes if row["field"] == "body"
    ]  # fmt: skip
    size = len(body)
    here = view.at if view.field == "body" else None
    marking = marks.Marking(
        marks.separate(links, size), marks.separate(spoken, size), find_words(body, view.wanted), here
    )
    return marks.paragraphs(body, marking)


def _figures(found: ArticleRows, links: Addresses) -> list[marks.Mark]:
    made = []
    for row in found.figures:
        if row["field"] == "body":
            page = links.page("figures", query={"measure": row["measure"], "edition": row["edition"]})
            href = page if row["measure"] else links.row("figures", row["id"])
            title = f"数字：{measure_title(row['measure']) or row['subject'] or row['unit']}"
            made.append(marks.Mark(Span(row["start"], row["end"]), "figure", href, title))
    return made


def _events(body: str, found: ArticleRows, links: Addresses) -> list[marks.Mark]:
    made = []
    for row in found.reports:
        if row["field"] != "body":
            continue
        href = links.event(row["event_id"]) if row["event_id"] else ""
        title = f"{EVENT_TYPES.get(row['type'], row['type'])}：{row['event_title'] or ''}"
        at = body.find(row["date_text"], row["start"], row["end"]) if row["date_text"] else -1
        if at >= 0:
            made.append(
                marks.Mark(Span(at, at + len(row["date_text"])), "date", href, f"日期：{row['date'] or ''}")
            )
        made.append(marks.Mark(Span(row["trigger_start"], row["trigger_end"]), "trigger", href, title))
    return made


def _subheads(connection: sqlite3.Connection, article: dict[str, Any], body: str) -> set[int]:
    """Return the numbers of the paragraphs that are subheads."""
    starts = {
        row["start"] for row in rows(connection, "select start from article_lines where article_id = ? and role = 'subhead'", (article["id"],))
    }  # fmt: skip
    found, at = set(), 0
    for number, paragraph in enumerate(body.split("\n")):
        if starts & set(range(at, at + min(len(paragraph), 40) + 1)):
            found.add(number)
        at += len(paragraph) + 1
    return found


def names(found: ArticleRows) -> dict[str, list[dict[str, Any]]]:
    """Return the things that the article names, by kind, the most-mentioned first."""
    things: dict[str, dict[str, dict[str, Any]]] = {label: {} for label in KINDS}
    for row in found.mentions:
        key = row["entity_id"] or row["text"]
        thing = things[row["label"]].setdefault(
            key, {"id": row["entity_id"], "name": row["name"] or row["text"], "n": 0, "start": row["start"]}
        )
        thing["n"] += 1
    return {
        label: sorted(group.values(), key=lambda t: (-t["n"], t["start"]))
        for label, group in things.items()
        if group
    }


def source_lines(connection: sqlite3.Connection, article: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the raw lines of an article with what restoring changed and what became of each."""
    sql = "select line, role, start, end, text, edits, page from article_lines where article_id = ? order by line limit ?"
    found = rows(connection, sql, (article["id"], MAX_LINES))
    for row in found:
        row["raw"] = marks.edited_line(row["text"], row["edits"])
        row["rebuilt"] = (
            article["body"][row["start"] : row["end"]]
            if row["start"] is not None and row["end"] is not None
            else ""
        )
    return found


def kin(
    connection: sqlite3.Connection, article: dict[str, Any], *, links: Addresses
) -> dict[str, list[dict[str, Any]]]:
    """Return the other parts of a jumped story, duplicates, and articles that name the same things about the same time."""
    columns = f"a.id, a.headline, a.newspaper, a.published, {PATH_OF}, a.page"
    story = f"select {columns} from articles a where a.story_id = ? and a.id <> ? order by a.page limit 20"
    parts = rows(connection, story, (article["story_id"], article["id"])) if article["story_id"] else []
    same = article["duplicate_of"] or article["id"]
    duplicates = rows(
        connection,  # the index is named: where an archive has no duplicates, SQLite would rather read all articles
        f"select {columns} from articles a indexed by ix_articles_duplicate_of where a.duplicate_of = ?1 and a.id <> ?2 "
        f"union select {columns} from articles a where a.id = ?1 and a.id <> ?2 limit 20",
        (same, article["id"]),
    )
    known = {article["id"], *(row["id"] for row in parts), *(row["id"] for row in duplicates)}
    alike = [row for row in _alike(connection, article) if row["id"] not in known][:_KIN]
    found = {"parts": parts, "duplicates": duplicates, "alike": alike}
    for group in found.values():
        for row in group:
            row["href"] = links.article(row["id"])
    return found


def _alike(connection: sqlite3.Connection, article: dict[str, Any]) -> list[dict[str, Any]]:
    sql = (
        "with mine as materialized (select p.entity_id from appearances p where p.article_id = ? and p.label <> 'place' order by p.n_mentions desc limit 12), "
        "near as (select o.article_id, count(*) as shared from mine m cross join appearances o on o.entity_id = m.entity_id "
        "and o.published between date(?, '-6 days') and date(?, '+6 days') group by 1 having shared > 1 order by shared desc limit 20) "
        f"select a.id, a.headline, a.newspaper, a.published, {PATH_OF}, a.page, n.shared from near n join articles a on a.id = n.article_id order by n.shared desc, a.published"
    )
    day = article["published"] or ""
    return rows(connection, sql, (article["id"], day, day)) if day else []
