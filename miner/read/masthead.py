"""What the lines of a page say of the page: newspaper, issue date and page number, where a line holds nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from miner.model import Line
from miner.read.markup import markup
from miner.read.pagemarks import running_head
from miner.read.paths import PathFacts, day, page_name

_LONGEST = 40
"""Characters of the longest line that is looked at."""
_DATE = re.compile(
    r"^[一-鿿]{0,10}((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日(?:星期[一二三四五六日天]|农历|的报道为)\S{0,24}$"
)
_PAGE = re.compile(r"^第?([A-Z]{0,2}\d{1,3})版[·:：|｜/]?[一-鿿]{0,6}$")


def masthead(lines: Iterable[Line]) -> PathFacts:
    """Read what the page furniture states; page and newspaper only where all such lines agree.

    >>> masthead([Line(1, "浦江晨报"), Line(2, "2023年11月8日 星期三"), Line(3, "第 3 版 要闻"), Line(4, "（下转第5版）")])
    PathFacts(issue_date='2023-11-08', page='3', newspaper='浦江晨报')
    """
    dates: list[str | None] = []
    pages: set[str | None] = set()
    names: set[str] = set()
    for line in lines:
        if len(line.text) > _LONGEST or not ("版" in line.text or "报" in line.text or "日" in line.text):
            continue
        found = _stated(line.text)
        dates += [found.issue_date] if found.issue_date else []
        pages |= {found.page} if found.page else set()
        names |= {found.newspaper} if found.newspaper else set()
    return PathFacts(
        next(filter(None, dates), None),
        pages.pop() if len(pages) == 1 else None,
        names.pop() if len(names) == 1 else None,
    )


def _stated(line: str) -> PathFacts:
    """What one line states."""
    head = running_head(line)
    if head and head.pieces > 1 and (head.date or head.page):
        return PathFacts(day(*head.date) if head.date else None, page_name(head.page), head.newspaper)
    text = "".join(line.split())
    if found := _DATE.match(text):
        return PathFacts(day(*found.groups()), None, None)
    if found := _PAGE.match(text):
        return PathFacts(None, page_name(found.group(1)), None)
    return PathFacts(None, None, text if _newspaper().match(text) else None)


@cache
def _newspaper() -> re.Pattern[str]:
    return re.compile(rf"^[一-鿿]{{2,6}}{markup().words['mastheads']}$")
