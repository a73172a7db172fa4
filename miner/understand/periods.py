"""What sets a period or a newspaper apart, topics over time, and which articles are reprints of which."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["BY", "Copy", "Distinct", "TopicOverTime", "distinctive", "reprinted", "topics"]

BY: Mapping[str, str] = {
    "edition": "a.edition",
    "year": "substr(a.published, 1, 4)",
    "month": "substr(a.published, 1, 7)",
    "newspaper": "a.newspaper",
}
"""By what articles are grouped: SQL for the group of an article `a`."""
_PRIOR = 500.0
"""Weight of the prior, in keywords: what a group of few articles tells is held back by it."""
_FEWEST = 2
"""A word of one article sets no group apart."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """A word that sets a group apart: in how many of its articles it is a keyword, in how many of all, and how surely (z)."""

    group: str
    term: str
    n: int
    n_all: int
    z: float


def distinctive(connection: sqlite3.Connection, by: str, *, most: int = 10) -> dict[str, list[Distinct]]:
    """Return the words that set each group apart from the others, the strongest first, groups in order.

    Log-odds with an informative Dirichlet prior over the keywords of articles (Monroe, Colaresi and Quinn 2008, eq. 22).
    Reprints do not count. Raises KeyError for what articles are not grouped by.
    """
    counts: dict[str, Counter[str]] = {}
    for group, term, n in connection.execute(
        f"select {BY[by]} as g, k.term, count(*) from keywords k join articles a on a.id = k.article_id "
        "where a.duplicate_of is null and g is not null group by 1, 2"
    ):
        counts.setdefault(str(group), Counter())[term] = n
    whole: Counter[str] = Counter()
    for found in counts.values():
        whole.update(found)
    return {group: _apart(group, counts[group], whole)[:most] for group in sorted(counts, key=_in_order)}


def _in_order(group: str) -> tuple[int, str]:
    return (int(group), "") if group.isdigit() else (0, group)


def _apart(group: str, counts: Counter[str], whole: Counter[str]) -> list[Distinct]:
    here, there = counts.total(), whole.total() - counts.total()
    found = []
    for term, n in counts.items():
        rest, prior = whole[term] - n, _PRIOR * whole[term] / whole.total()
        odds = _log_odds(n + prior, here + _PRIOR) - _log_odds(rest + prior, there + _PRIOR)
        z = odds / math.sqrt(1 / (n + prior) + 1 / (rest + prior))
        if z > 0 and n >= _FEWEST:
            found.append(Distinct(group, term, n, whole[term], round(z, 2)))
    return sorted(found, key=lambda one: (-one.z, -one.n, one.term))


def _log_odds(part: float, whole: float) -> float:
    return math.log(part / max(whole - part, 1e-9))


@dataclass(frozen=True, slots=True)
class TopicOverTime:
    """A topic with its strongest words and how many articles of each group are about it."""

    id: str
    label: str
    terms: tuple[str, ...]
    n: int
    over: Mapping[str, int]


def topics(connection: sqlite3.Connection, by: str = "year") -> list[TopicOverTime]:
    """Return the topics, the largest first, each with its articles by group; reprints do not count."""
    over: dict[str, dict[str, int]] = {}
    for topic, group, n in connection.execute(
        f"select t.topic_id, {BY[by]} as g, count(*) from article_topics t join articles a on a.id = t.article_id "
        "where a.duplicate_of is null group by 1, 2 order by 2"
    ):
        over.setdefault(topic, {})["" if group is None else str(group)] = n
    found = [
        TopicOverTime(
            key, label, tuple(terms.split("、")), sum(over.get(key, {}).values()), over.get(key, {})
        )
        for key, label, terms in connection.execute("select id, label, terms from topics")
    ]
    return sorted(found, key=lambda topic: (-topic.n, topic.id))


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that is a reprint, the first of the archive that has its text, and how sure that is (0 to 1)."""

    id: str
    headline: str | None
    newspaper: str | None
    published: str | None
    n_chars: int
    original_id: str
    original_headline: str | None
    original_newspaper: str | None
    original_published: str | None
    original_chars: int
    sure: float | None


def reprinted(connection: sqlite3.Connection) -> Iterator[Copy]:
    """Yield the reprints, in the order of their originals."""
    rows = connection.execute(
        "select c.id, c.headline, c.newspaper, c.published, c.n_chars, o.id, o.headline, o.newspaper, o.published, o.n_chars, "
        "(select max(j.score) from judgements j where j.kind = 'article' and j.right_id = c.id and j.same) "
        "from articles c join articles o on o.id = c.duplicate_of order by o.published is null, o.published, o.id, c.published, c.id"
    )
    yield from (Copy(*row) for row in rows)
