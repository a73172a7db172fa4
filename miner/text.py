"""An article's text, read once: folded, cut into words, looked up in the lexicons; carried from recognising to relating."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from miner.language.fold import fold, simplify
from miner.language.gazetteer import Hit, gazetteer, words_of
from miner.language.words import Tagged, is_common, tagged, user_dictionary
from miner.offsets import Span

NAMED = ("enterprise", "place", "organization")
"""The kinds of lexicon hits that are names."""
_PROPER = frozenset({"nr", "nrt", "nrfg", "nt", "ns", "eng", "x"})


_PROPER = frozenset({"nr", "nrt", "nrfg", "nt", "ns", "eng", "x"})


@dataclass(slots=True)
class AnnotatedText:
    """Text with everything the rules look at; build one with `read`.

    All offsets are offsets of `text`: folding maps one character to one. Of an article it holds the fields, joined by
    line ends, and where each stands.
    """

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
    fields: Mapping[str, Span] = field(default_factory=dict)
    """Where each field of an article stands."""

    @classmethod
    def read(cls, text: str, fields: Mapping[str, Span] | None = None) -> AnnotatedText:
        """Fold, cut and look up a text, whose fields stand where `fields` says."""
        folded = fold(text)
        words = tagged(folded)
        edges = bytearray(len(text) + 1)
        for start in words.starts:
            edges[start] = 1
        edges[len(text)] = 1
        hits = [hit for hit in gazetteer().hits(folded) if _may_stand(hit, words, edges)]
        whole = cls(text, folded, words, hits, edges, [hit.end for hit in hits], fields=fields or {})
        whole._sort_hits()
        return whole

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
    def joined(cls, parts: Sequence[AnnotatedText], fields: Mapping[str, Span]) -> AnnotatedText:
        """Return neighbouring texts as one, of which every part was read for itself."""
        words, tags, starts, hits, at = list[str](), list[str](), list[int](), list[Hit](), 0
        for part in parts:
            words += part.words.words
            tags += part.words.tags
            starts += [start + at for start in part.words.starts]
            hits += [Hit(hit.start + at, hit.end + at, hit.term) for hit in part.hits]
            at += len(part.text)
        text, folded = (
            "".join(each) for each in zip(*((part.text, part.folded) for part in parts), strict=True)
        )
        edges = bytearray().join(part.edges[:-1] for part in parts) + b"\1"
        whole = cls(
            text, folded, Tagged(words, tags, starts), hits, edges, [hit.end for hit in hits], fields=fields
        )
        whole._sort_hits()
        return whole

    def span(self, name: str) -> Span:
        """Return where a field of the article stands; an empty span where it has none."""
        return self.fields.get(name, Span(0, 0))

    def simplified(self, span: Span) -> str:
        """Return a stretch in simplified characters, its punctuation and case as printed: what relating reads."""
        return simplify(span.of(self.text))

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
    """Tell whether a lexicon hit may be what it seems where it stands.

    An ambiguous place name (合作, 和平) must be tagged as a place, and none may lie inside a set phrase (金山 in 金山银山).
    """
    if hit.term.kind != "place":
        return True
    index = bisect_right(words.starts, hit.start) - 1
    if words.words[index] in words_of("segment", "phrase"):
        return False
    return not hit.term.ambiguous or (bool(edges[hit.start]) and words.tags[index] == "ns")
