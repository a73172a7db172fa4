"""People: names beside titles and speech, names joined by dots, names in lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from miner.language.gazetteer import Hit, words_of
from miner.language.words import is_common, tagged
from miner.recognise.found import Found
from miner.recognise.rules.foreign import (
    AFTER_NAME,
    AFTERTHOUGHT,
    DOTTED,
    FUNCTION_TAGS,
    HAN,
    NATIVE,
    SPEAKS,
    first_word,
    is_foreign,
    letters_of,
    native_dotted,
    to_delimiter,
    trim_foreign,
    undotted,
    whole_words,
)
from miner.recognise.shapes import families
from miner.text import AnnotatedText

_BEFORE_DOT, _AFTER_DOT = 17, 80
"""The most characters of a name on either side of its first dot, as the pattern has them."""
_LATIN_DOTTED = re.compile(
    r"[a-z]\.[\u4e00-\u9fff]{2,6}|[\u4e00-\u9fff]{1,6}·[a-z]\.(?:[\u4e00-\u9fff]{1,8})"
)
_SAYS = re.compile(
    r"(?:则|也|还|就|又)?(?:这样|如此|如是)?"
    r"(?:说[,:。得道]|表示[,:]|坦言|告诉|形容|感慨|感叹|回忆|笑着|拿着|透露[,:]|介绍[,:]|介绍说|指出[,:]|强调[,:]|认为[,:]|宣布[,:]|走访了|调研了|会见了|一行|建议[,:]|解释[,:说])"
)
_ATTENDS = re.compile(
    r"(?:[、(]|(?:和|与|及)[^,。]{2,12}(?:长|书记|主任|经理|总监|总裁)|主持|陪同|参加|出席|会见|走访|调研|带队|率队|带着|领着|陪着|把|代表|来到|建议|说|表示|指出|介绍|强调|认为)"
)
_TIMES = re.compile(r"[今昨明当近目日前去后次][天日晚年前后]|[早晚上下中午]{2}|凌晨|现在|如今")
_NAMING_TAGS = frozenset({"n", "nz", "ns", "t", "a", "an", "z", "b", "i", "l", "s", "nr", "nrt"})
_ROLES = frozenset(
    {
        "代表",
        "负责人",
        "相关负责人",
        "有关负责人",
        "主要负责人",
        "专家",
        "学者",
        "顾问",
        "编辑",
        "主管",
        "委员",
        "董事",
        "助理",
        "秘书",
        "志愿者",
    }
)
"""Titles that are also everyday words of several people: what follows them need not be a name."""
_LATIN_NAME = re.compile(
    r"([A-Z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’-]{1,20}\.?(?:[ \u00a0·]{1,3}[A-Z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’-]{0,20}\.?){1,3})(?![A-Za-z\u00c0-\u024f])"
)
_BRACKETED = re.compile(
    r"([\u4e00-\u9fff]{2,6})(?=\s?[（(]\s?[A-Z][A-Za-zÀ-ÿ'’-]{1,20}\.?(?:[ ·][A-Z][A-Za-zÀ-ÿ'’.-]{0,20}){1,3}\s?[)）])"
)
_PLURAL = re.compile(r"(?:领导|副区长|副市长|副县长|委员|常委|代表)$")
_MEMBER = re.compile(r"[\u4e00-\u9fff]{2,3}(?=、)")
_INTRODUCTION = re.compile(r"(?:来自[^,。;!?\n“”的]{2,14}的|名叫|叫做|名为)(?=[\u4e00-\u9fff])")
_OPENING = re.compile(
    r"(?:^|[。\n])([\u4e00-\u9fff]{2,4}),((?:现任|时任|曾任)?[\u4e00-\u9fff()]{4,30})(?=[,。])"
)
_STRIVES = re.compile(
    r"谴责|反对|抗议|支持|要求|呼吁|嘱托|关怀|关心|祝贺|欢迎|感谢|敦促|批评|评价|推进|推动|开展|落实|期待|希望|期望|建议|落实|执行|实施|完成|改善|增长|下降|投入|打击|握"
)
"""Verbs that adverbs stand before: an everyday adjective before one is no name."""
_NAME_FOLLOWS = re.compile(
    r"[,。、;:!?(\n]|$|等|[则也还]?[说道称][,:道得]|[拿笑指看]着|(?:表示|介绍|认为|告诉|指出|透露|坦言|强调|出席|参加|会见|主持|带队|率队|一行|走访|来到|宣布|解释|回忆|补充|陪同|致辞|代表|带领|调研|向记者|对记者|在接受|共同)"
)
_DAY = re.compile(r"[今昨明当][天日晚年]|[近日]日")
_COUNTED = re.compile(r"第[一二三四五六七八九十]|[一二两三四五六七八九十][年月天日个位家名岁届次人代分点]")
"""A number and its measure: the number is no given name (岩罕三年前)."""
_BOUND = frozenset({"v", "d", "p", "c", "t", "r", "m", "f"})
_LEADING = frozenset({"p", "d", "c", "v", "r", "zg", "ug", "b", "a"})
_NEVER_LAST = frozenset(
    "则也已副总某在是的了和与及说等对就将都为向从到曾于并则还又因受以被把让给称犯亦不没未、"
)
_LIST_GAP = re.compile(r"\s?(?:、|和|与|及|以及)\s?")
_MODALS = frozenset("用率作要来去打则带拿站会能走看可刚才便只正又再还就")
_BODY_ENDS = frozenset("委部局会团院所处科室组党府国省市区县")
_SINGLE = frozenset("在是的说与和及等也则还为向对从到带率称任因用拿")
_LOOSE_ENDS = frozenset("用带拿早来去做给把被让了着过的是在说称因则与和也已将曾还就从向对")
"""What follows a Japanese name and ends none."""
_ACTING = re.compile(r"[\u4e00-\u9fff]着|[订买签看拿带做走问挑选尝写画递接打][了过]")
_BEFORE_YA = frozenset("真正和龙竜拓哲达克智直卓慎伸信裕雅贵淳一琢")
"""First characters of the Japanese given names that end in 也."""
_LONG_GIVEN_ENDS = frozenset("郎子介助美代奈香惠江门彦朗辅")
_OPENS = re.compile(r"^$|[,。:;!?、“”\n的]$")
_CUT_OFF = frozenset("则因称说亦已曾在是的了被把")
"""What no name ends in."""
_CUT_BEFORE_WORDS = frozenset("将就也还用带拿")
"""What few names end in: cut off where neither a mark nor speech follows."""
_ADVERBS = frozenset({"d", "ad", "vd", "c", "p", "r"})
_DESCRIBING = frozenset({"a", "z", "b", "v", "vn", "l", "i"})
"""Tags of everyday words that describe or act: between a title and a verb such a word is a name only when it speaks (负责人强烈谴责)."""


def find_people(passage: AnnotatedText) -> Iterator[Found]:
    """Propose people: beside titles, before speech, as words, in lists beside people, and with dots in their names."""
    first = [
        *_after_titles(passage),
        *_before_titles(passage),
        *_before_speech(passage),
        *_dotted(passage),
        *_as_words(passage),
        *_apposed(passage),
        *_introduced(passage),
    ]
    yield from first
    for found in {(found.start, found.end): found for found in first if found.confidence >= 0.5}.values():
        yield from listed_around(passage, found)


def _before_titles(passage: AnnotatedText) -> Iterator[Found]:
    """Propose the names directly before titles and forms of address: 习近平总书记, 刘继国博士."""
    for hit in passage.hits:
        if hit.term.kind in ("title", "address") and passage.edges[hit.start] and passage.edges[hit.end]:
            for length in (3, 2, 4):
                start = hit.start - length
                if start >= 0 and _fits_before_title(passage, start, hit.start):
                    yield Found(start, hit.start, "person", "address", 0.75 if length == 3 else 0.55)
                    break
            else:
                start = _foreign_before(passage, hit.start)
                if (
                    hit.start - start >= 2
                    and passage.folded[hit.start - 1] != "方"
                    and not passage.starts_place(start)
                    and not passage.knows(start, hit.start)
                ):
                    yield Found(start, hit.start, "person", "address", 0.8)


def _foreign_before(passage: AnnotatedText, end: int) -> int:
    """Return where the foreign name before a title begins (武契奇总统); `end` when there is none."""
    letters = letters_of("names", "transliteration")
    words, tags, starts = passage.words
    index, start, named = passage.word_at(end) - 1, end, False
    while index >= 0 and end - starts[index] <= 8 and all(char in letters for char in words[index]):
        word, tag = words[index], tags[index]
        if (len(word) > 1 and is_common(word) and not tag.startswith("nr")) or (
            len(word) == 1 and tag in ("p", "c", "d", "v", "u")
        ):
            break
        named = named or tag.startswith("nr") or not is_common(word)
        start = starts[index]
        index -= 1
    return start if named else end


def _fits_before_title(passage: AnnotatedText, start: int, end: int) -> bool:
    if not passage.edges[start] or (passage.folded[start] in "因从向对与和由被把" and end - start > 2):
        return False
    if end - start == 3 and passage.edges[end] and is_common(passage.folded[start:end]):
        index = passage.word_at(start)
        word = passage.words.words[index]
        if (
            word == passage.folded[start:end]
            and passage.words.tags[index].startswith("nr")
            and word[0] in families()
            and not _has_common_part(word)
        ):
            return not passage.knows(start, end)
    if not _is_name(passage, start, end) or passage.folded[end - 1] in _BODY_ENDS:
        return False
    index = passage.word_at(start)
    words, tags, starts = passage.words
    while index < len(words) and starts[index] < end:
        word, tag = words[index], tags[index]
        if starts[index] + len(word) > end or (
            len(word) >= 2 and is_common(word) and not tag.startswith("nr")
        ):
            return False
        index += 1
    return True


def _given_fits(word: str) -> bool:
    return word[1] in letters_of("names", "given_first") and word[2] in letters_of("names", "given_last")


@lru_cache(maxsize=65536)
def _has_common_part(word: str) -> bool:
    """Tell whether two neighbouring characters of a word are an everyday word (高水平, 文明村)."""
    if len(word) < 3:
        return False
    return any(
        is_common(part) and not tagged(part).tags[0].startswith("nr") for part in (word[:2], word[1:3])
    )


def _introduced(passage: AnnotatedText) -> Iterator[Found]:
    """Propose names that are introduced: 来自云南的…, 名叫…"""
    for match in _INTRODUCTION.finditer(passage.folded):
        end = name_at(passage, match.end(), least=0.95)
        if (
            end is not None
            and not passage.knows(match.end(), end)
            and not _is_everyday(passage, match.end(), end)
        ):
            yield Found(match.end(), end, "person", "introduced", 0.65)


def _is_everyday(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether exactly this stretch is a word of the dictionary that is no name."""
    text = passage.folded[start:end]
    return is_common(text) and not tagged(text).tags[0].startswith("nr")


