"""Attention over time: how many articles hold the words of a query in each month, year, edition or newspaper."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from miner.publish.index import fts
from miner.publish.query import Query, expression, parse
from miner.understand.periods import BY

__all__ = ["Attention", "attention"]

_GROUPS = {
    "month": "select month, sum(n_articles) from coverage where month <> '' group by 1 order by 1",
    "year": "select substr(month, 1, 4), sum(n_articles) from coverage where month <> '' group by 1 order by 1",
    "edition": "select edition, sum(n_articles) from coverage where edition is not null group by 1 order by 1",
    "newspaper": "select newspaper, sum(n_articles) from coverage where newspaper <> '' group by 1 order by 2 desc, 1",
}
_LOOKED_AT = 5_000
"""Up to this many articles are looked at whether they hold the words; of more the index alone is asked."""


@dataclass(frozen=True, slots=True)
class Attention:
    """In how many articles the words of a query are, by group, of how many there are; reprints count, as they were read.

    `exact` is false where a word of three or more characters was told by its pairs alone, which may count some too many.
    """

    query: str
    by: str
    n: Mapping[str, int]
    of: Mapping[str, int]
    exact: bool

    def shares(self) -> dict[str, float]:
        """Return the share of each group's articles that hold the words."""
        return {group: self.n[group] / whole if whole else 0.0 for group, whole in self.of.items()}


def attention(connection: sqlite3.Connection, queries: Sequence[str], by: str = "month") -> list[Attention]:
    """Return the attention for queries side by side, over the same groups; queries are written as on the search page.

    Raises KeyError for what articles are not grouped by.
    """
    of = {str(group): int(n) for group, n in connection.execute(_GROUPS[by])}
    return [_counted(connection, parse(typed), by, of) for typed in queries]


def _counted(connection: sqlite3.Connection, query: Query, by: str, of: Mapping[str, int]) -> Attention:
    match = expression(query)
    total = _count(connection, match)
    exact = total <= _LOOKED_AT
    if exact:
        found = dict.fromkeys(of, 0)
        for group in _looked_at(connection, query, match, by):
            if group in found:
                found[group] += 1
    else:
        found = {group: _count(connection, f"({match}) AND {fts.match_tag(by, group)}") for group in of}
    return Attention(query.typed, by, found, of, exact)


def _count(connection: sqlite3.Connection, match: str) -> int:
    sql = f"select count(*) from {fts.TABLE} where {fts.TABLE} match ?"
    return int(connection.execute(sql, (match,)).fetchone()[0])


_TEXTS = "a.kicker, a.headline, a.subtitle, a.section, a.byline, a.body"


def _looked_at(connection: sqlite3.Connection, query: Query, match: str, by: str) -> list[str]:
    """Return the group of every article that truly holds the words."""
    rows = connection.execute(
        f"select {BY[by]}, {_TEXTS} from {fts.TABLE} f join articles a on a.rowid = f.rowid where {fts.TABLE} match ?",
        (match,),
    )
    return [
        str(group)
        for group, *texts in rows
        if all(any(fts.contains(texts, word) for word in words) for words in query.groups)
    ]
