"""A page stream → its stories: look at the lines, tell their roles, bind heads and bodies, and write the decision down.

A large document is cut into windows at page changes or at its surest story boundaries, so that time grows with its
length only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from miner.model import Line, Problem, Role
from miner.split.binding import Binding, bind, confidence_of
from miner.split.bylines import Page, Signature, is_byline, sign
from miner.split.explain import reason_of
from miner.split.features import PageView, columns, look, overfull
from miner.split.geometry import body_size, flows_on, read_positions, size_bias
from miner.split.heads import part_heads
from miner.split.jumps import parse_jump
from miner.split.lines import NO_START, OPENERS, Row, rows_of
from miner.split.matching import Block
from miner.split.outline import HEAD, Outline, outline
from miner.split.plan import LinePlan, Plan, StoryPlan
from miner.split.roles import LABELS, ROLE_OF, label_roles
from miner.split.weights import Models

__all__ = ["outline_of", "plan_page"]

_BADGE = re.compile("[\u4e00-\u9fff·“”]{2,8}")
"""A column's name."""
_LARGER = 1.15
"""How much larger a head's largest lines are than its smallest, where type size tells its parts."""
_WINDOW = 420
"""Rows that are decided together at most."""
_LOOSE = [index for index, label in enumerate(LABELS) if label in "SYUuJCX"]
_BODY = [index for index, label in enumerate(LABELS) if label in "FMLORrUu"]
_IMPOSSIBLE = -9.0
"""Added to the scores of body and subhead labels for a line that cannot be set in its measure."""
_GOES_ON = LABELS.index("u")
_BYLINE = LABELS.index("Y")
_SURE, _NEVER = 12.0, -12.0
"""Added to the score of the byline label for a line that reads as a byline, and for any other."""
_LONGEST_BYLINE = 60
_HEADLIKE = [index for index, label in enumerate(LABELS) if label in "HhKTUu"]
_FURNITURE = LABELS.index("X")


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
    bias = np.zeros((len(view), len(LABELS)), dtype=np.float32)
    bias[np.ix_(np.flatnonzero(overfull(view)), np.array(_BODY))] = _IMPOSSIBLE
    bias[:, _BYLINE] += [_SURE if _reads_as_byline(row) else _NEVER for row in rows]
    if size is not None:
        bias += size_bias(rows, size)
    return outline(view, label_roles(models.roles, table, [row.compact for row in view.rows], bias))


def _reads_as_byline(row: Row) -> bool:
    return len(row.text) <= _LONGEST_BYLINE and row.text[0] not in "（(" and is_byline(row.text)


def _append(plan: Plan, part: Plan) -> None:
    shift = len(plan.stories)
    for line in part.lines:
        if line.story is not None:
            line.story += shift
    plan.lines.extend(part.lines)
    plan.stories.extend(part.stories)
    plan.problems.extend(part.problems)


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
            role: Role = "subhead" if _unstopped(made, binding, index, story.paragraphs) else "body"
            for position, row in enumerate(made.paragraphs[index].rows):
                decided[row] = LinePlan(
                    story_number, role, first=position == 0 and index not in binding.resumes
                )
    problems: list[Problem] = []
    placed = list(zip(binding.blocks, binding.story_of, strict=True))
    heads = [pair for pair in placed if pair[1] is not None or not _opens_text(made, pair[0])]
    for (block, bound), parts in zip(heads, _parts(made, [block for block, _ in heads]), strict=True):
        for row, role in zip(block.rows, parts, strict=True):
            decided[row] = LinePlan(bound, role, first=not _mid_word(made, row, block.rows))
        if bound is None:
            problems.append(_unplaced(made, block))
    for block, bound in placed:
        if bound is None and _opens_text(made, block):
            for row in block.rows:
                decided[row] = LinePlan(owner[block.run], "subhead", first=row == block.rows[0])
    for number, run in enumerate(made.runs):
        _write_loose(made, run, number, owner, decided)
    _badges(made, owner, decided)
    _sign(made, owner, decided)
    lines = [line if line is not None else LinePlan(None, "other") for line in decided]
    return Plan(lines, _story_plans(made, binding), problems)


def _unstopped(made: Outline, binding: Binding, index: int, mates: Sequence[int]) -> bool:
    """Whether a short paragraph inside a story is a subhead: it ends no sentence, and paragraphs
    that are finished stand before and after it."""
    piece = made.paragraphs[index]
    if len(piece.rows) > 2 or index in binding.resumes or index - 1 not in mates or index + 1 not in mates:
        return False
    open_ended = made.view.end[piece.rows[-1]] in (0, 8) and piece.closes and piece.opens
    after, before = made.paragraphs[index + 1], made.paragraphs[index - 1]
    return bool(open_ended and after.opens and len(after.rows) > 1 and before.text[-1] in "。！？”…")


def _mid_word(made: Outline, row: int, rows: Sequence[int]) -> bool:
    """Whether a head's line goes on where the line before broke a word: the characters across the cut stand side by side
    elsewhere on the page."""
    if row - 1 not in rows:
        return False
    pair = made.view.rows[row - 1].compact[-1] + made.view.rows[row].compact[0]
    if pair[0] in OPENERS or pair[1] in NO_START:
        return True
    return made.view.counts[pair] > 0 and all("\u4e00" <= char <= "\u9fff" for char in pair)


