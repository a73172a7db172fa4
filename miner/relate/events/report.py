"""Article → event reports: what is told as happening, planned or called off, with date, place and who took part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from miner.language.dates import DateMention
from miner.language.numbers import Number, find_numbers
from miner.model import EventReport, Quote
from miner.relate.events.candidates import Candidate
from miner.relate.events.cast import Cast, casts_of, deals, trigger_of
from miner.relate.events.decide import Claim, decided
from miner.relate.events.model import EventModel, event_model
from miner.relate.events.reading import Reading, Scope
from miner.relate.events.shares import Shares
from miner.relate.events.triggers import FoundWord
from miner.relate.events.when import status_of, when_of
from miner.relate.passage import Passage

_LEADING = ("在", "于", "到", "至", "入")
_HALL = re.compile(r"\d(?:\.\d)?号?馆")
_COSTS = frozenset({"signing", "investment", "procurement", "founding"})


_ALSO = -1.6
"""A further word of a claim's sentence and type tells an event of its own from this chance on (logarithm)."""


def find_events(
    passage: Passage, dates: tuple[DateMention, ...], quotes: Sequence[Quote]
) -> tuple[EventReport, ...]:
    """Return the event reports of one field in text order."""
    reading, model = Reading.of(passage, dates, quotes), event_model()
    return tuple(reports_of(decided(reading, model), model))


def reports_of(claims: Iterable[Claim], model: EventModel) -> Iterator[EventReport]:
    """Yield the reports of what was decided: one for every deal of a claim that was not told before."""
    claims = list(claims)
    known: set[tuple[object, ...]] = set()
    telling = frozenset(claim.sentence for claim in claims)
    places = frozenset(claim.word.token.start for claim in claims)
    events: list[tuple[Claim, Shares]] = []
    for claim in claims:
        words = [claim.word, *(s.word for s in claim.others if s.types[claim.type] > _ALSO)]
        events += [(claim, shares) for shares in deals(words, claim.type, model, telling)]
    casts = casts_of([shares for _, shares in events], model)
    for (claim, shares), cast in zip(events, casts, strict=True):
        candidate = Candidate(shares.word, trigger_of(shares.word, claim.type), cast)
        report = _report(candidate, claim, model, places - {claim.word.token.start})
        key = _told(report, cast, claim)
        if key not in known:
            known.add(key)
            yield report


def _report(candidate: Candidate, claim: Claim, model: EventModel, others: frozenset[int]) -> EventReport:
    """Make the report of a candidate; `others` are the places of the triggers of other events."""
    reading, trigger, scope, cast = candidate.reading, candidate.trigger, candidate.scope, candidate.cast
    passage = reading.passage
    when = when_of(candidate, claim.status, model)
    status = status_of(candidate, when, claim.status)
    amount = _amount(passage.text, scope, others) if claim.type in _COSTS else None
    return EventReport(
        passage.article_id, passage.name, claim.type, scope.sentence, passage.printed(trigger.span), trigger.span,
        passage.printed(scope.sentence), status, f"model:{trigger.text}", round(min(claim.chance, 1.0), 2), cast.participants,
        (when.date or when.yearless) if when else None, when.date_end if when else None,
        when.text if when else None, when.method if when else None,
        _place(reading, trigger, scope), passage.edition(scope.sentence),
        cast.open_list, amount.value if amount else None, amount.unit if amount else None,
    )  # fmt: skip


def _told(report: EventReport, cast: Cast, claim: Claim) -> tuple[object, ...]:
    """Return what makes an event one with another of its article: type, day, parties; its sentence where nobody is named."""
    return (
        report.type,
        report.date,
        cast.entities,
        report.status,
        None if cast.participants else claim.sentence,
    )


def _amount(text: str, scope: Scope, others: frozenset[int]) -> Number | None:
    """Return the first sum of money of a trigger's piece of the sentence and the two behind it, as far as no other event is told."""
    own = scope.segments[scope.own]
    start, end = own.start, own.end
    for piece in scope.segments[scope.own + 1 : scope.own + 3]:
        if any(piece.start <= at < piece.end for at in others):
            break
        end = piece.end
    return next(
        (n for n in find_numbers(text, start=start, end=end) if n.kind == "currency" and n.value is not None),
        None,
    )


def _place(reading: Reading, trigger: FoundWord, scope: Scope) -> str | None:
    """Return where it was: the place nearest to the trigger that 在 or the like leads to, else a hall by its number."""
    passage = reading.passage
    places = [m for m in passage.within(scope.sentence) if m.label == "place"]
    for place in sorted(places, key=lambda m: abs(m.span.start - trigger.span.start)):
        led = passage.text[max(place.span.start - 1, 0) : place.span.start] in _LEADING
        if led or place.span.start == trigger.span.end:
            return place.text
    hall = _HALL.search(scope.sentence.of(passage.text))
    return hall.group() if hall else None
