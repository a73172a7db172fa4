"""Forms of names for comparing: what may differ between two ways of writing one name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from miner.lexicon import load_lexicon

_SUFFIX = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|控股公司|总公司|分公司|公司|集团|株式会社|控股|股份)+$"
)
_TRADE = re.compile(
    r"(?:投资|贸易|商贸|管理|销售|商业|企业|实业|国际|营销|咨询管理|企业管理|投资管理)+$"
)
_LONGEST_PLACE = 8
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
