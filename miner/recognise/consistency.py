"""A name found once surely in an article is that name wherever the article writes it."""

from __future__ import annotations

from collections.abc import Iterator

import ahocorasick

from miner.recognise.found import Found
from miner.recognise.overlap import resolve_overlaps
from miner.text import AnnotatedText

_SURE = 0.7
_LABELS = frozenset({"person", "enterprise", "organization"})


def repeated(passage: AnnotatedText, kept: list[Found]) -> Iterator[Found]:
    """Yield every other place where a surely found name is written; short names only as whole words."""
    names = _sure_names(passage, kept)
    if not names:
        return
    automaton = ahocorasick.Automaton()
    for text, found in names.items():
        automaton.add_word(text, found)
    automaton.make_automaton()
    taken = {(found.start, found.end) for found in kept}
    for last, found in automaton.iter(passage.folded):
        end = last + 1
        start = end - (found.end - found.start)
        if (start, end) not in taken and _stands_free(passage, start, end):
            yield Found(start, end, found.label, "repeated", min(found.confidence, 0.85))


def across(passage: AnnotatedText, names: list[Found]) -> list[Found]:
    """Return the names of a long article with those added that were found in another window of it."""
    return resolve_overlaps([*names, *repeated(passage, names)])


def _sure_names(passage: AnnotatedText, kept: list[Found]) -> dict[str, Found]:
    names: dict[str, Found] = {}
    for found in kept:
        text = passage.folded[found.start : found.end]
        if found.confidence >= _SURE and found.label in _LABELS and len(text) >= 2:
            old = names.get(text)
            if old is None or found.confidence > old.confidence:
                names[text] = found
    return names


def _stands_free(passage: AnnotatedText, start: int, end: int) -> bool:
    if end - start >= 3:
        return True
    return bool(passage.edges[start] or passage.edges[end])
