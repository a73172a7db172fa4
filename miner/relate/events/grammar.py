"""Whom plain grammar takes for the parties of a trigger: one piece of evidence for the pair scorer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from miner.language.lexicon import alternatives, listed
from miner.language.numerals import han_class
from miner.model import Mention, Participant
from miner.offsets import Span
from miner.relate.events.reading import Scope
from miner.relate.events.triggers import FoundWord, Words
from miner.relate.events.wishers import wishers
from miner.relate.passage import Passage

_MAX_NAMES = 60
"""Names looked at in one clause: the longest honest lists hold some forty."""
_NAMES = ("person", "enterprise", "organization")
_GAP_BREAK = re.compile(r"[，。、；：！？“”\n]|[与和同及跟向对]")
_LEARNT = re.compile("获悉|了解到|据悉")
_ROLE_TAIL = re.compile("[^，。、；：“”\n与和同]{0,8}(?:负责人|发言人|相关人士|工作人员)(?!大会)")
_PARTNER = re.compile("[与同和]")
_FROM = re.compile("来自(?:[^，。；]{0,12}、)?$")
_LOCATIVE = ("在", "于", "位于", "至", "到")
_BRACKETED = re.compile(r"[（(][^（()）]{0,30}[）)]")
_MASTERED = ("旗下", "下属", "所属")
_DEPTH, _TITLE, _GAP = 4, 24, 16
"""Bodies of one person's posts in a row; the longest title, and the longest before another body's."""
_DENIES = frozenset({"conference", "visit", "ceremony"})
"""Types of which a place alone is no party."""
_OWN_CLAUSE = frozenset({"signing", "investment", "founding", "award"})
_SHOWN = frozenset({"exhibition", "launch"})
_PAVILION = re.compile("国家?(?:展?馆|展区|展台)")
_GATHERS = frozenset({"conference", "meeting", "exhibition"})


@dataclass(frozen=True, slots=True)
class GrammarPatterns:
    """The patterns of grammar that need word lists: their words stand in the lexicon `event_grammar`."""

    company: re.Pattern[str]
    """公司, 该企业, 其: what stands for a company named before."""
    pronoun: re.Pattern[str]
    title_end: re.Pattern[str]
    title_last: re.Pattern[str]
    title_list: re.Pattern[str]
    """The mark between two titles of one person."""
    head_coverb: re.Pattern[str]
    premises: re.Pattern[str]
    """What makes a name a place: 总部, 展台."""
    etc: re.Pattern[str]
    coverbs: tuple[str, ...]
    subject_tail: tuple[str, ...]
    no_subject_tail: tuple[str, ...]
    no_subject_head: frozenset[str]
    arrives: re.Pattern[str]
    comes_to_be: re.Pattern[str]
    """What stands behind 成立 where nothing is founded behind it."""


@cache
def patterns() -> GrammarPatterns:
    """Return the patterns, made once."""
    return GrammarPatterns(
        company=re.compile(
            rf"(?<![一-鿿])(?:{_either('when')})?(?:{_either('this')})?(?:{_either('company')})"
            rf"(?!们|的?[一-鿿]{{0,6}}(?:{_either('company_head')}))"
            rf"|(?<![一-鿿])(?:其(?!{_either('not_its')})|它(?!们|的)|{_either('ours')})"
        ),
        pronoun=re.compile(f"(?:{_either('lead')})?，?[他她](?!们|的)"),
        title_end=re.compile(f"(?:{_either('title_end')})[、，]?$"),
        title_list=re.compile(f"(?<=[{''.join(listed('event_grammar', 'title_before_mark'))}])、"),
        title_last=re.compile(f"(?:{_either('title_last')}|[A-Z]{{3}})$"),
        head_coverb=re.compile(
            rf"(?:^|[，；：。\n]|{_either('head_lead')})(?:{_either('head_coverb')})[^，；：。\n]{{0,30}}$"
        ),
        premises=re.compile(rf"[^，。；、\n]{{0,6}}(?:{_either('premises')})"),
        etc=re.compile(f"等(?!{_either('not_etc')})"),
        coverbs=listed("event_grammar", "coverb"),
        subject_tail=listed("event_grammar", "subject_tail"),
        no_subject_tail=listed("event_grammar", "no_subject_tail"),
        no_subject_head=frozenset(listed("event_grammar", "no_subject_head")),
        arrives=re.compile(rf"(?:{_either('arrives')})了?[^，。；：！？\n]*$"),
        comes_to_be=re.compile(
            rf"(?:{_either('comes_to_be')}|[0-9{han_class(myriads=False)}]{{1,4}}周年|[，。；：！？、）”》\n]|$)"
        ),
    )


def _either(kind: str) -> str:
    return alternatives(listed("event_grammar", kind))


@dataclass(frozen=True, slots=True)
class GrammarCast:
    """The participants of a report."""

    participants: tuple[Participant, ...]
    own: frozenset[int]
    """Entities named in the trigger's own segment."""
    open_list: bool
    resolved: bool
    """True when a participant was not named in the sentence but resolved."""


