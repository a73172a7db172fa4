"""Reading the archive for pages: short queries, and the Chinese words for what the tables hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from miner.expo import edition_year, phase
from miner.language.editions import edition_title
from miner.language.gazetteer import words_of
from miner.store.redirects import led_on
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
    "edition_title",
    "edition_year",
    "measure_title",
    "phase",
]


@dataclass(frozen=True, slots=True)
class DossierKind:
    """A kind of thing that has a dossier."""

    label: str
    title: str
    table: str
    column: str
    """The column that refers to it in other tables."""


KINDS = {
    kind.label: kind
    for kind in (
        DossierKind("enterprise", "企业", "enterprises", "enterprise_id"),
        DossierKind("person", "人物", "people", "person_id"),
        DossierKind("organization", "机构", "organizations", "organization_id"),
        DossierKind("place", "地点", "places", "place_id"),
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
    ("search", "文章"), ("enterprises", "企业"), ("people", "人物"), ("organizations", "机构"), ("places", "地点"), ("events", "事件"), ("quotes", "引语"), ("figures", "数字"),
    ("editions", "历届"),
)  # fmt: skip
"""The pages that every page leads to."""
INFERRED_DATES = {
    "inferred-year": "年份据页面推断：文中没有见报日期", "carried": "本句没有日期，承上文", "running": "本句只写了日，月份承上文",
    "same-day": "写的是「当天」，承上文", "expo-day": "写的是会期中的某天，按会期推算", "part-of-year": "只写了年中的一段",
}  # fmt: skip
"""Why a date is inferred, by the method that found it; the others are written, or follow from the day of the paper."""
PATH_OF = "(select d.path from documents d where d.id = a.document_id) as path"
"""SQL for the file of an article `a`: what is shown where no newspaper is known."""
FIELDS = {"kicker": "引题", "headline": "标题", "subtitle": "副题", "body": "正文"}

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


def yearless(day: str) -> str:
    """Return a day whose year nothing tells as people write it.

    >>> yearless("XXXX-11-07"), yearless("XXXX-11")
    ('11月7日', '11月')
    """
    parts = [part.lstrip("0") for part in day.split("-")[1:]]
    return "".join(f"{part}{unit}" for part, unit in zip(parts, "月日", strict=False))


def entire(title: str) -> str:
    """Return a title with an ellipsis where it breaks off inside a quotation.

    >>> entire("授予高山等20人“金"), entire("启用“安静馆”")
    ('授予高山等20人“金…', '启用“安静馆”')
    """
    return (
        title + "…" if title.rfind("“") > title.rfind("”") or title.rfind("（") > title.rfind("）") else title
    )


def qualified(figure: Mapping[str, Any]) -> str:
    """Return a figure's number with its qualifier where Chinese puts it.

    >>> qualified({"value": 3.8e9, "qualifier": "约"}), qualified({"value": 3400.0, "qualifier": "多"})
    ('约38亿', '3,400多')
    >>> qualified({"value": None, "qualifier": None, "text": "数十家", "unit": "家"})
    '数十'
    """
    if figure["value"] is None:
        return str(figure["text"]).removesuffix(figure["unit"] or "")
    said = figure["qualifier"] or ""
    shown = number(figure["value"])
    return shown + said if said in words_of("number_words", "stands_behind") else said + shown


def month_number(month: str) -> int:
    """Return the months since year 0 of a month as YYYY-MM, 0 when it is none.

    >>> month_number("2022-11") - month_number("2021-11"), month_number("")
    (12, 0)
    """
    return int(month[:4]) * 12 + int(month[5:7]) - 1 if month[:4].isdigit() and month[5:7].isdigit() else 0


def led_to(connection: sqlite3.Connection, what: str, identity: str) -> list[dict[str, Any]]:
    """Return the things, or events, that an id of an earlier resolving leads to now, each with its id and name."""
    if scalar(connection, "select count(*) from sqlite_master where name = 'redirects'") == 0:
        return []
    table, name = ("events", "title") if what == "event" else (KINDS[what].table, "name")
    found = (
        first(connection, f"select id, [{name}] as name from [{table}] where id = ?", (one,))
        for one in led_on(connection, identity)
    )
    return [one for one in found if one is not None]
