"""Datasette's metadata, generated from the schema: titles, descriptions of every table and column, facets, sort orders.

`python -m miner.publish > metadata.yml` writes the file; a test keeps it in step. The plugin gives the same
to any database that has our tables, whatever the file is called.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

from miner.desk import base
from miner.publish.index import fts, summaries, views
from miner.store import kept, resolved, schema
from miner.store.schema import Table

TITLE = "进博会新闻档案"
DESCRIPTION = "从报纸还原的进博会报道：文章、企业、人物、事件、引语与数字，每条事实都指回原文。"
FILE_DATABASE = "expo"
"""The database name that the static file describes; any other name is served by the plugin's hook."""
_DESCENDING = {"published", "date", "started", "n_articles", "month", "n_figures"}
_LARGE_PAGE = 50


def tables() -> tuple[Table, ...]:
    """Return all tables: what runs write and what is summed up from it."""
    return (*schema.TABLES, base.TABLE, *kept.KEPT, *summaries.TABLES, *resolved.TABLES)


@lru_cache(maxsize=1)
def database_metadata() -> dict[str, Any]:
    """Return the metadata of one of our databases. Treat it as read-only."""
    described: dict[str, Any] = {table.name: _table_metadata(table) for table in tables()}
    described["articles"] |= {"fts_table": fts.TABLE, "fts_pk": "rowid"}
    for view in views.VIEWS:
        described[view.name] = {"title": view.title, "description": full_width(view.about)}
    for name in (fts.PENDING, "locations"):
        described.setdefault(name, {})["hidden"] = True
    return {
        "title": TITLE,
        "description": DESCRIPTION,
        "tables": described,
        "queries": {
            query.name: {
                "title": full_width(query.title),
                "description": full_width(query.about),
                "sql": query.sql,
            }
            for query in views.QUERIES
        },
    }


def full_width(text: str) -> str:
    """Return the text with the punctuation of its Chinese sentences full width; what is English stays.

    >>> full_width("引题(肩题),见下 / kicker (a, b)")
    '引题（肩题），见下 / kicker (a, b)'
    """
    chinese, slash, english = text.partition(" / ")
    return (
        re.sub(
            r"(?<=[\u3000-\u9fff）」》0-9a-z)])[,;:(]|[)](?=[\u3000-\u9fff]|$)|\((?=[\u3000-\u9fff])|(?<=[\u3000-\u9fff])\)",
            _wide,
            chinese,
        )
        + slash
        + english
    )


def _wide(match: re.Match[str]) -> str:
    return match.group().translate(
        {ord(narrow): wide for narrow, wide in zip(",;:()", "，；：（）", strict=True)}
    )


def _table_metadata(table: Table) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": table.title,
        "description": full_width(table.about),
        "columns": {column.name: full_width(column.about) for column in table.columns},
    }
    if table.label:
        found["label_column"] = table.label
    if table.facets:
        found["facets"] = list(table.facets)
    if table.sort:
        found["sort_desc" if table.sort in _DESCENDING else "sort"] = table.sort
    if table.hidden:
        found["hidden"] = True
    if any(column.name in ("body", "evidence") for column in table.columns):
        found["size"] = _LARGE_PAGE
    return found


def as_yaml() -> str:
    """Return the text of metadata.yml."""
    head = "# Generated from miner/store/schema.py: python -m miner.publish > metadata.yml\n"
    content = {"title": TITLE, "description": DESCRIPTION, "databases": {FILE_DATABASE: database_metadata()}}
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
