"""Who speaks: a person, a body, a pronoun or an unnamed role before (or behind) a reporting verb."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from miner.language.lexicon import load_lexicon
from miner.model import Mention
from miner.offsets import Span
from miner.relate.passage import Passage

_PRONOUN = re.compile("(?:[他她]|对此，?[他她]|其)(?!们|的|中)")
_ADVERB = re.compile(
    r"(?:也|还|则|又|就|再|曾|曾经|都|便|均|多次|特意|特别|进一步|同时|随后|接着|最后|不过|而|但|并|日前|近日|昨天|昨日|今天|今日|当天|"
    r"曾多次|再次|一再|反复|此前|明确|公开|郑重|直接|如此|这样|如是|笑着|激动地|高兴地|兴奋地|自豪地|坦率地|感慨地|[一-鿿]{2}地|在会上|"
    r"会上|会后|日|在采访中|在接受采访时|接受采访时|在致辞中|致辞时|向记者|对记者|告诉|对此|首先|总结|补充|方面|官方|"
    r"\d{1,2}[日号]|今年|本月|同一天|当地时间|纷纷|普遍|一致|感慨|哭诉|举例|刊文|撰文|不久前|此前|通报|共同|认真|批评|补充|报道|发表(?:电视|书面)?讲话|发表声明|发布|发出|发表演讲|发布消息|发布公报|发言|致辞|接受[^，。；：\n]{0,20}采访|"
    r"在[^，。；：\n]{1,30}(?:时|中|上|后|里|会|间隙|期间|现场)|[于以]?[^，。；\n]{0,2}公告(?:中)?|发布公告|发布声明|发文|通过[^，。]{1,12})+$"
)
_HE = re.compile("[他她其]")
_ADVERBIAL = re.compile("[在对向与同就][^，]{0,20}$")
_BRACKETED = re.compile(r"[（(][^（）()\n]{0,60}[）)]$")
_INTERVIEWER = re.compile(r"记者\s?$")
_LEAD = re.compile(
    r"^(?:[，。；：\s]*)(?:据|对此|对于[^，]{1,20}，|此外|同时|其中|目前|不过|而|但是?|因此|另外|近日|日前|随后|当天|当日|会上|现场|会后|还是|有|一位|一名|一些|某)+[，]?"
)
_NO_SPEAKER = re.compile(
    "^(?:记者|笔者|本报记者|据悉|据了解|据介绍|据统计|我|我们|你|大家|人们|可以|可|不|这|这也|那|以|所|被|经|值得|应|需|没有|双方|各方)+$"
)
_SURNAME_TITLE = re.compile(
    r"([一-鿿])(?:总|董|工|局|处|书记|主任|经理|老师|教授|博士|先生|女士|小姐|律师|医生|院士|部长|市长|区长|局长|总裁|院长|会长|老板)$"
)
_DEPARTMENT = re.compile("据?公司[一-鿿]{2,8}部")
_BODIES = (
    "全会",
    "会议",
    "大会",
    "政府",
    "法院",
    "委员会",
    "协会",
    "总书记",
    "公司",
    "集团",
    "局",
    "部",
    "委",
    "署",
    "院",
    "社论",
    "评论员",
    "人员",
    "群众",
    "官兵",
    "媒体",
    "一方",
)
"""Endings of bodies that may speak though no lexicon has them."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker: name in full where the article has it, else the phrase as written; index of the entity when it is one."""

    name: str
    entity: int | None
    confidence: float


@cache
def _roles() -> re.Pattern[str]:
    words = {w for e in load_lexicon("reporting") if e.kind == "role" for w in (e.name, *e.words)}
    return re.compile(f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})(?:们|之一)?$")


@cache
def _sources() -> re.Pattern[str]:
    words = {w for e in load_lexicon("reporting") if e.kind == "source" for w in (e.name, *e.words)}
    return re.compile(
        f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})(?:中|里|还|也|同时)?$"
    )


def named(passage: Passage, mention: Mention, confidence: float = 0.9) -> Speaker:
    """Return a mention's entity as speaker."""
    return Speaker(passage.entity(mention).name, mention.entity, confidence)


def speaker_before(passage: Passage, cue: int, floor: int, *, strong: bool = False) -> Speaker | None:
    """Find the speaker whose verb starts at `cue`, reading no further left than `floor`.

    Before a `strong` verb a short noun phrase is taken for a speaker even when nothing in it is known.
    """
    text = passage.text
    start = max(floor, cue - 200)
    segment = max(text.rfind(mark, start, cue) for mark in "，。；：！？\n,;”")
    segment = max(segment + 1, start)
    segment = _past_brackets(passage, segment, start)
    found = _in_segment(passage, Span(segment, cue), strong)
    if found is not None:
        return found
    if segment > start and _is_adverbial(text[segment:cue]):
        return _subject_of(passage, Span(start, segment))
    return None


def _past_brackets(passage: Passage, segment: int, start: int) -> int:
    """Move left when the mark that ended the segment stands inside brackets: 张三（甲公司，上海）说."""
    bracket = passage.bracket(segment)
    if bracket is None or bracket.start == segment:
        return segment
    left = max(passage.text.rfind(mark, start, bracket.start) for mark in "，。；：！？\n,;”")
    return max(left + 1, start)


