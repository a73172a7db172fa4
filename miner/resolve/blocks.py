"""Blocking: which of very many things are compared at all, as numbers in arrays rather than lists of objects."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import numpy as np

GRAM_BITS = 21
"""Bits of one character: a bigram is one number."""


class Blocks:
    """Numbered things under blocking keys: 16 bytes for each key of each thing."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._hashes = array("Q")

    def add(self, number: int, *key: object) -> None:
        """Put a thing under a key."""
        self._numbers.append(number)
        self._hashes.append(
            int.from_bytes(blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        )

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the things under each key that has several, in ascending order."""
        numbers, hashes = (
            np.frombuffer(self._numbers, dtype=np.int64),
            np.frombuffer(self._hashes, dtype=np.uint64),
        )
        yield from same_key(numbers, hashes)


def same_key(numbers: np.ndarray, keys: np.ndarray) -> Iterator[list[int]]:
    """Yield the numbers, ascending and each once, of every key that several have.

    >>> list(same_key(np.array([3, 1, 2]), np.array([7, 8, 7])))
    [[2, 3]]
    """
    if not len(numbers):
        return
    order = np.lexsort((numbers, keys))
    numbers, keys = numbers[order], keys[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    sizes = np.diff(np.append(starts, len(keys)))
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        block = sorted(set(numbers[start : start + size].tolist()))
        if len(block) > 1:
            yield block


def grams_of(bigrams: Iterable[str]) -> array[int]:
    """Return bigrams as numbers in code-point order, each once: a quarter of the memory of a set of strings.

    >>> grams_of(["签约", "一签", "签约"]) == array("q", sorted([(0x4E00 << 21) + 0x7B7E, (0x7B7E << 21) + 0x7EA6]))
    True
    """
    return array("q", sorted((ord(gram[0]) << GRAM_BITS) + ord(gram[1]) for gram in set(bigrams)))
