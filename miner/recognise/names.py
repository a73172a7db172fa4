"""All rules over one passage: proposals, the overlap policy, then consistency over the passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from miner.language.gazetteer import Hit, words_of
from miner.language.words import is_common
from miner.offsets import Span
from miner.recognise.consistency import repeated
from miner.recognise.found import Found, acts_as_company
from miner.recognise.overlap import ENOUGH, resolve_overlaps, with_more
from miner.recognise.rules.bodies import NOT_NAMED, find_bodies
from miner.recognise.rules.brackets import find_before_brackets, find_latin
from miner.recognise.rules.declared import declared_names
from miner.recognise.rules.employers import (
    find_behind_roles,
    find_employers,
    find_family_names,
    find_short_forms,
)
from miner.recognise.rules.lists import find_listed
from miner.recognise.rules.people import find_people, listed_around, trimmed_name
from miner.recognise.shapes import is_byline
from miner.recognise.zones import credits, works
from miner.text import AnnotatedText

_AT = re.compile(r"(?:在|于|至|到|位于|落户|来自|入驻|设在|建在|扎根|迁至|前往)$")
_EVENTS = ("论坛", "大会", "峰会", "年会", "博览会", "展会", "交易会", "展览会", "艺术节", "电影节", "文化节")
"""What a gathering's name ends in: it is no body, though a model may take it for one."""
_BEARS = re.compile(
    r"(?:出版|传媒|影业|医疗|教育|咨询|投资|律师|会计师|建筑|[\u4e00-\u9fff]{0,6}(?:舞蹈|艺术|科学|音乐|医学|公益|慈善))?(集团|有限公司|公司|银行|事务所|基金会|剧场|剧院|大学|学院|研究所|博物馆|艺术团|乐团)"
)
_ALONE = 0.7
_LISTED = re.compile(r"[ 、,和与/]{1,3}")
_MEDIA = ("电视台", "广播台", "电台", "日报", "晚报", "时报", "通讯社", "报社", "总台")


def find_names(passage: AnnotatedText, guesses: list[Found] | None = None) -> list[Found]:
    """Return the names of a passage in text order; `guesses` are what a trained model proposes, None without one.

    Where there is a model, a word that merely looks like a name wants its support.
    """
    barred = _marked([*credits(passage.folded), *works(passage.folded)])
    bodies = [*find_bodies(passage), *_from_lexicon(passage)]
    declared = [short for _, short in declared_names(passage, bodies)]
    people = [_doubted(found) if guesses is not None else found for found in find_people(passage)]
    proposals = [
        *bodies,
        *declared,
        *people,
        *(_trimmed(passage, found) for found in guesses or ()),
        *_nested(passage, [*bodies, *people]),
        *find_before_brackets(passage),
        *find_employers(passage, people),
        *find_behind_roles(passage),
    ]
    proposals = [
        _placed(passage, found)
        for found in _wholes(passage, proposals)
        if not _begins_with_title(passage, found)
    ]
    kept = resolve_overlaps(_outside(proposals, barred))
    kept = with_more(
        kept,
        _outside(
            (
                named
                for found in kept
                if found.method == "model" and found.label == "person" and found.confidence >= 0.8
                for named in listed_around(passage, found)
                if not passage.starts_place(named.start)
            ),
            barred,
        ),
    )
    kept = with_more(kept, _outside((short for _, short in find_family_names(passage, kept)), barred))
    kept = with_more(kept, _outside(find_short_forms(passage, kept), barred))
    kept = with_more(kept, (short for _, short in find_latin(passage, kept)))
    kept = with_more(kept, _outside(find_listed(passage, kept), barred))
    kept = with_more(kept, _outside(repeated(passage, kept), barred))
    return _without_bylines(passage, [found for found in kept if found.label != "expo"])


