"""JSON lines: each row is an article with fields of configurable names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from miner.model import Document, Line, Role
from miner.read.faults import fault
from miner.read.paths import iso_date
from miner.read.text import decode, split_lines, storable

FIELDS = ("headline", "kicker", "subtitle", "body", "date", "newspaper", "page", "author", "url")
"""What a row may hold; `config.jsonl_fields` says under which names."""
_HEADS: tuple[tuple[str, Role], ...] = (
    ("kicker", "kicker"),
    ("headline", "headline"),
    ("subtitle", "subtitle"),
    ("author", "byline"),
)


@lru_cache(maxsize=8)
def field_names(jsonl_fields: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return for every field the names under which rows may hold it, the first that a row has wins.

    >>> field_names(("body=content|text",))["body"]
    ('content', 'text')
    """
    names: dict[str, tuple[str, ...]] = {}
    for entry in jsonl_fields:
        name, _, keys = entry.partition("=")
        names[name.strip()] = tuple(key.strip() for key in keys.split("|") if key.strip())
    return names


def read_row(data: bytes, document: Document, row: int, names: Mapping[str, tuple[str, ...]]) -> Document:
    """Return the document of one row, completed from an empty `document` that has its id and path.

    Raises InputError when the row is no JSON object or has no text.
    """
    try:
        record = json.loads(data)
    except UnicodeDecodeError:
        return read_row(decode(data).text.encode(), document, row, names)
    except (ValueError, RecursionError) as error:
        raise fault("bad-row", row=row, reason=error) from error
    if not isinstance(record, dict):
        raise fault("bad-row", row=row, reason=type(record).__name__)
    values = {name: text for name, keys in names.items() if (text := _value(record, keys, escaped=b"\\u" in data))}
    heads = [(part, role) for name, role in _HEADS for part in split_lines(values.get(name, "")) if part.strip()]
    body: list[tuple[str, Role]] = [(part, "body") for part in split_lines(values.get("body", ""))]
    if not any(part.strip() for part, _ in body):
        raise fault("no-body", row=row, names=" | ".join(names.get("body", ())))
    lines = tuple(
        Line(n, part, role=role, story=0, source_line=row) for n, (part, role) in enumerate((*heads, *body), 1)
    )
    return replace(
        document,
        lines=lines,
        layout="article" if any(role == "headline" for _, role in heads) else "markup",
        issue_date=iso_date(values.get("date", "")) or document.issue_date,
        newspaper=values.get("newspaper") or document.newspaper,
        page=values.get("page") or document.page,
        author=values.get("author"),
        url=values.get("url"),
    )


def _value(record: Mapping[str, object], keys: tuple[str, ...], *, escaped: bool) -> str:
    """Return the first of the fields that has text; lists are joined."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, list):
            value = "\n".join(str(part) for part in value if part is not None)
        if value is not None and value != "":
            text = value if isinstance(value, str) else str(value)
            return storable(text) if escaped else text
    return ""
