"""Article → figures: numbers that say something, with what they count and what they are compared with."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from miner.language.dates import DateMention
from miner.language.lexicon import alternatives, load_lexicon
from miner.language.numbers import Number, find_numbers
from miner.model import Figure
from miner.offsets import Span
from miner.relate.passage import Passage

_STOP = frozenset("，。；：！？、\n“”‘’（）()《》【】,;:!?…—")
_CODE_BEFORE = re.compile(r"[A-Za-z]{1,12}[ \-]?$")
_LATIN_PREFIX = frozenset({"RMB", "USD", "US", "EUR", "TOP"})
_TELLING = re.compile(r"(?:[达为约]|超过|达到)?[\d.,]+[万亿千百]{0,2}[^\d，]{0,4}$")
"""The figure of the clause before, at the end of what a change is said of: 展位数量达3957个."""
_TERM = 14
"""Characters of the longest term in quotation marks."""
_SMALL = 10
"""Below, numbers in Chinese characters are often no counts: 两种, 三方面."""
_FAR = 2**62
_REMEMBERED = 60
"""Figures of one value that a new one is compared with."""
_OPENING = frozenset("“《「")
_CLOSING = frozenset("”》」")


@dataclass(frozen=True, slots=True)
class Measure:
    """How a normalised measure is told: words of its subject, and the units it may have."""

    name: str
    words: tuple[str, ...]
    units: tuple[str, ...]


@cache
def _measures() -> tuple[Measure, ...]:
    return tuple(Measure(e.name, e.words, e.values) for e in load_lexicon("measures"))


@cache
def _set_phrases() -> re.Pattern[str]:
    entries = load_lexicon("figure_phrases")
    return re.compile(alternatives(word for entry in entries for word in (entry.name, *entry.words)))


@cache
def _words(kind: str) -> tuple[str, ...]:
    found = {w for e in load_lexicon("figure_words") if e.kind == kind for w in (e.name, *e.words)}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def _either(kind: str) -> str:
    return f"(?:{alternatives(_words(kind))})"


@cache
def _grammar(name: str) -> re.Pattern[str]:
    """Return one of the patterns that are made of words."""
    patterns = {
        "ranked": lambda: rf"{_either('rank')} ?$|(?<![{''.join(_words('not_top'))}])前$",
        "moved": lambda: rf"{_either('change')}了?$",
        "abstract": lambda: rf"{_either('abstract_lead')}?{_either('abstract')}",
        "countable": lambda: rf"[^，。；的]{{0,8}}{_either('countable')}",
        "tail": lambda: rf"{_either('tail')}+$",
        "quantity": lambda: rf"{_either('quantity')}+$",
        "predicate": lambda: (
            rf"的(?=[近约超逾上数]|\d)|参展(?![商企品方国])|[和与及]\d|{_either('predicate')}"
        ),
        "comparison": lambda: (
            rf"(?:{_either('against')}[^，。；：\n]{{0,14}}(?:相比)?|[^，。；：\n]{{0,1}}(?:年均|平均每年))?"
            rf"{_either('change')}[^，。；：\n]{{0,6}}$"
        ),
    }
    return re.compile(patterns[name]())


def find_figures(passage: Passage, *, dates: tuple[DateMention, ...] = ()) -> Iterator[Figure]:
    """Yield the figures of one field; a figure said again of the same thing is left out.

    Each takes the time that its sentence names last before it, of those in `dates`.

    What makes a number none: ordinals, parts of model names and codes, names that hold numbers, set phrases, a bare 一.
    """
    text = passage.text
    said: dict[tuple[float | None, str, str], list[str]] = {}
    phrases = [Span(*m.span()) for m in _set_phrases().finditer(text)]
    names = [m.span for m in passage.mentions if m.label != "place"]
    starts = [d.span.start for d in dates]
    for number in find_numbers(text):
        if _covered(number.span, phrases) or _begins_in(number.span, names) or not _counts(passage, number):
            continue
        figure = _figure(passage, number, _time(passage, number.span.start, dates, starts))
        key = (figure.value, figure.unit, figure.qualifier or "")
        context = _context(text, number.span, figure)
        if any(_same_context(context, old) for old in said.get(key, [])[-_REMEMBERED:]):
            continue
        said.setdefault(key, []).append(context)
        yield figure


class _Place(NamedTuple):
    """A number in its text, with the characters beside it."""

    text: str
    number: Number
    before: str
    after: str


def _counts(passage: Passage, number: Number) -> bool:
    """Tell whether a number is a figure, by the characters around it."""
    text, (start, end) = passage.text, number.span
    place = _Place(text, number, text[max(start - 12, 0) : start], text[end : end + 8])
    return not _in_term(passage, number.span) and not any(wrong(place) for wrong in _NO_FIGURES)


def _is_ranked(place: _Place) -> bool:
    """第3家, 前20名, 同比上升7位: a rank."""
    moved = place.number.unit == "位" and _grammar("moved").search(place.before) is not None
    return moved or _grammar("ranked").search(place.before) is not None


def _is_code(place: _Place) -> bool:
    """HDC-6台架, A4座: part of a model's name or a code."""
    before, number = place.before, place.number
    if before[-1:] in tuple("-‐–/～") and before[-2:-1].isalnum():
        return True
    if number.kind == "currency" or number.unit == "%":
        return False
    hit = _CODE_BEFORE.search(before)
    return hit is not None and hit.group().strip(" -").upper() not in _LATIN_PREFIX


