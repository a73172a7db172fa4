"""What the splitter decides before anything is written: whose each line is, its role, where paragraphs start."""

from __future__ import annotations

from dataclasses import dataclass, field

from miner.model import Problem, Role


@dataclass(slots=True)
class LinePlan:
    """The decision for one non-blank line: `story` is an index into Plan.stories, None for page furniture."""

    story: int | None
    role: Role
    first: bool = True
    """A body line that opens a paragraph, a subhead's first line; False for a head's line that goes on in mid-word."""


@dataclass(slots=True)
class StoryPlan:
    """What is known of a story beside its lines."""

    confidence: float = 1.0
    reason: str | None = None
    published: str | None = None
    newspaper: str | None = None


@dataclass(slots=True)
class Plan:
    """All decisions for the non-blank lines of a document, in the order of those lines."""

    lines: list[LinePlan]
    stories: list[StoryPlan]
    problems: list[Problem] = field(default_factory=list)
    order: list[int] | None = None
    """Reading order of the lines as indices, where it differs from the order in the file."""