def _is_adverbial(piece: str) -> bool:
    return (
        not piece
        or _ADVERB.sub("", piece) == ""
        or piece.startswith(("在", "接受", "谈到", "谈及", "对于", "就", "当"))
    )


def _in_segment(passage: Passage, span: Span, strong: bool) -> Speaker | None:
    text = passage.text
    piece = span.of(text)
    people = [m for m in passage.within(span) if m.label == "person" and not is_interviewer(text, m)]
    core = _core(piece)
    if _sources().search(core) and not any(
        m.label in ("organization", "enterprise") for m in passage.within(span)
    ):
        return None
    led = not people and len(core) <= 12 and _PRONOUN.match(piece.lstrip("但而不过对此，")) is not None
    if led or core.endswith(("他", "她")):
        pronoun = _HE.search(piece)
        return _antecedent(passage, span.start + (pronoun.start() if pronoun else 0))
    if people:
        return named(passage, _speaking(text, people, span))
    found = _body(passage, span, core) or _role(passage, core)
    return found or (_phrase(core) if strong and not piece.startswith("在") else None)


def _core(piece: str) -> str:
    """Strip adverbs and brackets between a name and its verb."""
    for _ in range(3):
        shorter = _BRACKETED.sub("", _ADVERB.sub("", piece.rstrip(" 　")))
        if shorter == piece or not shorter:
            return shorter or piece
        piece = shorter
    return piece


def is_interviewer(text: str, mention: Mention) -> bool:
    """Tell whether 记者 stands before a name."""
    return _INTERVIEWER.search(text, max(mention.span.start - 4, 0), mention.span.start) is not None


def _speaking(text: str, people: list[Mention], span: Span) -> Mention:
    """Choose among several people of one segment: the last, unless it stands in an adverbial of the first."""
    last = people[-1]
    between = text[last.span.end : span.end]
    first = people[0]
    head = text[span.start : last.span.start]
    adverbial = (
        len(people) > 1 and between and _ADVERBIAL.search(head, first.span.end - span.start) is not None
    )
    return first if adverbial else last


def _antecedent(passage: Passage, at: int) -> Speaker | None:
    """Return the person that 他 or 她 stands for: whom the nearest sentence with people names first, its subject."""
    sentence: Span | None = None
    chosen: Mention | None = None
    for mention in passage.before(at):
        if mention.label != "person" or _INTERVIEWER.search(
            passage.text, max(mention.span.start - 4, 0), mention.span.start
        ):
            continue
        if sentence is None:
            sentence = passage.sentence(mention.span.start)
        if mention.span.start < sentence.start:
            break
        chosen = mention
    return (
        named(passage, chosen, 0.7) if chosen is not None else Speaker(passage.text[at : at + 1], None, 0.3)
    )


def _subject_of(passage: Passage, span: Span) -> Speaker | None:
    """Return the person that a sentence speaks of first: its subject lasts until its verb."""
    text = passage.text
    for mention in passage.within(span):
        if mention.label == "person" and not is_interviewer(text, mention):
            return named(passage, mention, 0.7)
    return None


def _body(passage: Passage, span: Span, core: str) -> Speaker | None:
    """Return the company or body that ends the segment: 甲公司方面, 甲公司在公告中, 公司."""
    mentions = [m for m in passage.within(span) if m.label in ("enterprise", "organization")]
    if mentions and span.start + len(core) <= mentions[-1].span.end + 1:
        return named(passage, mentions[-1], 0.8)
    if _DEPARTMENT.fullmatch(core) or core in ("公司", "该公司", "企业", "集团", "该企业", "本公司"):
        for mention in passage.before(span.start):
            if mention.label == "enterprise":
                return named(passage, mention, 0.6)
    return None


def _role(passage: Passage, core: str) -> Speaker | None:
    """Return an unnamed speaker as written: 区投促办相关负责人."""
    phrase = _LEAD.sub("", core).strip()
    surname = _SURNAME_TITLE.match(phrase)
    if surname is not None:
        for index, entity in enumerate(passage.annotated.entities):
            if entity.label == "person" and entity.name.startswith(surname[1]):
                return Speaker(entity.name, index, 0.7)
    if not 2 <= len(phrase) <= 40 or _NO_SPEAKER.match(phrase):
        return None
    if _roles().search(phrase) or phrase.endswith(_BODIES):
        return Speaker(phrase, None, 0.6)
    return None


_FUNCTION = re.compile(
    "[了是有在与和把被对向为于从到这那其据即则但因所若如一每各]|[0-9]|[他她它我你]|[来上中时后里下前想不]$|可以|应该"
)


def _phrase(core: str) -> Speaker | None:
    """Take a short noun phrase of unknown words for the speaker: a foreign name, 中方, 委员们."""
    phrase = _LEAD.sub("", core).strip("　 ").rsplit("的", 1)[-1]
    if not 2 <= len(phrase) <= 20 or _FUNCTION.search(phrase) or _NO_SPEAKER.match(phrase):
        return None
    return Speaker(phrase, None, 0.4)
