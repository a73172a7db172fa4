"""What was bound is written down: for every line of a page its story and its role, for every story how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

import numpy as np

from miner.language.words import tagged
from miner.model import Problem, Role
from miner.split.binding import Binding, confidence_of
from miner.split.bylines import BylinePage, Signature, sign
from miner.split.explain import reason_of
from miner.split.heads import part_heads
from miner.split.jumps import parse_jump
from miner.split.lines import NO_START, SENTENCE_ENDS, opening_class
from miner.split.matching import HeadRun
from miner.split.outline import Outline
from miner.split.patterns import OPENERS
from miner.split.plan import LinePlan, Plan, StoryPlan
from miner.split.roles import LABELS, ROLE_OF

__all__ = ["write"]

_BADGE = re.compile("[\u4e00-\u9fff·“”]{2,8}")
"""A column's name."""
_DATELINE = 1
"""Class of an opening (`lines.opening_class`): 本报讯."""
_NEAR = 8
"""Characters beside a cut in a head that are cut into words."""
_JOINING, _JOINED = ("c", "uj", "p"), ("ul", "uj", "y")
"""Parts of speech that no line of a head ends with, and that none begins with."""
_LARGER = 1.15
"""How much larger a head's largest lines are than its smallest, where type size tells its parts."""
_LOOSE = [index for index, label in enumerate(LABELS) if label in "SYUuJCX"]
_STOPPED = SENTENCE_ENDS + "”"
_GOES_ON = LABELS.index("u")
_HEADLIKE = [index for index, label in enumerate(LABELS) if label in "HhKTUu"]
_NO_HEAD = [LABELS.index("X"), LABELS.index("S")]

Decided = list[LinePlan | None]


class _Near(NamedTuple):
    """The stories beside a loose line: of the body before its run, of the head above it, of the head below it in the run,
    of the body after the run."""

    before: int | None
    behind: int | None
    ahead: int | None
    after: int | None


def write(made: Outline, binding: Binding) -> Plan:
    """Return the plan for a page's rows: bodies first, then heads in their parts, then all other display lines."""
    decided: Decided = [None] * len(made.view)
    owner = _write_bodies(made, binding, decided)
    problems = _write_heads(made, binding, owner, decided)
    for number in range(len(made.runs)):
        _write_loose(made, number, owner, decided)
    _badges(made, owner, decided)
    _late_heads(made, owner, decided)
    _sign(made, owner, decided)
    lines = [line if line is not None else LinePlan(None, "other") for line in decided]
    return Plan(lines, _story_plans(made, binding), problems)


def _write_bodies(made: Outline, binding: Binding, decided: Decided) -> list[int]:
    """Write the lines of all paragraphs; return the story of every paragraph."""
    owner = [0] * len(made.paragraphs)
    for number, story in enumerate(binding.stories):
        for index in story.paragraphs:
            owner[index] = number
            role: Role = "subhead" if _unstopped(made, binding, index, story.paragraphs) else "body"
            for position, row in enumerate(made.paragraphs[index].rows):
                decided[row] = LinePlan(number, role, first=position == 0 and index not in binding.resumes)
    return owner


def _write_heads(made: Outline, binding: Binding, owner: Sequence[int], decided: Decided) -> list[Problem]:
    """Write the lines of all heads; those that no story claims are subheads where they open a text, else problems."""
    heads: list[tuple[HeadRun, int | None]] = []
    for block, story in zip(binding.blocks, binding.story_of, strict=True):
        if story is None and _opens_text(made, block):
            for row in block.rows:
                decided[row] = LinePlan(owner[block.run], "subhead", first=row == block.rows[0])
        else:
            heads.append((block, story))
    for (block, story), parts in zip(heads, _parts(made, [block for block, _ in heads]), strict=True):
        for row, role in zip(block.rows, parts, strict=True):
            decided[row] = LinePlan(story, role, first=not _mid_word(made, row, block.rows))
    return [_unplaced(made, block) for block, story in heads if story is None]


def _unstopped(made: Outline, binding: Binding, index: int, mates: Sequence[int]) -> bool:
    """Whether a short paragraph inside a story is a subhead: it ends no sentence, and paragraphs
    that are finished stand before and after it."""
    piece = made.paragraphs[index]
    if len(piece.rows) > 2 or index in binding.resumes or index - 1 not in mates or index + 1 not in mates:
        return False
    open_ended = made.view.end[piece.rows[-1]] in (0, 8) and piece.closes and piece.opens
    after, before = made.paragraphs[index + 1], made.paragraphs[index - 1]
    return bool(open_ended and after.opens and len(after.rows) > 1 and before.text[-1] in _STOPPED)


def _mid_word(made: Outline, row: int, rows: Sequence[int]) -> bool:
    """Whether a head's line goes on where the line before broke a word: the characters across the cut stand side by side
    elsewhere on the page."""
    if row - 1 not in rows:
        return False
    pair = made.view.rows[row - 1].compact[-1] + made.view.rows[row].compact[0]
    if pair[0] in OPENERS or pair[1] in NO_START or _one_word(made, row):
        return True
    return made.view.counts[pair] > 0 and all("\u4e00" <= char <= "\u9fff" for char in pair)


