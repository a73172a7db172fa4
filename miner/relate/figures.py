"""Article → figures: numbers that say something, with what they count and what they are compared with."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from miner.language.dates import DateMention
from miner.language.editions import edition_in
from miner.language.lexicon import load_lexicon
from miner.language.numbers import Number, find_numbers
from miner.model import Figure
from miner.offsets import Span
from miner.relate.passage import Passage

_STOP = frozenset("，。；：！？、\n“”‘’（）()《》【】,;:!?…—")
_RANKED = re.compile("(?:第|位列|名列|排名|排在|位居|列第|居第|位次|号|倒计时) ?$")
_CODE_BEFORE = re.compile(r"[A-Za-z]{1,12}[ \-]?$")
_LATIN_PREFIX = frozenset({"RMB", "USD", "US", "EUR", "TOP"})
_COMPARISON = re.compile(
    r"(?:(?:同比|环比|较|比|相较于?|与|和)[^，。；：\n]{0,14}(?:相比)?|[^，。；：\n]{0,1}(?:年均|平均每年))?"
    r"(?:增长|增加|提高|提升|上升|上涨|扩大|下降|减少|降低|下跌|下滑|缩减|压缩|增幅|降幅|增速|多|少|翻|持平)[^，。；：\n]{0,6}$"
)
_ABSTRACT = re.compile(
    "(?:主要|重要|关键|基本|核心)?(?:部分|方面|环节|阶段|关键词|步骤|层面|维度|问题|原因|特点|重点|要点|字|词|大局|转变|梯队|层次|角度|理由|细节|故事|事[，。])"
)
_COUNTABLE = re.compile(
    "[^，。；的]{0,8}(?:项目|国家|地区|展区|展馆|展厅|中心|基地|城市|机构|企业|品牌|产品|平台|协议|工厂|专区|奖)"
)
_VERB_TAIL = re.compile(
    r"(?:已|已经|将|就|也|都|共|共计|总计|合计|累计|一共|总共|达成|达到了?|达|为|是|有|约为|超过|突破|实现|接近|完成|预计|目前|现有|"
    r"近|超|约|逾|至|到|仅|高达|多达|分别|了|的|在|比|占)+$"
)
_PREDICATE = re.compile(
    "的(?=[近约超逾上数]|\\d)|参与|参加|参展(?![商企品方国])|签署|签约|亮相|将|已|在|以|与|来自|通过|共|齐聚|到会|到场|聚集|报名|入场|"
    "前来|集中|集体|悉数|踊跃|成为|落地|入驻|加入|参会"
)
"""Where a noun phrase ends and its verb begins."""
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
    words = {word for entry in load_lexicon("figure_phrases") for word in (entry.name, *entry.words)}
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


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
        if not _counts(text, number) or _covered(number.span, phrases) or _covered(number.span, names):
            continue
        figure = _figure(passage, number, _time(passage, number.span.start, dates, starts))
        key = (figure.value, figure.unit, figure.qualifier or "")
        context = _context(text, number.span, figure)
        if any(_same_context(context, old) for old in said.get(key, [])[-_REMEMBERED:]):
            continue
        said.setdefault(key, []).append(context)
        yield figure


def _counts(text: str, number: Number) -> bool:
    """Tell whether a number is a figure, by the characters around it."""
    start, end = number.span
    before = text[max(start - 12, 0) : start]
    if _RANKED.search(before):
        return False
    if (
        number.han
        and number.unit != "%"
        and number.kind != "currency"
        and (number.value in (0, 1) or number.unit in "股对双道国顶针束包卷杯")
    ):
        return False
    if number.kind != "currency" and number.unit != "%" and (hit := _CODE_BEFORE.search(before)):
        return hit.group().strip(" -").upper() in _LATIN_PREFIX
    if before[-1:] in "-‐–/～" and before[-2:-1].isalnum():
        return False
    after, written = text[end : end + 3], text[start:end]
    if (
        number.han
        and number.value is None
        and "几" in written
        and not any(c in "十百千万亿" for c in written)
    ):
        return False
    if number.han and number.kind == "count" and _ABSTRACT.match(text, end) is not None:
        return False
    if number.han and number.unit == "个" and after[:1] in tuple("“「《"):
        return False  # 三个“大”: words that are talked about, not things that are counted
    if number.han and number.value == 2 and number.unit in "种头条个" and _COUNTABLE.match(text, end) is None:
        return False
    if number.han and number.unit in ("个", "位", "名", "人") and after[:1] in tuple("一人"):
        return False
    return not (number.unit == "人" and number.han and (number.value or 0) <= 2)


def _covered(span: Span, others: list[Span]) -> bool:
    """Tell whether one of some spans, in order and apart, covers another."""
    index = bisect_right(others, (span.start, _FAR)) - 1
    return index >= 0 and others[index].covers(span)


def _time(passage: Passage, at: int, dates: tuple[DateMention, ...], starts: list[int]) -> str | None:
    index = bisect_left(starts, at) - 1
    if index < 0 or dates[index].span.start < passage.sentence(at).start:
        return None
    return dates[index].date if dates[index].method != "span" else None


def _figure(passage: Passage, number: Number, date: str | None) -> Figure:
    text = passage.text
    sentence = passage.sentence(number.span.start)
    subject, comparison = _subject(text, number, sentence)
    clause = text[max(sentence.start, number.span.start - 60) : min(sentence.end, number.span.end + 40)]
    return Figure(
        passage.article_id, passage.name, number.span, passage.printed(number.span), number.value, number.unit,
        number.qualifier, subject, _measure(subject, number, comparison), comparison,
        edition_in(clause) or passage.annotated.article.edition, date,
    )  # fmt: skip


def _subject(text: str, number: Number, sentence: Span) -> tuple[str | None, str | None]:
    """Return what is counted and, for a change, what it is compared with."""
    start, end = number.span
    left = max(sentence.start, start - 60)
    clause_start = max(text.rfind(mark, left, start) for mark in "，。；：\n,;、")
    head = text[max(clause_start + 1, left) : start]
    comparison = None
    hit = _COMPARISON.search(head)
    if hit is not None:
        comparison = text[start - len(hit.group()) : end].strip()
        head = head[: hit.start()]
        if not head and clause_start > left:
            head = _clause_before(text, clause_start, left)
    follows = _following(text, end, sentence.end) if number.kind == "count" else ""
    if follows:
        return follows, comparison
    head = _VERB_TAIL.sub("", head).strip("“”‘’《》（）() ")
    return (head[-24:] or None), comparison


def _clause_before(text: str, mark: int, left: int) -> str:
    start = max(text.rfind(other, left, mark) for other in "，。；：\n,;")
    return text[max(start + 1, left) : mark]


def _following(text: str, end: int, limit: int) -> str:
    """Return the noun phrase behind a measure word: 57个国家和地区的近140家企业 → 国家和地区 for the first."""
    stop = end + 1 if text[end : end + 1] in ("“", "《", "「") else end
    while (
        stop < min(limit, end + 24)
        and (text[stop] not in _STOP or text[stop] in _CLOSING)
        and not text[stop].isspace()
    ):
        stop += 1
    return _PREDICATE.split(text[end:stop].lstrip("的"), maxsplit=1)[0]


def _measure(subject: str | None, number: Number, comparison: str | None) -> str | None:
    if subject is None:
        return None
    unit = "%" if number.kind == "percent" else number.unit
    for measure in _measures():
        if (not measure.units or unit in measure.units) and any(word in subject for word in measure.words):
            return f"{measure.name}_change" if comparison and number.kind == "percent" else measure.name
    return None


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
