"""Learns the event model: a first look at words, a second at sentences and types; writes `events.npz`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from miner.model import Status
from miner.relate.events.cast import pairs_of as candidates_of
from miner.relate.events.cast import shares_of, trigger_of
from miner.relate.events.completed import completed
from miner.relate.events.decide import Claim, claims, judged, kept, scored
from miner.relate.events.grammar import GrammarCast, find_cast
from miner.relate.events.later import later_names, later_signs
from miner.relate.events.model import BITS, STATUSES, EventModel, Floats, Linear, pack, row_of
from miner.relate.events.parties import beyond_signs, pair_signs
from miner.relate.events.shares import Shares, values_of
from miner.relate.events.signs import Signs, TriggerWord, signs_of, words_of
from miner.relate.events.times import moment_signs, moments_of
from miner.relate.events.tokens import EventToken, tokens_of
from miner.training import Effort, Say, Trained
from miner.training.events.invent import invented
from miner.training.events.sets import GoldEvent, Study, fold_of, plain, studies
from miner.training.names.invent import Inventor, read_lists

FOLDS = 4
_STRENGTH, _SECOND_STRENGTH = 0.1, 0.3
"""Inverse of the pull towards zero (C of a logistic regression), for the tables and for the second look."""
_SEEN = 2
"""A sign must stand at so many words to get a weight."""
_ROUNDS = 80
_RARELY = 0.02
"""A word tells an event at least so often, or it is no candidate unless a lexicon has it."""
_MADE = 700
"""Invented articles."""
_EMPTY = np.zeros((2**BITS, 1), dtype=np.float32)


@dataclass(slots=True)
class WordExample:
    """A word with its signs and what the gold says of it."""

    word: TriggerWord
    signs: Signs
    event: GoldEvent | None = None
    counts: bool = True
    """False where the gold's annotator might as well have chosen this word: it teaches neither way."""


def examples_of(study: Study, known: frozenset[str]) -> list[WordExample]:
    """Return the words of an article that may tell an event, labelled."""
    reading = study.reading
    triggers = tuple(f for f in reading.words.found if f.rule.layer != "context" or f.rule.kind == "mask")
    tokens = tokens_of(reading.passage, reading.dates, triggers)
    found = [WordExample(word, signs_of(word)) for word in words_of(reading, tokens, known)]
    for event in study.events:
        _label([e for e in found if e.word.line.index == event.sentence], event)
    return found


def _label(here: Sequence[WordExample], event: GoldEvent) -> None:
    """Give an event to the word that covers most of its trigger; other triggers of its type do not count."""
    covered = [
        (min(e.word.token.end, event.span.end) - max(e.word.token.start, event.span.start), e) for e in here
    ]
    covered = [(length, e) for length, e in covered if length > 0]
    best = max(covered, key=lambda pair: pair[0])[1] if covered else None
    if best is not None:
        best.event, best.counts = event, True
    for each in here:
        rival = event.type in each.word.types or any(each is e for _, e in covered)
        if each is not best and each.event is None and rival:
            each.counts = False


def triggers_of(some: Iterable[Study]) -> frozenset[str]:
    """Return the words that told an event, and not once in a hundred times something else."""
    told, stood = Counter[str](), Counter[str]()
    for study in some:
        tokens = tokens_of(study.reading.passage, study.reading.dates, ())
        stood.update(token.word for token in tokens)
        told.update(
            t.word
            for event in study.events
            for t in tokens
            if not t.kind and t.tag != "x" and _is_most(t, event)
        )
    return frozenset(word for word, count in told.items() if count > _RARELY * stood[word])


def _is_most(token: EventToken, event: GoldEvent) -> bool:
    """Tell whether a token is most of an event's trigger."""
    covered = min(token.end, event.span.end) - max(token.start, event.span.start)
    return covered > 0 and 2 * covered > event.span.end - event.span.start - 1


def matrix(groups: Sequence[Iterable[str]]) -> csr_matrix:
    """Return signs as a sparse matrix of (groups, 2**BITS)."""
    rows = [sorted({row_of(sign) for sign in group}) for group in groups]
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    flat = np.fromiter((r for row in rows for r in row), dtype=np.int32)
    return csr_matrix((np.ones(len(flat), dtype=np.float32), flat, starts), shape=(len(rows), 2**BITS))


