"""The year of a page that nobody dated, from what it says itself: editions of the expo, years written out, days with their
weekdays.

Every year that the page could be of is scored by named evidence with weights learned on dated news
(`miner.training.pages.dating`); where none is sure, the page keeps its days without a year.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from math import exp
from typing import NamedTuple

from miner.expo import edition_year
from miner.language.editions import editions_named
from miner.language.fold import simplify
from miner.language.lexicon import load_lexicon

__all__ = ["SURE", "Dated", "YearSigns", "candidates", "evidence_of", "infer_year", "told_by"]

_FIRST, _LAST = 1980, 2100
SURE = 0.8
"""A year is taken when it is at least so likely."""
_AROUND = 8
"""Characters before and after a mention in which it may be called past or planned."""
_LONGEST = 60_000
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?年(\s?\d{1,2}\s?月\s?\d{1,2}\s?日)?")
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s?月\s?(\d{1,2})\s?日\s?[（(，]?\s?(?:星期|周)([一二三四五六日天])")
_WEEKDAYS = {char: number for number, char in enumerate("一二三四五六")} | {"日": 6, "天": 6}


class Dated(NamedTuple):
    """The year of a page, how likely it is, and what tells it."""

    year: int
    chance: float
    reason: str


class YearSigns(NamedTuple):
    """What a page says of its year: the years that editions named as of now, as past and as to come are of, years written out
    plainly, in full dates and as plans, and days with their weekdays (Monday is 0)."""

    now: Counter[int]
    past: Counter[int]
    ahead: Counter[int]
    written: Counter[int]
    full: Counter[int]
    plans: Counter[int]
    weekdays: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    kinds = {entry.kind: "|".join(map(re.escape, entry.words)) for entry in load_lexicon("dating")}
    return re.compile(kinds["past"]), re.compile(kinds["ahead"])


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    text = files("miner.resources").joinpath("models/dating.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


def told_by(text: str) -> YearSigns:
    """Gather what a text says of its year.

    >>> told = told_by("第六届进博会上，去年的第五届进博会签下的项目投产。11月7日（周二）")
    >>> dict(told.now), dict(told.past), told.weekdays
    ({2023: 1}, {2022: 1}, ((11, 7, 1),))
    """
    text = simplify(text[:_LONGEST])
    told = YearSigns(Counter(), Counter(), Counter(), Counter(), Counter(), Counter(), _weekdays(text))
    at = 0
    for named in editions_named(text):
        at = text.find(named.text, at)
        kind = _said(text, at, at + len(named.text))
        (told.past if kind == "past" else told.ahead if kind == "ahead" else told.now)[
            edition_year(named.number)
        ] += 1
        at += len(named.text)
    for found in _YEAR.finditer(text):
        year = int(found[1])
        ahead = _said(text, found.start(), found.end()) == "ahead"
        (told.plans if ahead else told.full if found[2] else told.written)[year] += 1
    return told


def _said(text: str, start: int, end: int) -> str:
    """Whether the clause around a mention calls it past, or to come, or neither."""
    before = re.split("[。！？；\n]", text[max(0, start - _AROUND) : start])[-1]
    past, ahead = _words()
    if past.search(before) or past.match(text, end):
        return "past"
    return "ahead" if ahead.search(before) or ahead.match(text, end) else ""


def _weekdays(text: str) -> tuple[tuple[int, int, int], ...]:
    days = {(int(found[1]), int(found[2]), _WEEKDAYS[found[3]]) for found in _DAY.finditer(text)}
    return tuple(sorted(day for day in days if 1 <= day[0] <= 12 and 1 <= day[1] <= 31))


def candidates(told: YearSigns) -> list[int]:
    """Return the years that a page could be of: those it names, and those after them."""
    named = [
        *told.now,
        *(year + 1 for year in told.past),
        *(year - 1 for year in told.ahead),
        *told.full,
        *told.written,
    ]
    years = {year + more for year in named for more in (0, 1)}
    return sorted(year for year in years if _FIRST <= year <= _LAST)


_ANY = "a year"
"""What holds for every year."""


def evidence_of(told: YearSigns, year: int) -> Iterator[tuple[str, float]]:
    """The evidence that a page is of a year: names and strengths."""
    yield _ANY, 1.0
    editions, written = told.now | told.past, told.full | told.written
    for name, holds in (
        ("its edition is named", year in told.now),
        ("its edition is named most", bool(told.now) and told.now[year] == max(told.now.values())),
        ("no later edition is named", bool(editions) and year == max(editions)),
        ("a later edition is named", any(other > year for other in editions)),
        ("the edition before is called the last", year - 1 in told.past),
        ("the next edition is called the next", year + 1 in told.ahead),
        ("a full date of it", year in told.full),
        ("a full date of it, the latest", bool(told.full) and year == max(told.full)),
        ("written out", year in told.written),
        ("the latest year written out", bool(written) and year == max(written)),
        ("a later year is written out", any(other > year for other in written)),
        ("the year after the latest written out", bool(written) and year == max(written) + 1),
        ("planned", year in told.plans),
    ):
        if holds:
            yield name, 1.0
    if told.weekdays:
        fits = sum(_fits(year, day) for day in told.weekdays)
        yield "weekdays fit", float(min(3, fits))
        yield "weekdays do not fit", float(min(3, len(told.weekdays) - fits))


def _fits(year: int, day: tuple[int, int, int]) -> bool:
    try:
        return date(year, *day[:2]).weekday() == day[2]
    except ValueError:
        return False


def infer_year(texts: Sequence[str], weights: Mapping[str, float] | None = None) -> Dated | None:
    """Tell the year of a page from all its texts, or None when nothing decides.

    >>> infer_year(["第六届中国国际进口博览会今天开幕，11月7日、8日，区领导走访展台。"]).year
    2023
    >>> infer_year(["11月7日上午，大会召开。"]) is None
    True
    """
    told = told_by("\n".join(texts))
    years = candidates(told)
    if not years:
        return None
    weights = _weights() if weights is None else weights
    scores = [
        sum(weights.get(name, 0.0) * strength for name, strength in evidence_of(told, year)) for year in years
    ]
    top = max(scores)
    none = weights.get("none of them", 0.0)
    chance = 1 / (sum(exp(score - top) for score in scores) + exp(none - top))
    year = years[scores.index(top)]
    if chance < SURE:
        return None
    reasons = [name for name, _ in evidence_of(told, year) if weights.get(name, 0.0) > 0 and name != _ANY]
    return Dated(year, chance, "; ".join(reasons))


def in_chinese(reason: str) -> str:
    """Return the reasons for a year in Chinese.

    >>> in_chinese("its edition is named; weekdays fit")
    '写明这一届、星期相合'
    """
    titles = {entry.words[0]: entry.name for entry in load_lexicon("dating") if entry.kind == "reason"}
    return "、".join(titles.get(name, name) for name in reason.split("; "))
