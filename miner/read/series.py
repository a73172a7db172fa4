"""The parts of one story over several web pages (…_2.html, 下一页, rel=next): which series a page is of, and its number."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from bs4 import Tag

from miner.model import SeriesPart
from miner.read.blocks import ParsedPage, tidy
from miner.read.markup import markup

__all__ = ["part_of"]

_SUFFIX = re.compile(r"\.(?:s?html?|xhtml|php|aspx?|jsp|do)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?P<base>.*[^/_\-?&=])(?:[_\-]|/)(?P<number>\d{1,2})$")
_QUERIED = re.compile(
    r"(?P<before>[?&])(?:page|p|pn|page_?no|page_?index|curpage)=(?P<number>\d{1,2})(?=&|$)", re.IGNORECASE
)
_MOST_LINKS = 2_000
"""Links of a page that are looked at."""
_LONGEST = 8
"""Characters of a link that leads to another part."""

Way = Literal["next", "previous", "number"]


class _Address(NamedTuple):
    """An address without the number of its part; the first part often has none."""

    base: str
    number: int | None


@dataclass(frozen=True, slots=True)
class _Link:
    """A link to another part of the same story, as far as its words say."""

    way: Way
    said: int | None
    """The number that its words say."""
    address: _Address


def part_of(page: ParsedPage, path: str) -> SeriesPart | None:
    """Return of which story in parts a page is one, by the links that lead to the others, or None when it is whole.

    `path` stands for the address of a page that states none: links are followed from there.
    """
    own = page.found_at or page.url or path
    pager = _Pager(_taken(own), "://" not in own, tuple(_links(page, own)))
    return next((pager.part(base) for base in pager.bases() if pager.fits(base)), None)


@dataclass(frozen=True, slots=True)
class _Pager:
    """The links of one page that may lead to other parts, and its own address, which may be only that of a file."""

    mine: _Address
    is_path: bool
    links: tuple[_Link, ...]

    def bases(self) -> Iterator[str]:
        """Yield what the addresses of the parts may have in common, the likeliest first."""
        for link in self._sure() or self.links:
            yield from _bases(link.address)

    def fits(self, base: str) -> bool:
        """Tell whether links with this in common lead to parts of the story of this page."""
        if base not in _bases(self.mine) and not (self.is_path and max(self._numbers(base)) > 1):
            return False
        return bool(self._sure()) or _is_row(self._numbers(base))

    def part(self, base: str) -> SeriesPart | None:
        """Return which part this page is, or None when nothing tells it."""
        numbers, number = self._numbers(base), self._place(base)
        return None if number is None else SeriesPart(base, number, max(numbers | {number}))

    def _sure(self) -> list[_Link]:
        return [link for link in self.links if link.way != "number"]

    def _numbers(self, base: str, *ways: Way) -> set[int]:
        alike = (link for link in self.links if base in _bases(link.address))
        return {_number(link, base) for link in alike if not ways or link.way in ways}

    def _place(self, base: str) -> int | None:
        if after := self._numbers(base, "next"):
            return min(after) - 1
        if before := self._numbers(base, "previous"):
            return max(before) + 1
        numbers = self._numbers(base)
        gaps = set(range(1, max(numbers) + 1)) - numbers
        if len(gaps) == 1:
            return gaps.pop()
        return (self.mine.number or 1) if base == self.mine.base else None


def _is_row(numbers: set[int]) -> bool:
    """Tell the numbers of parts from numbers of anything else: one or none is missing."""
    return bool(numbers) and len(set(range(1, max(numbers) + 1)) - numbers) <= 1 < max(numbers)


def _links(page: ParsedPage, own: str) -> Iterator[_Link]:
    """Yield the links of a page whose words, or whose relation, say that they lead to a part of the same story."""
    for tag in page.soup.find_all(("a", "link"), href=True, limit=_MOST_LINKS):
        if isinstance(tag, Tag) and (said := _said(tag)):
            target = _followed(own, str(tag["href"]))
            if target and target != _plain(own):
                yield _Link(*said, _taken(target))


def _said(tag: Tag) -> tuple[Way, int | None] | None:
    """Return which way a link leads, and the number it says."""
    relations = {str(name).lower() for name in tag.get_attribute_list("rel") if name}
    if tag.name == "link":
        return ("next", None) if "next" in relations else ("previous", None) if "prev" in relations else None
    text = tidy(tag.get_text())
    if not text or len(text) > _LONGEST:
        return None
    lines = markup().lines
    if lines["next_part"].fullmatch(text):
        return "next", None
    if lines["previous_part"].fullmatch(text):
        return "previous", None
    found = lines["part_number"].fullmatch(text)
    return ("number", int(next(filter(None, found.groups())))) if found else None


def _followed(own: str, link: str) -> str | None:
    """Return where a link leads, as an address or as a path, or None where it leads to no page."""
    link = link.strip()
    try:
        if not link or link.startswith("#") or urlsplit(link).scheme not in ("", "http", "https"):
            return None
        if "://" in own or "://" in link:
            return _plain(urljoin(own, link))
    except ValueError:  # what stands there is no address
        return None
    return _plain(posixpath.normpath(posixpath.join(posixpath.dirname(own), link)))


def _plain(address: str) -> str:
    """Return an address without scheme and fragment."""
    return address.partition("#")[0].partition("://")[2] or address.partition("#")[0]


def _taken(address: str) -> _Address:
    """Take the number of its part out of an address."""
    address = _plain(address)
    if found := _QUERIED.search(address):
        return _Address(address[: found.start()] + address[found.end() :], int(found["number"]))
    address = _SUFFIX.sub("", address)
    found = _NUMBERED.match(address)
    return _Address(found["base"], int(found["number"])) if found else _Address(address, None)


def _bases(address: _Address) -> tuple[str, ...]:
    """Return what the address of the first part may be, the likeliest first: a number at its end may be its own."""
    return (address.base,) if address.number is None else (address.base, f"{address.base}_{address.number}")


def _number(link: _Link, base: str) -> int:
    """Return the number of the part that a link leads to."""
    number = link.address.number if link.address.base == base else None
    return number or link.said or 1
