"""Whom plain grammar takes for the parties of a trigger: one piece of evidence for the pair scorer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from miner.model import Mention, Participant
from miner.offsets import Span
from miner.relate.events.reading import Scope
from miner.relate.events.triggers import Found, Words
from miner.relate.passage import Passage

_MAX_NAMES = 60
"""Names looked at in one clause: the longest honest lists hold some forty."""
_NAMES = ("person", "enterprise", "organization")
_COMPANY = re.compile(
    r"(?<![一-鿿])(?:该|这家|本|这一)?(?:公司|企业|集团|车企|药企|品牌|律所|机构)(?!们|的?[一-鿿]{0,6}(?:负责人|总裁|经理|代表))|(?<![一-鿿])(?:其(?!中|他|余|实|它)|它(?!们|的)|我们|我司)"
)
_PRONOUN = re.compile("(?:同时|随后|此外|曾|昨天|当天)?，?[他她](?!们|的)")
_BOTH = re.compile("双方|三方|四方|两家公司|两家企业|两者|彼此")
_GAP_BREAK = re.compile(r"[，。、；：！？“”\n]|[与和同及跟向对]")
_TITLE_LIST = re.compile("(?<=[长记任裁理监事席授员])、")
_TITLE_END = re.compile("(?:长|书记|主任|总裁|经理|总监|董事|主席|代表|教授|委员|常委|成员|顾问|兼)[、，]?$")
_LEARNT = re.compile("获悉|了解到|据悉")
_TITLE_LAST = re.compile(
    "(?:[长记任裁理监事席授员师家人官使问士书总兼手部办处科委院会]|[A-Z]{3}|先生|女士|代表|博士|参赞)$"
)
_ROLE_TAIL = re.compile("[^，。、；：“”\n与和同]{0,8}(?:负责人|发言人|相关人士|工作人员)(?!大会)")
_SUBJECT_TAIL = ("交易团", "将", "也", "已", "又", "首", "带", "展", "馆", "国家馆")
_PARTNER = re.compile("[与同和]")
_FROM = re.compile("来自(?:[^，。；]{0,12}、)?$")
_COVERB = (
    "与",
    "和",
    "同",
    "跟",
    "及",
    "联合",
    "携手",
    "会同",
    "联手",
    "携",
    "向",
    "对",
    "给",
    "为",
    "由",
    "被",
    "从",
    "获",
    "以及",
    "把",
    "将",
    "协助",
)
_ARRIVES = re.compile("(?:来到|走进|前往|到访|深入)了?[^，。；：！？\n]*$")
_LOCATIVE = ("在", "于", "位于", "至", "到")
_ETC = re.compile("等(?!于|级|待|候|比|值|同|离|到)")


@dataclass(frozen=True, slots=True)
class Cast:
    """The participants of a report."""

    participants: tuple[Participant, ...]
    own: frozenset[int]
    """Entities named in the trigger's own segment."""
    open_list: bool
    resolved: bool
    """True when a participant was not named in the sentence but resolved."""


def is_candidate(passage: Passage, mention: Mention) -> bool:
    """Tell whether a mention can take part: not inside a title 《…》, not a post's body, not a place."""
    if mention.label not in _NAMES:
        return False
    text = passage.text
    if passage.in_title(mention.span.start):
        return False
    start = mention.span.start
    if mention.label == "person" and text[max(start - 3, 0) : start].endswith(("记者", "通讯员")):
        return False
    return not (
        mention.label != "person" and (_modifies_person(passage, mention) or _is_location(text, mention))
    )


def _modifies_person(passage: Passage, mention: Mention, depth: int = 0) -> bool:
    """Tell whether a body stands before a person's title: 嘉吉亚太区总裁某人 takes part as the person alone."""
    text, end = passage.text, mention.span.end
    if text.startswith(("旗下", "下属", "所属"), end):
        return True
    following = next((m for m in passage.within(Span(end, end + 40)) if m.label != "place"), None)
    if following is not None:
        gap = re.sub(r"[（(][^（()）]{0,30}[）)]", "", text[end : following.span.start])
        if following.label == "person":
            titled = 2 <= len(gap) <= 24 and gap[0] != "的" and _TITLE_LAST.search(gap) is not None
            return titled and _GAP_BREAK.search(_TITLE_LIST.sub("长", gap)) is None
        if depth < 4 and _TITLE_END.search(gap) and len(gap) <= 16 and _GAP_BREAK.search(gap[:-1]) is None:
            return _modifies_person(passage, following, depth + 1)
    return _ROLE_TAIL.match(text, end) is not None


