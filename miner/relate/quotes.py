"""Article → quotes: words with a speaker, in quotation marks or reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from miner.language.lexicon import load_lexicon
from miner.model import Mention, Quote
from miner.offsets import Span
from miner.relate.passage import Marked, Passage
from miner.relate.speakers import Speaker, is_interviewer, named, speaker_before

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
_VERB_OBJECT = re.compile("(?:了|过)?(?:热烈|衷心|诚挚|诚恳|由衷|亲切|崇高|强烈|坚决|高度|充分|最|深切|深深|极大|浓厚|一致|完全|热忱|明确|十分|非常|大力)?(?:的)?"
                          "(?:感谢|欢迎|祝贺|反对|赞赏|支持|理解|慰问|敬意|肯定|谢意|关注|认可|满意|同意|赞同|遗憾|哀悼|担忧|关切|歉意|兴趣|决心|意见|愿望|意愿|信心|诚意|友好|不满|抗议|谴责|期待|问候|认同|怀疑|质疑|声音|看法)")  # fmt: skip
_NOUN_BEFORE = re.compile("[的和与及、份条项点种]$|发表$|听取$|作出$|提出$|全球$|接受$")
_BOUND = {
    "称": re.compile("[全简名统号职对堪人昵别俗尊通可代自]称|.称[为号赞作谓]|称得"),
    "说": re.compile("[学小来传再听虽话解评难照按是者如以不么]说|.说[法服辞]|.说不"),
}
"""Where 称 and 说 are parts of other words."""
_SAYING = "(?:回应|回答|说法|观点|看法|答案|解释|体会|感受|判断|结论|态度|理由)[^，。：:；\n“”]{0,8}(?=[：:])"
"""Nouns of saying that lead to a colon: 他的回应很干脆：…."""
_STRONG = frozenset(
    {
        "表示",
        "认为",
        "指出",
        "强调",
        "称",
        "说",
        "透露",
        "坦言",
        "介绍",
        "告诉记者",
        "宣布",
        "直言",
        "介绍说",
        "补充说",
        "说道",
        "解释说",
    }
)
"""Verbs that hardly ever are anything but reports: a noun phrase before them speaks even when it is unknown."""
_PAUSE = frozenset("，：,:")
_LOOSE = frozenset({"建议", "承认", "称"})
"""Verbs that report without a comma only behind a known name."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A reporting verb in the text."""

    span: Span
    text: str
    kind: str

    @property
    def strong(self) -> bool:
        """True for a verb before which any noun phrase speaks."""
        return self.text in _STRONG or self.text.startswith("告诉")


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, str]]:
    kinds = {
        word: entry.kind or "say"
        for entry in load_lexicon("reporting")
        if entry.kind in ("say", "bare", "marked")
        for word in (entry.name, *entry.words)
    }
    words = sorted(map(re.escape, kinds), key=len, reverse=True)
    return re.compile(
        "|".join(["告诉[^，。：；\n]{1,14}记者", _SAYING, "[嘲笑叹趣赞喊吼嚷应忆]道(?=[，。：:])", *words])
    ), kinds


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
        if (
            match.group() in _BOUND
            and _BOUND[match.group()].match(passage.text, max(match.start() - 1, 0)) is not None
        ):
            continue
        colon = passage.text[match.end() : match.end() + 1] in ("：", ":")
        noun = not colon and _NOUN_BEFORE.search(
            passage.text, max(match.start() - 2, 0), match.start()
        ) is not None  # fmt: skip
        index = passage.sentence_index(match.start())
        sentence, seen = index, (seen + 1 if index == sentence else 0)
        if not noun and seen < _MAX_CUES and passage.quoted(match.start()) is None:
            yield Cue(Span(*match.span()), match.group(), kinds.get(match.group(), "bare"))


