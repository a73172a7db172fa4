"""Article → quotes: words with a speaker, in quotation marks or reported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from miner.lexicon import load_lexicon
from miner.model import Quote
from miner.offsets import Span
from miner.relate.passage import Marked, Passage
from miner.relate.speakers import Speaker, named, speaker_before

_INNER_MARKS = frozenset("，。！？；：,!?;…")
_MIN_WORDS = 4
_MIN_REPORTED = 5
_MAX_CUES = 40
"""Verbs looked at in one sentence."""
_LOOK_BACK = 160
"""A verb is looked for at most so many characters before or behind a quotation."""
_SEEN_BY = re.compile(r"在(?P<who>[^，。；：！？\n“”在]{1,60})看来")
_TURN = re.compile(r"(?m)^(?P<who>[^，。！？；：:\n“”]{1,30})[：:](?P<words>[^\n]{4,})$")
_VERB_OBJECT = re.compile("(?:了|过)?(?:热烈|衷心|诚挚|诚恳|由衷|亲切|崇高|强烈|坚决|高度|充分|最|深切|深深|极大|浓厚|一致|完全|热忱|明确|十分|非常|大力)?(?:的)?"
                          "(?:感谢|欢迎|祝贺|反对|赞赏|支持|理解|慰问|敬意|肯定|谢意|关注|认可|满意|同意|赞同|遗憾|哀悼|担忧|关切|歉意|兴趣|决心|意见|愿望|意愿|信心|诚意|友好|不满|抗议|谴责|期待|问候|认同|怀疑|质疑|声音|看法)")  # fmt: skip
_NOUN_BEFORE = re.compile("[的和与及、份条项点种]$|发表$|发布$|听取$|作出$|提出$|全球$|接受$")
_BOUND = {
    "称": re.compile("[全简名统号职对堪人昵别俗尊通可代自]称|.称[为号赞作谓]|称得"),
    "说": re.compile("[学小来传再听虽话解评难照按是者如以不么]说|.说[法服辞]|.说不"),
}
"""Where 称 and 说 are parts of other words."""
_STRONG = frozenset(
    {"表示", "认为", "指出", "强调", "称", "说", "透露", "坦言", "介绍", "告诉记者", "宣布", "直言", "介绍说", "补充说", "说道", "解释说"}
)
"""Verbs that hardly ever are anything but reports: a noun phrase before them speaks even when it is unknown."""
_PAUSE = frozenset("，：,:")


@dataclass(frozen=True, slots=True)
class Cue:
    """A reporting verb in the text."""

    span: Span
    text: str
    kind: str


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, str]]:
    kinds = {
        word: entry.kind or "say"
        for entry in load_lexicon("reporting")
        if entry.kind in ("say", "bare", "marked")
        for word in (entry.name, *entry.words)
    }
    words = sorted(map(re.escape, kinds), key=len, reverse=True)
    return re.compile("|".join(words)), kinds


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
        if match.group() in _BOUND and _BOUND[match.group()].match(passage.text, max(match.start() - 1, 0)) is not None:
            continue
        noun = _NOUN_BEFORE.search(passage.text, max(match.start() - 2, 0), match.start()) is not None
        index = passage.sentence_index(match.start())
        sentence, seen = index, (seen + 1 if index == sentence else 0)
        if not noun and seen < _MAX_CUES and passage.quoted(match.start()) is None:
            yield Cue(Span(*match.span()), match.group(), kinds[match.group()])


def _is_speech(text: str, marked: Marked) -> bool:
    """Tell whether marked words look like something said rather than a term."""
    words = marked.span.of(text)
    return len(words) >= _MIN_WORDS and (any(c in _INNER_MARKS for c in words) or len(words) >= 12)


def _direct(passage: Passage, cues: tuple[Cue, ...]) -> list[Quote]:
    text = passage.text
    quotes: list[Quote] = []
    last: tuple[int, int] | None = None  # index in quotes, end of the words that name its speaker
    for marked in passage.marked:
        if not _is_speech(text, marked):
            continue
        before = _introduced(passage, marked, cues)
        behind = None if before is not None else _attributed(passage, marked, cues)
        if last is not None and _resumes(passage, quotes[last[0]], marked, last[1]):
            old = quotes[last[0]]
            if before is None or (old.speaker == before[0].name and before[2] <= last[1]):
                quotes[last[0]] = replace(old, continued=(*old.continued, marked.span))
                continue
        found = before or behind
        if found is None:
            continue
        speaker, cue, end = found
        quotes.append(_quote(passage, marked.span, speaker, cue.text if cue else None, True))
        last = (len(quotes) - 1, end) if behind is not None else None
    return quotes


def _resumes(passage: Passage, quote: Quote, marked: Marked, named_at: int) -> bool:
    """Tell whether marked words go on with a quotation whose speaker was named after its first part."""
    text = passage.text
    if "\n" in text[quote.span.end : marked.outer.start] or marked.outer.start < named_at:
        return False
    return text[marked.outer.start - 1] in "，：。,:；" and marked.outer.start - named_at < 200


def _introduced(passage: Passage, marked: Marked, cues: tuple[Cue, ...]) -> tuple[Speaker, Cue | None, int] | None:
    """Find the verb directly before the marks: X说：“…”, X表示，“…”, X指出“…”."""
    text = passage.text
    at = marked.outer.start
    while at > 0 and text[at - 1] in " 　":
        at -= 1
    paused = at > 0 and text[at - 1] in _PAUSE
    end = at - 1 if paused else at
    for cue in _nearest(cues, end, before=True):
        tail = text[cue.span.end : end]
        if cue.span.end > end:
            continue
        if tail.strip() not in ("", "了", "说", "道", "到", "记者") and not (paused and len(tail) <= 14 and text[at - 1] in "：:"):
            break
        if not paused and cue.kind == "say" and not _sentence_like(text, marked):
            break
        floor = max(passage.paragraph(cue.span.start).start, _sentence_floor(passage, cue.span.start))
        speaker = speaker_before(passage, cue.span.start, floor, strong=cue.text in _STRONG)
        return (speaker, cue, cue.span.end) if speaker else None
    if paused and text[at - 1] in "：:":
        return _named_before_colon(passage, end)
    return None


def _sentence_like(text: str, marked: Marked) -> bool:
    words = marked.span.of(text)
    return len(words) >= 8 and any(c in "，。！？" for c in words)


def _named_before_colon(passage: Passage, end: int) -> tuple[Speaker, Cue | None, int] | None:
    """Read 张三：“…” where a name alone introduces the words."""
    for mention in passage.before(end):
        if mention.span.end == end and mention.label == "person":
            return named(passage, mention), None, end
        break
    return None


def _attributed(passage: Passage, marked: Marked, cues: tuple[Cue, ...]) -> tuple[Speaker, Cue | None, int] | None:
    """Find the verb behind the marks: “…，”X说, “…”在X看来."""
    text = passage.text
    start = marked.outer.end
    while text[start : start + 1] in ("，", ",", " ", "—") and text[start : start + 1]:
        start += 1
    seen = _SEEN_BY.match(text, start)
    if seen is not None:
        speaker = speaker_before(passage, seen.end("who"), seen.start("who"))
        return (speaker, Cue(Span(seen.end("who"), seen.end()), "看来", "say"), seen.end()) if speaker else None
    if text[marked.outer.end - 1 : marked.outer.end] not in ("”", "」", "』", '"') or not _ends_like_speech(text, marked):
        return None
    limit = min(passage.paragraph(marked.outer.end - 1).end, start + _LOOK_BACK)
    stop = re.compile("[。！？；“\n]").search(text, start, limit)
    limit = stop.start() if stop else limit
    for cue in _nearest(cues, start, before=False):
        if cue.span.end > limit:
            break
        ended = text[marked.span.end - 1] in "。！？…"
        if text[cue.span.end : cue.span.end + 1] not in ("", *"，。：；,:“！\n") and cue.kind != "bare" and not ended:
            continue
        speaker = speaker_before(passage, cue.span.start, start, strong=cue.text in _STRONG)
        if speaker is not None:
            return speaker, cue, cue.span.end
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


def _sentence_floor(passage: Passage, at: int) -> int:
    return passage.sentence(at).start


def _reported(passage: Passage, cues: tuple[Cue, ...], direct: list[Quote]) -> list[Quote]:
    """Find words reported without marks, behind 表示， 认为， 在X看来，."""
    text = passage.text
    taken = {quote.span.start for quote in direct} | {span.start for quote in direct for span in quote.continued}
    quotes: list[Quote] = []
    for cue in (*cues, *_views(passage)):
        if cue.kind == "marked":
            continue
        start = _reported_start(text, cue)
        if start is None:
            continue
        sentence = passage.sentence(cue.span.start)
        end = sentence.end
        if end - start < _MIN_REPORTED or (text[start] in "“「『\"" and start + 1 in taken):
            continue
        speaker = _reporter(passage, cue, sentence)
        if speaker is not None:
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
    elif cue.kind != "bare" or text[at : at + 1] in ("", "的", "。", "；", "、", "”", "）", "\n", "了", "过", "着", "为", "“"):
        hit = re.compile("(?:了|到|记者|说)?[^，。；\n：:]{0,16}[：:]").match(text, at) if cue.kind in ("say", "bare") else None
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
        floor = max(floor, passage.text.rfind("在", floor, cue.span.start) + 1)
    return speaker_before(passage, cue.span.start, floor, strong=cue.text in _STRONG)


def _cut_short(passage: Passage, quotes: list[Quote]) -> list[Quote]:
    """End reported words where the next speaker of the same sentence is named."""
    text = passage.text
    result: list[Quote] = []
    for index, quote in enumerate(quotes):
        if index + 1 < len(quotes) and quotes[index + 1].span.start < quote.span.end:
            following = quotes[index + 1].span.start
            cut = max(text.rfind("，", quote.span.start, following - 2), text.rfind("；", quote.span.start, following - 2))
            if cut <= quote.span.start:
                continue
            span = Span(quote.span.start, cut)
            quote = replace(quote, span=span, text=span.of(text))
        result.append(quote)
    return result


def _turns(passage: Passage) -> list[Quote]:
    """Read the turns of an interview: a paragraph 张三：… without marks is what the person said."""
    quotes = []
    for match in _TURN.finditer(passage.text):
        people = [m for m in passage.within(Span(*match.span("who"))) if m.label == "person"]
        if not people or people[-1].span.end != match.end("who") or match["words"].lstrip()[:1] in tuple("“「\""):
            continue
        quotes.append(_quote(passage, Span(*match.span("words")), named(passage, people[-1]), None, True))
    return quotes


def _quote(passage: Passage, span: Span, speaker: Speaker, cue: str | None, direct: bool) -> Quote:
    text = span.of(passage.text)
    return Quote(
        passage.article_id, passage.name, span, text, direct, cue, speaker.name, speaker.entity,
        confidence=speaker.confidence if direct else round(speaker.confidence * 0.9, 2),
    )  # fmt: skip
