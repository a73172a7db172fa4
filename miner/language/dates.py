"""Dates as newspapers write them: 11月7日、8日 / 昨天 / 本月5日 → ISO dates, given the date of issue.

The grammar is our own: the known Chinese date parsers read 1900户 and 1800家 as years. Calendar arithmetic is the standard library's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from miner.expo import edition_days, year_edition
from miner.language.lexicon import load_lexicon
from miner.language.numerals import read_number
from miner.offsets import Span

Precision = Literal["day", "month", "year", "none"]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A time that the text names, as precise as it can be told, and how it was found."""

    span: Span
    text: str
    date: str | None
    """ISO: 2022, 2022-11 or 2022-11-07; None for a vague one."""
    date_end: str | None
    precision: Precision
    method: str
    """written, year-of-issue, running, relative, bracket, same-day, expo-day, part-of-year, vague, impossible or no-issue-date."""


@cache
def _words() -> dict[str, tuple[str, int]]:
    """Word of time → (kind, shift)."""
    return {
        word: (entry.kind or "vague", int(entry.values[0]) if entry.values else 0)
        for entry in load_lexicon("dates")
        for word in (entry.name, *entry.words)
    }


@cache
def _grammar() -> re.Pattern[str]:
    by_kind: dict[str, list[str]] = {}
    for word, (kind, _) in _words().items():
        by_kind.setdefault(kind, []).append(word)
    either = {k: "|".join(sorted(map(re.escape, v), key=len, reverse=True)) for k, v in by_kind.items()}
    number = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
    dash = r"(?:至|到|—{1,2}|-|－|―|–|~|～|、|和|及)"
    # 7日、8日 and 7至8日: the first day may lack its 日 when the second has one
    more = rf"(?:[日号](?:(?:[上下]午|晚间?|中午)?{dash}(?:(?P<m2>{number})月)?(?P<d2>{number})[日号])?|[至、和](?P<d7>\d{{1,2}})[日号])"
    return re.compile(
        rf"(?P<iso>(?<!\d)(?P<iy>(?:19|20)\d\d)[-./](?P<im>\d{{1,2}})[-./](?P<id>\d{{1,2}})(?!\d))"
        rf"|(?P<y>(?<![\d.])(?:19|20)\d\d|[一二][九〇零○][〇零○一二三四五六七八九]{{2}})年(?!代|级)"
        rf"(?:(?P<part1>{either['part']})|(?P<m>{number})月(?P<loose1>份|初|底|末|中旬|上旬|下旬)?(?:(?P<d>{number}){more})?)?"
        rf"|(?P<ry>{either['year']})(?:的)?"
        rf"(?:(?P<part2>{either['part']})|(?P<rm>{number})月(?:份|初|底|末|中旬|上旬|下旬)?(?:(?P<rd>{number}){_renamed(more, 3)})?)?"
        rf"|(?P<month>{either['month']})(?:(?P<md>{number}){_renamed(more, 6)})?"
        rf"|(?<![\d.个第])(?P<bm>{number})月(?!球|饼|光|亮|薪)(?:份|初|底|末|中旬|上旬|下旬)?(?:(?P<bd>{number}){_renamed(more, 4)})?"
        rf"|(?<![\d.月第])(?P<day>\d{{1,2}})(?:日(?!本|元|均|内|游|报|间|语|系|方|资|企)(?:{dash}(?P<d5>\d{{1,2}})日)?|[、至](?P<e5>\d{{1,2}})日(?!本|元|均|内|游|报|间|语|系|方|资|企))"
        rf"|(?P<ago>\d{{1,2}}|[一两二三四五六七八九十]{{1,2}})(?P<unit>天|年)(?P<side>前|后)(?!期|续)"
        rf"|(?P<same>{either['same']})|(?P<sameyear>{either['sameyear']})(?:(?P<sm>{number})月(?:(?P<sd>{number})日)?)?|(?P<rel>{either['day']})|(?P<expo>{either['expo']})"
        rf"|(?P<week>{either['week']})(?P<wd>[一二三四五六日天])(?!边|围|年|刊|报)|(?P<weeks>本周|这周|上周|下周)(?!刊|期|围|边|末)"
        rf"|(?<![\d一二三四五六七八九十两几半数])(?P<part>{either['part']})|(?P<vague>{either['vague']})"
    )


