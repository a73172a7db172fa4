"""Mentions of one article gathered into the things it speaks of.

Two names of an article are one thing when the text says so (以下简称, Latin words in brackets), when they are written alike
after folding, when one is the brand of the other (迅销 in 迅销（中国）商贸有限公司), or when one abbreviates the other
(市商务委, 上海市商务委员会). A brand goes to the one longer name whose core it is; a unit with a name of its own
(西门子医疗) stays apart from 西门子.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from miner.language.gazetteer import gazetteer
from miner.language.lexicon import Entry
from miner.language.name_forms import abbreviates, brand, core, has_legal_form, without_regions
from miner.model import Form, LocalEntity
from miner.recognise.found import Found
from miner.text import AnnotatedText

Key = tuple[str, str]
_BRACKET = re.compile(r"\([^()]*\)")
_WHOLE = ("银行", "公司", "集团", "保险", "证券")
_LEGAL_ENDS = (
    "",
    "股份有限公司",
    "有限公司",
    "有限责任公司",
    "股份公司",
    "公司",
    "(中国)有限公司",
    "集团",
    "(集团)股份有限公司",
    "(集团)有限公司",
)
_MAX_NAMES = 400
"""Above this many distinct names of one label in an article, only declared links and equal names are joined."""


@dataclass(slots=True)
class Links:
    """What the text itself declares: short or Latin forms (folded) and the full names they stand for."""

    full: dict[Key, str] = field(default_factory=dict)
    kinds: dict[Key, str] = field(default_factory=dict)

    def add(self, passage: AnnotatedText, full: Found, short: Found, kind: str) -> None:
        """Note that `short` is another name of `full`; the first declaration of a name counts."""
        key = (short.label, _squeezed(passage, short))
        name = _squeezed(passage, full)
        if key[1] != name and key not in self.full:
            self.full[key] = name
            self.kinds[key] = kind


def _squeezed(passage: AnnotatedText, found: Found) -> str:
    return passage.folded[found.start : found.end].replace(" ", "")


def group(passage: AnnotatedText, names: list[Found], links: Links) -> tuple[list[int], list[LocalEntity]]:
    """Return for every name the index of its entity, and the entities in order of first mention."""
    forms: dict[Key, list[int]] = {}
    for index, found in enumerate(names):
        forms.setdefault((found.label, _squeezed(passage, found)), []).append(index)
    heads = _heads(forms, links)
    owners: dict[Key, list[Key]] = {}
    for key in forms:
        owners.setdefault(_root(key, heads), []).append(key)
    entity_of = [0] * len(names)
    entities: list[LocalEntity] = []
    for root, keys in owners.items():
        for key in keys:
            for index in forms[key]:
                entity_of[index] = len(entities)
        entities.append(_entity(passage, [names[forms[key][0]] for key in keys], root, links))
    return entity_of, entities


def _root(key: Key, heads: Mapping[Key, Key]) -> Key:
    for _ in range(8):
        head = heads.get(key, key)
        if head == key:
            return key
        key = head
    return key


def _heads(forms: dict[Key, list[int]], links: Links) -> dict[Key, Key]:
    """Lead every name to the fuller name it stands for."""
    heads: dict[Key, Key] = {}
    for label in ("enterprise", "organization", "person"):
        texts = [text for kind, text in forms if kind == label]
        for text in texts:
            full = links.full.get((label, text), "")
            if full and (label, full) in forms:
                heads[label, text] = (label, full)
            elif label != "person" and len(texts) <= _MAX_NAMES:
                fuller = _fuller_company(text, texts) if label == "enterprise" else _fuller_body(text, texts)
                if fuller is not None:
                    heads[label, text] = (label, fuller)
    return heads


def _fuller_company(name: str, names: list[str]) -> str | None:
    """Return the one longer name of a company that `name` is the brand or a shorter writing of."""
    ranked: dict[int, list[str]] = {}
    for other in names:
        if (len(other), other) > (len(name), name):
            rank = _kinship(name, other)
            if rank is not None:
                ranked.setdefault(rank, []).append(other)
    if not ranked:
        return None
    best = ranked[min(ranked)]
    return None if min(ranked) == 2 and len(best) > 1 else best[0]


def _kinship(name: str, other: str) -> int | None:
    """Return how near a name is to a longer one: 0 same core, 1 same brand, 2 contained in it; None when not at all.

    Two registered names are one company only in one region: a group and its Chinese subsidiary stay apart.
    """
    known = _same_entry(name, other)
    if known is not None:
        return 0 if known else None
    if has_legal_form(name) and not _same_region(name, other):
        return None
    if core(name, loosely=True).name == core(other, loosely=True).name:
        return 0
    if (
        name == without_regions(other)
        or name == brand(other)
        or (name.endswith("公司") and core(name, loosely=True).name == brand(other))
    ):
        return 1
    return 2 if _is_part(name, other) else None


def _same_entry(name: str, other: str) -> bool | None:
    """Tell whether two names are forms of one known company (工行, 中国工商银行) or of two; None when that is not known.

    A brand and a company that belongs to it are left to the rules.
    """
    mine, theirs = (
        _entry("enterprise", name),
        _entry("enterprise", other) or _entry("enterprise", core(other, loosely=True).name),
    )
    if (
        mine is None
        or theirs is None
        or mine.name in (theirs.parent, theirs.name)
        or theirs.name == mine.parent
    ):
        return (
            True
            if mine is not None
            and theirs is not None
            and mine.name == theirs.name
            and _entry("enterprise", other)
            else None
        )
    return False if _entry("enterprise", other) else None


def _same_region(name: str, other: str) -> bool:
    bracket = _BRACKET.search(other)
    if bracket is not None and bracket.group() not in name:
        return False
    mine = name[: len(name) - len(without_regions(name))]
    return mine in ("", other[: len(other) - len(without_regions(other))])


def _is_part(name: str, other: str) -> bool:
    """Tell whether a bare brand stands in a longer legal name that is not another known enterprise."""
    if name not in other or not has_legal_form(other) or len(name) < 2:
        return False
    if name.endswith(_WHOLE) and other.rsplit(name, 1)[1] not in _LEGAL_ENDS:
        return False  # a bank or company and the group named after it are two
    mine, theirs = (
        _entry("enterprise", name),
        _entry("enterprise", without_regions(other)) or _entry("enterprise", core(other, loosely=True).name),
    )
    return theirs is None or mine is None or mine.name == theirs.name


def _fuller_body(name: str, names: list[str]) -> str | None:
    """Return the one longer name of a body that `name` abbreviates."""
    fuller = [other for other in names if len(other) > len(name) >= 3 and abbreviates(name, other)]
    return fuller[0] if len(fuller) == 1 else None


def _entity(passage: AnnotatedText, firsts: list[Found], root: Key, links: Links) -> LocalEntity:
    rooted = [found for found in firsts if _squeezed(passage, found) == root[1]]
    full = rooted[0] if rooted else max(firsts, key=lambda found: found.end - found.start)
    entry = next(
        (e for e in (_entry(full.label, passage.folded[f.start : f.end]) for f in (full, *firsts)) if e), None
    )
    if entry is None and full.label == "enterprise":
        entry = _entry("enterprise", core(root[1], loosely=True).name)
    others = []
    latin = None
    for found in firsts:
        if found is full:
            continue
        text = passage.text[found.start : found.end]
        kind = links.kinds.get((found.label, _squeezed(passage, found)))
        if kind is None:
            kind = (
                "latin"
                if text.isascii()
                else "short"
                if found.end - found.start < full.end - full.start
                else "full"
            )
        if kind == "latin":
            latin = latin or text
        others.append((text, kind))
    return LocalEntity(
        label=full.label,  # type: ignore[arg-type]
        name=passage.text[full.start : full.end],
        forms=tuple(Form(text, kind) for text, kind in others),  # type: ignore[arg-type]
        known_as=entry.name if entry else None,
        latin_name=latin or (entry.latin[0] if entry and entry.latin else None),
        country=entry.country if entry else None,
        industry=entry.industry if entry else None,
        kind=entry.kind if entry else None,
    )


@lru_cache(maxsize=8192)
def _entry(label: str, text: str) -> Entry | None:
    for term in gazetteer().terms(text):
        if term.kind == label:
            return term.entry
    return None


def parts_of_name(name: str) -> tuple[str, ...]:
    """Return the parts of a person's folded name that may stand for the whole.

    >>> parts_of_name("娜塔莎·科瓦连科"), parts_of_name("李晓薇")
    (('科瓦连科', '娜塔莎'), ('晓薇',))
    """
    first, _, rest = name.partition("·")
    last = rest.rsplit("·", 1)[-1]
    if not rest:
        return (name[1:],) if len(name) == 3 and not name.isascii() else ()
    return tuple(part for part in (last, first) if len(part) >= 2)
