"""Numbers as Chinese papers write them: 784.1亿美元, 3400多家, 3万8千人, 三成 → value, unit, qualifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple, cast

from miner.language.lexicon import Entry, load_lexicon
from miner.language.numerals import characters, han_class, read_numeral
from miner.offsets import Span

Qualifier = str
"""One of the qualifiers that `number_words.yml` gives: 多, 近, 超, 约, 余, 以上."""
UnitKind = Literal["count", "currency", "measure", "percent"]

_KINDS = ("count", "currency", "measure", "percent")
_DASH = "(?:[至到—－\\-~～–]|——)"
_LONGEST_WORD = 5
_TENS = "数十"
"""Several tens: like 几十 of no value; 数百 counts as a hundred and more."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit. `span` covers what is written, from the qualifier before it to the one behind it."""

    span: Span
    value: float | None
    """Magnitudes multiplied out; None when the writing says no exact value (几十家) or more digits than a float holds."""
    unit: str
    """Empty when a number with a magnitude has none (用户超过4亿)."""
    kind: UnitKind
    qualifier: Qualifier | None = None
    bound: Literal["upper"] | None = None
    """Set for 不超过, 以下: what is stated is only a limit."""
    han: bool = False
    """True when it is written in Chinese numerals alone."""
    weak: bool = False
    """True for a unit that counts only behind digits (股, 次, 步)."""


class _Unit(NamedTuple):
    """What is reported for a unit as written."""

    name: str
    kind: str
    weak: bool


@cache
def _units() -> dict[str, _Unit]:
    """Written unit → unit to report."""
    return {
        form: _Unit(entry.name, entry.kind or "count", "digits" in entry.roles)
        for entry in load_lexicon("units")
        for form in (entry.name, *entry.words)
    }


@cache
def _words(kind: str) -> dict[str, str]:
    """Word of one kind → the qualifier it gives, "upper" for a bound, "plain" for nothing."""
    return {
        word: entry.values[0] if entry.values else "plain"
        for entry in _entries(kind)
        for word in (entry.name, *entry.words)
    }


@cache
def _not_before(word: str) -> tuple[str, ...]:
    return next((entry.words for entry in _entries("not_before") if entry.name == word), ())


def _entries(kind: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in load_lexicon("number_words") if entry.kind == kind)


def _either(words: object) -> str:
    known = sorted(cast("dict[str, str]", words), key=lambda word: (-len(word), word))
    return "|".join(
        word + r"(?![A-Za-z])" if word[-1].isascii() and word.isalnum() else re.escape(word) for word in known
    )


@cache
def _grammar() -> re.Pattern[str]:
    known = characters()
    scales = "".join((*known.scales, *known.myriads))
    inside, after = "".join(_words("inside")), _either(_words("after"))
    # 20千瓦 is twenty kilowatts: a scale that begins a unit belongs to it
    no_unit = "(?!" + "|".join(re.escape(unit) for unit in _units() if unit[0] in scales) + ")"
    scale, sign = f"(?:{no_unit}[{scales}])", f"(?:{no_unit}[{han_class()}])"
    digits = han_class(scales=False, myriads=False)
    arabic = (
        r"(?:[\d０-９]{1,3}(?:[,，][\d０-９]{3}){1,8}(?![\d０-９])(?:[.．]\d{1,15})?"
        r"|[1-9]\d{0,2}(?:[ \u2009\u202f]\d{3}){1,5}(?!\d)|[\d０-９]{1,40}(?:[.．][\d０-９]{1,15})?)"
    )
    mixed = rf"(?:{scale}{{1,2}}(?:零?(?:[\d０-９]{{1,4}}(?:\.\d{{1,4}})?|{sign}{{1,12}}))?){{0,6}}"
    further = rf"(?:(?<=[零{scales}])\d{{1,4}}(?:{scale}{{1,2}}{sign}{{0,12}})?){{0,4}}"
    number = (
        rf"(?:{arabic}{mixed}{further}|数?{sign}{{1,24}}几?(?:点[{digits}]{{1,6}})?{further}|几{sign}{{1,3}})"
    )
    magnitude = rf"{scale}{{1,2}}"
    # a number starts where a digit or a Chinese numeral does: the look-ahead keeps the scan off all other characters
    return re.compile(
        rf"(?P<before>{_either(_words('before') | _words('magnitude'))})?"
        rf"(?:(?P<parts>[{han_class()}]{{1,6}})分之(?P<share>{arabic}|[{han_class()}]{{1,8}}(?:点[{digits}]{{1,6}})?)"
        rf"|(?P<part>\d{{1,2}})/(?P<whole>\d{{1,2}})(?![\d/])"
        rf"|(?P<number>{number})(?P<inner>[{inside}])?(?P<mag>{magnitude})?(?P<inner2>[{inside}])?"
        rf"(?:{_DASH}(?P<upto>{number})(?P<inner3>[{inside}])?)?"
        rf"(?: ?(?P<unit>{_either(_units())})|(?P<bare>(?<=[{''.join(known.myriads)}])|(?<=[{''.join(known.myriads)}][{inside}]))))"
        rf"(?P<tenth>(?<=成)[{digits}](?!{sign}|{scale}))?(?P<after>{after})?"
    )


