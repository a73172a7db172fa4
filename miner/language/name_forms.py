"""Names of companies and bodies: their legal form, their core, and how they are written short.

Everything here compares names by their wording alone; who is who is decided by those who read articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Any, NamedTuple

import rjieba

from miner.language.fold import fold_name
from miner.language.gazetteer import gazetteer, words_of
from miner.language.lexicon import Entry, load_lexicon
from miner.language.numerals import read_number
from miner.language.words import words

_LONGEST_PLACE = 8
_LONGEST_FULL = 40
_COMPOUND = 5
_MOST_WAYS = 4_096
"""Abbreviations of one name beyond which none is sought."""
_LONGEST_BRAND = 16
_MOST_ENDINGS, _MOST_REGIONS = 6, 3
_UNITS = ("省", "市", "区", "县")
"""What the name of an administrative region ends in."""
LONGEST_INITIALS = 6
"""Characters of a company's abbreviation."""
_NO_BRACKETS = str.maketrans("", "", "()")
_AS_ONE = str.maketrans("和及暨", "与与与", "()<>[]“”\"'")
_STOCK_MARKS = re.compile(r"^\*?st(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])-(?:s?w|s|b|u|d)$")
_NUMERAL = re.compile("[一二三四五六七八九]十[一二三四五六七八九]?|十[一二三四五六七八九]")
_TOWN = re.compile(r"(?<=[^省市区县]{2})[省市](?=.)")
_BRACKET = re.compile(r"\(([^()]{1,12})\)")
_INTRODUCES = re.compile(r"^(?:以下|下)?(?:简称|统称)[:“\"]?(?=..)|^下称[:“\"]?(?=..)")
_LEAST = 2
"""Characters that must be left of a name when an ending goes."""


class Core(NamedTuple):
    """What tells a company from others, and the region its name begins with or holds in brackets ("" without one)."""

    name: str
    region: str


class EnterprisePart(NamedTuple):
    """A part of a known enterprise: whose, and what of it."""

    brand: str
    rest: str


@cache
def endings(*kinds: str) -> tuple[str, ...]:
    """Return the endings of some kinds (legal, firm, trade, branch), the longest first.

    >>> endings("legal")[:2], endings("firm")[0]
    (('有限责任公司', '股份有限公司'), '会计师事务所')
    """
    return tuple(sorted(words_of("name_forms", *kinds), key=lambda word: (-len(word), word)))


@lru_cache(maxsize=65536)
def unmarked(name: str) -> str:
    """Return a folded name without the marks of its stock, its numbers in figures.

    >>> unmarked("*st青穗"), unmarked("青穗汽车-w"), unmarked("四十八家俱乐部"), unmarked("st")
    ('青穗', '青穗汽车', '48家俱乐部', 'st')
    """
    bare = _STOCK_MARKS.sub("", name)
    return _NUMERAL.sub(lambda match: str(read_number(match.group())), bare)


def plain(name: str) -> str:
    """Return a folded name without what may be written so or otherwise: brackets, stock marks, 和 or 与.

    >>> plain("青穗(上海)律所"), plain("城乡和住房建设局") == plain("城乡与住房建设局")
    ('青穗上海律所', True)
    """
    return unmarked(name).translate(_AS_ONE) or name


def has_legal_form(name: str) -> bool:
    """Tell whether a folded name ends as only names of companies and firms do.

    >>> has_legal_form("青穗集团"), has_legal_form("青穗")
    (True, False)
    """
    return name.endswith(endings("legal", "firm"))


def tidy(name: str) -> str:
    """Return a name without the word that introduces it as a short form.

    >>> tidy("下称青穗集团"), tidy("简称")
    ('青穗集团', '简称')
    """
    return _INTRODUCES.sub("", name, count=1)


def _trimmed(name: str, ends: Sequence[str], *, least: int = _LEAST) -> str:
    """Take endings off, the longest first, as long as a name is left."""
    known = _sized(tuple(ends))
    for _ in range(_MOST_ENDINGS):
        longest = len(name) - least
        size = next((size for size, words in known if size <= longest and name[-size:] in words), 0)
        if not size:
            break
        name = name[:-size]
    return name


@lru_cache(maxsize=64)
def _sized(words: Sequence[str]) -> tuple[tuple[int, frozenset[str]], ...]:
    """Return words by their length, the longest first."""
    sizes = sorted({len(word) for word in words}, reverse=True)
    return tuple((size, frozenset(word for word in words if len(word) == size)) for size in sizes)


