"""What the model is told of a word that may tell an event: the signs around it, by name.

A sign is a short text; the model has a weight for each. Signs that hold for the word itself are apart from those that
hold for any word (`Signs.free`): by these a type without examples is judged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from miner.model import Mention
from miner.offsets import Span
from miner.relate.events.gates import FOR, TriggerPlace, shut
from miner.relate.events.reading import Reading, Scope, scope_of
from miner.relate.events.tokens import COMMON, NUMBER, TIME, EventToken
from miner.relate.events.triggers import FoundWord, TriggerRule

_PAUSES = frozenset(",;:!?，；：。！？\n")
_NOUNS = frozenset({"n", "vn", "nz", "l", "j", "v", "i"})
_VERBS = frozenset({"v", "vd"})
_KINDS = ("<P>", "<E>", "<O>", "<L>", TIME)
_MAX_TOKENS, _MAX_CANDIDATES, _AROUND = 500, 60, 60
"""What is looked at in a sentence that is longer than anybody writes, and around a clause."""
_UNKNOWN = "-"
_SETTINGS = ("上", "期间", "现场", "间隙")
_CLOSE = 14
_REACHED = 45
"""Characters behind a verb of holding in which its noun may stand."""


@dataclass(slots=True)
class SentenceSigns:
    """A sentence's tokens with what is asked of them again and again."""

    span: Span
    index: int
    tokens: Sequence[EventToken]
    words: list[str]
    begins: list[int]
    """For every token, where its clause begins (index of a token)."""
    ends: list[int]
    """For every token, where its clause ends."""
    kinds: Counter[str]

    @classmethod
    def of(cls, span: Span, index: int, tokens: Sequence[EventToken]) -> SentenceSigns:
        """Cut a sentence into clauses."""
        begins, ends, last = [], [0] * len(tokens), 0
        for at, token in enumerate(tokens):
            begins.append(last)
            last = at + 1 if token.word in _PAUSES else last
        last = len(tokens)
        for at in range(len(tokens) - 1, -1, -1):
            last = at if tokens[at].word in _PAUSES else last
            ends[at] = last
        words = [token.word for token in tokens]
        return cls(span, index, tokens, words, begins, ends, Counter(token.kind for token in tokens))

    def beside(self, at: int) -> list[str]:
        """Return the seven words around an index, marks beyond the edges."""
        if 3 <= at < len(self.words) - 3:
            return self.words[at - 3 : at + 4]
        return [self.word(at + step) for step in range(-3, 4)]

    def word(self, at: int) -> str:
        """Return the word at an index, a mark beyond the edges."""
        if 0 <= at < len(self.words):
            return self.words[at]
        return "<S>" if at < 0 else "</S>"


@dataclass
class TriggerWord:
    """A word that may tell an event, where it stands."""

    line: SentenceSigns
    at: int
    """Index of its token."""
    found: FoundWord
    types: tuple[str, ...]
    """Types of which the lexicons have it as a trigger."""
    story: ArticleSigns
    twice: int = 0
    """How often it stood earlier in the article."""
    told: Counter[str] = field(default_factory=Counter)
    """How many triggers of each type stood earlier."""

    @cached_property
    def token(self) -> EventToken:
        """Its token."""
        return self.line.tokens[self.at]

    @cached_property
    def clause(self) -> tuple[int, int]:
        """Indices of the first token of its clause and of the one behind the last."""
        return self.line.begins[self.at], self.line.ends[self.at]

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """The names of the gates that are shut."""
        return tuple(shut(self.place))

    @cached_property
    def place(self) -> TriggerPlace:
        """Its place among the characters."""
        first, last = self.clause
        tokens = self.line.tokens
        return TriggerPlace(
            self.story.reading, self.found, Span(tokens[first].start, tokens[max(last - 1, first)].end)
        )

    @cached_property
    def scope(self) -> Scope:
        """Where names that have to do with it are sought."""
        return scope_of(self.story.reading, self.found)


@dataclass(frozen=True, slots=True)
class Weight:
    """How much an article speaks of one kind of things: how often of each, and which it names first."""

    times: Counter[int]
    first: int | None

    def rank(self, entity: int) -> int:
        """Return how many things of the kind are named more often."""
        mine = self.times[entity]
        return sum(count > mine for count in self.times.values())


