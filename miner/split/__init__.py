"""Page → articles: whose every line is, and which head belongs to which body."""

from __future__ import annotations

from miner.config import Config
from miner.model import Document, Split
from miner.split.article import plan_article, plan_markup
from miner.split.build import build
from miner.split.day import plan_day
from miner.split.page import plan_page
from miner.split.shape import shape_of
from miner.split.weights import load_models

__all__ = ["split"]


def split(document: Document, config: Config) -> Split:
    """Take a document apart: its stories, a row for every non-blank line, and what was doubtful.

    The shape of the text is what the configuration says, else what the reader knows, else what the lines look like.
    """
    lines = [line for line in document.lines if line.text.strip()]
    shape = shape_of(document, config, lines)
    if shape == "markup":
        plan = plan_markup(lines)
    elif shape == "article":
        plan = plan_article(lines)
    elif shape == "day":
        plan = plan_day(lines)
    else:
        plan = plan_page(document.lines, load_models())
    return build(document, config, plan)
