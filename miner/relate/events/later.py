"""Who took part and is named only further on: 甲、乙参加活动。, the investors of a round, the stops of a tour.

Newspapers name the first parties with the event and the others sentences later. Each name behind the event's sentence is judged
by the words of its own sentence, its distance, and what the article tells there.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import islice

from miner.model import Mention
from miner.relate.events.parties import Name
from miner.relate.events.signs import ArticleSigns, SentenceSigns, TriggerWord
from miner.relate.events.tokens import TIME

_SENTENCES, _NAMES = 30, 40
"""So many sentences behind the event's are read, and so many names of other things than its own sentence names."""
_VERBS = frozenset({"v", "vn", "vd"})
_MAX_VERBS, _TYPED_VERBS = 25, 12
_STEPS = (1, 2, 3, 5, 9)
_FEW = 5


@dataclass(slots=True)
class Sentence:
    """What a sentence says of all names in it."""

    line: SentenceSigns
    signs: tuple[str, ...]
    """Signs that hold for every name and type."""
    verbs: tuple[str, ...]
    told: frozenset[str]
    """Types of which it has a trigger."""


@dataclass(slots=True)
class Later:
    """A name behind the sentence that tells an event of a type."""

    name: Name
    word: TriggerWord
    type: str
    sentence: Sentence
    new: bool
    """Whether the article had not named the thing before."""

    @property
    def step(self) -> int:
        """How many sentences on, in steps."""
        gap = self.name.line.index - self.word.line.index
        return sum(gap > step for step in _STEPS)


def later_names(word: TriggerWord, kind: str, telling: Container[int]) -> Iterator[Later]:
    """Yield the names behind an event's sentence, each thing once, without those that the sentence itself names.

    `telling` are the sentences that tell events of their own: whom they name took part in those.
    """
    return islice(_all_later(word, kind, telling), _NAMES)


def _all_later(word: TriggerWord, kind: str, telling: Container[int]) -> Iterator[Later]:
    passage, here = word.story.reading.passage, word.line
    seen = {mention.entity for mention in passage.within(here.span)}
    known = {mention.entity for mention in passage.mentions if mention.span.start < here.span.end}
    for line in word.story.lines[here.index + 1 : here.index + 1 + _SENTENCES]:
        if line.index in telling:
            continue
        sentence: Sentence | None = None
        for at, token in enumerate(line.tokens):
            mention = token.source
            if isinstance(mention, Mention) and token.kind != "<L>" and mention.entity not in seen:
                seen.add(mention.entity)
                sentence = sentence or _sentence(line, word.story)
                yield Later(Name(mention, line, at), word, kind, sentence, mention.entity not in known)


def _sentence(line: SentenceSigns, story: ArticleSigns) -> Sentence:
    words, passage = story.reading.words, story.reading.passage
    verbs = tuple(dict.fromkeys(t.word for t in line.tokens if t.tag in _VERBS and not t.kind))[:_MAX_VERBS]
    context = {each.rule.kind for each in words.within(line.span, layer="context")}
    told = frozenset(each.rule.kind for each in words.within(line.span, layer="trigger"))
    people, firms, bodies = (min(line.kinds[kind], _FEW) for kind in ("<P>", "<E>", "<O>"))
    middle = (line.span.start + line.span.end) // 2
    left = story.sentences - line.index
    return Sentence(line, (
        *(f"v={verb}" for verb in verbs), *(f"c={kind}" for kind in sorted(context)), *(f"x={kind}" for kind in sorted(told)),
        f"n={people}{firms}{bodies}", f"q={passage.quoted(middle) is not None}", f"b={line.word(0)}",
        f"b2={line.word(0)}{line.word(1)}", f"left={min(left, _FEW)}", f"ns={min(story.sentences // 4, 6)}",
        f"timed={line.kinds[TIME] > 0}", f"wealth={story.wealth}",
    ), verbs, told)  # fmt: skip


def later_signs(later: Later) -> tuple[str, ...]:
    """Return what speaks for or against that a later name takes part, each once."""
    return tuple(dict.fromkeys((*later.sentence.signs, *_of_kind(later), *_of_type(later), *_beside(later))))


def _of_kind(later: Later) -> Iterator[str]:
    kind, line, story = later.name.token.kind, later.sentence.line, later.word.story
    yield from (f"kv={kind}{verb}" for verb in later.sentence.verbs)
    yield from (f"{sign}{kind}" for sign in later.sentence.signs if sign[:2] in ("c=", "n=", "le"))
    start = line.span.start
    opens = story.reading.passage.text[max(start - 1, 0) : start] == "\n"
    yield from (
        f"k={kind}{later.type}",
        f"d={later.step}{kind}",
        f"para={opens}{kind}",
        f"first={later.new}{kind}",
    )
    yield f"wealthd={story.wealth}{later.step}{kind}"


def _of_type(later: Later) -> Iterator[str]:
    word, kind, sentence = later.word, later.type, later.sentence
    yield from (f"tv={kind}{verb}" for verb in sentence.verbs[:_TYPED_VERBS])
    yield from (f"xt={other}{kind}" for other in sorted(sentence.told))
    yield from (
        f"dt={later.step}{kind}",
        f"same={kind in sentence.told}{later.name.token.kind}",
        f"ft={later.new}{kind}",
    )
    yield from (f"hd={word.token.word in word.story.headline}{kind}", f"told={min(word.told[kind], 2)}{kind}")
    yield f"ei={min(word.line.index, 3)}"


def _beside(later: Later) -> Iterator[str]:
    line, at, kind = later.sentence.line, later.name.at, later.name.token.kind
    tokens = line.tokens
    following = next((t.word for t in tokens[at + 1 :] if t.tag in _VERBS and not t.kind), "0")
    before = next((t.word for t in reversed(tokens[:at]) if t.tag in _VERBS and not t.kind), "0")
    yield from (f"nv={following}", f"pv={before}", f"nvk={following}{kind}")
    yield from (f"nvt={following}{later.type}", f"pvt={before}{later.type}")
    yield from (f"w{step}={line.word(at + step)}" for step in (-2, -1, 1, 2))
    yield from (f"w1k={line.word(at + 1)}{kind}", f"w-1k={line.word(at - 1)}{kind}")
    near = (t.kind for t in tokens[at + 1 : min(at + 6, line.ends[at])] if t.kind not in ("", TIME))
    yield f"fol={kind}{next(near, 0)}"
    entity = later.word.story.reading.passage.entity(later.name.mention)
    yield f"sort={kind}{entity.kind}{later.type}"
