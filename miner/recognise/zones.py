"""Stretches in which names are not part of the story: datelines, source credits, bylines, titles of works."""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.offsets import Span

_DATELINE = re.compile(
    r"(?:^|\n)[ ·■●▲□◆]*(?:"
    r"(?:本报|本刊|本台|本网|本社)(?:综合)?(?:讯|电|消息|记者[^\n。,]{0,30}?(?:报道|电|讯))(?:[ ]?[(][^\n)。]{0,40}[)])?|"
    r"本报[^\n。,]{1,16}?(?:讯|电)(?:[ ]?[(][^\n)。]{0,40}[)])?|"
    r"[^\n。,]{1,12}?(?:网|社|报|台|新闻|客户端|频道)(?:消息|讯|电|快讯|报道)?(?:[(][^\n()]{1,30}[)])?:|"
    r"(?:据)?(?:新华社|新华网|中新社|中新网|人民网|央广网|中国新闻网|中国网|光明网|央视网)[^\n。]{0,24}?(?:电|讯|消息)(?:[ ]?[(][^\n()]{1,40}[)])?|"
    r"(?:记者|通讯员)[ :][^\n。,]{1,40}?(?:报道|电|讯)[:)]?"
    r")"
)
_CREDIT = re.compile(
    r"[(](?=[^()\n]{0,60}(?:记者|通讯员|实习生|报道|供稿|供图|摄影|消息|编辑|编译|作者|来源|摄[)]|电[)]|文[/:]|图[/:]))[^()\n]{1,80}[)](?=\s*(?:\n|$)|(?<=[)]))"
)
_BYLINE = re.compile(
    r"(?:^|\n)[ ·■●▲□◆]*(?:(?:本报|本刊|本台|见习|实习|特约|首席|驻[^\n]{1,6}?)?(?:记者|通讯员|实习生|作者|撰文|摄影|编辑|责编|责任编辑|来源|文|图|校对|制图)[ :/|])[^\n。]{1,60}(?=\n|$)"
)
_SHORT_BYLINE = re.compile(
    r"(?:^|\n)(?=[^\n]{0,40}(?:记者|通讯员|见习|实习生|责任编辑|摄影报道))[^\n。,!?;:“”]{2,44}(?=\n|$)"
)
_NAMES_ONLY = re.compile(
    r"\n[ □■●▲◆◇○◎·\ufffd/—-]*[\u4e00-\u9fff]{2,4}(?:[ 、][\u4e00-\u9fff]{2,4}){0,3} ?(?=\n|$)"
)
_INLINE = re.compile(
    r"(?:记者|通讯员|实习生|摄影|责任编辑|责编|编辑)[ :/]\s?[\u4e00-\u9fff]{2,4}(?:[ 、][\u4e00-\u9fff]{2,4}){0,5}(?=\s*(?:\n|$|[)]|报道|摄))"
)
_RANKS = ("本报", "本刊", "本台", "见习", "实习", "特约", "首席")
_ATTRIBUTION = re.compile(r"据[^\n。,]{2,20}?(?:报道|消息|通报|电)")
_WORK = re.compile(r"《[^《》\n]{1,80}》")


def credits(folded: str) -> Iterator[Span]:
    """Yield the datelines, credits and bylines of folded text, in which nothing is named as part of the story."""
    line = 0
    while line >= 0:
        for pattern in (_DATELINE, _BYLINE, _SHORT_BYLINE, _NAMES_ONLY):
            opening = pattern.match(folded, line)
            if opening:
                yield Span(*opening.span())
        line = folded.find("\n", line + 1)
    for match in _CREDIT.finditer(folded):
        yield Span(*match.span())
    yield from _inline(folded)
    yield from _attributions(folded)


def _inline(folded: str) -> Iterator[Span]:
    """Yield bylines inside a line, with the writer's rank before them (本报记者)."""
    done = 0
    for match in _INLINE.finditer(folded):
        start, end = match.span()
        rank = start - 2
        if rank >= done and folded[rank:start] in _RANKS:
            start = rank
        yield Span(start, end)
        done = end


def _attributions(folded: str) -> Iterator[Span]:
    """Yield where a sentence opens by naming its source (据…报道)."""
    for match in _ATTRIBUTION.finditer(folded):
        start, end = match.span()
        opening = start - 1 if start and folded[start - 1].isspace() else start
        if not opening or folded[opening - 1] in "。\n" or folded[opening] == "\n":
            yield Span(opening, end)


def works(folded: str) -> Iterator[Span]:
    """Yield the titles of works: 《…》."""
    for match in _WORK.finditer(folded):
        yield Span(*match.span())
