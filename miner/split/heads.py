"""The parts of a head: which of its lines are the kicker (引题), the headline (主题) and the deck (副题), decided together for
the whole head from what flat text still says.

Every way to part a head is scored by named pieces of evidence, of its lines and of neighbouring lines; weights are
learned from real heads (`miner.training.pages.heads`, a log-linear model as in McCallum et al., 2000). A page has habits:
where its other heads have kickers and no decks, a line after a headline that nothing marks as a deck is taken for a kicker.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp, log
from typing import NamedTuple

from miner.language.lexicon import load_lexicon
from miner.language.words import tagged
from miner.model import Role
from miner.split.lines import width_of

__all__ = ["Habit", "Head", "Parted", "evidence_of", "head_of", "is_record", "part_heads", "ways"]

_ROLES: dict[str, Role] = {"K": "kicker", "H": "headline", "T": "subtitle"}
_DASHES = "—-─–"
_BRIEF, _EVEN, _UNEVEN = 10.0, 2.0, 4.0
"""Widths of lines that make a couplet at most, by how much its lines differ at most, and by how much unequal lines do."""
_UNSEEN = 0.5
"""What is added to a page's counts of kickers and decks (Jeffreys' prior)."""
_LONGEST = 60
"""Characters of a line whose words are looked at."""
_MOST = 12
"""Lines of a head that are looked at; further ones are taken for the part of the last."""

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Head:
    """The lines of a head as printed, without damage blanks inside (`compact`), and their widths in full widths."""

    texts: tuple[str, ...]
    compact: tuple[str, ...]
    wide: tuple[float, ...]


class Habit(NamedTuple):
    """How many heads of a page have kickers, and how many have decks that no mark tells from kickers."""

    kickers: int = 0
    decks: int = 0


class Parted(NamedTuple):
    """The role of every line of a head, and the chance that the whole is right."""

    roles: tuple[Role, ...]
    chance: float


class _Marks(NamedTuple):
    record: re.Pattern[str]
    recorded: re.Pattern[str]
    saying: re.Pattern[str]


@lru_cache(maxsize=1)
def _marks() -> _Marks:
    words = {entry.kind: "|".join(entry.words) for entry in load_lexicon("heads")}
    return _Marks(
        re.compile(rf"(?:{words['record start']})(?!者)"),
        re.compile(rf"(?:{words['record end']})$"),
        re.compile(rf"(?:{words['saying']})$"),
    )


@lru_cache(maxsize=1)
def _weights() -> Weights:
    text = files("miner.resources").joinpath("models/heads.json").read_text(encoding="utf-8")
    weights: dict[str, float] = json.loads(text)["weights"]
    return weights


def head_of(lines: Sequence[str]) -> Head:
    """Look at the lines of a head.

    >>> head_of(["为群众办实事", "新桥 通车"]).wide
    (6.0, 4.0)
    """
    compact = tuple(re.sub(r"\s", "", line) or "。" for line in lines)
    return Head(tuple(line.strip() for line in lines), compact, tuple(width_of(text) for text in compact))


def ways(count: int) -> list[str]:
    """Return all ways to part so many lines: kickers, then headline, then decks or (as some streams have them) kickers.

    >>> ways(2)
    ['HH', 'HT', 'HK', 'KH']
    """
    found = []
    for before in range(count):
        for main in range(count - before, 0, -1):
            after = count - before - main
            found += ["K" * before + "H" * main + part * after for part in ("TK" if after else "T")]
    return found


def _line_evidence(head: Head, at: int) -> Iterator[tuple[str, float]]:
    """The evidence of one line by itself and beside the others: its name and strength."""
    text, marks = head.compact[at], _marks()
    bare = text.lstrip(_DASHES) or text
    tags = tagged(bare[:_LONGEST]).tags
    yield "line", 1.0
    for name, holds in (
        ("opens with a dash", bare != text),
        ("opens as a record does", marks.record.match(bare)),
        ("ends as a record does", marks.recorded.search(bare)),
        ("ends with a verb of saying", marks.saying.search(bare)),
        ("ends with a colon or dash", text[-1] in "：:—"),
        ("opens without a subject", tags[0][0] in "vpd"),
        ("ends with a verb", tags[-1][0] == "v"),
    ):
        if holds:
            yield name, 1.0
    yield "length", head.wide[at] / 15
    yield "longer than the others", log(head.wide[at] * len(head.wide) / sum(head.wide))


def _pair_evidence(head: Head, at: int, parts: str) -> Iterator[tuple[str, float]]:
    """The evidence of a line and the one after it, in the parts that they are given."""
    yield f"then / {parts}", 1.0
    if parts[0] != parts[1]:
        return
    differ = abs(head.wide[at] - head.wide[at + 1])
    if differ <= _EVEN and max(head.wide[at], head.wide[at + 1]) <= _BRIEF:
        yield f"couplet / {parts[0]}", 1.0
    elif differ > _UNEVEN:
        yield f"uneven / {parts[0]}", 1.0


def evidence_of(head: Head, way: str) -> dict[str, float]:
    """All evidence for one way to part a head: name and part → strength.

    >>> evidence_of(head_of(["新桥通车", "——记建桥人"]), "HT")["opens with a dash / T"]
    1.0
    """
    found: dict[str, float] = {}
    for at, part in enumerate(way):
        for name, strength in _line_evidence(head, at):
            found[f"{name} / {part}"] = found.get(f"{name} / {part}", 0.0) + strength
        if at:
            for name, strength in _pair_evidence(head, at - 1, way[at - 1 : at + 1]):
                found[name] = found.get(name, 0.0) + strength
    return found


def is_record(text: str) -> bool:
    """Tell whether a line's wording is that of a deck: 记…, …侧记.

    >>> is_record("记建桥人"), is_record("记者走进车间"), is_record("一座桥的建造纪实")
    (True, False, True)
    """
    return bool(_marks().record.match(text) or _marks().recorded.search(text))


def _unmarked(head: Head, at: int) -> bool:
    """Whether nothing in a line's wording marks it as a deck."""
    return head.compact[at][0] not in _DASHES and not is_record(head.compact[at])


