"""The trained name model: which characters form a person, enterprise, organization, place or title, and how surely.

A small network reads characters, character pairs, words (rjieba) and hashed n-grams, and a linear chain joins its
verdicts into names. It is trained by `miner.training.names.trained` and runs here with NumPy alone, in batches.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from scipy.linalg.blas import sgemm

from miner.errors import ModelError
from miner.recognise.network.chain import (
    LABELS,
    N_STATES,
    Chain,
    Floats,
    Indices,
    believe,
    factors_of,
    lay_out,
    marginals,
)
from miner.recognise.network.encode import GAP, UNKNOWN, Cut, Encoded, Vocabulary
from miner.recognise.network.reading import SeenName, best, candidates
from miner.shipped import shipped

FORMAT = 2
"""Version of the model file; a file of another version is refused."""
REACH = 32
"""Characters that a block reads beyond its own on either side; the network looks less far."""
BLOCK = 4096
"""Characters computed together: small enough to stay in a processor's cache."""
BATCH = 150_000
"""Characters encoded and joined together: bounds the memory of one call."""
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


class NetworkWeights(NamedTuple):
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
    summary: Floats
    """(hidden, summary): what is handed on to the whole sentence."""
    context: Floats
    """(2 × summary, hidden): for the means of the summaries to the left and to the right."""
    out: Floats
    out_bias: Floats
    ngrams: Bytes
    ngrams_scale: Floats


FAR = 3
"""Distance of the second convolution's outer taps."""
AROUND = 24
"""Characters of the sentence that are summed up on either side."""


class NameModel:
    """Finds names in texts. Immutable; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, weights: NetworkWeights, chain: Chain) -> None:
        self.vocabulary, self.weights, self.chain = vocabulary, weights, chain
        self._looks_around = bool(weights.context.any())

    @classmethod
    def load(cls, name: str = "names") -> NameModel:
        """Load a model that comes with the package; raises ModelError when it is missing or damaged."""
        return cls.from_bytes(shipped(f"{name}.npz", "name model"))

    @classmethod
    def from_bytes(cls, stored: bytes) -> NameModel:
        """Build a model from the bytes of a model file; raises ModelError when they are not one."""
        try:
            with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            if int(arrays["format"]) != FORMAT or tuple(arrays["labels"].tolist()) != LABELS:
                raise ModelError(
                    "名称模型版本不合 / a name model of another version",
                    hint="train it again with `miner train names`",
                )
            return cls(Vocabulary.from_arrays(arrays), _weights(arrays), _chain(arrays))
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise ModelError(
                f"名称模型损坏 / damaged name model: {error}", hint="train it again with `miner train names`"
            ) from error

    def marginals(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[Floats]:
        """Return for every character of each text the probability of each state, shape (characters, states).

        `cuts` may tell the words of the texts.
        """
        parts: list[list[Floats]] = [[] for _ in texts]
        for batch in _batches(texts):
            known = [cuts[piece.text] if cuts else None for piece in batch]
            seen = self._marginals([piece.content for piece in batch], known)
            for piece, states in zip(batch, seen, strict=True):
                parts[piece.text].append(states)
        return [np.concatenate(found) if len(found) > 1 else found[0] for found in parts]

    def predict(self, texts: Sequence[str], cuts: Sequence[Cut | None] = ()) -> list[list[SeenName]]:
        """Return the names in each text, in order, without overlap; `cuts` may tell the words of the texts."""
        return [best(candidates(states)) for states in self.marginals(texts, cuts)]

    def _marginals(self, texts: Sequence[str], known: Sequence[Cut | None]) -> Iterator[Floats]:
        encoded = self.vocabulary.encode(texts, known)
        cuts = sentence_cuts(encoded.folded)
        layout = lay_out(cuts[:-1], np.diff(cuts))
        scores = self.emissions(encoded, cuts)[layout.order]
        likely = marginals(believe(factors_of(scores), layout, self.chain), layout)
        for start, text in zip(encoded.starts.tolist(), texts, strict=True):
            first, last = np.searchsorted(encoded.origin, [start, start + len(text)])
            yield with_blanks(likely[first:last], encoded.origin[first:last] - start, len(text))

    def emissions(self, encoded: Encoded, cuts: Indices) -> Floats:
        """Return the network's scores, shape (characters, states); `cuts` are the bounds of the sentences."""
        n = len(encoded)
        scores = np.empty((n, N_STATES), np.float32)
        first, last = np.repeat(cuts[:-1], np.diff(cuts)), np.repeat(cuts[1:], np.diff(cuts))
        room = _Room.for_weights(self.weights)
        for start in range(0, n, BLOCK):
            end = min(start + BLOCK, n)
            lo, hi = max(0, start - REACH), min(n, end + REACH)
            sentence = np.maximum(first[lo:hi] - lo, 0), np.minimum(last[lo:hi] - lo, hi - lo)
            scores[start:end] = self._block(encoded, lo, hi, sentence, room)[start - lo : end - lo]
        scores[_strange(encoded), 0] += SHUT
        return scores

    def _block(
        self, encoded: Encoded, lo: int, hi: int, sentence: tuple[Indices, Indices], room: _Room
    ) -> Floats:
        w, n = self.weights, hi - lo
        hidden = room.start(n)
        self._read_pairs(encoded, lo, hi, room)
        hidden += self._word_sums(encoded, lo, hi, room)
        hidden += w.chars.take(encoded.chars[lo:hi], axis=0)
        hidden += w.shapes.take(encoded.shapes[lo:hi], axis=0)
        np.clip(hidden, _ZERO, _TOP, out=hidden)  # faster than np.maximum with a scalar
        hidden += room.convolve(n, w.near, w.near_bias, 1)
        around = w.far_bias
        if self._looks_around:  # an older network has no weights for it
            around = np.concatenate(means_around(hidden @ w.summary, *sentence), axis=1) @ w.context
            around += w.far_bias
        hidden += room.convolve(n, w.far, around, FAR)
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


