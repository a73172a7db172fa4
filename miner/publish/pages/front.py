"""The front page: what is in the archive, and how good it is."""

from __future__ import annotations

import sqlite3
from typing import Any

from miner.publish.archive import (
    KINDS,
    TABLE_TITLES,
    edition_title,
    edition_year,
    first,
    month_number,
    rows,
    scalar,
)
from miner.publish.charts import Bar, Stack, columns, stacks
from miner.publish.index.views import QUERIES
from miner.publish.pages.lists import LISTINGS
from miner.publish.urls import Addresses
from miner.resolve import LISTED


def page(connection: sqlite3.Connection, *, links: Addresses) -> dict[str, Any]:
    """Return what the front page shows."""
    totals = _totals(connection)
    run = first(connection, "select * from runs order by started desc limit 1")
    quality = (
        first(
            connection,
            "select sum(n_doubtful) as doubtful, sum(n_articles) as articles, sum(n_expo) as expo,"
            " sum(case when month = '' then n_articles else 0 end) as undated from coverage",
        )
        or {}
    )
    papers = rows(
        connection,
        "select newspaper, sum(n_articles) as n_articles, sum(n_doubtful) as n_doubtful, min(nullif(month, '')) as since, max(month) as until "
        "from coverage group by 1 order by 2 desc limit 20",
    )
    months = _months(connection, links)
    return {
        "title": "进博会新闻档案", "totals": [(name, title, totals.get(name, 0)) for name, title in TABLE_TITLES.items()],
        "run": run, "quality": quality,
        "reprints": scalar(connection, "select count(*) from articles where duplicate_of is not null"), "papers": papers,
        "paper_chart": stacks([_paper(row, links) for row in papers[:10]], "各报的文章数,深色为还原可靠的"),
        "months": columns(months, "逐月的报道篇数"), "month_table": [(bar.label, bar.value) for bar in months if bar.value],
        "editions": [
            {"edition": n, "title": edition_title(n), "year": edition_year(n), "n": count}
            for n, count in connection.execute("select edition, sum(n_articles) from coverage where edition is not null group by 1 order by 1 desc")
        ],
        "top": {
            label: rows(connection, f"select id, name, n_articles from [{kind.table}] {_SURE.get(label, '')} order by n_articles desc limit 10")
            for label, kind in KINDS.items()
        },
        "problems": rows(connection, "select stage, code, count(*) as n from problems group by 1, 2 order by 3 desc limit 8"),
        "latest": rows(connection, "select id, headline, newspaper, published from articles order by published desc limit 6"),
        "queries": QUERIES, "lists": {"articles": "search", **{listing.table: listing.address for listing in LISTINGS.values()}},
        "events": rows(connection, "select id, title, type, date, n_reports from events where edition is not null "
            "or id in (select event_id from event_participants) order by n_reports desc, id limit 8"),
        "span": (scalar(connection, "select min(month) from coverage where month <> ''"), scalar(connection, "select max(month) from coverage")),
    }  # fmt: skip


_SURE = {"enterprise": f"where confidence is null or confidence >= {LISTED}"}


def _totals(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how much there is of everything, of what has a list as much as the list shows."""
    totals = dict(connection.execute("select name, n from totals").fetchall())
    for listing in LISTINGS.values():
        for name, value in listing.usual.items():
            sql = "select n from listed_choices where kind = ? and name = ? and value = ?"
            totals[listing.table] = scalar(connection, sql, (listing.kind, name, value)) or 0
    return totals


def _paper(row: dict[str, Any], links: Addresses) -> Stack:
    sure = row["n_articles"] - row["n_doubtful"]
    return Stack(
        row["newspaper"] or "报纸不详",
        (("sure", sure), ("doubtful", row["n_doubtful"])),
        links.search(newspaper=row["newspaper"]),
    )


def _months(connection: sqlite3.Connection, links: Addresses) -> list[Bar]:
    sql = "select month, sum(n_articles) from coverage where length(month) = 7 group by 1 order by 1"
    counted = {month: int(count) for month, count in connection.execute(sql)}
    if not counted:
        return []
    lowest, highest = month_number(min(counted)), month_number(max(counted))
    if highest - lowest > 150:
        years: dict[str, int] = {}
        for month, count in counted.items():
            years[month[:4]] = years.get(month[:4], 0) + count
        return [
            Bar(year, count, links.search(since=year, until=year)) for year, count in sorted(years.items())
        ][-120:]
    names = [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(lowest, highest + 1)]
    return [Bar(name, counted.get(name, 0), links.search(since=name, until=name)) for name in names]
