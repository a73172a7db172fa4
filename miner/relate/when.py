"""When an event was or will be, and whether it took place at all."""

from __future__ import annotations

import re
from dataclasses import replace

from miner.expo import edition_of_day, edition_year
from miner.language.dates import DateMention
from miner.language.editions import edition_named
from miner.model import Status
from miner.offsets import Span
from miner.relate.participants import Scope
from miner.relate.reading import Candidate, Reading
from miner.relate.triggers import Found

_DURATION_TAIL = re.compile("年?度|版|届|以来|款")
_COMPARED = re.compile("[比较超]$|超过$|高于$|好于$|同$")
_AGREED = re.compile("约定|自|起|预计|力争|有效期|为期")
_REACHING = frozenset({"约定", "计划", "拟", "预计", "决定"})
"""Words of plan that reach over a comma."""
_BACK = 6000
"""Characters over which a scene hands on its day."""
_SET = frozenset({"定于", "将于", "拟于", "将在", "即将于"})
"""Words of plan that may follow their verb: 承办的交流会定于9日举行."""
_ABSENT = frozenset({"缺席", "未参展", "没有参展", "未能参展", "退展"})
"""Triggers that deny what they tell."""
_CLOSES = re.compile("(?:成行|举行|进行|实现|如愿)?了?(?:[，。；！”]|$)")
_BA = re.compile("升级为|变成|变为|转化为|作为|打造成|推向|送[上到]|带[到给]")


def choose_date(
    reading: Reading, candidate: Candidate, held: list[tuple[str, DateMention]]
) -> DateMention | None:
    """Choose the date: the nearest before the trigger in its segment, else behind it, else further left, else carried."""
    scope, trigger, text = candidate.scope, candidate.trigger, reading.passage.text
    segment = scope.segments[scope.own]
    inside = [
        d
        for d in reading.dates_in(scope.sentence.start, scope.sentence.end)
        if _dates_event(reading, d, trigger)
    ]
    if scope.floor > scope.sentence.start:
        head = Span(max(scope.floor, segment.start), trigger.span.start)
        if reading.words.within(head, layer="context", kind="planned"):
            inside = [
                d for d in inside if d.span.start >= scope.floor
            ]  # 4日表示，将出台: the day is that of the words
    own = [d for d in inside if segment.start <= d.span.start < segment.end]
    before = [d for d in own if d.span.end <= trigger.span.start]
    left = [d for d in inside if d.span.end <= trigger.span.start]
    moved = _moved_to(reading, trigger, inside)
    if moved is not None:
        return moved
    chosen = next(iter(before[-1:] or own[:1] or left[-1:]), None)
    if chosen is not None and chosen.precision == "year" and _in_name(text, chosen):
        finer = [d for d in left if d.precision == "day"]
        chosen = finer[-1] if finer else chosen
    if chosen is None and scope.own + 1 < len(scope.segments) and text[segment.end - 1] == "，":
        nearby = scope.segments[scope.own + 1]
        agreed = _AGREED.search(text, nearby.start, nearby.end) is not None
        busy = bool(reading.words.within(nearby, layer="trigger")) and candidate.trigger.text != "投资"
        over = (
            text.startswith("了", trigger.span.end)
            or trigger.text.endswith("了")
            or "已" in text[segment.start : trigger.span.start]
        )
        chosen = (
            None
            if agreed or busy or over
            else next((d for d in inside if nearby.start <= d.span.start < nearby.end), None)
        )
    if chosen is not None:
        return chosen
    return _told_before(reading, candidate, held)


def _moved_to(reading: Reading, trigger: Found, inside: list[DateMention]) -> DateMention | None:
    """Return the day to which something was put off: 推迟至9日."""
    for when in inside:
        if _follows_postponed(reading, when):
            return when
    return None


def _follows_postponed(reading: Reading, when: DateMention) -> bool:
    near = Span(max(when.span.start - 4, 0), when.span.start)
    return when.precision == "day" and bool(reading.words.within(near, layer="context", kind="postponed"))


def _told_before(
    reading: Reading, candidate: Candidate, held: list[tuple[str, DateMention]]
) -> DateMention | None:
    """Take over the day of the forum that the sentence names again, or the last day of the paragraph."""
    text, scope, trigger = reading.passage.text, candidate.scope, candidate.trigger
    for name, when in reversed(held[-40:]):
        if text.find(name, scope.sentence.start, trigger.span.start) >= 0:
            return replace(when, method="same-event")
    if (past := _earlier_edition(reading, scope.sentence)) is not None:
        return past
    if "scene" not in trigger.rule.flags and trigger.rule.type not in ("launch", "signing", "procurement"):
        return None
    return _carried(reading, scope.sentence, trigger)


def _carried(reading: Reading, sentence: Span, trigger: Found) -> DateMention | None:
    """Take over the last day of the paragraph, or of the whole story behind 会上, 随后, 即日起; never one ahead."""
    text = reading.passage.text
    issued = reading.passage.annotated.article.published or "9999"
    start = reading.passage.paragraph(sentence.start).start
    if _SCENE.search(text, sentence.start, trigger.span.end) is not None:
        start = 0
    earlier = [
        d for d in reading.dates_in(max(start, sentence.start - _BACK), sentence.start)
        if (d.yearless if d.date is None else d.date <= issued) and _is_scene(text, d)
    ]  # fmt: skip
    return replace(earlier[-1], method="carried") if earlier else None


