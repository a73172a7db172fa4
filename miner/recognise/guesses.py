"""What the trained model sees, weighed as evidence beside the rules; everything works without it, a little worse."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # comes with scikit-learn, has no types

from miner.language.gazetteer import words_of
from miner.language.words import is_common
from miner.offsets import Span
from miner.recognise.found import Found
from miner.recognise.network.choice import Kind, network
from miner.recognise.network.encode import Cut
from miner.recognise.network.reading import Candidate
from miner.recognise.shapes import shaped_like_a_name
from miner.text import AnnotatedText, own_words

_TRUST = {"person": 0.92, "enterprise": 0.65, "organization": 0.82, "place": 0.6}
"""How far a posterior of the model counts, by label: it was trained on texts that tell companies and bodies apart badly."""
_NAMING_TAGS = frozenset({"nr", "nrt", "nrfg"})
"""Tags of words that may be names of people."""
_EXPLAINING = frozenset({"enterprise", "organization", "place", "expo", "title"})
_END = re.compile(r"[。!?;\n]")
_UNIT = re.compile(
    r"(?<!办事|代表|管理|秘书|商务)处$|[科室股组]$|(?:公司|集团)?[外内]?销部$|(?:代表团|交易团|共同体|团队)$|(?:公司|集团|银行|大学|中心).{1,6}部$"
)
_LONGEST = {"person": 16, "enterprise": 30, "organization": 30, "place": 12}


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def guess(passages: Sequence[AnnotatedText], kind: Kind = "fast") -> list[list[Found]] | None:
    """Return what the model proposes for passages, read together in one batch; None when there is no model."""
    model = network(kind)
    if model is None:
        return None
    pieces = [(index, span) for index, passage in enumerate(passages) for span in worth_reading(passage)]
    with _threads().limit(
        limits=1, user_api="blas"
    ):  # small products: a second thread costs more than it saves
        texts = [span.of(passages[index].text) for index, span in pieces]
        predicted = model.predict(texts, [_cut(passages[index], span) for index, span in pieces])
    guesses: list[list[Found]] = [[] for _ in passages]
    for (index, span), candidates in zip(pieces, predicted, strict=True):
        guesses[index].extend(_weighed(passages[index], candidates, span.start))
    return guesses


def _cut(passage: AnnotatedText, span: Span) -> Cut | None:
    """Return the words of a stretch: what is cut once for the rules need not be cut again for the model.

    Words of the user dictionary the model has never seen: where one stands, the model cuts the text its own way.
    """
    words, tags, starts = passage.words
    first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
    cut = Cut(words[first:last], tags[first:last])
    return None if "nz" in cut.tags and not own_words().isdisjoint(cut.words) else cut


def worth_reading(passage: AnnotatedText) -> list[Span]:
    """Return the sentences that hold a word which may be (part of) a name: the model need not read the others."""
    bounds = [0, *(match.end() for match in _END.finditer(passage.folded)), len(passage.folded)]
    may = [
        (start, start + len(word))
        for word, tag, start in zip(*passage.words, strict=True)
        if (len(word) > 1 or tag in _NAMING_TAGS) and _may_name(word, tag)
    ]
    explained = {hit.end for hit in passage.hits if not hit.term.ambiguous and hit.term.kind in _EXPLAINING}
    named = {end for end in passage.titles if end < len(passage.folded) and passage.folded[end].isalpha()}
    starts = {start for start, end in may if end not in explained}
    starts.update(passage.words.starts[passage.word_at(end - 1)] for end in named if passage.edges[end])
    sentences = sorted({bisect_right(bounds, start) for start in starts})
    return [Span(bounds[sentence - 1], bounds[sentence]) for sentence in sentences]


@lru_cache(maxsize=200_000)
def _may_name(word: str, tag: str) -> bool:
    """Tell whether a word may be (part of) a name: tagged and built as one, or unknown to the dictionary."""
    if not word.isalpha() or word.isascii():
        return False
    if tag in _NAMING_TAGS:
        return len(word) == 1 or shaped_like_a_name(word)
    return len(word) > 1 and not is_common(word)


def _weighed(passage: AnnotatedText, candidates: Sequence[Candidate], offset: int) -> Iterator[Found]:
    for candidate in candidates:
        label, start, end = candidate.label, candidate.start + offset, candidate.end + offset
        if label in _TRUST and 2 <= end - start <= _LONGEST[label] and _plausible(passage, start, end, label):
            trust = _TRUST[label] * _discount(passage, start, end, label)
            yield Found(start, end, label, "model", round(trust * float(candidate.score), 3))


def _discount(passage: AnnotatedText, start: int, end: int, label: str) -> float:
    """Return by how much less the model counts where it is known to err: everyday words, bare Latin words, bodies without a type."""
    if label == "person":
        return 0.6 if _everyday(passage, start, end) else 1.0
    if label == "enterprise":
        if passage.folded[start:end].isascii():
            return 0.7
        plain = passage.all_common(passage.after_places(start, end), end)
        return (
            0.6
            if plain or passage.words.tags[passage.word_at(end - 1)] in ("d", "p", "c", "u", "uj", "f")
            else 1.0
        )
    if label == "organization":
        typed = any(hit.end == end and hit.term.kind == "body" for hit in passage.hits_in(start, end))
        return 1.0 if typed else 0.7
    return 1.0


def _everyday(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether a stretch is one word of the dictionary that is not tagged as a name (乌云, 胡子)."""
    index = passage.word_at(start)
    words, tags, starts = passage.words
    whole = starts[index] == start and len(words[index]) == end - start
    return whole and is_common(words[index]) and not tags[index].startswith("nr")


def _bare(text: str) -> bool:
    """Tell whether a body is named by its type alone (公安局), which says of no body in particular."""
    return text in words_of("org_types", "government") and text[0] not in "省市区县镇"


@cache
def _never_names() -> frozenset[str]:
    return (
        words_of("naming") | words_of("expo") | words_of("company_types") | words_of("org_types", "generic")
    )


def _plausible(passage: AnnotatedText, start: int, end: int, label: str) -> bool:
    text = passage.folded[start:end]
    if (
        "\n" in text
        or "、" in text
        or (label == "enterprise" and text.endswith(("区", "部", "处", "科")))
        or not (passage.edges[start] or passage.edges[end])
    ):
        return False
    if text in _never_names():
        return False
    if label == "place":
        return True
    if text[0] == "区" and start and passage.folded[start - 1] in "国华太亚东南西北洲":
        return False
    if label == "organization" and (
        _UNIT.search(text) or _bare(text) or passage.folded[end : end + 1] in ("长", "门")
    ):
        return False
    kinds = {
        hit.term.kind for hit in passage.hits_from(start, end) if hit.end == end and not hit.term.ambiguous
    }
    if kinds & {"place", "expo"} or (label == "person" and kinds & {"enterprise", "organization"}):
        return False
    if label == "person":
        return shaped_like_a_name(text)
    return label != "enterprise" or not passage.all_common(start, end)
