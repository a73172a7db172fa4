"""The archive on a terminal: articles with coloured names, their facts, their raw lines."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from miner.errors import InputError
from miner.language.event_types import event_types
from miner.model import FIELDS, Annotated, Article
from miner.offsets import Span
from miner.publish.index.fts import fold
from miner.recognise.explain import Account
from miner.recognise.grounds import read_grounds
from miner.relate import EventAccount
from miner.store.database import open_readonly
from miner.store.rows import ARTICLE_COLUMNS

STYLES = {
    "enterprise": "bold cyan",
    "person": "bold magenta",
    "organization": "bold green",
    "place": "yellow",
}
CHINESE = {"enterprise": "企业", "person": "人物", "organization": "机构", "place": "地点"}
_ID = re.compile(r"[0-9a-f]{4,64}")
_LISTED = 10
"""Other articles that hold the words, as many as fit a screen."""


def find_articles(path: Path, wanted: str) -> list[sqlite3.Row]:
    """Return the article of that id or of an id that begins so, else those whose headline, else whose body holds the words.

    Words are compared as the search compares them: simplified or traditional, full or half width. The newest come first, at most
    eleven. Raises InputError when there is none.
    """
    connection = open_readonly(path)
    try:
        connection.create_function("folded", 1, lambda text: fold(text or ""), deterministic=True)
        found: list[sqlite3.Row] = []
        if _ID.fullmatch(wanted):
            found = connection.execute(
                "select * from articles where substr(id, 1, ?) = ? order by id limit ?",
                (len(wanted), wanted, _LISTED + 1),
            ).fetchall()
        words = fold(wanted.strip())
        for field in ("coalesce(kicker, '') || coalesce(headline, '') || coalesce(subtitle, '')", "body"):
            if not found and words:
                sql = f"select * from articles where instr(folded({field}), ?) order by published desc, id limit ?"
                found = connection.execute(sql, (words, _LISTED + 1)).fetchall()
    finally:
        connection.close()
    if not found:
        hint = "用标题或正文里的几个字,或文章编号 / give words of its headline or body, or its id"
        raise InputError(
            f"没有这样的文章 / no article {wanted!r}", code="no-article", where=str(path), hint=hint
        )
    return found


def render_others(others: list[sqlite3.Row]) -> Iterator[RenderableType]:
    """Yield a line for every other article that was meant too."""
    if others:
        yield Text(
            f"\n还有 {'10 多' if len(others) > _LISTED - 1 else len(others)} 篇也符合,用编号指定 / others that match, by id:",
            style="dim",
        )
    for other in others:
        yield Text(
            f"  {other['id']}  {other['published'] or '日期不详'}  {other['headline'] or '(无标题)'}",
            style="dim",
        )


def _coloured(text: str, mentions: list[sqlite3.Row]) -> Text:
    shown = Text(text)
    for mention in mentions:
        shown.stylize(STYLES[mention["label"]], mention["start"], mention["end"])
    return shown


def render_article(path: Path, article_id: str, *, words: Mapping[str, str]) -> Iterator[RenderableType]:
    """Yield the parts of an article with its names coloured, then its facts; `words` says types and states in Chinese."""
    connection = open_readonly(path)
    try:
        article = connection.execute(
            "select articles.*, documents.path from articles join documents on documents.id = document_id where articles.id = ?",
            (article_id,),
        ).fetchone()
        mentions = connection.execute(
            "select * from mentions where article_id = ? order by field, start", (article_id,)
        ).fetchall()
        by_field: dict[str, list[sqlite3.Row]] = {}
        for mention in mentions:
            by_field.setdefault(mention["field"], []).append(mention)
        for name in ("kicker", "headline", "subtitle"):
            if article[name]:
                line = _coloured(article[name], by_field.get(name, []))
                if name == "headline":
                    line.stylize("underline")
                yield line
        facts = [
            article["newspaper"],
            article["published"],
            f"第{article['page']}版" if article["page"] else None,
            article["byline"],
            article["path"],
            article["id"],
        ]
        yield Text(" · ".join(fact for fact in facts if fact), style="dim")
        yield Text("")
        yield _coloured(article["body"], by_field.get("body", []))
        yield Text("")
        yield Text.assemble(*[(f" {CHINESE[label]} ", style) for label, style in STYLES.items()])
        yield from _facts(connection, article, words)
        if article["reason"]:
            yield Text(f"还原:{article['reason']}(把握 {article['confidence']:.2f})", style="dim")
    finally:
        connection.close()


def _facts(
    connection: sqlite3.Connection, article: sqlite3.Row, words: Mapping[str, str]
) -> Iterator[RenderableType]:
    def rows(sql: str) -> list[sqlite3.Row]:
        return connection.execute(sql, (article["id"],)).fetchall()

    posts = rows(
        "select people.name, organization_text, title from posts join people on people.id = person_id where article_id = ? order by start"
    )
    reports = rows(
        "select *, (select group_concat(name, '、') from event_participants where report_id = event_reports.id) as parties "
        "from event_reports where article_id = ? order by field, start, trigger_start"
    )
    quotes = rows("select * from quotes where article_id = ? order by field, start")
    figures = rows(
        "select text || coalesce('(' || subject || ')', '') from figures where article_id = ? order by field, start"
    )
    for title, lines in (
        ("职务", [f"{post['name']}:{post['organization_text'] or ''} {post['title']}" for post in posts]),
        ("事件", [_event(report, words) for report in reports]),
        ("引语", [f"{quote['speaker']}:{_whole(quote, article)}" for quote in quotes]),
        ("数字", [figure[0] for figure in figures]),
    ):
        if lines:
            yield Group(Text(title, style="bold"), *[Text(f"  {line}") for line in lines])


def _event(report: sqlite3.Row, words: Mapping[str, str]) -> str:
    parts = [
        words.get(report["type"], report["type"]),
        report["date"] or "日期不详",
        f"「{report['trigger']}」",
        report["parties"],
    ]
    if report["status"] != "done":
        parts.insert(2, words.get(report["status"], report["status"]))
    if report["amount"] is not None:
        parts.append(_amount(report["amount"]) + (report["amount_unit"] or ""))
    return " ".join(part for part in parts if part)


def _amount(value: float) -> str:
    """Write an amount as newspapers do.

    >>> _amount(2.6e8), _amount(3e7), _amount(850)
    ('2.6亿', '3000万', '850')
    """
    size, unit = (1e8, "亿") if value >= 1e8 else (1e4, "万") if value >= 1e4 else (1.0, "")
    return f"{value / size:.6g}{unit}"


def _whole(quote: sqlite3.Row, article: sqlite3.Row) -> str:
    later = json.loads(quote["continued"]) if quote["continued"] else []
    return "……".join([quote["text"], *(article[quote["field"]][start:end] for start, end in later)])


def render_source(path: Path, article_id: str, *, words: Mapping[str, str]) -> Iterator[RenderableType]:
    """Yield an article's raw lines, each beside its role, which `words` says in Chinese, and the body characters that came of it."""
    connection = open_readonly(path)
    try:
        article = connection.execute("select * from articles where id = ?", (article_id,)).fetchone()
        table = Table(title=article["headline"] or "(无标题)", title_justify="left", box=None)
        for name in ("行", "角色", "原始行", "正文"):
            table.add_column(name, overflow="fold")
        for line in connection.execute(
            "select * from article_lines where article_id = ? order by line", (article_id,)
        ):
            body = article["body"][line["start"] : line["end"]] if line["start"] is not None else ""
            table.add_row(
                str(line["line"]),
                words.get(line["role"], line["role"]),
                Text(line["text"]),
                Text(body.replace("\n", "⏎")),
            )
        yield table
        yield Text(f"{article['reason'] or ''}(把握 {article['confidence']:.2f})", style="dim")
    finally:
        connection.close()


