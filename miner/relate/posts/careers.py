"""When a post was held: the dates of a career's stages, and former posts told from present ones.

`2005年至2008年任某公司总裁` is a stage with both its years; `2015年起担任` has a first one only. A post is former where
the text says so (原, 前, 曾任, 卸任) or where its stage has ended. Dates and words are found once a sentence; every title
then looks the last one before it up, so that the cost is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from miner.language.gazetteer import words_of
from miner.language.lexicon import alternatives
from miner.model import PostStatus
from miner.relate.posts.sentence import SentenceParts

_DAY = r"((?:19|20)\d\d)\s?(?:[年./-]\s?(?:(\d{1,2})\s?(?:月|(?=[^\d])|$))?)?(?:\d{1,2}日)?"
_BETWEEN = 60
"""A date farther before a title than this does not date the post."""


class Stage(NamedTuple):
    """When a post began and ended, ISO as precise as the text has it, and whether it is still held."""

    since: str | None
    until: str | None
    status: PostStatus


@dataclass(frozen=True, slots=True)
class Marks:
    """Dates and telling words of a sentence with the offsets at which they end."""

    dates: tuple[re.Match[str], ...]
    date_ends: tuple[int, ...]
    words: tuple[tuple[int, str], ...]
    """(end, kind): takes, former or ends."""


def marks_of(row: SentenceParts) -> Marks:
    """Find the dates and the words of taking and leaving office in a sentence."""
    dates = tuple(_stage().finditer(row.view.folded, row.span.start, row.span.end))
    words = tuple(_words(row.view.folded, row.span.start, row.span.end))
    return Marks(dates, tuple(match.end() for match in dates), words)


def stage_of(row: SentenceParts, title: int, marks: Marks) -> Stage:
    """Return when a post was held, and whether it still is."""
    start = row.parts[title].span.start
    said = _last_word(row, marks, title)
    match = marks.dates[at] if (at := bisect_right(marks.date_ends, start) - 1) >= 0 else None
    since = until = None
    if match is not None and start - match.end() <= _BETWEEN and _dates(marks, match, start):
        since, until = _iso(match[1], match[2]), _iso(match[3], match[4])
    former = until is not None or said in ("former", "ends") or _called_former(row, title)
    return Stage(since, until, "former" if former else "present")


def _iso(year: str | None, month: str | None) -> str | None:
    if year is None:
        return None
    return f"{year}-{int(month):02}" if month and 1 <= int(month) <= 12 else year


def _words(folded: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for match in _pattern().finditer(folded, start, end):
        word = match.group()
        kind = next(kind for kind in ("ends", "former", "takes") if word in words_of("posts", kind))
        yield match.end(), kind


@cache
def _stage() -> re.Pattern[str]:
    """Return the pattern of a stage: a year or month, and the one it lasts to or the word for today."""
    to, now = ("|".join(sorted(map(re.escape, words_of("posts", kind)))) for kind in ("to", "now"))
    return re.compile(rf"(?<!\d){_DAY}(?:\s?(?:{to})\s?(?:{_DAY}|({now}))?)?(?!\d)")


@cache
def _pattern() -> re.Pattern[str]:
    words = {
        word
        for kind in ("ends", "former", "takes")
        for word in words_of("posts", kind)
        if "任" in word or len(word) > 1
    }
    return re.compile(alternatives(words))


def _last_word(row: SentenceParts, marks: Marks, title: int) -> str | None:
    """Return the kind of the last word of office before a title, None when another person is named after it."""
    at = bisect_right(marks.words, (row.parts[title].span.start, "~")) - 1
    if at < 0:
        return None
    named = next((part for part in reversed(row.parts[:title]) if part.kind == "P"), None)
    return None if named is not None and named.span.start >= marks.words[at][0] else marks.words[at][1]


def _dates(marks: Marks, match: re.Match[str], start: int) -> bool:
    """Tell whether a date dates a title: it opens a stage, and office is taken but once between both."""
    first = bisect_right(marks.words, (match.end(), "~"))
    taken = bisect_right(marks.words, (start, "~")) - first
    return taken == 1 or (taken == 0 and bool(match[3] or match[5]))


def _called_former(row: SentenceParts, title: int) -> bool:
    """Tell whether 原 or 前 stands before the title or before its body."""
    folded = row.view.folded
    begins = [row.parts[title].span.start]
    if title and row.parts[title - 1].kind == "B" and row.parts[title - 1].span.end == begins[0]:
        begins.append(row.parts[title - 1].span.start)
    title_text = row.parts[title].span.of(folded)
    return any(title_text.startswith(word) for word in words_of("posts", "former")) or any(
        folded[max(row.span.start, at - 2) : at].endswith(word)
        for at in begins
        for word in words_of("posts", "former")
    )
