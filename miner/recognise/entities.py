"""Mentions of one article gathered into the things it speaks of."""

from __future__ import annotations

from miner.lexicon import Entry
from miner.model import Form, LocalEntity
from miner.recognise.gazetteer import gazetteer
from miner.recognise.passage import Found, Passage


def group(passage: Passage, names: list[Found], links: dict[str, str]) -> tuple[list[int], list[LocalEntity]]:
    """Return for every name the index of its entity, and the entities; `links` leads short names to full ones."""
    forms: dict[tuple[str, str], list[int]] = {}
    for index, found in enumerate(names):
        forms.setdefault((found.label, passage.folded[found.start : found.end]), []).append(index)
    heads = {key: _head(key, forms, links) for key in forms}
    owners: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for key, head in heads.items():
        owners.setdefault(head, []).append(key)
    entity_of = [0] * len(names)
    entities = []
    for keys in owners.values():
        for key in keys:
            for index in forms[key]:
                entity_of[index] = len(entities)
        entities.append(_entity(passage, names, forms, keys))
    return entity_of, entities


def _head(key: tuple[str, str], forms: dict[tuple[str, str], list[int]], links: dict[str, str]) -> tuple[str, str]:
    label, text = key
    if label not in ("enterprise", "organization"):
        return key
    linked = links.get(text)
    if linked is not None and (label, linked) in forms:
        return label, linked
    longer = [k for k in forms if k[0] == label and len(k[1]) > len(text) and text in k[1] and _ends_full(k[1])]
    if label == "enterprise" and len(longer) == 1:
        return longer[0]
    return key


def _ends_full(name: str) -> bool:
    return name.endswith(("公司", "集团", "银行", "事务所"))


def _entity(
    passage: Passage, names: list[Found], forms: dict[tuple[str, str], list[int]], keys: list[tuple[str, str]]
) -> LocalEntity:
    firsts = [names[forms[key][0]] for key in keys]
    full = max(firsts, key=lambda found: found.end - found.start)
    entry = _entry(full.label, [key[1] for key in keys])
    others = tuple(
        Form(passage.text[f.start : f.end], "declared" if f.method == "declared" else "short") for f in firsts if f is not full
    )
    return LocalEntity(
        label=full.label,  # type: ignore[arg-type]
        name=passage.text[full.start : full.end],
        forms=others,
        known_as=entry.name if entry else None,
        country=entry.country if entry else None,
        industry=entry.industry if entry else None,
        kind=entry.kind if entry else None,
    )


def _entry(label: str, texts: list[str]) -> Entry | None:
    for text in texts:
        for term in gazetteer().terms(text):
            if term.kind == label:
                return term.entry
    return None
