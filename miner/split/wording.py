"""What wording says about where text begins, ends and goes on: hashed tables learned from running text.

`pairs` and `singles` know how common pairs of neighbouring characters and characters are (rare pairs tell stories apart; a
pair far rarer than its characters across a cut says that the cut is real), `triples` which threes are usual. `opener` and `closer` score the first and last characters of a paragraph as the first
and last of a story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

__all__ = ["EDGE", "Wording", "edge_slots", "pair_slots"]

Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
PAIR_BITS, SINGLE_BITS, TRIPLE_BITS, EDGE_BITS = 16, 13, 20, 15
SENSE_BITS, _BAG = 15, 400
"""Bits of the slots of a bag of pairs, and the characters of a text that it holds."""
EDGE = 18
"""Characters at a paragraph's edge that are looked at."""
_PLACES = np.array([0, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5], dtype=np.uint64)
_SCALE = 12.0
_MILLION_BITS = float(np.log2(1e6))


@dataclass(frozen=True, slots=True)
class Wording:
    """`pairs` and `singles` hold 12 × log2(1 + occurrences in a million), a byte a slot, `triples` a bit a slot; `opener` and
    `closer` hold weights, the last entry being the bias."""

    pairs: npt.NDArray[Any]
    singles: npt.NDArray[Any]
    triples: npt.NDArray[Any]
    opener: Floats
    closer: Floats

    def rarity(self, pairs: Sequence[str]) -> Floats:
        """How much a pair tells, from about 0 (everywhere) to 1 (never seen)."""
        if not pairs:
            return np.zeros(0, dtype=np.float32)
        codes = np.frombuffer("".join(pairs).encode("utf-32-le", "replace"), dtype=np.uint32).reshape(-1, 2)
        level = self.pairs[pair_slots(codes[:, 0], codes[:, 1])].astype(np.float32) / _SCALE
        result: Floats = np.clip(1.0 - level / 12.0, 0.05, 1.0).astype(np.float32)
        return result

    def affinity(self, left: str, right: str) -> float:
        """How much likelier the last character of one text and the first of another stand together than by chance, in
        bits; 0 for ends of sentences."""
        edges = np.array(
            [[ord(left[-2:-1] or "。"), ord(left[-1]), ord(right[0]), ord(right[1:2] or "。")]],
            dtype=np.uint32,
        )
        return float(self.affinities(edges)[0][0])

    def affinities(self, edges: Ints) -> tuple[Floats, Ints]:
        """For code points of the last two and the next two characters (cuts × 4): the bits by which the pair across the cut
        is likelier than by chance (-6 to 8), and how many of the two triples across it are usual."""
        last, first = edges[:, 1], edges[:, 2]
        level = self.pairs[pair_slots(last, first)].astype(np.float32)
        single = self.singles[single_slots(last)].astype(np.float32) + self.singles[single_slots(first)]
        bits = (level - single) / _SCALE + _MILLION_BITS
        usual = [self._usual(edges[:, 0], last, first), self._usual(last, first, edges[:, 3])]
        return np.clip(bits, -6, 8).astype(np.float32), usual[0] + usual[1]

    def _usual(self, one: Ints, two: Ints, three: Ints) -> Ints:
        slots = triple_slots(one, two, three)
        result: Ints = (self.triples[slots >> 3] >> (slots & 7).astype(np.uint8)) & 1
        return result

    def opens(self, slots: Ints) -> Floats:
        """Log-odds that texts are the first paragraph of a story rather than a later one, given the slots of their openings."""
        result: Floats = self.opener[slots].sum(axis=1) + self.opener[-1]
        return result

    def closes(self, slots: Ints) -> Floats:
        """Log-odds that texts are the last paragraph of a story, given the slots of their closes."""
        result: Floats = self.closer[slots].sum(axis=1) + self.closer[-1]
        return result


def pair_slots(left: Ints, right: Ints) -> Ints:
    """Slots of pairs of characters given as code points."""
    mixed = left.astype(np.uint64) * np.uint64(0x9E3779B1) + right.astype(np.uint64) * np.uint64(0x85EBCA77)
    slots: Ints = ((mixed ^ (mixed >> np.uint64(15))) & np.uint64((1 << PAIR_BITS) - 1)).astype(np.int64)
    return slots


def single_slots(codes: Ints) -> Ints:
    """Slots of single characters."""
    slots: Ints = ((codes.astype(np.uint64) * np.uint64(0x9E3779B1)) >> np.uint64(7)).astype(np.int64)
    return slots & ((1 << SINGLE_BITS) - 1)


