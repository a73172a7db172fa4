"""Pictures for notebooks, as SVG that every browser draws with its own Chinese fonts: a network, values side by side, spans of time."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from miner.publish.archive import number

__all__ = ["Picture", "network", "points", "timeline"]

_WIDTH, _HEIGHT, _ROW, _LEFT = 760, 560, 24, 200
_COLOURS = ("#3b6ea5", "#b5402a", "#4f7f3b", "#8a5aa8", "#b8860b", "#2f7f86")
_MOST_NODES = 90
_LABEL = 12
_FONT = 'font-family="Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif" font-size="12"'


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG; a notebook shows it, and `str` gives it for a file."""

    svg: str

    def _repr_html_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.svg


def _svg(parts: Iterable[str], height: float, title: str) -> Picture:
    about = html.escape(title)
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" role="img" '
        f'aria-label="{about}" {_FONT}><title>{about}</title>{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{html.escape(text)}</text>'


def network(
    edges: Mapping[tuple[str, str], int], kinds: Mapping[str, str] | None = None, *, title: str = ""
) -> Picture:
    """Draw who did how much with whom: names as keys, the number of events as widths; `kinds` colours the names.

    Names that hang together stand together, the largest group first; of very many the rest is left out. The layout is the
    same every time.
    """
    import networkx

    graph = networkx.Graph()
    graph.add_weighted_edges_from((one, other, n) for (one, other), n in sorted(edges.items()))
    at, bottom = _laid_out(graph)
    of = kinds or {}
    colours = {kind: _COLOURS[i % len(_COLOURS)] for i, kind in enumerate(sorted(set(of.values())))}
    lines = [
        _edge(at[one], at[other], told["weight"])
        for one, other, told in graph.edges(data=True)
        if {one, other} <= at.keys()
    ]
    dots = [_dot(name, place, colours.get(of.get(name, ""), _COLOURS[0])) for name, place in at.items()]
    legend = [_text(8 + 70 * i, 14, f"● {kind}", f'fill="{colours[kind]}"') for i, kind in enumerate(colours)]
    return _svg([*lines, *dots, *legend], bottom, title)


def _laid_out(graph: Any) -> tuple[dict[str, tuple[float, float]], float]:
    """Return where the names stand, group by group in rows, and where the last row ends."""
    import networkx

    groups = sorted(networkx.connected_components(graph), key=lambda group: (-len(group), min(group)))
    at: dict[str, tuple[float, float]] = {}
    left, top, tallest = 0.0, 20.0, 0.0
    for group in groups:
        width, height = _room(len(group))
        if left + width > _WIDTH:
            left, top, tallest = 0.0, top + tallest, 0.0
        if at and len(at) + len(group) > _MOST_NODES:
            break
        kept = sorted(group, key=lambda name: (-graph.degree(name), name))[:_MOST_NODES]
        for name, (x, y) in _places(graph.subgraph(kept)).items():
            at[name] = (left + 70 + (width - 140) * x, top + 24 + (height - 50) * y)
        left, tallest = left + width, max(tallest, height)
    return at, top + tallest


def _room(count: int) -> tuple[float, float]:
    """Return the width and height that a group of names takes."""
    if count > 12:
        return _WIDTH, _HEIGHT
    return (_WIDTH / 4, 40 + 36 * count) if count < 4 else (_WIDTH / 2, 90 + 30 * count)


def _places(graph: Any) -> dict[str, tuple[float, float]]:
    """Return where the names of a group stand, from 0 to 1: one above the other, on a circle, or as forces put them."""
    import networkx

    names = sorted(graph)
    if len(names) < 4:
        return {
            name: (0.5 + 0.25 * (at % 2 - 0.5), at / max(1, len(names) - 1)) for at, name in enumerate(names)
        }
    if len(names) <= 12:
        turn = 2 * math.pi / len(names)
        return {
            name: ((1 + math.cos(turn * at)) / 2, (1 + math.sin(turn * at)) / 2)
            for at, name in enumerate(names)
        }
    found = networkx.spring_layout(graph, seed=7, k=3 / len(names) ** 0.5, iterations=200)
    return {name: ((x + 1) / 2, (y + 1) / 2) for name, (x, y) in found.items()}


