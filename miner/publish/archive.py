"""Reading the archive for pages: short queries, and the Chinese words for what the tables hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from miner.store.words import (
    ALIAS_KINDS,
    EVENT_TYPES,
    MEASURES,
    ORGANIZATION_KINDS,
    ROLES,
    STATUSES,
    measure_title,
)

__all__ = [
    "ALIAS_KINDS",
    "EVENT_TYPES",
    "MEASURES",
    "ORGANIZATION_KINDS",
    "ROLES",
    "STATUSES",
    "measure_title",
]

FIRST_YEAR = 2018
"""The first expo; edition N was held in the year 2017 + N, from 5 to 10 November."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that has a dossier."""

    label: str
    title: str
    table: str
    column: str
    """The column that refers to it in other tables."""


KINDS = {
    kind.label: kind
    for kind in (
        Kind("enterprise", "企业", "enterprises", "enterprise_id"),
        Kind("person", "人物", "people", "person_id"),
        Kind("organization", "机构", "organizations", "organization_id"),
        Kind("place", "地点", "places", "place_id"),
    )
}
ENTITY_OF = "coalesce({0}.enterprise_id, {0}.person_id, {0}.organization_id, {0}.place_id)"
"""SQL for the thing that a row of table {0} refers to; its label and its name are told by the next two."""
LABEL_OF = (
    "case when {0}.enterprise_id is not null then 'enterprise' when {0}.person_id is not null then 'person' "
    "when {0}.organization_id is not null then 'organization' when {0}.place_id is not null then 'place' end"
)
NAME_OF = (
    "coalesce("
    + ", ".join(
        f"(select name from [{kind.table}] where id = {{0}}.{kind.column})" for kind in KINDS.values()
    )
    + ")"
)
TABLE_TITLES = {
    "documents": "文档", "articles": "文章", "enterprises": "企业", "people": "人物", "organizations": "机构", "places": "地点", "events": "事件",
    "quotes": "引语", "figures": "数字", "mentions": "提及", "problems": "待查问题",
}  # fmt: skip
NAVIGATION = (
    ("search", "文章"), ("enterprises", "企业"), ("people", "人物"), ("organizations", "机构"), ("events", "事件"), ("quotes", "引语"), ("figures", "数字"),
    ("editions", "历届"),
)  # fmt: skip
"""The pages that every page leads to."""
FIELDS = {"kicker": "引题", "headline": "标题", "subtitle": "副题", "body": "正文"}
_DIGITS = "零一二三四五六七八九十"

Row = sqlite3.Row
Parameters = tuple[Any, ...] | dict[str, Any]


def rows(connection: sqlite3.Connection, sql: str, parameters: Parameters = ()) -> list[dict[str, Any]]:
    """Return all rows of a query as dictionaries."""
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def first(connection: sqlite3.Connection, sql: str, parameters: Parameters = ()) -> dict[str, Any] | None:
    """Return the first row of a query, or None."""
    found = rows(connection, sql, parameters)
    return found[0] if found else None


def scalar(connection: sqlite3.Connection, sql: str, parameters: Parameters = ()) -> Any:
    """Return the first column of the first row, or None."""
    row = connection.execute(sql, parameters).fetchone()
    return row[0] if row else None


def is_archive(connection: sqlite3.Connection) -> bool:
    """Tell whether the database has the tables that this plugin shows."""
    wanted = ("articles", "mentions", "events", "runs", "articles_fts", "coverage", "totals")
    sql = f"select count(*) from sqlite_master where type = 'table' and name in ({', '.join('?' * len(wanted))})"
    return bool(scalar(connection, sql, wanted) == len(wanted))


def edition_title(edition: int | None) -> str:
    """Return the usual name of an expo.

    >>> edition_title(5), edition_title(12), edition_title(None)
    ('第五届', '第十二届', '届次不详')
    """
    if edition is None:
        return "届次不详"
    if 0 < edition <= 10:
        return f"第{_DIGITS[edition]}届"
    if 10 < edition < 20:
        return f"第十{_DIGITS[edition - 10]}届"
    return f"第{edition}届"


def edition_year(edition: int) -> int:
    """Return the year in which an expo was held.

    >>> edition_year(1), edition_year(7)
    (2018, 2024)
    """
    return FIRST_YEAR - 1 + edition


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a day lies in an expo's year: before it, during it or after it."""

    edition: int
    name: str


def phase(published: str) -> Phase | None:
    """Return the nearest expo to a day, and whether the day lies before, during or after it.

    From April of the expo's year to March of the next.

    >>> phase("2022-11-06"), phase("2023-01-15").name, phase("2022")
    (Phase(edition=5, name='during'), 'after', None)
    """
    try:
        day = date.fromisoformat(published)
    except ValueError:
        return None
    year = day.year if day.month >= 4 else day.year - 1
    edition = year - FIRST_YEAR + 1
    if edition < 1:
        return None
    if date(year, 11, 5) <= day <= date(year, 11, 10):
        return Phase(edition, "during")
    return Phase(edition, "before" if day < date(year, 11, 5) else "after")


def number(value: float | int | None, *, digits: int = 2) -> str:
    """Return a number as Chinese papers write large ones.

    >>> number(78410000000), number(3400), number(36600.0), number(2.1)
    ('784.1亿', '3,400', '3.66万', '2.1')
    """
    if value is None:
        return ""
    for size, unit in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size and (unit == "亿" or value == round(value)) and abs(value) >= 10_000:
            shown = f"{value / size:,.{digits}f}".rstrip("0").rstrip(".")
            return shown + unit
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"


def entire(title: str) -> str:
    """Return a title with an ellipsis where it breaks off inside a quotation.

    >>> entire("授予高山等20人“金"), entire("启用“安静馆”")
    ('授予高山等20人“金…', '启用“安静馆”')
    """
    return (
        title + "…" if title.rfind("“") > title.rfind("”") or title.rfind("（") > title.rfind("）") else title
    )


_AFTER = frozenset({"多", "余", "以上", "左右", "许", "上下", "以内", "以下"})
"""Qualifiers that stand behind their number."""


def qualified(figure: Mapping[str, Any]) -> str:
    """Return a figure's number with its qualifier where Chinese puts it.

    >>> qualified({"value": 3.8e9, "qualifier": "约"}), qualified({"value": 3400.0, "qualifier": "多"})
    ('约38亿', '3,400多')
    """
    said = figure["qualifier"] or ""
    shown = number(figure["value"])
    return shown + said if said in _AFTER else said + shown


def month_number(month: str) -> int:
    """Return the months since year 0 of a month as YYYY-MM, 0 when it is none.

    >>> month_number("2022-11") - month_number("2021-11"), month_number("")
    (12, 0)
    """
    return int(month[:4]) * 12 + int(month[5:7]) - 1 if month[:4].isdigit() and month[5:7].isdigit() else 0