def _renamed(pattern: str, group: int) -> str:
    """Give the groups of a repeated pattern names of their own."""
    return (
        pattern.replace("<m2>", f"<m{group}>").replace("<d2>", f"<d{group}>").replace("<d7>", f"<e{group}>")
    )


@cache
def _scanner() -> re.Pattern[str]:
    """Find where a time may start. One class of first characters leads, so that the search skips all other text at once."""
    tails: dict[str, set[str]] = {}
    for word, (kind, _) in _words().items():
        tails.setdefault(word[0], set()).add(
            word[1:] + ("[一二三四五六日天]" if kind == "week" and len(word) == 1 else "")
        )
    branches = [rf"(?<={first})(?:{'|'.join(sorted(rest))})" for first, rest in tails.items()]
    digits = r"(?<=\d)(?:\d{0,3}[-./年月日]|\d?(?:[、至]\d{1,2}日|天[前后]))"
    numerals = "(?<=[一两二三四五六七八九十])(?:[一二三四五六七八九十〇零○]{0,3}[年月]|[一二三四五六七八九十]?天[前后])"
    firsts = "".join(sorted(tails))
    return re.compile(rf"[\d一两二三四五六七八九十{firsts}](?:{digits}|{numerals}|{'|'.join(branches)})")


_FUTURE = re.compile("将|拟|计划|定于|预计|倒计时|即将|启幕")
_WEEKDAYS = {c: i for i, c in enumerate("一二三四五六")} | {"日": 6, "天": 6}


