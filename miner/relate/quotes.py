"""Article → quotes: words with a speaker, in quotation marks or reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from miner.language.lexicon import alternatives
from miner.model import Mention, Quote
from miner.offsets import Span
from miner.relate.passage import Passage, QuotedWords
from miner.relate.speakers import Speaker, either, is_interviewer, named, reporting, speaker_before

_INNER_MARKS = frozenset("，。！？；：,!?;…")
_FINAL = frozenset("。！？!?")
_MIN_WORDS = 4
_MIN_REPORTED = 5
_MAX_CUES = 40
"""Verbs looked at in one sentence."""
_LOOK_BACK = 160
"""A verb is looked for at most so many characters before or behind a quotation."""
_SEEN_BY = re.compile(r"[在用](?P<who>[^，。；：！？\n“”在]{1,60}?)(?:看来|的话来?说|的话讲)")
_TURN = re.compile(r"(?m)^(?P<who>[^，。！？；：:\n“”]{1,30})[：:](?P<words>[^\n]{4,})$")
_PAUSE = frozenset("，：,:")
_COUNTED = re.compile("[0-9一二三四五多几这那各][份条项点种]$")
_DASH = "—"
_STOPS = re.compile("[。！？；“\n]")
_TO_COLON = re.compile("(?:了|到|记者|说)?[^，。；\n：:]{0,16}[：:]")
_NO_REPORT = "的。；、”）\n了过着为“"
"""Behind a verb that may stand without a comma, these say that nothing is reported."""
_CLAUSE_END = "，。：；,:“！\n"
_OPENING = '“「『"'


@dataclass(frozen=True, slots=True)
class Cue:
    """A reporting verb in the text."""

    span: Span
    text: str
    kind: str

    @property
    def strong(self) -> bool:
        """True for a verb before which any noun phrase speaks."""
        return self.text in reporting("strong") or self.text.startswith("告诉") or self.text.endswith("叹道")


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, str]]:
    kinds = {word: kind for kind in ("marked", "bare", "say") for word in reporting(kind)}
    saying = f"(?:{either('saying')})[^，。：:；\n“”]{{0,8}}(?=[：:])"  # 他的回应很干脆：…
    aloud = "[嘲笑叹趣赞喊吼嚷应忆]道(?=[，。：:])"
    return re.compile("|".join(["告诉[^，。：；\n]{1,14}记者", saying, aloud, alternatives(kinds)])), kinds


@cache
def _verb_object() -> re.Pattern[str]:
    """What 表示 expresses when it reports nothing: 表示衷心感谢."""
    return re.compile(f"(?:了|过)?(?:{either('object_lead')})?(?:的)?(?:{either('object')})")


def find_quotes(passage: Passage) -> Iterator[Quote]:
    """Yield the quotes of one field in text order; terms in quotation marks and words without a speaker are none."""
    if not passage.text:
        return
    cues = tuple(_find_cues(passage))
    direct = _direct(passage, cues)
    reported = _reported(passage, cues, direct)
    turns = _turns(passage)
    yield from sorted((*direct, *reported, *turns), key=lambda quote: quote.span)


def _find_cues(passage: Passage) -> Iterator[Cue]:
    pattern, kinds = _cues()
    sentence, seen = -1, 0
    for match in pattern.finditer(passage.text):
        span = Span(*match.span())
        if _is_in_a_word(passage.text, span):
            continue
        index = passage.sentence_index(span.start)
        sentence, seen = index, (seen + 1 if index == sentence else 0)
        if seen < _MAX_CUES and passage.quoted(span.start) is None and not _is_noun(passage.text, span):
            yield Cue(span, match.group(), kinds.get(match.group(), "bare"))


def _is_in_a_word(text: str, span: Span) -> bool:
    """Tell whether 称 or 说 is part of another word: 简称, 小说."""
    if span.end - span.start > 1:
        return False
    beside = text[max(span.start - 1, 0) : span.end], text[span.start : span.end + 1]
    return any(word in reporting("compound") for word in beside if len(word) > 1)


def _is_noun(text: str, span: Span) -> bool:
    """Tell whether a verb is a noun here: 他的介绍, 三点说明; before a colon it still reports."""
    before = text[max(span.start - 2, 0) : span.start]
    if text[span.end : span.end + 1] in ("：", ":"):
        return False
    return before.endswith(tuple(reporting("noun_before"))) or _COUNTED.search(before) is not None


def _is_speech(text: str, marked: QuotedWords) -> bool:
    """Tell whether marked words look like something said rather than a term."""
    words = marked.span.of(text)
    if len(words) >= _MIN_WORDS and (any(c in _INNER_MARKS for c in words) or len(words) >= 12):
        return True
    return len(words) >= 2 and words[-1] in _FINAL


@dataclass(frozen=True, slots=True)
class _Source:
    """Who said marked words, by which verb, and where the naming ends."""

    speaker: Speaker
    cue: Cue | None
    end: int
    behind: bool = False


def _direct(passage: Passage, cues: tuple[Cue, ...]) -> list[Quote]:
    """Find words in quotation marks with a speaker; what goes on after the speaker was named is the same quote."""
    quotes: list[Quote] = []
    named_at = -1
    waiting: list[QuotedWords] = []  # marked words side by side whose speaker is not yet named
    for marked in passage.marked:
        asked, before = _introduced(passage, marked, cues)
        if asked or not _is_said(passage.text, marked, introduced=before is not None):
            continue
        if quotes and named_at >= 0 and _resumes(passage, quotes[-1], marked, before, named_at):
            quotes[-1] = replace(quotes[-1], continued=(*quotes[-1].continued, marked.span))
            continue
        beside = bool(waiting) and marked.outer.start - waiting[-1].outer.end <= 1
        waiting = [*waiting, marked] if beside else [marked]
        source = before or _named_later(passage, marked, cues)
        if source is not None:
            quotes.append(_told(passage, waiting, source))
            named_at = source.end if source.behind else -1
            waiting = []
    return quotes


def _is_said(text: str, marked: QuotedWords, *, introduced: bool) -> bool:
    return _is_speech(text, marked) or (introduced and _is_short_speech(text, marked))


def _told(passage: Passage, parts: list[QuotedWords], source: _Source) -> Quote:
    """Return marked words side by side as one quote."""
    cue = source.cue.text if source.cue else None
    quote = _quote(passage, parts[0].span, source.speaker, cue, True)
    return replace(quote, continued=tuple(part.span for part in parts[1:]))


def _named_later(passage: Passage, marked: QuotedWords, cues: tuple[Cue, ...]) -> _Source | None:
    """Find the speaker behind the words, near them without a verb, or in the report that they close."""
    return (
        _attributed(passage, marked, cues)
        or _nearby(passage, marked)
        or _within_report(passage, marked, cues)
    )


def _within_report(passage: Passage, marked: QuotedWords, cues: tuple[Cue, ...]) -> _Source | None:
    """Give marked words that close a reported sentence to its speaker: 某人说，今年更好，“明年还来。”"""
    text = passage.text
    words, start = marked.span.of(text), marked.outer.start
    if (
        text[start - 1 : start] not in ("，", "；")
        or len(words) < 8
        or not any(mark in words for mark in "，。！？")
    ):
        return None
    if text[marked.outer.end : marked.outer.end + 1] not in ("", *"。；\n"):
        return None
    sentence = passage.sentence(start)
    for cue in _nearest(cues, start, before=True):
        if cue.span.start < sentence.start:
            break
        if cue.kind != "marked" and text[cue.span.end : cue.span.end + 1] in ("，", "：", ":"):
            speaker = speaker_before(passage, cue.span.start, sentence.start, strong=cue.strong)
            return _Source(speaker, cue, cue.span.end) if speaker else None
    return None


def _is_short_speech(text: str, marked: QuotedWords) -> bool:
    """表示“将继续参展”。 is speech when the words close their clause."""
    return len(marked.span.of(text)) >= 5 and text[marked.outer.end : marked.outer.end + 1] in (
        "",
        *"，。；！\n",
    )


def _nearby(passage: Passage, marked: QuotedWords) -> _Source | None:
    """Find the speaker of words without a verb: “…！”某人十分激动。 or 某人信心满满：“…” or a sentence about one person before."""
    text = passage.text
    words = marked.span.of(text)
    start, end = marked.outer
    if words[-1:] not in _FINAL and words[-1:] not in ("，", "…"):
        return None
    before = text[start - 1 : start]
    if before in ("：", ":"):
        sentence = passage.sentence(start - 1)
        people = _people(passage, Span(max(sentence.start, start - 80), start))
        return _Source(named(passage, people[-1], 0.6), None, start) if people else None
    if before not in ("", "\n", "。", "！", "？") or len(words) < 6:
        return None
    if text[end : end + 1] in ("", "\n", "“"):
        return _told_of(passage, marked)
    following = passage.sentence(end)
    people = _people(passage, Span(end, min(following.end, end + 40)))
    if people and not any(mark in text[end : people[0].span.start] for mark in "、“"):
        return _Source(named(passage, people[0], 0.5), None, people[0].span.end, True)
    return None


def _told_of(passage: Passage, marked: QuotedWords) -> _Source | None:
    """Give words in the first person to the one person of the sentence before: 某人算了一笔账。“我们…。”"""
    start = marked.outer.start
    paragraph = passage.paragraph(marked.span.start)
    if start <= paragraph.start or not any(
        word in marked.span.of(passage.text) for word in reporting("first_person")
    ):
        return None
    people = _people(passage, passage.sentence(start - 1))
    if len({person.entity for person in people}) != 1:
        return None
    return _Source(named(passage, people[0], 0.4), None, start)


def _people(passage: Passage, span: Span) -> list[Mention]:
    return [m for m in passage.within(span) if m.label == "person" and not is_interviewer(passage.text, m)]


def _resumes(
    passage: Passage, quote: Quote, marked: QuotedWords, before: _Source | None, named_at: int
) -> bool:
    """Tell whether marked words go on with a quotation whose speaker was named after its first part."""
    if before is not None and (quote.speaker != before.speaker.name or before.end > named_at):
        return False
    text = passage.text
    if "\n" in text[quote.span.end : marked.outer.start] or marked.outer.start < named_at:
        return False
    return text[marked.outer.start - 1] in "，：。,:；" and marked.outer.start - named_at < 200


class _Lead(NamedTuple):
    """What stands directly before quotation marks: where it ends, and whether a comma, colon or dash parts them."""

    end: int
    paused: bool
    colon: bool


def _lead_of(text: str, marked: QuotedWords) -> _Lead:
    at = marked.outer.start
    while at > 0 and text[at - 1] in " 　":
        at -= 1
    end = at
    while end > 0 and text[end - 1] == _DASH:
        end -= 1
    if end == at and at > 0 and text[at - 1] in _PAUSE:
        end = at - 1
    return _Lead(end, end < at, text[at - 1 : at] in ("：", ":"))


def _introduced(passage: Passage, marked: QuotedWords, cues: tuple[Cue, ...]) -> tuple[bool, _Source | None]:
    """Find the verb directly before the marks: X说：“…”, X表示，“…”, X指出“…”. True first: a reporter asks."""
    text = passage.text
    lead = _lead_of(text, marked)
    cue = next((cue for cue in _nearest(cues, lead.end, before=True) if cue.span.end <= lead.end), None)
    if cue is None or not _leads_to(text, cue, marked, lead):
        return False, None
    floor = max(passage.paragraph(cue.span.start).start, passage.sentence(cue.span.start).start)
    speaker = speaker_before(passage, cue.span.start, floor, strong=cue.strong)
    if speaker is None:
        return "记者" in text[max(floor, cue.span.start - 12) : cue.span.start], None
    return False, _Source(speaker, cue, cue.span.end)


def _leads_to(text: str, cue: Cue, marked: QuotedWords, lead: _Lead) -> bool:
    """Tell whether a verb leads to the marked words: directly, over a pause, or over a few words and a colon."""
    tail = text[cue.span.end : lead.end].strip()
    directly = tail in ("", "了", "说", "道", "到") or (lead.paused and tail in ("的", "记者"))
    if not directly and not (lead.colon and len(tail) <= 14):
        return False
    return lead.paused or cue.kind != "say" or _sentence_like(text, marked)


def _sentence_like(text: str, marked: QuotedWords) -> bool:
    words = marked.span.of(text)
    return len(words) >= 8 and any(c in "，。！？" for c in words)


def _attributed(passage: Passage, marked: QuotedWords, cues: tuple[Cue, ...]) -> _Source | None:
    """Find the verb behind the marks: “…，”X说, “…”在X看来."""
    text = passage.text
    start = marked.outer.end
    while text[start : start + 1] in ("，", ",", " ", _DASH) and text[start : start + 1]:
        start += 1
    seen = _SEEN_BY.match(text, start)
    if seen is not None:
        speaker = speaker_before(passage, seen.end("who"), seen.start("who"))
        cue = Cue(Span(seen.end("who"), seen.end()), "看来", "say")
        return _Source(speaker, cue, seen.end(), True) if speaker else None
    if not marked.closed or not _ends_like_speech(text, marked):
        return None
    limit = min(passage.paragraph(marked.outer.end - 1).end, start + _LOOK_BACK)
    stop = _STOPS.search(text, start, limit)
    limit = stop.start() if stop else limit
    for cue in _nearest(cues, start, before=False):
        if cue.span.end > limit:
            break
        speaker = speaker_before(passage, cue.span.start, start, strong=cue.strong)
        if speaker is not None and _closes(text, cue, marked):
            return _Source(speaker, cue, cue.span.end, True)
    return None


def _closes(text: str, cue: Cue, marked: QuotedWords) -> bool:
    """Tell whether a verb behind marked words may speak of them: it ends its clause, or the words were a whole sentence."""
    following = text[cue.span.end : cue.span.end + 1]
    return following in ("", *_CLAUSE_END) or cue.kind == "bare" or text[marked.span.end - 1] in "。！？…"


def _ends_like_speech(text: str, marked: QuotedWords) -> bool:
    """Words that a name follows end with a mark inside (“好，”他说) or are cut off by a comma (“好”，他说)."""
    last = text[marked.span.end - 1 : marked.span.end]
    return (
        last in _INNER_MARKS
        or last == _DASH
        or text[marked.outer.end : marked.outer.end + 1] in ("，", ",", _DASH)
    )


def _nearest(cues: tuple[Cue, ...], at: int, *, before: bool) -> Iterator[Cue]:
    low, high = 0, len(cues)
    while low < high:
        middle = (low + high) // 2
        if cues[middle].span.start < at:
            low = middle + 1
        else:
            high = middle
    chosen = reversed(cues[max(low - 4, 0) : low]) if before else iter(cues[low : low + 6])
    yield from chosen


def _reported(passage: Passage, cues: tuple[Cue, ...], direct: list[Quote]) -> list[Quote]:
    """Find words reported without marks, behind 表示， 认为， 在X看来，."""
    taken = {quote.span.start for quote in direct} | {
        span.start for quote in direct for span in quote.continued
    }
    quotes: list[Quote] = []
    for cue in (*cues, *_views(passage)):
        start = _reported_start(passage.text, cue) if cue.kind != "marked" else None
        if start is None or (passage.text[start] in _OPENING and start + 1 in taken):
            continue
        quote = _report(passage, cue, start)
        if quote is not None:
            quotes.append(quote)
    return _cut_short(passage, sorted(quotes, key=lambda quote: quote.span))


def _report(passage: Passage, cue: Cue, start: int) -> Quote | None:
    """Return what a verb reports from `start` to the end of its sentence, None without a speaker."""
    sentence = passage.sentence(cue.span.start)
    if sentence.end - start < _MIN_REPORTED:
        return None
    speaker = _reporter(passage, cue, sentence)
    if speaker is None:
        return None
    loose = cue.text in reporting("loose") and passage.text[start - 1] not in _PAUSE
    if loose and speaker.entity is None:
        return None
    return _quote(passage, Span(start, sentence.end), speaker, cue.text, False)


def _views(passage: Passage) -> Iterator[Cue]:
    for match in _SEEN_BY.finditer(passage.text):
        if passage.quoted(match.start()) is None:
            yield Cue(Span(match.end("who"), match.end()), "看来", "say")


def _reported_start(text: str, cue: Cue) -> int | None:
    """Return where reported words begin behind a verb, None when the verb does not report."""
    at = cue.span.end
    following = text[at : at + 1]
    if following and following in _PAUSE:
        at += 1
    elif cue.kind != "bare" or following in ("", *_NO_REPORT):
        hit = _TO_COLON.match(text, at) if cue.kind in ("say", "bare") else None
        if hit is None:
            return None
        at = hit.end()
    elif _verb_object().match(text, at) or _is_cue(text, at):
        return None
    while text[at : at + 1] in (" ", "　"):
        at += 1
    return at if at < len(text) and text[at] != "\n" else None


def _is_cue(text: str, at: int) -> bool:
    """Tell whether a second verb follows, which leads to the words: 表示指出，…"""
    second = _cues()[0].match(text, at)
    return second is not None and text[second.end() : second.end() + 1] in tuple(_PAUSE)


def _reporter(passage: Passage, cue: Cue, sentence: Span) -> Speaker | None:
    floor = sentence.start
    if cue.text == "看来":
        floor = max(floor, max(passage.text.rfind(word, floor, cue.span.start) for word in "在用") + 1)
    return speaker_before(passage, cue.span.start, floor, strong=cue.strong)


def _cut_short(passage: Passage, quotes: list[Quote]) -> list[Quote]:
    """End reported words where the next speaker of the same sentence is named; what a speaker says others said is the speaker's."""
    text = passage.text
    result: list[Quote] = []
    for quote in quotes:
        if result and quote.span.start < result[-1].span.end:
            outer = result[-1]
            cut = max(text.rfind(mark, outer.span.start, quote.span.start - 2) for mark in "，；")
            if cut <= outer.span.start:
                if _is_relayed(passage, outer, quote):
                    result[-1] = quote
                continue  # 张三表示，李四认为…: 张三 speaks
            span = Span(outer.span.start, cut)
            result[-1] = replace(outer, span=span, text=passage.printed(span))
        result.append(quote)
    return result


def _is_relayed(passage: Passage, outer: Quote, inner: Quote) -> bool:
    """Tell whether a paper or body only passes on a person's words: 某报提到，李四表示…"""
    entities = passage.annotated.entities
    by_person = outer.entity is not None and entities[outer.entity].label == "person"
    return not by_person and inner.entity is not None and entities[inner.entity].label == "person"


def _turns(passage: Passage) -> list[Quote]:
    """Read the turns of an interview: a paragraph 张三：… without marks is what the person said."""
    quotes = []
    for match in _TURN.finditer(passage.text):
        people = [m for m in passage.within(Span(*match.span("who"))) if m.label == "person"]
        if (
            not people
            or people[-1].span.end != match.end("who")
            or match["words"].lstrip()[:1] in tuple('“「"')
        ):
            continue
        quotes.append(_quote(passage, Span(*match.span("words")), named(passage, people[-1]), None, True))
    return quotes


def _quote(passage: Passage, span: Span, speaker: Speaker, cue: str | None, direct: bool) -> Quote:
    return Quote(
        passage.article_id, passage.name, span, passage.printed(span), direct, cue, speaker.name, speaker.entity,
        confidence=speaker.confidence if direct else round(speaker.confidence * 0.9, 2),
    )  # fmt: skip
