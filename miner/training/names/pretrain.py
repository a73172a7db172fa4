"""Learns vectors of words and character pairs from raw text to start the network from.

Positive pointwise mutual information with the neighbours on either side, reduced by a truncated singular value
decomposition: Levy, Goldberg & Dagan 2015, Improving distributional similarity with lessons learned from word embeddings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from miner.recognise.network.encode import FIRST_ID, PAIR_BITS, Ints, Vocabulary

SPREAD = 0.3
"""Standard deviation that the vectors are scaled to."""
CONTEXTS = 12_000
"""Ids that count as neighbours: the commonest."""
_LEAST, _SMOOTH = 2, 0.75
Floats = npt.NDArray[np.float32]


def word_vectors(texts: Sequence[str], vocabulary: Vocabulary, *, size: int) -> Floats:
    """Return a table of word vectors, one row for each id; ids that never occur keep zeros."""
    n = FIRST_ID + len(vocabulary.words)
    return _vectors(_counts(texts, vocabulary, words=True, n=n), size)


def pair_vectors(texts: Sequence[str], vocabulary: Vocabulary, *, size: int) -> Floats:
    """Return a table of vectors of character pairs, with the characters around them as neighbours."""
    return _vectors(_counts(texts, vocabulary, words=False, n=1 << PAIR_BITS), size)


def _counts(texts: Sequence[str], vocabulary: Vocabulary, *, words: bool, n: int) -> sparse.csr_array:
    """Count (id, neighbour) for the neighbours one and two places away, each place with columns of its own."""
    total: sparse.csr_array | None = None
    for start in range(0, len(texts), 6000):
        encoded = vocabulary.encode(texts[start : start + 6000])
        if words:
            row = encoded.words[(encoded.shapes & 3 == 0) | (encoded.shapes & 3 == 3)]
            around, offsets = np.where(row < CONTEXTS, row, 0), (-2, -1, 1, 2)
        else:
            row, around, offsets = (
                encoded.pairs,
                np.where(encoded.chars < CONTEXTS, encoded.chars, 0),
                (-2, -1, 2, 3),
            )
        part = _neighbours(row, around, offsets, n)
        total = part if total is None else total + part
    assert total is not None
    return total


def _neighbours(row: Ints, around: Ints, offsets: tuple[int, ...], n: int) -> sparse.csr_array:
    rows, columns = [], []
    inner = np.arange(3, len(row) - 3)
    for place, offset in enumerate(offsets):
        near = around[inner + offset]
        keep = (row[inner] >= FIRST_ID) & (near >= FIRST_ID)
        rows.append(row[inner][keep])
        columns.append(near[keep] + place * CONTEXTS)
    row_, column = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(row_), np.float32)
    return sparse.coo_array((ones, (row_, column)), shape=(n, len(offsets) * CONTEXTS)).tocsr()


def _vectors(counts: sparse.csr_array, size: int) -> Floats:
    counts.data[counts.data < _LEAST] = 0
    counts.eliminate_zeros()
    by_row = np.asarray(counts.sum(axis=1)).ravel()
    by_column = np.asarray(counts.sum(axis=0)).ravel() ** _SMOOTH
    entries = counts.tocoo()
    expected = by_row[entries.row] * by_column[entries.col] / by_column.sum()
    weights = np.maximum(np.log(entries.data / np.maximum(expected, 1e-9)), 0).astype(np.float32)
    table = sparse.coo_array((weights, (entries.row, entries.col)), shape=counts.shape).tocsr()
    left, values, _ = randomized_svd(table, size, n_iter=3, random_state=1)
    vectors: Floats = (left * np.sqrt(values)).astype(np.float32)
    used = np.any(vectors != 0, axis=1) & (by_row > 0)
    vectors[~used] = 0
    vectors[used] *= SPREAD / np.maximum(np.abs(vectors[used]).mean(axis=1, keepdims=True) * 1.25, 1e-6)
    return vectors
