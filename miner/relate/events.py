"""Article → event reports: what is told as happening, planned or called off, with date, place and who took part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from miner.language.dates import DateMention
from miner.language.numbers import Number, find_numbers
from miner.model import EventReport, Participant, Quote, Status
from miner.offsets import Span
from miner.relate.candidates import JOINING, candidates, merged
from miner.relate.participants import Cast, Scope, heading_company, is_candidate, last_pair, stands_for_both
from miner.relate.passage import Passage
from miner.relate.reading import Candidate, Reading
from miner.relate.triggers import Found
from miner.relate.when import choose_date, status_of

_EXPO_NAME = re.compile("进博会|进口博览会|盛会|^博览会|^展览会")
_COUNTED = re.compile("[0-9]")
_SELF_STANDING = re.compile("首[发秀展映演飞]|亮相|登场|奖")
_REMEMBERED = 200
"""Reports that a new one is compared with."""
_HOLLOW = frozenset({"launch", "ceremony"})
"""Types of which a denial without names says nothing: 展会还没开幕."""
_ITEMISED = frozenset({"investment", "founding", "launch", "signing", "procurement", "award"})
_COSTS = frozenset({"signing", "investment", "procurement", "founding"})
_RETOLD = frozenset({"meeting", "visit", "ceremony", "conference", "appointment", "signing"})
_HELD = re.compile("如期|顺利|成功|圆满|将|即将|今天|明天|拟|定于")
_TIMES = re.compile("[了过]?[一二三四五六七八九两0-9]{1,2}届")


@dataclass(slots=True)
class _State:
    """What earlier sentences told: needed for 双方, 随后 and for what is not told twice."""

    parties: tuple[Participant, ...] = ()
    exhibited: set[int | None] = field(default_factory=set)
    held: list[tuple[str, DateMention]] = field(default_factory=list)
    reported: list[tuple[str, str | None, Status, frozenset[int | None], str]] = field(default_factory=list)
    expo_told: bool = False
    told: set[tuple[object, ...]] = field(default_factory=set)


def find_events(
    passage: Passage, dates: tuple[DateMention, ...], quotes: Sequence[Quote]
) -> tuple[EventReport, ...]:
    """Return the event reports of one field in text order."""
    reading = Reading.of(passage, dates, quotes)
    state = _State()
    reports: list[EventReport] = []
    for sentence in passage.sentences:
        for candidate in merged(reading, candidates(reading, sentence)):
            report = _report(reading, candidate, state)
            if report is not None:
                reports.append(report)
        _add_attendees(reading, reports, sentence)
    return tuple(reports)


def _report(reading: Reading, candidate: Candidate, state: _State) -> EventReport | None:
    """Make the report of a candidate, None when it says too little or was told before."""
    passage, trigger, scope = reading.passage, candidate.trigger, candidate.scope
    cast = _completed(reading, candidate, state)
    if _lacks(reading, candidate, cast) or not _new_exhibitor(trigger, cast, state):
        return None
    when = choose_date(reading, candidate, state.held)
    status = status_of(reading, candidate, when)
    amount = _amount(passage.text, scope) if trigger.rule.type in _COSTS else None
    if _is_vague(reading, candidate, cast, when, amount) or not _is_held_now(reading, candidate, when, state):
        return None
    if (
        status == "negated"
        and not cast.participants
        and candidate.noun is None
        and trigger.rule.type in _HOLLOW
    ):
        return None
    if _told_again(candidate, cast, when, status, state):
        return None
    _remember(candidate, cast, when, state)
    evidence = passage.printed(scope.sentence)
    return EventReport(
        passage.article_id, passage.name, trigger.rule.type, scope.sentence, passage.printed(trigger.span), trigger.span, evidence, status,
        f"trigger:{trigger.text}", _confidence(cast, when), cast.participants,
        _day(when), when.date_end if when else None,
        when.text if when else None, when.method if when else None,
        _place(reading, candidate), passage.edition(scope.sentence),
        cast.open_list, amount.value if amount else None, amount.unit if amount else None,
    )  # fmt: skip


def _lacks(reading: Reading, candidate: Candidate, cast: Cast) -> bool:
    """Tell whether something that the trigger's entry asks for is missing: a name, a sum, a number."""
    flags, text, scope = candidate.trigger.rule.flags, reading.passage.text, candidate.scope
    if (
        not cast.participants
        and ("named" in flags or _needs_name(candidate))
        and not _unnamed(text, candidate)
    ):
        return True
    own = cast.own or (cast.resolved and candidate.trigger.rule.type == "exhibition")
    if "own" in flags and not own and not _unnamed(text, candidate):
        return True
    if "person" in flags and not any(_is_person(reading, p) for p in cast.participants):
        return True
    if "list" in flags and (len(cast.participants) < 2 or not _visited(reading, scope)):
        return True
    if "amount" in flags and _amount(text, scope) is None:
        return True
    if "number" in flags and not _counts_something(text, candidate.trigger, scope):
        return True
    return candidate.trigger.rule.type == "visit" and _by_press(text, candidate.trigger, scope)


