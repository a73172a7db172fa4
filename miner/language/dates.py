"""Dates as newspapers write them: 11月7日、8日 / 昨天 / 本月5日 → ISO dates, given the date of issue.

Calendar arithmetic is the standard library's; what forms a time is in `date_grammar`, the words in `dates.yml`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from miner.expo import edition_days, year_edition
from miner.language.date_grammar import either, rules, scanner, words
from miner.language.fold import simplify
from miner.language.lexicon import load_lexicon
from miner.language.numerals import read_number
from miner.offsets import Span

Precision = Literal["day", "month", "year", "none"]
_EARLIEST, _LATEST = 1800, 2100
"""Years outside are told by history books, or are of another calendar."""
_WEEKDAYS = {char: index for index, char in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_OPEN, _CLOSE = ("（", "("), ("）", ")")
_SILENT = frozenset({"compared", "habit"})
"""Times of which nothing is told (比去年, 每周五): they are passed over."""


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
    """written, year-of-issue, inferred-year, running, relative, bracket, same-day, expo-day, part-of-year; span (近五年: no event is dated by it); and without a
    date: vague, lunar, historic (before 1800, or a calendar not converted), impossible or no-issue-date."""
    yearless: str | None = None
    """A day whose year is not known, as EDTF writes it: XXXX-11-07."""


@dataclass(frozen=True, slots=True)
class _When:
    """What a match says, before its words are known."""

    date: str | None
    precision: Precision
    method: str
    end: str | None = None
    yearless: str | None = None


def find_dates(
    text: str, *, issued: str | None = None, edition: int | None = None, year: int | None = None
) -> tuple[DateMention, ...]:
    """Return the times that a text names, in order; a date in brackets behind 今天 decides for both. `year` is that of a page
    which nobody dated, as it was inferred: it serves where `issued` is not known.

    >>> [d.date for d in find_dates("11月7日、8日，今天（11月9日），去年，日前", issued="2022-11-09")]
    ['2022-11-07', '2022-11-09', '2021', None]
    >>> [(d.date, d.yearless) for d in find_dates("11月7日")]
    [(None, 'XXXX-11-07')]
    >>> [(d.date, d.method) for d in find_dates("11月7日", year=2023)]
    [('2023-11-07', 'inferred-year')]
    """
    reader = _Reader(simplify(text), _issue(issued), edition, year)
    found: list[DateMention] = []
    for span, when in reader.read():
        if when.method in _SILENT:
            continue
        mention = DateMention(
            span, span.of(text), when.date, when.end, when.precision, when.method, when.yearless
        )
        if found and _in_bracket(reader.text, found[-1], mention):
            found[-1] = _decided(text, found[-1], mention)
        else:
            found.append(mention)
    return tuple(found)


def iter_problems(dates: tuple[DateMention, ...]) -> Iterator[str]:
    """Yield the wording of each impossible date."""
    for mention in dates:
        if mention.method.startswith("impossible"):
            yield mention.text


def _issue(issued: str | None) -> date | None:
    try:
        return date.fromisoformat(issued) if issued else None
    except ValueError:
        return None


def _in_bracket(text: str, outer: DateMention, inner: DateMention) -> bool:
    end = outer.span.end
    hour = _daytime().match(text, end)
    end = hour.end() if hour else end
    after = text[inner.span.end : inner.span.end + 1]
    opens = text[end : end + 1] in _OPEN and inner.span.start == end + 1
    return opens and after in _CLOSE and (inner.precision == "day" or _is_weekday(inner.text))


@cache
def _daytime() -> re.Pattern[str]:
    return re.compile(either("daytime"))


def _is_weekday(named: str) -> bool:
    return named[-1:] in _WEEKDAYS and (named[:-1] in words("bare_week") or named[:-1] in words("week"))


def _decided(text: str, outer: DateMention, inner: DateMention) -> DateMention:
    """Return a time with its bracket: 今天（11月8日） is the day in it, 11月8日（周三） the day before it."""
    span = Span(outer.span.start, inner.span.end + 1)
    chosen = outer if _is_weekday(inner.text) and outer.precision == "day" else inner
    return DateMention(
        span, span.of(text), chosen.date, chosen.date_end, chosen.precision, "bracket", chosen.yearless
    )


_NONE = _When(None, "none", "vague")


class _Reader:
    """Reads the dates of one text in order; remembers the day last named, for 当天 and 7日."""

    def __init__(self, text: str, issued: date | None, edition: int | None, year: int | None = None) -> None:
        self.text, self.issued, self.edition = text, issued, edition
        self.year = None if issued else year
        self.running: date | None = None
        self.running_at = 0
        self.ahead: tuple[date, int] | None = None
        self.year_here: tuple[int, int] | None = None
        self.heading: int | None = None
        """The year of the heading above: it holds for the paragraphs under it."""

    def read(self) -> Iterator[tuple[Span, _When]]:
        """Yield every time with what it says."""
        at = 0
        while (hit := scanner().search(self.text, at)) is not None:
            read = self._at(hit.start())
            if read is None:
                at = hit.start() + 1
                continue
            span, when = read
            yield span, when
            at = span.end

    def _at(self, start: int) -> tuple[Span, _When] | None:
        """Try the rules at one place."""
        for name, pattern in rules():
            match = pattern.match(self.text, start)
            when = _READERS[name](self, match) if match is not None else None
            if match is None or when is None:
                continue
            if self._is_compared(match, name):
                when = _When(None, "none", "compared")
            if when.precision == "day" and when.date is not None:
                self._remember(date.fromisoformat(when.date), match)
            return Span(*match.span()), when
        return None

    def _is_compared(self, match: re.Match[str], name: str) -> bool:
        """Tell whether a year or month is only what something is compared with: 比去年, 较5月."""
        if name not in ("with_year", "relative_year", "bare_month", "month_word"):
            return False
        before = self.text[max(match.start() - 3, 0) : match.start()]
        return "同期" in match.group() or before.endswith(tuple(words("against")))

    def _remember(self, day: date, match: re.Match[str]) -> None:
        """Keep a day for 当天: days ahead of the issue count only in their own sentence, flashbacks (前一天) never."""
        same = match.groupdict().get("same")
        if same in words("same") and (words("same")[same].shift or 0) < 0:
            return
        if self.text[max(match.start() - 4, 0) : match.start()].endswith(tuple(words("planned"))):
            return
        if self.issued is not None and day > self.issued:
            self.ahead = day, match.start()
            if self.running is not None:
                return
        self.running, self.running_at = day, match.start()

    def _announced(self, start: int, end: int) -> bool:
        """Tell whether words of plans stand in a stretch."""
        return _future().search(self.text, max(start, 0), end) is not None

    def _near_year(self, month: int, day: int | None, at: int) -> int | None:
        """Choose the year of a date that has none: the last such day, unless it lies a little ahead or is announced."""
        edge = max(self.text.rfind("\n", 0, at), self.text.rfind("。", 0, at))
        if self.year_here is not None and self.year_here[1] > edge:
            return self.year_here[0]
        if self.heading is not None:
            return self.heading
        if self.issued is None:
            return self.running.year if self.running else self.year
        distance = (month - self.issued.month) * 30.5 + ((day or 15) - self.issued.day)
        announced = self._announced(at - 12, at + 16)
        if distance < -300 or (distance < -240 and announced):
            return self.issued.year + 1
        return self.issued.year - 1 if distance > 150 and not announced else self.issued.year

    # what each rule of the grammar says

    def habit(self, match: re.Match[str]) -> _When:
        """Read 每周五, 每年11月5日: no day is told."""
        return _When(None, "none", "habit")

    def lunar(self, match: re.Match[str]) -> _When:
        """Read 正月初一: a day of the lunar calendar is left as it is written."""
        return _When(None, "none", "lunar")

    def iso(self, match: re.Match[str]) -> _When:
        """Read 2022-11-07, 2022.11.7, 2022/11/7."""
        return _made(match, (int(match["y"]), int(match["m"]), int(match["d"])), "written")

    def era(self, match: re.Match[str]) -> _When | None:
        """Read 民国112年11月7日, 令和5年, 乾隆三十年; of an emperor's years the lunar months are left."""
        if match["era"] is None:
            return None  # 公元2023年 is read from its year on
        known = words("lunar_era").get(match["era"]) or words("era")[match["era"]]
        count = 1 if match["n"] == "元" else _number(match["n"])
        if known.shift is None or not count:
            return _When(None, "none", "historic")
        if known.kind == "lunar_era":
            return _When(f"{known.shift + count:04}", "year", "written")
        return self._in_year(match, known.shift + count, "written")

    def decade(self, match: re.Match[str]) -> _When:
        """Read 80年代, 上世纪90年代, 1980年代: its first and last year."""
        group = match.groupdict()
        if group.get("whole"):
            first = int(match["whole"])
        else:
            tens = _number(match["decade"])
            century = group["century"]
            if century is None or century == "上":
                base = 2000 if tens <= 20 and century is None else 1900
            else:
                base = (_number(century) - 1) * 100
            first = base + tens
        return _When(str(first), "year", "span", str(first + 9))

    def years(self, match: re.Match[str]) -> _When | None:
        """Read 2011年到2012年, 2014-2017: a span of years."""
        first, last = _number(match["y"]), _number(match["y2"])
        if not _EARLIEST <= first < last <= _LATEST:
            return None
        if not match["said"] and not match["said2"] and self.text.startswith(_units(), match.end()):
            return None  # 2018-2020家
        return _When(str(first), "year", "written", str(last))

    def months(self, match: re.Match[str]) -> _When:
        """Read 2022年11月至2023年3月."""
        first, last = (_number(match["y"]), _number(match["m"])), _number(match["m2"])
        year = _number(match["y2"]) if match["y2"] else first[0] + (last < first[1])
        return _months(first, (year, last), "written")

    def with_year(self, match: re.Match[str]) -> _When:
        """Read 2022年, 2022年11月, 2022年11月7日."""
        year = _number(match["y"])
        if not _EARLIEST <= year <= _LATEST:
            return _When(None, "none", "historic")
        self.year_here = (year, match.start())
        line = self.text[self.text.rfind("\n", 0, match.start()) + 1 :].partition("\n")[0]
        if line.rstrip("：: ") == match.group():
            self.heading = year
        return self._in_year(match, year, "written")

    def short_year(self, match: re.Match[str]) -> _When:
        """Read 19年3月2日: the year of this century, unless it lies far ahead."""
        issued = self.issued.year if self.issued else _LATEST - 1 - 70
        year = 2000 + int(match["y"])
        year -= 100 if year > issued + 10 else 0
        self.year_here = (year, match.start())
        return self._in_year(match, year, "written")

    def relative_year(self, match: re.Match[str]) -> _When:
        """Read 去年, 去年11月, 去年11月7日, 去年今日."""
        base = self.issued.year if self.issued else self.year
        if base is None:
            return _When(None, "none", "no-issue-date")
        year = base + (words("year")[match["ry"]].shift or 0)
        if match["today"] and self.issued:
            return _made(match, (year, self.issued.month, self.issued.day), "relative")
        self.year_here = (year, match.start())
        return self._in_year(match, year, "relative")

    def _in_year(self, match: re.Match[str], year: int, method: str) -> _When:
        """Read what stands behind a year: months of a span, a month, a day, a part of it."""
        group = match.groupdict()
        if group.get("mm"):
            return _months((year, _number(match["mm"])), (year, _number(match["mm2"])), method)
        if group.get("first"):
            return _months((year, 1), (year, _number(match["first"])), method)
        month, day = (_number(group[key]) if group.get(key) else None for key in ("m", "d"))
        return _made(match, (year, month, day), method)

    def month_word(self, match: re.Match[str]) -> _When:
        """Read 本月, 本月5日."""
        if self.issued is None:
            return _When(None, "none", "no-issue-date")
        year, month = _shifted(self.issued, words("month")[match["month"]].shift or 0)
        return _made(match, (year, month, _number(match["d"]) if match["d"] else None), "relative")

    def first_months(self, match: re.Match[str]) -> _When | None:
        """Read 前10个月, 1至10月: months of the year at hand."""
        group = match.groupdict()
        first, last = (
            (_number(group["mm"]), _number(group["mm2"])) if "mm" in group else (1, _number(match["first"]))
        )
        if not 1 <= first < last <= 12:
            return None
        year = self._near_year(last, None, match.start())
        if year is None:
            return _When(None, "none", "no-issue-date")
        return _months((year, first), (year, last), "year-of-issue")

    def bare_month(self, match: re.Match[str]) -> _When:
        """Read 11月 and 11月7日, which take a year from what stands around them."""
        month, day = _number(match["m"]), _number(match["d"]) if match["d"] else None
        year = self._near_year(month, day, match.start())
        if not 1 <= month <= 12:
            return _When(None, "none", "impossible")
        if year is not None:
            inferred = self.issued is None and year == self.year
            return _made(match, (year, month, day), "inferred-year" if inferred else "year-of-issue")
        known = day is not None and 1 <= day <= 31
        return _When(None, "none", "no-issue-date", None, f"XXXX-{month:02}-{day:02}" if known else None)

    def bare_day(self, match: re.Match[str]) -> _When:
        """Read 7日, which takes month and year from the day last named or from the issue."""
        day = _number(match["d"])
        if not 1 <= day <= 31:
            return _When(None, "none", "impossible")
        if self.running is not None and self.text.rfind("\n", 0, match.start()) < self.running_at:
            return _made(match, (self.running.year, self.running.month, day), "running")
        base = self.issued or self.running
        if base is None:
            return _When(None, "none", "no-issue-date")
        announced = self._announced(match.start() - 12, match.end() + 10)
        shift = 0
        if day > base.day + 3 and not announced and not self._known_month(base):
            shift = -1
        elif announced and day < base.day - 20:
            shift = 1
        return _made(match, (*_shifted(base, shift), day), "running")

    def _known_month(self, base: date) -> bool:
        """Tell whether the story has named a day of the month of issue."""
        return self.running is not None and (self.running.year, self.running.month) == (base.year, base.month)

    def span(self, match: re.Match[str]) -> _When:
        """Read 近五年, 未来三天: from the issue back or ahead."""
        count = _number(match["n"])
        if self.issued is None or not count:
            return _When(None, "none", "vague")
        unit = words("unit")[match["unit"]].value
        far = _moved(self.issued, unit, count if match["ahead"] else -count)
        here = _moved(self.issued, unit, 0)
        first, last = (here, far) if match["ahead"] else (far, here)
        return _When(first.date, first.precision, "span", last.date)

    def ago(self, match: re.Match[str]) -> _When:
        """两天前 counts from the issue; 三天后 from the day last named, when there is one."""
        base = (self.running if match["after"] else None) or self.issued
        if base is None:
            return _When(None, "none", "no-issue-date")
        unit, count = words("unit")[match["unit"]].value, _number(match["n"])
        if match["n"] == "半":
            unit, count = ("month", 6) if unit == "year" else ("none", 0)
        return _moved(base, unit, count if match["after"] else -count)

    def same_day(self, match: re.Match[str]) -> _When:
        """Read 当天, 次日: the day last named, or near it."""
        base = self.running
        if self.ahead is not None and self.text.find("。", self.ahead[1], match.start()) < 0:
            base = self.ahead[0]
        if base is None:
            return _NONE
        day = base + timedelta(days=words("same")[match["same"]].shift or 0)
        return _When(day.isoformat(), "day", "same-day")

    def same_month(self, match: re.Match[str]) -> _When:
        """Read 同月, 次月8日: the month last named."""
        named = self.month_here(match.start())
        if named is None:
            return _NONE
        year, month = _shifted(named, words("same_month")[match["same"]].shift or 0)
        return _made(match, (year, month, _number(match["d"]) if match["d"] else None), "running")

    def month_here(self, at: int) -> date | None:
        """Return the first day of the month last named: of the running day, or of a month written before."""
        written = list(_written_month().finditer(self.text, max(at - 200, 0), at))
        if self.year_here is not None and written and written[-1].start() >= self.year_here[1]:
            month = _number(written[-1][1])
            return date(self.year_here[0], month, 1) if 1 <= month <= 12 else None
        return self.running

    def same_year(self, match: re.Match[str]) -> _When:
        """Read 同年, 当年12月: the year last named."""
        if self.year_here is None:
            return _NONE
        year = self.year_here[0] + (words("same_year")[match["same"]].shift or 0)
        return self._in_year(match, year, "running")

    def two_days(self, match: re.Match[str]) -> _When:
        """Read 今明两天."""
        if self.issued is None:
            return _When(None, "none", "no-issue-date")
        first = self.issued + timedelta(days=words("two_days")[match["rel"]].shift or 0)
        return _When(first.isoformat(), "day", "relative", (first + timedelta(days=1)).isoformat())

    def relative_day(self, match: re.Match[str]) -> _When:
        """Read 今天, 昨天, 大后天."""
        if self.issued is None:
            return _When(None, "none", "no-issue-date")
        return _moved(self.issued, "day", words("day")[match["rel"]].shift or 0)

    def expo_day(self, match: re.Match[str]) -> _When:
        """Read 展期最后一天: a day of the edition at hand."""
        edition = self.edition or (year_edition(self.issued.year) if self.issued else None)
        if edition is None:
            return _NONE
        shift = words("expo")[match["expo"]].shift or 0
        first, last = edition_days(edition)
        day = last if shift < 0 else first + timedelta(days=shift)
        return _When(day.isoformat(), "day", "expo-day")

    def weekday(self, match: re.Match[str]) -> _When:
        """Read 上周五, 周二."""
        monday = self._monday(match)
        if monday is None or self.issued is None:
            return _When(None, "none", "no-issue-date")
        day = monday + timedelta(days=_WEEKDAYS[match["wd"]])
        bare = match["week"] in words("bare_week")
        if bare and day > self.issued and not self._announced(match.end(), match.end() + 12):
            day -= timedelta(days=7)
        return _When(day.isoformat(), "day", "relative")

    def weekend(self, match: re.Match[str]) -> _When:
        """Read 上周末: Saturday and Sunday."""
        monday = self._monday(match)
        if monday is None:
            return _When(None, "none", "no-issue-date")
        first, last = monday + timedelta(days=5), monday + timedelta(days=6)
        return _When(first.isoformat(), "day", "relative", last.isoformat())

    def week(self, match: re.Match[str]) -> _When:
        """本周 without a weekday is no more than the month that the week lies in."""
        if self.issued is None:
            return _When(None, "none", "no-issue-date")
        day = self.issued + timedelta(days=7 * (words("week")[match["week"]].shift or 0))
        return _When(day.isoformat()[:7], "month", "relative")

    def _monday(self, match: re.Match[str]) -> date | None:
        if self.issued is None:
            return None
        named = words("week").get(match["week"])
        weeks = named.shift or 0 if named else 0
        return self.issued - timedelta(days=self.issued.weekday()) + timedelta(days=7 * weeks)

    def quarter(self, match: re.Match[str]) -> _When:
        """上一季度 is no more than the year that the quarter lies in."""
        if self.issued is None:
            return _When(None, "none", "no-issue-date")
        year, _ = _shifted(self.issued, 3 * (words("quarter")[match["quarter"]].shift or 0))
        return _When(str(year), "year", "part-of-year")

    def part_of_year(self, match: re.Match[str]) -> _When:
        """Read 年内, 三季度: no more than the year is told."""
        if self.issued is None:
            return _When(None, "none", "no-issue-date")
        return _When(str(self.issued.year), "year", "part-of-year")

    def vague(self, match: re.Match[str]) -> _When:
        """Read 日前, 近日: no day is told."""
        return _NONE