def _wholes(passage: AnnotatedText, proposals: list[Found]) -> Iterator[Found]:
    """Leave out the places and dotted names that only begin a longer name of a body (爱尔兰|奥委会, 泰德·弗朗西|出版集团)."""
    reach: dict[int, int] = {}
    for found in proposals:
        if found.label in ("organization", "enterprise") and found.confidence >= ENOUGH:
            reach[found.start] = max(found.end, reach.get(found.start, 0))
    for found in proposals:
        if found.label == "place" and reach.get(found.start, 0) > found.end:
            continue
        if (
            found.method == "model"
            and found.label == "organization"
            and passage.folded.endswith(_EVENTS, found.start, found.end)
        ):
            continue
        if found.label == "person" and "·" in passage.folded[found.start : found.end]:
            body = _named_after(passage, found)
            if body is not None:
                yield body
                continue
        yield found


def _named_after(passage: AnnotatedText, person: Found) -> Found | None:
    """Return the body that bears a person's name (泰德·弗朗西|出版集团), None when none follows."""
    match = _BEARS.match(passage.folded, person.end)
    if match is None or not passage.edges[match.end()]:
        return None
    start = person.start
    for hit in passage.hits_in(max(0, start - 8), start):
        if hit.end == start and hit.term.kind == "place":
            start = hit.start
            break
    label = (
        "enterprise" if match.group(1) in ("集团", "公司", "有限公司", "银行", "事务所") else "organization"
    )
    return Found(start, match.end(), label, "type", 0.97)


def _trimmed(passage: AnnotatedText, found: Found) -> Found:
    """Cut a person's name that a model reads too far before the character that no name ends in."""
    if found.label == "enterprise" and (
        passage.folded[found.end - 1] in "共将已均也"
        or NOT_NAMED.search(passage.folded, found.start, found.end)
    ):
        return replace(found, confidence=0.0)
    if found.label != "person" or found.end - found.start < 3:
        return found
    end = trimmed_name(passage, found.start, found.end)
    if end - found.start < 2:
        return replace(found, confidence=0.0)
    return found if end == found.end else replace(found, end=end)


def _placed(passage: AnnotatedText, found: Found) -> Found:
    """Doubt a person without title or speech behind 在 and its like: a place may be named like a person (在姜山设厂)."""
    if found.label != "person" or found.method not in ("word", "model"):
        return found
    behind_place = any(
        hit.end == found.start and hit.term.kind == "place"
        for hit in passage.hits_in(max(0, found.start - 8), found.start)
    )
    if behind_place or _AT.search(passage.folded, max(0, found.start - 2), found.start):
        return replace(found, confidence=found.confidence * 0.5)
    return found


def _begins_with_title(passage: AnnotatedText, found: Found) -> bool:
    """Tell whether a company would begin with a title (总经理井上真由美): no company does."""
    if found.label in ("enterprise", "organization") and passage.folded[found.start] == "区":
        return found.start > 0 and passage.folded[found.start - 1] in "国华太亚东南西北洲"
    if found.label != "enterprise" or found.start not in passage.title_starts:
        return False
    return any(
        title.start == found.start and end < found.end
        for end, title in passage.titles.items()
        if found.start < end < found.end
    ) and not (passage.folded.endswith("事务所", found.start, found.end))


def _doubted(found: Found) -> Found:
    return replace(found, confidence=found.confidence * _ALONE) if found.method == "word" else found


def _without_bylines(passage: AnnotatedText, names: list[Found]) -> list[Found]:
    """Leave out those who wrote the story: names after 记者 and its like, and the names listed after them."""
    kept: list[Found] = []
    byline_end = -1
    for found in names:
        follows = byline_end >= 0 and _LISTED.fullmatch(passage.folded, byline_end, found.start) is not None
        if found.label == "person" and (follows or is_byline(passage, found)):
            byline_end = found.end
        else:
            kept.append(found)
    return kept


def _acts(passage: AnnotatedText, end: int) -> bool:
    """Tell whether a verb follows: then what stands between it and a person is a verb or a place, too (胡春华计划减持)."""
    index = passage.word_at(end)
    return passage.words.starts[index : index + 1] == [end] and passage.words.tags[index] in (
        "v",
        "d",
        "p",
        "vn",
    )