class _Reader:
    """Reads the dates of one text in order; remembers the day last named, for 当天 and 7日."""

    def __init__(self, text: str, issued: date | None, edition: int | None) -> None:
        self.text, self.issued, self.edition = text, issued, edition
        self.running: date | None = None
        self.running_at = 0
        self.ahead: tuple[date, int] | None = None
        self.year_here: tuple[int, int] | None = None

    def read(self, match: re.Match[str]) -> DateMention:
        """Resolve one match."""
        group = match.groupdict()
        for key, resolve in _RESOLVERS:
            if group[key] is not None:
                found = resolve(self, match)
                break
        else:
            raise AssertionError("the grammar and the resolvers disagree")
        if found.precision == "day" and found.date is not None:
            self.remember(date.fromisoformat(found.date), match)
        return found

    def remember(self, day: date, match: re.Match[str]) -> None:
        """Keep a day for 当天: days ahead of the issue count only in their own sentence, flashbacks (前一天) never."""
        if match.group("same") and _words()[match.group("same")][1] < 0:
            return
        if self.text[max(match.start() - 3, 0) : match.start()].endswith(
            ("原定", "原拟", "原计划", "原定于")
        ):
            return
        if self.issued is not None and day > self.issued:
            self.ahead = day, match.start()
            if self.running is not None:
                return
        self.running, self.running_at = day, match.start()

    def made(
        self, match: re.Match[str], when: tuple[int, int | None, int | None], method: str
    ) -> DateMention:
        """Build a mention from year, month, day; the second date of a range may follow."""
        year, month, day = when
        try:
            if day is not None and month is not None:
                first = date(year, month, day)
            elif month is not None:
                first = date(year, month, 1)
            else:
                return DateMention(Span(*match.span()), match.group(), f"{year:04}", None, "year", method)
        except ValueError:
            return DateMention(Span(*match.span()), match.group(), None, None, "none", "impossible")
        if day is None:
            return DateMention(
                Span(*match.span()), match.group(), first.isoformat()[:7], None, "month", method
            )
        end = self.range_end(match, first)
        if end == "impossible":
            return DateMention(
                Span(*match.span()), match.group(), first.isoformat(), None, "day", "impossible-end"
            )
        return DateMention(Span(*match.span()), match.group(), first.isoformat(), end, "day", method)

    @staticmethod
    def range_end(match: re.Match[str], first: date) -> str | None:
        """Return the last day of a range or list, "impossible" when there is no such day."""
        group = match.groupdict()
        for month_key, day_key in _RANGES:
            if group.get(day_key):
                month = _number(group[month_key]) if month_key and group[month_key] else first.month
                year = first.year + (1 if month < first.month else 0)
                try:
                    last = date(year, month, _number(group[day_key]))
                except ValueError:
                    return "impossible"
                return last.isoformat() if last > first else None
        return None

    def near_year(self, month: int, day: int | None, at: int) -> int | None:
        """Choose the year of a date that has none: the last such day, unless it lies a little ahead or is announced."""
        paragraph = self.text.rfind("\n", 0, at)
        if self.year_here is not None and self.year_here[1] > max(paragraph, self.text.rfind("。", 0, at)):
            return self.year_here[0]
        if self.issued is None:
            return self.running.year if self.running else None
        distance = (month - self.issued.month) * 30.5 + ((day or 15) - self.issued.day)
        announced = _FUTURE.search(self.text, max(at - 12, 0), at + 16) is not None
        if distance < -240 and announced:
            return self.issued.year + 1
        if distance < -300:
            return self.issued.year + 1
        if distance > 150 and not announced:
            return self.issued.year - 1
        return self.issued.year

    def iso(self, match: re.Match[str]) -> DateMention:
        """Read 2022-11-07."""
        return self.made(match, (int(match["iy"]), int(match["im"]), int(match["id"])), "written")

    def with_year(self, match: re.Match[str]) -> DateMention:
        """Read 2022年, 2022年11月, 2022年11月7日."""
        raw = match["y"]
        year = _number(raw)
        self.year_here = (year, match.start())
        month = _number(match["m"]) if match["m"] else None
        return self.made(match, (year, month, _number(match["d"]) if match["d"] else None), "written")

    def relative_year(self, match: re.Match[str]) -> DateMention:
        """Read 去年, 去年11月, 去年11月7日."""
        if self.issued is None:
            return _unknown(match, "no-issue-date")
        year = self.issued.year + _words()[match["ry"]][1]
        self.year_here = (year, match.start())
        month = _number(match["rm"]) if match["rm"] else None
        return self.made(match, (year, month, _number(match["rd"]) if match["rd"] else None), "relative")

    def month_word(self, match: re.Match[str]) -> DateMention:
        """Read 本月, 本月5日."""
        if self.issued is None:
            return _unknown(match, "no-issue-date")
        months = self.issued.year * 12 + self.issued.month - 1 + _words()[match["month"]][1]
        day = _number(match["md"]) if match["md"] else None
        return self.made(match, (months // 12, months % 12 + 1, day), "relative")

    def bare_month(self, match: re.Match[str]) -> DateMention:
        """Read 11月 and 11月7日, which take a year from what stands around them."""
        month, day = _number(match["bm"]), _number(match["bd"]) if match["bd"] else None
        year = self.near_year(month, day, match.start())
        if not 1 <= month <= 12:
            return _unknown(match, "impossible")
        if year is None:
            return _unknown(match, "no-issue-date")
        return self.made(match, (year, month, day), "year-of-issue")

    def bare_day(self, match: re.Match[str]) -> DateMention:
        """Read 7日, which takes month and year from the day last named or from the issue."""
        day = int(match["day"])
        if not 1 <= day <= 31:
            return _unknown(match, "impossible")
        if self.running is not None and self.text.rfind("\n", 0, match.start()) < self.running_at:
            return self.made(match, (self.running.year, self.running.month, day), "running")
        base = self.issued or self.running
        if base is None:
            return _unknown(match, "no-issue-date")
        announced = _FUTURE.search(self.text, max(match.start() - 12, 0), match.end() + 10) is not None
        months = base.year * 12 + base.month - 1
        if day > base.day + 3 and not announced and not self.known_month(base):
            months -= 1
        elif announced and day < base.day - 20:
            months += 1
        return self.made(match, (months // 12, months % 12 + 1, day), "running")

    def known_month(self, base: date) -> bool:
        """Tell whether the story has named a day of the month of issue."""
        return self.running is not None and (self.running.year, self.running.month) == (base.year, base.month)

    def same_day(self, match: re.Match[str]) -> DateMention:
        """Read 当天, 次日: the day last named, or near it."""
        base = self.running
        if self.ahead is not None and self.text.find("。", self.ahead[1], match.start()) < 0:
            base = self.ahead[0]
        if base is None:
            return _unknown(match, "vague")
        day = base + timedelta(days=_words()[match["same"]][1])
        return DateMention(Span(*match.span()), match.group(), day.isoformat(), None, "day", "same-day")

    def same_year(self, match: re.Match[str]) -> DateMention:
        """Read 同年, 当年12月: the year last named."""
        if self.year_here is None:
            return _unknown(match, "vague")
        year = self.year_here[0] + _words()[match["sameyear"]][1]
        month, day = (_number(match[key]) if match[key] else None for key in ("sm", "sd"))
        return self.made(match, (year, month, day), "running")

    def ago(self, match: re.Match[str]) -> DateMention:
        """两天前 counts from the issue; 三天后 from the day last named, when there is one."""
        count = 2 if match["ago"] == "两" else _number(match["ago"])
        base = (self.running if match["side"] == "后" else None) or self.issued
        if base is None:
            return _unknown(match, "no-issue-date")
        sign = -1 if match["side"] == "前" else 1
        if match["unit"] == "年":
            return self.made(match, (base.year + sign * count, None, None), "relative")
        day = base + timedelta(days=sign * count)
        return DateMention(Span(*match.span()), match.group(), day.isoformat(), None, "day", "relative")

    def relative_day(self, match: re.Match[str]) -> DateMention:
        """Read 今天, 昨天."""
        if self.issued is None:
            return _unknown(match, "no-issue-date")
        day = self.issued + timedelta(days=_words()[match["rel"]][1])
        return DateMention(Span(*match.span()), match.group(), day.isoformat(), None, "day", "relative")

    def expo_day(self, match: re.Match[str]) -> DateMention:
        """Read 展期最后一天: a day of the edition at hand."""
        edition = self.edition or (year_edition(self.issued.year) if self.issued else None)
        if edition is None:
            return _unknown(match, "vague")
        shift = _words()[match["expo"]][1]
        first, last = edition_days(edition)
        day = last if shift < 0 else first + timedelta(days=shift)
        return DateMention(Span(*match.span()), match.group(), day.isoformat(), None, "day", "expo-day")

    def weekday(self, match: re.Match[str]) -> DateMention:
        """Read 上周五, 周二."""
        if self.issued is None:
            return _unknown(match, "no-issue-date")
        monday = self.issued - timedelta(days=self.issued.weekday())
        word = match["week"]
        day = monday + timedelta(days=_WEEKDAYS[match["wd"]] + 7 * _words()[word][1])
        if (
            word in ("周", "星期", "礼拜")
            and day > self.issued
            and not _FUTURE.search(self.text, match.end(), match.end() + 12)
        ):
            day -= timedelta(days=7)
        return DateMention(Span(*match.span()), match.group(), day.isoformat(), None, "day", "relative")

    def week(self, match: re.Match[str]) -> DateMention:
        """本周 without a weekday is no more than the month that the week lies in."""
        if self.issued is None:
            return _unknown(match, "no-issue-date")
        day = self.issued + timedelta(days=7 * _words()[match["weeks"]][1])
        return DateMention(Span(*match.span()), match.group(), day.isoformat()[:7], None, "month", "relative")

    def part_of_year(self, match: re.Match[str]) -> DateMention:
        """Read 年内, 三季度: no more than the year is told."""
        if self.issued is None:
            return _unknown(match, "no-issue-date")
        return DateMention(
            Span(*match.span()), match.group(), str(self.issued.year), None, "year", "part-of-year"
        )

    def vague(self, match: re.Match[str]) -> DateMention:
        """Read 日前, 近日: no day is told."""
        return _unknown(match, "vague")


_RANGES = (
    ("m2", "d2"), ("", "d7"), ("m3", "d3"), ("", "e3"), ("m4", "d4"), ("", "e4"), ("m6", "d6"), ("", "e6"), ("", "d5"), ("", "e5"),
)  # fmt: skip
_RESOLVERS = (
    ("iso", _Reader.iso), ("y", _Reader.with_year), ("ry", _Reader.relative_year), ("month", _Reader.month_word),
    ("bm", _Reader.bare_month), ("day", _Reader.bare_day), ("ago", _Reader.ago), ("same", _Reader.same_day), ("sameyear", _Reader.same_year), ("rel", _Reader.relative_day),
    ("expo", _Reader.expo_day), ("week", _Reader.weekday), ("weeks", _Reader.week), ("part", _Reader.part_of_year), ("vague", _Reader.vague),
)  # fmt: skip


def _unknown(match: re.Match[str], method: str) -> DateMention:
    return DateMention(Span(*match.span()), match.group(), None, None, "none", method)


def _number(text: str) -> int:
    """Read a day, month or year that the grammar has found; 0 for none."""
    return read_number(text) or 0


def find_dates(
    text: str, *, issued: str | None = None, edition: int | None = None
) -> tuple[DateMention, ...]:
    """Return the times that a text names, in order; a date in brackets behind 今天 decides for both.

    >>> [d.date for d in find_dates("11月7日、8日，今天（11月9日），去年，日前", issued="2022-11-09")]
    ['2022-11-07', '2022-11-09', '2021', None]
    """
    reader = _Reader(text, _issue(issued), edition)
    found: list[DateMention] = []
    for match in _matches(text):
        mention = reader.read(match)
        if found and _in_bracket(text, found[-1], mention):
            found[-1] = _decided(text, found[-1], mention)
            continue
        found.append(mention)
    return tuple(found)


def _matches(text: str) -> Iterator[re.Match[str]]:
    grammar, scanner = _grammar(), _scanner()
    at = 0
    while (hit := scanner.search(text, at)) is not None:
        match = grammar.match(text, hit.start())
        if match is None:
            at = hit.start() + 1
        else:
            yield match
            at = match.end()


def _issue(issued: str | None) -> date | None:
    try:
        return date.fromisoformat(issued) if issued else None
    except ValueError:
        return None


def _in_bracket(text: str, outer: DateMention, inner: DateMention) -> bool:
    end = outer.span.end
    if text[end : end + 2] in ("上午", "下午", "晚间", "中午", "凌晨"):
        end += 2
    return (
        text[end : end + 1] in ("（", "(") and inner.span.start == end + 1 and text[inner.span.end : inner.span.end + 1] in ("）", ")")
        and inner.precision == "day"
    )  # fmt: skip


def _decided(text: str, outer: DateMention, inner: DateMention) -> DateMention:
    span = Span(outer.span.start, inner.span.end + 1)
    return DateMention(span, span.of(text), inner.date, inner.date_end, inner.precision, "bracket")


def iter_problems(dates: tuple[DateMention, ...]) -> Iterator[str]:
    """Yield the wording of each impossible date."""
    for mention in dates:
        if mention.method.startswith("impossible"):
            yield mention.text
