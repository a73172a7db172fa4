"""An article whose head, byline or day a person corrected: what follows from them is worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from miner.model import Article
from miner.split.build import article_edition
from miner.split.dating import infer_year

__all__ = ["amend"]


def amend(article: Article, fields: Mapping[str, str], *, undated: Sequence[str] = ()) -> Article:
    """Return an article with some fields changed, and the year and edition that follow.

    `undated` are the whole texts of the stories of its document that nobody dated: they tell the year of one without a day.

    >>> amend(Article("a", "d", 0, "进博会开幕", "正文"), {"published": "2019-11-05"}).edition
    2
    """
    given: dict[str, Any] = dict(fields)
    changed = replace(article, **given)
    year = infer_year(undated) if changed.published is None and undated else None
    changed = replace(changed, inferred_year=year.year if year is not None else None)
    if not {"headline", "published"} & fields.keys():
        return changed
    day = changed.published or (str(year.year) if year is not None else None)
    return replace(changed, edition=article_edition(changed, day))