_PLURAL = re.compile(
    "[0-9多余数百千][家位名][一-鿿]{0,12}|高管|客商|采购商|代表团|交易团|嘉宾|政府|跨国公司|专家|展商们?"
)


def _unnamed(text: str, candidate: Candidate) -> bool:
    """Tell whether an unnamed plural (720家…, 多家公司的高管) is the subject of a visit, meeting, signing or purchase."""
    if candidate.trigger.rule.type not in ("visit", "signing", "meeting"):
        return False
    segment = candidate.scope.segments[candidate.scope.own]
    return _PLURAL.search(text, segment.start, min(candidate.trigger.span.end + 20, segment.end)) is not None


def _is_person(reading: Reading, participant: Participant) -> bool:
    """Tell whether a participant is a person."""
    entity = participant.entity
    return entity is not None and reading.passage.annotated.entities[entity].label == "person"


def _is_vague(
    reading: Reading, candidate: Candidate, cast: Cast, when: DateMention | None, amount: Number | None
) -> bool:
    """Tell whether neither names nor a time nor a sum pin the event down."""
    carried = when is None or when.method == "carried"
    if "dated" in candidate.trigger.rule.flags and carried:
        return True
    if cast.participants:
        return False
    if candidate.trigger.rule.type == "visit":
        return carried and not _unnamed(reading.passage.text, candidate)
    return when is None and amount is None and _needs_anchor(reading.passage.text, candidate)


def _day(when: DateMention | None) -> str | None:
    """The date of an event; a day whose year nothing tells is kept without it (EDTF: XXXX-11-07)."""
    return (when.date or when.yearless) if when is not None else None


def _remember(candidate: Candidate, cast: Cast, when: DateMention | None, state: _State) -> None:
    if cast.participants:
        state.parties = cast.participants
    if candidate.noun is not None and when is not None and _day(when):
        state.held.append((candidate.noun.text, when))


def _add_attendees(reading: Reading, reports: list[EventReport], sentence: Span) -> None:
    """Give people who 出席 in a sentence of its own to the forum told last, else to the last report."""
    if not reports or sentence.start - reports[-1].span.end >= 160:
        return
    recent = [
        i for i in range(max(len(reports) - 3, 0), len(reports)) if sentence.start - reports[i].span.end < 160
    ]
    held = [i for i in recent if reports[i].type in ("conference", "ceremony")]
    for index in (held or recent)[-1:]:
        reports[index] = _attended(reading, reports[index], sentence)


_ATTENDED = re.compile("了?(?:[。，并]|活动|仪式|会|论坛|签约|座谈|开幕|闭幕|发布|$)")


def _attended(reading: Reading, report: EventReport, sentence: Span) -> EventReport:
    """Add who 出席, 到场 in a sentence of its own soon after what was held was told."""
    text = reading.passage.text
    if (
        report.type not in ("conference", "ceremony", "signing", "meeting")
        or report.span == sentence
        or report.status != "done"
    ):
        return report
    if sentence.start - report.span.end > 160 or text.count("\n", report.span.end, sentence.start) > 1:
        return report
    words = reading.words.within(sentence, layer="context", kind="attend")
    if not words or _ATTENDED.match(text, words[-1].span.end) is None:
        return report
    seen = {p.entity for p in report.participants}
    passage, head = reading.passage, Span(sentence.start, words[-1].span.start)
    names = [m for m in passage.within(head) if is_candidate(passage, m) and m.entity not in seen]
    role = "attendee" if report.type in ("conference", "ceremony") else "witness"
    added = {m.entity: Participant(role, passage.entity(m).name, m.entity) for m in names}
    return replace(report, participants=(*report.participants, *added.values()))


