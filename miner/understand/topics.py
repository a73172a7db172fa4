"""Keywords of every article (TF-IDF) and topics of the archive (non-negative matrix factorisation; Lee and Seung 1999).

How many topics there are is chosen by coherence: how much more often than by chance the strongest words of a topic stand in one
article (normalised pointwise mutual information; Bouma 2009, Röder et al. 2015).
"""

from __future__ import annotations

import json
import math
import sqlite3
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miner.offsets import stable_id
from miner.understand.terms import article_terms

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import NMF

__all__ = ["TopicModel", "coherence", "fit_topics", "label", "tell_topics", "write_topics"]

_COUNTS = (4, 6, 8, 12, 16, 24)
"""Numbers of topics that are tried."""
_FEWEST, _EACH = 5, 5
"""Articles from which there is something to say, and that each topic has to be worth."""
_CHOSEN_ON, _FITTED_ON = 4_000, 20_000
"""Articles, evenly over the archive, on which the number of topics is chosen and on which they are fitted."""
_STRONGEST, _NAMED = 8, 3
_KEYWORDS = 8
_BATCH = 2_000
_SWEEPS = 100
_SHARE = 0.2
"""An article is about a topic that has this share of it."""


@dataclass(frozen=True, slots=True)
class TopicModel:
    """What keywords and topics are told by: words with their weights, and the topics as mixtures of words."""

    columns: dict[str, int]
    """The words, in the order of their columns."""
    idf: np.ndarray
    """Inverse document frequency: shape (words,)."""
    components: np.ndarray
    """Weight of each word in each topic: shape (topics, words); no rows for an archive that is too small."""
    topics: tuple[str, ...]
    """Ids of the topics."""

    def weights(self, terms: Iterable[str]) -> Weights:
        """Return the TF-IDF weights of an article's terms: sublinear, of length 1."""
        counts = Counter(column for term in terms if (column := self.columns.get(term)) is not None)
        found = np.array(sorted(counts), dtype=np.int64)
        return self.weighed(found, np.array([counts[column] for column in found.tolist()]))

    def weighed(self, columns: np.ndarray, counts: np.ndarray) -> Weights:
        """Return the weights of words, given by their columns, ascending, that an article has so often: shapes (words,)."""
        weights = (1.0 + np.log(counts.astype(np.float64))) * self.idf[columns]
        length = math.sqrt(float(np.sum(weights * weights)))
        return Weights(columns, weights / length if length else weights)

    def shares(self, articles: Sequence[Weights]) -> np.ndarray:
        """Return which part of each article is of each topic: shape (articles, topics), each row by itself.

        The non-negative mixture of topics that comes nearest to the article, by coordinate descent.
        """
        crossed = self.components @ self.components.T
        wanted = np.array([self.components[:, one.columns] @ one.values for one in articles])
        loads = np.zeros_like(wanted)
        for _ in range(_SWEEPS):
            for topic, own in enumerate(np.diag(crossed)):
                if own > 0:
                    left = wanted[:, topic] - (loads * crossed[topic]).sum(axis=1)
                    loads[:, topic] = np.maximum(loads[:, topic] + left / own, 0.0)
        return np.asarray(loads / (loads.sum(axis=1, keepdims=True) + 1e-12))

    def to_bytes(self) -> bytes:
        """Return it as bytes: a line of JSON, then the numbers."""
        head = json.dumps([list(self.columns), self.topics], ensure_ascii=False).encode()
        return head + b"\n" + self.idf.tobytes() + self.components.tobytes()

    @classmethod
    def from_bytes(cls, kept: bytes) -> TopicModel:
        """Return what `to_bytes` wrote."""
        head, _, numbers = kept.partition(b"\n")
        words, topics = json.loads(head)
        values = np.frombuffer(numbers, dtype=np.float64)
        components = values[len(words) :].reshape(len(topics), len(words))
        return cls(
            {word: at for at, word in enumerate(words)}, values[: len(words)], components, tuple(topics)
        )


class Weights(NamedTuple):
    """The weighed words of an article: columns, ascending, and weights."""

    columns: np.ndarray
    values: np.ndarray


