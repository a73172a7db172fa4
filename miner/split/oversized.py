"""Articles of absurd length: cut into parts, so that no later stage needs memory for more than one part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from miner.model import Article, ArticleLine, Problem, Split
from miner.offsets import Span, stable_id

_LOOK_BACK = 2_000
"""How far before the limit a part may end early, at the end of a paragraph or sentence."""


def cut_oversized(parts: Split, *, most: int) -> Split:
    """Return the split with every body of more than `most` characters cut into several articles, each with a problem.

    The first part keeps the head; every line stays with the part that its first character falls into.
    """
    if all(len(article.body) <= most for article in parts.articles):
        return parts
    articles: list[Article] = []
    problems = list(parts.problems)
    homes: dict[str, list[tuple[Span, str]]] = {}
    for article in parts.articles:
        pieces = list(_pieces(article.body, most))
        if len(pieces) == 1:
            articles.append(replace(article, position=len(articles)))
            continue
        message = f"正文{len(article.body):,}字,切为{len(pieces)}篇 / a body of {len(article.body):,} characters was cut into {len(pieces)} articles"
        problems.append(Problem("split", "article-cut", message))
        homes[article.id] = []
        for number, span in enumerate(pieces):
            identifier = article.id if number == 0 else stable_id("article", article.id, "part", number)
            homes[article.id].append((span, identifier))
            articles.append(_part(article, span, identifier, position=len(articles)))
    lines = tuple(_moved(line, homes) for line in parts.lines)
    return Split(tuple(articles), lines, tuple(problems))


def _pieces(body: str, most: int) -> Iterator[Span]:
    start = 0
    while len(body) - start > most:
        window = body[max(start + 1, start + most - _LOOK_BACK) : start + most]
        back = max(window.rfind("\n"), window.rfind("。"))
        end = start + most - (len(window) - 1 - back if back >= 0 else 0)
        yield Span(start, end)
        start = end
    yield Span(start, len(body))


def _part(article: Article, span: Span, identifier: str, *, position: int) -> Article:
    head = article.headline if span.start == 0 else f"{article.headline or ''}(续)"
    subheads = tuple(s.shifted(-span.start) for s in article.subheads if span.covers(s))
    mapped = article.body_map[span.start : span.end] if article.body_map is not None else None
    return replace(
        article,
        id=identifier,
        position=position,
        headline=head,
        body=span.of(article.body),
        body_map=mapped,
        subheads=subheads,
    )


def _moved(line: ArticleLine, homes: dict[str, list[tuple[Span, str]]]) -> ArticleLine:
    places = homes.get(line.article_id or "")
    if not places or line.start is None or line.end is None:
        return line
    span, identifier = places[max(0, bisect_right([s.start for s, _ in places], line.start) - 1)]
    return replace(
        line, article_id=identifier, start=line.start - span.start, end=min(line.end, span.end) - span.start
    )
