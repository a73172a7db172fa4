"""Any web page that carries one story: known sites by their markup, others by where the running text stands."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, cached_property
from itertools import islice, takewhile
from typing import Any, NamedTuple

from bs4 import Tag

from miner.model import Role
from miner.read.blocks import Block, ParsedPage, blocks, tidy
from miner.read.epaper import StoryPiece, WebStory, body_role, newspaper_in
from miner.read.markup import Markup, markup
from miner.read.paths import iso_date, page_name
from miner.read.published import publication_date
from miner.read.running import LEAST, densest, is_running, left_out
from miner.read.stated import stated_story

_AUTHOR_PAPER = re.compile(r"^([一-鿿·、 ]{2,16})/([一-鿿]{2,10}(?:报|网|社|刊|新闻))$", re.MULTILINE)
_PRINTED = re.compile(
    r"《?([\u4e00-\u9fff]{2,10}(?:报|刊))》?\s{0,3}[（(]\s{0,3}(?:19|20)\d\d年\d\d?月\d\d?日\s{0,3}第?\s?([A-Z]{0,2}\d{1,3})\s?版"
)
"""How digital newspapers print where a story stood: newspaper (day page)."""
_ENDED = re.compile(r"[。！？”…]$")
_RUNNING_ON = re.compile(r"[，。；！？、]|\w[:：]\s?\w")
_MARKS = re.compile(r"[\W_]+")
_LINKED_ENTRY = 0.3
"""Share of a block inside links from which it is an entry of a list, where a general extractor took it for text."""
_SUFFIX = re.compile(r"\s{0,3}(?:_|\||--|—|－|\s-\s|-(?=[一-鿿]{2,8}$))")
_MUCH = 0.3
"""Share of a page's running text outside the story from which that is said."""
_LEAST_UNDER_HEAD = 12
"""Characters of running text that make a story under a headline that is also the page's title."""
_HEADINGS = ("h1", "h2", "h3", "h4")
_LONGEST_LABEL = 60
"""Characters of a line that may be furniture, a byline or a caption."""
_OPENING_BLOCKS = 3
"""Blocks at the beginning of a story's element among which its dateline stands: headline, label, dateline."""
_NEAR_HEAD = 12
"""Blocks at the beginning of a page among which a dateline stands, where the page itself shows no story."""
_NEARBY, _FAR = 4, 30
"""Elements around a block whose classes are looked at, without and with a body that ends the search."""
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]|&#(?:0{0,5}(?:[0-8]|1[14-9]|2\d|3[01])|[xX]0{0,5}(?:[0-8bBeEfF]|1[0-9a-fA-F]));?"
)


def read_web_page(page: ParsedPage) -> WebStory:
    """Return the story of a page; its parts are empty when the page has none."""
    reader = _Reader(page)
    for site in markup().sites:
        if not page.select(site["when"]):
            continue
        body = max(page.select(site["body"]), key=lambda tag: len(tag.get_text()), default=None)
        if body is not None and len(tidy(body.get_text())) >= LEAST // 3:
            return reader.story(body, site)
    body = reader.densest()
    return reader.story(body, {}) if body is not None else reader.stated() or reader.extracted()


