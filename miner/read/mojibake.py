"""Text that was decoded wrongly and saved so: what it was, where that can be told.

The steps that spoil text are few, and each can be taken back: encode by the wrong encoding, decode by the right one.
Whether the result is Chinese is told by its frequent characters. For Latin letters that were UTF-8, ftfy (R. Speer,
"ftfy", Zenodo, 2019) knows the ways in which bytes get lost.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from miner.read.characters import share_of_common

_REPLACEMENT = "\ufffd"
_SPOILT, _SOUND = 0.1, 0.3
"""Shares of frequent characters: under the first no Chinese text is sound, from the second on it is.

Of 7,800 pieces of 60 Chinese characters of real articles, none had less than .23; decoded wrongly, none more than .035.
"""
_LEAST = 30
"""Characters, and kinds of characters, below which shares say nothing."""
_LOOKED_AT = 20_000
"""Characters of a text that are judged."""
_LATIN = re.compile("[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]")
_STEPS = (
    ("gb18030", "utf-8"),
    ("big5hkscs", "utf-8"),
    ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
    ("latin-1", "utf-8"),
    ("latin-1", "big5hkscs"),
    ("gb18030", "big5hkscs"),
    ("big5hkscs", "gb18030"),
)
"""How text is spoilt: encoding by which it was read, encoding in which it was written."""
_LOST = re.compile(f"{_REPLACEMENT}+")


class Repair(NamedTuple):
    """What a text was, or None when it is spoilt beyond that; read by `wrong`, written in `right`; places lost."""

    text: str | None
    wrong: str
    right: str
    lost: int


def repair(text: str) -> Repair | None:
    """Return the repair of a text that was decoded wrongly, or None for a text that is none.

    >>> repair("第六届进博会今天在上海开幕，我们从展会上带回了这些新的消息。" * 2)
    >>> spoilt = ("第六届进博会今天在上海开幕，我们从展会上带回了这些新的消息。" * 2).encode().decode("gb18030", "replace")
    >>> repair(spoilt).text[:14]
    '第六届进博会今天在上海开幕，'
    """
    common, chinese = share_of_common(text)
    if len(set(text[:_LOOKED_AT])) < _LEAST:
        return None
    latin = len(_LATIN.findall(text[:_LOOKED_AT]))
    if not (chinese >= _LEAST and common < _SPOILT) and not (latin >= _LEAST and chinese < 0.2 * latin):
        return None
    for wrong, right in _STEPS:
        found = _undone(text, wrong, right)
        if share_of_common(found).common >= _SOUND and share_of_common(found).chinese >= 8:
            return Repair(found, wrong, right, found.count(_REPLACEMENT))
    return _by_ftfy(text) if latin > chinese else Repair(None, "?", "?", 0)


def _undone(text: str, wrong: str, right: str) -> str:
    """Take a wrong decoding back; what was lost in it stays lost, as U+FFFD."""
    pieces = (piece.encode(wrong, "ignore") for piece in text.split(_REPLACEMENT))
    return _LOST.sub(_REPLACEMENT, b"\xff".join(pieces).decode(right, "replace"))


def _by_ftfy(text: str) -> Repair | None:
    import ftfy  # takes a while to import, and next to no text needs it

    found = ftfy.fix_encoding(text)
    if share_of_common(found).common >= _SOUND and share_of_common(found).chinese >= 8:
        return Repair(found, "cp1252", "utf-8", found.count(_REPLACEMENT))
    return None
