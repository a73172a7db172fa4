"""The one overlap policy.

Where proposals overlap, the set that weighs most stays, by weighted interval scheduling over the passage. A proposal
weighs the cube of its confidence times its length less a little, so that the parts of a name weigh less than the whole: a full name beats the names nested in it (复旦大学附属中山医院 over 复旦大学), sure evidence beats doubtful evidence of the
same length (a person's title over a place of that name), and two sure neighbours beat one doubtful name across both.
Equal weights are decided by the earlier start, then the longer name, then the order of LABELS: the result depends on
nothing but the text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from miner.recognise.found import Found

ENOUGH = 0.5
"""Proposals less sure than this are no names."""
_LONGEST = 40
LABELS = ("enterprise", "organization", "person", "place", "expo")


def weight(found: Found) -> float:
    """Return what a proposal weighs against others that overlap it."""
    return found.confidence**3 * (min(found.end - found.start, _LONGEST) - 0.6)


def combined(proposals: Iterable[Found]) -> Iterator[Found]:
    """Merge proposals of one span and label: independent evidence adds up (1 - ∏(1 - c)), the surest names the method.

    What stays below ENOUGH is dropped.
    """
    alone: dict[tuple[int, int, str], Found] = {}
    several: dict[tuple[int, int, str], list[Found]] = {}
    for found in proposals:
        key = (found.start, found.end, found.label)
        first = alone.setdefault(key, found)
        if first is not found:
            several.setdefault(key, [first]).append(found)
    for key, found in alone.items():
        if key in several:
            merged = _merged(several[key])
            if merged is not None:
                yield merged
        elif found.confidence >= ENOUGH:
            yield found


def _merged(proposals: list[Found]) -> Found | None:
    methods: dict[str, Found] = {}
    for found in proposals:
        old = methods.get(found.method)
        if old is None or found.confidence > old.confidence:
            methods[found.method] = found
    surest = max(methods.values(), key=lambda f: (f.confidence, f.method))
    doubt = 1.0
    for found in methods.values():
        doubt *= 1.0 - min(found.confidence, 1.0)
    sure = surest.confidence if len(methods) == 1 else min(1.0 - doubt, max(0.98, surest.confidence))
    if sure < ENOUGH:
        return None
    return (
        surest
        if sure == surest.confidence
        else Found(surest.start, surest.end, surest.label, surest.method, round(sure, 3))
    )


def resolve_overlaps(proposals: Iterable[Found]) -> list[Found]:
    """Keep the heaviest set of proposals that do not overlap, in text order."""
    best: dict[tuple[int, int], Found] = {}
    for found in combined(proposals):
        old = best.setdefault((found.start, found.end), found)
        if old is not found and _rank(found) > _rank(old):
            best[found.start, found.end] = found
    kept: list[Found] = []
    cluster: list[Found] = []
    reach = 0
    for start, end in sorted(best):
        if start >= reach:  # nothing before overlaps what follows: each stretch is decided for itself
            kept.extend(_heaviest(cluster) if len(cluster) > 1 else cluster)
            cluster = []
        cluster.append(best[start, end])
        reach = max(reach, end)
    kept.extend(_heaviest(cluster) if len(cluster) > 1 else cluster)
    return kept


def with_more(kept: list[Found], more: Iterable[Found]) -> list[Found]:
    """Return resolved proposals with others added; nothing is to be decided anew where there are none."""
    added = list(more)
    return resolve_overlaps([*kept, *added]) if added else kept


def _heaviest(cluster: list[Found]) -> list[Found]:
    cluster.sort(key=lambda f: (f.end, f.start))
    ends = [f.end for f in cluster]
    total, take, before = [0.0], [False], []
    for i, found in enumerate(cluster):
        previous = bisect_right(ends, found.start, 0, i)
        before.append(previous)
        with_it = total[previous] + weight(found)
        take.append(with_it > total[i])
        total.append(max(with_it, total[i]))
    kept, i = [], len(cluster)
    while i > 0:
        if take[i]:
            kept.append(cluster[i - 1])
            i = before[i - 1]
        else:
            i -= 1
    return kept[::-1]


def _rank(found: Found) -> tuple[float, int]:
    return found.confidence, -LABELS.index(found.label)