def _one_word(made: Outline, row: int) -> bool:
    """Whether a word stands across the cut before a head's line, or a word that joins ends the line before: 导航与 / 经验."""
    above, below = made.view.rows[row - 1].compact[-_NEAR:], made.view.rows[row].compact[:_NEAR]
    found = tagged(above + below)
    last = max(at for at, start in enumerate(found.starts) if start < len(above))
    crossed = found.starts[last] + len(found.words[last]) > len(above)
    if crossed or found.tags[last] in _JOINING:
        return True
    return last + 1 < len(found.tags) and found.tags[last + 1] in _JOINED


def _opens_text(made: Outline, block: HeadRun) -> bool:
    """Whether a head that no story claims stands right above a paragraph and fits its measure: then it is a subhead, such as
    opens some texts."""
    if block.run >= len(made.paragraphs) or made.runs[block.run][-1] != block.rows[-1] or len(block.rows) > 2:
        return False
    return all(made.view.rows[row].wide <= made.paragraphs[block.run].measure for row in block.rows)


def _unplaced(made: Outline, block: HeadRun) -> Problem:
    text = " ".join(made.view.rows[row].text for row in block.rows)[:80]
    return Problem(
        "split",
        "headline-unplaced",
        f"标题“{text}”没有找到对应的正文",
        line=made.view.rows[block.rows[0]].number,
    )


def _parts(made: Outline, blocks: Sequence[HeadRun]) -> list[list[Role]]:
    """Kicker, headline or subtitle for every line of every head: by type size where lines differ in it, else by what they
    say, all heads of the page together."""
    result: list[list[Role]] = [[] for _ in blocks]
    flat: list[tuple[int, list[list[int]]]] = []
    for number, block in enumerate(blocks):
        sizes = [made.view.rows[row].size for row in block.rows]
        if min(sizes) > 0 and max(sizes) > _LARGER * min(sizes):
            result[number] = _sized_parts(sizes)
        else:
            flat.append((number, _whole_lines(made, block.rows)))
    parted = part_heads(
        [["".join(made.view.rows[row].text for row in line) for line in lines] for _, lines in flat]
    )
    for (number, lines), parts in zip(flat, parted, strict=True):
        result[number] = [role for line, role in zip(lines, parts.roles, strict=True) for _ in line]
    return result


def _sized_parts(sizes: Sequence[float]) -> list[Role]:
    """The largest lines are the headline, smaller ones above it kickers and below it subtitles."""
    main = [size > 0.85 * max(sizes) for size in sizes]
    first = main.index(True)
    return ["headline" if main[at] else "kicker" if at < first else "subtitle" for at in range(len(sizes))]


def _whole_lines(made: Outline, rows: Sequence[int]) -> list[list[int]]:
    """The rows of a head as lines that say something: the characters of a vertical head, and the pieces of a line that was
    cut in mid-word, belong together."""
    lines: list[list[int]] = []
    for row in rows:
        single = len(made.view.rows[row].compact) == 1
        upright = bool(lines) and single and len(made.view.rows[lines[-1][-1]].compact) == 1
        if lines and (upright or _mid_word(made, row, rows)):
            lines[-1].append(row)
        else:
            lines.append([row])
    return lines


def _badges(made: Outline, owner: Sequence[int], decided: Decided) -> None:
    """A few characters between a story's head with its byline and the first paragraph are no subhead but a column's name."""
    for number, run in enumerate(made.runs[:-1]):
        opens = number == 0 or owner[number] not in owner[:number]
        if opens and len(run) > 2 and _BADGE.fullmatch(made.view.rows[run[-1]].compact):
            *above, byline, last = (decided[row] for row in run)
            headed = any(line and _is_head(line) and line.story == owner[number] for line in above)
            if headed and (_role(byline), _role(last)) == ("byline", "subhead"):
                decided[run[-1]] = LinePlan(owner[number], "section")


def _late_heads(made: Outline, owner: Sequence[int], decided: Decided) -> None:
    """A line taken for a subhead right above the first paragraph of a story without a head is its head, where that paragraph
    opens with a dateline: a story begins with its 本报讯."""
    headed = {line.story for line in decided if line and _is_head(line)}
    for number, run in enumerate(made.runs[:-1]):
        if not number or not run or owner[number] in owner[:number] or owner[number] in headed:
            continue
        if opening_class(made.paragraphs[number].text) != _DATELINE:
            continue
        rows = list(takewhile(lambda row: _role(decided[row]) == "subhead", reversed(run)))
        for row in rows:
            decided[row] = LinePlan(owner[number], "headline", first=not _mid_word(made, row, rows))


def _role(line: LinePlan | None) -> Role | None:
    return line.role if line else None


