"""Page → articles: whose every line is, and which head belongs to which body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from miner.config import Config
from miner.model import Document, Line, Problem, Split
from miner.split.amended import amend
from miner.split.article import plan_article, plan_markup
from miner.split.build import build
from miner.split.day import plan_day
from miner.split.furniture import furniture, issue_days
from miner.split.lines import SENTENCE_ENDS
from miner.split.page import plan_page
from miner.split.patterns import CLOSERS
from miner.split.plan import LinePlan, Plan
from miner.split.shape import shape_of
from miner.split.weights import load_models

__all__ = ["amend", "split"]


def split(document: Document, config: Config) -> Split:
    """Take a document apart: its stories, a row for every non-blank line, and what was doubtful.

    The shape of the text is what the configuration says, else what the reader knows, else what the lines look like. Marks of
    pages and running heads are set aside first: text goes on across them.
    """
    lines = [line for line in document.lines if line.text.strip()]
    if document.layout == "markup":
        return build(document, config, plan_markup(lines))
    marks = furniture(lines, marks_only=True)
    shape = shape_of(document, config, _without(lines, marks))
    aside = marks if shape == "article" else furniture(lines)
    if shape == "page":
        plan = plan_page(_without(document.lines, aside), load_models(), aside=aside)
    else:
        plan = {"article": plan_article, "day": plan_day}[shape](_without(lines, aside))
    if aside:
        plan = _put_back(plan, lines, aside, wrapped=shape == "page")
        plan.problems.extend(_several_issues(issue_days(lines, aside)))
    return build(document, config, plan)


def _several_issues(days: Sequence[str]) -> Iterator[Problem]:
    """A document whose running heads bear several days holds several issues: dates are read by the first."""
    if len(days) > 1:
        message = (
            f"文稿含几期报纸 / several issues in one document: {', '.join(days[:4])}; 分开更好 / better apart"
        )
        yield Problem("split", "several-issues", message)


def _without(lines: Sequence[Line], aside: frozenset[int]) -> list[Line]:
    return [line for line in lines if line.number not in aside]


def _put_back(plan: Plan, lines: Sequence[Line], aside: frozenset[int], *, wrapped: bool) -> Plan:
    """Return a plan for all lines: those set aside have no story; an unwrapped paragraph that one of them parted is one."""
    found: list[LinePlan] = []
    places: list[int] = []
    decided = iter(plan.lines)
    last: tuple[Line, LinePlan] | None = None
    parted = False
    for index, line in enumerate(lines):
        if line.number in aside:
            found.append(LinePlan(None, "other"))
            parted = True
            continue
        mine = next(decided)
        if parted and not wrapped and last is not None and _goes_on(last, mine):
            mine.first = False
        found.append(mine)
        places.append(index)
        last, parted = (line, mine), False
    order = [places[index] for index in plan.order] if plan.order else None
    return Plan(found, plan.stories, plan.problems, order)


def _goes_on(last: tuple[Line, LinePlan], mine: LinePlan) -> bool:
    line, before = last
    open_ended = line.text.strip()[-1] not in SENTENCE_ENDS + CLOSERS
    return open_ended and before.role == mine.role == "body" and before.story == mine.story
