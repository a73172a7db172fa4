"""Short names that a text declares itself: 全称（以下简称“X”） and its many spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from miner.language.gazetteer import words_of
from miner.offsets import Span
from miner.recognise.found import Found
from miner.text import AnnotatedText

_DECLARATION = re.compile(
    r"[(\[]\s?(?:[^()“”\n]{0,12}?[,;])?(?:以下|下文|文中|下|后文|本文)?\s?[(]?(?:统称|简称|合称|下称|又称|亦称|全称|原名|曾用名|简称为|统称为|称)[)]?\s?为?[::]?\s?"
    r"(?:[“\"'‘《]([^“”\"'‘’《》()\n]{1,24})[”\"'’》]|([^“”\"()\n,;。、]{2,16}))"
    r"(?:\s?(?:或|、|和)\s?[“\"]([^“”\"()\n]{1,24})[”\"])?"
)
_STOCK = re.compile(
    r"[(](?:行情)?(?:00[0-3]|30[01]|60[0135]|68[89])\d{3}(?:,诊股)?[)]|[(]\s?(?:股票代码|证券代码|股票简称|代码)?\s?[::]?\s?(?:[\d]{4,6}\.(?:hk|sz|sh|bj|ss|t|ks)|(?:sh|sz|hk|nyse|nasdaq|hkex|纽交所|纳斯达克)\s?[:.]\s?[\da-z]{1,6})"
)
_AND_OTHERS = re.compile(r"(?:及|与|和)其?(?:附属公司|附属企业|子公司|下属公司|关联公司|旗下公司|下属企业)$")


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration: the short names and where the full name must end."""

    full_end: int
    names: tuple[Span, ...]


def find_declared(passage: AnnotatedText) -> Iterator[Declared]:
    """Yield the declarations of short names in reading order."""
    text = passage.folded
    for match in _DECLARATION.finditer(text):
        names = []
        for group in (1, 2, 3):
            if match.group(group):
                start, end = match.span(group)
                while start < end and text[start].isspace():
                    start += 1
                while end > start and text[end - 1].isspace():
                    end -= 1
                if end - start >= 2 and text[start:end] not in words_of(
                    "company_types", "generic"
                ) | words_of("naming", "role", "common", "self"):
                    names.append(Span(start, end))
        end = match.start()
        others = _AND_OTHERS.search(text, max(0, end - 8), end)
        if others:
            end = others.start()
        while end > 0 and text[end - 1] == " ":
            end -= 1
        if names:
            yield Declared(end, tuple(names))


def find_stock_codes(passage: AnnotatedText) -> Iterator[int]:
    """Yield the offsets before stock codes in brackets: a company's name ends there."""
    return (match.start() for match in _STOCK.finditer(passage.folded))


def declared_names(passage: AnnotatedText, found: list[Found]) -> Iterator[tuple[Found, Found]]:
    """Pair every declared short name with the full name before it, of which it takes the label."""
    by_end = {item.end: item for item in sorted(found, key=lambda item: item.start, reverse=True)}
    for declaration in find_declared(passage):
        full = by_end.get(declaration.full_end)
        if full is not None and full.label in ("enterprise", "organization"):
            for span in declaration.names:
                yield full, Found(span.start, span.end, full.label, "declared", 0.97)
