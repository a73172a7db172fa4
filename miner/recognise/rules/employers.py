"""Companies that no lexicon knows, told by what stands beside them: a manager's title and name, a full name elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from miner.language.gazetteer import gazetteer, words_of
from miner.language.name_forms import core, has_legal_form
from miner.language.words import is_common
from miner.recognise.found import Found, acts_as_company
from miner.recognise.rules.foreign import SPEAKS, letters_of
from miner.text import AnnotatedText

_CORPORATE = (
    "社长",
    "店长",
    "首席代表",
    "区代表",
    "董秘",
    "董事会秘书",
    "主理人",
    "创办人",
    "掌门人",
    "法定代表人",
    "发言人",
    "总裁",
    "总监",
    "总经理",
    "经理",
    "董事长",
    "ceo",
    "执行官",
    "创始人",
    "合伙人",
    "董事",
)
_MAX_NAME = 10
_REGION = re.compile(
    r"(?:大?中华地?区|中国区|(?:东南|东北|北|东|南)?亚(?:太|洲)?地?区|欧洲区|[华东南西北]{2}区|全球)$"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z][a-z0-9&.+'-]{2,24}$")
_NOT_BRANDS = (
    "战略",
    "形象",
    "价值",
    "影响",
    "建设",
    "发展",
    "故事",
    "效应",
    "文化",
    "大会",
    "管理",
    "服务",
    "合作",
    "创新",
)


def find_employers(passage: AnnotatedText, people: Iterable[Found]) -> Iterator[Found]:
    """Propose what stands before a manager's title and name, when nothing known stands there: 山河智能董事长何清华."""
    for person in people:
        title = passage.titles.get(person.start)
        if title is None or not passage.folded[title.start : title.end].endswith(_CORPORATE):
            continue
        start, end = _stretch(passage, title.start)
        brand = _LATIN.match(passage.folded, passage.after_places(start, end), end)
        if brand is not None and end - start <= 30:
            yield Found(brand.start(), end, "enterprise", "employer", 0.7)
            continue
        if _REGION.match(passage.folded[start : start + 4]) or passage.folded[start : start + 3] in (
            "大中华",
            "中华区",
        ):
            continue
        if (
            2 <= end - start <= _MAX_NAME
            and not passage.name_starts(start, end)
            and _like_a_company(passage, start, end)
        ):
            yield Found(start, end, "enterprise", "employer", 0.7)


def _stretch(passage: AnnotatedText, end: int) -> tuple[int, int]:
    """Return the words before a title that may be a company, without the title's own modifiers (中国区, 市场)."""
    words, tags, starts = passage.words
    modifiers, trades = words_of("titles", "modifier"), words_of("company_types", "industry", "weak")
    region = _REGION.search(passage.folded, max(0, end - 6), end)
    end = region.start() if region else end
    end = starts[passage.word_at(end)]
    index = passage.word_at(end) - 1
    while index >= 0 and words[index] in modifiers and words[index] not in trades:
        end = starts[index]
        index -= 1
    if index > 0 and words[index].endswith("部"):
        index -= 2 if words[index] == "部" else 1
        end = starts[index + 1]
    start = end
    if index >= 0 and words[index].isascii() and words[index].isalpha():
        return starts[index], end
    while index >= 0 and end - starts[index] <= _MAX_NAME:
        word = words[index]
        stop = not word.isalnum() or word in words_of("naming", "stop", "role", "common")
        if stop or (tags[index] in ("v", "p", "c", "d", "u", "uj", "ul", "m", "r") and is_common(word)):
            break
        start = starts[index]
        index -= 1
    return start, end


def find_behind_roles(passage: AnnotatedText) -> Iterator[Found]:
    """Propose, as weak evidence, unknown words behind a word that says what they are: 碳纤维企业卡塔罗."""
    words, tags, starts = passage.words
    roles = words_of("naming", "company_role")
    for index, word in enumerate(words[:-1]):
        if word not in roles or not _HAN.match(words[index + 1]):
            continue
        if is_common(words[index + 1]) and not tags[index + 1].startswith(("nr", "nz")):
            continue
        start = end = starts[index + 1]
        at = index + 1
        while (
            at < len(words)
            and end - start <= 6
            and words[at].isalpha()
            and not _ends_brand(words[at], tags[at])
        ):
            end = starts[at] + len(words[at])
            at += 1
        text = passage.folded[start:end]
        if word == "企业" and not (
            (tags[index + 1].startswith(("nr", "nz")) and not is_common(words[index + 1]))
            or _transliterated(text)
        ):
            continue
        if text[:1] in words_of("naming", "stop") or text[:1] in "共数均多将" or text.endswith(_NOT_BRANDS):
            continue
        if (
            2 <= end - start <= 6
            and not passage.starts_name(start)
            and not passage.all_common(start, end)
            and text not in words_of("naming")
        ):
            marked = not _HAN.match(passage.folded, end) or passage.folded[end] in "的等"
            yield Found(start, end, "enterprise", "role", 0.55 if marked else 0.4)


