"""What two names of one article have to do with each other: signs that the shorter stands for the longer.

The weights are learned (`scorer`) on articles whose names were joined by hand; each function here says one kind of
thing, by the wording of the two names and by what else the article is called to speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from miner.language.gazetteer import gazetteer, words_of
from miner.language.lexicon import Entry
from miner.language.name_forms import (
    abbreviates,
    brand,
    core,
    has_legal_form,
    leading_region,
    leaves_out_a_word,
    unmarked,
    without_regions,
)
from miner.recognise.parts import fits_unit, in_order, is_bare, part_signs, region_signs
from miner.recognise.scene import Key, Scene


@lru_cache(maxsize=65536)
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
    elif in_order(short, full):
        cut = leaves_out_a_word(short, full)
        signs.append("the longer with its middle cut out" if cut else "characters of the longer in order")
    if abbreviates(short, full):
        signs.append("abbreviates the longer")
    return signs


def _rest(label: str, short: str, full: str) -> list[str]:
    """What the longer has that the shorter lacks: a region, a legal form, a trade, or a unit of its own."""
    before, _, after = full.partition(short) if short in full else ("", "", "")
    signs = []
    if before:
        signs.append("before it a region" if is_region(before) else "before it other words")
    if after:
        signs.append(f"after it {_kind(after)}")
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
    signs = []
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
    return ["a part of the other by the lexicon" if parent else "two lexicon entries by the core"]


def _parts(label: str, short: str, full: str) -> Iterator[str]:
    """What the parts of the one are to those of the other."""
    lacking, *others = part_signs(short, full)
    yield from (lacking, *others)
    if known(label, short) and not known(label, full):
        yield f"only the shorter is known, {lacking}"


def _regions(label: str, short: str, full: str) -> Iterable[str]:
    """What the regions of two bodies say."""
    return region_signs(short, full) if label == "organization" else ()


LIKENESS: tuple[Callable[[str, str, str], Iterable[str]], ...] = (
    _cores,
    _wording,
    _rest,
    _forms,
    _lexicon,
    _parts,
    _regions,
)


@lru_cache(maxsize=16384)
def wording_signs(label: str, short: str, full: str) -> tuple[str, ...]:
    """Return the signs that the wording of two folded names of one label gives."""
    return tuple(f"{label}: {sign}" for drawn in LIKENESS for sign in drawn(label, short, full))


@lru_cache(maxsize=16384)
def may_be_one(label: str, short: str, full: str) -> bool:
    """Tell whether two names are worth comparing: a character in common or another script, and not two entries
    of a lexicon, unless the one is a part of the other.

    In 540 annotated articles 3 of 474 pairs with entries of their own were one thing's. A group and its arm are worth it: an
    article that names 花旗银行（中国）有限公司 calls it 花旗.

    >>> may_be_one("enterprise", "青穗", "青穗食品"), may_be_one("organization", "上海大学", "上海交通大学")
    (True, False)
    """
    if set(short).isdisjoint(full) and short.isascii() == full.isascii():
        return False
    mine, theirs = known(label, short), known(label, full)
    if mine is None or theirs is None or mine.name == theirs.name:
        return True
    return mine.name == theirs.parent or theirs.name == mine.parent


def choice_signs(scene: Scene, name: Key, meant: Sequence[str]) -> list[list[str]]:
    """Return for each of the names of its label that a name might stand for the signs on whether it does."""
    label, short = name
    among = _Among.of(scene, name, meant)
    found = []
    for full in meant:
        own = [*scene.signs(name, (label, full))]
        if set(short).isdisjoint(full):
            own.append("no character in common")
        own += among.signs(full)
        wording = wording_signs(label, unmarked(short), unmarked(full))
        found.append(
            ["always", f"two names of label {label}", *wording, *(f"{label}: {sign}" for sign in own)]
        )
    return found


class _Among(NamedTuple):
    """The names that a name might stand for, all together."""

    many: int
    holding: list[str]
    """Those that hold the name, the shortest first."""
    last: str | None
    """The one named last before the name."""
    fitting: list[str]
    """Those whose region has the unit that the name begins with."""
    last_fitting: str | None

    @classmethod
    def of(cls, scene: Scene, name: Key, meant: Sequence[str]) -> _Among:
        short = name[1]
        fitting = [full for full in meant if fits_unit(short, full)] if is_bare(short) else []
        holding = sorted((full for full in meant if short in full), key=len)
        last = scene.before(name, meant) if len(meant) > 1 else None
        return cls(len(meant), holding, last, fitting, scene.before(name, fitting))

    def signs(self, full: str) -> Iterator[str]:
        """Yield what they say of one of them."""
        yield f"{min(self.many, 4)} names might be meant"
        yield f"{min(len(self.holding), 4)} of them hold the shorter"
        if self.holding and len(self.holding[0]) < len(full):
            yield "a nearer name holds it"
        yield from _last_named(self.last, full, "all")
        if full in self.fitting:
            yield f"{min(len(self.fitting), 3)} fit the unit"
            yield from _last_named(self.last_fitting, full, "those that fit")


def _last_named(last: str | None, full: str, which: str) -> Iterator[str]:
    if last is not None:
        yield f"of {which} {'' if last == full else 'another '}named last before it"