def render_explained(database: Path, article: sqlite3.Row, word: str) -> Iterator[RenderableType]:
    """Yield why names with a word were stored, then what is proposed there now, and what events it might tell.

    Each with its evidence. Raises InputError where nothing could be named or told.
    """
    from miner.recognise.explain import explain
    from miner.recognise.network.asked import ask
    from miner.relate import explain as explain_events
    from miner.text import AnnotatedText

    whole = AnnotatedText.read("\n".join(article[name] or "" for name in FIELDS))
    accounts = list(explain(whole, ask([whole])[0], word))
    events = list(explain_events(_annotated(article), word))
    if not accounts and not events:
        raise InputError(
            f"文章里没有可作名称或事件的 nothing to name or to tell at {word!r}",
            code="no-word",
            where=article["id"],
        )
    stored = list(_stored(database, article["id"], word))
    if stored:
        yield Text("库中所存 / as stored", style="bold")
        yield from stored
        yield Text("现在重新权衡 / weighed again now", style="bold")
    for account in accounts:
        yield _pieces(_account(account), account.told)
    if events:
        yield Text("事件 / events", style="bold")
        for event in events:
            yield _pieces(
                _event_account(event), ((f"{name} ({sign})", adds) for name, adds, sign in event.groups)
            )


def _annotated(article: sqlite3.Row) -> Annotated:
    """Read the names of a stored article again."""
    from miner.recognise import Recogniser

    stored = {name.strip(): article[name.strip()] for name in ARTICLE_COLUMNS.split(",")}
    return Recogniser.load().annotate([Article(**stored)])[0]