@cache
def _start() -> re.Pattern[str]:
    return re.compile(rf"[\d０-９{han_class()}数几]")


@cache
def _share_unit() -> re.Pattern[str]:
    return re.compile("成(?![" + "".join(_entries("not_share")[0].words) + "])")


def find_numbers(text: str, *, start: int = 0, end: int | None = None) -> Iterator[Number]:
    """Yield the numbers that have a counting unit or a magnitude, in text order; times, dates and durations are passed over.

    >>> [(n.value, n.unit, n.qualifier) for n in find_numbers("来自57个国家的近140家企业，意向成交784.1亿美元，增长三成")]
    [(57.0, '个', None), (140.0, '家', '近'), (78410000000.0, '美元', None), (30.0, '%', None)]
    >>> [(n.value, n.unit) for n in find_numbers("3万8千人，1亿2千万元，五十至八十家，单位：万元，用户4亿")]
    [(38000.0, '人'), (120000000.0, '元'), (50.0, '家'), (80.0, '家'), (400000000.0, '')]
    """
    grammar = _grammar()
    end = len(text) if end is None else end
    at = start
    while (hit := _start().search(text, at, end)) is not None:
        begin = hit.start()
        found = _match(grammar, text, begin, max(at, start), end)
        numbers = tuple(_numbers(found)) if found is not None else ()
        yield from numbers
        at = max(found.end(), begin + 1) if found is not None else _skip(text, begin, end)


def _match(grammar: re.Pattern[str], text: str, begin: int, floor: int, end: int) -> re.Match[str] | None:
    """Match at `begin`, taking in the longest qualifier that stands directly before it."""
    for width in range(_LONGEST_WORD, 0, -1):
        left = begin - width
        word = text[left:begin]
        if left < floor or not (word in _words("before") or _before_scale(word, text, begin)):
            continue
        if not text.endswith(_not_before(word) or ("\0",), max(left - 2, 0), left):
            return grammar.match(text, left, end)
    return grammar.match(text, begin, end)


def _before_scale(word: str, text: str, begin: int) -> bool:
    """Tell whether a word like 上 stands before a bare magnitude: 上千家."""
    known = characters()
    return word in _words("magnitude") and (text[begin] in known.scales or text[begin] in known.myriads)


def _skip(text: str, begin: int, end: int) -> int:
    """Pass a whole run of digits or numerals, so that no part of it is read as a number."""
    at = begin
    numerals = han_class() + "数几"
    if text[at] in numerals:
        while at < end and text[at] in numerals:
            at += 1
        return at
    while at < end and (text[at].isdigit() or text[at] in ".,．"):
        at += 1
    return max(at, begin + 1)


def _numbers(match: re.Match[str]) -> Iterator[Number]:
    group = match.groupdict()
    if group["share"] is not None or group["part"] is not None:
        yield from _shares(match)
        return
    unit = _units()[group["unit"]] if group["unit"] else _Unit("", "count", False)
    if unit.kind not in _KINDS or not _is_number(match, unit):
        return
    kind = cast(UnitKind, unit.kind)
    if group["upto"]:
        yield from _range(match, unit, kind)
        return
    value = _value(group)
    if group["unit"] == "成" and value is not None:  # 一成五 is 15 %
        value = round(10 * value + (_plain(group["tenth"] or "") or 0), 2)
    yield Number(
        Span(*match.span()),
        value,
        unit.name,
        kind,
        _qualifier(group),
        _bound(group),
        _is_han(match),
        unit.weak,
    )


def _is_number(match: re.Match[str], unit: _Unit) -> bool:
    """Tell whether what the grammar found is a number: 单位：万元, 四人民币 and 一成不变 hold none."""
    group = match.groupdict()
    if group["unit"] == "成":
        return _share_unit().match(match.string, match.start("unit")) is not None
    if group["unit"] == "人民币" and _is_han(match):
        return False
    if not _is_bare(group["number"] or ""):
        return True
    told = group["before"] or group["inner"] or group["inner2"]
    return bool(told) or (unit.kind == "count" and bool(unit.name))


