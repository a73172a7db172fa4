"""Scores posts against gold as the shared scorer does: (person, title), and how often the body is right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple
from unicodedata import normalize

from miner.model import Annotated, Post

_FORMER = re.compile("^(?:原任|原|前任|前|时任)(?=..)")
_FIELDS = ("people", "enterprises", "organizations")


class Tally(NamedTuple):
    """Posts found rightly, in the gold, predicted; of the right ones, those at the right body."""

    right: int
    gold: int
    found: int
    placed: int

    def plus(self, other: Tally) -> Tally:
        """Return the sum of both."""
        return Tally(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(self.gold + self.found, 1)

    def line(self) -> str:
        """Return the figures as a line.

        >>> Tally(8, 10, 10, 6).line()
        'P .800 R .800 F1 .800, body .750, 10 posts'
        """
        parts = (self.right / max(self.found, 1), self.right / max(self.gold, 1),
                 2 * self.right / max(self.gold + self.found, 1), self.placed / max(self.right, 1))  # fmt: skip
        shown = [f"{part:.3f}".replace("0.", ".") for part in parts]
        return f"P {shown[0]} R {shown[1]} F1 {shown[2]}, body {shown[3]}, {self.gold} posts"


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", "", normalize("NFKC", text or "")).lower()


def _title(text: str) -> str:
    return _FORMER.sub("", _plain(text))


def score(gold: dict[str, Any], annotated: Annotated, posts: Sequence[Post]) -> Tally:
    """Return how posts of an article fare against its gold."""
    forms = _forms(gold)

    def same(a: str, b: str) -> bool:
        close = bool(a and b) and (a == b or (min(len(a), len(b)) >= 2 and (a in b or b in a)))
        return close or b in forms.get(a, ()) or a in forms.get(b, ())

    wanted = [(_plain(p["name"]), _title(held["title"]), _plain(held.get("org")))
              for p in gold.get("people", []) for held in p.get("posts", [])]  # fmt: skip
    called: dict[int, set[str]] = defaultdict(set)
    for mention in annotated.mentions:
        called[mention.entity].add(_plain(mention.text))
    found = list(dict.fromkeys(
        (frozenset(called[p.person]), _title(p.title), _plain(p.organization_text)) for p in posts
    ))  # fmt: skip
    free, right, at_body = list(found), 0, 0
    for name, title, body in wanted:
        match = next((f for f in free if f[1] == title and any(same(name, form) for form in f[0])), None)
        if match is not None:
            free.remove(match)
            right += 1
            at_body += body == match[2] or same(body, match[2])
    return Tally(right, len(wanted), len(found), at_body)


def _forms(gold: dict[str, Any]) -> dict[str, set[str]]:
    forms: dict[str, set[str]] = defaultdict(set)
    for field in _FIELDS:
        for entry in gold.get(field, []):
            names = {
                _plain(n) for n in (entry["name"], entry.get("latin"), *(entry.get("aliases") or [])) if n
            }
            for name in names:
                forms[name] |= names
    return forms
