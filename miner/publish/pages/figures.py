"""Figures: what was counted at each expo, as different articles tell it, with rounding told from conflict."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from miner.publish.archive import PATH_OF, Parameters, edition_title, measure_title, number, rows, scalar
from miner.publish.charts import Bar, columns
from miner.publish.index.views import contradictions_sql
from miner.publish.pages.summary import hydrate
from miner.publish.urls import Addresses

_MOST = 400
_CODE = re.compile(r":([a-z0-9_]{3,40})(?=\()")
"""A measure's code in the reasons for a pair."""


def overview(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the measures of the archive, those with most figures first."""
    sql = (
        "select measure, unit, sum(n_figures) as n_figures, count(distinct edition) as n_editions, sum(n_conflicts) as n_conflicts, "
        "sum(n_roundings) as n_roundings from measures group by 1, 2 order by n_figures desc limit 200"
    )
    return {"title": "数字", "measures": rows(connection, sql), "pairs": pairs(connection, "id in (select id from figure_conflicts where kind = 'conflict' order by score desc limit 60)"),
            "n_roundings": scalar(connection, "select count(*) from (select 1 from figure_conflicts where kind = 'rounding' limit 10000)")}  # fmt: skip


def pairs(connection: sqlite3.Connection, where: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
    """Return pairs of figures that differ, each with both sentences, the surest first."""
    found = rows(
        connection, f"{contradictions_sql(where)} order by kind, score desc, id limit 60", parameters
    )
    sides = {
        row["id"]: row["source"]
        for row in hydrate(
            connection, "figure", [pair[f"{side}_figure_id"] for pair in found for side in ("left", "right")]
        )
    }
    for pair in found:
        pair["left"], pair["right"] = sides.get(pair["left_figure_id"]), sides.get(pair["right_figure_id"])
        pair["reasons"] = _CODE.sub(lambda match: f":{measure_title(match.group(1))}", pair["reasons"])
    return found


def page(
    connection: sqlite3.Connection, measure: str, edition: int | None, *, links: Addresses
) -> dict[str, Any]:
    """Return the figures of a measure, of one expo or of all, with the pairs that differ."""
    narrowed = " and f.edition = :edition" if edition is not None else ""
    values = {"measure": measure, "edition": edition}
    sql = (
        f"select f.*, a.headline, a.newspaper, a.published, {PATH_OF}, substr(a.body, max(f.start - 24, 0) + 1, min(f.start, 24)) as context_before, "
        "substr(a.body, f.end + 1, 24) as context_after from figures f join articles a on a.id = f.article_id where f.measure = :measure and a.duplicate_of is null"
    )
    figures = rows(
        connection, f"{sql}{narrowed} order by f.edition, f.value desc, a.published limit {_MOST}", values
    )
    pairs_where = "measure = :measure" + (" and edition = :edition" if edition is not None else "")
    summary = rows(
        connection,
        f"select * from measures f where measure = :measure{narrowed} order by unit, edition",
        values,
    )
    own = rows(
        connection,
        "select edition, unit, max(value) as high from edition_figures where measure = ? group by 1 order by 1",
        (measure,),
    )
    return {
        "title": measure_title(measure) + (f"·{edition_title(edition)}" if edition is not None else ""),
        "measure": measure, "edition": edition, "figures": figures, "pairs": pairs(connection, pairs_where, values), "summary": summary,
        "editions": [row[0] for row in connection.execute("select distinct edition from measures where measure = ? order by 1", (measure,))],
        "chart": columns(_bars(own, measure, links), f"各届{measure_title(measure)}（写明是本届自身的，取最大值）", unit=""),
        "chart_unit": own[0]["unit"] if own else "",
        "n_own": len(own),
    }  # fmt: skip


def _bars(own: list[dict[str, Any]], measure: str, links: Addresses) -> list[Bar]:
    """Only what articles tell of an expo itself can be set beside other expos: not what one firm has or plans."""
    return [
        Bar(edition_title(row["edition"]), round(row["high"]), links.page("figures", query={"measure": measure, "edition": row["edition"]}))
        for row in own
    ]  # fmt: skip


__all__ = ["number", "overview", "page"]
