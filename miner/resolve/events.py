"""Reports → events: many papers and days, one thing that happened.

Two reports are compared when they have one type and a party, a day, a number or an unusual pair of characters in common; each with
no more than `pairing.PARTNERS` others, so that a day of a thousand like stories costs ten times what a hundred cost. The surest pairs
are joined first (average linkage over a few members of each side, ties by id), so the order of the files does not
matter. Reports of one article stay apart unless they say the same thing.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from miner.offsets import stable_id
from miner.resolve.corrected import decide_events
from miner.resolve.event_memory import (
    events_with_fewer,
    keep_measures,
    keep_scores,
    known_scores,
    measures,
)
from miner.resolve.judge import THRESHOLD, Decided, Judgement, store_judgements
from miner.resolve.likeness import ReportPair, explained, forbidden, likelihood, pair_of
from miner.resolve.pairing import candidate_pairs
from miner.resolve.reports import PLACE_ONLY, Measures, Rarity, Report, load_reports
from miner.resolve.titles import title
from miner.store.resolved import ResolvedScope

_T = TypeVar("_T")
_LINKED = 5
"""Members of a cluster that another is compared with: the surest, enough for a mean, flat in time."""
_FORBIDDEN = 0.0
_DECIDED = 1_000.0
"""Score of what a person decided: no mean of other scores outweighs it."""
_WORTH_TELLING = 0.2
_SHOWN = 40


@dataclass(slots=True)
class Comparison:
    """Scores of pairs of reports by number, each computed once, when it is asked for."""

    reports: Sequence[Report]
    rarity: Rarity
    scores: dict[tuple[int, int], float] = field(default_factory=dict)

    def pair(self, left: int, right: int) -> ReportPair:
        """Return two reports as they are compared."""
        words, heads = self.rarity.words(left, right), self.rarity.heads(left, right)
        return pair_of(self.reports[left], self.reports[right], words=words, heads=heads)

    def score(self, left: int, right: int) -> float:
        """Return how probable it is that two reports, of whatever types, tell one event."""
        key = (min(left, right), max(left, right))
        known = self.scores.get(key)
        if known is None:
            known = self.scores[key] = self._scored(*key)
        return known

    def _scored(self, left: int, right: int) -> float:
        if self.reports[left].type != self.reports[right].type:
            return _FORBIDDEN
        pair = self.pair(left, right)
        return _FORBIDDEN if forbidden(pair) else likelihood(pair)


def resolve_events(connection: sqlite3.Connection, scope: ResolvedScope | None = None) -> None:
    """Join the reports of one event, write `events`, and link reports and participants to them.

    Where reports are as they were, so are their scores: with what is touched in `scope`, only others are compared, and only
    what is different is written. Raises sqlite3.Error.
    """
    scope = scope or ResolvedScope()
    if scope.touched is None:
        decide_events(connection)
    reports = list(load_reports(connection))
    now = Measures.of(reports)
    kept = measures(connection, scope)
    comparison = Comparison(reports, Rarity(reports, kept or now))
    pairs = candidate_pairs(reports, now.words)
    known = None
    if scope.touched is not None:
        known = known_scores(connection, reports, pairs, scope.touched.came)
        comparison.scores.update(_scores(pairs, known.scores, len(reports)))
    compared = [divmod(pair, len(reports)) for pair in pairs.tolist()]
    compared.extend(_decided(reports, Decided(connection, "event"), comparison))
    scores = {pair: comparison.score(*pair) for pair in compared}
    clusters = cluster(len(reports), scores, comparison.score)
    same = np.zeros(len(reports), dtype=bool) if known is None else known.same
    _write_judgements(connection, comparison, _worth_telling(scores, clusters), scores, same)
    _write_events(connection, reports, clusters, same)
    if scope.remembered:
        keep_measures(connection, kept or now)
        keep_scores(connection, reports, scores)


def _scores(pairs: np.ndarray, scores: np.ndarray, count: int) -> Iterator[tuple[tuple[int, int], float]]:
    told = ~np.isnan(scores)
    for pair, score in zip(pairs[told].tolist(), scores[told].tolist(), strict=True):
        yield divmod(pair, count), score


def _decided(
    reports: Sequence[Report], decided: Decided, comparison: Comparison
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of reports that people judged, after giving them the score they decided."""
    numbers = {report.id: number for number, report in enumerate(reports)} if decided else {}
    for same in (True, False):
        for left, right in decided.pairs(same=same):
            if left in numbers and right in numbers:
                a, b = sorted((numbers[left], numbers[right]))
                comparison.scores[a, b] = _DECIDED if same else -_DECIDED
                yield a, b


