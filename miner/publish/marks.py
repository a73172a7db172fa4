"""Text with its facts marked: names, dates, figures and events as links, quotes as spans, search words as hits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from miner.offsets import Span

_INVISIBLE = (
    *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xAD, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E,
    *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0, *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)  # fmt: skip
_VISIBLE = {code: f"⟨U+{code:04X}⟩" for code in _INVISIBLE} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")

_HIDDEN = re.compile(
    "[" + "".join(re.escape(chr(code)) for code in _INVISIBLE if code < 0x10000) + "\ud800-\udfff]"
)
_HIDDEN_FAR = re.compile("[\U000e0000-\U000e007f]")
"""Apart from the others: with both in one class, Python's re compares every character with every range, ten times slower."""


def visible(text: str) -> str:
    """Return the text with characters that hide or turn text around written out.

    >>> visible("进\\u202e博会\\u200b")
    '进⟨U+202E⟩博会⟨U+200B⟩'
    """
    return text.translate(_VISIBLE) if _HIDDEN.search(text) or _HIDDEN_FAR.search(text) else text


@dataclass(frozen=True, slots=True)
class Mark:
    """Something marked in a text: `kind` is its CSS class, `href` where it leads."""

    span: Span
    kind: str
    href: str = ""
    title: str = ""


def hits(text: str, spans: Iterable[Span]) -> Markup:
    """Return the text with search words in <mark>."""
    parts: list[Markup] = []
    at = 0
    for span in spans:
        if span.start < at:
            continue
        parts += [escape(text[at : span.start]), Markup("<mark>"), escape(span.of(text)), Markup("</mark>")]
        at = span.end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def separate(marks: Iterable[Mark], length: int) -> list[Mark]:
    """Return the marks that do not overlap, in order; of two that do, the one given first wins."""
    taken: list[Mark] = []
    used = bytearray(length)
    for mark in marks:
        start, end = mark.span
        if 0 <= start < end <= length and not any(used[start:end]):
            used[start:end] = b"\x01" * (end - start)
            taken.append(mark)
    return sorted(taken, key=lambda mark: mark.span)


@dataclass(frozen=True, slots=True)
class Marking:
    """All that is marked in a text. Links must not overlap each other, nor quotes each other: see `separate`."""

    links: Sequence[Mark] = ()
    quotes: Sequence[Mark] = ()
    found: Sequence[Span] = ()
    here: Span | None = None
    """The evidence that a reader came to see; it gets the id `here`."""


def paragraphs(text: str, marking: Marking) -> list[Markup]:
    """Return the paragraphs of a text with everything marked."""
    result: list[Markup] = []
    start = 0
    window = _Window(text, marking)
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        result.append(window.render(start, end))
        start = end + 1
    return result


class _Window:
    """Renders stretches of a text from left to right; every mark is looked at once, however long the text."""

    def __init__(self, text: str, marking: Marking) -> None:
        self._text = text
        self._links, self._quotes = _Row(marking.links), _Row(marking.quotes)
        self._found = _Row([Mark(span, "hit") for span in marking.found])
        self._here = _Row([Mark(marking.here, "here")] if marking.here else [])
        self._shown = False

    def render(self, start: int, end: int) -> Markup:
        """Return characters start to end with their marks."""
        parts: list[Markup] = []
        left = start
        while left < end:
            right = min(row.next_edge(left, end) for row in (self._links, self._quotes, self._here))
            inside = [
                Span(max(s.start, left) - left, min(s.end, right) - left)
                for s in self._found.between(left, right)
            ]
            piece = _wrapped(
                hits(self._text[left:right], inside), self._links.covering(left), self._quotes.covering(left)
            )
            parts.append(self._pointed(piece) if self._here.covering(left) else piece)
            left = right
        return Markup("").join(parts)

    def _pointed(self, piece: Markup) -> Markup:
        shape = '<span class="here">{}</span>' if self._shown else '<span class="here" id="here">{}</span>'
        self._shown = True
        return Markup(shape).format(piece)


class _Row:
    """Marks that do not overlap, read from left to right."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks, self._at = marks, 0

    def covering(self, left: int) -> Mark | None:
        """Return the mark that holds the character at `left`; `left` must never go back."""
        while self._at < len(self._marks) and self._marks[self._at].span.end <= left:
            self._at += 1
        mark = self._marks[self._at] if self._at < len(self._marks) else None
        return mark if mark is not None and mark.span.start <= left else None

    def next_edge(self, left: int, end: int) -> int:
        """Return the nearest place after `left` where a mark begins or ends, at most `end`."""
        mark = self.covering(left)
        if mark is not None:
            return min(mark.span.end, end)
        return min(self._marks[self._at].span.start, end) if self._at < len(self._marks) else end

    def between(self, left: int, right: int) -> list[Span]:
        """Return the spans that share characters with left to right."""
        self.covering(left)
        found: list[Span] = []
        at = self._at
        while at < len(self._marks) and self._marks[at].span.start < right:
            found.append(self._marks[at].span)
            at += 1
        return found


def _wrapped(inner: Markup, link: Mark | None, quote: Mark | None) -> Markup:
    if link is not None:
        shape = (
            '<a class="m {0}" href="{1}" title="{2}">{3}</a>'
            if link.href
            else '<span class="m {0}" title="{2}">{3}</span>'
        )
        inner = Markup(shape).format(link.kind, link.href, link.title, inner)
    if quote is not None:
        inner = Markup('<span class="m quote" title="{0}">{1}</span>').format(quote.title, inner)
    return inner


def edited_line(raw: str, edits: str | None) -> Markup:
    """Return a raw line with what restoring dropped struck out and what it put in underlined.

    >>> str(edited_line("进 博会", '[[1, " ", ""]]'))
    '进<del>␣</del>博会'
    """
    parts: list[Markup] = []
    at = 0
    for column, dropped, inserted in _edits(edits):
        if column < at or column > len(raw):
            continue
        parts.append(escape(raw[at:column]))
        if dropped:
            parts.append(
                Markup("<del>{}</del>").format(
                    raw[column : column + len(dropped)].replace(" ", "␣").replace("\u3000", "␣")
                )
            )
        if inserted:
            parts.append(Markup("<ins>{}</ins>").format(inserted.replace(" ", "␣").replace("\n", "¶")))
        at = column + len(dropped)
    parts.append(escape(raw[at:]))
    return Markup("").join(parts)


def _edits(edits: str | None) -> list[tuple[int, str, str]]:
    try:
        found = json.loads(edits) if edits else []
        return sorted(
            (int(column), str(dropped or ""), str(inserted or "")) for column, dropped, inserted in found
        )
    except (ValueError, TypeError):
        return []
