"""Mentions of one article gathered into the things it speaks of.

Two names of an article are one thing when the text says so (以下简称, Latin words in brackets), when they are written alike
after folding, or when learned signs of the pair say so (`likeness`): each name goes to the longer name that it most
surely stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from miner.language.lexicon import Entry
from miner.language.name_forms import core, plain
from miner.model import Form, LocalEntity
from miner.recognise.found import Found
from miner.recognise.likeness import choice_signs, known, may_be_one
from miner.recognise.linker import Linker, linker
from miner.recognise.links import Links
from miner.recognise.scene import Key, Scene, key_of
from miner.text import AnnotatedText

_LINKED = ("enterprise", "organization", "person")
_WEIGHED = ("enterprise", "organization")
"""Labels whose names are joined by learned signs too."""
_MAX_NAMES = 150
"""Above this many distinct names of one label in an article, only declared links and equal names are joined."""


def group(
    passage: AnnotatedText, names: list[Found], links: Links, weights: Linker | None = None
) -> tuple[list[int], list[LocalEntity]]:
    """Return for every name the index of its entity, and the entities in order of first mention.

    Pairs are weighed by the package's weights where no others are given.
    """
    scene = Scene.of(passage, names)
    keys = [key_of(passage, found) for found in names]
    first = {key: names[at] for at, key in reversed(list(enumerate(keys)))}
    heads = _heads(scene, links, weights or linker())
    owners: dict[Key, list[Key]] = {}
    for key in scene.spots:
        owners.setdefault(_root(key, heads), []).append(key)
    index = {key: at for at, forms in enumerate(owners.values()) for key in forms}
    entities = [
        _entity(passage, [first[key] for key in forms], root, links) for root, forms in owners.items()
    ]
    return [index[key] for key in keys], entities


def _root(key: Key, heads: Mapping[Key, Key]) -> Key:
    for _ in range(8):
        head = heads.get(key, key)
        if head == key:
            return key
        key = head
    return key


def _heads(scene: Scene, links: Links, weights: Linker) -> dict[Key, Key]:
    """Lead every name to the fuller name it stands for: what the text declares first, then what the signs say."""
    heads = told_heads(scene, links)
    for choice in choices(scene, heads):
        odds = [weights.joined(signs) for signs in choice_signs(scene, *choice)]
        best = max(range(len(odds)), key=odds.__getitem__)
        if odds[best] > 0:
            heads[choice.name] = (choice.name[0], choice.meant[best])
    return heads


def told_heads(scene: Scene, links: Links) -> dict[Key, Key]:
    """Return the names that the text itself says others stand for, or that are others but written otherwise."""
    heads: dict[Key, Key] = {}
    for label in _LINKED:
        texts = scene.forms(label)
        alike = {plain(text): text for text in texts}
        for text in texts:
            full = links.full.get((label, text), "")
            full = full if (label, full) in scene.spots else alike[plain(text)]
            if _root((label, full), heads) != (label, text):
                heads[label, text] = (label, full)
    return heads


class LongerNames(NamedTuple):
    """A name and the longer ones of its article that it may stand for."""

    name: Key
    meant: list[str]


def choices(scene: Scene, told: Mapping[Key, Key]) -> Iterator[LongerNames]:
    """Yield the names whose things the text does not tell, with those that they may stand for."""
    for label in _WEIGHED:
        texts = scene.forms(label)
        for at, text in enumerate(texts if len(texts) <= _MAX_NAMES else ()):
            key = (label, text)
            meant = [] if key in told else [full for full in texts[at + 1 :] if may_be_one(label, text, full)]
            meant = [full for full in meant if _root((label, full), told) != key]
            if meant:
                yield LongerNames(key, meant)


def _entity(text: AnnotatedText, firsts: list[Found], root: Key, links: Links) -> LocalEntity:
    rooted = [found for found in firsts if key_of(text, found) == root]
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
    kind = links.kinds.get(key_of(text, found))
    if kind is None and found.span.of(text.text).isascii():
        return "latin"
    return kind or ("short" if found.end - found.start < full.end - full.start else "full")