_READERS: dict[str, Callable[[_Reader, re.Match[str]], _When | None]] = {
    name: reader for name, reader in vars(_Reader).items() if callable(reader) and not name.startswith("_")
}
"""What reads the matches of each rule, by the rule's name."""


@cache
def _future() -> re.Pattern[str]:
    return re.compile(either("future"))


@cache
def _written_month() -> re.Pattern[str]:
    return re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月")


@cache
def _units() -> tuple[str, ...]:
    return tuple(word for entry in load_lexicon("units") for word in (entry.name, *entry.words))


def _number(text: str) -> int:
    """Read a day, month or year that the grammar has found; 0 for none."""
    return read_number(text.replace("廿", "二十").replace("卅", "三十").replace("十十", "十")) or 0


def _shifted(base: date, months: int) -> tuple[int, int]:
    """Return year and month some months away."""
    total = base.year * 12 + base.month - 1 + months
    return total // 12, total % 12 + 1


def _moved(base: date, unit: str, count: int) -> _When:
    """Return the time some days, weeks, months or years away, as precise as its unit."""
    if unit == "year":
        return _When(f"{base.year + count:04}", "year", "relative")
    if unit == "month":
        year, month = _shifted(base, count)
        return _When(f"{year:04}-{month:02}", "month", "relative")
    if unit == "none":
        return _NONE
    try:
        day = base + timedelta(days=count * (7 if unit == "week" else 1))
    except OverflowError:
        return _NONE
    return _When(day.isoformat(), "day", "relative")