def _is_speech(text: str, marked: Marked) -> bool:
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
    text = passage.text
    quotes: list[Quote] = []
    named_at = -1
    waiting: list[Marked] = []  # marked words side by side whose speaker is not yet named
    for marked in passage.marked:
        asked, before = _introduced(passage, marked, cues)
        if asked or not (_is_speech(text, marked) or (before is not None and _is_short_speech(text, marked))):
            continue
        behind = None if before is not None else _attributed(passage, marked, cues)
        if quotes and named_at >= 0 and _resumes(passage, quotes[-1], marked, before, named_at):
            quotes[-1] = replace(quotes[-1], continued=(*quotes[-1].continued, marked.span))
            continue
        source = before or behind or _nearby(passage, marked) or _within_report(passage, marked, cues)
        if source is None:
            if waiting and marked.outer.start - waiting[-1].outer.end > 1:
                waiting.clear()
            waiting.append(marked)
            continue
        parts = (
            [*waiting, marked] if waiting and marked.outer.start - waiting[-1].outer.end <= 1 else [marked]
        )
        waiting.clear()
        quote = _quote(passage, parts[0].span, source.speaker, source.cue.text if source.cue else None, True)
        quotes.append(replace(quote, continued=tuple(part.span for part in parts[1:])))
        named_at = source.end if source.behind else -1
    return quotes


def _within_report(passage: Passage, marked: Marked, cues: tuple[Cue, ...]) -> _Source | None:
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


def _is_short_speech(text: str, marked: Marked) -> bool:
    """表示“将继续参展”。 is speech when the words close their clause."""
    return len(marked.span.of(text)) >= 5 and text[marked.outer.end : marked.outer.end + 1] in (
        "",
        *"，。；！\n",
    )


def _nearby(passage: Passage, marked: Marked) -> _Source | None:
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


_FIRST_PERSON = re.compile("我|咱|你们?|吗？|呢？|啊！")


def _told_of(passage: Passage, marked: Marked) -> _Source | None:
    """Give words in the first person to the one person of the sentence before: 某人算了一笔账。“我们…。”"""
    start = marked.outer.start
    paragraph = passage.paragraph(marked.span.start)
    if start <= paragraph.start or _FIRST_PERSON.search(marked.span.of(passage.text)) is None:
        return None
    people = _people(passage, passage.sentence(start - 1))
    if len({person.entity for person in people}) != 1:
        return None
    return _Source(named(passage, people[0], 0.4), None, start)


def _people(passage: Passage, span: Span) -> list[Mention]:
    return [m for m in passage.within(span) if m.label == "person" and not is_interviewer(passage.text, m)]


def _resumes(passage: Passage, quote: Quote, marked: Marked, before: _Source | None, named_at: int) -> bool:
    """Tell whether marked words go on with a quotation whose speaker was named after its first part."""
    if before is not None and (quote.speaker != before.speaker.name or before.end > named_at):
        return False
    text = passage.text
    if "\n" in text[quote.span.end : marked.outer.start] or marked.outer.start < named_at:
        return False
    return text[marked.outer.start - 1] in "，：。,:；" and marked.outer.start - named_at < 200


def _introduced(passage: Passage, marked: Marked, cues: tuple[Cue, ...]) -> tuple[bool, _Source | None]:
    """Find the verb directly before the marks: X说：“…”, X表示，“…”, X指出“…”. True first: a reporter asks."""
    text = passage.text
    at = marked.outer.start
    while at > 0 and text[at - 1] in " 　":
        at -= 1
    paused = at > 0 and text[at - 1] in _PAUSE
    end = at - 1 if paused else at
    for cue in _nearest(cues, end, before=True):
        if cue.span.end > end:
            continue
        tail = text[cue.span.end : end]
        if tail.strip() not in ("", "了", "说", "道", "到", "记者") and not (
            paused and len(tail) <= 14 and text[at - 1] in "：:"
        ):
            break
        if not paused and cue.kind == "say" and not _sentence_like(text, marked):
            break
        floor = max(passage.paragraph(cue.span.start).start, passage.sentence(cue.span.start).start)
        speaker = speaker_before(passage, cue.span.start, floor, strong=cue.strong)
        if speaker is None:
            return "记者" in text[max(floor, cue.span.start - 12) : cue.span.start], None
        return False, _Source(speaker, cue, cue.span.end)
    return False, None


def _sentence_like(text: str, marked: Marked) -> bool:
    words = marked.span.of(text)
    return len(words) >= 8 and any(c in "，。！？" for c in words)


