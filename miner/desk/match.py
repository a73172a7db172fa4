"""Which enterprise of the database a name on a list means: the same name, the same core, or a near form to confirm."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz.fuzz import ratio

from miner.language.fold import fold_name
from miner.language.lexicon import load_lexicon
from miner.language.name_forms import core

Matched = Literal["sure", "doubtful", "none"]
_NEAR = 75.0
"""Likeness (rapidfuzz's ratio, 0 to 100) from which another name is shown to be confirmed."""
_WITHIN, _LEAST_WITHIN = 90.0, 3
"""Likeness of a name that stands within another and is this long at least."""
_MOST_CANDIDATES = 5
_MOST_COMPARED = 50
"""Names with the most pairs of characters in common that are compared at all."""


@dataclass(frozen=True, slots=True)
class NearEnterprise:
    """An enterprise that a listed name may mean; `likeness` is 100 for the same name."""

    id: str
    name: str
    n_articles: int
    likeness: float


@dataclass(frozen=True, slots=True)
class ListedMatch:
    """What a listed name means: the best candidate first, and how sure that is."""

    matched: Matched
    candidates: tuple[NearEnterprise, ...] = ()


class Matcher:
    """Knows every written form of every enterprise of a database; build it once for a list."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._known: dict[str, tuple[str, int]] = {}
        self._by_form: dict[str, set[str]] = defaultdict(set)
        self._by_core: dict[str, set[str]] = defaultdict(set)
        self._by_pair: dict[str, set[str]] = defaultdict(set)
        for key, name, articles, form in connection.execute(_FORMS):
            self._known[key] = (name, articles)
            folded = fold_name(form)
            self._by_form[folded].add(key)
            self._by_core[core(folded).name].add(key)
        for short in self._by_core:
            for pair in _pairs(short):
                self._by_pair[pair].add(short)

    def match(self, name: str) -> ListedMatch:
        """Return what a name means.

        The same name, the same core without region and legal form, or another name of the same enterprise in the lexicon
        is sure where only one enterprise has it; several, and near forms, are doubtful.
        """
        folded = fold_name(name)
        for keys in (self._by_form.get(folded), self._by_core.get(core(folded).name), self._known_as(folded)):
            if keys:
                found = tuple(self._candidate(key, 100.0) for key in sorted(keys))
                return ListedMatch("sure" if len(found) == 1 else "doubtful", _best(found))
        near = _best(tuple(self._near(core(folded).name)))
        return ListedMatch("doubtful" if near else "none", near)

    def by_name(self, name: str) -> NearEnterprise | None:
        """Return the enterprise that has exactly this name, if only one has."""
        keys = [key for key in self._by_form.get(fold_name(name), ()) if self._known[key][0] == name]
        return self._candidate(keys[0], 100.0) if len(keys) == 1 else None

    def _known_as(self, folded: str) -> set[str]:
        """Return the enterprises that bear another form of a name that the lexicon knows."""
        return {key for form in _lexicon_forms().get(folded, ()) for key in self._by_form.get(form, ())}

    def _near(self, short: str) -> Iterator[NearEnterprise]:
        shared = Counter(other for pair in _pairs(short) for other in self._by_pair.get(pair, ()))
        for other, _ in shared.most_common(_MOST_COMPARED):
            likeness = _likeness(short, other)
            if likeness >= _NEAR:
                yield from (self._candidate(key, min(likeness, 99.0)) for key in self._by_core[other])

    def _candidate(self, key: str, likeness: float) -> NearEnterprise:
        name, articles = self._known[key]
        return NearEnterprise(key, name, articles, likeness)


_FORMS = """
select e.id, e.name, e.n_articles, e.name from enterprises e
union select e.id, e.name, e.n_articles, a.alias from enterprises e join aliases a on a.enterprise_id = e.id
"""


def _likeness(one: str, other: str) -> float:
    """Return how like two cores are, 0 to 100: a name that begins another is its brand, one that ends it may be a trade.

    >>> _likeness("三星", "三星重工"), round(_likeness("银行", "澳新银行"))
    (100.0, 67)
    """
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return 100.0
    return _WITHIN if len(short) >= _LEAST_WITHIN and short in long else float(ratio(one, other))


@cache
def _lexicon_forms() -> dict[str, tuple[str, ...]]:
    """Return the forms of every enterprise of the lexicon, by each of them; folded."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in load_lexicon("enterprises"):
        forms = tuple(dict.fromkeys(fold_name(form) for form in entry.forms()))
        for form in forms:
            found[form] = (*found.get(form, ()), *forms)
    return found


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}


def _best(found: tuple[NearEnterprise, ...]) -> tuple[NearEnterprise, ...]:
    once = {one.id: one for one in sorted(found, key=lambda c: c.likeness)}
    return tuple(sorted(once.values(), key=lambda c: (-c.likeness, -c.n_articles, c.id))[:_MOST_CANDIDATES])