def _months(first: tuple[int, int], last: tuple[int, int], method: str) -> _When:
    """Return a span of months."""
    if not (1 <= first[1] <= 12 and 1 <= last[1] <= 12):
        return _When(None, "none", "impossible")
    end = f"{last[0]:04}-{last[1]:02}" if last > first else None
    return _When(f"{first[0]:04}-{first[1]:02}", "month", method, end)


def _made(match: re.Match[str], when: tuple[int, int | None, int | None], method: str) -> _When:
    """Return a time from year, month, day; the second date of a range or list may follow in the match."""
    year, month, day = when
    if month is None:
        return _When(f"{year:04}", "year", method)
    if not 1 <= month <= 12 or not (day is None or 1 <= day <= monthrange(year, month)[1]):
        return _When(None, "none", "impossible")
    if day is None:
        return _When(f"{year:04}-{month:02}", "month", method)
    first = date(year, month, day)
    end = _range_end(match, first)
    if end == "impossible":
        return _When(first.isoformat(), "day", "impossible-end")
    return _When(first.isoformat(), "day", method, end)


def _range_end(match: re.Match[str], first: date) -> str | None:
    """Return the last day of a range or list, "impossible" when there is no such day."""
    group = match.groupdict()
    written = group.get("d2") or group.get("d3")
    if not written:
        return None
    month = _number(group["m2"]) if group.get("m2") else first.month
    year = _number(group["y2"]) if group.get("y2") else first.year + (month < first.month)
    try:
        last = date(year, month, _number(written))
    except ValueError:
        return "impossible"
    return last.isoformat() if last > first else None
