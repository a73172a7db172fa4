"""Why a stretch of an article is a name, or none: who proposed what there, and what each piece of evidence counted."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp
from typing import NamedTuple

import numpy as np

from miner.recognise.beliefs import Beliefs
from miner.recognise.choose import choose
from miner.recognise.names import choices, see, weigh
from miner.recognise.scorer import LABELS, Weighing, scorer
from miner.text import AnnotatedText


class Account(NamedTuple):
    """One proposal: its text, who made it, the label that weighs most and how surely, and the evidence for that label."""

    start: int
    text: str
    sources: tuple[str, ...]
    label: str
    here: float
    """The probability of the label by the evidence where it stands alone."""
    voted: float
    """The probability with what the article says of it elsewhere."""
    chosen: bool
    """Whether it is what the article was found to name here."""
    told: tuple[Weighing, ...]
    """The weightiest evidence, first."""


def explain(text: AnnotatedText, beliefs: Beliefs | None, word: str, *, most: int = 12) -> Iterator[Account]:
    """Yield an account of every proposal that overlaps a word, wherever the text has it, in text order.

    `most` bounds the pieces of evidence of each account.
    """
    seen, weights = see(text, beliefs), scorer()
    here, voted = weigh(seen, weights)
    chosen = {choice.row: choice.label for choice in choose(choices(seen.spans, voted))}
    for row, (start, end) in enumerate(seen.spans):
        if not _meets(text.text, start, end, word):
            continue
        label = chosen.get(row, int(np.argmax(voted[row])))
        told = weights.told(seen.signs[row], seen.measures[row], label)[:most]
        yield Account(
            start,
            text.text[start:end],
            tuple(sorted(seen.sources[row])),
            LABELS[label],
            _probability(here[row, label]),
            _probability(voted[row, label]),
            row in chosen,
            tuple(told),
        )


def _meets(text: str, start: int, end: int, word: str) -> bool:
    """Tell whether a stretch overlaps some place where the word is written."""
    at = text.find(word, max(0, start - len(word) + 1), end + len(word) - 1)
    return at >= 0


def _probability(odds: float) -> float:
    return 1.0 / (1.0 + exp(-float(odds)))
