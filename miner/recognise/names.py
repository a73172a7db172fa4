"""All rules over one passage: proposals, the overlap policy, then consistency over the passage."""

from __future__ import annotations

from collections.abc import Iterator

from miner.recognise.bodies import find_bodies
from miner.recognise.declared import declared_names
from miner.recognise.overlap import resolve_overlaps
from miner.recognise.passage import Found, Passage
from miner.recognise.people import find_people, is_byline


def find_names(passage: Passage, guesses: list[Found]) -> list[Found]:
    """Return the names of a passage in text order; `guesses` are what a trained model proposes."""
    bodies = [*find_bodies(passage), *_from_lexicon(passage)]
    declared = [short for _, short in declared_names(passage, bodies)]
    proposals = [*bodies, *declared, *find_people(passage), *guesses]
    kept = resolve_overlaps(proposals)
    kept = resolve_overlaps([*kept, *_repeated(passage, kept)])
    return [found for found in kept if found.label != "expo" and not (found.label == "person" and is_byline(passage, found))]


def _from_lexicon(passage: Passage) -> Iterator[Found]:
    for hit in passage.hits:
        kind = hit.term.kind
        if kind not in ("enterprise", "organization", "place", "expo") or hit.term.ambiguous:
            continue
        inside = passage.edges[hit.start] and passage.edges[hit.end]
        if inside or hit.end - hit.start >= 3:
            yield Found(hit.start, hit.end, kind, "lexicon", 0.9 if inside else 0.75)


def _repeated(passage: Passage, kept: list[Found]) -> Iterator[Found]:
    """Yield every other place where a surely found name is written."""
    names: dict[str, Found] = {}
    for found in kept:
        text = passage.folded[found.start : found.end]
        if found.confidence >= 0.7 and found.label != "place" and len(text) >= 2:
            old = names.get(text)
            if old is None or found.confidence > old.confidence:
                names[text] = found
    for text, found in names.items():
        at = passage.folded.find(text)
        while at >= 0:
            end = at + len(text)
            if passage.edges[at] or passage.edges[end] or len(text) >= 3:
                yield Found(at, end, found.label, "repeated", min(found.confidence, 0.85))
            at = passage.folded.find(text, end)
