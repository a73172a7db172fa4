"""What readers type into a search box, as an FTS5 expression: words, quoted phrases, OR, exclusion. Never an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from miner.offsets import Span
from miner.publish.index import fts

MAX_CHARS = 300
"""What is typed beyond this is left out: a shorter word finds a superset."""
MAX_WORDS = 24
NOTHING = '"\uf8f2nothing"'
"""An FTS5 expression that finds nothing: FTS5 takes no empty one."""
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "＂": "＂"}
_BREAKS = frozenset("，、；。！？\u3000" + '"“”「」『』＂')
_OR = frozenset({"OR", "ＯＲ", "|", "｜", "||"})
_NOT = frozenset({"NOT", "ＮＯＴ"})
_AND = frozenset({"AND", "ＡＮＤ", "+", "&&"})
_MINUS = "-－−"


@dataclass(frozen=True, slots=True)
class Query:
    """A search: every group must be met by one of its words, and no excluded word may occur."""

    typed: str
    groups: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All words that are wanted, in order, each once."""
        return tuple(dict.fromkeys(word for group in self.groups for word in group))

    def match(self, *marks: str) -> str:
        """Return the FTS5 expression; with marks, every word must also carry one of them (headline, repeated).

        >>> parse("进博会 -上海").match()
        '((("进博" AND "博会")) NOT ("上海"))'
        """
        if not self.groups:
            return NOTHING
        groups = [" OR ".join(_word(word, marks) for word in group) for group in self.groups]
        wanted = " AND ".join(f"({group})" for group in groups)
        if not self.excluded:
            return f"({wanted})"
        return f"({wanted} NOT {' NOT '.join(fts.match_word(word) for word in self.excluded)})"


def _word(word: str, marks: tuple[str, ...]) -> str:
    if not marks:
        return fts.match_word(word)
    return "(" + " OR ".join(fts.match_word(word, mark=mark) for mark in marks) + ")"


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    quoted: bool = False
    minus: bool = False


def parse(typed: str) -> Query:
    """Read what was typed. Words stand apart by blanks or Chinese punctuation; 3M公司 and 1,800 stay whole.

    >>> parse("进博会，上海 “签约 仪式”").groups
    (('进博会',), ('上海',), ('签约 仪式',))
    >>> parse("旭化成 OR 乐高 -玩具").groups, parse("旭化成 OR 乐高 -玩具").excluded
    ((('旭化成', '乐高'),), ('玩具',))
    """
    text = typed[:MAX_CHARS].strip() or typed[:MAX_CHARS]
    read = _Reader([], [])
    for piece in islice(_pieces(text), 4 * MAX_WORDS):
        read.take(piece)
    groups, excluded = read.groups[:MAX_WORDS], read.excluded[:MAX_WORDS]
    if not groups:
        return Query(typed, ((text,),) if text else ())
    return Query(typed, tuple(map(tuple, groups)), tuple(excluded))


@dataclass(slots=True)
class _Reader:
    """What was read so far of a query, and what the last operator says of the next word."""

    groups: list[list[str]]
    excluded: list[str]
    joins: bool = False
    negates: bool = False

    def take(self, piece: _Piece) -> None:
        """Read one more piece."""
        operator = "" if piece.quoted else piece.text
        if operator in _OR | _AND:
            self.joins = bool(self.groups) and operator in _OR
        elif operator in _NOT:
            self.negates = True
        else:
            self._add(piece)
            self.joins = self.negates = False

    def _add(self, piece: _Piece) -> None:
        if piece.minus or self.negates:
            self.excluded.append(piece.text)
        elif self.joins:
            self.groups[-1].append(piece.text)
        else:
            self.groups.append([piece.text])


def _pieces(text: str) -> Iterator[_Piece]:
    position, minus = 0, False
    while position < len(text):
        char = text[position]
        closing = text.find(_QUOTES[char], position + 1) if char in _QUOTES else -1
        if closing > position + 1:
            yield _Piece(text[position + 1 : closing], quoted=True, minus=minus)
            position, minus = closing + 1, False
        elif char in _BREAKS or char.isspace():
            position, minus = position + 1, False
        elif char in _MINUS and _starts_word(text, position):
            position, minus = position + 1, True
        else:
            end = position + 1
            while end < len(text) and not (text[end] in _BREAKS or text[end].isspace()):
                end += 1
            yield _Piece(text[position:end], minus=minus)
            position, minus = end, False


def _starts_word(text: str, position: int) -> bool:
    before = position == 0 or text[position - 1].isspace() or text[position - 1] in _BREAKS
    return before and position + 1 < len(text) and not text[position + 1].isspace()


def escape_fts(typed: str | None) -> str:
    """Return the FTS5 expression for what stands in Datasette's own search box.

    Whatever LIKE would find is found: where a minus could be part of the text, the text itself is looked for too.
    """
    return expression(parse(str(typed or "")))


def expression(query: Query) -> str:
    """Return the query's FTS5 expression, with the typed text itself as an alternative when something is excluded."""
    if not query.excluded:
        return query.match()
    return f"({query.match()} OR {fts.match_word(query.typed[:MAX_CHARS].strip())})"


def find_words(text: str, words: tuple[str, ...], *, limit: int = 2_000) -> list[Span]:
    """Return where the words stand in the text, folded as in the index; spans that touch are joined.

    >>> find_words("第五屆進博會，进博会", ("进博会",))
    [Span(start=3, end=6), Span(start=7, end=10)]
    """
    folded = fts.fold(text)
    places = None if len(folded) == len(text) else [at for at, char in enumerate(text) if fts.fold(char)]
    wanted = sorted({fts.fold(word) for word in words} - {""}, key=len, reverse=True)
    if not wanted:
        return []
    found: list[Span] = []
    for hit in islice(re.finditer("|".join(map(re.escape, wanted)), folded), limit):
        start, end = hit.span()
        span = Span(start, end) if places is None else Span(places[start], places[end - 1] + 1)
        if found and found[-1].end >= span.start:
            span = Span(found.pop().start, span.end)
        found.append(span)
    return found


def bounded(value: object, default: int, most: int) -> int:
    """Return what was typed as a number from 1 to `most`, or the default when it is none.

    >>> bounded("7", 1, 50), bounded("900", 1, 50), bounded("x", 1, 50)
    (7, 50, 1)
    """
    text = str(value or "")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 6 else default


def is_date(text: str) -> bool:
    """Tell whether the text is a year, a month or a day.

    >>> is_date("2022"), is_date("2022-11"), is_date("2022-13"), is_date("")
    (True, True, False, False)
    """
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(text) not in (4, 7, 10):
        return False
    return (
        len(parts[0]) == 4
        and (len(parts) < 2 or "01" <= parts[1] <= "12")
        and (len(parts) < 3 or "01" <= parts[2] <= "31")
    )
