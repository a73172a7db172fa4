"""The order in which Chinese readers look through names: by the sounds of their characters."""

from __future__ import annotations

from functools import cache
from importlib import resources
from unicodedata import normalize

import yaml


@cache
def _surnames() -> dict[str, str]:
    text = resources.files("miner.resources").joinpath("characters.yml").read_text("utf-8")
    table: dict[str, str] = yaml.safe_load(text)["surname_sounds"]
    return table


def sound_key(name: str, *, surname: bool = False) -> str:
    """Return what a name is sorted by: the sound of each character, letters in small without accents.

    The sounds are those of pypinyin, which knows how characters sound within words; some sound otherwise as a `surname`.

    >>> sorted(["青浦区", "Élan", "安亭镇", "重庆"], key=sound_key)
    ['安亭镇', '重庆', 'Élan', '青浦区']
    >>> sound_key("单伟", surname=True), sound_key("单位")
    ('shan wei', 'dan wei')
    """
    from pypinyin import lazy_pinyin  # takes a moment to import, and only lists are sorted by sound

    plain = "".join(char for char in normalize("NFKD", name.lower()) if not "\u0300" <= char <= "\u036f")
    sounds: list[str] = lazy_pinyin(plain)
    if surname and plain[:1] in _surnames():
        sounds[0] = _surnames()[plain[0]]
    return " ".join(sounds)
