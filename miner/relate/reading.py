"""What event rules look at: a text with its names, words, dates and quotes, and what may become a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from miner.dates import DateMention
from miner.model import Quote
from miner.relate.participants import Cast, Scope
from miner.relate.passage import Passage
from miner.relate.triggers import Found, Words

_EXPO = re.compile("进博会|进口博览会|进博")


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with all that event rules look at."""

    passage: Passage
    words: Words
    dates: tuple[DateMention, ...]
    quotes: tuple[Quote, ...]
    expo: bool
    """True in a story about the expo: only there 参展 and 亮相 tell of taking part in it."""

    @classmethod
    def of(cls, passage: Passage, dates: tuple[DateMention, ...], quotes: Sequence[Quote]) -> Reading:
        """Find the lexicon words of a passage and put them beside its dates and quotes."""
        article = passage.annotated.article
        expo = article.edition is not None or any(_EXPO.search(text) for text in (article.headline or "", passage.text))
        return cls(passage, Words.of(passage.text), dates, tuple(quotes), expo)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trigger with what is known of its event. `noun` names what is held, where the trigger is 举行 or the like."""

    trigger: Found
    scope: Scope
    cast: Cast
    noun: Found | None = None
