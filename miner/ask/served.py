"""Answers as plain data for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from miner.ask.facts import WrittenAt
from miner.publish.pages.search import Results

__all__ = ["as_data", "hits_json"]

_TOLD = ("id", "headline", "newspaper", "published", "page", "edition", "path", "duplicate_of")


def hits_json(results: Results) -> dict[str, Any]:
    """Return a page of search results: their number and the articles, each with pieces of its text."""
    articles = [
        {**{name: hit.article[name] for name in _TOLD}, "snippets": [piece.text for piece in hit.snippets]}
        for hit in results.hits
    ]
    return {"total": results.total, "exact": results.checked and not results.more_than, "articles": articles}


def as_data(record: object) -> Any:
    """Return a record as dictionaries and lists; a source also tells where it is, as people cite it."""
    if is_dataclass(record) and not isinstance(record, type):
        told = {one.name: as_data(getattr(record, one.name)) for one in fields(record)}
        return {**told, "where": record.where} if isinstance(record, WrittenAt) else told
    if isinstance(record, Mapping):
        return {key: as_data(value) for key, value in record.items()}
    return [as_data(one) for one in record] if isinstance(record, tuple | list) else record
