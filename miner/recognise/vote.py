"""What an article says of a name elsewhere: its other mentions, and the longer name that it is short for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Indices = npt.NDArray[np.int64]
VOTES = (
    "always",
    "evidence here",
    "best other label here",
    "written elsewhere",
    "surest mention",
    "mean of its mentions",
    "inside a longer name of the article",
    "how sure the longer name is",
    "surest other name around it",
    "surest other name within it",
    "surest other name across its edge",
    "surest of the same label around it",
    "surest of the same label within it",
    "surest of the same label across its edge",
    "surest name before it in a list",
    "surest name after it in a list",
    "surest other label before it in a list",
    "surest other label after it in a list",
)
"""What the votes are, in their order."""
BOUND = 8.0
"""Log-odds are bounded here, so that one sure mention does not outvote everything."""
_SURE = 1.0


class Asked(NamedTuple):
    """An article whose proposals are voted on: its folded text, and where they stand, sorted."""

    folded: str
    spans: Sequence[tuple[int, int]]


def poll(articles: Sequence[Asked], odds: Floats) -> Floats:
    """Return the votes about the proposals of articles, shape (proposals, VOTES, labels).

    `odds` are their log-odds where they stand, one article after the other. Many articles at once are faster.
    """
    own = np.clip(odds, -BOUND, BOUND)
    names, group = _names(articles)
    count = np.bincount(group, minlength=sum(map(len, names)))
    surest = np.full((len(count), own.shape[1]), -BOUND)
    np.maximum.at(surest, group, own)
    total = np.zeros_like(surest)
    np.add.at(total, group, own)
    full = _fuller(names, surest)[group]
    again = (count[group] > 1)[:, None]
    folded, spans = _joined(articles)
    return np.stack(
        [
            np.ones_like(own),
            own,
            _best_other(own),
            np.broadcast_to(again, own.shape),
            surest[group] * again,
            (total / count[:, None])[group] * again,
            full > -BOUND,
            np.where(full > -BOUND, full, 0.0),
            *_rivals(spans, own),
            *_listed(folded, spans, own),
        ],
        axis=1,
    )


def _names(articles: Sequence[Asked]) -> tuple[list[list[str]], Indices]:
    """Return the different strings of each article, and which of them all each proposal is."""
    names: list[list[str]] = []
    group: list[int] = []
    known = 0
    for folded, spans in articles:
        strings = [folded[start:end] for start, end in spans]
        place = {text: known + at for at, text in enumerate(dict.fromkeys(strings))}
        group += [place[text] for text in strings]
        names.append(list(place))
        known += len(place)
    return names, np.array(group, np.int64)


def _joined(articles: Sequence[Asked]) -> tuple[str, list[tuple[int, int]]]:
    """Return articles as one text, and where all proposals stand in it."""
    spans: list[tuple[int, int]] = []
    at = 0
    for folded, own in articles:
        spans += [(at + start, at + end) for start, end in own]
        at += len(folded) + 1
    return "\n".join(article.folded for article in articles), spans


def _rivals(spans: Sequence[tuple[int, int]], own: Floats) -> list[Floats]:
    """Return how sure the surest overlapping proposal is that holds, lies within or crosses each, none below 0.

    First the surest of all labels, then of the same: where two stretches claim the same characters one must yield.
    """
    bounds = np.array(spans, np.int64).reshape(len(spans), 2)
    found = np.zeros((3, *own.shape))
    sure = np.maximum(own, 0.0)
    for lag in range(1, len(spans)):
        (start, end), (later, last) = bounds[:-lag].T, bounds[lag:].T
        over = np.flatnonzero(later < end)
        if not len(over):
            break
        first, second = over, over + lag
        within, around = last[over] <= end[over], (later == start)[over] & (last > end)[over]
        for one, other, kinds in (
            (first, second, np.where(around, 0, np.where(within, 1, 2))),
            (second, first, np.where(around, 1, np.where(within, 0, 2))),
        ):
            found[kinds, one] = np.maximum(found[kinds, one], sure[other])  # each stretch once a lag
    return [*(np.broadcast_to(each.max(axis=1, keepdims=True), own.shape) for each in found), *found]


_LISTING = "、,"


def _listed(folded: str, spans: Sequence[tuple[int, int]], own: Floats) -> list[Floats]:
    """Return how sure the names before and after each in a list are, none below 0: of the label, then of another."""
    before: dict[int, Floats] = {}
    after: dict[int, Floats] = {}
    for row, (start, end) in enumerate(spans):
        if folded[end : end + 1] in _LISTING:
            before[end + 1] = np.maximum(before.get(end + 1, 0.0), own[row])
        if folded[start - 1 : start] in _LISTING:
            after[start - 1] = np.maximum(after.get(start - 1, 0.0), own[row])
    none = np.zeros(own.shape[1])
    beside = [
        np.array([before.get(start, none) for start, _ in spans]).reshape(own.shape),
        np.array([after.get(end, none) for _, end in spans]).reshape(own.shape),
    ]
    return [*beside, *(_best_other(each) for each in beside)]


def _best_other(own: Floats) -> Floats:
    """Return for each label the best log-odds that another label has."""
    order = np.sort(own, axis=1)
    best, second = order[:, -1:], order[:, -2:-1]
    return np.where(own == best, second, best)


def _fuller(names: Sequence[Sequence[str]], surest: Floats) -> Floats:
    """Return how sure, for each label, the surest longer name is that holds a name and stands anywhere in its article."""
    best = np.full(surest.shape, -BOUND)
    sure = (surest.max(axis=1) > _SURE).tolist()
    pairs: list[tuple[int, int]] = []
    known = 0
    for texts in names:
        place = {text: at for at, text in enumerate(texts, known)}
        heads = {text[:2] for text in texts}
        for text, at in place.items():
            if sure[at] and len(text) > 2:
                pairs += [(inner, at) for inner in _within(text, place, heads)]
        known += len(texts)
    if pairs:
        inner, outer = np.array(pairs).T
        np.maximum.at(best, inner, surest[outer])
    return best


def _within(name: str, place: Mapping[str, int], heads: set[str]) -> Iterator[int]:
    """Yield where the shorter names stand in `place` that lie in a name; each begins with one of `heads`."""
    for start in range(len(name) - 1):
        if name[start : start + 2] in heads:
            for end in range(start + 2, min(len(name), start + _LONGEST_SHORT) + 1):
                inner = place.get(name[start:end])
                if inner is not None and end - start < len(name):
                    yield inner


_LONGEST_SHORT = 12
"""A short form is no longer."""
