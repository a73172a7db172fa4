"""What speaks for a stretch of text being a name, and of which kind: named pieces, each drawn by a small function.

A piece is a name and a number, nearly always 1. What a piece counts for each label is learned (`scorer`), on text that
nobody looked at while writing these functions; a function stays here only as long as it lifts a held-out score.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from miner.language.gazetteer import words_of
from miner.recognise.beliefs import LABELS as BELIEVED
from miner.recognise.shapes import shape
from miner.recognise.view import View


class Piece(NamedTuple):
    """One piece of evidence: what it says, and how strongly it is there (1 when it simply is)."""

    name: str
    value: float = 1.0


Pieces = list[tuple[str, float]]
Drawn = Callable[[View, int, int, Pieces], None]
_BINS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97)
_SURE = 6.9
"""The logit of .999: a network is never counted surer."""


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, bounded as if it were never surer than 999 to 1."""
    inner = min(max(probability, 1e-3), 1.0 - 1e-3)
    return math.log(inner / (1.0 - inner))


_BINNED = {label: [f"network {label}, step {step}" for step in range(len(_BINS) + 1)] for label in BELIEVED}
_BELIEVED = [f"network {label}" for label in BELIEVED]
_MEANS = ["network mean nothing", *(f"network mean {label}" for label in BELIEVED)]
_BEFORE = ["network nothing before", *(f"network {label} before" for label in BELIEVED)]
_AFTER = ["network nothing after", *(f"network {label} after" for label in BELIEVED)]


def network(view: View, start: int, end: int, pieces: Pieces) -> None:
    """How surely the network sees exactly this stretch as a name of each label: in log-odds, and in steps."""
    for label, name, posterior in zip(BELIEVED, _BELIEVED, view.beliefs.posterior(start, end).tolist(), strict=True):
        pieces.append((_BINNED[label][sum(posterior >= bound for bound in _BINS)], 1.0))
        if posterior > 0.002:
            pieces.append((name, log_odds(posterior) + _SURE))


def network_around(view: View, start: int, end: int, pieces: Pieces) -> None:
    """What the network sees in and beside the stretch: a name cut short has more of itself just outside."""
    beliefs, n = view.beliefs, len(view.text.folded)
    pieces += zip(_MEANS, beliefs.means(start, end).tolist(), strict=True)
    if start:
        pieces += zip(_BEFORE, beliefs.means(start - 1, start).tolist(), strict=True)
    if end < n:
        pieces += zip(_AFTER, beliefs.means(end, end + 1).tolist(), strict=True)
    pieces.append(("network nothing at the edges", float(beliefs.nothing[start] + beliefs.nothing[end - 1])))


def characters(view: View, start: int, end: int, pieces: Pieces) -> None:
    """What lies in the characters alone: length, script, family and given name, words that are no names."""
    pieces += [(name, 1.0) for name in shape(view.text.folded[start:end])]


def ends(view: View, start: int, end: int, pieces: Pieces) -> None:
    """The last characters, which in bodies and firms say the kind: learned, so that no list of kinds is closed."""
    folded = view.text.folded
    pieces.append(("ends in " + folded[end - 1], 1.0))
    pieces.append(("ends in " + folded[max(start, end - 2) : end], 1.0))
    pieces.append(("begins with " + folded[start], 1.0))


def beside(view: View, start: int, end: int, pieces: Pieces) -> None:
    """The characters directly before and after."""
    folded = view.text.folded
    pieces.append(("before: " + folded[start - 1 : start], 1.0))
    pieces.append(("before: " + folded[max(0, start - 2) : start], 1.0))
    pieces.append(("after: " + folded[end : end + 1], 1.0))
    pieces.append(("after: " + folded[end : end + 2], 1.0))


