"""What the trained model sees, weighed as evidence beside the rules; everything works without it, a little worse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from miner.errors import ModelError
from miner.recognise.gazetteer import words_of
from miner.recognise.passage import Found, Passage
from miner.recognise.people import shaped_like_a_name
from miner.segment import is_common

if TYPE_CHECKING:
    from miner.recognise.model import Candidate, NameModel

_TRUST = {"person": 0.92, "enterprise": 0.55, "organization": 0.82, "place": 0.6}
"""How far a posterior of the model counts, by label: it was trained on texts that tell companies and bodies apart badly."""
_UNIT = re.compile(r"(?<!办事|代表|管理|秘书|商务)处$|[科室股组]$|(?:公司|集团|银行|大学|中心).{1,6}部$")
_LONGEST = {"person": 16, "enterprise": 30, "organization": 30, "place": 12}


@cache
def name_model() -> NameModel | None:
    """Return the package's model, loaded on first use; None when the package has none."""
    try:
        from miner.recognise.model import NameModel

        return NameModel.load()
    except (ModelError, ImportError):
        return None


def guess(passages: Sequence[Passage]) -> list[list[Found]] | None:
    """Return what the model proposes for passages, read together in one batch; None when there is no model."""
    model = name_model()
    if model is None:
        return None
    predicted = model.predict([passage.text for passage in passages])
    return [list(_weighed(passage, candidates)) for passage, candidates in zip(passages, predicted, strict=True)]


def _weighed(passage: Passage, candidates: Sequence[Candidate]) -> Iterator[Found]:
    for candidate in candidates:
        label = candidate.label
        if label not in _TRUST or not 2 <= candidate.end - candidate.start <= _LONGEST[label]:
            continue
        if _plausible(passage, candidate.start, candidate.end, label):
            trust = _TRUST[label] * _discount(passage, candidate.start, candidate.end, label)
            yield Found(candidate.start, candidate.end, label, "model", round(trust * float(candidate.score), 3))


def _discount(passage: Passage, start: int, end: int, label: str) -> float:
    """Return by how much less the model counts where it is known to err: everyday words, bare Latin words, bodies without a type."""
    if label == "person":
        return 0.6 if _everyday(passage, start, end) else 1.0
    if label == "enterprise":
        return 0.7 if passage.folded[start:end].isascii() else 1.0
    if label == "organization":
        typed = any(hit.end == end and hit.term.kind == "body" for hit in passage.hits_in(start, end))
        return 1.0 if typed else 0.7
    return 1.0


def _everyday(passage: Passage, start: int, end: int) -> bool:
    """Tell whether a stretch is one word of the dictionary that is not tagged as a name (乌云, 胡子)."""
    index = passage.word_at(start)
    words, tags, starts = passage.words
    whole = starts[index] == start and len(words[index]) == end - start
    return whole and is_common(words[index]) and not tags[index].startswith("nr")


def _plausible(passage: Passage, start: int, end: int, label: str) -> bool:
    text = passage.folded[start:end]
    if "\n" in text or "、" in text or (label == "enterprise" and text.endswith("区")) or not (passage.edges[start] or passage.edges[end]):
        return False
    if text in words_of("naming") or text in words_of("expo") or text in words_of("company_types") or text in words_of("org_types", "generic"):
        return False
    if label == "place":
        return True
    if label == "organization" and _UNIT.search(text):
        return False
    kinds = {hit.term.kind for hit in passage.hits_in(start, end) if (hit.start, hit.end) == (start, end) and not hit.term.ambiguous}
    if kinds & {"place", "expo"}:
        return False
    if label == "person":
        return shaped_like_a_name(text)
    return label != "enterprise" or not passage.all_common(start, end)
