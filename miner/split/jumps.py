"""Jump lines in all their forms, and the parts of a story joined over the pages of an issue."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from miner.language.numerals import read_number
from miner.model import Problem
from miner.offsets import stable_id
from miner.split.patterns import words

__all__ = ["JoinedStories", "Jump", "JumpRow", "is_jump_line", "join_jumps", "parse_jump"]

_DIGITS = "一二三四五六七八九十"
_EDGE = r"[\s（()）【】\[\]▶►▷➤→◀◄◁←>＞<＜》《«»◆■●★▲△▼▽※*·…—\-。﹥☞⇒\ufffd]{0,8}"


class _Marks(NamedTuple):
    """The patterns of jump marks: that text came from another page, a mark anywhere, a line that is one."""

    coming: re.Pattern[str]
    mark: re.Pattern[str]
    line: re.Pattern[str]


@cache
def _marks() -> _Marks:
    going = rf"(?:{words('to')}|(?:{words('to_nth')})(?=第)|(?:{words('to_far')}).{{0,3}}转)"
    coming = rf"(?:{words('from')}|(?:{words('from_nth')})(?=第))"
    mark = (
        rf"(?P<way>{going}|{coming})\s{{0,3}}(?:{words('sheet')})?\s{{0,3}}第?\s{{0,3}}"
        rf"(?P<page>[A-Za-zＡ-Ｚ]{{0,2}}\s{{0,2}}[-－]?[0-9０-９]{{1,3}}|[{_DIGITS}〇零百]{{1,4}})"
        rf"\s{{0,3}}(?:[、,，—–\-至]\s{{0,2}}[A-Z]?[0-9]{{1,3}}\s{{0,3}}|[、至]\s{{0,2}}[{_DIGITS}]{{1,3}}\s{{0,3}})?"
        r"(?:版|页|版面)"
    )
    line = rf"{_EDGE}{mark}[·・\s]{{0,3}}[\u4e00-\u9fff]{{0,6}}{_EDGE}"
    return _Marks(re.compile(coming), re.compile(mark), re.compile(line))


class Jump(NamedTuple):
    """Where a jump line leads: `to` another page, or it says which page the text comes `from`."""

    way: Literal["to", "from"]
    page: str


def parse_jump(text: str) -> Jump | None:
    """Read a jump mark anywhere in a text; the page in its plain form (`6`, `A3`).

    >>> parse_jump("（下转第 6 版）"), parse_jump("▶▶下转A03版"), parse_jump("（紧接第一版）")
    (Jump(way='to', page='6'), Jump(way='to', page='A3'), Jump(way='from', page='1'))
    """
    found = _marks().mark.search(text[:400])
    if not found:
        return None
    way: Literal["to", "from"] = "from" if _marks().coming.match(text, found.start("way")) else "to"
    return Jump(way, plain_page(found["page"]))


def is_jump_line(text: str) -> bool:
    """Tell whether a line is a jump mark and nothing else.

    >>> is_jump_line(" （下转第 6 版）"), is_jump_line("他从机场转第二航站楼")
    (True, False)
    """
    return len(text) < 40 and _marks().line.fullmatch(text.strip()) is not None


def plain_page(text: str) -> str:
    """Bring a page number into its plain form: half width, no leading zeros, Chinese numerals as digits.

    >>> plain_page("A03"), plain_page("十二"), plain_page("第 7 版"), plain_page("０２")
    ('A3', '12', '7', '2')
    """
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    half = re.sub(r"[\s第版页面\-]", "", half).upper()
    found = re.fullmatch(r"([A-Z]{0,2})0*(\d+)", half)
    if found:
        return found[1] + found[2]
    number = read_number(half)
    return half if number is None else str(number)


@dataclass(frozen=True, slots=True)
class JumpRow:
    """What joining needs to know of an article."""

    article_id: str
    document_id: str
    newspaper: str | None
    issue_date: str | None
    page: str | None
    jump_to: str | None
    jump_from: str | None
    headline: str | None
    body: str


@dataclass(frozen=True, slots=True)
class JoinedStories:
    """The stories that stand on several pages, and the jumps that lead nowhere.

    `stories` maps a story id to its articles in reading order.
    """

    stories: dict[str, tuple[str, ...]]
    problems: tuple[Problem, ...]

    def story_of(self) -> dict[str, str]:
        """Return for every joined article its story."""
        return {article: story for story, articles in self.stories.items() for article in articles}


def join_jumps(rows: Iterable[JumpRow]) -> JoinedStories:
    """Join the parts of jumped stories within each issue; pure: the caller reads and writes the rows.

    A part that leads to page P is bound to the part on P that says it comes from the first part's page; where several
    could be meant the texts decide (shared bigrams, page by page). A part without its counterpart is a problem.

    >>> first = JumpRow("a", "d1", "报", "2023-11-08", "1", "6", None, "招商团队整装待发", "徐汇招商团队巡馆，")
    >>> second = JumpRow("b", "d2", "报", "2023-11-08", "06", None, "1", None, "招商团队继续巡馆。")
    >>> list(join_jumps([first, second]).stories.values())
    [('a', 'b')]
    """
    issues: dict[tuple[str | None, str | None], list[JumpRow]] = defaultdict(list)
    for row in rows:
        if row.jump_to or row.jump_from:
            issues[row.newspaper, row.issue_date].append(row)
    follows: dict[str, str] = {}
    problems: list[Problem] = []
    for issue in issues.values():
        follows |= _pairs(issue)
        problems += _loose_ends(issue, follows)
    return JoinedStories(_chains(follows), tuple(problems))


def _pairs(issue: Sequence[JumpRow]) -> dict[str, str]:
    """The pairs of an issue, best likeness first, each part used once each way."""
    scored = [(_likeness(one, other), one.article_id, other.article_id) for one, other in _candidates(issue)]
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, first, second in sorted(scored, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if first not in pairs and second not in taken:
            pairs[first] = second
            taken.add(second)
    return pairs


def _candidates(issue: Sequence[JumpRow]) -> Iterator[tuple[JumpRow, JumpRow]]:
    """Yield the pairs of a part that goes on and one that comes from its page."""
    starts: dict[str, list[JumpRow]] = defaultdict(list)
    for row in issue:
        if row.jump_from:
            starts[plain_page(row.page) if row.page else ""].append(row)
    for row in issue:
        for other in [*starts.get(row.jump_to, ()), *starts.get("", ())] if row.jump_to else ():
            if other is not row and (not row.page or plain_page(row.page) == other.jump_from):
                yield row, other


def _likeness(one: JumpRow, other: JumpRow) -> float:
    first, second = _bigrams(one), _bigrams(other)
    same = len(first & second) / (1 + min(len(first), len(second)))
    heads = bool(
        one.headline and other.headline and (one.headline in other.headline or other.headline in one.headline)
    )
    return same + heads


def _bigrams(row: JumpRow) -> set[str]:
    text = (row.headline or "") + row.body[:20_000]
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _loose_ends(issue: Sequence[JumpRow], follows: dict[str, str]) -> list[Problem]:
    reached = set(follows.values())
    out = []
    for row in issue:
        name = row.headline or row.body[:16]
        if row.jump_to and row.article_id not in follows:
            message = f"“{name}” 下转第{row.jump_to}版，但该版没有找到接续的部分"
            out.append(Problem("split", "jump-to-nowhere", message, document_id=row.document_id))
        if row.jump_from and row.article_id not in reached:
            message = f"“{name}” 上接第{row.jump_from}版，但该版没有找到前面的部分"
            out.append(Problem("split", "jump-from-nowhere", message, document_id=row.document_id))
    return out


def _chains(follows: dict[str, str]) -> dict[str, tuple[str, ...]]:
    reached = set(follows.values())
    chains: dict[str, tuple[str, ...]] = {}
    for first in sorted(set(follows) - reached):
        chain, seen = [first], {first}
        while chain[-1] in follows and follows[chain[-1]] not in seen:
            chain.append(follows[chain[-1]])
            seen.add(chain[-1])
        chains[stable_id("story", *chain)] = tuple(chain)
    return chains
