"""One character for one: the form in which names are matched, whatever the script, width or case they are printed in."""

from __future__ import annotations

from functools import cache
from unicodedata import normalize

from opencc import OpenCC

_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FA20))
_DOTS = "‧•・･∙⋅●᛫ꞏ"
_OPEN_QUOTES = "「『〝"
_CLOSE_QUOTES = "」』〞"


def fold(text: str) -> str:
    """Return text of the same length in simplified characters, half width and lower case, with one kind of dot.

    Offsets in the folded text are offsets in the text: only mappings of one character to one are applied.

    >>> fold("西門子（ＡＢＣ）‧Siemens")
    '西门子(abc)·siemens'
    """
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for first, last in _HAN:
        originals = [chr(code) for code in range(first, last)]
        for original, simple in zip(originals, _simplified(originals), strict=True):
            if simple != original and len(simple) == 1:
                table[ord(original)] = simple
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0xFF01, 0xFF5F)):
        plain = normalize("NFKC", chr(code)).lower()
        if len(plain) == 1 and plain != chr(code):
            table[code] = plain
    table.update(dict.fromkeys(map(ord, _DOTS), "·"))
    table.update(dict.fromkeys(map(ord, _OPEN_QUOTES), "“"))
    table.update(dict.fromkeys(map(ord, _CLOSE_QUOTES), "”"))
    table[0x3000] = table[0xA0] = " "
    return table


def _simplified(characters: list[str]) -> list[str]:
    converted: str = OpenCC("t2s").convert("\n".join(characters))
    return converted.split("\n")
