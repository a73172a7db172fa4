"""Lists: what stands between 、 marks is of one kind, and the word after 等 says which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from miner.language.gazetteer import words_of
from miner.language.numerals import read_number
from miner.language.words import is_common
from miner.offsets import Span
from miner.recognise.found import Found
from miner.text import NAMED, AnnotatedText

_GAP = re.compile(r"\s?[、/]\s?")
_LAST = re.compile(r"(?:以及|和|与|及)")
_HEAD = re.compile(
    r"(?:等[^,。;:!?、\n“”()]{0,16}|(?:[\d几数多两三四五六七八九十]{1,4}\s?(?:余|多)?(?:家|个|位)[^,。;:!?、\n“”()]{0,12}))"
)
_MEMBER = re.compile(r"[\w·&\-' .+!]{1,30}(?:[(][^()\n]{1,30}[)])?")
_MAX_MEMBER = 16
_LONGEST_HEAD = 24
"""No word that closes a list's head is longer."""
_OWN_BRANDS = re.compile(r"(?:推出|孵化|打造|创立|拥有|上市|开发)了?[^。;、]{0,12}$")
_HEAD_TAIL = re.compile(
    r"(?:的|和|及|参展|亮相|悉数|纷纷|签|与|在|也|都|均|已|将|相继|集中|联合|首次|共同|展台$|展位$|展区$|带来|齐聚|参加|组成|提供|共|以|同台|分别|达成)"
)
_LOOSE = frozenset({"model", "word", "list", "repeated"})
_LABELS = ("enterprise", "organization", "person")
_COUNT = re.compile(r"等?(\d{1,2}|[两二三四五六七八九十])\s?(?:家|个|大)")
_BAD = re.compile(
    r"[\d年月日%]|两国|三国|多国|[一二三四五六七八九十两]大|(?:区|县|市|省|路|国|节|性|化|率|员|者|们|品|费|税|协会|扶贫办|党组织|养老|人才|政策|服务|技术|系统|设备|协议|备忘录|合同|订单|意向书|报告|大会|论坛|主题)$"
)


@dataclass(frozen=True, slots=True)
class Chain:
    """A list: its members and what is written after 等."""

    members: tuple[Span, ...]
    head: str


def chains(passage: AnnotatedText) -> Iterator[Chain]:
    """Yield the lists of a passage; first and last members are cut at words that cannot stand in a name."""
    text = passage.folded
    at = text.find("、")
    while at >= 0:
        start = _first_member(passage, at)
        members = [Span(start, at)]
        end = at
        while True:
            gap = _GAP.match(text, end) if end < len(text) else None
            if gap is None:
                break
            stop = _member_end(passage, gap.end())
            members.append(Span(gap.end(), stop))
            if stop == gap.end():
                break
            end = stop
        last = _LAST.match(text, end)
        if last:
            stop = _member_end(passage, last.end())
            members.append(Span(last.end(), stop))
            end = stop
        head = _HEAD.match(text, end)
        yield Chain(tuple(m for m in members if m.end > m.start), head.group() if head else "")
        at = text.find("、", max(end, at + 1))


def _member_end(passage: AnnotatedText, start: int) -> int:
    text = passage.folded
    match = _MEMBER.match(text, start, start + 64)
    if match is None:
        return start
    limit = match.end()
    if (
        limit - start <= _MAX_MEMBER
        and passage.folded[limit : limit + 1] == "、"
        and _is_plain(passage, start, limit)
    ):
        return limit
    index = passage.word_at(start)
    words, tags, starts = passage.words
    end = start
    while index < len(words) and starts[index] < limit:
        word = words[index]
        if end > start and (
            word[0] == "等"
            or word in ("和", "与", "及", "以及")
            or (word in words_of("naming", "stop") and len(word) <= 2)
            or word in words_of("titles", "core")
            or (
                tags[index] in ("v", "p", "d", "c")
                and word not in words_of("naming", "name_verb")
                and is_common(word)
                and not passage.starts_name(starts[index])
            )
        ):
            break
        if end > start and tags[index] in ("m", "mq"):
            break
        end = min(starts[index] + len(word), limit)
        index += 1
    return end


