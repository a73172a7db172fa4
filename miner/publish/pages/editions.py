"""One page for each expo: its numbers, its enterprises, its days; and the list of all expos."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from miner.expo import edition_days
from miner.language.figure_scope import OWN
from miner.publish.archive import EVENT_TYPES, PATH_OF, edition_title, edition_year, rows, scalar
from miner.publish.charts import Bar, columns
from miner.publish.pages.summary import hydrate
from miner.publish.urls import Addresses

_TOP = 30
_RETURNING = 500
"""Enterprises of several expos that one page shows; the query of that name gives all."""


def overview(connection: sqlite3.Connection, links: Addresses) -> dict[str, Any]:
    """Return all expos that the archive speaks of."""
    found = rows(
        connection,
        "select c.edition, sum(c.n_articles) as n_articles, (select count(*) from edition_enterprises x where x.edition = c.edition and x.exhibited) "
        "as n_exhibitors, (select count(*) from events e where e.edition = c.edition and e.date_precision = 'day' and e.status <> 'negated') as n_events "
        "from coverage c where c.edition is not null group by 1 order by 1",
    )
    for row in found:
        row["title"], row["year"] = edition_title(row["edition"]), edition_year(row["edition"])
    bars = [Bar(f"{row['title']}", row["n_articles"], links.page("edition", row["edition"])) for row in found]
    return {"title": "历届进博会", "editions": found, "chart": columns(bars, "各届的报道篇数")}


def page(connection: sqlite3.Connection, edition: int, *, links: Addresses) -> dict[str, Any] | None:
    """Return what the template shows of an expo, or None when the archive does not speak of it."""
    articles = scalar(connection, "select sum(n_articles) from coverage where edition = ?", (edition,))
    if not articles:
        return None
    top = rows(
        connection,
        "select x.*, n.name, n.short_name, n.country, n.industry from edition_enterprises x join enterprises n on n.id = x.enterprise_id "
        f"where x.edition = ? order by x.n_articles desc, n.name limit {_TOP}",
        (edition,),
    )
    months = _months(connection, edition, links)
    return {
        "title": f"{edition_title(edition)}进博会", "edition": edition, "year": edition_year(edition), "n_articles": articles,
        "n_enterprises": scalar(connection, "select count(*) from edition_enterprises where edition = ?", (edition,)),
        "claims": _claims(connection, edition),
        "newcomers": _exhibitors(connection, edition, "x.first_exhibited = x.edition"),
        "returning": _exhibitors(connection, edition, "x.first_exhibited < x.edition"),
        "n_new": _count(connection, edition, "x.first_exhibited = x.edition"), "n_returning": _count(connection, edition, "x.first_exhibited < x.edition"),
        "top": top, "countries": _countries(connection, edition),
        "days": days(connection, edition), "measures": _measures(connection, edition),
        "signings": rows(
            connection, "select e.id, e.title, e.date, e.amount, e.amount_unit, e.n_reports from edition_events x join events e on e.id = x.event_id "
            "where x.edition = ? and x.by_amount <= 60 and e.type in ('signing', 'procurement', 'investment') order by x.by_amount limit 12", (edition,)),
        "coverage": columns(months, f"{edition_title(edition)}进博会前后,逐月的报道篇数"),
        "month_table": [(bar.label, bar.value) for bar in months],
        "papers": rows(connection, "select newspaper, sum(n_articles) as n from coverage where edition = ? group by 1 order by 2 desc limit 12", (edition,)),
        "event_types": EVENT_TYPES,
        "neighbours": [n for (n,) in connection.execute("select distinct edition from coverage where edition is not null order by 1")],
    }  # fmt: skip


def returning(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the enterprises of more than one expo: at which ones papers named them, and at which they exhibited."""
    found = rows(
        connection,
        "select x.enterprise_id as id, n.name, n.short_name, n.country, count(*) as n_editions, sum(x.exhibited) as n_exhibited, "
        "sum(x.n_articles) as n_articles from edition_enterprises x join enterprises n on n.id = x.enterprise_id group by 1 "
        f"having count(*) > 1 order by n_exhibited desc, n_editions desc, n_articles desc, n.name limit {_RETURNING}",
    )
    for row in found:
        sql = "select edition, n_articles, exhibited from edition_enterprises where enterprise_id = ? order by edition"
        row["editions"] = {at.pop("edition"): at for at in rows(connection, sql, (row["id"],))}
    return {
        "title": "见于多届的企业", "rows": found, "most": _RETURNING,
        "editions": sorted({edition for row in found for edition in row["editions"]}),
    }  # fmt: skip


