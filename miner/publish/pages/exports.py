"""Pages as Markdown and Atom, with everything from the archive escaped."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import escape

from miner.publish.answered import xml_text
from miner.publish.archive import (
    EVENT_TYPES,
    ORGANIZATION_KINDS,
    STATUSES,
    edition_title,
    measure_title,
    number,
)
from miner.publish.urls import Addresses
from miner.store.cells import harmless

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>])")


def md(value: object) -> str:
    """Return text as it stands in Markdown, on one line: no markup, no link, no HTML comes through.

    >>> md("<b>[x](javascript:1)")
    '&lt;b&gt;\\\\[x\\\\]\\\\(javascript:1\\\\)'
    """
    text = re.sub(r"\s+", " ", str("" if value is None else value)).strip()
    return (
        _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "\x00"))
        .replace("\\>", "&gt;")
        .replace("\x00", "&lt;")
    )


def md_link(text: object, address: str) -> str:
    """Return a Markdown link; the address must be one of ours."""
    return f"[{md(text)}](<{address}>)"


def md_table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; cells must be Markdown already."""
    body = ["| " + " | ".join(line) + " |" for line in lines]
    return (
        "\n".join(["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads), *body]) + "\n"
        if body
        else ""
    )


def article(page: Mapping[str, Any], links: Addresses, address: str) -> str:
    """Return an article with its facts."""
    row, facts = page["article"], page["facts"]
    cut = page["shortened"] == "snippet"
    body = [md(row["body"][: page["snippet_chars"]]) + "……"] if cut else map(md, row["body"].split("\n"))
    parts = [f"# {md(page['title'])}", _head(row), *body, f"出处:{md_link(address, address)}"]
    parts += _sections(
        ("事件", "日期 类型 证据 状态", (
            (md(r["date"]), md(EVENT_TYPES.get(r["type"], r["type"])), md(r["evidence"]), STATUSES.get(r["status"], "")) for r in facts.reports)),
        ("引语", "说话人 原话", ((md(q["speaker"]), md(q["text"])) for q in facts.quotes)),
        ("数字", "指标 原文", ((md(measure_title(f["measure"]) or f["subject"]), md(f["text"])) for f in facts.figures)),
    )  # fmt: skip
    return "\n\n".join(part for part in [*parts, *_cited(page)] if part) + "\n"


def _head(row: Mapping[str, Any]) -> str:
    printed = row["page"] and f"第{row['page']}版"
    known = (row["newspaper"], row["published"], printed, row["section"], row["byline"])
    return " · ".join(md(part) for part in known if part)


def _cited(page: Mapping[str, Any]) -> list[str]:
    forms = page["citations"].items()
    return ["## 引用", *(f"- {name}: {md(text)}" for name, text in forms if name != "BibTeX")]


def _sections(*tables: tuple[str, str, Iterable[Sequence[str]]]) -> list[str]:
    """Return tables with their titles, without the empty ones; heads stand in one text, parted by blanks."""
    made = ((title, md_table(heads.split(), lines)) for title, heads, lines in tables)
    return [part for title, table in made if table for part in (f"## {title}", table)]


def dossier(page: Mapping[str, Any], links: Addresses, address: str) -> str:
    """Return a dossier."""
    thing = page["thing"]
    known = (
        ("short_name", "简称"),
        ("latin_name", "外文名"),
        ("industry", "行业"),
        ("country", "国家或地区"),
    )
    basics = [f"{title}:{md(thing[name])}" for name, title in known if thing.get(name)]
    seen = f"见于 {thing['n_articles']} 篇文章,提及 {thing['n_mentions']} 次"
    parts = [f"# {md(thing['name'])}", " · ".join([*basics, seen]), f"出处:{md_link(address, address)}"]
    parts += _sections(
        ("名称", "名称 类别 得知于", _names(page, links)), ("历届", "届次 会前 会中 会后", _phases(page)),
        ("事件", "日期 类型 事件 各方 金额 出处", _events(page, links)), ("职务", "人物 职务 单位 始见 最近见报 出处", _posts(page, links)),
        ("说过的话", "日期 说话人 原话 出处", _quotes(page["quotes_by"], links)),
        ("别人怎么说", "日期 说话人 原话 出处", _quotes(page["quotes_about"], links)), ("同时见报", "名称 篇数", _together(page, links)),
        ("逐月报道", "月份 篇数", ((md(month), str(count)) for month, count in page["months"])),
    )  # fmt: skip
    return "\n\n".join(parts) + "\n"


_Lines = Iterator[Sequence[str]]


def _names(page: Mapping[str, Any], links: Addresses) -> _Lines:
    for n in page["names"]:
        kind = md(page["alias_kinds"].get(n["kind"], n["kind"]))
        yield md(n["alias"]), kind, _source(links, n["article_id"], n["headline"])


def _phases(page: Mapping[str, Any]) -> _Lines:
    for r in page["phase_rows"]:
        yield md(edition_title(r["edition"])), str(r["before"]), str(r["during"]), str(r["after"])


def _events(page: Mapping[str, Any], links: Addresses) -> _Lines:
    for e in page["events"]:
        kind, partners = (
            EVENT_TYPES.get(e["type"], e["type"]),
            "、".join(md(p["name"]) for p in e["partners"]),
        )
        amount = f"{number(e['amount'])}{e['amount_unit'] or ''}" if e["amount"] is not None else ""
        title, source = md_link(e["title"], links.event(e["id"])), _source(links, e["article_id"], "证据")
        yield md(e["date"]), md(kind), title, partners, md(amount), source


def _posts(page: Mapping[str, Any], links: Addresses) -> _Lines:
    for p in page["posts"]:
        held = (md(p[name]) for name in ("name", "title", "organization", "since", "until"))
        yield (*held, _source(links, p["article_id"], "证据"))


def _quotes(quotes: Iterable[Mapping[str, Any]], links: Addresses) -> _Lines:
    for q in quotes:
        yield (
            md(q["published"]),
            md(q["speaker"]),
            md(q["text"]),
            _source(links, q["article_id"], q["headline"]),
        )


def _together(page: Mapping[str, Any], links: Addresses) -> _Lines:
    for t in page["together"]:
        yield md_link(t["name"], links.entity(t["label"], t["entity_id"])), str(t["n"])


def _source(links: Addresses, identity: str | None, text: object) -> str:
    return md_link(text or "无标题", links.article(identity)) if identity else ""


def event(page: Mapping[str, Any], links: Addresses, address: str) -> str:
    """Return an event with its reports."""
    found = page["event"]
    reports = [(str(at), md(r["newspaper"]), md(r["published"]), md(r["evidence"]), md(r["date"]), _source(links, r["article_id"], r["headline"]))
               for at, r in enumerate(page["reports"], 1)]  # fmt: skip
    differing = [
        (d.title, md(value), "、".join(map(str, by)))
        for d in page["disagreements"]
        for value, by in d.versions
    ]
    kind = EVENT_TYPES.get(found["type"], found["type"])
    parts = [
        f"# {md(found['title'])}", f"{md(kind)} · {md(found['date'])} · {md(found['place'])} · 报道 {found['n_reports']} 条",
        *_sections(("报道", "序号 报纸 日期 证据 所述日期 文章", reports), ("说法不一", "项目 说法 报道序号", differing)),
    ]  # fmt: skip
    return "\n\n".join([*parts, f"出处:{md_link(address, address)}"]) + "\n"


def atom(title: str, address: str, feed: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return an Atom feed; an entry gives title, address, updated, summary, author, and an id where its address is not one."""
    updated = max((_when(entry["updated"]) for entry in entries), default="1970-01-01T00:00:00Z")
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">\n',
        f"<title>{escape(title)}</title>\n<id>{escape(feed)}</id>\n<updated>{updated}</updated>\n",
        f'<link href="{escape(address)}"/>\n<link rel="self" href="{escape(feed)}"/>\n<author><name>miner</name></author>\n',
    ]
    return xml_text("".join([*parts, *map(_entry, entries), "</feed>\n"]))


def _entry(entry: Mapping[str, Any]) -> str:
    return (
        f"<entry><title>{escape(entry['title'])}</title><id>{escape(entry.get('id') or entry['address'])}</id>"
        f'<link href="{escape(entry["address"])}"/><updated>{_when(entry["updated"])}</updated>'
        f"<author><name>{escape(entry['author'] or '不详')}</name></author><summary>{escape(entry['summary'])}</summary></entry>\n"
    )


def _when(day: str | None) -> str:
    text = day or ""
    return f"{text}T00:00:00Z" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else "1970-01-01T00:00:00Z"


_COLUMNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "enterprise": (("名称", "name"), ("简称", "short_name"), ("国家或地区", "country"), ("行业", "industry"), ("文章数", "n_articles"),
                   ("提及次数", "n_mentions"), ("首次见报", "first_seen"), ("最近见报", "last_seen")),
    "person": (("姓名", "name"), ("外文名", "latin_name"), ("文章数", "n_articles"), ("提及次数", "n_mentions"), ("首次见报", "first_seen"), ("最近见报", "last_seen")),
    "organization": (("名称", "name"), ("类别", "kind"), ("文章数", "n_articles"), ("提及次数", "n_mentions"), ("首次见报", "first_seen"), ("最近见报", "last_seen")),
    "place": (("名称", "name"), ("类别", "kind"), ("文章数", "n_articles"), ("提及次数", "n_mentions"), ("首次见报", "first_seen"), ("最近见报", "last_seen")),
    "event": (("日期", "date"), ("类型", "type"), ("事件", "title"), ("状态", "status"), ("届次", "edition"), ("地点", "place"), ("金额", "amount"),
              ("单位", "amount_unit"), ("各方", "parties"), ("报道数", "n_reports")),
    "quote": (("日期", "published"), ("说话人", "name"), ("原话", "text"), ("方式", "direct"), ("届次", "edition"), ("报纸", "newspaper"), ("文章", "headline")),
    "figure": (("指标", "measure"), ("所指", "subject"), ("数值", "value"), ("单位", "unit"), ("限定", "qualifier"), ("原文", "text"), ("届次", "edition"),
               ("日期", "published"), ("报纸", "newspaper"), ("文章", "headline")),
}  # fmt: skip
"""The columns of a list as CSV: what stands above them, and where the value is found."""


def csv_table(
    kind: str,
    found: Sequence[Mapping[str, Any]],
    address: Callable[[str, str], str],
    source: Callable[[Mapping[str, Any]], str],
) -> str:
    """Return rows of a list page as CSV with Chinese heads; `address` and `source` give the links of a row and of its sentence."""
    text = io.StringIO()
    writer = csv.writer(text)
    columns = _COLUMNS[kind]
    writer.writerow([*(title for title, _ in columns), "原句", "出处", "网址"])
    for row in found:
        place = row.get("source") or {}
        sentence = f"{place.get('before', '')}{place.get('text', '')}{place.get('after', '')}"
        cells = [_csv_cell(name, row.get(name)) for _, name in columns]
        writer.writerow(
            [*cells, _csv_cell("", sentence), source(place) if place else "", address(kind, row["id"])]
        )
    return text.getvalue()


def _csv_cell(name: str, value: object) -> str:
    """Return a value in words; what a spreadsheet would take for a formula gets an apostrophe before it."""
    words: Mapping[str, str] = {
        "type": EVENT_TYPES,
        "status": STATUSES,
        "kind": ORGANIZATION_KINDS,
        "direct": {"1": "直接", "0": "转述"},
    }.get(name, {})
    if isinstance(value, list):
        value = "、".join(str(party["name"]) for party in value)
    shown = "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
    shown = measure_title(shown) if name == "measure" else words.get(shown, shown)
    return shown if isinstance(value, int | float) else harmless(shown)
