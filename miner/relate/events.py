"""Article → event reports: what is told as happening, planned or called off, with date, place and who took part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from miner.dates import DateMention, edition_in
from miner.model import EventReport, Participant, Quote, Status
from miner.numbers import Number, find_numbers
from miner.offsets import Span
from miner.relate.participants import Cast, Scope, find_cast, is_candidate, stands_for_both
from miner.relate.passage import Passage
from miner.relate.triggers import Found, Words

_SEGMENT = re.compile("[，；：,;:]")
_EXPO = re.compile("进博会|进口博览会|进博")
_DURATION_TAIL = re.compile("年?度|版|届|以来|款")
_HELD_GAP = 45
_PASSIVE = frozenset(
    {"举行", "举办", "召开", "如期举办", "成功举办", "成功举行", "隆重举行", "启动", "开启", "开始", "拉开帷幕", "进行"}
)
_BEGINS = frozenset({"启动", "开启", "开始", "进行"})
_ENDS = re.compile("了?(?:[，。；！？”）)]|$|\n|并|且)")
_PRODUCT = re.compile("新产品|新品|新技术|产品|车型|[款项件架辆台艘]|展品|商品|技术|机器人|设备|作品|飞机|汽车|药|品牌|系统|方案|指数|报告")
_MAX_WORDS = 40
"""Triggers and nouns looked at in one sentence."""
_MAX_SENTENCE = 1200
"""Events are sought in the first characters of a sentence that is longer: nobody writes such a sentence."""


@dataclass(slots=True)
class _State:
    """What earlier sentences told: needed for 双方, 随后 and for what is not told twice."""

    parties: tuple[Participant, ...] = ()
    exhibited: set[int | None] = field(default_factory=set)
    held: list[tuple[str, DateMention]] = field(default_factory=list)
    reported: list[tuple[str, str | None, frozenset[int | None], str]] = field(default_factory=list)
    expo_told: bool = False
    told: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Candidate:
    trigger: Found
    scope: Scope
    cast: Cast
    noun: Found | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage with all that event rules look at."""

    passage: Passage
    words: Words
    dates: tuple[DateMention, ...]
    quotes: tuple[Quote, ...]
    expo: bool


def find_events(passage: Passage, dates: tuple[DateMention, ...], quotes: Sequence[Quote]) -> tuple[EventReport, ...]:
    """Return the event reports of one field in text order."""
    article = passage.annotated.article
    expo = article.edition is not None or _EXPO.search(passage.text) is not None or _EXPO.search(article.headline or "") is not None
    reading = Reading(passage, Words.of(passage.text), dates, tuple(quotes), expo)
    state = _State()
    reports: list[EventReport] = []
    for sentence in passage.sentences:
        for candidate in _merged(_candidates(reading, sentence)):
            report = _report(reading, candidate, state)
            if report is not None:
                reports.append(report)
        _add_attendees(reading, reports, sentence)
    return tuple(reports)


def _add_attendees(reading: Reading, reports: list[EventReport], sentence: Span) -> None:
    """Give people who 出席 in a sentence of its own to the forum told last, else to the last report."""
    recent = [i for i in range(max(len(reports) - 3, 0), len(reports)) if sentence.start - reports[i].span.end < 160]
    held = [i for i in recent if reports[i].type in ("conference", "ceremony")]
    for index in (held or recent)[-1:]:
        reports[index] = _attended(reading, reports[index], sentence)


def _attended(reading: Reading, report: EventReport, sentence: Span) -> EventReport:
    """Add who 出席, 到场 in a sentence of its own soon after what was held was told."""
    text = reading.passage.text
    if report.type not in ("conference", "ceremony", "signing", "meeting") or report.span == sentence:
        return report
    if sentence.start - report.span.end > 160 or "\n" in text[report.span.end : sentence.start]:
        return report
    words = reading.words.within(sentence, layer="context", kind="attend")
    if not words or text[words[-1].span.end : words[-1].span.end + 1] not in ("。", "，", "并", "活", "仪", "会", "了", ""):
        return report
    seen = {p.entity for p in report.participants}
    names = [m for m in reading.passage.within(Span(sentence.start, words[-1].span.start)) if is_candidate(reading.passage, m)]
    role = "attendee" if report.type in ("conference", "ceremony") else "witness"
    added = {m.entity: Participant(role, reading.passage.entity(m).name, m.entity) for m in names if m.entity not in seen}
    return replace(report, participants=(*report.participants, *added.values()))


