"""One field of an article made ready to be read: its sentences, clauses, quotation marks and names by position."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from miner.language.editions import edition_in, is_about_expo, names_expo
from miner.language.sentences import sentences
from miner.model import Annotated, LocalEntity, Mention
from miner.offsets import Span

_OPEN = {"“": "”", "「": "」", "『": "』"}
_MARKS = re.compile('[“”「」『』"\n]')
_BRACKET = re.compile(r"[（(][^（()）\n]{0,120}[）)]")
_TITLE = re.compile(r"《[^《》\n]{0,120}》")
_AROUND = 160
"""So many characters of a paragraph on each side of a fact say what it is about."""
_MAX_CONTINUED = 12
"""A quotation reaches over at most so many paragraphs; one left open for longer is closed where its paragraph ends."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Words between quotation marks: `span` without the marks, `outer` with them."""

    span: Span
    outer: Span
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """The text of one field with everything that rules ask of it, worked out once."""

    annotated: Annotated
    name: str
    text: str
    """The field in simplified characters: character for character as printed, so that offsets are the article's."""
    sentences: tuple[Span, ...]
    mentions: tuple[Mention, ...]
    marked: tuple[Marked, ...]
    """Outermost quotations in text order."""
    brackets: tuple[Span, ...]
    titles: tuple[Span, ...]
    """《…》, with the marks."""
    _starts: tuple[int, ...] = field(repr=False)
    _ends: tuple[int, ...] = field(repr=False)
    _mention_starts: tuple[int, ...] = field(repr=False)
    _marked_starts: tuple[int, ...] = field(repr=False)

    @property
    def article_id(self) -> str:
        """The id of the article."""
        return self.annotated.article.id

    def printed(self, span: Span) -> str:
        """Return the characters of a span as the article has them: what facts quote."""
        return span.of(self.annotated.article.text(self.name))

    def edition(self, clause: Span) -> int | None:
        """Return the expo that a fact speaks of: the one its words name, else the article's where they stand in talk of the expo.

        An article that names the expo once, or a digest with one item about it, gives its edition to that paragraph alone.
        """
        named = edition_in(clause.of(self.text))
        article = self.annotated.article
        if named is not None or article.edition is None:
            return named
        start = max(self.text.rfind("\n", 0, clause.start) + 1, clause.start - _AROUND)
        end = self.text.find("\n", clause.end)
        around = self.text[start : min(end if end >= 0 else len(self.text), clause.end + _AROUND)]
        about = names_expo(around) or is_about_expo(article.headline or "", article.body)
        return article.edition if about else None

    def entity(self, mention: Mention) -> LocalEntity:
        """Return the thing that a mention names."""
        return self.annotated.entities[mention.entity]

    def sentence_index(self, at: int) -> int:
        """Return the index of the sentence that holds the character at `at`."""
        return max(bisect_right(self._starts, at) - 1, 0)

    def sentence(self, at: int) -> Span:
        """Return the sentence that holds the character at `at`."""
        return self.sentences[self.sentence_index(at)]

    def within(self, span: Span) -> tuple[Mention, ...]:
        """Return the mentions that lie inside a span."""
        low = bisect_left(self._mention_starts, span.start)
        high = bisect_left(self._mention_starts, span.end)
        return tuple(m for m in self.mentions[low:high] if m.span.end <= span.end)

    def before(self, at: int) -> Iterator[Mention]:
        """Yield the mentions that end at or before `at`, nearest first."""
        index = bisect_right(self._mention_starts, at)
        for mention in reversed(self.mentions[max(index - 60, 0) : index]):
            if mention.span.end <= at:
                yield mention

    def paragraph(self, at: int) -> Span:
        """Return the paragraph that holds the character at `at`, without its line end."""
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        return Span(start, len(self.text) if end < 0 else end)

    def quoted(self, at: int) -> Marked | None:
        """Return the outermost quotation around the character at `at`."""
        index = bisect_right(self._marked_starts, at) - 1
        if index >= 0 and self.marked[index].outer.start <= at < self.marked[index].outer.end:
            return self.marked[index]
        return None

    def bracket(self, at: int) -> Span | None:
        """Return the （…） that holds the character at `at`."""
        index = bisect_right(self.brackets, (at, self._far)) - 1
        if index >= 0 and self.brackets[index].start <= at < self.brackets[index].end:
            return self.brackets[index]
        return None

    def in_bracket(self, at: int) -> bool:
        """Tell whether the character at `at` stands inside （…）."""
        return self.bracket(at) is not None

    def in_title(self, at: int) -> bool:
        """Tell whether the character at `at` stands inside 《…》."""
        index = bisect_right(self.titles, (at, self._far)) - 1
        return index >= 0 and self.titles[index].start <= at < self.titles[index].end

    @property
    def _far(self) -> int:
        return len(self.text) + 1


