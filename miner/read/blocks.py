"""HTML → blocks of text in document order, each with the element that holds it and its line in the raw file."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bs4 import BeautifulSoup, Comment, Declaration, Doctype, ProcessingInstruction, Tag
from bs4.element import NavigableString

_SKIPPED = frozenset((
    "script", "style", "noscript", "template", "iframe", "object", "embed", "form", "nav", "button", "select", "option",
    "input", "textarea", "rt", "rp", "svg", "canvas", "audio", "video", "map", "head", "title", "noframes",
))  # fmt: skip
_BLOCK = frozenset((
    "p", "div", "section", "article", "main", "header", "footer", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "ul",
    "ol", "li", "dl", "dt", "dd", "table", "tbody", "thead", "tr", "td", "th", "center", "blockquote", "pre", "figure",
    "body", "figcaption", "address", "founder-content", "hr", "details", "summary", "fieldset", "[document]",
))  # fmt: skip
_CELLS = frozenset(("td", "th"))
_EMPTY = frozenset(("br", "img"))
_OPENING = re.compile(r"<script|<style|<!--", re.IGNORECASE)
_CLOSING = {
    "<script": re.compile(r"</script", re.IGNORECASE),
    "<style": re.compile(r"</style", re.IGNORECASE),
    "<!--": re.compile(r"-->"),
}
_SAVED_FROM = re.compile(r"<!--\s{0,9}(?:saved from url=\(\d{1,6}\))?(https?://[^\s>]{4,2000})\s{0,9}-->")
_MAX_LOST = 100
"""Blocks that are sought out of order before giving up: bounds the time on hostile pages."""
_NEAR = 1 << 16
"""Characters of the page within which each further block is sought after that."""
_LONGEST_TITLE = 1000
_NOT_SHOWN = (Comment, Declaration, Doctype, ProcessingInstruction)
_PRINTED_AS_WRITTEN = re.compile(r"white-space\s{0,3}:\s{0,3}(?:pre|break-spaces)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_NOT_LINE_END = re.compile(r"[^\n]+")
_WIDE_RUN = re.compile(r"[\u4e00-\u9fff]{3,10}")
_XML = re.compile(r"^\s{0,20}<\?xml[^>]{0,200}>")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WIDE_BREAK = re.compile(r"(?<=[⺀-鿿＀-￯　-〿“”‘’…—])[ \t\f]{0,200}\n[ \t\f\n]{0,200}(?=[⺀-鿿＀-￯　-〿“”‘’…—])")
_NAMES = re.compile(r"(?<=[#.=])[A-Za-z][\w-]*|[a-z]+-[a-z]+(?=[\s,]|$)")
"""Ids, classes, values of attributes and names of elements with a hyphen inside a CSS selector."""
EDGE = "".join(map(chr, range(33))) + "\x7f\xa0\u3000\u200b\u200c\u200d\ufeff\ufffe\uffff"
"""What says nothing at the beginning and end of a block: blanks, controls, marks without width."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text between two block borders."""

    text: str
    holder: Tag
    """The block element that the text stands in."""
    raw: str = ""
    """The first characters as they stand in the file, to find its line."""
    linked: int = 0
    """Characters inside links."""
    strong: int = 0
    """Characters in bold type."""
    after_image: bool = False


