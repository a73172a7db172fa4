"""Words as spans.

Words come from rjieba, which cuts like jieba but twenty times faster; `ReferenceSegmenter` is jieba itself with a
tokenizer of its own, kept so that a test can show on a large text that both cut alike. Both know the project's user
dictionary, which is made from the lexicons and never touches jieba's global state.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple

import jieba
import rjieba

from miner.language.gazetteer import words_of
from miner.language.lexicon import Entry, load_all
from miner.offsets import Span, spans_between

_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}")
_NAME_LEXICONS = ("enterprises", "organizations", "places", "venues", "expo")
_WORD_LEXICONS = ("segment", "titles")
_WORD, _TAG = itemgetter(0), itemgetter(1)
_FREQUENCY = 4000
_SKIPPED_KINDS = frozenset({"modifier", "joint", "address", "none"})


class Tagged(NamedTuple):
    """The words of a text and their parts of speech, in jieba's tags; `starts` has one offset for every word."""

    words: list[str]
    tags: list[str]
    starts: list[int]


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
    regions = tuple(words_of("name_forms", "region"))  # a company's region stays a word of its own
    return {
        form
        for form in entry.forms()
        if form not in entry.ambiguous and len(form) >= 3 and not form.endswith(regions)
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
