"""Whether two reports tell one event: named pieces of evidence, each with a weight that was fitted on pairs.

A piece of evidence is a small function of two reports that says how much it holds, from 0 to 1 (a few reach 3). Its weight in
log-odds, and the words by which a reader is told of it, stand in `resources/event_likeness.yml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from miner.resolve.judge import PRIOR, Reason, Weighed, fitted, probability, weigh
from miner.resolve.names import fold
from miner.resolve.reports import Report

_YEARLESS = "XXXX"
"""The year of a day whose year nothing tells."""
_DAY = 10
"""Characters of a date that is given to the day."""
_SOON, _LONG = 7, 200
_MOVED_WITHIN = 400
_NEAR_AMOUNT = 0.02
_ALIKE_AMOUNT = 0.35
_MOST = 3
"""Parties, or numbers, in common beyond which one more says nothing new."""


class Matched(NamedTuple):
    """Of the parties of two reports: shared ones, those that the other's sentence names all the same, and those of one alone."""

    shared: int
    echoed: int
    only_left: int
    only_right: int


@dataclass(frozen=True, slots=True)
class ReportPair:
    """Two reports with what the pieces of evidence ask for more than once."""

    left: Report
    right: Report
    matched: Matched
    gap: int | None
    """Days between them: of the events, or of the papers where a report gives no date."""
    words: float
    """The part of the shorter sentence that the other one has, rare words weighing more."""
    heads: float
    """The same of the headlines."""

    @property
    def dated(self) -> bool:
        """Whether both give a date."""
        return bool(self.left.date and self.right.date)

    @property
    def to_the_day(self) -> bool:
        """Whether both give a day."""
        return self.dated and min(len(self.left.date or ""), len(self.right.date or "")) == _DAY

    @property
    def planned(self) -> bool:
        """Whether one of them tells of a plan, or of one that came to nothing."""
        return self.left.status != "done" or self.right.status != "done"


def pair_of(left: Report, right: Report, *, words: float, heads: float) -> ReportPair:
    """Return two reports as they are compared."""
    gap = days_between(left.told_on, right.told_on)
    return ReportPair(left, right, match_parties(left, right), gap, words, heads)


def days_between(left: str | None, right: str | None) -> int | None:
    """Return the days between two dates; a month or year counts from its middle.

    >>> days_between("2022-11-05", "2022-11-07"), days_between("2022-11", "2022-11-15"), days_between(None, "2022")
    (2, 0, None)
    """
    try:
        return abs((date.fromisoformat(_padded(left)) - date.fromisoformat(_padded(right))).days)
    except ValueError:
        return None


def _padded(when: str | None) -> str:
    text = when or ""
    return text + {4: "-07-01", 7: "-15"}.get(len(text), "")


def match_parties(left: Report, right: Report) -> Matched:
    """Count the parties that both have, and those of each alone; a person may stand for a body of theirs."""
    same = left.parties & right.parties
    rest_left, rest_right = sorted(left.parties - same), sorted(right.parties - same)
    shared = len(same)
    for party in list(rest_left):
        wide = {party} | left.stands_for.get(party, frozenset())
        other = next((p for p in rest_right if wide & ({p} | right.stands_for.get(p, frozenset()))), None)
        if other is not None:
            rest_left.remove(party)
            rest_right.remove(other)
            shared += 1
    rest_left = _beside_no_body(rest_left, left, right)
    rest_right = _beside_no_body(rest_right, right, left)
    only_left, only_right = _unnamed(rest_left, left, right), _unnamed(rest_right, right, left)
    echoed = len(rest_left) + len(rest_right) - only_left - only_right
    return Matched(shared, echoed, only_left, only_right)


def _beside_no_body(rest: list[str], one: Report, other: Report) -> list[str]:
    """Return the parties without those who stand beside the body they speak for: they are no further party."""
    if not one.stands_for:
        return rest
    have = other.parties.union(*other.stands_for.values())
    return [party for party in rest if not one.stands_for.get(party, frozenset()) & have]


def _unnamed(rest: list[str], one: Report, other: Report) -> int:
    """Count the parties whose name does not even stand in the other's sentence."""
    return sum(not any(form in other.text for form in one.forms.get(party, ())) for party in rest)