@dataclass(frozen=True, slots=True)
class ArticleSigns:
    """What holds for all words of an article."""

    reading: Reading
    headline: str
    lines: tuple[SentenceSigns, ...]
    heads: Mapping[int, int]
    """Entities that the headline names, and as which in order (1-based)."""
    weights: Mapping[str, Weight]
    """Of people, enterprises, organizations and places."""
    wealth: int
    """How many things the article names, in steps: dense reports name dozens."""

    @property
    def sentences(self) -> int:
        """The number of sentences."""
        return len(self.lines)

    @classmethod
    def of(cls, reading: Reading, tokens: Sequence[EventToken]) -> ArticleSigns:
        """Lay the tokens into the sentences."""
        passage = reading.passage
        starts = [token.start for token in tokens]
        lines = []
        for index, span in enumerate(passage.sentences):
            low, high = bisect_left(starts, span.start), bisect_left(starts, span.end)
            lines.append(SentenceSigns.of(span, index, tokens[low : min(high, low + _MAX_TOKENS)]))
        whole = passage.annotated.text
        named = [m.entity for m in passage.annotated.mentions if m.field == "headline"]
        heads = {entity: named.index(entity) + 1 for entity in named}
        headline = whole.simplified(whole.span("headline"))
        weights = _weights(passage.mentions)
        things = sum(len(each.times) for label, each in weights.items() if label != "place")
        wealth = sum(things >= step for step in _STEPS)
        return cls(reading, headline, tuple(lines), heads, weights, wealth)


_STEPS = (4, 8, 14, 22)


