"""Article → mentions: model, lexicons, rules, declared names, consistency, and one overlap policy (see `overlap`)."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from miner.model import Annotated, Article, Label, Mention
from miner.offsets import Span, Tiles
from miner.recognise.entities import group
from miner.recognise.finder import Finder
from miner.recognise.found import Found
from miner.recognise.links import links_of
from miner.recognise.names import across
from miner.recognise.network.choice import Kind, check
from miner.text import AnnotatedText

__all__ = ["Recogniser"]
_WINDOW = 40_000
"""Characters read together at most: longer articles are cut at paragraphs or sentences, so time stays linear."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of an article's text: its fields joined by line ends."""

    article: int
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A window after reading, as offsets of the article's text; nothing else is kept."""

    start: int
    passage: AnnotatedText
    found: list[Found]
    word_edges: bytearray
    """For every character, 1 where a word begins."""


class Recogniser:
    """Finds the names of articles; build one with `load` and keep it: it remembers nothing of any article."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder

    @classmethod
    def load(cls, network: Kind = "fast") -> Recogniser:
        """Return a recogniser with the package's lexicons and one of its networks.

        Raises ModelError when the accurate one is asked for and the package that it needs is missing.
        """
        check(network)
        return cls(Finder(network=network))

    def annotate(self, articles: Sequence[Article]) -> list[Annotated]:
        """Recognise the names of articles, in their order; all are read together, so hand over many at once."""
        with _collector_at_rest():
            return self._annotate(articles)

    def _annotate(self, articles: Sequence[Article]) -> list[Annotated]:
        windows = [
            window for index, article in enumerate(articles) for window in _windows(index, article.whole())
        ]
        named = self.finder.find(AnnotatedText.read(window.text) for window in windows)
        read: list[list[_Read]] = [[] for _ in articles]
        for window, (passage, names) in zip(windows, named, strict=True):
            read[window.article].append(_Read(window.start, passage, names, _word_edges(passage, names)))
        return [_annotated(article, parts) for article, parts in zip(articles, read, strict=True)]


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Hold the cycle collector back: a batch makes hundreds of thousands of small records and hardly a cycle."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def _windows(index: int, text: str) -> Iterator[_Window]:
    start = 0
    while len(text) - start > _WINDOW:
        cut = max(text.rfind(mark, start + _WINDOW // 2, start + _WINDOW) for mark in ("\n", "。"))
        if cut < 0:
            cut = max(text.rfind(mark, start + _WINDOW // 2, start + _WINDOW) for mark in ("，", "、", " "))
        end = cut + 1 if cut >= 0 else start + _WINDOW
        yield _Window(index, start, text[start:end])
        start = end
    yield _Window(index, start, text[start:])


def _word_edges(passage: AnnotatedText, names: list[Found]) -> bytearray:
    """Return 1 where a word begins: words are cut at the edges of names, as the tokens of a `Doc` are."""
    edges = passage.edges[:]
    for found in names:
        edges[found.start] = edges[found.end] = 1
    edges.pop()
    return edges


def _annotated(article: Article, parts: list[_Read]) -> Annotated:
    text, names = _joined(article, parts)
    entity_of, entities = group(text, names, links_of(text, names))
    waiting = list(zip(names, entity_of, strict=True))[::-1]
    mentions: list[Mention] = []
    for name, span in text.fields.items():
        content = article.text(name)
        while waiting and waiting[-1][0].start <= span.end:
            found, entity = waiting.pop()
            if found.start >= span.start and found.end <= span.end:
                mentions.append(_mention(article.id, name, content, found, span.start, entity))
    return Annotated(article, text, _words(parts, text.span("body")), tuple(mentions), tuple(entities))


def _mention(article_id: str, name: str, content: str, found: Found, offset: int, entity: int) -> Mention:
    span = Span(found.start - offset, found.end - offset)
    return Mention(
        article_id,
        name,
        span,
        content[span.start : span.end],
        cast(Label, found.label),
        found.method,
        found.confidence,
        entity,
        found.evidence,
    )


def _words(parts: list[_Read], body: Span) -> Tiles:
    edges = b"".join(part.word_edges for part in parts)[body.start : body.end]
    return Tiles([*np.flatnonzero(np.frombuffer(edges, dtype=np.uint8)).tolist(), len(edges)])


def _joined(article: Article, parts: list[_Read]) -> tuple[AnnotatedText, list[Found]]:
    """Return an article's windows as one text with all names; names sure in one window are sought in the others."""
    if len(parts) == 1:
        return replace(parts[0].passage, fields=article.spans()), parts[0].found
    names = [found.shifted(part.start) for part in parts for found in part.found]
    text = AnnotatedText.joined([part.passage for part in parts], article.spans())
    return text, across(text, names)