def forbidden(pair: ReportPair) -> bool:
    """Tell whether two reports cannot be of one event: parties fully named and disjoint, or another day, both past.

    Two hospitals that sign with two companies on one day signed two contracts, whatever else the sentences share.
    """
    left, right = pair.left, pair.right
    if pair.matched.shared or pair.matched.echoed or not left.parties or not right.parties:
        return False
    if _named(left) and _named(right):
        return True
    spans = left.date_end or right.date_end
    return bool(pair.to_the_day and not pair.planned and not spans and (pair.gap or 0) > 1)


def _named(report: Report) -> bool:
    return not any(party.startswith("text:") for party in report.parties)


# --- the pieces of evidence ---------------------------------------------------------------------------------------


def _same_day(pair: ReportPair) -> float:
    return float(pair.to_the_day and pair.left.date == pair.right.date)


def _same_month(pair: ReportPair) -> float:
    """Both give the same month, or year, and no day."""
    return float(pair.dated and pair.left.date == pair.right.date and not pair.to_the_day)


def _compatible(pair: ReportPair) -> float:
    """The date of one lies in the month, year or span of the other."""
    a, b = pair.left.date, pair.right.date
    if not a or not b or a == b:
        return 0.0
    if _YEARLESS in (a[:4], b[:4]):
        return float(a[4:] == b[4:])
    short, long = sorted((a, b), key=len)
    return float(long.startswith(short) or _within(pair.left, b) or _within(pair.right, a))


def _within(report: Report, when: str) -> bool:
    return bool(report.date_end and report.date and report.date <= when <= report.date_end)


def _day_apart(pair: ReportPair) -> float:
    return float(_apart(pair) and pair.gap == 1 and not pair.planned)


def _moved(pair: ReportPair) -> float:
    """The days differ and one of them was planned: it may have been moved."""
    return float(_apart(pair) and pair.planned and (pair.gap or 0) <= _MOVED_WITHIN)


def _other_day(pair: ReportPair) -> float:
    return float(_apart(pair) and not _day_apart(pair) and not _moved(pair))


def _apart(pair: ReportPair) -> bool:
    return pair.dated and pair.left.date != pair.right.date and not _compatible(pair)


def _undated_soon(pair: ReportPair) -> float:
    return float(not pair.dated and (pair.gap is None or pair.gap <= _SOON))


def _undated_late(pair: ReportPair) -> float:
    return float(not pair.dated and pair.gap is not None and _SOON < pair.gap <= _LONG)


def _undated_long(pair: ReportPair) -> float:
    return float(not pair.dated and pair.gap is not None and pair.gap > _LONG)


def _undated_apart(pair: ReportPair) -> float:
    """One gives no date, and the papers are of different days: an announcement of each day is often another."""
    return float(not pair.dated and pair.left.published != pair.right.published)


def _announced_apart(pair: ReportPair) -> float:
    """What was made public gives no date and stands in papers of different days: it is public when the paper says so."""
    return float(pair.left.type == "launch" and _undated_apart(pair))


def _parties_same(pair: ReportPair) -> float:
    """All parties agree, or those of one report are among those of the other."""
    matched = pair.matched
    return float(matched.shared > 0 and not (matched.only_left and matched.only_right))


def _parties_whole(pair: ReportPair) -> float:
    """The part that the shared parties are of all."""
    matched = pair.matched
    return matched.shared / max(1, matched.shared + matched.only_left + matched.only_right)


def _parties_partly(pair: ReportPair) -> float:
    """Both name somebody whom the other does not: of one host's many signings this is often another."""
    return float(pair.matched.shared > 0 and pair.matched.only_left > 0 and pair.matched.only_right > 0)


def _own_partners(pair: ReportPair) -> float:
    """One party is shared, and each report has others of its own: a host that signs with many."""
    return float(_parties_partly(pair) and pair.matched.shared == 1)


def _parties_several(pair: ReportPair) -> float:
    return float(min(max(pair.matched.shared - 1, 0), _MOST))


def _parties_echoed(pair: ReportPair) -> float:
    """No party is shared, but one stands in the other's sentence."""
    return float(not pair.matched.shared and pair.matched.echoed > 0)


def _parties_other(pair: ReportPair) -> float:
    matched = pair.matched
    both = bool(pair.left.parties and pair.right.parties)
    return float(both and not matched.shared and not matched.echoed)


def _parties_missing(pair: ReportPair) -> float:
    return float(not (pair.left.parties and pair.right.parties) and not pair.matched.echoed)


def _words(pair: ReportPair) -> float:
    return pair.words


def _words_most(pair: ReportPair) -> float:
    return float(pair.words >= 0.5)


def _words_few(pair: ReportPair) -> float:
    return float(pair.words < 0.12)


