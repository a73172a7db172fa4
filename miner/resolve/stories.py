"""Likenesses between articles: parts of one jumped story, and reprints; keywords and topics are written along the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

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
    _series(connection)
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
    _write_problems(connection, ((p.document_id, p.code, p.message) for p in joined.problems))


def _write_problems(connection: sqlite3.Connection, problems: Iterable[tuple[str | None, str, str]]) -> None:
    """Write problems of this stage: document, code, message."""
    connection.executemany(
        "insert or replace into problems (id, document_id, stage, code, message) values (?, ?, 'resolve', ?, ?)",
        (
            (stable_id("problem", d, "resolve", code, message), d, code, message)
            for d, code, message in problems
        ),
    )


def _series(connection: sqlite3.Connection) -> None:
    """Join the parts of stories that run over several web pages; a part that is not there becomes a problem.

    Two pages that claim one place are told apart by their headlines: a site may lie in the archive twice.
    """
    pages: dict[tuple[str, str | None], dict[int, tuple[str, str, int]]] = {}
    for series, number, known, document, article, headline in connection.execute(
        "select d.series, d.series_part, d.series_parts, d.id, a.id, a.headline from documents d"
        " join articles a on a.document_id = d.id where d.series is not null and a.position = 0 order by d.path, d.id"
    ):
        parts = pages.setdefault((series, None), {})
        if number in parts:
            parts = pages.setdefault((series, headline), {})
        parts.setdefault(number, (article, document, known))
    problems: list[tuple[str, str, str]] = []
    for (series, _), parts in sorted(pages.items(), key=str):
        placed = [parts[number] for number in sorted(parts)]
        if len(placed) > 1:
            story = stable_id("story", *(article for article, _, _ in placed))
            connection.executemany(
                "update articles set story_id = ? where id = ?",
                [(story, article) for article, _, _ in placed],
            )
        lost = max(known for _, _, known in placed) - len(placed)
        if lost > 0:
            message = f"分页报道({series})还有 {lost} 页不在档案里 / {lost} pages of this story are not in the archive"
            problems.append((placed[0][1], "part-missing", message))
    _write_problems(connection, problems)


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

    judgements = []
    first: dict[int, int] = {}
    for found in reprints(map(read, range(len(ids))), read):
        one, other = ids[found.first], ids[found.again]
        reason = f"较短一篇的{found.share:.0%}见于另一篇"
        judgements.append(Judgement("article", one, other, one, other, found.probability, (reason,)))
        first.setdefault(found.again, first.get(found.first, found.first))
    store_judgements(connection, judgements)
    connection.executemany(
        "update articles set duplicate_of = ? where id = ?",
        [(ids[original], ids[copy]) for copy, original in sorted(first.items())],
    )
