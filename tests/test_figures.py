"""Figures: one case per kind of number, in tests/cases/figures/*.json."""

from __future__ import annotations

from typing import Any

import pytest

from miner.relate import relate
from miner.relate.figures import find_figures
from miner.relate.passage import passage
from tests.naming import annotate, cases


@pytest.mark.parametrize("case", cases("figures"))
def test_figures(case: dict[str, Any]) -> None:
    figures = list(find_figures(passage(annotate(case["text"]), "body")))
    found = [[f.text, f.subject, f.measure] for f in figures]
    if case.get("only") == "text":
        found = [[text, None, None] for text, _, _ in found]
    assert found == case["expect"]
    assert all(f.span.of(case["text"]) == f.text for f in figures)


def test_a_comparison_is_kept_as_written() -> None:
    (area, growth) = find_figures(passage(annotate("展区面积3万平方米，比上届增长2.1%。"), "body"))
    assert area.comparison is None
    assert growth.comparison == "比上届增长2.1%"


def test_a_figure_knows_its_edition() -> None:
    (figure,) = find_figures(passage(annotate("首届进博会有3600多家企业。", edition=5), "body"))
    assert figure.edition == 1
    (figure,) = find_figures(passage(annotate("进博会共有3600多家企业。", edition=5), "body"))
    assert figure.edition == 5


def test_an_item_of_a_digest_that_is_not_about_the_expo_has_no_edition() -> None:
    digest = "进博会有3600家企业。\n" + "书展另有480家出版商参展。\n" + "天气晴好，游人如织。\n" * 200
    exhibitors, publishers = find_figures(passage(annotate(digest, edition=5), "body"))
    assert (exhibitors.edition, publishers.edition) == (5, None)


def test_a_number_inside_a_name_is_no_figure() -> None:
    annotated = annotate(
        "三六零家居有限公司和99家园集团参展。", {"enterprise": ["三六零家居有限公司", "99家园集团"]}
    )
    assert list(find_figures(passage(annotated, "body"))) == []


def test_heads_count_unless_the_body_repeats_them() -> None:
    annotated = annotate("共有27家企业到会。", headline="27家企业签约 金额超2亿元")
    assert [(f.field, f.text) for f in relate(annotated).figures] == [
        ("headline", "超2亿元"),
        ("body", "27家"),
    ]


def test_a_figure_takes_the_time_of_its_sentence() -> None:
    first, second = relate(annotate("2019年有3000家企业参展。本届有3600家。")).figures
    assert (first.date, second.date) == ("2019", None)
