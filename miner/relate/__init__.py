"""Annotated article → posts, events, quotes, figures."""

from __future__ import annotations

from miner.model import Annotated, Facts, Figure
from miner.relate.figures import find_figures
from miner.relate.passage import passage

__all__ = ["relate"]


def relate(annotated: Annotated) -> Facts:
    """Read everything from one annotated article."""
    figures: list[Figure] = []
    for name in ("body",):
        figures.extend(find_figures(passage(annotated, name)))
    return Facts(annotated, figures=tuple(figures))