def _is_article(place: _Place) -> bool:
    """一家, 两人, 三人一组, 曾四次: a small Chinese number that counts nothing."""
    number, after = place.number, place.after
    if not number.han or number.unit == "%" or number.kind == "currency":
        return False
    value = number.value or 0
    if value in (0, 1) and number.value is not None:
        return True
    if number.weak and value < _SMALL:
        return True
    if number.unit in ("个", "位", "名", "人") and after[:1] in ("一", "人"):
        return True
    return number.unit == "人" and value <= 2


def _is_vague(place: _Place) -> bool:
    """几个, 几家: nothing is told; 几十家 is."""
    number = place.number
    written = number.span.of(place.text)
    return (
        number.han
        and number.value is None
        and "几" in written
        and not any(c in "十百千万亿" for c in written)
    )


def _is_abstract(place: _Place) -> bool:
    """三个方面, 两种资源, 三个“大”: words that structure a speech."""
    number, end = place.number, place.number.span.end
    if not number.han or number.kind != "count" or (number.value or _SMALL) >= _SMALL:
        return False
    if _grammar("abstract").match(place.text, end) is not None:
        return True
    if number.unit == "个" and place.after[:1] in tuple("“「《"):
        return True
    two = number.value == 2 and number.unit in ("种", "头", "条", "个")
    return two and _grammar("countable").match(place.text, end) is None


def _is_class(place: _Place) -> bool:
    """持股5%以上股东: the bound of a class."""
    return place.number.qualifier == "以上" and place.after.startswith(_words("threshold"))


def _is_left_open(place: _Place) -> bool:
    """A magnitude without a unit before Latin letters or digits is part of something else."""
    after = place.after[:1]
    return place.number.unit == "" and after.isascii() and after.isalnum()


_NO_FIGURES = (_is_ranked, _is_code, _is_article, _is_vague, _is_abstract, _is_class, _is_left_open)
"""What makes a number no figure."""


def _covered(span: Span, others: list[Span]) -> bool:
    """Tell whether one of some spans, in order and apart, covers another."""
    index = bisect_right(others, (span.start, _FAR)) - 1
    return index >= 0 and others[index].covers(span)


def _in_term(passage: Passage, span: Span) -> bool:
    """Tell whether a number stands inside a short term in quotation marks: “金融16条”, “百校联百家企业”; “1100万人” counts."""
    marked = passage.quoted(span.start)
    if marked is None or marked.span.start == span.start:
        return False
    words = marked.span.of(passage.text)
    return len(words) <= _TERM and not any(mark in _STOP for mark in words)


def _begins_in(span: Span, others: list[Span]) -> bool:
    """Tell whether one of some spans, in order and apart, covers the first character of another: 李四人民币."""
    index = bisect_right(others, (span.start, _FAR)) - 1
    return index >= 0 and others[index].end > span.start


