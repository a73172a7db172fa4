"""People: names beside titles and speech, names joined by dots, names in lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from miner.lexicon import load_all
from miner.recognise.fold import fold
from miner.recognise.passage import Found, Passage
from miner.segment import tagged

_HAN = re.compile(r"[\u4e00-\u9fff]")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,10}){1,4}")
_LATIN_DOTTED = re.compile(r"[a-z]\.[\u4e00-\u9fff]{2,6}|[\u4e00-\u9fff]{1,6}·[a-z]\.(?:[\u4e00-\u9fff]{1,8})")
_SPEECH = (
    "表示|介绍|指出|认为|告诉|透露|坦言|强调|说道|说|称|坦承|直言|回忆|解释|补充|谈到|提到|宣布|致辞|发言|分析|建议|呼吁|感叹|感慨|笑着说|希望|"
    "看来|出席|率队|率团|一行|主持|参加|会见|走访|调研|陪同|接受|代表|亲手|带队|受邀|应邀|签署|发布|见证|共同|当选|担任|出任|获|荣获|来到|指着|主张|承认|"
    "对记者|向记者|在接受|在致辞|在会上|也|则|还|特意|手|的"
)
_AFTER_NAME = re.compile(rf"(?:{_SPEECH})")
_SPEAKS = re.compile(r"(?:表示|介绍说|介绍|指出|认为|告诉|透露|坦言|强调|说道|说|坦承|直言|回忆|解释|补充道|补充说|感叹|感慨|呼吁|对记者|向记者|在接受|承认|笑着)")
_NEVER_LAST = frozenset("在是的了和与及说表率等对就将也都为向从到有曾于并则还又因受以被把让给介指认告透称等其、出前上下参会")
_BYLINE = re.compile(r"(?:记者|通讯员|实习生|摄影|摄|文|图|编辑|责编|作者|校对|供图|制图|撰文|来源)[:/|]?\s?$")
_LIST_GAP = re.compile(r"\s?(?:、|和|与|及|以及)\s?")
_FUNCTION_TAGS = frozenset({"v", "p", "c", "d", "u", "uj", "ul", "r", "f", "m", "t", "vn", "vd", "ad", "zg", "y"})


@cache
def _letters(lexicon: str, kind: str) -> frozenset[str]:
    return frozenset(
        fold(char) for entry in load_all().get(lexicon, ()) if entry.kind == kind for word in entry.words for char in word
    )


@cache
def _whole(kind: str) -> frozenset[str]:
    return frozenset(fold(word) for entry in load_all().get("surnames", ()) if entry.kind == kind for word in entry.words)


def find_people(passage: Passage) -> Iterator[Found]:
    """Propose people: after titles, before speech, in lists beside people, and with dots in their names."""
    seen: dict[int, Found] = {}
    for found in (*_after_titles(passage), *_before_speech(passage), *_dotted(passage)):
        old = seen.get(found.start)
        if old is None or found.confidence > old.confidence:
            seen[found.start] = found
    yield from seen.values()
    for found in list(seen.values()):
        yield from _listed(passage, found)


def _after_titles(passage: Passage) -> Iterator[Found]:
    for end, title in passage.titles.items():
        if title.term.sort == "none":
            continue
        at = end
        while at < len(passage.folded) and passage.folded[at] == " ":
            at += 1
        name_end = name_at(passage, at)
        if name_end is not None:
            yield Found(at, name_end, "person", "title", 0.9)


def name_at(passage: Passage, start: int) -> int | None:
    """Return where the person's name that begins at `start` ends, or None when no name begins there."""
    text = passage.folded
    dotted = _DOTTED.match(text, start)
    if dotted and is_foreign(dotted.group()):
        return trim_foreign(passage, start, dotted.end())
    best, best_score = None, 1.0
    for length, base in _lengths(text, start):
        end = start + length
        name = text[start:end]
        if len(name) < length or not all(map(_HAN.match, name)) or name[-1] in _NEVER_LAST and length > 2:
            continue
        if passage.knows(start, end):
            base -= 0.2
        score = base + _tail(passage, end)
        if score > best_score:
            best, best_score = end, score
    return best