def _apposed(passage: AnnotatedText) -> Iterator[Found]:
    """Propose names that open a sentence and are explained after a comma: 施一凡，某协会会长，…"""
    for match in _OPENING.finditer(passage.folded):
        start = match.start(1)
        end = name_at(passage, start, least=1.3)
        if end is not None and end == match.end(1) and match.end(2) in passage.titles:
            yield Found(start, end, "person", "apposed", 0.8)


def _as_words(passage: AnnotatedText) -> Iterator[Found]:
    """Propose words that the dictionary tags as names or does not know, when they are built like a name."""
    common, surnames = letters_of("surnames", "common"), families()
    words, tags, starts = passage.words
    for index in [i for i, word in enumerate(words) if word[0] in surnames]:
        word, tag, start = words[index], tags[index], starts[index]
        first = word[0]
        if len(word) == 3 and (tag.startswith("nr") or not is_common(word)):
            sure = 0.7 if tag.startswith("nr") and is_common(word) else 0.6
            sure -= 0.0 if _given_fits(word) else 0.25
        elif len(word) == 2 and tag.startswith("nr"):
            sure = 0.4
        elif (
            len(word) == 1
            and index + 1 < len(words)
            and len(words[index + 1]) == 2
            and HAN.match(words[index + 1])
            and first in common
            and not is_common(words[index + 1])
        ):
            word, sure = word + words[index + 1], 0.55
        else:
            continue
        if _is_name(passage, start, start + len(word)):
            yield Found(start, start + len(word), "person", "word", sure - 0.3 * _has_common_part(word))


