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
from functools import cache, lru_cache

from miner.language.gazetteer import gazetteer, words_of
from miner.language.lexicon import Entry
from miner.language.words import words
from miner.model import Form, LocalEntity
from miner.recognise.found import Found
from miner.text import AnnotatedText

Key = tuple[str, str]
_BRACKET = re.compile(r"\([^()]*\)")
_CLOSING = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "株式会社",
    "集团公司",
    "总公司",
    "律师事务所",
    "会计师事务所",
    "公司",
    "集团",
    "股份",
    "控股",
    "银行",
)
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
    if name.endswith(_CLOSING) and not _same_region(name, other):
        return None
    if core(name) == core(other):
        return 0
    if (
        name == _without_regions(other)
        or name == _brand(other)
        or (name.endswith("公司") and core(name) == _brand(other))
    ):
        return 1
    return 2 if _is_part(name, other) else None


def _same_entry(name: str, other: str) -> bool | None:
    """Tell whether two names are forms of one known company (工行, 中国工商银行) or of two; None when that is not known.

    A brand and a company that belongs to it are left to the rules.
    """
    mine, theirs = (
        _entry("enterprise", name),
        _entry("enterprise", other) or _entry("enterprise", core(other)),
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
    mine = name[: len(name) - len(_without_regions(name))]
    return mine in ("", other[: len(other) - len(_without_regions(other))])


def _is_part(name: str, other: str) -> bool:
    """Tell whether a bare brand stands in a longer legal name that is not another known enterprise."""
    if name not in other or not other.endswith(_CLOSING) or len(name) < 2:
        return False
    if name.endswith(_WHOLE) and other.rsplit(name, 1)[1] not in _LEGAL_ENDS:
        return False  # a bank or company and the group named after it are two
    mine, theirs = (
        _entry("enterprise", name),
        _entry("enterprise", _without_regions(other)) or _entry("enterprise", core(other)),
    )
    return theirs is None or mine is None or mine.name == theirs.name


def _fuller_body(name: str, names: list[str]) -> str | None:
    """Return the one longer name of a body that `name` abbreviates."""
    fuller = [other for other in names if len(other) > len(name) >= 3 and abbreviates(name, other)]
    return fuller[0] if len(fuller) == 1 else None


@lru_cache(maxsize=8192)
def abbreviates(short: str, full: str) -> bool:
    """Tell whether a short name takes characters, in order, from every word of a full one; regions may be left out.

    >>> abbreviates("市商务委", "上海市商务委员会"), abbreviates("上海大学", "上海交通大学")
    (True, False)
    """
    if short[0] not in full[:4] or short[-1] not in full[-3:]:
        return False
    if len(full) - len(short) >= 2 and any(
        full.startswith(short[:cut]) and full.endswith(short[cut:]) for cut in range(1, len(short))
    ):
        return False
    at = 0
    for span in words(full):
        word = span.of(full)
        taken = 0
        for char in word:
            if at < len(short) and char == short[at]:
                at, taken = at + 1, taken + 1
        if not taken and not any(term.kind == "place" for term in gazetteer().terms(word)):
            return False
    return at == len(short)


@cache
def _neutral() -> tuple[str, ...]:
    return tuple(sorted(words_of("naming", "neutral"), key=lambda word: (-len(word), word)))


@lru_cache(maxsize=8192)
def core(name: str) -> str:
    """Return a folded company name without regions, brackets, legal form and words that any company may have.

    >>> core("山东麦德盈华科技有限公司"), core("西门子(中国)有限公司"), core("西门子医疗系统有限公司")
    ('麦德盈华', '西门子', '西门子医疗系统')
    """
    text = _without_regions(_BRACKET.sub("", name)).removeprefix("株式会社")
    for _ in range(6):
        ending = next(
            (e for e in (*_CLOSING, *_neutral()) if text.endswith(e) and len(text) - len(e) >= 2), None
        )
        if ending is None:
            break
        text = text[: -len(ending)]
    return text or name


@lru_cache(maxsize=8192)
def _brand(name: str) -> str:
    """Return the core of a company name without its trade (丰田汽车 → 丰田)."""
    text = core(name)
    for _ in range(4):
        trades = [
            w
            for w in (*words_of("company_types", "industry", "weak"), "开发")
            if text.endswith(w) and len(text) - len(w) >= 2
        ]
        if not trades:
            break
        text = text[: -len(max(trades, key=len))]
        if _entry("enterprise", text):
            break
    return text


@lru_cache(maxsize=8192)
def _without_regions(name: str) -> str:
    best = 0
    for hit in sorted(gazetteer().hits(name), key=lambda hit: (hit.start, hit.end)):
        if (
            hit.term.kind == "place"
            and hit.start == best
            and len(name) - hit.end >= 2
            and hit.term.sort != "venue"
        ):
            best = hit.end
    return name[best:]


def _entity(passage: AnnotatedText, firsts: list[Found], root: Key, links: Links) -> LocalEntity:
    rooted = [found for found in firsts if _squeezed(passage, found) == root[1]]
    full = rooted[0] if rooted else max(firsts, key=lambda found: found.end - found.start)
    entry = next(
        (e for e in (_entry(full.label, passage.folded[f.start : f.end]) for f in (full, *firsts)) if e), None
    )
    if entry is None and full.label == "enterprise":
        entry = _entry("enterprise", core(root[1]))
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
