"""Bodies of absurd length are cut into parts, and nothing is lost."""

from __future__ import annotations

import pytest

from miner.model import Article, ArticleLine, Split
from miner.offsets import Span, TextMap
from miner.split.oversized import cut_oversized


def made(body: str) -> Split:
    maps = TextMap.of_line(body, line=3)
    article = Article("a", "d", 0, "标题", body, body_map=maps, subheads=(Span(0, 2),))
    return Split(
        (article,), (ArticleLine(1, "a", "headline", "标题"), ArticleLine(3, "a", "body", body, 0, len(body)))
    )


@pytest.mark.parametrize("body", ["进博会。" * 1000, "进博会" * 1000, "段落\n" * 1000, "短"])
def test_parts_make_the_whole(body: str) -> None:
    parts = cut_oversized(made(body), most=300)
    assert "".join(a.body for a in parts.articles) == body
    assert all(len(a.body) <= 300 for a in parts.articles)
    assert len({a.id for a in parts.articles}) == len(parts.articles)
    assert [a.position for a in parts.articles] == list(range(len(parts.articles)))
    for a in parts.articles:
        assert a.body_map is not None and a.body_map.text == a.body
    assert {line.line for line in parts.lines} == {1, 3}
    assert bool(parts.problems) == (len(body) > 300)


def test_a_part_ends_with_a_sentence() -> None:
    assert all(
        a.body.endswith("。") for a in cut_oversized(made("进博会今年又开。" * 100), most=300).articles
    )


def test_lines_go_with_their_part() -> None:
    body = "\n".join(["甲" * 99] * 10)
    article = Article("a", "d", 0, None, body)
    lines = tuple(ArticleLine(n + 1, "a", "body", "甲" * 99, n * 100, n * 100 + 99) for n in range(10))
    parts = cut_oversized(Split((article,), lines), most=300)
    bodies = {a.id: a.body for a in parts.articles}
    for line in parts.lines:
        assert bodies[line.article_id or ""][line.start : line.end] == line.text
