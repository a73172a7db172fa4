"""What brackets tell of the name before them: its Latin form, its stock code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.language.gazetteer import words_of
from miner.language.words import is_common
from miner.offsets import Span
from miner.recognise.found import Found
from miner.recognise.rules.declared import find_stock_codes
from miner.text import AnnotatedText

_LATIN = re.compile(
    r"[(]\s?(?:英文名?|英语)?[::]?\s?([a-z\u00c0-\u024f][a-z\u00c0-\u024f0-9 .,'’&+!\-·]{0,60}[a-z\u00c0-\u024f0-9.&+!])\s?(?:[,;][^()\n]{0,30})?[)]"
)
_BARE_CODE = re.compile(r"[(](?:行情)?\d{6}")
_TICKER = 4
"""The most characters of a share's short name, which is what stands before a bare code."""
_MAX_NAME = 12
_LABELS = ("person", "enterprise", "organization")


def find_latin(passage: AnnotatedText, found: list[Found]) -> Iterator[tuple[Found, Found]]:
    """Pair every name that is followed by Latin words in brackets with those words, under the name's label."""
    ends = {item.end: item for item in found if item.label in _LABELS}
    for bracket, words in latin_brackets(passage):
        item = ends.get(bracket) or ends.get(bracket - 1)
        if item is not None and "." not in words.of(passage.folded)[-3:-2]:
            yield item, Found(words.start, words.end, item.label, "latin", 0.97)


def latin_brackets(passage: AnnotatedText) -> Iterator[tuple[int, Span]]:
    """Yield where brackets with Latin words open, and the words."""
    for match in _LATIN.finditer(passage.folded):
        if not _is_code(match.group(1)):
            yield match.start(), Span(*match.span(1))


def _is_code(text: str) -> bool:
    return bool(re.search(r"\d{3}|\.(?:hk|sz|sh|us|n|o|cn|com)\b", text))


def find_before_brackets(passage: AnnotatedText) -> Iterator[Found]:
    """Propose enterprises before Latin words or stock codes in brackets, where a role (品牌, 机构) or a mark leads them."""
    for opening, _ in latin_brackets(passage):
        start = _after_role(passage, opening, strict=True)
        if start is not None:
            yield Found(start, opening, "enterprise", "bracket", 0.85)
    for opening in find_stock_codes(passage):
        start = _after_role(passage, opening, strict=False)
        if start is not None and _BARE_CODE.match(passage.folded, opening) and opening - start > _TICKER:
            start = next((at for at in (opening - 4, opening - 3) if passage.edges[at]), None)
        if start is not None:
            yield Found(start, opening, "enterprise", "stock", 0.9)


def _after_role(passage: AnnotatedText, end: int, *, strict: bool) -> int | None:
    """Return where the name that ends at `end` begins: after a role noun or, unless strict, after any stop."""
    words, tags, starts = passage.words
    index = passage.word_at(end) - 1
    while index >= 0 and end - starts[index] <= _MAX_NAME:
        word = words[index]
        start = starts[index] + len(word)
        if word in words_of("titles", "core"):
            return None
        if word in words_of("naming", "role"):
            return start if end - start >= 2 else None
        stop = not word.isalnum() or word in words_of("naming", "stop")
        stop = stop or (
            len(word) > 1
            and (
                tags[index] in ("v", "p", "c", "d", "u", "uj", "ul")
                and is_common(word)
                and word not in words_of("naming", "name_verb")
            )
        )
        if stop:
            return start if not strict and end - start >= 2 else None
        index -= 1
    return None
