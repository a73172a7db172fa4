"""Splitting: shapes of text, the contract of rows and origins, and inputs that are no pages at all."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.config import Config
from miner.model import Box, Document, Line, Split
from miner.split import split
from miner.split.article import parse_date_line
from miner.split.build import edition_of
from miner.split.geometry import steady_sizes
from miner.split.lines import rows_of
from miner.split.shape import guess_shape

ARTICLE = """展商迎客 满城飘香
2022-11-09 示例晚报

本报讯（记者 林岚）清晨的展馆里已经人头攒动，第五届进博会迎来首个周末。
来自海滨的果农把新摘的柑橘摆上展台。
"""

PAGE = """清晨的展馆里人头攒动， 来自

海滨的果农把新摘的柑橘摆上展台，

引来许多采购商驻足品尝。

订单带来好日子

果农说，去年的订单让全村人

都过上了好日子，今年他们带来了

三个新品种。

海滨柑橘香飘展馆

□记者 林岚

一座能装下三百本书的漂流亭

昨天在河湾社区落成。居民把读过

的书放进亭子， 再带走一本没有读

过的书。

社区工作者介绍，漂流亭由旧

电话亭改造，夜里会亮起暖黄的灯。

河湾社区建成图书漂流亭

□记者 周小川
"""


def document(text: str, **fields: object) -> Document:
    lines = tuple(Line(number, line) for number, line in enumerate(text.split("\n"), 1))
    return Document("d1", "a.txt", "text/plain", "utf-8", len(text), lines, **fields)  # type: ignore[arg-type]


def assert_contract(made: Document, result: Split) -> None:
    """Every non-blank line has exactly one row, in order; bodies lead back to their lines."""
    wanted = [line.number for line in made.lines if line.text.strip()]
    assert [row.line for row in result.lines] == wanted
    articles = {article.id: article for article in result.articles}
    assert len(articles) == len(result.articles)
    raw = {line.number: line.text for line in made.lines}
    for row in result.lines:
        assert row.text == raw[row.line]
        assert row.article_id is None or row.article_id in articles
        if row.start is not None and row.article_id is not None:
            assert 0 <= row.start < row.end <= len(articles[row.article_id].body)
    for article in result.articles:
        assert article.body_map is not None
        assert article.body_map.text == article.body
        for index, char in enumerate(article.body):
            origin = article.body_map.origin(index)
            if origin is not None:
                source = raw[origin.line][origin.column]
                assert char == source or char in unicodedata.normalize("NFKC", source)
        for span in article.subheads:
            assert "\n" not in span.of(article.body)


def test_an_article_keeps_its_parts() -> None:
    made = document(ARTICLE)
    result = split(made, Config())
    assert_contract(made, result)
    (article,) = result.articles
    assert article.headline == "展商迎客 满城飘香"
    assert article.published == "2022-11-09"
    assert article.newspaper == "示例晚报"
    assert article.edition == 5
    assert article.byline == "记者 林岚"
    assert article.body.count("\n") == 1
    assert [row.role for row in result.lines] == ["headline", "other", "body", "body"]


def test_a_page_is_rebuilt() -> None:
    made = document(PAGE)
    result = split(made, Config())
    assert_contract(made, result)
    assert [article.headline for article in result.articles] == ["海滨柑橘香飘展馆", "河湾社区建成图书漂流亭"]
    first, second = result.articles
    assert first.body.startswith("清晨的展馆里人头攒动，来自海滨的果农把新摘的柑橘")
    assert [span.of(first.body) for span in first.subheads] == ["订单带来好日子"]
    assert second.body.split("\n")[1] == "社区工作者介绍，漂流亭由旧电话亭改造，夜里会亮起暖黄的灯。"
    assert first.byline == "记者 林岚"
    assert "柑橘" in (first.reason or "")
    assert 0 < first.confidence <= 1


def test_the_configuration_overrules_the_guess() -> None:
    made = document(PAGE)
    assert len(split(made, Config(layout="article")).articles) == 1
    assert_contract(made, split(made, Config(layout="article")))
    assert_contract(document(ARTICLE), split(document(ARTICLE), Config(layout="page")))


def test_markup_states_roles_and_stories() -> None:
    lines = (
        Line(1, "第 3 版", role="other"),
        Line(2, "河湾消息", role="headline", story=4),
        Line(3, "漂流亭落成。", role="body", story=4),
        Line(4, "海滨消息", role="headline", story=7),
        Line(5, "柑橘上市。", story=7),
    )
    made = Document(
        "d1",
        "a.html",
        "text/html",
        "utf-8",
        1,
        lines,
        layout="markup",
        author="林岚",
        url="https://example.org/1",
    )
    result = split(made, Config())
    assert_contract(made, result)
    assert [(a.headline, a.body) for a in result.articles] == [
        ("河湾消息", "漂流亭落成。"),
        ("海滨消息", "柑橘上市。"),
    ]
    assert result.articles[0].byline == "林岚"
    assert result.articles[0].url == "https://example.org/1"
    assert result.lines[0].article_id is None


@pytest.mark.parametrize(
    ("text", "published", "newspaper"),
    [
        ("2022-11-09 汇滨报", "2022-11-09", "汇滨报"),
        ("Feb 10, 2023 中国经济网", "2023-02-10", "中国经济网"),
        ("2023年11月8日 星期三", "2023-11-08", None),
        ("2023年11月8日 江海晚报 第3版", "2023-11-08", "江海晚报 第3版"),
        ("2023/11/8 10:20 来源：江海晚报", "2023-11-08", "江海晚报"),
        ("2023-11-08 08:30:00", "2023-11-08", None),
        ("江海晚报 2023-11-08", "2023-11-08", "江海晚报"),
        ("None 中国经济网", None, "中国经济网"),
        ("8 Nov 2023 Example Daily", "2023-11-08", "Example Daily"),
    ],
)
def test_date_lines(text: str, published: str | None, newspaper: str | None) -> None:
    dated = parse_date_line(text)
    assert dated is not None
    assert (dated.published, dated.newspaper) == (published, newspaper)


@pytest.mark.parametrize(
    "text",
    ["", "2023年11月8日，进博会进入第四天，各展台人头攒动。", "2023-13-45 报", "漂流亭落成", "昨" * 500],
)
def test_lines_that_are_no_date_lines(text: str) -> None:
    assert parse_date_line(text) is None


@pytest.mark.parametrize(
    ("text", "published", "edition"),
    [
        ("第六届进博会开幕", None, 6),
        ("首届中国国际进口博览会", "2018-11-05", 1),
        ("进博会进入第三天", "2021-11-07", 4),
        ("第六届进博会承接第五届进博会的成果", "2023-11-06", 6),
        ("第十二届进博会", "2029-11-05", 12),
        ("第26届高交会开幕", "2024-11-05", None),
        ("漂流亭落成", "2023-11-05", None),
    ],
)
def test_edition(text: str, published: str | None, edition: int | None) -> None:
    assert edition_of(text, published) == edition


def test_shapes_are_told_apart() -> None:
    assert guess_shape([]) == "article"
    assert guess_shape(PAGE.split()) == "page"
    assert guess_shape(["一句话。"]) == "article"


DAY = """2023年11月08日的报道为：
海滨果农在展馆接待客商时说
柑橘香飘展馆