def _worth_telling(
    scores: dict[tuple[int, int], float], clusters: Sequence[Sequence[int]]
) -> list[tuple[int, int]]:
    """Return the pairs that may be one event, or are, sorted."""
    home = {member: number for number, members in enumerate(clusters) for member in members}
    return [
        (a, b) for (a, b), known in sorted(scores.items()) if known >= _WORTH_TELLING or home[a] == home[b]
    ]


def _write_judgements(
    connection: sqlite3.Connection,
    comparison: Comparison,
    pairs: Sequence[tuple[int, int]],
    scores: dict[tuple[int, int], float],
    same: np.ndarray,
) -> None:
    """Write the judgements on pairs; those that are there stay where both reports are the `same` as they were."""
    reports = comparison.reports
    wanted = {(reports[a].id, reports[b].id): (a, b) for a, b in pairs}
    for key, left, right in connection.execute(
        "select id, left_id, right_id from judgements where kind = 'event' and source = 'rule'"
    ).fetchall():
        pair = wanted.get((left, right))
        if pair is not None and same[pair[0]] and same[pair[1]]:
            del wanted[left, right]
        else:
            connection.execute("delete from judgements where id = ?", (key,))
    store_judgements(connection, _judgements(connection, comparison, wanted.values(), scores))


def _judgements(
    connection: sqlite3.Connection,
    comparison: Comparison,
    pairs: Iterable[tuple[int, int]],
    scores: dict[tuple[int, int], float],
) -> Iterator[Judgement]:
    """Yield the judgements on pairs; their reasons are found once more, as they were not kept."""
    for a, b in pairs:
        score, reasons = explained(comparison.pair(a, b))
        ids = [comparison.reports[n].id for n in (a, b)]
        shown = [_sentence(connection, identifier)[:_SHOWN] for identifier in ids]
        if scores[a, b] == _FORBIDDEN:
            score = min(score, THRESHOLD - 0.01)
        yield Judgement("event", ids[0], ids[1], shown[0], shown[1], score, reasons)


def _sentence(connection: sqlite3.Connection, report: str) -> str:
    row = connection.execute("select evidence from event_reports where id = ?", (report,)).fetchone()
    return str(row[0])


def cluster(
    count: int, scores: dict[tuple[int, int], float], score: Callable[[int, int], float]
) -> list[list[int]]:
    """Join the surest pairs first; two clusters become one when the mean score of their surest members reaches the threshold.

    `scores` holds the compared pairs, `score` tells that of any pair. Returns lists of numbers, each sorted, in order
    of their first member.

    >>> scores = {(0, 1): 0.9, (1, 2): 0.2}
    >>> cluster(3, scores, lambda a, b: scores.get((a, b), 0.0))
    [[0, 1], [2]]
    """
    clusters = _Clusters(count)
    for _, (left, right) in sorted((-value, pair) for pair, value in scores.items() if value >= THRESHOLD):
        a, b = clusters.members_of(left), clusters.members_of(right)
        if a is not b and not clusters.refused(left, right):
            if _linkage(a, b, score) >= THRESHOLD - 0.1:
                clusters.join(left, right)
            else:
                clusters.refuse(left, right)
    return [sorted(group) for _, group in sorted(clusters.members.items())]


class _Clusters:
    """Clusters of numbers, each named by its least; which two were found apart is remembered until one of them grows."""

    def __init__(self, count: int) -> None:
        self.members = {number: [number] for number in range(count)}
        self._home = list(range(count))
        self._apart: set[tuple[int, int]] = set()

    def members_of(self, number: int) -> list[int]:
        """Return the cluster of a number, its surest members first."""
        return self.members[self._home[number]]

    def _names(self, left: int, right: int) -> tuple[int, int]:
        a, b = self._home[left], self._home[right]
        return min(a, b), max(a, b)

    def refused(self, left: int, right: int) -> bool:
        """Tell whether the clusters of two numbers, as they are, were found apart."""
        return self._names(left, right) in self._apart

    def refuse(self, left: int, right: int) -> None:
        """Remember that the clusters of two numbers are apart."""
        self._apart.add(self._names(left, right))

    def join(self, left: int, right: int) -> None:
        """Make the clusters of two numbers one."""
        low, high = self._names(left, right)
        for moved in self.members[high]:
            self._home[moved] = low
        self.members[low].extend(self.members.pop(high))
        self._apart = {pair for pair in self._apart if low not in pair and high not in pair}


