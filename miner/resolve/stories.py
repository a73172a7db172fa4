"""Likenesses between articles: parts of one jumped story, and reprints; keywords and topics are written along the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from miner.offsets import stable_id
from miner.resolve.reprinted import find_reprints
from miner.split.jumps import JumpRow, join_jumps
from miner.store.resolved import ResolvedScope, load, save
from miner.understand.topics import TopicModel, tell_topics, write_topics

__all__ = ["join_stories"]

_MODEL = "topics"


def join_stories(connection: sqlite3.Connection, scope: ResolvedScope) -> set[str]:
    """Fill story_id and duplicate_of, keywords and topics; jumps that lead nowhere become problems.

    Returns the articles that are another's reprint now and were not, or the other way round.
    """
    connection.execute("delete from problems where stage = 'resolve'")
    _write_stories(connection, {**_jumps(connection), **_series(connection)})
    changed = find_reprints(connection, scope)
    _topics(connection, scope)
    return changed


def _topics(connection: sqlite3.Connection, scope: ResolvedScope) -> None:
    kept = load(connection, _MODEL) if scope.measured else None
    model = TopicModel.from_bytes(kept) if kept else None
    if scope.touched is None:
        fitted = None if scope.measured and model is None else write_topics(connection, model=model)
        if scope.remembered and fitted is not None and model is None:
            save(connection, _MODEL, fitted.to_bytes())
    elif model is not None:  # what was said of articles that went has gone with them
        tell_topics(
            connection, model, [article for article in scope.touched.came if _has_text(connection, article)]
        )


def _has_text(connection: sqlite3.Connection, article: str) -> bool:
    row = connection.execute("select 1 from articles where id = ? and n_chars > 0", (article,)).fetchone()
    return row is not None


def _write_stories(connection: sqlite3.Connection, story_of: dict[str, str]) -> None:
    """Write which articles are parts of which story; those of which nothing is new stay as they are."""
    known = dict(connection.execute("select id, story_id from articles where story_id is not null"))
    connection.executemany(
        "update articles set story_id = ? where id = ?",
        [
            (story_of.get(article), article)
            for article in sorted(known.keys() | story_of.keys())
            if known.get(article) != story_of.get(article)
        ],
    )


def _jumps(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(
        "select id, document_id, newspaper, published, page, jump_to, jump_from, headline, body from articles"
        " where jump_to is not null or jump_from is not null order by id"
    )
    joined = join_jumps(JumpRow(*row) for row in rows)
    _write_problems(connection, ((p.document_id, p.code, p.message) for p in joined.problems))
    return joined.story_of()


def _write_problems(connection: sqlite3.Connection, problems: Iterable[tuple[str | None, str, str]]) -> None:
    """Write problems of this stage: document, code, message."""
    connection.executemany(
        "insert or replace into problems (id, document_id, stage, code, message) values (?, ?, 'resolve', ?, ?)",
        (
            (stable_id("problem", d, "resolve", code, message), d, code, message)
            for d, code, message in problems
        ),
    )


def _series(connection: sqlite3.Connection) -> dict[str, str]:
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
    story_of: dict[str, str] = {}
    for (series, _), parts in sorted(pages.items(), key=str):
        placed = [parts[number] for number in sorted(parts)]
        if len(placed) > 1:
            story = stable_id("story", *(article for article, _, _ in placed))
            story_of.update((article, story) for article, _, _ in placed)
        lost = max(known for _, _, known in placed) - len(placed)
        if lost > 0:
            message = f"分页报道({series})还有 {lost} 页不在档案里 / {lost} pages of this story are not in the archive"
            problems.append((placed[0][1], "part-missing", message))
    _write_problems(connection, problems)
    return story_of