def fitted(
    x: csr_matrix,
    labels: npt.NDArray[np.int64],
    classes: int,
    *,
    counts_as: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Fit a logistic regression: a table of (2**BITS, classes) and a bias for each class (one class: the odds of 1).

    `counts_as` holds a weight for each row; without it all count alike.
    """
    from sklearn.linear_model import LogisticRegression

    counts = np.asarray(x.sum(axis=0)).ravel()
    kept = np.flatnonzero(counts >= _SEEN)
    model = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS, tol=1e-3)
    model.fit(x[:, kept], labels, sample_weight=counts_as)
    table, bias = np.zeros((x.shape[1], classes), dtype=np.float32), np.full(classes, -20.0, dtype=np.float32)
    columns = [0] if classes == 1 else model.classes_.tolist()
    weights = (
        model.coef_ if classes == 1 or len(columns) > 2 else np.vstack((-model.coef_[0], model.coef_[0]))
    )
    biases = (
        model.intercept_
        if len(weights) == len(model.intercept_)
        else np.array([-model.intercept_[0], model.intercept_[0]])
    )
    for column, row, value in zip(columns, weights, biases, strict=True):
        table[kept, column], bias[column] = row, value
    return table, bias


def first_look(some: Sequence[Study], types: Sequence[str]) -> EventModel:
    """Fit the tables of types, of any event, and of states; the second look is left empty."""
    known = triggers_of(some)
    taught = [(e, study.counts_as) for study in some for e in examples_of(study, known) if e.counts]
    found = [example for example, _ in taught]
    weight = np.array([counts_as for _, counts_as in taught], dtype=np.float32)
    x = matrix([(*e.signs.own, *e.signs.free) for e in found])
    codes = {code: index + 1 for index, code in enumerate(types)}
    labels = np.array([codes[e.event.type] if e.event else 0 for e in found])
    table, bias = fitted(x, labels, len(types) + 1, counts_as=weight)
    free, free_bias = _any_event(found, weight)
    state, state_bias = _states(found, x, weight)
    none = Linear(np.zeros(1, np.float32), np.ones(1, np.float32), np.zeros(1, np.float32), 0.0)
    return EventModel(
        tuple(types), known, np.hstack((table, free, state)), np.concatenate((bias, free_bias, state_bias)),
        none, 0.5, _EMPTY, 0.0, _EMPTY, 0.0, _EMPTY, 0.0, none, 0.5,
    )  # fmt: skip


def _any_event(found: Sequence[WordExample], weight: Floats) -> tuple[Floats, Floats]:
    """Fit whether any event is told, by free signs, on triggers of the lexicons: a type of one's own has such too."""
    listed = [index for index, example in enumerate(found) if example.word.types]
    labels = np.array([found[index].event is not None for index in listed], dtype=np.int64)
    return fitted(matrix([found[index].signs.free for index in listed]), labels, 1, counts_as=weight[listed])


def _states(found: Sequence[WordExample], x: csr_matrix, weight: Floats) -> tuple[Floats, Floats]:
    """Fit in which state the events are told."""
    told = [(index, STATUSES.index(e.event.status)) for index, e in enumerate(found) if e.event is not None]
    rows = [index for index, _ in told]
    return fitted(x[rows], np.array([state for _, state in told]), len(STATUSES), counts_as=weight[rows])


def looked_at(some: Sequence[Study], model: EventModel) -> list[tuple[Study, list[Claim]]]:
    """Return the claims of articles by the first look."""
    return [(study, claims(scored(study.reading, model), model.types)) for study in some]


def is_true(study: Study, claim: Claim) -> bool:
    """Tell whether the gold has an event of the claim's type in its sentence."""
    return any(e.type == claim.type and e.sentence == claim.sentence for e in study.events)


def second_look(looked: Sequence[tuple[Study, list[Claim]]]) -> Linear:
    """Fit the second look on claims whose first look came from a model that had not seen their article."""
    x = np.array([claim.values for _, found in looked for claim in found])
    return _linear(x, np.array([is_true(study, claim) for study, found in looked for claim in found]))


def _linear(x: Floats, y: npt.NDArray[np.bool_]) -> Linear:
    from sklearn.linear_model import LogisticRegression

    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-6
    model = LogisticRegression(C=_SECOND_STRENGTH, max_iter=500).fit((x - mean) / deviation, y)
    return Linear(mean, deviation, model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def threshold_of(looked: Sequence[tuple[Study, list[Claim]]], second: Linear) -> tuple[float, float]:
    """Return the threshold with the best F1 on these claims, and that F1."""
    chances = np.concatenate([second(np.array([c.values for c in found])) for _, found in looked if found])
    right = np.array([is_true(study, claim) for study, found in looked for claim in found])
    gold = len({(s.name, e.sentence, e.type) for s, _ in looked for e in s.events})
    tried = [
        (2 * float(right[chances > t].sum()) / (gold + float((chances > t).sum())), t)
        for t in np.arange(0.2, 0.6, 0.025)
    ]
    best, threshold = max(tried)
    return float(threshold), best


def pairs_of(study: Study, example: WordExample) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the signs of every name that might take part in an example's event, and whether the gold says it does."""
    event = example.event
    if event is None:
        return
    word = example.word
    pairs = candidates_of(word, event.type, _grammar(word, event.type))
    parties = parties_of(study, event)
    here = {pair.name.mention.entity: pair.name for pair in pairs if pair.near}
    near = [name for entity, name in here.items() if entity in parties]
    for pair in pairs:
        entity = pair.name.mention.entity
        if pair.near:
            yield pair_signs(pair), entity in parties
        elif not (entity in here and entity in parties):
            yield (*pair_signs(pair), *beyond_signs(pair, near)), entity in parties


def _grammar(word: TriggerWord, kind: str) -> GrammarCast:
    reading = word.story.reading
    return find_cast(reading.passage, trigger_of(word, kind), word.scope, reading.words)


def later_of(study: Study, example: WordExample) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the signs of every name behind an example's event, and whether the gold says that it takes part."""
    event = example.event
    if event is not None:
        parties = parties_of(study, event)
        for later in later_names(example.word, event.type, _telling(study)):
            yield later_signs(later), later.name.mention.entity in parties


def _telling(study: Study) -> frozenset[int]:
    return frozenset(event.sentence for event in study.events)


def parties_of(study: Study, event: GoldEvent) -> frozenset[int]:
    """Return the things found in an article that are an event's parties by the gold.

    Those of one of a party's names; where no thing has one, those whose name comes nearest: of 上海市政府 the city is no party.
    """
    entities = study.reading.passage.annotated.entities
    forms = [{plain(each.name), *(plain(form.text) for form in each.forms)} for each in entities]
    return frozenset(index for party in event.parties for index in _named(party, forms))


def _named(party: frozenset[str], forms: Sequence[set[str]]) -> list[int]:
    same = [index for index, mine in enumerate(forms) if mine & party]
    if same:
        return same
    near = [max((_near(a, b) for a in mine for b in party), default=0.0) for mine in forms]
    best = max(near, default=0.0)
    return [index for index, share in enumerate(near) if best and share == best]


def _near(one: str, other: str) -> float:
    return min(len(one), len(other)) / max(len(one), len(other)) if alike(one, other) else 0.0


def alike(one: str, other: str) -> bool:
    """Tell whether two names may be one, as the scorer has it: equal, or one inside the other.

    >>> alike("青穗食品", "青穗食品公司"), alike("甲", "甲公司")
    (True, False)
    """
    return one == other or (min(len(one), len(other)) >= 2 and (one in other or other in one))


def times_of(example: WordExample) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the signs of every time that might be an example's event's, and whether it has the gold's date."""
    event = example.event
    if event is not None:
        for moment in moments_of(example.word, event.type, _status(event)):
            yield moment_signs(moment), moment.when.date == event.date


def _status(event: GoldEvent) -> Status:
    return next((s for s in STATUSES if s == event.status), "done")


def with_cast(model: EventModel, some: Sequence[Study]) -> EventModel:
    """Fit the tables of who takes part."""
    told = [(study, e) for study in some for e in examples_of(study, model.known) if e.event is not None]
    parties, party_bias = _yes_or_no([pair for study, e in told for pair in pairs_of(study, e)])
    later, later_bias = _yes_or_no([pair for study, e in told for pair in later_of(study, e)])
    return replace(model, parties=parties, parties_bias=party_bias, later=later, later_bias=later_bias)


def with_time(model: EventModel, some: Sequence[Study]) -> EventModel:
    """Fit the table of which time is an event's."""
    told = [e for study in some for e in examples_of(study, model.known) if e.event is not None]
    times, time_bias = _yes_or_no([pair for e in told for pair in times_of(e)])
    return replace(model, times=times, times_bias=time_bias)


def weighed(study: Study, model: EventModel, found: Sequence[Claim]) -> Iterator[tuple[Floats, list[bool]]]:
    """Yield, for each event of an article that the gold has, the values of everybody who might take part, and whether it says so.

    `found` are the events that a model which has not seen the article finds in it: beside these, right and wrong, parties are sought later.
    """
    telling = frozenset(claim.sentence for claim in found)
    events = [shares_of(claim.word, claim.type, model, telling) for claim in found]
    for index, claim in enumerate(found):
        event = next((e for e in study.events if (e.sentence, e.type) == (claim.sentence, claim.type)), None)
        if event is not None:
            yield from _rows(study, event, events[index], (*events[:index], *events[index + 1 :]))
    told = {(claim.sentence, claim.type) for claim in found}
    for example in examples_of(study, model.known):
        if example.event is not None and (example.event.sentence, example.event.type) not in told:
            missed = shares_of(example.word, example.event.type, model, telling)
            yield from _rows(study, example.event, missed, events)


def _rows(
    study: Study, event: GoldEvent, shares: Shares, others: Sequence[Shares]
) -> Iterator[tuple[Floats, list[bool]]]:
    parties, values = parties_of(study, event), values_of(shares, _by_grammar(shares), others)
    if len(values):
        yield values, [entity in parties for entity in shares.by_entity]


def _by_grammar(shares: Shares) -> list[int]:
    cast = completed(shares.word, trigger_of(shares.word, shares.type), shares.grammar, ())
    return [p.entity for p in cast.participants if p.entity is not None]


def with_parties(model: EventModel, rows: Sequence[tuple[Floats, list[bool]]]) -> EventModel:
    """Fit the second look at parties, and choose the chance from which one takes part: the best F1 of these rows."""
    x = np.concatenate([values for values, _ in rows])
    y = np.array([right for _, rights in rows for right in rights])
    look = _linear(x, y)
    chances = look(x)
    tried = [
        (2 * float(y[chances > t].sum()) / float(y.sum() + (chances > t).sum()), float(t))
        for t in np.arange(0.25, 0.6, 0.025)
    ]
    return replace(model, parties_second=look, parties_threshold=max(tried)[1])


def _yes_or_no(pairs: Sequence[tuple[tuple[str, ...], bool]]) -> tuple[Floats, float]:
    labels = np.array([int(right) for _, right in pairs])
    table, bias = fitted(matrix([signs for signs, _ in pairs]), labels, 1)
    return table, float(bias[0])


def learn(some: Sequence[Study], types: Sequence[str], say: Say, *, made: Sequence[Study] = ()) -> EventModel:
    """Learn both looks from articles; the second from claims of models that left the article out.

    `made` are invented articles: they teach the first look alone, for no reader ever chose what is news in them.
    """
    looked: list[tuple[Study, list[Claim]]] = []
    blind: list[EventModel] = []
    for fold in range(FOLDS):
        others, left = fold_of(some, fold, FOLDS)
        model = with_cast(first_look((*others, *made), types), others)
        looked += looked_at(left, model)
        blind += [model] * len(left)
        say(f"first look without part {fold + 1} of {FOLDS}")
    second = second_look(looked)
    threshold, best = threshold_of(looked, second)
    say(
        f"threshold {threshold:.3f}, F1 {best:.3f} of sentence and type on articles left out of the first look"
    )
    model = replace(first_look((*some, *made), types), second=second, threshold=threshold)
    rows = [
        row
        for (study, found), without in zip(looked, blind, strict=True)
        for row in weighed(study, without, kept(judged(found, model), model))
    ]
    model = with_parties(with_time(with_cast(model, some), some), rows)
    say(f"a party from a chance of {model.parties_threshold:.3f}")
    return model


def train_events(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Train the event model from `data/annotated` and the project's own articles; write it to `out` (an .npz file).

    Articles that are measured with (those beside the data) are never learned from: they would measure nothing then.
    """
    own = [effort.corpus / "articles"] if effort.corpus is not None else []
    folders = [data / "annotated", *own, *effort.gold]
    some = [study for folder in folders for study in studies(folder)]
    say(f"{len(some)} articles, {sum(len(s.events) for s in some)} events")
    types = sorted(Counter(e.type for s in some for e in s.events))
    made = (
        list(invented(Inventor(read_lists(data), effort.seed), _MADE)) if (data / "lexicons").is_dir() else []
    )
    out.write_bytes(pack(learn(some, types, say, made=made)))
    return Trained.of(out)