def _attributed(passage: Passage, marked: Marked, cues: tuple[Cue, ...]) -> _Source | None:
    """Find the verb behind the marks: “…，”X说, “…”在X看来."""
    text = passage.text
    start = marked.outer.end
    while text[start : start + 1] in ("，", ",", " ", "—") and text[start : start + 1]:
        start += 1
    seen = _SEEN_BY.match(text, start)
    if seen is not None:
        speaker = speaker_before(passage, seen.end("who"), seen.start("who"))
        cue = Cue(Span(seen.end("who"), seen.end()), "看来", "say")
        return _Source(speaker, cue, seen.end(), True) if speaker else None
    if text[marked.outer.end - 1 : marked.outer.end] not in ("”", "」", "』", '"') or not _ends_like_speech(
        text, marked
    ):
        return None
    limit = min(passage.paragraph(marked.outer.end - 1).end, start + _LOOK_BACK)
    stop = re.compile("[。！？；“\n]").search(text, start, limit)
    limit = stop.start() if stop else limit
    for cue in _nearest(cues, start, before=False):
        if cue.span.end > limit:
            break
        ended = text[marked.span.end - 1] in "。！？…"
        if (
            text[cue.span.end : cue.span.end + 1] not in ("", *"，。：；,:“！\n")
            and cue.kind != "bare"
            and not ended
        ):
            continue
        speaker = speaker_before(passage, cue.span.start, start, strong=cue.strong)
        if speaker is not None:
            return _Source(speaker, cue, cue.span.end, True)
    return None


def _ends_like_speech(text: str, marked: Marked) -> bool:
    """Words that a name follows end with a mark inside (“好，”他说) or are cut off by a comma (“好”，他说)."""
    last = text[marked.span.end - 1 : marked.span.end]
    return last in _INNER_MARKS or last == "—" or text[marked.outer.end : marked.outer.end + 1] in ("，", ",")


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
    text = passage.text
    taken = {quote.span.start for quote in direct} | {
        span.start for quote in direct for span in quote.continued
    }
    quotes: list[Quote] = []
    for cue in (*cues, *_views(passage)):
        if cue.kind == "marked":
            continue
        start = _reported_start(text, cue)
        if start is None:
            continue
        sentence = passage.sentence(cue.span.start)
        end = sentence.end
        if end - start < _MIN_REPORTED or (text[start] in '“「『"' and start + 1 in taken):
            continue
        speaker = _reporter(passage, cue, sentence)
        if speaker is not None and (
            speaker.entity is not None or cue.text not in _LOOSE or text[start - 1] in _PAUSE
        ):
            quotes.append(_quote(passage, Span(start, end), speaker, cue.text, False))
    return _cut_short(passage, sorted(quotes, key=lambda quote: quote.span))


def _views(passage: Passage) -> Iterator[Cue]:
    for match in _SEEN_BY.finditer(passage.text):
        if passage.quoted(match.start()) is None:
            yield Cue(Span(match.end("who"), match.end()), "看来", "say")


def _reported_start(text: str, cue: Cue) -> int | None:
    """Return where reported words begin behind a verb, None when the verb does not report."""
    at = cue.span.end
    if text[at : at + 1] in _PAUSE and text[at : at + 1]:
        at += 1
    elif cue.kind != "bare" or text[at : at + 1] in (
        "",
        "的",
        "。",
        "；",
        "、",
        "”",
        "）",
        "\n",
        "了",
        "过",
        "着",
        "为",
        "“",
    ):
        hit = (
            re.compile("(?:了|到|记者|说)?[^，。；\n：:]{0,16}[：:]").match(text, at)
            if cue.kind in ("say", "bare")
            else None
        )
        if hit is None:
            return None
        at = hit.end()
    elif _VERB_OBJECT.match(text, at):
        return None
    while text[at : at + 1] in (" ", "　"):
        at += 1
    return at if at < len(text) and text[at] != "\n" else None


def _reporter(passage: Passage, cue: Cue, sentence: Span) -> Speaker | None:
    floor = sentence.start
    if cue.text == "看来":
        floor = max(floor, max(passage.text.rfind(word, floor, cue.span.start) for word in "在用") + 1)
    return speaker_before(passage, cue.span.start, floor, strong=cue.strong)


def _cut_short(passage: Passage, quotes: list[Quote]) -> list[Quote]:
    """End reported words where the next speaker of the same sentence is named."""
    text = passage.text
    result: list[Quote] = []
    for index, quote in enumerate(quotes):
        if index + 1 < len(quotes) and quotes[index + 1].span.start < quote.span.end:
            following = quotes[index + 1].span.start
            cut = max(
                text.rfind("，", quote.span.start, following - 2),
                text.rfind("；", quote.span.start, following - 2),
            )
            if cut <= quote.span.start:
                continue
            span = Span(quote.span.start, cut)
            quote = replace(quote, span=span, text=passage.printed(span))
        result.append(quote)
    return result


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
