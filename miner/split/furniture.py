"""Furniture that is told before anything else: marks of pages and running heads, also in the middle of a sentence. The splitter
never sees these lines, so text goes on across them; they stay in `article_lines`, with no story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from miner.language.gazetteer import words_of
from miner.language.lexicon import alternatives
from miner.model import Line
from miner.read.pagemarks import is_number, is_page_mark, running_head
from miner.read.paths import day
from miner.split.lines import SENTENCE_ENDS
from miner.split.patterns import CLOSERS

__all__ = ["furniture", "is_imprint", "issue_days"]

_IMPRINT_LINES, _IMPRINT_CHARS = 6, 45
"""Lines that an imprint may have, and characters of each: more is a text."""
_WHOLE = 2
"""Pieces of a running head that leave no doubt."""


def furniture(lines: Sequence[Line], *, marks_only: bool = False) -> frozenset[int]:
    """Return the numbers of the lines that are furniture, among the non-blank lines of a document. With `marks_only` running
    heads are left: a plain article's own line of date and newspaper looks like one.

    >>> lines = [Line(1, "记者来到展台前，看到许多观"), Line(2, "- 3 -"), Line(3, "众驻足品尝。")]
    >>> furniture(lines)
    frozenset({2})
    """
    sure = [_is_sure(line.text, marks_only=marks_only) for line in lines]
    found = set()
    for at, line in enumerate(lines):
        beside = (at > 0 and sure[at - 1]) or (at + 1 < len(lines) and sure[at + 1])
        if sure[at] or (not marks_only and _may_be(line.text) and (beside or _in_a_sentence(lines, at))):
            found.add(line.number)
    if not marks_only:
        found |= _page_numbers(lines, found)
    return frozenset(found)


def is_imprint(texts: Sequence[str]) -> bool:
    """Tell whether lines that no paragraph stands among say only who made a page, or that it holds advertising.

    >>> is_imprint(["本版责编：陈一 林二", "版式设计：周三"]), is_imprint(["二版责编：陈一"]), is_imprint(["图片报道", "太湖之晨"])
    (True, True, False)
    """
    if not 0 < len(texts) <= _IMPRINT_LINES or max(map(len, texts)) > _IMPRINT_CHARS:
        return False
    return _imprint().match(texts[0].strip()) is not None


@cache
def _imprint() -> re.Pattern[str]:
    words = alternatives(words_of("furniture", "imprint"))
    return re.compile(rf"(?:{words})(?:\s*[：:]|$)|.{{1,3}}版责编\s*[：:]")


def _page_numbers(lines: Sequence[Line], found: set[int]) -> set[int]:
    """The other bare numbers of a document, where one is furniture and all of them count pages: each stands alone, one more than
    the one before."""
    numbers = [line for line in lines if is_number(line.text)]
    if not any(line.number in found for line in numbers):
        return set()
    counted = [int(line.text) for line in numbers]
    counts = all(after - before == 1 for before, after in pairwise(counted))
    return {line.number for line in numbers} if counts else set()


def _is_sure(text: str, *, marks_only: bool) -> bool:
    if is_page_mark(text):
        return True
    head = None if marks_only else running_head(text)
    return head is not None and head.pieces >= _WHOLE and bool(head.date or head.page)


def _may_be(text: str) -> bool:
    """Whether a line is a page number, or one piece of a running head."""
    head = None if is_number(text) else running_head(text)
    return is_number(text) or (head is not None and bool(head.newspaper or head.date or head.page))


def _in_a_sentence(lines: Sequence[Line], at: int) -> bool:
    """Whether the line before, past other pieces, ends no sentence, and text stands below: a head does not end so, for a
    line of text is as long as the lines around it."""
    before, after = at - 1, at + 1
    while before >= 0 and _may_be(lines[before].text):
        before -= 1
    while after < len(lines) and _may_be(lines[after].text):
        after += 1
    if before < 1 or after >= len(lines):
        return False
    text, below = lines[before].text.strip(), lines[after].text
    full = len(text) >= 0.8 * len(lines[before - 1].text.strip())
    return full and text[-1] not in SENTENCE_ENDS + CLOSERS and not below[:1].isspace()


def issue_days(lines: Sequence[Line], aside: frozenset[int]) -> tuple[str, ...]:
    """Return the days that the running heads among the lines set aside bear, in order, each once.

    >>> issue_days([Line(1, "浦江晨报 2023年11月8日 A3"), Line(2, "浦江晨报 2023年11月9日 A1")], frozenset({1, 2}))
    ('2023-11-08', '2023-11-09')
    """
    heads = [running_head(line.text) for line in lines if line.number in aside]
    return tuple(dict.fromkeys(found for head in heads if head and head.date and (found := day(*head.date))))