class ParsedPage:
    """One parsed page; what is asked of it more than once is kept."""

    def __init__(self, text: str, url: str | None = None) -> None:
        self.text, self.found_at = text, url
        self.soup = parse(text)

    @cached_property
    def blocks(self) -> list[Block]:
        """All blocks of the page."""
        return blocks(self.soup)

    @cached_property
    def title(self) -> str:
        """The text of the title element."""
        return tidy(self.soup.title.get_text()[:_LONGEST_TITLE]) if self.soup.title else ""

    @cached_property
    def url(self) -> str | None:
        """The address that the page states for itself, or where a browser or a web archive found it."""
        link, saved = self.soup.find("link", rel="canonical"), _SAVED_FROM.search(self.text[:5000])
        noted = (self.meta.get("og:url"), saved and saved.group(1), self.meta.get("url"), self.found_at)
        stated = (link.get("href") if isinstance(link, Tag) else None, *noted)
        return next((str(url).strip() for url in stated if url and str(url).strip().startswith("http")), None)

    @cached_property
    def meta(self) -> dict[str, str]:
        """What the meta elements say, by their names in small letters."""
        found: dict[str, str] = {}
        for tag in self.soup.find_all("meta"):
            text = tidy(str(tag.get("content") or ""))
            for key in ("name", "property", "itemprop"):
                if text and tag.get(key):
                    found.setdefault(str(tag[key]).strip().lower(), text)
        return found

    def select(self, selector: str | None) -> list[Tag]:
        """Return the elements that a CSS selector picks; alternatives whose words are not on the page cost nothing."""
        likely = [
            part for part, words in _alternatives(selector or "") if all(word in self.text for word in words)
        ]
        return list(self.soup.select(", ".join(likely))) if likely else []

    def first(self, *selectors: str) -> Tag | None:
        """Return the first element that the first fitting selector picks."""
        return next((found[0] for selector in selectors if (found := self.select(selector))), None)


