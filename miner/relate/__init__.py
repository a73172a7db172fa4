"""Annotated article → posts, events, quotes, figures."""

from __future__ import annotations

from miner.dates import find_dates, iter_problems
from miner.model import Annotated, Facts, Figure, Problem
from miner.relate.events import find_events
from miner.relate.figures import find_figures
from miner.relate.passage import passage
from miner.relate.posts import find_posts
from miner.relate.quotes import find_quotes

__all__ = ["relate"]


def relate(annotated: Annotated) -> Facts:
    """Read everything from one annotated article."""
    figures: list[Figure] = []
    body = passage(annotated, "body")
    article = annotated.article
    dates = find_dates(body.text, issued=article.published, edition=article.edition)
    quotes = tuple(find_quotes(body))
    figures.extend(find_figures(body))
    problems = tuple(Problem("relate", "impossible-date", text) for text in iter_problems(dates))
    return Facts(annotated, find_posts(annotated), find_events(body, dates, quotes), quotes, tuple(figures), problems)
