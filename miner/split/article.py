"""Texts whose shape is known: a plain article (headline, date line, paragraphs), and marked-up text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from miner.model import Line
from miner.split.bylines import is_byline
from miner.split.jumps import is_jump_line
from miner.split.plan import LinePlan, Plan, StoryPlan

__all__ = ["DateLine", "parse_date_line", "plan_article", "plan_markup"]

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_NUMERIC = re.compile(r"((?:19|20)\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?")
_ENGLISH = re.compile(r"([A-Za-z]{3})[a-z]{0,6}\.?\s(\d{1,2}),?\s((?:19|20)\d{2})")
_ENGLISH_DAY = re.compile(r"(\d{1,2})\s([A-Za-z]{3})[a-z]{0,6}\.?,?\s((?:19|20)\d{2})")
_NONE = re.compile(r"(?:None|NaN|null|无日期|日期不详)(?=\s|$)")
_TIME = re.compile(
    r"^\s*(?:T|\s)?(?:星期[一二三四五六日天]|周[一二三四五六日])?\s*\d{1,2}[:：时]\d{2}分?(?:[:：]\d{2})?(?:Z|\+\d\d:?\d\d)?"
)
_WEEKDAY = re.compile(r"^\s*(?:星期|周)[一二三四五六日天]")
_SOURCE = re.compile(r"^[\s|｜:：,，\-—]*(?:来源|出处|稿源|报纸)?[\s:：]*")


@dataclass(frozen=True, slots=True)
class DateLine:
    """The second line of a plain article: its date (ISO, None when it says there is none) and newspaper."""

    published: str | None
    newspaper: str | None


def parse_date_line(text: str) -> DateLine | None:
    """Read a line of date and newspaper; None when the line is something else.

    >>> parse_date_line("2022-11-09 汇滨报")
    DateLine(published='2022-11-09', newspaper='汇滨报')
    >>> parse_date_line("Feb 10, 2023 中国经济网").published, parse_date_line("2023年11月8日 星期三").newspaper
    ('2023-02-10', None)
    """
    text = text.strip()
    if len(text) > 80 or text.endswith(("。", "！", "？")):
        return None
    none = _NONE.match(text)
    if none:
        return DateLine(None, _newspaper(text[none.end() :]))
    for pattern, groups in ((_NUMERIC, (1, 2, 3)), (_ENGLISH, (3, 1, 2)), (_ENGLISH_DAY, (3, 2, 1))):
        found = pattern.search(text)
        if found and (found.start() <= 24):
            year, month, day = (found[group] for group in groups)
            number = _MONTHS.get(month.lower(), 0) if month.isalpha() else int(month)
            if 1 <= number <= 12 and 1 <= int(day) <= 31:
                rest = _TIME.sub("", text[found.end() :])
                return DateLine(
                    f"{year}-{number:02}-{int(day):02}", _newspaper(rest) or _newspaper(text[: found.start()])
                )
    return None


def _newspaper(text: str) -> str | None:
    text = _SOURCE.sub("", _WEEKDAY.sub("", text)).strip()
    text = re.sub(r"(?:日期|时间|发布时间|发表时间)[\s:：]*$", "", text).strip(" \t|｜:：")
    return text or None


def plan_article(lines: Sequence[Line]) -> Plan:
    """Plan one story: headline, date line, then one paragraph a line; bylines and jump lines are told apart."""
    decided = [LinePlan(0, "body") for _ in lines]
    story = StoryPlan(reason="单篇文章：首行为标题")
    head = 0
    for index in range(1, min(4, len(lines))):
        dated = parse_date_line(lines[index].text)
        if dated:
            story.published, story.newspaper = dated.published, dated.newspaper
            decided[index].role = "other"
            head = index
            break
    if lines and _is_head(lines, head):
        decided[0].role = "headline"
        for index in range(1, head):
            decided[index].role = "subtitle"
    elif lines:
        story.reason = "单篇文章：没有标题"
    for index in range(max(1, head), len(lines)):
        if decided[index].role == "body" and len(lines[index].text) < 60:
            _dress(lines[index].text, decided[index], opening=index < head + 3)
    return Plan(decided, [story] if lines else [])


def _is_head(lines: Sequence[Line], dated: int) -> bool:
    first = lines[0].text.strip()
    if dated:
        return True
    return len(first) <= 80 and not first.endswith(("。", "；", "，")) and len(lines) > 1


def _dress(text: str, decided: LinePlan, *, opening: bool) -> None:
    if is_jump_line(text):
        decided.role = "jump"
    elif opening and is_byline(text.strip()):
        decided.role = "byline"


def plan_markup(lines: Sequence[Line]) -> Plan:
    """Plan stories whose lines carry `role` and `story`; a line without a story is page furniture."""
    numbers = sorted({line.story for line in lines if line.story is not None})
    index = {number: position for position, number in enumerate(numbers)}
    decided = []
    for line in lines:
        story = index[line.story] if line.story is not None else None
        role = line.role or ("other" if story is None else "body")
        decided.append(LinePlan(story, role))
    return Plan(decided, [StoryPlan(reason="标题、正文由网页标记给出") for _ in numbers])
