"""Forms of names for comparing: what may differ between two ways of writing one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Any, NamedTuple

import rjieba

from miner.language.fold import fold as fold_characters
from miner.language.lexicon import load_lexicon

_SUFFIX = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|控股公司|总公司|分公司|公司|集团|株式会社|控股|股份)+$"
)
_TRADE = re.compile(r"(?:投资|贸易|商贸|管理|销售|商业|企业|实业|国际|营销|咨询管理|企业管理|投资管理)+$")
_LONGEST_PLACE = 8
_LONGEST_FULL = 40
_COMPOUND = 5
_MOST_WAYS = 4_096
"""Abbreviations of one name beyond which none is sought."""
_LONGEST_BRAND = 16
_LEADING_TYPE = re.compile(r"^(?:股份有限公司|有限责任公司|集团有限公司|有限公司|集团|公司|股份)")
_NO_BRACKETS = str.maketrans("", "", "()")
_TOWN = re.compile(r"(?<=[^省市区县]{2})[省市](?=.*(?:分行|分公司|支行|支公司|代表处|办事处)$)")
_BRACKET = re.compile(r"\(([^()]{1,12})\)")


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Return a name as it is compared: simplified, half width, lower case, with one kind of dot, without white space.

    >>> fold("旭化成（中国） 投资有限公司"), fold("安娜‧林奎斯特") == fold("安娜•林奎斯特"), fold("東芝集團")
    ('旭化成(中国)投资有限公司', True, '东芝集团')
    """
    return "".join(fold_characters(unicodedata.normalize("NFKC", name)).lower().split())


_INTRODUCES = re.compile(r"^(?:以下|下)?(?:简称|统称)[:“\"]?(?=..)|^下称[:“\"]?(?=..)")


def tidy(name: str) -> str:
    """Return a name without the word that introduces it as a short form.

    >>> tidy("下称青穗集团"), tidy("简称")
    ('青穗集团', '简称')
    """
    return _INTRODUCES.sub("", name, count=1)


def without_type(name: str) -> str:
    """Return a folded name without its legal form at the end.

    >>> without_type("漕创经发公司"), without_type("法国电力集团"), without_type("集团")
    ('漕创经发', '法国电力', '集团')
    """
    text = fold(name)
    bare = _SUFFIX.sub("", text)
    return bare if len(bare) >= 2 else text


@lru_cache(maxsize=1)
def _brands() -> dict[str, str]:
    """Return for every form of an enterprise of the lexicon that is one's own, and no common word, the enterprise."""
    owners: dict[str, set[str]] = {}
    for entry in load_lexicon("enterprises"):
        for form in entry.forms():
            if form not in entry.ambiguous and len(form) >= 2:
                owners.setdefault(fold(form), set()).add(entry.name)
    return {form: min(names) for form, names in owners.items() if len(names) == 1}


class Part(NamedTuple):
    """A part of a known enterprise: whose, and what of it."""

    brand: str
    rest: str


@lru_cache(maxsize=65536)
def part_of(name: str) -> Part | None:
    """Return of which known enterprise a name is a unit, and which: the branch, region or business its name ends in.

    >>> part_of("中国银行股份有限公司上海市分行") == part_of("中行上海分行") == Part("中国银行", "上海分行")
    True
    >>> part_of("旭化成（中国）投资有限公司"), part_of("旭化成集团")
    (Part(brand='旭化成', rest='中国投资'), None)
    """
    brands = _brands()
    text = fold(name)
    size = next(
        (size for size in range(min(len(text) - 1, _LONGEST_BRAND), 1, -1) if text[:size] in brands), 0
    )
    if not size:
        return None
    rest = _SUFFIX.sub("", _LEADING_TYPE.sub("", text[size:]).translate(_NO_BRACKETS))
    rest = _TOWN.sub("", rest)
    return Part(brands[text[:size]], rest) if len(rest) >= 2 else None


@lru_cache(maxsize=1)
def _regions() -> frozenset[str]:
    return frozenset(
        form for entry in load_lexicon("places") for form in entry.forms() if 2 <= len(form) <= _LONGEST_PLACE
    )


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(
        form for entry in load_lexicon("places") if entry.kind == "country" for form in entry.forms()
    ) - {"中国"}


def is_country(name: str) -> bool:
    """Tell whether a name is that of a country abroad.

    >>> is_country("马来西亚"), is_country("中国")
    (True, False)
    """
    return name in _countries()


def _leading_region(text: str) -> str:
    """Return the longest place that a name begins with, leaving at least two characters, or an empty string."""
    places = _regions()
    return next(
        (text[:size] for size in range(min(_LONGEST_PLACE, len(text) - 2), 1, -1) if text[:size] in places),
        "",
    )


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
_GENERIC = frozenset({"集团", "控股", "银行", "商业", "股份", "实业", "企业", "国际", "公司"})
"""Words of a company's name that say of what kind it is: a short form may leave them out."""
_OPTIONAL = _SKIPPED | _GENERIC
LONGEST_INITIALS = 6
"""Characters of a company's abbreviation."""
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

    A name that begins with the other's first word has it whole: 上海大学 is not 上·海事·大学.

    >>> abbreviations("静安区投资促进办公室", among={"静安区投促办", "静安区投促", "投促办"})
    ['静安区投促办']
    >>> abbreviations("世界卫生组织", among={"世卫组织"}), abbreviations("上海海事大学", among={"上海大学"})
    (['世卫组织'], [])
    """
    if len(full) > _LONGEST_FULL:
        return []
    words = _words(full)
    found = _written_out(words, optional=_SKIPPED) & among
    return sorted(
        name
        for name in found
        if 3 <= len(name) < len(full)
        and name[0] == full[0]
        and (
            not name.startswith(words[0])
            or name[len(words[0]) :] in _written_out(words[1:], optional=_SKIPPED)
        )
    )


def initials(full: str, *, among: AbstractSet[str]) -> list[str]:
    """Return those of some names that abbreviate a company's: its region and what kind of company it is may be left out.

    >>> initials("中国工商银行股份有限公司", among={"工行", "中工", "商行", "工商"}), initials("法国巴黎银行", among={"法巴", "巴行"})
    (['中工', '工商', '工行'], ['巴行', '法巴'])
    """
    text = without_type(full)
    if not 4 <= len(text) <= _LONGEST_FULL:
        return []
    region = _leading_region(text)
    words = tuple(piece for word in _words(text.removeprefix(region)) for piece in _kind_apart(word))
    found = set()
    for rest in ((region, *words), words) if region else (words,):
        found |= _written_out(rest, optional=_OPTIONAL, longest=LONGEST_INITIALS) & among
    return sorted(name for name in found if 2 <= len(name) < len(text))


def _kind_apart(word: str) -> tuple[str, ...]:
    kind = next((kind for kind in _GENERIC if word.endswith(kind) and word != kind), None)
    return (word[: -len(kind)], kind) if kind else (word,)


def _written_out(
    words: Sequence[str], *, optional: AbstractSet[str], longest: int = _LONGEST_FULL
) -> set[str]:
    """Return the names that some words abbreviate to, each word whole or by one character; nothing when there are too many."""
    made = {""}
    for word in words:
        ways = {word, word[0], _ABBREVIATED.get(word, word)}
        after = {start + way for start in made for way in ways if len(start) + len(way) <= longest}
        made = after | (made if word in optional else set())
        if len(made) > _MOST_WAYS:
            return set()
    return made
