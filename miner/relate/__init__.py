"""Annotated article → posts, events, quotes, figures."""

from __future__ import annotations

from collections.abc import Iterator

from miner.language.dates import DateMention, find_dates, iter_problems
from miner.model import FIELDS, Annotated, Facts, Figure, Problem, Quote
from miner.relate.events import EventAccount, explain_events, find_events
from miner.relate.figures import find_figures
from miner.relate.passage import Passage, passage
from miner.relate.posts import find_posts
from miner.relate.quotes import find_quotes

__all__ = ["EventAccount", "explain", "relate"]


def relate(annotated: Annotated) -> Facts:
    """Read every fact of one annotated article: posts, event reports, quotes, figures, and what was doubtful."""
    body, dates, quotes = _read(annotated)
    reports = find_events(body, dates, quotes)
    problems = tuple(
        Problem(
            "relate",
            "impossible-date",
            f"{text} is no day of the calendar",
            document_id=annotated.article.document_id,
        )
        for text in iter_problems(dates)
    )
    return Facts(
        annotated, find_posts(annotated), reports, quotes, tuple(_figures(annotated, body, dates)), problems
    )


def explain(annotated: Annotated, word: str) -> Iterator[EventAccount]:
    """Yield why the words of a body that overlap a word tell an event, or none."""
    return explain_events(*_read(annotated), word)


def _read(annotated: Annotated) -> tuple[Passage, tuple[DateMention, ...], tuple[Quote, ...]]:
    """Return the body with its times and its quotes, which events are read from."""
    article, body = annotated.article, passage(annotated, "body")
    dates = find_dates(
        body.text, issued=article.published, edition=article.edition, year=article.inferred_year
    )
    return body, dates, tuple(find_quotes(body))


def _figures(annotated: Annotated, body: Passage, dates: tuple[DateMention, ...]) -> Iterator[Figure]:
    """Yield the figures of all fields; a value in a head that the body repeats is given where the body has it."""
    in_body = tuple(find_figures(body, dates=dates))
    repeated = {figure.value for figure in in_body}
    for name in FIELDS:
        if name == "body":
            yield from in_body
        elif annotated.article.text(name):
            for figure in find_figures(passage(annotated, name)):
                if figure.value not in repeated:
                    repeated.add(figure.value)
                    yield figure