def write_topics(connection: sqlite3.Connection, *, model: TopicModel | None = None) -> TopicModel | None:
    """Fill `keywords`, `topics` and `article_topics` anew; the caller holds the transaction.

    By a model that was fitted before, or by one that is fitted on the archive; returns it, None where there is nothing to say.
    Articles are cut into words once, or twice when the model is fitted on more than them; none is held whole.
    """
    tables = ("keywords", "article_topics") if model else ("keywords", "article_topics", "topics")
    for table in tables:
        connection.execute(f"delete from [{table}]")
    ids = [row[0] for row in connection.execute("select id from articles where n_chars > 0 order by id")]
    if model is not None:
        tell_topics(connection, model, ids)
        return model
    fitted = fit_topics(connection, ids)
    if fitted is None:
        return None
    model, counts = fitted
    if counts is None:
        tell_topics(connection, model, ids)
    else:
        _tell(connection, model, ids, _rows(model, counts))
    return model


def tell_topics(connection: sqlite3.Connection, model: TopicModel, ids: Sequence[str]) -> None:
    """Write the keywords of articles, and their topics; what was said of them before is gone already."""
    _tell(connection, model, ids, map(model.weights, article_terms(connection, ids)))


def _tell(
    connection: sqlite3.Connection, model: TopicModel, ids: Sequence[str], weights: Iterable[Weights]
) -> None:
    terms, left = list(model.columns), iter(weights)
    for start in range(0, len(ids), _BATCH):
        chosen = ids[start : start + _BATCH]
        weighed = list(islice(left, len(chosen)))
        _write_keywords(connection, chosen, weighed, terms)
        if model.topics:
            _write_shares(connection, chosen, model.shares(weighed), model.topics)


class Fitted(NamedTuple):
    """A model, and how often each article of the archive has each word, where it was fitted on all of them."""

    model: TopicModel
    counts: csr_matrix | None


def fit_topics(connection: sqlite3.Connection, ids: Sequence[str]) -> Fitted | None:
    """Fit a model on articles, or on an even sample of very many, and write its topics."""
    if len(ids) < _FEWEST:
        return None
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer  # half a second to import

    sampled = ids[:: 1 + len(ids) // _FITTED_ON]
    vectorizer = CountVectorizer(analyzer=list, min_df=2, max_df=0.4, max_features=50_000, dtype=np.float32)
    weighing = TfidfTransformer(sublinear_tf=True)
    try:
        counts = vectorizer.fit_transform(article_terms(connection, sampled))
        matrix = weighing.fit_transform(counts)
    except ValueError:  # no word occurs twice: nothing to say about such an archive
        return None
    terms = vectorizer.get_feature_names_out()
    fitted = _fit(matrix)
    topics = _write_labels(connection, fitted, terms)
    components = np.zeros((0, len(terms))) if fitted is None else fitted.components_
    model = TopicModel(
        {str(term): at for at, term in enumerate(terms)},
        weighing.idf_.astype(np.float64),
        components.astype(np.float64),
        tuple(topics),
    )
    return Fitted(model, counts if len(sampled) == len(ids) else None)


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
    connection: sqlite3.Connection, ids: Sequence[str], weights: Sequence[Weights], terms: Sequence[str]
) -> None:
    rows: list[tuple[str, str, float]] = []
    for article, weighed in zip(ids, weights, strict=True):
        best = sorted(
            zip(weighed.values.tolist(), weighed.columns.tolist(), strict=True),
            key=lambda pair: (-pair[0], pair[1]),
        )
        rows.extend((article, terms[j], round(w, 4)) for w, j in best[:_KEYWORDS])
    connection.executemany("insert into keywords (article_id, term, weight) values (?, ?, ?)", rows)


def _write_shares(
    connection: sqlite3.Connection, ids: Sequence[str], shares: np.ndarray, topics: Sequence[str]
) -> None:
    connection.executemany(
        "insert or ignore into article_topics (article_id, topic_id, weight) values (?, ?, ?)",
        [
            (article, topics[t], round(float(share[t]), 4))
            for article, share in zip(ids, shares, strict=True)
            for t in range(len(topics))
            if share[t] >= _SHARE
        ],
    )


def _rows(model: TopicModel, counts: csr_matrix) -> Iterator[Weights]:
    for first, last in pairwise(counts.indptr.tolist()):
        yield model.weighed(counts.indices[first:last], counts.data[first:last])
