"""Who took part: the names that belong to a trigger, by the pair scorer, and in which role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from miner.language.event_types import event_types
from miner.model import Mention, Participant
from miner.relate.events.completed import completed
from miner.relate.events.grammar import comes_to, find_cast, fitting, is_other_side
from miner.relate.events.later import later_names, later_signs
from miner.relate.events.model import EventModel
from miner.relate.events.parties import Name, Pair, beyond_signs, names_of, pair_signs
from miner.relate.events.signs import Word
from miner.relate.events.triggers import Found

_MANY = ("mutual", "acting", "given")
"""Grammars of which one sentence may tell several events; a walk past many stands is one visit."""
PARTY, LATER = 0.6, 0.5
"""Chances from which a name takes part beside those whom grammar finds: the best F1 on articles left out of the learning."""
_SWAPS = frozenset({"与", "向", "对", "应"})
"""Words before a name that make it the other side: 应某人邀请, 与某公司签约."""
_PASSIVE = frozenset({"被", "获"})
_DOERS = frozenset({"被", "由"})
"""Words before the name of who does it: 被某公司收购."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an article's other events: the parties of the one before, and the sentences that tell events."""

    parties: tuple[Participant, ...] = ()
    sentences: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    """Whom other deals of the sentence name as theirs: only grammar may give them to this one too."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The participants of a report."""

    participants: tuple[Participant, ...]
    open_list: bool = False

    @property
    def entities(self) -> frozenset[int | None]:
        """The entities that take part."""
        return frozenset(participant.entity for participant in self.participants)


def cast_of(word: Word, kind: str, model: EventModel, told: Told) -> Cast:
    """Return who takes part in an event of a type that a word tells: by grammar, by the pair scorer, and who is named further on.

    Where grammar finds somebody it is right in nine of ten, and finds half; the scorers find the others.
    """
    trigger, reading = trigger_of(word, kind), word.story.reading
    grammar = find_cast(reading.passage, trigger, word.scope, reading.words)
    found = completed(word, trigger, grammar, told.parties)
    pairs = _pairs_of(word, kind, frozenset(participant.entity for participant in grammar.participants))
    pairs = [pair for pair in pairs if pair.name.mention.entity not in told.taken]
    near = _likely([pair for pair in pairs if pair.near], model, None)
    far = _likely([pair for pair in pairs if not pair.near], model, near)
    named = cast_with([*near, *far], word, kind)
    later = tuple(_named_later(word, kind, model, told))
    by_entity: dict[int | None, Participant] = {}
    for participant in (*found.participants, *named.participants, *later):
        by_entity.setdefault(participant.entity, participant)
    return Cast(tuple(by_entity.values()), found.open_list or named.open_list)


def _named_later(word: Word, kind: str, model: EventModel, told: Told) -> Iterator[Participant]:
    """Yield who takes part and is named behind the event's sentence."""
    names = list(later_names(word, kind, told.sentences))
    if not names:
        return
    passage = word.story.reading.passage
    for later, chance in zip(names, model.later_chances(list(map(later_signs, names))).tolist(), strict=True):
        if chance > LATER:
            mention = later.name.mention
            yield Participant(
                _role_of_later(word, kind, mention), passage.entity(mention).name, mention.entity
            )


def _role_of_later(word: Word, kind: str, mention: Mention) -> str:
    """Return the role of who is named later: people came to see what others do (they are no parties to a contract, no founders);
    who attends and what was visited have the second role of their type."""
    grammar, is_person = event_types()[kind].grammar, mention.label == "person"
    if is_person and grammar in ("mutual", "acting"):
        return "attendee"
    return roles_of(word, kind)[grammar == "held" or (grammar == "going" and not is_person)]


def trigger_of(word: Word, kind: str) -> Found:
    """Return a word as a trigger of a type."""
    found = word.found
    return Found(found.span, found.text, replace(found.rule, kind=kind, roles=roles_of(word, kind)))


def pairs_of(word: Word, kind: str) -> list[Pair]:
    """Return the names that may take part in an event of a type, each beside the word that tells it."""
    trigger = trigger_of(word, kind)
    reading = word.story.reading
    told = find_cast(reading.passage, trigger, word.scope, reading.words)
    return _pairs_of(word, kind, frozenset(participant.entity for participant in told.participants))


def _pairs_of(word: Word, kind: str, grammatical: frozenset[int | None]) -> list[Pair]:
    return [Pair(name, word, kind, grammatical) for name in names_of(word)]


def roles_of(word: Word, kind: str) -> tuple[str, str]:
    """Return the roles of names before and behind a trigger: its own, or those of the type."""
    rule = word.found.rule
    return rule.roles if rule.kind == kind else event_types()[kind].roles


def _likely(pairs: Sequence[Pair], model: EventModel, near: Sequence[Name] | None) -> list[Name]:
    """Return the names that take part, each thing once, where it does so most likely."""
    if not pairs:
        return []
    signs = [(*pair_signs(pair), *(beyond_signs(pair, near) if near is not None else ())) for pair in pairs]
    best: dict[int, tuple[float, Name]] = {}
    for pair, chance in zip(pairs, model.party_chances(signs).tolist(), strict=True):
        entity = pair.name.mention.entity
        if chance > PARTY and (entity not in best or chance > best[entity][0]):
            best[entity] = (chance, pair.name)
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
    return Cast(participants, more)


def role_of(name: Name, word: Word, kind: str) -> str:
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


def _is_turned_to(name: Name, word: Word, kind: str, before: str) -> bool:
    near = name.line is word.line and name.at < word.at
    passage = word.story.reading.passage
    return before in _SWAPS or (near and is_other_side(passage, name.mention, trigger_of(word, kind)))


def _head(name: Name) -> int:
    """Return the index of the first name of the list that a name stands in."""
    at, line = name.at, name.line
    while at >= 2 and line.words[at - 1] in ("、", "和", "及") and line.tokens[at - 2].kind:
        at -= 2
    return at


def deals(words: Sequence[Word], kind: str, model: EventModel, told: Told) -> list[tuple[Word, Cast]]:
    """Part several triggers of one type in one sentence into events: each has parties of its own, or all tell one.

    The first word is the one that tells it best; it stands for those that have no parties of their own.
    """
    first = (words[0], cast_of(words[0], kind, model, told))
    if len(words) == 1 or event_types()[kind].grammar not in _MANY:
        return [first]
    ordered = sorted(words, key=lambda word: word.at)
    sets = [_own(word, ordered) for word in ordered]
    apart = [i for i, mine in enumerate(sets) if mine and not any(mine & other for other in sets[:i])]
    if len(apart) < 2:
        return [first]
    found = []
    for i in apart:
        taken = frozenset().union(*(sets[j] for j in apart if j != i))
        found.append((ordered[i], cast_of(ordered[i], kind, model, replace(told, taken=taken))))
    return found


def _own(word: Word, words: Sequence[Word]) -> frozenset[int]:
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
