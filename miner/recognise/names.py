"""The names of an article: proposals, evidence, weights, the vote of its mentions, the choice among what overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp

import numpy as np
import numpy.typing as npt

from miner.recognise.beliefs import Beliefs
from miner.recognise.choose import Choice, choose
from miner.recognise.evidence import measured, signs
from miner.recognise.found import Found
from miner.recognise.grounds import WeighedProposals, grounds
from miner.recognise.proposals import LEAST, Proposals, propose, repeated_in
from miner.recognise.scorer import LABELS, Scorer, scorer
from miner.recognise.view import EvidenceView
from miner.recognise.vote import Asked, poll
from miner.text import AnnotatedText

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.int64]
_REPEATED = 0.5
"""What a network believes so surely, and what the text declares, is looked for in the whole article."""
_SURE = 0.8
_NOTHING = 0.995
_PATTERNS = frozenset({"type", "title", "list", "latin", "bracket"})
_METHODS = (
    "declared",
    "bracket",
    "lexicon",
    "network",
    "type",
    "title",
    "dotted",
    "latin",
    "list",
    "elsewhere",
)
"""Who proposed a name, in the order in which one of several is named as its method."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """All proposals of an article, sorted, with who made them and the evidence for each."""

    view: EvidenceView
    spans: list[tuple[int, int]]
    sources: list[set[str]]
    signs: list[list[str]]
    measures: Floats

    def strings(self) -> list[str]:
        """Return the folded characters of every proposal."""
        return [self.view.text.folded[start:end] for start, end in self.spans]


def see(text: AnnotatedText, beliefs: Beliefs | None) -> Proposed:
    """Gather the proposals of a text and their evidence; `beliefs` are those of a network, None without one."""
    view = EvidenceView.of(text, beliefs)
    proposals = propose(view)
    starts, ends = _columns(sorted(proposals))
    sure = view.beliefs.posteriors(starts, ends)[:, :3].max(axis=1, initial=0.0) >= _REPEATED
    again = {
        text.folded[start:end] for start, end in zip(starts[sure].tolist(), ends[sure].tolist(), strict=True)
    }
    again |= {text.folded[start:end] for (start, end), by in proposals.items() if "declared" in by}
    for span in repeated_in(text, again):
        proposals.setdefault(span, set()).add("elsewhere")
    spans = sorted(_worth(view, proposals))
    sources = [proposals[span] for span in spans]
    drawn = [signs(view, *span, by) for span, by in zip(spans, sources, strict=True)]
    return Proposed(view, spans, sources, drawn, measured(view.beliefs, *_columns(spans)))


def _columns(spans: Sequence[tuple[int, int]]) -> tuple[Places, Places]:
    table = np.array(spans, np.int64).reshape(len(spans), 2)
    return table[:, 0], table[:, 1]


def _worth(view: EvidenceView, proposals: Proposals) -> list[tuple[int, int]]:
    """Return the proposals worth weighing: where a network sees nothing at all, a mere pattern is not."""
    patterns = [span for span, by in proposals.items() if by <= _PATTERNS]
    if view.beliefs.blind or not patterns:
        return list(proposals)
    starts, ends = _columns(patterns)
    nothing = view.beliefs.means(starts, ends)[:, 0] > _NOTHING
    nothing &= view.beliefs.posteriors(starts, ends).max(axis=1) < LEAST
    dull = {span for span, nothing_there in zip(patterns, nothing.tolist(), strict=True) if nothing_there}
    return [span for span in proposals if span not in dull]


def weigh(seen: Proposed, weights: Scorer) -> tuple[Floats, Floats]:
    """Return the log-odds of every label for every proposal: where it stands, and with the article's vote."""
    (here,), (voted,) = weigh_all([seen], weights)
    return here, voted


def weigh_all(seen: Sequence[Proposed], weights: Scorer) -> tuple[list[Floats], list[Floats]]:
    """Return what `weigh` does for many articles, all weighed in one go."""
    here = np.concatenate([_here(each, weights) for each in seen])
    asked = [Asked(each.view.text.folded, each.spans) for each in seen]
    voted = weights.voted(poll(asked, here)) if len(here) else here
    bounds = np.cumsum([len(each.spans) for each in seen])[:-1]
    return np.split(here, bounds), np.split(voted, bounds)


