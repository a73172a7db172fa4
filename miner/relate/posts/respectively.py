"""Titles dealt out to people in their order: 甲、乙、丙分别担任会长、副会长、秘书长."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from miner.language.gazetteer import words_of
from miner.offsets import Span
from miner.relate.posts.evidence import TitleHolder
from miner.relate.posts.sentence import SentenceParts

_BEFORE = 8
"""The word that deals titles out stands at most so many characters before the first."""
_JOINT = re.compile("[、和及]")


class Dealt(NamedTuple):
    """One person's title among those dealt out, and the index of the part of the sentence that it lies in."""

    holder: TitleHolder
    title: int
    span: Span


def dealt_out(row: SentenceParts, title: int) -> list[Dealt]:
    """Return the titles that are dealt out from this one on, nothing when they are not or do not come out even."""
    start = row.parts[title].span.start
    left = row.view.folded[max(row.span.start, start - _BEFORE) : start]
    if not any(word in left for word in words_of("posts", "respectively")):
        return []
    titles = [piece for at in _run(row, title, 1) for piece in _pieces(row, at)]
    people = [at for at in reversed(_run(row, title - 1, -1)) if row.parts[at].kind == "P"]
    if len(titles) < 2 or len(titles) != len(people):
        return []
    return [Dealt(_holder(row, person), *piece) for person, piece in zip(people, titles, strict=True)]


def _run(row: SentenceParts, first: int, step: int) -> Sequence[int]:
    """Return the parts of one kind side by side from a first one on, in one direction."""
    found: list[int] = []
    at = first
    while 0 <= at < len(row.parts) and row.parts[at].kind == row.parts[first].kind:
        if found and row.between(*sorted((found[-1], at))) != "、":
            break
        found.append(at)
        at += step
    return found


def _pieces(row: SentenceParts, title: int) -> list[tuple[int, Span]]:
    """Return the titles that were read as one."""
    start, text = row.parts[title].span.start, row.parts[title].span.of(row.view.folded)
    edges = [-1, *(match.start() for match in _JOINT.finditer(text)), len(text)]
    return [(title, Span(start + a + 1, start + b)) for a, b in itertools.pairwise(edges) if b - a > 1]


def _holder(row: SentenceParts, part: int) -> TitleHolder:
    mention = row.parts[part].mention
    assert mention is not None  # people are mentions
    return TitleHolder(mention, part)