def _after_titles(passage: AnnotatedText) -> Iterator[Found]:
    for end, title in passage.titles.items():
        torn = (
            passage.words.starts[passage.word_at(end)] <= title.start if end < len(passage.folded) else False
        )
        if (
            title.term.sort == "none"
            or (not passage.edges[end] and torn)
            or _crosses(passage, title.start, end)
        ):
            continue
        at = end
        while at < len(passage.folded) and passage.folded[at] == " ":
            at += 1
        latin = _LATIN_NAME.match(passage.text, at) or _BRACKETED.match(passage.text, at)
        name_end = latin.end(1) if latin else name_at(passage, at)
        if name_end is None:
            name_end = _named_like_a_thing(passage, title, at)
        if name_end is not None:
            yield Found(at, name_end, "person", "title", 0.97 if latin else 0.9)
        elif _PLURAL.search(passage.folded, title.start, end):
            yield from _after_plural(passage, at)


def _named_like_a_thing(passage: AnnotatedText, title: Hit, start: int) -> int | None:
    """Return the end of an everyday noun that speaks right behind a title of one person: it must be a name (区长湖泊则说)."""
    if passage.folded[title.start : title.end] in _ROLES or not passage.edges[start]:
        return None
    index = passage.word_at(start)
    words, tags, _ = passage.words
    if index >= len(words) or len(words[index]) != 2 or tags[index] not in _NAMING_TAGS:
        return None
    word, text = words[index], passage.folded
    others = words_of(
        "naming",
        "common",
        "role",
        "person_head",
        "enterprise_head",
        "organization_head",
        "other_head",
        "stop",
        "name_verb",
    )
    if word in others or word in words_of("titles") or word in words_of("org_types") or _TIMES.match(word):
        return None
    family = word[0] in letters_of("surnames", "common") or word[0] in letters_of("surnames", "rare")
    plain = tags[index] in ("n", "nz", "ns")
    if word in words_of("naming", "not_person") and (not family or text[start + 2] in "、(和与及"):
        return None
    if not (_SAYS.match(text, start + 2) and (plain or family)) and not (
        family and _ATTENDS.match(text, start + 2)
    ):
        return None
    return start + 2


