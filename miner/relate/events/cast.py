"""Who took part: the names that belong to a trigger, by the pair scorer, and in which role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from miner.language.event_types import event_types
from miner.model import Participant
from miner.relate.events.model import EventModel
from miner.relate.events.parties import Name, Pair, beyond_signs, names_of, pair_signs
from miner.relate.events.signs import Word

PARTY = 0.42
"""Chance from which a name takes part: the best F1 on articles left out of the learning."""
_SWAPS = frozenset({"与", "向", "对", "应"})
"""Words before a name that make it the other side: 应某人邀请, 与某公司签约."""
_PASSIVE = frozenset({"被", "获"})
_DOERS = frozenset({"被", "由"})
"""Words before the name of who does it: 被某公司收购."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The participants of a report; `names` are the places in the text by which they are known to take part."""

    participants: tuple[Participant, ...]
    names: tuple[Name, ...] = ()
    open_list: bool = False

    @property
    def entities(self) -> frozenset[int]:
        """The entities that take part."""
        return frozenset(name.mention.entity for name in self.names)


def cast_of(word: Word, kind: str, model: EventModel) -> Cast:
    """Return who takes part in an event of a type that a word tells."""
    names = list(names_of(word))
    near = _likely([name for name in names if name.line is word.line], word, kind, model, None)
    far = _likely([name for name in names if name.line is not word.line], word, kind, model, near)
    taken = {name.mention.entity for name in near}
    return cast_with([*near, *(name for name in far if name.mention.entity not in taken)], word, kind)


def _likely(
    names: Sequence[Name], word: Word, kind: str, model: EventModel, near: Sequence[Name] | None
) -> list[Name]:
    """Return the names that take part, each thing once, where it does so most likely."""
    if not names:
        return []
    pairs = [Pair(name, word, kind) for name in names]
    signs = [(*pair_signs(pair), *(beyond_signs(pair, near) if near is not None else ())) for pair in pairs]
    best: dict[int, tuple[float, Name]] = {}
    for name, chance in zip(names, model.party_chances(signs).tolist(), strict=True):
        entity = name.mention.entity
        if chance > PARTY and (entity not in best or chance > best[entity][0]):
            best[entity] = (chance, name)
    return [name for _, name in best.values()]


def cast_with(names: Iterable[Name], word: Word, kind: str) -> Cast:
    """Give these names their roles, in the order of the text."""
    chosen = sorted(names, key=lambda name: (name.line.index, name.at))
    passage = word.story.reading.passage
    participants = tuple(
        Participant(role_of(name, word, kind), passage.entity(name.mention).name, name.mention.entity)
        for name in chosen
    )
    more = any(name.line.word(name.at + 1) == "等" for name in chosen if name.line is word.line)
    return Cast(participants, tuple(chosen), more)


def role_of(name: Name, word: Word, kind: str) -> str:
    """Return the role of a name: by its side of the trigger, by the word before it, turned where the trigger is passive."""
    rule = word.found.rule
    roles = rule.roles if rule.kind == kind else event_types()[kind].roles
    near = name.line.index == word.line.index
    behind = near and name.at > word.at
    before = name.line.word(_head(name) - 1)
    clause = word.line.words[word.line.begins[word.at] : word.at]
    if near and any(each in _PASSIVE for each in clause[-3:] if each != before):
        behind = not behind
    if before in _DOERS:
        behind = False
    elif before in _SWAPS:
        behind = True
    return roles[behind]


def _head(name: Name) -> int:
    """Return the index of the first name of the list that a name stands in."""
    at, line = name.at, name.line
    while at >= 2 and line.words[at - 1] in ("、", "和", "及") and line.tokens[at - 2].kind:
        at -= 2
    return at


def deals(words: Sequence[Word], kind: str, model: EventModel) -> list[tuple[Word, Cast]]:
    """Part several triggers of one type in one sentence into events: each has parties of its own, or all tell one.

    The first word is the one that tells it best; it stands for those that have no parties of their own.
    """
    if len(words) == 1:
        return [(words[0], cast_of(words[0], kind, model))]
    ordered = sorted(words, key=lambda word: word.at)
    own = [_own(word, ordered) for word in ordered]
    sets = [frozenset(name.mention.entity for name in names) for names in own]
    apart = [i for i, mine in enumerate(sets) if mine and not any(mine & other for other in sets[:i])]
    if len(apart) < 2:
        return [(words[0], cast_of(words[0], kind, model))]
    return [(ordered[i], _deal(ordered[i], own[i], own[apart[0]], kind, model)) for i in apart]


def _own(word: Word, words: Sequence[Word]) -> list[Name]:
    """Return the names of a trigger's clause that stand between its neighbours among the triggers."""
    line, (begin, end) = word.line, word.clause
    earlier = [other.at for other in words if begin <= other.at < word.at]
    later = [other.at for other in words if word.at < other.at < end]
    low, high = max(earlier, default=begin - 1), min(later, default=end)
    names = (name for name in names_of(word) if name.line is line and name.token.kind != "<L>")
    return [name for name in names if low < name.at < high]


def _deal(word: Word, own: Sequence[Name], first: Sequence[Name], kind: str, model: EventModel) -> Cast:
    """Keep of a cast what is the deal's own, and the subject that all share where it has none before its verb."""
    cast = cast_of(word, kind, model)
    mine = {name.mention.entity for name in own}
    if not any(name.at < word.at for name in own) and first and first[0] not in own:
        mine.add(first[0].mention.entity)
        own = (first[0], *own)
    kept = [name for name in cast.names if name.mention.entity in mine]
    return cast_with(kept if len(kept) >= len(mine) else own, word, kind)
