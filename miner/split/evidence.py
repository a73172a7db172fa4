"""Evidence for the questions that make stories: does a new story begin here, does this piece go on from that one, is
this display line cut off from the one before. Each answer is a row of numbers for a small network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from miner.split.jumps import parse_jump
from miner.split.lines import byline_tail, opening_class
from miner.split.outline import HEAD, Outline
from miner.split.roles import LABELS, Floats
from miner.split.sense import Sense, Vectors
from miner.split.wording import Wording, close_slots, opening_slots

__all__ = [
    "REACH",
    "Hints",
    "boundary_features",
    "cut_features",
    "hints_of",
    "misled",
    "other_measure",
    "resume_features",
    "resume_pairs",
]

_AT = {label: number for number, label in enumerate(LABELS)}
_NONE = np.zeros(len(LABELS), dtype=np.float32)
_BEFORE = 5
"""Paragraphs before a boundary whose wording is compared."""
_DIFFERS, _BOTH_LONG, _EMPTY, _EMPTY_DIFFERS = 1, 3, 24, 28
"""Columns of the evidence for a boundary that speak of another measure."""
_OPENS, _CLOSES, _EMPTY_WORDING = 10, 11, (29, 30)
_WORDING = [_OPENS, _CLOSES, 12, *range(60, 67)]
"""Columns that speak of learned wording."""
_RARE = 0.6
_LAGS = 4
"""So many paragraphs back each paragraph is compared with."""
REACH = 14
"""Pieces back to which a piece may go on."""


@dataclass(slots=True)
class Hints:
    """What wording says of every paragraph: log-odds of opening and of closing a story; weights of shared pairs."""

    wording: Wording
    opens: list[float]
    closes: list[float]
    weight: dict[str, float]
    rare: frozenset[str]
    """Pairs that stand in more than one paragraph though they are rare in general: names, above all."""
    telling: list[tuple[frozenset[str], int]]
    """For every paragraph its weighted pairs, and the number of all its pairs."""
    sense: Sense
    vectors: Vectors
    follow: list[list[float]]
    """`follow[k][i]`: log-odds that paragraph i goes on the story of paragraph i - k - 1; 0 where there is none."""


def hints_of(outline: Outline, wording: Wording, sense: Sense) -> Hints:
    """Ask the wording tables about all paragraphs at once."""
    texts = [paragraph.text for paragraph in outline.paragraphs]
    counts = Counter(chain.from_iterable([paragraph.pairs for paragraph in outline.paragraphs]))
    total = len(texts) + 1
    shared = [pair for pair, count in counts.items() if 1 < count < 0.7 * total]
    rarity = wording.rarity(shared)
    weight = {
        pair: rare * float(np.log(total / counts[pair]))
        for pair, rare in zip(shared, rarity.tolist(), strict=True)
    }
    rare = frozenset(pair for pair, value in zip(shared, rarity.tolist(), strict=True) if value > _RARE)
    known = weight.keys()
    telling = [(frozenset(paragraph.pairs & known), len(paragraph.pairs)) for paragraph in outline.paragraphs]
    openings, closes = opening_slots(texts), close_slots(texts)
    vectors = sense.vectors(texts, openings, closes)
    return Hints(
        wording,
        _clipped(wording.opens(openings)),
        _clipped(wording.closes(closes)),
        weight,
        rare,
        telling,
        sense,
        vectors,
        _follow(sense, vectors),
    )


def _clipped(odds: Floats) -> list[float]:
    clipped: list[float] = np.clip(odds, -6, 6).tolist()
    return clipped


def _follow(sense: Sense, vectors: Vectors) -> list[list[float]]:
    count = len(vectors.means)
    out = np.zeros((_LAGS, count), dtype=np.float32)
    pairs = [(lag, at) for lag in range(1, _LAGS + 1) for at in range(lag, count)]
    if pairs:
        lag, at = np.array(pairs).T
        out[lag - 1, at] = np.clip(sense.follows(vectors, at - lag, at), -8, 8)
    rows: list[list[float]] = out.tolist()
    return rows


def _similar(hints: Hints, one: tuple[frozenset[str], int], other: tuple[frozenset[str], int]) -> float:
    """Weight of the pairs that two texts share, each given as its telling pairs and the number of all its pairs."""
    weight = hints.weight
    return sum([weight[pair] for pair in one[0] & other[0]]) / (4.0 + 0.25 * min(one[1], other[1]))


def boundary_features(outline: Outline, hints: Hints) -> Floats:
    """A row for every paragraph but the first: does a new story begin with it?"""
    tally = _tally(outline)
    rows = [_boundary(outline, hints, index, tally) for index in range(1, len(outline.paragraphs))]
    return np.concatenate([np.array(rows, dtype=np.float32), _marks(outline)], axis=1)


def _marks(outline: Outline) -> Floats:
    """For every paragraph but the first its frame mark, beside how usual frame marks are on the page, and its indent."""
    pieces = outline.paragraphs
    marks = np.array([outline.view.body_marks[piece.rows[0]] > 0 for piece in pieces[1:]], dtype=np.float32)
    opened = np.array([piece.opens for piece in pieces[1:]], dtype=np.float32)
    common = float((marks * opened).sum() / max(1.0, opened.sum()))
    leads = outline.view.lead[[piece.rows[0] for piece in pieces[1:]]]
    return np.stack(
        [np.full(len(marks), common), marks * (1.0 - common), marks * common, leads], axis=1
    ).astype(np.float32)


def _boundary(outline: Outline, hints: Hints, index: int, tally: _Tally) -> list[float]:
    paragraphs = outline.paragraphs
    this, last = paragraphs[index], paragraphs[index - 1]
    empty = float(not outline.runs[index])
    differs = float(this.measure != last.measure)
    tail = float(byline_tail(last.text))
    opening = opening_class(this.text)
    mark = outline.view.body_marks[this.rows[0]]
    opens, closes = hints.opens[index], hints.closes[index - 1]
    return [
        1.0, differs, min(6.0, abs(this.measure - last.measure)), differs * (len(this.rows) > 2 and len(last.rows) > 2),
        tail, float(not last.closes), float(opening == 1), float(opening == 2), float(opening == 3), mark, opens, closes,
        opens + closes, *_habits(outline), 1.0 / len(paragraphs), float(this.opens), float(len(last.rows) == 1), float(len(this.rows) == 1),
        float(outline.view.start[this.rows[0]] == 1), empty, empty * tail, empty * (opening == 1), empty * mark,
        empty * differs, empty * opens, empty * closes,
        *_run_features(outline, outline.runs[index], tally), *_likeness(hints, index), *_goes_on(hints, index),
    ]  # fmt: skip


def other_measure(row: Floats) -> Floats:
    """The evidence of a paragraph that goes on in a measure one wider, as beside a picture."""
    out = row.copy()
    out[_DIFFERS : _BOTH_LONG + 1], out[_EMPTY_DIFFERS] = 1.0, row[_EMPTY]
    return out


def misled(row: Floats, other: Floats) -> Floats:
    """The evidence of a paragraph with what another one's wording says: how it opens, and on what it follows."""
    out = row.copy()
    out[_WORDING] = other[_WORDING]
    for column, sign in zip(_EMPTY_WORDING, (_OPENS, _CLOSES), strict=True):
        out[column] = row[_EMPTY] * other[sign]
    return out


