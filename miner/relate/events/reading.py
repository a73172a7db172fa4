"""What event rules look at: a text with its names, words, dates and quotes, and what may become a report."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from miner.language.dates import DateMention
from miner.model import Quote
from miner.offsets import Span
from miner.relate.events.triggers import FoundWord, Words
from miner.relate.passage import Passage

_SEGMENT = re.compile("[，；：,;:]")
_LISTING = re.compile("、")
_QUOTES = 12
"""An interrupted quotation may hold a trigger in a later part: so many quotes are looked at."""
_EXPO = re.compile("进博会|进口博览会|进博")


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with all that event rules look at."""

    passage: Passage
    words: Words
    dates: tuple[DateMention, ...]
    quotes: tuple[Quote, ...]
    expo: bool
    """True in a story about the expo: only there 参展 and 亮相 tell of taking part in it."""
    _date_starts: tuple[int, ...] = field(default=(), repr=False)
    _quote_starts: tuple[int, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, passage: Passage, dates: tuple[DateMention, ...], quotes: Sequence[Quote]) -> Reading:
        """Find the lexicon words of a passage and put them beside its dates and quotes."""
        article = passage.annotated.article
        expo = article.edition is not None or any(
            _EXPO.search(text) for text in (article.headline or "", passage.text)
        )
        starts = tuple(d.span.start for d in dates), tuple(q.span.start for q in quotes)
        words = Words.of(passage.text, (m.span for m in passage.mentions))
        return cls(passage, words, dates, tuple(quotes), expo, *starts)

    def dates_in(self, start: int, end: int) -> tuple[DateMention, ...]:
        """Return the times that start in a range of characters."""
        return self.dates[bisect_left(self._date_starts, start) : bisect_left(self._date_starts, end)]

    def quotes_before(self, at: int) -> tuple[Quote, ...]:
        """Return the last quotes that start at or before a place."""
        high = bisect_right(self._quote_starts, at)
        return self.quotes[max(high - _QUOTES, 0) : high]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a trigger stands."""

    sentence: Span
    segments: tuple[Span, ...]
    """Pieces of the sentence between commas, semicolons and colons."""
    own: int
    """Index of the trigger's segment."""
    floor: int
    """Names before this belong to whoever reports the words, not to the event."""


def scope_of(reading: Reading, trigger: FoundWord) -> Scope:
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
    cuts = sorted({*cuts, *_between_deals(reading, sentence, cuts)})
    edges = [sentence.start, *(c + 1 for c in cuts if c + 1 < sentence.end), sentence.end]
    return tuple(Span(a, b) for a, b in pairwise(edges))


def _between_deals(reading: Reading, sentence: Span, cuts: Sequence[int]) -> Iterator[int]:
    """Yield the 、 of a sentence that part two deals: 甲与乙签订协议、丙与丁签订合同; 收购甲、控股乙."""
    for low, high in pairwise((sentence.start, *cuts, sentence.end)):
        piece = Span(low, high)
        marks = [m.start() for m in _LISTING.finditer(reading.passage.text, low, high)]
        triggers = reading.words.within(piece, layer="trigger") if marks else []
        if len(triggers) > 1:
            between = Span(triggers[0].span.end, triggers[-1].span.start)
            yield from _parting(reading.passage, piece, between, [m for m in marks if m in range(*between)])


def _parting(passage: Passage, piece: Span, between: Span, marks: Sequence[int]) -> Iterator[int]:
    """Yield the 、 before a trigger, or before a name but not behind one: it joins no two names of a list."""
    named = passage.within(piece)
    begun, ended = {m.span.start for m in named}, {m.span.end for m in named}
    for at in marks:
        deal = at + 1 == between.end or (at not in ended and at + 1 in begun)
        if deal and not passage.in_bracket(at):
            yield at


def _floor(reading: Reading, trigger: FoundWord, sentence: Span) -> int:
    """Return where the words begin that hold the trigger: behind 某人表示，."""
    floor = sentence.start
    for quote in reading.quotes_before(trigger.span.start):
        if quote.span.start > trigger.span.start:
            break
        for span in (quote.span, *quote.continued):
            if span.start <= trigger.span.start < span.end:
                floor = max(floor, span.start)
    return floor
