"""Digital newspapers whose markup states what is what: Founder's e-papers and People's Daily."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from bs4 import Tag

from miner.model import Role
from miner.read.blocks import Block, ParsedPage, blocks, parse, tidy
from miner.read.markup import markup
from miner.read.paths import iso_date, page_name
from miner.read.running import densest

_PROPERTY = (
    re.compile(r"<!--\s{0,20}enpproperty", re.IGNORECASE),
    re.compile(r"/enpproperty", re.IGNORECASE),
)
_CONTENT = (
    re.compile(r"<!--\s{0,20}enpcontent\s{0,20}-->", re.IGNORECASE),
    re.compile(r"<!--\s{0,20}/enpcontent\s{0,20}-->", re.IGNORECASE),
)
_WRITTEN = re.compile(r"""document\.write\(\s{0,9}view\(\s{0,9}(["'])(.{0,2000}?)\1""", re.DOTALL)
_PAGE = re.compile(r"(?<![\dA-Z])([A-Z]{0,2}\d{1,3})\s{0,3}版")
_STORY_LINK = re.compile(r"content_\d{3,12}(?:_\d{1,3})?\.s?html?|nw\.D\d{4,8}[a-z]{2,12}_\d{8}")
_JUMP = re.compile(r"^[（(]?(?:紧?[下转]+|上接|紧接)第?\s?\S{1,4}\s?版.{0,14}$")
_ENDED = re.compile(r"[。！？；…]$")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_CAPTIONED = re.compile(r"caption|image_desc|img[-_]desc|pic[-_]?(?:txt|text|desc|note)", re.IGNORECASE)
"""Classes of elements that hold captions."""
_PICTURES = ".attachment, .pci_c, .img-desc"
_HEADS: dict[str, Role] = {
    "#PreTitle": "kicker",
    "#Title": "headline",
    "#SubTitle": "subtitle",
    "h3": "kicker",
    "h1": "headline",
    "h2": "subtitle",
    "h4": "byline",
}


_STATED: tuple[tuple[str, Role], ...] = (
    ("introtitle", "kicker"),
    ("title", "headline"),
    ("subtitle", "subtitle"),
    ("author", "byline"),
)
"""Names in Founder's comment, and what they hold."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoryPiece:
    """A block with the part it plays in its story."""

    role: Role
    block: Block


@dataclass(frozen=True, slots=True)
class WebStory:
    """What one page of a digital newspaper or of the web says; `parts` is empty for an index."""

    parts: tuple[StoryPiece, ...] = ()
    others: tuple[Block, ...] = ()
    """Lines that belong to no story, such as the headlines that an index lists."""
    newspaper: str | None = None
    date: str | None = None
    page: str | None = None
    author: str | None = None
    index: bool = False
    runs_on: bool = False
    """Whether it may go on over further pages of the web."""
    left_out: tuple[Block, ...] = ()
    """Running text of the page that stands outside the story, where it is much."""
    share_left_out: float = 0.0
    """Its share of the page's running text."""


def read_epaper(page: ParsedPage) -> WebStory | None:
    """Read a page of a digital newspaper, or return None when it is none."""
    stated = _properties(page.text)
    content = _between(page.text, _CONTENT)
    body = parse(content) if content else page.first("founder-content", "#ozoom")
    if body is not None and (stated or content or page.first("founder-content, .text_c, .article #ozoom")):
        return _story(page, body, stated)
    return _index(page)


def newspaper_in(text: str) -> str | None:
    """Return the first newspaper's name in a text, by the ways newspapers are named.

    >>> newspaper_in("第03版：要闻 《松江日报》数字报")
    '松江日报'
    """
    found = _newspaper().search(text)
    return found.group(1) if found else None


@cache
def _newspaper() -> re.Pattern[str]:
    return re.compile(rf"《?([一-鿿]{{2,8}}{markup().words['newspapers']}(?:海外版)?)》?")


def written(tag: Tag) -> str:
    """Return the text of an element whose title is written by a script, as in document.write(view("…"))."""
    scripts = " ".join(script.get_text() for script in tag.find_all("script"))
    found = [match.group(2) for match in _WRITTEN.finditer(scripts)]
    if found:
        return tidy(parse(f"<p>{' '.join(found)}</p>".replace("\\/", "/").replace('\\"', '"')).get_text(" "))
    return tidy(" ".join(block.text for block in blocks(tag)))


def _properties(text: str) -> dict[str, str]:
    """Read <name>value</name> pairs out of Founder's comment."""
    found = _between(text, _PROPERTY) or ""
    pairs = re.findall(r"<([a-z]{2,20})>([^<]{0,2000})</\1>", found[:20000], re.IGNORECASE)
    return {name.lower(): tidy(parse(f"<p>{value}</p>").get_text()) for name, value in pairs if value.strip()}


def _between(text: str, marks: tuple[re.Pattern[str], re.Pattern[str]]) -> str | None:
    """Return what stands between the first of the opening marks and the closing mark that follows it."""
    opening = marks[0].search(text)
    closing = marks[1].search(text, opening.end()) if opening else None
    return text[opening.end() : closing.start()] if opening and closing else None


def _story(page: ParsedPage, body: Tag, stated: dict[str, str]) -> WebStory:
    heads = list(_heads(page, body, stated))
    captions = [StoryPiece("caption", block) for tag in _pictures(page, body) for block in blocks(tag)]
    paragraphs = [StoryPiece(body_role(block), block) for block in blocks(body)]
    author = stated.get("author") or next((part.block.text for part in heads if part.role == "byline"), None)
    around = _around(page, [body])
    number = _PAGE.search(stated.get("nodename", ""))
    return replace(
        around,
        parts=(*heads, *captions, *paragraphs),
        date=iso_date(stated.get("date", "")) or around.date,
        page=page_name(number.group(1)) if number else around.page,
        author=author,
    )


def _pictures(page: ParsedPage, body: Tag) -> Iterator[Tag]:
    """Yield the elements that hold pictures with their captions outside the body, the outermost only."""
    found = page.select(_PICTURES)
    inner = {id(body), *map(id, found)}
    around = {id(tag) for tag in body.parents}
    for tag in found:
        if id(tag) not in around and not any(id(parent) in inner for parent in tag.parents):
            yield tag


def _around(page: ParsedPage, drop: Iterable[Tag]) -> WebStory:
    """Return what a page states around its stories: newspaper, day and page. Links to other pages and papers do not count."""
    found = blocks(page.soup, drop=drop)
    lines = [block.text for block in found if block.linked < 0.5 * len(block.text)]
    dated = [line for line in lines if iso_date(line)]
    number = _first(_PAGE.search, [*(line for line in dated if "版" in line), page.title, *lines])
    return WebStory(
        newspaper=_first(newspaper_in, [*dated, page.title, *lines]),
        date=_first(iso_date, [*dated, page.title]),
        page=page_name(number.group(1)) if number else None,
    )


def _first(read: Callable[[str], T | None], lines: Iterable[str]) -> T | None:
    """Return the first thing that is read in one of the lines."""
    return next((found for line in lines if (found := read(line))), None)


def body_role(block: Block) -> Role:
    """Tell subheads, captions and jump lines from paragraphs by what the markup shows of them."""
    if len(block.text) < 30 and _JUMP.match(block.text):
        return "jump"
    if _is_caption(block):
        return "caption"
    short = len(block.text) <= 40 and not _ENDED.search(block.text)
    headed = block.holder.name in _HEADINGS or block.strong >= len(block.text) * 0.9
    return "subhead" if short and headed else "body"


def _is_caption(block: Block) -> bool:
    names = " ".join([*block.holder.get_attribute_list("class"), *_parent_classes(block.holder)])
    if block.holder.name == "figcaption" or _CAPTIONED.search(names):
        return True
    return block.after_image and len(block.text) < 90 and bool(_picture_end().search(block.text))


@cache
def _picture_end() -> re.Pattern[str]:
    return re.compile(rf"{markup().words['picture_ends']}[)）】。]?$")


def _parent_classes(tag: Tag) -> list[str]:
    return [str(name) for name in (tag.parent.get_attribute_list("class") if tag.parent else []) if name]


def _heads(page: ParsedPage, body: Tag, stated: dict[str, str]) -> Iterator[StoryPiece]:
    """Yield kicker, headline, subtitle and byline, from Founder's comment or from the headings over the text."""
    if not stated.get("title"):
        yield from _headings(page, body)
        return
    for name, role in _STATED:
        if text := stated.get(name):
            yield StoryPiece(role, Block(text, body, text[:12]))


def _headings(page: ParsedPage, body: Tag) -> Iterator[StoryPiece]:
    box = page.first(".text_c", ".article-box .article", ".article", "#articleContent") or page.soup
    inside = {id(tag) for tag in body.find_all(True)}
    for tag in box.select(", ".join(_HEADS)):
        part = _HEADS.get(f"#{tag.get('id')}") or _HEADS.get(tag.name)
        if part and id(tag) not in inside and (text := written(tag)):
            yield StoryPiece(part, Block(text, tag, text[:12]))
    author = box.select_one("p.sec")
    if author is not None and (text := tidy(_own_text(author))):
        yield StoryPiece("byline", Block(text, author, text[:12]))


def _own_text(tag: Tag) -> str:
    return "".join(str(child) for child in tag.contents if type(child).__name__ == "NavigableString")


def _index(page: ParsedPage) -> WebStory | None:
    """Read a layout page: which newspaper, day and page it is, and the headlines it lists."""
    titles = page.first("#titleList", ".news-list", "#artPList1", ".title-list")
    entries = titles.find_all("li") or [titles] if titles is not None else _story_links(page)
    listed: list[Block] = []
    for tag in entries:
        text = written(tag).lstrip("·•").strip()
        if text:
            listed.append(Block(text, tag, text[:12]))
    if not listed:
        return None
    lists = [titles] if titles is not None else entries
    around = _around(page, [*lists, *page.select(".swiper-box, #pageList")])
    return replace(around, others=tuple(listed), index=True)


def _story_links(page: ParsedPage) -> list[Tag]:
    """Return the links to stories of a page that has no running text of its own."""
    if not _STORY_LINK.search(page.text):
        return []
    links = [tag for tag in page.soup.find_all("a", href=_STORY_LINK) if len(written(tag)) > 3]
    distinct = {str(tag["href"]) for tag in links}
    return links if len(distinct) > 1 and densest(page.blocks) is None else []