def _habits(outline: Outline) -> list[float]:
    """What the page as a whole does: begins or ends with a head, has bylines, has display lines inside, captions or jumps."""
    if not outline.habits:
        chances, pattern = outline.chances, outline.view.pattern
        ends = [
            float(chances[run][:, HEAD].sum(axis=1).max()) if run else 0.0
            for run in (outline.runs[0], outline.runs[-1])
        ]
        inside = sum([bool(run) for run in outline.runs[1:-1]]) / len(outline.runs)
        outline.habits = [
            *ends,
            ends[0] * (1 - ends[1]),
            float((pattern == 2).any()),
            inside,
            float(((pattern == 1) | (pattern > 3)).any()),
        ]
    return outline.habits


class _Tally(NamedTuple):
    """Chances of every row to be a head, subhead, byline, section, caption, furniture."""

    head: list[float]
    subhead: list[float]
    byline: list[float]
    section: list[float]
    caption: list[float]
    furniture: list[float]


def _tally(outline: Outline) -> _Tally:
    chances = outline.chances
    single = (chances[:, _AT[label]].tolist() for label in "YSCX")
    return _Tally(
        chances[:, HEAD].sum(axis=1).tolist(), (chances[:, _AT["U"]] + chances[:, _AT["u"]]).tolist(), *single
    )