def _is_location(text: str, mention: Mention) -> bool:
    start, end = mention.span
    if not text[max(start - 2, 0) : start].endswith(_LOCATIVE):
        return False
    return (
        re.match(
            r"[^，。；、\n]{0,6}(?:办公室|总部|展台|展位|展馆|门口|附近|现场|大厦|园区|厂区|工厂|仓库|门店|大楼|基地|展区|会议室|会场|上|里|内)",
            text[end : end + 10],
        )
        is not None
    )


def find_cast(passage: Passage, trigger: Found, scope: Scope, words: Words) -> Cast:
    """Collect the participants of a trigger: its own segment first, further left while no subject is named."""
    text = passage.text
    own_segment = scope.segments[scope.own]
    mine = _names(passage, Span(max(own_segment.start, scope.floor), own_segment.end))
    if trigger.rule.type == "exhibition" and "list" not in trigger.rule.flags:
        mine = mine or _countries(passage, scope, trigger, True)
    if trigger.rule.type == "award":
        mine = [m for m in mine if m.span.end <= trigger.span.start or not _in_award(text, m)]
    chosen: list[Mention] = [*_listed_left(passage, scope), *mine]
    resolved: list[Participant] = []
    if not _has_subject(text, mine, trigger):
        if not (company := _company(passage, trigger, own_segment, scope)):
            chosen = [*_further_left(passage, scope, words, trigger), *chosen]
        else:
            resolved = company
    chosen += _further_right(passage, scope, words)
    countries = _countries(passage, scope, trigger, not chosen and not resolved)
    chosen += countries
    own = frozenset(m.entity for m in (*mine, *countries) if own_segment.covers(m.span))
    participants = _participants(passage, chosen, trigger, resolved)
    return Cast(participants, own, _open_list(text, chosen, scope.sentence.end), bool(resolved))


def _in_award(text: str, mention: Mention) -> bool:
    """Tell whether a name is a part of the name of a prize: 华东理工大学优秀奖学金."""
    return re.match("[^，。、；]{0,14}[奖杯称号]", text[mention.span.end : mention.span.end + 18]) is not None


def _listed_left(passage: Passage, scope: Scope) -> list[Mention]:
    """Take in a list of people that runs over commas: 甲局局长某人，乙公司总裁某人，丙会会长某人出席."""
    found: list[Mention] = []
    for index in range(scope.own - 1, max(scope.own - 12, -1), -1):
        segment = scope.segments[index]
        names = _names(passage, Span(max(segment.start, scope.floor), segment.end))
        if not names or names[-1].label != "person" or segment.end - names[-1].span.end > 1:
            break
        found[:0] = names
    return found


def _names(passage: Passage, span: Span) -> list[Mention]:
    return [m for m in passage.within(span)[:_MAX_NAMES] if is_candidate(passage, m)]


def _has_subject(text: str, names: Iterable[Mention], trigger: Found) -> bool:
    """Tell whether a name before the trigger stands there without 与, 向, 对 and the like.

    A name that a list mark joins to the one before shares its part: 与甲、乙签署 has no subject yet.
    """
    previous: Mention | None = None
    governed = False
    for name in names:
        if name.span.end > trigger.span.start:
            break
        joined = previous is not None and text[previous.span.end : name.span.start] in (
            "、",
            "和",
            "及",
            "以及",
        )
        if not joined:
            governed = _is_governed(text, name)
        if not governed:
            return True
        previous = name
    return False


_HEAD_COVERB = re.compile(
    "(?:^|[，；：。\n]|并|又|还|也|先后|分别|一起|共同|立即|当天|日)(?:与|同|和|跟|向|对|联合|携手|会同|会见)[^，；：。\n]{0,30}$"
)