class _Reader:
    """Takes one page apart."""

    def __init__(self, page: ParsedPage) -> None:
        self.page, self.soup, self.text = page, page.soup, page.text
        self.meta, self.blocks, self.title = page.meta, page.blocks, page.title

    def densest(self) -> Tag | None:
        """Return the element that holds the story; under a headline that is the page's title a story may be short."""
        text = [block for block in self._shown if not self._is_titled(block)]
        body = densest(text, least=LEAST if len(text) == len(self._shown) else _LEAST_UNDER_HEAD)
        return body and (self._below_head(body) or body)

    def _below_head(self, body: Tag) -> Tag | None:
        """Return the element of a story that stands between its headline and what holds more text: comments, who we are."""
        first = next((at for at, block in enumerate(self._shown) if _within(block.holder, body)), 0)
        heads = [at for at, block in enumerate(self._shown[:first]) if self._is_titled(block)]
        if not heads:
            return None
        between = [block for block in self._shown[heads[-1] + 1 : first] if is_running(block)]
        whole = [block for block in between if _ENDED.search(block.text)]
        return densest(between) if len(whole) > 1 else None

    @cached_property
    def _shown(self) -> list[Block]:
        return [block for block in self.blocks if not self._is_apart(block)]

    def _is_titled(self, block: Block) -> bool:
        """Tell a headline: a heading that opens the page's title, or any block that is the title without the site."""
        if block.linked or not self.title.startswith(block.text):
            return False
        return block.holder.name in _HEADINGS or (block.text == self._bare_title and len(block.text) > 7)

    @cached_property
    def _bare_title(self) -> str:
        return _without_site(self.title)

    def _is_apart(self, block: Block) -> bool:
        return _is_legal(block.text) or _is_furniture(block, None, markup())

    def stated(self) -> WebStory | None:
        """Return the story that a script states, where the page itself shows none."""
        found = stated_story(self.page, LEAST)
        if found is None:
            return None
        head = found.headline or self._bare_title
        parts = [StoryPiece("headline", _block(head, self.soup))] if head else []
        parts += [StoryPiece(role, _block(text, self.soup)) for text, role in found.paragraphs]
        near = [block for block in self.blocks[:_NEAR_HEAD] if head not in block.text or not head]
        return WebStory(tuple(parts), date=found.date or self._date({}, near))

    def story(self, body: Tag, site: dict[str, str]) -> WebStory:
        """Take the story out of the element that holds it."""
        dropped = body.select(site["drop"]) if site.get("drop") else []
        parts, others = _sorted_out(blocks(body, drop=dropped), body, site)
        if not parts:
            return WebStory(others=tuple(others), date=self._date(site))
        head = self._headline(body, site)
        before, after = self._around(body, head)
        around = "\n".join(block.text for block in (*before, *after, *others[:4]))[:1200]
        author, newspaper, page = self._names(site, around)
        signed = _signed(parts, head, author if author and author.text != newspaper else None)
        story = WebStory(
            tuple(signed),
            tuple(others),
            newspaper,
            self._date(site, _without(head, (*before, *others[:4])), after),
            page,
            author=_writer(signed),
            runs_on=True,
        )
        return story if site else self._with_left_out(story, body)

    def _with_left_out(self, story: WebStory, body: Tag) -> WebStory:
        """Note what running text stands outside the story, where it is much."""
        outside, share = left_out([block for block in self._shown if not self._is_titled(block)], body)
        return replace(story, left_out=tuple(outside), share_left_out=share) if share > _MUCH else story

    def _names(self, site: dict[str, str], around: str) -> tuple[Block | None, str | None, str | None]:
        """Return who wrote a story, which newspaper printed it, and on which page."""
        source = self._name("source", site, _phrases().source, around)
        author = self._name("author", site, _phrases().author, around)
        if pair := _AUTHOR_PAPER.search(around):
            author = author or _block(pair.group(1), self.soup)
            source = source or _block(pair.group(2), self.soup)
        if source:
            return author, source.text, None
        if printed := _PRINTED.search(around):
            return author, newspaper_in(printed.group(1)) or printed.group(1), page_name(printed.group(2))
        return author, site.get("newspaper") or self._site_name(), None

    def extracted(self) -> WebStory:
        """Ask trafilatura, where no element stands out."""
        found = _extract(self.text)
        lines = self._kept(found)
        if sum(len(line.text) for line in lines) < LEAST or not any(map(is_running, lines)):
            return WebStory(others=tuple(self.blocks), date=self._date({}))
        head = [StoryPiece("headline", _block(found.title, self.soup))] if found.title else []
        body = [StoryPiece("body", block) for block in lines if block.text != found.title]
        return WebStory(
            (*head, *body),
            newspaper=found.sitename,
            date=self._date({}) or found.date,
            author=found.author,
            runs_on=True,
        )

    def _kept(self, found: Any) -> list[Block]:
        """Return the lines of what was extracted, without what stands apart on the page: furniture, entries of lists."""
        apart = {_bare(block.text) for block in self.blocks if self._is_apart(block) or _is_entry(block)}
        return [line for line in _texts(found, self.soup) if _bare(line.text) not in apart]

    def _headline(self, body: Tag, site: dict[str, str]) -> Block | None:
        """Return the headline: by the site's rule, by the page's title, by a heading, or what the page states."""
        for tag in self.page.select(site.get("headline")):
            if text := tidy(tag.get_text(" ")):
                return _block(text, tag)
        title = self._bare_title
        return self._labelled(title) or self._opening() or self._set_off(body) or self._heading(title, body)

    def _set_off(self, body: Tag) -> Block | None:
        """Return a headline that is told by its type alone, as word processors write pages: bold or centred, above the text."""
        if self.page.select("h1, h2") or self.meta.get("articletitle") or self.meta.get("og:title"):
            return None
        first = next((block for block in self.blocks if _within(block.holder, body)), None)
        if first is None or not 5 <= len(first.text) <= _LONGEST_LABEL or _ENDED.search(first.text):
            return None
        bold = first.strong > 0.9 * len(first.text) and iso_date(first.text) is None
        return first if bold and not _matches("byline", first.text) else None

    def _heading(self, title: str, body: Tag) -> Block | None:
        """Return the heading that agrees with what the page states, what it states, or any heading."""
        tops = (block for block in self.blocks if block.holder.name in ("h1", "h2"))
        headings = [block for block in tops if 5 <= len(block.text) <= 60]
        stated = self.meta.get("articletitle") or self.meta.get("og:title") or title
        for block in headings:
            if block.text in stated or stated in block.text:
                return block
        return _block(stated, body) if stated else next(iter(headings), None)

    def _labelled(self, title: str) -> Block | None:
        """Return the headline that stands with a label such as 原创 behind it."""
        if len(title) <= 5:
            return None
        for block in self.blocks:
            if block.text != title and block.text.startswith(title) and len(block.text) < len(title) + 6:
                return _block(title, block.holder)
        return None

    def _opening(self) -> Block | None:
        """Return the longest block that opens the title element: the site's name stands behind it there."""
        opening = (
            block for block in self.blocks if len(block.text) >= 5 and self.title.startswith(block.text)
        )
        return max(opening, key=lambda block: len(block.text), default=None)

    def _around(self, body: Tag, head: Block | None) -> tuple[list[Block], list[Block]]:
        """Return what stands between headline and body, and right after the body: day, source, author."""
        inside = [index for index, block in enumerate(self.blocks) if _within(block.holder, body)]
        if not inside:
            return [], []
        first, last = inside[0], inside[-1]
        at = next(
            (i for i in range(first - 1, -1, -1) if head and head.text in self.blocks[i].text),
            max(0, first - 6),
        )
        return self.blocks[at : min(first, at + 12)], self.blocks[last + 1 : last + 4]

    def _date(
        self, site: dict[str, str], near: Sequence[Block] = (), after: Sequence[Block] = ()
    ) -> str | None:
        stated = [self.meta[name.lower()] for name in markup().meta["date"] if name.lower() in self.meta]
        return publication_date(self.page, site, stated, near, after)

    def _name(self, kind: str, site: dict[str, str], pattern: re.Pattern[str], around: str) -> Block | None:
        """Return who printed or wrote the story: by the site's markup, a label near the headline, meta elements."""
        chosen = self.page.select(site.get(kind))
        texts = [text for tag in chosen if (text := _cleaned(tidy(tag.get_text(" "))))]
        if texts:
            joined = " ".join(dict.fromkeys(texts)) if kind == "author" else texts[0]
            return Block(joined, chosen[0], texts[0][:16])
        labelled = pattern.search(around)
        stated = next(
            (self.meta[name.lower()] for name in markup().meta[kind] if name.lower() in self.meta), ""
        )
        for text in (_cleaned(labelled.group(1)) if labelled else None, _cleaned(stated)):
            if text:
                return _block(text, self.soup)
        return None

    def _site_name(self) -> str | None:
        """Return the site's own name: as it states it, or as it closes the page's title."""
        if stated := _cleaned(self.meta.get("og:site_name")):
            return stated
        pieces = _SUFFIX.split(self.title)
        last = _cleaned(pieces[-1].strip()) if len(pieces) > 1 else None
        return last if last and _phrases().site.search(last) else None


