"""What is known of the markup and the furniture of pages: resources/markup.yml, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from miner.language.lexicon import alternatives


@dataclass(frozen=True, slots=True)
class Markup:
    """What is known of the markup of news pages, from resources/markup.yml."""

    sites: tuple[dict[str, str], ...]
    classes: re.Pattern[str]
    lines: dict[str, re.Pattern[str]]
    """Patterns of lines that are no paragraphs: furniture, tail (furniture to the end), byline, caption, notices; and of
    what stands beside a date: its label, and what makes it the day of the visit."""
    words: dict[str, str]
    """Words from which patterns are made, each kind as alternatives of a regular expression, the longest first."""
    meta: dict[str, tuple[str, ...]]
    not_names: frozenset[str]
    digits: str
    """The Chinese digits from 0 to 9, then other forms of 0, then 10 and 100."""


@lru_cache(maxsize=1)
def markup() -> Markup:
    """Return what resources/markup.yml says."""
    table: dict[str, Any] = yaml.safe_load(
        resources.files("miner.resources").joinpath("markup.yml").read_text("utf-8")
    )
    words = "|".join(map(re.escape, table["furniture_classes"]))
    return Markup(
        sites=tuple(table["sites"]),
        classes=re.compile(rf"(?:^|[\s_\-])(?:{words})(?:$|[\s_\-])", re.IGNORECASE),
        lines={kind: re.compile("|".join(patterns)) for kind, patterns in table["lines"].items()},
        words={kind: f"(?:{alternatives(known)})" for kind, known in table["words"].items()},
        meta={kind: tuple(names) for kind, names in table["meta"].items()},
        not_names=frozenset(table["not_names"]),
        digits=table["digits"],
    )