def _is_bare(number: str) -> bool:
    """Tell whether a number is a magnitude alone: 百, 千万, 亿; 十 is ten."""
    known = characters()
    return number != "十" and all(char in known.scales or char in known.myriads for char in number)


def _is_han(match: re.Match[str]) -> bool:
    return not any(char.isdigit() for char in match["number"] or match["parts"] or "1")


def _shares(match: re.Match[str]) -> Iterator[Number]:
    """Yield 百分之十八, 三分之一, and 近1/3 where a word says that it is a share."""
    group = match.groupdict()
    if group["part"] is not None:
        whole, part = Decimal(group["whole"]), Decimal(group["part"])
        around = _entries("share")[0]
        words = (around.name, *around.words)
        before = match.string[max(match.start("part") - 2, 0) : match.start("part")]
        told = before.endswith(words) or match.string.startswith(words, match.end("whole"))
        if not told or not 0 < part < whole:
            return
    else:
        read = _plain(group["parts"]), _plain(group["share"])
        if not read[0] or read[1] is None:
            return
        whole, part = Decimal(repr(read[0])), Decimal(repr(read[1]))
    share = round(float(part / whole * 100), 2)
    han = group["share"] is not None and not group["share"][0].isdigit()
    yield Number(Span(*match.span()), share, "%", "percent", _qualifier(group), _bound(group), han)


def _range(match: re.Match[str], unit: _Unit, kind: UnitKind) -> Iterator[Number]:
    """Split 2000至5000家, 3-5万元: the lower end shares the magnitude of the upper one when it has none and is smaller."""
    group = match.groupdict()
    low, high = _value({**group, "inner2": None}), _plain(group["upto"])
    coefficient = group["upto"].rstrip("".join(characters().myriads))
    small = _plain(coefficient)
    if low is not None and high is not None and small and low < small and coefficient != group["upto"]:
        low = _times(low, high / small)
    if group["unit"] == "成":
        low, high = _times(low, 10), _times(high, 10)
    han, middle = _is_han(match), match.start("upto") - 1
    yield Number(Span(match.start(), middle), low, unit.name, kind, None, None, han, unit.weak)
    span = Span(match.start("upto"), match.end())
    after = _given(_words("after"), group["after"])
    yield Number(span, high, unit.name, kind, after, _bound(group), han, unit.weak)


def _times(value: float | None, factor: float) -> float | None:
    # in decimals: 35806.7 * 1e8 must be 3580670000000, not 3580669999999.9995
    return None if value is None else float(Decimal(repr(value)) * Decimal(repr(factor)))


def _plain(text: str) -> float | None:
    """Read a numeral, or a magnitude that stands alone (百亿)."""
    value = read_numeral(text.replace("，", ","))
    if value is None and text and _is_bare(text):
        known = characters()
        product = 1.0
        for char in text:
            product *= known.scales.get(char) or known.myriads[char]
        return product
    return None if value is None else float(value)


def _value(group: dict[str, str | None]) -> float | None:
    number = group["number"] or ""
    if number.startswith(_TENS):
        return None
    number = number.removeprefix("数") if len(number) > 1 else number
    value = _plain(number.removesuffix("几") if len(number) > 1 else number)
    return _times(value, _plain(group["mag"] or "") or 1.0) if group["mag"] else value


def _given(words: dict[str, str], word: str | None) -> Qualifier | None:
    """Return the qualifier that a word gives, None for one that only sets a bound."""
    given = words.get(word or "", "plain")
    return None if given in ("plain", "upper") else given


def _qualifier(group: dict[str, str | None]) -> Qualifier | None:
    before, number = group["before"], group.get("number") or ""
    given = _given(_words("before"), before) or _given(_words("magnitude"), before)
    inner = group.get("inner") or group.get("inner2")
    if before is None and (inner or number[:1] == "数" or number[-1:] == "几"):
        several = number[:1] == "数" or number[-1:] == "几"
        return "多" if several and not number.startswith(_TENS) else _given(_words("inside"), inner)
    return given or _given(_words("after"), group["after"])


def _bound(group: dict[str, str | None]) -> Literal["upper"] | None:
    told = (_words("before").get(group["before"] or ""), _words("after").get(group["after"] or ""))
    return "upper" if "upper" in told else None


def qualifier(text: str) -> Qualifier | None:
    """Return the normalised qualifier of the first number in a text.

    >>> qualifier("3400多家"), qualifier("50%左右"), qualifier("上千家"), qualifier("12家")
    ('多', '约', '以上', None)
    """
    return next((number.qualifier for number in find_numbers(text)), None)