def _opens_text(made: Outline, block: Block) -> bool:
    """Whether a head that no story claims stands right above a paragraph and fits its measure: then it is a subhead, such as
    opens some texts."""
    if block.run >= len(made.paragraphs) or made.runs[block.run][-1] != block.rows[-1] or len(block.rows) > 2:
        return False
    return all(made.view.rows[row].wide <= made.paragraphs[block.run].measure for row in block.rows)


def _unplaced(made: Outline, block: Block) -> Problem:
    text = " ".join(made.view.rows[row].text for row in block.rows)[:80]
    return Problem(
        "split",
        "headline-unplaced",
        f"标题“{text}”没有找到对应的正文",
        line=made.view.rows[block.rows[0]].number,
    )


def _parts(made: Outline, blocks: Sequence[Block]) -> list[list[Role]]:
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
    parted = part_heads([["".join(made.view.rows[row].text for row in line) for line in lines] for _, lines in flat])
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


def _badges(made: Outline, owner: Sequence[int], decided: Sequence[LinePlan | None]) -> None:
    """A few characters between a story's head with its byline and the first paragraph are no subhead but a column's name."""
    for number, run in enumerate(made.runs[:-1]):
        last = decided[run[-1]] if run else None
        if last is None or last.role != "subhead" or not _BADGE.fullmatch(made.view.rows[run[-1]].compact):
            continue
        opens = number == 0 or owner[number] not in owner[:number]
        signed = len(run) > 2 and (line := decided[run[-2]]) is not None and line.role == "byline"
        headed = any((line := decided[row]) and _is_head(line) and line.story == owner[number] for row in run[:-2])
        if opens and headed and signed:
            last.role = "section"


def _sign(made: Outline, owner: Sequence[int], decided: Sequence[LinePlan | None]) -> None:
    """Give every byline of the page its story, all together."""
    signatures: list[Signature] = []
    for number, run in enumerate(made.runs):
        for row in run:
            line = decided[row]
            if line is None or line.role != "byline":
                continue
            last = signatures[-1] if signatures else None
            if last and last.rows[-1] == row - 1 and not _same_byline(made, last.rows, row):
                signatures[-1] = Signature((*last.rows, row), number)
            else:
                signatures.append(Signature((row,), number))
    heads = {
        row: line.story
        for row, line in enumerate(decided)
        if line is not None and _is_head(line) and line.story is not None
    }
    texts = ["" for _ in range(max(owner) + 1)]
    for paragraph, story in zip(made.paragraphs, owner, strict=True):
        texts[story] += paragraph.text
    for signature, story in zip(signatures, sign(Page(made.runs, owner, heads, texts), signatures), strict=True):
        for row in signature.rows:
            if (line := decided[row]) is not None:
                line.story = story


def _same_byline(made: Outline, rows: Sequence[int], row: int) -> bool:
    """Whether a line repeats a byline that stands just above it: the two sign two stories."""
    return any(made.view.rows[row].compact == made.view.rows[other].compact for other in rows)


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
        if role == "other" and number == 0 and row == run[-1] and _heads_the_text(made, row):
            role = "subhead"
        ahead = next(
            (line.story for r in run[position + 1 :] if (line := decided[r]) is not None and _is_head(line)),
            None,
        )
        behind = next(
            (
                line.story
                for r in reversed(run[:position])
                if (line := decided[r]) is not None and _is_head(line)
            ),
            None,
        )
        last = decided[run[position - 1]] if position else None
        goes_on = (
            role == "subhead"
            and last is not None
            and last.role == "subhead"
            and made.chances[row, _GOES_ON] > 0.5
        )
        decided[row] = LinePlan(
            _loose_story(made, row, role, (before, behind, ahead, after)), role, first=not goes_on
        )


def _heads_the_text(made: Outline, row: int) -> bool:
    """Whether the line above a page's first paragraph, claimed by no story, is likelier a head than furniture: a stream that
    was cut in the middle of a story opens with a subhead."""
    if not made.paragraphs or made.view.rows[row].wide > made.paragraphs[0].measure:
        return False
    return bool(made.chances[row, _HEADLIKE].sum() > made.chances[row, _FURNITURE])


def _is_head(line: LinePlan) -> bool:
    return line.role in ("headline", "kicker", "subtitle")


def _loose_story(
    made: Outline, row: int, role: Role, near: tuple[int | None, int | None, int | None, int | None]
) -> int | None:
    """The story of a byline, section, subhead, caption or jump line, from the body or head before or after it."""
    before, behind, ahead, after = near

    def first(*stories: int | None) -> int | None:
        return next((story for story in stories if story is not None), None)

    if role == "other":
        return None
    if role == "section":
        return first(ahead, after, behind, before)
    if role == "subhead":
        return first(after, before)
    if role == "jump":
        jump = parse_jump(made.view.rows[row].text)
        return first(after, before) if jump and jump.way == "from" else first(before, after)
    return first(before, behind, ahead, after)


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
            reason = "版面上没有与之相合的标题"
        else:
            chance = confidence_of(binding, block, number)
            reason = reason_of(made, binding, block, number)
        if whole < min(0.5, chance):
            reason += "；正文的起止不确定"
        plans.append(StoryPlan(min(chance, whole), reason))
    return plans
