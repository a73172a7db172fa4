"""Who took part: the names that belong to a trigger, by the pair scorer, and in which role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from miner.language.event_types import event_types
from miner.model import Mention, Participant
from miner.relate.events.completed import completed
from miner.relate.events.grammar import GrammarCast as GrammarCast
from miner.relate.events.grammar import comes_to, find_cast, fitting, is_candidate, is_other_side
from miner.relate.events.later import later_names, later_signs
from miner.relate.events.model import EventModel, Floats
from miner.relate.events.parties import Name, NamedTrigger, beyond_signs, names_of, pair_signs
from miner.relate.events.shares import Share, Shares, values_of
from miner.relate.events.signs import TriggerWord
from miner.relate.events.triggers import FoundWord

_MANY = ("mutual", "acting", "given")
"""Grammars of which one sentence may tell several events; a walk past many stands is one visit."""
_SURELY = 0.6
"""Chance from which a name of the event's own sentence counts as a party when those of other sentences are judged."""
_AT_LEAST = 0.3
"""Chance from which the likeliest takes part where nobody else does and the type cannot be told without somebody."""
_SWAPS = frozenset({"与", "向", "对", "应"})
"""Words before a name that make it the other side: 应某人邀请, 与某公司签约."""
_PASSIVE = frozenset({"被", "获"})
_DOERS = frozenset({"被", "由"})
"""Words before the name of who does it: 被某公司收购."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The participants of a report."""

    participants: tuple[Participant, ...]
    open_list: bool = False

    @property
    def entities(self) -> frozenset[int | None]:
        """The entities that take part."""
        return frozenset(participant.entity for participant in self.participants)


def shares_of(
    word: TriggerWord,
    kind: str,
    model: EventModel,
    telling: frozenset[int],
    taken: frozenset[int] = frozenset(),
) -> Shares:
    """Return what the scorers say of everybody who might take part in an event of a type that a word tells.

    `telling` are the sentences that tell events, `taken` those whom other deals of the sentence name as theirs.
    """
    grammar = find_cast(
        word.story.reading.passage, trigger_of(word, kind), word.scope, word.story.reading.words
    )
    shares = Shares(word, kind, grammar)
    pairs = [pair for pair in pairs_of(word, kind, grammar) if pair.name.mention.entity not in taken]
    near = _judged([pair for pair in pairs if pair.near], model, None)
    far = _judged([pair for pair in pairs if not pair.near], model, _surely(near))
    shares.near(near)
    shares.far(far)
    names = list(later_names(word, kind, telling))
    chances = model.later_chances(list(map(later_signs, names))).tolist() if names else []
    shares.later([(later.name, chance) for later, chance in zip(names, chances, strict=True)])
    return shares


def _judged(
    pairs: Sequence[NamedTrigger], model: EventModel, near: Sequence[Name] | None
) -> list[tuple[Name, float]]:
    if not pairs:
        return []
    signs = [(*pair_signs(pair), *(beyond_signs(pair, near) if near is not None else ())) for pair in pairs]
    return [(p.name, c) for p, c in zip(pairs, model.party_chances(signs).tolist(), strict=True)]


def _surely(named: Sequence[tuple[Name, float]]) -> list[Name]:
    """Return the names that take part for sure, each thing once, where it does so most likely."""
    best: dict[int, tuple[float, Name]] = {}
    for name, chance in named:
        entity = name.mention.entity
        if chance > _SURELY and (entity not in best or chance > best[entity][0]):
            best[entity] = (chance, name)
    return [name for _, name in best.values()]


def casts_of(events: Sequence[Shares], model: EventModel) -> Iterator[Cast]:
    """Yield who takes part in each of an article's events: the scorers and grammar, weighed together."""
    told: tuple[Participant, ...] = ()
    for index, event in enumerate(events):
        cast = _weighed(event, (*events[:index], *events[index + 1 :]), model, told)
        told = cast.participants or told
        yield cast


def _weighed(
    event: Shares, others: Sequence[Shares], model: EventModel, told: tuple[Participant, ...]
) -> Cast:
    grammar = completed(event.word, trigger_of(event.word, event.type), event.grammar, told)
    roles = {p.entity: p for p in grammar.participants}
    values = values_of(event, [e for e in roles if e is not None], others)
    if not len(values):
        return Cast((), grammar.open_list)
    chosen = _chosen(event, grammar, model.parties_second(values), model.parties_threshold)
    named = [s.name for s in chosen if s.entity not in roles and s.name is not None]
    kept = [roles[s.entity] for s in chosen if s.entity in roles]
    cast = cast_with(named, event.word, event.type)
    return Cast((*kept, *cast.participants), grammar.open_list or cast.open_list)


def _chosen(event: Shares, grammar: GrammarCast, chances: Floats, threshold: float) -> list[Share]:
    """Return who takes part: who is likely to, or the likeliest where a type needs somebody, without bodies of people's titles."""
    sure, everybody = _told_plainly(event, grammar), list(event.by_entity.values())
    chosen = [s for s, c in zip(everybody, chances, strict=True) if c > threshold or s.entity in sure]
    likeliest = int(chances.argmax())
    if not chosen and event_types()[event.type].grammar != "held" and chances[likeliest] > _AT_LEAST:
        chosen = [everybody[likeliest]]
    grammatical = {participant.entity for participant in grammar.participants}
    return [share for share in chosen if share.entity in grammatical or not _in_title(share, event)]


def _in_title(share: Share, event: Shares) -> bool:
    """Tell whether a body of the trigger's sentence only stands in people's titles there: 某公司总裁某人 takes part as the person."""
    if share.near is None or share.label not in ("enterprise", "organization"):
        return False
    passage = event.word.story.reading.passage
    here = [m for m in passage.within(event.word.line.span) if m.entity == share.entity]
    return not any(is_candidate(passage, m) for m in here)


