"""Dates: one case per way of saying when, in tests/cases/dates/*.json."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.expo import edition_year, year_edition
from miner.language.dates import find_dates, iter_problems
from miner.language.editions import edition_in
from tests.naming import cases


@pytest.mark.parametrize("case", cases("dates"))
def test_dates(case: dict[str, Any]) -> None:
    found = find_dates(case["text"], issued=case.get("issued", "2022-11-09"), edition=case.get("edition"))
    assert [[d.text, d.date, d.date_end, d.method] for d in found] == case["expect"]
    assert all(d.span.of(case["text"]) == d.text for d in found)


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("第五届进博会", 5), ("首届中国国际进口博览会", 1), ("第3届进博会", 3), ("第127届广交会", None), ("第26届年会", None),
        ("2022年进博会", 5), ("第八届虹桥国际经济论坛", 8), ("第十届中国国际进口博览会", 10), ("进博会", None),
    ],
)  # fmt: skip
def test_editions(text: str, edition: int | None) -> None:
    assert edition_in(text) == edition


@given(st.integers(1, 80))
def test_edition_and_year_are_inverse(edition: int) -> None:
    assert year_edition(edition_year(edition)) == edition


def test_impossible_dates_are_problems() -> None:
    found = find_dates("2月30日开馆，13月5日闭馆，11月5日", issued="2022-11-09")
    assert list(iter_problems(found)) == ["2月30日", "13月5日"]


@given(st.text(alphabet="0123456789年月日一二三十今昨本上周天（）至、第个 ", max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    for mention in find_dates(text, issued="2024-02-29"):
        assert mention.span.of(text) == mention.text
