"""Sentences and words as spans.

Words come from rjieba, which cuts like jieba but twenty times faster; `ReferenceSegmenter` is jieba itself with a
tokenizer of its own, kept so that a test can show on a large text that both cut alike. Both know the project's user
dictionary, which is made from the lexicons and never touches jieba's global state.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

import jieba
import rjieba

from miner.language.lexicon import Entry, load_all
from miner.offsets import Span, spans_between

_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）)\]】》]*|\n|$)")
_BREAKS = re.compile(r"[，,；;：:、\s]")
_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}")
_NAME_LEXICONS = ("enterprises", "organizations", "places", "venues", "expo")
_WORD_LEXICONS = ("segment", "titles")
_REGIONS = ("大中华区", "中国区", "亚太区", "亚洲区", "中华区")
"""A company's region is no part of its name: it must stay a word of its own."""
_WORD, _TAG = itemgetter(0), itemgetter(1)
_FREQUENCY = 4000
_SKIPPED_KINDS = frozenset({"modifier", "joint", "address", "none"})


class Tagged(NamedTuple):
    """The words of a text and their parts of speech, in jieba's tags; `starts` has one offset for every word."""

    words: list[str]
    tags: list[str]
    starts: list[int]


def sentences(text: str, *, max_chars: int | None = None) -> tuple[Span, ...]:
    """Cut text into sentences as spans; closing marks stay with their sentence, paragraphs always end one.

    With `max_chars` a longer sentence is cut after a comma near that length.

    >>> [span.of("他说：“好！”然后走了。再见") for span in sentences("他说：“好！”然后走了。再见")]
    ['他说：“好！”', '然后走了。', '再见']
    """
    spans: list[Span] = []
    longest = len(text) if max_chars is None else max_chars
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end - start > longest:
            spans.extend(_pieces(text, Span(start, end), longest))
        elif start < end:
            spans.append(Span(start, end))
    return tuple(spans)


def _pieces(text: str, span: Span, max_chars: int) -> Iterator[Span]:
    start, end = span
    while end - start > max_chars:
        cut = start + max_chars
        for match in _BREAKS.finditer(text, start + max_chars // 2, cut):
            cut = match.end()
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def words(text: str) -> tuple[Span, ...]:
    """Cut text into words as spans; together they cover every character.

    >>> [span.of("进博会开幕了") for span in words("进博会开幕了")]
    ['进博会', '开幕', '了']
    """
    bounds = list(accumulate(map(len, _segmenter().cut(text)), initial=0))
    return spans_between(bounds)


def tagged(text: str) -> Tagged:
    """Return the words of a text with their parts of speech (jieba's tag set).

    >>> tagged("总经理").words
    ['总经理']
    """
    pairs = _segmenter().tag(text)
    found = list(map(_WORD, pairs))
    starts = list(accumulate(map(len, found), initial=0))
    starts.pop()
    return Tagged(found, list(map(_TAG, pairs)), starts)


def is_common(word: str) -> bool:
    """Tell whether the general dictionary knows a word (the user dictionary counts as well).

    >>> is_common("公司"), is_common("砺芯")
    (True, False)
    """
    return bool(_segmenter().has_word(word))


def user_dictionary() -> tuple[str, ...]:
    """Return the words that the project adds to jieba's dictionary, sorted.

    >>> "进博会" in user_dictionary()
    True
    """
    lexicons = load_all()
    found: set[str] = set()
    for name in _NAME_LEXICONS:
        for entry in lexicons.get(name, ()):
            found.update(_unambiguous(entry))
    for name in _WORD_LEXICONS:
        for entry in lexicons.get(name, ()):
            if entry.kind not in _SKIPPED_KINDS:
                found.update(entry.words)
    return tuple(sorted(word for word in found if _HAN_WORD.fullmatch(word)))


def _unambiguous(entry: Entry) -> set[str]:
    return {
        form
        for form in entry.forms()
        if form not in entry.ambiguous and len(form) >= 3 and not form.endswith(_REGIONS)
    }


class ReferenceSegmenter:
    """jieba itself, with a private tokenizer and the project's user dictionary: slow, the measure for the fast path."""

    def __init__(self) -> None:
        logger = logging.getLogger("jieba")
        level = logger.level
        logger.setLevel(logging.WARNING)
        try:
            self._tokenizer: Any = jieba.Tokenizer()
            self._tokenizer.initialize()
        finally:
            logger.setLevel(level)
        for word in user_dictionary():
            self._tokenizer.add_word(word, _FREQUENCY)

    def words(self, text: str) -> tuple[Span, ...]:
        """Cut text into words as spans."""
        bounds = list(accumulate(map(len, self._tokenizer.cut(text)), initial=0))
        return spans_between(bounds)


@cache
def _segmenter() -> Any:
    segmenter = rjieba.Jieba()
    for word in user_dictionary():
        segmenter.add_word(word, _FREQUENCY, "nz")
    return segmenter
