"""Digital newspapers whose markup states what is what: Founder's e-papers and People's Daily."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from miner.model import Role
from miner.read.blocks import Block, blocks, parse, tidy
from miner.read.paths import iso_date, page_name

_PROPERTY = re.compile(r"<!--\s{0,20}enpproperty(.{0,20000}?)/enpproperty\s{0,20}-->", re.DOTALL | re.IGNORECASE)
_CONTENT = re.compile(
    r"<!--\s{0,20}enpcontent\s{0,20}-->(.*?)<!--\s{0,20}/enpcontent\s{0,20}-->", re.DOTALL | re.IGNORECASE
)
_WRITTEN = re.compile(r"""document\.write\(\s{0,9}view\(\s{0,9}(["'])(.{0,2000}?)\1""", re.DOTALL)
_PAGE = re.compile(r"第?\s{0,3}([A-Z]{0,2}\d{1,3})\s{0,3}版")
_NEWSPAPER = re.compile(
    r"《?([一-鿿]{2,8}(?:日报|晚报|时报|早报|晨报|都市报|商报|新报|青年报|工人报|周报|导报|快报)(?:海外版)?)》?"
)
_HEADS: dict[str, Role] = {"h3": "kicker", "h1": "headline", "h2": "subtitle", "h4": "byline"}


@dataclass(frozen=True, slots=True)
class Part:
    """A block with the part it plays in its story."""

    role: Role
    block: Block


@dataclass(frozen=True, slots=True)
class Story:
    """What one page of a digital newspaper or of the web says; `parts` is empty for an index."""

    parts: tuple[Part, ...] = ()
    others: tuple[Block, ...] = ()
    """Lines that belong to no story, such as the headlines that an index lists."""
    newspaper: str | None = None
    date: str | None = None
    page: str | None = None
    author: str | None = None
    index: bool = False


def read_epaper(soup: BeautifulSoup, text: str) -> Story | None:
    """Read a page of a digital newspaper, or return None when it is none."""
    stated = _properties(text)
    content = _CONTENT.search(text)
    body = parse(content.group(1)) if content else _first(soup, "founder-content", "#ozoom")
    if body is not None and (stated or content or soup.select_one("founder-content, .text_c, .article #ozoom")):
        return _story(soup, body, stated)
    return _index(soup)


def newspaper_in(text: str) -> str | None:
    """Return the first newspaper's name in a text, by the ways newspapers are named.

    >>> newspaper_in("第03版：要闻 《松江日报》数字报")
    '松江日报'
    """
    found = _NEWSPAPER.search(text)
    return found.group(1) if found else None


def written(tag: Tag) -> str:
    """Return the text of an element whose title is written by a script, as in document.write(view("…"))."""
    scripts = " ".join(script.get_text() for script in tag.find_all("script"))
    found = [match.group(2) for match in _WRITTEN.finditer(scripts)]
    if found:
        return tidy(BeautifulSoup(" ".join(found).replace("\\/", "/").replace('\\"', '"'), "lxml").get_text())
    return tidy(" ".join(block.text for block in blocks(tag)))


def _properties(text: str) -> dict[str, str]:
    """Read <name>value</name> pairs out of Founder's comment."""
    found = _PROPERTY.search(text)
    if found is None:
        return {}
    pairs = re.findall(r"<([a-z]{2,20})>([^<]{0,2000})</\1>", found.group(1), re.IGNORECASE)
    return {name.lower(): tidy(BeautifulSoup(value, "lxml").get_text()) for name, value in pairs if value.strip()}


def _first(soup: BeautifulSoup, *selectors: str) -> Tag | None:
    for selector in selectors:
        found = soup.select_one(selector)
        if found is not None:
            return found
    return None


def _story(soup: BeautifulSoup, body: Tag, stated: dict[str, str]) -> Story:
    heads = list(_heads(soup, body, stated))
    outside = _page_text(soup, body)
    paragraphs = [Part(body_role(block), block) for block in blocks(body)]
    author = stated.get("author") or next((part.block.text for part in heads if part.role == "byline"), None)
    page = _PAGE.search(stated.get("nodename", "")) or _PAGE.search(outside)
    return Story(
        parts=(*heads, *paragraphs),
        newspaper=newspaper_in(_dated_line(outside) or "")
        or newspaper_in(soup.title.get_text() if soup.title else "")
        or newspaper_in(outside),
        date=iso_date(stated.get("date", "")) or iso_date(outside),
        page=page_name(page.group(1)) if page else None,
        author=author,
    )


def body_role(block: Block) -> Role:
    """Tell subheads and captions from paragraphs by what the markup shows of them."""
    name, names = (
        block.holder.name,
        " ".join([*block.holder.get_attribute_list("class"), *_parent_classes(block.holder)]),
    )
    if name == "figcaption" or re.search(
        r"caption|image_desc|img[-_]desc|pic[-_]?(?:txt|text|desc|note)", names, re.IGNORECASE
    ):
        return "caption"
    if (
        block.after_image
        and len(block.text) < 90
        and re.search(r"(?:摄|供图|图片|资料图|制图|/图|照片)[)）】。]?$", block.text)
    ):
        return "caption"
    short = len(block.text) <= 40 and not re.search(r"[。！？；…]$", block.text)
    if short and (name in ("h2", "h3", "h4", "h5", "h6") or block.strong >= len(block.text) * 0.9):
        return "subhead"
    return "body"


def _parent_classes(tag: Tag) -> list[str]:
    return [str(name) for name in (tag.parent.get_attribute_list("class") if tag.parent else []) if name]


def _heads(soup: BeautifulSoup, body: Tag, stated: dict[str, str]) -> Iterator[Part]:
    """Yield kicker, headline, subtitle and byline, from Founder's comment or from the headings over the text."""
    names: tuple[tuple[str, Role], ...] = (
        ("introtitle", "kicker"),
        ("title", "headline"),
        ("subtitle", "subtitle"),
        ("author", "byline"),
    )
    if stated.get("title"):
        for name, role in names:
            if stated.get(name):
                yield Part(role, Block(stated[name], body, stated[name][:12]))
        return
    box = _first(soup, ".text_c", ".article-box .article", ".article", "#articleContent") or soup
    inside = {id(tag) for tag in body.find_all(True)}
    for tag in box.find_all(list(_HEADS)):
        if id(tag) not in inside and (text := written(tag)):
            yield Part(_HEADS[tag.name], Block(text, tag, text[:12]))
    author = box.select_one("p.sec")
    if author is not None and (text := tidy(_own_text(author))):
        yield Part("byline", Block(text, author, text[:12]))


def _own_text(tag: Tag) -> str:
    return "".join(str(child) for child in tag.contents if type(child).__name__ == "NavigableString")


def _page_text(soup: BeautifulSoup, body: Tag) -> str:
    """Return the text around the story: where a page states its newspaper, date and number."""
    found = blocks(soup, drop=[body])
    return "\n".join(block.text for block in found)[:20000]


def _index(soup: BeautifulSoup) -> Story | None:
    """Read a layout page: which newspaper, day and page it is, and the headlines it lists."""
    titles = _first(soup, "#titleList", ".news-list", "#artPList1", ".title-list")
    if titles is None:
        return None
    listed: list[Block] = []
    for tag in titles.find_all("li") or [titles]:
        text = written(tag).lstrip("·•").strip()
        if text:
            listed.append(Block(text, tag, text[:12]))
    outside = "\n".join(
        block.text for block in blocks(soup, drop=[titles, *soup.select(".swiper-box, #pageList, .ul02_l")])
    )
    page = re.search(r"第\s{0,3}([A-Z]{0,2}\d{1,3})\s{0,3}版", outside)
    return Story(
        others=tuple(listed),
        newspaper=newspaper_in(_dated_line(outside) or "") or newspaper_in(outside),
        date=iso_date(outside),
        page=page_name(page.group(1)) if page else None,
        index=True,
    )


def _dated_line(text: str) -> str | None:
    """Return the line that holds a date: it names the newspaper, where the menu names its sisters."""
    return next((line for line in text.split("\n") if iso_date(line)), None)