def _is_plain(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether a stretch between two marks is one name: behind its first word stands no verb, title or stop (区长…来到乐高)."""
    words, tags, starts = passage.words
    index = passage.word_at(start) + 1
    while index < len(words) and starts[index] < end:
        word = words[index]
        acts = (
            tags[index] in ("v", "p", "d", "c", "uj", "ul")
            and word not in words_of("naming", "name_verb")
            and is_common(word)
        )
        if acts or word in words_of("titles", "core") or word in words_of("naming", "role"):
            return False
        index += 1
    return words[passage.word_at(start)] not in words_of("titles", "core")


def _first_member(passage: AnnotatedText, end: int) -> int:
    words, tags, starts = passage.words
    index = passage.word_at(max(end - 1, 0))
    start = end
    while index >= 0 and end - starts[index] <= _MAX_MEMBER * 2:
        word = words[index]
        if (
            word == "\n"
            or not (word.isalnum() or word in "·&-.' ()")
            or word in words_of("naming", "stop", "role", "common")
        ):
            break
        if (
            tags[index] in ("v", "p", "d", "c", "r", "u", "uj", "ul")
            and word not in words_of("naming", "name_verb")
            and is_common(word)
        ):
            break
        start = starts[index]
        index -= 1
    return start


def head_label(head: str) -> str | None:
    """Return the label that the words after a list give its members: a label, "other" or None when they say nothing.

    >>> head_label("等15组中外企业"), head_label("等社交媒体"), head_label("等")
    ('enterprise', 'other', None)
    """
    head = _HEAD_TAIL.split(head, maxsplit=1)[0]
    kinds = _head_words()
    return next(
        (
            kinds[head[at:]]
            for at in range(max(0, len(head) - _LONGEST_HEAD), len(head))
            if head[at:] in kinds
        ),
        None,
    )


@cache
def _head_words() -> dict[str, str]:
    """Return the words that may close a list's head and the label each gives; where a word gives two, the first counts."""
    kinds: dict[str, str] = {}
    for kind in ("enterprise", "organization", "person", "other"):
        for word in words_of("naming", f"{kind}_head"):
            kinds.setdefault(word, kind)
    return kinds


def find_listed(passage: AnnotatedText, found: list[Found]) -> Iterator[Found]:
    """Propose the unknown members of lists whose head or other members say what they are.

    Members of lists of things that are no names (等社交媒体) come out with the label "expo", which keeps others away.
    """
    spans = {(item.start, item.end): item.label for item in found}
    loose = {(item.start, item.end) for item in found if item.label == "person" and item.method in _LOOSE}
    for chain in chains(passage):
        if len(chain.members) < 2:
            continue
        label = head_label(chain.head)
        if label == "other" or (
            label == "enterprise"
            and _OWN_BRANDS.search(
                passage.folded, max(0, chain.members[0].start - 20), chain.members[0].start
            )
        ):
            for member in chain.members:
                if spans.get((member.start, member.end)) == "enterprise":
                    yield Found(member.start, member.end, "expo", "list", 1.0)
            continue
        known = [spans.get((m.start, m.end)) for m in chain.members]
        if label is None:
            label = next(
                (
                    kind
                    for kind in _LABELS[:2]
                    if sum(k == kind for k in known) * 2 >= len(known) and known.count(kind) >= 2
                ),
                None,
            )
            sure, unsure = 0.7, True
        else:
            unsure = False
            sure = 0.85 if known.count(label) >= 1 else 0.72
        if label not in ("enterprise",):
            continue
        counted = _COUNT.match(chain.head)
        every = (
            counted is not None
            and read_number(counted.group(1)) == len(chain.members)
            and any(k in (None, label) for k in known)
        )
        for member, kind in zip(chain.members, known, strict=True):
            if (
                kind == "person"
                and not unsure
                and (tuple(member) in loose or _is_ambiguous_enterprise(passage, member))
            ):
                yield Found(member.start, member.end, label, "list", 0.97)
            if (
                kind is None
                and _may_be_brand(passage, member)
                and (
                    every
                    or not (
                        passage.all_common(*member) and not _plain_brand(passage, member, known.count(label))
                    )
                )
            ):
                yield Found(member.start, member.end, label, "list", sure)


def _plain_brand(passage: AnnotatedText, member: Span, known: int) -> bool:
    """Tell whether an everyday word (始祖鸟) may be a brand: short, no trade, beside at least two known companies."""
    text = member.of(passage.folded)
    return known >= 2 and len(text) <= 4 and text not in words_of("company_types", "industry", "weak")


def _is_ambiguous_enterprise(passage: AnnotatedText, member: Span) -> bool:
    return any(
        hit.term.kind == "enterprise" and (hit.start, hit.end) == member for hit in passage.hits_in(*member)
    )


def _is_other(passage: AnnotatedText, member: Span) -> bool:
    """Tell whether a member is a known name of another kind."""
    same = [
        hit for hit in passage.hits_in(*member) if (hit.start, hit.end) == member and hit.term.kind in NAMED
    ]
    return bool(same) and not any(hit.term.kind == "enterprise" for hit in same)


def _may_be_brand(passage: AnnotatedText, member: Span) -> bool:
    text = member.of(passage.folded)
    if not 2 <= len(text) <= _MAX_MEMBER or _BAD.search(text) or _is_other(passage, member):
        return False
    if any(
        hit.term.kind == "enterprise" for hit in passage.hits_in(*member) if (hit.start, hit.end) == member
    ):
        return True
    if (
        text in words_of("naming", "role", "common", "stop", "other_head")
        or text in words_of("company_types")
        or text in words_of("expo")
    ):
        return False
    return passage.edges[member.start] == 1
