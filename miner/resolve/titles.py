"""Titles of events of which no party is told: the clause that tells it, whole, rather than the first characters of a sentence."""

from __future__ import annotations

import re

__all__ = ["clause_of"]

_LONGEST, _SHORTEST = 60, 8
_DATELINE = re.compile(r"^[^，。；：！？]{0,24}?[电讯](?:[（(][^）)]{0,40}[）)])?\s{0,4}(?=.{8})")
"""本报北京5月10日电（记者……）, 本报讯: what a story begins with and an event does not."""
_MARKS = "，。；：！？…\n"
_PAIRS = {"“": "”", "《": "》", "（": "）", "「": "」", "‘": "’"}


def clause_of(evidence: str, trigger: str) -> str:
    """Return the clause of a sentence that holds its trigger, grown to the left while it is too short to be understood.

    A quotation that it opens or closes is taken whole; what is too long loses its beginning, with an ellipsis.

    >>> clause_of("10月20日至23日，江湾论坛第四次全会在北京召开。", "召开")
    '江湾论坛第四次全会在北京召开'
    >>> clause_of("本报延安10月19日电（记者王旭）10月19日，“再走江湾”徒步活动启动仪式举行。", "启动仪式")
    '“再走江湾”徒步活动启动仪式举行'
    """
    text = _DATELINE.sub("", evidence.strip(), count=1)
    at = text.find(trigger)
    if at < 0:
        text, at = evidence.strip(), max(evidence.strip().find(trigger), 0)
    start, end = _before(text, at), _after(text, at + len(trigger))
    while start > 0 and (end - start < _SHORTEST or _open(text[start:end])):
        start = _before(text, start - 1)
    while end < len(text) and _open(text[start:end]):
        end = _after(text, end + 1)
    told = text[start:end].strip()
    return told if len(told) <= _LONGEST else _shortened(told, trigger)


def _before(text: str, at: int) -> int:
    return max(text.rfind(mark, 0, at) for mark in _MARKS) + 1


def _after(text: str, at: int) -> int:
    return min((found for mark in _MARKS if (found := text.find(mark, at)) >= 0), default=len(text))


def _open(text: str) -> bool:
    """Tell whether a quotation begins or ends outside."""
    return any(text.count(left) != text.count(right) for left, right in _PAIRS.items())


def _shortened(told: str, trigger: str) -> str:
    """Keep what stands around the trigger."""
    end = min(max(told.find(trigger) + len(trigger) + _SHORTEST, _LONGEST), len(told))
    start = max(end - _LONGEST, 0)
    return f"{'…' if start else ''}{told[start:end]}{'…' if end < len(told) else ''}"
