"""A stretch of text ready for the rules: its folded form, its words, and what the lexicons find in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from miner.language.fold import fold
from miner.language.gazetteer import Hit, gazetteer
from miner.language.words import Tagged, is_common, tagged, user_dictionary
from miner.offsets import Span

NAMED = ("enterprise", "place", "organization")
"""The kinds of lexicon hits that are names."""
_PROPER = frozenset({"nr", "nrt", "nrfg", "nt", "ns", "eng", "x"})


_BEFORE_BRAND = re.compile(
    r"(?:企业|公司|品牌|巨头|展商|参展商|车企|药企|集团|厂商|机构|供应商|零售商|走进|走访|参观|来自)[“\"]?$"
)
_AFTER_BRAND = re.compile(
    r"[”\"]?(?:集团|公司|展台|展位|展区|品牌|等(?:企业|品牌|公司|展台|\d)|中国区|大中华区|亚太区|总裁|副总裁|董事长|总经理|首席|创始人|CEO|方面|负责人|相关负责人|"
    r"带来|首发|首次参展|连续\w届参展|展出|携|推出|参展|宣布|在华|旗下|亮相|与[^,。]{1,12}签|签约|[(][a-z])"
)


@dataclass(slots=True)
class Found:
    """A name that some rule or model proposes: what it is, who says so, and how sure that is (0 to 1).

    Never changed once made; not frozen, because a frozen one takes three times as long to make, and there are many.
    """

    start: int
    end: int
    label: str
    method: str
    confidence: float

    @property
    def span(self) -> Span:
        """The characters of the passage that it covers."""
        return Span(self.start, self.end)

    def shifted(self, by: int) -> Found:
        """Return it moved by `by` characters."""
        return replace(self, start=self.start + by, end=self.end + by)


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
    title_starts: set[int] = field(default_factory=set)
    """Where titles begin."""
    opening: dict[int, list[Hit]] = field(default_factory=dict)
    """The hits that begin at an offset, by their ends."""
    named: set[tuple[int, int]] = field(default_factory=set)
    """The stretches that are known names."""

    @classmethod
    def read(cls, text: str) -> Passage:
        """Fold, cut and look up a text."""
        folded = fold(text)
        words = tagged(folded)
        edges = bytearray(len(text) + 1)
        for start in words.starts:
            edges[start] = 1
        edges[len(text)] = 1
        hits = [
            hit for hit in gazetteer().hits(folded) if not hit.term.ambiguous or _may_stand(hit, words, edges)
        ]
        passage = cls(text, folded, words, hits, edges, [hit.end for hit in hits])
        passage._sort_hits()
        return passage

    def _sort_hits(self) -> None:
        titles, title_starts, opening, named = self.titles, self.title_starts, self.opening, self.named
        for hit in self.hits:
            start, end, term = hit
            opening.setdefault(start, []).append(hit)
            if term.kind in NAMED:
                named.add((start, end))
            elif term.kind == "address":
                title_starts.add(start)
            elif term.kind == "title":
                title_starts.add(start)
                if end not in titles or start < titles[end].start:
                    titles[end] = hit

    @classmethod
    def joined(cls, parts: Sequence[Passage]) -> Passage:
        """Return neighbouring passages as one, for looking at names; hits and titles are left out."""
        text = "".join(part.text for part in parts)
        edges = bytearray().join(part.edges[:-1] for part in parts) + b"\1"
        words = Tagged([], [], [])
        return cls(text, "".join(part.folded for part in parts), words, [], edges, [])

    def bare(self) -> Passage:
        """Return the passage without words and hits: enough for looking at names, and small."""
        return Passage(self.text, self.folded, Tagged([], [], []), [], self.edges, [])

    def of_kind(self, kind: str) -> Iterator[Hit]:
        """Yield the lexicon hits of one kind in order of their ends."""
        return (hit for hit in self.hits if hit.term.kind == kind)

    def word_at(self, offset: int) -> int:
        """Return the index of the word that covers an offset."""
        return bisect_right(self.words.starts, offset) - 1

    def hits_in(self, start: int, end: int) -> Iterator[Hit]:
        """Yield the hits that lie between two offsets."""
        hits = self.hits
        for index in range(bisect_right(self.ends, start), len(hits)):
            hit = hits[index]
            if hit[1] > end:
                return
            if hit[0] >= start:
                yield hit

    def hits_from(self, start: int, end: int) -> list[Hit]:
        """Return the hits that begin at `start` and end before or at `end`, the longest last."""
        return [hit for hit in self.opening.get(start, ()) if hit.end <= end]

    def known_prefix(self, start: int, end: int) -> str | None:
        """Return the kind of the longest known name that begins at `start` and ends before or at `end`, if any."""
        kind = None
        for hit in self.hits_from(start, end):
            if hit.term.kind in NAMED:
                kind = hit.term.kind
        return kind

    def owner(self, start: int, end: int) -> str | None:
        """Return the kind of name that a stretch begins with; a body that needs no owner of its own counts as one."""
        kind = self.known_prefix(start, end)
        if kind is None and any(
            hit.term.kind == "body" and hit.term.sort in ("ministry", "international")
            for hit in self.hits_from(start, end)
        ):
            return "organization"
        return kind

    def place_sort(self, start: int, end: int) -> str | None:
        """Return the sort (country, city, venue ...) of the longest place that begins at `start`."""
        sort = None
        for hit in self.hits_from(start, end):
            if hit.term.kind == "place":
                sort = hit.term.sort
        return sort

    def known_end(self, start: int, end: int, kind: str) -> int:
        """Return where the longest known name of a kind that begins at `start` ends; `start` when there is none."""
        return max((hit.end for hit in self.hits_from(start, end) if hit.term.kind == kind), default=start)

    def knows(self, start: int, end: int) -> bool:
        """Tell whether exactly this stretch is a known name."""
        return (start, end) in self.named

    def name_starts(self, start: int, end: int, *, shortest: int = 2) -> list[int]:
        """Return where known names begin in a stretch, sorted; enterprises only from `shortest` characters on."""
        return sorted(
            {
                hit.start
                for hit in self.hits_in(start, end)
                if hit.term.kind in NAMED
                and not hit.term.ambiguous
                and (hit.term.kind != "enterprise" or hit.end - hit.start >= shortest)
            }
        )

    def starts_place(self, start: int) -> bool:
        """Tell whether a place's name begins at an offset."""
        return any(hit.term.kind == "place" for hit in self.hits_from(start, start + 8))

    def starts_name(self, start: int) -> bool:
        """Tell whether a known name begins at an offset."""
        return any(hit.term.kind in NAMED for hit in self.hits_from(start, start + 8))

    def after_places(self, start: int, end: int) -> int:
        """Return the offset after the places that a stretch begins with."""
        at = start
        while True:
            ends = [hit.end for hit in self.hits_from(at, end) if hit.term.kind == "place"]
            if not ends:
                return at
            at = max(ends)

    def acts_as_company(self, start: int, end: int) -> bool:
        """Tell whether the words around a stretch speak of it as of a company: 企业…, …展台, …总裁, …带来."""
        before = _BEFORE_BRAND.search(self.folded, max(0, start - 8), start)
        return before is not None or _AFTER_BRAND.match(self.folded, end) is not None

    def all_common(self, start: int, end: int, *, bodies: bool = False) -> bool:
        """Tell whether a stretch consists of words of the general dictionary alone, none of them a name.

        With `bodies` the dictionary's words for bodies (工业联合会) are common as well.
        """
        words, tags, starts = self.words
        for index in range(self.word_at(start), len(words)):
            if starts[index] >= end:
                break
            word, tag = words[index], tags[index]
            proper = tag in _PROPER and not (bodies and tag == "nt")
            if proper or not is_common(word) or (tag == "nz" and word in own_words()):
                return False
        return True


@cache
def own_words() -> frozenset[str]:
    """Return the words of the user dictionary."""
    return frozenset(user_dictionary())


def _may_stand(hit: Hit, words: Tagged, edges: bytearray) -> bool:
    """Tell whether an ambiguous place name (合作, 和平) is tagged as a place where it stands; other kinds always may."""
    if hit.term.kind != "place":
        return True
    return bool(edges[hit.start]) and words.tags[bisect_right(words.starts, hit.start) - 1] == "ns"
