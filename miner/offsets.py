"""Spans and text maps: where a piece of text lies, and where every character of it came from."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple, overload

_COLUMN_BITS = 32
_COLUMN_MASK = (1 << _COLUMN_BITS) - 1
INSERTED = -1


class Span(NamedTuple):
    """A half-open range of characters.

    >>> Span(2, 5).of("进博会开幕了")
    '会开幕'
    """

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters of `text` that the span covers."""
        return text[self.start : self.end]

    def shifted(self, by: int) -> Span:
        """Return the span moved by `by` characters."""
        return Span(self.start + by, self.end + by)

    def covers(self, other: Span) -> bool:
        """Tell whether `other` lies inside this span (equal spans cover each other)."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


_as_span = partial(tuple.__new__, Span)


def spans_between(bounds: Sequence[int]) -> tuple[Span, ...]:
    """Return the spans between neighbouring bounds, fast enough to be made for every word.

    >>> spans_between([0, 2, 5])
    (Span(start=0, end=2), Span(start=2, end=5))
    """
    return tuple(map(_as_span, pairwise(bounds)))


class Tiles(Sequence[Span]):
    """Neighbouring spans kept as their bounds: a text has hundreds of thousands of words, which few ever look at.

    >>> list(Tiles([0, 2, 5])), len(Tiles([0]))
    ([Span(start=0, end=2), Span(start=2, end=5)], 0)
    """

    __slots__ = ("_bounds",)

    def __init__(self, bounds: Iterable[int]) -> None:
        self._bounds = array("q", bounds)

    def __len__(self) -> int:
        return max(len(self._bounds) - 1, 0)

    @overload
    def __getitem__(self, index: int) -> Span: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Span, ...]: ...
    def __getitem__(self, index: int | slice) -> Span | tuple[Span, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        at = range(len(self))[index]
        return Span(self._bounds[at], self._bounds[at + 1])

    def __iter__(self) -> Iterator[Span]:
        return map(_as_span, pairwise(self._bounds))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tiles) and self._bounds == other._bounds

    def __hash__(self) -> int:
        return hash(self._bounds.tobytes())

    def __repr__(self) -> str:
        return f"Tiles({self._bounds.tolist()})"


class Origin(NamedTuple):
    """The place of one character in its source: 1-based line number, 0-based column."""

    line: int
    column: int


class TextMap:
    """Text that knows for every character where it came from in the source; inserted characters map to None.

    >>> made = TextMap.of_line("进博会", line=3) + TextMap.inserted(" ")
    >>> made.text, made.origin(1), made.origin(3)
    ('进博会 ', Origin(line=3, column=1), None)
    """

    __slots__ = ("origins", "text")

    def __init__(self, text: str, origins: array[int]) -> None:
        if len(text) != len(origins):
            raise ValueError(f"{len(text)} characters but {len(origins)} origins")
        self.text = text
        self.origins = origins

    @classmethod
    def of_line(cls, text: str, *, line: int, column: int = 0) -> TextMap:
        """Map a piece of one source line that starts at `column`."""
        base = (line << _COLUMN_BITS) | column
        return cls(text, array("q", range(base, base + len(text))))

    @classmethod
    def inserted(cls, text: str) -> TextMap:
        """Map characters that stand nowhere in the source."""
        return cls(text, array("q", [INSERTED]) * len(text))

    @classmethod
    def joined(cls, parts: Iterable[TextMap]) -> TextMap:
        """Join parts in order."""
        texts: list[str] = []
        origins = array("q")
        for part in parts:
            texts.append(part.text)
            origins.extend(part.origins)
        return cls("".join(texts), origins)

    def origin(self, index: int) -> Origin | None:
        """Return the source place of the character at `index`, or None when it was inserted."""
        value = self.origins[index]
        return None if value == INSERTED else Origin(value >> _COLUMN_BITS, value & _COLUMN_MASK)

    def __getitem__(self, span: slice) -> TextMap:
        return TextMap(self.text[span], self.origins[span])

    def __add__(self, other: TextMap) -> TextMap:
        return TextMap(self.text + other.text, self.origins + other.origins)

    def __len__(self) -> int:
        return len(self.text)

    def line_spans(self) -> dict[int, Span]:
        """Return for every source line the smallest span of this text that holds all its characters."""
        spans: dict[int, Span] = {}
        for index, value in enumerate(self.origins):
            if value != INSERTED:
                line = value >> _COLUMN_BITS
                old = spans.get(line)
                spans[line] = Span(index, index + 1) if old is None else Span(old.start, index + 1)
        return spans


def stable_id(*values: object) -> str:
    """Return 16 hexadecimal digits that depend on the values alone: the same on every machine and run.

    >>> stable_id("mention", "a1", 3)
    'cfd3cbc2843531dd'
    """
    return hashlib.sha256("\x1f".join(map(str, values)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
