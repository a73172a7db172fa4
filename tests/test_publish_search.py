"""The search page's parts: ranking, snippets, names, and twenty thousand random questions that must not fail."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest

from miner.offsets import Span
from miner.publish import charts
from miner.publish.index import fts, summaries
from miner.publish.pages import search
from miner.publish.query import parse
from tests.archives import add_article, add_document, empty_archive
from tests.attacks import ATTACKS
from tests.test_publish_pages import fill

PIECES = (
    "旭化成", "進博會", "3M", " ", "　", " OR ", "-", "“", "”", '"', "「", "(", ")", "*", "NOT ", "AND ", "，", ":", "^", "{", "\\", "'", ";--", "%", "\n", "\x00", "\u202e",
    "\ud800", "会", "|", "１，８００", "a" * 50, "😀", "\ue000", "\uf8f0", "\uf8f2edition5",
)  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    connection = empty_archive()
    fill(connection)
    fts.refresh(connection)
    summaries.rebuild(connection)
    yield connection
    connection.close()


def test_twenty_thousand_random_searches_do_not_fail(connection: sqlite3.Connection) -> None:
    rng = random.Random(7)
    for number in range(20_000):
        typed = (
            rng.choice(ATTACKS)[:400]
            if number % 50 == 0
            else "".join(rng.choice(PIECES) for _ in range(rng.randint(0, 8)))
        )
        asked = {
            "q": typed,
            "sort": rng.choice(("relevance", "newest", "oldest", typed)),
            "page": rng.choice(("1", "2", "999999", typed)),
        }
        if number % 7 == 0:
            asked |= {
                name: rng.choice(("", "5", "2022", "2022-11", "2022-11-31", typed))
                for name in search.Filters.__slots__
            }
        request = search.Request.read(asked)
        results = search.search(connection, request)
        if number % 20 == 0:
            search.choices(connection, request, exact=True)
            found = search.offers(connection, request.query)
            search.widened(connection, request.query, found)
            if not results.total:
                search.advise(connection, request)


def test_a_word_whose_pairs_stand_apart_is_not_a_hit() -> None:
    connection = empty_archive()
    add_document(connection)
    add_article(connection, "false", "进博物馆，博会开幕")
    add_article(connection, "true", "进博会开幕")
    fts.refresh(connection)
    summaries.rebuild(connection)
    for sort in search.SORTS:
        results = search.search(connection, search.Request.read({"q": "进博会", "sort": sort}))
        assert [hit.article["id"] for hit in results.hits] == ["true"]


def test_many_hits_are_paged_without_gaps_or_doubles() -> None:
    connection = empty_archive()
    add_document(connection)
    for number in range(1_200):
        add_article(connection, f"a{number:04}", f"第{number}篇说到订单", headline="订单" if number % 100 == 0 else "别的",
                    published=f"{2018 + number % 7}-{number % 12 + 1:02}-11", edition=1 + number % 7)  # fmt: skip
    fts.refresh(connection)
    summaries.rebuild(connection)
    for sort in search.SORTS:
        seen: list[str] = []
        for page in range(1, 13):
            results = search.search(
                connection, search.Request.read({"q": "订单", "sort": sort, "page": str(page), "size": "100"})
            )
            assert results.total == 1_200
            seen += [hit.article["id"] for hit in results.hits]
        assert len(seen) == len(set(seen)) == 1_200, sort
    first = search.search(connection, search.Request.read({"q": "订单"}))
    assert all(hit.article["headline"] == "订单" for hit in first.hits[:12])
    dated = search.search(connection, search.Request.read({"q": "订单", "sort": "newest"}))
    days = [hit.article["published"] for hit in dated.hits]
    assert days == sorted(days, reverse=True) and days[0].startswith("2024")


def test_snippets_show_the_words_and_mark_them() -> None:
    body = "开头" * 100 + "旭化成签约" + "中间" * 200 + "旭化成再来" + "结尾" * 50
    shown = search.snippets(body, ("旭化成",))
    assert len(shown) == 2 and all(
        piece.spans and piece.spans[0].of(piece.text) == "旭化成" for piece in shown
    )
    assert shown[0].cut_before and shown[0].cut_after
    assert search.snippets("短文", ("没有",))[0].text == "短文"
    assert search.snippets("进\u200b博会", ("进博会",))[0].spans == (Span(0, 4),)


def test_charts_label_the_highest_bars_and_never_widen_one() -> None:
    drawn = str(charts.columns([charts.Bar("2022-11", 3, "/x")], "一根柱"))
    assert 'width="44.0"' in drawn and ">3</text>" in drawn and "一根柱" in drawn
    assert str(charts.columns([], "空")) == "" and str(charts.network("甲", [], [], "空")) == ""
    many = str(charts.columns([charts.Bar(f"{n}", n % 30) for n in range(400)], "许多"))
    assert many.count('class="value"') < 40
    assert "&lt;b&gt;" in str(
        charts.network("<b>", [charts.Neighbour("<i>", "person", 2, "/p")], [(0, 0, 1)], "<u>")
    )


def test_parse_keeps_within_limits() -> None:
    assert len(parse(" ".join(str(n) for n in range(10_000))).groups) <= 24
    assert len(parse("长" * 10_000).words[0]) == 300