def _marked(spans: list[Span]) -> bytearray:
    """Return 1 for every offset that a span covers."""
    marked = bytearray(max((span.end for span in spans), default=0) + 1)
    for span in spans:
        marked[span.start : span.end] = b"\1" * (span.end - span.start)
    return marked


def _outside(proposals: Iterable[Found], barred: bytearray) -> Iterator[Found]:
    reach = len(barred)
    return (found for found in proposals if found.start >= reach or not barred[found.start])


def _from_lexicon(passage: AnnotatedText) -> Iterator[Found]:
    for hit in passage.hits:
        kind = hit.term.kind
        if kind not in ("enterprise", "organization", "place", "expo") or (
            passage.folded[hit.end - 1] == "团" and kind == "organization"
        ):
            continue
        inside = passage.edges[hit.start] and passage.edges[hit.end]
        if kind == "enterprise" and _reads_on(passage, hit):
            continue
        following = passage.folded[hit.end : hit.end + 1]
        if kind == "enterprise" and (
            following == "区"
            or passage.folded.endswith(tuple(words_of("name_forms", "region")), hit.start, hit.end)
        ):
            continue
        if kind == "organization" and (following == "门" or (not inside and following == "长")):
            continue
        if kind == "enterprise" and passage.folded[hit.start : hit.end].endswith(_MEDIA):
            kind = "organization"
        if hit.term.ambiguous or (
            kind == "enterprise" and passage.folded[hit.start : hit.end] in words_of("naming", "platform")
        ):
            verbal = passage.words.tags[passage.word_at(hit.start)] in ("v", "d", "a", "ad")
            if (
                kind == "enterprise"
                and inside
                and not verbal
                and acts_as_company(passage, hit.start, hit.end)
            ):
                yield Found(hit.start, hit.end, kind, "lexicon", 0.75)
            continue
        if kind == "place" and hit.term.sort == "street" and passage.folded[hit.end - 2 : hit.end] == "街道":
            yield Found(hit.start, hit.end, "organization", "lexicon", 0.9)
        elif (
            inside
            or (hit.end - hit.start >= 4 and (passage.edges[hit.start] or passage.edges[hit.end]))
            or hit.end - hit.start >= 6
        ):
            sure = 0.9 if inside else 0.75
            yield Found(hit.start, hit.end, kind, "lexicon", sure - 0.1 if kind == "place" else sure)


def _reads_on(passage: AnnotatedText, hit: Hit) -> bool:
    """Tell whether a region and an everyday word that together are a company's name rather belong to the next noun (中国移动游戏)."""
    at = passage.after_places(hit.start, hit.end)
    index = passage.word_at(hit.end)
    if (
        at in (hit.start, hit.end)
        or not is_common(passage.folded[at : hit.end])
        or passage.words.starts[index : index + 1] != [hit.end]
    ):
        return False
    word, tag = passage.words.words[index], passage.words.tags[index]
    company = (
        hit.end in passage.title_starts
        or acts_as_company(passage, hit.start, hit.end)
        or word in words_of("naming", "role", "enterprise_head")
    )
    return tag in ("n", "nz") and len(word) > 1 and not company


def _nested(passage: AnnotatedText, bodies: list[Found]) -> Iterator[Found]:
    """Yield blocks over names that only begin the name of an award, a contest or a place: 西门子杯, 中国电信奖学金."""
    nesting = words_of("naming", "nesting")
    first = {word[0] for word in nesting}
    for found in bodies:
        if found.confidence < ENOUGH or passage.folded[found.end : found.end + 1] not in first:
            continue
        for length in (4, 3, 2, 1):
            word = passage.folded[found.end : found.end + length]
            verbal = found.label == "person" and (
                (length == 1 and word not in ("奖", "杯", "路")) or _acts(passage, found.end + length)
            )
            if word in nesting and not verbal and passage.edges[found.end + length]:
                yield Found(found.start, found.end + length, "expo", "nested", 1.0)
                break
