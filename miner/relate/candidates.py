"""Sentence → candidates for event reports: triggers with what is held, who took part, joined where they tell one event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from miner.offsets import Span
from miner.relate.background import tells
from miner.relate.participants import Cast, Scope, find_cast
from miner.relate.reading import Candidate, Reading
from miner.relate.triggers import Found, Rule

_SEGMENT = re.compile("[，；：,;:]")
_HELD_GAP = 45
_CLOSE = 14
_PASSIVE = frozenset(
    {
        "举行",
        "举办",
        "召开",
        "如期举办",
        "成功举办",
        "成功举行",
        "隆重举行",
        "启动",
        "开启",
        "开始",
        "拉开帷幕",
        "进行",
    }
)
JOINING = frozenset({"参加", "参加了", "出席", "出席了", "亮相于", "进行", "开始"})
"""Verbs that make an event of a forum or a fair only for who is named."""
_BEGINS = frozenset({"启动", "开启", "开始", "进行"})
_ENDS = re.compile("了?(?:[，。；！？”）)]|$|\n|并|且)")
_POSSESSED = re.compile("的[^，。、]{1,16}$")
_OPENED = frozenset({"获准开业", "开业", "正式开业", "盛大开业"})
_RUN = frozenset({"投运", "正式投运", "启用", "正式启用", "投用", "投入使用", "投入运营", "试运营"})
_FIRM = re.compile("公司|银行|分行|支行|机构|办事处|事务所|研究院")
_SHOP = re.compile("店|工厂|酒店|商场|餐厅|仓")
_PLANT = re.compile("装置|产线|生产线|工厂|车间|电站|基地|机组|厂房|仓库|二期|一期|物流中心|总部|项目")
_FIRST = re.compile("首[发秀展]$")
_PRODUCT = re.compile(
    "新产品|新品|新技术|产品|车型|[款项件架辆台艘]|展品|商品|技术|机器人|设备|作品|飞机|汽车|药|品牌|系统|方案|指数|报告"
)
_MAX_WORDS = 40
"""Triggers and nouns looked at in one sentence."""
_MAX_SENTENCE = 1200
"""Events are sought in the first characters of a sentence that is longer: nobody writes such a sentence."""


def candidates(reading: Reading, sentence: Span) -> Iterator[Candidate]:
    """Yield what a sentence may tell: its triggers first, then 在…论坛上 without a verb of its own."""
    text = reading.passage.text
    sentence = Span(sentence.start, min(sentence.end, sentence.start + _MAX_SENTENCE))
    triggers = reading.words.within(sentence, layer="trigger")[:_MAX_WORDS]
    nouns = reading.words.within(sentence, layer="noun")[:_MAX_WORDS]
    if not triggers and not nouns:
        return
    segments = _segments(reading, sentence, triggers)
    used: set[Span] = set()
    for found in triggers:
        own = next(i for i, s in enumerate(segments) if found.span.start < s.end)
        noun = _held(text, found, nouns, segments[own]) if "support" in found.rule.flags else None
        trigger = _typed(reading, found, noun, segments[own])
        if trigger is None:
            continue
        scope = Scope(sentence, segments, own, _floor(reading, trigger, sentence))
        cast = find_cast(reading.passage, trigger, scope, reading.words)
        if noun is not None:
            used.add(noun.span)
            if noun.span.start >= trigger.span.end and _is_setting(reading, noun):
                cast = joined(cast, _attendees(reading, noun, scope))
        yield Candidate(trigger, scope, cast, noun)
    for noun in nouns:
        own = next(i for i, s in enumerate(segments) if noun.span.start < s.end)
        if noun.span in used or noun.rule.kind == "exhibition":
            continue
        if "setting" in noun.rule.flags and (
            _is_setting(reading, noun) or _called_off(reading, noun, segments[own])
        ):
            scope = Scope(sentence, segments, own, _floor(reading, noun, sentence))
            yield Candidate(noun, scope, _attendees(reading, noun, scope), noun)


def _typed(reading: Reading, trigger: Found, noun: Found | None, segment: Span) -> Found | None:
    """Settle the type of a trigger by what stands around it; None when it tells no event."""
    text, rule = reading.passage.text, trigger.rule
    if "support" in rule.flags:
        if noun is None:
            return None
        if (
            text.startswith("的", noun.span.end)
            and trigger.text in JOINING
            and noun.span.start >= trigger.span.end
        ):
            return None  # 参加论坛的嘉宾: a description
        rule = replace(rule, kind=noun.rule.kind)
    found = Found(trigger.span, trigger.text, rule)
    if not tells(reading, found, segment):
        return None
    end = trigger.span.end
    if rule.instead is not None and any(word in text[end : end + _CLOSE] for word in rule.instead[1]):
        return Found(
            trigger.span, trigger.text, replace(rule, kind=rule.instead[0], roles=("buyer", "seller"))
        )
    rule = _by_subject(text, found, segment)
    found = Found(trigger.span, trigger.text, rule)
    if _FIRST.search(trigger.text) and not _shows_product(reading, segment):
        return None
    return _debut(reading, found, segment) if "debut" in rule.flags else found


def _by_subject(text: str, trigger: Found, segment: Span) -> Rule:
    """Settle a type by its subject: a firm that opens is founded, a plant that starts to run is an investment."""
    head = text[segment.start : trigger.span.start]
    rule = trigger.rule
    if trigger.text in _OPENED and _FIRM.search(head) and not _SHOP.search(head[-12:]):
        return replace(rule, kind="founding", roles=("founded", "founder"))
    sentence = text[max(text.rfind("。", 0, segment.start), 0) : trigger.span.start]
    if trigger.text in _RUN and _PLANT.search(sentence):
        return replace(rule, kind="investment", roles=("investor", "target"))
    return rule


def _segments(reading: Reading, sentence: Span, triggers: list[Found]) -> tuple[Span, ...]:
    """Cut a sentence at its commas, and at a 、 between two verbs: 收购甲、控股乙."""
    text, brackets = reading.passage.text, reading.passage.brackets
    cuts = [m.start() for m in _SEGMENT.finditer(text, sentence.start, sentence.end)]
    if cuts and brackets:
        cuts = [cut for cut in cuts if not reading.passage.in_bracket(cut)]
    for one, other in pairwise(triggers):
        if (
            text[other.span.start - 1] == "、"
            and one.rule.type == other.rule.type
            and one.span.end < other.span.start
        ):
            cuts.append(other.span.start - 1)
    cuts.sort()
    edges = [sentence.start, *(c + 1 for c in cuts if c + 1 < sentence.end), sentence.end]
    return tuple(Span(a, b) for a, b in pairwise(edges))


def _called_off(reading: Reading, noun: Found, segment: Span) -> bool:
    """路演已经取消, 签约因故延期: what is called off needs no verb of holding."""
    if reading.passage.in_title(noun.span.start):
        return False
    rest = Span(noun.span.end, segment.end)
    words = (
        w for kind in ("negated", "postponed") for w in reading.words.within(rest, layer="context", kind=kind)
    )
    return any(_CLAUSE_END.match(reading.passage.text, word.span.end) is not None for word in words)


_CLAUSE_END = re.compile("了?(?:[，。；！]|$)")


def _is_dated(reading: Reading, noun: Found) -> bool:
    """11月6日的采购对接会 is held on its day, whatever the clause says of it."""
    text = reading.passage.text
    low = max(noun.span.start - 30, 0)
    for when in reading.dates_in(low, noun.span.start):
        if when.span.end < noun.span.start and when.precision == "day":
            between = text[when.span.end : noun.span.start]
            if between.startswith("的") and not any(mark in between for mark in "，。；、"):
                return True
    return False


def _floor(reading: Reading, trigger: Found, sentence: Span) -> int:
    """Return where the words begin that hold the trigger: behind 某人表示，."""
    floor = sentence.start
    for quote in reading.quotes_before(trigger.span.start):
        if quote.span.start > trigger.span.start:
            break
        for span in (quote.span, *quote.continued):
            if span.start <= trigger.span.start < span.end:
                floor = max(floor, span.start)
    return floor


def _held(text: str, trigger: Found, nouns: list[Found], segment: Span) -> Found | None:
    """Find the noun of what is held: the last in the segment behind the verb, else the nearest before it."""
    behind = [
        n for n in nouns if trigger.span.end <= n.span.start < min(segment.end, trigger.span.end + _HELD_GAP)
    ]
    if behind:
        return behind[-1] if trigger.text not in _BEGINS or behind[-1].rule.kind != "exhibition" else None
    if (
        trigger.text not in _BEGINS
        and trigger.text not in JOINING
        and (held := _coined(text, trigger, segment))
    ):
        return held
    if _ENDS.match(text, trigger.span.end) is None:
        return None
    before = [n for n in nouns if segment.start <= n.span.start and n.span.end <= trigger.span.start]
    if trigger.text not in _PASSIVE or text[trigger.span.start - 1] == "的":
        return None
    if not before:
        return _coined_subject(text, trigger, segment) if trigger.text not in _BEGINS else None
    return before[-1] if trigger.text not in _BEGINS or before[-1].rule.kind != "exhibition" else None


_COINED = re.compile(
    '(?P<head>[^，。；：\n]{0,36}?)(?P<noun>活动|专场|路演|赛事|演出|签约会|(?<=[”"一-鿿])[节周日会夜展赛]|仪式|典礼|“[^”，。]{2,24}”)'
    '(?=[”"]?(?:[，。；！]|$|上|期间|并|因|将|已|推|延|改|取))'
)
"""What is held, where no lexicon has its noun: the last word before a pause or the next verb."""


def _coined(text: str, trigger: Found, segment: Span) -> Found | None:
    """Take what is held by its last word when no lexicon has it: 举办了“投资中国年”系列活动."""
    match = _COINED.match(text, trigger.span.end, segment.end)
    if match is None:
        return None
    kind = "ceremony" if match["noun"] in ("仪式", "典礼") else "conference"
    return Found(Span(*match.span("noun")), match["noun"], Rule("noun", kind, flags=frozenset({"setting"})))


_SUBJECT = re.compile(
    "[”一-鿿](?P<noun>专场|推介|活动|路演|(?<=[一-鿿]{2})[会周夜赛展])(?=在|于|将|今|昨|[0-9]|同|如期|由|继续|$)|(?P<named>”[一-鿿]{0,6}?)(?=在|于|将|今|昨|[0-9]|同|如期|$)"
)


def _coined_subject(text: str, trigger: Found, segment: Span) -> Found | None:
    """Take what was held by its last word where it is the subject: “浦江之夜”投资专场在虹桥举行."""
    found = list(_SUBJECT.finditer(text, segment.start, trigger.span.start))
    if not found:
        return None
    match = found[-1]
    group = "noun" if match["noun"] else "named"
    return Found(
        Span(*match.span(group)), match[group], Rule("noun", "conference", flags=frozenset({"setting"}))
    )


def _is_setting(reading: Reading, noun: Found) -> bool:
    text = reading.passage.text
    if reading.passage.in_title(noun.span.start):
        return False
    after = text[noun.span.end : noun.span.end + 2]
    if not after.startswith(("上", "期间", "现场", "间隙")):
        return _is_dated(reading, noun)
    head = re.split("[，。；：\n]", text[max(noun.span.start - 40, 0) : noun.span.start])[-1]
    return "在" in head or after.startswith("现场") or len(head) >= 3


def _attendees(reading: Reading, noun: Found, scope: Scope) -> Cast:
    """Return who is named behind 在…论坛上，: they speak or sign there."""
    passage = reading.passage
    if noun.rule.kind not in ("conference", "meeting", "ceremony") or scope.own + 1 >= len(scope.segments):
        return find_cast(passage, noun, scope, reading.words)
    segment = scope.segments[scope.own + 1]
    behind = replace(scope, own=scope.own + 1, floor=segment.start)
    end = Found(Span(segment.end, segment.end), noun.text, noun.rule)
    return find_cast(passage, end, behind, reading.words)


def _shows_product(reading: Reading, segment: Span) -> bool:
    """首发, 首秀 show a thing: a product word or a company must stand in the clause."""
    if any(m.label == "enterprise" for m in reading.passage.within(segment)):
        return True
    text = reading.passage.text
    return "》" in segment.of(text) or _PRODUCT.search(text, segment.start, segment.end) is not None


def _debut(reading: Reading, trigger: Found, segment: Span) -> Found:
    """亮相 of a product is a launch, 亮相 of a company takes part in the expo."""
    head = Span(segment.start, trigger.span.start)
    named = any(m.label in ("enterprise", "organization") for m in reading.passage.within(head))
    possessed = _POSSESSED.search(reading.passage.text, head.start, head.end) is not None
    if (possessed or not named) and _PRODUCT.search(reading.passage.text, head.start, head.end) is not None:
        rule = replace(trigger.rule, kind="launch", roles=("launcher", "launched"), flags=frozenset())
        return Found(trigger.span, trigger.text, rule)
    return Found(trigger.span, trigger.text, replace(trigger.rule, flags=trigger.rule.flags | {"named"}))


def merged(reading: Reading, candidates: Iterator[Candidate]) -> list[Candidate]:
    """Join triggers of one type in one sentence unless each has parties of its own."""
    result: list[Candidate] = []
    for candidate in candidates:
        if candidate.trigger.rule.type == "founding" and _invested(result, candidate):
            continue
        if candidate.trigger.rule.type in ("procurement", "investment") and _signed(result, candidate):
            continue
        for index, old in enumerate(result):
            if old.trigger.rule.type == candidate.trigger.rule.type and not _apart(reading, old, candidate):
                result[index] = _join(old, candidate)
                break
        else:
            result.append(candidate)
    return result


def _invested(earlier: list[Candidate], candidate: Candidate) -> bool:
    """投资1亿元设立科研中心 is one investment, not a founding beside it."""
    here = (old for old in earlier if old.scope.own == candidate.scope.own)
    return any(old.trigger.rule.type == "investment" and old.trigger.text.startswith("投资") for old in here)


def _signed(earlier: list[Candidate], candidate: Candidate) -> bool:
    """签署采购协议 is a signing, not a purchase or an investment beside it; turnover told
    with it stays when its own party is named."""
    if "number" in candidate.trigger.rule.flags:
        return not candidate.cast.participants and any(old.trigger.rule.type == "signing" for old in earlier)
    return any(old.trigger.rule.type == "signing" and old.scope.own == candidate.scope.own for old in earlier)


def _apart(reading: Reading, one: Candidate, other: Candidate) -> bool:
    """Tell whether two triggers have parties or days of their own."""
    between = reading.passage.text[one.trigger.span.end : other.trigger.span.start]
    if _other_times(_times(reading, one), _times(reading, other)):
        return True
    if "；" in between and one.cast.own and other.cast.own:
        return True
    if one.trigger.rule.type == "visit" or one.scope.own == other.scope.own:
        return False
    return bool(one.cast.own) and bool(other.cast.own) and not one.cast.own & other.cast.own


def _times(reading: Reading, candidate: Candidate) -> set[str]:
    """Return the times that stand before a trigger in its own clause."""
    segment, at = candidate.scope.segments[candidate.scope.own], candidate.trigger.span.start
    return {d.date for d in reading.dates_in(segment.start, at) if d.date is not None}


def _other_times(one: set[str], other: set[str]) -> bool:
    """Tell whether two sets of times exclude each other: 2014 and 2016-03, but not 2016 and 2016-03."""
    if not one or not other:
        return False
    return not any(a.startswith(b) or b.startswith(a) for a in one for b in other)


def _join(one: Candidate, other: Candidate) -> Candidate:
    cast = replace(joined(one.cast, other.cast), own=one.cast.own | other.cast.own)
    better = (
        other if one.trigger.rule.type == "visit" and len(other.trigger.text) > len(one.trigger.text) else one
    )
    return Candidate(better.trigger, better.scope, cast, one.noun or other.noun)


def joined(cast: Cast, other: Cast) -> Cast:
    """Add the participants of another cast."""
    seen = {p.entity for p in cast.participants}
    added = tuple(p for p in other.participants if p.entity not in seen)
    return replace(cast, participants=cast.participants + added, open_list=cast.open_list or other.open_list)
