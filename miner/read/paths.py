"""What a path says: issue date, page and newspaper, by configurable patterns."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from miner.errors import ConfigError
from miner.language.lexicon import listed
from miner.language.numerals import read_number
from miner.read.markup import markup

_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s{0,2}[-/.年]\s{0,2}(\d{1,2})\s{0,2}[-/.月]\s{0,2}(\d{1,2})(?!\d)"
)
_REPUBLIC = 1911
"""The year before the first of the Republic of China, whose years papers of Taiwan print."""
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal or browser obeys rather than shows."""
_PRESS = "{press}"
"""In a pattern this stands for what names of newspapers end in before 报."""
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)")


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What was read from a path; None where it says nothing."""

    issue_date: str | None = None
    page: str | None = None
    newspaper: str | None = None


@lru_cache(maxsize=1024)
def path_facts(path: str, patterns: tuple[str, ...]) -> PathFacts:
    """Read issue date, page and newspaper from a path by regular expressions; the first pattern that fits a thing wins.

    >>> from miner.config import DEFAULT_PATH_PATTERNS
    >>> path_facts("2023-11-08/01版/a.txt", DEFAULT_PATH_PATTERNS)
    PathFacts(issue_date='2023-11-08', page='1', newspaper=None)
    >>> path_facts("rmrb/pc/content/202412/25/content_30047.html", DEFAULT_PATH_PATTERNS).issue_date
    '2024-12-25'

    Raises ConfigError when a pattern is no regular expression.
    """
    date = page = newspaper = None
    for pattern in patterns:
        for found in _compiled(pattern).finditer(path):
            groups = found.groupdict()
            if date is None and groups.get("year"):
                date = day(groups["year"], groups.get("month"), groups.get("day"))
                if date is None:
                    continue
            page = page or page_name(groups.get("page"))
            newspaper = newspaper or groups.get("newspaper")
            break
    return PathFacts(date, page, newspaper)


def page_name(text: str | None) -> str | None:
    """Return a page number without leading zeros; lettered pages stay as printed.

    >>> page_name("01"), page_name("A02"), page_name("")
    ('1', 'A02', None)
    """
    if not text:
        return None
    return text.lstrip("0") or None if text.isdigit() else text.upper()


def day(year: str, month: str | None, number: str | None) -> str | None:
    """Return an ISO date, or None when there is no such day.

    >>> day("2023", "11", "8"), day("2023", "2", "30")
    ('2023-11-08', None)
    """
    try:
        return datetime.date(int(year), int(month or 0), int(number or 0)).isoformat()
    except ValueError:
        return None


def iso_date(text: str) -> str | None:
    """Return the first whole date in a text, as ISO; years of the Republic and Chinese numerals are read too.

    >>> iso_date("发布时间:2019年3月6日 10:12"), iso_date("20191125091200"), iso_date("昨天")
    ('2019-03-06', '2019-11-25', None)
    >>> iso_date("二〇二三年十一月七日"), iso_date("民國112年11月7日")
    ('2023-11-07', '2023-11-07')
    """
    for pattern in (_DATE, _COMPACT):
        for found in pattern.finditer(text):
            if made := day(*found.groups()):
                return made
    return next(_written(text), None) if "年" in text else None


def _written(text: str) -> Iterator[str]:
    """Yield the dates that are written in Chinese numerals or in years of the Republic."""
    for found in _written_date().finditer(text):
        year, month, number = map(_number, found.group("year", "month", "day"))
        year += _REPUBLIC if found["republic"] else 0
        if year > _REPUBLIC and (made := day(str(year), str(month), str(number))):
            yield made


@lru_cache(maxsize=1)
def _written_date() -> re.Pattern[str]:
    digit = rf"[\d{markup().digits}]"
    return re.compile(
        rf"(?P<republic>民[国國]\s?)?(?P<year>{digit}{{1,6}})\s?年"
        rf"\s?(?P<month>{digit}{{1,2}})\s?月\s?(?P<day>{digit}{{1,3}})\s?日"
    )


def _number(text: str) -> int:
    return read_number(text) or 0


def printable(path: str) -> str:
    r"""Return a path as text that can be stored and shown: not UTF-8 is read as GB18030, controls are escaped.

    A terminal obeys control characters in a name, and marks of direction make a name look like another.

    >>> printable("第01版.txt"), printable("a\x1b[2J.txt")
    ('第01版.txt', 'a\\x1b[2J.txt')
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raw = os.fsencode(path)
        try:
            path = raw.decode("gb18030")
        except UnicodeDecodeError:
            path = raw.decode("utf-8", "replace")
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), path)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    if _PRESS in pattern:
        pattern = pattern.replace(_PRESS, "|".join(map(re.escape, listed("paths", "press"))))
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ConfigError(
            f"path_patterns: {pattern!r} 不是正则表达式 / not a regular expression: {error}"
        ) from error
