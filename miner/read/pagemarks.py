"""Lines that programs and papers put around text: page marks (`- 3 -`, `===== Page 2 =====`), and running heads of newspaper,
date and page."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from miner.language.lexicon import load_lexicon

__all__ = ["RunningHead", "is_number", "is_page_mark", "running_head"]

_LONGEST = 60
_RULE = r"[-—–=_*~·•#<>!\s\f]"
_MARK = re.compile(
    rf"{_RULE}{{0,60}}[\[【（(]?\s?(?:page|p\.?)\s?\d{{1,4}}(?:\s?(?:of|/)\s?\d{{1,4}})?\s?[\]】）)]?{_RULE}{{0,60}}"
    rf"|{_RULE}{{0,60}}[\[【（(]?第\s?\d{{1,4}}\s?页(?:[\s/，,]{{0,4}}共\s?\d{{1,4}}\s?页)?[\]】）)]?{_RULE}{{0,60}}"
    r"|\s{0,8}[-—–=·•*]{1,30}\s{0,3}\d{1,4}\s{0,3}[-—–=·•*]{1,30}\s{0,8}|\s{0,8}\d{1,4}\s?/\s?\d{1,4}\s{0,8}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s{0,20}\d{1,3}\s{0,20}")
_PARTED = re.compile(r"[\s·•|｜/:：，,()（）\-—]{0,6}")


class RunningHead(NamedTuple):
    """The pieces that a running head is made of; `pieces` counts them."""

    pieces: int
    newspaper: str | None = None
    date: tuple[str, str, str] | None = None
    page: str | None = None


@lru_cache(maxsize=1)
def _pieces() -> re.Pattern[str]:
    words = {
        entry.kind: "|".join(sorted(entry.words, key=len, reverse=True))
        for entry in load_lexicon("furniture")
    }
    return re.compile(
        rf"《?(?P<newspaper>[一-鿿]{{1,6}}(?:{words['newspaper']}))》?"
        r"|(?P<year>(?:19|20)\d\d)\s?[年.\-/]\s?(?P<month>\d{1,2})\s?[月.\-/]\s?(?P<day>\d{1,2})\s?日?"
        r"|(?P<weekday>(?:星期|周)\s?[一二三四五六日天])|(?P<lunar>农历[一-鿿]{2,10})"
        r"|第?\s?(?P<page>[A-Z]{0,2}\d{1,3})\s?版|(?P<lettered>[A-Z]\d{1,3})(?![A-Za-z0-9])"
        rf"|(?P<section>{words['section']})"
    )


def is_page_mark(text: str) -> bool:
    """Tell whether a line is a mark of a page and nothing else.

    >>> is_page_mark("- 3 -"), is_page_mark("===== Page 2 ====="), is_page_mark("<!-- page 2 -->"), is_page_mark("第3页写着答案")
    (True, True, True, False)
    """
    return len(text) <= 2 * _LONGEST and _MARK.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Tell whether a line is a number of up to three digits: a page number, where it stands alone.

    >>> is_number(" 12 "), is_number("2023"), is_number("12%")
    (True, False, False)
    """
    return _NUMBER.fullmatch(text) is not None


def running_head(text: str) -> RunningHead | None:
    """Read a line that is made of newspaper, date, weekday, page and section; None when it holds anything else.

    >>> running_head("浦江晨报 2023年11月8日 星期三 A3")
    RunningHead(pieces=4, newspaper='浦江晨报', date=('2023', '11', '8'), page='A3')
    >>> running_head("2023年11月8日，记者来到展馆") is None
    True
    """
    text = text.strip()
    if not 2 <= len(text) <= _LONGEST:
        return None
    at, found = 0, list[re.Match[str]]()
    while at < len(text):
        piece = _pieces().match(text, at)
        if piece is None:
            return None
        found.append(piece)
        at = piece.end()
        at = parted.end() if (parted := _PARTED.match(text, at)) else at
    return _read(found)


def _read(found: list[re.Match[str]]) -> RunningHead:
    newspaper = next((piece["newspaper"] for piece in found if piece["newspaper"]), None)
    date = next(((p["year"], p["month"], p["day"]) for p in found if p["year"]), None)
    page = next((p["page"] or p["lettered"] for p in found if p["page"] or p["lettered"]), None)
    return RunningHead(len(found), newspaper, date, page)
