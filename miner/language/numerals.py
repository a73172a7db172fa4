"""Numerals: how a number is written in Chinese characters, in digits, or in both (3万8千, 1亿2千万, 二〇二三)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from miner.language.lexicon import load_lexicon

_MOST_DIGITS = 15
"""A float holds fifteen significant digits: a longer number is not read."""
_LONGEST = 40
_MYRIAD = 10_000
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)} | {0xFF0E: ".", 0xFF0C: ","}
_GROUPED = re.compile(r"\d{1,3}(?:[, \u2009\u202f]\d{3})+(?:\.\d+)?")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


class NumeralSigns(NamedTuple):
    """What each character of a numeral is worth, by its kind."""

    digits: Mapping[str, int]
    scales: Mapping[str, int]
    myriads: Mapping[str, int]


@cache
def characters() -> NumeralSigns:
    """Return the characters of numerals with their values, traditional and financial ones too."""
    kinds: dict[str, dict[str, int]] = {"digit": {}, "scale": {}, "myriad": {}}
    for entry in load_lexicon("numerals"):
        kinds[entry.kind or ""].update(dict.fromkeys(entry.words, int(entry.name)))
    return NumeralSigns(kinds["digit"], kinds["scale"], kinds["myriad"])


@cache
def han_class(*, digits: bool = True, scales: bool = True, myriads: bool = True) -> str:
    """Return the characters of Chinese numerals of some kinds, for a class of a regular expression."""
    known = characters()
    return "".join(
        char
        for wanted, table in ((digits, known.digits), (scales, known.scales), (myriads, known.myriads))
        if wanted
        for char in table
    )


def read_digits(text: str) -> Decimal | None:
    """Read digits with thousands separators (commas or blanks) or a point; None for more than a float holds.

    >>> read_digits("1,800"), read_digits("36 600"), read_digits("７84.1"), read_digits("12345678901234567890")
    (Decimal('1800'), Decimal('36600'), Decimal('784.1'), None)
    """
    plain = text.translate(_WIDE)
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[, \u2009\u202f]", "", plain)
    if not _DIGITS.fullmatch(plain) or sum(map(str.isdigit, plain)) > _MOST_DIGITS:
        return None
    return Decimal(plain)


@lru_cache(maxsize=4096)
def read_numeral(text: str) -> Decimal | None:
    """Read a number in Chinese characters, in digits, or in both; None when it is not one number (三四, 千万一, 万).

    >>> read_numeral("三千四百"), read_numeral("3万8千"), read_numeral("1亿2千万"), read_numeral("两万五")
    (Decimal('3400'), Decimal('38000'), Decimal('120000000'), Decimal('25000'))
    >>> read_numeral("二〇二三"), read_numeral("三点一四"), read_numeral("三四"), read_numeral("叁拾萬")
    (Decimal('2023'), Decimal('3.14'), None, Decimal('300000'))
    """
    if not text or len(text) > _LONGEST:
        return None
    whole, point, part = text.partition("点")
    if point:
        return _with_decimals(whole, part)
    digits = characters().digits
    if len(text) > 2 and all(char in digits for char in text):
        return Decimal("".join(str(digits[char]) for char in text))
    tally = _Tally()
    return tally.value() if all(tally.add(token) for token in _tokens(text)) else None


def read_number(text: str) -> int | None:
    """Read a whole number, however it is written: a day, an edition, a page.

    >>> read_number("十二"), read_number("07"), read_number("二〇"), read_number("两"), read_number("几")
    (12, 7, 20, 2, None)
    """
    digits = characters().digits
    if len(text) == 2 and text[0] in digits and text[1] in digits:
        return 10 * digits[text[0]] + digits[text[1]]
    value = read_numeral(text)
    return int(value) if value is not None and value == int(value) else None


def write_numeral(number: int) -> str:
    """Write a whole number below ten thousand in Chinese characters.

    >>> write_numeral(5), write_numeral(12), write_numeral(20), write_numeral(305), write_numeral(1010)
    ('五', '十二', '二十', '三百零五', '一千零一十')
    """
    if not 0 <= number < _MYRIAD:
        raise ValueError(f"{number} is not between 0 and {_MYRIAD - 1}")
    written = _written()
    if number < 10:
        return written[number]
    made, gap = "", False
    for scale in (1000, 100, 10, 1):
        digit, number = divmod(number, scale)
        if digit:
            made += (
                (written[0] if gap and made else "") + written[digit] + (written[scale] if scale > 1 else "")
            )
        gap = bool(made) and digit == 0
    return made.removeprefix(written[1]) if made.startswith(written[1] + written[10]) else made


@cache
def _written() -> dict[int, str]:
    return {int(entry.name): entry.words[0] for entry in load_lexicon("numerals")}


def _with_decimals(whole: str, part: str) -> Decimal | None:
    digits, value = characters().digits, read_numeral(whole)
    if value is None or not part or any(char not in digits for char in part):
        return None
    return Decimal(f"{int(value)}." + "".join(str(digits[char]) for char in part))


_RUN = re.compile(r"[\d,.０-９，． \u2009\u202f]+|.")


def _tokens(text: str) -> Iterator[str]:
    return (match.group() for match in _RUN.finditer(text))


class _Tally:
    """Adds up a numeral sign by sign: digits wait for their scale, what stands before 万 or 亿 is one section."""

    def __init__(self) -> None:
        self.total = self.section = Decimal(0)
        self.waiting: Decimal | None = None
        self.zero = False
        """Whether 零 stands before what comes next: then it is not of the next lower scale."""
        self.scale = 10**5
        """The scale last used in this section."""
        self.myriad = 10**16
        self.bare = False
        """Whether 百 or 千 opened the numeral: 千万 is one number, 千万一 and 百五十 are none."""
        self.short: Decimal | None = None
        """What a last digit is worth more when its scale is left out (三百五, 两万五)."""

    def add(self, token: str) -> bool:
        """Take the next sign; False when it cannot stand there."""
        known = characters()
        if self.bare and token not in known.myriads:
            return False
        if token in known.digits:
            return self._digit(known.digits[token])
        if token in known.scales:
            return self._scale(known.scales[token])
        if token in known.myriads:
            return self._myriad(known.myriads[token])
        value = read_digits(token)
        if value is None or self.waiting is not None:
            return False
        self.waiting, self.short = value, (value if len(token) == 1 and not self.zero else None)
        return True

    def _digit(self, digit: int) -> bool:
        if self.waiting is not None:
            return False
        if digit == 0:
            self.zero = True
            return True
        self.waiting = Decimal(digit)
        self.short = None if self.zero else self.waiting
        return True

    def _scale(self, scale: int) -> bool:
        if scale >= self.scale or (self.waiting is None and self.section):
            return False
        self.bare = self.waiting is None and scale > 10
        self.section += (1 if self.waiting is None else self.waiting) * scale
        self.waiting, self.scale, self.zero, self.short = None, scale, False, None
        return True

    def _myriad(self, myriad: int) -> bool:
        section = self.section + (self.waiting or 0)
        if myriad > self.myriad and self.total and self.myriad == _MYRIAD:  # 一万三千亿, 1.2万亿
            self.total = (self.total + section) * myriad
        elif myriad < self.myriad and section:
            self.total += section * myriad
        else:
            return False
        self.myriad, self.section, self.scale = myriad, Decimal(0), 10**5
        self.waiting, self.zero, self.short = None, False, None
        return True

    def value(self) -> Decimal | None:
        """Return what was added up, None for no number at all."""
        above = self.scale if self.section else self.myriad if self.total else 1
        if self.short is not None and 100 <= above <= 10**8:
            return self.total + self.section + self.short * (above // 10)
        if self.waiting is None and not self.section and not self.total and not self.zero:
            return None
        found = self.total + self.section + (self.waiting or 0)
        return None if self.waiting is not None and self.waiting >= above > 1 else found
