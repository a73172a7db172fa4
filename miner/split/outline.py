"""The outline of a page: its paragraphs and its display lines, after the line roles and before stories are told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from miner.split.features import PageView
from miner.split.roles import LABELS, Floats

__all__ = ["Outline", "Paragraph", "grams_of", "outline", "pairs_of", "presence", "torn_at"]

_INDEX = {label: number for number, label in enumerate(LABELS)}
_BODY = [_INDEX[label] for label in "FMLORr"]
_PARTS = np.array(
    [[label in part for part in ("FMLORr", "FO", "LOr", "Rr")] for label in LABELS], dtype=np.float32
)
"""Sums up chances: of a body line, of one that starts a paragraph, that ends one, that goes on from farther up."""
HEAD = [_INDEX[label] for label in "HhKT"]
_SURE = 0.12
"""Lines are torn apart where a paragraph's start or end is likelier than this: binding decides whether they go on."""
_GOES_ON, _BREAKS_OFF = (0.02, 0.9), 0.05
"""Chances to open as a paragraph does and to go on from farther up, of a piece after a tear; to be finished, of one before."""
_OPEN_ENDS = (0, 8)
"""Classes of line ends: Chinese character, digit or Latin letter."""
_TEXT = 20_000
"""Characters of a paragraph that are looked at."""
_PAIR_OK = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·]{2,3}")


@dataclass(slots=True)
class Paragraph:
    """A paragraph, or a piece of one: its rows, and how likely it opens as a paragraph does, goes on from one farther up,
    and is finished."""

    rows: list[int]
    start: float
    resumed: float
    stop: float
    text: str
    pairs: frozenset[str]
    measure: int

    @property
    def opens(self) -> bool:
        """Whether it rather opens as a paragraph does."""
        return self.start > 0.5

    @property
    def closes(self) -> bool:
        """Whether it is rather finished."""
        return self.stop > 0.5


@dataclass(slots=True)
class Outline:
    """`chances` come from the role model; `runs[k]` are the display rows before paragraph k (the last
    run stands after all paragraphs)."""

    view: PageView
    chances: Floats
    paragraphs: list[Paragraph]
    runs: list[list[int]]
    habits: list[float] = field(default_factory=list)


def outline(view: PageView, chances: Floats) -> Outline:
    """Group body rows into paragraphs and display rows into the runs between them."""
    whole, start, stop, resumed = (chances @ _PARTS).T
    body = whole > 0.5
    start, stop, resumed = start / (whole + 1e-6), stop / (whole + 1e-6), resumed / (whole + 1e-6)
    torn = np.maximum(start, resumed) >= _SURE
    torn[1:] |= stop[:-1] >= _SURE
    orphans = _orphans(view, body, start, stop)
    if orphans.any():
        chances = _displayed(chances, orphans)
        body &= ~orphans
    groups: list[list[int]] = []
    runs: list[list[int]] = [[]]
    for index in range(len(view)):
        if not body[index]:
            runs[-1].append(index)
        elif groups and not torn[index] and groups[-1][-1] == index - 1:
            groups[-1].append(index)
        else:
            groups.append([index])
            runs.append([])
    paragraphs = [
        _paragraph(view, group, (float(start[group[0]]), float(resumed[group[0]]), float(stop[group[-1]])))
        for group in groups
    ]
    return Outline(view, chances, paragraphs, runs)


def torn_at(made: Outline, paragraph: int, row: int) -> Outline:
    """Return the outline with one paragraph torn in two before a row of it."""
    whole = made.paragraphs[paragraph]
    cut = whole.rows.index(row)
    parts = (
        _paragraph(made.view, whole.rows[:cut], (whole.start, whole.resumed, _BREAKS_OFF)),
        _paragraph(made.view, whole.rows[cut:], (*_GOES_ON, whole.stop)),
    )
    paragraphs = [*made.paragraphs[:paragraph], *parts, *made.paragraphs[paragraph + 1 :]]
    runs = [*made.runs[: paragraph + 1], [], *made.runs[paragraph + 1 :]]
    return Outline(made.view, made.chances, paragraphs, runs)


def _orphans(view: PageView, body: npt.NDArray[Any], start: Floats, stop: Floats) -> npt.NDArray[Any]:
    """Lines that open a paragraph, end no sentence, and are followed by a display line or nothing: no paragraph is so."""
    followed = np.append(body[1:], False)
    open_ended = np.isin(view.end, _OPEN_ENDS)
    result: npt.NDArray[Any] = body & (start >= 0.5) & (stop < 0.5) & ~followed & open_ended
    return result


def _displayed(chances: Floats, rows: npt.NDArray[Any]) -> Floats:
    """Share the chances of body labels of these rows out among the others, a head's above all."""
    out = chances.copy()
    out[np.ix_(np.flatnonzero(rows), np.array(_BODY))] = 0.0
    out[np.ix_(np.flatnonzero(rows), np.array(HEAD))] += 0.01
    out[rows] /= out[rows].sum(axis=1, keepdims=True)
    return out


def _paragraph(view: PageView, rows: list[int], edges: tuple[float, float, float]) -> Paragraph:
    text = "".join([view.rows[index].compact for index in rows])[:_TEXT]
    values = view.measure[rows]
    return Paragraph(rows, *edges, text, pairs_of(text), int(values[len(values) // 2]))


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text.

    >>> sorted(pairs_of("进博会"))
    ['博会', '进博']
    """
    return frozenset(map(add, text, text[1:]))


def grams_of(text: str) -> set[str]:
    """The pairs and triples of a display line that hold no mark.

    >>> sorted(grams_of("迎、进博会"))
    ['博会', '进博', '进博会']
    """
    found = {text[i : i + size] for size in (2, 3) for i in range(len(text) - size + 1)}
    return {gram for gram in found if _PAIR_OK.fullmatch(gram)}


def presence(sets: Sequence[frozenset[str]], grams: Sequence[str], texts: Sequence[str]) -> npt.NDArray[Any]:
    """Which gram stands in which paragraph (paragraphs × grams)."""
    out = np.zeros((len(sets), len(grams)), dtype=bool)
    place = {gram: number for number, gram in enumerate(grams)}
    two = {gram for gram in grams if len(gram) == 2}
    three = [(gram, gram[:2], gram[1:], place[gram]) for gram in grams if len(gram) == 3]
    for number, (pairs, text) in enumerate(zip(sets, texts, strict=True)):
        found = [place[gram] for gram in two & pairs]
        found += [at for gram, left, right, at in three if left in pairs and right in pairs and gram in text]
        out[number, found] = True
    return out
