"""Pictures for notebooks, as SVG that every browser draws with its own Chinese fonts: a network, values side by side, spans of time."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Picture", "network", "points", "timeline"]

_WIDTH, _HEIGHT, _ROW, _LEFT = 760, 560, 24, 200
_COLOURS = ("#3b6ea5", "#b5402a", "#4f7f3b", "#8a5aa8", "#b8860b", "#2f7f86")
_MOST_NODES = 120
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

    Of very many names those with the most edges are drawn. The layout is the same every time.
    """
    import networkx

    graph = networkx.Graph()
    graph.add_weighted_edges_from((one, other, n) for (one, other), n in sorted(edges.items()))
    kept = sorted(graph, key=lambda name: (-graph.degree(name), name))[:_MOST_NODES]
    graph = graph.subgraph(kept)
    found = networkx.spring_layout(graph, seed=7, k=2.2 / max(1, len(graph)) ** 0.5, iterations=200)
    at = {
        name: (80 + (_WIDTH - 160) * (x + 1) / 2, 24 + (_HEIGHT - 48) * (y + 1) / 2)
        for name, (x, y) in found.items()
    }
    parts = [
        f'<line x1="{at[one][0]:.0f}" y1="{at[one][1]:.0f}" x2="{at[other][0]:.0f}" y2="{at[other][1]:.0f}" '
        f'stroke="#bbb" stroke-width="{min(6, 1 + told["weight"])}"/>'
        for one, other, told in graph.edges(data=True)
    ]
    colours = {
        kind: _COLOURS[i % len(_COLOURS)] for i, kind in enumerate(sorted(set((kinds or {}).values())))
    }
    for name, (x, y) in at.items():
        colour = colours.get((kinds or {}).get(name, ""), _COLOURS[0])
        size = min(12, 3 + graph.degree(name))
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{size}" fill="{colour}"/>')
        parts.append(
            _text(x, y - size - 3, name if len(name) < 16 else name[:15] + "…", 'text-anchor="middle"')
        )
    parts += [_text(8, 16 + 16 * i, f"● {kind}", f'fill="{colours[kind]}"') for i, kind in enumerate(colours)]
    return _svg(parts, _HEIGHT, title)


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
            parts.append(_text(x, y - 9, f"{value:g}{unit}", 'text-anchor="middle" font-size="10"'))
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
        x, end = (_LEFT + 80 + (moment - low) / whole * (_WIDTH - _LEFT - 120) for moment in (first, last))
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
