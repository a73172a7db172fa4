r"""Plain text in which programs left their ways of writing characters: `&ldquo;`, `&#36827;`, `\u8fdb`, `%E8%BF%9B`."""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import unquote

__all__ = ["Unescaped", "unescaped"]

_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d{0,2});")
_CODED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_WRITTEN = re.compile(r'\\([nrt"/])')
_BLANKS = {"n": "\n", "r": "", "t": "\t"}
_QUOTED = re.compile(r"%[0-9A-Fa-f]{2}")
_HAN = re.compile("[\u3400-\u9fff]")
_LEAST = 3
"""Entities below which a text is left as it is: it may speak of them."""
_LEAST_CODED = 10


class Unescaped(NamedTuple):
    """A text in characters, how many it took, and the first of them as it was written."""

    text: str
    places: int
    example: str


def unescaped(text: str) -> Unescaped | None:
    r"""Return a text in characters, or None where it is written in them.

    Codes of programs are read where they outnumber Chinese characters; entities of web pages wherever there are some.

    >>> unescaped("&ldquo;开幕&rdquo;了&nbsp;")
    Unescaped(text='“开幕”了\xa0', places=3, example='&ldquo;')
    >>> unescaped("\\u8fdb\\u535a" * 9).text[:4], unescaped("“开幕”了")
    ('进博进博', None)
    """
    for pattern, plainly, least in (
        (_ENTITY, html.unescape, _LEAST),
        (_CODED, _decoded, _LEAST_CODED),
        (_QUOTED, unquote, _LEAST_CODED),
    ):
        count = sum(1 for _ in pattern.finditer(text))
        if count >= least and (pattern is _ENTITY or _is_coded(text, pattern)):
            found = plainly(text)
            if found != text:
                first = pattern.search(text)
                return Unescaped(found, count, first[0][:12] if first else "")
    return None


def _is_coded(text: str, pattern: re.Pattern[str]) -> bool:
    """Tell a text that is mostly codes from one that mentions some: an address, a program."""
    codes = sum(len(found[0]) for found in pattern.finditer(text))
    return codes > 0.5 * len(text) and codes > 6 * len(_HAN.findall(text))


def _decoded(text: str) -> str:
    found = _CODED.sub(lambda code: chr(int(code[1], 16)), text)
    found = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), found)
    return _WRITTEN.sub(lambda written: _BLANKS.get(written[1], written[1]), found)
