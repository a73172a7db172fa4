"""Figures of two articles that speak of one fact and disagree: by rounding, or in conflict.

Two figures are compared when they have one unit and one edition (or year) and share what is counted: the normalised
measure, or words of the subject and of the sentence around them, or the event that both sentences report.
"""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sys import intern
from typing import NamedTuple

import numpy as np

from miner.expo import FIRST_YEAR
from miner.language.sentences import sentences
from miner.offsets import Span, stable_id
from miner.resolve.blocks import Blocks, grams_of
from miner.resolve.judge import THRESHOLD, Reason, probability, weigh
from miner.resolve.names import fold

_BLOCK_LIMIT = 60
_PRIOR = -1.9
_WORDS_AT_MOST = 1.5
_UNITS = {"人次": "人", "位": "人", "名": "人", "户": "家", "元人民币": "元", "人民币": "元"}
_OF_THE_EXPO = frozenset({
    "intended_deals", "exhibition_area", "top500_exhibitors", "countries", "international_organizations", "exhibitors", "new_products", "visitors",
    "professional_visitors", "trading_groups", "journalists",
})  # fmt: skip
"""Measures that are mostly said of a whole expo; all others need a name, an event or words in common as well."""
_NOISY = 9
"""A subject so long is a clause rather than a noun."""
_DECIMAL = re.compile(r"\d{1,15}\.(\d{1,6})")
_LOW = {"超": 1.0, "多": 1.0, "余": 1.0, "以上": 1.0}


@dataclass(frozen=True, slots=True)
class Told:
    """One figure with what it is compared by."""

    id: str
    article_id: str
    text: str
    value: float
    unit: str
    qualifier: str | None
    subject: str
    measure: str | None
    edition: int | None
    comparison: str | None
    names: tuple[str, ...]
    """Entities named in its sentence."""
    around: tuple[str, ...]
    """Entities named in its paragraph."""
    events: tuple[str, ...]
    grams: array[int]


def find_conflicts(connection: sqlite3.Connection) -> None:
    """Fill `figure_conflicts` anew from figures, mentions and resolved events."""
    connection.execute("delete from figure_conflicts")
    told = sorted(_load(connection), key=lambda t: t.id)
    frequency: Counter[int] = Counter()
    for figure in told:
        frequency.update(figure.grams)
    found = [(left, right) for left, right in _pairs(told) if one_fact(left, right, frequency)]
    agreed = _agreeing(told, {t.article_id for pair in found for t in pair})
    rows = []
    for a, b in found:
        left, right = sorted((a, b), key=lambda t: (t.value, t.id))
        if not _told_by_both(left, right, agreed):
            score, reasons = weigh(_PRIOR, evidence(a, b, frequency))
            kind = "rounding" if is_rounding(left, right) else "conflict"
            fact = min(
                (t.measure or t.subject or t.unit for t in (left, right)), key=lambda text: (-len(text), text)
            )
            rows.append(
                (
                    stable_id("conflict", a.id, b.id),
                    left.id,
                    right.id,
                    kind,
                    fact,
                    left.edition or right.edition,
                    round(score, 4),
                    ";".join(reasons),
                )
            )
    connection.executemany(
        "insert or ignore into figure_conflicts (id, left_figure_id, right_figure_id, kind, fact, edition, score, reasons) values (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _told_by_both(left: Told, right: Told, agreed: set[tuple[str, str, float, str]]) -> bool:
    return any(
        (b.article_id, a.subject, a.value, a.unit) in agreed for a, b in ((left, right), (right, left))
    )


def _agreeing(told: list[Told], articles: set[str]) -> set[tuple[str, str, float, str]]:
    """A figure that the other article also has, for the same subject, is not in conflict with what else it says."""
    return {(t.article_id, t.subject, t.value, t.unit) for t in told if t.article_id in articles}


def _load(connection: sqlite3.Connection) -> Iterator[Told]:
    current = ""
    body = ""
    spans: tuple[Span, ...] = ()
    mentions: list[tuple[int, str | None]] = []
    events: list[tuple[int, int, str]] = []
    for row in connection.execute(
        "select f.id, f.article_id, f.text, f.value, f.unit, f.qualifier, f.subject, f.measure,"
        " coalesce(f.edition, a.edition, cast(substr(a.published, 1, 4) as integer) - ?) as edition, f.comparison, f.start, f.[end], f.field"
        " from figures f join articles a on a.id = f.article_id where f.value is not null order by f.article_id, f.start, f.id",
        (FIRST_YEAR - 1,),
    ):
        if row[1] != current:
            current = intern(row[1])
            body = connection.execute("select body from articles where id = ?", (current,)).fetchone()[0]
            spans = sentences(body)
            mentions = connection.execute(
                "select start, coalesce(enterprise_id, person_id, organization_id) from mentions"
                " where article_id = ? and field = 'body' and label != 'place'", (current,)
            ).fetchall()  # fmt: skip
            events = connection.execute(
                "select start, [end], event_id from event_reports where article_id = ? and event_id is not null and field = 'body'", (current,)
            ).fetchall()  # fmt: skip
        near = Near((), (), row[6] or "")
        if row[12] == "body":
            near = _near(body, spans, mentions, Span(row[10], row[11]))
        told = _distinct(event for s, e, event in events if s <= row[10] < e) if row[12] == "body" else ()
        yield Told(
            id=row[0], article_id=current, text=row[2], value=float(row[3]), unit=intern(_UNITS.get(row[4], row[4])), qualifier=row[5], subject=row[6] or "",
            measure=row[7] and intern(row[7]), edition=row[8], comparison=row[9], names=near.names, around=near.around, events=told,
            grams=_grams(near.text.replace(row[2], " ")),
        )  # fmt: skip


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({intern(name) for name in names}))


