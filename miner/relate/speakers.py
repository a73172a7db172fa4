"""Who speaks: a person, a body, a pronoun or an unnamed role before (or behind) a reporting verb."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from miner.language.date_grammar import either as dates
from miner.language.lexicon import alternatives, load_lexicon
from miner.model import Mention
from miner.offsets import Span
from miner.relate.passage import Passage

_PRONOUN = re.compile("(?:[他她]|对此，?[他她]|其)(?!们|的|中)")
_OTHER = "对方"
_HE = re.compile("[他她其]")
_ADVERBIAL = re.compile("[在对向与同就][^，]{0,20}$")
_BRACKETED = re.compile(r"[（(][^（）()\n]{0,60}[）)]$")
_INTERVIEWER = re.compile(r"记者\s?$")
_DEPARTMENT = re.compile("据?公司[一-鿿]{2,8}部")


@cache
def reporting(kind: str) -> frozenset[str]:
    """Return the words of one kind of the lexicon of reporting."""
    return frozenset(word for e in load_lexicon("reporting") if e.kind == kind for word in (e.name, *e.words))


def either(kind: str) -> str:
    """Return the words of one kind as alternatives of a regular expression, the longest first."""
    return alternatives(reporting(kind))


@cache
def _adverb() -> re.Pattern[str]:
    """What may stand between a speaker and the verb: adverbs, dates, occasions, means."""
    hour = f"(?:{dates('daytime')})?"
    day = rf"(?:\d{{2,4}}年)?(?:\d{{1,2}}月)?\d{{1,2}}[日号]{hour}|(?:{dates('day')}){hour}|周[一二三四五六日]{hour}"
    ways = (
        either("adverb"),
        f"[于在]?(?:{day})",
        "[一-鿿]{2}地|[对向跟同](?:[他她我它]们?|[本笔]?[报刊]?记?者)",
        r"(?:也|还)?(?:发出|发布|发表)[^，。；：\n]{0,6}|接受[^，。；：\n]{0,20}采访",
        rf"就[^，。；：\n]{{1,24}}时|在[^，。；：\n]{{1,30}}(?:{either('setting')})",
        r"[于以]?[^，。；\n]{0,2}公告(?:中)?|通过[^，。]{1,12}",
    )
    return re.compile(f"(?:{'|'.join(ways)})+$")


@cache
def _lead() -> re.Pattern[str]:
    return re.compile(rf"^(?:[，。；：\s]*)(?:对于[^，]{{1,20}}，|有(?!关)|{either('lead')})+[，]?")


@cache
def _no_speaker() -> re.Pattern[str]:
    return re.compile(rf"^(?:{either('no_speaker')})+$")


@cache
def _surname_title() -> re.Pattern[str]:
    return re.compile(rf"([一-鿿])(?:{either('surname_title')})$")


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker: name in full where the article has it, else the phrase as written; index of the entity when it is one."""

    name: str
    entity: int | None
    confidence: float


@cache
def _roles() -> re.Pattern[str]:
    return re.compile(f"(?:{either('role')})(?:们|之一)?$")


@cache
def _sources() -> re.Pattern[str]:
    return re.compile(f"(?:{either('source')})(?:中|里|还|也|同时)?$")


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
    return not piece or _adverb().sub("", piece) == "" or piece.startswith(tuple(reporting("occasion")))


def _in_segment(passage: Passage, span: Span, strong: bool) -> Speaker | None:
    text = passage.text
    piece = span.of(text)
    people = [m for m in passage.within(span) if m.label == "person" and not is_interviewer(text, m)]
    core = _core(piece)
    if _denied(piece, core) or _is_source(passage, span, core):
        return None
    referred = _referred(passage, span, core, alone=not people)
    if referred is not None:
        return referred
    if people:
        return named(passage, _speaking(text, people, span))
    found = _body(passage, span, core) or _role(passage, core)
    return found or (_phrase(core) if strong and not piece.startswith("在") else None)


def _denied(piece: str, core: str) -> bool:
    """Tell whether nobody said so: 并未透露, 假如企业认为."""
    return core.endswith(tuple(reporting("negation"))) or piece.startswith(tuple(reporting("supposition")))


def _is_source(passage: Passage, span: Span, core: str) -> bool:
    """Tell whether a report, a letter, data speak rather than a body: 数据显示."""
    bodies = any(m.label in ("organization", "enterprise") for m in passage.within(span))
    return not bodies and _sources().search(core) is not None


def _referred(passage: Passage, span: Span, core: str, *, alone: bool) -> Speaker | None:
    """Return whom 他, 她 or 对方 stands for; a pronoun leads only a short segment without a name."""
    piece = span.of(passage.text)
    if core.endswith(_OTHER):
        return _other_party(passage, span.start + piece.rfind(_OTHER))
    led = alone and len(core) <= 12 and _PRONOUN.match(piece.lstrip("但而不过对此，")) is not None
    if not led and not core.endswith(("他", "她")):
        return None
    pronoun = _HE.search(piece)
    return _antecedent(passage, span.start + (pronoun.start() if pronoun else 0))


def _other_party(passage: Passage, at: int) -> Speaker | None:
    """Return whom 对方 stands for: the one named last, in this sentence or the one before."""
    index = passage.sentence_index(at)
    floor = passage.sentences[max(index - 1, 0)].start
    for mention in passage.before(at):
        if mention.span.start < floor:
            break
        if mention.label != "place" and not is_interviewer(passage.text, mention):
            return named(passage, mention, 0.5)
    return Speaker(_OTHER, None, 0.3)


def _core(piece: str) -> str:
    """Strip adverbs and brackets between a name and its verb."""
    for _ in range(3):
        shorter = _BRACKETED.sub("", _adverb().sub("", piece.rstrip(" 　")))
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
    if _DEPARTMENT.fullmatch(core) or core in reporting("own"):
        company = passage.company_before(span.start)
        return named(passage, company, 0.6) if company is not None else None
    return None


def _role(passage: Passage, core: str) -> Speaker | None:
    """Return an unnamed speaker as written: 区投促办相关负责人."""
    phrase = _lead().sub("", core).strip()
    surname = _surname_title().match(phrase)
    if surname is not None:
        for index, entity in enumerate(passage.annotated.entities):
            if entity.label == "person" and entity.name.startswith(surname[1]):
                return Speaker(entity.name, index, 0.7)
    if not 2 <= len(phrase) <= 40 or _no_speaker().match(phrase):
        return None
    if _roles().search(phrase) or phrase.endswith(tuple(reporting("body"))):
        return Speaker(phrase, None, 0.6)
    return None


def _is_clause(phrase: str) -> bool:
    """Tell whether signs of a clause stand in a phrase: then it is no bare noun."""
    signs = any(word in phrase for word in reporting("function")) or any(char.isdigit() for char in phrase)
    return signs or phrase.endswith(tuple(reporting("function_end")))


def _phrase(core: str) -> Speaker | None:
    """Take a short noun phrase of unknown words for the speaker: a foreign name, 中方, 委员们."""
    phrase = _lead().sub("", core).strip("　 ").rsplit("的", 1)[-1]
    if not 2 <= len(phrase) <= 20 or _is_clause(phrase) or _no_speaker().match(phrase):
        return None
    return Speaker(phrase, None, 0.4)
