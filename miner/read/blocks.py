"""HTML → blocks of text in document order, each with the element that holds it and the line of the raw file it starts on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bs4 import BeautifulSoup, Comment, Declaration, Doctype, NavigableString, ProcessingInstruction, Tag

_SKIPPED = frozenset(
    "script style noscript template iframe object embed form nav button select option input textarea svg canvas audio video "
    "map head title".split()
)
_BLOCK = frozenset(
    "p div section article main header footer aside h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tbody thead tr center blockquote pre "
    "figure figcaption address body td th founder-content hr details summary fieldset".split()
)
_CELLS = frozenset(("td", "th"))
_NOT_SHOWN = (Comment, Declaration, Doctype, ProcessingInstruction)
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_WIDE_BREAK = re.compile(r"(?<=[⺀-鿿＀-￯　-〿“”‘’…—]) ?\n ?(?=[⺀-鿿＀-￯　-〿“”‘’…—])")
EDGE = " \t\r\n\f\xa0\u3000\u200b\u200c\u200d\ufeff"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text between two block borders."""

    text: str
    holder: Tag
    """The block element that the text stands in."""
    raw: str
    """The first characters as they stand in the file, to find its line."""
    linked: int = 0
    """Characters inside links."""
    strong: int = 0
    """Characters in bold type."""
    after_image: bool = False


def parse(text: str) -> BeautifulSoup:
    """Parse HTML by BeautifulSoup on lxml."""
    return BeautifulSoup(text, "lxml")


def blocks(root: Tag, *, drop: Iterable[Tag] = ()) -> list[Block]:
    """Return the blocks under an element in document order; what is not shown, and the elements in `drop`, is left out."""
    walk = _Walk({id(tag) for tag in drop})
    stack: list[tuple[Tag | NavigableString, bool]] = [(root, False)]
    while stack:
        found, leaving = stack.pop()
        if isinstance(found, Tag):
            if leaving:
                walk.leave(found)
            elif walk.enter(found):
                stack.append((found, True))
                stack.extend((child, False) for child in reversed(found.contents))  # type: ignore[misc]
        elif not isinstance(found, _NOT_SHOWN):
            walk.add(str(found))
    walk.flush()
    return walk.found


def source_lines(found: Iterable[Block], text: str) -> list[int | None]:
    """Return for each block the 1-based line of the raw text that it starts on, None where it cannot be told."""
    lines: list[int | None] = []
    at, line, counted = 0, 1, 0
    for block in found:
        place = text.find(block.raw, at) if block.raw else -1
        if place < 0:
            lines.append(None)
            continue
        line += text.count("\n", counted, place)
        at, counted = place + len(block.raw), place
        lines.append(line)
    return lines


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
        self.link = self.bold = self.linked = self.strong = 0
        self.image = False

    def enter(self, tag: Tag) -> bool:
        name = tag.name
        if name == "br":
            self.flush()
            return False
        if name == "img":
            self.image = True
            return False
        if name in _SKIPPED or id(tag) in self.dropped or (tag.has_attr("style") and _HIDDEN.search(str(tag["style"]))):
            return False
        if name in _BLOCK and name not in _CELLS:
            self.flush()
        if name in _BLOCK:
            if name in _CELLS and self.parts:
                self.parts.append(" ")
            self.holders.append(tag)
        self.link += name == "a"
        self.bold += name in ("b", "strong")
        return True

    def leave(self, tag: Tag) -> None:
        if tag.name in _BLOCK:
            if tag.name not in _CELLS:
                self.flush()
            self.holders.pop()
        self.link -= tag.name == "a"
        self.bold -= tag.name in ("b", "strong")

    def add(self, text: str) -> None:
        self.parts.append(text)
        if self.link or self.bold:
            length = len(text.strip(EDGE))
            self.linked += length if self.link else 0
            self.strong += length if self.bold else 0

    def flush(self) -> None:
        whole = "".join(self.parts)
        text = tidy(whole)
        if text:
            start = whole.lstrip(EDGE)
            raw = _SPACE.split(start, maxsplit=1)[0][:12].split("&")[0].split("<")[0].split("\xa0")[0]
            self.found.append(Block(text, self.holders[-1], raw, self.linked, self.strong, self.image))
            self.image = False
        self.parts, self.linked, self.strong = [], 0, 0
