"""The page of an event: all its reports side by side, and what they disagree on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from miner.publish.archive import (
    ENTITY_OF,
    EVENT_TYPES,
    LABEL_OF,
    NAME_OF,
    PATH_OF,
    STATUSES,
    first,
    number,
    rows,
)
from miner.publish.pages.summary import how_dated

_MOST = 60


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A thing that the reports tell differently: each version with the reports that give it."""

    title: str
    versions: tuple[tuple[str, tuple[int, ...]], ...]
    """What is said, and by which reports (their numbers on the page, from 1)."""


def page(connection: sqlite3.Connection, identity: str) -> dict[str, Any] | None:
    """Return what the template shows of an event, or None."""
    event = first(connection, "select * from events where id = ?", (identity,))
    if event is None:
        return None
    reports = rows(
        connection,
        f"select r.*, a.headline, a.newspaper, a.published, {PATH_OF}, a.page, a.duplicate_of from event_reports r join articles a on a.id = r.article_id "
        "where r.event_id = ? order by a.published, a.newspaper, r.id limit ?",
        (identity, _MOST),
    )
    parties = rows(
        connection,
        f"select distinct p.report_id, p.role, p.name as written, coalesce({NAME_OF.format('p')}, p.name) as name, {ENTITY_OF.format('p')} as entity_id, "
        f"{LABEL_OF.format('p')} as label from event_participants p where p.event_id = ? limit 3000",
        (identity,),
    )
    for report in reports:
        report["parties"] = [party for party in parties if party["report_id"] == report["id"]]
    return {
        "event": {**event, "date_method": how_dated(connection, identity, event["date"])}, "title": event["title"], "reports": reports, "parties": _merged(parties), "disagreements": disagreements(reports),
        "judgements": rows(
            connection, "select * from judgements where kind = 'event' and (left_id in (select id from event_reports where event_id = ?1) "
            "or right_id in (select id from event_reports where event_id = ?1)) order by same desc, score desc limit 20", (identity,)),
        "event_types": EVENT_TYPES, "statuses": STATUSES,
    }  # fmt: skip


def _merged(parties: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for party in parties:
        found = merged.setdefault(party["entity_id"] or party["name"], {**party, "n": 0, "roles": []})
        found["n"] += 1
        if party["role"] not in found["roles"]:
            found["roles"].append(party["role"])
    return sorted(merged.values(), key=lambda party: -party["n"])


def disagreements(reports: Sequence[dict[str, Any]]) -> list[Disagreement]:
    """Return what the reports of one event tell differently. A report that is silent disagrees with nobody."""
    found = []
    for title in ("日期", "地点", "金额", "状态"):
        said: dict[str, list[int]] = {}
        for at, report in enumerate(reports, 1):
            if value := _said(report)[title]:
                said.setdefault(value, []).append(at)
        values = _differing(title, list(said))
        if len(values) > 1:
            found.append(Disagreement(title, tuple((value, tuple(said[value])) for value in values)))
    return found


def _differing(title: str, values: list[str]) -> list[str]:
    """Return the versions that do not agree with a fuller one."""
    if title in ("日期", "地点"):  # 2022-11 agrees with 2022-11-07, 国家会展中心 with 国家会展中心（上海）
        return [v for v in values if not any(other != v and v in other for other in values)]
    if title == "状态" and STATUSES["negated"] not in values:
        return []  # what was planned may have happened
    return values


def _said(report: dict[str, Any]) -> dict[str, str]:
    amount = (
        f"{number(report['amount'])}{report['amount_unit'] or ''}" if report["amount"] is not None else ""
    )
    return {
        "日期": report["date"] or "", "地点": report["place"] or "", "金额": amount,
        "状态": STATUSES.get(report["status"], report["status"]),
    }  # fmt: skip
