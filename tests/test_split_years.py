"""The year of a page that nobody dated: inferred where the page tells it, else its days are kept without a year."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from miner.config import Config
from miner.language.dates import find_dates
from miner.model import Document, Line, Split
from miner.split import split
from miner.split.dating import evidence_of, infer_year, told_by

CASES = json.loads((Path(__file__).parent / "cases" / "split" / "years.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_page_tells_its_year(case: dict[str, Any]) -> None:
    found = infer_year(case["texts"])
    assert (found.year if found else None) == case["year"]


def test_past_and_coming_editions_are_told_apart() -> None:
    told = told_by("去年的第五届进博会；第六届进博会现场；明年的第七届进博会")
    assert (dict(told.past), dict(told.now), dict(told.ahead)) == ({2022: 1}, {2023: 1}, {2024: 1})


def test_weekdays_speak_for_a_year() -> None:
    told = told_by("11月7日（星期二）上午")
    assert ("weekdays fit", 1.0) in list(evidence_of(told, 2023))
    assert ("weekdays do not fit", 1.0) in list(evidence_of(told, 2022))


def rebuilt(text: str, **fields: Any) -> Split:
    lines = tuple(Line(number, line) for number, line in enumerate(text.split("\n"), 1))
    return split(Document("d1", "a.txt", "text/plain", "utf-8", len(text), lines, **fields), Config())


STORY = (
    "海滨展团走访展台\n{}11月7日上午，海滨展团走访了三家企业的展台，详细了解最新产品，并与参展商座谈交流。"
)


def test_an_inferred_year_is_no_issue_date_and_says_so() -> None:
    result = rebuilt(STORY.format("第六届中国国际进口博览会如约而至。"))
    article = result.articles[0]
    assert (article.published, article.inferred_year, article.edition) == (None, 2023, 6)
    assert [problem.code for problem in result.problems] == ["year-inferred"]
    assert "--issue-date" in result.problems[0].message


def test_a_page_that_tells_no_year_says_so() -> None:
    result = rebuilt(STORY.format(""))
    assert result.articles[0].inferred_year is None
    assert [problem.code for problem in result.problems] == ["year-unknown"]


def test_a_known_date_is_never_doubted() -> None:
    result = rebuilt(STORY.format("第六届进博会如约而至。"), issue_date="2022-11-08")
    assert result.articles[0].inferred_year is None
    assert not result.problems


def test_dates_take_the_inferred_year_and_the_issue_wins() -> None:
    assert [d.date for d in find_dates("11月7日、8日，去年", year=2023)] == ["2023-11-07", "2022"]
    assert [d.date for d in find_dates("11月7日", year=2023, issued="2022-11-09")] == ["2022-11-07"]
    assert [(d.date, d.yearless) for d in find_dates("11月7日")] == [(None, "XXXX-11-07")]
