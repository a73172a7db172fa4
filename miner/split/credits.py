"""Bylines: a line is one when it is made of reporter words and people's names and of nothing else, whatever else speaks
for it; and brackets inside a body that hold one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from miner.language.lexicon import alternatives, listed, load_lexicon

__all__ = ["Credit", "credit_in", "is_names", "parse_credit"]

_MARKS = "\ufffd■□◆◇○●▲△▼★☆※◎►▶▷•·✦❖* \t\u3000\u00a0"
_JOINTS = re.compile(r"[\s\u3000、,，/／&]+")
_GAPPED = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000\u00a0]{1,4}([\u4e00-\u9fff])(?![\u4e00-\u9fff])"
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}")
_SPACES = " \u3000:：/／|｜"
_PICTURES = "摄图"
_LONGEST, _NAMES, _TOGETHER = 60, 12, 9
"""Characters of a byline, its names, and the characters of names that stand together without a mark between."""


class Credit(NamedTuple):
    """A byline: the names in it, and what they did (`记者`, `摄影`), a word a name."""

    names: tuple[str, ...]
    acts: tuple[str, ...]

    @property
    def writes(self) -> bool:
        """Whether it names who wrote a story, not only who took its pictures."""
        return any(act[-1] not in _PICTURES and not act.endswith("摄影") for act in self.acts)


class _Words(NamedTuple):
    act: re.Pattern[str]
    end: re.Pattern[str]
    surnames: frozenset[str]
    common: frozenset[str]
    bracket: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    entries = {entry.kind: entry.words for entry in load_lexicon("credits")}
    house = alternatives(entries["house"])
    act = alternatives(word for word in entries["act"] if len(word) > 1)
    brief = alternatives(word for word in entries["act"] if len(word) == 1)
    act = rf"{act}|(?:{brief})(?=[/／:：|｜])"
    end, brief = (alternatives(entries[kind]) for kind in ("end", "end brief"))
    titled = rf"(?:{house}){{0,3}}(?:{act})"
    known = _surnames("common", "rare") | {word[0] for word in _compound()}
    return _Words(
        re.compile(
            rf"(?:文[/／:：｜]\s?)?(?P<act>{titled}(?:[/／、\s]{{0,2}}{titled}){{0,2}})[\s\u3000:：/／|｜]{{0,4}}"
        ),
        re.compile(
            rf"(?:[\s\u3000/／]{{0,3}}(?:{end})|[\s\u3000/／]{{1,3}}(?:{brief})(?:[/／、]{{0,2}}(?:{brief}))?)$"
        ),
        known,
        _surnames("common"),
        re.compile(rf"[（(](?P<credit>(?:{house}){{0,3}}(?:记者|通讯员)[^（）()，。]{{1,40}})[）)]"),
    )


def _surnames(*kinds: str) -> frozenset[str]:
    """Surnames of one character."""
    return frozenset("".join(listed("surnames", *kinds)))


def parse_credit(text: str) -> Credit | None:
    """Read a line as a byline; None when it says anything else.

    >>> parse_credit("■本报记者 王一 通讯员 李二三"), parse_credit("陈一 摄")
    (Credit(names=('王一', '李二三'), acts=('本报记者', '通讯员')), Credit(names=('陈一',), acts=('摄',)))
    >>> parse_credit("海滨区与绿色产业联盟签约"), parse_credit("记者从区商务委获悉")
    (None, None)
    """
    text = text.strip(_MARKS)
    if text[:1] in "（(" and text[-1:] in "）)":
        text = text[1:-1].strip(_MARKS)
    if not 2 < len(text) <= _LONGEST:
        return None
    end = _words().end.search(text)
    body = text[: end.start()] if end else text
    first = _words().act.match(body)
    return _by_its_acts(body, first) if first else _by_its_end(body, text[len(body) :])


def _by_its_acts(body: str, first: re.Match[str]) -> Credit | None:
    """A byline of reporter words, each with its names after it."""
    names, acts = list[str](), list[str]()
    found: re.Match[str] | None = first
    while found:
        after = _words().act.search(body, found.end())
        mine = _names(
            body[found.end() : after.start() if after else None], spaced=found.group()[-1] in _SPACES
        )
        if not mine:
            return None
        names += mine
        acts += [found["act"]] * len(mine)
        found = after
    return Credit(tuple(names), tuple(acts)) if len(names) <= _NAMES else None


def _by_its_end(body: str, end: str) -> Credit | None:
    """A byline whose act stands at its end, set off or of a picture: 陈一 摄."""
    set_off = end[:1].isspace() or end[:1] in "/／" or end[-1:] in _PICTURES
    names = _names(body, spaced=True) if end and set_off and not _words().act.search(body) else None
    return Credit(names, (end.strip(_MARKS + "/／"),) * len(names)) if names else None


def _names(text: str, *, spaced: bool) -> tuple[str, ...] | None:
    """The names that a stretch consists of, or None when it holds anything else."""
    text = _GAPPED.sub(r"\1\2", text.strip(_MARKS))
    found: list[str] = []
    for part in filter(None, _JOINTS.split(text)):
        known = part[0] in _words().surnames
        if _NAME.fullmatch(part) and (known or spaced or "·" in part):
            found.append(part)
        elif together := _together(part):
            found += together
        else:
            return None
    return tuple(found) or None


def _together(text: str) -> tuple[str, ...]:
    """Names that stand together without a mark: cut before each surname, two or three characters each; else nothing."""
    surnames = _words().surnames
    if not text or len(text) > _TOGETHER or text[0] not in surnames:
        return ()
    if 2 <= len(text) <= 3:
        return (text,)
    if len(text) == 4 and text[2] not in surnames:
        return (text,) if text[:2] in _compound() else ()
    cuts = [(text[:size], *rest) for size in (3, 2) if (rest := _together(text[size:]))]
    return max(cuts, key=lambda names: sum(name[0] in _words().common for name in names), default=())


@lru_cache(maxsize=1)
def _compound() -> frozenset[str]:
    return frozenset(listed("surnames", "compound"))


def is_names(text: str) -> bool:
    """Tell whether a line holds people's names and nothing else, as the lines below 本报记者 do.

    >>> is_names("孙一中 陈二"), is_names("海滨要闻")
    (True, False)
    """
    text = text.strip(_MARKS)
    parts = [part for part in _JOINTS.split(_GAPPED.sub(r"\1\2", text)) if part]
    return bool(parts) and all(_NAME.fullmatch(part) and part[0] in _words().surnames for part in parts)


def credit_in(body: str, *, edges: int) -> str | None:
    """Return the byline in brackets at either end of a body, within so many characters.

    >>> credit_in("本报讯（记者 王一）昨天，", edges=40)
    '记者 王一'
    """
    bracket = _words().bracket
    found: Sequence[re.Match[str]] = list(bracket.finditer(body, 0, edges))[:1]
    found = found or list(bracket.finditer(body, max(0, len(body) - edges)))[-1:]
    return found[0]["credit"] if found else None