def means_around(values: Floats, first: Indices, last: Indices, reach: int = AROUND) -> tuple[Floats, Floats]:
    """Return the means of the rows before and of the rows after each row, within its sentence; zero where there are none.

    `first` and `last` (n,) bound the sentence of each row; no more than `reach` rows count on either side.

    >>> rows, ones = np.array([[1], [2], [6]], np.float32), np.ones(3, np.int64)
    >>> [means.ravel().tolist() for means in means_around(rows, 0 * ones, 3 * ones)]
    [[0.0, 1.0, 1.5], [4.0, 6.0, 0.0]]
    """
    n = len(values)
    total = np.zeros((n + 1, values.shape[1]), np.float32)
    np.cumsum(values, axis=0, out=total[1:])
    at = np.arange(n)
    start, stop = np.maximum(at - reach, first), np.minimum(at + 1 + reach, last)
    before = total[:-1] - total.take(start, axis=0)
    after = total.take(stop, axis=0) - total[1:]
    before /= np.maximum(at - start, 1)[:, None]
    after /= np.maximum(stop - at - 1, 1)[:, None]
    return before, after


def with_blanks(states: Floats, places: Indices, size: int) -> Floats:
    """Return the states of all `size` characters of a text of which those at `places` were read.

    A blank that was not read is within a name where the name goes on behind it.

    >>> row = np.zeros((1, N_STATES), np.float32)
    >>> row[0, 3] = 1
    >>> with_blanks(row, np.array([1]), 3)[:, :4].tolist()
    [[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]]
    """
    if len(places) == size:
        return states
    if not len(places):
        full = np.zeros((size, N_STATES), np.float32)
        full[:, 0] = 1
        return full
    unread = np.ones(size, bool)
    unread[places] = False
    blank = np.flatnonzero(unread)
    behind = np.cumsum(~unread)
    behind -= ~unread
    full = states.take(behind, axis=0, mode="clip")
    on = full[blank, 1:].reshape(-1, len(LABELS), 4)
    on[behind[blank] == len(places)] = 0
    full[blank] = 0
    full[blank, 2::4] = on[:, :, 1] + on[:, :, 2]
    full[blank, 0] = 1 - full[blank, 1:].sum(axis=1)
    return full


class _Room:
    """Memory that the blocks of one call share: small enough to stay in a processor's cache, and never asked for anew."""

    def __init__(self, size: int, width: int, widest: int) -> None:
        self._hidden = np.zeros((FAR + size + FAR, width), np.float32)
        self._result = np.empty((size, width), np.float32)
        self._wide = np.empty(size * widest, np.float32)

    @classmethod
    def for_weights(cls, weights: NetworkWeights) -> _Room:
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


def _weights(arrays: Arrays) -> NetworkWeights:
    """Return the weights; the large tables stay as bytes, their scales go into the products that follow them."""
    pairs, words = _floats(arrays["pairs_scale"])[:, None], _floats(arrays["words_scale"])[:, None]
    joined: dict[str, npt.NDArray[np.generic]] = {
        "pair_input": np.concatenate([_floats(arrays[name]) * pairs for name in ("left_pair", "right_pair")]),
        "word_input": np.concatenate([_floats(arrays[name]) * words for name in ("word", "before", "after")]),
        "chars": _floats(arrays["chars"]) * _floats(arrays["chars_scale"]),
    }
    full: dict[str, npt.NDArray[np.generic]] = {}
    for name in NetworkWeights._fields:
        table = joined[name] if name in joined else arrays[name]
        full[name] = table if name in _BYTES else _floats(table)
    return NetworkWeights(**full)  # type: ignore[arg-type]


def _floats(array: npt.NDArray[np.generic]) -> Floats:
    return array.astype(np.float32)


def _chain(arrays: Arrays) -> Chain:
    return Chain.from_scores(*(arrays[name].astype(np.float32) for name in ("steps", "enter", "leave")))


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
