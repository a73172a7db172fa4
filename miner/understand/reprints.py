"""Reprints: which articles have one text, though it was cut, given another head, worded anew in places, or dated anew.

Texts are compared by their shingles (runs of characters). A sample of each text's shingles, the same for all texts (those whose
hash is small; FracMinHash, Irber et al. 2022), finds the pairs worth a look in one sort over the archive. Of these the whole
texts are compared: how much of the shorter one stands in the longer one (containment; Broder 1997), and what tells a reprint
from texts that are written to one pattern, as results of companies are. What that counts for was learned: `miner train reprints`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np

__all__ = [
    "CHARS",
    "EVIDENCE",
    "LEAST_CHARS",
    "ComparedTexts",
    "Frequencies",
    "Reprint",
    "ReprintWeights",
    "Sampled",
    "candidates",
    "compare",
    "containment",
    "gather",
    "judged",
    "products",
    "reprints",
    "sample",
    "sample_of",
    "shingles",
    "touched_pairs",
]

LEAST_CHARS = 60
"""A text of fewer letters is not compared: it may be a notice that every paper words so."""
_SHINGLE = 4
_SAMPLED = 6
"""Characters of a shingle that is compared, and of one that is sampled: longer ones are rarer, and their blocks smaller."""
CHARS = 20_000
"""A text is compared by so much of its beginning."""
_RATE = 8
_MOST_ENTRIES = 24_000_000
"""One shingle in `_RATE` is sampled; fewer where the archive would have more of them than this (some 600 MB at work)."""
_WINDOW = 8
_LARGEST = 20_000
"""Texts that share a sampled shingle are paired with the first and the next `_WINDOW` of them; what more than `_LARGEST`
share is a phrase that everybody uses."""
_SHARDS = 8
_FEWEST = 2
_SHARE = 0.12
"""Pairs with at least so many, and such a share of the smaller sample, in common are compared."""
LEAST_SHARE = 0.35
"""Containment below which a pair is no reprint, whatever else speaks for it: two reports of one event share seldom a quarter."""
_SHORT, _LEAST_SHARE_SHORT = 100, 0.6
"""A text of fewer shingles is half made of the set phrases of its kind (an office announces a visit): more of it must be the same."""
SAME = 0.7
"""Probability from which a pair is one text."""
_RARE = 8
"""A sampled shingle that at most so many texts have is rare."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?![\d年月日号时点:：])")
"""Numbers but days and hours: a reprint keeps them."""
EVIDENCE = (
    "containment",
    "rare",
    "numbers",
    "numbers lost",
    "frequency",
    "runs",
    "longest run",
    "length",
    "lengths",
)
"""The evidence about a pair, in the order of `evidence`."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Reprint(NamedTuple):
    """Two texts, by their numbers in order of time, that are one; `share` of the shorter one stands in the longer one."""

    first: int
    again: int
    share: float
    probability: float


def shingles(text: str, size: int = _SHINGLE) -> np.ndarray:
    """Return the hashes of a text's runs of letters, each once, ascending: shape (n,), unsigned 64-bit.

    Punctuation and white space do not count.

    >>> len(shingles("进博会开幕，进博会开")), len(shingles("进"))
    (5, 0)
    """
    return np.unique(_hashes(text, size))


def _hashes(text: str, size: int) -> np.ndarray:
    letters = "".join(filter(str.isalnum, text[:CHARS]))
    codes = np.frombuffer(letters.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    count = max(0, len(codes) - size + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for at in range(size if count else 0):
            hashes = hashes * np.uint64(1_000_003) + codes[at : at + count]
        hashes *= _MIX
        hashes ^= hashes >> np.uint64(29)
        hashes *= np.uint64(0xBF58476D1CE4E5B9)
        hashes ^= hashes >> np.uint64(32)
    return hashes


def containment(one: np.ndarray, other: np.ndarray) -> float:
    """Return which share of the smaller set of shingles is in the larger one, from 0 to 1.

    >>> containment(shingles("各国企业来到进博会"), shingles("进博会开幕。各国企业来到进博会！"))
    1.0
    """
    small = min(len(one), len(other))
    return len(np.intersect1d(one, other, assume_unique=True)) / small if small else 0.0


Read = Callable[[int], str]


def reprints(texts: Iterable[str], read: Read) -> Iterator[Reprint]:
    """Yield the pairs of texts that are one, ascending; the texts are given in order of time, and `read` gives one again by its number.

    Of many copies not every pair is told, but enough to lead from each to the first. Memory: some 25 bytes a sampled shingle.
    """
    sampled = sample(texts)
    yield from judged(candidates(sampled), sampled, read)


def judged(pairs: Iterable[tuple[int, int]], sampled: Sampled, read: Read) -> Iterator[Reprint]:
    """Yield those of some pairs, ascending, that are one text."""
    weights = ReprintWeights.shipped()
    for pair in _compare(pairs, sampled, read):
        probability = weights.probability(pair.evidence)
        if probability >= SAME:
            yield Reprint(pair.first, pair.again, float(pair.evidence[0]), probability)


class ComparedTexts(NamedTuple):
    """A pair of texts that share enough to be looked at, and the evidence about it: shape (evidence,)."""

    first: int
    again: int
    evidence: np.ndarray


def compare(sampled: Sampled, read: Read) -> Iterator[ComparedTexts]:
    """Yield the pairs that may be reprints, with the evidence about each."""
    return _compare(candidates(sampled), sampled, read)


def _compare(pairs: Iterable[tuple[int, int]], sampled: Sampled, read: Read) -> Iterator[ComparedTexts]:
    last, known = -1, None
    for first, again in pairs:
        if first != last or known is None:
            last, known = first, _Text.of(read(first), sampled.limit)
        found = evidence(known, _Text.of(read(again), sampled.limit), sampled)
        few = math.exp(found[EVIDENCE.index("length")]) < _SHORT
        if found[0] >= (_LEAST_SHARE_SHORT if few else LEAST_SHARE):
            yield ComparedTexts(first, again, found)


class _Text(NamedTuple):
    """What of a text is compared: its shingles in order, each once, those sampled of the longer ones, its numbers."""

    ordered: np.ndarray
    shingles: np.ndarray
    sampled: np.ndarray
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str, limit: np.uint64) -> _Text:
        """Take a text apart."""
        ordered, longer = _hashes(text, _SHINGLE), shingles(text, _SAMPLED)
        numbers = frozenset(_NUMBER.findall(text[:CHARS]))
        return cls(ordered, np.unique(ordered), longer[longer < limit], numbers)


def evidence(one: _Text, other: _Text, archive: Sampled) -> np.ndarray:
    """Return what speaks for and against two texts being one: shape (len(EVIDENCE),).

    How much of the shorter one, and of what is rare in it, and of its numbers, is in the longer one; how many of its numbers are
    not; in how many texts the shared shingles are; into how many runs, a hundred letters, what is shared falls, and how long the
    longest is: a cut text falls into few, one written to a pattern into many. A pair that shares little gets zeros.
    """
    small, large = sorted((one, other), key=lambda text: len(text.shingles))
    found = np.zeros(len(EVIDENCE))
    share = containment(small.shingles, large.shingles)
    if share < LEAST_SHARE:
        return found
    often, shared = archive.frequency(small.sampled), np.isin(small.sampled, large.sampled)
    rare = often <= _RARE
    told = len(small.numbers & large.numbers)
    runs = _runs(np.isin(small.ordered, large.shingles))
    found[:] = (
        share,
        ((shared & rare).sum() + 1) / (rare.sum() + 2),
        (told + 1) / (len(small.numbers) + 2),
        math.log1p(len(small.numbers) - told),
        math.log(often[shared].mean()) if shared.any() else 0.0,
        100 * len(runs) / len(small.ordered),
        runs.max(initial=0) / len(small.ordered),
        math.log(len(small.shingles)),
        len(small.shingles) / len(large.shingles),
    )
    return found


def _runs(shared: np.ndarray) -> np.ndarray:
    """Return the lengths of the runs of what is shared: shape (runs,)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], shared, [False]))))
    return np.asarray(edges[1::2] - edges[::2])


