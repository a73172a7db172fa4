"""Annotated article → posts, events, quotes, figures."""

from __future__ import annotations

from miner.model import Annotated, Facts, Figure
from miner.relate.figures import find_figures
from miner.relate.passage import passage
from miner.relate.quotes import find_quotes

__all__ = ["relate"]


def relate(annotated: Annotated) -> Facts:
    """Read everything from one annotated article."""
    figures: list[Figure] = []
    body = passage(annotated, "body")
    figures.extend(find_figures(body))
    return Facts(annotated, figures=tuple(figures), quotes=tuple(find_quotes(body)))