def _candidates(reading: Reading, sentence: Span) -> Iterator[_Candidate]:
    text = reading.passage.text
    sentence = Span(sentence.start, min(sentence.end, sentence.start + _MAX_SENTENCE))
    triggers = reading.words.within(sentence, layer="trigger")[:_MAX_WORDS]
    nouns = reading.words.within(sentence, layer="noun")[:_MAX_WORDS]
    if not triggers and not nouns:
        return
    segments = _segments(text, sentence, triggers)
    used: set[Span] = set()
    for trigger in triggers:
        own = next(i for i, s in enumerate(segments) if trigger.span.start < s.end)
        noun = None
        if "support" in trigger.rule.flags:
            noun = _held(text, trigger, nouns, segments[own])
            if noun is None:
                continue
            used.add(noun.span)
            trigger = Found(trigger.span, trigger.text, replace(trigger.rule, kind=noun.rule.kind))
        if not _tells(reading, trigger, segments[own]):
            continue
        if _FIRST.search(trigger.text) and not _shows_product(reading, trigger, segments[own]):
            continue
        if "debut" in trigger.rule.flags:
            trigger = _debut(reading, trigger, segments[own])
        scope = Scope(sentence, segments, own, _floor(reading, trigger, sentence))
        cast = find_cast(reading.passage, trigger, scope, reading.words)
        if noun is not None and noun.span.start >= trigger.span.end and _is_setting(reading, noun):
            cast = _with(cast, _attendees(reading, noun, scope))
        yield _Candidate(trigger, scope, cast, noun)
    for noun in nouns:
        if "setting" in noun.rule.flags and noun.span not in used and _is_setting(reading, noun):
            own = next(i for i, s in enumerate(segments) if noun.span.start < s.end)
            scope = Scope(sentence, segments, own, _floor(reading, noun, sentence))
            yield _Candidate(noun, scope, _attendees(reading, noun, scope), noun)


def _segments(text: str, sentence: Span, triggers: list[Found]) -> tuple[Span, ...]:
    """Cut a sentence at its commas, and at a 、 between two verbs: 收购甲、控股乙."""
    cuts = [m.start() for m in _SEGMENT.finditer(text, sentence.start, sentence.end)]
    for one, other in zip(triggers, triggers[1:], strict=False):
        between = text[one.span.end : other.span.start]
        if "、" in between and one.rule.type == other.rule.type and other.span.start == one.span.end + between.rfind("、") + 1:
            cuts.append(other.span.start - 1)
    cuts.sort()
    edges = [sentence.start, *(c + 1 for c in cuts if c + 1 < sentence.end), sentence.end]
    return tuple(Span(a, b) for a, b in zip(edges, edges[1:], strict=False))


def _attendees(reading: Reading, noun: Found, scope: Scope) -> Cast:
    """Return who is named behind 在…论坛上，: they speak or sign there."""
    passage = reading.passage
    if noun.rule.kind not in ("conference", "meeting", "ceremony") or scope.own + 1 >= len(scope.segments):
        return find_cast(passage, noun, scope, reading.words)
    segment = scope.segments[scope.own + 1]
    behind = replace(scope, own=scope.own + 1, floor=segment.start)
    end = Found(Span(segment.end, segment.end), noun.text, noun.rule)
    return find_cast(passage, end, behind, reading.words)


def _with(cast: Cast, other: Cast) -> Cast:
    seen = {p.entity for p in cast.participants}
    added = tuple(p for p in other.participants if p.entity not in seen)
    return replace(cast, participants=cast.participants + added, open_list=cast.open_list or other.open_list)


_FIRST = re.compile("首[发秀展]$")


def _shows_product(reading: Reading, trigger: Found, segment: Span) -> bool:
    """首发, 首秀 show a thing: a product word or a company must stand in the clause."""
    if any(m.label == "enterprise" for m in reading.passage.within(segment)):
        return True
    return _PRODUCT.search(reading.passage.text, segment.start, segment.end) is not None