class ReprintWeights(NamedTuple):
    """What the evidence counts for: a logistic regression over it, scaled, and over the products of each two."""

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    intercept: float

    @classmethod
    def shipped(cls) -> ReprintWeights:
        """Return those of the package."""
        return _shipped()

    @classmethod
    def read(cls, text: str) -> ReprintWeights:
        """Return weights from JSON."""
        table = json.loads(text)
        mean, scale, weights = (np.array(table[name]) for name in ("mean", "scale", "weights"))
        return cls(mean, scale, weights, float(table["intercept"]))

    def json(self) -> str:
        """Return them as JSON, with the names of the evidence."""
        rounded = {
            name: [round(float(w), 5) for w in getattr(self, name)] for name in ("mean", "scale", "weights")
        }
        return json.dumps({"evidence": EVIDENCE, **rounded, "intercept": round(self.intercept, 5)}, indent=1)

    def probability(self, evidence: np.ndarray) -> float:
        """Return how probable it is that a pair is one text."""
        points = float(products((evidence - self.mean) / self.scale) @ self.weights) + self.intercept
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, points))))


@cache
def _shipped() -> ReprintWeights:
    file = resources.files("miner") / "resources" / "models" / "reprints.json"
    return ReprintWeights.read(file.read_text("utf-8"))


