"""Is this word an event told here, or a count, a name, a habit, a wish, a description?"""

from __future__ import annotations

import re

from miner.offsets import Span
from miner.relate.reading import Reading
from miner.relate.triggers import Found

_WITNESSED = re.compile("见证$|轮$|[一二三四五六七八九十两首每多0-9]场$")
"""见证签约 is the signing told before; 首轮拜访 a noun."""
_ABOUT = re.compile("就[^，。]{1,10}$")
_BEING = re.compile("是|成为|首家|唯一")
_SOURCE = re.compile("(?:根据|依据|按照|据|按|以|所|由)[^，]{0,30}$")
_TOTAL = re.compile(
    "共计|累计|共有|总计|合计|已有|已同|已与|已在|已入驻|已建成|已落户|共[^同]|先后有|达到?[0-9]"
)
_COUNTED = re.compile("[近超约逾]?[0-9０-９]{1,6}[多余]?[家名]")
_FAR, _CLOSE, _TERM = 40, 14, 14
"""Characters behind a trigger in which an object may stand; the longest term in quotation marks."""
_COUNT = re.compile("[0-9０-９]")


def tells(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether a trigger tells an event here. `segment` is the piece between commas that holds it."""
    text, start = reading.passage.text, trigger.span.start
    if not _fits(reading, trigger, segment) or ("expo" in trigger.rule.flags and not reading.expo):
        return False
    if (
        reading.passage.in_title(start)
        or reading.passage.in_bracket(start)
        or _in_name(reading, trigger)
        or _in_term(reading, start)
    ):
        return False
    if (
        trigger.text.endswith("签约")
        and _COUNTED.match(text, trigger.span.end)
        and not _names_before(reading, trigger, segment)
    ):
        return False  # 签约27家 is a count, 甲公司签约27家供应商 is not
    if _in_list(text, trigger) or _is_described(text, trigger, segment):
        return False
    if _is_relative(reading, trigger, segment) or _is_total(reading, trigger, segment):
        return False
    if _WITNESSED.search(text, max(segment.start, start - 4), start) is not None:
        return False
    if text.startswith(("随着", "除了", "自从", "正值", "值此"), segment.start):
        return False
    if _is_habit(reading, start):
        return False
    near = Span(max(segment.start, start - 14), start)
    return not reading.words.within(near, layer="context", kind="background")


_OVER_YEARS = re.compile("近年来|多年来|长期以来|历年来|一直以来|近几年")


def _is_habit(reading: Reading, at: int) -> bool:
    """Tell whether a sentence tells what went on over years, and names no time between that and the trigger."""
    sentence = reading.passage.sentence(at)
    over = _OVER_YEARS.search(reading.passage.text, sentence.start, at)
    return over is not None and not reading.dates_in(over.end(), at)


def _fits(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Check the words behind a trigger against what its entry asks for and forbids."""
    text, rule, end = reading.passage.text, trigger.rule, trigger.span.end
    if (
        rule.never
        and text.startswith(rule.never, end)
        and not _told_by_description(reading, trigger, segment)
    ):
        return False
    if rule.following and not text.startswith(rule.following, end):
        return False
    rest = text[end : segment.end]
    wants_object = rule.objects and not (rule.type == "founding" and _names_before(reading, trigger, segment))
    if wants_object and not any(word in rest[:_FAR] for word in rule.objects):
        return False
    around = text[max(end - _FAR, 0) : end] if "around" in rule.flags else ""
    if rule.close and not any(word in rest[:_CLOSE] or word in around for word in rule.close):
        return False
    return not any(word in rest for word in rule.without)


_MONEY = re.compile("[0-9][万亿]?[美欧]?元")
_ANNOUNCED = re.compile("拟|将|计划|年内|原定|获准|定于|约定")


def _told_by_description(reading: Reading, trigger: Found, segment: Span) -> bool:
    """年内赴甬考察的承诺, 甲公司7日签署的备忘录: a description that announces, or names its subject and day, tells."""
    text = reading.passage.text
    if not text.startswith("的", trigger.span.end):
        return False
    times = reading.dates_in(segment.start, trigger.span.start)
    named = _names_before(reading, trigger, segment)
    if _ANNOUNCED.search(text, segment.start, trigger.span.start) is not None:
        return named or bool(times) or _MONEY.search(text, segment.start, trigger.span.start) is not None
    return named and any(time.precision == "day" for time in times)


def _names_before(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether a company or body stands before the trigger in its clause."""
    head = reading.passage.within(Span(segment.start, trigger.span.start))
    return any(mention.label in ("enterprise", "organization") for mention in head)


def _in_name(reading: Reading, trigger: Found) -> bool:
    start, end = trigger.span
    near = reading.passage.within(Span(max(start - 30, 0), end + 30))
    return any(mention.span.start <= start and end <= mention.span.end for mention in near)


def _in_term(reading: Reading, at: int) -> bool:
    """Tell whether a place stands in a term in quotation marks, not in speech."""
    marked = reading.passage.quoted(at)
    if marked is None or marked.span.end - marked.span.start >= _TERM:
        return False
    return not any(mark in "，。！？" for mark in marked.span.of(reading.passage.text))


def _in_list(text: str, trigger: Found) -> bool:
    """Tell whether the trigger is one noun of a list: 新品发布、投资签约等活动."""
    before, after = (
        text[trigger.span.start - 1 : trigger.span.start],
        text[trigger.span.end : trigger.span.end + 1],
    )
    if after in ("、", "等") and "support" not in trigger.rule.flags:
        return True
    return before == "、" and after in tuple("等、，。的和")


def _is_described(text: str, trigger: Found, segment: Span) -> bool:
    """Tell whether the trigger is a noun (简单的并购) or part of a description (是最早签署的国家之一)."""
    start, end = trigger.span
    if text[start - 1 : start] == "的" and (
        "support" not in trigger.rule.flags or trigger.rule.kind == "exhibition"
    ):
        return True
    about = _ABOUT.search(text, max(segment.start, start - 12), start)
    if about is not None and trigger.rule.type in ("investment", "founding", "launch", "exhibition"):
        return True
    if (
        text[start - 1 : start] == "就"
        or text[start - 2 : start] == "通过"
        or text[start - 2 : start] == "围绕"
    ):
        return True
    rest = text[end : segment.end]
    if (
        start - segment.start <= 1
        and text[segment.start - 1 : segment.start] in ("\n", "。", "")
        and "是" in rest[:40]
    ):
        return True
    head = text[max(segment.start, start - 16) : start]
    return (
        _BEING.search(head) is not None
        and "的" in rest
        and trigger.rule.type in ("signing", "founding", "visit", "investment")
    )


def _is_relative(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether the clause only describes a name (十年前创办公司的某人，) or a source (据某局发布的标准)."""
    text, end = reading.passage.text, trigger.span.end
    if trigger.rule.type == "exhibition" or "support" in trigger.rule.flags:
        return False
    if _told_by_description(reading, trigger, segment):
        return False
    if text.startswith("的", end) and trigger.rule.type in ("visit", "meeting"):
        return True
    if text.startswith("的", end) and trigger.rule.type == "signing":
        dated = any(d.precision == "day" for d in reading.dates_in(segment.start, segment.end))
        names = {m.entity for m in reading.passage.within(segment) if m.label != "place"}
        return not dated and len(names) < 2
    if (
        text.startswith("的", end)
        and _SOURCE.search(text, max(segment.start, end - 40), trigger.span.start) is not None
    ):
        return True
    if text[end - 1] == "了" or text.startswith("了", end):
        return False
    last = [m for m in reading.passage.within(Span(end, segment.end)) if segment.end - m.span.end <= 1]
    return bool(last) and text[last[-1].span.start - 1] == "的" and last[-1].label in ("person", "enterprise")


def _is_total(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether the clause counts what has come together over time: 已签署200份合作文件."""
    text = reading.passage.text
    if trigger.rule.type == "procurement" or _COUNT.search(text, segment.start, segment.end) is None:
        return False
    if _TOTAL.search(text, segment.start, trigger.span.start) is None and not text.startswith(
        ("总数", "累计"), trigger.span.end
    ):
        return False
    paragraph = reading.passage.paragraph(segment.start)
    now = any(d.precision == "day" for d in reading.dates_in(paragraph.start, segment.end))
    return not now and text.find("本届", paragraph.start, segment.end) < 0