def without_legal_form(name: str) -> str:
    """Return a name, folded, without its legal form at the end.

    >>> without_legal_form("漕创经发公司"), without_legal_form("法国电力集团"), without_legal_form("集团")
    ('漕创经发', '法国电力', '集团')
    """
    return _trimmed(fold_name(name), endings("legal"))


@lru_cache(maxsize=65536)
def core(name: str, *, loosely: bool = False) -> Core:
    """Return what is left of a company's name without region, brackets, legal form and trade words.

    Loosely, the words go too that any company may have in its name (科技, 发展) and the firm's form (律师事务所).

    >>> core("旭化成（中国）投资有限公司"), core("山东麦德盈华科技有限公司", loosely=True)
    (Core(name='旭化成', region='中国'), Core(name='麦德盈华', region='山东'))
    """
    text, region = fold_name(name), ""
    bracket = _BRACKET.search(text)
    if bracket:
        region = bracket[1]
        text = _BRACKET.sub("", text) if loosely else text[: bracket.start()] + text[bracket.end() :]
    named = _trimmed(text, endings("legal", "firm") if loosely else endings("legal"))
    bare = without_regions(text.removeprefix("株式会社") if loosely else named)
    leading = text[: len(text) - len(bare)] if loosely else named[: len(named) - len(bare)]
    ends = _any_company() if loosely else endings("trade")
    return Core(_trimmed(bare, ends), region or leading)


@cache
def _any_company() -> tuple[str, ...]:
    ends = {*endings("legal", "firm", "trade"), *words_of("naming", "neutral")}
    return tuple(sorted(ends, key=lambda word: (-len(word), word)))


@lru_cache(maxsize=8192)
def brand(name: str) -> str:
    """Return the core of a company name without its trade.

    >>> brand("丰田汽车")
    '丰田'
    """
    text = core(name, loosely=True).name
    trades = _sized(_trades())
    for _ in range(4):
        longest = len(text) - _LEAST
        size = next((size for size, words in trades if size <= longest and text[-size:] in words), 0)
        if not size:
            break
        text = text[:-size]
        if known_company(text):
            break
    return text


@cache
def _trades() -> tuple[str, ...]:
    return tuple(sorted(words_of("company_types", "industry", "weak") | {"开发"}))


def known_company(name: str) -> Entry | None:
    """Return the lexicon's enterprise of a name, None when it has none."""
    return next((term.entry for term in gazetteer().terms(name) if term.kind == "enterprise"), None)


@cache
def _regions() -> frozenset[str]:
    return frozenset(
        form for entry in load_lexicon("places") for form in entry.forms() if 2 <= len(form) <= _LONGEST_PLACE
    )


@cache
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


def leading_region(name: str) -> str:
    """Return the longest place that a name begins with, leaving at least two characters, or an empty string.

    >>> leading_region("上海市青穗食品"), leading_region("青穗食品")
    ('上海市', '')
    """
    places = _regions()
    longest = min(_LONGEST_PLACE, len(name) - _LEAST)
    return next((name[:size] for size in range(longest, 1, -1) if name[:size] in places), "")


@lru_cache(maxsize=65536)
def without_regions(name: str) -> str:
    """Return a folded name without the places it begins with; behind the first only those that say what they are.

    >>> without_regions("上海市静安区青穗食品"), without_regions("中国东方航空"), without_regions("上海")
    ('青穗食品', '东方航空', '上海')
    """
    region = leading_region(name)
    for _ in range(_MOST_REGIONS):
        if not region:
            break
        name = name[len(region) :]
        if region[-1] not in _UNITS and name[0] in _UNITS and not name.startswith("市场"):
            name = name[1:]
        following = leading_region(name)
        region = following if following.endswith(_UNITS) else ""
    return name


@cache
def _brands() -> dict[str, str]:
    """Return for every form of an enterprise of the lexicon that is one's own, and no common word, the enterprise."""
    owners: dict[str, set[str]] = {}
    for entry in load_lexicon("enterprises"):
        for form in entry.forms():
            if form not in entry.ambiguous and len(form) >= 2:
                owners.setdefault(fold_name(form), set()).add(entry.name)
    return {form: min(names) for form, names in owners.items() if len(names) == 1}


