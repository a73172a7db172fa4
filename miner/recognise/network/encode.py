"""Texts → the integer arrays that the name model reads: characters, character pairs, words and hashed n-grams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import rjieba

Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.uint32]

PAD, UNKNOWN, UNKNOWN_LATIN, UNKNOWN_NUMBER = 0, 1, 2, 3
"""The first ids of characters and words; PAD stands for line ends and for the room between texts."""
FIRST_ID = 4
GAP = 8
"""Line ends laid between two texts: more than the model looks to either side, so that no text sees another."""
PAIR_BITS, NGRAM_BITS = 18, 18
"""Sizes of the tables of character pairs (checked, one slot each) and of n-grams (hashed, unchecked)."""
N_NGRAMS = 7
TAGS = (
    "x",
    "n",
    "nr",
    "ns",
    "nt",
    "nz",
    "nrt",
    "nrfg",
    "v",
    "vn",
    "m",
    "t",
    "eng",
    "q",
    "p",
    "c",
    "d",
    "u",
    "a",
)
"""Parts of speech that are told apart; any other shares the last number."""
N_SHAPES = 4 * (len(TAGS) + 1)
_PRIMES = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint32)


_WORD, _TAG = itemgetter(0), itemgetter(1)
_NO_TAG = "x"
_TAG_NUMBER = {tag: i for i, tag in enumerate(TAGS)}


class Cut(NamedTuple):
    """The words of a text and their parts of speech."""

    words: list[str]
    tags: list[str]


class Encoded(NamedTuple):
    """Parallel arrays, one place for every character kept (spaces beside Chinese characters are left out); words once each."""

    chars: Ints
    pairs: Ints
    """Id of (this, next) character in the table of pairs; 0 for an unknown pair."""
    around: Ints
    """Ids of all words in order, PAD before the first and after the last: word k stands at k + 1."""
    word_of: npt.NDArray[np.int64]
    """Which word each character belongs to."""
    shapes: Ints
    """Part of speech × place within the word."""
    ngrams: Ints
    """(N_NGRAMS, n): buckets of hashed n-grams."""
    folded: Codes
    """Code points after folding."""
    origin: npt.NDArray[np.int64]
    """Where each character stands in the joined raw texts."""
    starts: npt.NDArray[np.int64]
    """Where each text starts in the joined raw texts."""

    def __len__(self) -> int:
        return len(self.chars)

    @property
    def words(self) -> Ints:
        """Id of the word at each character."""
        return self.around[self.word_of + 1]

    @property
    def before(self) -> Ints:
        """Id of the word before that of each character."""
        return self.around[self.word_of]

    @property
    def after(self) -> Ints:
        """Id of the word after that of each character."""
        return self.around[self.word_of + 2]


class _Read(NamedTuple):
    """Texts joined, folded and with the blanks taken out."""

    chars: Ints
    folded: Codes
    origin: npt.NDArray[np.int64]
    """Where each character that is kept stands in the joined texts."""
    starts: npt.NDArray[np.int64]
    """Where each text starts in the joined texts."""
    bounds: list[list[int]]
    """Where each text starts and ends among the characters that are kept."""


class Vocabulary:
    """Folding table and id tables; belongs to a model and is stored with it.

    `fold` and `ids` are indexed by code point below 65,536: the folded character (width, traditional → simplified,
    always one to one) and its id. `pairs` holds in each slot the pair that owns it, so that others stay unknown.
    """

    def __init__(
        self, fold: npt.NDArray[np.uint16], ids: npt.NDArray[np.uint16], pairs: Codes, words: Sequence[str]
    ) -> None:
        self.fold, self.ids, self.pair_keys = fold, ids, pairs
        self.words = {word: FIRST_ID + i for i, word in enumerate(words)}
        self._jieba = rjieba.Jieba()
        codes = np.arange(65536)
        self._class_of = np.full(128, UNKNOWN_LATIN, np.int32)
        self._class_of[10] = PAD
        self._class_of[48:58] = UNKNOWN_NUMBER
        self._space = np.isin(fold, [ord(" "), ord("\t"), 0x3000, 0xA0, 0x200B, ord("\r")])
        self._latin = (
            (fold < 128) & np.char.isalnum(np.array([chr(c) if c < 128 else " " for c in codes]))
        ).astype(bool)

    def arrays(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Return what `from_arrays` needs."""
        words = "\n".join(self.words).encode()
        return {
            "fold": self.fold,
            "ids": self.ids,
            "pair_keys": self.pair_keys,
            "word_list": np.frombuffer(words, np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> Vocabulary:
        """Build a vocabulary from stored arrays."""
        words = arrays["word_list"].tobytes().decode().split("\n")
        return cls(
            arrays["fold"].astype(np.uint16),
            arrays["ids"].astype(np.uint16),
            arrays["pair_keys"].astype(np.uint32),
            words,
        )

    def encode(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> Encoded:
        """Encode texts; the cost is linear, and nothing is done in Python per character.

        `cuts` may tell the words of the texts, so that they are not sought twice.
        """
        read = self._read(texts)
        cut = self._cut(read.folded, read.bounds, cuts)
        words, shapes, index = self._words(read.folded, cut)
        around = np.concatenate([[PAD], words, [PAD]]).astype(np.int32)
        return Encoded(
            chars=read.chars,
            pairs=self._pairs(read.chars),
            around=around,
            word_of=index,
            shapes=shapes,
            ngrams=_ngrams(read.chars, around, index, shapes),
            folded=read.folded,
            origin=read.origin,
            starts=read.starts,
        )

    def cuts(self, texts: Sequence[str], known: Sequence[Cut | None] = ()) -> list[Cut]:
        """Return the words of each text as a network reads it: folded, blanks left out.

        Given to `encode`, they spare another network of the same folding to cut again; `known` may tell the words.
        """
        read = self._read(texts)
        return self._each_cut(read.folded.tobytes().decode("utf-32-le"), read.bounds, known)

    def cut(self, folded: str) -> list[str]:
        """Cut folded text into words."""
        words: list[str] = self._jieba.cut(folded)
        return words

    def _read(self, texts: Sequence[str]) -> _Read:
        gap = "\n" * GAP
        joined = gap + gap.join(texts) + gap
        raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        strange = (raw >= 0x10000) | ((raw >= 0xD800) & (raw < 0xE000))
        codes = np.where(strange, 0xFFFD, raw).astype(np.uint16)
        keep = self._kept(codes)
        codes = codes[keep]
        folded = self.fold[codes].astype(np.uint32)
        chars = self.ids[codes].astype(np.int32)
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        starts = (
            GAP + np.concatenate([[0], np.cumsum(lengths + GAP)[:-1]]) if texts else np.zeros(0, np.int64)
        )
        bounds = (
            np.searchsorted(keep, np.stack([starts, starts + lengths], axis=1))
            if texts
            else np.zeros((0, 2), np.int64)
        )
        return _Read(chars, folded, keep, starts.astype(np.int64), bounds.tolist())

    def _kept(self, codes: npt.NDArray[np.uint16]) -> npt.NDArray[np.int64]:
        latin = self._latin[codes]
        between = np.zeros(len(codes), bool)
        between[1:-1] = latin[:-2] & latin[2:]
        return np.flatnonzero(~self._space[codes] | between)

    def _cut(self, folded: Codes, bounds: Sequence[Sequence[int]], cuts: Sequence[Cut | None]) -> Cut:
        """Return the words of all texts and of the room between them; a given cut counts where it is of this very text."""
        text = folded.tobytes().decode("utf-32-le")
        words: list[str] = []
        tags: list[str] = []
        at = 0
        for (start, end), cut in zip(bounds, self._each_cut(text, bounds, cuts), strict=True):
            words += text[at:start]
            tags += repeat(_NO_TAG, start - at)
            words += cut.words
            tags += cut.tags
            at = end
        words += text[at:]
        tags += repeat(_NO_TAG, len(text) - at)
        return Cut(words, tags)

    def _each_cut(self, text: str, bounds: Sequence[Sequence[int]], known: Sequence[Cut | None]) -> list[Cut]:
        """Return the words of all stretches; a given cut counts where it is of this very text."""
        return [
            cut if cut and "".join(cut.words) == text[start:end] else self._cut_one(text[start:end])
            for (start, end), cut in zip(bounds, known or [None] * len(bounds), strict=True)
        ]

    def _cut_one(self, text: str) -> Cut:
        tagged = self._jieba.tag(text)
        words = list(map(_WORD, tagged))
        if sum(map(len, words)) != len(text):  # the segmenter dropped something: every character is a word
            return Cut(list(text), [_NO_TAG] * len(text))
        return Cut(words, list(map(_TAG, tagged)))

    def _words(self, folded: Codes, cut: Cut) -> tuple[Ints, Ints, npt.NDArray[np.int64]]:
        n = len(cut.words)
        lengths = np.fromiter(map(len, cut.words), np.int64, n)
        words = np.fromiter(map(self.words.get, cut.words, repeat(UNKNOWN)), np.int32, n)
        tags = np.fromiter(map(_TAG_NUMBER.get, cut.tags, repeat(len(TAGS))), np.int32, n)
        first = folded[np.cumsum(lengths) - lengths]
        unknown = (words == UNKNOWN) & (first < 128)
        words[unknown] = self._class_of[first[unknown]]
        index = np.repeat(np.arange(n), lengths)
        place = np.full(len(folded), 1, np.int32)
        ends = np.cumsum(lengths)
        place[ends - 1] = 2
        place[ends - lengths] = 0
        place[(ends - 1)[lengths == 1]] = 3
        return words, tags[index] * 4 + place, index

    def _pairs(self, chars: Ints) -> Ints:
        keys, slots = pair_slots(chars, np.append(chars[1:], PAD).astype(np.int32))
        return np.where(self.pair_keys[slots] == keys, slots, 0).astype(np.int32)


def pair_slots(left: Ints, right: Ints) -> tuple[Codes, Ints]:
    """Return the keys of character pairs and the slots they compete for."""
    keys = (left.astype(np.uint32) << np.uint32(16)) | right.astype(np.uint32)
    return keys, ((keys * _PRIMES[0]) >> np.uint32(32 - PAIR_BITS)).astype(np.int32)


def _mix(*parts: Codes) -> Ints:
    total = parts[0] * _PRIMES[0]
    for i, part in enumerate(parts[1:], 1):
        total = (total ^ (total >> np.uint32(15))) * _PRIMES[i % 4] + part * _PRIMES[(i + 1) % 4]
    total ^= total >> np.uint32(13)
    buckets: Ints = ((total * _PRIMES[1]) >> np.uint32(32 - NGRAM_BITS)).astype(np.int32)
    return buckets


def _ngrams(chars: Ints, around: Ints, index: npt.NDArray[np.int64], shapes: Ints) -> Ints:
    c = np.concatenate([np.zeros(2, np.uint32), chars.astype(np.uint32), np.zeros(2, np.uint32)])
    n = len(chars)
    left2, left, here, right, right2 = (c[k : k + n] for k in range(5))
    w = around.astype(np.uint32)
    kind = [np.uint32(k) for k in range(N_NGRAMS)]
    one = np.ones(1, np.uint32)
    place = (shapes & 3).astype(np.uint32)
    pairs = [_mix(one * kind[k], w[k - 5 : len(w) - 7 + k], w[k - 4 : len(w) - 6 + k]) for k in (5, 6)]
    return np.stack(
        [
            _mix(one * kind[0], left2, left, here),
            _mix(one * kind[1], left, here, right),
            _mix(one * kind[2], here, right, right2),
            _mix(one * kind[3], left, right),
            _mix(one * kind[4], left2, left, here, right),
            _place(pairs[0][index], place),
            _place(pairs[1][index], place),
        ]
    )


def _place(buckets: Ints, place: Codes) -> Ints:
    mixed = (buckets.astype(np.uint32) + np.uint32(77)) * _PRIMES[2] + place * _PRIMES[3]
    moved: Ints = (mixed >> np.uint32(32 - NGRAM_BITS)).astype(np.int32)
    return moved
