"""Labels raw news where a first model, the lexicons and the whole corpus agree; all else stays open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import ahocorasick
import numpy as np

from miner.lexicon import load_all
from miner.recognise.chain import Floats
from miner.recognise.model import Candidate, NameModel
from miner.recognise.training.datasets import Example

SURE, LIKELY = 0.9, 0.5
"""A span counts when the model is this sure by itself, or this sure and at one with the rest of the corpus."""
AGREEMENT, TIMES = 0.85, 3
"""Share of a form's occurrences that must carry one label, and how many there must be."""
CLEARLY_OUTSIDE = 0.97

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


def silver(texts: Sequence[str], model: NameModel, *, forms: dict[str, str]) -> list[Example]:
    """Label texts; what is not sure is marked as doubtful."""
    automaton = ahocorasick.Automaton()
    for form, label in forms.items():
        automaton.add_word(form, (form, label))
    automaton.make_automaton()
    found = model.predict(texts)
    outside = [row for start in range(0, len(texts), 200) for row in model.outside(texts[start : start + 200])]
    customs = _customs(texts, found)
    made = []
    for text, candidates, free in zip(texts, found, outside, strict=True):
        known = [(end + 1 - len(form), end + 1, label) for end, (form, label) in automaton.iter(text)]
        made.append(_example(text, candidates, free, (customs, _longest(known))))
    return made


def _customs(texts: Sequence[str], found: Sequence[Sequence[Candidate]]) -> dict[str, str]:
    """Return the forms that the model gives one label nearly always, over the whole corpus."""
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


def _longest(known: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for start, end, label in sorted(known, key=lambda k: (k[0] - k[1], k[0])):
        if all(end <= s or start >= e for s, e, _ in kept):
            kept.append((start, end, label))
    return kept


def _example(
    text: str, candidates: Sequence[Candidate], free: Floats, beliefs: tuple[dict[str, str], list[tuple[int, int, str]]]
) -> Example:
    customs, known = beliefs
    names: list[Name] = []
    doubt = free < CLEARLY_OUTSIDE
    lexicon = {(start, end): label for start, end, label in known}
    for c in candidates:
        agreed = customs.get(text[c.start : c.end]) == c.label or lexicon.get((c.start, c.end)) == c.label
        opposed = lexicon.get((c.start, c.end), c.label) != c.label
        if not opposed and (c.score >= SURE or (agreed and c.score >= LIKELY)):
            names.append((c.start, c.end, frozenset({c.label})))
            doubt[c.start : c.end] = False
    taken = np.zeros(len(text) + 1, bool)
    for start, end, _ in names:
        taken[start:end] = True
    for start, end, label in known:
        if taken[start:end].any():
            continue
        if label == "enterprise" and float(free[start:end].min()) < 0.999:
            names.append((start, end, frozenset({label})))
            taken[start:end], doubt[start:end] = True, False
        else:
            doubt[start:end] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (doubt & ~taken[:-1]).astype(np.int8), [0]])))
    return Example(
        text,
        tuple(sorted(names, key=lambda n: n[0])),
        doubtful=tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)),
    )