def _sign(made: Outline, owner: Sequence[int], decided: Decided) -> None:
    """Give every byline of the page its story, all together."""
    signatures = list(_signatures(made, decided))
    heads = {
        row: line.story
        for row, line in enumerate(decided)
        if line and _is_head(line) and line.story is not None
    }
    texts = ["" for _ in range(max(owner) + 1)]
    for paragraph, story in zip(made.paragraphs, owner, strict=True):
        texts[story] += paragraph.text
    page = BylinePage(made.runs, owner, heads, texts)
    for signature, story in zip(signatures, sign(page, signatures), strict=True):
        for row in signature.rows:
            if (line := decided[row]) is not None:
                line.story = story


def _signatures(made: Outline, decided: Decided) -> Iterator[Signature]:
    """The bylines of a page: lines that follow one another are one, save where one repeats another, which signs two stories."""
    for number, run in enumerate(made.runs):
        rows: list[int] = []
        for row in run:
            line = decided[row]
            if line is None or line.role != "byline":
                continue
            if rows and (rows[-1] != row - 1 or _same_byline(made, rows, row)):
                yield Signature(tuple(rows), number)
                rows = []
            rows.append(row)
        if rows:
            yield Signature(tuple(rows), number)


def _same_byline(made: Outline, rows: Sequence[int], row: int) -> bool:
    """Whether a line repeats a byline that stands just above it: the two sign two stories."""
    return any(made.view.rows[row].compact == made.view.rows[other].compact for other in rows)


def _write_loose(made: Outline, number: int, owner: Sequence[int], decided: Decided) -> None:
    """Give the display lines of a run that are no heads their roles and stories."""
    run = made.runs[number]
    bodies = (owner[number - 1] if number else None, owner[number] if number < len(owner) else None)
    for position, row in enumerate(run):
        if decided[row] is not None:
            continue
        role = ROLE_OF[LABELS[_LOOSE[int(made.chances[row, _LOOSE].argmax())]]]
        if role in ("other", "section") and number == 0 and row == run[-1] and _heads_the_text(made, row):
            role = "subhead"
        near = _Near(
            bodies[0],
            _head_story(decided, reversed(run[:position])),
            _head_story(decided, run[position + 1 :]),
            bodies[1],
        )
        above = decided[run[position - 1]] if position else None
        goes_on = role == "subhead" == _role(above) and made.chances[row, _GOES_ON] > 0.5
        decided[row] = LinePlan(_loose_story(made, row, role, near), role, first=not goes_on)


def _head_story(decided: Decided, rows: Iterable[int]) -> int | None:
    """The story of the first head among rows."""
    return next((line.story for row in rows if (line := decided[row]) and _is_head(line)), None)


def _heads_the_text(made: Outline, row: int) -> bool:
    """Whether the line above a page's first paragraph, claimed by no story, is likelier a head than furniture or a section: a
    stream that was cut in the middle of a story opens with a subhead."""
    if not made.paragraphs or made.view.rows[row].wide > made.paragraphs[0].measure:
        return False
    return bool(made.chances[row, _HEADLIKE].sum() > made.chances[row, _NO_HEAD].max())


def _is_head(line: LinePlan) -> bool:
    return line.role in ("headline", "kicker", "subtitle")


def _loose_story(made: Outline, row: int, role: Role, near: _Near) -> int | None:
    """The story of a section, subhead, caption or jump line, from the body or head before or after it; bylines are signed
    later, all together."""
    before, behind, ahead, after = near
    from_above = role == "jump" and (jump := parse_jump(made.view.rows[row].text)) and jump.way == "from"
    order = {
        "section": (ahead, after, behind, before),
        "subhead": (after, before),
        "jump": (after, before) if from_above else (before, after),
        "other": (),
    }.get(role, (before, behind, ahead, after))
    return next((story for story in order if story is not None), None)


def _wholeness(binding: Binding, number: int) -> float:
    """The chance that a story begins where it does and that no other begins inside it."""
    paragraphs = binding.stories[number].paragraphs
    doubts = [binding.boundaries[index] for index in paragraphs[1:] if index not in binding.resumes]
    doubts += [-binding.boundaries[paragraphs[0]]] if paragraphs[0] else []
    return float(1 / (1 + np.exp(np.clip(max(doubts, default=-9.0), -30, 30))))


def _story_plans(made: Outline, binding: Binding) -> list[StoryPlan]:
    block_of = {story: block for block, story in enumerate(binding.story_of) if story is not None}
    plans = []
    for number in range(len(binding.stories)):
        block = block_of.get(number)
        whole = _wholeness(binding, number)
        if block is None:
            best = float(binding.scores[:, number].max()) if len(binding.blocks) else -9.0
            chance = float(1 / (1 + np.exp(min(30.0, best))))
            reason = "版面上没有与之相合的标题 / no head on the page fits it"
        else:
            chance = confidence_of(binding, block, number)
            reason = reason_of(made, binding, block, number)
        if whole < min(0.5, chance):
            reason += "；正文的起止不确定"
        plans.append(StoryPlan(min(chance, whole), reason))
    return plans
