"""Stretches in which names are not part of the story: datelines, source credits, bylines, titles of works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from miner.language.gazetteer import words_of
from miner.language.lexicon import alternatives
from miner.offsets import Span

_PARTS = re.compile(r"<([a-z ]+)>")


def with_words(pattern: str) -> re.Pattern[str]:
    """Compile a pattern in which <kind> stands for the words of that kind in the lexicon `zones`, the longest first."""
    return re.compile(_PARTS.sub(lambda match: alternatives(words_of("zones", match[1])), pattern))


_OPENINGS = (
    # datelines
    r"(?:^|\n)[ ·■●▲□◆]*(?:"
    r"(?:<own>)(?:综合)?(?:<own news>|记者[^\n。,]{0,30}?(?:<dispatch>))(?:[ ]?[(][^\n)。]{0,40}[)])?|"
    r"本报[^\n。,]{1,16}?(?:讯|电)(?:[ ]?[(][^\n)。]{0,40}[)])?|"
    r"[^\n。,]{1,12}?(?:<outlet>)(?:<outlet news>)?(?:[(][^\n()]{1,30}[)])?:|"
    r"(?:据)?(?:<agency>)[^\n。]{0,24}?(?:<own news>)(?:[ ]?[(][^\n()]{1,40}[)])?|"
    r"(?:<writer>)[ :][^\n。,]{1,40}?(?:<dispatch>)[:)]?"
    r")",
    # lines that say who wrote
    r"(?:^|\n)[ ·■●▲□◆]*(?:(?:<own paper>|<rank>|驻[^\n]{1,6}?)?(?:<byline>)[ :/|])[^\n。]{1,60}(?=\n|$)",
    r"(?:^|\n)(?=[^\n]{0,40}(?:<short byline>))[^\n。,!?;:“”]{2,44}(?=\n|$)",
    # names alone on a line
    r"\n[ □■●▲◆◇○◎·\ufffd/—-]*[\u4e00-\u9fff]{2,4}(?:[ 、][\u4e00-\u9fff]{2,4}){0,3} ?(?=\n|$)",
)
_CREDIT = (
    r"[(](?=[^()\n]{0,60}(?:<credit>))"
    r"[^()\n]{1,80}[)](?=\s*(?:\n|$)|(?<=[)]))"
)
_INLINE = (
    r"(?:<inline>)[ :/]\s?"
    r"[\u4e00-\u9fff]{2,4}(?:[ 、][\u4e00-\u9fff]{2,4}){0,5}(?=\s*(?:\n|$|[)]|<inline end>))"
)
_ATTRIBUTION = r"据[^\n。,]{2,20}?(?:<attribution>)"
_WORK = re.compile(r"《[^《》\n]{1,80}》")


@cache
def _openings() -> tuple[re.Pattern[str], ...]:
    return tuple(with_words(pattern) for pattern in _OPENINGS)


@cache
def _anywhere() -> tuple[re.Pattern[str], ...]:
    return with_words(_CREDIT), with_words(_INLINE), with_words(_ATTRIBUTION)


def credits(folded: str) -> Iterator[Span]:
    """Yield the datelines, credits and bylines of folded text, in which nothing is named as part of the story."""
    line = 0
    while line >= 0:
        for pattern in _openings():
            opening = pattern.match(folded, line)
            if opening:
                yield Span(*opening.span())
        line = folded.find("\n", line + 1)
    credit, inline, attribution = _anywhere()
    for match in credit.finditer(folded):
        yield Span(*match.span())
    yield from _inline(inline, folded)
    yield from _attributions(attribution, folded)


def _inline(pattern: re.Pattern[str], folded: str) -> Iterator[Span]:
    """Yield bylines inside a line, with the writer's rank before them (本报记者)."""
    done, ranks = 0, words_of("zones", "own paper", "rank")
    for match in pattern.finditer(folded):
        start, end = match.span()
        rank = start - 2
        if rank >= done and folded[rank:start] in ranks:
            start = rank
        yield Span(start, end)
        done = end


def _attributions(pattern: re.Pattern[str], folded: str) -> Iterator[Span]:
    """Yield where a sentence opens by naming its source (据…报道)."""
    for match in pattern.finditer(folded):
        start, end = match.span()
        opening = start - 1 if start and folded[start - 1].isspace() else start
        if not opening or folded[opening - 1] in "。\n" or folded[opening] == "\n":
            yield Span(opening, end)


def works(folded: str) -> Iterator[Span]:
    """Yield the titles of works: 《…》."""
    for match in _WORK.finditer(folded):
        yield Span(*match.span())
