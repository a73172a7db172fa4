"""What page furniture states of newspaper, day and page."""

from __future__ import annotations

import pytest

from miner.config import Config
from miner.model import Line
from miner.read import read_bytes
from miner.read.masthead import masthead
from miner.read.paths import PathFacts


def of(*texts: str) -> PathFacts:
    """The facts that lines state."""
    return masthead(Line(n, text) for n, text in enumerate(texts, 1))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021年11月8日 星期三", "2021-11-08"),
        (" 2021 年 11 月 8 日　星期三 责编 陈玉", "2021-11-08"),
        ("浦江晨报 2021年11月8日星期三", "2021-11-08"),
        ("2024年05月11日的报道为: ", "2024-05-11"),
        ("11 月 8 日 星期三", None),
        ("2021年11月8日，记者来到展馆", None),
        ("2021年11月8日", None),
        ("2021年13月8日 星期三", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    assert of(text).issue_date == date


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("第 3 版", "3"),
        ("03 版 · 专题", "3"),
        ("A04版", "A04"),
        ("第03版:要闻", "3"),
        ("（下转第3版）", None),
        ("上接第1版", None),
        ("配方已经试了11 版。", None),
        ("第3版和第4版刊登了来信", None),
        ("出版", None),
    ],
)
def test_pages(text: str, page: str | None) -> None:
    assert of(text).page == page


def test_newspapers() -> None:
    assert of("浦江日报").newspaper == "浦江日报"
    assert of("本报").newspaper is None
    assert of("展台快报").newspaper is None
    assert of("人民日报发表评论员文章").newspaper is None


def test_furniture_that_disagrees_says_nothing() -> None:
    assert of("第 3 版", "第 4 版", "浦江日报", "滨江时报") == PathFacts()


def test_order_of_precedence() -> None:
    page = "浦江晨报\n2023年11月8日 星期三\n第 3 版\n　　正文在这里。\n".encode()
    config = Config(newspaper="松江报", issue_date="1999-01-01")
    (plain,) = read_bytes(page, "a.txt", config)
    (named,) = read_bytes(page, "2022-11-05/A1版.txt", config)
    (bare,) = read_bytes("正文。".encode(), "a.txt", config)
    assert (plain.newspaper, plain.issue_date, plain.page) == ("浦江晨报", "2023-11-08", "3")
    assert (named.newspaper, named.issue_date, named.page) == ("浦江晨报", "2022-11-05", "A1")
    assert (bare.newspaper, bare.issue_date, bare.page) == ("松江报", "1999-01-01", None)


def test_long_lines_are_not_looked_at() -> None:
    assert of("2021年11月8日 星期三" + " " * 100) == PathFacts()
