"""An article as the evidence looks at it: its text, what a network believes, and where names are not part of the story."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from miner.language.gazetteer import Hit
from miner.offsets import Span
from miner.recognise.beliefs import Beliefs
from miner.recognise.zones import credits, works
from miner.text import AnnotatedText


@dataclass(slots=True)
class EvidenceView:
    """Text with everything that evidence is drawn from; build one with `of`."""

    text: AnnotatedText
    beliefs: Beliefs
    credit: bytearray
    """For every character, 1 in a dateline, a credit or a byline."""
    work: bytearray
    """For every character, 1 in the title of a work: 《…》."""
    ending: dict[int, list[Hit]] = field(default_factory=dict)
    """The lexicon hits that end at an offset."""
    holders: list[Hit] = field(default_factory=list)
    """The firms and bodies that lexicons know, and the words that such names end in, by their ends."""
    holder_starts: set[int] = field(default_factory=set)
    holder_ends: set[int] = field(default_factory=set)
    in_title: dict[int, int] = field(default_factory=dict)
    """For offsets inside titles, where the last such title begins."""
    opened: dict[int, list[str]] = field(default_factory=dict)
    """The signs of the beginnings that were asked for (see `evidence`)."""
    closed: dict[int, list[str]] = field(default_factory=dict)
    """The signs of the ends that were asked for."""

    @classmethod
    def of(cls, text: AnnotatedText, beliefs: Beliefs | None) -> EvidenceView:
        """Look at a text; `beliefs` are those of a network, None without one."""
        ending: dict[int, list[Hit]] = {}
        for hit in text.hits:
            ending.setdefault(hit.end, []).append(hit)
        n = len(text.text)
        holders = [hit for hit in text.hits if hit.term.kind in HOLDERS]
        return cls(
            text,
            beliefs or Beliefs.none(n),
            _marked(credits(text.folded), n),
            _marked(works(text.folded), n),
            ending,
            holders,
            {hit.start for hit in holders},
            {hit.end for hit in holders},
            _inside(hit for hit in text.hits if hit.term.kind == "title"),
        )

    def holder_within(self, start: int, end: int) -> Hit | None:
        """Return the last known firm or body, or word that ends such a name, inside a stretch and before its end."""
        found, index = None, bisect_left(self.holders, end, key=_END) - 1
        while index >= 0 and (hit := self.holders[index]).end > start:
            if found is not None and hit.end < found.end:
                break
            if hit.start >= start:
                found = hit
            index -= 1
        return found


HOLDERS = frozenset({"company", "body", "organization", "enterprise"})
_END = itemgetter(1)


def _inside(titles: Iterable[Hit]) -> dict[int, int]:
    inside: dict[int, int] = {}
    for start, end, _ in titles:
        for at in range(start + 1, end):
            inside[at] = max(start, inside.get(at, start))
    return inside


def _marked(spans: Iterable[Span], n: int) -> bytearray:
    marked = bytearray(n + 1)
    for span in spans:
        marked[span.start : span.end] = b"\1" * (span.end - span.start)
    return marked
