"""Keywords of every article (TF-IDF) and topics of the archive (non-negative matrix factorisation; Lee and Seung 1999).

How many topics there are is chosen by coherence: how much more often than by chance the strongest words of a topic stand in one
article (normalised pointwise mutual information; Bouma 2009, Röder et al. 2015).
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miner.offsets import stable_id
from miner.understand.terms import article_terms

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import NMF

__all__ = ["coherence", "label", "write_topics"]

_COUNTS = (4, 6, 8, 12, 16, 24)
"""Numbers of topics that are tried."""
_FEWEST, _EACH = 5, 5
"""Articles from which there is something to say, and that each topic has to be worth."""
_CHOSEN_ON, _FITTED_ON = 4_000, 20_000
"""Articles, evenly over the archive, on which the number of topics is chosen and on which they are fitted."""
_STRONGEST, _NAMED = 8, 3
_KEYWORDS = 8
_BATCH = 2_000
_SHARE = 0.2
"""An article is about a topic that has this share of it."""


def write_topics(connection: sqlite3.Connection) -> None:
    """Fill `keywords`, `topics` and `article_topics` anew; the caller holds the transaction.

    Articles are cut into words once, or twice when the archive is larger than the sample; none is held whole.
    """
    for table in ("keywords", "article_topics", "topics"):
        connection.execute(f"delete from [{table}]")
    ids = [row[0] for row in connection.execute("select id from articles where n_chars > 0 order by id")]
    if len(ids) < _FEWEST:
        return
    from sklearn.feature_extraction.text import TfidfVectorizer  # takes half a second to import

    sampled = ids[:: 1 + len(ids) // _FITTED_ON]
    vectorizer = TfidfVectorizer(
        analyzer=list, min_df=2, max_df=0.4, max_features=50_000, sublinear_tf=True, dtype=np.float32
    )
    try:
        matrix = vectorizer.fit_transform(article_terms(connection, sampled))
    except ValueError:  # no word occurs twice: nothing to say about such an archive
        return
    terms = vectorizer.get_feature_names_out()
    model = _fit(matrix)
    topics = _write_labels(connection, model, terms)
    for start in range(0, len(ids), _BATCH):
        chosen = ids[start : start + _BATCH]
        whole = len(sampled) == len(ids)
        weights = (
            matrix[start : start + _BATCH]
            if whole
            else vectorizer.transform(article_terms(connection, chosen))
        )
        _write_keywords(connection, chosen, weights, terms)
        if model is not None:
            _write_shares(connection, chosen, model.transform(weights), topics)


def _fit(matrix: csr_matrix) -> NMF | None:
    """Return topics in the number that makes them most coherent; None for an archive that is too small."""
    counts = [count for count in _COUNTS if count * _EACH <= matrix.shape[0] and count < min(matrix.shape)]
    if not counts:
        return None
    part = matrix[:: 1 + matrix.shape[0] // _CHOSEN_ON]
    holds = part.tocsc()
    scored = [(coherence(holds, _strongest(_nmf(part, count))), -count) for count in counts]
    return _nmf(matrix, -max(scored)[1])


def _nmf(matrix: csr_matrix, count: int) -> NMF:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(count, init="nndsvd", random_state=0, max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # topics need no last digit
        return model.fit(matrix)


def _strongest(model: NMF) -> list[list[int]]:
    return [sorted(range(len(row)), key=lambda j: (-row[j], j))[:_STRONGEST] for row in model.components_]


def coherence(matrix: csr_matrix, topics: Sequence[Sequence[int]]) -> float:
    """Return the mean coherence (NPMI, from -1 to 1) of topics, each given by the columns of its strongest words.

    `matrix` has a row an article and a column a word, as CSC; only which words an article has counts.
    """
    rows = matrix.shape[0]
    held = {
        j: set(matrix.indices[matrix.indptr[j] : matrix.indptr[j + 1]].tolist()) for t in topics for j in t
    }
    pairs = [_npmi(held[a], held[b], rows) for topic in topics for a, b in combinations(topic, 2)]
    return round(float(np.mean(pairs)), 6) if pairs else 0.0


def _npmi(one: set[int], other: set[int], rows: int) -> float:
    both = len(one & other) / rows
    if not both:
        return -1.0
    if both == 1:
        return 1.0
    return float(np.log(both * rows * rows / (len(one) * len(other))) / -np.log(both))


class _Topic(NamedTuple):
    id: str
    label: str
    terms: str


def _write_labels(connection: sqlite3.Connection, model: NMF | None, terms: np.ndarray) -> list[str]:
    if model is None:
        return []
    topics = []
    for columns in _strongest(model):
        words = [str(terms[j]) for j in columns]
        topics.append(_Topic(stable_id("topic", *words), label(words), "、".join(words)))
    connection.executemany("insert or ignore into topics (id, label, terms) values (?, ?, ?)", topics)
    return [topic.id for topic in topics]


def label(words: Sequence[str]) -> str:
    """Return a readable label from a topic's strongest words: three that say different things.

    >>> label(["咖啡", "皮爷咖啡", "静安区", "静安", "生豆", "烘焙"])
    '皮爷咖啡、静安区、生豆'
    """
    chosen: list[str] = []
    for word in words:
        longer = next((other for other in words if word in other and other != word), word)
        if not any(longer in other or other in longer for other in chosen):
            chosen.append(longer)
    return "、".join(chosen[:_NAMED])


def _write_keywords(
    connection: sqlite3.Connection, ids: Sequence[str], weights: csr_matrix, terms: np.ndarray
) -> None:
    rows: list[tuple[str, str, float]] = []
    for i, article in enumerate(ids):
        first, last = weights.indptr[i], weights.indptr[i + 1]
        best = sorted(
            zip(weights.data[first:last].tolist(), weights.indices[first:last].tolist(), strict=True),
            key=lambda pair: (-pair[0], pair[1]),
        )
        rows.extend((article, str(terms[j]), round(w, 4)) for w, j in best[:_KEYWORDS])
    connection.executemany("insert into keywords (article_id, term, weight) values (?, ?, ?)", rows)


def _write_shares(
    connection: sqlite3.Connection, ids: Sequence[str], loads: np.ndarray, topics: Sequence[str]
) -> None:
    shares = loads / (loads.sum(axis=1, keepdims=True) + 1e-12)
    connection.executemany(
        "insert or ignore into article_topics (article_id, topic_id, weight) values (?, ?, ?)",
        [
            (article, topics[t], round(float(share[t]), 4))
            for article, share in zip(ids, shares, strict=True)
            for t in range(len(topics))
            if share[t] >= _SHARE
        ],
    )
