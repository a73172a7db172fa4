"""HTML → lines whose roles the markup states: digital newspapers, known sites, and any other news page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from bs4 import BeautifulSoup, Tag

from miner.config import Config
from miner.errors import InputError
from miner.model import Document, Line, Problem
from miner.read.blocks import Block, blocks, parse, source_lines, tidy
from miner.read.epaper import Part, Story, body_role, newspaper_in, read_epaper
from miner.read.paths import iso_date
from miner.read.text import decode, storable

_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([A-Za-z0-9_\-]{2,20})""")
_SAVED_FROM = re.compile(r"<!--\s{0,9}saved from url=\(\d{1,6}\)(\S{4,2000})\s{0,9}-->")
_EXTENDED = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "x-gbk": "gb18030"}
_LABEL = re.compile(r"^\s*(?:(?:文章|稿件|信息)?(?:来源于?|作者|文|编辑)|发布时间|发布日期)\s{0,3}[:：]\s{0,3}")
_SOURCE = re.compile(r"来源于?\s{0,3}[:：]\s{0,3}([^\s|｜<>，。]{2,30})")
_AUTHOR = re.compile(r"作者\s{0,3}[:：]\s{0,3}([^\s|｜<>，。]{2,20})")
_SENTENCE = re.compile(r"[，。；！？：、]")


@dataclass(frozen=True, slots=True)
class Markup:
    """What is known of the markup of news pages, from resources/markup.yml."""

    sites: tuple[dict[str, str], ...]
    furniture_starts: tuple[str, ...]
    furniture_classes: re.Pattern[str]
    meta: dict[str, tuple[str, ...]]
    not_names: frozenset[str]


@lru_cache(maxsize=1)
def markup() -> Markup:
    """Return what resources/markup.yml says."""
    table: dict[str, Any] = yaml.safe_load(resources.files("miner.resources").joinpath("markup.yml").read_text("utf-8"))
    words = "|".join(map(re.escape, table["furniture_classes"]))
    return Markup(
        tuple(table["sites"]),
        tuple(table["furniture_starts"]),
        re.compile(rf"(?:^|[\s_\-])(?:{words})(?:$|[\s_\-])", re.IGNORECASE),
        {kind: tuple(table[f"meta_{kind}s"]) for kind in ("date", "source", "author")},
        frozenset(table["not_names"]),
    )


def read_html(data: bytes, base: Document, config: Config) -> Document:
    """Read a web page or a page of a digital newspaper; an index page becomes a document without a story.

    Raises InputError when the page holds no text at all.
    """
    declared = _CHARSET.search(data[:4096])
    name = declared.group(1).decode("ascii").lower() if declared else None
    decoded = decode(data, declared=_EXTENDED.get(name, name) if name else None)
    text = storable(decoded.text)
    soup = parse(text)
    story = read_epaper(soup, text) or _site(soup) or _any_page(soup, text)
    lines = _lines(story, text, config)
    problems = decoded.problems
    if not story.parts:
        if not lines and not soup.get_text(strip=True):
            raise InputError("网页里没有文字 / no text on the page", code="empty")
        if not story.index:
            problems = (*problems, Problem("read", "no-article", f"{base.path}: 网页里没有找到报道正文 / no story found on the page"))
    return replace(
        base, encoding=decoded.encoding, lines=lines, problems=problems, layout="markup", url=_url(soup, text),
        newspaper=story.newspaper or base.newspaper, issue_date=story.date or base.issue_date,
        page=story.page or base.page, author=story.author,
    )  # fmt: skip


def _lines(story: Story, text: str, config: Config) -> tuple[Line, ...]:
    """Number the parts of a story, then the lines that belong to none."""
    found = [*((part.block, part.role, 0) for part in story.parts), *((block, "other", None) for block in story.others)]
    places = source_lines([block for block, _, _ in found], text)
    lines: list[Line] = []
    for (block, role, number), place in zip(found, places, strict=True):
        for start in range(0, len(block.text), config.max_line_chars):
            piece = block.text[start : start + config.max_line_chars]
            lines.append(Line(len(lines) + 1, piece, role=role, story=number, source_line=place))  # type: ignore[arg-type]
    return tuple(lines)


def _url(soup: BeautifulSoup, text: str) -> str | None:
    saved = _SAVED_FROM.search(text[:5000])
    link = soup.find("link", rel="canonical")
    candidates = (
        link.get("href") if isinstance(link, Tag) else None, meta_text(soup, "og:url"), saved.group(1) if saved else None, meta_text(soup, "url")
    )  # fmt: skip
    return next((str(url).strip() for url in candidates if url and str(url).strip().startswith("http")), None)


def meta_text(soup: BeautifulSoup, *names: str) -> str | None:
    """Return the content of the first of the meta elements that says something."""
    for name in names:
        for key in ("name", "property", "itemprop"):
            tag = soup.find("meta", attrs={key: name})
            if isinstance(tag, Tag) and (text := tidy(str(tag.get("content") or ""))):
                return text
    return None


