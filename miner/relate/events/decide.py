"""Which words tell an event, of which type: a first look at every word, a second at every sentence and type."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from miner.language.event_types import event_types
from miner.model import Status
from miner.offsets import Span
from miner.relate.events.gates import FOR
from miner.relate.events.model import STATUSES, EventModel, Floats
from miner.relate.events.reading import Reading
from miner.relate.events.signs import TriggerWord, ahead_of, signs_of, words_of
from miner.relate.events.tokens import tokens_of

_HARDLY = -4.5
"""Types less likely than this (logarithm) get no second look."""
_NEVER = -9.0
_KINDS = ("<P>", "<E>", "<O>", "<L>", "<D>")
_UNSEEN_SHARE = 0.5
"""Share of the threshold that a type without examples must reach: its trigger words are the user's own choice."""


@dataclass(slots=True)
class Scored:
    """A word with what the first look says: the logarithm of the probability of each type, the chances of the states."""

    word: TriggerWord
    types: dict[str, float]
    states: Floats


@dataclass(slots=True)
class Claim:
    """A sentence and a type: the word that tells it best, how well, and what else speaks for it."""

    sentence: int
    type: str
    best: Scored
    others: tuple[Scored, ...]
    values: Floats
    chance: float = 0.0

    @property
    def word(self) -> TriggerWord:
        """The word that tells it best."""
        return self.best.word

    @property
    def status(self) -> Status:
        """The likeliest state."""
        return STATUSES[int(np.argmax(self.best.states))]


def scored(reading: Reading, model: EventModel) -> list[Scored]:
    """Take the first look: score every word of an article that may tell an event."""
    triggers = tuple(f for f in reading.words.found if f.rule.layer != "context" or f.rule.kind == "mask")
    tokens = tokens_of(reading.passage, reading.dates, triggers)
    words = list(words_of(reading, tokens, model.known))
    if not words:
        return []
    signs = [signs_of(word) for word in words]
    types, states = model.type_scores([(*s.own, *s.free) for s in signs])
    unseen = [t for t in event_types() if t not in model.types]
    free = model.any_scores([s.free for s in signs]) if unseen else np.zeros(len(words), dtype=np.float32)
    return [
        Scored(word, _chances(word, row, float(any_), model, unseen), state)
        for word, row, any_, state in zip(words, types, free, states, strict=True)
    ]


def _chances(
    word: TriggerWord, row: Floats, free: float, model: EventModel, unseen: Sequence[str]
) -> dict[str, float]:
    chances = dict(zip(model.types, row.tolist(), strict=True))
    chances.update((code, free) for code in unseen if code in word.types)
    return chances


def claims(scores: Sequence[Scored], types: Sequence[str]) -> list[Claim]:
    """Gather the words of each sentence and type that are not unlikely, with the values of the second look."""
    by: dict[tuple[int, str], list[Scored]] = defaultdict(list)
    for each in scores:
        for code, chance in each.types.items():
            if chance > _HARDLY:
                by[each.word.line.index, code].append(each)
    best = {key: max(s.types[key[1]] for s in words) for key, words in by.items()}
    rows = _Rows(best, scores, types)
    found = []
    for (sentence, code), words in sorted(by.items()):
        ranked = tuple(sorted(words, key=lambda s: -s.types[code]))
        found.append(Claim(sentence, code, ranked[0], ranked[1:], rows.values(sentence, code, ranked)))
    return found


class _Rows:
    """Makes the values of the second look, from the best chances of all sentences and types of an article."""

    def __init__(
        self, best: dict[tuple[int, str], float], scores: Sequence[Scored], types: Sequence[str]
    ) -> None:
        self._types = types
        self._total = sum(math.exp(chance) for chance in best.values())
        self._by_type: dict[str, dict[int, float]] = defaultdict(dict)
        self._by_sentence: dict[int, dict[str, float]] = defaultdict(dict)
        for (sentence, code), chance in best.items():
            self._by_type[code][sentence] = chance
            self._by_sentence[sentence][code] = chance
        self._words: dict[str, list[Scored]] = defaultdict(list)
        self._per_sentence: dict[int, int] = defaultdict(int)
        for each in scores:
            self._words[each.word.token.word].append(each)
            self._per_sentence[each.word.line.index] += 1
        self._names: dict[int, frozenset[int | None]] = {}
        self._said: dict[int, tuple[float, ...]] = {}

    def values(self, sentence: int, code: str, words: Sequence[Scored]) -> Floats:
        """Return the values of one sentence and type."""
        here = self._by_sentence[sentence]
        return np.array(
            [*self._own(sentence, code, words), *self._elsewhere(sentence, code, words[0]), *self._around(words[0].word),
             *(here.get(other, -6.0) for other in self._types),
             *(float(code == other) for other in self._types)],
            dtype=np.float32,
        )  # fmt: skip

    def _around(self, word: TriggerWord) -> tuple[float, ...]:
        """What holds for a word whatever type it tells: worked out once for all."""
        at = word.token.start
        if at not in self._said:
            self._said[at] = (*_stands(word), *_speaks(word))
        return self._said[at]

    def _own(self, sentence: int, code: str, words: Sequence[Scored]) -> Iterator[float]:
        chances = [s.types[code] for s in words]
        others = [chance for c, chance in self._by_sentence[sentence].items() if c != code]
        yield from (chances[0], chances[1] if len(chances) > 1 else _NEVER, len(chances))
        yield math.log(sum(map(math.exp, chances)))
        yield max(others, default=_NEVER)
        yield max((chance for c, chance in words[0].types.items() if c != code), default=_NEVER)
        yield self._per_sentence[sentence]

    def _elsewhere(self, sentence: int, code: str, first: Scored) -> Iterator[float]:
        """What other sentences say of the type: how likely it was or will be told there."""
        here = {s: chance for s, chance in self._by_type[code].items() if s != sentence}
        before = {s: chance for s, chance in here.items() if s < sentence}
        near = [chance for s, chance in here.items() if abs(s - sentence) == 1]
        shared = [chance for s, chance in before.items() if self._share(first.word, s, sentence)]
        mine = self._by_type[code][sentence]
        yield from (_most(here.values()), _most(before.values()), _most(near))
        yield from (self._told(first, sentence, code), self._total, sum(map(math.exp, here.values())))
        yield from (sum(chance > mine for chance in here.values()), sum(map(math.exp, before.values())))
        yield _most(shared)

    def _told(self, first: Scored, sentence: int, code: str) -> float:
        """How likely the same word told the type in an earlier sentence."""
        same = self._words[first.word.token.word]
        return _most(s.types.get(code, _NEVER) for s in same if s.word.line.index < sentence)

    def _share(self, word: TriggerWord, one: int, other: int) -> bool:
        """Tell whether two sentences name somebody in common."""
        passage = word.story.reading.passage
        for sentence in (one, other):
            if sentence not in self._names:
                names = passage.within(passage.sentences[sentence])
                self._names[sentence] = frozenset(m.entity for m in names if m.label != "place")
        return bool(self._names[one] & self._names[other])


