"""Labels raw news where a first model, the lexicons and the whole corpus agree; all else stays open."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import ahocorasick
import numpy as np

from miner.language.lexicon import load_all
from miner.recognise.network.chain import Floats
from miner.recognise.network.model import Candidate, NameModel
from miner.training.names.sets import Example, telling

SURE, LIKELY = 0.9, 0.5
"""A span counts when the model is this sure by itself, or this sure and at one with the rest of the corpus."""
AGREEMENT, TIMES = 0.85, 3
"""Share of a form's occurrences that must carry one label, and how many there must be."""
CLEARLY_OUTSIDE = 0.97
COMMON = 15
"""A string that stands in the corpus this often, has no telling ending and is in no lexicon is no enterprise."""
_SOURCE = re.compile(r"央视网消息（新闻联播）|新闻联播文字版")
"""Source credits of the raw news, which name nothing that the story is about."""

Name = tuple[int, int, frozenset[str]]


def lexicon_forms() -> dict[str, str]:
    """Return forms that a lexicon knows as one thing only, and long enough to be no accident, with their label."""
    forms: dict[str, str] = {}
    for entry in load_all().get("enterprises", ()):
        for form in entry.forms():
            if form not in entry.ambiguous and len(form) >= (5 if form.isascii() else 3):
                forms[form] = "enterprise"
    for entry in load_all().get("places", ()):
        for form in entry.forms():
            if forms.get(form, "place") != "place":
                del forms[form]
            elif len(form) >= 3:
                forms[form] = "place"
    return forms


class Beliefs(NamedTuple):
    """What the whole corpus and the lexicons say."""

    customs: dict[str, str]
    """Forms that the model gives one label nearly always."""
    common: frozenset[str]
    """Strings that the corpus holds too often to be a name that no lexicon knows."""
    enterprises: frozenset[str]


def silver(texts: Sequence[str], model: NameModel, *, forms: dict[str, str]) -> list[Example]:
    """Label texts; what is not sure is marked as doubtful."""
    automaton = ahocorasick.Automaton()
    for form, label in forms.items():
        automaton.add_word(form, (form, label))
    automaton.make_automaton()
    found = model.predict(texts)
    outside = [
        row for start in range(0, len(texts), 200) for row in model.outside(texts[start : start + 200])
    ]
    enterprises = frozenset(form for entry in load_all().get("enterprises", ()) for form in entry.forms())
    beliefs = Beliefs(_customs(texts, found), _common(texts, found), enterprises)
    made = []
    for text, candidates, free in zip(texts, found, outside, strict=True):
        known = [(end + 1 - len(form), end + 1, label) for end, (form, label) in automaton.iter(text)]
        made.append(_Marked(text, free, beliefs).example(candidates, _longest(known)))
    return made


def _customs(texts: Sequence[str], found: Sequence[Sequence[Candidate]]) -> dict[str, str]:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for text, candidates in zip(texts, found, strict=True):
        for c in candidates:
            votes[text[c.start : c.end]][c.label] += 1
    customs = {}
    for form, labels in votes.items():
        label, n = labels.most_common(1)[0]
        if n >= TIMES and n >= AGREEMENT * sum(labels.values()):
            customs[form] = label
    return customs


def _common(texts: Sequence[str], found: Sequence[Sequence[Candidate]]) -> frozenset[str]:
    names = {
        text[c.start : c.end]
        for text, row in zip(texts, found, strict=True)
        for c in row
        if c.label == "enterprise"
    }
    if not names:  # an automaton without words cannot search
        return frozenset()
    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(name, name)
    automaton.make_automaton()
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(name for _, name in automaton.iter(text))
    return frozenset(name for name, n in counts.items() if n >= COMMON)


def _longest(known: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for start, end, label in sorted(known, key=lambda k: (k[0] - k[1], k[0])):
        if all(end <= s or start >= e for s, e, _ in kept):
            kept.append((start, end, label))
    return kept


class _Marked:
    """One text while its names, its doubtful parts and its plain parts are told apart."""

    def __init__(self, text: str, free: Floats, beliefs: Beliefs) -> None:
        self.text, self.free, self.beliefs = text, free, beliefs
        self.names: list[Name] = []
        self.taken = np.zeros(len(text), bool)
        self.doubt = free < CLEARLY_OUTSIDE

    def example(self, candidates: Sequence[Candidate], known: list[tuple[int, int, str]]) -> Example:
        """Decide on candidates, then on the lexicon's finds among what is left."""
        lexicon = {(start, end): label for start, end, label in known}
        touching = {c.start for c in candidates if c.label != "title"} | {
            c.end for c in candidates if c.label != "title"
        }
        for c in candidates:
            verdict = self._verdict(c, lexicon.get((c.start, c.end)), touching)
            if verdict == "name":
                self._take(c.start, c.end, c.label)
            elif verdict == "plain":
                self.doubt[c.start : c.end] = False
            else:
                self.doubt[c.start : c.end] = True
        for start, end, label in known:
            if self.taken[start:end].any():
                continue
            if label == "enterprise" and float(self.free[start:end].min()) < 0.999:
                self._take(start, end, label)
            else:
                self.doubt[start:end] = True
        for match in _SOURCE.finditer(self.text):
            self.names = [n for n in self.names if n[1] <= match.start() or n[0] >= match.end()]
            self.taken[match.start() : match.end()] = self.doubt[match.start() : match.end()] = False
        edges = np.flatnonzero(
            np.diff(np.concatenate([[0], (self.doubt & ~self.taken).astype(np.int8), [0]]))
        )
        doubtful = tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
        return Example(self.text, tuple(sorted(self.names, key=lambda n: n[0])), doubtful=doubtful)

    def _verdict(self, c: Candidate, listed: str | None, touching: set[int]) -> str:
        form = self.text[c.start : c.end]
        if listed is not None and listed != c.label:
            return "doubtful"
        if c.label == "enterprise" and not telling(form):
            common = form in self.beliefs.common
            if form not in self.beliefs.enterprises:
                return "plain" if common else "doubtful"
            if common and len(form) == 2:
                return "doubtful"
        if c.label == "title" and not {c.start - 1, c.start, c.end, c.end + 1} & touching:
            return "doubtful"
        agreed = listed == c.label or self.beliefs.customs.get(form) == c.label
        return "name" if c.score >= SURE or (agreed and c.score >= LIKELY) else "doubtful"

    def _take(self, start: int, end: int, label: str) -> None:
        self.names.append((start, end, frozenset({label})))
        self.taken[start:end], self.doubt[start:end] = True, False
