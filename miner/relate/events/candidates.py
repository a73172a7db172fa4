"""Sentence → pieces: where a trigger's clause begins and ends, who reports it, and what is held there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from miner.offsets import Span
from miner.relate.events.cast import Cast
from miner.relate.events.reading import Reading, Scope
from miner.relate.events.signs import Word
from miner.relate.events.triggers import Found

_SEGMENT = re.compile("[，；：,;:]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that was decided to tell an event: as a trigger of its type, where it stands, and who takes part."""

    reading: Reading
    word: Word
    trigger: Found
    scope: Scope
    cast: Cast


def scope_of(reading: Reading, trigger: Found) -> Scope:
    """Return where the names of a trigger are sought."""
    sentence = reading.passage.sentence(trigger.span.start)
    segments = _segments(reading, sentence)
    own = next(i for i, s in enumerate(segments) if trigger.span.start < s.end)
    return Scope(sentence, segments, own, _floor(reading, trigger, sentence))


def _segments(reading: Reading, sentence: Span) -> tuple[Span, ...]:
    """Cut a sentence at its commas, not at those in brackets."""
    text, passage = reading.passage.text, reading.passage
    cuts = [
        m.start()
        for m in _SEGMENT.finditer(text, sentence.start, sentence.end)
        if not passage.in_bracket(m.start())
    ]
    edges = [sentence.start, *(c + 1 for c in cuts if c + 1 < sentence.end), sentence.end]
    return tuple(Span(a, b) for a, b in pairwise(edges))


def _floor(reading: Reading, trigger: Found, sentence: Span) -> int:
    """Return where the words begin that hold the trigger: behind 某人表示，."""
    floor = sentence.start
    for quote in reading.quotes_before(trigger.span.start):
        if quote.span.start > trigger.span.start:
            break
        for span in (quote.span, *quote.continued):
            if span.start <= trigger.span.start < span.end:
                floor = max(floor, span.start)
    return floor
