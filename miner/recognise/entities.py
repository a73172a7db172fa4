"""Mentions of one article gathered into the things it speaks of.

Two names of an article are one thing when the text says so (以下简称, Latin words in brackets), when they are written alike
after folding, or when learned signs of the pair say so (`likeness`): each name goes to the longer name that it most
surely stands for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from miner.language.lexicon import Entry
from miner.language.name_forms import core
from miner.model import Form, LocalEntity
from miner.recognise.found import Found
from miner.recognise.likeness import known, pair_signs
from miner.recognise.scorer import scorer
from miner.text import AnnotatedText

Key = tuple[str, str]
_MAX_NAMES = 150
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
        texts = sorted((text for kind, text in forms if kind == label), key=lambda text: (len(text), text))
        for at, text in enumerate(texts):
            full = links.full.get((label, text), "")
            if not full or (label, full) not in forms:
                longer = texts[at + 1 :] if label != "person" and len(texts) <= _MAX_NAMES else []
                full = _fuller(label, text, longer, texts)
            if full:
                heads[label, text] = (label, full)
    return heads


def _fuller(label: str, name: str, longer: Sequence[str], names: Sequence[str]) -> str:
    """Return the longer name of an article that a name surely stands for, "" when there is none."""
    weights, best, sure = scorer(), "", 0.0
    for full in longer:
        if not set(name).isdisjoint(full) or name.isascii() != full.isascii():
            odds = weights.joined(pair_signs(label, name, full, names))
            if odds > sure:
                best, sure = full, odds
    return best


def _entity(text: AnnotatedText, firsts: list[Found], root: Key, links: Links) -> LocalEntity:
    rooted = [found for found in firsts if _squeezed(text, found) == root[1]]
    full = rooted[0] if rooted else max(firsts, key=lambda found: found.end - found.start)
    others = [
        (found.span.of(text.text), _kind(text, found, full, links)) for found in firsts if found is not full
    ]
    latin = next((form for form, kind in others if kind == "latin"), None)
    entry = _entry_of(text, [full, *firsts], root) or Entry("")
    return LocalEntity(
        label=full.label,  # type: ignore[arg-type]
        name=full.span.of(text.text),
        forms=tuple(Form(form, kind) for form, kind in others),  # type: ignore[arg-type]
        known_as=entry.name or None,
        latin_name=latin or next(iter(entry.latin), None),
        country=entry.country,
        industry=entry.industry,
        kind=entry.kind,
    )


def _entry_of(text: AnnotatedText, names: list[Found], root: Key) -> Entry | None:
    """Return the lexicon's entry of the first of these names that has one, else that of a company's core."""
    label = names[0].label
    entries = (known(label, found.span.of(text.folded)) for found in names)
    entry = next((entry for entry in entries if entry), None)
    if entry is None and label == "enterprise":
        return known(label, core(root[1], loosely=True).name)
    return entry


def _kind(text: AnnotatedText, found: Found, full: Found, links: Links) -> str:
    """Return what sort of other name this is: as declared, else by its script and length."""
    kind = links.kinds.get((found.label, _squeezed(text, found)))
    if kind is None and found.span.of(text.text).isascii():
        return "latin"
    return kind or ("short" if found.end - found.start < full.end - full.start else "full")


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
