"""Figures of two articles that speak of one fact and disagree: by rounding, or in conflict.

Two figures are compared when they have one unit and one scope (`figure_scope`) and share what is counted: a measure of one expo
as a whole, or a name with words of the subject and of the sentence around them, or the event that both sentences report. A pair
is a `conflict` when it is probable that one fact is told and the reasons are of the sure kind; else it is `also` reported.
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

from miner.language.figure_scope import CHANGE, OWN, FigureScope, alike, scope_of
from miner.language.sentences import sentences
from miner.offsets import Span, stable_id
from miner.resolve.blocks import Blocks, grams_of
from miner.resolve.judge import THRESHOLD, Reason, probability, weigh
from miner.resolve.names import fold

_BLOCK_LIMIT = 60
_PRIOR = -1.9
_WORDS_AT_MOST = 1.5
_SURE, _SURE_OF_EXPO = 0.65, 0.5
"""Scores from which on two figures are said to contradict each other."""
_SERIES, _LIKE = 0.8, 0.3
"""The part of the words around that a series has in common, and that one fact told twice has at least."""
_LISTED = 3
"""Sentences that name so many things together, and most of them, list the same ones."""
_FEW_NAMES = 12
"""A sentence with more names is a list: which of them a figure is of is not told."""
_UNITS = {"人次": "人", "位": "人", "名": "人", "户": "家", "元人民币": "元", "人民币": "元"}
_NOISY = 9
"""A subject so long is a clause rather than a noun."""
_DECIMAL = re.compile(r"\d{1,15}\.(\d{1,6})")
_LOW = {"超": 1.0, "多": 1.0, "余": 1.0, "以上": 1.0}


@dataclass(frozen=True, slots=True)
class ComparedFigure:
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
    nearest: str | None
    """The entity of its paragraph that is named last before it."""
    events: tuple[str, ...]
    grams: array[int]
    scope: FigureScope
    year: str
    """Year of the paper, empty when unknown."""
    told_at: int | None
    """The expo that its article names at all."""

    @property
    def of_expo(self) -> bool:
        """Whether it is a figure of one expo as a whole."""
        measure = (self.measure or "").removesuffix(CHANGE)
        if measure not in OWN or not self.scope.of_expo or self.edition is None:
            return False
        return measure != self.measure or abs(self.value) >= OWN[measure][1]


def find_conflicts(connection: sqlite3.Connection) -> None:
    """Fill `figure_conflicts` anew from figures, mentions and resolved events; a reprint's figures are its original's.

    Raises sqlite3.Error.
    """
    connection.execute("delete from figure_conflicts")
    told = sorted(_load(connection), key=lambda t: t.id)
    frequency: Counter[int] = Counter()
    for figure in told:
        frequency.update(figure.grams)
    found = [(left, right) for left, right in _pairs(told) if one_fact(left, right, frequency)]
    agreed = _agreeing(told, {t.article_id for pair in found for t in pair})
    rows = (
        _row(a, b, frequency)
        for a, b in (sorted(pair, key=lambda t: (t.value, t.id)) for pair in found)
        if not _told_by_both(a, b, agreed)
    )
    connection.executemany(
        "insert or ignore into figure_conflicts (id, left_figure_id, right_figure_id, kind, fact, edition, score, reasons)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


_Row = tuple[str, str, str, str, str, int | None, float, str]


def _row(left: ComparedFigure, right: ComparedFigure, frequency: Counter[int]) -> _Row:
    score, reasons = weigh(_PRIOR, evidence(left, right, frequency))
    facts = (t.measure or t.subject or t.unit for t in (left, right))
    fact = min(facts, key=lambda text: (-len(text), text))
    ids = sorted((left.id, right.id))
    edition = left.edition if left.edition == right.edition else None
    kind = kind_of(left, right, score, words=_common(left, right, frequency))
    return (
        stable_id("conflict", *ids),
        left.id,
        right.id,
        kind,
        fact,
        edition,
        round(score, 4),
        ";".join(reasons),
    )


def kind_of(left: ComparedFigure, right: ComparedFigure, score: float, *, words: float) -> str:
    """Return `rounding`, `conflict` or `also`: two figures, the smaller first, that probably tell one fact."""
    if is_rounding(left, right):
        return "rounding"
    return "conflict" if is_sure(left, right, score, words=words) else "also"


def is_sure(left: ComparedFigure, right: ComparedFigure, score: float, *, words: float) -> bool:
    """Tell whether it may be said that two figures contradict each other; `words` is what the words around have in common.

    Of the expo as a whole: one measure of one edition. Of anything else: both articles tell of one expo, and the figures stand in reports of one event, or beside the same
    names, and the words around them, the subject or the measure agree as well. The same sentence with another number and
    no event in common is a series (a price, a daily sum), not a contradiction.
    """
    if left.of_expo and right.of_expo:
        return score >= _SURE_OF_EXPO
    event = _share(left.events, right.events)
    measured = bool(left.measure) and _share(left.around, right.around)
    return all(
        (
            score >= _SURE,
            left.told_at is not None and left.told_at == right.told_at,
            event or words < _SERIES,
            event or measured or _share(left.names, right.names),
            max(len(left.names), len(right.names)) <= _FEW_NAMES,
            _one_owner(left, right),
            _counts_one_thing(left, right, words),
        )
    )


def _one_owner(left: ComparedFigure, right: ComparedFigure) -> bool:
    """Tell whether what is named last before one figure is named beside the other too, or both close one list: 甲、乙、丙等12家."""
    if left.nearest is None or right.nearest is None:
        return False
    return left.nearest in right.around or right.nearest in left.around or _one_list(left.names, right.names)


def _one_list(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    shared = sum(name in right for name in left)
    return shared >= _LISTED and 2 * shared >= min(len(left), len(right))


def _counts_one_thing(left: ComparedFigure, right: ComparedFigure, words: float) -> bool:
    a, b = fold(left.subject), fold(right.subject)
    if left.measure and left.measure == right.measure:
        return True
    return min(len(a), len(b)) > 1 and (a in b or b in a or _overlap(a, b) >= _LIKE or words >= _LIKE)


def _told_by_both(left: ComparedFigure, right: ComparedFigure, agreed: set[tuple[str, float, str]]) -> bool:
    return any((b.article_id, a.value, a.unit) in agreed for a, b in ((left, right), (right, left)))


def _agreeing(told: list[ComparedFigure], articles: set[str]) -> set[tuple[str, float, str]]:
    """A figure that the other article also has is not in conflict with what else it says."""
    return {(t.article_id, t.value, t.unit) for t in told if t.article_id in articles}


class _Article(NamedTuple):
    """What is read of an article once for all its figures."""

    body: str
    sentences: tuple[Span, ...]
    mentions: list[tuple[int, str | None]]
    events: list[tuple[int, int, str]]


def _article(connection: sqlite3.Connection, article: str) -> _Article:
    body = connection.execute("select body from articles where id = ?", (article,)).fetchone()[0]
    mentions = connection.execute(
        "select start, coalesce(enterprise_id, person_id, organization_id) from mentions"
        " where article_id = ? and field = 'body' and label != 'place' order by start",
        (article,),
    ).fetchall()
    events = connection.execute(
        "select start, [end], event_id from event_reports"
        " where article_id = ? and event_id is not null and field = 'body'",
        (article,),
    ).fetchall()
    return _Article(body, sentences(body), mentions, events)


_NOWHERE = FigureScope(False, frozenset(), frozenset(), frozenset())


def _load(connection: sqlite3.Connection) -> Iterator[ComparedFigure]:
    """Yield the figures of every story once: those of an article that reprints another are left out."""
    current, read = "", _Article("", (), [], [])
    for row in connection.execute(
        "select f.id, f.article_id, f.text, f.value, f.unit, f.qualifier, f.subject, f.measure, f.edition,"
        " f.comparison, f.start, f.[end], f.field, a.published, a.edition from figures f join articles a on a.id = f.article_id"
        " where f.value is not null and a.duplicate_of is null order by f.article_id, f.start, f.id"
    ):
        if row[1] != current:
            current = intern(row[1])
            read = _article(connection, current)
        near, scope, told = Surroundings((), (), row[6] or ""), _NOWHERE, tuple[str, ...]()
        if row[12] == "body":
            at = Span(row[10], row[11])
            near = _near(read, at)
            scope = scope_of(read.body, at, published=row[13])
            told = _distinct(
                event for start, end, event in read.events if start <= at.start < _reach(read, end)
            )
        yield ComparedFigure(
            id=row[0],
            article_id=current,
            text=row[2],
            value=float(row[3]),
            unit=intern(_UNITS.get(row[4], row[4])),
            qualifier=row[5],
            subject=row[6] or "",
            measure=row[7] and intern(row[7]),
            edition=row[8],
            comparison=row[9],
            names=near.names,
            around=near.around,
            nearest=near.nearest,
            events=told,
            grams=_grams(near.text.replace(row[2], " ")),
            scope=scope,
            year=(row[13] or "")[:4],
            told_at=row[14],
        )


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({intern(name) for name in names}))


class Surroundings(NamedTuple):
    """What stands around a figure: entities of its sentence and of its paragraph, and the words beside it."""

    names: tuple[str, ...]
    around: tuple[str, ...]
    text: str
    nearest: str | None = None


def _reach(read: _Article, end: int) -> int:
    """Return where the sentence after a report ends, in its paragraph: what was signed is often told after who signed."""
    after = next((s.end for s in read.sentences if s.start >= end), end)
    return after if "\n" not in read.body[end:after].strip() else end


def _near(read: _Article, at: Span) -> Surroundings:
    body = read.body
    sentence = next((s for s in read.sentences if s.start <= at.start < s.end), at)
    paragraph = Span(body.rfind("\n", 0, at.start) + 1, body.find("\n", at.end) % (len(body) + 1))
    text = body[max(sentence.start, at.start - 30) : min(sentence.end, at.end + 20)]
    before = [name for start, name in read.mentions if name and paragraph.start <= start < at.start]
    nearest = before[-1] if before else None
    return Surroundings(_within(read.mentions, sentence), _within(read.mentions, paragraph), text, nearest)


def _within(mentions: Sequence[tuple[int, str | None]], span: Span) -> tuple[str, ...]:
    return _distinct(entity for start, entity in mentions if entity and span.start <= start < span.end)


def _grams(text: str) -> array[int]:
    text = fold(text)
    return grams_of(
        text[i : i + 2]
        for i in range(len(text) - 1)
        if not any(c.isdigit() or c in ",。;:、“”()的在了" for c in text[i : i + 2])
    )


def _pairs(told: Sequence[ComparedFigure]) -> Iterator[tuple[ComparedFigure, ComparedFigure]]:
    """Yield the pairs of two articles' figures with different values that some key brings together and that may be compared."""
    blocks = Blocks()
    for number, figure in enumerate(told):
        if figure.of_expo:
            blocks.add(number, "measure", figure.measure, figure.unit, figure.edition)
        for event in figure.events:
            blocks.add(number, "event", event, figure.unit)
        for name in figure.around:
            blocks.add(number, "name", name, figure.unit, figure.year)
    found = array("q")
    for block in blocks:
        for i, left in enumerate(block[:_BLOCK_LIMIT]):
            found.extend(left * len(told) + right for right in block[i + 1 : _BLOCK_LIMIT])
    for pair in np.unique(np.frombuffer(found, dtype=np.int64)).tolist():
        left, right = told[pair // len(told)], told[pair % len(told)]
        if left.article_id != right.article_id and left.value != right.value and comparable(left, right):
            yield left, right


def comparable(left: ComparedFigure, right: ComparedFigure) -> bool:
    """Tell whether two figures are of one kind: of one scope, both of an expo as a whole or both not, a share only with a share of the same."""
    if left.of_expo != right.of_expo or not alike(left.scope, right.scope):
        return False
    if left.of_expo and (left.edition != right.edition or left.measure != right.measure):
        return False
    if bool(left.comparison) != bool(right.comparison):
        return False
    return left.unit != "%" or bool(left.measure and left.measure == right.measure)


def one_fact(left: ComparedFigure, right: ComparedFigure, frequency: Counter[int]) -> bool:
    """Tell whether two figures of one unit probably tell one fact; the words around are read only where they can decide."""
    reasons = _apart_from_words(left, right)
    possible = probability(_PRIOR, [*reasons, Reason(_WORDS_AT_MOST, "")]) >= THRESHOLD
    return possible and probability(_PRIOR, [*reasons, _by_words(left, right, frequency)]) >= THRESHOLD


def evidence(left: ComparedFigure, right: ComparedFigure, frequency: Counter[int]) -> list[Reason]:
    """Return what speaks for and against that two figures of one unit tell one fact."""
    return [*_apart_from_words(left, right), _by_words(left, right, frequency)]


def _by_words(left: ComparedFigure, right: ComparedFigure, frequency: Counter[int]) -> Reason:
    part = _common(left, right, frequency)
    return Reason(min(4.0 * part, _WORDS_AT_MOST + 0.5) - 0.5, f"上下文相近({part:.2f})")


def _common(left: ComparedFigure, right: ComparedFigure, frequency: Counter[int]) -> float:
    """Return which part of the shorter surroundings the other one has, rare words weighing more."""
    whole = sum(1 / frequency[g] for g in min((left.grams, right.grams), key=len))
    common = set(left.grams).intersection(right.grams) if whole else ()
    return sum(1 / frequency[g] for g in sorted(common)) / whole if whole else 0.0


def _apart_from_words(left: ComparedFigure, right: ComparedFigure) -> list[Reason]:
    of_expo = left.of_expo and right.of_expo
    return [
        *_by_measure(left, right, of_expo=of_expo),
        *_by_subject(fold(left.subject), fold(right.subject)),
        *_by_names(left, right, of_expo=of_expo),
        _by_size(left, right),
    ]


def _by_measure(left: ComparedFigure, right: ComparedFigure, *, of_expo: bool) -> list[Reason]:
    if left.measure and left.measure == right.measure:
        return [Reason(2.0 if of_expo else 1.0, f"同一指标:{left.measure}")]
    return [Reason(-0.8, "指标不同")] if left.measure and right.measure else []


def _by_names(left: ComparedFigure, right: ComparedFigure, *, of_expo: bool) -> list[Reason]:
    reasons = [Reason(1.5, "写在同一事件的报道里")] if _share(left.events, right.events) else []
    if _share(left.names, right.names):
        reasons.append(Reason(1.0, "同一句里有同一名称"))
    elif _share(left.around, right.around):
        reasons.append(Reason(0.6, "同一段里有同一名称"))
    elif not of_expo:
        reasons.append(Reason(-1.2, "所涉名称不同"))
    if left.scope.parts and left.scope.parts == right.scope.parts:
        reasons.append(Reason(0.8, "同为" + "、".join(sorted(left.scope.parts))))
    return reasons


def _by_size(left: ComparedFigure, right: ComparedFigure) -> Reason:
    low, high = sorted((abs(left.value), abs(right.value)))
    if high > 5 * low:
        return Reason(-4.0, "数值相差五倍以上")
    return Reason(-0.6, "数值相差一倍以上") if high > 2 * low else Reason(0.4, "数值相近")


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


def is_rounding(left: ComparedFigure, right: ComparedFigure) -> bool:
    """Tell whether one value is the other one rounded, as its qualifier or its last digit says: 3400多 against 3436, 近800 against 797."""
    small, large = sorted((left, right), key=lambda t: t.value)
    gap = large.value - small.value
    if small.qualifier in _LOW and gap < grain(small.value, small.text):
        return True
    if large.qualifier == "近" and gap < grain(large.value, large.text):
        return True
    if gap <= 0.1 * large.value and "约" in (small.qualifier, large.qualifier):
        return True
    return gap <= 0.05 * large.value and gap <= 0.5 * max(
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