def is_candidate(passage: Passage, mention: Mention) -> bool:
    """Tell whether a mention can take part: not inside a title 《…》, not a post's body, not a place."""
    start, text = mention.span.start, passage.text
    if mention.label not in _NAMES or passage.in_title(start):
        return False
    if mention.label == "person":
        return not text[max(start - 3, 0) : start].endswith(("记者", "通讯员"))
    return not (_modifies_person(passage, mention) or _is_location(text, mention))


def _modifies_person(passage: Passage, mention: Mention, depth: int = 0) -> bool:
    """Tell whether a body stands before a person's title: 嘉吉亚太区总裁某人 takes part as the person alone."""
    text, end = passage.text, mention.span.end
    if text.startswith(_MASTERED, end):
        return True
    following = next((m for m in passage.within(Span(end, end + 40)) if m.label != "place"), None)
    if following is not None:
        gap = _BRACKETED.sub("", text[end : following.span.start])
        if following.label == "person":
            return _is_title(gap)
        if depth < _DEPTH and _ends_title(gap):
            return _modifies_person(passage, following, depth + 1)
    return _ROLE_TAIL.match(text, end) is not None


def _is_title(gap: str) -> bool:
    """Tell whether what stands between a body and a person is the person's title."""
    if not 2 <= len(gap) <= _TITLE or gap[0] == "的" or patterns().title_last.search(gap) is None:
        return False
    return _GAP_BREAK.search(patterns().title_list.sub("长", gap)) is None


def _ends_title(gap: str) -> bool:
    """Tell whether what stands between two bodies ends one title of somebody who holds another: 甲会会长、乙公司总裁某人."""
    titled = patterns().title_end.search(gap) is not None
    return titled and len(gap) <= _GAP and _GAP_BREAK.search(gap[:-1]) is None


def _is_location(text: str, mention: Mention) -> bool:
    start, end = mention.span
    if not text[max(start - 2, 0) : start].endswith(_LOCATIVE):
        return False
    return patterns().premises.match(text[end : end + 10]) is not None


def find_cast(passage: Passage, trigger: FoundWord, scope: Scope, words: Words) -> GrammarCast:
    """Collect the participants of a trigger: its own segment first, further left while no subject is named."""
    segment = scope.segments[scope.own]
    mine = _own_names(passage, trigger, scope)
    chosen: list[Mention] = [*_listed_left(passage, scope), *mine]
    resolved: list[Participant] = []
    if not _has_subject(passage.text, mine, trigger):
        resolved = _company(passage, trigger, segment, scope)
        if not resolved:
            chosen = [*_further_left(passage, scope, words, trigger), *chosen]
    chosen += _further_right(passage, scope, words)
    countries = _countries(passage, scope, trigger, not chosen and not resolved)
    chosen += countries
    own = frozenset(m.entity for m in (*mine, *countries) if segment.covers(m.span))
    outside = wishers(passage, trigger.span.start)
    chosen = [m for m in chosen if m.entity not in outside]
    participants = _participants(passage, chosen, trigger, [p for p in resolved if p.entity not in outside])
    return GrammarCast(
        participants, own, _open_list(passage.text, chosen, scope.sentence.end), bool(resolved)
    )


def _own_names(passage: Passage, trigger: FoundWord, scope: Scope) -> list[Mention]:
    """Return the names of a trigger's own segment that may take part."""
    segment = scope.segments[scope.own]
    mine = _names(passage, Span(max(segment.start, scope.floor), segment.end))
    pavilion = _pavilion(
        passage, Span(max(segment.start, scope.floor), trigger.span.start), trigger.rule.type
    )
    if pavilion:
        return pavilion
    if trigger.rule.type == "exhibition" and "list" not in trigger.rule.flags:
        return mine or _countries(passage, scope, trigger, True)
    if trigger.rule.type == "award":
        return [m for m in mine if m.span.end <= trigger.span.start or not _in_award(passage.text, m)]
    return mine


