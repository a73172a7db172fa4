"""The words of an article that say what it is about: nouns and verbs of some length, names whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from miner.language.lexicon import listed
from miner.language.words import tagged

__all__ = ["article_terms", "content_words"]

_TELLING = ("n", "v", "l", "i", "j", "a")
"""Parts of speech (jieba's tags begin so): nouns and names, verbs, idioms, short forms, adjectives."""
_MOST_CHARS = 50_000
_SHORTEST, _LONGEST = 2, 24
_FIELDS = ("headline", "body")


@cache
def _everywhere() -> frozenset[str]:
    return frozenset(listed("understanding"))


def content_words(text: str) -> Iterator[str]:
    """Yield the telling words of a text, in order.

    >>> list(content_words("记者昨天在松江区获悉,新工厂投产"))
    ['松江区', '获悉', '工厂', '投产']
    """
    found = tagged(text)
    for word, tag in zip(found.words, found.tags, strict=True):
        if len(word) >= _SHORTEST and tag.startswith(_TELLING) and _tells(word):
            yield word


def _tells(word: str) -> bool:
    return not word.isascii() and word not in _everywhere()


def article_terms(connection: sqlite3.Connection, ids: Sequence[str]) -> Iterator[list[str]]:
    """Yield the terms of articles: the names in them whole, the telling words between."""
    for article in ids:
        texts = connection.execute("select headline, body from articles where id = ?", (article,)).fetchone()
        names = connection.execute(
            "select field, start, [end] from mentions where article_id = ? and label <> 'person' order by start",
            (article,),
        ).fetchall()
        terms: list[str] = []
        for field, text in zip(_FIELDS, texts, strict=True):
            terms += _terms((text or "")[:_MOST_CHARS], ((s, e) for name, s, e in names if name == field))
        yield terms


def _terms(text: str, names: Iterable[tuple[int, int]]) -> Iterator[str]:
    at = 0
    for start, end in names:
        if at <= start < end <= len(text):
            yield from content_words(text[at:start])
            name = text[start:end]
            if len(name) <= _LONGEST and _tells(name):
                yield name
            at = end
    yield from content_words(text[at:])