def words(view: View, start: int, end: int, pieces: Pieces) -> None:
    """Whether the segmenter cuts here too, and which words stand first, last, before and after."""
    text = view.text
    cut, tags, starts = text.words
    first, last = text.word_at(start), text.word_at(end - 1)
    pieces.append((f"cut at its edges {text.edges[start]}{text.edges[end]}", 1.0))
    if first == last and text.edges[start] and text.edges[end]:
        pieces.append(("one word tagged " + tags[first], 1.0))
    pieces.append(("first word tagged " + tags[first], 1.0))
    pieces.append(("last word tagged " + tags[last], 1.0))
    pieces.append(("last word " + cut[last], 1.0))
    if first and starts[first] == start:
        pieces.append(("word before: " + cut[first - 1], 1.0))
        pieces.append(("tag before: " + tags[first - 1], 1.0))
    if last + 1 < len(cut) and text.edges[end]:
        pieces.append(("word after: " + cut[last + 1], 1.0))
        pieces.append(("tag after: " + tags[last + 1], 1.0))


def everyday(view: View, start: int, end: int, pieces: Pieces) -> None:
    """A stretch of everyday words alone: a description rather than a name."""
    if end - start > 2 and view.text.all_common(start, end):
        pieces.append(("everyday words alone", 1.0))


def lexicon_end(view: View, start: int, end: int, pieces: Pieces) -> None:
    """What the lexicons know that ends here: the whole name, its type, or a longer name that this would cut."""
    for hit in view.ending.get(end, ()):
        term = hit.term
        if hit.start == start:
            pieces.append((f"known {term.kind}{' (also a word)' if term.ambiguous else ''}", 1.0))
        elif hit.start > start:
            pieces.append((f"ends in a {term.kind} {term.sort or ''}", 1.0))
        else:
            pieces.append((f"cuts a longer known {term.kind}", 1.0))


def lexicon_start(view: View, start: int, end: int, pieces: Pieces) -> None:
    """What the lexicons know that begins here: a region or owner in front, or a longer name that this would cut."""
    for hit in view.text.opening.get(start, ()):
        if hit.end < end:
            pieces.append((f"begins with a {hit.term.kind}", 1.0))
        elif hit.end > end:
            pieces.append((f"begins a longer known {hit.term.kind}", 1.0))


def titles(view: View, start: int, end: int, pieces: Pieces) -> None:
    """A title before or after: people stand beside titles, firms and bodies before them."""
    text = view.text
    title = text.titles.get(start)
    if title is not None:
        pieces.append((f"title before ({title.term.sort})", 1.0))
    if end in text.title_starts:
        pieces.append(("title after", 1.0))


def nesting(view: View, start: int, end: int, pieces: Pieces) -> None:
    """A word after it that makes another thing of it: 西门子|杯, 博世|奖学金."""
    folded = view.text.folded
    if any(folded[end : end + length] in words_of("naming", "nesting") for length in (1, 2, 3, 4)):
        pieces.append(("goes on to the name of a thing", 1.0))


def zones(view: View, start: int, end: int, pieces: Pieces) -> None:
    """Where it stands: in a credit or byline, in the title of a work, in quotation marks."""
    folded = view.text.folded
    if view.credit[start]:
        pieces.append(("in a credit", 1.0))
    around = folded[start - 1 : start] + folded[end : end + 1]
    if around == "《》":
        pieces.append(("title of a work", 1.0))
    elif view.work[start]:
        pieces.append(("in the title of a work", 1.0))
    elif around == "“”":
        pieces.append(("in quotation marks", 1.0))


EVIDENCE: tuple[Drawn, ...] = (
    network,
    network_around,
    characters,
    ends,
    beside,
    words,
    everyday,
    lexicon_end,
    lexicon_start,
    titles,
    nesting,
    zones,
)
"""All evidence of a stretch where it stands; what an article says of it elsewhere is drawn by `vote`."""


def evidence(view: View, start: int, end: int, sources: set[str]) -> Pieces:
    """Return every piece of evidence for a stretch; `sources` are those who proposed it."""
    pieces: Pieces = [("always", 1.0)]
    for drawn in EVIDENCE:
        drawn(view, start, end, pieces)
    pieces += [(f"proposed by {source}", 1.0) for source in sources]
    return pieces
