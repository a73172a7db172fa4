"""Article → event reports: what is told as happening, planned or called off, with date, place and who took part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from miner.dates import DateMention, edition_in
from miner.model import EventReport, Participant, Quote, Status
from miner.numbers import Number, find_numbers
from miner.offsets import Span
from miner.relate.participants import Cast, Scope, find_cast, is_candidate, stands_for_both
from miner.relate.passage import Passage
from miner.relate.triggers import Found, Words

_SEGMENT = re.compile("[，；：,;:]")
_EXPO = re.compile("进博会|进口博览会|进博")
_DURATION_TAIL = re.compile("年?度|版|届|以来|款")
_HELD_GAP = 45
_MAX_SENTENCE = 1200
"""Events are sought in the first characters of a sentence that is longer: nobody writes such a sentence."""


@dataclass(slots=True)
class _State:
    """What earlier sentences told: needed for 双方, 随后 and for what is not told twice."""

    parties: tuple[Participant, ...] = ()
    exhibited: set[int | None] = field(default_factory=set)
    held: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Candidate:
    trigger: Found
    scope: Scope
    cast: Cast
    noun: Found | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with all that event rules look at."""

    passage: Passage
    words: Words
    dates: tuple[DateMention, ...]
    quotes: tuple[Quote, ...]
    expo: bool


def find_events(passage: Passage, dates: tuple[DateMention, ...], quotes: Sequence[Quote]) -> tuple[EventReport, ...]:
    """Return the event reports of one field in text order."""
    article = passage.annotated.article
    expo = article.edition is not None or _EXPO.search(passage.text) is not None or _EXPO.search(article.headline or "") is not None
    reading = Reading(passage, Words.of(passage.text), dates, tuple(quotes), expo)
    state = _State()
    reports: list[EventReport] = []
    for sentence in passage.sentences:
        for candidate in _merged(_candidates(reading, sentence)):
            report = _report(reading, candidate, state)
            if report is not None:
                reports.append(report)
    return tuple(reports)


def _candidates(reading: Reading, sentence: Span) -> Iterator[_Candidate]:
    text = reading.passage.text
    sentence = Span(sentence.start, min(sentence.end, sentence.start + _MAX_SENTENCE))
    triggers = reading.words.within(sentence, layer="trigger")
    nouns = reading.words.within(sentence, layer="noun")
    if not triggers and not nouns:
        return
    segments = _segments(text, sentence)
    used: set[Span] = set()
    for trigger in triggers:
        own = next(i for i, s in enumerate(segments) if trigger.span.start < s.end)
        noun = None
        if "support" in trigger.rule.flags:
            noun = _held(text, trigger, nouns, segments[own])
            if noun is None:
                continue
            used.add(noun.span)
            trigger = Found(trigger.span, trigger.text, _as_type(trigger, noun))
        if not _tells(reading, trigger, segments[own]):
            continue
        scope = Scope(sentence, segments, own, _floor(reading, trigger, sentence))
        yield _Candidate(trigger, scope, find_cast(reading.passage, trigger, scope, reading.words), noun)
    for noun in nouns:
        if "setting" in noun.rule.flags and noun.span not in used and _is_setting(text, noun):
            own = next(i for i, s in enumerate(segments) if noun.span.start < s.end)
            scope = Scope(sentence, segments, own, _floor(reading, noun, sentence))
            yield _Candidate(noun, scope, find_cast(reading.passage, noun, scope, reading.words), noun)


def _segments(text: str, sentence: Span) -> tuple[Span, ...]:
    cuts = [m.start() for m in _SEGMENT.finditer(text, sentence.start, sentence.end)]
    edges = [sentence.start, *(c + 1 for c in cuts if c + 1 < sentence.end), sentence.end]
    return tuple(Span(a, b) for a, b in zip(edges, edges[1:], strict=False))


def _as_type(trigger: Found, noun: Found) -> object:
    from dataclasses import replace

    return replace(trigger.rule, kind=noun.rule.kind)


def _held(text: str, trigger: Found, nouns: list[Found], segment: Span) -> Found | None:
    """Find the noun of what is held: the last in the segment behind the verb, else the nearest before it."""
    behind = [n for n in nouns if trigger.span.end <= n.span.start < min(segment.end, trigger.span.end + _HELD_GAP)]
    if behind:
        return behind[-1]
    before = [n for n in nouns if segment.start <= n.span.start and n.span.end <= trigger.span.start]
    return before[-1] if before and trigger.text in ("举行", "举办", "召开", "如期举办", "成功举办", "成功举行") else None


def _is_setting(text: str, noun: Found) -> bool:
    after = text[noun.span.end : noun.span.end + 2]
    if not after.startswith(("上", "期间", "现场", "间隙")):
        return False
    head = text[max(noun.span.start - 40, 0) : noun.span.start]
    return "在" in re.split("[，。；：\n]", head)[-1] or after.startswith("现场")