def _exhibitors(connection: sqlite3.Connection, edition: int, where: str) -> list[dict[str, Any]]:
    sql = (
        "select n.id, n.name, n.short_name, n.country, x.n_articles, x.first_exhibited, x.says_first, r.article_id, r.field, r.start, r.end "
        "from edition_enterprises x join enterprises n on n.id = x.enterprise_id left join event_reports r on r.id = x.exhibited_report_id "
        f"where x.edition = ? and x.exhibited and {where} order by x.n_articles desc, n.name limit {_TOP}"
    )
    return rows(connection, sql, (edition,))


def _count(connection: sqlite3.Connection, edition: int, where: str) -> int:
    return int(
        scalar(
            connection,
            f"select count(*) from edition_enterprises x where x.edition = ? and x.exhibited and {where}",
            (edition,),
        )
    )


def _countries(connection: sqlite3.Connection, edition: int) -> list[dict[str, Any]]:
    sql = (
        "select n.country, count(*) as n from edition_enterprises x join enterprises n on n.id = x.enterprise_id where x.edition = ? "
        "and n.country is not null group by 1 order by 2 desc limit 20"
    )
    return rows(connection, sql, (edition,))


def _measures(connection: sqlite3.Connection, edition: int) -> list[dict[str, Any]]:
    """Return what most articles tell of the expo as a whole, in each measure, with a sentence that says so."""
    found: dict[str, dict[str, Any]] = {}
    sql = "select x.*, f.article_id from edition_figures x join figures f on f.id = x.figure_id where x.edition = ? order by x.n_articles desc, x.value desc"
    for row in rows(connection, sql, (edition,)):
        kept = found.setdefault(row["measure"], {**row, "others": 0})
        kept["others"] += row["article_id"] != kept["article_id"]
    for row in found.values():
        row["figure"] = next(iter(hydrate(connection, "figure", [row["figure_id"]])), None)
    order = list(OWN)
    return sorted(
        found.values(), key=lambda row: order.index(row["measure"]) if row["measure"] in OWN else len(order)
    )


def _claims(connection: sqlite3.Connection, edition: int) -> list[dict[str, Any]]:
    """Return the enterprises of which a text says that it was their first time, with its sentence."""
    sql = (
        f"select n.id, n.name, n.short_name, r.article_id, r.field, r.start, r.end, r.evidence as text, a.newspaper, a.published, {PATH_OF} from edition_enterprises x "
        "join enterprises n on n.id = x.enterprise_id join event_reports r on r.id = x.says_first_report_id join articles a on a.id = r.article_id "
        f"where x.edition = ? and x.says_first order by x.n_articles desc, n.name limit {_TOP}"
    )
    return rows(connection, sql, (edition,))


def _months(connection: sqlite3.Connection, edition: int, links: Addresses) -> list[Bar]:
    sql = (
        "select month, sum(n_articles) from coverage where edition = ? and month <> '' group by 1 order by 1"
    )
    return [
        Bar(month, int(count), links.search(edition=edition, since=month, until=month))
        for month, count in connection.execute(sql, (edition,))
    ][-36:]


def days(connection: sqlite3.Connection, edition: int) -> list[dict[str, Any]]:
    """Return the days around an expo with their events by type, for the calendar: from Monday before to Sunday after."""
    opens, closes = edition_days(edition)
    start, end = opens - timedelta(days=6), closes + timedelta(days=9)
    start -= timedelta(days=start.weekday())
    end += timedelta(days=6 - end.weekday())
    counts: dict[str, dict[str, int]] = {}
    sql = "select date, type, n_events from edition_days where edition = ? and date between ? and ?"
    for day, kind, count in connection.execute(sql, (edition, start.isoformat(), end.isoformat())):
        counts.setdefault(day, {})[kind] = count
    result = []
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        found = counts.get(day.isoformat(), {})
        result.append({
            "date": day.isoformat(), "label": f"{day.month}月{day.day}日", "weekday": "一二三四五六日"[day.weekday()],
            "open": opens <= day <= closes, "total": sum(found.values()),
            "types": sorted(found.items(), key=lambda item: -item[1]),
        })  # fmt: skip
    return result


def day_events(connection: sqlite3.Connection, edition: int) -> list[dict[str, Any]]:
    """Return the most reported events of an expo's days, in order of time."""
    sql = (
        "select e.id, e.type, e.title, e.date, e.place, e.n_reports, e.status from edition_events x join events e on e.id = x.event_id "
        "where x.edition = ? and e.date_precision = 'day' order by x.by_reports limit 60"
    )
    return sorted(rows(connection, sql, (edition,)), key=lambda event: (event["date"], -event["n_reports"]))


def heat(total: int, most: int) -> Markup:
    """Return the CSS class for a day of the calendar, from h0 to h4."""
    return Markup("h{}").format(0 if not total else min(4, 1 + 4 * total // (most + 1)))
