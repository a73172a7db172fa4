"""What brackets tell of the name before them: its Latin form, its stock code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from miner.offsets import Span
from miner.recognise.found import Found
from miner.recognise.zones import with_words
from miner.text import AnnotatedText

_LATIN = re.compile(
    r"[(]\s?(?:英文名?|英语)?[::]?\s?([a-z\u00c0-\u024f][a-z\u00c0-\u024f0-9 .,'’&+!\-·]{0,60}[a-z\u00c0-\u024f0-9.&+!])"
    r"\s?(?:[,;][^()\n]{0,30})?[)]"
)
_CODE = re.compile(r"\d{3}|\.(?:hk|sz|sh|us|n|o|cn|com)\b")
_STOCK = (
    r"[(](?:行情)?(?:00[0-3]|30[01]|60[0135]|68[89])\d{3}(?:,诊股)?[)]|"
    r"[(]\s?(?:<stock code>)?\s?[::]?\s?"
    r"(?:[\d]{4,6}\.(?:hk|sz|sh|bj|ss|t|ks)|(?:<exchange>)\s?[:.]\s?[\da-z]{1,6})"
)
_LABELS = ("person", "enterprise", "organization")


def latin_brackets(text: AnnotatedText) -> Iterator[tuple[int, Span]]:
    """Yield where brackets with Latin words open, and the words."""
    for match in _LATIN.finditer(text.folded):
        if not _CODE.search(match.group(1)):
            yield match.start(), Span(*match.span(1))


@cache
def _stock() -> re.Pattern[str]:
    return with_words(_STOCK)


def stock_codes(text: AnnotatedText) -> Iterator[int]:
    """Yield where brackets with stock codes open: a company's name ends there."""
    return (match.start() for match in _stock().finditer(text.folded))


def find_latin(text: AnnotatedText, found: list[Found]) -> Iterator[tuple[Found, Found]]:
    """Pair every name that is followed by Latin words in brackets with those words, under the name's label."""
    ends = {name.end: name for name in found if name.label in _LABELS}
    for bracket, words in latin_brackets(text):
        name = ends.get(bracket) or ends.get(bracket - 1)
        if name is not None and "." not in words.of(text.folded)[-3:-2]:
            yield name, Found(words.start, words.end, name.label, "latin", 0.97)
