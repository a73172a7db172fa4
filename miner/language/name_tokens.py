"""Names of companies and bodies cut into what they are made of: regions, legal forms, branches, units, trades, the rest.

Two names of one article are compared part by part: what the one has and the other lacks says whether it is another
thing (a branch, a unit) or the same thing written shorter.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from miner.language.gazetteer import words_of
from miner.language.lexicon import load_lexicon

_LONGEST = 10
_LEAST = 2
_KINDS = (
    (
        "T",
        (("company_types", "industry", "weak", "trade_word"), ("name_forms", "trade"), ("naming", "neutral")),
    ),
    ("U", (("org_types", "unit"), ("name_forms", "unit"))),
    ("G", (("org_types", "government", "party", "ministry", "association", "institute", "embassy"),)),
    ("F", (("name_forms", "firm"),)),
    ("L", (("name_forms", "legal"), ("company_types", "legal"))),
    ("B", (("name_forms", "branch"),)),
)
"""Later kinds win over earlier ones for a word that is of both."""
_POSTED = "驻"


class NameToken(NamedTuple):
    """A part of a name: R region, L legal form, F a firm's form, B branch, U unit, G kind of body, T trade, O the rest."""

    text: str
    kind: str


@cache
def _known() -> dict[str, str]:
    return {
        word: kind
        for kind, lexicons in _KINDS
        for lexicon in lexicons
        for word in words_of(*lexicon)
        if len(word) > 1
    }


@cache
def _regions() -> tuple[frozenset[str], frozenset[str]]:
    """Return all regions, and those that are told even in the middle of a name."""
    places, ends = load_lexicon("places"), tuple(words_of("name_forms", "region_end"))
    every = {form for entry in places for form in entry.forms() if 2 <= len(form) <= _LONGEST}
    wide = {form for entry in places if entry.kind in ("country", "province") for form in entry.forms()}
    return frozenset(every), frozenset(form for form in every if form in wide or form.endswith(ends))


@lru_cache(maxsize=65536)
def name_tokens(name: str) -> tuple[NameToken, ...]:
    """Cut a folded name into its parts, without brackets.

    >>> [token.kind + token.text for token in name_tokens("青穗银行上海市分行")]
    ['O青穗', 'F银行', 'R上海市', 'B分行']
    """
    found: list[NameToken] = []
    rest = ""
    at = 0
    while at < len(name):
        if name[at] in "()<>·":
            rest, at = _close(found, rest), at + 1
            continue
        token = _token_at(name, at, rest)
        if token is None:
            rest, at = rest + name[at], at + 1
        else:
            rest = _close(found, rest)
            found.append(token)
            at += len(token.text)
    _close(found, rest)
    return tuple(found)


def _close(found: list[NameToken], rest: str) -> str:
    if rest:
        found.append(NameToken(rest, "O"))
    return ""


def _token_at(name: str, at: int, rest: str) -> NameToken | None:
    """Return the longest known part that begins at an offset."""
    if rest in ("", _POSTED):
        regions = _regions()[0]
    else:
        regions = _regions()[1] if len(rest) > 1 else frozenset()
    known = _known()
    for size in range(min(_LONGEST, len(name) - at), _LEAST - 1, -1):
        word = name[at : at + size]
        if word in regions and size < len(name):
            return NameToken(word, "R")
        kind = known.get(word)
        if kind is not None and at:
            return NameToken(word, kind)
    return None
