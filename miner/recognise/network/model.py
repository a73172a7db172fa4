"""The trained name model: which characters form a person, enterprise, organization, place or title, and how surely.

A small network reads characters, character pairs, words (rjieba) and hashed n-grams, and a linear chain joins its
verdicts into names. It is trained by `miner.training.names.trained` and runs here with NumPy alone, in batches.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from scipy.linalg.blas import sgemm

from miner.errors import ModelError
from miner.recognise.network.chain import (
    LABELS,
    N_STATES,
    Beliefs,
    Chain,
    Floats,
    Indices,
    Layout,
    believe,
    lay_out,
)
from miner.recognise.network.encode import GAP, UNKNOWN, Cut, Encoded, Vocabulary

FORMAT = 1
"""Version of the model file; a file of another version is refused."""
REACH = 8
"""Characters that a block reads beyond its own on either side; the network looks less far."""
BLOCK = 4096
"""Characters computed together: small enough to stay in a processor's cache."""
BATCH = 150_000
"""Characters encoded and joined together: bounds the memory of one call."""
LEAST_SCORE = 0.1
"""A span less likely than this is not reported."""
LONGEST_SENTENCE = 160
"""A longer sentence is cut, at a comma when there is one in its second half."""
NEAR_CHINESE, NEAR_UNKNOWN, SHUT = 20, 8, np.float32(50.0)
"""Text farther than this from Chinese, or with a quarter of characters that nobody writes, is shut out by this score."""
_ENDS = np.array([ord(c) for c in "。!?;\n"], dtype=np.uint32)
_COMMAS = np.array([ord(c) for c in ",、:)」』》”"], dtype=np.uint32)
_ZERO, _TOP = np.float32(0), np.float32(np.inf)
_NO_PAIR = np.zeros(1, np.int32)
_BYTES = frozenset({"pairs", "words", "ngrams"})
Bytes = npt.NDArray[np.int8]
Arrays = Mapping[str, npt.NDArray[np.generic]]


class Candidate(NamedTuple):
    """A name the model sees in a text: characters start to end, its label, and the posterior of exactly this span."""

    start: int
    end: int
    label: str
    score: float


class Weights(NamedTuple):
    """Everything learnt, ready to compute with; the names are those of the stored arrays."""

    chars: Floats
    pairs: Bytes
    words: Bytes
    shapes: Floats
    pair_input: Floats
    """For the pair that ends here and the pair that starts here, one below the other."""
    word_input: Floats
    """For the words here, before and after."""
    near: Floats
    near_bias: Floats
    far: Floats
    far_bias: Floats
    out: Floats
    out_bias: Floats
    ngrams: Bytes
    ngrams_scale: Floats


FAR = 3
"""Distance of the second convolution's outer taps."""