def _completed(reading: Reading, candidate: Candidate, state: _State) -> Cast:
    """Fill in 双方 and dropped subjects from what was told before."""
    cast, scope, text = candidate.cast, candidate.scope, reading.passage.text
    if cast.participants:
        dropped = _dropped_subject(reading, candidate)
        return replace(cast, participants=(*dropped, *cast.participants)) if dropped else cast
    head = Span(max(scope.floor, scope.segments[max(scope.own - 1, 0)].start), candidate.trigger.span.start)
    if stands_for_both(text, head) or stands_for_both(text, Span(scope.sentence.start, scope.floor)):
        parties = (
            state.parties
            if len(state.parties) > 1
            else last_pair(reading.passage, candidate.trigger.span.start)
        )
        return Cast(parties, frozenset(), False, True)
    if scope.floor > scope.sentence.start:
        return Cast(_subject_before(reading, candidate), frozenset(), False, True)
    if candidate.trigger.rule.type in _ITEMISED:
        role, passage = candidate.trigger.rule.roles[0], reading.passage
        heads = heading_company(passage, candidate.trigger.span.start)
        found = tuple(Participant(role, passage.entity(m).name, m.entity) for m in heads)
        return replace(cast, participants=found or _dropped_subject(reading, candidate))
    return cast


_ADJUNCT = re.compile("[在于从向][^，。在]{1,14}|将|计划|拟|已经?|也|正式|首次|率先|今年|成功")
_EMPTY_HEAD = re.compile(
    "(?:[，、 ]|又|还|并|随后|接着|此后|当天|上午|下午|晚|同时|之后|此外|日|先后|分别|专程)*"
)


def _dropped_subject(reading: Reading, candidate: Candidate) -> tuple[Participant, ...]:
    """Give the subject of the sentence before to one that starts with its verb: 次日，又走访了乙公司。"""
    passage, trigger, scope = reading.passage, candidate.trigger, candidate.scope
    if trigger.rule.type not in _ITEMISED | {"visit", "meeting"} or scope.floor > scope.sentence.start:
        return ()
    head = Span(scope.sentence.start, trigger.span.start)
    rest = _ADJUNCT.sub("", head.of(passage.text))
    for when in reading.dates_in(head.start, head.end):
        rest = rest.replace(when.text, "")
    if _EMPTY_HEAD.fullmatch(rest) is None or head.start <= passage.paragraph(head.start).start:
        return ()
    before = passage.sentence(head.start - 1)
    labels = ("person",) if trigger.rule.type in ("visit", "meeting") else ("enterprise", "organization")
    named = [m for m in passage.within(before) if is_candidate(passage, m)]
    subject = next((m for m in named if m.label in labels), named[0] if named else None)
    if subject is None or any(p.entity == subject.entity for p in candidate.cast.participants):
        return ()
    return (Participant(trigger.rule.roles[0], passage.entity(subject).name, subject.entity),)


def _subject_before(reading: Reading, candidate: Candidate) -> tuple[Participant, ...]:
    passage, role = reading.passage, candidate.trigger.rule.roles[0]
    for quote in reading.quotes_before(candidate.trigger.span.start):
        if quote.entity is None or quote.span.start != candidate.scope.floor:
            continue
        speaker = passage.annotated.entities[quote.entity]
        if speaker.label in ("enterprise", "organization"):
            return (Participant(role, speaker.name, quote.entity),)
    for mention in passage.before(candidate.scope.floor):
        if mention.span.start < candidate.scope.sentence.start:
            break
        if mention.label in ("enterprise", "organization"):
            return (Participant(role, passage.entity(mention).name, mention.entity),)
    return ()


def _new_exhibitor(trigger: Found, cast: Cast, state: _State) -> bool:
    """Leave out exhibitors that are told again."""
    if trigger.rule.type == "exhibition":
        entities = {p.entity for p in cast.participants}
        if "support" not in trigger.rule.flags and entities <= state.exhibited:
            return False
        state.exhibited |= entities
    return True


def _needs_anchor(text: str, candidate: Candidate) -> bool:
    """Tell whether a report without names, date and sum says too little: 出台了一系列措施."""
    trigger = candidate.trigger
    if candidate.noun is not None and trigger.rule.type == "exhibition":
        return _EXPO_NAME.search(candidate.noun.text) is None
    if trigger.rule.type not in ("launch", "founding", "investment", "award"):
        return False
    segment = candidate.scope.segments[candidate.scope.own]
    if (
        text[trigger.span.end : trigger.span.end + 1] in ("《", "“")
        or "》" in text[segment.start : trigger.span.start]
    ):
        return False
    if (
        trigger.rule.type == "launch"
        and _EXPO_NAME.search(text)
        and _COUNTED.search(text, trigger.span.end, segment.end) is not None
    ):
        return False
    return not trigger.rule.objects and _SELF_STANDING.search(trigger.text) is None