def products(scaled: np.ndarray) -> np.ndarray:
    """Return evidence and the products of each two: shape (…, n) becomes (…, n + n (n + 1) / 2)."""
    pairs = combinations_with_replacement(range(scaled.shape[-1]), 2)
    both = (scaled[..., i : i + 1] * scaled[..., j : j + 1] for i, j in pairs)
    return np.asarray(np.concatenate([scaled, *both], axis=-1))


class Frequencies(NamedTuple):
    """In how many texts sampled shingles are: those that several have, ascending, and how many; all others are in one."""

    hashes: np.ndarray
    counts: np.ndarray

    def of(self, hashes: np.ndarray) -> np.ndarray:
        """Return in how many texts each of some shingles is."""
        if not len(self.hashes):
            return np.ones(len(hashes), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.counts[at], 1)


class Sampled(NamedTuple):
    """Which text has which sampled shingle, sorted by shingle and number; how many each text has; below which hash is sampled."""

    numbers: np.ndarray
    hashes: np.ndarray
    sizes: np.ndarray
    limit: np.uint64
    often: Frequencies | None = None
    """In how many texts shingles were when that was counted, if not among these."""

    def frequency(self, hashes: np.ndarray) -> np.ndarray:
        """Return in how many texts sampled shingles are."""
        if self.often is not None:
            return self.often.of(hashes)
        ends = np.searchsorted(self.hashes, hashes, "right")
        return np.asarray(ends - np.searchsorted(self.hashes, hashes, "left"))

    def frequencies(self) -> Frequencies:
        """Return in how many texts the shingles are that several have."""
        hashes, counts = np.unique(self.hashes, return_counts=True)
        return Frequencies(hashes[counts > 1], counts[counts > 1])

    def each(self) -> Iterator[np.ndarray]:
        """Yield the sampled shingles of every text, ascending."""
        order = np.argsort(self.numbers, kind="stable")
        yield from np.split(self.hashes[order], np.cumsum(self.sizes)[:-1])

    def without(self, numbers: np.ndarray) -> Sampled:
        """Return these without some texts, given as a mask; numbers and sizes stay."""
        left = ~numbers[self.numbers]
        return self._replace(numbers=self.numbers[left], hashes=self.hashes[left])


def sample_of(text: str, limit: np.uint64) -> np.ndarray:
    """Return the sampled shingles of one text, ascending: those below a limit; none of a text that is too short."""
    if sum(map(str.isalnum, text[:CHARS])) < LEAST_CHARS:
        return _NONE
    hashes = shingles(text, _SAMPLED)
    return hashes[hashes < limit].copy()


def gather(each: Iterable[np.ndarray], limit: np.uint64, often: Frequencies) -> Sampled:
    """Return the sampled shingles of texts, given for each of them, in order of time."""
    kept = list(each)
    counts = np.array([len(one) for one in kept], dtype=np.int64)
    hashes = np.concatenate(kept) if kept else _NONE
    numbers = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    order = np.argsort(hashes, kind="stable")
    return Sampled(numbers[order], hashes[order], counts, limit, often)


class TextPairs(NamedTuple):
    """Pairs of texts by their numbers, ascending, and whether each shares enough to be compared."""

    first: np.ndarray
    again: np.ndarray
    enough: np.ndarray


def touched_pairs(both: Sampled, came: np.ndarray, gone: np.ndarray) -> TextPairs:
    """Return the pairs that share more or fewer sampled shingles, as pairs are found, since texts came and went.

    `both` holds the texts of before and now; `came` and `gone` are masks of them. Whoever is in no pair returned here is
    compared with the same texts as before.
    """
    touched = np.unique(both.hashes[(came | gone)[both.numbers]])
    part = _of(both, touched)
    (before, many_before), (now, many_now) = (_counted(part.without(mask)) for mask in (came, gone))
    pairs = np.union1d(before, now)
    pairs = pairs[_count(before, many_before, pairs) != _count(now, many_now, pairs)]
    first, again = (pairs >> np.uint64(32)).astype(np.int64), (pairs & _LOW).astype(np.int64)
    among = np.zeros(len(both.sizes), dtype=bool)
    among[first] = among[again] = True
    hashes, shared = np.unique(both.hashes[among[both.numbers]], return_counts=True)
    found, many = _counted(_of(both, hashes[shared > 1]).without(gone), only=pairs)
    counts = _count(found, many, pairs)
    least = _SHARE * np.minimum(both.sizes[first], both.sizes[again])
    return TextPairs(first, again, (counts >= _FEWEST) & (counts >= least))


_LOW = np.uint64(0xFFFFFFFF)