def triple_slots(one: Ints, two: Ints, three: Ints) -> Ints:
    """Slots of three characters in a row."""
    mixed = (one.astype(np.uint64) * np.uint64(0x9E3779B1) + two.astype(np.uint64)) * np.uint64(
        0x85EBCA77
    ) + three.astype(np.uint64)
    slots: Ints = ((mixed * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(64 - TRIPLE_BITS)).astype(np.int64)
    return slots


def opening_slots(texts: Sequence[str]) -> Ints:
    """Slots of the openings of texts (texts × slots)."""
    return edge_slots([text[:EDGE] for text in texts])


def close_slots(texts: Sequence[str]) -> Ints:
    """Slots of the closes of texts, read backwards (texts × slots)."""
    return edge_slots([text[-EDGE:][::-1] for text in texts])


def edge_slots(edges: Sequence[str]) -> Ints:
    """Slots of the single characters, pairs and triples of each edge, by place (texts × slots)."""
    padded = "".join([edge.ljust(EDGE + 2, "\0") for edge in edges]).encode("utf-32-le", "replace")
    codes = np.frombuffer(padded, dtype=np.uint32).reshape(len(edges), EDGE + 2).astype(np.uint64)
    one = codes[:, :EDGE]
    two = one * np.uint64(0x9E3779B1) + codes[:, 1 : EDGE + 1]
    three = two * np.uint64(0x85EBCA77) + codes[:, 2 : EDGE + 2]
    out = []
    for size, grams in enumerate((one, two, three), start=1):
        mixed = (grams * np.uint64(7) + _PLACES) * np.uint64(3) + np.uint64(size)
        mixed *= np.uint64(0xC2B2AE3D27D4EB4F)
        out.append((mixed >> np.uint64(64 - EDGE_BITS)).astype(np.int64))
    return np.concatenate(out, axis=1)


def count_texts(texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
    """Make the tables of pairs, singles and triples from running text."""
    pairs, singles = np.zeros(1 << PAIR_BITS, dtype=np.int64), np.zeros(1 << SINGLE_BITS, dtype=np.int64)
    triples = np.zeros(1 << TRIPLE_BITS, dtype=np.int64)
    for text in texts:
        codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
        singles += np.bincount(single_slots(codes), minlength=len(singles))
        if len(codes) > 2:
            pairs += np.bincount(pair_slots(codes[:-1], codes[1:]), minlength=len(pairs))
            np.add.at(triples, triple_slots(codes[:-2], codes[1:-1], codes[2:]), 1)
    usual = triples > np.quantile(triples, 0.85)
    return _levels(pairs), _levels(singles), np.packbits(usual, bitorder="little")


def _levels(counts: Ints) -> Ints:
    per_million = counts * (1e6 / max(1, counts.sum()))
    levels: Ints = np.clip(np.log2(1 + per_million) * _SCALE, 0, 255).astype(np.uint8)
    return levels


def codes_of(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The code points of all texts in a row, and the length of each text."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32)
    return codes, np.fromiter(map(len, texts), np.int64, len(texts))


def bag_slots(texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
    """Slots of the pairs of all texts in a row, where each text's begin, and how many it has."""
    cut = [text[:_BAG] for text in texts]
    points, lengths = codes_of(cut)
    codes: npt.NDArray[np.uint64] = points.astype(np.uint64)
    counts = np.maximum(lengths - 1, 0)
    if len(codes) < 2:
        return np.zeros(0, np.int64), np.zeros(len(cut), np.int64), counts * 0
    mixed = codes[:-1] * np.uint64(0x9E3779B1) + codes[1:] * np.uint64(0x85EBCA77)
    mixed = (mixed * np.uint64(0xC2B2AE3D27D4EB4F)) >> np.uint64(64 - SENSE_BITS)
    inside = np.ones(len(codes) - 1, dtype=bool)
    ends = np.cumsum(lengths)[:-1]
    inside[ends[(ends > 0) & (ends < len(codes))] - 1] = False
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return mixed[inside].astype(np.int64), starts, counts


def summed(slots: Ints, bounds: Ints, table: Floats) -> Floats:
    """Sums of rows of a table, those of `slots` from each bound to the next: a product with a sparse matrix of ones, which is
    faster than gathering."""
    ones = np.ones(len(slots), dtype=np.float32)
    result: Floats = csr_array((ones, slots, bounds), shape=(len(bounds) - 1, len(table))) @ table
    return result
