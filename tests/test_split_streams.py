"""Text streams as other programs leave them: marks of pages and running heads are furniture, text goes on across them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miner.config import Config
from miner.model import Document, Line, Split
from miner.read.masthead import masthead
from miner.read.pagemarks import is_page_mark, running_head
from miner.split import split
from miner.split.furniture import furniture
from miner.training.pages.typeset import set_lines

CASES = json.loads((Path(__file__).parent / "cases" / "split" / "streams.json").read_text(encoding="utf-8"))
FIRST = "本报讯（记者 王一）昨天，海滨果园的果农带着新摘的柑橘来到展台前，引来许多采购商驻足品尝。果农说，去年的订单让全村人都过上了好日子，今年他们又带来了三个新品种。"
SECOND = (
    "本报讯（记者 李二三）昨天，河湾社区的图书漂流亭落成，居民把读过的书放进亭子，再带走一本没有读过的书。"
)


def stream(mark: list[str]) -> list[str]:
    """Two stories with heads of a few characters; a mark in the middle of the first story's sentence."""
    body = ["　　" + line if number == 0 else line for number, line in enumerate(set_lines(FIRST, 16))]
    after = ["　　" + line if number == 0 else line for number, line in enumerate(set_lines(SECOND, 16))]
    return ["海滨柑橘香飘展馆", *body[:3], *mark, *body[3:], "", "漂流亭落成", *after]


def rebuilt(texts: list[str]) -> Split:
    lines = tuple(Line(number, text) for number, text in enumerate(texts, 1))
    return split(Document("d1", "a.txt", "text/plain", "utf-8", 1, lines, issue_date="2023-11-08"), Config())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_text_goes_on_across_a_mark(case: dict[str, Any]) -> None:
    result = rebuilt(stream(case["mark"]))
    first, second = result.articles
    assert (first.headline, first.body) == ("海滨柑橘香飘展馆", FIRST)
    assert (second.headline, second.body) == ("漂流亭落成", SECOND)
    aside = [row for row in result.lines if row.article_id is None]
    assert [row.text for row in aside] == case["mark"]
    assert {row.role for row in aside} == {"other"}


def test_page_numbers_that_count_are_furniture_wherever_they_stand() -> None:
    texts = stream(["1"])
    result = rebuilt([*texts, "2"])
    assert [row.text for row in result.lines if row.article_id is None] == ["1", "2"]


def test_numbers_of_a_list_stay() -> None:
    lines = [
        Line(n, text) for n, text in enumerate(["第一条说明了缘由。", "1", "第二条说明了办法。", "2"], 1)
    ]
    assert furniture(lines) == frozenset()


def test_an_unwrapped_paragraph_that_a_mark_parts_is_one() -> None:
    long = (
        "海滨果园的果农带着新摘的柑橘来到展台前，引来许多采购商驻足品尝，去年的订单让全村人都过上了好日子，"
    )
    texts = ["海滨柑橘香飘展馆", "2023-11-08 示例报", "", long, "- 3 -", "今年他们又带来了三个新品种。"]
    article = rebuilt(texts).articles[0]
    assert article.body == long + "今年他们又带来了三个新品种。"


@pytest.mark.parametrize("text", ["第3页写着答案", "3月8日", "Page", "12%", "一边一页", "——记建桥人"])
def test_text_is_no_mark(text: str) -> None:
    assert not is_page_mark(text)
    assert running_head(text) is None


def test_a_running_head_dates_its_page() -> None:
    facts = masthead([Line(1, "浦江晨报 2023年11月8日 星期三 A3"), Line(2, "柑橘飘香")])
    assert (facts.issue_date, facts.page, facts.newspaper) == ("2023-11-08", "A3", "浦江晨报")


def test_every_line_of_a_stream_of_marks_has_a_row() -> None:
    texts = ["- 1 -", "浦江晨报 2023年11月8日 星期三 A1", "- 2 -", "3", "4"]
    result = rebuilt(texts)
    assert len(result.lines) == len(texts)


def test_two_issues_in_one_stream_are_told() -> None:
    """No line is lost, and a problem says that dates are read by the first issue."""
    texts = [
        "浦江晨报 2023年11月8日 A1",
        *stream(["- 1 -"]),
        "浦江晨报 2023年11月9日 A1",
        *stream(["- 2 -"]),
    ]
    result = rebuilt(texts)
    assert [problem.code for problem in result.problems if problem.code == "several-issues"]
    assert len(result.lines) == sum(bool(text.strip()) for text in texts)


VERSE = [
    "春　潮",
    "□ 江一帆",
    "",
    "江水漫过石阶",
    "月光落在船头",
    "谁在渡口等待",
    "等一封迟来的信",
    "",
    "潮起的时候",
    "灯火一盏盏亮起",
]
TABLE = [
    "签约项目一览表",
    "",
    "序号  企业名称  金额（万美元）",
    "1  晨光食品  1200",
    "2  远山机械  860",
    "3  明河医药  2300",
    "合计  4360",
]
NAMES = [
    "委员名单",
    "",
    "丁一鸣  马小川  王雨桐",
    "邓家齐  石  磊  叶文洁",
    "冯  远  朱子清  江  河",
    "孙  岩  李成林  杨  帆",
    "何其芳  张  弛",
]


@pytest.mark.parametrize("texts", [VERSE, TABLE, NAMES], ids=["verse", "table", "names"])
def test_what_is_no_prose_is_kept_as_it_stands_and_told(texts: list[str]) -> None:
    result = rebuilt(texts)
    (article,) = result.articles
    assert article.body.count("\n") + 1 >= len([text for text in texts if text]) - 1
    assert len(result.lines) == len([text for text in texts if text])
    assert all(line.article_id == article.id for line in result.lines)
    assert "no-prose" in {problem.code for problem in result.problems}


def test_a_list_has_the_head_that_stands_apart_above() -> None:
    assert [rebuilt(texts).articles[0].headline for texts in (TABLE, NAMES)] == ["签约项目一览表", "委员名单"]