def _here(seen: Proposed, weights: Scorer) -> Floats:
    if seen.view.beliefs.blind:
        return weights.without_network(seen.signs)
    return weights.here(seen.signs, seen.measures)


def find_names(texts: Sequence[AnnotatedText], beliefs: Sequence[Beliefs | None]) -> Iterator[list[Found]]:
    """Yield the names of each text in its order; `beliefs` are those of a network, None without one."""
    seen = [see(text, believed) for text, believed in zip(texts, beliefs, strict=True)]
    if seen:
        here, odds = weigh_all(seen, scorer())
        chosen = [choose(choices(each.spans, part)) for each, part in zip(seen, odds, strict=True)]
        weighed = _joined(seen, np.concatenate(here), np.concatenate(odds))
        kept = iter(grounds(weighed, list(_shifted(seen, chosen))))
        for each, picked in zip(seen, chosen, strict=True):
            yield _found(each, picked, list(islice(kept, len(picked))))


def _joined(seen: Sequence[Proposed], here: Floats, odds: Floats) -> WeighedProposals:
    """Return articles as if they were one, a line end between two: what is kept of names is gathered in one go."""
    return WeighedProposals(
        "\n".join(each.view.text.text for each in seen),
        [(at + start, at + end) for each, at in _places(seen) for start, end in each.spans],
        [by for each in seen for by in each.sources],
        [signs for each in seen for signs in each.signs],
        np.concatenate([each.measures for each in seen]),
        here,
        odds,
        seen[0].view.beliefs.blind,
    )


def _places(seen: Sequence[Proposed]) -> Iterator[tuple[Proposed, int]]:
    """Yield articles with where they begin when joined."""
    at = 0
    for each in seen:
        yield each, at
        at += len(each.view.text.text) + 1


def _shifted(seen: Sequence[Proposed], chosen: Sequence[Sequence[Choice]]) -> Iterator[Choice]:
    row = 0
    for (each, at), picked in zip(_places(seen), chosen, strict=True):
        for choice in picked:
            yield choice._replace(start=choice.start + at, end=choice.end + at, row=choice.row + row)
        row += len(each.spans)


def _found(seen: Proposed, chosen: Sequence[Choice], kept: Sequence[str]) -> list[Found]:
    found = []
    for choice, evidence in zip(chosen, kept, strict=True):
        label = LABELS[choice.label]
        built = label == "place" and "ends in a company" in seen.signs[choice.row]
        if label != "other" and not built:  # a factory is where things happen, but nobody who acts
            sources = seen.sources[choice.row]
            method = next(source for source in _METHODS if source in sources)
            found.append(Found(choice.start, choice.end, label, method, _probability(choice.odds), evidence))
    return found


def choices(spans: Sequence[tuple[int, int]], odds: Floats) -> list[Choice]:
    """Return what the proposals may be: every label whose log-odds are above 0."""
    rows, labels = np.nonzero(odds > 0)
    return [
        Choice(*spans[row], label, float(odds[row, label]), row)
        for row, label in zip(rows.tolist(), labels.tolist(), strict=True)
    ]


def _probability(odds: float) -> float:
    return round(1.0 / (1.0 + exp(-odds)), 3)


def across(text: AnnotatedText, names: list[Found]) -> list[Found]:
    """Return the names of a text that was read in windows, with those sure in one found in the others too."""
    sure = {
        found.span.of(text.folded): found
        for found in names
        if found.confidence >= _SURE and found.label in LABELS[:3] and found.end - found.start > 2
    }
    taken = bytearray(len(text.folded) + 1)
    for found in names:
        taken[found.start : found.end] = b"\1" * (found.end - found.start)
    more = []
    for start, end in repeated_in(text, sure):
        if not any(taken[start:end]):
            known = sure[text.folded[start:end]]
            more.append(Found(start, end, known.label, "elsewhere", known.confidence, known.evidence))
            taken[start:end] = b"\1" * (end - start)
    return sorted([*names, *more], key=lambda found: found.start)
