"""One field of an article as the rules of posts look at it: folded text, names by place, sentences, words, titles."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from miner.language.sentences import sentences
from miner.model import FIELDS, Annotated, Mention
from miner.offsets import Span
from miner.relate.posts.features import NamedText, Stretch

_LONGEST = 2_000
"""A longer sentence is cut."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field with its names; the tuples of offsets lie beside the mentions they belong to, for looking up."""

    field: str
    text: str
    folded: str
    people: tuple[Mention, ...]
    bodies: tuple[Mention, ...]
    sentences: tuple[tuple[int, int], ...]
    person_starts: tuple[int, ...]
    body_starts: tuple[int, ...]
    edges: npt.NDArray[np.int64]
    """Where words begin."""
    titles: tuple[tuple[int, int], ...]
    """The words of the titles lexicon, the longest where they overlap."""

    def people_in(self, start: int, end: int) -> tuple[Mention, ...]:
        """Return the people whose names begin in a range of characters."""
        return self.people[bisect_left(self.person_starts, start) : bisect_left(self.person_starts, end)]

    def bodies_in(self, start: int, end: int) -> tuple[Mention, ...]:
        """Return the enterprises, organizations and places whose names begin in a range of characters."""
        return self.bodies[bisect_left(self.body_starts, start) : bisect_left(self.body_starts, end)]

    def person_before(self, at: int) -> Mention | None:
        """Return the person last named before an offset."""
        last = bisect_left(self.person_starts, at) - 1
        return self.people[last] if last >= 0 else None

    def sentence_of(self, at: int) -> int:
        """Return the index of the sentence that holds an offset, or that ends before it."""
        return max(bisect_right(self.sentences, (at, len(self.folded) + 1)) - 1, 0)

    def marked(self) -> NamedText:
        """Return what the reader of titles looks at."""
        names = [Stretch(m.span.start, m.span.end, m.label) for m in (*self.people, *self.bodies)]
        return NamedText(self.folded, names, self.titles, self.edges)


def longest(titles: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the longest of overlapping title words, from left to right.

    >>> list(longest([(2, 4), (0, 4), (5, 7)]))
    [(0, 4), (5, 7)]
    """
    reach = 0
    for start, end in sorted(titles, key=lambda title: (title[0], -title[1])):
        if start >= reach:
            yield start, end
            reach = end


def views(annotated: Annotated) -> Iterator[FieldView]:
    """Yield the fields of an article in which people are named."""
    for name in FIELDS:
        people = tuple(m for m in annotated.mentions if m.field == name and m.label == "person")
        if people:
            yield _view(annotated, name, people)


def _view(annotated: Annotated, name: str, people: tuple[Mention, ...]) -> FieldView:
    text = annotated.article.text(name)
    field = annotated.text.span(name)
    bodies = tuple(m for m in annotated.mentions if m.field == name and m.label != "person")
    hits = (hit for hit in annotated.text.hits_in(field.start, field.end) if hit.term.kind == "title")
    return FieldView(
        field=name,
        text=text,
        folded=field.of(annotated.text.folded),
        people=people,
        bodies=bodies,
        sentences=tuple((span.start, span.end) for span in sentences(text, max_chars=_LONGEST)),
        person_starts=tuple(m.span.start for m in people),
        body_starts=tuple(m.span.start for m in bodies),
        edges=_edges(annotated.text.words.starts, field, (*people, *bodies)),
        titles=tuple(longest((hit.start - field.start, hit.end - field.start) for hit in hits)),
    )


def _edges(starts: list[int], field: Span, names: Iterable[Mention]) -> npt.NDArray[np.int64]:
    """Return where words begin in a field: names are words of their own."""
    here = starts[bisect_left(starts, field.start) : bisect_left(starts, field.end)]
    edges = {start - field.start for start in here}
    for mention in names:
        edges.update(mention.span)
    edges.discard(field.end - field.start)
    return np.array(sorted(edges), dtype=np.int64)