def _habitual(head: Head, way: str, habit: Habit) -> float:
    """Log-odds of the page's habit for an unmarked line after the headline: kicker or deck."""
    at = way.rindex("H") + 1
    if at == len(way) or not _unmarked(head, at):
        return 0.0
    odds = log((habit.kickers + _UNSEEN) / (habit.decks + _UNSEEN))
    return odds / 2 if way[at] == "K" else -odds / 2


def _weighed(head: Head, weights: Weights) -> list[dict[str, float]]:
    """For every line of a head what its own evidence weighs for each part."""
    found = [list(_line_evidence(head, at)) for at in range(len(head.texts))]
    return [
        {
            part: sum(weights.get(f"{name} / {part}", 0.0) * strength for name, strength in evidence)
            for part in _ROLES
        }
        for evidence in found
    ]


def _part(head: Head, weights: Weights, habit: Habit) -> tuple[str, float]:
    """The best way to part a head, and its chance."""
    found = ways(len(head.texts))
    if len(found) == 1:
        return found[0], 1.0
    lines = _weighed(head, weights)
    pairs: dict[tuple[int, str], float] = {}
    for way in found:
        for asked in ((at, way[at : at + 2]) for at in range(len(way) - 1)):
            if asked not in pairs:
                pairs[asked] = sum(
                    weights.get(name, 0.0) * strength for name, strength in _pair_evidence(head, *asked)
                )
    scores = [
        sum(lines[at][part] for at, part in enumerate(way))
        + sum(pairs[at, way[at : at + 2]] for at in range(len(way) - 1))
        + _habitual(head, way, habit)
        for way in found
    ]
    top = max(scores)
    return found[scores.index(top)], 1 / sum(exp(score - top) for score in scores)


def part_heads(heads: Sequence[Sequence[str]], weights: Weights | None = None) -> list[Parted]:
    """Tell the parts of all heads of a page: each by itself first, then again by the habit that the others show.

    >>> part_heads([["为中小企业送政策、解难题", "区商务委走进园区开展专场服务"]])[0].roles
    ('kicker', 'headline')
    """
    looked = [head_of(lines[:_MOST]) for lines in heads]
    weights = _weights() if weights is None else weights
    made = [_part(head, weights, Habit()) for head in looked]
    shown = [_shown(head, way) for head, (way, _) in zip(looked, made, strict=True)]
    result = []
    for number, (lines, head) in enumerate(zip(heads, looked, strict=True)):
        others = [habit for at, habit in enumerate(shown) if at != number]
        habit = Habit(sum(one.kickers for one in others), sum(one.decks for one in others))
        way, chance = _part(head, weights, habit) if any(habit) else made[number]
        roles = [_ROLES[part] for part in way]
        result.append(Parted((*roles, *roles[-1:] * (len(lines) - len(roles))), chance))
    return result


def _shown(head: Head, way: str) -> Habit:
    """What one head says of its page's habit."""
    decks = any(part == "T" and _unmarked(head, at) for at, part in enumerate(way))
    return Habit(int("K" in way), int(decks))
