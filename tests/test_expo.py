"""Editions and days of the expo, and the forms of names that its companies are written in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.expo import edition_days, edition_of_day, edition_year, phase, year_edition
from miner.language.editions import edition_title, editions_named
from miner.language.name_forms import brand, core, has_legal_form, without_regions
from miner.language.numerals import read_number, write_numeral


@given(st.dates(date(2019, 1, 1), date(2060, 12, 31)))
def test_every_day_lies_before_during_or_after_one_expo(day: date) -> None:
    found = phase(day.isoformat())
    assert found is not None
    first, last = edition_days(found.edition)
    assert (found.name == "during") == (first <= day <= last)
    assert abs((day - first).days) < 366


@pytest.mark.parametrize(
    ("published", "edition"), [("2018-11-05", 1), ("2025", 8), ("2017-11-05", None), ("XXXX-11-05", None), (None, None)]
)  # fmt: skip
def test_the_edition_of_a_day(published: str | None, edition: int | None) -> None:
    assert edition_of_day(published) == edition


@settings(deadline=None)  # the first example reads the lexicons
@given(st.integers(1, 99))
def test_a_title_names_its_edition(edition: int) -> None:
    assert [named.number for named in editions_named(f"{edition_title(edition)}进博会")] == [edition]
    assert year_edition(edition_year(edition)) == edition


@settings(deadline=None)
@given(st.integers(0, 9999))
def test_numerals_are_read_back(number: int) -> None:
    assert read_number(write_numeral(number)) == number


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("上海市静安区青穗食品有限公司", "青穗食品"), ("青穗（中国）投资有限公司", "青穗"), ("中国东方航空", "东方航空"), ("市北集团", "市北"),
    ],
)  # fmt: skip
def test_the_core_of_a_company(name: str, left: str) -> None:
    assert core(name).name == left


def test_what_a_company_is_called_for_short() -> None:
    assert core("青穗科技发展有限公司", loosely=True).name == "青穗"
    assert brand("青穗汽车有限公司") == "青穗"
    assert has_legal_form("青穗律师事务所") and not has_legal_form("青穗")
    assert without_regions("上海市市场监管局") == "市场监管局"
