"""What speaks for a stretch of text being a name, and of which kind.

Evidence is of two sorts. A *sign* is simply there or not: a name like "title before" or "ends in 局", drawn by a small
function. A *measure* is a number: how surely a network sees this very stretch. What either counts for each label is
learned (`scorer`), on text that nobody looked at while writing these functions; a function stays here only as long
as it lifts a held-out score.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from miner.language.gazetteer import words_of
from miner.recognise.beliefs import LABELS, Beliefs
from miner.recognise.shapes import letters_of, shape
from miner.recognise.view import EvidenceView

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.int64]
Drawn = Callable[[EvidenceView, int, int], list[str]]
_STEPS = np.array((0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97), np.float32)
_DOUBT = 1e-3
"""A network is never counted surer than this leaves it."""

MEASURES = (
    *(f"network {label}" for label in LABELS),
    *(f"network {label}, at least {step:.2f}" for label in LABELS for step in _STEPS),
    *(f"network {label} in mean" for label in ("nothing", *LABELS)),
    *(f"network {label} just before" for label in ("nothing", *LABELS)),
    *(f"network {label} just after" for label in ("nothing", *LABELS)),
    "network nothing at the edges",
    "always",
)
"""What the columns of `measured` are."""


def measured(beliefs: Beliefs, starts: Places, ends: Places) -> Floats:
    """Return what a network says of stretches, shape (stretches, MEASURES): of exactly these, in them, and beside them.

    Of a name cut short the network sees more just outside; exactly this stretch it sees then with little odds.
    """
    likely = beliefs.posteriors(starts, ends)
    steps = likely[:, :, None] >= _STEPS
    edges = beliefs.nothing[starts] + beliefs.nothing[ends - 1]
    parts = (
        log_odds(likely),
        steps.reshape(len(starts), steps.shape[1] * steps.shape[2]),
        beliefs.means(starts, ends),
        beliefs.means(starts - 1, starts),
        beliefs.means(ends, ends + 1),
        edges[:, None],
        np.ones((len(starts), 1)),
    )
    return np.concatenate(parts, axis=1, dtype=np.float64)


def log_odds(probability: Floats) -> Floats:
    """Return log-odds, counted from the least that is told apart.

    >>> log_odds(np.array([0.0, 0.5, 1.0])).round(1).tolist()
    [0.0, 6.9, 13.8]
    """
    inner = np.clip(probability, _DOUBT, 1.0 - _DOUBT)
    odds: Floats = np.log(inner / (1.0 - inner)) - np.log(_DOUBT / (1.0 - _DOUBT))
    return odds


def characters(view: EvidenceView, start: int, end: int) -> list[str]:
    """What lies in the characters alone: length, script, first and last, family and given name, words that are no names."""
    return list(shape(view.text.folded[start:end]))


def whole_words(view: EvidenceView, start: int, end: int) -> list[str]:
    """Whether the segmenter cuts here too, and whether it is one word."""
    edges = view.text.edges
    first, opened, closed = view.text.word_at(start), edges[start], edges[end]
    signs = [_CUT[opened, closed]]
    if opened and closed:
        tag = view.text.words.tags[first]
        if view.text.words.starts[first] + len(view.text.words.words[first]) == end:
            signs.append("one word, a " + tag)
    return signs


_CUT = {
    (0, 0): "no word begins or ends with it",
    (0, 1): "a word ends with it",
    (1, 0): "a word begins with it",
    (1, 1): "words begin and end with it",
}


def before(view: EvidenceView, start: int) -> list[str]:
    """The characters and words at a beginning: what stands before, the first word, a transliteration cut, a title."""
    folded, text = view.text.folded, view.text
    words, tags, _ = text.words
    two, first = folded[max(0, start - 2) : start], text.word_at(start)
    signs = ["before: " + two[-1:], "before: " + two, "first word is a " + tags[first]]
    if first and text.edges[start]:
        signs += ["word before: " + words[first - 1], "word before is a " + tags[first - 1]]
    if _goes_on(folded, start):
        signs.append("a transliteration goes on before it")
    title = text.titles.get(start)
    if title is not None:
        signs += ["title before", f"title before, {title.term.sort}"]
    if start in view.holder_ends:
        signs.append("a whole one just before it")
    if view.credit[start]:
        signs.append("in a credit")
    return signs


def after(view: EvidenceView, end: int) -> list[str]:
    """The characters and words at an end: the last word, what follows, a transliteration cut, a title, another thing."""
    folded, text = view.text.folded, view.text
    words, tags, _ = text.words
    two, last = folded[end : end + 2], text.word_at(end - 1)
    signs = ["after: " + two[:1], "after: " + two, "last word is a " + tags[last], "last word " + words[last]]
    if text.edges[end] and last + 1 < len(words):
        signs += ["word after: " + words[last + 1], "word after is a " + tags[last + 1]]
    if _goes_on(folded, end):
        signs.append("a transliteration goes on after it")
    if end in text.title_starts:
        signs.append("title after")
    if end in view.holder_starts:
        signs.append("a whole one just after it")
    following = (folded[end : end + length] for length in (1, 2, 3, 4))  # 西门子|杯, 博世|奖学金
    if not words_of("naming", "nesting").isdisjoint(following):
        signs.append("goes on to the name of a thing")
    return signs


def _goes_on(folded: str, at: int) -> bool:
    """Tell whether the characters on both sides of an offset are of transliterations: a foreign name is cut here."""
    letters = letters_of("names", "transliteration")
    return 0 < at < len(folded) and folded[at] in letters and folded[at - 1] in letters


def transliterated(view: EvidenceView, start: int, end: int) -> list[str]:
    """Whether a dotted foreign name is cut short."""
    folded = view.text.folded
    if "·" not in folded[start:end]:
        return []
    signs = ["dotted: a transliteration goes on before it"] if _goes_on(folded, start) else []
    return [*signs, "dotted: a transliteration goes on after it"] if _goes_on(folded, end) else signs


def everyday(view: EvidenceView, start: int, end: int) -> list[str]:
    """A stretch of everyday words alone: a description rather than a name."""
    return ["everyday words alone"] if end - start > 2 and view.text.all_common(start, end) else []


def lexicon(view: EvidenceView, start: int, end: int) -> list[str]:
    """What the lexicons know here: this very name, a type at its end, a region before it, a longer name that it cuts."""
    signs = []
    for hit in view.ending.get(end, ()):
        kind = hit.term.kind
        if hit.start == start:
            also = ", also a word" if hit.term.ambiguous else ""
            signs += [f"known {kind}{also}", f"known {kind}{also}, {min(end - start, 5)} characters"]
        elif hit.start > start:
            signs += ["ends in a " + kind, f"ends in a {kind}, {hit.term.sort}"]
        else:
            signs.append("cuts the beginning off a known " + kind)
    for hit in view.text.opening.get(start, ()):
        if hit.end < end:
            signs.append("begins with a " + hit.term.kind)
        elif hit.end > end:
            signs.append("cuts the end off a known " + hit.term.kind)
    return signs


def structure(view: EvidenceView, start: int, end: int) -> list[str]:
    """How the name of a body or firm is built: whose, what stands between, what it ends in; a whole one inside it."""
    ends_in = "nothing"
    for hit in view.ending.get(end, ()):
        if hit.start >= start and hit.term.kind in _TYPES:
            ends_in = f"{hit.term.kind} {hit.term.sort}"
    signs = [] if ends_in == "nothing" else [f"built of {_owner(view, start, end)} and {ends_in}"]
    signs += _inner(view, start, end, ends_in)
    if start in view.holder_ends:
        signs.append(f"a whole one just before it, ends in {ends_in}")
    return signs


def _owner(view: EvidenceView, start: int, end: int) -> str:
    owners = [hit for hit in view.text.opening.get(start, ()) if hit.end <= end and hit.term.kind in _OWNERS]
    owner = max(owners, key=_END, default=None)
    return f"{owner.term.kind} {owner.term.sort}" if owner else "nobody"


def _inner(view: EvidenceView, start: int, end: int, ends_in: str) -> list[str]:
    """Return what follows the last whole body or firm inside a stretch: a unit of it, or another name."""
    text = view.text
    inner = view.holder_within(start, end)
    if inner is None:
        return []
    index = text.word_at(inner.end)
    following = "a name" if text.starts_name(inner.end) else text.words.tags[index]
    return [
        f"holds a whole {inner.term.kind}, then {following}",
        f"holds a whole {inner.term.kind}, ends in {ends_in}",
        "holds a whole one, then " + text.folded[inner.end],
        "holds a whole one, then " + text.words.words[index],
    ]


_END = itemgetter(1)
_TYPES = frozenset({"company", "body"})
_OWNERS = frozenset({"place", "organization", "enterprise"})


def cut_title(view: EvidenceView, start: int, end: int) -> list[str]:
    """A title that begins inside it and ends beyond: 外交部|长."""
    begin = view.in_title.get(end, -1)
    if begin <= start or begin < end - 4:
        return []
    return ["cuts a title", "cuts a title before " + view.text.folded[end : end + 1]]


def zones(view: EvidenceView, start: int, end: int) -> list[str]:
    """Where it stands: in the title of a work, in quotation marks, in brackets, in a list."""
    folded = view.text.folded
    around = folded[start - 1 : start] + folded[end : end + 1]
    if around in _MARKED:
        return [_MARKED[around]]
    return ["in the title of a work"] if view.work[start] else []


_MARKED = {
    "《》": "is the title of a work",
    "“”": "in quotation marks",
    "()": "in brackets",
    "、、": "in a list",
}

SIGNS: tuple[Drawn, ...] = (
    characters,
    whole_words,
    transliterated,
    everyday,
    lexicon,
    structure,
    cut_title,
    zones,
)
"""The signs of a stretch where it stands that are not of its beginning (`before`) or its end (`after`) alone; what an
article says of it elsewhere is told by `vote`."""


def signs(view: EvidenceView, start: int, end: int, sources: set[str]) -> list[str]:
    """Return every sign about a stretch; `sources` are those who proposed it."""
    found = [f"proposed by {source}" for source in sources]
    opened, closed = view.opened, view.closed  # many proposals begin or end at one place
    if start not in opened:
        opened[start] = before(view, start)
    if end not in closed:
        closed[end] = after(view, end)
    found += opened[start]
    found += closed[end]
    for drawn in SIGNS:
        found += drawn(view, start, end)
    return found
