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
from miner.recognise.view import HOLDERS, View

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.int64]
Drawn = Callable[[View, int, int], list[str]]
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


def characters(view: View, start: int, end: int) -> list[str]:
    """What lies in the characters alone: length, script, family and given name, words that are no names."""
    return list(shape(view.text.folded[start:end]))


def edges(view: View, start: int, end: int) -> list[str]:
    """The first and last characters; the last say the kind of a body or firm, and no list of kinds is closed."""
    name = view.text.folded[start:end]
    return ["ends in " + name[-1], "ends in " + name[-2:], "begins with " + name[0]]


def beside(view: View, start: int, end: int) -> list[str]:
    """The characters directly before and after."""
    folded = view.text.folded
    before, after = folded[max(0, start - 2) : start], folded[end : end + 2]
    return ["before: " + before[-1:], "before: " + before, "after: " + after[:1], "after: " + after]


def words(view: View, start: int, end: int) -> list[str]:
    """Whether the segmenter cuts here too, and which words stand first, last, before and after."""
    text = view.text
    cut, tags, _ = text.words
    first, last = text.word_at(start), text.word_at(end - 1)
    opened, closed = text.edges[start], text.edges[end]
    signs = [
        _CUT[opened, closed],
        "first word is a " + tags[first],
        "last word is a " + tags[last],
        "last word " + cut[last],
    ]
    if first == last and opened and closed:
        signs.append("one word, a " + tags[first])
    if first and opened:
        signs += ["word before: " + cut[first - 1], "word before is a " + tags[first - 1]]
    if closed and last + 1 < len(cut):
        signs += ["word after: " + cut[last + 1], "word after is a " + tags[last + 1]]
    return signs


_CUT = {
    (0, 0): "no word begins or ends with it",
    (0, 1): "a word ends with it",
    (1, 0): "a word begins with it",
    (1, 1): "words begin and end with it",
}


def transliterated(view: View, start: int, end: int) -> list[str]:
    """Whether the characters of transliterations go on beyond the stretch: a foreign name cut short."""
    folded, letters = view.text.folded, letters_of("names", "transliteration")
    signs = []
    if start and folded[start] in letters and folded[start - 1] in letters:
        signs.append("a transliteration goes on before it")
    if end < len(folded) and folded[end - 1] in letters and folded[end] in letters:
        signs.append("a transliteration goes on after it")
    dotted = "·" in folded[start:end]
    return [*signs, *(f"dotted: {sign}" for sign in signs if dotted)]


def everyday(view: View, start: int, end: int) -> list[str]:
    """A stretch of everyday words alone: a description rather than a name."""
    return ["everyday words alone"] if end - start > 2 and view.text.all_common(start, end) else []


def lexicon(view: View, start: int, end: int) -> list[str]:
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


def titles(view: View, start: int, end: int) -> list[str]:
    """A title before or after: people stand beside titles, firms and bodies before them."""
    title = view.text.titles.get(start)
    signs = [] if title is None else ["title before", f"title before, {title.term.sort}"]
    return [*signs, "title after"] if end in view.text.title_starts else signs


def structure(view: View, start: int, end: int) -> list[str]:
    """How the name of a body or firm is built: whose, what stands between, what it ends in; a whole one inside it."""
    ends_in = "nothing"
    for hit in view.ending.get(end, ()):
        if hit.start >= start and hit.term.kind in _TYPES:
            ends_in = f"{hit.term.kind} {hit.term.sort}"
    signs = [] if ends_in == "nothing" else [f"built of {_owner(view, start, end)} and {ends_in}"]
    signs += _inner(view, start, end, ends_in)
    if any(hit.term.kind in HOLDERS for hit in view.ending.get(start, ())):
        signs += ["a whole one just before it", f"a whole one just before it, ends in {ends_in}"]
    if end in view.holder_starts:
        signs.append("a whole one just after it")
    return signs


def _owner(view: View, start: int, end: int) -> str:
    owners = [hit for hit in view.text.opening.get(start, ()) if hit.end <= end and hit.term.kind in _OWNERS]
    owner = max(owners, key=_END, default=None)
    return f"{owner.term.kind} {owner.term.sort}" if owner else "nobody"


def _inner(view: View, start: int, end: int, ends_in: str) -> list[str]:
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


def cut_title(view: View, start: int, end: int) -> list[str]:
    """A title that begins inside it and ends beyond: 外交部|长."""
    begin = view.in_title.get(end, -1)
    if begin <= start or begin < end - 4:
        return []
    return ["cuts a title", "cuts a title before " + view.text.folded[end : end + 1]]


def nesting(view: View, start: int, end: int) -> list[str]:
    """A word after it that makes another thing of it: 西门子|杯, 博世|奖学金."""
    following = view.text.folded[end : end + 4]
    goes_on = any(following[:length] in words_of("naming", "nesting") for length in (1, 2, 3, 4))
    return ["goes on to the name of a thing"] if goes_on else []


def zones(view: View, start: int, end: int) -> list[str]:
    """Where it stands: in a credit or byline, in the title of a work, in quotation marks, before a bracket with a code."""
    folded = view.text.folded
    around = folded[start - 1 : start] + folded[end : end + 1]
    signs = ["in a credit"] if view.credit[start] else []
    if around in _MARKED:
        signs.append(_MARKED[around])
    elif view.work[start]:
        signs.append("in the title of a work")
    return signs


_MARKED = {
    "《》": "is the title of a work",
    "“”": "in quotation marks",
    "()": "in brackets",
    "、、": "in a list",
}

SIGNS: tuple[Drawn, ...] = (
    characters,
    edges,
    beside,
    words,
    transliterated,
    everyday,
    lexicon,
    titles,
    structure,
    cut_title,
    nesting,
    zones,
)
"""All signs of a stretch where it stands; what an article says of it elsewhere is told by `vote`."""


def signs(view: View, start: int, end: int, sources: set[str]) -> list[str]:
    """Return every sign about a stretch; `sources` are those who proposed it."""
    found = [f"proposed by {source}" for source in sources]
    for drawn in SIGNS:
        found += drawn(view, start, end)
    return found
