"""What two names of one article have to do with each other: signs that the shorter stands for the longer.

The weights are learned (`scorer`) on articles whose names were joined by hand; each function here says one kind of
thing, by the wording of the two names and by what else the article is called to speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

from miner.language.gazetteer import gazetteer, words_of
from miner.language.lexicon import Entry
from miner.language.name_forms import (
    abbreviates,
    brand,
    core,
    has_legal_form,
    leading_region,
    without_regions,
)


def known(label: str, name: str) -> Entry | None:
    """Return the lexicon's entry of a folded name under a label."""
    return next((term.entry for term in gazetteer().terms(name) if term.kind == label), None)


def _cores(label: str, short: str, full: str) -> list[str]:
    """What is left without region, legal form and trade: the same core, or the brand of the other."""
    mine, theirs = core(short, loosely=True), core(full, loosely=True)
    signs = ["same core"] if mine.name == theirs.name else []
    if short == without_regions(full):
        signs.append("the other without its region")
    if short == brand(full) or mine.name == brand(full):
        signs.append("the brand of the other")
    if mine.region and theirs.region:
        signs.append("same region" if mine.region == theirs.region else "another region")
    elif theirs.region:
        signs.append("region only in the longer")
    return signs


def _wording(label: str, short: str, full: str) -> list[str]:
    """How the characters of the one lie in the other: at its beginning, its end, inside, or apart but in order."""
    signs = ["same first character"] if short[0] == full[0] else []
    if short[-1] == full[-1]:
        signs.append("same last character")
    if full.startswith(short):
        signs.append("begins the longer")
    if full.endswith(short):
        signs.append("ends the longer")
    if short in full:
        signs.append("inside the longer")
    elif _in_order(short, full):
        signs.append("characters of the longer in order")
    if abbreviates(short, full):
        signs.append("abbreviates the longer")
    return signs


def _in_order(short: str, full: str) -> bool:
    letters = iter(full)
    return all(letter in letters for letter in short)


def _rest(label: str, short: str, full: str) -> list[str]:
    """What the longer has that the shorter lacks: a region, a legal form, a trade, or a unit of its own."""
    before, _, after = full.partition(short) if short in full else ("", "", "")
    signs = []
    if before:
        signs.append("before it a region" if is_region(before) else "before it other words")
        signs.append("before it …" + before[-1])
    if after:
        signs += [f"after it {_kind(after)}", "after it …" + after[-2:]]
    return signs


@lru_cache(maxsize=8192)
def is_region(text: str) -> bool:
    """Tell whether folded text is made of names of places alone.

    >>> is_region("上海市静安区"), is_region("上海商务")
    (True, False)
    """
    return not without_regions(text + _ANY).removesuffix(_ANY)


_ANY = "某某"
"""Stands for a name behind regions, which are left out only before one."""


@lru_cache(maxsize=8192)
def _kind(rest: str) -> str:
    if rest in words_of("name_forms", "legal", "firm"):
        return "a legal form"
    if rest in words_of("company_types"):
        return "a trade"
    if rest in words_of("org_types", "unit") or rest in words_of("org_types"):
        return "a unit"
    return "a legal form and more" if has_legal_form(rest) else "other words"


def _forms(label: str, short: str, full: str) -> list[str]:
    """The build of the two: legal forms, brackets, Latin, length."""
    signs = [f"shorter has {min(len(short), 8)} characters"]
    legal = has_legal_form(short), has_legal_form(full)
    signs.append(
        ("no legal form", "legal form of the longer", "legal form of the shorter", "two legal forms")[
            2 * legal[0] + legal[1]
        ]
    )
    if short.isascii() != full.isascii():
        signs.append("one of them Latin")
    if "(" in full and "(" not in short:
        signs.append("bracket in the longer")
    if len(full) - len(short) > 8:
        signs.append("much longer")
    if leading_region(short):
        signs.append("the shorter has a region")
    return signs


def _lexicon(label: str, short: str, full: str) -> list[str]:
    """What the lexicons say: two forms of one entry, forms of two entries, or a part of the other."""
    mine, theirs = known(label, short), known(label, full) or known(label, core(full, loosely=True).name)
    if mine is None or theirs is None:
        return []
    if mine.name == theirs.name:
        return ["one lexicon entry" if known(label, full) else "one lexicon entry by the core"]
    parent = mine.name == theirs.parent or theirs.name == mine.parent
    return ["a part of the other by the lexicon" if parent else "two lexicon entries"]


LIKENESS: tuple[Callable[[str, str, str], list[str]], ...] = (_cores, _wording, _rest, _forms, _lexicon)


def pair_signs(label: str, short: str, full: str, others: Collection[str]) -> list[str]:
    """Return the signs about two folded names of one label; `others` are all names of the label in the article."""
    found = ["always", f"two names of label {label}"]
    for drawn in LIKENESS:
        found += [f"{label}: {sign}" for sign in drawn(label, short, full)]
    holding = [other for other in others if other not in (short, full) and short in other]
    if holding:
        found.append(f"{label}: other names hold the shorter too")
        if any(len(other) < len(full) for other in holding):
            found.append(f"{label}: a nearer name holds it")
    return found