class _Phrases(NamedTuple):
    """Patterns of what stands around a headline."""

    label: re.Pattern[str]
    source: re.Pattern[str]
    author: re.Pattern[str]
    writer: re.Pattern[str]
    """What a byline holds beside the name."""
    site: re.Pattern[str]


@cache
def _phrases() -> _Phrases:
    words = markup().words
    end = rf"(?=$|[\s|｜<>，。；;)）】\]]|{words['name_ends']})"
    return _Phrases(
        re.compile(rf"^[\s(（【]{{0,3}}{words['labels']}\s{{0,3}}[:：/|]\s{{0,3}}"),
        re.compile(rf"来源于?\s{{0,3}}[:：]\s{{0,3}}([^\s|｜<>，。]{{2,30}}?){end}"),
        re.compile(rf"(?:作者\s{{0,3}}[:：]|文\s?/)\s{{0,3}}([^\s|｜<>，。:：]{{2,20}}?){end}"),
        re.compile(rf"^[（(]?.{{0,12}}?{words['writers']}\s?[:：/|｜]?\s?|[)）]$"),
        re.compile(rf"{words['site_ends']}(?:-The Paper)?$"),
    )


def _without_controls(text: str) -> str:
    """Drop control characters, also those written as numbers: the libraries that guess end on them."""
    return _CONTROLS.sub(" ", text)


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a library from logging that it found nothing: that is said in `problems`."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _extract(text: str) -> Any:
    """Return what trafilatura finds on a page, or None."""
    try:
        import trafilatura  # takes a second to import, and most pages do without
    except ImportError:  # its jusText asks lxml 6 for an extra under a name that some installers do not know
        return None
    with _quiet("trafilatura"):
        return trafilatura.bare_extraction(
            _without_controls(text),
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},  # else seconds go by
        )


