"""One field of an article made ready to be read: its sentences, clauses, quotation marks and names by position."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from miner.language.editions import edition_in, editions_named, is_about_expo, names_expo
from miner.language.sentences import sentences
from miner.model import Annotated, LocalEntity, Mention
from miner.offsets import Span

_OPEN = {"“": "”", "「": "」", "『": "』"}
_MARKS = re.compile('[“”「」『』"\n]')
_BRACKET = re.compile(r"[（(][^（()）\n]{0,120}[）)]")
_TITLE = re.compile(r"《[^《》\n]{0,120}》")
BACK_THEN = re.compile("(?<![相适])(?:当年|那一?年)(?![龄产])")
"""The year that was spoken of last, which is not the article's own."""
_AROUND = 160
"""So many characters of a paragraph on each side of a fact say what it is about."""
_FAR_CLOSED = 6000
"""Characters behind a line end in which a quotation that goes on must be closed."""
_MAX_CONTINUED = 12
"""A quotation reaches over at most so many paragraphs; one left open for longer is closed where its paragraph ends."""


@dataclass(frozen=True, slots=True)
class QuotedWords:
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
    marked: tuple[QuotedWords, ...]
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
        if named is None and BACK_THEN.search(clause.of(self.text)) is not None:
            before = self.text[self.paragraph(clause.start).start : clause.start]
            return next(reversed([one.number for one in editions_named(before)]), None)
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

    def company_before(self, at: int) -> Mention | None:
        """Return the company that 公司 at a place stands for: the one named last before it, else the only one of the headline."""
        last = next((mention for mention in self.before(at) if mention.label == "enterprise"), None)
        if last is not None:
            return last
        mentions = self.annotated.mentions
        heads = {m.entity: m for m in mentions if m.field == "headline" and m.label == "enterprise"}
        return next(iter(heads.values())) if len(heads) == 1 else None

    def paragraph(self, at: int) -> Span:
        """Return the paragraph that holds the character at `at`, without its line end."""
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        return Span(start, len(self.text) if end < 0 else end)

    def quoted(self, at: int) -> QuotedWords | None:
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


def quotations(text: str) -> tuple[QuotedWords, ...]:
    """Return the outermost quotations of a text; one that is never closed ends with its paragraph.

    A quotation that runs over several paragraphs opens each of them with a mark and closes only the last.

    >>> [m.span.of("“甲“乙”丙”，“丁") for m in quotations("“甲“乙”丙”，“丁")]
    ['甲“乙”丙', '丁']
    """
    reader = _Quotations(text)
    for hit in _MARKS.finditer(text):
        reader.read(hit.group(), hit.start())
    reader.leave(text.find("\n", reader.start) % (len(text) + 1))
    return tuple(reader.found)


@dataclass(slots=True)
class _Quotations:
    """Reads the marks of a text in order; keeps which quotations are open."""

    text: str
    found: list[QuotedWords] = field(default_factory=list)
    stack: list[tuple[str, int]] = field(default_factory=list)
    """The open marks with their places, the outermost first."""
    carried: int = 0
    """Over how many line ends the open quotation went on."""

    @property
    def start(self) -> int:
        """Where the outermost open quotation began; 0 when none is open."""
        return self.stack[0][1] if self.stack else 0

    def read(self, mark: str, at: int) -> None:
        """Take in one mark."""
        if mark == "\n":
            self._line_end(at)
        elif mark == '"':
            self._toggle(at)
        elif mark in _OPEN:
            self._open(mark, at)
        elif self.stack:
            self._close(mark, at)

    def leave(self, end: int) -> None:
        """End the open quotation, if there is one, without a closing mark."""
        if self.stack:
            self.found.append(QuotedWords(Span(self.start + 1, end), Span(self.start, end), False))
        self.stack, self.carried = [], 0

    def _line_end(self, at: int) -> None:
        alone = len(self.stack) == 1
        if alone and self.carried < _MAX_CONTINUED and self._goes_on(at):
            self.carried += 1
        else:
            self.leave(at)

    def _goes_on(self, line_end: int) -> bool:
        # an open quotation goes on when the next paragraph opens with the same mark and some paragraph closes it
        mark = self.stack[0][0]
        if not self.text.startswith(mark, line_end + 1):
            return False
        closing = _OPEN.get(mark)
        return closing is not None and self.text.find(closing, line_end, line_end + _FAR_CLOSED) >= 0

    def _toggle(self, at: int) -> None:
        if not self.stack or self.stack[-1][0] != '"':
            self.stack.append(('"', at))
            return
        self._end(self.stack.pop()[1], at)

    def _open(self, mark: str, at: int) -> None:
        repeated = len(self.stack) == 1 and self.stack[0][0] == mark and self.text[at - 1 : at] == "\n"
        if not repeated:
            self.stack.append((mark, at))

    def _close(self, mark: str, at: int) -> None:
        while len(self.stack) > 1 and _OPEN.get(self.stack[-1][0]) != mark:
            self.stack.pop()
        if _OPEN.get(self.stack[-1][0]) == mark:
            self._end(self.stack.pop()[1], at)
            self.carried = self.carried if self.stack else 0

    def _end(self, start: int, at: int) -> None:
        """Keep a quotation that is closed, if it was the outermost."""
        if not self.stack:
            self.found.append(QuotedWords(Span(start + 1, at), Span(start, at + 1)))


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
