"""Editions of the expo as texts name them: 第五届进博会, 首届中国国际进口博览会, 2022年进博会."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from miner.expo import year_edition
from miner.language.lexicon import load_lexicon
from miner.language.numerals import han_class, read_number, write_numeral


class EditionMention(NamedTuple):
    """An edition of the expo as a text names it."""

    number: int
    text: str


@cache
def _grammar() -> re.Pattern[str]:
    names = {form for e in load_lexicon("expo") if e.kind in ("expo", "forum", "short") for form in e.forms()}
    name = "|".join(sorted(map(re.escape, names), key=lambda form: (-len(form), form)))
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