def _run_features(outline: Outline, run: list[int], tally: _Tally) -> list[float]:
    """The display lines between two paragraphs."""
    if not run:
        return [0.0] * 18
    view = outline.view
    first, last, count = run[0], run[-1], len(run)
    heads, subheads, bylines, sections, captions, others = (
        sum([column[row] for row in run]) for column in tally
    )
    jumps = [jump.way for row in run if view.pattern[row] == 1 and (jump := parse_jump(view.rows[row].text))]
    return [
        min(3.0, heads), min(2.0, subheads), min(2.0, bylines), sections, captions, float("to" in jumps), float("from" in jumps),
        others, tally.head[last], tally.head[first], tally.byline[last], tally.byline[first], view.marks[first],
        float(count > 3), float(count == 1) * subheads, heads / count, subheads / count, max([view.marks[row] for row in run]),
    ]  # fmt: skip


def _likeness(hints: Hints, index: int) -> list[float]:
    """How much a paragraph shares with those before it, and with the one after it."""
    telling = hints.telling
    this, last, first = telling[index], telling[index - 1], telling[max(0, index - _BEFORE)]
    before = telling[max(0, index - _BEFORE) : index]
    joined = frozenset().union(*[pairs for pairs, _ in before])
    after = telling[index + 1] if index + 1 < len(telling) else (frozenset[str](), 0)
    near, ahead = _similar(hints, this, last), _similar(hints, this, after)
    whole = _similar(hints, this, (joined, sum([count for _, count in before])))
    rare = this[0] & hints.rare
    back, front = len(rare & joined), len(rare & after[0])
    return [
        near, whole, _similar(hints, this, first), ahead, ahead - near, _similar(hints, after, last), min(8, back),
        float(np.log1p(back)), float(np.log1p(front)), float(back == 0), back / (1 + len(rare)),
    ]  # fmt: skip


def _goes_on(hints: Hints, index: int) -> list[float]:
    """Whether a paragraph follows on those before it, and the next one on it and on the one before it."""
    follow = hints.follow
    back = [row[index] for row in follow[: min(_LAGS, index)]]
    after = index + 1 < len(follow[0])
    return [
        follow[0][index], follow[1][index], follow[2][index], max(back), sum(back) / len(back),
        follow[0][index + 1] if after else 0.0, follow[1][index + 1] if after else 0.0,
    ]  # fmt: skip


def resume_pairs(outline: Outline) -> list[tuple[int, int]]:
    """Pairs (earlier piece, later piece) that could be one paragraph torn apart: the later one may not open a paragraph or
    the earlier one may not be finished."""
    pieces = outline.paragraphs
    loose = [index for index, piece in enumerate(pieces) if piece.stop < 0.97]
    out = []
    for later, piece in enumerate(pieces):
        if later and piece.start < 0.97:
            near = [index for index in loose if later - REACH <= index < later]
            out += [(index, later) for index in near if pieces[index].stop + piece.start < 1.6]
    return out