def _event_account(event: EventAccount) -> Text:
    title = Text("✓ " if event.told else "· ")
    title.append(event.text, style="bold")
    second = "—" if event.second is None else f"{event.second:.2f}"
    return title.append(
        f"  {event_types()[event.type].title} {event.first:.2f} → {second} (≥ {event.threshold:.2f})"
    )


def _pieces(title: Text, told: Iterable[tuple[str, float]]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    for name, adds in told:
        table.add_row(f"{adds:+.2f}", name)
    return table


def _stored(database: Path, article: str, word: str) -> Iterator[Table]:
    """Yield what was kept with the stored names that have a word in them; nothing where a database holds none."""
    with closing(open_readonly(database)) as connection:
        sql = "select * from mentions where article_id = ? and instr(text, ?) order by field, start"
        found = connection.execute(sql, (article, word)).fetchall()
    for row in found:
        if "evidence" in row.keys() and row["evidence"]:  # noqa: SIM118
            kept = read_grounds(row["evidence"])
            title = Text("✓ ").append(row["text"], style=STYLES[row["label"]])
            title.append(f"  {CHINESE[row['label']]} {row['confidence']:.2f}  ({', '.join(kept['by'])})")
            for text, label, chance in kept["lost"]:
                title.append(
                    f"  胜过 over {text} {CHINESE.get(label, '他物 other')} {chance:.2f}", style="dim"
                )
            yield _pieces(title, kept["pieces"])


def _account(account: Account) -> Text:
    title = Text("✓ " if account.chosen else "· ")
    title.append(account.text, style=STYLES.get(account.label, "dim"))
    sure = f"{account.here:.2f} → {account.voted:.2f}"
    title.append(f"  {CHINESE.get(account.label, '他物 other')} {sure}  ({', '.join(account.sources)})")
    return title


def grid(title: str, heads: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table with a title; cells are plain text, whatever brackets they hold."""
    table = Table(
        title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False, header_style="dim"
    )
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def told(text: str | Text, *, deep: int = 0, style: str = "") -> Padding:
    """Return a line of text that is folded under itself, `deep` columns in."""
    return Padding(Text(text, style=style) if isinstance(text, str) else text, (0, 0, 0, deep))


def marked(text: str, spans: Iterable[Span]) -> Text:
    """Return text with some of its characters in bold."""
    shown = Text(text)
    for span in spans:
        shown.stylize("bold yellow", span.start, span.end)
    return shown


def show(parts: Iterable[RenderableType], *, pager: bool = True) -> None:
    """Write parts to the terminal, through the pager (`PAGER`, else less) when they are longer than it and nobody pipes them on."""
    console = Console()
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    text = "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"
    if pager and console.is_terminal and text.count("\n") >= console.height:
        os.environ.setdefault("LESS", "-RFX")
        click.echo_via_pager(text, color=True)
    else:
        click.echo(text, nl=False, color=console.is_terminal or None)
