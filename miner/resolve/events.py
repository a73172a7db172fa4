"""Reports → events: many papers and days, one thing that happened.

Two reports are compared when they have one type and a participant, or an unusual sentence, in common, and dates that do
not exclude each other. The surest pairs are joined first (average linkage, ties by id), so the order of the files does
not matter. Reports of one article stay apart unless they say the same thing.

Reports are numbered in the order of their ids; pairs are numbers in arrays, and sentences are read again when a
judgement is written: memory stays at some hundred bytes for each report.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from sys import intern
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from miner.offsets import stable_id
from miner.resolve.blocks import Blocks, grams_of
from miner.resolve.judge import THRESHOLD, Decided, Judgement, Reason, probability, store_judgements, weigh
from miner.resolve.names import fold

_T = TypeVar("_T")
_BLOCK_LIMIT = 400
"""Reports under one blocking key that are compared pairwise; a larger block is compared with neighbours in time only."""
_DAY_LIMIT = 100
"""Reports of one type and day that are compared for this alone; of more, only those that share a party or rare words."""
_WINDOW = 20
_PRIOR = -1.6
_TITLE_CHARS = 24
_RARE, _RARE_KEYS = 20, 6
"""Reports that name nobody are compared by the bigrams that few reports have."""
_LINKED = 40
"""Members of a cluster that another is compared with: enough for a mean, flat in time."""
_UNCOMPARED, _EXCLUDED = 0.1, 0.02
"""Scores of a pair that no blocking key brought together, and of one with other parties on another day."""
_DECIDED = 1_000.0
"""Score of what a person decided: no mean of other scores outweighs it."""
_CACHED = 20_000
_DAY = 10
"""Characters of a date that is given to the day."""
TITLES = {
    "signing": "签约", "exhibition": "参展", "launch": "发布", "visit": "走访", "meeting": "会见", "founding": "成立", "investment": "投资",
    "procurement": "采购", "ceremony": "仪式", "conference": "会议", "award": "获奖", "appointment": "任命",
}  # fmt: skip
_TELLS_NOTHING = frozenset(" 0123456789年月日,。;:!?、“”\"'()与和的在")
PLACE_ONLY = frozenset({"place", "venue"})


@dataclass(frozen=True, slots=True)
class Report:
    """One report with what it is compared by."""

    id: str
    article_id: str
    type: str
    date: str | None
    date_end: str | None
    status: str
    place: str | None
    edition: int | None
    published: str | None
    trigger: str
    parties: frozenset[str]
    stands_for: dict[str, frozenset[str]]
    """For a person among the parties: the bodies whose posts the article gives them."""
    grams: array[int]
    """Bigrams of its sentence as numbers, in code-point order."""
    amount: float | None
    amount_unit: str | None
    confidence: float


class Words:
    """How rare the bigrams of all reports are, and what two reports' sentences have in common."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = reports
        self.frequency: Counter[int] = Counter()
        for report in reports:
            self.frequency.update(report.grams)
        self._scale = 1 + len(reports) / 50
        self._weights = lru_cache(maxsize=_CACHED)(self._weigh)
        self._grams = lru_cache(maxsize=_CACHED)(lambda number: frozenset(reports[number].grams))

    def _weigh(self, number: int) -> tuple[tuple[tuple[int, float], ...], float]:
        weights = tuple(
            (gram, 1.0 / (1 + self.frequency[gram] / self._scale)) for gram in self._reports[number].grams
        )
        return weights, sum(weight for _, weight in weights)

    def common(self, left: int, right: int) -> float:
        """Return which part of the shorter sentence's bigrams the other one has, rare ones weighing more."""
        short, long = (
            (left, right)
            if len(self._reports[left].grams) <= len(self._reports[right].grams)
            else (right, left)
        )
        weights, whole = self._weights(short)
        others = self._grams(long)
        return sum(weight for gram, weight in weights if gram in others) / whole if whole else 0.0


