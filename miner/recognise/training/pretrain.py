"""Learns vectors of words and character pairs from raw text (word2vec, gensim) to start the network from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from miner.recognise.encode import FIRST_ID, PAIR_BITS, Vocabulary

SPREAD = 0.3
"""Standard deviation that the vectors are scaled to."""


class _Sentences:
    """Rows of ids as words for gensim, encoded anew in each pass."""

    def __init__(self, texts: Sequence[str], vocabulary: Vocabulary, *, pairs: bool) -> None:
        self.texts, self.vocabulary, self.pairs = texts, vocabulary, pairs

    def __iter__(self) -> Iterator[list[str]]:
        for start in range(0, len(self.texts), 500):
            encoded = self.vocabulary.encode(self.texts[start : start + 500])
            if self.pairs:
                row = encoded.pairs
            else:
                row = encoded.words[(encoded.shapes & 3 == 0) | (encoded.shapes & 3 == 3)]
            words = row.astype(str).tolist()
            yield from (words[i : i + 5000] for i in range(0, len(words), 5000))


def vectors(
    texts: Sequence[str], vocabulary: Vocabulary, *, pairs: bool, size: int, epochs: int = 2
) -> npt.NDArray[np.float32]:
    """Return a table of vectors, one row for each id; ids that never occur keep zeros."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        _Sentences(texts, vocabulary, pairs=pairs), vector_size=size, window=3 if pairs else 4, min_count=3, sg=1,
        negative=5, sample=1e-4, workers=1, epochs=epochs, seed=1, max_vocab_size=None,
    )  # fmt: skip
    n = 1 << PAIR_BITS if pairs else FIRST_ID + len(vocabulary.words)
    table = np.zeros((n, size), np.float32)
    for key, row in model.wv.key_to_index.items():
        table[int(key)] = model.wv.vectors[row]
    used = table[np.any(table != 0, axis=1)]
    table[np.any(table != 0, axis=1)] = (used - used.mean(axis=0)) * (SPREAD / used.std())
    return table