class Near(NamedTuple):
    """What stands around a figure: entities of its sentence and of its paragraph, and the words beside it."""

    names: tuple[str, ...]
    around: tuple[str, ...]
    text: str


def _near(body: str, spans: Sequence[Span], mentions: Sequence[tuple[int, str | None]], at: Span) -> Near:
    sentence = next((s for s in spans if s.start <= at.start < s.end), at)
    paragraph = Span(body.rfind("\n", 0, at.start) + 1, body.find("\n", at.end) % (len(body) + 1))
    text = body[max(sentence.start, at.start - 30) : min(sentence.end, at.end + 20)]
    return Near(_within(mentions, sentence), _within(mentions, paragraph), text)


def _within(mentions: Sequence[tuple[int, str | None]], span: Span) -> tuple[str, ...]:
    return _distinct(entity for start, entity in mentions if entity and span.start <= start < span.end)


def _grams(text: str) -> array[int]:
    text = fold(text)
    return grams_of(
        text[i : i + 2]
        for i in range(len(text) - 1)
        if not any(c.isdigit() or c in ",。;:、“”()的在了" for c in text[i : i + 2])
    )


def _pairs(told: Sequence[Told]) -> Iterator[tuple[Told, Told]]:
    """Yield the pairs of two articles' figures with different values that some key brings together."""
    blocks = Blocks()
    for number, figure in enumerate(told):
        if figure.measure:
            blocks.add(number, "measure", figure.measure, figure.unit, figure.edition)
        for event in figure.events:
            blocks.add(number, "event", event, figure.unit)
        for name in figure.around:
            blocks.add(number, "name", name, figure.unit, figure.edition)
    found = array("q")
    for block in blocks:
        for i, left in enumerate(block[:_BLOCK_LIMIT]):
            found.extend(left * len(told) + right for right in block[i + 1 : _BLOCK_LIMIT])
    for pair in np.unique(np.frombuffer(found, dtype=np.int64)).tolist():
        left, right = told[pair // len(told)], told[pair % len(told)]
        if left.article_id != right.article_id and left.value != right.value:
            yield left, right


def one_fact(left: Told, right: Told, frequency: Counter[int]) -> bool:
    """Tell whether two figures of one unit probably tell one fact; the words around are read only where they can decide."""
    reasons = _apart_from_words(left, right)
    possible = probability(_PRIOR, [*reasons, Reason(_WORDS_AT_MOST, "")]) >= THRESHOLD
    return possible and probability(_PRIOR, [*reasons, _by_words(left, right, frequency)]) >= THRESHOLD


def evidence(left: Told, right: Told, frequency: Counter[int]) -> list[Reason]:
    """Return what speaks for and against that two figures of one unit tell one fact."""
    return [*_apart_from_words(left, right), _by_words(left, right, frequency)]


def _by_words(left: Told, right: Told, frequency: Counter[int]) -> Reason:
    whole = sum(1 / frequency[g] for g in min((left.grams, right.grams), key=len))
    common = set(left.grams).intersection(right.grams) if whole else ()
    part = sum(1 / frequency[g] for g in sorted(common)) / whole if whole else 0.0
    return Reason(min(4.0 * part, _WORDS_AT_MOST + 0.5) - 0.5, f"上下文相近({part:.2f})")


def _apart_from_words(left: Told, right: Told) -> list[Reason]:
    reasons = []
    of_expo = left.measure == right.measure and (left.measure or "").removesuffix("_change") in _OF_THE_EXPO
    if left.measure and left.measure == right.measure:
        reasons.append(Reason(2.0 if of_expo else 1.0, f"同一指标:{left.measure}"))
    elif left.measure and right.measure:
        reasons.append(Reason(-0.8, "指标不同"))
    reasons.extend(_by_subject(fold(left.subject), fold(right.subject)))
    if _share(left.events, right.events):
        reasons.append(Reason(1.5, "写在同一事件的报道里"))
    if _share(left.names, right.names):
        reasons.append(Reason(1.0, "同一句里有同一名称"))
    elif _share(left.around, right.around):
        reasons.append(Reason(0.6, "同一段里有同一名称"))
    elif not of_expo:
        reasons.append(Reason(-1.2, "所涉名称不同"))
    low, high = sorted((abs(left.value), abs(right.value)))
    if high > 5 * low:
        reasons.append(Reason(-4.0, "数值相差五倍以上"))
    elif high > 2 * low:
        reasons.append(Reason(-0.6, "数值相差一倍以上"))
    else:
        reasons.append(Reason(0.4, "数值相近"))
    if bool(left.comparison) != bool(right.comparison):
        reasons.append(Reason(-1.5, "一处是比较数"))
    if left.edition and right.edition and left.edition != right.edition:
        reasons.append(Reason(-3.0, "届次不同"))
    return reasons


def _share(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(name in right for name in left)


def _by_subject(a: str, b: str) -> list[Reason]:
    if not a or not b:
        return []
    if a == b:
        return [Reason(0.7 if len(a) <= 3 else 1.4, f"所指相同:{a}")]
    if a in b or b in a or _overlap(a, b) >= 0.5:
        return [Reason(0.6, f"所指相近:{a} / {b}")]
    if _overlap(a, b) >= 0.3:
        return [Reason(0.2, f"所指略同:{a} / {b}")]
    return [Reason(-0.3 if max(len(a), len(b)) >= _NOISY else -0.9, f"所指不同:{a} / {b}")]


def _overlap(a: str, b: str) -> float:
    x, y = set(a), set(b)
    return len(x & y) / len(x | y)


def is_rounding(left: Told, right: Told) -> bool:
    """Tell whether one value is the other one rounded, as its qualifier or its last digit says: 3400多 against 3436, 近800 against 797."""
    small, large = sorted((left, right), key=lambda t: t.value)
    gap = large.value - small.value
    if small.qualifier in _LOW and gap < grain(small.value, small.text):
        return True
    if large.qualifier == "近" and gap < grain(large.value, large.text):
        return True
    if gap <= 0.1 * large.value and "约" in (small.qualifier, large.qualifier):
        return True
    return gap <= 0.05 * large.value and gap < 0.5 * max(
        grain(small.value, small.text), grain(large.value, large.text)
    )


def grain(value: float, text: str) -> float:
    """Return what the last written digit of a number stands for.

    >>> grain(2.1, "2.1%"), grain(3400, "3400多家"), grain(78_410_000_000, "784.1亿美元")
    (0.1, 100.0, 10000000.0)
    """
    written = _DECIMAL.search(text)
    if written is None or not float(written[0]):
        return _step(value)
    return round(value / float(written[0]) * 10.0 ** -len(written[1]), 6)


def _step(value: float) -> float:
    """Return the unit of the last digit that a round number gives: 100 for 3400, 10 for 60.

    >>> _step(3400), _step(60), _step(27)
    (100.0, 10.0, 1.0)
    """
    step = 1.0
    while value and value % (step * 10) == 0 and step < value:
        step *= 10
    return step