def _site(soup: BeautifulSoup) -> Story | None:
    """Read a page of a site that resources/markup.yml knows."""
    for site in markup().sites:
        if soup.select_one(site["when"]) is None:
            continue
        body = max(soup.select(site["body"]), key=lambda tag: len(tag.get_text()), default=None)
        if body is None or len(tidy(body.get_text())) < 20:
            continue
        dropped = body.select(site["drop"]) if site.get("drop") else []
        return _web_story(soup, blocks(body, drop=dropped), body, site)
    return None


def _any_page(soup: BeautifulSoup, text: str) -> Story:
    """Read a page of unknown markup: the element that holds most running text."""
    found = blocks(soup)
    body = densest(found)
    if body is None:
        return Story(others=tuple(found), date=meta_date(soup))
    inside = [block for block in found if block.holder is body or any(parent is body for parent in block.holder.parents)]
    return _web_story(soup, inside, body, {})


def densest(found: list[Block]) -> Tag | None:
    """Return the element whose paragraphs hold most running text, or None when the page has none."""
    weights: dict[int, float] = {}
    tags: dict[int, Tag] = {}
    for block in found:
        length = len(block.text) - block.linked
        if length < 12 or not _SENTENCE.search(block.text) or block.linked > 0.5 * len(block.text):
            continue
        tag: Tag | None = block.holder if block.holder.name not in ("p", "li", "h2", "h3", "blockquote") else block.holder.parent
        for share in (1.0, 0.6, 0.3):
            if tag is None or tag.name in ("html", "[document]"):
                break
            tags[id(tag)] = tag
            weights[id(tag)] = weights.get(id(tag), 0.0) + share * length
            tag = tag.parent
    if not weights or max(weights.values()) < 60:
        return None
    return tags[max(weights, key=lambda key: weights[key])]


def _web_story(soup: BeautifulSoup, found: list[Block], body: Tag, site: dict[str, str]) -> Story:
    known = markup()
    parts: list[Part] = []
    others: list[Block] = []
    for block in found:
        (others.append(block) if _is_furniture(block, body, known) else parts.append(Part(body_role(block), block)))
    head = _headline(soup, site)
    around = _header_text(soup, body, head)
    date = _selected(soup, site.get("date"), date=True) or meta_date(soup) or iso_date(around)
    source = _name(_selected(soup, site.get("source"))) or _found_name(_SOURCE, around) or _name(meta_text(soup, *known.meta["source"]))
    author = _name(_selected(soup, site.get("author"))) or _found_name(_AUTHOR, around) or _name(meta_text(soup, *known.meta["author"]))
    heads = [Part("headline", Block(head, body, head[:12]))] if head else []
    parts = [part for part in parts if part.block.text != head]
    if author and author != source:
        heads.append(Part("byline", Block(author, body, author[:12])))
    return Story((*heads, *parts) if parts else (), tuple(others), newspaper=source, date=date, author=author)


def _is_furniture(block: Block, body: Tag, known: Markup) -> bool:
    if block.text.startswith(known.furniture_starts):
        return True
    if block.linked > 0.6 * len(block.text) and not re.search(r"[。！？”]$", block.text):
        return True
    tag: Tag | None = block.holder
    while tag is not None and tag is not body:
        names = " ".join([*map(str, tag.get_attribute_list("class")), str(tag.get("id") or "")])
        if known.furniture_classes.search(names):
            return True
        tag = tag.parent
    return False


def _headline(soup: BeautifulSoup, site: dict[str, str]) -> str | None:
    if site.get("headline"):
        for tag in soup.select(site["headline"]):
            if text := tidy(tag.get_text(" ")):
                return text
    title = tidy(soup.title.get_text()) if soup.title else ""
    headings = [tidy(tag.get_text(" ")) for tag in soup.find_all(["h1", "h2", "h3"])]
    named = [text for text in headings if len(text) >= 5 and text in title]
    if named:
        return max(named, key=len)
    stated = meta_text(soup, "ArticleTitle", "og:title", "twitter:title")
    if stated:
        return stated
    return re.split(r"\s{0,3}(?:_|\||--|—|－| - )", title)[0].strip() or None


def _header_text(soup: BeautifulSoup, body: Tag, head: str | None) -> str:
    """Return what stands between headline and body: day, source, author."""
    found = blocks(soup, drop=[body])
    at = next((i for i, block in enumerate(found) if head and head in block.text), None)
    return "\n".join(block.text for block in found[at : at + 12])[:800] if at is not None else ""


def _selected(soup: BeautifulSoup, selector: str | None, *, date: bool = False) -> str | None:
    for tag in soup.select(selector) if selector else []:
        text = _LABEL.sub("", tidy(tag.get_text(" ")))
        if date:
            text = iso_date(text) or ""
        if text:
            return text
    return None


def meta_date(soup: BeautifulSoup) -> str | None:
    """Return the day that the page's meta elements state."""
    return iso_date(meta_text(soup, *markup().meta["date"]) or "")


def _name(text: str | None) -> str | None:
    text = _LABEL.sub("", text or "").strip()
    return text if text and len(text) <= 40 and text not in markup().not_names and not text.isdigit() else None


def _found_name(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return _name(found.group(1)) if found else None
