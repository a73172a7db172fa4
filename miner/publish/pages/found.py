"""All articles that a search finds, for files: read as they come, not page by page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from miner.publish.index import fts
from miner.publish.pages.search import _ARTICLE, Request, _conditions, _expression, score

__all__ = ["every"]


def every(connection: sqlite3.Connection, request: Request) -> Iterator[dict[str, Any]]:
    """Yield all articles that match, in order of day, read as they come."""
    match, where, words = _expression(connection, request), _conditions(request.filters), request.query.words
    source, given = f"from articles a where 1{where.sql}", where.parameters
    if match is not None:
        source = f"from {fts.TABLE} f cross join articles a on a.rowid = f.rowid where {fts.TABLE} match ?{where.sql}"
        given = (match, *given)
    found = connection.execute(
        f"select {_ARTICLE} {source} order by a.published is null, a.published, a.id", given
    )
    names = [column[0] for column in found.description]
    articles = (dict(zip(names, row, strict=True)) for row in found)
    yield from (article for article in articles if not words or score(article, words) > 0)
