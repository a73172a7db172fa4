"""What a figure is said of: the expo as a whole or a part of it, this year or another. Only like is compared with like."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from miner.language.editions import names_expo
from miner.language.lexicon import load_lexicon
from miner.offsets import Span

_REACH = 120
"""A sentence is read so far on each side of a figure."""
_BEFORE = 40
"""Words so near before a figure say its year; its own clause says which part it counts."""
_YEAR = re.compile(r"(20\d\d)年")
_MONTHS = re.compile(r"1?\d[至—-]1?\d月|1?\d月(?:末|底|份)|前[一二三1-3]季度")
_CLAUSE = re.compile(r"[，；、：]")
_STOPS = "。！？\n"
OWN = {
    "exhibitors": ("家", 500),
    "countries": ("个", 40),
    "international_organizations": ("个", 2),
    "exhibition_area": ("平方米", 100_000),
    "intended_deals": ("美元", 1e9),
    "top500_exhibitors": ("家", 100),
    "new_products": ("项", 50),
    "visitors": ("人次", 100_000),
    "professional_visitors": ("人次", 50_000),
    "trading_groups": ("个", 10),
    "journalists": ("名", 500),
}
"""The unit in which an expo as a whole is told in a measure, and the least that can be meant of it: 50 buyers are those of one stand."""
CHANGE = "_change"
"""Ending of a measure that tells how much another one changed."""


class FigureScope(NamedTuple):
    """What a figure is said of; two figures of one fact have one scope."""

    of_expo: bool
    """Its sentence speaks of the expo as a whole."""
    parts: frozenset[str]
    """Words that narrow what is counted: 国家展, 其中, 首次."""
    years: frozenset[int]
    periods: frozenset[str]


def scope_of(body: str, at: Span, *, published: str | None) -> FigureScope:
    """Return the scope of the figure at a place of a body.

    >>> text = "第六届进博会国家展今年有72个国家参加。"
    >>> found = scope_of(text, Span(12, 15), published="2023-11-05")
    >>> found.of_expo, sorted(found.parts), sorted(found.years)
    (True, ['国家展'], [2023])
    """
    sentence = _sentence(body, at)
    before = Span(max(sentence.start, at.start - _BEFORE), at.start).of(body)
    after = _CLAUSE.split(Span(at.end, sentence.end).of(body), maxsplit=1)[0]
    clause = _CLAUSE.split(before)[-1] + after
    words = _words()
    return FigureScope(
        names_expo(sentence.of(body)) or _any(words["expo"], sentence.of(body)),
        frozenset(word for word in words["part"] if word in clause),
        frozenset(_years(before + after, published)),
        frozenset([*(word for word in words["period"] if word in clause), *_MONTHS.findall(clause)]),
    )


def told_of_whole_expo(body: str, at: Span, measure: str, *, value: float) -> bool:
    """Tell whether a figure is one of the expo's own: its sentence speaks of the expo as a whole and the value can be meant of it.

    >>> told_of_whole_expo("第六届进博会开幕，3400家企业参展。", Span(9, 14), "exhibitors", value=3400)
    True
    """
    least = OWN.get(measure.removesuffix(CHANGE), ("", 0))[1]
    if measure in OWN and value < least:
        return False
    scope = scope_of(body, at, published=None)
    return scope.of_expo and not scope.parts


def _sentence(body: str, at: Span) -> Span:
    start = max(body.rfind(mark, max(at.start - _REACH, 0), at.start) for mark in _STOPS) + 1
    ends = [found for mark in _STOPS if (found := body.find(mark, at.end, at.end + _REACH)) >= 0]
    return Span(max(start, at.start - _REACH, 0), min(ends, default=min(len(body), at.end + _REACH // 2)))


def _years(text: str, published: str | None) -> set[int]:
    found = {int(year) for year in _YEAR.findall(text)}
    if published and published[:4].isdigit():
        found |= {int(published[:4]) + off for word, off in _year_words() if word in text}
    return found


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


@cache
def _words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for entry in load_lexicon("figure_scope"):
        found.setdefault(entry.kind or "", []).append(entry.name)
    return {kind: tuple(words) for kind, words in found.items()}


@cache
def _year_words() -> tuple[tuple[str, int], ...]:
    return tuple((e.name, int(e.values[0])) for e in load_lexicon("figure_scope") if e.kind == "year")


def alike(left: FigureScope, right: FigureScope) -> bool:
    """Tell whether two figures may be of one fact by their scopes: the same part, and no other year or part of a year."""
    years = not left.years or not right.years or bool(left.years & right.years)
    return left.parts == right.parts and years and left.periods == right.periods
