"""What running Chinese looks like, and what stands for its characters: resources/characters.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple
from unicodedata import normalize

import yaml

_HAN = re.compile("[\u3400-\u9fff]")
_SAMPLE = 20_000
"""Characters of a text that are looked at."""


@dataclass(frozen=True, slots=True)
class Characters:
    """The most frequent characters of Chinese, the most frequent syllables of Korean, and what radicals stand for."""

    common: frozenset[str]
    hangul: frozenset[str]
    radicals: dict[str, str]


class HanShare(NamedTuple):
    """The share of frequent characters among Chinese ones, and the number of Chinese ones."""

    common: float
    chinese: int


@lru_cache(maxsize=1)
def characters() -> Characters:
    """Return what resources/characters.yml says."""
    table = yaml.safe_load(resources.files("miner.resources").joinpath("characters.yml").read_text("utf-8"))
    return Characters(
        frozenset("".join(table["common"])), frozenset("".join(table["hangul"])), table["radicals"]
    )


def share_of_common(text: str) -> HanShare:
    """Return how much of a text's beginning is characters that running Chinese is made of.

    >>> share_of_common("我们在上海的展会").common > 0.9, share_of_common("浜戞邯鍖婚櫌閲囪喘").common
    (True, 0.0)
    """
    chinese = _HAN.findall(text[:_SAMPLE])
    common = characters().common
    return HanShare(sum(char in common for char in chinese) / max(1, len(chinese)), len(chinese))


@cache
def plain_form(char: str) -> str:
    """Return the character that a radical or a compatibility form stands for, else the character itself.

    >>> plain_form("⾦"), plain_form("⻓"), plain_form("，")
    ('金', '长', '，')
    """
    if "\u2e80" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufaff":
        plain = normalize("NFKC", char)
        return characters().radicals.get(char, plain) if len(plain) == 1 else char
    return char
