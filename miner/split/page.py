"""A page stream → its stories: look at the lines, tell their roles, bind heads and bodies, and write the decision down.

A large document is cut into windows at page changes or at its surest story boundaries, so that time grows with its
length only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from miner.model import Line, Role
from miner.split.binding import Binding, bind, confidence_of
from miner.split.explain import reason_of
from miner.split.features import PageView, columns, look
from miner.split.geometry import body_size, flows_on, read_positions, size_bias
from miner.split.jumps import parse_jump
from miner.split.lines import Row, rows_of
from miner.split.outline import HEAD, Outline, outline
from miner.split.plan import LinePlan, Plan, StoryPlan
from miner.split.roles import LABELS, ROLE_OF, label_roles
from miner.split.weights import Models

__all__ = ["outline_of", "plan_page"]

_WINDOW = 420
"""Rows that are decided together at most."""
_LOOSE = [index for index, label in enumerate(LABELS) if label in "SYUuJCX"]
_MAIN = [LABELS.index("H"), LABELS.index("h")]


def plan_page(lines: Sequence[Line], models: Models) -> Plan:
    """Plan the stories of a page or of a whole stream of pages."""
    rows = rows_of(lines)
    size = body_size(rows)
    if size is not None:
        read_positions(rows)
    plan = Plan([], [])
    for window in _windows(rows, size):
        _append(plan, _plan_rows(window, models, size))
    return plan


def _windows(rows: list[Row], size: float | None) -> Iterator[list[Row]]:
    """Cut rows at page changes (but not where text flows on), and long parts at their likeliest story boundaries."""
    begin = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or (rows[index].page != rows[index - 1].page and not _flows(rows, index, size)):
            yield from _short_windows(rows[begin:index], size)
            begin = index


def _flows(rows: Sequence[Row], index: int, size: float | None) -> bool:
    """Whether text goes on over the page change before row `index`; a page number between does not count."""
    before = index - 1
    while before > 0 and size and 0 < rows[before].size < 0.95 * size and index - before < 4:
        before -= 1
    return flows_on(rows[before], rows[index], size)


def _short_windows(rows: list[Row], size: float | None) -> Iterator[list[Row]]:
    while len(rows) > _WINDOW:
        low = _WINDOW // 2
        at = max(range(low, _WINDOW), key=lambda index: (_gap_score(rows, index, size), index))
        yield rows[:at]
        rows = rows[at:]
    if rows:
        yield rows


def _gap_score(rows: Sequence[Row], index: int, size: float | None) -> float:
    """How much a row looks like the first of a story: a paragraph ended before it, it is short without a stop, or larger."""
    if size is not None and rows[index].size > 1.25 * size >= rows[index - 1].size:
        return 9.0
    ended = rows[index - 1].compact[-1] in "。！？”）"
    short = rows[index].compact[-1] not in "。，、；”" and rows[index].wide < 0.8 * rows[index - 1].wide
    return 2.0 * ended + short + 0.5 * min(3, rows[index].blanks)


def outline_of(rows: Sequence[Row], models: Models, size: float | None = None) -> Outline:
    """Look at rows and tell their roles; `size` is the body's type size, where lines have sizes."""
    view: PageView = look(rows)
    table, _ = columns(view, models.networks.wording)
    if size is not None:
        return outline(view, label_roles(models.roles, table, size_bias(rows, size)))
    return outline(view, label_roles(models.roles, table))


def _append(plan: Plan, part: Plan) -> None:
    shift = len(plan.stories)
    for line in part.lines:
        if line.story is not None:
            line.story += shift
    plan.lines.extend(part.lines)
    plan.stories.extend(part.stories)


def _plan_rows(rows: list[Row], models: Models, size: float | None) -> Plan:
    rows = [_renumbered(row, index) for index, row in enumerate(rows)]
    made = outline_of(rows, models, size)
    if not made.paragraphs:
        return Plan([LinePlan(0, "body") for _ in rows], [StoryPlan(0.3, "没有成段的正文，全部行原样保留")])
    return _write(made, bind(made, models.networks, sized=size is not None))


def _renumbered(row: Row, index: int) -> Row:
    row.index = index
    return row