def _visited(reading: Reading, scope: Scope) -> bool:
    return any(w.rule.kind == "visit" for w in reading.words.within(scope.sentence, layer="trigger"))


def _needs_name(candidate: Candidate) -> bool:
    """Tell whether only a named participant makes it an event: 参加国家展, 出席论坛."""
    return candidate.noun is not None and candidate.trigger.text in JOINING


def _by_press(text: str, trigger: Found, scope: Scope) -> bool:
    """A reporter who looks at something is no visit."""
    return "记者" in text[scope.segments[scope.own].start : trigger.span.start]


def _is_held_now(reading: Reading, candidate: Candidate, when: DateMention | None, state: _State) -> bool:
    """Tell whether the expo itself is told to be held, once in an article: not 已举办五届, not 举办进博会是….

    Named exhibitors make it their taking part.
    """
    if candidate.trigger.rule.type != "exhibition" or candidate.noun is None or candidate.cast.participants:
        return True
    text, scope, trigger = reading.passage.text, candidate.scope, candidate.trigger
    segment = scope.segments[scope.own]
    dated = when is not None and when.precision in ("day", "month") and when.method != "carried"
    held = dated or _HELD.search(text, segment.start, trigger.span.end) is not None
    if state.expo_told or not held or _TIMES.match(text, trigger.span.end) is not None:
        return False
    state.expo_told = True
    return True


def _counts_something(text: str, trigger: Found, scope: Scope) -> bool:
    """Tell whether a sum or number stands close to a word of turnover."""
    segment = scope.segments[scope.own]
    start, end = max(segment.start, trigger.span.start - 24), min(scope.sentence.end, trigger.span.end + 24)
    numbers = find_numbers(text, start=start, end=end)
    return any(n.kind in ("currency", "count") and n.value is not None and n.value > 1 for n in numbers)


def _told_again(
    candidate: Candidate, cast: Cast, when: DateMention | None, status: Status, state: _State
) -> bool:
    """Tell whether an earlier report of this type had these participants, or all of them and no other date.

    A ceremony without participants is told again when any ceremony of the same noun was told before.
    """
    kind = candidate.trigger.rule.type
    entities = frozenset(p.entity for p in cast.participants if p.entity is not None)
    date = _day(when)
    if (kind, date, status, entities) in state.told:
        return True
    state.told.add((kind, date, status, entities))
    if kind not in _RETOLD:
        return False
    if _joins_what_was_told(candidate, state):
        return True
    word = (candidate.noun or candidate.trigger).text
    for old_kind, old_date, old_status, old_entities, old_word in state.reported[-_REMEMBERED:]:
        if (old_kind, old_status) != (kind, status) or (
            date is not None and old_date is not None and date != old_date
        ):
            continue
        if kind in ("ceremony", "conference") and old_word == word and (date is None or not entities):
            return True
        if entities and entities <= old_entities and (date is None or date == old_date):
            return True
    state.reported.append((kind, date, status, entities, word))
    return False


def _joins_what_was_told(candidate: Candidate, state: _State) -> bool:
    """某人参加会议。 right after the meeting was told adds a guest, not a meeting."""
    trigger, noun = candidate.trigger, candidate.noun
    if noun is None or trigger.text not in JOINING or noun.span.start != trigger.span.end:
        return False
    return any(kind == trigger.rule.type for kind, *_ in state.reported[-_REMEMBERED:])


def _amount(text: str, scope: Scope) -> Number | None:
    start = scope.segments[scope.own].start
    end = scope.segments[min(scope.own + 2, len(scope.segments) - 1)].end
    return next(
        (n for n in find_numbers(text, start=start, end=end) if n.kind == "currency" and n.value is not None),
        None,
    )


def _place(reading: Reading, candidate: Candidate) -> str | None:
    passage, scope = reading.passage, candidate.scope
    places = [m for m in passage.within(scope.sentence) if m.label == "place"]
    for place in sorted(places, key=lambda m: abs(m.span.start - candidate.trigger.span.start)):
        if passage.text[max(place.span.start - 1, 0) : place.span.start] in (
            "在",
            "于",
            "到",
            "至",
            "入",
            "户",
        ):
            return place.text
    hall = re.search(r"\d(?:\.\d)?号?馆", scope.sentence.of(passage.text))
    return hall.group() if hall else None


def _confidence(cast: Cast, when: DateMention | None) -> float:
    return round(
        0.5 + 0.2 * bool(cast.participants) + 0.1 * (not cast.resolved) + 0.1 * (when is not None), 2
    )
