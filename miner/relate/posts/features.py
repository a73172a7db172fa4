"""What the reader of titles sees at each character, as numbers of hashed features.

A feature is a small pattern around a character: characters and words near it, whether it belongs to a name or to a
word of the titles lexicon, how far the next and the last person and the last body are. All are worked out for a whole
field at once; none looks farther than its sentence or a bounded stretch, so the cost is linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

BITS = 19
"""Features share 2 ** BITS slots."""
_PAD = 5
_PRIMES = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xD3A2646D], dtype=np.uint32)
_SALTS = np.arange(1, 65, dtype=np.uint32) * _PRIMES[5]
_WINDOWS = (
    (-3,), (-2,), (-1,), (0,), (1,), (2,), (3,),
    (-2, -1), (-1, 0), (0, 1), (1, 2), (-1, 1),
    (-3, -2, -1), (-2, -1, 0), (-1, 0, 1), (0, 1, 2), (1, 2, 3),
    (-3, -2, -1, 0), (0, 1, 2, 3), (-4, -3, -2, -1, 0),
)  # fmt: skip
"""Which characters around the one looked at make a feature together."""
_LABELS = {"person": 1, "enterprise": 2, "organization": 3, "place": 4}
_NEAR = np.array([0, 1, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 6], dtype=np.uint32)
"""Classes of distances in characters; the last one stands for far or none."""
_STOPS = np.array([ord(mark) for mark in "。;!?\n"], dtype=np.uint32)


class Stretch(NamedTuple):
    """A label from `start` to `end` (characters)."""

    start: int
    end: int
    label: str


class NamedText(NamedTuple):
    """A folded text with its names, the titles that the lexicon knows, and the offsets at which words begin."""

    folded: str
    names: Sequence[Stretch]
    titles: Sequence[tuple[int, int]]
    edges: npt.NDArray[np.int64]


def columns(marked: NamedText) -> Ints:
    """Return the slots of all features, shape (characters, features)."""
    n = len(marked.folded)
    codes = np.frombuffer(marked.folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found = [*_from_characters(codes), *_from_words(codes, marked.edges), *_from_names(codes, marked)]
    slots = np.empty((n, len(found)), dtype=np.int64)
    for kind, values in enumerate(found):
        mixed = values + _SALTS[kind]
        mixed ^= mixed >> np.uint32(15)
        mixed *= _PRIMES[1]
        mixed ^= mixed >> np.uint32(13)
        slots[:, kind] = mixed & np.uint32((1 << BITS) - 1)
    return slots


def _mixed(parts: Iterable[Codes]) -> Codes:
    total = np.uint32(0)
    for prime, part in zip(_PRIMES, parts, strict=False):
        total = total + (part + np.uint32(1)) * prime
    return np.asarray(total, dtype=np.uint32)


def _from_characters(codes: Codes) -> list[Codes]:
    n = len(codes)
    padded = np.concatenate([np.full(_PAD, 10, np.uint32), codes, np.full(_PAD, 10, np.uint32)])
    return [_mixed(padded[_PAD + at : _PAD + at + n] for at in window) for window in _WINDOWS]


def _from_words(codes: Codes, edges: npt.NDArray[np.int64]) -> list[Codes]:
    """Return for every character its word, the one before and the one after, each with the place in the word."""
    n = len(codes)
    if not n:
        return [codes, codes, codes]
    starts = edges if len(edges) and edges[0] == 0 else np.concatenate([[0], edges])
    lengths = np.diff(np.concatenate([starts, [n]]))
    word_of = np.repeat(np.arange(len(starts)), lengths)
    place = np.arange(n) - starts[word_of]
    powers = np.cumprod(np.full(int(lengths.max()) + 1, 0x01000193, np.uint32), dtype=np.uint32)
    words = np.add.reduceat(codes * powers[place], starts).astype(np.uint32)
    around = np.concatenate([[np.uint32(0)], words, [np.uint32(0)]])
    role = np.where(place == 0, 0, 1) + np.where(place == lengths[word_of] - 1, 2, 0)
    roles = role.astype(np.uint32)
    return [_mixed((around[word_of + shift], roles)) for shift in (1, 0, 2)]


def _from_names(codes: Codes, marked: NamedText) -> list[Codes]:
    n = len(codes)
    names = _states(n, marked.names)
    known = _states(n, [Stretch(start, end, "person") for start, end in marked.titles])
    people = [name for name in marked.names if name.label == "person"]
    bodies = [name for name in marked.names if name.label != "person"]
    stops = np.flatnonzero(np.isin(codes, _STOPS))
    ahead = _ahead(n, people, stops)
    behind = _behind(n, people, stops)
    body = _behind(n, bodies, stops)
    return [
        _mixed((_shift(names, -1), names, _shift(names, 1))),
        _mixed((_shift(known, -1), known, _shift(known, 1))),
        _mixed((known, _shift(names, -1), body)),
        _mixed((known, ahead)),
        _mixed((known, behind)),
        _mixed((names, codes)),
        _mixed((ahead, body, behind)),
        _mixed((_shift(known, 1), ahead, codes)),
        _mixed((known, _shift(codes, -1), names)),
    ]


def _shift(values: Codes, by: int) -> Codes:
    """Return for every character the value `by` places on; zero beyond the ends."""
    moved = np.zeros_like(values)
    if by > 0:
        moved[:-by] = values[by:]
    else:
        moved[-by:] = values[:by]
    return moved


def _states(n: int, stretches: Iterable[Stretch]) -> Codes:
    """Return for every character 0, or a number for the label and the place in the stretch: begin, inside, end, single."""
    states = np.zeros(n + 1, dtype=np.uint32)
    for start, end, label in stretches:
        base = 4 * _LABELS[label]
        states[start:end] = base + 1
        states[start] = base + 3 if end - start == 1 else base
        if end - start > 1:
            states[end - 1] = base + 2
    return states[:n]


def _ahead(n: int, stretches: Sequence[Stretch], stops: Ints) -> Codes:
    """Return the class of the distance from each character to the next start, none beyond the end of the sentence."""
    return _distances(n, [s.start for s in stretches], stops)


def _behind(n: int, stretches: Sequence[Stretch], stops: Ints) -> Codes:
    """Return the class of the distance from the last end to each character, none beyond the start of the sentence."""
    return _distances(n, [n - s.end for s in reversed(stretches)], n - 1 - stops[::-1])[::-1].copy()


def _distances(n: int, targets: Sequence[int], stops: Ints) -> Codes:
    far = len(_NEAR) - 1
    if not targets:
        return np.full(n, _NEAR[far], np.uint32)
    at = np.arange(n)
    known = np.concatenate([np.asarray(targets, np.int64), [n + far]])
    following = known[np.searchsorted(known[:-1], at)]
    stop = np.concatenate([stops, [n + far]])[np.searchsorted(stops, at)]
    distance = np.where(following <= stop, np.minimum(following - at, far), far)
    return _NEAR[distance]
