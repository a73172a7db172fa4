"""HTML → lines whose roles the markup states: digital newspapers, known sites, and any other news page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bs4 import Tag

from miner.config import Config
from miner.model import Document, Line, Problem, Role
from miner.read.blocks import Block, ParsedPage, source_lines, tidy
from miner.read.epaper import WebStory, read_epaper
from miner.read.faults import fault, problem
from miner.read.paths import printable
from miner.read.series import part_of
from miner.read.text import decode, storable
from miner.read.webpage import read_web_page

_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([A-Za-z0-9_\-]{2,20})""")
_MOST_ELEMENTS = 100_000
"""A page of more elements is refused: pages have some thousands, and parsing more takes minutes."""
_TOLD_FRAMES, _LONGEST_NAME = 5, 80
_EXTENDED = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "x-gbk": "gb18030"}
"""Pages name the smaller set and use the larger."""


def read_html(data: bytes, base: Document, config: Config, *, declared: str | None = None) -> Document:
    """Read a web page or a page of a digital newspaper; an index page becomes a document without a story.

    `declared` is the encoding that came with the page, for pages that name none. Raises InputError when the page holds no text at all, or too many elements.
    """
    decoded = decode(data, declared=_declared(data) or declared, forced=config.encoding)
    text = storable(decoded.text)
    if text.count("<") > _MOST_ELEMENTS and len(re.findall(r"<[A-Za-z]", text)) > _MOST_ELEMENTS:
        raise fault("too-many-elements", limit=_MOST_ELEMENTS)
    page = ParsedPage(text, base.url)
    story = read_epaper(page) or read_web_page(page)
    lines = tuple(_lines(story, text, config.max_line_chars))
    if not lines and not page.blocks:
        frames = _frames(page)
        raise fault("frames", names=", ".join(frames)) if frames else fault("empty")
    made = replace(
        base,
        encoding=decoded.encoding,
        lines=lines,
        layout="markup",
        problems=(*decoded.problems, *_missing(story, page, text)),
        author=story.author,
        part=part_of(page, base.path) if story.runs_on else None,
        url=page.url,
    )
    stated = {"newspaper": story.newspaper, "issue_date": story.date, "page": story.page}
    return replace(made, **{name: text for name, text in stated.items() if text})  # type: ignore[arg-type]


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page says it is in, or the larger one that is meant."""
    found = _CHARSET.search(data[:4096])
    name = found.group(1).decode("ascii").lower() if found else None
    return _EXTENDED.get(name, name) if name else None


def _missing(story: WebStory, page: ParsedPage, text: str) -> Iterator[Problem]:
    """Yield what is to be said of running text that was not read."""
    if not story.parts and not story.index:
        yield (
            problem("frames", names=", ".join(frames)) if (frames := _frames(page)) else problem("no-article")
        )
    if story.left_out:
        place = source_lines(story.left_out, text)[0]
        percent, begin = round(100 * story.share_left_out), story.left_out[0].text[:20]
        yield problem("text-left-out", at=place, percent=percent, line=place or "?", begin=begin)


def _frames(page: ParsedPage) -> list[str]:
    """Return the files in which a page keeps its text that is made of frames."""
    found = page.soup.find_all(("frame", "iframe"), src=True, limit=_TOLD_FRAMES)
    return [printable(tidy(str(tag["src"])))[:_LONGEST_NAME] for tag in found if isinstance(tag, Tag)]


def _lines(story: WebStory, text: str, limit: int) -> Iterator[Line]:
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
