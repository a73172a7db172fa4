"""Every stretch that may be a name, whoever sees it: a network, a lexicon, or the text by its grammar.

Nothing is decided here and no label is given: a proposal that the evidence does not bear out costs a little time,
one that is missing can never be found. What proposed a stretch stays with it, as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import ahocorasick
import numpy as np

from miner.language.gazetteer import Hit, words_of
from miner.recognise.rules.brackets import latin_brackets, stock_codes
from miner.recognise.rules.declared import find_declared
from miner.recognise.shapes import family_length, letters_of
from miner.recognise.view import EvidenceView
from miner.text import AnnotatedText

Spans = Iterator[tuple[int, int]]
LEAST = 0.05
"""A network's proposal less likely than this is none."""
_MOST_SPANS, _CLEAR = 0.5, 0.5
"""Of a text of which a network proposes more stretches for every character (in news a third as many at most), one word
written thousands of times for instance, only those more likely than this are taken."""
_NAMES = frozenset({"enterprise", "organization", "place", "expo"})
_MOST_CHARS, _MOST_WORDS = 32, 10
"""How far the beginning of a body's name is looked for before its type."""
_LATIN = re.compile(r"[a-z][a-z0-9&'’+!-]*(?:[ .&·]{1,2}[a-z0-9&'’+!-]+){0,5}")
_DOTTED = re.compile(r"[\u4e00-\u9fffa-z.-]{1,10}(?:·[\u4e00-\u9fffa-z.-]{1,10}){1,4}")
_BETWEEN = re.compile(r"(?<=[、“《/])[^、。,;:“”《》\n/]{2,24}(?=[、”》/])")
_BRACKET = re.compile(r"[(][\u4e00-\u9fff]{2,12}[)]")
"""After a body's name: its other name, or where it stands."""
_FUNCTION = frozenset({"p", "u", "uj", "ul", "uv", "d", "r", "y", "e", "o", "m", "mq", "f"})
_JOINING = frozenset("和及")
"""What joins the parts of one name; 与 stands between two who do something together."""
_INNER = frozenset("·&-.()")
_NEVER = re.compile("\n|进行|举行|召开|签署")
"""What no name holds: the end of a line, and verbs that stand between who acts and what is done."""


def _network(view: EvidenceView) -> Spans:
    spans = list(view.beliefs.spans(LEAST))
    confused = len(spans) > _MOST_SPANS * len(view.text.folded)
    yield from view.beliefs.spans(_CLEAR) if confused else spans


def _lexicon(view: EvidenceView) -> Spans:
    return ((hit.start, hit.end) for hit in view.text.hits if hit.term.kind in _NAMES)


def _typed(view: EvidenceView) -> Spans:
    """Yield what ends in a type of company or body, from every place where such a name may begin."""
    longest: dict[int, Hit] = {}
    for hit in view.text.hits:
        ends = view.text.edges[hit.end] or hit.end in view.text.title_starts
        if hit.term.kind in ("company", "body") and ends:
            known = longest.get(hit.end)
            if known is None or hit.start < known.start:
                longest[hit.end] = hit
    for end, hit in longest.items():
        bracket = _BRACKET.match(view.text.folded, end)
        for start in (*_openings(view.text, hit.start), hit.start):
            yield start, end
            if bracket:
                yield start, bracket.end()


def _openings(text: AnnotatedText, end: int) -> Iterator[int]:
    """Yield where a name may begin whose type begins at `end`: at names, and at the words before and after a stop."""
    words, tags, starts = text.words
    index = text.word_at(end)
    if starts[index] == end:
        index -= 1
    last = max(0, index - _MOST_WORDS)
    begun, joined = end, False
    for at in range(index, last - 1, -1):
        if begun < end and not joined and words[at] in _JOINING:  # 交通和口岸局
            joined = True
            continue
        if end - starts[at] > _MOST_CHARS or _stops(words[at], tags[at]):
            break
        begun = starts[at]
        if index - at < 2 or text.starts_name(begun):
            yield begun
    if begun < end:
        yield begun


def _stops(word: str, tag: str) -> bool:
    """Tell whether no name of a body has this word in it."""
    if not word.isalnum():
        return word not in _INNER
    return (len(word) == 1 and tag in _FUNCTION) or word in words_of("naming", "stop")


