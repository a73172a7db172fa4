"""What speaks against an event, as named pieces of evidence: is the word a count, a name, a habit, a description?

Each gate is a small question that once decided alone; the model now gives each a weight (see `signs`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from miner.language.numbers import find_numbers
from miner.offsets import Span
from miner.relate.events.reading import Reading
from miner.relate.events.triggers import FoundWord

_WITNESSED = re.compile("见证$|轮$|[首每多两几一二三0-9]场$")
"""见证签约 is the signing told before; 首轮拜访 a noun."""
_ABOUT = re.compile("就[^，。]{1,10}$")
_SOURCE = re.compile("(?:根据|依据|按照|据|按)[^，]{0,30}$")
_COUNTED = re.compile("[近超约逾]?[0-9０-９]{1,6}[多余]?[家名]")
_FAR, _CLOSE, _TERM, _NEAR = 40, 14, 14, 14
"""Characters behind a trigger in which an object may stand; the longest term in quotation marks; what is close by."""
_COUNT = re.compile("[0-9０-９]")


@dataclass(frozen=True)
class TriggerPlace:
    """A trigger where it stands: `segment` is the piece between commas that holds it."""

    reading: Reading
    trigger: FoundWord
    segment: Span

    @cached_property
    def text(self) -> str:
        """The text of the passage."""
        return self.reading.passage.text

    @cached_property
    def before(self) -> str:
        """The segment before the trigger."""
        return self.text[self.segment.start : self.trigger.span.start]

    @cached_property
    def behind(self) -> str:
        """The segment behind the trigger."""
        return self.text[self.trigger.span.end : self.segment.end]

    def context(self, kind: str, span: Span) -> bool:
        """Tell whether a context word of a kind stands in a span."""
        return bool(self.reading.words.within(span, layer="context", kind=kind))


def _in_title(place: TriggerPlace) -> bool:
    return place.reading.passage.in_title(place.trigger.span.start)


def _in_bracket(place: TriggerPlace) -> bool:
    return place.reading.passage.in_bracket(place.trigger.span.start)


def _in_term(place: TriggerPlace) -> bool:
    """Tell whether the trigger stands in a term in quotation marks, not in speech."""
    marked = place.reading.passage.quoted(place.trigger.span.start)
    if marked is None or marked.span.end - marked.span.start >= _TERM:
        return False
    return not any(mark in "，。！？" for mark in marked.span.of(place.text))


def _is_counted(place: TriggerPlace) -> bool:
    """签约27家 is a count, 甲公司签约27家供应商 is not."""
    return _COUNTED.match(place.text, place.trigger.span.end) is not None and not _has_subject(place)


def _has_subject(place: TriggerPlace) -> bool:
    """Tell whether a company or body stands before the trigger in its segment."""
    head = place.reading.passage.within(Span(place.segment.start, place.trigger.span.start))
    return any(mention.label in ("enterprise", "organization") for mention in head)


def _in_list(place: TriggerPlace) -> bool:
    """Tell whether the trigger is one noun of a list: 新品发布、投资签约等活动."""
    after = place.behind[:1]
    return after in ("、", "等") or (place.before[-1:] == "、" and after in tuple("等、，。的和"))


def _is_topic(place: TriggerPlace) -> bool:
    """就某事, 围绕, 通过: what follows is spoken of, not done."""
    return _ABOUT.search(place.before[-12:]) is not None or place.before.endswith(("就", "通过", "围绕"))


def _is_subject(place: TriggerPlace) -> bool:
    """签约是…: a sentence that opens with the word says what it is."""
    opens = len(place.before) <= 1 and place.text[place.segment.start - 1 : place.segment.start] in (
        "\n",
        "。",
        "",
    )
    return opens and "是" in place.behind[:_FAR]


def _is_source(place: TriggerPlace) -> bool:
    """据某局发布的标准: the clause names a source."""
    return place.behind.startswith("的") and _SOURCE.search(place.before[-40:]) is not None


def _describes_last(place: TriggerPlace) -> bool:
    """十年前创办公司的某人，: the clause ends with the name that it describes."""
    if place.trigger.text.endswith("了") or place.behind.startswith("了"):
        return False
    segment = place.segment
    names = place.reading.passage.within(Span(place.trigger.span.end, segment.end))
    last = [m for m in names if segment.end - m.span.end <= 1]
    return (
        bool(last)
        and place.text[last[-1].span.start - 1] == "的"
        and last[-1].label in ("person", "enterprise")
    )


def _is_total(place: TriggerPlace) -> bool:
    """已签署200份: the segment counts what has come together over time."""
    head = Span(place.segment.start, place.trigger.span.start)
    counted = _COUNT.search(place.text, place.segment.start, place.segment.end) is not None
    return counted and (place.context("total", head) or place.behind.startswith(("总数", "累计")))


def _is_this_time(place: TriggerPlace) -> bool:
    """A day or 本届 before it in the paragraph: totals told with them are news."""
    paragraph = place.reading.passage.paragraph(place.segment.start)
    days = place.reading.dates_in(paragraph.start, place.segment.end)
    return (
        any(d.precision == "day" for d in days) or "本届" in place.text[paragraph.start : place.segment.end]
    )


def _is_witnessed(place: TriggerPlace) -> bool:
    return _WITNESSED.search(place.before[-4:]) is not None


def _is_setting(place: TriggerPlace) -> bool:
    """随着…落地，: the clause is only the setting of another."""
    return place.text.startswith(("随着", "除了", "自从", "正值", "值此"), place.segment.start)


def _is_habit(place: TriggerPlace) -> bool:
    """近年来…: the sentence tells what went on over years, and names no time since."""
    sentence = place.reading.passage.sentence(place.trigger.span.start)
    over = place.reading.words.within(
        Span(sentence.start, place.trigger.span.start), layer="context", kind="habit"
    )
    return bool(over) and not place.reading.dates_in(over[-1].span.end, place.trigger.span.start)


def _is_background(place: TriggerPlace) -> bool:
    start = place.trigger.span.start
    return place.context("background", Span(max(place.segment.start, start - _NEAR), start))


def _by_press(place: TriggerPlace) -> bool:
    """A reporter who looks at something is no visit."""
    return "记者" in place.before


def _never(place: TriggerPlace) -> bool:
    return bool(place.trigger.rule.never) and place.behind.startswith(place.trigger.rule.never)


def _not_followed(place: TriggerPlace) -> bool:
    following = place.trigger.rule.following
    return bool(following) and not place.behind.startswith(following)


def _lacks_object(place: TriggerPlace) -> bool:
    objects = place.trigger.rule.objects
    return bool(objects) and not any(word in place.behind[:_FAR] for word in objects)


def _lacks_close(place: TriggerPlace) -> bool:
    rule, end = place.trigger.rule, place.trigger.span.end
    around = place.text[max(end - _FAR, 0) : end] if "around" in rule.flags else ""
    return bool(rule.close) and not any(
        word in place.behind[:_CLOSE] or word in around for word in rule.close
    )


def _has_forbidden(place: TriggerPlace) -> bool:
    return any(word in place.behind for word in place.trigger.rule.without)


def _lacks_amount(place: TriggerPlace) -> bool:
    segment = place.segment
    numbers = find_numbers(place.text, start=segment.start, end=segment.end)
    return "amount" in place.trigger.rule.flags and all(number.kind != "currency" for number in numbers)


def _lacks_number(place: TriggerPlace) -> bool:
    return "number" in place.trigger.rule.flags and _COUNT.search(place.segment.of(place.text)) is None


def _lacks_day(place: TriggerPlace) -> bool:
    sentence = place.reading.passage.sentence(place.trigger.span.start)
    return "dated" in place.trigger.rule.flags and not place.reading.dates_in(*sentence)


def _lacks_subject(place: TriggerPlace) -> bool:
    return "own" in place.trigger.rule.flags and not _has_subject(place)


def _lacks_names(place: TriggerPlace) -> bool:
    sentence = place.reading.passage.sentence(place.trigger.span.start)
    names = (m for m in place.reading.passage.within(sentence) if m.label != "place")
    return "named" in place.trigger.rule.flags and next(names, None) is None


def _off_topic(place: TriggerPlace) -> bool:
    return "expo" in place.trigger.rule.flags and not place.reading.expo


FOR = "this-time"
"""The one piece of evidence that speaks for an event."""
GATES: tuple[tuple[str, Callable[[TriggerPlace], bool]], ...] = (
    ("title", _in_title),
    ("bracket", _in_bracket),
    ("term", _in_term),
    ("counted", _is_counted),
    ("listed", _in_list),
    ("topic", _is_topic),
    ("subject", _is_subject),
    ("source", _is_source),
    ("describes", _describes_last),
    ("total", _is_total),
    (FOR, _is_this_time),
    ("witnessed", _is_witnessed),
    ("setting", _is_setting),
    ("habit", _is_habit),
    ("background", _is_background),
    ("press", _by_press),
    ("never", _never),
    ("not-followed", _not_followed),
    ("no-object", _lacks_object),
    ("no-close", _lacks_close),
    ("forbidden", _has_forbidden),
    ("no-amount", _lacks_amount),
    ("no-number", _lacks_number),
    ("no-day", _lacks_day),
    ("no-subject", _lacks_subject),
    ("no-names", _lacks_names),
    ("off-topic", _off_topic),
)
"""Evidence by its name; every piece holds for any type."""


def shut(place: TriggerPlace) -> Iterator[str]:
    """Yield the names of the gates that are shut at a place."""
    return (name for name, holds in GATES if holds(place))