def _pavilion(passage: Passage, head: Span, kind: str) -> list[Mention]:
    """Return the country whose pavilion is named last before a trigger of showing: 某国国家馆首次亮相."""
    named = passage.within(head) if kind in _SHOWN else []
    if not named or named[-1].label != "place":
        return []
    return [named[-1]] if _PAVILION.match(passage.text, named[-1].span.end, head.end) else []


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


def _has_subject(text: str, names: Iterable[Mention], trigger: FoundWord) -> bool:
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


def _is_governed(text: str, name: Mention) -> bool:
    start = name.span.start
    if text[max(start - 2, 0) : start].endswith(patterns().coverbs):
        return True
    return (
        name.label == "person" and patterns().head_coverb.search(text, max(start - 40, 0), start) is not None
    )


def _company(passage: Passage, trigger: FoundWord, segment: Span, scope: Scope) -> list[Participant]:
    """Resolve 公司, 该企业, 其, 双方 in front of the trigger."""
    start = max(segment.start, scope.floor)
    hit = patterns().company.search(passage.text, start, trigger.span.start)
    if hit is None:
        pronoun = patterns().pronoun.match(passage.text, start, trigger.span.start)
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
    """Return the company that 公司 at a place stands for."""
    company = passage.company_before(at)
    return [] if company is None else [Participant(role, passage.entity(company).name, company.entity)]


def _further_left(passage: Passage, scope: Scope, words: Words, trigger: FoundWord) -> list[Mention]:
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
        free = _ungoverned(passage.text, names, words.within(segment, layer="trigger"))
        if free:
            return free
        fallback = fallback or names
    return fallback


def _ungoverned(text: str, names: Iterable[Mention], verbs: Sequence[FoundWord]) -> list[Mention]:
    """Return the names without a preposition, those before the first trigger where there are some."""
    free = [name for name in names if not _is_governed(text, name)]
    before = [name for name in free if not verbs or name.span.start < verbs[0].span.start]
    return before or free


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


def _countries(passage: Passage, scope: Scope, trigger: FoundWord, alone: bool) -> list[Mention]:
    """Take a country or city for a participant: named behind 来自, or the subject when nobody else is named."""
    kind, own = trigger.rule.type, scope.segments[scope.own]
    places = _places_near(passage, scope, kind)
    chosen = _gathered(passage.text, places, trigger, own)
    if chosen or not alone or kind in _DENIES:
        return chosen
    if kind in _OWN_CLAUSE:
        places = [m for m in places if own.covers(m.span)]
    if kind == "exhibition":
        described = [m for m in places if passage.text[trigger.span.end : m.span.start] == "的"]
        if described:
            return described[:1]  # 首次参展的泰国企业
    return _subjects(passage.text, places, trigger)


def _gathered(text: str, places: Sequence[Mention], trigger: FoundWord, own: Span) -> list[Mention]:
    """Return the places that take part beside others: who comes from there, and who is a partner."""
    kind = trigger.rule.type
    chosen = _coming(text, places) if kind in _GATHERS else []
    if kind in ("signing", "meeting"):
        chosen += [m for m in places if m not in chosen and _is_partner(text, m, trigger, own)]
    return chosen


def _places_near(passage: Passage, scope: Scope, kind: str) -> list[Mention]:
    """Return the places of the trigger's segment and its neighbours; of exhibitions only countries and regions."""
    last = min(scope.own + 1, len(scope.segments) - 1)
    near = Span(scope.segments[max(scope.own - 1, 0)].start, scope.segments[last].end)
    places = [m for m in passage.within(near) if m.label == "place" and m.span.start >= scope.floor]
    if kind == "exhibition":
        places = [m for m in places if passage.entity(m).kind in (None, "country", "region")]
    return places


def _coming(text: str, places: Iterable[Mention]) -> list[Mention]:
    """Return the places behind 来自, with those that are joined to one by 、."""
    chosen: list[Mention] = []
    for place in places:
        joined = bool(chosen) and text[chosen[-1].span.end : place.span.start] in ("、", "和")
        if joined or _FROM.search(text, max(place.span.start - 16, 0), place.span.start) is not None:
            chosen.append(place)
    return chosen


def _subjects(text: str, places: Sequence[Mention], trigger: FoundWord) -> list[Mention]:
    """Return the last place before a trigger that may be its subject, with those that are joined to it."""
    subjects = [m for m in places if m.span.end <= trigger.span.start and _is_subject(text, m, trigger)]
    every = [m for m in places if subjects and m.span.start <= subjects[-1].span.start]
    chain = every[-1:]
    for place in reversed(every[:-1]):
        if text[place.span.end : chain[0].span.start] not in ("、", "和", "与"):
            break
        chain.insert(0, place)
    return chain