def _heads(pair: ReportPair) -> float:
    return pair.heads


def _numbers_shared(pair: ReportPair) -> float:
    return float(min(len(pair.left.numbers & pair.right.numbers), _MOST))


def _numbers_other(pair: ReportPair) -> float:
    a, b = pair.left.numbers, pair.right.numbers
    return float(bool(a) and bool(b) and a.isdisjoint(b))


def _place_same(pair: ReportPair) -> float:
    return float(_places(pair) is True)


def _place_other(pair: ReportPair) -> float:
    return float(_places(pair) is False)


def _places(pair: ReportPair) -> bool | None:
    if not pair.left.place or not pair.right.place:
        return None
    a, b = fold(pair.left.place), fold(pair.right.place)
    return a in b or b in a


def _trigger_same(pair: ReportPair) -> float:
    return float(pair.left.trigger == pair.right.trigger)


def _amount_same(pair: ReportPair) -> float:
    apart = _amounts_apart(pair)
    return float(apart is not None and apart <= _NEAR_AMOUNT)


def _amount_alike(pair: ReportPair) -> float:
    """The amounts differ, but by no more than papers contradict each other."""
    apart = _amounts_apart(pair)
    return float(apart is not None and _NEAR_AMOUNT < apart <= _ALIKE_AMOUNT)


def _amount_other(pair: ReportPair) -> float:
    apart = _amounts_apart(pair)
    return float(apart is not None and apart > _ALIKE_AMOUNT)


def _amounts_apart(pair: ReportPair) -> float | None:
    a, b = pair.left.amount, pair.right.amount
    if a is None or b is None or pair.left.amount_unit != pair.right.amount_unit:
        return None
    return abs(a - b) / max(abs(a), abs(b), 1e-9)


def _edition_other(pair: ReportPair) -> float:
    a, b = pair.left.edition, pair.right.edition
    return float(bool(a and b and a != b))


def _one_article(pair: ReportPair) -> float:
    return float(pair.left.article_id == pair.right.article_id)


def _status_other(pair: ReportPair) -> float:
    return float(pair.left.status != pair.right.status)


EVIDENCE: dict[str, Callable[[ReportPair], float]] = {
    "same day": _same_day,
    "same month": _same_month,
    "compatible dates": _compatible,
    "a day apart": _day_apart,
    "moved": _moved,
    "other day": _other_day,
    "undated, soon": _undated_soon,
    "undated, late": _undated_late,
    "undated, long": _undated_long,
    "undated, papers apart": _undated_apart,
    "announced apart": _announced_apart,
    "parties agree": _parties_same,
    "share of parties": _parties_whole,
    "parties partly": _parties_partly,
    "own partners": _own_partners,
    "several parties": _parties_several,
    "party echoed": _parties_echoed,
    "other parties": _parties_other,
    "no parties": _parties_missing,
    "words": _words,
    "most words": _words_most,
    "few words": _words_few,
    "headline": _heads,
    "numbers": _numbers_shared,
    "other numbers": _numbers_other,
    "same place": _place_same,
    "other place": _place_other,
    "same trigger": _trigger_same,
    "same amount": _amount_same,
    "amount alike": _amount_alike,
    "other amount": _amount_other,
    "other edition": _edition_other,
    "one article": _one_article,
    "other status": _status_other,
}
"""The table of evidence, by name."""


def weights() -> Mapping[str, Weighed]:
    """Return the fitted weights by name, with the prior log-odds; raises ModelError when the resource is damaged."""
    return fitted("event_likeness")


def evidence(pair: ReportPair) -> list[Reason]:
    """Return what speaks for and against that two reports tell one event, each with its learned weight."""
    known = weights()
    held = ((known[name], value(pair)) for name, value in EVIDENCE.items() if name in known)
    return [
        Reason(one.weight * much, one.words if much == 1.0 else f"{one.words}({much:.2f})")
        for one, much in held
        if much and one.weight
    ]


def likelihood(pair: ReportPair) -> float:
    """Return the probability that two reports tell one event."""
    known = weights()
    held = sum(known[name].weight * value(pair) for name, value in EVIDENCE.items() if name in known)
    return probability(known[PRIOR].weight, [Reason(held, "")])


def explained(pair: ReportPair) -> tuple[float, tuple[str, ...]]:
    """Return the probability that two reports tell one event, with the words of the reasons, the strongest first."""
    return weigh(weights()[PRIOR].weight, evidence(pair))
