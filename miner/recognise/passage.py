"""A stretch of text ready for the rules: its folded form, its words, and what the lexicons find in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from miner.offsets import Span
from miner.recognise.fold import fold
from miner.recognise.gazetteer import Hit, gazetteer
from miner.segment import Tagged, is_common, tagged


@dataclass(frozen=True, slots=True)
class Found:
    """A name that some rule or model proposes: what it is, who says so, and how sure that is (0 to 1)."""

    start: int
    end: int
    label: str
    method: str
    confidence: float

    @property
    def span(self) -> Span:
        """The characters of the passage that it covers."""
        return Span(self.start, self.end)


@dataclass(slots=True)
class Passage:
    """Text with everything the rules look at; build one with `read`."""

    text: str
    folded: str
    words: Tagged
    hits: list[Hit]
    edges: bytearray
    """For every offset, 1 where a word begins (and at the end of the text)."""
    ends: list[int]
    """Where the hits end, for searching."""
    titles: dict[int, Hit] = field(default_factory=dict)
    """The longest title that ends at an offset."""

    @classmethod
    def read(cls, text: str) -> Passage:
        """Fold, cut and look up a text."""
        folded = fold(text)
        words = tagged(folded)
        edges = bytearray(len(text) + 1)
        for start in words.starts:
            edges[start] = 1
        edges[len(text)] = 1
        hits = gazetteer().hits(folded)
        passage = cls(text, folded, words, hits, edges, [hit.end for hit in hits])
        for hit in passage.of_kind("title"):
            old = passage.titles.get(hit.end)
            if old is None or hit.start < old.start:
                passage.titles[hit.end] = hit
        return passage

    def of_kind(self, kind: str) -> Iterator[Hit]:
        """Yield the lexicon hits of one kind in order of their ends."""
        return (hit for hit in self.hits if hit.term.kind == kind)

    def word_at(self, offset: int) -> int:
        """Return the index of the word that covers an offset."""
        return bisect_right(self.words.starts, offset) - 1

    def hits_in(self, start: int, end: int) -> Iterator[Hit]:
        """Yield the hits that lie between two offsets."""
        index = bisect_right(self.ends, start)
        while index < len(self.hits) and self.hits[index].end <= end:
            if self.hits[index].start >= start:
                yield self.hits[index]
            index += 1

    def known_prefix(self, start: int, end: int) -> str | None:
        """Return the kind of name that stands at `start`, if any: the longest one that ends before or at `end`."""
        kind = None
        for hit in self.hits_in(start, end):
            if hit.start == start and hit.term.kind in ("enterprise", "place", "organization"):
                kind = hit.term.kind
        return kind

    def knows(self, start: int, end: int) -> bool:
        """Tell whether exactly this stretch is a known name."""
        return any(
            hit.start == start and hit.end == end and hit.term.kind in ("enterprise", "place", "organization")
            for hit in self.hits_in(start, end)
        )

    def after_place(self, start: int, end: int) -> str:
        """Return what follows the places at the beginning of a stretch."""
        at = start
        while True:
            ends = [h.end for h in self.hits_in(at, end) if h.start == at and h.term.kind == "place"]
            if not ends:
                return self.folded[at:end]
            at = max(ends)

    def all_common(self, start: int, end: int) -> bool:
        """Tell whether a stretch consists of words of the general dictionary alone, none of them a name."""
        index = self.word_at(start)
        while index < len(self.words.words) and self.words.starts[index] < end:
            word, tag = self.words.words[index], self.words.tags[index]
            if tag in ("nz", "nr", "nrt", "nrfg", "eng", "x") or not is_common(word):
                return False
            index += 1
        return True