def _of(sampled: Sampled, hashes: np.ndarray) -> Sampled:
    """Return what of sampled shingles is among some, ascending."""
    if not len(hashes):
        return sampled._replace(numbers=sampled.numbers[:0], hashes=sampled.hashes[:0])
    first = np.searchsorted(sampled.hashes, hashes, "left")
    counts = np.searchsorted(sampled.hashes, hashes, "right") - first
    at = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    return sampled._replace(numbers=sampled.numbers[at], hashes=sampled.hashes[at])


def _counted(sampled: Sampled, *, only: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs that are found under the same shingles, as 64-bit keys, ascending, and how often each is; `only` those given."""
    numbers = sampled.numbers
    first, usable = _blocks(sampled.hashes)
    found = [np.zeros(0, dtype=np.uint64)]
    for ahead in (None, *range(1, _WINDOW + 1)) if len(numbers) else ():
        pairs = _pairs(numbers, ahead, first, usable, (0, len(sampled.sizes)))
        if only is not None:
            pairs = pairs[np.isin(pairs, only)]
        found.append(pairs)
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    return keys, counts


def _count(keys: np.ndarray, counts: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the counts of wanted keys, 0 for one that is not there."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, counts[at], 0)


def _blocks(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each entry where the texts with its shingle begin, and whether so many have it that it tells something."""
    if not len(hashes):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1]))
    lengths = np.diff(np.append(starts, len(hashes)))
    return np.repeat(starts, lengths), np.repeat((lengths > 1) & (lengths <= _LARGEST), lengths)


def sample(texts: Iterable[str]) -> Sampled:
    """Return the sampled shingles of an archive."""
    kept: list[np.ndarray] = []
    sizes: list[int] = []
    rate, entries = _RATE, 0
    for text in texts:
        hashes = shingles(text, _SAMPLED) if sum(map(str.isalnum, text[:CHARS])) >= LEAST_CHARS else _NONE
        kept.append(hashes[hashes < _limit(rate)].copy())
        sizes.append(len(kept[-1]))
        entries += sizes[-1]
        if entries > _MOST_ENTRIES:
            rate *= 2
            kept = [one[one < _limit(rate)].copy() for one in kept]
            sizes = [len(one) for one in kept]
            entries = sum(sizes)
    counts = np.array(sizes, dtype=np.int64)
    numbers = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    hashes = np.concatenate(kept) if kept else _NONE
    kept.clear()
    order = np.argsort(hashes, kind="stable")
    return Sampled(numbers[order], hashes[order], counts, _limit(rate))


_NONE = np.zeros(0, dtype=np.uint64)


def _limit(rate: int) -> np.uint64:
    return np.uint64((1 << 64) // rate)


def candidates(sampled: Sampled) -> Iterator[tuple[int, int]]:
    """Yield the pairs of texts with enough sampled shingles in common, ascending: in shards, so that memory stays bounded."""
    numbers, hashes, sizes = sampled.numbers, sampled.hashes, sampled.sizes
    if len(hashes) < 2:
        return
    first, usable = _blocks(hashes)
    per_shard = 1 + (len(sizes) - 1) // _SHARDS
    for shard in range(_SHARDS):
        low, high = shard * per_shard, (shard + 1) * per_shard
        pairs = [_pairs(numbers, at, first, usable, (low, high)) for at in (None, *range(1, _WINDOW + 1))]
        keys, counts = np.unique(np.concatenate(pairs), return_counts=True)
        left, right = (
            (keys >> np.uint64(32)).astype(np.int64),
            (keys & np.uint64(0xFFFFFFFF)).astype(np.int64),
        )
        enough = (counts >= _FEWEST) & (counts >= _SHARE * np.minimum(sizes[left], sizes[right]))
        yield from zip(left[enough].tolist(), right[enough].tolist(), strict=True)


def _pairs(
    numbers: np.ndarray, ahead: int | None, first: np.ndarray, usable: np.ndarray, within: tuple[int, int]
) -> np.ndarray:
    """Return the pairs of each entry with the one `ahead` under the same shingle, or with the first there, as 64-bit keys.

    Each pair once a shingle, where the lower number lies `within` a range.
    """
    here = np.arange(len(numbers))
    if ahead is None:
        there, here = first[here], here
        far = usable & (here - there > _WINDOW)
        low, high = numbers[there[far]], numbers[here[far]]
    else:
        near = usable[:-ahead] & (first[:-ahead] == first[ahead:])
        low, high = numbers[:-ahead][near], numbers[ahead:][near]
    inside = (low >= within[0]) & (low < within[1]) & (low != high)
    return np.asarray((low[inside].astype(np.uint64) << np.uint64(32)) | high[inside].astype(np.uint64))
