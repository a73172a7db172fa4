"""Where the names of one article stand: what lies between two of them, which comes first, who is told to own whom."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from miner.language.gazetteer import words_of
from miner.language.lexicon import alternatives
from miner.offsets import Span
from miner.recognise.found import Found
from miner.text import AnnotatedText

Key = tuple[str, str]
"""A label and a folded name without blanks."""
_GAP = 16
"""Names farther apart than this stand in no relation that the words between them tell."""
_CLOSE = 6
_OWNED = 8
"""So many characters beside a name are searched for words of owning."""
_SENTENCE = re.compile("[。!?\n]")


@dataclass(frozen=True, slots=True)
class Scene:
    """The names of an article by label and folded characters, with what their places tell; build one with `of`."""

    spots: Mapping[Key, tuple[Span, ...]]
    """Where each name stands, in text order; names are in the order of their first mention."""
    between: Mapping[tuple[Key, Key], frozenset[str]]
    """What lies between two names where they stand side by side."""
    sentences: Mapping[Key, frozenset[int]]
    owners: frozenset[Key]
    """Names behind which 旗下 or the like stands."""
    parts: frozenset[Key]
    """Names before which 子公司 or the like stands."""
    body: int
    """Where the text below the head begins."""

    @classmethod
    def of(cls, text: AnnotatedText, names: Sequence[Found]) -> Scene:
        """Look at the names of a text, given in text order."""
        spots: dict[Key, list[Span]] = defaultdict(list)
        for found in names:
            spots[key_of(text, found)].append(found.span)
        ends = [match.start() for match in _SENTENCE.finditer(text.folded)]
        below = Span(text.folded.find("\n") + 1, len(text.folded))
        return cls(
            {key: tuple(spans) for key, spans in spots.items()},
            _between(text, names),
            {key: frozenset(bisect_left(ends, span.start) for span in spans) for key, spans in spots.items()},
            _those(spots, lambda span: _owns(text.folded, span.end)),
            _those(spots, lambda span: _owned(text.folded, span.start)),
            text.fields.get("body", below).start,
        )

    def forms(self, label: str) -> list[str]:
        """Return the names of a label, the shortest first."""
        return sorted(
            (text for kind, text in self.spots if kind == label), key=lambda text: (len(text), text)
        )

    def signs(self, short: Key, full: Key) -> Iterator[str]:
        """Yield the signs that the places of two names give on whether the first stands for the second."""
        yield self._order(short, full)
        for told in self.between.get((short, full), ()):
            yield f"between them {told}"
        together = self.sentences[short] & self.sentences[full]
        yield "in one sentence" if together else "never in one sentence"
        for sign, keys in (("owns", self.owners), ("is a part", self.parts)):
            if short in keys:
                yield f"the shorter {sign}"
            if full in keys:
                yield f"the longer {sign}"

    def _order(self, short: Key, full: Key) -> str:
        first, other = self._first(short), self._first(full)
        if other is None:
            return "the longer only in the head"
        if first is None:
            return "the shorter only in the head"
        return "the longer comes first" if other < first else "the shorter comes first"

    def _first(self, key: Key) -> int | None:
        return next((span.start for span in self.spots[key] if span.start >= self.body), None)

    def before(self, key: Key, others: Sequence[str]) -> str | None:
        """Return which of some names was named last before a name's first mention in the body, else in the head."""
        at = self._first(key)
        at = self.spots[key][0].start if at is None else at
        last = {
            other: max((s.start for s in self.spots[key[0], other] if s.start < at), default=-1)
            for other in others
        }
        nearest = max(last, key=lambda other: last[other], default=None)
        return nearest if nearest is not None and last[nearest] >= 0 else None


def key_of(text: AnnotatedText, found: Found) -> Key:
    """Return a name's label and folded characters without blanks."""
    return found.label, text.folded[found.start : found.end].replace(" ", "")


def _those(spots: Mapping[Key, Sequence[Span]], told: Callable[[Span], bool]) -> frozenset[Key]:
    return frozenset(key for key, spans in spots.items() if any(map(told, spans)))


def _between(text: AnnotatedText, names: Sequence[Found]) -> dict[tuple[Key, Key], frozenset[str]]:
    between: dict[tuple[Key, Key], set[str]] = defaultdict(set)
    for left, right, told in _neighbours(text, names):
        between[left, right].add(told)
        between[right, left].add(f"{told} before")
    return {pair: frozenset(told) for pair, told in between.items()}


def _neighbours(text: AnnotatedText, names: Sequence[Found]) -> Iterator[tuple[Key, Key, str]]:
    """Yield names of one label that stand side by side, with what lies between them."""
    for left, right in itertools.pairwise(names):
        if left.label == right.label and 0 <= right.start - left.end <= _GAP:
            gap = text.folded[left.end : right.start]
            first, second = key_of(text, left), key_of(text, right)
            if first != second and not _SENTENCE.search(gap):
                yield first, second, _told(gap.strip())


def _told(gap: str) -> str:
    """Return what the words between two names say of them.

    >>> _told("、"), _told("(2019年1月更名为"), _told("旗下"), _told("在北京与")
    ('a list', 'another name', 'owner', 'words')
    """
    if gap in words_of("name_forms", "beside"):
        return "a list"
    if renames(gap):
        return "another name"
    if _owning().search(gap) or gap.endswith("的"):
        return "owner"
    if gap in ("", "(", '"', "“", "(“"):
        return "a bracket" if gap else "nothing"
    return "words" if len(gap) <= _CLOSE else "more words"


@cache
def _renamed() -> re.Pattern[str]:
    """Return the pattern of words between two names of one thing: (2019年更名为, (原, 的前身是."""
    words = alternatives(words_of("name_forms", "renamed"))
    before = "(?:的?,?[^()。;、,等]{0,12}?|[(][^()。;、]{0,12}?)"
    return re.compile(rf"[(]\s?原[:“]?|{before}(?:{words})[为是成]?了?[:,]?[“]?")


def renames(gap: str) -> bool:
    """Tell whether the words between two names say that both are one thing's.

    >>> renames("(2019年1月,更名为"), renames("(原"), renames("、"), renames("与原")
    (True, True, False, False)
    """
    return _renamed().fullmatch(gap) is not None


@cache
def _owning() -> re.Pattern[str]:
    return re.compile(alternatives(words_of("name_forms", "owns")))


def _owns(folded: str, end: int) -> bool:
    following = folded[end : end + _OWNED].removeprefix("的")
    return following.startswith(tuple(words_of("name_forms", "owns")))


def _owned(folded: str, start: int) -> bool:
    before = re.split("[,。;、]", folded[max(0, start - _OWNED) : start])[-1]
    return _owning().search(before) is not None
