"""How much an archive holds, by newspaper, edition, month, type of event, country or industry."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from miner.language.editions import edition_title
from miner.publish.archive import rows
from miner.store.words import EVENT_TYPES

__all__ = ["BY", "HEADS", "counted"]

_ARTICLES = (
    "select {0} as value, count(*) as articles, sum(n_chars) as characters, count(distinct {1}) as {1}s, min(published) as first, "
    "max(published) as last, sum(duplicate_of is not null) as reprints from articles group by 1 order by {2}"
)
BY: Mapping[str, str] = {
    "newspaper": _ARTICLES.format("newspaper", "edition", "articles desc, 1"),
    "edition": _ARTICLES.format("edition", "newspaper", "1 is null, 1"),
    "month": _ARTICLES.format("substr(published, 1, 7)", "newspaper", "1 is null, 1"),
    "type": (
        "select type as value, count(*) as events, sum(n_reports) as reports, sum(status = 'planned') as planned, "
        "sum(amount is not null) as with_amount, min(date) as first, max(case when date < 'X' then date end) as last from events group by 1 order by events desc, 1"
    ),
    "country": (
        "select country as value, count(*) as enterprises, sum(n_mentions) as mentions, "
        "(select count(distinct x.enterprise_id) from exhibitors x where x.country is e.country) as exhibitors "
        "from enterprises e group by 1 order by enterprises desc, 1"
    ),
    "industry": (
        "select industry as value, count(*) as enterprises, sum(n_mentions) as mentions, "
        "(select count(distinct x.enterprise_id) from exhibitors x where x.industry is e.industry) as exhibitors "
        "from enterprises e group by 1 order by enterprises desc, 1"
    ),
}
"""The query of each table of counts; its first column, `value`, is what is counted by."""
HEADS: Mapping[str, str] = {
    "value": "", "articles": "文章", "characters": "字数", "editions": "届", "newspapers": "报纸", "reprints": "转载", "events": "事件", "reports": "报道", "planned": "计划中",
    "with_amount": "有金额", "enterprises": "企业", "mentions": "提及", "exhibitors": "参展", "first": "最早", "last": "最晚",
}  # fmt: skip
"""Titles of the columns."""


def counted(connection: sqlite3.Connection, by: str) -> list[dict[str, Any]]:
    """Return a table of counts as rows; raises KeyError for what nothing is counted by."""
    found = rows(connection, BY[by])
    for row in found:
        row["title"] = _title(by, row["value"])
    return found


def _title(by: str, value: Any) -> str:
    if value is None:
        return "不详"
    if by == "edition":
        return edition_title(value)
    return EVENT_TYPES.get(value, value) if by == "type" else str(value)
