"""Any web page that carries one story: known sites by their markup, others by where the running text stands."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from bs4 import Tag

from miner.model import Role
from miner.read.blocks import Block, Page, blocks, tidy
from miner.read.epaper import Part, Story, body_role, newspaper_in
from miner.read.markup import Markup, markup
from miner.read.paths import iso_date, page_name
from miner.read.published import publication_date
from miner.read.running import LEAST, densest, is_running, left_out

_LABEL = re.compile(
    r"^[\s(（【]{0,3}(?:(?:文章|稿件|信息|本文)?(?:来源于?|作者)|文|编辑|发布时间|发布日期)\s{0,3}[:：/|]\s{0,3}"
)
_NAME_END = (
    r"(?=$|[\s|｜<>，。；;)）】\]]|作者|来源|责任|责编|编辑|发布|时间|字号|分享|举报|浏览|点击|打印|记者)"
)
_SOURCE = re.compile(rf"来源于?\s{{0,3}}[:：]\s{{0,3}}([^\s|｜<>，。]{{2,30}}?){_NAME_END}")
_AUTHOR = re.compile(rf"(?:作者\s{{0,3}}[:：]|文\s?/)\s{{0,3}}([^\s|｜<>，。:：]{{2,20}}?){_NAME_END}")
_AUTHOR_PAPER = re.compile(r"^([一-鿿·、 ]{2,16})/([一-鿿]{2,10}(?:报|网|社|刊|新闻))$", re.MULTILINE)
_PRINTED = re.compile(
    r"《?([\u4e00-\u9fff]{2,10}(?:报|刊))》?\s{0,3}[（(]\s{0,3}(?:19|20)\d\d年\d\d?月\d\d?日\s{0,3}第?\s?([A-Z]{0,2}\d{1,3})\s?版"
)
"""How digital newspapers print where a story stood: newspaper (day page)."""
_WRITER = re.compile(r"^[（(]?.{0,12}?(?:记者|通讯员|作者|撰稿|撰文|执笔|采写|文)\s?[:：/|｜]?\s?|[)）]$")
_ENDED = re.compile(r"[。！？”…]$")
_SUFFIX = re.compile(r"\s{0,3}(?:_|\||--|—|－|\s-\s|-(?=[一-鿿]{2,8}$))")
_MUCH = 0.3
"""Share of a page's running text outside the story from which that is said."""
_LEAST_UNDER_HEAD = 12
"""Characters of running text that make a story under a headline that is also the page's title."""
_HEADINGS = ("h1", "h2", "h3", "h4")
_NEARBY, _FAR = 4, 30
"""Elements around a block whose classes are looked at, without and with a body that ends the search."""
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]|&#(?:0{0,5}(?:[0-8]|1[14-9]|2\d|3[01])|[xX]0{0,5}(?:[0-8bBeEfF]|1[0-9a-fA-F]));?"
)