　　本报讯（记者 林岚）清晨的展馆里人头攒动，来自海滨的果农把新摘的柑橘摆上展台，引来许多采购商驻足品尝，签下了第一份订单。
　　订单带来好日子
　　果农说，去年的订单让全村人都过上了好日子，今年他们带来了三个新品种，还请来了村里的茶艺师，现场泡起了陈皮茶。


河湾社区建成图书漂流亭
——居民把读过的书放进亭子

　　一座能装下三百本书的漂流亭昨天在河湾社区落成，居民把读过的书放进亭子，再带走一本没有读过的书，孩子们围着亭子不肯走，社区又添了两张长椅和一盏夜灯。


本版责编：周小川


老码头的灯又亮了

　　停用了二十年的老码头昨晚亮起了灯，修旧如旧的吊机立在江边，附近的居民扶老携幼来看，说好像又听见了当年的汽笛声，孩子们在台阶上坐成一排，数着江面上来来往往的船。


示例村办起丰收集市

　　示例村的丰收集市昨天开张，四十个摊位摆满了新米、柑橘和手工竹器，城里来的客人边逛边买，一个上午就卖出去两千斤新米，村里的老师傅当场编起竹篮，围观的人里三层外三层。
"""


def test_a_day_of_unwrapped_stories_is_told_by_its_heads() -> None:
    made = document(DAY)
    result = split(made, Config())
    assert_contract(made, result)
    heads = ["柑橘香飘展馆", "河湾社区建成图书漂流亭", "老码头的灯又亮了", "示例村办起丰收集市"]
    assert [article.headline for article in result.articles] == heads
    assert {article.published for article in result.articles} == {"2023-11-08"}
    first, second = result.articles[:2]
    assert (first.kicker, first.byline) == ("海滨果农在展馆接待客商时说", "记者 林岚")
    assert [span.of(first.body) for span in first.subheads] == ["订单带来好日子"]
    assert second.subtitle == "——居民把读过的书放进亭子"
    assert [row.text for row in result.lines if row.article_id is None] == [
        "2023年11月08日的报道为：",
        "本版责编：周小川",
    ]


def test_jumps_become_fields() -> None:
    text = PAGE.replace("三个新品种。\n", "三个新品种。\n\n（下转第 6 版）\n")
    result = split(document(text), Config())
    assert [article.jump_to for article in result.articles] == ["6", None]
    assert [row.role for row in result.lines if "下转" in row.text] == ["jump"]


def test_the_same_input_gives_the_same_result() -> None:
    assert split(document(PAGE), Config()) == split(document(PAGE), Config())


WEIRD = {
    "nothing": "",
    "blank lines": "\n \n\u3000\n",
    "one character a line": "\n".join("进博会开幕了展商迎客" * 60),
    "names": "\n".join(f"林岚{n} 周小川 王一 李二三" for n in range(80)),
    "table": "\n".join(f"展区{n}\t{n * 3}\t{n * 7}%" for n in range(120)),
    "advert": "招 租\n电话：000-0000\n地址：河湾路 1 号\n！！！\n",
    "latin": "\n".join(["The quick brown fox jumps over", "the lazy dog and runs away."] * 50),
    "lost characters": "\n".join(["\ufffd" * 12] * 40),
    "marks": "\n".join(["，。！？", "———", "……"] * 40),
    "one story": "\n".join(PAGE.split("\n")[2:9]),
    "astral": "\n".join(["𠮷野家在展台上摆出新品，", "引来采购商。"] * 20),
    "surrogates": "\n".join(["坏字\ud800符在行里，还有很多", "话要说。"] * 20),
}


@pytest.mark.parametrize("name", WEIRD)
@pytest.mark.parametrize("layout", ["auto", "page", "article"])
def test_no_input_crashes_or_loses_a_line(name: str, layout: str) -> None:
    made = document(WEIRD[name])
    assert_contract(made, split(made, Config(layout=layout)))  # type: ignore[arg-type]


def test_ten_thousand_lines_are_split() -> None:
    made = document("\n".join([PAGE] * 300))
    result = split(made, Config())
    assert_contract(made, result)
    assert len(result.articles) > 100


def test_a_line_of_millions_of_characters_is_kept() -> None:
    made = document("头\n" + "进博会展台，" * 500_000)
    for layout in ("auto", "page"):
        result = split(made, Config(layout=layout))  # type: ignore[arg-type]
        assert len(result.lines) == 2
        assert sum(len(article.body) for article in result.articles) >= 3_000_000


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(alphabet="进博会展商，。“”（） \u3000\ufffdAb1记者摄图版第下转", max_size=24), max_size=40
    )
)
def test_any_lines_keep_the_contract(texts: list[str]) -> None:
    made = document("\n".join(texts))
    for layout in ("page", "article"):
        assert_contract(made, split(made, Config(layout=layout)))  # type: ignore[arg-type]


def test_shuffled_blocks_keep_the_contract() -> None:
    rng = random.Random(3)
    blocks = PAGE.split("\n\n")
    for _ in range(5):
        rng.shuffle(blocks)
        made = document("\n\n".join(blocks))
        assert_contract(made, split(made, Config()))


def test_sizes_that_scatter_are_told_by_width() -> None:
    """Boxes of an OCR program are as tall as the marks in a line: digits and brackets make no headline."""
    rows = rows_of([
        Line(1, "海滨柑橘香飘展馆", 1, Box(0, 960, 160, 985), 25.0),
        Line(2, "昨天，海滨果园的果农带着新摘", 1, Box(0, 940, 140, 949.5), 9.5),
        Line(3, "99.8%的柑橘售罄，果农（图右）", 1, Box(0, 925, 138, 938.4), 13.4),
        Line(4, "笑得合不拢嘴，今年他们又带来", 1, Box(0, 910, 141, 918.8), 8.8),
        Line(5, "了三个新品种，订单已排到明年", 1, Box(0, 895, 140, 905.2), 10.2),
    ])  # fmt: skip
    steady_sizes(rows)
    assert [round(row.size) for row in rows] == [20, 10, 10, 10, 10]


def test_exact_sizes_stay_as_they_are() -> None:
    rows = rows_of([
        Line(n, "今年他们又带来了三个新品种，", 1, Box(0, 900 - n * 15, 150, 910 - n * 15), 10.0)
        for n in range(1, 6)
    ])  # fmt: skip
    steady_sizes(rows)
    assert {row.size for row in rows} == {10.0}
