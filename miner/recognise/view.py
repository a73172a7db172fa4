"""An article as the evidence looks at it: its text, what a network believes, and where names are not part of the story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from miner.language.gazetteer import Hit
from miner.offsets import Span
from miner.recognise.beliefs import Beliefs
from miner.recognise.zones import credits, works
from miner.text import AnnotatedText


@dataclass(slots=True)
class View:
    """Text with everything that evidence is drawn from; build one with `of`."""

    text: AnnotatedText
    beliefs: Beliefs
    credit: bytearray
    """For every character, 1 in a dateline, a credit or a byline."""
    work: bytearray
    """For every character, 1 in the title of a work: 《…》."""
    ending: dict[int, list[Hit]] = field(default_factory=dict)
    """The lexicon hits that end at an offset."""

    @classmethod
    def of(cls, text: AnnotatedText, beliefs: Beliefs | None) -> View:
        """Look at a text; `beliefs` are those of a network, None without one."""
        ending: dict[int, list[Hit]] = {}
        for hit in text.hits:
            ending.setdefault(hit.end, []).append(hit)
        n = len(text.text)
        return cls(
            text,
            beliefs or Beliefs.none(n),
            _marked(credits(text.folded), n),
            _marked(works(text.folded), n),
            ending,
        )


def _marked(spans: Iterable[Span], n: int) -> bytearray:
    marked = bytearray(n + 1)
    for span in spans:
        marked[span.start : span.end] = b"\1" * (span.end - span.start)
    return marked
