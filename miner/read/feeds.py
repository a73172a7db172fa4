"""RSS and Atom → records: one mapping an entry, under the names that tables of articles use."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from miner.read.faults import fault

__all__ = ["is_feed", "of_feed"]

_ROOTS = (b"<rss", b"<feed", b"<rdf:rdf")
_FEEDS, _ENTRIES = ("channel", "feed"), ("item", "entry")
_FIELDS = {
    "title": ("title",),
    "content": ("encoded", "content", "description", "summary"),
    "date": ("pubDate", "published", "date", "updated"),
    "author": ("author", "creator"),
    "url": ("link", "id", "guid"),
}
"""Column → the elements that may hold it, the best first."""


def is_feed(start: bytes) -> bool:
    """Tell a feed by its beginning.

    >>> is_feed(b"<?xml version='1.0'?><rss version='2.0'>"), is_feed(b"<html>")
    (True, False)
    """
    head = start[:1000].lower()
    return any(root in head for root in _ROOTS)


def of_feed(data: bytes, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Mapping[str, object]]:
    """Yield the entries of a feed; raises InputError when it is damaged before the first, or has none."""
    from lxml import etree  # takes a moment to import, and most archives hold no feeds

    name: str | None = None
    found = False
    try:
        for _, element in etree.iterparse(
            io.BytesIO(data), recover=True, resolve_entities=False, no_network=True, huge_tree=False
        ):
            if name is None and _name(element) == "title" and _name(element.getparent()) in _FEEDS:
                name = _text(element)
            if _name(element) in _ENTRIES:
                record = {**_record(element), "source": name or ""}
                if is_article(key for key, value in record.items() if value):
                    found = True
                    yield record
                element.clear()
    except etree.XMLSyntaxError as error:
        raise fault("damaged-table", reason=error) from error
    if not found:
        raise fault("no-columns", names="RSS, Atom")


def _record(entry: Any) -> dict[str, str]:
    parts: dict[str, str] = {}
    for child in entry:
        if name := _name(child):
            parts.setdefault(name, _text(child))
    record = {
        column: next((parts[name] for name in names if parts.get(name)), "")
        for column, names in _FIELDS.items()
    }
    return {**record, "date": _day(record["date"])}


def _name(element: Any) -> str:
    """Return the name of an element without its namespace; comments and the like have none."""
    tag = getattr(element, "tag", None)
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Any) -> str:
    """Return the text of an element: its own, the markup of XHTML inside it, the address of a link."""
    if _name(element) == "link" and element.get("href"):
        return str(element.get("href")) if element.get("rel", "alternate") == "alternate" else ""
    if element.get("type") == "xhtml":
        from lxml import etree

        return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
    return "".join(str(part) for part in element.itertext()).strip()


def _day(text: str) -> str:
    """Return a date as mail writes it in the form of all others.

    >>> _day("Sun, 05 Nov 2023 08:00:00 +0800"), _day("2023-11-05T08:00:00Z")
    ('2023-11-05', '2023-11-05T08:00:00Z')
    """
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return text
