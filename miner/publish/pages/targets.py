"""The office's targets: the list with its coverage, and the page of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from miner.desk import MATCHED
from miner.desk.base import KINDS
from miner.desk.coverage import Mentioned, count_new, coverage, news_of_all, news_since
from miner.desk.targets import OWN, candidates, target
from miner.publish.archive import EVENT_TYPES, STATUSES, first, rows
from miner.publish.pages.base import by_kind
from miner.publish.query import bounded
from miner.store import kept

PAGE = 50
_MOST_PAGES = 2_000
_SHOWN = 60
"""Events, people, words and articles that the page of a target lists."""
_FED = 100
"""Entries of the feed."""
OWN_TITLES = {"owner": "负责人", "stage": "阶段", "next_step": "下一步", "due": "日期", "notes": "备注"}


@dataclass(frozen=True, slots=True)
class TargetsQuestion:
    """What of the list is asked for; an empty string means any."""

    name: str = ""
    matched: str = ""
    owner: str = ""
    stage: str = ""
    page: int = 1

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> TargetsQuestion:
        """Read a query string; what makes no sense is ignored."""
        matched = arguments.get("matched", "")
        return cls(
            arguments.get("q", "").strip()[:80],
            matched if matched in MATCHED else "",
            arguments.get("owner", "").strip()[:80],
            arguments.get("stage", "").strip()[:80],
            bounded(arguments.get("page"), 1, _MOST_PAGES),
        )

    def query(self, **changes: object) -> dict[str, object]:
        """Return the query string of this, with some changed."""
        own = {"q": self.name, "matched": self.matched, "owner": self.owner, "stage": self.stage}
        return {key: value for key, value in {**own, **changes}.items() if value}


@dataclass(frozen=True, slots=True)
class News:
    """What is new of one target."""

    target: str
    told: Mentioned


def listing(connection: sqlite3.Connection, asked: TargetsQuestion) -> dict[str, Any]:
    """Return what the template shows of the list."""
    context: dict[str, Any] = {
        "title": "目标企业", "rows": [], "total": 0, "counts": {}, "choices": {}, "matched_titles": MATCHED, "own_titles": OWN_TITLES,
        "size": PAGE,
    }  # fmt: skip
    if not kept.has(connection, "targets"):
        return context
    where, values = _conditions(asked)
    total = connection.execute(f"select count(*) from targets t where {where}", values).fetchone()[0]
    found = rows(
        connection,
        f"select t.*, e.n_articles, e.first_seen, e.last_seen, e.country, e.industry from targets t"
        f" left join enterprises e on e.id = t.enterprise_id where {where}"
        " order by t.matched <> 'doubtful', coalesce(e.n_articles, 0) desc, t.name limit ? offset ?",
        (*values, PAGE, (asked.page - 1) * PAGE),
    )
    for row in found:
        row["new"] = (
            count_new(connection, row["enterprise_id"], row["looked"] or "") if row["enterprise_id"] else 0
        )
    context |= {
        "rows": found,
        "total": total,
        "counts": dict(tuple(row) for row in connection.execute("select matched, count(*) from targets group by 1")),
        "choices": {
            column: [row[0] for row in connection.execute(
                f"select distinct [{column}] from targets where [{column}] is not null order by 1 limit 100")]
            for column in ("owner", "stage")
        },
        "more": asked.page * PAGE < total,
    }  # fmt: skip
    return context


def _conditions(asked: TargetsQuestion) -> tuple[str, tuple[str, ...]]:
    parts, values = ["1"], []
    for column, value in (("matched", asked.matched), ("owner", asked.owner), ("stage", asked.stage)):
        if value:
            parts.append(f"t.[{column}] = ?")
            values.append(value)
    if asked.name:
        parts.append("(instr(t.name, ?) or instr(coalesce(t.matched_name, ''), ?))")
        values += [asked.name, asked.name]
    return " and ".join(parts), tuple(values)


def news(connection: sqlite3.Connection) -> list[News]:
    """Return what is new of all targets since each was looked at, the latest first."""
    if not kept.has(connection, "targets"):
        return []
    return [News(name, told) for name, told in news_of_all(connection, most=_FED)]


def page(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    """Return what the template shows of a target, or None."""
    if not kept.has(connection, "targets") or (found := target(connection, identity)) is None:
        return None
    told = coverage(connection, found.enterprise_id, most=_SHOWN) if found.enterprise_id else None
    match = next(iter(candidates(connection, [found])))[1] if found.matched in ("doubtful", "none") else None
    new = (
        list(news_since(connection, found.enterprise_id, found.looked or "", most=_SHOWN))
        if found.enterprise_id
        else []
    )
    enterprise = first(connection, "select * from enterprises where id = ?", (found.enterprise_id,))
    return {
        "title": found.name, "target": found, "told": told, "match": match, "news": new, "enterprise": enterprise,
        "said": by_kind(told.base if told else ()), "kind_titles": KINDS,
        "matched_titles": MATCHED, "own_titles": OWN_TITLES, "own": OWN, "event_types": EVENT_TYPES, "statuses": STATUSES,
    }  # fmt: skip
