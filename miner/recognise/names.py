"""The names of an article: proposals, evidence, weights, the vote of its mentions, the choice among what overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

from miner.recognise.beliefs import Beliefs
from miner.recognise.choose import Choice, choose
from miner.recognise.evidence import Pieces, evidence
from miner.recognise.found import Found
from miner.recognise.proposals import propose, repeated
from miner.recognise.scorer import LABELS, Scorer, scorer
from miner.recognise.view import View
from miner.recognise.vote import Poll
from miner.text import AnnotatedText

Floats = npt.NDArray[np.float64]
_REPEATED = 0.5
"""What a network believes so surely, and what the text declares, is looked for in the whole article."""
_METHODS = ("declared", "bracket", "lexicon", "network", "type", "title", "dotted", "latin", "list", "elsewhere")
"""Who proposed a name, in the order in which one of several is named as its method."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All proposals of an article, sorted, with who made them and the evidence for each."""

    view: View
    spans: list[tuple[int, int]]
    sources: list[set[str]]
    pieces: list[Pieces]

    def strings(self) -> list[str]:
        """Return the folded characters of every proposal."""
        return [self.view.text.folded[start:end] for start, end in self.spans]


def see(text: AnnotatedText, beliefs: Beliefs | None) -> Seen:
    """Gather the proposals of a text and their evidence; `beliefs` are those of a network, None without one."""
    view = View.of(text, beliefs)
    proposals = propose(view)
    sure = {text.folded[start:end] for (start, end), by in proposals.items() if _spreads(view, start, end, by)}
    for span in repeated(view, sure):
        proposals.setdefault(span, set()).add("elsewhere")
    spans = sorted(proposals)
    sources = [proposals[span] for span in spans]
    pieces = [evidence(view, *span, by) for span, by in zip(spans, sources, strict=True)]
    return Seen(view, spans, sources, pieces)


def _spreads(view: View, start: int, end: int, by: set[str]) -> bool:
    return "declared" in by or bool(view.beliefs.posterior(start, end)[:3].max() >= _REPEATED)


def weigh(seen: Seen, weights: Scorer) -> tuple[Floats, Floats]:
    """Return the log-odds of every label for every proposal: where it stands, and with the article's vote."""
    here = weights.here.odds(seen.pieces)
    if not seen.spans:
        return here, here
    poll = Poll(seen.strings(), seen.spans, here)
    columns = [weights.article.odds(poll.pieces(label))[:, label] for label in range(len(LABELS))]
    return here, np.stack(columns, axis=1)


def find_names(text: AnnotatedText, beliefs: Beliefs | None = None) -> list[Found]:
    """Return the names of a text in its order."""
    seen = see(text, beliefs)
    _, odds = weigh(seen, scorer())
    found = []
    for choice in choose(_choices(seen.spans, odds)):
        label = LABELS[choice.label]
        if label != "other":
            sources = seen.sources[choice.row]
            method = next(source for source in _METHODS if source in sources)
            found.append(Found(choice.start, choice.end, label, method, _probability(choice.odds)))
    return found


def _choices(spans: Sequence[tuple[int, int]], odds: Floats) -> list[Choice]:
    rows, labels = np.nonzero(odds > 0)
    return [
        Choice(*spans[row], label, float(odds[row, label]), row)
        for row, label in zip(rows.tolist(), labels.tolist(), strict=True)
    ]


def _probability(odds: float) -> float:
    return round(1.0 / (1.0 + exp(-odds)), 3)