def _is_governed(text: str, name: Mention) -> bool:
    start = name.span.start
    if text[max(start - 2, 0) : start].endswith(_COVERB):
        return True
    return name.label == "person" and _HEAD_COVERB.search(text, max(start - 40, 0), start) is not None


def _company(passage: Passage, trigger: Found, segment: Span, scope: Scope) -> list[Participant]:
    """Resolve 公司, 该企业, 其, 双方 in front of the trigger."""
    start = max(segment.start, scope.floor)
    hit = _COMPANY.search(passage.text, start, trigger.span.start)
    if hit is None:
        pronoun = _PRONOUN.match(passage.text, start, trigger.span.start)
        return person_before(passage, pronoun.start(), trigger.rule.roles[0]) if pronoun else []
    return company_before(passage, hit.start(), trigger.rule.roles[0])


def person_before(passage: Passage, at: int, role: str) -> list[Participant]:
    """Return the person that 他 or 她 at a place stands for: whom the nearest sentence with people names first."""
    chosen: Mention | None = None
    sentence: Span | None = None
    for mention in passage.before(at):
        if mention.label != "person":
            continue
        sentence = sentence or passage.sentence(mention.span.start)
        if mention.span.start < sentence.start:
            break
        chosen = mention
    return [] if chosen is None else [Participant(role, passage.entity(chosen).name, chosen.entity)]


def company_before(passage: Passage, at: int, role: str) -> list[Participant]:
    """Return the company that 公司 at a place stands for: the one named last before it."""
    for mention in passage.before(at):
        if mention.label == "enterprise":
            return [Participant(role, passage.entity(mention).name, mention.entity)]
    return []


def _further_left(passage: Passage, scope: Scope, words: Words, trigger: Found) -> list[Mention]:
    """Look for the subject in the segments before, nearest first; names behind 与, 向 are taken only when no other is."""
    fallback: list[Mention] = []
    for index in range(scope.own - 1, max(scope.own - 6, -1), -1):
        segment = scope.segments[index]
        names = _names(passage, Span(max(segment.start, scope.floor), segment.end))
        if not names or _LEARNT.search(segment.of(passage.text)) is not None:
            continue
        if trigger.rule.type == "visit" and not _tells_other(words, segment):
            return _all_left(passage, scope, index)
        if trigger.rule.type not in _SUBJECT_ONLY:
            return names
        verbs = words.within(segment, layer="trigger")
        free = [name for name in names if not _is_governed(passage.text, name)]
        free = [name for name in free if not verbs or name.span.start < verbs[0].span.start] or free
        if free:
            return free
        fallback = fallback or names
    return fallback


_SUBJECT_ONLY = frozenset({"signing", "meeting", "investment", "visit", "founding"})


def _tells_other(words: Words, segment: Span) -> bool:
    """Tell whether a clause tells an event of another type than a visit: its objects do not take part in this one."""
    return any(
        word.rule.kind not in ("visit", "exhibition") for word in words.within(segment, layer="trigger")
    )


def _all_left(passage: Passage, scope: Scope, index: int) -> list[Mention]:
    return [
        name
        for segment in scope.segments[: index + 1]
        for name in _names(passage, Span(max(segment.start, scope.floor), segment.end))
    ]


def _further_right(passage: Passage, scope: Scope, words: Words) -> list[Mention]:
    """Take in who is named behind the trigger's segment with 出席, 到场, 参加."""
    names: list[Mention] = []
    for segment in scope.segments[scope.own + 1 :]:
        if words.within(segment, layer="context", kind="attend"):
            names.extend(_names(passage, segment))
    return names