def _is_partner(text: str, place: Mention, trigger: FoundWord, own: Span) -> bool:
    """Tell whether a place is a party: 重庆市与某公司, 某公司与重庆市签署."""
    if _PARTNER.match(text, place.span.end) is not None:
        return _is_subject(text, place, trigger)
    joined = text[place.span.start - 1 : place.span.start] in ("与", "同", "和")
    return joined and own.covers(place.span) and place.span.end == trigger.span.start


def _is_subject(text: str, place: Mention, trigger: FoundWord) -> bool:
    before, after = (
        text[max(place.span.start - 1, 0) : place.span.start],
        text[place.span.end : place.span.end + 3],
    )
    known = patterns()
    if before in known.no_subject_head or after.startswith(known.no_subject_tail):
        return False
    first = before in ("", *"，。：、；\n—")
    return first or after.startswith(known.subject_tail) or place.span.end == trigger.span.start


def _participants(
    passage: Passage, names: list[Mention], trigger: FoundWord, resolved: list[Participant]
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
        role = fitting(role, name, passage, trigger)
        found.setdefault(name.entity, Participant(role, passage.entity(name).name, name.entity))
    return tuple(found.values())


def _is_object(passage: Passage, name: Mention, trigger: FoundWord) -> bool:
    """Tell whether a name before a trigger is what is acted on: behind 与 or 向, or where somebody came to."""
    start = name.span.start
    if passage.text[max(start - 2, 0) : start].endswith(("与", "向", "对", "被")):
        return True
    if is_other_side(passage, name, trigger):
        return True
    if trigger.rule.type != "visit" or name.label == "person":
        return False
    return comes_to(passage.text[passage.sentence(start).start : start])


_MET_WITH = re.compile("(?<![陪会参共])[同与][^，。；：、与和同]{0,20}$")
_COMPANY = 24
"""Characters before a name in which 同 or 与 and a title may stand."""
_INVITES = re.compile("[^，。；：！？\n]{0,40}?邀请?，")


def invites(passage: Passage, name: Mention) -> bool:
    """Tell whether a name stands between 应 and 邀请: who comes at its invitation comes to it."""
    start, end = passage.sentence(name.span.start)
    asked = passage.text.rfind("应", start, name.span.start)
    if asked < 0 or any(mark in passage.text[asked : name.span.start] for mark in "，。；：！？"):
        return False
    return _INVITES.match(passage.text, name.span.end, end) is not None


def fitting(role: str, name: Mention, passage: Passage, trigger: FoundWord) -> str:
    """Return the role of a name, another where it cannot have it.

    Nobody founds or launches a person, who then was there; what is named in a later clause is neither founded nor launched.
    """
    if role not in ("founded", "launched"):
        return role
    if name.label == "person":
        return "attendee"
    between = passage.text[trigger.span.end : name.span.start]
    return "participant" if any(mark in between for mark in "，。；") else role


def is_other_side(passage: Passage, name: Mention, trigger: FoundWord) -> bool:
    """Tell whether a name before a trigger has the second role: who invited, whom one meets with, what comes into being."""
    if invites(passage, name):
        return True
    if trigger.rule.type == "meeting":
        start = passage.sentence(name.span.start).start
        return (
            _MET_WITH.search(passage.text, max(start, name.span.start - _COMPANY), name.span.start)
            is not None
        )
    return trigger.rule.type == "founding" and _comes_to_be(passage, name, trigger)


def _comes_to_be(passage: Passage, name: Mention, trigger: FoundWord) -> bool:
    """Tell whether it is a name itself that is founded: 某联盟成立大会, 某公司于去年成立。"""
    between = passage.within(Span(name.span.end, trigger.span.start))
    if any(mention.label != "place" for mention in between) or name.label == "person":
        return False
    held = trigger.text.endswith(("大会", "仪式"))
    return held or patterns().comes_to_be.match(passage.text, trigger.span.end) is not None


def comes_to(before: str) -> bool:
    """Tell whether what stands before a name says that somebody came there (a list of such names counts as one).

    >>> comes_to("区长先后来到晨星医疗、"), comes_to("晨星医疗来到静江，")
    (True, False)
    """
    return patterns().arrives.search(before) is not None


def _open_list(text: str, names: list[Mention], end: int) -> bool:
    return any(patterns().etc.match(text, name.span.end, end) is not None for name in names)
