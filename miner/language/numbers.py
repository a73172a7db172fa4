"""Numbers as Chinese papers write them: 784.1亿美元, 3400多家, 三成 → value, unit, qualifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from miner.language.lexicon import load_lexicon
from miner.offsets import Span

Qualifier = Literal["多", "近", "超", "约", "余", "以上"]
UnitKind = Literal["count", "currency", "measure", "percent"]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_HAN = "零〇一二两三四五六七八九十百千万亿"
_MAX_DIGITS = 15
"""A float holds fifteen significant digits: a longer number is kept as text only."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit. `span` covers what is written, from the qualifier before it to the one behind it."""

    span: Span
    value: float | None
    """Magnitudes multiplied out; None when the writing says no exact value (几十家) or more digits than a float holds."""
    unit: str
    kind: UnitKind
    qualifier: Qualifier | None = None
    bound: Literal["upper"] | None = None
    """Set for 不超过, 以下: what is stated is only a limit."""
    han: bool = False
    """True when it is written in Chinese numerals alone."""
    points: bool = False
    """True for 个百分点."""


def parse_han(text: str) -> float | None:
    """Read a Chinese numeral; None when it is not one (三四, 千万一).

    >>> parse_han("三千四百"), parse_han("一万三千"), parse_han("两千万"), parse_han("三四")
    (3400.0, 13000.0, 20000000.0, None)
    """
    total = section = 0
    digit: int | None = None
    scale = 10**5
    last = 10**17
    for char in text:
        if char in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
        elif char in _SCALES:
            step = _SCALES[char]
            if step >= scale or digit == 0:
                return None
            section += (1 if digit is None else digit) * step
            digit, scale = None, step
        elif char in _MYRIADS:
            section += digit or 0
            myriad = _MYRIADS[char]
            if myriad == 10**8 and total and last == 10**4:
                total = (total + section) * myriad
            elif myriad < last:
                total += (section or 1) * myriad
            else:
                return None
            last, section, digit, scale = myriad, 0, None, 10**5
        else:
            return None
    if digit is not None:
        section += digit * (scale // 10 if _drops_scale(text) else 1)
    return float(total + section)


def _drops_scale(text: str) -> bool:
    # 三百五 is 350 and 一千二 is 1200, but 一百零五 is 105 and 二十五 is 25
    return len(text) >= 3 and text[-2] in "百千" and text[-1] in _DIGITS and text[-1] not in "零〇"


def parse_arabic(text: str) -> float | None:
    """Read digits with thousands separators or a point; None for more digits than a float holds.

    >>> parse_arabic("1,800"), parse_arabic("784.1"), parse_arabic("12345678901234567890")
    (1800.0, 784.1, None)
    """
    plain = text.translate(_NARROW).replace(",", "")
    return None if sum(c.isdigit() for c in plain) > _MAX_DIGITS else float(plain)


_NARROW = str.maketrans("０１２３４５６７８９．，％", "0123456789.,%")
_ARABIC = r"[\d０-９]{1,3}(?:,\d{3}){1,8}(?:\.\d{1,15})?(?!\d)|[\d０-９]{1,40}(?:[.．]\d{1,15})?"
_MAGNITUDE = {
    "十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8,
    "百亿": 1e10, "千亿": 1e11, "万亿": 1e12,
}  # fmt: skip
_BEFORE: dict[str, Qualifier | None] = {
    "超过了": "超", "超过": "超", "超出": "超", "超": "超", "逾": "超", "突破了": "超", "突破": "超", "多于": "超", "高于": "超",
    "大于": "超", "近": "近", "将近": "近", "接近": "近", "约为": "约", "约有": "约", "约": "约", "大约": "约", "大概": "约",
    "约占": "约", "上": "以上", "至少": "以上", "不少于": "以上", "不低于": "以上", "不下": "以上",
    "不超过": None, "不到": None, "不足": None, "不多于": None, "不高于": None, "低于": None, "少于": None, "至多": None,
    "最多": None,
}  # fmt: skip
_UPPER = frozenset(
    {"不超过", "不到", "不足", "不多于", "不高于", "低于", "少于", "至多", "最多", "以下", "以内"}
)
_INSIDE: dict[str, Qualifier] = {"多": "多", "余": "余", "来": "余", "几": "多"}
_AFTER: dict[str, Qualifier | None] = {
    "以上": "以上", "左右": "约", "上下": "约", "以下": None, "以内": None, "多": "多", "余": "余", "有余": "余", "开外": "以上",
    "之多": None,
}  # fmt: skip
_NOT_BEFORE = {
    "近": "最附远临邻就贴亲靠",
    "约": "签合节条相预违公爽失履",
    "超": "高赶英反出",
    "上": "以马早晚网线海",
}


@cache
def _units() -> dict[str, tuple[str, str]]:
    """Written unit → (unit to report, kind)."""
    table: dict[str, tuple[str, str]] = {}
    for entry in load_lexicon("units"):
        for form in (entry.name, *entry.words):
            table[form] = (entry.name, entry.kind or "count")
    return table


@cache
def _grammar() -> re.Pattern[str]:
    units = "|".join(map(re.escape, sorted(_units(), key=len, reverse=True)))
    before = "|".join(sorted(_BEFORE, key=len, reverse=True))
    after = "|".join(sorted(_AFTER, key=len, reverse=True))
    magnitude = "|".join(sorted(_MAGNITUDE, key=len, reverse=True))
    han = f"[{_HAN}数几]"
    # a number starts where a digit or a Chinese numeral does: the look-ahead keeps the scan off all other characters
    return re.compile(
        rf"(?P<before>{before})?"
        rf"(?:(?P<parts>[{_HAN}]{{1,6}})分之(?P<share>[{_HAN}]{{1,8}}(?:点[零〇一二三四五六七八九]{{1,6}})?)"
        rf"|(?:(?P<arabic>{_ARABIC})|(?P<han>{han}{{1,24}}(?:点[零〇一二三四五六七八九]{{1,6}})?))"
        rf"(?P<inner>[多余来几])?(?P<mag>{magnitude})?(?P<inner2>[多余来])?"
        rf"(?:(?P<dash>[至到—－\-~～–]|——)(?P<upto>{_ARABIC})(?P<inner3>[多余])?(?P<mag2>{magnitude})?)?"
        rf" ?(?P<unit>{units}))"
        rf"(?P<after>{after})?"
    )


_START = re.compile(rf"[\d０-９{_HAN}数几]")
_SHARE_WORDS = re.compile("成(?![立为功果本员交绩都长效熟品年分就套型人百千体因才]|[份色])")


def find_numbers(text: str, *, start: int = 0, end: int | None = None) -> Iterator[Number]:
    """Yield the numbers that have a counting unit, in text order; times, dates and durations are passed over.

    >>> [(n.value, n.unit, n.qualifier) for n in find_numbers("来自57个国家的近140家企业，意向成交784.1亿美元，增长三成")]
    [(57.0, '个', None), (140.0, '家', '近'), (78410000000.0, '美元', None), (30.0, '%', None)]
    """
    grammar = _grammar()
    end = len(text) if end is None else end
    at = start
    while (hit := _START.search(text, at, end)) is not None:
        begin = hit.start()
        found = _match(grammar, text, begin, max(at, start), end)
        if found is None:
            at = _skip(text, begin, end)
            continue
        yield from _numbers(found)
        at = max(found.end(), begin + 1)


def _match(grammar: re.Pattern[str], text: str, begin: int, floor: int, end: int) -> re.Match[str] | None:
    """Match at `begin`, taking in the longest qualifier that stands directly before it."""
    for width in (3, 2, 1):
        left = begin - width
        word = text[left:begin]
        if (
            left >= floor
            and word in _BEFORE
            and text[left - 1 : left] not in tuple(_NOT_BEFORE.get(word, ""))
        ):
            if word == "上" and text[begin] not in "百千万":
                continue
            return grammar.match(text, left, end)
    return grammar.match(text, begin, end)


def _skip(text: str, begin: int, end: int) -> int:
    """Pass a whole run of digits or numerals, so that no part of it is read as a number."""
    at = begin
    if text[at] in _HAN or text[at] in "数几":
        while at < end and (text[at] in _HAN or text[at] in "数几"):
            at += 1
        return at
    while at < end and (text[at].isdigit() or text[at] in ".,．"):
        at += 1
    return max(at, begin + 1)


def _numbers(match: re.Match[str]) -> Iterator[Number]:
    group = match.groupdict()
    if group["share"] is not None:
        whole, part = parse_han(group["parts"]), _han_decimal(group["share"])
        if whole and part is not None:
            share = round(part / whole * 100, 2)
            yield Number(Span(*match.span()), share, "%", "percent", _qualifier(group), _bound(group), True)
        return
    unit, kind = _units()[group["unit"]]
    if kind not in ("count", "currency", "measure", "percent"):
        return
    if group["unit"] == "成" and not _SHARE_WORDS.match(match.string, match.start("unit")):
        return
    if group["dash"]:
        yield from _range(match, unit, cast(UnitKind, kind))
        return
    value, qualifier = _value(group)
    if unit == "%" and group["unit"] == "成" and value is not None:
        value = _times(value, 10)
    yield Number(
        Span(*match.span()), value, unit, cast(UnitKind, kind), qualifier, _bound(group), group["arabic"] is None,
        group["unit"] in ("个百分点", "百分点"),
    )  # fmt: skip


def _range(match: re.Match[str], unit: str, kind: UnitKind) -> Iterator[Number]:
    """Split 2000至5000家: the lower end shares the magnitude of the upper one when it has none and is smaller."""
    group = match.groupdict()
    low, _ = _value({**group, "inner2": None})
    high = parse_arabic(group["upto"])
    factor = _MAGNITUDE.get(group["mag2"] or "", 1.0)
    if low is not None and high is not None and group["mag"] is None and low < high:
        low = _times(low, factor)
    han = group["arabic"] is None
    middle = match.start("dash")
    yield Number(Span(match.start(), middle), low, unit, kind, None, None, han)
    top = _times(high, factor)
    span = Span(match.start("upto"), match.end())
    yield Number(span, top, unit, kind, _AFTER.get(group["after"] or ""), _bound(group), han)


def _times(value: float | None, factor: float) -> float | None:
    # in decimals: 35806.7 * 1e8 must be 3580670000000, not 3580669999999.9995
    return None if value is None else float(Decimal(repr(value)) * Decimal(factor))


def _han_decimal(text: str) -> float | None:
    whole, _, part = text.partition("点")
    value = parse_han(whole)
    if value is None or not part:
        return value
    return float(f"{int(value)}." + "".join(str(_DIGITS[c]) for c in part))


def _value(group: dict[str, str | None]) -> tuple[float | None, Qualifier | None]:
    qualifier = _qualifier(group)
    factor = _MAGNITUDE.get(group["mag"] or "", 1.0)
    if group["arabic"] is not None:
        number = parse_arabic(group["arabic"])
    else:
        han = group["han"] or ""
        if han[0] == "数" and len(han) > 1:
            number, qualifier = parse_han(han[1:]), qualifier or "多"
        elif han[-1] == "几" and len(han) > 1:
            number, qualifier = parse_han(han[:-1]), qualifier or "多"
        else:
            number = _han_decimal(han)
    return _times(number, factor), qualifier


def _qualifier(group: dict[str, str | None]) -> Qualifier | None:
    inner = group.get("inner") or group.get("inner2")
    before = _BEFORE.get(group["before"] or "")
    if before is None and inner is not None:
        return _INSIDE[inner]
    return before or _AFTER.get(group["after"] or "")


def _bound(group: dict[str, str | None]) -> Literal["upper"] | None:
    return "upper" if group["before"] in _UPPER or group["after"] in _UPPER else None


def qualifier(text: str) -> Qualifier | None:
    """Return the normalised qualifier of the first number in a text.

    >>> qualifier("3400多家"), qualifier("50%左右"), qualifier("上千家"), qualifier("12家")
    ('多', '约', '以上', None)
    """
    return next((number.qualifier for number in find_numbers(text)), None)
