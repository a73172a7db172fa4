"""Numbers: one case per way of writing them, in tests/cases/numbers/*.json."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.language.numbers import find_numbers
from miner.language.numerals import read_digits, read_number, read_numeral, write_numeral
from tests.naming import cases


@pytest.mark.parametrize("case", cases("numbers"))
def test_numbers(case: dict[str, Any]) -> None:
    found = list(find_numbers(case["text"]))
    assert [[n.value, n.unit, n.qualifier] for n in found] == case["expect"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("两百", 200), ("三百五", 350), ("一千二", 1200), ("一百零五", 105),
        ("三百二十万", 3200000), ("一亿二千万", 120000000), ("两万亿", 2000000000000), ("三四", None), ("万万", None), ("", None),
        ("千万一", None), ("二〇二三", 2023), ("叁拾万", 300000), ("3万8千", 38000), ("13万2千", 132000), ("1.2万亿", 1200000000000),
    ],
)  # fmt: skip
def test_chinese_numerals(text: str, value: float | None) -> None:
    assert read_numeral(text) == value


@settings(deadline=None)
@given(st.integers(0, 9999))
def test_what_is_written_in_chinese_is_read_back(value: int) -> None:
    assert read_number(write_numeral(value)) == value


def _section(value: int, style: int) -> str:
    """Write what stands before 万 or 亿: in digits, in Chinese, or with a scale of its own (3千)."""
    if style == 2:
        for scale, name in ((1000, "千"), (100, "百")):
            if value >= scale and value % scale == 0:
                return f"{value // scale}{name}"
    return str(value) if style == 0 or value > 9999 else write_numeral(value)


@settings(deadline=None)
@given(st.integers(1, 10**12), st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_any_mixed_form_is_read_back(value: int, styles: list[int]) -> None:
    written, rest = "", value
    for (scale, name), style in zip(((10**8, "亿"), (10**4, "万"), (1, "")), styles, strict=True):
        section, rest = divmod(rest, scale)
        if section:
            gap = "零" if written and section < 1000 else ""
            written += gap + _section(section, style) + name
    assert read_numeral(written) == value
    assert [(n.value, n.unit) for n in find_numbers(f"共{written}元。")] == [(value, "元")]


@settings(deadline=None)
@given(st.integers(1000, 10**12), st.sampled_from(",，\u2009\u202f "))
def test_grouped_digits_are_read_back(value: int, mark: str) -> None:
    written = f"{value:,}".replace(",", mark)
    assert [n.value for n in find_numbers(f"共{written}家。")] == [value]
    wide = str(value).translate({code: chr(code + 0xFEE0) for code in range(0x30, 0x3A)})
    assert [n.value for n in find_numbers(f"共{wide}家。")] == [value]


@settings(deadline=None)
@given(st.integers(0, 10**14))
def test_digits_are_read_back(value: int) -> None:
    assert read_digits(f"{value:,}") == value


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,一二两三十百千万亿多余近约超上数几成分之至-%家元个 ", max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    for number in find_numbers(text):
        assert 0 <= number.span.start < number.span.end <= len(text)


def test_a_long_run_of_digits_is_one_number() -> None:
    (number,) = find_numbers("1" * 35 + "家")
    assert number.value is None
    assert list(find_numbers("1" * 5000 + "家")) == []