def _countries(passage: Passage, scope: Scope, trigger: Found, alone: bool) -> list[Mention]:
    """Take a country or city for a participant: named behind 来自, or the subject when nobody else is named."""
    text = passage.text
    chosen: list[Mention] = []
    last = min(scope.own + 1, len(scope.segments) - 1)
    near = Span(scope.segments[max(scope.own - 1, 0)].start, scope.segments[last].end)
    places = [m for m in passage.within(near) if m.label == "place" and m.span.start >= scope.floor]
    if trigger.rule.type == "exhibition":
        places = [m for m in places if passage.entity(m).kind in (None, "country", "region")]
    for place in places:
        joined = bool(chosen) and text[chosen[-1].span.end : place.span.start] in ("、", "和")
        comes = _FROM.search(text, max(place.span.start - 16, 0), place.span.start) is not None
        if trigger.rule.type in ("conference", "meeting", "exhibition") and (joined or comes):
            chosen.append(place)
    if trigger.rule.type in ("signing", "meeting"):
        own = scope.segments[scope.own]
        chosen += [m for m in places if m not in chosen and _is_partner(text, m, trigger, own)]
    if chosen or not alone or trigger.rule.type in ("conference", "visit", "ceremony"):
        return chosen
    if trigger.rule.type in ("signing", "investment", "founding", "award"):
        places = [m for m in places if scope.segments[scope.own].covers(m.span)]
    described = [m for m in places if text[trigger.span.end : m.span.start] == "的"]
    if described and trigger.rule.type == "exhibition":
        return described[:1]  # 首次参展的泰国企业
    subjects = [m for m in places if m.span.end <= trigger.span.start and _is_subject(text, m, trigger)]
    every = [m for m in places if subjects and m.span.start <= subjects[-1].span.start]
    chain = every[-1:]
    for place in reversed(every[:-1]):
        if text[place.span.end : chain[0].span.start] not in ("、", "和", "与"):
            break
        chain.insert(0, place)
    return chain


def _is_partner(text: str, place: Mention, trigger: Found, own: Span) -> bool:
    """Tell whether a place is a party: 重庆市与某公司, 某公司与重庆市签署."""
    if _PARTNER.match(text, place.span.end) is not None:
        return _is_subject(text, place, trigger)
    joined = text[place.span.start - 1 : place.span.start] in ("与", "同", "和")
    return joined and own.covers(place.span) and place.span.end == trigger.span.start


def _is_subject(text: str, place: Mention, trigger: Found) -> bool:
    before, after = (
        text[max(place.span.start - 1, 0) : place.span.start],
        text[place.span.end : place.span.end + 3],
    )
    if before in tuple("在于从到至向对与和同经"):
        return False
    first = before in ("", "，", "。", "：", "、", "；", "\n", "—")
    if after.startswith(
        ("首", "国家会展", "会展", "的", "分公司", "公司", "总部", "研发", "工厂", "子公司", "代表处")
    ):
        return False
    return first or after.startswith(_SUBJECT_TAIL) or place.span.end == trigger.span.start


def _participants(
    passage: Passage, names: list[Mention], trigger: Found, resolved: list[Participant]
) -> tuple[Participant, ...]:
    before, behind = trigger.rule.roles
    if passage.text[trigger.span.start - 1 : trigger.span.start] in ("被", "获"):
        before, behind = behind, before
    found: dict[int | None, Participant] = {p.entity: p for p in resolved}
    if trigger.rule.type == "exhibition":
        names = [name for name in names if name.label != "person"]
    for name in names:
        role = before if name.span.start < trigger.span.start else behind
        if before != behind and role == before and _is_object(passage, name, trigger):
            role = behind
        found.setdefault(name.entity, Participant(role, passage.entity(name).name, name.entity))
    return tuple(found.values())


def _is_object(passage: Passage, name: Mention, trigger: Found) -> bool:
    """Tell whether a name before a trigger is what is acted on: behind 与 or 向, or where somebody came to."""
    start = name.span.start
    if passage.text[max(start - 2, 0) : start].endswith(("与", "向", "对", "被")):
        return True
    if trigger.rule.type != "visit" or name.label == "person":
        return False
    return comes_to(passage.text[passage.sentence(start).start : start])


def comes_to(before: str) -> bool:
    """Tell whether what stands before a name says that somebody came there (a list of such names counts as one).

    >>> comes_to("区长先后来到晨星医疗、"), comes_to("晨星医疗来到静江，")
    (True, False)
    """
    return _ARRIVES.search(before) is not None


def _open_list(text: str, names: list[Mention], end: int) -> bool:
    return any(_ETC.match(text, name.span.end, end) is not None for name in names)
