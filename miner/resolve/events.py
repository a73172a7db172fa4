"""Reports → events: many papers and days, one thing that happened.

Two reports are compared when they have one type and a participant, or an unusual sentence, in common, and dates that do
not exclude each other. The surest pairs are joined first (average linkage, ties by id), so the order of the files does
not matter. Reports of one article stay apart unless they say the same thing.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from miner.offsets import stable_id
from miner.resolve.judge import THRESHOLD, Judgement, Reason, store_judgements, weigh
from miner.resolve.names import fold

_T = TypeVar("_T")
_BLOCK_LIMIT = 400
"""Reports under one blocking key that are compared pairwise; a larger block is compared with neighbours in time only."""
_WINDOW = 20
_TITLE_CHARS = 24
_RARE, _RARE_KEYS = 20, 6
"""Reports that name nobody are compared by the bigrams that few reports have."""
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
    evidence: str
    parties: frozenset[str]
    stands_for: dict[str, frozenset[str]]
    """For a person among the parties: the bodies whose posts the article gives them."""
    names: tuple[str, ...]
    grams: frozenset[str]
    amount: float | None
    amount_unit: str | None
    confidence: float


def resolve_events(connection: sqlite3.Connection) -> None:
    """Join the reports of one event, write `events`, and link reports and participants to them."""
    reports = {report.id: report for report in _load(connection)}
    frequency = Counter(gram for report in reports.values() for gram in report.grams)
    scored: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}
    for left, right in _pairs(reports, frequency):
        scored[left, right] = compare(reports[left], reports[right], frequency, len(reports))
    clusters = cluster(reports, {pair: score for pair, (score, _) in scored.items()})
    home = {report: members[0] for members in clusters for report in members}
    store_judgements(
        connection,
        (
            Judgement("event", left, right, reports[left].evidence[:40], reports[right].evidence[:40], score, reasons)
            for (left, right), (score, reasons) in sorted(scored.items())
            if score >= 0.2 or home[left] == home[right]
        ),
    )
    for members in clusters:
        _write(connection, [reports[m] for m in members])
    connection.execute("update event_participants set event_id = (select event_id from event_reports where event_reports.id = report_id)")


def _load(connection: sqlite3.Connection) -> Iterator[Report]:
    people: dict[str, set[str]] = defaultdict(set)
    names: dict[str, list[str]] = defaultdict(list)
    for report, role, name, entity in connection.execute(
        "select report_id, role, name, coalesce(enterprise_id, person_id, organization_id, place_id) from event_participants order by report_id, id"
    ):
        if role not in PLACE_ONLY:
            people[report].add(entity or f"text:{fold(name)}")
            if name not in names[report]:
                names[report].append(name)
    posts: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for article, person, body in connection.execute(
        "select article_id, person_id, coalesce(enterprise_id, organization_id) as body from posts where person_id is not null and body is not null"
    ):
        posts[article][person] = posts[article].get(person, frozenset()) | {body}
    for row in connection.execute(
        "select r.id, r.article_id, r.type, r.date, r.date_end, r.status, r.place, r.edition, a.published, r.trigger, r.evidence, r.amount, r.amount_unit, r.confidence"
        " from event_reports r join articles a on a.id = r.article_id order by r.id"
    ):
        parties, called = frozenset(people[row[0]]), tuple(names[row[0]])
        article_posts = posts.get(row[1], {})
        stands_for = {party: article_posts[party] for party in parties if party in article_posts}
        yield Report(
            id=row[0], article_id=row[1], type=row[2], date=row[3], date_end=row[4], status=row[5], place=row[6], edition=row[7], published=row[8],
            trigger=row[9], evidence=row[10], parties=parties, stands_for=stands_for, names=called, grams=_grams(row[10], row[9], called),
            amount=row[11], amount_unit=row[12], confidence=row[13],
        )  # fmt: skip


def _grams(evidence: str, trigger: str, names: Sequence[str]) -> frozenset[str]:
    """Return the bigrams of a sentence without what is compared by itself: parties, trigger, numbers and dates."""
    text = fold(evidence)
    for name in sorted({fold(n) for n in names} | {fold(trigger)}, key=lambda n: (-len(n), n)):
        if name:
            text = text.replace(name, " ")
    return frozenset(gram for i in range(len(text) - 1) if _TELLS_NOTHING.isdisjoint(gram := text[i : i + 2]))


def _keys(report: Report, frequency: Counter[str]) -> Iterator[tuple[str, ...]]:
    rare = sorted((gram for gram in report.grams if 2 <= frequency[gram] <= _RARE), key=lambda gram: (frequency[gram], gram))
    for gram in rare[:_RARE_KEYS]:
        yield (report.type, "words", gram)
    for party in report.parties:
        yield (report.type, party, str(report.edition or (report.date or report.published or "")[:4]))
    if report.date and len(report.date) == 10:
        yield (report.type, "day", report.date)


def _pairs(reports: dict[str, Report], frequency: Counter[str]) -> Iterator[tuple[str, str]]:
    blocks: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for identifier in sorted(reports):
        for key in _keys(reports[identifier], frequency):
            blocks[key].append(identifier)
    seen: set[tuple[str, str]] = set()
    for key in sorted(blocks):
        block = blocks[key]
        reach = len(block)
        if len(block) > _BLOCK_LIMIT:
            block = sorted(block, key=lambda r: (reports[r].date or reports[r].published or "", r))
            reach = _WINDOW
        for i, left in enumerate(block):
            for right in block[i + 1 : i + 1 + reach]:
                pair = (min(left, right), max(left, right))
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def compare(left: Report, right: Report, frequency: Counter[str], total: int) -> tuple[float, tuple[str, ...]]:
    """Return how probable it is that two reports tell one event, with the reasons."""
    reasons = [*_by_dates(left, right), *_by_parties(left, right), *_by_words(left, right, frequency, total)]
    if left.place and right.place:
        a, b = fold(left.place), fold(right.place)
        near = a == b or a in b or b in a
        reasons.append(Reason(0.5 if near else -0.5, f"地点相同:{left.place}" if near else f"地点不同:{left.place} / {right.place}"))
    if left.trigger == right.trigger:
        reasons.append(Reason(0.3, f"同一触发词:{left.trigger}"))
    if left.amount is not None and right.amount is not None and left.amount_unit == right.amount_unit:
        near = abs(left.amount - right.amount) <= 0.02 * max(abs(left.amount), abs(right.amount))
        reasons.append(Reason(0.8 if near else -0.6, "金额相同" if near else "金额不同"))
    if left.edition and right.edition and left.edition != right.edition:
        reasons.append(Reason(-3.0, f"第{left.edition}届 / 第{right.edition}届"))
    if left.article_id == right.article_id:
        reasons.append(Reason(-1.2, "同一篇文章里分开说的两件事"))
    return weigh(-1.6, reasons)


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


def _by_words(left: Report, right: Report, frequency: Counter[str], total: int) -> list[Reason]:
    """Weigh the bigrams of the shorter sentence that the other one has, rare ones more."""
    short, long = sorted((left.grams, right.grams), key=len)
    scale = 1 + total / 50
    weights = {gram: 1.0 / (1 + frequency[gram] / scale) for gram in sorted(short)}
    whole = sum(weights.values())
    part = sum(weight for gram, weight in weights.items() if gram in long) / whole if whole else 0.0
    if part >= 0.12:
        return [Reason(min(4.0 * part, 2.2), f"用词相近({part:.2f})")]
    return [Reason(-0.5, "用词少有相同")]


def cluster(reports: dict[str, Report], scores: dict[tuple[str, str], float]) -> list[list[str]]:
    """Join the surest pairs first; a report joins a cluster when its mean score with the compared members reaches the threshold.

    Returns lists of report ids, each sorted, in order of their first member.
    """
    members: dict[str, list[str]] = {identifier: [identifier] for identifier in reports}
    home = {identifier: identifier for identifier in reports}
    for (left, right), score in sorted(scores.items(), key=lambda row: (-row[1], row[0])):
        if score < THRESHOLD:
            break
        a, b = home[left], home[right]
        if a == b:
            continue
        crossed = [scores.get((min(x, y), max(x, y)), 0.1) for x in members[a] for y in members[b]]
        if sum(crossed) / len(crossed) >= THRESHOLD - 0.1:
            low, high = min(a, b), max(a, b)
            for moved in members[high]:
                home[moved] = low
            members[low].extend(members.pop(high))
    return [sorted(group) for _, group in sorted(members.items())]


def _write(connection: sqlite3.Connection, group: list[Report]) -> None:
    identifier = stable_id("event", min(r.id for r in group))
    when = best_date(r.date for r in group)
    end = max((r.date_end for r in group if r.date_end and r.date == when), default=None)
    # What is reported as done was done, whatever was announced before; a cancellation undoes plans only.
    status = next((s for s in ("done", "negated", "planned") if any(r.status == s for r in group)), "done")
    lead = max(group, key=lambda r: (len(r.parties), r.confidence, r.id))
    amount = next(((r.amount, r.amount_unit) for r in sorted(group, key=lambda r: r.id) if r.amount is not None), (None, None))
    connection.execute(
        "insert into events (id, type, title, date, date_end, date_precision, place, edition, status, n_reports, amount, amount_unit) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (identifier, lead.type, title(lead, group), when, end, {10: "day", 7: "month", 4: "year"}.get(len(when or ""), "none"),
         _most(r.place for r in group), _most(r.edition for r in group), status, len({r.article_id for r in group}), *amount),
    )  # fmt: skip
    connection.executemany("update event_reports set event_id = ? where id = ?", [(identifier, r.id) for r in group])


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


def title(lead: Report, group: list[Report]) -> str:
    """Return a title a person understands: who, and what."""
    names = "、".join(lead.names[:3]) + ("等" if len(lead.names) > 3 else "")
    what = TITLES[lead.type] if lead.trigger in TITLES.values() else f"{TITLES[lead.type]}({lead.trigger})"
    return f"{names} {what}" if names else f"{what}:{lead.evidence.strip()[:_TITLE_CHARS]}"