def _most(chances: Iterable[float]) -> float:
    return max(chances, default=_NEVER)


def _stands(word: TriggerWord) -> Iterator[float]:
    """Where the word stands: in the article, in its sentence, among names."""
    line, count = word.line, word.story.sentences
    begin, end = word.clause
    tokens = line.tokens
    yield from (line.index, count, line.index / count, line.span.end - line.span.start)
    yield from (word.token.word in word.story.headline, bool(word.types))
    yield from (line.kinds[kind] for kind in _KINDS)
    yield from (sum(t.kind == kind for t in tokens[begin : word.at]) for kind in _KINDS)
    yield from (sum(t.kind == kind for t in tokens[word.at + 1 : end]) for kind in _KINDS)
    yield from (line.word(word.at - 1) == "的", line.word(word.at + 1) == "的")


_CONTEXTS = ("background", "planned", "habit", "total", "negated")
_DAYS = ("same", "before", "after")


def _speaks(word: TriggerWord) -> Iterator[float]:
    """What the words around say of it: speech, times against the day of issue, gates that are shut, words of context."""
    line, reading, start = word.line, word.story.reading, word.token.start
    begin, end = word.clause
    clause = Span(line.tokens[begin].start, line.tokens[max(end - 1, begin)].end)
    times = reading.dates_in(*line.span)
    for span in (line.span, clause):
        days = {ahead_of(word, when.date) for when in reading.dates_in(*span)}
        yield from (day in days for day in _DAYS)
    gates = word.gates
    yield from (sum(gate != FOR for gate in gates), FOR in gates)
    before = reading.words.within(Span(line.span.start, word.token.end), layer="context")
    behind = reading.words.within(Span(word.token.end, line.span.end), layer="context", kind="planned")
    kinds = {each.rule.kind for each in before}
    yield from (kind in kinds for kind in _CONTEXTS)
    yield from (bool(behind), any(when.precision == "day" for when in times))
    yield reading.passage.quoted(start) is not None
    yield line.span.start <= reading.passage.paragraph(start).start + 2
    yield from (word.story.sentences - line.index, word.twice, len(word.token.word), word.at, end - begin)
    yield sum(len(each) > 1 and each in word.story.headline for each in line.words)


def decided(reading: Reading, model: EventModel) -> list[Claim]:
    """Return the events that an article tells, in text order, each with the word that tells it."""
    return kept(weighed(scored(reading, model), model), model)


def weighed(looked: Sequence[Scored], model: EventModel) -> list[Claim]:
    """Take the second look: give every sentence and type that is not unlikely its chance."""
    return judged(claims(looked, model.types), model)


def judged(found: list[Claim], model: EventModel) -> list[Claim]:
    """Give the claims of an article the chances of the second look."""
    if not found:
        return found
    chances = model.second(np.array([claim.values for claim in found]))
    for claim, chance in zip(found, chances.tolist(), strict=True):
        claim.chance = (
            chance if claim.type in model.types else math.exp(claim.best.types[claim.type]) / _UNSEEN_SHARE
        )
    return found


def kept(found: Iterable[Claim], model: EventModel) -> list[Claim]:
    """Return the claims above the threshold, one a word, in text order."""
    told = (c for c in found if c.chance > model.threshold and may_tell(c.word, c.type))
    likely = _each_word_once(told)
    return sorted(likely, key=lambda claim: claim.word.token.start)


def may_tell(word: TriggerWord, code: str) -> bool:
    """Tell whether a word may tell an event of a type: what is held (全会, 座谈会) tells its own types and no learnt one."""
    return word.found.rule.layer != "noun" or code in word.types or word.found.rule.kind == "mask"


def _each_word_once(found: Iterable[Claim]) -> list[Claim]:
    """Leave one claim to a word, the likeliest: no word tells two events of two types."""
    best: dict[int, Claim] = {}
    for claim in found:
        at = claim.word.token.start
        if at not in best or claim.chance > best[at].chance:
            best[at] = claim
    return list(best.values())
