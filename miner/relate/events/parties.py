"""Who may take part in an event, and what speaks for it: the signs of a name and a trigger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from miner.language.event_types import event_types
from miner.model import Mention
from miner.relate.events.signs import SentenceSigns, TriggerWord
from miner.relate.events.tokens import TIME, EventToken
from miner.relate.events.wishers import wishers

_BACK = 3
"""Sentences before the trigger's in which every name is looked at; further back the last of each thing."""
_MAX_NAMES = 80
_FAR = 12
_JOINING = frozenset({"、", "和", "与", "及", "以及", "同", ",", "，"})


@dataclass(slots=True)
class Name:
    """A name that may be a party: a token of a sentence."""

    mention: Mention
    line: SentenceSigns
    at: int

    @property
    def token(self) -> EventToken:
        """Its token."""
        return self.line.tokens[self.at]


@dataclass(slots=True)
class NamedTrigger:
    """A name beside the word that tells an event of a type."""

    name: Name
    word: TriggerWord
    type: str
    grammatical: frozenset[int | None]
    """Whom plain grammar takes for the parties."""
    near: bool = field(init=False)
    """True when both stand in one sentence."""
    side: str = field(init=False)
    """Where the name stands: before or behind the trigger, or so many sentences back."""
    grammar: str = field(init=False)
    """The grammar of the type."""

    def __post_init__(self) -> None:
        back = self.word.line.index - self.name.line.index
        self.near = not back
        self.side = (
            f"back{min(back, _BACK + 1)}" if back else "before" if self.name.at < self.word.at else "behind"
        )
        self.grammar = event_types()[self.type].grammar

    @property
    def between(self) -> range:
        """Indices of the tokens between them, in the name's sentence; from the name to its end when that is an earlier one."""
        if not self.near:
            return range(self.name.at + 1, len(self.name.line.tokens))
        low, high = sorted((self.name.at, self.word.at))
        return range(low + 1, high)


def names_of(word: TriggerWord) -> Iterator[Name]:
    """Yield the names among which the parties of an event are sought: of its sentence, then of those before, nearest first."""
    lines, here = word.story.lines, word.line.index
    outside = wishers(word.story.reading.passage, word.token.start)
    seen: set[int] = set()
    count = 0
    for index in range(here, -1, -1):
        far = index < here - _BACK
        for name in _named(lines[index]):
            entity = name.mention.entity
            if count == _MAX_NAMES or entity in outside or (far and entity in seen):
                continue
            count += 1
            seen.add(entity)
            yield name


def _named(line: SentenceSigns) -> Iterator[Name]:
    for at, token in enumerate(line.tokens):
        if isinstance(token.source, Mention):
            yield Name(token.source, line, at)


def _kinds(pair: NamedTrigger) -> Iterator[str]:
    kind, side, grammar = pair.name.token.kind, pair.side, pair.grammar
    trigger = pair.word.token.word
    yield from (
        f"k={kind}{side}",
        f"kg={kind}{side}{grammar}",
        f"kt={kind}{side}{pair.type}",
        f"kw={kind}{side}{trigger}",
    )
    entity = pair.word.story.reading.passage.entity(pair.name.mention)
    yield f"sort={kind}{entity.kind}{pair.type}{side}"


def _distance(pair: NamedTrigger) -> Iterator[str]:
    line, side = pair.name.line, pair.side
    gap = pair.between
    names = sum(line.tokens[k].kind not in ("", TIME) for k in gap)
    commas = sum(line.words[k] in (",", ";", ":", "，", "；", "：") for k in gap)
    yield from (
        f"d={side}{min(len(gap), 24) // 3}",
        f"dn={side}{min(names, 5)}",
        f"dc={side}{min(commas, 4)}",
    )
    yield f"dnc={side}{min(names, 3)}{min(commas, 3)}{pair.name.token.kind}{pair.grammar}"
    first = next((k for k, t in enumerate(line.tokens) if t.kind not in ("", TIME)), -1)
    yield f"first={side}{first == pair.name.at}"
    earlier = sum(t.kind == pair.name.token.kind for t in line.tokens[: pair.name.at])
    yield f"ord={side}{pair.name.token.kind}{min(earlier, 4)}"


def _beside(pair: NamedTrigger) -> Iterator[str]:
    line, at, side = pair.name.line, pair.name.at, pair.side
    p1, p2, n1, n2 = (line.word(at + k) for k in (-1, -2, 1, 2))
    kind = pair.name.token.kind
    yield from (
        f"p1={p1}",
        f"n1={n1}",
        f"p1k={kind}{side}{p1}",
        f"n1k={kind}{side}{n1}",
        f"p2={kind}{p2}{p1}",
        f"n2={kind}{n1}{n2}",
    )
    yield from (f"p1t={pair.type}{side}{p1}", f"n1t={pair.type}{side}{n1}")


def _governed(pair: NamedTrigger) -> Iterator[str]:
    """The preposition before the name, over lists and modifiers: 与甲、乙, 在某地的丙."""
    line, side = pair.name.line, pair.side
    begin = line.begins[pair.name.at]
    at = pair.name.at
    while at - 2 >= begin and line.words[at - 1] in _JOINING and line.tokens[at - 2].kind:
        at -= 2
    yield f"list={at != pair.name.at}{side}"
    prepositions = [line.words[k] for k in range(begin, at) if line.tokens[k].tag in ("p", "c")]
    last = prepositions[-1] if prepositions else "0"
    yield from (f"prep={side}{last}", f"prept={pair.type}{side}{last}{pair.name.token.kind}")
    yield f"head={line.word(at - 1)}{side}{pair.name.token.kind}"


