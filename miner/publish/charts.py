"""Charts and graphs drawn on the server as SVG: readable without hovering, printable, coloured by the style sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH = 720
_WIDEST = 44
"""No bar is wider."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label on the axis, its value, where it leads."""

    label: str
    value: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """One horizontal bar made of parts, each with its CSS class."""

    label: str
    parts: tuple[tuple[str, int], ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing that appears together with the one in the middle."""

    name: str
    kind: str
    count: int
    href: str


def _svg(
    body: Sequence[Markup], height: float, title: str, width: int = _WIDTH, *, few: bool = False
) -> Markup:
    size = Markup(' width="{}" height="{}"').format(width, round(height)) if few else ""
    return Markup(
        '<div class="chart-box{4}" tabindex="0" role="group" aria-label="{2}"><svg class="chart" viewBox="0 0 {0} {1}"{5} '
        'xmlns="http://www.w3.org/2000/svg">{3}</svg></div>'
    ).format(
        width,
        round(height),
        title,
        Markup("").join(body),
        " wide" if width == _WIDTH else " few" if few else "",
        size,
    )


def _text(x: float, y: float, text: object, css: str = "", anchor: str = "start") -> Markup:
    return Markup(
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{escape(css)}">{escape(text)}</text>'
    )


def _linked(inner: Markup, href: str) -> Markup:
    return Markup(f'<a href="{escape(href)}">{inner}</a>') if href else inner


def nice_ceiling(value: float) -> int:
    """Return a round number at or above the value, for the top of an axis.

    >>> [nice_ceiling(v) for v in (0, 3, 17, 180, 2100)]
    [1, 4, 20, 200, 4000]
    """
    if value <= 1:
        return 1
    power = 10 ** int(math.log10(value))
    return int(next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value))


_ROOM = 84
"""Width that a single bar may take with its label."""


def columns(bars: Sequence[Bar], title: str, *, unit: str = "篇") -> Markup:
    """Draw upright bars with a labelled axis; the highest bars carry their value."""
    if not bars:
        return Markup("")
    left, top, base, height = 44, 28, 182, 210
    size = min(_WIDTH, left + 16 + _ROOM * len(bars))  # a few bars need no wide picture
    top_value = nice_ceiling(max(bar.value for bar in bars))
    step = (size - left - 8) / len(bars)
    parts = [_text(left - 6, 12, unit, "axis", "end")]
    for tick in (0.0, 0.5, 1.0):
        y = base - tick * (base - top)
        shown = tick * top_value
        parts.append(
            Markup('<line class="grid" x1="{0}" x2="{1}" y1="{2:.1f}" y2="{2:.1f}"/>').format(
                left, size - 4, y
            )
        )
        parts.append(
            _text(left - 6, y + 4, f"{shown:,.0f}" if shown == int(shown) else f"{shown:.1f}", "axis", "end")
        )
    valued, width = _peaks(bars, step), min(max(step * 0.76, 0.8), _WIDEST)
    every = max(1, math.ceil(len(bars) * 58 / (size - left)))
    for at, bar in enumerate(bars):
        x, tall = left + at * step, (base - top) * bar.value / top_value
        shape = Markup(
            f'<rect class="bar" x="{x + (step - width) / 2:.1f}" y="{base - tall:.1f}" width="{width:.1f}" height="{tall:.1f}">'
            f"<title>{escape(bar.label)}: {bar.value}</title></rect>"
        )
        parts.append(_linked(shape, bar.href) if bar.value else Markup(""))
        if at in valued:
            parts.append(_text(x + step / 2, base - tall - 4, f"{bar.value:,}", "value", "middle"))
        if at % every == 0:
            parts.append(_text(x + step / 2, base + 16, bar.label, "axis", "middle"))
    return _svg(parts, height, title, size, few=size < _WIDTH)


def _peaks(bars: Sequence[Bar], step: float) -> set[int]:
    """Return the places of the highest bars that stand far enough apart to carry their values."""
    taken: set[int] = set()
    least = max(bar.value for bar in bars) / 4
    for at in sorted(range(len(bars)), key=lambda at: (-bars[at].value, at)):
        room = all(abs(at - other) * step >= 7 * len(f"{bars[at].value:,}") + 10 for other in taken)
        if room and bars[at].value >= max(least, 1):
            taken.add(at)
    return taken


def stacks(rows: Sequence[Stack], title: str, *, width: int = _WIDTH) -> Markup:
    """Draw one horizontal bar a row, its parts side by side, each with its number."""
    if not rows:
        return Markup("")
    left, line = 96, 28
    most = max(sum(value for _, value in row.parts) for row in rows) or 1
    parts: list[Markup] = []
    for at, row in enumerate(rows):
        y, x = 4 + at * line, float(left)
        parts.append(_linked(_text(left - 8, y + 16, row.label, "label", "end"), row.href))
        for kind, value in row.parts:
            span = (width - left - 56) * value / most
            if value:
                parts.append(
                    Markup(
                        f'<rect class="{escape(kind)}" x="{x:.1f}" y="{y}" width="{max(span, 1.5):.1f}" height="20"/>'
                    )
                )
            if span > 9 * len(str(value)):
                parts.append(_text(x + span / 2, y + 15, f"{value:,}", "inside " + kind, "middle"))
            x += span
        parts.append(_text(x + 6, y + 15, f"{sum(value for _, value in row.parts):,}", "value"))
    return _svg(parts, 8 + len(rows) * line, title, width)


_FULL_RING = 12
"""Neighbours that fill the largest ring."""
_LYING = 3
"""Fewer neighbours lie beside the middle, in one row."""


def network(
    name: str, neighbours: Sequence[Neighbour], links: Sequence[tuple[int, int, int]], title: str
) -> Markup:
    """Draw who appears together: the thing in the middle, its neighbours around it, the closer the more often.

    `links` are pairs of neighbours (by place in the list) with the number of articles that name both.
    """
    if not neighbours:
        return Markup("")
    count = len(neighbours)
    full = min(1.0, 0.25 + count / _FULL_RING)  # a few names need no large ring
    wide, high = 275 * full, 178 * full
    middle_x, middle_y = _WIDTH / 2, high + 32
    places = []
    for at in range(count):
        angle = (math.pi if count < _LYING else -math.pi / 2) + 2 * math.pi * at / count
        places.append((middle_x + wide * math.cos(angle), middle_y + high * math.sin(angle)))
    most = neighbours[0].count or 1
    strongest = max((weight for *_, weight in links), default=1)
    parts = [_line("tie", places[i], places[j], 0.5 + 2.5 * weight / strongest) for i, j, weight in links]
    for (x, y), neighbour in zip(places, neighbours, strict=True):
        parts.append(_line("edge", (middle_x, middle_y), (x, y), 1 + 5 * neighbour.count / most))
    for (x, y), neighbour in zip(places, neighbours, strict=True):
        parts.append(_linked(_label(x, y, neighbour), neighbour.href))
    parts.append(_plate(middle_x, middle_y, shorten(name, 14), "centre"))
    return _svg(parts, round(2 * high + 64) if count >= _LYING else 90, title)


def _line(css: str, start: tuple[float, float], end: tuple[float, float], width: float) -> Markup:
    return Markup(
        f'<line class="{css}" x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke-width="{width:.1f}"/>'
    )


def _label(x: float, y: float, neighbour: Neighbour) -> Markup:
    return _plate(x, y, f"{shorten(neighbour.name, 8)} {neighbour.count}", neighbour.kind)


def _plate(x: float, y: float, text: str, css: str) -> Markup:
    width = sum(13 if ord(char) > 0x2000 else 7.5 for char in text) + 18
    x = min(max(x, width / 2 + 2), _WIDTH - width / 2 - 2)
    box = Markup(
        f'<rect class="plate {escape(css)}" x="{x - width / 2:.1f}" y="{y - 13:.1f}" width="{width:.1f}" height="26" rx="13"/>'
    )
    return box + _text(x, y + 4.5, text, "plate-text " + css, "middle")


def shorten(text: str, most: int) -> str:
    """Return at most so many characters, with an ellipsis where some are left out.

    >>> shorten("旭化成（中国）投资有限公司", 6)
    '旭化成（中…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"
