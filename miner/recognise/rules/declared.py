"""Short names that a text declares itself: 全称（以下简称“X”） and its many spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from miner.language.gazetteer import words_of
from miner.offsets import Span
from miner.recognise.found import Found
from miner.recognise.zones import with_words
from miner.text import AnnotatedText

_DECLARATION = (
    r"[(\[]\s?(?:[^()“”\n]{0,60}?[,;])?(?:<declared where>)?\s?"
    r"[(]?(?:<declares>)[)]?\s?为?[::]?\s?"
    r"(?:[“\"'‘《]([^“”\"'‘’《》()\n]{1,24})[”\"'’》]|([^“”\"()\n,;。、]{2,16}))"
    r"(?:\s?(?:或|、|和)\s?[“\"]([^“”\"()\n]{1,24})[”\"])?"
)
_AND_OTHERS = r"(?:及|与|和)其?(?:<and others>)$"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return with_words(_DECLARATION), with_words(_AND_OTHERS)


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration: the short names and where the full name must end."""

    full_end: int
    names: tuple[Span, ...]


def find_declared(text: AnnotatedText) -> Iterator[Declared]:
    """Yield the declarations of short names in reading order."""
    for match in _patterns()[0].finditer(text.folded):
        spans = [_stripped(text.folded, *match.span(group)) for group in (1, 2, 3) if match.group(group)]
        names = tuple(span for span in spans if _may_be_declared(span.of(text.folded)))
        if names:
            yield Declared(_full_end(text.folded, match.start()), names)


def _stripped(text: str, start: int, end: int) -> Span:
    """Return a stretch without the blanks at its ends."""
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()))


def _may_be_declared(name: str) -> bool:
    """Tell whether a declared word is a name and no word for the parties of a contract (甲方, 本公司)."""
    generic = words_of("company_types", "generic") | words_of("naming", "role", "common", "self")
    return len(name) >= 2 and name not in generic


def _full_end(text: str, end: int) -> int:
    """Return where the full name before a declaration ends: before 及其子公司 and blanks."""
    others = _patterns()[1].search(text, max(0, end - 8), end)
    return len(text[: others.start() if others else end].rstrip(" "))


def declared_names(passage: AnnotatedText, found: list[Found]) -> Iterator[tuple[Found, Found]]:
    """Pair every declared short name with the full name before it, of which it takes the label."""
    by_end = {item.end: item for item in sorted(found, key=lambda item: item.start, reverse=True)}
    for declaration in find_declared(passage):
        full = by_end.get(declaration.full_end)
        if full is not None and full.label in ("enterprise", "organization"):
            for span in declaration.names:
                yield full, Found(span.start, span.end, full.label, "declared", 0.97)
