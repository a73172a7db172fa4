"""A sentence as a row of names, titles and bodies, and what stands between any two of them, in short."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from miner.language.gazetteer import words_of
from miner.model import Mention
from miner.offsets import Span
from miner.relate.posts.reader import ReadWord
from miner.relate.posts.view import FieldView

_MARK = re.compile(r"[,;:()、/“”《》]|[^,;:()、/“”《》]+")
_LONGEST = 20
"""What lies more symbols apart than this is simply far."""
FAR = "far"
_YEAR = re.compile(r"(?:19|20)\d\d[年.\-/]")


@dataclass(frozen=True, slots=True)
class SentencePart:
    """A person (P), title (T) or body (B) in its sentence."""

    span: Span
    kind: str
    mention: Mention | None = None
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class SentenceParts:
    """The parts of one sentence in text order; `before` is the person named last before it."""

    view: FieldView
    span: Span
    parts: tuple[SentencePart, ...]
    people: tuple[int, ...]
    """Indices of the people among the parts."""
    index: int
    before: Mention | None = None

    def titles(self) -> list[int]:
        """Return the indices of the titles among the parts."""
        return [at for at, part in enumerate(self.parts) if part.kind == "T"]

    def between(self, left: int, right: int) -> str:
        """Return what lies between two parts: their kinds, the marks, v for taking office, x for other words.

        The text inside one sentence is looked at once a pair, and no pair spans more than _LONGEST symbols.
        """
        symbols: list[str] = []
        for at in range(left, right):
            if at > left:
                symbols.append(self.parts[at].kind)
            low, high = self.parts[at].span.end, self.parts[at + 1].span.start
            symbols.extend(symbols_of(self.view.folded, low, high))
            if len(symbols) > _LONGEST:
                return FAR
        return "".join(symbols)


def symbols_of(folded: str, start: int, end: int) -> Iterator[str]:
    """Yield the symbols of a stretch without names: its marks, v or x for words, 的 and 兼 and 和 as they are."""
    for match in _MARK.finditer(folded, start, min(end, start + 200)):
        text = match.group().strip()
        if not text:
            continue
        if len(match.group()) == 1 and text in ",;:()、/“”《》":
            yield text
        else:
            yield _symbol(text)


@cache
def _taking() -> tuple[str, ...]:
    """Return the words of taking office that are longer than one character, and the last character of them all."""
    return (*sorted(word for word in words_of("posts", "takes") if len(word) > 1), "任")


@lru_cache(maxsize=8192)
def _symbol(text: str) -> str:
    if text in words_of("posts", "joint"):
        return "、"
    if text in words_of("posts", "of"):
        return text
    if text in words_of("posts", "takes"):
        return "v"
    if text.endswith(_taking()):
        return "w"
    if text.startswith(("任", "担任", "当选", "出任")):
        return "u"
    return "x"


def rows(view: FieldView, read: Sequence[ReadWord]) -> Iterator[SentenceParts]:
    """Yield the sentences of a field that hold a title."""
    starts = [found.start for found in read]
    for index, (start, end) in enumerate(view.sentences):
        here = read[bisect_left(starts, start) : bisect_left(starts, end)]
        if any(found.kind == "title" for found in here):
            parts = tuple(_parts(view, here, start, end))
            people = tuple(i for i, part in enumerate(parts) if part.kind == "P")
            yield SentenceParts(view, Span(start, end), parts, people, index, view.person_before(start))


def _parts(view: FieldView, read: Iterable[ReadWord], start: int, end: int) -> list[SentencePart]:
    people = [SentencePart(m.span, "P", m) for m in view.people_in(start, end)]
    titles = [SentencePart(Span(r.start, r.end), "T", None, r.margin) for r in read if r.kind == "title"]
    named = [_named(view, m) for m in view.bodies_in(start, end)]
    ends = {
        part.span.end for part in named if part.mention is not None and part.mention.label == "enterprise"
    }
    bodies = [
        SentencePart(_without_at(view, r), "B", None, r.margin)
        for r in read
        if r.kind == "body" and r.end not in ends
    ]
    taken = _apart([], people)
    taken = _apart(taken, titles)
    longer = sorted([*named, *bodies], key=lambda p: (p.span.start - p.span.end, p.mention is None))
    return _apart(taken, longer)


def _without_at(view: FieldView, read: ReadWord) -> Span:
    """Return where a body stands that was read, without 在 before it."""
    at = view.folded[read.start] in words_of("posts", "at") and read.end - read.start > 2
    return Span(read.start + at, read.end)


def _named(view: FieldView, mention: Mention) -> SentencePart:
    """Return a body's name as a part; a word of taking office that recognition took for its beginning is no part of it."""
    text = mention.span.of(view.folded)
    for word in words_of("posts", "takes"):
        if len(word) > 1 and len(text) > len(word) + 1 and text.startswith(word):
            return SentencePart(Span(mention.span.start + len(word), mention.span.end), "B", mention)
    return SentencePart(mention.span, "B", mention)


def _apart(taken: list[SentencePart], more: Iterable[SentencePart]) -> list[SentencePart]:
    """Add parts where nothing stands yet; a body that a title's end overlaps keeps what stands before the title."""
    result = sorted(taken, key=lambda part: part.span.start)
    starts = [part.span.start for part in result]
    for part in more:
        at = bisect_left(starts, part.span.end)
        previous = result[at - 1] if at else None
        if previous is not None and previous.span.end > part.span.start:
            if part.kind != "B" or previous.kind != "T" or previous.span.start <= part.span.start:
                continue
            part = SentencePart(Span(part.span.start, previous.span.start), "B", None, part.margin)
            at -= 1
            if at and result[at - 1].span.end > part.span.start:
                continue
        result.insert(at, part)
        starts.insert(at, part.span.start)
    return result


def opening(row: SentenceParts) -> str:
    """Return how a sentence opens: with a year, a word of taking office, a person, a title, or otherwise."""
    text = row.view.folded[row.span.start : row.span.start + 12]
    if _YEAR.match(text):
        return "year"
    if any(text.startswith(word) for word in words_of("posts", "takes")):
        return "takes"
    first = row.parts[0]
    return first.kind if first.span.start - row.span.start <= 1 else "other"
