"""The shape of a text: a page stream of hard-wrapped lines, one plain article, marked-up text, or a day of stories whose
paragraphs stand on one line each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from miner.config import Config
from miner.model import Document, Line
from miner.split.article import parse_date_line

__all__ = ["shape_of"]

Shape = Literal["page", "article", "markup", "day"]
_LONG = 60
"""No printed column is so wide (in characters): a longer line is an unwrapped paragraph."""
_ENDS = tuple("。！？…”；：）")


def shape_of(document: Document, config: Config, lines: Sequence[Line]) -> Shape:
    """Tell the shape: what the configuration or the reader says, else by line lengths, line ends and a date line."""
    if document.layout == "markup":
        return "markup"
    asked = config.layout if config.layout != "auto" else document.layout
    if asked == "article":
        return "article"
    guess = guess_shape([line.text for line in lines])
    return "page" if asked == "page" and guess == "article" else guess


def guess_shape(texts: Sequence[str]) -> Shape:
    """Tell a page stream from a plain article.

    >>> guess_shape(["展商迎客", "2022-11-09 示例报", "进博会开幕了。"])
    'article'
    >>> guess_shape(["统一定制的服装，提前规划好的路", "线，专门针对重点目标企业所做的招商信", "息，团队出发。"] * 3)
    'page'
    """
    raw, texts = texts, [text.strip() for text in texts]
    if not texts:
        return "article"
    if any(parse_date_line(text) for text in texts[1:3]) and not _wrapped(texts[3:]):
        return "article"
    if _wrapped(texts):
        return "page"
    return "day" if _outdented_heads(raw) or _many_heads(texts) else "article"


def _wrapped(texts: Sequence[str]) -> bool:
    """Whether most text stands on short lines that stop mid-sentence."""
    total = sum(map(len, texts))
    short = [text for text in texts if len(text) <= _LONG]
    if len(short) < 3 or sum(map(len, short)) < 0.6 * total:
        return False
    open_ended = sum(not text.endswith(_ENDS) for text in short)
    return open_ended >= 0.4 * len(short)


def _outdented_heads(raw: Sequence[str]) -> bool:
    """Whether paragraphs are indented and short lines without indent stand before them again and again."""
    long = [text for text in raw if len(text) > _LONG]
    if not long or sum(text[0].isspace() for text in long) < 0.7 * len(long):
        return False
    heads = 0
    for text, after in pairwise(raw):
        heads += (
            not text[0].isspace()
            and text.strip()[-1] not in "。，；"
            and after[0].isspace()
            and len(text) <= _LONG
        )
    return heads >= 3


def _many_heads(texts: Sequence[str]) -> bool:
    """Whether unwrapped text holds several stories: short lines that end no sentence stand again and again between
    long paragraphs."""
    heads = 0
    for before, text, after in zip(texts, texts[1:], texts[2:], strict=False):
        if len(text) <= 50 and not text.endswith(_ENDS) and len(after) > _LONG and before.endswith(_ENDS):
            heads += 1
    return heads >= 4 and heads >= 0.08 * len(texts)