def _time(passage: Passage, at: int, dates: tuple[DateMention, ...], starts: list[int]) -> str | None:
    index = bisect_left(starts, at) - 1
    if index < 0 or dates[index].span.start < passage.sentence(at).start:
        return None
    return dates[index].date if dates[index].method != "span" else None


def _figure(passage: Passage, number: Number, date: str | None) -> Figure:
    text = passage.text
    sentence = passage.sentence(number.span.start)
    subject, comparison = _subject(text, number, sentence)
    clause = Span(max(sentence.start, number.span.start - 60), min(sentence.end, number.span.end + 40))
    return Figure(
        passage.article_id, passage.name, number.span, passage.printed(number.span), number.value, number.unit,
        number.qualifier, subject, _measure(subject, number, comparison), comparison,
        passage.edition(clause), date,
    )  # fmt: skip


def _subject(text: str, number: Number, sentence: Span) -> tuple[str | None, str | None]:
    """Return what is counted and, for a change, what it is compared with."""
    start, end = number.span
    left = max(sentence.start, start - 60)
    clause_start = max(text.rfind(mark, left, start) for mark in "，。；：\n,;、")
    head = text[max(clause_start + 1, left) : start]
    comparison = None
    hit = _grammar("comparison").search(head)
    if hit is not None:
        comparison = text[start - len(hit.group()) : end].strip()
        head = head[: hit.start()]
        if not head and clause_start > left:
            head = _clause_before(text, clause_start, left)
    follows = _following(text, end, sentence.end) if number.kind == "count" else ""
    if follows:
        return follows, comparison
    head = _grammar("tail").sub("", head).strip("“”‘’《》（）() ")
    return (head[-24:] or None), comparison


def _clause_before(text: str, mark: int, left: int) -> str:
    start = max(text.rfind(other, left, mark) for other in "，。；：\n,;")
    return text[max(start + 1, left) : mark]


def _following(text: str, end: int, limit: int) -> str:
    """Return the noun phrase behind a measure word: 57个国家和地区的近140家企业 → 国家和地区 for the first."""
    stop = end + 1 if text[end : end + 1] in _OPENING else end
    while (
        stop < min(limit, end + 24)
        and (text[stop] not in _STOP or text[stop] in _CLOSING)
        and not text[stop].isspace()
    ):
        stop += 1
    phrase = text[end:stop].lstrip("的")
    if phrase[:1] in _CLOSING:
        return ""
    return _grammar("predicate").split(phrase, maxsplit=1)[0]


def _measure(subject: str | None, number: Number, comparison: str | None) -> str | None:
    """Return the measure that the subject's head names: 企业展展览面积 is one of area, 企业的持股比例 none of companies."""
    percent = number.kind == "percent"
    if subject is None or (percent and not comparison):  # a share of it, not so many of it
        return None
    head = _grammar("tail").sub("", _TELLING.sub("", subject) if comparison else subject)
    heads = (head, _grammar("quantity").sub("", head))
    found = next((m for m in _measures() if _is_measured(m, heads, "%" if percent else number.unit)), None)
    if found is None:
        return None
    return f"{found.name}_change" if comparison and percent else found.name


def _is_measured(measure: Measure, heads: tuple[str, ...], unit: str) -> bool:
    return (not measure.units or unit in measure.units) and any(one.endswith(measure.words) for one in heads)


def _context(text: str, span: Span, figure: Figure) -> str:
    return (
        f"{text[max(span.start - 6, 0) : span.start]}|{text[span.end : span.end + 6]}|{figure.subject or ''}"
    )


def _same_context(one: str, other: str) -> bool:
    """Tell whether two figures of one value speak of the same thing, by what stands around them."""
    before, after, subject = one.split("|", 2)
    before2, after2, subject2 = other.split("|", 2)
    if subject and subject == subject2:
        return True
    if len(after) >= 3 and after[:3] == after2[:3] and (after[0] not in _STOP or after[0] in _OPENING):
        return True
    return len(before) >= 3 and before[-3:] == before2[-3:]