def _crosses(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether a title begins inside one word and ends inside another (民警 in 国民警卫队)."""
    if passage.edges[start] or passage.edges[end]:
        return False
    index = passage.word_at(start)
    return passage.words.starts[index] + len(passage.words.words[index]) < end


def _after_plural(passage: AnnotatedText, start: int) -> Iterator[Found]:
    """Propose both of two names after a title of several people, when only the second looks like one (区领导春天、程大力)."""
    first = _MEMBER.match(passage.folded, start)
    if first is None:
        return
    second = name_at(passage, first.end() + 1)
    if second is not None:
        yield Found(start, first.end(), "person", "title", 0.8)
        yield Found(first.end() + 1, second, "person", "title", 0.85)


_TITLED = 0.75
"""What a name behind a title must score at least."""


def name_at(passage: AnnotatedText, start: int, *, least: float = _TITLED) -> int | None:
    """Return where the person's name that begins at `start` ends, or None when no name begins there."""
    text = passage.folded
    dotted = DOTTED.match(text, start)
    if dotted and is_foreign(dotted.group()):
        return trim_foreign(passage, start, dotted.end())
    if (
        dotted
        and least == _TITLED
        and NATIVE.match(dotted.group())
        and not any(at in passage.titles for at in range(start + 1, dotted.end()))
    ):
        return native_dotted(passage, dotted)
    if start in passage.title_starts or _is_verb(passage, start):
        return None
    best, best_score = None, least
    for length, base in _lengths(text, start):
        end = start + length
        name = text[start:end]
        if name in words_of("naming", "not_person") or (
            length > 2 and (name[1:] in _calls() or name[2:] in _calls())
        ):
            continue
        if _inside_word(passage, start, length) or _cuts_place(passage, start, end):
            continue
        if (
            len(name) < length
            or not all(map(HAN.match, name))
            or (
                name[-1] in _NEVER_LAST
                and length > 2
                and not (length == 4 and name[3] == "也" and name[2] in _BEFORE_YA)
            )
        ):
            continue
        if passage.knows(start, end):
            titled = passage.titles.get(start)
            behind = titled is not None and not passage.folded.endswith("代表", titled.start, titled.end)
            base -= 1.0 if length > 2 else 0.1 if behind else 0.3
        if length == 2 and _is_word_among_words(passage, start, end):
            continue
        if _is_name_word(passage, start, end):
            base = max(base, 0.5) + 0.4
        if length == 3 and name[2] in _MODALS and name[2] not in letters_of("names", "given_last"):
            base -= 0.5
        if (
            length == 3
            and name[1] in letters_of("names", "given_single")
            and passage.edges[start + 2]
            and passage.words.tags[passage.word_at(start + 2)] in ("v", "d", "p")
        ):
            base -= 0.3
        if length >= 4 and (_is_act(name[2:4]) or AFTERTHOUGHT.search(name, 2)):
            continue
        if length >= 3 and (_DAY.match(text, end - 1) or _DAY.fullmatch(name, 1)):
            continue
        if length == 3 and (_COUNTED.match(text, end - 1) or _torn(passage, start)):
            continue
        if length > 2 and _is_said(name[1:]):
            base -= 0.6
        if length > 2 and text[end : end + 1] in ("了", "着", "过"):
            base -= 0.5
        score = base + _tail(passage, end)
        if score > best_score:
            best, best_score = end, score
    foreign = undotted(passage, start) or to_delimiter(passage, start)
    if foreign is not None and passage.folded[foreign : foreign + 1] == "-":
        foreign = undotted(passage, foreign + 1) or foreign
    while foreign is not None and foreign - start > 2 and text[foreign - 1] in _CUT_OFF:
        foreign = foreign - 1 if best is None else None
    if foreign is not None and text[start:foreign] in words_of("naming", "not_person"):
        foreign = None
    if foreign is not None and passage.knows(start, foreign):
        foreign = None
    if foreign is not None and best is not None and _marked(passage, foreign) and not _marked(passage, best):
        return foreign
    if foreign is not None and (
        best is None
        or foreign > best + 1
        or (foreign > best and not passage.edges[best] and _marked(passage, foreign))
    ):
        return foreign
    return best


@cache
def _calls() -> frozenset[str]:
    """Titles and forms of address: behind a surname they are no given name (松下社长)."""
    return words_of("titles", "core", "address", "none")


def _lengths(text: str, start: int) -> Iterator[tuple[int, float]]:
    """Yield the lengths that a name at this place may have, each with a score for its characters."""
    two, three = text[start : start + 2], text[start : start + 3]
    if two in whole_words("compound"):
        yield 3, 0.8
        yield 4, 1.0
    if three in whole_words("japanese"):
        yield 4, 0.6
        yield 5, 1.0 - (text[start + 4 : start + 5] in _LOOSE_ENDS)
    elif two in whole_words("japanese"):
        yield 3, 0.6 - (text[start + 2 : start + 3] in _LOOSE_ENDS)
        yield (
            4,
            1.0
            - (
                text[start + 3 : start + 4] in _LOOSE_ENDS
                and not (text[start + 3] == "也" and text[start + 2] in _BEFORE_YA)
            ),
        )
        if text[start + 4 : start + 5] in _LONG_GIVEN_ENDS:
            yield 5, 1.2
    first = text[start : start + 1]
    if first in letters_of("surnames", "common"):
        base = 0.6
    elif first in letters_of("surnames", "rare"):
        base = 0.2
    else:
        return
    given = text[start + 1 : start + 3]
    yield 2, base + (0.1 if given[:1] in letters_of("names", "given_single") else -0.2)
    if len(given) == 2:
        fit = (given[0] in letters_of("names", "given_first")) + (
            given[1] in letters_of("names", "given_last")
        )
        yield 3, base + 0.2 * fit - 0.1


def _tail(passage: AnnotatedText, end: int) -> float:
    """Score how well a name may end here, by what follows: a mark or a whole word speaks for it, a torn word against."""
    text = passage.folded
    following = text[end : end + 1]
    if not following or not HAN.match(following) or _ACTING.match(text, end) or _COUNTED.match(text, end):
        return 1.0
    if end in passage.title_starts:
        return 0.9
    word, tag = first_word(text[end : end + 6])
    if len(word) > 1 and not is_common(word):
        return 0.3 if passage.edges[end] else 0.1
    if len(word) > 1:
        return 1.0 if tag in FUNCTION_TAGS or AFTER_NAME.match(word) else 0.7
    if tag in FUNCTION_TAGS and (passage.edges[end] or word in _SINGLE):
        return 0.7
    return 0.3 if passage.edges[end] else 0.0


def _cuts_place(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether a name would end inside a known place (齐聚黄|浦江)."""
    return any(
        hit.start > start
        and hit.start < end < hit.end
        and hit.term.kind == "place"
        and not hit.term.ambiguous
        for hit in passage.hits_in(start + 1, end + 4)
    )


def _inside_word(passage: AnnotatedText, start: int, length: int) -> bool:
    """Tell whether a name would be the beginning of a longer everyday word (高瞻|远瞩)."""
    index = passage.word_at(start)
    word = passage.words.words[index]
    return (
        len(word) > max(length, 2)
        and passage.words.starts[index] == start
        and is_common(word)
        and not passage.words.tags[index].startswith("nr")
    )


def _torn(passage: AnnotatedText, start: int) -> bool:
    """Tell whether three characters are an everyday word with a neighbour's (任命|新), or a preposition with a word's half (向|两国)."""
    words, tags, starts = passage.words
    index = passage.word_at(start)
    if starts[index] != start:
        return False
    word, tag = words[index], tags[index]
    if len(word) == 2:
        if (
            not is_common(word)
            or tag.startswith(("nr", "ns", "nz"))
            or _NAME_FOLLOWS.match(passage.folded, start + 3)
        ):
            return False
        last = passage.folded[start + 2]
        return (
            tag in _BOUND
            or last in "内中上里时后前外"
            or last not in letters_of("names", "given_last") | letters_of("names", "given_single")
        )
    if len(word) != 1 or tag not in _LEADING or index + 1 >= len(words):
        return False
    following, kind = words[index + 1], tags[index + 1]
    if len(following) == 1:
        return kind in _LEADING or kind in ("f", "m")
    return is_common(following) and not kind.startswith("nr")


def _before_speech(passage: AnnotatedText) -> Iterator[Found]:
    words, tags, starts = passage.words
    for match in SPEAKS.finditer(passage.folded):
        said = match.start()
        while said > 2 and passage.folded[said - 1] in "则也还就又曾":
            said -= 1
        if not passage.edges[said]:
            yield from _torn_before(passage, said)
            continue
        start = _foreign_before(passage, said)
        if (
            said - start >= 3
            and _OPENS.search(passage.folded, max(0, start - 1), start)
            and not (passage.starts_place(start) or passage.knows(start, said))
        ):
            yield Found(start, said, "person", "speech", 0.75)
            continue
        index = passage.word_at(said) - 1
        for back in (0, 1, 2):
            at = index - back
            if at < 0 or not HAN.match(words[at]):
                break
            start, end = starts[at], said
            if end - start > 4:
                break
            if (
                start == 0 or not HAN.match(passage.folded[start - 1]) or tags[at - 1] in FUNCTION_TAGS
            ) and _is_name(passage, start, end):
                sure = 0.85 if tags[at] == "nr" else 0.7
                if any(
                    words[k]
                    for k in range(at, index + 1)
                    if tags[k] in ("n", "v", "d", "r", "ns") and len(words[k]) > 1
                ):
                    given = passage.folded[start:end]
                    full = (
                        end - start == 3
                        and given[0] in letters_of("surnames", "common")
                        and _given_fits(given)
                        and given[1:] not in words_of("titles")
                    )
                    sure = 0.65 if full else 0.3
                yield Found(start, end, "person", "speech", sure)
                break


def _torn_before(passage: AnnotatedText, end: int) -> Iterator[Found]:
    """Propose the name between a mark and a verb of speech where the segmenter reads its last character into the verb (严德|发称)."""
    for length in (3, 2, 4):
        start = end - length
        if (
            start >= 0
            and (start == 0 or not HAN.match(passage.folded[start - 1]))
            and _is_name(passage, start, end)
        ):
            given = passage.folded[start:end]
            if length != 3 or _given_fits(given) or given[0] in letters_of("surnames", "common"):
                yield Found(start, end, "person", "speech", 0.7)
            return


def _is_name(passage: AnnotatedText, start: int, end: int) -> bool:
    text = passage.folded
    if end - start == 3 and text[end - 1] in "中上里时后内":
        return False
    if (
        text[end - 1] in ("副", "总", "某")
        or (text[end - 1] == "方" and end - start == 2)
        or (end - start > 2 and text[end - 1] in _NEVER_LAST)
    ):
        return False
    return _may_be_so_long(text[start : start + 5], end - start) and not passage.knows(start, end)


@lru_cache(maxsize=65536)
def _may_be_so_long(text: str, length: int) -> bool:
    """Tell whether a name of so many characters may begin a text."""
    return any(known == length and score >= 0.5 for known, score in _lengths(text, 0))


def _dotted_spans(text: str) -> Iterator[re.Match[str]]:
    """Yield the names with dots in them: looked for around the dots, which are few."""
    end, dot = 0, text.find("·")
    while dot >= 0:
        match = DOTTED.search(text, max(end, dot - _BEFORE_DOT), dot + _AFTER_DOT)
        if match and match.start() < dot:
            yield match
            end = match.end()
        dot = text.find("·", max(end, dot + 1))


def _dotted(passage: AnnotatedText) -> Iterator[Found]:
    for match in _dotted_spans(passage.folded):
        start, end = match.span()
        dot = start + match.group().index("·")
        letters = letters_of("names", "transliteration") | {"-", "—"}
        for cut in range(start, dot):
            if cut in passage.titles:
                break  # the rule of titles reads it with the same end: no evidence of its own
            if (
                passage.edges[cut]
                and passage.folded[cut] not in "-—"
                and all(char in letters for char in passage.folded[cut:dot])
            ):
                if is_foreign(passage.folded[cut:end]):
                    yield Found(cut, trim_foreign(passage, cut, end), "person", "dotted", 0.8)
                break


@lru_cache(maxsize=65536)
def _is_said(text: str) -> bool:
    """Tell whether text is an everyday verb or adverb (明确 in 曾明确提出)."""
    word, tag = first_word(text)
    plain = tag in ("v", "vd", "ad", "d") or (
        tag in ("n", "vn", "a")
        and not (
            text[0] in letters_of("names", "given_first") and text[1] in letters_of("names", "given_last")
        )
    )
    return word == text and plain and is_common(word)


@lru_cache(maxsize=65536)
def _is_act(text: str) -> bool:
    """Tell whether text is an everyday verb or adverb."""
    word, tag = first_word(text)
    return word == text and tag in ("v", "vd", "ad", "d", "vn") and is_common(word)


def _marked(passage: AnnotatedText, end: int) -> bool:
    following = passage.folded[end : end + 1]
    return not following or not HAN.match(following) or following == "等"


def _is_word_among_words(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether an everyday word (海外, 方向) is followed by anything but a mark or speech: then it is no name."""
    word, tag = first_word(passage.folded[start:end])
    if word != passage.folded[start:end] or tag.startswith("nr") or not is_common(word):
        return False
    if tag in _ADVERBS or tag in _DESCRIBING:
        return tag in _ADVERBS or _STRIVES.match(passage.folded, end) is not None
    following = passage.folded[end : end + 1]
    if not following or not HAN.match(following):
        return False
    acts = AFTER_NAME.match(passage.folded, end) is not None or first_word(passage.folded[end : end + 6])[
        1
    ] in ("v", "d", "p", "c", "vd", "ad")
    return end in passage.title_starts or not acts


def _is_name_word(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether exactly this stretch is a word that the dictionary tags as a person's name."""
    index = passage.word_at(start)
    words, tags, starts = passage.words
    whole = starts[index] == start and len(words[index]) == end - start
    return whole and tags[index].startswith("nr") and is_common(words[index])


def _is_verb(passage: AnnotatedText, start: int) -> bool:
    word, tag = first_word(passage.folded[start : start + 6])
    if tag in ("m", "mq", "t") and word[:1] in letters_of("surnames", "common"):
        return False
    return len(word) >= 2 and tag in ("v", "vd", "d", "p", "c", "u", "m", "t", "mq") and is_common(word)


def _listed(passage: AnnotatedText, person: Found) -> Iterator[Found]:
    at = person.end
    for _ in range(500):
        gap = _LIST_GAP.match(passage.folded, at)
        if not gap:
            return
        end = name_at(passage, gap.end(), least=1.3)
        if end is None or passage.knows(gap.end(), end):
            return
        yield Found(gap.end(), end, "person", "list", 0.7)
        at = end


def listed_around(passage: AnnotatedText, person: Found) -> Iterator[Found]:
    """Propose the names listed before and after a person."""
    yield from _listed_before(passage, person)
    yield from _listed(passage, person)


def _listed_before(passage: AnnotatedText, person: Found) -> Iterator[Found]:
    """Propose the names listed before a person (卢泰愚、全斗焕和卢武铉)."""
    at, text = person.start, passage.folded
    for _ in range(500):
        if text[at - 1 : at] not in ("、", "和", "与"):
            return
        end = at - 1
        start = next(
            (end - length for length in (3, 2) if end >= length and _closes_list(passage, end - length, end)),
            None,
        )
        if start is None:
            return
        yield Found(start, end, "person", "list", 0.7)
        at = start


def _closes_list(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether a name of Chinese characters stands alone between two marks, or behind a word, at the head of a list."""
    text = passage.folded
    name = text[start:end]
    if not passage.edges[start] or not _is_name(passage, start, end) or _is_everyday(passage, start, end):
        return False
    if len(name) == 3 and not _given_fits(name) and is_common(name[1:]):
        return False
    before = text[start - 1 : start]
    return not before or not HAN.match(before) or before in "继与和的是有括" or start in passage.titles


def trimmed_name(passage: AnnotatedText, start: int, end: int) -> int:
    """Return where a name proposed by a model ends, without a last character that no name ends in (何苗则, 莱恩因)."""
    text = passage.folded
    if _DAY.fullmatch(text, start + 1, end):
        return start
    while end - start > 2:
        last = text[end - 1]
        loose = last in _CUT_BEFORE_WORDS and HAN.match(text, end) and not _NAME_FOLLOWS.match(text, end)
        if not (loose or last in _CUT_OFF or (text[end : end + 1] == "着" and last in "拿带说指笑看")):
            break
        end -= 1
    return end