def _weights(mentions: Sequence[Mention]) -> dict[str, Weight]:
    by: dict[str, list[int]] = {}
    for mention in mentions:
        by.setdefault(mention.label, []).append(mention.entity)
    return {label: Weight(Counter(entities), entities[0]) for label, entities in by.items()}


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one word: those of the word itself, and those that any word may have."""

    own: tuple[str, ...]
    free: tuple[str, ...]


def _itself(word: TriggerWord) -> Iterator[str]:
    text, tag = word.token.word, word.token.tag
    yield from (f"w={text}", f"t={tag}", f"l2={text[-2:]}", f"f2={text[:2]}", f"lc={text[-1]}")
    yield from (f"c={c}" for c in text)
    yield from (f"x={kind}" for kind in word.types or (_UNKNOWN,))
    yield from (f"xf={kind}{flag}" for kind in word.types for flag in word.found.rule.flags)


def _neighbours(word: TriggerWord) -> Iterator[str]:
    text, line, at = word.token.word, word.line, word.at
    p1, n1, n2 = line.word(at - 1), line.word(at + 1), line.word(at + 2)
    yield from (f"wp1={text}|{p1}", f"wn1={text}|{n1}", f"wn2={text}|{n2}")
    following = word.story.reading.passage.text[word.token.end : word.token.end + 2]
    yield f"wc1={text}|{following[:1]}"
    for kind in word.types or (_UNKNOWN,):
        yield from (f"xp1={kind}{p1}", f"xn1={kind}{n1}")


def _objects(word: TriggerWord) -> Iterator[str]:
    """The last noun of the clause and the first: what is signed, opened, held."""
    text, (_, end), tokens = word.token.word, word.clause, word.line.tokens
    behind = [
        tokens[k].word for k in range(word.at + 1, end) if tokens[k].tag in _NOUNS and not tokens[k].kind
    ]
    last, first = (behind[-1], behind[0]) if behind else ("0", "0")
    yield from (
        f"obj={last}",
        f"obc={last[-1]}",
        f"wobc={text}{last[-1]}",
        f"wobj={text}{last}",
        f"ob1={first}",
    )


def _typed_names(word: TriggerWord) -> Iterator[str]:
    begin, end = word.clause
    tokens = word.line.tokens
    before = {tokens[k].kind for k in range(begin, word.at)}
    behind = {tokens[k].kind for k in range(word.at + 1, end)}
    for kind in word.types or (_UNKNOWN,):
        yield from (f"xlb={kind}{each}" for each in _KINDS if each in before)
        yield from (f"xla={kind}{each}" for each in _KINDS if each in behind)
        yield f"hdx={kind}{word.token.word in word.story.headline}"
        yield f"st={kind}{min(word.told[kind], 4)}"


def _typed_gates(word: TriggerWord) -> Iterator[str]:
    gates = word.gates
    for gate in gates:
        yield f"g={gate}"
        yield from (f"gx={gate}{kind}" for kind in word.types)
    against = min(sum(gate != FOR for gate in gates), 3)
    yield f"gn={against}"
    yield from (f"gnx={against}{kind}" for kind in word.types)


def _held(word: TriggerWord) -> Iterator[str]:
    """What is held, where the verb says only that it is: 举行 + 论坛."""
    place, rule = word.place, word.found.rule
    noun = held_noun(word.story.reading, word.found, place.segment) if "support" in rule.flags else None
    if "support" in rule.flags:
        kind = noun.rule.kind if noun is not None else _UNKNOWN
        yield from (f"hk={kind}", f"hkw={kind}{word.token.word}")
    if "setting" in rule.flags:
        after = place.behind[:2]
        yield f"set={word.types}{'在' in place.before}{after.startswith(_SETTINGS)}"
    if rule.instead is not None:
        yield f"in={any(each in place.behind[:_CLOSE] for each in rule.instead[1])}{rule.instead[0]}"


def _around(word: TriggerWord) -> Iterator[str]:
    p3, p2, p1, _, n1, n2, n3 = word.line.beside(word.at)
    yield from (
        f"p1={p1}",
        f"p2={p2}",
        f"p12={p2}{p1}",
        f"p3={p3}",
        f"n1={n1}",
        f"n2={n2}",
        f"n12={n1}{n2}",
        f"n3={n3}",
    )


def _clause(word: TriggerWord) -> Iterator[str]:
    begin, end = word.clause
    words = word.line.words
    yield from (f"cb={words[k]}" for k in range(begin, word.at))
    yield from (f"ca={words[k]}" for k in range(word.at + 1, end))
    yield from (
        f"cend={word.line.word(end)}",
        f"cbeg={word.line.word(begin)}",
        f"pc={word.line.word(begin - 1)}",
    )
    yield f"cbeg2={word.line.word(begin)}{word.line.word(begin + 1)}"
    of = "的" in words[word.at + 1 : end], "的" in words[begin : word.at]
    yield f"de={of}{word.line.word(word.at - 1) == '的'}{word.line.word(word.at + 1) == '的'}"
    yield f"clen={min(end - begin, 12) // 2}"


def _sentence(word: TriggerWord) -> Iterator[str]:
    begin, end = word.clause
    tokens, words = word.line.tokens, word.line.words
    for name, low, high in (("sb", max(begin - _AROUND, 0), begin), ("sa", end, end + _AROUND)):
        yield from (
            f"{name}={words[k]}"
            for k in range(low, min(high, len(words)))
            if tokens[k].kind == COMMON and words[k] != NUMBER
        )


def _names(word: TriggerWord) -> Iterator[str]:
    begin, end = word.clause
    tokens = word.line.tokens
    before = [tokens[k].kind for k in range(begin, word.at) if tokens[k].kind]
    behind = [tokens[k].kind for k in range(word.at + 1, end) if tokens[k].kind]
    for kind in _KINDS:
        yield f"lb={kind}{min(before.count(kind), 3)}"
        yield f"la={kind}{min(behind.count(kind), 3)}"
        yield f"ls={kind}{min(word.line.kinds[kind], 4)}"
    yield from (f"clb={''.join(before[-3:])}", f"cla={''.join(behind[:3])}")


def _verbs(word: TriggerWord) -> Iterator[str]:
    begin, end = word.clause
    tokens = word.line.tokens
    before = [tokens[k].word for k in range(begin, word.at) if tokens[k].tag in _VERBS]
    behind = [tokens[k].word for k in range(word.at + 1, end) if tokens[k].tag in _VERBS]
    yield from (f"pv={before[-1] if before else 0}", f"nv={behind[0] if behind else 0}")
    yield f"nc={min(len(before), 3)}{min(len(behind), 3)}"


def _position(word: TriggerWord) -> Iterator[str]:
    line, count = word.line, word.story.sentences
    text = word.story.reading.passage.text
    yield from (f"si={min(line.index, 6)}", f"rel={5 * line.index // count}", f"ns={min(count // 4, 8)}")
    yield from (
        f"first={text[max(line.span.start - 2, 0) : line.span.start].endswith(chr(10))}",
        f"last={line.index == count - 1}",
    )
    yield f"hd={word.token.word in word.story.headline}"
    yield from (
        f"sw={min(word.twice, 3)}",
        f"pos={min(word.at, 10) // 2}",
        f"len={min((line.span.end - line.span.start) // 20, 6)}",
    )


def _said(word: TriggerWord) -> Iterator[str]:
    """In speech, and what words of plan and of time stand before it."""
    yield f"q={word.story.reading.passage.quoted(word.token.start) is not None}"
    first, _ = word.clause
    head = Span(word.line.tokens[first].start, word.token.start)
    found = word.story.reading.words.within(head, layer="context")
    yield from (f"ctx={kind}" for kind in {each.rule.kind for each in found})
    for when in word.story.reading.dates_in(head.start, head.end):
        yield from (f"when={when.precision}{when.method}", f"ahead={ahead_of(word, when.date)}")
    sentence = word.story.reading.dates_in(*word.line.span)
    yield f"allahead={'|'.join(sorted({ahead_of(word, when.date) for when in sentence}))}"
    rest = Span(word.token.end, word.line.tokens[word.clause[1] - 1].end)
    if rest.start < rest.end:
        yield from (f"ctxa={w.rule.kind}" for w in word.story.reading.words.within(rest, layer="context"))
    earlier = Span(max(word.line.span.start, head.start - _REACHED), head.start)
    yield from (f"ctxb={w.rule.kind}" for w in word.story.reading.words.within(earlier, layer="context"))


def ahead_of(word: TriggerWord, day: str | None) -> str:
    """Tell whether a day lies behind, at or before the day of issue."""
    issued = word.story.reading.passage.annotated.article.published
    if day is None or not issued:
        return "?"
    mine = issued[: len(day)]
    return "same" if day == mine else "after" if day > mine else "before"


OWN: tuple[Callable[[TriggerWord], Iterator[str]], ...] = (
    _itself,
    _neighbours,
    _objects,
    _typed_names,
    _typed_gates,
    _held,
)
FREE: tuple[Callable[[TriggerWord], Iterator[str]], ...] = (
    _around,
    _clause,
    _sentence,
    _names,
    _verbs,
    _position,
    _said,
)


def held_noun(reading: Reading, trigger: FoundWord, clause: Span) -> FoundWord | None:
    """Return the noun of what is held: the last behind the trigger in its clause, else the nearest before it."""
    nouns = reading.words.within(clause, layer="noun")
    behind = [n for n in nouns if trigger.span.end <= n.span.start < trigger.span.end + _REACHED]
    if behind:
        return behind[-1]
    return next((n for n in reversed(nouns) if n.span.end <= trigger.span.start), None)


def signs_of(word: TriggerWord) -> Signs:
    """Return the signs of a word, each once."""
    own = dict.fromkeys(chain.from_iterable(make(word) for make in OWN))
    free = dict.fromkeys(chain.from_iterable(make(word) for make in FREE))
    return Signs(tuple(own), tuple(free))


def words_of(reading: Reading, tokens: Sequence[EventToken], known: frozenset[str]) -> Iterator[TriggerWord]:
    """Yield the words of an article that may tell an event: triggers of the lexicons, and those of `known`."""
    story = ArticleSigns.of(reading, tokens)
    rules = _rules(reading)
    seen: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for line in story.lines:
        here = list(_in_line(line, story, rules, known))
        for word in here:
            word.twice, word.told = seen[word.token.word], told.copy()
            yield word
        for word in here:
            seen[word.token.word] += 1
            told.update(word.types)


def _rules(reading: Reading) -> dict[tuple[int, int], list[TriggerRule]]:
    rules: dict[tuple[int, int], list[TriggerRule]] = {}
    for found in reading.words.found:
        if found.rule.layer != "context":
            rules.setdefault((found.span.start, found.span.end), []).append(found.rule)
    return rules


def _in_line(
    line: SentenceSigns,
    story: ArticleSigns,
    rules: dict[tuple[int, int], list[TriggerRule]],
    known: frozenset[str],
) -> Iterator[TriggerWord]:
    count = 0
    for at, token in enumerate(line.tokens):
        if token.kind or count == _MAX_CANDIDATES:
            continue
        found = rules.get((token.start, token.end), [])
        if (found or token.word in known) and not story.reading.passage.in_title(token.start):
            rule = next(
                (r for r in found if r.layer == "trigger"), found[0] if found else TriggerRule("trigger", "")
            )
            span = Span(token.start, token.end)
            count += 1
            yield TriggerWord(
                line,
                at,
                FoundWord(span, span.of(story.reading.passage.text), rule),
                tuple(dict.fromkeys(r.kind for r in found)),
                story,
            )