def _linkage(left: Sequence[int], right: Sequence[int], score: Callable[[int, int], float]) -> float:
    crossed = [score(a, b) for a in left[:_LINKED] for b in right[:_LINKED]]
    return sum(crossed) / len(crossed)


def _write_events(
    connection: sqlite3.Connection,
    reports: Sequence[Report],
    clusters: Sequence[Sequence[int]],
    same: np.ndarray,
) -> None:
    """Write the events that are others than those of before; one whose reports are the `same` stays as it is."""
    home = dict(connection.execute("select id, event_id from event_reports where event_id is not null"))
    sizes = Counter(home.values())
    there = {row[0] for row in connection.execute("select id from events")}
    fewer = events_with_fewer(connection)
    now: set[str] = set()
    for members in clusters:
        group = [reports[m] for m in members]
        identifier = stable_id("event", min(r.id for r in group))
        now.add(identifier)
        held = all(home.get(r.id) == identifier for r in group) and sizes[identifier] == len(group)
        if identifier in fewer or not held or not same[list(members)].all():
            _write(connection, identifier, group)
    connection.executemany("delete from events where id = ?", ((one,) for one in sorted(there - now)))
    connection.execute(
        "update event_participants set event_id = r.event_id from event_reports r"
        " where r.id = event_participants.report_id and event_participants.event_id is not r.event_id"
    )


def _write(connection: sqlite3.Connection, identifier: str, group: list[Report]) -> None:
    when = best_date(r.date for r in group)
    lead = max(group, key=lambda r: (len(r.parties), r.confidence, r.id))
    named = title(
        lead.type, lead.trigger, roles=_roles(connection, lead), evidence=_sentence(connection, lead.id)
    )
    connection.execute(
        "insert or replace into events (id, type, title, date, date_end, date_precision, place, edition, status, n_reports,"
        " amount, amount_unit) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            identifier,
            lead.type,
            named,
            when,
            _end(group, when),
            _PRECISION.get(len(when or ""), "none"),
            _most(r.place for r in group),
            _most(r.edition for r in group),
            _status(group),
            len({r.story for r in group}),
            *_amount(group),
        ),
    )
    connection.executemany(
        "update event_reports set event_id = ? where id = ?", [(identifier, r.id) for r in group]
    )


def _roles(connection: sqlite3.Connection, report: Report) -> dict[str, list[str]]:
    """Return the names of a report's parties by role, in the order of its sentence."""
    sentence = _sentence(connection, report.id)
    found: dict[str, list[str]] = {}
    for role, name in connection.execute(
        "select role, name from event_participants where report_id = ? order by id", (report.id,)
    ):
        if role not in PLACE_ONLY and name not in found.setdefault(role, []):
            found[role].append(name)
    for names in found.values():
        names.sort(key=lambda name: (name not in sentence, sentence.find(name)))
    return found


def _end(group: Sequence[Report], when: str | None) -> str | None:
    return max((r.date_end for r in group if r.date_end and r.date == when), default=None)


def _amount(group: Sequence[Report]) -> tuple[float | None, str | None]:
    return next(((r.amount, r.amount_unit) for r in group if r.amount is not None), (None, None))


_PRECISION = {10: "day", 7: "month", 4: "year"}


def _status(group: Sequence[Report]) -> str:
    """What is reported as done was done, whatever was announced before; a cancellation undoes plans only."""
    return next((s for s in ("done", "negated", "planned") if any(r.status == s for r in group)), "done")


def best_date(dates: Iterable[str | None]) -> str | None:
    """Return the most precise date, one with its year first, then the one most reports give, then the earliest.

    >>> best_date(["2022-11", None, "2022-11-07"])
    '2022-11-07'
    """
    found = Counter(d for d in dates if d)
    return min(found, key=lambda d: (-len(d), d.startswith("X"), -found[d], d), default=None)


def _most(values: Iterable[_T | None]) -> _T | None:
    found = Counter(v for v in values if v is not None)
    return min(found, key=lambda v: (-found[v], str(v)), default=None)
