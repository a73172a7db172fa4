"""The grammar of times: which words and numbers form one, as patterns that are tried in order where a time may start.

The grammar is our own: the known Chinese date parsers read 1900户 and 1800家 as years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from miner.language.lexicon import alternatives, load_lexicon
from miner.language.numerals import han_class

_DASH = "(?:至|到|—{1,2}|[-－―–~～])"
_JOIN = "[、和及与]"
_ARABIC_YEAR = r"(?<![\d.])(?:1\d|20)\d\d"


class TimeWord(NamedTuple):
    """A word of time: its kind, and by how much it shifts."""

    kind: str
    shift: int | None
    value: str


@cache
def words(kind: str) -> dict[str, TimeWord]:
    """Return the words of one kind with what they mean.

    >>> words("day")["大后天"].shift
    3
    """
    found: dict[str, TimeWord] = {}
    for entry in load_lexicon("dates"):
        if entry.kind == kind:
            value = entry.values[0] if entry.values else ""
            shift = int(value) if value.lstrip("-").isdigit() else None
            found.update(dict.fromkeys((entry.name, *entry.words), TimeWord(kind, shift, value)))
    return found


@cache
def either(*kinds: str) -> str:
    """Return the words of some kinds as alternatives of a regular expression, the longest first."""
    return alternatives(word for kind in kinds for word in words(kind))


class DateRule(NamedTuple):
    """A way of naming a time: the name of what reads it, and its pattern."""

    name: str
    pattern: re.Pattern[str]


@cache
def rules() -> tuple[DateRule, ...]:
    """Return the grammar; where a time may start the first rule that matches and can be read wins."""
    return tuple(DateRule(name, re.compile(pattern)) for name, pattern in _patterns())


def _patterns() -> Iterator[tuple[str, str]]:
    han = han_class(scales=False, myriads=False)
    ten = f"{han}十廿卅"
    number = rf"(?:\d{{1,2}}|[{ten}]{{1,3}})"
    year = rf"(?:{_ARABIC_YEAR}|[{han}]{{4}}|[一二两][千仟][{han}十]{{1,4}})"
    day = rf" ?(?P<d>{number})"
    time = f"(?:{either('daytime')})?"
    month_of = rf"(?P<m>{number}) ?月(?!{_any('not_month')})"
    # 7日、8日和9日, 7至8日, 5日至11月10日, 5日至2023年1月2日: of a list the last day counts
    more = (
        rf" ?(?:[日号](?:{time}(?:{_JOIN} ?{number} ?日){{0,5}}(?:{_DASH}|{_JOIN}) ?"
        rf"(?:(?:(?P<y2>{year}) ?年)? ?(?P<m2>{number}) ?月)? ?(?P<d2>{number}) ?[日号](?!{_any('not_day')}))?"
        rf"|(?:(?:{_JOIN} ?{number}){{0,5}}(?:{_JOIN}|{_DASH})) ?(?P<d3>{number}) ?[日号](?!{_any('not_day')}))"
    )
    loose = f"(?:{either('loose')})?"
    months = rf"(?P<mm>{number})(?: ?月{loose})?{_DASH}(?P<mm2>{number}) ?月(?! ?{number} ?[日号]|{_any('not_month')}){loose}"
    tail = (
        rf"(?:(?P<part>{either('part')})|{months}|前(?P<first>\d{{1,2}}|[{ten}]{{1,2}})个?月|"
        rf"{month_of}(?:{day}{more}|{loose}))"
    )
    yield "habit", rf"(?:{either('habit')})(?:{month_of})?(?:{number}[日号])?[一二三四五六日天]?"
    yield (
        "iso",
        r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?P<mark>[-./])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?![\d]|\.\d)",
    )
    yield (
        "era",
        rf"(?:公元|西元)(?=\d)|(?P<era>{either('era', 'lunar_era')})(?P<n>\d{{1,4}}|元|[{ten}百]{{1,5}}) ?年"
        rf"(?:(?P<m>{number}) ?月(?:(?P<d>{number})[日号]?)?)?",
    )
    yield (
        "lunar",
        rf"(?:{either('lunar')})(?:{year}年|{_ARABIC_YEAR}年)?(?:[正冬腊]|闰?{number})月(?:初?{number}|廿[{han}]?)?[日号]?"
        rf"|[正腊]月(?:初[{ten}]|廿[{han}]?|[{ten}]{{1,3}})|[{ten}]{{1,2}}月(?:初[{ten}]|[{ten}]{{2,3}}(?![{ten}日号、至\d]))"
        rf"|大年(?:初[{ten}]|三十)",
    )
    yield (
        "decade",
        rf"(?:(?P<century>上|\d\d|[{ten}]{{2,3}})世纪)?(?P<decade>[1-9]0|[{han}]十)年代(?:初|中|末|后)?期?",
    )
    yield "decade", r"(?<!\d)(?P<whole>(?:19|20)\d0)年代(?:初|中|末|后)?期?"
    yield (
        "years",
        rf"(?<![A-Za-z\d.-])(?P<y>{_ARABIC_YEAR}|[{han}]{{4}})(?P<said> ?年度?)?{_DASH}(?P<y2>(?:19|20)\d\d|[{han}]{{4}})"
        rf"(?! ?年 ?{number} ?月|\d|[-./]\d)(?P<said2> ?年(?!代|级))?",
    )
    yield (
        "months",
        rf"(?P<y>{year}) ?年(?P<m>{number}) ?月{_DASH}(?:(?P<y2>{year}) ?年)?(?P<m2>{number}) ?月(?!{number})",
    )
    yield "with_year", rf"(?P<y>{year}) ?年(?!代|级|期)(?:[的 ]?{tail})?"
    yield (
        "short_year",
        rf"(?<![\d.刑期满近约时长])(?P<y>\d\d) ?年(?:(?<=0\d年)(?!间)|(?={number} ?月))(?:{tail})?",
    )
    yield (
        "relative_year",
        rf"(?P<ry>{either('year')})(?:度)?(?P<compared>同期)?(?P<today>的?今[天日])?(?:[的 ]?{tail})?",
    )
    yield "month_word", rf"(?P<month>{either('month')})(?:{day}{more}|{loose})"
    yield "first_months", rf"前(?P<first>\d{{1,2}}|[{ten}]{{1,2}})个?月(?!{_any('not_month')})"
    yield "first_months", rf"(?<![\d.个第]){months}"
    yield "bare_month", rf"(?<![\d.个第]){month_of}(?:{day}{more}|{loose})(?!个)"
    days = r"(?<![\d.月第])(?P<d>\d{1,2}) ?"
    after = rf"日(?!{_any('not_day')})"
    yield (
        "bare_day",
        rf"{days}(?:日{time}(?:{_DASH}|{_JOIN})(?P<d2>\d{{1,2}}){after}|(?:{_JOIN}|{_DASH})(?P<d3>\d{{1,2}}){after}|{after})",
    )
    yield "bare_day", rf"(?<![{ten}\d第月])(?P<d>[{ten}]{{1,3}})日(?=(?:{either('daytime')}))"
    yield (
        "span",
        rf"(?<![附临将])(?:(?P<past>{either('span')})|(?P<ahead>{either('ahead')}))(?:的)?"
        rf"(?P<n>\d{{1,3}}|[{ten}两半]{{1,2}})[多余]?(?P<unit>{either('unit')})(?!{_any('not_span')})",
    )
    yield (
        "ago",
        rf"(?P<n>\d{{1,3}}|[两半{ten}]{{1,2}})(?P<unit>(?!日){_any('unit')})"
        rf"(?:(?P<before>{either('before')})|(?P<after>{either('after')}))(?!{_any('not_ago')})",
    )
    yield "same_day", rf"(?P<same>{either('same')})"
    yield "same_month", rf"(?P<same>{either('same_month')})(?:(?P<d>{number})日)?"
    yield (
        "same_year",
        rf"(?<!不)(?P<same>{either('same_year')})(?![龄级代])(?:(?P<m>{number})月(?:(?P<d>{number})日)?)?",
    )
    yield "two_days", rf"(?P<rel>{either('two_days')})[两二](?:天|日)"
    yield "relative_day", rf"(?P<rel>{either('day')})"
    yield "expo_day", rf"(?P<expo>{either('expo')})"
    yield "weekend", rf"(?P<week>{either('week')})末"
    yield (
        "weekday",
        rf"(?P<week>{either('week', 'bare_week')})(?P<wd>[一二三四五六日天])(?!{_any('not_week')})",
    )
    yield "week", rf"(?P<week>{either('week')})(?!{_any('not_week')})"
    yield "quarter", rf"(?P<quarter>{either('quarter')})"
    yield "part_of_year", rf"(?<![{ten}\d两几半数上下])(?P<part>{either('part')})"
    yield "vague", rf"(?:{either('vague')})"


def _any(kind: str) -> str:
    return f"(?:{either(kind)})"


_UNITS = "(?:[年月日天周]|个月|个?[星礼]|世纪)"
_STARTERS = (
    "habit", "era", "lunar_era", "lunar", "year", "month", "span", "ahead", "same", "same_month", "same_year", "two_days", "day",
    "expo", "week", "bare_week", "quarter", "part", "vague",
)  # fmt: skip


@cache
def scanner() -> re.Pattern[str]:
    """Find where a time may start. One class of first characters leads, so that the search skips all other text at once."""
    tails: dict[str, set[str]] = {
        "前": {r"[\d一二三四五六七八九十]"},
        "正": {"月"},
        "腊": {"月"},
        "大": {"年"},
    }
    tails |= {"公": {"元"}, "西": {"元"}, "上": {"世纪"}}
    for kind in _STARTERS:
        for word in words(kind):
            weekday = "[一二三四五六日天]" if word == "周" else ""
            tails.setdefault(word[0], set()).add(re.escape(word[1:]) + weekday)
    branches = [
        rf"(?<={first})(?:{'|'.join(sorted(rest, key=lambda tail: (-len(tail), tail)))})"
        for first, rest in sorted(tails.items())
    ]
    han = han_class(myriads=False) + "廿卅半"
    digits = rf"(?<=\d)\d{{0,3}} ?(?:[-./—–~、至到]|{_UNITS})"
    numerals = rf"(?<=[{han}])[{han}]{{0,5}} ?{_UNITS}"
    firsts = "".join(sorted(tails))
    return re.compile(rf"(?:(?<!\d)\d|[{han}{firsts}])(?:{digits}|{numerals}|{'|'.join(branches)})")
