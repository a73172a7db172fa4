"""The shape of a text: a page stream of hard-wrapped lines, one plain article, or marked-up text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from miner.config import Config
from miner.model import Document, Line
from miner.split.article import parse_date_line

__all__ = ["shape_of"]

Shape = Literal["page", "article", "markup"]
_LONG = 60
"""No printed column is so wide (in characters): a longer line is an unwrapped paragraph."""
_ENDS = tuple("。！？…”；：）")


def shape_of(document: Document, config: Config, lines: Sequence[Line]) -> Shape:
    """Tell the shape: what the configuration or the reader says, else by line lengths, line ends and a date line."""
    if document.layout == "markup":
        return "markup"
    if config.layout != "auto":
        return config.layout
    if document.layout is not None:
        return document.layout
    return guess_shape([line.text.strip() for line in lines])


def guess_shape(texts: Sequence[str]) -> Shape:
    """Tell a page stream from a plain article.

    >>> guess_shape(["展商迎客", "2022-11-09 示例报", "进博会开幕了。"])
    'article'
    >>> guess_shape(["统一定制的服装，提前规划好的路", "线，专门针对重点目标企业所做的招商信", "息，团队出发。"] * 3)
    'page'
    """
    if not texts:
        return "article"
    if any(parse_date_line(text) for text in texts[1:3]) and not _wrapped(texts[3:]):
        return "article"
    if _wrapped(texts):
        return "page"
    return "page" if _many_heads(texts) else "article"


def _wrapped(texts: Sequence[str]) -> bool:
    """Whether most text stands on short lines that stop mid-sentence."""
    total = sum(map(len, texts))
    short = [text for text in texts if len(text) <= _LONG]
    if len(short) < 3 or sum(map(len, short)) < 0.6 * total:
        return False
    open_ended = sum(not text.endswith(_ENDS) for text in short)
    return open_ended >= 0.4 * len(short)


def _many_heads(texts: Sequence[str]) -> bool:
    """Whether unwrapped text holds several stories: short lines that end no sentence stand again and again between
    long paragraphs."""
    heads = 0
    for before, text, after in zip(texts, texts[1:], texts[2:], strict=False):
        if len(text) <= 50 and not text.endswith(_ENDS) and len(after) > _LONG and before.endswith(_ENDS):
            heads += 1
    return heads >= 4 and heads >= 0.08 * len(texts)
