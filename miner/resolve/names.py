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
_BRACKET = re.compile(r"\(([^()]{1,12})\)")


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Return a name as it is compared: NFKC, lower case, without white space.

    >>> fold("旭化成（中国） 投资有限公司")
    '旭化成(中国)投资有限公司'
    """
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


@lru_cache(maxsize=1)
def _regions() -> re.Pattern[str]:
    places = {form for entry in load_lexicon("places") for form in entry.forms() if 2 <= len(form) <= 8}
    longest = sorted(places, key=lambda place: (-len(place), place))
    return re.compile("|".join(map(re.escape, longest)) or r"(?!)")


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
    leading = _regions().match(stripped)
    if leading and len(stripped) - leading.end() >= 2:
        region = region or leading[0]
        stripped = stripped[leading.end() :].removeprefix("市").removeprefix("省")
    bare = _TRADE.sub("", stripped)
    return (bare if len(bare) >= 2 else stripped), region