def _verbs(pair: NamedTrigger) -> Iterator[str]:
    line, side = pair.name.line, pair.side
    verbs = [line.words[k] for k in pair.between if line.tokens[k].tag in ("v", "vd", "vn")]
    yield from (
        f"vn={side}{min(len(verbs), 4)}",
        f"v1={side}{verbs[0] if verbs else 0}",
        f"v2={side}{verbs[-1] if verbs else 0}",
    )
    marks = "".join(sorted({line.words[k] for k in pair.between if line.words[k] in ",;:，；：“”()（）的是"}))
    yield from (f"m={side}{marks}", f"mk={side}{marks}{pair.name.token.kind}")


def _follower(pair: NamedTrigger) -> Iterator[str]:
    """A body before a person's title is no party itself; nor is one whose building is meant."""
    line, at = pair.name.line, pair.name.at
    behind = range(at + 1, min(at + _FAR, line.ends[at]))
    following = next((k for k in behind if line.tokens[k].kind not in ("", TIME)), None)
    kind = pair.name.token.kind
    if following is None:
        yield f"f={kind}0"
        return
    gap = line.words[at + 1 : following]
    whole = pair.word.story.reading.passage.annotated.text
    titled = line.tokens[following].start + whole.span("body").start in whole.titles
    yield f"f={kind}{line.tokens[following].kind}{titled}{min(following - at - 1, 4)}{'、' in gap}"


def _standing(pair: NamedTrigger) -> Iterator[str]:
    passage, mention, side = pair.word.story.reading.passage, pair.name.mention, pair.side
    start = mention.span.start
    yield f"in={passage.in_title(start)}{passage.in_bracket(start)}{passage.quoted(start) is not None}{side}"
    yield f"hd={side}{pair.name.token.kind}{mention.text in pair.word.story.headline}"
    paragraph = passage.paragraph(pair.word.token.start)
    yield f"par={side}{paragraph.start <= start}"


def _weight(pair: NamedTrigger) -> Iterator[str]:
    """How much the article speaks of the thing: often, in its headline, first of its kind."""
    mention, side, story = pair.name.mention, pair.side, pair.word.story
    kind = pair.name.token.kind
    weight = story.weights[mention.label]
    mine, rank = weight.times[mention.entity], weight.rank(mention.entity)
    yield from (
        f"rank={side}{kind}{min(rank, 3)}",
        f"times={side}{kind}{min(mine, 4)}",
        f"kinds={side}{kind}{min(len(weight.times), 4)}",
    )
    yield f"lead={side}{kind}{weight.first == mention.entity}"
    headed = story.heads.get(mention.entity, 0)
    yield from (
        f"hn={side}{kind}{min(headed, 3)}",
        f"hnt={side}{kind}{pair.type}{min(headed, 2)}{min(rank, 1)}",
    )


def _by_grammar(pair: NamedTrigger) -> Iterator[str]:
    """Whether plain grammar takes the name for a party, and whether it takes anybody."""
    side, kind = pair.side, pair.name.token.kind
    says = pair.name.mention.entity in pair.grammatical
    yield from (
        f"rule={says}",
        f"rulek={says}{kind}{side}",
        f"rulee={bool(pair.grammatical)}{side}{says}",
        f"rulet={says}{pair.type}{kind}",
    )
    yield f"rulew={says}{pair.word.story.wealth}{side}"


def _alone(pair: NamedTrigger) -> Iterator[str]:
    """Whether the trigger's sentence names somebody before it: where nobody is named, the sentence before is asked."""
    line, at = pair.word.line, pair.word.at
    named = [t.kind for t in line.tokens[:at] if t.kind not in ("", TIME, "<L>")]
    behind = [t.kind for t in line.tokens[at + 1 :] if t.kind not in ("", TIME, "<L>")]
    side, kind = pair.side, pair.name.token.kind
    yield from (
        f"al={side}{kind}{min(len(named), 2)}{min(len(behind), 2)}",
        f"ak={side}{kind}{kind in named}",
    )
    yield f"open={side}{line.word(0)}"
    yield f"openk={side}{kind}{pair.grammar}{min(len(named), 2)}"
    clause = line.words[line.begins[at] : at]
    yield from (f"cl={side}{kind}{each}" for each in dict.fromkeys(clause) if each in _STANDS_FOR)


_STANDS_FOR = frozenset({"公司", "双方", "其", "他", "她"})


def beyond_signs(pair: NamedTrigger, near: Sequence[Name]) -> tuple[str, ...]:
    """Return what more is known of a name of another sentence: which parties the trigger's own sentence names."""
    side, kind, grammar = pair.side, pair.name.token.kind, pair.grammar
    kinds = {name.token.kind for name in near}
    before = sum(name.at < pair.word.at for name in near)
    return (
        f"wealth={pair.word.story.wealth}{min(len(near), 2)}{kind}", f"wealths={pair.word.story.wealth}{side}",
        f"near={side}{kind}{min(len(near), 3)}", f"nearg={grammar}{kind}{min(len(near), 3)}", f"neark={kind}{kind in kinds}",
        f"nearb={side}{kind}{min(before, 2)}", f"nearbg={pair.type}{min(before, 1)}{min(len(near), 2)}",
    )  # fmt: skip


SIGNS: tuple[Callable[[NamedTrigger], Iterator[str]], ...] = (
    _kinds, _distance, _beside, _governed, _verbs, _follower, _standing, _weight, _by_grammar, _alone,
)  # fmt: skip


def pair_signs(pair: NamedTrigger) -> tuple[str, ...]:
    """Return what speaks for or against a name's taking part, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(make(pair) for make in SIGNS)))
