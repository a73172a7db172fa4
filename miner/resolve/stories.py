"""Likenesses between articles: parts of one jumped story, duplicates and reprints, keywords and topics."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from miner.language.words import words
from miner.offsets import stable_id
from miner.resolve.blocks import same_key
from miner.resolve.judge import Judgement, store_judgements
from miner.resolve.names import fold
from miner.split.jumps import JumpRow, join_jumps

if TYPE_CHECKING:  # a second to import: not wanted by who resolves a few articles
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import NMF

_SHINGLE = 4
_SIGNED_CHARS = 20_000
"""An article is compared by so much of its beginning."""
_BANDS, _ROWS = 24, 4
"""MinHash with 24 bands of 4 rows finds pairs of likeness .6 with probability .97 (Leskovec et al., Mining of Massive Datasets, 3.4)."""
_MERSENNE = (1 << 61) - 1
_SAME = 0.6
_TOPICS = 12
_TOPIC_ARTICLES = 20_000
_KEYWORDS = 8
_KEYWORD_CHARS = 50_000
_FEWEST = 5
_BATCH = 2_000
_SHARE = 0.2


def join_stories(connection: sqlite3.Connection) -> None:
    """Fill story_id and duplicate_of, keywords and topics; jumps that lead nowhere become problems."""
    connection.execute("update articles set story_id = null, duplicate_of = null")
    connection.execute("delete from problems where stage = 'resolve'")
    connection.execute("delete from judgements where source = 'rule' and kind = 'article'")
    _jumps(connection)
    _duplicates(connection)
    _keywords(connection)


def _jumps(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        "select id, document_id, newspaper, published, page, jump_to, jump_from, headline, body from articles"
        " where jump_to is not null or jump_from is not null order by id"
    )
    joined = join_jumps(JumpRow(*row) for row in rows)
    connection.executemany(
        "update articles set story_id = ? where id = ?",
        [(story, article) for article, story in sorted(joined.story_of().items())],
    )
    connection.executemany(
        "insert or replace into problems (id, document_id, stage, code, message) values (?, ?, 'resolve', ?, ?)",
        [
            (
                stable_id("problem", p.document_id, "resolve", p.code, p.message),
                p.document_id,
                p.code,
                p.message,
            )
            for p in joined.problems
        ],
    )


def signature(text: str, seeds: np.ndarray) -> np.ndarray:
    """Return the MinHash signature of a text's character shingles: shape (bands × rows,), unsigned 64-bit."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < _SHINGLE:
        return np.zeros(len(seeds), dtype=np.uint64)
    shingles = np.zeros(len(codes) - _SHINGLE + 1, dtype=np.uint64)
    for i in range(_SHINGLE):
        shingles = shingles * np.uint64(1_000_003) + codes[i : len(codes) - _SHINGLE + 1 + i]
    shingles = np.unique(shingles)
    with np.errstate(over="ignore"):
        mixed = (shingles[:, None] ^ seeds[None, :]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray(mixed.min(axis=0))


def _duplicates(connection: sqlite3.Connection) -> None:
    """Find articles with nearly one text: their signatures lie in one array, and each band is sorted for equal ones."""
    seeds = np.random.default_rng(2018).integers(1, _MERSENNE, _BANDS * _ROWS, dtype=np.uint64)
    ids = [
        row[0]
        for row in connection.execute(
            "select id from articles where n_chars >= 80 order by coalesce(published, '9999'), id"
        )
    ]
    signatures = np.zeros((len(ids), len(seeds)), dtype=np.uint32)
    for number, article in enumerate(ids):
        body = connection.execute("select body from articles where id = ?", (article,)).fetchone()[0]
        signatures[number] = signature(fold(body[:_SIGNED_CHARS]), seeds) >> np.uint64(32)
    judgements = []
    first: dict[int, int] = {}
    for left, right in sorted(_alike(signatures)):
        likeness = float((signatures[left] == signatures[right]).mean())
        if likeness >= _SAME:
            judgements.append(
                Judgement(
                    "article",
                    ids[left],
                    ids[right],
                    ids[left],
                    ids[right],
                    likeness,
                    (f"正文相同约{likeness:.0%}",),
                )
            )
            first.setdefault(right, first.get(left, left))
    store_judgements(connection, judgements)
    connection.executemany(
        "update articles set duplicate_of = ? where id = ?",
        [(ids[original], ids[copy]) for copy, original in sorted(first.items())],
    )


def _alike(signatures: np.ndarray) -> set[tuple[int, int]]:
    """Return the pairs of articles that have a band of their signatures in common: of each block its first with all, and neighbours."""
    pairs: set[tuple[int, int]] = set()
    numbers = np.arange(len(signatures), dtype=np.int64)
    for band in range(_BANDS):
        rows = signatures[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        with np.errstate(over="ignore"):
            keys = (
                (rows[:, 0] * np.uint64(0x9E3779B97F4A7C15) + rows[:, 1]) * np.uint64(0xBF58476D1CE4E5B9)
                + rows[:, 2]
            ) * np.uint64(0x94D049BB133111EB) + rows[:, 3]
        for block in same_key(numbers, keys):
            pairs.update((block[0], other) for other in block[1:])
            pairs.update(pairwise(block[1:]))
    return pairs


def _keywords(connection: sqlite3.Connection) -> None:
    """TF-IDF over the words of the articles; topics by NMF over a sample, named by their strongest words.

    Articles are cut into words once, or twice when the archive is larger than the sample; none is held whole.
    """
    for table in ("keywords", "article_topics", "topics"):
        connection.execute(f"delete from [{table}]")
    ids = [row[0] for row in connection.execute("select id from articles where n_chars > 0 order by id")]
    if len(ids) < _FEWEST:
        return
    from sklearn.feature_extraction.text import TfidfVectorizer

    sample = ids[:: 1 + len(ids) // _TOPIC_ARTICLES]
    vectorizer = TfidfVectorizer(
        analyzer=_content_words,
        min_df=2,
        max_df=0.4,
        max_features=50_000,
        sublinear_tf=True,
        dtype=np.float32,
    )
    try:
        matrix = vectorizer.fit_transform(_texts(connection, sample))
    except ValueError:  # no word occurs twice: nothing to say about such an archive
        return
    terms = vectorizer.get_feature_names_out()
    model, topics = _fit_topics(connection, matrix, terms)
    for start in range(0, len(ids), _BATCH):
        chosen = ids[start : start + _BATCH]
        weights = (
            matrix[start : start + _BATCH]
            if len(sample) == len(ids)
            else vectorizer.transform(_texts(connection, chosen))
        )
        _write_keywords(connection, chosen, weights, terms)
        if model is not None:
            _write_topics(connection, chosen, model.transform(weights), topics)


def _texts(connection: sqlite3.Connection, ids: Sequence[str]) -> Iterator[str]:
    for article in ids:
        headline, body = connection.execute(
            "select headline, body from articles where id = ?", (article,)
        ).fetchone()
        yield f"{headline or ''}\n{body[:_KEYWORD_CHARS]}"


def _content_words(text: str) -> list[str]:
    cut = (text[start:end] for start, end in words(text))
    return [word for word in cut if len(word) >= 2 and not word.isascii() and not word.isdigit()]


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


def _fit_topics(
    connection: sqlite3.Connection, matrix: csr_matrix, terms: np.ndarray
) -> tuple[NMF | None, list[str]]:
    count = min(_TOPICS, max(2, matrix.shape[0] // 5))
    if min(matrix.shape) <= count:
        return None, []
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(count, init="nndsvd", random_state=0, max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # topics need no last digit
        model.fit(matrix)
    topics = []
    for weights in model.components_:
        strongest = [str(terms[j]) for j in sorted(range(len(weights)), key=lambda j: (-weights[j], j))[:8]]
        topics.append((stable_id("topic", *strongest), "、".join(strongest[:3]), "、".join(strongest)))
    connection.executemany("insert or ignore into topics (id, label, terms) values (?, ?, ?)", topics)
    return model, [topic[0] for topic in topics]


def _write_topics(
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