def _is_scene(text: str, when: DateMention) -> bool:
    if text[max(when.span.start - 2, 0) : when.span.start] in ("截至", "截止", "直至"):
        return False
    if when.precision == "day" or when.yearless is not None:
        return True
    return when.precision == "month" and when.text.endswith("周")


_SCENE = re.compile("会上|会后|会前|开始前|结束后|即日起|随后|当场|仪式上|活动上|现场")
_SETTING = re.compile("[^，。]{0,6}(?:上|期间|时|中|里)(?:，|[^，。升])|，")
_LAST_EDITION = re.compile("上一?届(?=进博会|中国国际进口博览会|展会|博览会|，|时|期间|上|就)")


def _earlier_edition(reading: Reading, sentence: Span) -> DateMention | None:
    """Date by an edition that is not the current one: 首届进博会上 is 2018, 上届 the year before; 本届 says no date."""
    article = reading.passage.annotated.article
    current = article.edition or edition_of_day(article.published)
    words = sentence.of(reading.passage.text)
    last, named = _LAST_EDITION.search(words), edition_named(words)
    if current is None or (last is None and named is None):
        return None
    edition = current - 1 if last is not None else named.number if named is not None else current
    if edition >= current:
        return None
    if (
        last is None
        and named is not None
        and _SETTING.match(words, words.find(named.text) + len(named.text)) is None
    ):
        return None
    wording = last.group() if last is not None else named.text if named is not None else ""
    start = sentence.start + words.find(wording)
    span = Span(start, start + len(wording))
    return DateMention(span, wording, str(edition_year(edition)), None, "year", "edition")


def _in_name(text: str, when: DateMention) -> bool:
    """Tell whether a year begins a name (2022年第19届亚运会) rather than says when."""
    return when.method == "written" and text[when.span.end : when.span.end + 1] not in tuple(
        "，、在于将内底初前后至—。起"
    )


def _dates_event(reading: Reading, when: DateMention, trigger: Found) -> bool:
    """Leave out times inside titles and names (2024年度…年会, 《2024年…》) and spans (2008年以来)."""
    text = reading.passage.text
    if when.method == "span":  # 近五年, 80年代
        return False
    if text.startswith("以来", when.span.end):
        return when.precision == "day" or when.method == "relative" or trigger.rule.type == "procurement"
    if _DURATION_TAIL.match(text, when.span.end) or _COMPARED.search(
        text, max(when.span.start - 3, 0), when.span.start
    ):
        return False
    return not reading.passage.in_title(when.span.start)


def status_of(reading: Reading, candidate: Candidate, when: DateMention | None) -> Status:
    """Tell whether an event was done, is planned, or was called off or denied."""
    scope, trigger, words = candidate.scope, candidate.trigger, reading.words
    segment = scope.segments[scope.own]
    head = Span(max(scope.floor, segment.start), trigger.span.start)
    if trigger.text in _ABSENT or _is_negated(reading, trigger, head, scope):
        return "negated"
    if _is_postponed(reading, trigger, head, scope):
        return "planned" if when is not None and _follows_postponed(reading, when) else "negated"
    if trigger.text.startswith(("申请", "获准筹", "获准设", "获批筹")):
        return "planned"
    rest = words.within(Span(trigger.span.end, segment.end), layer="context", kind="planned")
    if "support" in trigger.rule.flags and any(word.text in _SET for word in rest):
        return "planned"
    previous = scope.segments[scope.own - 1] if scope.own else head
    planned = words.within(head, layer="context", kind="planned")
    if not planned and previous.start >= scope.floor - 30 and reading.passage.text[previous.end - 1] != "；":
        planned = [w for w in words.within(previous, layer="context", kind="planned") if w.text in _REACHING]
    object_mark = planned and planned[-1].text == "将" and _BA.search(
        reading.passage.text, planned[-1].span.end, trigger.span.start
    )  # fmt: skip
    if planned and not object_mark:
        return "planned"
    issued = reading.passage.annotated.article.published
    if issued and when is not None and when.date and when.date > issued[: len(when.date)]:
        return "planned"
    return "done"


def _is_negated(reading: Reading, trigger: Found, head: Span, scope: Scope) -> bool:
    """Tell whether 未, 尚未 stands before the trigger, or 取消 ends a clause behind it: 因雨取消."""
    words = reading.words
    if words.within(Span(max(head.start, head.end - 12), head.end), layer="context", kind="negated"):
        return True
    text = reading.passage.text
    rest = Span(trigger.span.end, _clause_end(text, trigger.span.end, scope.sentence.end))
    behind = words.within(rest, layer="context", kind="negated")
    return any(_CLOSES.match(text, word.span.end) is not None for word in behind)


def _is_postponed(reading: Reading, trigger: Found, head: Span, scope: Scope) -> bool:
    rest = Span(trigger.span.end, _clause_end(reading.passage.text, trigger.span.end, scope.sentence.end))
    return any(reading.words.within(span, layer="context", kind="postponed") for span in (head, rest))


def _clause_end(text: str, start: int, end: int) -> int:
    cut = text.find("；", start, end)
    return cut if cut >= 0 else end
