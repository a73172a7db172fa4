"""Which articles reprint which: found over the whole archive, or, where that was done, for what came and went since."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from miner.resolve.judge import Judgement, store_judgements
from miner.resolve.names import fold
from miner.store.resolved import ResolvedScope, Touched, load, save
from miner.understand.reprints import (
    CHARS,
    LEAST_CHARS,
    Frequencies,
    Reprint,
    Sampled,
    candidates,
    gather,
    judged,
    sample,
    sample_of,
    touched_pairs,
)

__all__ = ["find_reprints"]

_LIMIT, _HASHES, _COUNTS = "reprints: limit", "reprints: shingles", "reprints: frequencies"
_ORDER = "coalesce(published, '9999'), n_chars desc, id"
_KIND = "source = 'rule' and kind = 'article'"


def find_reprints(connection: sqlite3.Connection, scope: ResolvedScope) -> set[str]:
    """Find the articles that have one text, and say of each later one which was the first; of two of a day, the longer one.

    Returns the articles of which something else is said than before.
    """
    if scope.touched is None:
        ids = [
            row[0]
            for row in connection.execute(
                f"select id from articles where n_chars >= ? order by {_ORDER}", (LEAST_CHARS,)
            )
        ]
        connection.execute(f"delete from judgements where {_KIND}")
        sampled = _sampled(connection, ids, scope)
        _judge(connection, ids, candidates(sampled), sampled)
        return _say(connection, ids)
    left = _left_behind(connection, scope.touched.gone)
    return left | _say(connection, _judge_touched(connection, scope.touched))


def _left_behind(connection: sqlite3.Connection, gone: Iterable[str]) -> set[str]:
    """Return the articles that were said to have one text with some that are gone."""
    sql = f"select {{}} from judgements where {_KIND} and same and {{}} = ?"
    sides = (sql.format("left_id", "right_id"), sql.format("right_id", "left_id"))
    return {row[0] for article in gone for side in sides for row in connection.execute(side, (article,))}


def _text(connection: sqlite3.Connection, article: str) -> str:
    row = connection.execute("select substr(body, 1, ?) from articles where id = ?", (2 * CHARS, article))
    return fold(row.fetchone()[0])


def _sampled(connection: sqlite3.Connection, ids: Sequence[str], scope: ResolvedScope) -> Sampled:
    """Return the sampled shingles of all articles, by the measures of before or by new ones, and remember them."""
    texts = (_text(connection, article) for article in ids)
    if scope.measured:
        limit, often = _measures(connection)
        sampled = gather((sample_of(text, limit) for text in texts), limit, often)
    else:
        sampled = sample(texts)
    if scope.remembered:
        _remember(connection, zip(ids, sampled.each(), strict=True) if ids else ())
        often = sampled.often or sampled.frequencies()
        save(connection, _LIMIT, sampled.limit.tobytes())
        save(connection, _HASHES, often.hashes.tobytes())
        save(connection, _COUNTS, often.counts.astype(np.int64).tobytes())
    return sampled


def _measures(connection: sqlite3.Connection) -> tuple[np.uint64, Frequencies]:
    limit, hashes, counts = (load(connection, name) or b"" for name in (_LIMIT, _HASHES, _COUNTS))
    often = Frequencies(np.frombuffer(hashes, dtype=np.uint64), np.frombuffer(counts, dtype=np.int64))
    return np.frombuffer(limit, dtype=np.uint64)[0], often


def _remember(connection: sqlite3.Connection, found: Iterable[tuple[str, np.ndarray]]) -> None:
    connection.executemany(
        "insert or replace into article_shingles (article_id, hashes) values (?, ?)",
        ((article, hashes.tobytes()) for article, hashes in found),
    )


def _judge(
    connection: sqlite3.Connection, ids: Sequence[str], pairs: Iterable[tuple[int, int]], sampled: Sampled
) -> None:
    def told(found: Reprint) -> Judgement:
        one, other = ids[found.first], ids[found.again]
        reason = f"较短一篇的{found.share:.0%}见于另一篇"
        return Judgement("article", one, other, one, other, found.probability, (reason,))

    read = judged(pairs, sampled, lambda number: _text(connection, ids[number]))
    store_judgements(connection, list(map(told, read)))


class _Both(NamedTuple):
    """The articles of before and now, in order of time, with their shingles; masks of those that came and that went."""

    ids: list[str]
    sampled: Sampled
    came: np.ndarray
    gone: np.ndarray


def _before_and_now(connection: sqlite3.Connection, new: Collection[str]) -> _Both:
    limit, often = _measures(connection)
    long = [article for article in sorted(new) if _is_long(connection, article)]
    _remember(connection, ((article, sample_of(_text(connection, article), limit)) for article in long))
    rows = connection.execute(
        "select id, hashes, gone from (select a.id, s.hashes, 0 as gone, a.published, a.n_chars from articles a"
        " join article_shingles s on s.article_id = a.id union all"
        " select article_id, shingles, 1, published, n_chars from resolve_touched"
        f" where gone = 1 and shingles is not null) order by {_ORDER}, gone"
    ).fetchall()
    return _Both(
        [row[0] for row in rows],
        gather((np.frombuffer(row[1], dtype=np.uint64) for row in rows), limit, often),
        np.array([not row[2] and row[0] in new for row in rows], dtype=bool),
        np.array([bool(row[2]) for row in rows], dtype=bool),
    )


def _judge_touched(connection: sqlite3.Connection, touched: Touched) -> list[str]:
    """Judge the pairs that share more or less than before; returns the articles of now in order of time."""
    ids, both, came, gone = _before_and_now(connection, set(touched.came))
    for article in touched.gone:
        for side in ("left_id", "right_id"):
            connection.execute(f"delete from judgements where {_KIND} and {side} = ?", (article,))
    wanted = []
    for first, again, enough in zip(
        *(part.tolist() for part in touched_pairs(both, came, gone)), strict=True
    ):
        known = connection.execute(
            f"select id from judgements where {_KIND} and left_id = ? and right_id = ?",
            (ids[first], ids[again]),
        ).fetchone()
        if enough and known is None:
            wanted.append((first, again))
        elif known is not None and not enough:
            connection.execute("delete from judgements where id = ?", known)
    _judge(connection, ids, wanted, both)
    return [ids[number] for number in np.flatnonzero(~gone).tolist()]


def _is_long(connection: sqlite3.Connection, article: str) -> bool:
    sql = "select 1 from articles where id = ? and n_chars >= ?"
    return connection.execute(sql, (article, LEAST_CHARS)).fetchone() is not None


def _say(connection: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Say of each article that is judged a reprint which was the first; returns those of which that is news."""
    place = {article: number for number, article in enumerate(ids)}
    pairs = sorted(
        (place[one], place[other])
        for one, other in connection.execute(
            f"select left_id, right_id from judgements where {_KIND} and same"
        )
        if one in place and other in place
    )
    first: dict[str, str] = {}
    for one, other in pairs:
        first.setdefault(ids[other], first.get(ids[one], ids[one]))
    known = dict(
        connection.execute("select id, duplicate_of from articles where duplicate_of is not null").fetchall()
    )
    changed = {a for a in known.keys() | first.keys() if known.get(a) != first.get(a)}
    connection.executemany(
        "update articles set duplicate_of = ? where id = ?", [(first.get(a), a) for a in sorted(changed)]
    )
    return changed
