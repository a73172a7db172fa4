"""Which time stands nearest in the grammar of a sentence: one piece of evidence for the scorer of times."""

from __future__ import annotations

import re

from miner.language.dates import DateMention
from miner.offsets import Span
from miner.relate.events.reading import Reading, Scope
from miner.relate.events.triggers import FoundWord

_DURATION_TAIL = re.compile("年?度|版|届|以来|款")
_COMPARED = re.compile("[比较超]$|超过$|高于$|好于$|同$")
_BACK = 6000
"""Characters over which a scene hands on its day."""


def nearest(reading: Reading, trigger: FoundWord, scope: Scope) -> DateMention | None:
    """Return the nearest time before the trigger in its segment, else behind it, else further left, else the scene's."""
    chosen, left = _in_sentence(reading, trigger, scope)
    if chosen is None:
        return _carried(reading, scope.sentence, trigger)
    if chosen.precision == "year" and _in_name(reading.passage.text, chosen):
        return next((d for d in reversed(left) if d.precision == "day"), chosen)
    return chosen


def _in_sentence(
    reading: Reading, trigger: FoundWord, scope: Scope
) -> tuple[DateMention | None, list[DateMention]]:
    """Return the nearest time of the sentence, and all that stand before the trigger."""
    begin, segment, at = _words_begin(reading, trigger, scope), scope.segments[scope.own], trigger.span.start
    times = reading.dates_in(max(begin, scope.sentence.start), scope.sentence.end)
    inside = [d for d in times if _dates_event(reading, d, trigger)]
    own = [d for d in inside if segment.start <= d.span.start < segment.end]
    left = [d for d in inside if d.span.end <= at]
    before = [d for d in own if d.span.end <= at]
    return next(iter(before[-1:] or own[:1] or left[-1:]), None), left


def _words_begin(reading: Reading, trigger: FoundWord, scope: Scope) -> int:
    """Return from where times count: 4日表示，将出台: the day before planned words is that of the words."""
    head = Span(max(scope.floor, scope.segments[scope.own].start), trigger.span.start)
    said = scope.floor > scope.sentence.start
    planned = said and reading.words.within(head, layer="context", kind="planned")
    return scope.floor if planned else scope.sentence.start


def _carried(reading: Reading, sentence: Span, trigger: FoundWord) -> DateMention | None:
    """Return the last day of the paragraph, or of the whole story behind 会上, 随后, 即日起; never one ahead."""
    text, passage = reading.passage.text, reading.passage
    issued = passage.annotated.article.published or "9999"
    start = passage.paragraph(sentence.start).start
    if reading.words.within(Span(sentence.start, trigger.span.end), layer="context", kind="scene"):
        start = 0
    earlier = (
        d
        for d in reversed(reading.dates_in(max(start, sentence.start - _BACK), sentence.start))
        if (d.yearless if d.date is None else d.date <= issued) and _is_scene(text, d)
    )
    return next(earlier, None)


def _is_scene(text: str, when: DateMention) -> bool:
    if text[max(when.span.start - 2, 0) : when.span.start] in ("截至", "截止", "直至"):
        return False
    if when.precision == "day" or when.yearless is not None:
        return True
    return when.precision == "month" and when.text.endswith("周")


def _in_name(text: str, when: DateMention) -> bool:
    """Tell whether a year begins a name (2022年第19届亚运会) rather than says when."""
    return when.method == "written" and text[when.span.end : when.span.end + 1] not in tuple(
        "，、在于将内底初前后至—。起"
    )


def _dates_event(reading: Reading, when: DateMention, trigger: FoundWord) -> bool:
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
