"""Read a database back: counts, problems and runs, as plain records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from miner.store import kept
from miner.store.database import open_readonly

COUNTED = {
    "documents": "文档 documents", "articles": "文章 articles", "enterprises": "企业 enterprises", "people": "人物 people",
    "organizations": "机构 organizations", "events": "事件 events", "quotes": "引语 quotes", "figures": "数字 figures", "problems": "待查 problems",
}  # fmt: skip


def counts(path: Path) -> dict[str, int]:
    """Return the number of rows of the main tables, by title."""
    connection = open_readonly(path)
    try:
        return {
            title: int(connection.execute(f"select count(*) from [{name}]").fetchone()[0])
            for name, title in COUNTED.items()
        }
    finally:
        connection.close()


def undated(path: Path) -> bool:
    """Tell whether documents without a date of issue are among the problems."""
    connection = open_readonly(path)
    try:
        sql = "select 1 from problems where code in ('year-inferred', 'year-unknown') limit 1"
        return connection.execute(sql).fetchone() is not None
    finally:
        connection.close()


def corrections_applied(path: Path) -> int:
    """Return how many corrections of people the last resolving applied."""
    connection = open_readonly(path)
    try:
        if not kept.has(connection, "corrections"):
            return 0
        return int(
            connection.execute("select count(*) from corrections where status = 'applied'").fetchone()[0]
        )
    finally:
        connection.close()


def problem_rows(path: Path, *, stage: str | None = None, code: str | None = None) -> list[dict[str, Any]]:
    """Return the rows of `problems`, filtered, in reading order; one that names no path has that of its document."""
    connection = open_readonly(path)
    try:
        rows = connection.execute(
            "select p.id, p.run_id, p.document_id, p.stage, p.code, p.message, p.line, coalesce(p.path, d.path) as path from problems p left join documents d on d.id = p.document_id "
            "where (:stage is null or p.stage = :stage) and (:code is null or p.code = :code) order by p.stage, p.code, coalesce(p.path, d.path), p.line, p.id",
            {"stage": stage, "code": code},
        )
        return [dict(row) for row in rows]
    finally:
        connection.close()


def run_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of `runs`, the newest first."""
    connection = open_readonly(path)
    try:
        return [dict(row) for row in connection.execute("select * from runs order by started desc, id")]
    finally:
        connection.close()