def _told_plainly(event: Shares, grammar: GrammarCast) -> frozenset[int | None]:
    """Return who takes part whatever the scorers say: whom 双方 or a dropped subject stands for, who belongs to each of two deals."""
    own = {participant.entity for participant in event.grammar.participants}
    told = (p.entity for p in grammar.participants if p.entity is not None)
    return frozenset(e for e in told if e not in own or event.by_entity[e].name is None)


def _role_of_later(word: TriggerWord, kind: str, mention: Mention) -> str:
    """Return the role of who is named later: people came to see what others do (they are no parties to a contract, no founders);
    who attends and what was visited have the second role of their type."""
    grammar, is_person = event_types()[kind].grammar, mention.label == "person"
    if is_person and grammar in ("mutual", "acting"):
        return "attendee"
    return roles_of(word, kind)[grammar == "held" or (grammar == "going" and not is_person)]


def trigger_of(word: TriggerWord, kind: str) -> FoundWord:
    """Return a word as a trigger of a type."""
    found = word.found
    return FoundWord(found.span, found.text, replace(found.rule, kind=kind, roles=roles_of(word, kind)))


def pairs_of(word: TriggerWord, kind: str, grammar: GrammarCast) -> list[NamedTrigger]:
    """Return the names that may take part in an event of a type, each beside the word that tells it."""
    grammatical = frozenset(participant.entity for participant in grammar.participants)
    return [NamedTrigger(name, word, kind, grammatical) for name in names_of(word)]


def roles_of(word: TriggerWord, kind: str) -> tuple[str, str]:
    """Return the roles of names before and behind a trigger: its own, or those of the type."""
    rule = word.found.rule
    return rule.roles if rule.kind == kind else event_types()[kind].roles


def cast_with(names: Iterable[Name], word: TriggerWord, kind: str) -> Cast:
    """Give these names their roles, in the order of the text."""
    chosen = sorted(names, key=lambda name: (name.line.index, name.at))
    passage = word.story.reading.passage
    participants = tuple(
        Participant(_role(name, word, kind), passage.entity(name.mention).name, name.mention.entity)
        for name in chosen
    )
    more = any(name.line.word(name.at + 1) == "等" for name in chosen if name.line is word.line)
    return Cast(participants, more)


def _role(name: Name, word: TriggerWord, kind: str) -> str:
    if name.line.index > word.line.index:
        return _role_of_later(word, kind, name.mention)
    return role_of(name, word, kind)


def role_of(name: Name, word: TriggerWord, kind: str) -> str:
    """Return the role of a name: by its side of the trigger, by the word before it, turned where the trigger is passive."""
    roles = roles_of(word, kind)
    near = name.line.index == word.line.index
    behind = near and name.at > word.at
    before = name.line.word(_head(name) - 1)
    clause = word.line.words[word.line.begins[word.at] : word.at]
    if near and any(each in _PASSIVE for each in clause[-3:] if each != before):
        behind = not behind
    elif near and kind == "visit" and name.mention.label != "person":
        behind = behind or comes_to("".join(name.line.words[: name.at]))
    if before in _DOERS:
        behind = False
    elif _is_turned_to(name, word, kind, before):
        behind = True
    passage = word.story.reading.passage
    return fitting(roles[behind], name.mention, passage, word.found)


def _is_turned_to(name: Name, word: TriggerWord, kind: str, before: str) -> bool:
    near = name.line is word.line and name.at < word.at
    passage = word.story.reading.passage
    return before in _SWAPS or (near and is_other_side(passage, name.mention, trigger_of(word, kind)))


def _head(name: Name) -> int:
    """Return the index of the first name of the list that a name stands in."""
    at, line = name.at, name.line
    while at >= 2 and line.words[at - 1] in ("、", "和", "及") and line.tokens[at - 2].kind:
        at -= 2
    return at


def deals(
    words: Sequence[TriggerWord], kind: str, model: EventModel, telling: frozenset[int]
) -> list[Shares]:
    """Part several triggers of one type in one sentence into events: each has parties of its own, or all tell one.

    The first word is the one that tells it best; it stands for those that have no parties of their own.
    """
    if len(words) > 1 and event_types()[kind].grammar in _MANY:
        ordered = sorted(words, key=lambda word: word.at)
        sets = [_own(word, ordered) for word in ordered]
        apart = [i for i, mine in enumerate(sets) if mine and not any(mine & other for other in sets[:i])]
        if len(apart) > 1:
            return [
                shares_of(
                    ordered[i], kind, model, telling, frozenset().union(*(sets[j] for j in apart if j != i))
                )
                for i in apart
            ]
    return [shares_of(words[0], kind, model, telling)]


def _own(word: TriggerWord, words: Sequence[TriggerWord]) -> frozenset[int]:
    """Return the things named in a trigger's piece of the sentence between its neighbours among the triggers."""
    piece = word.scope.segments[word.scope.own]
    here = [other.at for other in words if piece.covers(other.found.span)]
    low, high = _neighbours(word.at, here, len(word.line.tokens))
    between = (name for name in names_of(word) if name.line is word.line and low < name.at < high)
    named = (name.mention for name in between if name.token.kind != "<L>")
    return frozenset(mention.entity for mention in named if piece.covers(mention.span))


def _neighbours(at: int, others: Sequence[int], end: int) -> tuple[int, int]:
    """Return the nearest of some indices before and behind one: -1 and `end` where there is none."""
    return max((o for o in others if o < at), default=-1), min((o for o in others if o > at), default=end)
