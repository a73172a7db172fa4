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
def field_names(jsonl_fields: tuple[str, ...]) -> dict[str, tuple[str, int]]:
    """Return for every name that rows may use the field it stands for, and its rank: of several the lowest wins.

    >>> field_names(("body=content|text",))
    {'content': ('body', 0), 'text': ('body', 1)}
    """
    names: dict[str, tuple[str, int]] = {}
    for entry in jsonl_fields:
        name, _, keys = entry.partition("=")
        for rank, key in enumerate(keys.split("|")):
            names.setdefault(key.strip(), (name.strip(), rank))
    return names


def read_row(data: bytes, document: Document, row: int, names: Mapping[str, tuple[str, int]]) -> Document:
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
    values = _values(record, names, escaped=b"\\u" in data)
    heads = [
        (part, role) for name, role in _HEADS for part in split_lines(values.get(name, "")) if part.strip()
    ]
    body: list[tuple[str, Role]] = [(part, "body") for part in split_lines(values.get("body", ""))]
    if not any(part.strip() for part, _ in body):
        raise fault("no-body", row=row, names=" | ".join(k for k, v in names.items() if v[0] == "body"))
    lines = tuple(
        Line(n, part, role=role, story=0, source_line=row)
        for n, (part, role) in enumerate((*heads, *body), 1)
    )
    return replace(
        document,
        lines=lines,
        layout="markup",
        issue_date=iso_date(values.get("date", "")) or document.issue_date,
        newspaper=values.get("newspaper") or document.newspaper,
        page=values.get("page") or document.page,
        author=values.get("author"),
        url=values.get("url"),
    )


def _values(
    record: Mapping[str, object], names: Mapping[str, tuple[str, int]], *, escaped: bool
) -> dict[str, str]:
    """Return the fields of a row that hold something, as text; lists are joined."""
    values: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for key in record.keys() & names.keys():
        value = record[key]
        if isinstance(value, list):
            value = "\n".join(str(part) for part in value if part is not None)
        name, rank = names[key]
        if value is None or value == "" or rank > ranks.get(name, rank):
            continue
        text = value if isinstance(value, str) else str(value)
        values[name], ranks[name] = storable(text) if escaped else text, rank
    return values
