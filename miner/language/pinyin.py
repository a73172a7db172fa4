"""The order in which Chinese readers look through names: by the sounds of their characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from unicodedata import normalize

import yaml

from miner.language.lexicon import alternatives

__all__ = ["sound_key"]

_HAN = re.compile("([\u3400-\u9fff]+)")


@dataclass(frozen=True, slots=True)
class _Sounds:
    """What resources/characters.yml knows of sounds: of surnames, of characters in names, and of whole words."""

    surnames: dict[str, str]
    characters: dict[str, str]
    words: dict[str, str]
    word: re.Pattern[str]


@cache
def _sounds() -> _Sounds:
    table = yaml.safe_load(resources.files("miner.resources").joinpath("characters.yml").read_text("utf-8"))
    words: dict[str, str] = table["word_sounds"]
    return _Sounds(
        table["surname_sounds"],
        table["name_sounds"],
        words,
        re.compile(f"({alternatives(words)})"),
    )


def sound_key(name: str, *, surname: bool = False) -> str:
    """Return what a name is sorted by: the sound of each character, letters in small without accents, no marks.

    The sounds are those of pypinyin, which knows how characters sound within words; some sound otherwise in names
    of places and firms, and some as a `surname`.

    >>> sorted(["青浦区", "Élan", "安亭镇", "重庆", "长宁区"], key=sound_key)
    ['安亭镇', '长宁区', '重庆', 'Élan', '青浦区']
    >>> sound_key("单伟", surname=True), sound_key("单位"), sound_key("闵行区"), sound_key("会长")
    ('shan wei', 'dan wei', 'min hang qu', 'hui zhang')
    """
    letters = (char for char in normalize("NFKD", name.lower()) if not "\u0300" <= char <= "\u036f")
    plain = " ".join("".join(char if char.isalnum() else " " for char in letters).split())
    if surname and (first := _sounds().surnames.get(plain[:1])):
        return " ".join([first, *filter(None, _read(plain[1:]))])
    return " ".join(filter(None, _read(plain)))


def _read(text: str) -> Iterator[str]:
    """Yield the sounds of a text, and what has none as it is."""
    from pypinyin import lazy_pinyin  # takes a moment to import, and only lists are sorted by sound
    from pypinyin.seg.mmseg import seg

    known = _sounds()
    for piece in known.word.split(text):
        if sound := known.words.get(piece):
            yield sound
        elif known.characters.keys().isdisjoint(piece):
            yield from (sound.strip() for sound in lazy_pinyin(piece))
        else:
            for run in filter(None, _HAN.split(piece)):
                for word in seg.cut(run) if _HAN.match(run) else [run.strip()]:
                    yield from [known.characters[word]] if word in known.characters else lazy_pinyin(word)