def _lengths(text: str, start: int) -> Iterator[tuple[int, float]]:
    """Yield the lengths that a name at this place may have, each with a score for its characters."""
    two, three = text[start : start + 2], text[start : start + 3]
    if two in _whole("compound"):
        yield 3, 0.8
        yield 4, 1.0
    if three in _whole("japanese"):
        yield 4, 0.6
        yield 5, 1.0
    elif two in _whole("japanese"):
        yield 3, 0.6
        yield 4, 1.0
    first = text[start : start + 1]
    if first in _letters("surnames", "common"):
        base = 0.6
    elif first in _letters("surnames", "rare"):
        base = 0.2
    else:
        return
    given = text[start + 1 : start + 3]
    yield 2, base + (0.1 if given[:1] in _letters("names", "given_single") else -0.2)
    if len(given) == 2:
        fit = (given[0] in _letters("names", "given_first")) + (given[1] in _letters("names", "given_last"))
        yield 3, base + 0.2 * fit - 0.1


def _tail(passage: Passage, end: int) -> float:
    """Score how well a name may end here, by what follows."""
    text = passage.folded
    following = text[end : end + 1]
    if not following or not _HAN.match(following):
        return 1.0
    if _AFTER_NAME.match(text, end):
        return 0.9 if passage.edges[end] else 0.8
    ahead = tagged(text[end : end + 6])
    word, tag = ahead.words[0], ahead.tags[0]
    if tag in _FUNCTION_TAGS:
        return 0.7 if len(word) > 1 or passage.edges[end] else 0.3
    return 0.4 if passage.edges[end] else 0.0


def _before_speech(passage: Passage) -> Iterator[Found]:
    words, tags, starts = passage.words
    for match in _SPEAKS.finditer(passage.folded):
        index = passage.word_at(match.start()) - 1
        for back in (0, 1, 2):
            at = index - back
            if at < 0 or not _HAN.match(words[at]):
                break
            start, end = starts[at], match.start()
            if end - start > 4:
                break
            if (start == 0 or not _HAN.match(passage.folded[start - 1]) or tags[at - 1] in _FUNCTION_TAGS) and _is_name(passage, start, end):
                sure = 0.85 if tags[at] == "nr" else 0.7
                if any(words[k] for k in range(at, index + 1) if tags[k] in ("n", "v", "d", "r", "ns") and len(words[k]) > 1):
                    sure = 0.3
                yield Found(start, end, "person", "speech", sure)
                break


def _is_name(passage: Passage, start: int, end: int) -> bool:
    text = passage.folded
    return any(
        length == end - start and score >= 0.5 for length, score in _lengths(text, start)
    ) and not passage.knows(start, end)


def _dotted(passage: Passage) -> Iterator[Found]:
    for match in _DOTTED.finditer(passage.folded):
        start, end = match.span()
        first = match.group().split("·")[0]
        for cut in range(len(first)):
            if passage.edges[start + cut] and is_foreign(passage.folded[start + cut : end]):
                stop = trim_foreign(passage, start + cut, end)
                yield Found(start + cut, stop, "person", "dotted", 0.8)
                break


def is_foreign(name: str) -> bool:
    """Tell whether every part of a dotted name is made of the characters of transliterations.

    >>> is_foreign("马库斯·韦伯"), is_foreign("服务商·静安对接日")
    (True, False)
    """
    letters = _letters("names", "transliteration")
    parts = name.split("·")
    return all(part and sum(char in letters for char in part[:4]) >= min(len(part), 4) - (len(part) > 3) for part in parts)


def trim_foreign(passage: Passage, start: int, end: int) -> int:
    """Return where a dotted name ends: before the first character that no transliteration has, at a word's edge."""
    letters = _letters("names", "transliteration")
    text = passage.folded
    at = text.rindex("·", start, end) + 1
    stop = at
    while stop < end and text[stop] in letters and not (stop > at and _AFTER_NAME.match(text, stop)):
        stop += 1
    return max(stop, min(at + 1, end))


def _listed(passage: Passage, person: Found) -> Iterator[Found]:
    at = person.end
    for _ in range(500):
        gap = _LIST_GAP.match(passage.folded, at)
        if not gap:
            return
        end = name_at(passage, gap.end())
        if end is None:
            return
        yield Found(gap.end(), end, "person", "list", 0.8)
        at = end


def is_byline(passage: Passage, found: Found) -> bool:
    """Tell whether a name stands in a byline or a credit, where it is not part of the story."""
    return bool(_BYLINE.search(passage.folded, max(0, found.start - 8), found.start))
