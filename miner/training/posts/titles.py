"""Teaches the reader of titles: a linear-chain conditional random field over hashed features."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from miner.relate.posts.features import BITS, Ints, Stretch, columns
from miner.relate.posts.reader import STATES, TitleWeights, allowed
from miner.relate.posts.view import FieldView
from miner.training.posts.gold import Held

_IDLE = 0.08
"""Share of the sentences without a name or title word that are shown: they say nothing new."""
_NEVER = -30.0
_TINY = 1e-30
_SHOWN = 0.6
_BATCH, _RATE, _PULL = 3_000, 0.3, 0.02
"""Characters of a batch, length of a step, pull of weights towards zero."""
Floats = npt.NDArray[np.float32]
_ALLOWED = np.array([[allowed(before, after) for after in STATES] for before in STATES])
_OPENS = np.array([state[0] in "OBS" for state in STATES], np.float32)
_CLOSES = np.array([state[0] in "OES" for state in STATES], np.float32)


class SentenceLesson(NamedTuple):
    """A sentence: the slots of its features (characters, features) and its states."""

    slots: Ints
    states: list[str]


def states_of(n: int, titles: Iterable[tuple[int, int]], bodies: Iterable[tuple[int, int]]) -> list[str]:
    """Return the state of every character; where two stretches overlap the longer title counts.

    >>> states_of(5, [(2, 5)], [(0, 2), (1, 3)])
    ['BB', 'EB', 'BT', 'IT', 'ET']
    """
    states = ["O"] * n
    stretches = [(start, end, "T") for start, end in sorted(titles, key=lambda t: t[0] - t[1])]
    stretches += [(start, end, "B") for start, end in bodies]
    for start, end, kind in stretches:
        if end <= n and all(state == "O" for state in states[start:end]):
            states[start:end] = [f"I{kind}"] * (end - start)
            states[start], states[end - 1] = f"B{kind}", f"E{kind}"
            if end - start == 1:
                states[start] = f"S{kind}"
    return states


def lessons(
    view: FieldView, held: Sequence[Held], chance: random.Random, seen: set[object]
) -> Iterator[SentenceLesson]:
    """Yield the sentences of a field that teach something; those that were `seen` with the same names teach no more."""
    marked = view.marked()
    states = _states(view, held)
    slots = columns(marked)
    names = {name.start: name for name in marked.names}
    known = {start for start, _ in marked.titles}
    for start, end in view.sentences:
        named = [names[at] for at in range(start, end) if at in names]
        key = (view.folded[start:end], tuple((n.start - start, n.end - start, n.label) for n in named))
        told = set(states[start:end]) != {"O"} or not known.isdisjoint(range(start, end))
        if key not in seen and (told or _worth_it(named, chance)):
            seen.add(key)
            yield SentenceLesson(slots[start:end], states[start:end])


def _states(view: FieldView, held: Sequence[Held]) -> list[str]:
    bodies = dict.fromkeys(post.body for post in held if post.body is not None)
    return states_of(len(view.folded), {post.title for post in held}, bodies)


def _worth_it(names: Iterable[Stretch], chance: random.Random) -> bool:
    """Tell whether a sentence without titles is shown: when it names a person, or now and then."""
    return any(name.label == "person" for name in names) or chance.random() < _IDLE


def learn(taught: Iterable[SentenceLesson], *, rounds: int = 8) -> TitleWeights:
    """Return the weights of a chain that lessons teach, by `rounds` passes of AdaGrad over small batches.

    Duchi, Hazan, Singer 2011, Adaptive subgradient methods. Features met once are left out.
    """
    chosen = sorted(taught, key=lambda lesson: len(lesson.states))
    used, counts = np.unique(
        np.concatenate([lesson.slots.reshape(-1) for lesson in chosen]), return_counts=True
    )
    kept = used[counts > 2]
    place = {state: i for i, state in enumerate(STATES)}
    compact = np.zeros(1 << BITS, np.int64)
    compact[kept] = np.arange(1, len(kept) + 1)
    batches = list(_batches(chosen, compact, place))
    table = np.zeros((len(kept) + 1, len(STATES)), np.float32)
    steps = np.zeros((len(STATES), len(STATES)), np.float32)
    tables, speeds = (
        (table, steps),
        (np.full(table.shape, 0.1, np.float32), np.full(steps.shape, 1.0, np.float32)),
    )
    chance = random.Random(len(batches))
    for _ in range(rounds):
        chance.shuffle(batches)
        for batch in batches:
            columns_kept = sorted(
                chance.sample(range(batch.slots.shape[1]), round(_SHOWN * batch.slots.shape[1]))
            )
            _improve(batch._replace(slots=batch.slots[:, columns_kept]), tables, speeds)
    slots = np.zeros((1 << BITS, len(STATES)), np.float32)
    slots[kept] = table[1:] * _SHOWN
    return TitleWeights(slots, np.where(_ALLOWED, steps, _NEVER).astype(np.float32))


class _Batch(NamedTuple):
    """Sentences side by side: position t of all those longer than t lies in `offsets[t]` to `offsets[t + 1]`."""

    slots: Ints
    states: Ints
    offsets: Ints


def _batches(chosen: Sequence[SentenceLesson], compact: Ints, place: dict[str, int]) -> Iterator[_Batch]:
    """Yield sentences of like length in batches of about _BATCH characters."""
    waiting: list[SentenceLesson] = []
    size = 0
    for lesson in chosen:
        waiting.append(lesson)
        size += len(lesson.states)
        if size >= _BATCH:
            yield _batch(waiting, compact, place)
            waiting, size = [], 0
    if waiting:
        yield _batch(waiting, compact, place)


def _batch(sentences: Sequence[SentenceLesson], compact: Ints, place: dict[str, int]) -> _Batch:
    ranked = sorted(sentences, key=lambda lesson: -len(lesson.states))
    longest = len(ranked[0].states)
    order = [(lesson, at) for at in range(longest) for lesson in ranked if at < len(lesson.states)]
    active = [sum(at < len(lesson.states) for lesson in ranked) for at in range(longest)]
    slots = compact[np.stack([lesson.slots[at] for lesson, at in order])]
    states = np.array([place[lesson.states[at]] for lesson, at in order])
    return _Batch(slots, states, np.concatenate([[0], np.cumsum(active)]).astype(np.int64))


def _improve(batch: _Batch, tables: tuple[Floats, Floats], speeds: tuple[Floats, Floats]) -> None:
    """Take one step against the gradient of the batch's loss."""
    from scipy.sparse import csr_matrix

    n, width = batch.slots.shape
    scores = tables[0][batch.slots[:, 0]].copy()
    for column in batch.slots.T[1:]:
        scores += tables[0][column]
    shares, expected = _beliefs(scores, np.where(_ALLOWED, tables[1], _NEVER), batch.offsets)
    shares[np.arange(n), batch.states] -= 1
    for before, here in _neighbours(batch.offsets):
        np.subtract.at(expected, (batch.states[before], batch.states[here]), 1)
    touched, where = np.unique(batch.slots, return_inverse=True)
    spread = csr_matrix(
        (np.ones(where.size, np.float32), (where.reshape(-1), np.repeat(np.arange(n), width)))
    )
    pull = np.asarray(spread @ shares) + _PULL * tables[0][touched]
    pull[touched == 0] = 0
    speeds[0][touched] += pull * pull
    tables[0][touched] -= _RATE * pull / np.sqrt(speeds[0][touched])
    speeds[1][:] += expected * expected
    tables[1][:] -= _RATE * expected / np.sqrt(speeds[1])


