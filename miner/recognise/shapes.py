"""What is built like a person's name, and who only wrote the story."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from miner.language.gazetteer import words_of
from miner.recognise.found import Found
from miner.recognise.rules.foreign import HAN, letters_of, whole_words
from miner.text import AnnotatedText

_BYLINE = re.compile(
    r"(?:记者|通讯员|实习生|摄影|摄|文|图|编辑|责编|作者|校对|供图|制图|撰文|来源)[:/|]?\s?$"
)


@cache
def families() -> frozenset[str]:
    return letters_of("surnames", "common") | letters_of("surnames", "rare")


@cache
def _beginnings() -> frozenset[str]:
    """Return the family names of several characters."""
    return whole_words("compound") | whole_words("japanese")


@lru_cache(maxsize=65536)
def shaped_like_a_name(text: str) -> bool:
    """Tell whether folded text is built like a person's name: a surname before it, or transliterated, or Latin words.

    >>> shaped_like_a_name("高远"), shaped_like_a_name("马库斯·韦伯"), shaped_like_a_name("妫遍暅")
    (True, True, False)
    """
    if text[-1] in "总董某哥姐" or "某" in text:
        return False
    if len(text) > 2 and text[1:] in words_of("titles", "core", "address", "none"):
        return False
    if text.isascii():
        return text.replace(" ", "").replace(".", "").replace("-", "").isalpha()
    letters = letters_of("names", "transliteration")
    plain = text.replace("·", "").replace(" ", "").replace("-", "")
    if plain and sum(char in letters for char in plain) >= 0.8 * len(plain):
        return True
    if len(plain) > 5 or not all(map(HAN.match, plain)):
        return False
    return plain[0] in families() or plain[:2] in _beginnings() or plain[:3] in _beginnings()


def is_byline(passage: AnnotatedText, found: Found) -> bool:
    """Tell whether a name stands in a byline or a credit, where it is not part of the story."""
    return bool(_BYLINE.search(passage.folded, max(0, found.start - 8), found.start))
