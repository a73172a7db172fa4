"""Forms of names for comparing: what may differ between two ways of writing one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Any

import rjieba

from miner.lexicon import load_lexicon

_SUFFIX = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|控股公司|总公司|分公司|公司|集团|株式会社|控股|股份)+$"
)
_TRADE = re.compile(
    r"(?:投资|贸易|商贸|管理|销售|商业|企业|实业|国际|营销|咨询管理|企业管理|投资管理)+$"
)
_LONGEST_PLACE = 8
_LONGEST_FULL = 40
_COMPOUND = 5
_MOST_WAYS = 4_096
"""Abbreviations of one name beyond which none is sought."""
_BRACKET = re.compile(r"\(([^()]{1,12})\)")


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Return a name as it is compared: NFKC, lower case, without white space.

    >>> fold("旭化成（中国） 投资有限公司")
    '旭化成(中国)投资有限公司'
    """
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


@lru_cache(maxsize=1)
def _regions() -> frozenset[str]:
    return frozenset(form for entry in load_lexicon("places") for form in entry.forms() if 2 <= len(form) <= _LONGEST_PLACE)


def _leading_region(text: str) -> str:
    """Return the longest place that a name begins with, leaving at least two characters, or an empty string."""
    places = _regions()
    return next((text[:size] for size in range(min(_LONGEST_PLACE, len(text) - 2), 1, -1) if text[:size] in places), "")


@lru_cache(maxsize=65536)
def core(name: str) -> tuple[str, str]:
    """Return (core, region) of a company's full name: what is left without region, legal form and trade words.

    >>> core("旭化成（中国）投资有限公司")
    ('旭化成', '中国')
    """
    text, region = fold(name), ""
    bracket = _BRACKET.search(text)
    if bracket:
        region = bracket[1]
        text = text[: bracket.start()] + text[bracket.end() :]
    stripped = _SUFFIX.sub("", text)
    leading = _leading_region(stripped)
    if leading:
        region = region or leading
        stripped = stripped[len(leading) :].removeprefix("市").removeprefix("省")
    bare = _TRADE.sub("", stripped)
    return (bare if len(bare) >= 2 else stripped), region


_SKIPPED = frozenset("和与及暨的市省")
_ABBREVIATED = {"委员会": "委", "办公室": "办", "人民政府": "政府", "大学": "大", "银行": "行"}


@cache
def _plain() -> Any:
    """Return a segmenter that knows no names: they must come apart into the words they are made of."""
    return rjieba.Jieba()


@lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in _plain().cut(name):
        parts = _tiles(word) if len(word) >= _COMPOUND else []
        found.extend(parts or [word])
    return tuple(found)


def _tiles(word: str) -> list[str]:
    """Return the shorter words that a long dictionary word is made of, or nothing when they do not cover it."""
    parts: list[str] = []
    for piece in _plain().cut_for_search(word):
        if piece != word and word.startswith(piece, sum(map(len, parts))):
            parts.append(piece)
    return parts if "".join(parts) == word else []


def abbreviations(full: str, *, among: AbstractSet[str]) -> list[str]:
    """Return those of some names that abbreviate a longer one, sorted: every word whole or by its first character, none left out.

    >>> abbreviations("静安区投资促进办公室", among={"静安区投促办", "静安区投促", "投促办"})
    ['静安区投促办']
    """
    if len(full) > _LONGEST_FULL:
        return []
    made = {""}
    for word in _words(full):
        ways = {word, word[0], _ABBREVIATED.get(word, word)}
        after = {start + way for start in made for way in ways}
        made = after | (made if word in _SKIPPED else set())
        if len(made) > _MOST_WAYS:
            return []
    return sorted(name for name in made & among if 3 <= len(name) < len(full) and name[0] == full[0])


def abbreviates(short: str, full: str) -> bool:
    """Tell whether a name is the abbreviation of a longer one: every word whole or by its first character, none left out.

    >>> abbreviates("静安区投促办", "静安区投资促进办公室"), abbreviates("世卫组织", "世界卫生组织")
    (True, True)
    >>> abbreviates("上海大学", "上海交通大学")
    False
    """
    if not 3 <= len(short) < len(full) <= _LONGEST_FULL or short[0] != full[0]:
        return False
    reached = {0}
    for word in _words(full):
        ways = {word, word[0], _ABBREVIATED.get(word, word)}
        after = {at + len(way) for at in reached for way in ways if short.startswith(way, at)}
        reached = after | (reached if word in _SKIPPED else set())
        if not reached:
            return False
    return len(short) in reached