def resume_features(outline: Outline, hints: Hints, earlier: int, later: int) -> list[float]:
    """Does piece `later` go on where piece `earlier` broke off?"""
    view = outline.view
    one, two = outline.paragraphs[earlier], outline.paragraphs[later]
    last_row, first_row = one.rows[-1], two.rows[0]
    room = float(view.measure[last_row] - view.rows[last_row].wide - view.rows[first_row].unit)
    between = sum([len(outline.paragraphs[index].rows) for index in range(earlier + 1, later)])
    edges = np.array(
        [[ord(char) for char in (one.text[-2:].rjust(2, "。") + two.text[:2].ljust(2, "。"))]],
        dtype=np.uint32,
    )
    bits, triples = hints.wording.affinities(edges)
    affinity, usual = float(bits[0]), float(triples[0])
    opened = one.text.count("“") - one.text.count("”") + one.text.count("《") - one.text.count("》")
    closing = two.text.find("”")
    opening = two.text.find("“")
    return [
        1.0, one.stop, two.start, two.resumed, two.resumed * (later > earlier + 1), float(one.measure == two.measure), min(6.0, abs(one.measure - two.measure)),
        float(np.clip(room, -3, 6)), affinity, affinity * (view.end[last_row] == 0), usual, float(view.counts[one.text[-1] + two.text[0]] > 0),
        float(later == earlier + 1), min(6.0, float(later - earlier)), min(4.0, between / 10), _similar(hints, hints.telling[earlier], hints.telling[later]),
        float(view.start[first_row] == 7), float(view.end[last_row] in (1, 2)), float(view.end[last_row] in (4, 5)),
        float(opened > 0), float(closing >= 0 and (opening < 0 or closing < opening)), hints.opens[later],
        hints.closes[earlier], float(len(outline.runs[later])), float(view.slack[first_row] > 1.4),
        float(abs(view.slack[first_row]) < 0.8), float(view.lead[first_row] > 0), float(np.clip(view.slack[last_row], -3, 6)),
        one.stop + two.start, (1 - one.stop) * (1 - two.start), float(len(one.rows) == 1), float(len(two.rows) == 1),
        hints.follow[later - earlier - 1][later] if later - earlier <= _LAGS else 0.0,
    ]  # fmt: skip


def cut_features(outline: Outline, hints: Hints, match: tuple[Floats, Floats], i: int, j: int) -> list[float]:
    """Is head row `j` the first of a new head, after head row `i` of the same run? `match` holds for both rows how much of
    them each story contains."""
    view, chances = outline.view, outline.chances
    inner = chances[i + 1 : j].sum(axis=0) if j > i + 1 else _NONE
    ci, cj = chances[i], chances[j]
    one, two = view.rows[i].compact, view.rows[j].compact
    match_i, match_j = match
    best_i, best_j = int(match_i.argmax()), int(match_j.argmax())
    parted = view.counts[one[-1] + two[0]]
    opened = sum([one.count(char) for char in "“（《【"]) - sum([one.count(char) for char in "”）》】"])
    wide_i, wide_j = view.rows[i].wide, view.rows[j].wide
    affinity = hints.wording.affinity(one, two)
    same = float(best_i == best_j and match_i[best_i] > 0 and match_j[best_j] > 0)
    return [
        1.0, cj[_AT["h"]], cj[_AT["H"]], cj[_AT["K"]], cj[_AT["T"]], ci[_AT["h"]], ci[_AT["H"]], ci[_AT["K"]], ci[_AT["T"]],
        float(inner[_AT["Y"]]), float(inner[_AT["S"]] + inner[_AT["C"]]), float(inner[_AT["X"]]), float(inner[_AT["J"]]),
        view.marks[j], float(parted > 0), float(parted > 1), same, float((match_i * match_j).max()),
        min(10.0, abs(wide_i - wide_j)), float(abs(wide_i - wide_j) < 1.5), float(one[-1] in "：:，,"),
        float("—" in one[-2:] or "—" in two[:2]), float(max(-1, min(1, opened))), float(len(two) == 1),
        float(len(one) == 1 and len(two) == 1), float(abs(match_i - match_j).max()),
        float((match_i + match_j).max() - max(match_i.max(), match_j.max())), float(wide_i > 16), float(wide_j > 16), float(wide_j < 6),
        1.0 / (1 + len(outline.paragraphs)), affinity, affinity * (wide_i < 16),
        ci[_AT["H"]] * cj[_AT["H"]], ci[_AT["K"]] * cj[_AT["K"]], ci[_AT["K"]] * cj[_AT["H"]], ci[_AT["H"]] * cj[_AT["K"]],
        ci[_AT["T"]] * cj[_AT["H"]], ci[_AT["H"]] * cj[_AT["T"]], (view.blank_style != 1) * min(2.0, float(view.blanks[j])),
        float(match_i.max()), float(match_j.max()), float(i + 1 == j),
    ]  # fmt: skip