def _edge(one: tuple[float, float], other: tuple[float, float], weight: int) -> str:
    ends = f'x1="{one[0]:.0f}" y1="{one[1]:.0f}" x2="{other[0]:.0f}" y2="{other[1]:.0f}"'
    return f'<line {ends} stroke="#bbb" stroke-width="{min(6, 1 + weight)}"/>'


def _dot(name: str, place: tuple[float, float], colour: str) -> str:
    x, y = place
    shown = name if len(name) <= _LABEL else name[: _LABEL - 1] + "…"
    return (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" fill="{colour}"><title>{html.escape(name)}</title></circle>'
        + _text(x, y - 8, shown, 'text-anchor="middle" font-size="11"')
    )


def points(rows: Sequence[tuple[str, str, float]], *, title: str = "", unit: str = "") -> Picture:
    """Draw values in rows: (row, who says so, value). Equal values of a row lie on one another, others apart."""
    names = list(dict.fromkeys(row for row, _, _ in rows))
    sayers = list(dict.fromkeys(who for _, who, _ in rows))
    parts = []
    for at, name in enumerate(names):
        y = 40 + at * _ROW * 1.6
        told = [(who, value) for row, who, value in rows if row == name]
        low, high = min(v for _, v in told), max(v for _, v in told)
        parts.append(_text(8, y + 4, name))
        parts.append(f'<line x1="{_LEFT}" y1="{y:.0f}" x2="{_WIDTH - 60}" y2="{y:.0f}" stroke="#ddd"/>')
        for who, value in told:
            share = (value - low) / (high - low) if high > low else 0.5
            x = _LEFT + 20 + share * (_WIDTH - _LEFT - 120)
            colour = _COLOURS[sayers.index(who) % len(_COLOURS)]
            parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" fill="{colour}" fill-opacity=".7"/>')
            parts.append(_text(x, y - 9, f"{number(value)}{unit}", 'text-anchor="middle" font-size="10"'))
    bottom = 40 + len(names) * _ROW * 1.6
    for at, who in enumerate(sayers):
        colour = _COLOURS[at % len(_COLOURS)]
        parts.append(_text(_LEFT + 140 * (at % 4), bottom + 18 * (at // 4), f"● {who}", f'fill="{colour}"'))
    return _svg(parts, bottom + 18 * (1 + len(sayers) // 4), title)


def timeline(rows: Sequence[tuple[str, str, str]], *, title: str = "") -> Picture:
    """Draw what held from when to when: (what, first day, last day), ISO days, months or years; a day is a dot."""
    spans = [(what, _moment(first), _moment(last)) for what, first, last in rows]
    low = min((first for _, first, _ in spans), default=0.0)
    high = max((last for _, _, last in spans), default=1.0)
    whole = max(high - low, 0.1)
    parts = []
    for at, (what, first, last) in enumerate(spans):
        y = 30 + at * _ROW
        x, end = (_LEFT + 80 + (moment - low) / whole * (_WIDTH - _LEFT - 240) for moment in (first, last))
        parts.append(_text(8, y + 4, what if len(what) < 24 else what[:23] + "…"))
        parts.append(
            f'<line x1="{x:.0f}" y1="{y}" x2="{max(end, x + 1):.0f}" y2="{y}" stroke="{_COLOURS[0]}" stroke-width="8" '
            'stroke-linecap="round"/>'
        )
        parts.append(
            _text(
                end + 10,
                y + 4,
                rows[at][1] if rows[at][1] == rows[at][2] else f"{rows[at][1]} – {rows[at][2]}",
                'font-size="10"',
            )
        )
    return _svg(parts, 40 + len(spans) * _ROW, title)


def _moment(day: str) -> float:
    """Return a day as years.

    >>> _moment("2022"), _moment("2022-07")
    (2022.0, 2022.5)
    """
    year, *rest = (int(part) for part in day.split("-") if part.isdigit())
    month, day_of = (*rest, 1, 1)[:2]
    return year + (month - 1) / 12 + (day_of - 1) / 366
