"""HTML → lines whose roles the markup states: digital newspapers, known sites, and any other news page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bs4 import Tag

from miner.config import Config
from miner.model import Document, Line, Role
from miner.read.blocks import Block, Page, source_lines
from miner.read.epaper import Story, read_epaper
from miner.read.faults import fault, problem
from miner.read.text import decode, storable
from miner.read.webpage import read_web_page

_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([A-Za-z0-9_\-]{2,20})""")
_SAVED_FROM = re.compile(r"<!--\s{0,9}(?:saved from url=\(\d{1,6}\))?(https?://[^\s>]{4,2000})\s{0,9}-->")
_MOST_ELEMENTS = 100_000
"""A page of more elements is refused: pages have some thousands, and parsing more takes minutes."""
_EXTENDED = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "x-gbk": "gb18030"}
"""Pages name the smaller set and use the larger."""


def read_html(data: bytes, base: Document, config: Config) -> Document:
    """Read a web page or a page of a digital newspaper; an index page becomes a document without a story.

    Raises InputError when the page holds no text at all, or too many elements.
    """
    declared = _CHARSET.search(data[:4096])
    name = declared.group(1).decode("ascii").lower() if declared else None
    decoded = decode(data, declared=_EXTENDED.get(name, name) if name else None)
    text = storable(decoded.text)
    if text.count("<") > _MOST_ELEMENTS and len(re.findall(r"<[A-Za-z]", text)) > _MOST_ELEMENTS:
        raise fault("too-many-elements", limit=_MOST_ELEMENTS)
    page = Page(text)
    story = read_epaper(page) or read_web_page(page)
    lines = tuple(_lines(story, text, config.max_line_chars))
    if not lines and not page.blocks:
        raise fault("empty")
    missing = () if story.parts or story.index else (problem("no-article"),)
    return replace(
        base,
        encoding=decoded.encoding,
        lines=lines,
        layout="markup",
        problems=(*decoded.problems, *missing),
        newspaper=story.newspaper or base.newspaper,
        issue_date=story.date or base.issue_date,
        page=story.page or base.page,
        author=story.author,
        url=_url(page),
    )


def _lines(story: Story, text: str, limit: int) -> Iterator[Line]:
    """Number the parts of the story, then the lines that belong to none."""
    found: list[tuple[Block, Role, int | None]] = [(part.block, part.role, 0) for part in story.parts]
    found += [(block, "other", None) for block in story.others]
    number = 0
    for (block, role, belongs), place in zip(
        found, source_lines([block for block, _, _ in found], text), strict=True
    ):
        for start in range(0, len(block.text), limit):
            number += 1
            yield Line(number, block.text[start : start + limit], role=role, story=belongs, source_line=place)


def _url(page: Page) -> str | None:
    """Return the address that the page states for itself, or that a browser noted when it saved the page."""
    link, saved = page.soup.find("link", rel="canonical"), _SAVED_FROM.search(page.text[:5000])
    noted = (page.meta.get("og:url"), saved and saved.group(1), page.meta.get("url"))
    stated = (link.get("href") if isinstance(link, Tag) else None, *noted)
    return next((str(url).strip() for url in stated if url and str(url).strip().startswith("http")), None)
