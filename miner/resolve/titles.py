"""Titles of events: who did what to whom; where no party is told, the clause that tells it, whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from miner.language.event_types import event_types
from miner.store.words import EVENT_TYPES

__all__ = ["clause_of", "title"]

_NAMED = 3
"""So many names of a role stand in a title."""

_LONGEST, _SHORTEST = 60, 8
_DATELINE = re.compile(r"^[^，。；：！？]{0,24}?[电讯](?:[（(][^）)]{0,40}[）)])?\s{0,4}(?=.{8})")
"""本报北京5月10日电（记者……）, 本报讯: what a story begins with and an event does not."""
_MARKS = "，。；：！？…\n"
_PAIRS = {"“": "”", "《": "》", "（": "）", "「": "」", "‘": "’"}


def title(kind: str, trigger: str, *, roles: Mapping[str, Sequence[str]], evidence: str) -> str:
    """Return a title a person understands: who, what, and whom it was done to; who only looked on stands in it when nobody else does.

    `roles` are the names of the parties by role, in the order of the text.

    >>> title("signing", "签约", roles={"attendee": ["林素"], "party": ["甲公司", "乙公司"]}, evidence="")
    '甲公司、乙公司 签约'
    >>> title("visit", "参观", roles={"visited": ["甲公司", "乙公司"], "visitor": ["林素"]}, evidence="")
    '林素 走访(参观) 甲公司、乙公司'
    """
    called = EVENT_TYPES.get(kind, kind)
    what = called if trigger in EVENT_TYPES.values() else f"{called}({trigger})"
    who, whom = _sides(kind, roles)
    if not who and not whom:
        return f"{called}:{clause_of(evidence, trigger)}"
    return " ".join(part for part in (_listed(who), what, _listed(whom)) if part)


def _sides(kind: str, roles: Mapping[str, Sequence[str]]) -> tuple[Sequence[str], Sequence[str]]:
    """Return who did it and whom it was done to; everybody is who, where neither is told."""
    known = event_types().get(kind)
    everybody = [name for names in roles.values() for name in names]
    if known is None:
        return everybody, ()
    first, second = known.roles
    who = roles.get(first, ())
    acted_on = first != second and known.grammar != "held"
    whom = roles.get(second, ()) if acted_on else ()
    return (who, whom) if who or whom else (everybody, ())


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")


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
