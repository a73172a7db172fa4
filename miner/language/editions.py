"""Editions of the expo as texts name them: 第五届进博会, 首届中国国际进口博览会, 2022年进博会."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from miner.expo import year_edition
from miner.language.fold import simplify
from miner.language.lexicon import alternatives, load_lexicon
from miner.language.numerals import han_class, read_number, write_numeral


class EditionMention(NamedTuple):
    """An edition of the expo as a text names it."""

    number: int
    text: str


_OFTEN = 300
"""A text that names the expo twice, and once in so many characters, is about it."""


_SHORT, _LEAD = 1_500, 150
"""A text of so few characters that names the expo in so many first ones is about it: longer ones are digests."""


@cache
def _names() -> str:
    entries = [entry for entry in load_lexicon("expo") if entry.kind in ("expo", "forum", "short")]
    return alternatives(form for entry in entries for form in entry.forms())


@cache
def _named() -> re.Pattern[str]:
    return re.compile(_names())


def names_expo(text: str) -> bool:
    """Tell whether a text names the expo or its forum.

    >>> names_expo("企业在进博会上签约"), names_expo("法兰克福书展")
    (True, False)
    """
    return _named().search(text) is not None


@lru_cache(maxsize=256)
def is_about_expo(headline: str, body: str) -> bool:
    """Tell whether an article is about the expo: its headline names it, or its text does again and again, or a short one begins with it.

    >>> is_about_expo("进博会开幕", ""), is_about_expo("一周要闻", "进博会开幕。" + "另一件事。" * 300)
    (True, False)
    """
    if names_expo(simplify(headline)):
        return True
    text = simplify(body)
    if len(text) <= _SHORT and names_expo(text[:_LEAD]):
        return True
    parts = [part for part in text.split("\n") if part]
    # Named twice in one paragraph of many, it is one thing of several that a story tells.
    named = sum(map(names_expo, parts)) if len(parts) > 1 else sum(1 for _ in _named().finditer(text))
    return named > 1 and named * _OFTEN >= len(body)


@cache
def _grammar() -> re.Pattern[str]:
    name = _names()
    han = han_class(myriads=False)
    return re.compile(
        rf"(?:第(?P<n>[{han}]{{1,3}}|\d{{1,2}})|(?P<first>首))届(?:的|上海|中国|国际|[“‘（(]){{0,3}}(?:{name})"
        rf"|(?P<year>20\d\d)年?(?:上海|中国|国际){{0,3}}(?:{name})"
    )


def editions_named(text: str) -> Iterator[EditionMention]:
    """Yield the editions of the expo that a text names, in order; the 第N届 of other fairs is none.

    >>> [named.number for named in editions_named("从首届进博会、第127届广交会到第六届中国国际进口博览会")]
    [1, 6]
    """
    for match in _grammar().finditer(text):
        if match["first"]:
            number: int | None = 1
        elif match["year"]:
            number = year_edition(int(match["year"]))
        else:
            number = read_number(match["n"])
        if number:
            yield EditionMention(number, match.group())


def edition_named(text: str) -> EditionMention | None:
    """Return the first edition that a text names, with its words."""
    return next(editions_named(text), None)


def edition_in(text: str) -> int | None:
    """Return the number of the first edition that a text names.

    >>> edition_in("第五届进博会"), edition_in("首届中国国际进口博览会"), edition_in("第127届广交会")
    (5, 1, None)
    """
    named = edition_named(text)
    return named.number if named is not None else None


def edition_title(edition: int | None) -> str:
    """Return the usual name of an edition.

    >>> edition_title(5), edition_title(12), edition_title(None)
    ('第五届', '第十二届', '届次不详')
    """
    return "届次不详" if edition is None else f"第{write_numeral(edition)}届"
