"""Who takes part though the clause does not name them: 双方, who is speaking, dropped subjects, the head of an item."""

from __future__ import annotations

import re
from dataclasses import replace

from miner.language.event_types import event_types
from miner.model import Mention, Participant
from miner.offsets import Span
from miner.relate.events.grammar import GrammarCast, is_candidate
from miner.relate.events.reading import Reading, Scope
from miner.relate.events.signs import TriggerWord
from miner.relate.events.tokens import TIME, EventToken
from miner.relate.events.triggers import FoundWord
from miner.relate.passage import Passage

_BOTH = re.compile("[双三四]方|两者|彼此|两家[公企]")
_LONGEST_HEADING = 32
_ADVERBS = frozenset({"d", "ad", "c", "t", "x", "m", "f", "ul"})
_BODIES = ("enterprise", "organization")


def completed(
    word: TriggerWord, trigger: FoundWord, cast: GrammarCast, told: tuple[Participant, ...]
) -> GrammarCast:
    """Fill in a cast from what was told before; `told` are the parties of the event before."""
    reading, scope = word.story.reading, word.scope
    text, passage = reading.passage.text, reading.passage
    if cast.participants:
        return replace(cast, participants=(*_dropped_subject(word, trigger, cast), *cast.participants))
    head = Span(max(scope.floor, scope.segments[max(scope.own - 1, 0)].start), trigger.span.start)
    if any(_BOTH.search(text, *span) for span in (head, Span(scope.sentence.start, scope.floor))):
        return _of(told if len(told) > 1 else _last_pair(passage, trigger.span.start))
    if scope.floor > scope.sentence.start:
        return _of(_speaker(reading, trigger, scope))
    if event_types()[trigger.rule.type].grammar in ("acting", "given", "mutual"):
        headed = _heading_company(passage, trigger)
        return _of(headed or _dropped_subject(word, trigger, cast))
    return cast


def _of(participants: tuple[Participant, ...]) -> GrammarCast:
    return GrammarCast(participants, frozenset(), False, True)


def _party(passage: Passage, mention: Mention, role: str) -> Participant:
    return Participant(role, passage.entity(mention).name, mention.entity)


def _dropped_subject(word: TriggerWord, trigger: FoundWord, cast: GrammarCast) -> tuple[Participant, ...]:
    """Give the subject of the sentence before to one that starts with its verb: 次日，又走访了乙公司。"""
    passage = word.story.reading.passage
    start = word.scope.sentence.start
    opens = all(map(_is_adverb, word.line.tokens[: word.at]))
    if not opens or word.scope.floor > start or start <= passage.paragraph(start).start:
        return ()
    subject = _subject_of(passage, passage.sentence(start - 1), trigger.rule.type)
    if subject is None or any(p.entity == subject.entity for p in cast.participants):
        return ()
    return (_party(passage, subject, trigger.rule.roles[0]),)


def _is_adverb(token: EventToken) -> bool:
    return token.kind == TIME or (not token.kind and token.tag in _ADVERBS)


def _subject_of(passage: Passage, sentence: Span, kind: str) -> Mention | None:
    """Return who may be a sentence's subject: the first person where one goes or meets, else the first body."""
    goes = event_types()[kind].grammar == "going" or kind == "meeting"
    named = [m for m in passage.within(sentence) if is_candidate(passage, m)]
    labels = ("person",) if goes else _BODIES
    return next((m for m in named if m.label in labels), named[0] if named else None)


def _speaker(reading: Reading, trigger: FoundWord, scope: Scope) -> tuple[Participant, ...]:
    """Give the company or body that speaks, else the one named last before the words."""
    passage, role = reading.passage, trigger.rule.roles[0]
    for quote in reading.quotes_before(trigger.span.start):
        speaker = passage.annotated.entities[quote.entity] if quote.entity is not None else None
        if speaker is not None and quote.span.start == scope.floor and speaker.label in _BODIES:
            return (Participant(role, speaker.name, quote.entity),)
    head = passage.within(Span(scope.sentence.start, scope.floor))
    bodies = [mention for mention in head if mention.label in _BODIES]
    return tuple(_party(passage, mention, role) for mention in bodies[-1:])


def _last_pair(passage: Passage, at: int) -> tuple[Participant, ...]:
    """Return the two companies or bodies named last before a place, for 双方 and 两家公司."""
    found: dict[int, Participant] = {}
    for mention in passage.before(at):
        if mention.label in _BODIES and is_candidate(passage, mention):
            found.setdefault(mention.entity, _party(passage, mention, "party"))
        if len(found) == 2:
            return tuple(reversed(found.values()))
    return ()


def _heading_company(passage: Passage, trigger: FoundWord) -> tuple[Participant, ...]:
    """Return the company that heads the item: 某公司二期工厂。投资12亿元，…."""
    at = trigger.span.start
    first = passage.sentence(passage.paragraph(at).start)
    if first.end - first.start > _LONGEST_HEADING or at < first.end:
        return ()
    named = [m for m in passage.within(first) if m.label == "enterprise" and m.span.start - first.start <= 6]
    return tuple(_party(passage, mention, trigger.rule.roles[0]) for mention in named[:1])
