"""Likenesses between articles: parts of one jumped story, and reprints; keywords and topics are written along the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from miner.offsets import stable_id
from miner.resolve.judge import Judgement, store_judgements
from miner.resolve.names import fold
from miner.split.jumps import JumpRow, join_jumps
from miner.understand.reprints import CHARS, LEAST_CHARS, reprints
from miner.understand.topics import write_topics

__all__ = ["join_stories"]


def join_stories(connection: sqlite3.Connection) -> None:
    """Fill story_id and duplicate_of, keywords and topics; jumps that lead nowhere become problems."""
    connection.execute("update articles set story_id = null, duplicate_of = null")
    connection.execute("delete from problems where stage = 'resolve'")
    connection.execute("delete from judgements where source = 'rule' and kind = 'article'")
    _jumps(connection)
    _reprints(connection)
    write_topics(connection)


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


def _reprints(connection: sqlite3.Connection) -> None:
    """Find the articles that have one text, and say of each later one which was the first; of two of a day, the longer one."""
    ids = [
        row[0]
        for row in connection.execute(
            "select id from articles where n_chars >= ? order by coalesce(published, '9999'), n_chars desc, id",
            (LEAST_CHARS,),
        )
    ]

    def read(number: int) -> str:
        row = connection.execute(
            "select substr(body, 1, ?) from articles where id = ?", (2 * CHARS, ids[number])
        )
        return fold(row.fetchone()[0])

    def texts() -> Iterator[str]:
        yield from map(read, range(len(ids)))

    judgements = []
    first: dict[int, int] = {}
    for found in reprints(texts(), read):
        one, other = ids[found.first], ids[found.again]
        reason = f"较短一篇的{found.share:.0%}见于另一篇"
        judgements.append(Judgement("article", one, other, one, other, found.probability, (reason,)))
        first.setdefault(found.again, first.get(found.first, found.first))
    store_judgements(connection, judgements)
    connection.executemany(
        "update articles set duplicate_of = ? where id = ?",
        [(ids[original], ids[copy]) for copy, original in sorted(first.items())],
    )
