"""Every lexicon in one Aho-Corasick automaton: what is written where, in time linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from operator import itemgetter
from typing import Any, NamedTuple

import ahocorasick

from miner.language.fold import fold
from miner.language.lexicon import Entry, load_all

_NAMES = {
    "enterprises": "enterprise",
    "organizations": "organization",
    "places": "place",
    "venues": "place",
    "expo": "expo",
}
_GRAMMAR = {"company_types": "company", "org_types": "body", "titles": "title"}
_UNUSED = {("title", "modifier"), ("title", "joint"), ("title", "none"), ("company", "industry")}


@dataclass(frozen=True, slots=True)
class Term:
    """What a form stands for: `kind` is a label or the name of a grammar lexicon, `sort` the kind of its entry."""

    kind: str
    entry: Entry
    sort: str | None
    ambiguous: bool


class Hit(NamedTuple):
    """A form of a lexicon in the text."""

    start: int
    end: int
    term: Term


_as_hit = partial(tuple.__new__, Hit)
_END = itemgetter(1)
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_CHIEFS = re.compile(r"首席[\u4e00-\u9fff]{1,8}?[官师家员]")
_CHIEF = Term("title", Entry("首席", kind="core"), "core", ambiguous=False)
"""Any 首席…官 or 首席…师 is a title, whatever stands between."""


class Gazetteer:
    """All forms of all lexicons, folded.

    The automaton reads UTF-16 byte by byte: pyahocorasick looks a letter up by walking a list, and where thousands of
    characters may begin a form, that walk takes five times as long as all else. An odd last byte closes a character;
    a match that ends on an even one lies across two characters and is none.
    """

    def __init__(self) -> None:
        forms: dict[str, list[Term]] = {}
        for form, term in _forms():
            known = forms.setdefault(fold(form), [])
            if not any(old.kind == term.kind and old.entry.name == term.entry.name for old in known):
                known.append(term)
        self._automaton: Any = ahocorasick.Automaton()
        for form, terms in forms.items():
            edged = _is_latin(form[0]) or _is_latin(form[-1])
            self._automaton.add_word(_bytes(form), (len(form), tuple(terms), edged, len(terms) == 1))
        self._automaton.make_automaton()
        self._forms = {form: tuple(terms) for form, terms in forms.items()}

    def hits(self, folded: str) -> list[Hit]:
        """Return all forms found in folded text, by end; Latin forms only where no Latin letter or digit touches them."""
        found: list[Hit] = []
        for last, (length, terms, edged, single) in self._automaton.iter(_bytes(folded)):
            if not last & 1:
                continue
            end = (last + 1) >> 1
            start = end - length
            if edged and (_cuts_latin(folded, start) or _cuts_latin(folded, end)):
                continue
            if single:
                found.append(_as_hit((start, end, terms[0])))
            else:
                found += [_as_hit((start, end, term)) for term in terms]
        if "首席" not in folded:
            return found
        chiefs = [Hit(*match.span(), _CHIEF) for match in _CHIEFS.finditer(folded)]
        return sorted([*found, *chiefs], key=_END) if chiefs else found

    def terms(self, form: str) -> tuple[Term, ...]:
        """Return what a form stands for, however it is written; nothing when no lexicon has it."""
        return self._forms.get(form) or self._forms.get(fold(form), ())


def _bytes(text: str) -> str:
    """Return text as its UTF-16 bytes, one letter for each; rare characters beyond the basic plane count as lost."""
    encoded = text.encode("utf-16-be", "surrogatepass").decode("latin-1")
    return encoded if len(encoded) == 2 * len(text) else _bytes(_BEYOND.sub("\ufffd", text))


def _is_latin(char: str) -> bool:
    return char < "\u0250" and char.isalnum()


def _cuts_latin(text: str, offset: int) -> bool:
    return 0 < offset < len(text) and _is_latin(text[offset - 1]) and _is_latin(text[offset])


def _forms() -> Iterator[tuple[str, Term]]:
    lexicons = load_all()
    for lexicon, kind in _NAMES.items():
        for entry in lexicons.get(lexicon, ()):
            for form in entry.forms():
                yield form, Term(kind, entry, entry.kind, form in entry.ambiguous)
    for lexicon, kind in _GRAMMAR.items():
        for entry in lexicons.get(lexicon, ()):
            if (kind, entry.kind) not in _UNUSED:
                for form in entry.words:
                    yield (
                        form,
                        Term(
                            "address" if entry.kind == "address" else kind, entry, entry.kind, ambiguous=False
                        ),
                    )


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer of the package's lexicons, built on first use."""
    return Gazetteer()


@cache
def words_of(lexicon: str, *kinds: str) -> frozenset[str]:
    """Return the folded words of a grammar lexicon's entries of some kinds (of all, when none is named)."""
    entries = load_all().get(lexicon, ())
    chosen = [entry for entry in entries if not kinds or entry.kind in kinds]
    return frozenset(fold(word) for entry in chosen for word in (entry.words or entry.forms()))