def _floor(reading: Reading, trigger: Found, sentence: Span) -> int:
    """Return where the words begin that hold the trigger: behind 某人表示，."""
    floor = sentence.start
    for quote in reading.quotes:
        if quote.span.start > trigger.span.start:
            break
        for span in (quote.span, *quote.continued):
            if span.start <= trigger.span.start < span.end:
                floor = max(floor, span.start)
    return floor


def _tells(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether a trigger tells an event rather than a count, a name, a habit or a wish."""
    text, rule = reading.passage.text, trigger.rule
    start, end = trigger.span
    if rule.never and text.startswith(rule.never, end):
        return False
    if rule.objects and not any(word in text[end : min(segment.end, end + 40)] for word in rule.objects):
        return False
    if "expo" in rule.flags and not reading.expo:
        return False
    if rule.type == "signing" and re.match("[近超约逾]?[0-9０-９]", text[end : end + 2]) and trigger.text == "签约":
        return False
    if any(m.span.start <= start and end <= m.span.end for m in reading.passage.within(Span(start - 30 if start > 30 else 0, end + 30))):
        return False
    if text.rfind("《", segment.start - 20 if segment.start > 20 else 0, start) > text.rfind("》", 0, start) and "》" in text[end : end + 60]:
        return False
    marked = reading.passage.quoted(start)
    if marked is not None and marked.span.end - marked.span.start < 14 and not any(c in "，。！？" for c in marked.span.of(text)):
        return False
    near = Span(max(segment.start, start - 14), start)
    return not reading.words.within(near, layer="context", kind="background")


def _merged(candidates: Iterator[_Candidate]) -> list[_Candidate]:
    """Join triggers of one type in one sentence unless each has parties of its own."""
    result: list[_Candidate] = []
    for candidate in candidates:
        for index, old in enumerate(result):
            if old.trigger.rule.type == candidate.trigger.rule.type and not _apart(old, candidate):
                result[index] = _join(old, candidate)
                break
        else:
            result.append(candidate)
    return result


def _apart(one: _Candidate, other: _Candidate) -> bool:
    if one.trigger.rule.type == "visit" or one.scope.own == other.scope.own:
        return False
    return bool(one.cast.own) and bool(other.cast.own) and not one.cast.own & other.cast.own


def _join(one: _Candidate, other: _Candidate) -> _Candidate:
    seen = {p.entity for p in one.cast.participants}
    added = tuple(p for p in other.cast.participants if p.entity not in seen)
    cast = Cast(
        one.cast.participants + added, one.cast.own | other.cast.own, one.cast.open_list or other.cast.open_list,
        one.cast.resolved or other.cast.resolved,
    )  # fmt: skip
    better = other if "visit" == one.trigger.rule.type and len(other.trigger.text) > len(one.trigger.text) else one
    return _Candidate(better.trigger, better.scope, cast, one.noun or other.noun)


def _report(reading: Reading, candidate: _Candidate, state: _State) -> EventReport | None:
    passage, trigger, scope = reading.passage, candidate.trigger, candidate.scope
    cast = _completed(reading, candidate, state)
    flags = trigger.rule.flags
    if "named" in flags and not cast.participants or "own" in flags and not cast.own:
        return None
    if "list" in flags and len([p for p in cast.participants if p.entity is not None]) < 2:
        return None
    amount = _amount(passage.text, scope)
    if "amount" in flags and amount is None:
        return None
    if not _new(trigger, cast, state):
        return None
    when = _when(reading, candidate)
    status = _status(reading, candidate, when)
    if cast.participants:
        state.parties = cast.participants
    evidence = scope.sentence.of(passage.text)
    date, end = (when.date, when.date_end) if when is not None else (None, None)
    return EventReport(
        passage.article_id, passage.name, trigger.rule.type, scope.sentence, trigger.text, trigger.span, evidence, status,
        f"trigger:{trigger.text}", _confidence(cast, when), cast.participants, date, end,
        when.text if when else None, when.method if when else None,
        _place(reading, candidate), edition_in(evidence) or passage.annotated.article.edition,
        cast.open_list, amount.value if amount else None, amount.unit if amount else None,
    )  # fmt: skip


def _completed(reading: Reading, candidate: _Candidate, state: _State) -> Cast:
    """Fill in 双方 and dropped subjects from what was told before."""
    cast, scope, text = candidate.cast, candidate.scope, reading.passage.text
    if cast.participants:
        return cast
    segment = scope.segments[scope.own]
    head = Span(max(scope.floor, scope.segments[max(scope.own - 1, 0)].start), candidate.trigger.span.start)
    if stands_for_both(text, head) or stands_for_both(text, Span(scope.sentence.start, scope.floor)):
        return Cast(state.parties, frozenset(), False, True)
    if scope.floor > scope.sentence.start or _drops_subject(text, reading, Span(max(segment.start, scope.floor), candidate.trigger.span.start)):
        return Cast(_subject_before(reading, candidate), frozenset(), False, True)
    return cast


def _drops_subject(text: str, reading: Reading, head: Span) -> bool:
    return False


def _subject_before(reading: Reading, candidate: _Candidate) -> tuple[Participant, ...]:
    passage = reading.passage
    for mention in passage.before(candidate.scope.floor):
        if mention.span.start < candidate.scope.sentence.start:
            break
        if mention.label in ("enterprise", "organization"):
            return (Participant(candidate.trigger.rule.roles[0], passage.entity(mention).name, mention.entity),)
    return ()


def _new(trigger: Found, cast: Cast, state: _State) -> bool:
    """Leave out an exhibitor that is told again, and a forum that is only named again."""
    if trigger.rule.type == "exhibition":
        entities = {p.entity for p in cast.participants}
        if "support" not in trigger.rule.flags:
            if not entities or entities <= state.exhibited:
                return False
        state.exhibited |= entities
    return True


def _when(reading: Reading, candidate: _Candidate) -> DateMention | None:
    """Choose the date: the nearest before the trigger in its segment, else behind it, else further left."""
    scope, trigger = candidate.scope, candidate.trigger
    segment = scope.segments[scope.own]
    inside = [d for d in reading.dates if scope.sentence.start <= d.span.start < scope.sentence.end and _dates_event(reading, d)]
    own = [d for d in inside if segment.start <= d.span.start < segment.end]
    before = [d for d in own if d.span.end <= trigger.span.start]
    if before or own:
        return before[-1] if before else own[0]
    left = [d for d in inside if d.span.end <= trigger.span.start]
    if left:
        return left[-1]
    if "scene" not in trigger.rule.flags and trigger.rule.type not in ("launch", "signing"):
        return None
    start = reading.passage.paragraph(scope.sentence.start).start
    earlier = [d for d in reading.dates if start <= d.span.start < scope.sentence.start and d.precision == "day" and d.method not in ("vague",)]
    if not earlier:
        return None
    last = earlier[-1]
    return DateMention(last.span, last.text, last.date, None, "day", "carried")


def _dates_event(reading: Reading, when: DateMention) -> bool:
    text = reading.passage.text
    if _DURATION_TAIL.match(text, when.span.end):
        return text.startswith("以来", when.span.end) and when.precision == "day"
    return text.rfind("《", max(when.span.start - 30, 0), when.span.start) <= text.rfind("》", max(when.span.start - 30, 0), when.span.start)


def _status(reading: Reading, candidate: _Candidate, when: DateMention | None) -> Status:
    scope, trigger, words = candidate.scope, candidate.trigger, reading.words
    segment = scope.segments[scope.own]
    head = Span(max(scope.floor, segment.start), trigger.span.start)
    rest = Span(trigger.span.end, _clause_end(reading.passage.text, trigger.span.end, scope.sentence.end))
    if words.within(head, layer="context", kind="negated") or words.within(rest, layer="context", kind="negated"):
        return "negated"
    if words.within(rest, layer="context", kind="postponed") or words.within(head, layer="context", kind="postponed"):
        return "planned" if when is not None and when.precision == "day" else "negated"
    previous = scope.segments[scope.own - 1] if scope.own else head
    planned = words.within(head, layer="context", kind="planned")
    if not planned and previous.start >= scope.floor - 30:
        planned = [w for w in words.within(previous, layer="context", kind="planned") if w.text in ("约定", "计划", "拟", "预计", "将", "决定")]
    if planned:
        return "planned"
    issued = reading.passage.annotated.article.published
    if issued and when is not None and when.date and when.date > issued[: len(when.date)]:
        return "planned"
    return "done"


def _clause_end(text: str, start: int, end: int) -> int:
    cut = text.find("；", start, end)
    return cut if cut >= 0 else end


def _amount(text: str, scope: Scope) -> Number | None:
    start = scope.segments[scope.own].start
    end = scope.segments[min(scope.own + 2, len(scope.segments) - 1)].end
    return next((n for n in find_numbers(text, start=start, end=end) if n.kind == "currency" and n.value is not None), None)


def _place(reading: Reading, candidate: _Candidate) -> str | None:
    passage, scope = reading.passage, candidate.scope
    places = [m for m in passage.within(scope.sentence) if m.label == "place"]
    for place in sorted(places, key=lambda m: abs(m.span.start - candidate.trigger.span.start)):
        if passage.text[max(place.span.start - 1, 0) : place.span.start] in ("在", "于", "到", "至", "入", "户"):
            return place.text
    hall = re.search(r"\d(?:\.\d)?号?馆", scope.sentence.of(passage.text))
    return hall.group() if hall else None


def _confidence(cast: Cast, when: DateMention | None) -> float:
    return round(0.5 + 0.2 * bool(cast.participants) + 0.1 * (not cast.resolved) + 0.1 * (when is not None), 2)


__all__ = ["find_events", "is_candidate"]