@lru_cache(maxsize=65536)
def part_of(name: str) -> EnterprisePart | None:
    """Return of which known enterprise a name is a unit, and which: the branch, region or business its name ends in.

    >>> part_of("中国银行股份有限公司上海市分行") == part_of("中行上海分行") == EnterprisePart("中国银行", "上海分行")
    True
    >>> part_of("旭化成（中国）投资有限公司"), part_of("旭化成集团")
    (EnterprisePart(brand='旭化成', rest='中国投资'), None)
    """
    brands = _brands()
    text = fold_name(name)
    longest = min(len(text) - 1, _LONGEST_BRAND)
    size = next((size for size in range(longest, 1, -1) if text[:size] in brands), 0)
    if not size:
        return None
    rest = text[size:]
    form = next((end for end in endings("legal") if rest.startswith(end)), "")
    rest = _trimmed(rest[len(form) :].translate(_NO_BRACKETS), endings("legal"), least=0)
    if rest.endswith(endings("branch")):
        rest = _TOWN.sub("", rest)
    return EnterprisePart(brands[text[:size]], rest) if len(rest) >= _LEAST else None


@lru_cache(maxsize=8192)
def abbreviates(short: str, full: str) -> bool:
    """Tell whether a short name takes characters, in order, from every word of a full one; regions may be left out.

    >>> abbreviates("市商务委", "上海市商务委员会"), abbreviates("上海大学", "上海交通大学")
    (True, False)
    """
    if short[0] not in full[:4] or short[-1] not in full[-3:] or leaves_out_a_word(short, full):
        return False
    at = 0
    for span in words(full):
        word = span.of(full)
        taken = 0
        for char in word:
            if at < len(short) and char == short[at]:
                at, taken = at + 1, taken + 1
        if not taken and not any(term.kind == "place" for term in gazetteer().terms(word)):
            return False
    return at == len(short)


def leaves_out_a_word(short: str, full: str) -> bool:
    """Tell whether a short name is the full one with its middle cut out: 上海(交通)大学."""
    return len(full) - len(short) >= 2 and any(
        full.startswith(short[:cut]) and full.endswith(short[cut:]) for cut in range(1, len(short))
    )


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
    skipped = words_of("name_forms", "particle")
    found = _written_out(words, optional=skipped) & among
    return sorted(
        name
        for name in found
        if 3 <= len(name) < len(full)
        and name[0] == full[0]
        and (
            not name.startswith(words[0])
            or name[len(words[0]) :] in _written_out(words[1:], optional=skipped)
        )
    )


def initials(full: str, *, among: AbstractSet[str]) -> list[str]:
    """Return those of some names that abbreviate a company's: its region and what kind of company it is may be left out.

    >>> initials("中国工商银行股份有限公司", among={"工行", "中工", "商行", "工商"}), initials("法国巴黎银行", among={"法巴", "巴行"})
    (['中工', '工商', '工行'], ['巴行', '法巴'])
    """
    text = without_legal_form(full)
    if not 4 <= len(text) <= _LONGEST_FULL:
        return []
    region = leading_region(text)
    words = tuple(piece for word in _words(text.removeprefix(region)) for piece in _kind_apart(word))
    optional = words_of("name_forms", "particle", "generic")
    found = set()
    for rest in ((region, *words), words) if region else (words,):
        found |= _written_out(rest, optional=optional, longest=LONGEST_INITIALS) & among
    return sorted(name for name in found if 2 <= len(name) < len(text))


def _kind_apart(word: str) -> tuple[str, ...]:
    generic = words_of("name_forms", "generic")
    kind = next((kind for kind in sorted(generic) if word.endswith(kind) and word != kind), None)
    return (word[: -len(kind)], kind) if kind else (word,)


@cache
def _written_short() -> dict[str, str]:
    return {e.name: e.values[0] for e in load_lexicon("name_forms") if e.kind == "written_short"}


def _written_out(
    words: Sequence[str], *, optional: AbstractSet[str], longest: int = _LONGEST_FULL
) -> set[str]:
    """Return the names that some words abbreviate to, each word whole or by one character; nothing when there are too many."""
    made, short = {""}, _written_short()
    for word in words:
        ways = {word, word[0], short.get(word, word)}
        after = {start + way for start in made for way in ways if len(start) + len(way) <= longest}
        made = after | (made if word in optional else set())
        if len(made) > _MOST_WAYS:
            return set()
    return made
