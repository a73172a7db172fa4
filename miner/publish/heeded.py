"""What of an address a page heeds: an argument that it does not know, or whose value it cannot read, is told and not passed over."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from miner.publish import query as q

__all__ = ["HEEDED", "Heeded", "Unheeded", "heeded", "heeded_by_search", "unheeded"]

Heeded = Mapping[str, Callable[[str], bool]]
"""The arguments that a page knows, each with what tells whether it can read a value."""


@dataclass(frozen=True, slots=True)
class Unheeded:
    """An argument of an address that changes nothing on its page."""

    name: str
    value: str
    known: bool
    """True when the page knows the argument and cannot read its value."""


def _any(value: str) -> bool:
    return True


def _number(value: str) -> bool:
    """Tell whether a value is a number as pages and expos have them."""
    return value.isascii() and value.isdigit()


NARROWED: Heeded = {
    "q": _any, "named": _any, "entity": _any, "since": q.is_date, "until": q.is_date, "page": _number, "size": _number,
}  # fmt: skip
HEEDED: Mapping[str, Heeded] = {
    "front.html": {},
    "article.html": {"q": _any, "field": _any, "at": _any},
    "dossier.html": {},
    "event.html": {},
    "editions.html": {},
    "edition.html": {},
    "returning.html": {},
    "measures.html": {"measure": _any, "edition": _number},
    "figures.html": {"measure": _any, "edition": _number},
}
"""What pages heed that always heed the same, by template."""


def heeded(*choices: str, **checked: Callable[[str], bool]) -> Heeded:
    """Return what a page of results heeds: words, days and pages, `choices` of any value, others with their checks."""
    return {**NARROWED, **dict.fromkeys(choices, _any), **checked}


def heeded_by_search(sorts: Container[str]) -> Heeded:
    """Return what the page of search results heeds."""
    return heeded(
        "newspaper", "section", "type", edition=_number, about="expo".__eq__, sort=sorts.__contains__
    )


def unheeded(given: Mapping[str, str], known: Heeded | None) -> tuple[Unheeded, ...]:
    """Return the arguments that a page does not heed; what begins with _ is Datasette's own, what is empty was not filled in.

    >>> unheeded({"quarry": "上海", "page": "x", "q": "上海", "since": ""}, heeded())
    (Unheeded(name='quarry', value='上海', known=False), Unheeded(name='page', value='x', known=True))
    """
    if known is None:
        return ()
    return tuple(
        Unheeded(name[:40], value[:40], name in known)
        for name, value in given.items()
        if value.strip() and not name.startswith("_") and not (name in known and known[name](value.strip()))
    )[:5]