@lru_cache(maxsize=512)
def _alternatives(selector: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Take a CSS selector apart at its commas, each part with the words that a page must hold for it to fit."""
    parts = [part.strip() for part in selector.split(",") if part.strip()]
    return tuple((part, tuple(_NAMES.findall(part))) for part in parts)


def parse(text: str) -> BeautifulSoup:
    """Parse HTML by BeautifulSoup on lxml, as HTML even where it calls itself XML."""
    return BeautifulSoup(_XML.sub("", text, count=1), "lxml")


def blocks(root: Tag, *, drop: Iterable[Tag] = ()) -> list[Block]:
    """Return the blocks under an element in document order; what is hidden or in `drop` is left out."""
    walk = _Walk({id(tag) for tag in drop})
    stack: list[tuple[Tag | NavigableString, bool]] = [(root, False)]
    while stack:
        found, leaving = stack.pop()
        if isinstance(found, Tag):
            if leaving:
                walk.leave(found)
            elif walk.enter(found):
                stack.append((found, True))
                stack.extend(
                    (child, False)
                    for child in reversed(found.contents)
                    if isinstance(child, Tag | NavigableString)
                )
        elif not isinstance(found, _NOT_SHOWN):
            walk.add(str(found))
    return walk.found


def source_lines(found: Iterable[Block], text: str) -> list[int | None]:
    """Return for each block the 1-based line of the raw text that it starts on, None where it cannot be told.

    The blocks are sought in order in the visible text of the page; what scripts or comments state is sought there last.
    """
    visible = _visible(text)
    start = at = max(0, visible.find("\0"))
    ends = [-1, *(match.start() for match in re.finditer("\n", text))]
    lines: list[int | None] = []
    lost = 0
    for block in found:
        end = at + _NEAR if lost >= _MAX_LOST else len(visible)
        place = visible.find(block.raw, at, end) if block.raw else -1
        if place < 0 and block.raw and lost < _MAX_LOST:
            lost += 1
            place = _sought(block.raw, visible, text, start)
        if place >= at:
            at = place + 1
        lines.append(bisect_left(ends, place) if place >= 0 else None)
    return lines


def _sought(raw: str, visible: str, text: str, start: int) -> int:
    """Look for the beginning of a block out of order, without its marks (they may be entities), then in scripts."""
    pieces = [raw, *_WIDE_RUN.findall(raw)[:1]]
    for where, begin in ((visible, start), (text, 0)):
        for piece in pieces:
            if (place := where.find(piece, begin)) >= 0:
                return place
    return -1


def _visible(text: str) -> str:
    """Blank out head, scripts, comments and tags, all the rest in its place; the body starts at a NUL."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        opening = _OPENING.search(text, at)
        begin = opening.start() if opening else len(text)
        parts.append(_TAG.sub(_blank, text[at:begin]))
        closing = _CLOSING[opening.group().lower()].search(text, begin) if opening else None
        at = closing.end() if closing else len(text)
        parts.append(_NOT_LINE_END.sub(_blank, text[begin:at]))
    whole = "".join(parts)
    body = re.search("<body", text, re.IGNORECASE)
    return (
        f"{_NOT_LINE_END.sub(_blank, whole[: body.start()])}\0{whole[body.start() + 1 :]}" if body else whole
    )


def _blank(found: re.Match[str]) -> str:
    piece = found.group()
    return _NOT_LINE_END.sub(_blank, piece) if "\n" in piece else " " * len(piece)


def tidy(text: str) -> str:
    """Collapse white space as a browser does, except that a line break between wide characters leaves nothing.

    >>> tidy("  进博\\n会 开幕 ")
    '进博会 开幕'
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n" in text:
        text = _WIDE_BREAK.sub("", text)
    return _SPACE.sub(" ", text).strip(EDGE)


class _Walk:
    """Collects text between block borders."""

    def __init__(self, dropped: set[int]) -> None:
        self.dropped = dropped
        self.found: list[Block] = []
        self.holders: list[Tag] = []
        self.parts: list[str] = []
        self.raw = ""
        self.linked = self.strong = 0
        self.image = False
        self.inside: dict[str, int] = {"a": 0, "b": 0, "strong": 0, "pre": 0}
        """How many elements of a name are open."""

    def enter(self, tag: Tag) -> bool:
        name = tag.name
        if name == "br":
            self.flush()
        self.image = self.image or name == "img"
        if name in _EMPTY or name in _SKIPPED or id(tag) in self.dropped or self._is_hidden(tag):
            return False
        if name in _CELLS:
            self.parts += [" "] if self.parts else []
        elif name in _BLOCK:
            self.flush()
        if name in _BLOCK or not self.holders:
            self.holders.append(tag)
        self._count(tag, 1)
        return True

    def _is_hidden(self, tag: Tag) -> bool:
        return bool(self.holders) and tag.has_attr("style") and bool(_HIDDEN.search(str(tag["style"])))

    def _count(self, tag: Tag, step: int) -> None:
        if tag.name in self.inside:
            self.inside[tag.name] += step
        elif tag.has_attr("style") and _PRINTED_AS_WRITTEN.search(str(tag["style"])):
            self.inside["pre"] += step

    def leave(self, tag: Tag) -> None:
        if tag is self.holders[-1]:
            if tag.name not in _CELLS or len(self.holders) == 1:
                self.flush()
            self.holders.pop()
        self._count(tag, -1)

    def add(self, text: str) -> None:
        lines = text.splitlines() if self.inside["pre"] else [text]
        for number, line in enumerate(lines):
            if number:
                self.flush()
            self._add(line)
        if self.inside["pre"] and text.endswith(("\n", "\r")):
            self.flush()

    def _add(self, text: str) -> None:
        self.parts.append(text)
        if not self.raw:
            self.raw = text.lstrip(EDGE)[:60]
        bold = self.inside["b"] or self.inside["strong"]
        if self.inside["a"] or bold:
            length = len(text.strip(EDGE))
            self.linked += length if self.inside["a"] else 0
            self.strong += length if bold else 0

    def flush(self) -> None:
        text = tidy("".join(self.parts))
        if text:
            raw = _SPACE.split(self.raw, maxsplit=1)[0].split("\xa0")[0][:16]
            self.found.append(Block(text, self.holders[-1], raw, self.linked, self.strong, self.image))
            self.image = False
        self.parts, self.raw, self.linked, self.strong = [], "", 0, 0