@lru_cache(maxsize=65536)
def _ends_brand(word: str, tag: str) -> bool:
    stop = word in words_of("naming", "stop", "role", "common")
    return stop or word in words_of("titles", "core") or (tag[0] in "vpcdurmft" and is_common(word))


def _like_a_company(passage: AnnotatedText, start: int, end: int) -> bool:
    text = passage.folded[start:end]
    if len(text) >= 3 and text[-1] in "堂屋坊轩斋庵阁":
        return True
    trades = words_of("company_types", "industry", "weak")
    trade = next(
        (
            word
            for word in sorted(trades, key=len, reverse=True)
            if text.endswith(word) and len(text) - len(word) >= 2
        ),
        None,
    )
    if trade is not None:
        return text[: -len(trade)] not in trades
    return not passage.all_common(start, end)


def _transliterated(text: str) -> bool:
    """Tell whether a word is written in the characters of foreign names (卡塔罗)."""
    letters = letters_of("names", "transliteration")
    return len(text) >= 3 and all(char in letters for char in text)


def find_short_forms(passage: AnnotatedText, found: Iterable[Found]) -> Iterator[Found]:
    """Propose the places where the core of a company's full name stands alone: 美的 in a story of 美的集团."""
    done: set[str] = set()
    for item in found:
        name = passage.folded[item.start : item.end]
        if item.label != "enterprise" or not has_legal_form(name) or item.confidence < 0.75:
            continue
        short = core(name, loosely=True).name
        if (
            len(short) < 2
            or short == name
            or short in done
            or short in words_of("company_types")
            or short in words_of("naming")
        ):
            continue
        done.add(short)
        yield from _occurrences(passage, short)


def _speaks_of(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether an everyday word that is also a company's short name is not merely the attribute of the next noun (现代企业制度)."""
    index = passage.word_at(end)
    if passage.words.starts[index : index + 1] != [end] or passage.words.tags[index] not in (
        "n",
        "vn",
        "nz",
        "b",
    ):
        return True
    return acts_as_company(passage, start, end)


def find_family_names(passage: AnnotatedText, found: Iterable[Found]) -> Iterator[tuple[Found, Found]]:
    """Pair people and the places where a part of their name stands alone: 穆罕默德·阿明 … 阿明, 娜塔莎·科瓦连科 … 娜塔莎说."""
    done: set[str] = set()
    people = [item for item in found if item.label == "person"]
    taken = [(item.start, item.end) for item in people]
    for item in people:
        for part, speaking in parts_of_name(passage.folded[item.start : item.end]):
            if part in done or is_common(part) or gazetteer().terms(part):
                continue
            done.add(part)
            at = passage.folded.find(part)
            while at >= 0:
                end = at + len(part)
                inside = any(start <= at and end <= stop for start, stop in taken)
                if not inside and (
                    _speaks(passage, at, end) if speaking else passage.edges[at] or passage.edges[end]
                ):
                    yield item, Found(at, end, "person", "short", 0.8)
                at = passage.folded.find(part, end)


def parts_of_name(name: str) -> tuple[tuple[str, bool], ...]:
    """Return the parts of a folded name that may stand for the whole, and whether a part must be seen speaking.

    >>> parts_of_name("娜塔莎·科瓦连科"), parts_of_name("李晓薇")
    ((('科瓦连科', False), ('娜塔莎', True)), (('晓薇', True),))
    """
    first, _, rest = name.partition("·")
    last = rest.rsplit("·", 1)[-1]
    if not rest:
        return ((name[1:], True),) if len(name) == 3 and _HAN.match(name) else ()
    return tuple((part, speaking) for part, speaking in ((last, False), (first, True)) if len(part) >= 2)


def _speaks(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether what stands here opens a clause and speaks or acts: a name used alone."""
    return (start == 0 or not _HAN.match(passage.folded[start - 1])) and SPEAKS.match(
        passage.folded, end
    ) is not None


def _occurrences(passage: AnnotatedText, short: str) -> Iterator[Found]:
    at = passage.folded.find(short)
    while at >= 0:
        end = at + len(short)
        everyday = is_common(short) or passage.all_common(at, end)
        whole = passage.edges[at] and passage.edges[end]
        if everyday and not any(term.kind == "enterprise" for term in gazetteer().terms(short)):
            return
        if whole or (len(short) >= 3 and not everyday):
            index = passage.word_at(at)
            noun = passage.words.tags[index] not in ("v", "d", "p", "c", "a", "ad", "ns")
            if not everyday or (noun and _speaks_of(passage, at, end)):
                yield Found(at, end, "enterprise", "short", 0.75 if everyday else 0.85)
        at = passage.folded.find(short, end)
