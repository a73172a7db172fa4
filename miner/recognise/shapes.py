"""How names are built: family names, given names, the characters of transliterations."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from miner.language.fold import fold
from miner.language.gazetteer import words_of
from miner.language.lexicon import load_all
from miner.language.words import is_common


@cache
def letters_of(lexicon: str, kind: str) -> frozenset[str]:
    """Return the folded characters that the entries of a kind are made of."""
    return frozenset(char for word in whole_words(lexicon, kind) for char in word)


@cache
def whole_words(lexicon: str, kind: str) -> frozenset[str]:
    """Return the folded words of a kind as they are written, not folded into `words_of`'s forms."""
    return frozenset(
        fold(word) for entry in load_all().get(lexicon, ()) if entry.kind == kind for word in entry.words
    )


def family_length(text: str) -> int:
    """Return how many characters of a text's beginning are a family name, 0 when none is.

    >>> family_length("欧阳修"), family_length("高远"), family_length("的确")
    (2, 1, 0)
    """
    for length in (3, 2):
        if text[:length] in whole_words("surnames", "japanese") or text[:length] in whole_words(
            "surnames", "compound"
        ):
            return length
    common, rare = letters_of("surnames", "common"), letters_of("surnames", "rare")
    return int(text[:1] in common or text[:1] in rare)


def _transliterated(text: str) -> bool:
    letters = letters_of("names", "transliteration")
    plain = text.replace("·", "").replace("-", "").replace(" ", "")
    return bool(plain) and letters.issuperset(plain)


def _given(text: str) -> list[str]:
    """Return how a Chinese name's given part fits: characters that given names are made of."""
    family = family_length(text)
    given = text[family:]
    if not family or len(given) not in (1, 2):
        return []
    sort = "compound" if family > 1 else "common" if text[0] in letters_of("surnames", "common") else "rare"
    if len(given) == 1:
        fits = given in letters_of("names", "given_single")
    else:
        first, last = letters_of("names", "given_first"), letters_of("names", "given_last")
        fits = given[0] in first and given[1] in last
    return [f"family name: {sort}", f"given name of {len(given)} {'fits' if fits else 'odd'}"]


_KINDS = (
    "role",
    "common",
    "stop",
    "any_company",
    "self",
    "company_role",
    "not_person",
    "not_body",
    "platform",
)
_HEADS = ("other_head", "enterprise_head", "organization_head", "person_head", "neutral", "people_trade")


@cache
def _known_words() -> dict[str, tuple[str, ...]]:
    """Return for words that are no names of their own which lists have them."""
    lists = {f"is a word: {kind}": words_of("naming", kind) for kind in (*_KINDS, *_HEADS)}
    lists |= {
        "is a type": words_of("company_types") | words_of("org_types"),
        "is a title": words_of("titles"),
        "is the expo's": words_of("expo"),
    }
    found: dict[str, list[str]] = {}
    for sign, words in lists.items():
        for word in words:
            found.setdefault(word, []).append(sign)
    return {word: tuple(signs) for word, signs in found.items()}


def _words(text: str) -> tuple[str, ...]:
    """Return which lists of words that are no names of their own have exactly this one."""
    found = _known_words().get(text, ())
    return (*found, "everyday word") if is_common(text) else found


_MARKS = frozenset("、,;:!?\n。")
_PAIRS = (("(", ")"), ("“", "”"), ("《", "》"))
_PAIRED = frozenset("()“”《》")
_LATIN = re.compile("[A-Za-z]")


@lru_cache(maxsize=65536)
def shape(text: str) -> tuple[str, ...]:
    """Return the evidence that lies in folded characters alone, whatever stands around them.

    >>> shape("李明")[:3]
    ('length 2', 'family name: common', 'given name of 1 fits')
    """
    n = len(text)
    length = f"length {n}" if n < 8 else "length 8 to 12" if n < 13 else "length 13 and more"
    return (length, *_given(text), *_words(text), *_script(text), *_build(text), *_edges(text))


def _edges(text: str) -> tuple[str, ...]:
    """Return the first and last characters; the last say the kind of a body or firm, and no list of kinds is closed."""
    return "ends in " + text[-1], "ends in " + text[-2:], "begins with " + text[0]


def _script(text: str) -> list[str]:
    found = ["Latin"] if text.isascii() else []
    if not found and _LATIN.search(text):
        found.append("Latin inside")
    if _transliterated(text):
        found.append("characters of transliterations")
    return found


def _build(text: str) -> list[str]:
    found = ["digit inside"] if any(map(str.isdigit, text)) else []
    if "·" in text:
        found.append("dot inside")
    if not _MARKS.isdisjoint(text):
        found.append("mark inside")
    if not _PAIRED.isdisjoint(text) and any(text.count(one) != text.count(other) for one, other in _PAIRS):
        found.append("bracket left open")
    return found
