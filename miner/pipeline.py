"""The line itself: read → restore → split → segment → recognise → relate. Whoever opens this file sees the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from miner.config import Config
from miner.model import Document, Mined, Split
from miner.recognise import Recogniser
from miner.relate import relate
from miner.split import split
from miner.split.oversized import cut_oversized

_GROUP_CHARS = 200_000
"""Documents are recognised together until they hold this many characters: memory stays flat, NumPy gets full batches."""


def mine(documents: Iterable[Document], config: Config, recogniser: Recogniser) -> Iterator[Mined]:
    """Mine documents in order: each becomes its stories, their lines, and every fact read from them."""
    for group in _groups(((document, _split(document, config)) for document in documents), config):
        annotated = iter(recogniser.annotate([article for _, parts in group for article in parts.articles]))
        for document, parts in group:
            facts = tuple(relate(next(annotated)) for _ in parts.articles)
            yield Mined(document, parts.lines, facts, (*document.problems, *parts.problems))


def _split(document: Document, config: Config) -> Split:
    return cut_oversized(split(document, config), most=config.max_article_chars)


def _groups(
    pairs: Iterable[tuple[Document, Split]], config: Config
) -> Iterator[list[tuple[Document, Split]]]:
    group: list[tuple[Document, Split]] = []
    articles = chars = 0
    for document, parts in pairs:
        group.append((document, parts))
        articles += len(parts.articles)
        chars += sum(len(article.body) for article in parts.articles)
        if articles >= config.batch_articles or chars >= _GROUP_CHARS:
            yield group
            group, articles, chars = [], 0, 0
    if group:
        yield group
