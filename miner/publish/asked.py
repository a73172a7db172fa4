"""What a request may ask: bounded work, names of columns that can exist, a host that is ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

MAX_QUERY_BYTES = 8_000
MOST_FACETS = 8
"""Facets that one request may ask for: each costs a pass over the table."""
MOST_ALIKE = 40
"""Parameters of one name in a request: a filter form sends a few, an attack hundreds."""
LONGEST_CACHED = 3_600
"""Seconds that an answer may be kept on a visitor's word."""
_LOOPBACK = re.compile(r"(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
_COLUMN = re.compile(r"[^\x00-\x1f\"'`;\\\[\]]{1,80}")
_SORTS = frozenset({"_sort", "_sort_desc", "_sort_by_desc"})


class Refusal(NamedTuple):
    """The status and the words with which a request is refused."""

    status: int
    text: str


def is_loopback(host: str) -> bool:
    """Tell whether a Host header names this machine: another name on loopback is a rebound one.

    >>> is_loopback("127.0.0.1:8001"), is_loopback("localhost"), is_loopback("evil.example:8001")
    (True, True, False)
    """
    return _LOOPBACK.fullmatch(host) is not None


def refused_query(query: bytes) -> Refusal | None:
    """Return why a query string is refused, None when it is not.

    >>> refused_query(b"_facet=a&" * 9).status, refused_query(b"_sort=a'b").status, refused_query(b"_facet=a")
    (400, 400, None)
    """
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    if _asks_too_much(Counter(name for name, _ in asked)):
        return Refusal(400, "要求太多 / too much is asked at once")
    if any(name in _SORTS and value and not _COLUMN.fullmatch(value) for name, value in asked):
        return Refusal(400, "没有这一列 / no such column")
    return None


def _asks_too_much(counts: Counter[str]) -> bool:
    facets = sum(
        count for name, count in counts.items() if name.startswith("_facet") and name != "_facet_size"
    )
    return facets > MOST_FACETS or max(counts.values(), default=0) > MOST_ALIKE


def without_long_cache(query: bytes) -> bytes:
    """Return a query string whose `_ttl` is no longer than LONGEST_CACHED.

    >>> without_long_cache(b"_ttl=99999999&a=1"), without_long_cache(b"a=1")
    (b'_ttl=3600&a=1', b'a=1')
    """
    if b"_ttl" not in query:
        return query
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="utf-8")
    return urlencode([(name, _bounded(value) if name == "_ttl" else value) for name, value in asked]).encode()


def _bounded(value: str) -> str:
    return str(min(int(value), LONGEST_CACHED)) if value.isascii() and value.isdigit() else "0"


def with_host(headers: Iterable[tuple[bytes, bytes]], host: str) -> list[tuple[bytes, bytes]]:
    """Return request headers that name one host, whatever the visitor sent: links are made of it."""
    return [*((name, value) for name, value in headers if name != b"host"), (b"host", host.encode("latin-1"))]