def _debut(reading: Reading, trigger: Found, segment: Span) -> Found:
    """亮相 of a product is a launch, 亮相 of a company takes part in the expo."""
    head = Span(segment.start, trigger.span.start)
    named = any(m.label in ("enterprise", "organization") for m in reading.passage.within(head))
    if not named and _PRODUCT.search(reading.passage.text, head.start, head.end) is not None:
        return Found(trigger.span, trigger.text, replace(trigger.rule, kind="launch", roles=("launcher", "launched"), flags=frozenset()))
    return Found(trigger.span, trigger.text, replace(trigger.rule, flags=trigger.rule.flags | {"named"}))


def _held(text: str, trigger: Found, nouns: list[Found], segment: Span) -> Found | None:
    """Find the noun of what is held: the last in the segment behind the verb, else the nearest before it."""
    behind = [n for n in nouns if trigger.span.end <= n.span.start < min(segment.end, trigger.span.end + _HELD_GAP)]
    if behind:
        return behind[-1] if trigger.text not in _BEGINS or behind[-1].rule.kind != "exhibition" else None
    if _ENDS.match(text, trigger.span.end) is None:
        return None
    before = [n for n in nouns if segment.start <= n.span.start and n.span.end <= trigger.span.start]
    if not before or trigger.text not in _PASSIVE or text[trigger.span.start - 1] == "的":
        return None
    return before[-1] if trigger.text not in _BEGINS or before[-1].rule.kind != "exhibition" else None


def _is_setting(reading: Reading, noun: Found) -> bool:
    text = reading.passage.text
    if reading.passage.in_title(noun.span.start):
        return False
    after = text[noun.span.end : noun.span.end + 2]
    if not after.startswith(("上", "期间", "现场", "间隙")):
        return False
    head = re.split("[，。；：\n]", text[max(noun.span.start - 40, 0) : noun.span.start])[-1]
    return "在" in head or after.startswith("现场") or len(head) >= 3


def _floor(reading: Reading, trigger: Found, sentence: Span) -> int:
    """Return where the words begin that hold the trigger: behind 某人表示，."""
    floor = sentence.start
    for quote in reading.quotes:
        if quote.span.start > trigger.span.start:
            break
        for span in (quote.span, *quote.continued):
            if span.start <= trigger.span.start < span.end:
                floor = max(floor, span.start)
    return floor


