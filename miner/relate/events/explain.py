"""Why a word tells an event, or none: what each group of signs counted, both looks, and the threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp
from typing import NamedTuple

from miner.language.dates import DateMention
from miner.model import Quote
from miner.relate.events.decide import Scored, kept, scored, weighed
from miner.relate.events.model import EventModel, event_model, row_of
from miner.relate.events.reading import Reading
from miner.relate.events.signs import FREE, OWN, TriggerWord
from miner.relate.passage import Passage

_NAMES = {
    "_itself": "the word itself",
    "_neighbours": "the words beside it",
    "_objects": "what is signed, opened, held",
    "_typed_names": "names before and behind, for this type",
    "_typed_gates": "words of the lexicon that ask for something",
    "_held": "the noun of what is held",
    "_around": "up to three words around",
    "_clause": "its clause",
    "_sentence": "the clauses beside",
    "_names": "names in its clause",
    "_verbs": "other verbs of its clause",
    "_position": "where it stands in the article",
    "_said": "speech, plans and times",
}


class SignGroup(NamedTuple):
    """Signs of one sort: what they add to the log-odds of the type against no event, and the weightiest of them."""

    name: str
    adds: float
    sign: str


class EventAccount(NamedTuple):
    """A word that might tell an event, and what was thought of it."""

    start: int
    """Character of the body."""
    text: str
    type: str
    """The likeliest type."""
    first: float
    """Its probability by the word and its sentence alone."""
    second: float | None
    """The same with the whole article; None where another word tells the type better in this sentence, or none does."""
    threshold: float
    told: bool
    """Whether it was taken for an event of this type."""
    groups: tuple[SignGroup, ...]
    """What counted, the weightiest first."""


def explain_events(
    body: Passage, dates: tuple[DateMention, ...], quotes: tuple[Quote, ...], word: str
) -> Iterator[EventAccount]:
    """Yield an account of every word of a body that might tell an event and overlaps a word that is asked for."""
    reading, model = Reading.of(body, dates, quotes), event_model()
    looked = scored(reading, model)
    claims = weighed(looked, model)
    chances = {(claim.word.token.start, claim.type): claim.chance for claim in claims}
    told = {(claim.word.token.start, claim.type) for claim in kept(claims, model)}
    for each in looked:
        token = each.word.token
        if _meets(body.text, token.start, token.end, word):
            best = max(each.types, key=each.types.__getitem__)
            key = (token.start, best)
            yield EventAccount(
                token.start,
                body.text[token.start : token.end],
                best,
                exp(each.types[best]),
                chances.get(key),
                model.threshold,
                key in told,
                tuple(_groups(each, best, model)),
            )


def _meets(text: str, start: int, end: int, word: str) -> bool:
    return text.find(word, max(0, start - len(word) + 1), end + len(word) - 1) >= 0


def _groups(looked: Scored, type_: str, model: EventModel) -> list[SignGroup]:
    makers = (*OWN, *FREE) if type_ in model.types else FREE
    groups = (_group(make, looked.word, type_, model) for make in makers)
    return sorted((group for group in groups if group), key=lambda group: -abs(group.adds))


def _group(
    make: Callable[[TriggerWord], Iterator[str]], word: TriggerWord, type_: str, model: EventModel
) -> SignGroup | None:
    signs = {sign: _adds(model, sign, type_) for sign in make(word)}
    if not signs:
        return None
    heaviest = max(signs, key=lambda sign: abs(signs[sign]))
    return SignGroup(_NAMES[make.__name__], sum(signs.values()), heaviest)


def _adds(model: EventModel, sign: str, type_: str) -> float:
    """Return what a sign adds for a type against no event; for a type without examples, for any event."""
    row = model.table[row_of(sign)]
    if type_ in model.types:
        return float(row[1 + model.types.index(type_)] - row[0])
    return float(row[len(model.types) + 1])