def _titled(view: EvidenceView) -> Spans:
    """Yield the stretches built like a person's name beside titles and before words of speech."""
    text = view.text
    for end in text.titles:
        at = end + (text.folded[end : end + 1] == " ")
        yield from ((at, at + length) for length in _lengths(text.folded, at))
    says = words_of("reporting", "bare", "say")
    before = {start for start in text.title_starts if text.edges[start]}
    before.update(
        start for word, start in zip(text.words.words, text.words.starts, strict=True) if word in says
    )
    for end in before:
        yield from _ending_at(text, end)


def _ending_at(text: AnnotatedText, end: int) -> Spans:
    for length in (2, 3, 4):
        start = end - length
        if start >= 0 and text.edges[start] and length in _lengths(text.folded, start):
            yield start, end


def _lengths(folded: str, start: int) -> tuple[int, ...]:
    """Return how long a person's name may be that begins here, none where no family name does."""
    family = family_length(folded[start : start + 3])
    if not family or not folded[start : start + family + 1].isalpha():
        return ()
    name = folded[start : start + family + 2]
    return tuple(size for size in (family + 1, family + 2) if size <= len(name) and name[:size].isalpha())


def _dotted(view: EvidenceView) -> Spans:
    """Yield the names with dots, from every word that may begin one."""
    text, letters = view.text, letters_of("names", "transliteration")
    for match in _DOTTED.finditer(text.folded):
        dot = match.group().index("·") + match.start()
        for start in range(match.start(), dot):
            if text.edges[start] and letters.issuperset(text.folded[start:dot].replace("-", "")):
                yield from ((start, end) for end in _dotted_ends(text, dot, match.end()))
                break


def _dotted_ends(text: AnnotatedText, dot: int, end: int) -> Iterator[int]:
    letters, last = letters_of("names", "transliteration"), text.folded.rfind("·", dot, end)
    at = last + 1
    while at < end and (text.folded[at] in letters or text.folded[at] in "-."):
        at += 1
        if at - last > 2 and (text.edges[at] or at == end):
            yield at
    if at - last > 1 and not text.edges[at]:
        yield at


def _latin(view: EvidenceView) -> Spans:
    """Yield runs of Latin words: a foreign firm, a brand, a person."""
    for match in _LATIN.finditer(view.text.folded):
        if len(match.group()) > 1:
            yield match.span()


def _between(view: EvidenceView) -> Spans:
    """Yield what stands alone between the marks of a list, in quotation marks or in the marks of titles."""
    return (match.span() for match in _BETWEEN.finditer(view.text.folded))


def _declared(view: EvidenceView) -> Spans:
    return ((span.start, span.end) for found in find_declared(view.text) for span in found.names)


def _bracketed(view: EvidenceView) -> Spans:
    """Yield what stands before brackets with Latin words or a stock code, from every word that may begin it."""
    for opening, words in latin_brackets(view.text):
        yield words.start, words.end
        yield from ((start, opening) for start in _openings(view.text, opening))
    for opening in stock_codes(view.text):
        yield from ((start, opening) for start in _openings(view.text, opening))


SOURCES: tuple[tuple[str, Callable[[EvidenceView], Spans]], ...] = (
    ("network", _network),
    ("lexicon", _lexicon),
    ("type", _typed),
    ("title", _titled),
    ("dotted", _dotted),
    ("latin", _latin),
    ("list", _between),
    ("declared", _declared),
    ("bracket", _bracketed),
)
"""Who proposes, by the name that evidence and `mentions.method` carry."""
Proposals = dict[tuple[int, int], set[str]]


def propose(view: EvidenceView) -> Proposals:
    """Return every stretch that may be a name, with those who proposed it."""
    found: Proposals = {}
    barriers = _barriers(view.text.folded)
    for source, proposing in SOURCES:
        for start, end in proposing(view):
            if end - start >= 2 and barriers[start] > end:
                found.setdefault((start, end), set()).add(source)
    return found


def _barriers(folded: str) -> list[int]:
    """Return for every offset the nearest end of something that no name holds and that begins there or later."""
    ends = np.full(len(folded) + 1, len(folded) + 1)
    for match in _NEVER.finditer(folded):
        ends[match.start()] = match.end()
    nearest: list[int] = np.minimum.accumulate(ends[::-1])[::-1].tolist()
    return nearest


def repeated_in(text: AnnotatedText, strings: Iterable[str]) -> Spans:
    """Yield where these strings are written, short ones only at the edge of a word."""
    automaton = ahocorasick.Automaton()
    for string in strings:
        automaton.add_word(string, len(string))
    if not len(automaton):
        return
    automaton.make_automaton()
    edges = text.edges
    for last, length in automaton.iter(text.folded):
        start, end = last + 1 - length, last + 1
        if length > 2 or edges[start] or edges[end]:
            yield start, end