def _tells(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether a trigger tells an event rather than a count, a name, a habit or a wish."""
    text, rule = reading.passage.text, trigger.rule
    start, end = trigger.span
    if rule.never and text.startswith(rule.never, end):
        return False
    if rule.objects and not any(word in text[end : min(segment.end, end + 40)] for word in rule.objects):
        return False
    if rule.close and not any(word in text[end : min(segment.end, end + 14)] for word in rule.close):
        return False
    if "expo" in rule.flags and not reading.expo:
        return False
    if rule.type == "signing" and re.match("[近超约逾]?[0-9０-９]", text[end : end + 2]) and trigger.text == "签约":
        return False
    if any(m.span.start <= start and end <= m.span.end for m in reading.passage.within(Span(start - 30 if start > 30 else 0, end + 30))):
        return False
    if reading.passage.in_title(start) or _in_list(text, trigger, segment):
        return False
    if rule.following and not text.startswith(rule.following, end):
        return False
    marked = reading.passage.quoted(start)
    if marked is not None and marked.span.end - marked.span.start < 14 and not any(c in "，。！？" for c in marked.span.of(text)):
        return False
    if _is_described(text, trigger, segment) or _is_relative(reading, trigger, segment) or _is_total(reading, trigger, segment):
        return False
    near = Span(max(segment.start, start - 14), start)
    return not reading.words.within(near, layer="context", kind="background")


def _in_list(text: str, trigger: Found, segment: Span) -> bool:
    """Tell whether the trigger is one noun of a list: 新品发布、投资签约等活动."""
    before, after = text[trigger.span.start - 1 : trigger.span.start], text[trigger.span.end : trigger.span.end + 1]
    return after in ("、", "等") and "support" not in trigger.rule.flags or before == "、" and after in ("等", "、", "，", "。", "的", "和")


def _is_described(text: str, trigger: Found, segment: Span) -> bool:
    """Tell whether the trigger is a noun (简单的并购) or part of a description (是最早签署的国家之一)."""
    start, end = trigger.span
    if text[start - 1 : start] == "的" and ("support" not in trigger.rule.flags or trigger.rule.kind == "exhibition"):
        return True
    rest = text[end : segment.end]
    if start - segment.start <= 1 and text[segment.start - 1 : segment.start] in ("\n", "。", "") and "是" in rest[:40]:
        return True
    head = text[max(segment.start, start - 16) : start]
    return "是" in head and "的" in rest and trigger.rule.type in ("signing", "founding", "visit", "investment")


_SOURCE = re.compile("(?:根据|依据|按照|据|按|以|所|由)[^，]{0,30}$")


def _is_relative(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether the clause only describes a name (十年前创办公司的某人，) or a source (据某局发布的标准)."""
    text, end = reading.passage.text, trigger.span.end
    if trigger.rule.type == "exhibition" or "support" in trigger.rule.flags:
        return False
    if text.startswith("的", end) and trigger.rule.type == "signing":
        dated = any(d.precision == "day" and segment.start <= d.span.start < segment.end for d in reading.dates)
        names = {m.entity for m in reading.passage.within(segment) if m.label != "place"}
        return not dated and len(names) < 2
    if text.startswith("的", end) and _SOURCE.search(text, max(segment.start, end - 40), trigger.span.start) is not None:
        return True
    last = [m for m in reading.passage.within(Span(end, segment.end)) if segment.end - m.span.end <= 1]
    return bool(last) and text[last[-1].span.start - 1] == "的" and last[-1].label in ("person", "enterprise")


_TOTAL = re.compile("共计|累计|共有|总计|合计|已有|已同|已与|已在|已入驻|已建成|已落户|共[^同]|先后有|达到?[0-9]")
_COUNT = re.compile("[0-9０-９]")


def _is_total(reading: Reading, trigger: Found, segment: Span) -> bool:
    """Tell whether the clause counts what has come together over time: 已签署200份合作文件."""
    text = reading.passage.text
    if trigger.rule.type == "procurement" or _COUNT.search(text, segment.start, segment.end) is None:
        return False
    if _TOTAL.search(text, segment.start, trigger.span.start) is None and not text.startswith(("总数", "累计"), trigger.span.end):
        return False
    return not any(d.precision == "day" and segment.start <= d.span.start < segment.end for d in reading.dates)


def _merged(candidates: Iterator[_Candidate]) -> list[_Candidate]:
    """Join triggers of one type in one sentence unless each has parties of its own."""
    result: list[_Candidate] = []
    for candidate in candidates:
        if candidate.trigger.rule.type == "founding" and _invested(result, candidate):
            continue
        for index, old in enumerate(result):
            if old.trigger.rule.type == candidate.trigger.rule.type and not _apart(old, candidate):
                result[index] = _join(old, candidate)
                break
        else:
            result.append(candidate)
    return result


def _invested(earlier: list[_Candidate], candidate: _Candidate) -> bool:
    """投资1亿元设立科研中心 is one investment, not a founding beside it."""
    return any(
        old.trigger.rule.type == "investment" and old.scope.own == candidate.scope.own and old.trigger.text.startswith("投资")
        for old in earlier
    )


def _apart(one: _Candidate, other: _Candidate) -> bool:
    if one.trigger.rule.type == "visit" or one.scope.own == other.scope.own:
        return False
    return bool(one.cast.own) and bool(other.cast.own) and not one.cast.own & other.cast.own


def _join(one: _Candidate, other: _Candidate) -> _Candidate:
    cast = replace(_with(one.cast, other.cast), own=one.cast.own | other.cast.own)
    better = other if "visit" == one.trigger.rule.type and len(other.trigger.text) > len(one.trigger.text) else one
    return _Candidate(better.trigger, better.scope, cast, one.noun or other.noun)


def _report(reading: Reading, candidate: _Candidate, state: _State) -> EventReport | None:
    passage, trigger, scope = reading.passage, candidate.trigger, candidate.scope
    cast = _completed(reading, candidate, state)
    flags = trigger.rule.flags
    if "named" in flags and not cast.participants or "own" in flags and not cast.own:
        return None
    if "list" in flags and (len(cast.participants) < 2 or not _visited(reading, scope)):
        return None
    amount = _amount(passage.text, scope) if trigger.rule.type in _COSTS or "amount" in flags else None
    if "amount" in flags and amount is None:
        return None
    if "number" in flags and not _counts_something(passage.text, trigger, scope):
        return None
    if noun_needs_name(candidate) and not cast.participants:
        return None
    if not _new(trigger, cast, state):
        return None
    when = _when(reading, candidate, state)
    if "dated" in flags and (when is None or when.method == "carried"):
        return None
    status = _status(reading, candidate, when)
    if not cast.participants and when is None and amount is None and _needs_anchor(passage.text, candidate):
        return None
    if status == "negated" and not cast.participants and candidate.noun is None and trigger.rule.type == "launch":
        return None
    if trigger.rule.type == "visit" and _by_press(passage.text, trigger, scope):
        return None
    if trigger.rule.type == "visit" and not cast.participants and (when is None or when.method == "carried"):
        return None
    if trigger.rule.type == "exhibition" and candidate.noun is not None and not _is_held_now(reading, candidate, when, state):
        return None
    key = (trigger.rule.type, when.date if when else None, status, tuple(sorted(str(p.entity) for p in cast.participants)))
    if key in state.told:
        return None
    state.told.add(key)
    if _told_again(candidate, cast, when, state):
        return None
    if cast.participants:
        state.parties = cast.participants
    if candidate.noun is not None and when is not None and when.date:
        state.held.append((candidate.noun.text, when))
    evidence = scope.sentence.of(passage.text)
    date, end = (when.date, when.date_end) if when is not None else (None, None)
    return EventReport(
        passage.article_id, passage.name, trigger.rule.type, scope.sentence, trigger.text, trigger.span, evidence, status,
        f"trigger:{trigger.text}", _confidence(cast, when), cast.participants, date, end,
        when.text if when else None, when.method if when else None,
        _place(reading, candidate), edition_in(evidence) or passage.annotated.article.edition,
        cast.open_list, amount.value if amount else None, amount.unit if amount else None,
    )  # fmt: skip


_EXPO_NAME = re.compile("进博会|进口博览会|盛会|^博览会|^展览会")
_SELF_STANDING = re.compile("首[发秀展映演飞]|亮相|登场|奖")


def _needs_anchor(text: str, candidate: _Candidate) -> bool:
    """Tell whether a report without names, date and sum says too little: 出台了一系列措施."""
    trigger = candidate.trigger
    if candidate.noun is not None and trigger.rule.type == "exhibition":
        return _EXPO_NAME.search(candidate.noun.text) is None
    if trigger.rule.type not in ("launch", "founding", "investment", "award"):
        return False
    if text[trigger.span.end : trigger.span.end + 1] in ("《", "“"):
        return False
    return not trigger.rule.objects and _SELF_STANDING.search(trigger.text) is None


def _visited(reading: Reading, scope: Scope) -> bool:
    return any(w.rule.kind == "visit" for w in reading.words.within(scope.sentence, layer="trigger"))


def noun_needs_name(candidate: _Candidate) -> bool:
    """Tell whether only a named participant makes it an event: 参加国家展, 出席论坛."""
    return candidate.noun is not None and candidate.trigger.text in ("参加", "参加了", "出席", "出席了", "亮相于", "进行", "开始")


def _completed(reading: Reading, candidate: _Candidate, state: _State) -> Cast:
    """Fill in 双方 and dropped subjects from what was told before."""
    cast, scope, text = candidate.cast, candidate.scope, reading.passage.text
    if cast.participants:
        return cast
    segment = scope.segments[scope.own]
    head = Span(max(scope.floor, scope.segments[max(scope.own - 1, 0)].start), candidate.trigger.span.start)
    if stands_for_both(text, head) or stands_for_both(text, Span(scope.sentence.start, scope.floor)):
        return Cast(state.parties, frozenset(), False, True)
    if scope.floor > scope.sentence.start or _drops_subject(text, reading, Span(max(segment.start, scope.floor), candidate.trigger.span.start)):
        return Cast(_subject_before(reading, candidate), frozenset(), False, True)
    return cast


def _drops_subject(text: str, reading: Reading, head: Span) -> bool:
    return False


def _subject_before(reading: Reading, candidate: _Candidate) -> tuple[Participant, ...]:
    passage = reading.passage
    for mention in passage.before(candidate.scope.floor):
        if mention.span.start < candidate.scope.sentence.start:
            break
        if mention.label in ("enterprise", "organization"):
            return (Participant(candidate.trigger.rule.roles[0], passage.entity(mention).name, mention.entity),)
    return ()


def _new(trigger: Found, cast: Cast, state: _State) -> bool:
    """Leave out an exhibitor that is told again, and a forum that is only named again."""
    if trigger.rule.type == "exhibition":
        entities = {p.entity for p in cast.participants}
        if "support" not in trigger.rule.flags:
            if not entities or entities <= state.exhibited:
                return False
        state.exhibited |= entities
    return True


_COSTS = frozenset({"signing", "investment", "procurement", "founding"})
_RETOLD = frozenset({"meeting", "visit", "ceremony", "conference", "appointment", "signing"})


def _by_press(text: str, trigger: Found, scope: Scope) -> bool:
    """A reporter who looks at something is no visit."""
    return "记者" in text[scope.segments[scope.own].start : trigger.span.start]


_HELD = re.compile("如期|顺利|成功|圆满|将|即将|今天|明天|拟|定于")
_TIMES = re.compile("[了过]?[一二三四五六七八九两0-9]{1,2}届")


def _is_held_now(reading: Reading, candidate: _Candidate, when: DateMention | None, state: _State) -> bool:
    """Tell whether the expo itself is told to be held, once in an article: not 已举办五届, not 举办进博会是….

    Named exhibitors make it their taking part.
    """
    if candidate.cast.participants:
        return True
    text, scope, trigger = reading.passage.text, candidate.scope, candidate.trigger
    segment = scope.segments[scope.own]
    dated = when is not None and when.precision in ("day", "month") and when.method != "carried"
    if state.expo_told or _TIMES.match(text, trigger.span.end) or not (dated or _HELD.search(text, segment.start, trigger.span.end)):
        return False
    state.expo_told = True
    return True


def _counts_something(text: str, trigger: Found, scope: Scope) -> bool:
    """Tell whether a sum or number stands close to a word of turnover."""
    segment = scope.segments[scope.own]
    start, end = max(segment.start, trigger.span.start - 24), min(segment.end, trigger.span.end + 24)
    return any(n.kind in ("currency", "count") and n.value is not None for n in find_numbers(text, start=start, end=end))


def _told_again(candidate: _Candidate, cast: Cast, when: DateMention | None, state: _State) -> bool:
    """Tell whether an earlier report of this type had all these participants and no other date.

    A ceremony without participants is told again when any ceremony of the same noun was told before.
    """
    kind = candidate.trigger.rule.type
    if kind not in _RETOLD:
        return False
    entities = frozenset(p.entity for p in cast.participants if p.entity is not None)
    date = when.date if when is not None else None
    word = (candidate.noun or candidate.trigger).text
    for old_kind, old_date, old_entities, old_word in state.reported:
        if old_kind != kind or (date is not None and old_date is not None and date != old_date):
            continue
        if kind in ("ceremony", "conference") and old_word == word and (date is None or not entities):
            return True
        if entities and entities <= old_entities and (date is None or date == old_date):
            return True
    state.reported.append((kind, date, entities, word))
    return False


def _when(reading: Reading, candidate: _Candidate, state: _State) -> DateMention | None:
    """Choose the date: the nearest before the trigger in its segment, else behind it, else further left, else carried."""
    scope, trigger, text = candidate.scope, candidate.trigger, reading.passage.text
    segment = scope.segments[scope.own]
    inside = [
        d for d in reading.dates if scope.sentence.start <= d.span.start < scope.sentence.end and _dates_event(reading, d, trigger)
    ]
    own = [d for d in inside if segment.start <= d.span.start < segment.end]
    before = [d for d in own if d.span.end <= trigger.span.start]
    left = [d for d in inside if d.span.end <= trigger.span.start]
    chosen = (before or own[:1] or left or [None])[-1]
    if chosen is not None and chosen.precision == "year":
        finer = [d for d in left if d.precision == "day" and (d.date or "").startswith(chosen.date or "-")]
        chosen = finer[-1] if finer else chosen
    if chosen is not None:
        return chosen
    for name, when in reversed(state.held):
        if text.find(name, scope.sentence.start, trigger.span.start) >= 0:
            return DateMention(when.span, when.text, when.date, when.date_end, when.precision, "same-event")
    if "scene" not in trigger.rule.flags and trigger.rule.type not in ("launch", "signing"):
        return None
    start = reading.passage.paragraph(scope.sentence.start).start
    earlier = [d for d in reading.dates if start <= d.span.start < scope.sentence.start and d.precision == "day"]
    if not earlier:
        return None
    last = earlier[-1]
    return DateMention(last.span, last.text, last.date, last.date_end, "day", "carried")


def _dates_event(reading: Reading, when: DateMention, trigger: Found) -> bool:
    """Leave out times inside titles and names (2024年度…年会, 《2024年…》) and spans (2008年以来)."""
    text = reading.passage.text
    if text.startswith("以来", when.span.end):
        return when.precision == "day" or trigger.rule.type == "procurement"
    if _DURATION_TAIL.match(text, when.span.end):
        return False
    return not reading.passage.in_title(when.span.start)


_CLOSES = re.compile("(?:成行|举行|进行|实现|如愿)?了?(?:[，。；！”]|$)")


def _is_negated(reading: Reading, trigger: Found, head: Span, scope: Scope) -> bool:
    """Tell whether 未, 尚未 stands before the trigger, or 取消 ends a clause behind it: 因雨取消."""
    words = reading.words
    if words.within(Span(max(head.start, head.end - 12), head.end), layer="context", kind="negated"):
        return True
    text = reading.passage.text
    rest = Span(trigger.span.end, _clause_end(text, trigger.span.end, scope.sentence.end))
    return any(_CLOSES.match(text, word.span.end) is not None for word in words.within(rest, layer="context", kind="negated"))


def _is_postponed(reading: Reading, trigger: Found, head: Span, scope: Scope) -> bool:
    rest = Span(trigger.span.end, _clause_end(reading.passage.text, trigger.span.end, scope.sentence.end))
    return any(reading.words.within(span, layer="context", kind="postponed") for span in (head, rest))


_BA = re.compile("变成|变为|转化为|作为|打造成|推向|送[上到]|带[到给]")


def _status(reading: Reading, candidate: _Candidate, when: DateMention | None) -> Status:
    scope, trigger, words = candidate.scope, candidate.trigger, reading.words
    segment = scope.segments[scope.own]
    head = Span(max(scope.floor, segment.start), trigger.span.start)
    if _is_negated(reading, trigger, head, scope):
        return "negated"
    if _is_postponed(reading, trigger, head, scope):
        return "planned" if when is not None and when.precision == "day" else "negated"
    previous = scope.segments[scope.own - 1] if scope.own else head
    planned = words.within(head, layer="context", kind="planned")
    if not planned and previous.start >= scope.floor - 30:
        planned = [w for w in words.within(previous, layer="context", kind="planned") if w.text in ("约定", "计划", "拟", "预计", "将", "决定")]
    if planned and not (planned[-1].text == "将" and _BA.search(reading.passage.text, planned[-1].span.end, trigger.span.start)):
        return "planned"
    issued = reading.passage.annotated.article.published
    if issued and when is not None and when.date and when.date > issued[: len(when.date)]:
        return "planned"
    return "done"


def _clause_end(text: str, start: int, end: int) -> int:
    cut = text.find("；", start, end)
    return cut if cut >= 0 else end


def _amount(text: str, scope: Scope) -> Number | None:
    start = scope.segments[scope.own].start
    end = scope.segments[min(scope.own + 2, len(scope.segments) - 1)].end
    return next((n for n in find_numbers(text, start=start, end=end) if n.kind == "currency" and n.value is not None), None)


def _place(reading: Reading, candidate: _Candidate) -> str | None:
    passage, scope = reading.passage, candidate.scope
    places = [m for m in passage.within(scope.sentence) if m.label == "place"]
    for place in sorted(places, key=lambda m: abs(m.span.start - candidate.trigger.span.start)):
        if passage.text[max(place.span.start - 1, 0) : place.span.start] in ("在", "于", "到", "至", "入", "户"):
            return place.text
    hall = re.search(r"\d(?:\.\d)?号?馆", scope.sentence.of(passage.text))
    return hall.group() if hall else None


def _confidence(cast: Cast, when: DateMention | None) -> float:
    return round(0.5 + 0.2 * bool(cast.participants) + 0.1 * (not cast.resolved) + 0.1 * (when is not None), 2)


__all__ = ["find_events", "is_candidate"]