def _texts(extracted: Any, holder: Tag) -> Iterator[Block]:
    for line in (extracted.text or "" if extracted else "").split("\n"):
        if found := tidy(line.lstrip("-|")):
            yield _block(found, holder)


def _sorted_out(found: list[Block], body: Tag, site: dict[str, str]) -> tuple[list[StoryPiece], list[Block]]:
    """Tell the parts of the story from the furniture inside its element."""
    subheads = {id(tag) for tag in body.select(site["subhead"])} if site.get("subhead") else set()
    parts: list[StoryPiece] = []
    others: list[Block] = []
    tail = False
    for index, block in enumerate(found):
        label = _matches("tail", block.text)
        tail = tail or (label and index >= len(found) // 2)
        if (
            tail
            or (label and not _RUNNING_ON.search(block.text))
            or (index < _OPENING_BLOCKS and _is_dateline(block.text))
            or _is_apart_inside(block, body)
        ):
            others.append(block)
        else:
            parts.append(StoryPiece(_role(block, subheads), block))
    return parts, others


def _signed(parts: list[StoryPiece], head: Block | None, author: Block | None) -> list[StoryPiece]:
    """Put headline and author before the parts, unless one of them has the author's name."""
    parts = [part for part in parts if head is None or part.block.text != head.text]
    named = author and any(author.text in part.block.text for part in parts if part.role == "byline")
    heads = [StoryPiece("headline", head)] if head else []
    return [*heads, *([StoryPiece("byline", author)] if author and not named else []), *parts]


def _writer(parts: list[StoryPiece]) -> str | None:
    """Return who wrote a story, as its first byline says."""
    byline = next((part.block.text for part in parts if part.role == "byline"), "")
    return _phrases().writer.sub("", byline) or None


def _without(head: Block | None, found: Sequence[Block]) -> list[Block]:
    return [block for block in found if head is None or head.text not in block.text]


def _matches(kind: str, text: str) -> bool:
    """Tell a line that is no paragraph by how it begins."""
    return len(text) <= _LONGEST_LABEL and bool(markup().lines[kind].match(text))


def _is_dateline(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and not _ENDED.search(text) and iso_date(text) is not None


def _is_apart_inside(block: Block, body: Tag) -> bool:
    return (
        _matches("furniture", block.text)
        or _is_furniture(block, body, markup())
        or (bool(markup().lines["notice"].match(block.text)) and _is_legal(block.text))
    )


def _role(block: Block, subheads: set[int]) -> Role:
    """Return the role of a block that is part of the story."""
    if _matches("byline", block.text):
        return "byline"
    if len(block.text) <= _LONGEST_LABEL and markup().lines["caption"].search(block.text):
        return "caption"
    return "subhead" if subheads and _holds(block.holder, subheads) else body_role(block)


def _is_legal(text: str) -> bool:
    """Tell a notice of rights and complaints by how it opens, or by two different words of the kind."""
    return bool(markup().lines["notice"].match(text)) or len(set(markup().lines["legal"].findall(text))) > 1


def _is_furniture(block: Block, body: Tag | None, known: Markup) -> bool:
    """Tell furniture by its links and by the classes of the elements around it, up to the body or, without one, nearby."""
    if block.linked and not _ENDED.search(block.text) and _is_link(block):
        return True
    around = islice((block.holder, *block.holder.parents), _NEARBY if body is None else _FAR)
    for tag in takewhile(lambda tag: tag is not body, around):
        names = [*tag.get_attribute_list("class"), tag.get("id")]
        if known.classes.search(" ".join(str(name) for name in names if name)):
            return True
    return body is None and _matches("furniture", block.text)


def _is_entry(block: Block) -> bool:
    """Tell an entry of a list of stories: a link with its day and number."""
    return block.linked > _LINKED_ENTRY * len(block.text) and not _ENDED.search(block.text)


def _bare(text: str) -> str:
    return _MARKS.sub("", text)


def _is_link(block: Block) -> bool:
    """Tell a block that is mostly links, or the numbers of pages."""
    return block.linked > 0.6 * len(block.text) or not any(map(str.isalpha, block.text))


def _holds(holder: Tag, chosen: set[int]) -> bool:
    return id(holder) in chosen or any(id(tag) in chosen for tag in holder.find_all(True, limit=20))


def _within(tag: Tag, body: Tag) -> bool:
    return tag is body or any(parent is body for parent in tag.parents)


def _without_site(title: str) -> str:
    """Return a title without the names of section and site that close it.

    >>> _without_site("棱镜|数据业大整顿：爬虫与现金贷共生共荣_财经_腾讯网")
    '棱镜|数据业大整顿：爬虫与现金贷共生共荣'
    """
    end = len(title)
    for found in reversed(list(_SUFFIX.finditer(title))):
        if found.start() == 0 or end - found.end() > 12:
            break
        end = found.start()
    return title[:end].strip()


def _block(text: str, holder: Tag) -> Block:
    return Block(text, holder, text[:16])


def _cleaned(text: str | None) -> str | None:
    text = re.sub(r"\s{1,3}(?:原创稿|举报|关注)$", "", _phrases().label.sub("", text or "").strip())
    return (
        text if text and len(text) <= 40 and text not in markup().not_names and not text.isdigit() else None
    )