def read_web_page(page: Page) -> Story:
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

    def __init__(self, page: Page) -> None:
        self.page, self.soup, self.text = page, page.soup, page.text
        self.meta, self.blocks, self.title = page.meta, page.blocks, page.title

    def densest(self) -> Tag | None:
        """Return the element that holds the story; under a headline that is the page's title a story may be short."""
        text = [block for block in self._shown if not self._is_titled(block)]
        return densest(text, least=LEAST if len(text) == len(self._shown) else _LEAST_UNDER_HEAD)

    @cached_property
    def _shown(self) -> list[Block]:
        return [block for block in self.blocks if not self._is_apart(block)]

    def _is_titled(self, block: Block) -> bool:
        """Tell a headline: a heading that opens the page's title, or any block that is the title without the site."""
        if block.linked or not self.title.startswith(block.text):
            return False
        return block.holder.name in _HEADINGS or (
            block.text == _without_site(self.title) and len(block.text) > 7
        )

    def _is_apart(self, block: Block) -> bool:
        return _is_legal(block.text) or _is_furniture(block, None, markup())

    def stated(self) -> Story | None:
        """Return the story that a script states for search engines (JSON-LD), where the page itself shows none."""
        for script in self.soup.find_all("script", type="application/ld+json"):
            try:
                table = json.loads(script.get_text())
            except (ValueError, RecursionError):
                continue
            for record in table if isinstance(table, list) else [table]:
                if isinstance(record, dict) and isinstance(record.get("articleBody"), str):
                    return self._of_record(
                        {key: value for key, value in record.items() if isinstance(value, str)}
                    )
        return None

    def _of_record(self, record: dict[str, str]) -> Story | None:
        lines = [
            _block(text, self.soup) for line in record["articleBody"].split("\n") if (text := tidy(line))
        ]
        head = tidy(record.get("headline", "")) or _without_site(self.title)
        heads = [Part("headline", _block(head, self.soup))] if head else []
        body = [Part("body", block) for block in lines]
        return Story((*heads, *body), date=iso_date(record.get("datePublished", ""))) if body else None

    def story(self, body: Tag, site: dict[str, str]) -> Story:
        """Take the story out of the element that holds it."""
        dropped = body.select(site["drop"]) if site.get("drop") else []
        parts, others = _sorted_out(blocks(body, drop=dropped), body, site)
        if not parts:
            return Story(others=tuple(others), date=self._date(site))
        head = self._headline(body, site)
        before, after = self._around(body, head)
        near = [block for block in (*before, *others[:4]) if head is None or head.text not in block.text]
        around = "\n".join(block.text for block in (*before, *after, *others[:4]))[:1200]
        author, newspaper, page = self._names(site, around)
        heads = [Part("headline", head)] if head else []
        parts = [part for part in parts if head is None or part.block.text != head.text]
        bylines = [part.block.text for part in parts if part.role == "byline"]
        if author and author.text != newspaper and not any(author.text in line for line in bylines):
            heads.append(Part("byline", author))
            bylines.insert(0, author.text)
        outside, share = left_out([block for block in self._shown if not self._is_titled(block)], body)
        return Story(
            (*heads, *parts),
            tuple(others),
            newspaper,
            self._date(site, near, after),
            page,
            author=_WRITER.sub("", bylines[0]) or None if bylines else None,
            left_out=tuple(outside) if share > _MUCH and not site else (),
            share_left_out=share,
        )

    def _names(self, site: dict[str, str], around: str) -> tuple[Block | None, str | None, str | None]:
        """Return who wrote a story, which newspaper printed it, and on which page."""
        source = self._name("source", site, _SOURCE, around)
        author = self._name("author", site, _AUTHOR, around)
        if pair := _AUTHOR_PAPER.search(around):
            author = author or _block(pair.group(1), self.soup)
            source = source or _block(pair.group(2), self.soup)
        if source:
            return author, source.text, None
        if printed := _PRINTED.search(around):
            return author, newspaper_in(printed.group(1)) or printed.group(1), page_name(printed.group(2))
        return author, site.get("newspaper") or self._site_name(), None

    def extracted(self) -> Story:
        """Ask trafilatura, where no element stands out."""
        try:
            import trafilatura  # takes a second to import, and most pages do without
        except (
            ImportError
        ):  # its jusText asks lxml 6 for an extra under a name that some installers do not know
            return Story(others=tuple(self.blocks), date=self._date({}))
        with _quiet("trafilatura"):
            found = trafilatura.bare_extraction(
                _without_controls(self.text), include_comments=False, with_metadata=True
            )
        apart = {block.text for block in self.blocks if self._is_apart(block)}
        texts = [tidy(line.lstrip("-|")) for line in (found.text or "").split("\n")] if found else []
        lines = [_block(text, self.soup) for text in texts if text and text not in apart]
        whole = "".join(line.text for line in lines)
        if found is None or len(whole) < LEAST or not any(map(is_running, lines)):
            return Story(others=tuple(self.blocks), date=self._date({}))
        head = [Part("headline", Block(found.title, self.soup, found.title[:16]))] if found.title else []
        body = [Part("body", block) for block in lines if not head or block.text != found.title]
        return Story(
            (*head, *body),
            newspaper=found.sitename,
            date=self._date({}) or found.date,
            author=found.author,
        )

    def _headline(self, body: Tag, site: dict[str, str]) -> Block | None:
        if site.get("headline"):
            for tag in self.page.select(site["headline"]):
                if text := tidy(tag.get_text(" ")):
                    return _block(text, tag)
        title = _without_site(self.title)
        for block in self.blocks:  # a head with a label such as 原创 behind it
            if (
                len(title) > 5
                and block.text != title
                and block.text.startswith(title)
                and len(block.text) < len(title) + 6
            ):
                return _block(title, block.holder)
        # The title element is the headline with the site's name behind it: the longest block that opens it.
        opening = [
            block for block in self.blocks if len(block.text) >= 5 and self.title.startswith(block.text)
        ]
        if opening:
            return max(opening, key=lambda block: len(block.text))
        headings = [
            block for block in self.blocks if block.holder.name in ("h1", "h2") and 5 <= len(block.text) <= 60
        ]
        stated = self.meta.get("articletitle") or self.meta.get("og:title") or title
        alike = [block for block in headings if block.text in stated or stated in block.text]
        if alike:
            return alike[0]
        return _block(stated, body) if stated else headings[0] if headings else None

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
        return (
            last if last and re.search(r"(?:网|报|社|新闻|在线|日报社|频道)(?:-The Paper)?$", last) else None
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


def _sorted_out(found: list[Block], body: Tag, site: dict[str, str]) -> tuple[list[Part], list[Block]]:
    """Tell the parts of the story from the furniture inside its element."""
    known = markup()
    subheads = {id(tag) for tag in body.select(site["subhead"])} if site.get("subhead") else set()
    parts: list[Part] = []
    others: list[Block] = []
    tail = False
    for index, block in enumerate(found):
        text, short = block.text, len(block.text) <= 60
        tail = tail or (short and index >= len(found) // 2 and bool(known.lines["tail"].match(text)))
        dateline = not parts and short and not _ENDED.search(text) and iso_date(text) is not None
        furniture = short and known.lines["furniture"].match(text)
        if tail or dateline or furniture or _is_furniture(block, body, known) or _is_notice(text):
            others.append(block)
        elif short and known.lines["byline"].match(text):
            parts.append(Part("byline", block))
        elif short and known.lines["caption"].search(text):
            parts.append(Part("caption", block))
        else:
            role: Role = "subhead" if subheads and _holds(block.holder, subheads) else body_role(block)
            parts.append(Part(role, block))
    return parts, others


def _is_legal(text: str) -> bool:
    """Tell a notice of rights and complaints by how it opens, or by two different words of the kind."""
    return bool(markup().lines["notice"].match(text)) or len(set(markup().lines["legal"].findall(text))) > 1


def _is_notice(text: str) -> bool:
    return bool(markup().lines["notice"].match(text)) and _is_legal(text)


def _is_furniture(block: Block, body: Tag | None, known: Markup) -> bool:
    """Tell furniture by its links and by the classes of the elements around it, up to the body or, without one, nearby."""
    if block.linked > 0.6 * len(block.text) and not _ENDED.search(block.text):
        return True
    tag: Tag | None = block.holder
    for _ in range(_NEARBY if body is None else _FAR):
        if tag is None or tag is body:
            break
        names = [*tag.get_attribute_list("class"), tag.get("id")]
        if known.classes.search(" ".join(str(name) for name in names if name)):
            return True
        tag = tag.parent
    return body is None and len(block.text) <= 60 and bool(known.lines["furniture"].match(block.text))


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
    text = re.sub(r"\s{1,3}(?:原创稿|举报|关注)$", "", _LABEL.sub("", text or "").strip())
    return (
        text if text and len(text) <= 40 and text not in markup().not_names and not text.isdigit() else None
    )