def quotations(text: str) -> tuple[Marked, ...]:
    """Return the outermost quotations of a text; one that is never closed ends with its paragraph.

    A quotation that runs over several paragraphs opens each of them with a mark and closes only the last.

    >>> [m.span.of("“甲“乙”丙”，“丁") for m in quotations("“甲“乙”丙”，“丁")]
    ['甲“乙”丙', '丁']
    """
    found: list[Marked] = []
    stack: list[tuple[str, int]] = []
    carried = 0
    for hit in _MARKS.finditer(text):
        mark, at = hit.group(), hit.start()
        if mark == "\n":
            if stack and carried < _MAX_CONTINUED and len(stack) == 1 and _goes_on(text, at, stack[0][0]):
                carried += 1
                continue
            if stack:
                start = stack[0][1]
                found.append(Marked(Span(start + 1, at), Span(start, at), False))
            stack, carried = [], 0
        elif mark == '"':
            _toggle(stack, found, at)
        elif mark in _OPEN:
            if len(stack) == 1 and stack[0][0] == mark and text[at - 1 : at] == "\n":
                continue
            stack.append((mark, at))
        elif stack:
            while stack and _OPEN.get(stack[-1][0]) != mark and len(stack) > 1:
                stack.pop()
            if _OPEN.get(stack[-1][0]) == mark:
                start = stack.pop()[1]
                if not stack:
                    found.append(Marked(Span(start + 1, at), Span(start, at + 1)))
                    carried = 0
    if stack:
        start = stack[0][1]
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        found.append(Marked(Span(start + 1, end), Span(start, end), False))
    return tuple(found)


def _goes_on(text: str, line_end: int, mark: str) -> bool:
    # an open quotation goes on when the next paragraph opens with the same mark and some paragraph closes it
    if not text.startswith(mark, line_end + 1):
        return False
    closing = _OPEN.get(mark)
    return closing is not None and text.find(closing, line_end, line_end + 6000) >= 0


def _toggle(stack: list[tuple[str, int]], found: list[Marked], at: int) -> None:
    if stack and stack[-1][0] == '"':
        start = stack.pop()[1]
        if not stack:
            found.append(Marked(Span(start + 1, at), Span(start, at + 1)))
    else:
        stack.append(('"', at))


def passage(annotated: Annotated, name: str) -> Passage:
    """Make one field of an article ready."""
    text = annotated.text.simplified(annotated.text.span(name))
    cut = sentences(text)
    mentions = tuple(m for m in annotated.mentions if m.field == name)
    marked = quotations(text)
    return Passage(
        annotated, name, text, cut, mentions, marked,
        tuple(Span(*m.span()) for m in _BRACKET.finditer(text)),
        tuple(Span(*m.span()) for m in _TITLE.finditer(text)),
        tuple(s.start for s in cut), tuple(s.end for s in cut),
        tuple(m.span.start for m in mentions), tuple(m.outer.start for m in marked),
    )  # fmt: skip