def resolve_events(connection: sqlite3.Connection) -> None:
    """Join the reports of one event, write `events`, and link reports and participants to them."""
    reports = list(_load(connection))
    words = Words(reports)
    pairs = candidate_pairs(reports, words.frequency)
    scores = np.fromiter(
        (_score(reports, words, *divmod(int(pair), len(reports))) for pair in pairs),
        dtype=np.float64,
        count=len(pairs),
    )
    pairs, scores = _as_decided(reports, Decided(connection, "event"), pairs, scores)
    clusters = cluster(len(reports), pairs, scores)
    store_judgements(connection, _judgements(connection, reports, words, Scored(pairs, scores, clusters)))
    for members in clusters:
        _write(connection, [reports[m] for m in members])
    connection.execute(
        "update event_participants set event_id = (select event_id from event_reports where event_reports.id = report_id)"
    )


def _as_decided(
    reports: Sequence[Report], decided: Decided, pairs: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the pairs of reports that people judged the score they decided, compared or not."""
    if not decided:
        return pairs, scores
    numbers = {report.id: number for number, report in enumerate(reports)}
    known = dict(zip(pairs.tolist(), scores.tolist(), strict=True))
    for same in (True, False):
        for left, right in decided.pairs(same=same):
            if left in numbers and right in numbers:
                a, b = sorted((numbers[left], numbers[right]))
                known[a * len(reports) + b] = _DECIDED if same else -_DECIDED
    made = np.array(sorted(known), dtype=np.int64)
    return made, np.array([known[pair] for pair in made.tolist()])


class Scored(NamedTuple):
    """Compared pairs (left number × number of reports + right number), their scores, and the clusters they led to."""

    pairs: np.ndarray
    scores: np.ndarray
    clusters: list[list[int]]


def _judgements(
    connection: sqlite3.Connection, reports: Sequence[Report], words: Words, scored: Scored
) -> Iterator[Judgement]:
    """Yield the judgements worth telling; their reasons are found once more, as they were not kept."""
    home = np.zeros(len(reports), dtype=np.int64)
    for number, members in enumerate(scored.clusters):
        home[members] = number
    left, right = np.divmod(scored.pairs, len(reports))
    for at in np.flatnonzero((scored.scores >= 0.2) | (home[left] == home[right])):
        a, b = int(left[at]), int(right[at])
        score, reasons = weigh(_PRIOR, evidence(reports[a], reports[b], words.common(a, b)))
        shown = [
            connection.execute(
                "select evidence from event_reports where id = ?", (reports[n].id,)
            ).fetchone()[0][:40]
            for n in (a, b)
        ]
        yield Judgement("event", reports[a].id, reports[b].id, shown[0], shown[1], score, reasons)


def _load(connection: sqlite3.Connection) -> Iterator[Report]:
    for row in connection.execute(
        "select r.id, r.article_id, r.type, r.date, r.date_end, r.status, r.place, r.edition, a.published, r.trigger, r.evidence, r.amount, r.amount_unit, r.confidence"
        " from event_reports r join articles a on a.id = r.article_id order by r.id"
    ):
        called, parties = _participants(connection, row[0])
        posts: dict[str, frozenset[str]] = {}
        for person, body in connection.execute(
            "select person_id, coalesce(enterprise_id, organization_id) as body from posts where article_id = ? and person_id is not null and body is not null",
            (row[1],),
        ):
            if person in parties:
                posts[intern(person)] = posts.get(person, frozenset()) | {intern(body)}
        yield Report(
            id=row[0], article_id=row[1], type=intern(row[2]), date=row[3] and intern(row[3]), date_end=row[4], status=intern(row[5]), place=row[6], edition=row[7],
            published=row[8] and intern(row[8]), trigger=intern(row[9]), parties=parties, stands_for=posts, grams=_grams(row[10], row[9], called),
            amount=row[11], amount_unit=row[12], confidence=row[13],
        )  # fmt: skip


def _participants(connection: sqlite3.Connection, report: str) -> tuple[list[str], frozenset[str]]:
    """Return the names of a report's parties as written, and what they are compared by."""
    names: list[str] = []
    parties = set()
    for role, name, entity in connection.execute(
        "select role, name, coalesce(enterprise_id, person_id, organization_id, place_id) from event_participants where report_id = ? order by id",
        (report,),
    ):
        if role not in PLACE_ONLY:
            parties.add(intern(entity or f"text:{fold(name)}"))
            if name not in names:
                names.append(name)
    return names, frozenset(parties)


def _grams(evidence: str, trigger: str, names: Sequence[str]) -> array[int]:
    """Return the bigrams of a sentence without what is compared by itself: parties, trigger, numbers and dates."""
    text = fold(evidence)
    for name in sorted({fold(n) for n in names} | {fold(trigger)}, key=lambda n: (-len(n), n)):
        if name:
            text = text.replace(name, " ")
    return grams_of(
        text[i : i + 2] for i in range(len(text) - 1) if _TELLS_NOTHING.isdisjoint(text[i : i + 2])
    )


def candidate_pairs(reports: Sequence[Report], frequency: Counter[int]) -> np.ndarray:
    """Return the pairs that some key brings together, sorted: left number × number of reports + right number."""
    blocks, days = Blocks(), Blocks()
    for number, report in enumerate(reports):
        rare = sorted(
            (gram for gram in report.grams if 2 <= frequency[gram] <= _RARE),
            key=lambda gram: (frequency[gram], gram),
        )
        for gram in rare[:_RARE_KEYS]:
            blocks.add(number, report.type, "words", gram)
        for party in report.parties:
            blocks.add(
                number, report.type, party, str(report.edition or (report.date or report.published or "")[:4])
            )
        if report.date and len(report.date) == _DAY:
            days.add(number, report.type, report.date)
    found = array("q")
    for block in chain(blocks, (day for day in days if len(day) <= _DAY_LIMIT)):
        reach = len(block)
        if len(block) > _BLOCK_LIMIT:
            block.sort(key=lambda r: (reports[r].date or reports[r].published or "", r))
            reach = _WINDOW
        for i, left in enumerate(block):
            found.extend(
                min(left, right) * len(reports) + max(left, right) for right in block[i + 1 : i + 1 + reach]
            )
    return np.unique(np.frombuffer(found, dtype=np.int64))


def _score(reports: Sequence[Report], words: Words, left: int, right: int) -> float:
    a, b = reports[left], reports[right]
    if _excluded(a, b):
        return _EXCLUDED
    return probability(_PRIOR, evidence(a, b, words.common(left, right)))


def _excluded(left: Report, right: Report) -> bool:
    """Tell whether two reports are of different parties and of different days, both past: whatever else they share, they are two events."""
    if (
        not left.date
        or not right.date
        or left.date == right.date
        or len(left.date) < _DAY
        or len(right.date) < _DAY
        or left.date_end
        or right.date_end
    ):
        return False
    if (
        left.status != "done"
        or right.status != "done"
        or left.stands_for
        or right.stands_for
        or not left.parties.isdisjoint(right.parties)
    ):
        return False
    gap = _days(left.date, right.date)
    return gap is not None and gap > 1


def evidence(left: Report, right: Report, common: float) -> list[Reason]:
    """Return what speaks for and against that two reports tell one event; `common` is what their sentences share."""
    reasons = [*_by_dates(left, right), *_by_parties(left, right), _by_words(common)]
    if left.place and right.place:
        a, b = fold(left.place), fold(right.place)
        near = a == b or a in b or b in a
        reasons.append(
            Reason(
                0.5 if near else -0.5,
                f"地点相同:{left.place}" if near else f"地点不同:{left.place} / {right.place}",
            )
        )
    if left.trigger == right.trigger:
        reasons.append(Reason(0.3, f"同一触发词:{left.trigger}"))
    if left.amount is not None and right.amount is not None and left.amount_unit == right.amount_unit:
        near = abs(left.amount - right.amount) <= 0.02 * max(abs(left.amount), abs(right.amount))
        reasons.append(Reason(0.8 if near else -0.6, "金额相同" if near else "金额不同"))
    if left.edition and right.edition and left.edition != right.edition:
        reasons.append(Reason(-3.0, f"第{left.edition}届 / 第{right.edition}届"))
    if left.article_id == right.article_id:
        reasons.append(Reason(-1.2, "同一篇文章里分开说的两件事"))
    return reasons


def _by_dates(left: Report, right: Report) -> list[Reason]:
    if not left.date or not right.date:
        gap = _days(left.date or left.published, right.date or right.published)
        if gap is None or gap <= 7:
            return [Reason(0.4, "一方未写日期,见报相近")]
        return [Reason(-0.5 if gap <= 200 else -2.5, f"一方未写日期,相隔{gap}天")]
    if left.date == right.date:
        return [Reason(1.6 if len(left.date) == 10 else 0.8, f"日期相同:{left.date}")]
    short, long = sorted((left.date, right.date), key=len)
    if long.startswith(short):
        return [Reason(0.4, f"日期相容:{short} / {long}")]
    if _within(left, right) or _within(right, left):
        return [Reason(1.0, "日期在对方区间内")]
    gap = _days(left.date, right.date)
    moved = {left.status, right.status} & {"planned", "negated"}
    if gap is not None and gap <= 1 and not moved:
        return [Reason(-0.6, f"日期差{gap}天")]
    if moved and gap is not None and gap <= 400:
        return [Reason(-0.4, "日期不同,其一为计划,可能改期")]
    return [Reason(-3.5, f"日期不同:{left.date} / {right.date}")]


def _within(left: Report, right: Report) -> bool:
    return bool(left.date_end and right.date and left.date and left.date <= right.date <= left.date_end)


def _days(left: str | None, right: str | None) -> int | None:
    """Return the days between two dates; a month or year counts from its middle."""
    try:
        return abs((date.fromisoformat(_padded(left)) - date.fromisoformat(_padded(right))).days)
    except ValueError:
        return None


def _padded(when: str | None) -> str:
    text = when or ""
    return text + {4: "-07-01", 7: "-15"}.get(len(text), "")


class Matched(NamedTuple):
    """How many parties two reports share, and how many each has alone."""

    shared: int
    only_left: int
    only_right: int


def _by_parties(left: Report, right: Report) -> list[Reason]:
    shared, only_left, only_right = _matched(left, right)
    if shared:
        whole = shared / (shared + only_left + only_right)
        if not only_left or not only_right:
            return [Reason(1.6 + 1.2 * whole, f"参与方{'相同' if whole == 1 else '相容'}:共{shared}个")]
        # Both name somebody whom the other does not: of one host's many signings this is another, unless most agree.
        # Three and more in common are rarely chance.
        return [Reason(3.5 * whole - 1.4 + min(0.5 * (shared - 1), 1.5), f"参与方部分相同:共{shared}个")]
    if left.parties and right.parties:
        return [Reason(-1.4, "参与方不同")]
    return [Reason(-0.6, "一方未写参与方")]


def _matched(left: Report, right: Report) -> Matched:
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
    # Someone beside the body they speak for is no further party.
    have_left = left.parties | {b for bodies in left.stands_for.values() for b in bodies}
    have_right = right.parties | {b for bodies in right.stands_for.values() for b in bodies}
    rest_left = [p for p in rest_left if not left.stands_for.get(p, frozenset()) & have_right]
    rest_right = [p for p in rest_right if not right.stands_for.get(p, frozenset()) & have_left]
    return Matched(shared, len(rest_left), len(rest_right))


def _by_words(part: float) -> Reason:
    return (
        Reason(min(4.0 * part, 2.2), f"用词相近({part:.2f})")
        if part >= 0.12
        else Reason(-0.5, "用词少有相同")
    )


def cluster(count: int, pairs: np.ndarray, scores: np.ndarray) -> list[list[int]]:
    """Join the surest pairs first; a report joins a cluster when its mean score with the compared members reaches the threshold.

    Returns lists of numbers, each sorted, in order of their first member.
    """
    members: dict[int, list[int]] = {number: [number] for number in range(count)}
    home = list(range(count))
    sure = np.flatnonzero(scores >= THRESHOLD)
    known = _within_components(count, pairs, scores, sure)
    for pair in pairs[sure[np.lexsort((pairs[sure], -scores[sure]))]]:
        left, right = divmod(int(pair), count)
        a, b = home[left], home[right]
        if a == b:
            continue
        crossed = [
            known.get(min(x, y) * count + max(x, y), _UNCOMPARED)
            for x in members[a][:_LINKED]
            for y in members[b][:_LINKED]
        ]
        if sum(crossed) / len(crossed) >= THRESHOLD - 0.1:
            low, high = min(a, b), max(a, b)
            for moved in members[high]:
                home[moved] = low
            members[low].extend(members.pop(high))
    return [sorted(group) for _, group in sorted(members.items())]


def _within_components(
    count: int, pairs: np.ndarray, scores: np.ndarray, sure: np.ndarray
) -> dict[int, float]:
    """Return the scores of the pairs whose reports may come into one cluster at all."""
    left, right = np.divmod(pairs, count) if count else (pairs, pairs)
    graph = csr_matrix((np.ones(len(sure), dtype=np.int8), (left[sure], right[sure])), shape=(count, count))
    component = connected_components(graph, directed=False)[1] if count else np.zeros(0)
    near = np.flatnonzero(component[left] == component[right])
    return dict(zip(pairs[near].tolist(), scores[near].tolist(), strict=True))


def _write(connection: sqlite3.Connection, group: list[Report]) -> None:
    identifier = stable_id("event", min(r.id for r in group))
    when = best_date(r.date for r in group)
    end = max((r.date_end for r in group if r.date_end and r.date == when), default=None)
    # What is reported as done was done, whatever was announced before; a cancellation undoes plans only.
    status = next((s for s in ("done", "negated", "planned") if any(r.status == s for r in group)), "done")
    lead = max(group, key=lambda r: (len(r.parties), r.confidence, r.id))
    amount = next(
        ((r.amount, r.amount_unit) for r in sorted(group, key=lambda r: r.id) if r.amount is not None),
        (None, None),
    )
    names, _ = _participants(connection, lead.id)
    sentence = connection.execute("select evidence from event_reports where id = ?", (lead.id,)).fetchone()[0]
    connection.execute(
        "insert into events (id, type, title, date, date_end, date_precision, place, edition, status, n_reports, amount, amount_unit) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (identifier, lead.type, title(lead.type, lead.trigger, names=names, evidence=sentence), when, end, {10: "day", 7: "month", 4: "year"}.get(len(when or ""), "none"),
         _most(r.place for r in group), _most(r.edition for r in group), status, len({r.article_id for r in group}), *amount),
    )  # fmt: skip
    connection.executemany(
        "update event_reports set event_id = ? where id = ?", [(identifier, r.id) for r in group]
    )


def best_date(dates: Iterable[str | None]) -> str | None:
    """Return the most precise date, then the one most reports give, then the earliest.

    >>> best_date(["2022-11", None, "2022-11-07"])
    '2022-11-07'
    """
    found = Counter(d for d in dates if d)
    return min(found, key=lambda d: (-len(d), -found[d], d), default=None)


def _most(values: Iterable[_T | None]) -> _T | None:
    found = Counter(v for v in values if v is not None)
    return min(found, key=lambda v: (-found[v], str(v)), default=None)


def title(kind: str, trigger: str, *, names: Sequence[str], evidence: str) -> str:
    """Return a title a person understands: who, and what.

    >>> title("signing", "签约", names=["甲公司", "乙公司"], evidence="")
    '甲公司、乙公司 签约'
    """
    who = "、".join(names[:3]) + ("等" if len(names) > 3 else "")
    what = TITLES[kind] if trigger in TITLES.values() else f"{TITLES[kind]}({trigger})"
    return f"{who} {what}" if who else f"{what}:{evidence.strip()[:_TITLE_CHARS]}"
