"""An article's body as tokens: words, in which names, times and trigger words stand whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from miner.language.dates import DateMention
from miner.model import Mention
from miner.offsets import Span
from miner.relate.events.triggers import FoundWord
from miner.relate.passage import Passage

_MARKS = {"person": "<P>", "enterprise": "<E>", "organization": "<O>", "place": "<L>"}
TIME, NUMBER, COMMON = "<D>", "<N>", ""
"""What stands for a time, for a number, and the kind of all other tokens."""


class EventToken(NamedTuple):
    """A word, name, time or trigger; `word` is what rules see: a name is its kind alone."""

    start: int
    end: int
    word: str
    tag: str
    """Part of speech as jieba has it."""
    kind: str
    """`<P>`, `<E>`, `<O>` or `<L>` of a name, `<D>` of a time, else empty."""
    source: Mention | DateMention | None = None


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A stretch that is one token whatever the words say."""

    span: Span
    kind: str
    source: Mention | DateMention | None


def tokens_of(
    passage: Passage, dates: tuple[DateMention, ...], triggers: tuple[FoundWord, ...]
) -> tuple[EventToken, ...]:
    """Return the tokens of a passage in order; names win over times, times over triggers, triggers over words."""
    fixed = _fixed(passage, dates, triggers)
    return tuple(_cut(passage, fixed))


def _fixed(passage: Passage, dates: tuple[DateMention, ...], triggers: tuple[FoundWord, ...]) -> list[_Fixed]:
    taken = bytearray(len(passage.text))
    chosen: list[_Fixed] = []
    names = [_Fixed(m.span, _MARKS[m.label], m) for m in passage.mentions]
    times = [_Fixed(d.span, TIME, d) for d in dates]
    words = [_Fixed(t.span, COMMON, None) for t in triggers]
    for group in (names, times, words):
        for each in sorted(group, key=lambda f: (f.span.start, -f.span.end)):
            start, end = each.span
            if start < end and not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                chosen.append(each)
    return sorted(chosen, key=lambda f: f.span.start)


def _cut(passage: Passage, fixed: list[_Fixed]) -> Iterator[EventToken]:
    """Lay the fixed stretches over the words; what is left of a word keeps its part of speech."""
    whole, body = passage.annotated.text, passage.annotated.text.span(passage.name)
    words, tags, starts = whole.words
    waiting = iter([*fixed, None])
    following = next(waiting)
    at = 0
    for index in range(bisect_left(starts, body.start), len(words)):
        start, tag = starts[index] - body.start, tags[index]
        end = min(start + len(words[index]), body.end - body.start)
        if start >= body.end - body.start:
            break
        at = max(at, start)
        while following is not None and following.span.start < end:
            if at < following.span.start:
                yield _word(whole.folded, body.start, Span(at, following.span.start), tag)
            yield _named(whole.folded, body.start, following, tag if following.span == (start, end) else "")
            at = following.span.end
            following = next(waiting)
        if at < end:
            yield _word(whole.folded, body.start, Span(at, end), tag)
            at = end


def _word(folded: str, shift: int, span: Span, tag: str) -> EventToken:
    word = NUMBER if tag == "m" else folded[span.start + shift : span.end + shift]
    return EventToken(span.start, span.end, word, tag, COMMON)


def _named(folded: str, shift: int, fixed: _Fixed, tag: str) -> EventToken:
    start, end = fixed.span
    word = fixed.kind or folded[start + shift : end + shift]
    return EventToken(start, end, word, tag, fixed.kind, fixed.source)
