"""Numbers: one case per way of writing them, in tests/cases/numbers/*.json."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.language.numbers import find_numbers, parse_arabic, parse_han
from tests.naming import cases


@pytest.mark.parametrize("case", cases("numbers"))
def test_numbers(case: dict[str, Any]) -> None:
    found = list(find_numbers(case["text"]))
    assert [[n.value, n.unit, n.qualifier] for n in found] == case["expect"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("两百", 200), ("三百五", 350), ("一千二", 1200), ("一百零五", 105),
        ("三百二十万", 3200000), ("一亿二千万", 120000000), ("两万亿", 2000000000000), ("三四", None), ("万万", None), ("", 0),
    ],
)  # fmt: skip
def test_chinese_numerals(text: str, value: float | None) -> None:
    assert parse_han(text) == value


def _han(value: int) -> str:
    digits = "零一二三四五六七八九"
    if value < 10:
        return digits[value]
    for scale, name in ((1000, "千"), (100, "百"), (10, "十")):
        if value >= scale:
            head, rest = divmod(value, scale)
            gap = "零" if rest and rest < scale // 10 else ""
            return digits[head] + name + gap + (_han(rest) if rest else "")
    raise AssertionError


@given(st.integers(1, 9999))
def test_what_is_written_in_chinese_is_read_back(value: int) -> None:
    assert parse_han(_han(value)) == value


@given(st.integers(0, 10**14))
def test_digits_are_read_back(value: int) -> None:
    assert parse_arabic(f"{value:,}") == value


@given(st.text(alphabet="0123456789.,一二两三十百千万亿多余近约超上数几成分之至-%家元个 ", max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    for number in find_numbers(text):
        assert 0 <= number.span.start < number.span.end <= len(text)


def test_a_long_run_of_digits_is_one_number() -> None:
    (number,) = find_numbers("1" * 35 + "家")
    assert number.value is None
    assert list(find_numbers("1" * 5000 + "家")) == []