def _write(made: Outline, binding: Binding) -> Plan:
    decided: list[LinePlan | None] = [None] * len(made.view)
    owner: list[int] = [0] * len(made.paragraphs)
    for story_number, story in enumerate(binding.stories):
        for index in story.paragraphs:
            owner[index] = story_number
            for position, row in enumerate(made.paragraphs[index].rows):
                decided[row] = LinePlan(story_number, "body", first=position == 0 and index not in binding.resumes)
    for block, bound in zip(binding.blocks, binding.story_of, strict=True):
        for row, role in zip(block.rows, _head_roles(made, block.rows), strict=True):
            decided[row] = LinePlan(bound, role)
    for number, run in enumerate(made.runs):
        _write_loose(made, run, number, owner, decided)
    lines = [line if line is not None else LinePlan(None, "other") for line in decided]
    return Plan(lines, _story_plans(made, binding))


def _head_roles(made: Outline, rows: Sequence[int]) -> list[Role]:
    """Kicker, headline or subtitle for the lines of one head; one of them at least is the headline. Where lines have type
    sizes, the largest are the headline, smaller ones above it kickers and below it subtitles."""
    sizes = [made.view.rows[row].size for row in rows]
    if min(sizes) > 0 and max(sizes) > 1.15 * min(sizes):
        main = [size > 0.85 * max(sizes) for size in sizes]
        first = main.index(True)
        return ["headline" if main[at] else "kicker" if at < first else "subtitle" for at in range(len(rows))]
    labels = [HEAD[int(made.chances[row, HEAD].argmax())] for row in rows]
    roles = [ROLE_OF[LABELS[label]] for label in labels]
    if "headline" not in roles:
        roles[int(np.argmax(made.chances[list(rows)][:, _MAIN].sum(axis=1)))] = "headline"
    return roles


def _write_loose(
    made: Outline, run: Sequence[int], number: int, owner: Sequence[int], decided: list[LinePlan | None]
) -> None:
    """Give the display lines of a run that are no heads their roles and stories."""
    before = owner[number - 1] if number else None
    after = owner[number] if number < len(owner) else None
    for position, row in enumerate(run):
        if decided[row] is not None:
            continue
        role = ROLE_OF[LABELS[_LOOSE[int(made.chances[row, _LOOSE].argmax())]]]
        ahead = next((line.story for r in run[position + 1 :] if (line := decided[r]) is not None and _is_head(line)), None)
        behind = next((line.story for r in reversed(run[:position]) if (line := decided[r]) is not None and _is_head(line)), None)
        decided[row] = LinePlan(_loose_story(made, row, role, (before, behind, ahead, after)), role)


def _is_head(line: LinePlan) -> bool:
    return line.role in ("headline", "kicker", "subtitle")


def _loose_story(made: Outline, row: int, role: Role, near: tuple[int | None, int | None, int | None, int | None]) -> int | None:
    """The story of a byline, section, subhead, caption or jump line, from the body or head before or after it."""
    before, behind, ahead, after = near

    def first(*stories: int | None) -> int | None:
        return next((story for story in stories if story is not None), None)

    if role == "other":
        return None
    if role == "byline":
        return first(behind, before if ahead is not None else None, after, before)
    if role == "section":
        return first(ahead, after, behind, before)
    if role == "subhead":
        return first(after, before)
    if role == "jump":
        jump = parse_jump(made.view.rows[row].text)
        return first(after, before) if jump and jump.way == "from" else first(before, after)
    return first(before, behind, ahead, after)


def _story_plans(made: Outline, binding: Binding) -> list[StoryPlan]:
    block_of = {story: block for block, story in enumerate(binding.story_of) if story is not None}
    plans = []
    for number in range(len(binding.stories)):
        block = block_of.get(number)
        if block is None:
            best = float(binding.scores[:, number].max()) if len(binding.blocks) else -9.0
            chance = float(1 / (1 + np.exp(min(30.0, best))))
            plans.append(StoryPlan(chance, "版面上没有与之相合的标题"))
        else:
            plans.append(StoryPlan(confidence_of(binding, block, number), reason_of(made, binding, block, number)))
    return plans
