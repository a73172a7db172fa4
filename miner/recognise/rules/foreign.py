"""Foreign names: names with dots, transliterations without one, and where they end."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from miner.language.fold import fold
from miner.language.lexicon import load_all
from miner.language.words import is_common, tagged
from miner.text import AnnotatedText

HAN = re.compile(r"[\u4e00-\u9fff]")
DOTTED = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:[-—][\u4e00-\u9fff]{1,8})?(?:·[\u4e00-\u9fffa-z.]{1,10}(?:-[\u4e00-\u9fff]{1,8})?){1,4}"
)
_SPEECH = (
    "表示|介绍|指出|认为|告诉|透露|坦言|强调|说道|说|称|坦承|直言|回忆|解释|补充|谈到|提到|宣布|致辞|发言|分析|建议|呼吁|感叹|感慨|笑着说|希望|"
    "看来|出席|率队|率团|一行|主持|参加|会见|走访|调研|陪同|接受|代表|亲手|带队|受邀|应邀|签署|发布|见证|共同|当选|担任|出任|获|荣获|来到|指着|主张|承认|"
    "对记者|向记者|在接受|在致辞|在会上|也|则|还|特意|手|的|因|用|后|到|宣布|将|曾|已|从|就|致电|致慰|致辞|致信|致贺|高度|于\\d"
)
_SPEAKING = re.compile(r"来到|来华|来访|说[,:。“道得]|称,|会见|会谈|出席|获得|获悉")
AFTER_NAME = re.compile(rf"(?:{_SPEECH})")
_UNKNOWN = re.compile(r"[\u4e00-\u9fff]{3,7}(?=[,。、(;!?\n]|等|和)")
AFTERTHOUGHT = re.compile(
    r"(?:今天|昨天|昨晚|当晚|今晨|日前|近日|当天|当日|今日|昨日|上午|下午|随后|此前|之后|[说称道时因则亦也将已后曾等])$"
)
"""What may stand between a foreign name and a mark: the name ends before it (佩斯科夫说，)."""
SPEAKS = re.compile(
    r"(?:称(?=[,:“])|答(?=[,:])|回答说|表示|介绍说|介绍|指出|认为|告诉|透露|坦言|强调|说道|说|坦承|直言|回忆|解释|补充道|补充说|感叹|感慨|呼吁|对记者|向记者|在接受|承认|笑着)"
)
FUNCTION_TAGS = frozenset(
    {"v", "p", "c", "d", "u", "uj", "ul", "r", "f", "m", "t", "vn", "vd", "ad", "zg", "y"}
)
NATIVE = re.compile(r"[^的由是在与和了给为一对向从因]{1,4}·[^的由是在与和了给为·]")


@cache
def letters_of(lexicon: str, kind: str) -> frozenset[str]:
    return frozenset(
        fold(char)
        for entry in load_all().get(lexicon, ())
        if entry.kind == kind
        for word in entry.words
        for char in word
    )


@cache
def whole_words(kind: str) -> frozenset[str]:
    return frozenset(
        fold(word) for entry in load_all().get("surnames", ()) if entry.kind == kind for word in entry.words
    )


@lru_cache(maxsize=65536)
def first_word(text: str) -> tuple[str, str]:
    ahead = tagged(text)
    return (ahead.words[0], ahead.tags[0]) if ahead.words else ("", "x")


def is_foreign(name: str) -> bool:
    """Tell whether every part of a dotted name is made of the characters of transliterations.

    >>> is_foreign("马库斯·韦伯"), is_foreign("服务商·静安对接日")
    (True, False)
    """
    letters = letters_of("names", "transliteration")
    *parts, last = re.split("[·—-]", name)
    parts = [part for part in parts if not part.isascii()]
    return (
        all(part and all(char in letters for char in part) for part in parts)
        and last[:1] in letters
        and (last[1:2] in letters or last[1:2] in "说称则表因")
    )


def trim_foreign(passage: AnnotatedText, start: int, end: int) -> int:
    """Return where a dotted name ends: before a title, a verb, or the first character that no transliteration has."""
    text = passage.folded
    at = max(text.rfind("·", start, end), text.rfind("-", start, end)) + 1
    stop = max(_foreign_run(passage, at, end), min(at + 1, end))
    while stop - at > 1 and (
        text[stop - 1] in "则带拿等说称的是了在"
        or (text[stop - 1] in "因用" and HAN.match(text, stop) and not SPEAKS.match(text, stop))
    ):
        stop -= 1
    return stop


def _acts_at(passage: AnnotatedText, offset: int) -> bool:
    """Tell whether an everyday verb of two characters begins at an offset: a foreign name ends before it (莫罗|考察)."""
    if not passage.edges[offset]:
        return False
    index = passage.word_at(offset)
    word = passage.words.words[index]
    return len(word) == 2 and passage.words.tags[index] in ("v", "vn", "vd", "ad") and is_common(word)


def _foreign_run(passage: AnnotatedText, start: int, end: int) -> int:
    """Return the end of the run of transliteration characters that begins at `start`; words tagged as names are not cut."""
    letters, text = letters_of("names", "transliteration"), passage.folded
    words, tags, starts = passage.words
    stop = start
    least = start + (1 if text[start - 1 : start] == "·" else 2)
    while stop < end and text[stop] in letters:
        if stop > start and (
            stop in passage.title_starts or (passage.edges[stop] and AFTER_NAME.match(text, stop))
        ):
            return stop
        if stop >= least and (_SPEAKING.match(text, stop) or _acts_at(passage, stop)):
            return stop
        stop += 1
    if stop >= least and text[stop : stop + 1] in ("说", "称") and not passage.edges[stop]:
        return stop
    index = passage.word_at(max(stop - 1, start))
    word_end = starts[index] + len(words[index])
    if start <= starts[index] < stop < word_end <= end:
        if tags[index].startswith("nr"):
            return word_end - (text[word_end - 1] == "等")
        return max(starts[index], start + 1)
    return stop


def native_dotted(passage: AnnotatedText, dotted: re.Match[str]) -> int | None:
    """Return the end of a name with a dot that is no transliteration (洛桑·旺堆): at the first mark, verb or everyday word behind the dot."""
    at = dotted.start() + dotted.group().rindex("·") + 1
    stop = at
    while stop < min(dotted.end(), at + 5) and passage.folded[stop] not in "和与及对向从将就为在则因的了是":
        if stop > at and (
            stop in passage.title_starts
            or _SPEAKING.match(passage.folded, stop)
            or (
                passage.edges[stop]
                and (
                    AFTER_NAME.match(passage.folded, stop)
                    or first_word(passage.folded[stop : stop + 4])[1] in FUNCTION_TAGS
                )
            )
        ):
            break
        stop += 1
    return stop if stop - at >= 1 else None


def undotted(passage: AnnotatedText, start: int) -> int | None:
    """Return the end of a foreign name without a dot (默克尔) that begins at `start`, or None."""
    words, tags, starts = passage.words
    stop = _foreign_run(passage, start, min(len(passage.folded), start + 8))
    if stop - start < 2 or not passage.edges[start]:
        return None
    if stop in passage.title_starts and stop - start >= 3:
        return stop
    index = passage.word_at(start)
    end = start
    while index < len(words) and starts[index] + len(words[index]) <= stop:
        if (
            is_common(words[index])
            and not tags[index].startswith(("nr", "ns", "nz"))
            and not (len(words[index]) == 1 and end > start)
        ):
            break
        end = starts[index] + len(words[index])
        index += 1
    return end if end - start >= 2 else None


def to_delimiter(passage: AnnotatedText, start: int) -> int | None:
    """Return the end of an unknown stretch between a title and a mark or 等, when no everyday word is in it."""
    match = _UNKNOWN.match(passage.folded, start)
    letters = letters_of("names", "transliteration")
    if (
        not match
        or not passage.edges[start]
        or sum(char in letters for char in match.group()) * 2 < len(match.group())
    ):
        return None
    index, end = passage.word_at(start), match.end()
    and_others = passage.folded.find("等", start + 2, end)
    end = and_others if and_others > 0 else end
    after = AFTERTHOUGHT.search(passage.folded, start + 1, end)
    if after is not None:
        end = after.start()
        if end - start < 3:
            return None
    if len(passage.words.words[index]) == 1 and passage.words.tags[index] in ("v", "p", "d", "c"):
        return None
    words, tags, starts = passage.words
    while index < len(words) and starts[index] < end:
        known = len(words[index]) > 1 and is_common(words[index]) and not tags[index].startswith("nr")
        if known or (len(words[index]) == 1 and tags[index] in ("p", "c", "uj", "ul", "d", "r", "m")):
            return None
        index += 1
    return end