def _neighbours(offsets: Ints) -> Iterator[tuple[slice, slice]]:
    for at in range(1, len(offsets) - 1):
        count = int(offsets[at + 1] - offsets[at])
        yield (
            slice(int(offsets[at - 1]), int(offsets[at - 1]) + count),
            slice(int(offsets[at]), int(offsets[at + 1])),
        )


def _beliefs(scores: Floats, steps: Floats, offsets: Ints) -> tuple[Floats, Floats]:
    """Return the probabilities of states (n, states) and the expected counts of steps, by forward and backward sums."""
    factors = np.exp(scores - scores.max(axis=1, keepdims=True))
    moves = np.exp(steps)
    forward, backward = factors * _OPENS, np.ones_like(factors)
    first = int(offsets[1])
    forward[:first] /= forward[:first].sum(axis=1, keepdims=True)
    pairs = list(_neighbours(offsets))
    for before, here in pairs:
        forward[here] = (forward[before] @ moves) * factors[here]
        forward[here] /= forward[here].sum(axis=1, keepdims=True) + _TINY
    backward *= _CLOSES
    expected = np.zeros_like(steps)
    for before, here in reversed(pairs):
        ahead = factors[here] * backward[here]
        backward[before] = ahead @ moves.T
        total = (forward[before] * backward[before]).sum(axis=1, keepdims=True) + _TINY
        expected += moves * ((forward[before] / total).T @ ahead)
        backward[before] /= backward[before].sum(axis=1, keepdims=True) + _TINY
    shares = forward * backward
    shares /= shares.sum(axis=1, keepdims=True) + _TINY
    return shares, expected
