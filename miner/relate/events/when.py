"""When an event was or will be, and whether it took place at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from miner.expo import edition_of_day, edition_year
from miner.language.dates import DateMention
from miner.language.editions import edition_named
from miner.language.lexicon import listed
from miner.model import Status
from miner.offsets import Span
from miner.relate.events.candidates import Candidate
from miner.relate.events.model import EventModel
from miner.relate.events.reading import Reading, Scope
from miner.relate.events.signs import SentenceSigns
from miner.relate.events.times import Moment, moment_signs, moments_of
from miner.relate.events.triggers import FoundWord
from miner.relate.passage import BACK_THEN

TIMELY = 0.22
"""Chance from which a time is the event's: as many dates too many as a weaker model had at 0.25, on articles left out of the learning."""
_ABSENT = frozenset({"缺席", "未参展", "没有参展", "未能参展", "退展"})
"""Triggers that deny what they tell."""
_AHEAD = frozenset({"将", "拟", "即将"})
_CLOSES = re.compile("(?:成行|举行|进行|实现|如愿)?了?(?:[，。；！”]|$)")
_SETTING = re.compile("[^，。]{0,6}(?:上(?!升)|期间|时|中|里)|，")
_LAST_EDITION = re.compile("上一?届(?=[^，。]{0,8}[会展]|期间|[，时上就])")


def when_of(candidate: Candidate, status: Status, model: EventModel) -> DateMention | None:
    """Return the time of an event: what it was put off to, else the likeliest that is told, else a past edition's year."""
    reading, word = candidate.reading, candidate.word
    times = reading.dates_in(*candidate.scope.sentence)
    moved = _moved_to(reading, times)
    if moved is not None:
        return moved
    moments = [  # the year in a book's title dates no event
        moment
        for moment in moments_of(word, candidate.trigger.rule.type, status)
        if not reading.passage.in_title(moment.when.span.start)
    ]
    if moments:
        chances = model.time_chances([moment_signs(moment) for moment in moments])
        best = int(chances.argmax())
        if chances[best] > TIMELY:
            return _told(candidate, moments[best])
    return _earlier_edition(reading, candidate.scope.sentence)


def _moved_to(reading: Reading, times: Sequence[DateMention]) -> DateMention | None:
    """Return the day to which something was put off: 推迟至9日."""
    return next((when for when in times if _follows_postponed(reading, when)), None)


def _follows_postponed(reading: Reading, when: DateMention) -> bool:
    near = Span(max(when.span.start - 4, 0), when.span.start)
    return when.precision == "day" and bool(reading.words.within(near, layer="context", kind="postponed"))


def _earlier_edition(reading: Reading, sentence: Span) -> DateMention | None:
    """Date by an edition that is not the current one: 首届进博会上 is 2018, 上届 the year before; 本届 says no date."""
    article = reading.passage.annotated.article
    current = article.edition or edition_of_day(article.published)
    words = sentence.of(reading.passage.text)
    if current is None:
        return None
    last = _LAST_EDITION.search(words)
    if last is not None:
        return _edition_time(sentence.start + last.start(), last.group(), current - 1)
    named = edition_named(words)
    if named is None or named.number >= current:
        return None
    at = words.find(named.text)
    setting = _SETTING.match(words, at + len(named.text)) is not None
    return _edition_time(sentence.start + at, named.text, named.number) if setting else None


def _told(candidate: Candidate, moment: Moment) -> DateMention | None:
    """Return a time as an event's: 当年 is the year of the expo named last, and not the day that another sentence tells."""
    reading, sentence = candidate.reading, candidate.scope.sentence
    near = moment.line is candidate.word.line
    then = BACK_THEN.search(sentence.of(reading.passage.text))
    if then is not None and (not near or moment.when.method == "running"):
        edition = reading.passage.edition(sentence)
        if edition or not near:
            return _edition_time(sentence.start + then.start(), then.group(), edition) if edition else None
    return moment.when if near else replace(moment.when, method="carried")


def _edition_time(start: int, wording: str, edition: int) -> DateMention:
    span = Span(start, start + len(wording))
    return DateMention(span, wording, str(edition_year(edition)), None, "year", "edition")


def status_of(candidate: Candidate, when: DateMention | None, likely: Status) -> Status:
    """Tell whether an event was done, is planned, or was called off or denied; `likely` is what the model takes it for.

    Denials are too rare to be learnt: their words decide.
    """
    reading, scope, trigger = candidate.reading, candidate.scope, candidate.trigger
    head = Span(max(scope.floor, scope.segments[scope.own].start), trigger.span.start)
    if trigger.text in _ABSENT or _is_negated(reading, trigger, head, scope):
        return "negated"
    if _is_postponed(reading, trigger, head, scope):
        return "planned" if when is not None and _follows_postponed(reading, when) else "negated"
    if _is_ahead(reading, when) or _is_announced(candidate):
        return "planned"
    if likely == "planned" and _only_marks_objects(candidate):
        return "done"
    return likely if likely != "negated" else "done"


def _is_ahead(reading: Reading, when: DateMention | None) -> bool:
    issued = reading.passage.annotated.article.published
    return bool(issued and when is not None and when.date and when.date > issued[: len(when.date)])


def _is_announced(candidate: Candidate) -> bool:
    """Tell whether 将 stands directly before a verb: before a noun it only marks the object."""
    word = candidate.word
    return word.line.word(word.at - 1) in _AHEAD and word.found.rule.layer == "trigger"


def _only_marks_objects(candidate: Candidate) -> bool:
    """Tell whether all that sounds like a plan is a 将 before an object: 将样机变成商品, 将今年的参展视为机会."""
    line, words = candidate.word.line, candidate.reading.words
    planned = words.within(candidate.scope.sentence, layer="context", kind="planned")
    marks = [at for at, token in enumerate(line.tokens) if token.word == "将" and not token.kind]
    return bool(marks) and len(planned) <= len(marks) and all(_marks_object(line, at) for at in marks)


def _marks_object(line: SentenceSigns, at: int) -> bool:
    """Tell whether a noun or a time follows 将, and behind it in the clause what becomes of it."""
    rest = line.tokens[at + 1 : line.ends[at]]
    if not rest or not (rest[0].kind or rest[0].tag.startswith(("n", "r", "t", "m"))):
        return False
    return any(token.word.startswith(listed("event_grammar", "becomes")) for token in rest[1:])


def _is_negated(reading: Reading, trigger: FoundWord, head: Span, scope: Scope) -> bool:
    """Tell whether 未, 尚未 stands before the trigger, or 取消 ends a clause behind it: 因雨取消."""
    words = reading.words
    if words.within(Span(max(head.start, head.end - 12), head.end), layer="context", kind="negated"):
        return True
    text = reading.passage.text
    rest = Span(trigger.span.end, _clause_end(text, trigger.span.end, scope.sentence.end))
    behind = words.within(rest, layer="context", kind="negated")
    return any(_CLOSES.match(text, word.span.end) is not None for word in behind)


def _is_postponed(reading: Reading, trigger: FoundWord, head: Span, scope: Scope) -> bool:
    rest = Span(trigger.span.end, _clause_end(reading.passage.text, trigger.span.end, scope.sentence.end))
    return any(reading.words.within(span, layer="context", kind="postponed") for span in (head, rest))


def _clause_end(text: str, start: int, end: int) -> int:
    cut = text.find("；", start, end)
    return cut if cut >= 0 else end
