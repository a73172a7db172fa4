"""Several stories as unwrapped text in one stream, as archives export a whole day: heads, then one paragraph a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from miner.model import Line, Role
from miner.split.bylines import is_byline
from miner.split.heads import part_heads
from miner.split.jumps import is_jump_line
from miner.split.lines import pattern_class
from miner.split.plan import LinePlan, Plan, StoryPlan
from miner.split.restore import BLANKS

__all__ = ["plan_day"]

_DAY = re.compile(
    r"((?:19|20)\d{2})\s?[年\-/.]\s?(\d{1,2})\s?[月\-/.]\s?(\d{1,2})\s?日?.{0,12}[:：]?\s{0,4}$"
)
_ENDS = "。！？…；"
_SHORT = 36
"""Characters that a head or subhead has at most, where indents do not tell."""
_REASON = "标题紧接在正文之前（整日文稿）"


def plan_day(lines: Sequence[Line]) -> Plan:
    """Plan the stories of a stream whose paragraphs stand on one line each: a head opens a story.

    Where paragraphs are indented, lines without indent are heads; else short lines that end no sentence are.
    """
    indented = _indented(lines)
    heads = [_is_head(line, indented) for line in lines]
    plan = Plan([], [])
    published = None
    index = 0
    while index < len(lines):
        if not heads[index]:
            _body_line(plan, lines[index], published)
            index += 1
            continue
        run = [index]
        while run[-1] + 1 < len(lines) and heads[run[-1] + 1]:
            run.append(run[-1] + 1)
        published = _day_of(lines[run[0]].text) or published
        _head_run(plan, [lines[at] for at in run], published, followed=run[-1] + 1 < len(lines))
        index = run[-1] + 1
    return plan


def _indented(lines: Sequence[Line]) -> bool:
    """Whether the long lines of this stream carry a paragraph's indent."""
    long = [line.text for line in lines if len(line.text) > _SHORT]
    return bool(long) and sum(text[0] in BLANKS for text in long) > 0.7 * len(long)


def _is_head(line: Line, indented: bool) -> bool:
    text = line.text.strip(BLANKS)
    if indented:
        return line.text[0] not in BLANKS and text[-1] not in "。；"
    return len(text) <= _SHORT and text[-1] not in _ENDS and not text.startswith(("（", "("))


def _day_of(text: str) -> str | None:
    found = _DAY.match(text.strip(BLANKS))
    if not found or not (1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31):
        return None
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _groups(run: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines of a run without blank lines between them."""
    group: list[Line] = []
    for line in run:
        if group and line.number != group[-1].number + 1:
            yield group
            group = []
        group.append(line)
    yield group


def _head_run(plan: Plan, run: Sequence[Line], published: str | None, *, followed: bool) -> None:
    """Plan the lines between two bodies: the last lines that stand together are the next story's head."""
    groups = list(_groups(run))
    for group in groups[:-1] if followed else groups:
        plan.lines.extend(LinePlan(None, "other") for _ in group)
    if not followed:
        return
    kept = [line for line in groups[-1] if not _is_furniture(line)]
    if kept:
        plan.stories.append(StoryPlan(1.0, _REASON, published))
    texts = _head_roles([line.text.strip(BLANKS) for line in kept])
    roles = {line.number: role for line, role in zip(kept, texts, strict=True)}
    for line in groups[-1]:
        role = roles.get(line.number)
        plan.lines.append(LinePlan(None, "other") if role is None else LinePlan(len(plan.stories) - 1, role))


def _is_furniture(line: Line) -> bool:
    return _day_of(line.text) is not None or pattern_class(line.text.strip(BLANKS)) == 6


def _head_roles(texts: Sequence[str]) -> list[Role]:
    """The parts of a head, bylines among its lines told apart."""
    roles: list[Role] = ["byline" if is_byline(text) else "headline" for text in texts]
    plain = [index for index, role in enumerate(roles) if role == "headline"]
    if plain:
        parted = part_heads([[texts[index] for index in plain]])[0]
        for index, role in zip(plain, parted.roles, strict=True):
            roles[index] = role
    return roles


def _body_line(plan: Plan, line: Line, published: str | None) -> None:
    text = line.text.strip(BLANKS)
    if not plan.stories:
        plan.stories.append(StoryPlan(0.6, "文稿开头没有标题", published))
    story = len(plan.stories) - 1
    opened = any(decided.story == story and decided.role == "body" for decided in plan.lines[-60:])
    role = _body_role(text, opened=opened)
    plan.lines.append(LinePlan(None if role == "other" else story, role))


def _body_role(text: str, *, opened: bool) -> Role:
    """Return the role of a line below a head; `opened` says whether the story has text already."""
    if is_jump_line(text):
        return "jump"
    pattern, short = pattern_class(text), len(text) < _SHORT
    if pattern == 6:
        return "other"
    if pattern == 2 and len(text) < 30:
        return "caption" if text.endswith("摄") else "byline"
    if pattern in (4, 5):
        return "caption" if short else "body"
    return "subhead" if opened and short and text[-1] not in _ENDS + "”：:）)" else "body"
