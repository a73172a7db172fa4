"""Article → event reports: what is told as happening, planned or called off, with date, place and who took part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from miner.language.editions import edition_in
from miner.language.dates import DateMention
from miner.language.event_types import event_types
from miner.language.numbers import Number, find_numbers
from miner.model import EventReport, Participant, Quote, Status
from miner.offsets import Span
from miner.relate.events.candidates import scope_of
from miner.relate.events.cast import Cast, Scope, find_cast, heading_company, is_candidate, last_pair, stands_for_both
from miner.relate.events.decide import Claim, decided
from miner.relate.events.model import event_model
from miner.relate.events.reading import Candidate, Reading
from miner.relate.events.signs import held_noun
from miner.relate.events.triggers import Found
from miner.relate.events.when import choose_date, status_of
from miner.relate.passage import Passage

_ITEMISED = frozenset({"investment", "founding", "launch", "signing", "procurement", "award"})
_COSTS = frozenset({"signing", "investment", "procurement", "founding"})


@dataclass(slots=True)
class _State:
    """What earlier sentences told: needed for 双方, 随后 and for what is not told twice."""

    parties: tuple[Participant, ...] = ()
    held: list[tuple[str, DateMention]] = field(default_factory=list)
    told: set[tuple[object, ...]] = field(default_factory=set)


def find_events(passage: Passage, dates: tuple[DateMention, ...], quotes: Sequence[Quote]) -> tuple[EventReport, ...]:
    """Return the event reports of one field in text order."""
    reading = Reading.of(passage, dates, quotes)
    state = _State()
    reports: list[EventReport] = []
    for claim in decided(reading, event_model()):
        report = _report(reading, claim, state)
        if report is not None:
            reports.append(report)
    return tuple(reports)


def _candidate(reading: Reading, claim: Claim) -> Candidate:
    """Return the word of a claim as a trigger of its type."""
    found, kind = claim.word.found, event_types()[claim.type]
    roles = found.rule.roles if found.rule.kind == claim.type else kind.roles
    trigger = Found(found.span, found.text, replace(found.rule, kind=claim.type, roles=roles))
    scope = scope_of(reading, trigger)
    noun = held_noun(reading, trigger, scope.segments[scope.own]) if kind.grammar == "held" else None
    return Candidate(trigger, scope, find_cast(reading.passage, trigger, scope, reading.words), noun)


def _report(reading: Reading, claim: Claim, state: _State) -> EventReport | None:
    """Make the report of a claim, None when the same was told before."""
    passage, candidate = reading.passage, _candidate(reading, claim)
    trigger, scope = candidate.trigger, candidate.scope
    cast = _completed(reading, candidate, state)
    when = choose_date(reading, candidate, state.held)
    status = status_of(reading, candidate, when, claim.status)
    if _told_again(claim, cast, when, status, state):
        return None
    amount = _amount(passage.text, scope) if claim.type in _COSTS else None
    _remember(candidate, cast, when, state)
    evidence = passage.printed(scope.sentence)
    return EventReport(
        passage.article_id, passage.name, claim.type, scope.sentence, passage.printed(trigger.span), trigger.span, evidence,
        status, f"model:{trigger.text}", round(min(claim.chance, 1.0), 2), cast.participants,
        when.date if when else None, when.date_end if when else None,
        when.text if when else None, when.method if when else None,
        _place(reading, candidate), edition_in(scope.sentence.of(passage.text)) or passage.annotated.article.edition,
        cast.open_list, amount.value if amount else None, amount.unit if amount else None,
    )  # fmt: skip


def _told_again(claim: Claim, cast: Cast, when: DateMention | None, status: Status, state: _State) -> bool:
    """Tell whether an event of the same type, day and parties stands already."""
    parties = frozenset(p.entity for p in cast.participants)
    key = (claim.type, when.date if when else None, parties, status, None if parties else claim.sentence)
    again = key in state.told
    state.told.add(key)
    return again


def _remember(candidate: Candidate, cast: Cast, when: DateMention | None, state: _State) -> None:
    if cast.participants:
        state.parties = cast.participants
    if candidate.noun is not None and when is not None and when.date:
        state.held.append((candidate.noun.text, when))


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