class NameModel:
    """Finds names in texts. Immutable; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, weights: Weights, chain: Chain) -> None:
        self.vocabulary, self.weights, self.chain = vocabulary, weights, chain

    @classmethod
    def load(cls) -> NameModel:
        """Load the model that comes with the package; raises ModelError when it is missing or damaged."""
        file = resources.files("miner") / "resources" / "models" / "names.npz"
        try:
            return cls.from_bytes(file.read_bytes())
        except OSError as error:
            raise ModelError(
                f"cannot read the name model: {error}", where=str(file), hint="reinstall miner"
            ) from error

    @classmethod
    def from_bytes(cls, stored: bytes) -> NameModel:
        """Build a model from the bytes of a model file; raises ModelError when they are not one."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            if int(arrays["format"]) != FORMAT or tuple(arrays["labels"].tolist()) != LABELS:
                raise ModelError(
                    "a name model of another version", hint="train it again with `miner train names`"
                )
            return cls(Vocabulary.from_arrays(arrays), _weights(arrays), _chain(arrays))
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise ModelError(
                f"damaged name model: {error}", hint="train it again with `miner train names`"
            ) from error

    def predict(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[list[Candidate]]:
        """Return the names in each text, in order, without overlap; `cuts` may tell the words of the texts."""
        found: list[list[Candidate]] = [[] for _ in texts]
        for batch in _batches(texts):
            known = [cuts[piece.text] if cuts else None for piece in batch]
            for piece, candidates in zip(
                batch, self._predict([piece.content for piece in batch], known), strict=True
            ):
                if piece.offset:
                    candidates = [
                        c._replace(start=c.start + piece.offset, end=c.end + piece.offset) for c in candidates
                    ]
                found[piece.text].extend(candidates)
        return found

    def _predict(self, texts: Sequence[str], known: Sequence[Cut | None]) -> list[list[Candidate]]:
        encoded = self.vocabulary.encode(texts, known)
        cuts = sentence_cuts(encoded.folded)
        layout = lay_out(cuts[:-1], np.diff(cuts))
        scores = self.emissions(encoded)[layout.order]
        scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
        factors = np.exp(scores, out=scores)
        beliefs = believe(factors, layout, self.chain)
        spans = _spans(_states(beliefs, layout), cuts)
        spans.scores[:] = _posteriors(spans, factors, beliefs, layout, self.chain)
        return _by_text(spans, encoded, texts)

    def marginals(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[Floats]:
        """Return for every character of each text the probability of each state, shape (characters, states).

        A character that folding leaves out (a blank beside Chinese characters) is in no name.
        """
        found: list[list[Floats]] = [[] for _ in texts]
        for batch in _batches(texts):
            known = [cuts[piece.text] if cuts else None for piece in batch]
            for piece, part in zip(
                batch, self._marginals([piece.content for piece in batch], known), strict=True
            ):
                found[piece.text].append(part)
        return [np.concatenate(parts) if parts else np.zeros((0, N_STATES), np.float32) for parts in found]

    def _marginals(self, texts: Sequence[str], known: Sequence[Cut | None]) -> list[Floats]:
        encoded = self.vocabulary.encode(texts, known)
        cuts = sentence_cuts(encoded.folded)
        layout = lay_out(cuts[:-1], np.diff(cuts))
        scores = self.emissions(encoded)[layout.order]
        scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
        beliefs = believe(np.exp(scores, out=scores), layout, self.chain)
        joint = beliefs.forward * beliefs.backward
        joint /= np.add.reduce(joint, axis=1, keepdims=True) + np.float32(1e-30)
        states = np.zeros((sum(map(len, texts)) + GAP * (len(texts) + 1), N_STATES), np.float32)
        states[:, 0] = 1.0
        states[encoded.origin[layout.order]] = joint
        return [
            states[start : start + len(text)]
            for start, text in zip(encoded.starts.tolist(), texts, strict=True)
        ]

    def outside(self, texts: Sequence[str]) -> list[Floats]:
        """Return for every character of each text the probability that it belongs to no name."""
        encoded = self.vocabulary.encode(texts)
        cuts = sentence_cuts(encoded.folded)
        layout = lay_out(cuts[:-1], np.diff(cuts))
        scores = self.emissions(encoded)[layout.order]
        beliefs = believe(np.exp(scores - scores.max(axis=1, keepdims=True)), layout, self.chain)
        joint = beliefs.forward * beliefs.backward
        known = np.ones(int(encoded.origin[-1]) + 1, np.float32)
        known[encoded.origin[layout.order]] = joint[:, 0] / (joint.sum(axis=1) + 1e-30)
        return [
            known[start : start + len(text)]
            for start, text in zip(encoded.starts.tolist(), texts, strict=True)
        ]

    def emissions(self, encoded: Encoded) -> Floats:
        """Return the network's scores, shape (characters, states)."""
        n = len(encoded)
        scores = np.empty((n, N_STATES), np.float32)
        room = _Room.for_weights(self.weights)
        for start in range(0, n, BLOCK):
            end = min(start + BLOCK, n)
            lo, hi = max(0, start - REACH), min(n, end + REACH)
            scores[start:end] = self._block(encoded, lo, hi, room)[start - lo : end - lo]
        scores[_strange(encoded), 0] += SHUT
        return scores

    def _block(self, encoded: Encoded, lo: int, hi: int, room: _Room) -> Floats:
        w, n = self.weights, hi - lo
        hidden = room.start(n)
        self._read_pairs(encoded, lo, hi, room)
        hidden += self._word_sums(encoded, lo, hi, room)
        hidden += w.chars.take(encoded.chars[lo:hi], axis=0)
        hidden += w.shapes.take(encoded.shapes[lo:hi], axis=0)
        np.clip(hidden, _ZERO, _TOP, out=hidden)  # faster than np.maximum with a scalar
        hidden += room.convolve(n, w.near, w.near_bias, 1)
        hidden += room.convolve(n, w.far, w.far_bias, FAR)
        scores: Floats = hidden @ w.out
        scores += w.out_bias
        total = w.ngrams.take(encoded.ngrams[0, lo:hi], axis=0).astype(np.int16)
        for buckets in encoded.ngrams[1:]:
            total += w.ngrams.take(buckets[lo:hi], axis=0)
        scores += total * w.ngrams_scale
        return scores

    def _read_pairs(self, encoded: Encoded, lo: int, hi: int, room: _Room) -> None:
        """Set the hidden layer to what the pair that ends here and the pair that starts here say."""
        w, n = self.weights, hi - lo
        before = encoded.pairs[lo - 1 : lo] if lo else _NO_PAIR
        rows = w.pairs.take(np.concatenate([before, encoded.pairs[lo:hi]]), axis=0)
        wide = room.side_by_side(n, rows[:-1], rows[1:])
        np.matmul(wide, w.pair_input, out=room.start(n))

    def _word_sums(self, encoded: Encoded, lo: int, hi: int, room: _Room) -> Floats:
        """Return what the words here, before and after say, worked out once for each word, for every character."""
        w = self.weights
        first, last = int(encoded.word_of[lo]), int(encoded.word_of[hi - 1])
        rows = w.words.take(encoded.around[first : last + 3], axis=0)
        sums = room.side_by_side(last + 1 - first, rows[1:-1], rows[:-2], rows[2:]) @ w.word_input
        spread: Floats = sums.take(encoded.word_of[lo:hi] - first, axis=0)
        return spread


class _Room:
    """Memory that the blocks of one call share: small enough to stay in a processor's cache, and never asked for anew."""

    def __init__(self, size: int, width: int, widest: int) -> None:
        self._hidden = np.zeros((FAR + size + FAR, width), np.float32)
        self._result = np.empty((size, width), np.float32)
        self._wide = np.empty(size * widest, np.float32)

    @classmethod
    def for_weights(cls, weights: Weights) -> _Room:
        """Return room for blocks of a network."""
        width = weights.chars.shape[1]
        widest = max(3 * width, len(weights.pair_input), len(weights.word_input))
        return cls(BLOCK + 2 * REACH, width, widest)

    def start(self, n: int) -> Floats:
        """Return the hidden layer of a block of `n` characters; beyond its ends are zeros."""
        self._hidden[FAR + n : FAR + n + FAR] = 0
        return self._hidden[FAR : FAR + n]

    def side_by_side(self, n: int, *parts: Floats | Bytes) -> Floats:
        """Return `n` rows of several arrays as one array, so that one product does for all."""
        columns = sum(part.shape[1] for part in parts)
        wide = self._wide[: n * columns].reshape(n, columns)
        at = 0
        for part in parts:
            wide[:, at : at + part.shape[1]] = part
            at += part.shape[1]
        return wide

    def convolve(self, n: int, taps: Floats, bias: Floats, reach: int) -> Floats:
        """Return the rectified convolution of the hidden layer with three taps, the outer ones `reach` away.

        BLAS adds each product to what is there already; its arrays run down columns, so all are handed over turned.
        """
        result = self._result[:n]
        result[:] = bias
        for tap, shift in zip(taps, (-reach, 0, reach), strict=True):
            rows = self._hidden[FAR + shift : FAR + shift + n]
            sgemm(1.0, tap.T, rows.T, 1.0, result.T, overwrite_c=1)
        return np.clip(result, _ZERO, _TOP, out=result)


def _strange(encoded: Encoded) -> npt.NDArray[np.bool_]:
    """Tell where the model has never seen such text and stays silent: far from Chinese, or among unknown characters."""
    n = len(encoded)
    at = np.arange(n)
    chinese = np.concatenate([[0], np.cumsum((encoded.folded >= 0x3400) & (encoded.folded < 0xA000))])
    unknown = np.concatenate([[0], np.cumsum(encoded.chars == UNKNOWN)])
    far = chinese[np.minimum(at + NEAR_CHINESE, n)] == chinese[np.maximum(at - NEAR_CHINESE, 0)]
    odd = (
        unknown[np.minimum(at + NEAR_UNKNOWN, n)] - unknown[np.maximum(at - NEAR_UNKNOWN, 0)]
        > NEAR_UNKNOWN // 2
    )
    strange: npt.NDArray[np.bool_] = far | odd
    return strange


def _weights(arrays: Arrays) -> Weights:
    """Return the weights; the large tables stay as bytes, their scales go into the products that follow them."""
    pairs, words = _floats(arrays["pairs_scale"])[:, None], _floats(arrays["words_scale"])[:, None]
    joined: dict[str, npt.NDArray[np.generic]] = {
        "pair_input": np.concatenate([_floats(arrays[name]) * pairs for name in ("left_pair", "right_pair")]),
        "word_input": np.concatenate([_floats(arrays[name]) * words for name in ("word", "before", "after")]),
        "chars": _floats(arrays["chars"]) * _floats(arrays["chars_scale"]),
    }
    full: dict[str, npt.NDArray[np.generic]] = {}
    for name in Weights._fields:
        table = joined[name] if name in joined else arrays[name]
        full[name] = table if name in _BYTES else _floats(table)
    return Weights(**full)  # type: ignore[arg-type]


def _floats(array: npt.NDArray[np.generic]) -> Floats:
    return array.astype(np.float32)


def _chain(arrays: Arrays) -> Chain:
    return Chain.from_scores(*(arrays[name].astype(np.float32) for name in ("steps", "enter", "leave")))


def file_hash() -> str:
    """Return the SHA-256 of the model file that comes with the package."""
    file = resources.files("miner") / "resources" / "models" / "names.npz"
    return hashlib.sha256(file.read_bytes()).hexdigest()


class _Piece(NamedTuple):
    text: int
    offset: int
    content: str


def _pieces(texts: Sequence[str]) -> Iterator[_Piece]:
    """Cut texts that are longer than a batch, after a line end or full stop when there is one near."""
    for i, text in enumerate(texts):
        at = 0
        while len(text) - at > BATCH:
            cut = max(text.rfind(mark, at + BATCH // 2, at + BATCH) for mark in "\n。") + 1
            cut = cut or at + BATCH
            yield _Piece(i, at, text[at:cut])
            at = cut
        yield _Piece(i, at, text[at:])


def _batches(texts: Sequence[str]) -> Iterator[list[_Piece]]:
    batch: list[_Piece] = []
    chars = 0
    for piece in _pieces(texts):
        if batch and chars + len(piece.content) > BATCH:
            yield batch
            batch, chars = [], 0
        batch.append(piece)
        chars += len(piece.content) + GAP
    if batch:
        yield batch


def sentence_cuts(folded: npt.NDArray[np.uint32]) -> Indices:
    """Return the bounds of sentences in folded text, first 0 and last its length; none is longer than LONGEST_SENTENCE."""
    n = len(folded)
    ends = np.flatnonzero(np.isin(folded, _ENDS)) + 1
    cuts = np.unique(np.concatenate([[0], ends, [n]])).astype(np.int64)
    long = np.flatnonzero(np.diff(cuts) > LONGEST_SENTENCE)
    if not len(long):
        return cuts
    commas = np.flatnonzero(np.isin(folded, _COMMAS)) + 1
    extra: list[int] = []
    for k in long:
        at, end = int(cuts[k]), int(cuts[k + 1])
        while end - at > LONGEST_SENTENCE:
            i = int(np.searchsorted(commas, at + LONGEST_SENTENCE, side="right")) - 1
            near = int(commas[i]) if i >= 0 else 0
            at = near if near > at + LONGEST_SENTENCE // 2 else at + LONGEST_SENTENCE
            extra.append(at)
    return np.unique(np.concatenate([cuts, extra])).astype(np.int64)


class _Spans(NamedTuple):
    starts: Indices
    ends: Indices
    labels: Indices
    scores: npt.NDArray[np.float64]


def _states(beliefs: Beliefs, layout: Layout) -> npt.NDArray[np.int8]:
    states = np.empty(len(layout.order), np.int8)
    states[layout.order] = np.argmax(beliefs.forward * beliefs.backward, axis=1)
    return states


def _spans(states: npt.NDArray[np.int8], cuts: Indices) -> _Spans:
    """Read spans off the likeliest states; a run that the chain would forbid is read leniently."""
    inside = states > 0
    label = (states.astype(np.int64) - 1) >> 2
    role = (states - 1) & 3
    opens = inside & ((role == 0) | (role == 3))
    opens[1:] |= inside[1:] & (~inside[:-1] | (label[1:] != label[:-1]) | (role[:-1] >= 2))
    first = cuts[:-1][cuts[:-1] < len(states)]
    opens[first] |= inside[first]
    starts = np.flatnonzero(opens)
    closes = inside.copy()
    closes[:-1] &= ~inside[1:] | opens[1:]
    ends = np.flatnonzero(closes) + 1
    return _Spans(starts, ends, label[starts], np.zeros(len(starts)))


def _posteriors(
    spans: _Spans, factors: Floats, beliefs: Beliefs, layout: Layout, chain: Chain
) -> npt.NDArray[np.float64]:
    """Return the probability of each span as a whole, given the text: the sum over all paths that hold it."""
    rank = np.empty(len(layout.order), np.int64)
    rank[layout.order] = np.arange(len(rank))
    lengths = spans.ends - spans.starts
    begin, inner, end, single = (1 + 4 * spans.labels + role for role in range(4))
    first, last = rank[spans.starts], rank[spans.ends - 1]
    mass = beliefs.forward[first, np.where(lengths == 1, single, begin)].astype(np.float64)
    for step in range(1, int(lengths.max()) if len(lengths) else 0):
        some = np.flatnonzero(lengths > step)
        at = rank[spans.starts[some] + step]
        closing = lengths[some] == step + 1
        before = np.where(step == 1, begin[some], inner[some])
        here = np.where(closing, end[some], inner[some])
        mass[some] *= chain.steps[before, here] * factors[at, here] / beliefs.scale[at, 0]
    final = np.where(lengths == 1, single, end)
    total = (beliefs.forward[last] * beliefs.backward[last]).sum(axis=1) + 1e-30
    share: npt.NDArray[np.float64] = np.clip(mass * beliefs.backward[last, final] / total, 0.0, 1.0)
    return share


def _by_text(spans: _Spans, encoded: Encoded, texts: Sequence[str]) -> list[list[Candidate]]:
    first = encoded.origin[spans.starts]
    stop = encoded.origin[spans.ends - 1] + 1
    owner = np.maximum(np.searchsorted(encoded.starts, first, side="right") - 1, 0)
    base = encoded.starts[owner]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    likely = np.round(spans.scores, 4) >= LEAST_SCORE
    within = np.flatnonzero(
        likely & (first >= base) & (stop <= base + lengths[owner])
    )  # none in the room between texts
    owner, base = owner[within], base[within]
    labels = [LABELS[k] for k in spans.labels[within].tolist()]
    scores = np.round(spans.scores[within], 4).tolist()
    candidates = list(
        map(Candidate, (first[within] - base).tolist(), (stop[within] - base).tolist(), labels, scores)
    )
    bounds = np.searchsorted(owner, np.arange(len(texts) + 1)).tolist()
    return [candidates[bounds[i] : bounds[i + 1]] for i in range(len(texts))]
