"""Read a database back for people: counts, articles with coloured names, problems, runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from miner.errors import InputError
from miner.store.database import open_readonly

COUNTED = {
    "documents": "文档 documents", "articles": "文章 articles", "enterprises": "企业 enterprises", "people": "人物 people",
    "organizations": "机构 organizations", "events": "事件 events", "quotes": "引语 quotes", "figures": "数字 figures", "problems": "待查 problems",
}  # fmt: skip
STYLES = {"enterprise": "bold cyan", "person": "bold magenta", "organization": "bold green", "place": "yellow"}
CHINESE = {"enterprise": "企业", "person": "人物", "organization": "机构", "place": "地点"}


def counts(path: Path) -> dict[str, int]:
    """Return the number of rows of the main tables, by title."""
    connection = open_readonly(path)
    try:
        return {title: int(connection.execute(f"select count(*) from [{name}]").fetchone()[0]) for name, title in COUNTED.items()}
    finally:
        connection.close()


def find_article(path: Path, wanted: str) -> sqlite3.Row:
    """Return the article of that id, of an id that begins so, or whose headline or body holds the words.

    Raises InputError when there is none.
    """
    connection = open_readonly(path)
    try:
        for sql, value in (
            ("select * from articles where id = ?", wanted),
            ("select * from articles where id like ? || '%' order by id limit 1", wanted),
            ("select * from articles where instr(headline, ?) order by published, id limit 1", wanted),
            ("select * from articles where instr(body, ?) order by published, id limit 1", wanted),
        ):
            row: sqlite3.Row | None = connection.execute(sql, (wanted if value is wanted else value,)).fetchone()
            if row is not None:
                return row
    finally:
        connection.close()
    raise InputError(f"no article {wanted!r}", code="no-article", where=str(path), hint="ids stand in: select id, headline from articles")


def _coloured(text: str, mentions: list[sqlite3.Row]) -> Text:
    shown = Text(text)
    for mention in mentions:
        shown.stylize(STYLES[mention["label"]], mention["start"], mention["end"])
    return shown


def render_article(path: Path, article_id: str) -> Iterator[RenderableType]:
    """Yield the parts of an article with its names coloured, then its facts."""
    connection = open_readonly(path)
    try:
        article = connection.execute("select articles.*, documents.path from articles join documents on documents.id = document_id where articles.id = ?", (article_id,)).fetchone()
        mentions = connection.execute("select * from mentions where article_id = ? order by field, start", (article_id,)).fetchall()
        by_field: dict[str, list[sqlite3.Row]] = {}
        for mention in mentions:
            by_field.setdefault(mention["field"], []).append(mention)
        for name in ("kicker", "headline", "subtitle"):
            if article[name]:
                line = _coloured(article[name], by_field.get(name, []))
                if name == "headline":
                    line.stylize("underline")
                yield line
        facts = [article["newspaper"], article["published"], f"第{article['page']}版" if article["page"] else None, article["byline"], article["path"], article["id"]]
        yield Text(" · ".join(fact for fact in facts if fact), style="dim")
        yield Text("")
        yield _coloured(article["body"], by_field.get("body", []))
        yield Text("")
        yield Text.assemble(*[(f" {CHINESE[label]} ", style) for label, style in STYLES.items()])
        yield from _facts(connection, article_id)
        if article["reason"]:
            yield Text(f"还原:{article['reason']}(把握 {article['confidence']:.2f})", style="dim")
    finally:
        connection.close()


def _facts(connection: sqlite3.Connection, article_id: str) -> Iterator[RenderableType]:
    sources: tuple[tuple[str, str], ...] = (
        ("职务", "select people.name || ':' || organization_text || ' ' || title from posts join people on people.id = person_id where article_id = ?"),
        ("事件", "select type || ' ' || coalesce(date, '日期不详') || ' ' || status || ' 「' || trigger || '」 ' || coalesce((select group_concat(name, '、') from event_participants where report_id = event_reports.id), '') from event_reports where article_id = ?"),
        ("引语", "select speaker || ':' || text from quotes where article_id = ?"),
        ("数字", "select text || coalesce('(' || subject || ')', '') from figures where article_id = ?"),
    )  # fmt: skip
    for title, sql in sources:
        rows = [str(row[0]) for row in connection.execute(sql, (article_id,)) if row[0]]
        if rows:
            yield Group(Text(title, style="bold"), *[Text(f"  {row}") for row in rows])


def render_source(path: Path, article_id: str) -> Iterator[RenderableType]:
    """Yield an article's raw lines, each beside its role and the body characters that came of it."""
    connection = open_readonly(path)
    try:
        article = connection.execute("select * from articles where id = ?", (article_id,)).fetchone()
        table = Table(title=article["headline"] or "(无标题)", title_justify="left", box=None)
        for name in ("行", "角色", "原始行", "正文"):
            table.add_column(name, overflow="fold")
        for line in connection.execute("select * from article_lines where article_id = ? order by line", (article_id,)):
            body = article["body"][line["start"] : line["end"]] if line["start"] is not None else ""
            table.add_row(str(line["line"]), line["role"], Text(line["text"]), Text(body.replace("\n", "⏎")))
        yield table
        yield Text(f"{article['reason'] or ''}(把握 {article['confidence']:.2f})", style="dim")
    finally:
        connection.close()


def problem_rows(path: Path, *, stage: str | None = None, code: str | None = None) -> list[dict[str, Any]]:
    """Return the rows of `problems`, filtered, in reading order."""
    connection = open_readonly(path)
    try:
        rows = connection.execute(
            "select * from problems where (:stage is null or stage = :stage) and (:code is null or code = :code) order by stage, code, path, line, id",
            {"stage": stage, "code": code},
        )
        return [dict(row) for row in rows]
    finally:
        connection.close()


def run_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of `runs`, the newest first."""
    connection = open_readonly(path)
    try:
        return [dict(row) for row in connection.execute("select * from runs order by started desc, id")]
    finally:
        connection.close()
