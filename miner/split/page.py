"""A page stream → its stories."""

from __future__ import annotations

from collections.abc import Sequence

from miner.model import Line
from miner.split.jumps import is_jump_line
from miner.split.plan import LinePlan, Plan, StoryPlan

__all__ = ["plan_page"]


def plan_page(lines: Sequence[Line]) -> Plan:
    """Plan the stories of a page."""
    lines = [line for line in lines if line.text.strip()]
    decided: list[LinePlan] = []
    stories = [StoryPlan()]
    seen = False
    for line in lines:
        text = line.text.strip()
        if is_jump_line(text):
            decided.append(LinePlan(len(stories) - 1, "jump"))
        elif len(text) < 30 and not any(mark in text for mark in "，。；、") and len(text) > 2:
            if seen:
                stories.append(StoryPlan())
                seen = False
            decided.append(LinePlan(len(stories) - 1, "headline"))
        else:
            seen = True
            decided.append(LinePlan(len(stories) - 1, "body", first=False))
    return Plan(decided, stories)
