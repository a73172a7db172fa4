"""Stories that run over several web pages: which page is which part, and one story in the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from miner.config import Config
from miner.engine import run_paths
from miner.model import Document
from miner.read import read_bytes

FIRST = (
    "滨江新闻网讯　第六届进博会开幕首日，滨江交易团在四号馆签下首单，采购额达到三千二百万美元。",
    "交易团负责人表示，今年的参展商比去年多了两成，新面孔集中在医疗器械和农产品两个展区。",
)
SECOND = (
    "在农产品展区，来自北岛的奶农第二次参展，带来的干酪第一天就被三家本地商超订走大半。",
    "“我们已经订好了明年的展位。”她说，公司还打算在滨江设一个冷链仓库，服务周边城市。",
)
THIRD = (
    "闭馆之前，记者在签约区看到，仍有十几位采购商排队等候，工作人员加开了两张签约台。",
    "滨江交易团预计，六天展期结束时，意向成交额将超过去年，具体数字将在闭幕后公布。",
)
PARTS = (FIRST, SECOND, THIRD)


def page(number: int, pager: str, *, head: str = "滨江交易团首日签下首单", more: str = "") -> bytes:
    """Make one page of the story."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARTS[number - 1])
    return (
        f"<html><head><meta charset=utf-8><title>{head}_滨江新闻网</title>{more}</head><body><div class='top'><a href='/'>首页</a></div>"
        f"<h1>{head}</h1><div class='info'>2023年11月05日 来源：滨江日报</div><div id='text'>{text}{pager}</div>"
        "<div class='bottom'><a href='other_1.html'>上一篇：别的报道</a></div></body></html>"
    ).encode()


def read(data: bytes, path: str) -> Document:
    (document,) = read_bytes(data, path, Config())
    return document


def links(number: int, form: str, *, first: str = "") -> str:
    """A pager: previous, numbers, next; the number of the page itself is no link."""

    def to(other: int, words: str) -> str:
        return f'<a href="{first if other == 1 and first else form.format(other)}">{words}</a>'

    numbers = " ".join(f"<b>{n}</b>" if n == number else to(n, f"{n}") for n in (1, 2, 3))
    before = to(number - 1, "上一页") if number > 1 else ""
    after = to(number + 1, "下一页") if number < 3 else ""
    return f'<div class="pager">{before} {numbers} {after}</div>'


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize(
    ("form", "first", "series"),
    [
        ("t20231105_88213_{}.html", "t20231105_88213.html", "web/t20231105_88213"),
        ("c8821-{}.shtml", "c8821.shtml", "web/c8821"),
        ("/a/8821_{}.htm", "/a/8821.htm", "/a/8821"),
        ("show.php?id=8821&page={}", "show.php?id=8821", "web/show.php?id=8821"),
        ("https://news.example.cn/2023/8821/{}", "https://news.example.cn/2023/8821", "news.example.cn/2023/8821"),
    ],
)  # fmt: skip
def test_parts_by_their_pager(number: int, form: str, first: str, series: str) -> None:
    document = read(page(number, links(number, form, first=first)), f"web/saved{number}.html")
    assert document.part is not None
    assert (document.part.series, document.part.number, document.part.known) == (series, number, 3)
    assert [line.text for line in document.lines if line.role == "body"] == list(PARTS[number - 1])


def test_parts_by_the_relation_of_their_addresses() -> None:
    base = "https://news.example.cn/a/8821"
    for number in (1, 2, 3):
        more = f'<link rel=next href="{base}_{number + 1}.html">' if number < 3 else ""
        more += (
            f'<link rel=prev href="{base}{f"_{number - 1}" if number > 2 else ""}.html">'
            if number > 1
            else ""
        )
        more += f'<meta property="og:url" content="{base}{f"_{number}" if number > 1 else ""}.html">'
        part = read(page(number, "", more=more), f"{number}.html").part
        assert part is not None and (part.series, part.number) == ("news.example.cn/a/8821", number)


def test_numbers_alone_are_enough_where_one_is_missing() -> None:
    pager = '<p><a href="8821.html">[1]</a> [2] <a href="8821_3.html">[3]</a></p>'
    part = read(page(2, pager), "8821_2.html").part
    assert part is not None and (part.number, part.known) == (2, 3)


@pytest.mark.parametrize(
    "pager",
    [
        "",
        '<a href="8822.html">下一篇：签约忙</a>',
        '<a rel="next" href="https://news.example.cn/another-story">下一页</a>',
        '<a href="javascript:void(0)">下一页</a> <a href="#c2">2</a>',
        '<a href="http://[bad">下一页</a>',
        '<a href="/zt/8.html">8</a><a href="/zt/19.html">19</a>',
    ],
)
def test_other_links_make_no_parts(pager: str) -> None:
    assert read(page(1, pager), "8821.html").part is None


def stories(tmp_path: Path, files: dict[str, bytes]) -> sqlite3.Connection:
    folder = tmp_path / "web"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    run_paths([str(folder)], tmp_path / "expo.db", Config())
    return sqlite3.connect(tmp_path / "expo.db")


def test_the_parts_of_a_story_are_one_story(tmp_path: Path) -> None:
    form = "t20231105_88213{}.html"
    files = {
        form.format(f"_{n}" if n > 1 else ""): page(
            n, links(n, "t20231105_88213_{}.html", first=form.format(""))
        )
        for n in (1, 2, 3)
    }
    files["t20231105_90000.html"] = page(1, "", head="另一篇报道讲的是另一件事").replace(
        "首单".encode(), "二单".encode()
    )
    connection = stories(tmp_path, files)
    joined = connection.execute(
        "select count(*), count(distinct story_id) from articles where story_id is not null"
    )
    assert joined.fetchone() == (3, 1)
    assert not connection.execute("select * from problems where code = 'part-missing'").fetchall()


def test_a_part_that_is_not_there_is_told(tmp_path: Path) -> None:
    files = {"8821.html": page(1, links(1, "8821_{}.html", first="8821.html")),
             "8821_3.html": page(3, links(3, "8821_{}.html", first="8821.html"))}  # fmt: skip
    connection = stories(tmp_path, files)
    assert connection.execute("select count(distinct story_id) from articles").fetchone() == (1,)
    assert len(connection.execute("select * from problems where code = 'part-missing'").fetchall()) == 1
