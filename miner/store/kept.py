"""Tables of what people wrote: no run, resolve or migration empties them."""

from __future__ import annotations

import sqlite3

from miner.store.schema import Column, Table, index_sql

KEPT: tuple[Table, ...] = (
    Table(
        "targets",
        "目标企业",
        "办公室自己的目标企业名单;任何运行都不改动 / the office's own list of targets",
        (
            Column("id", "text primary key", "名称的摘要 / hash of the name"),
            Column("name", "text not null", "名单上的名称 / name as listed"),
            Column("enterprise_id", "text", "对应的企业 / enterprise it is matched to"),
            Column("matched_name", "text", "对应企业的名称 / name of that enterprise"),
            Column(
                "matched",
                "text not null check (matched in ('sure', 'confirmed', 'doubtful', 'none', 'refused'))",
                "对应:sure 名称一致、confirmed 人已确认、doubtful 待确认、none 未见报道、refused 人已否定 / how",
            ),
            Column("owner", "text", "负责人 / who is in charge"),
            Column("stage", "text", "阶段 / stage"),
            Column("notes", "text", "备注 / notes"),
            Column("next_step", "text", "下一步 / next step"),
            Column("due", "text", "日期 / date"),
            Column("extra", "text not null default '{}'", "名单上的其他列(JSON) / other columns"),
            Column("added", "text not null", "加入时间(UTC) / added"),
            Column("looked", "text", "上次查看时间(UTC) / last looked at"),
        ),
        label="name",
        facets=("matched", "owner", "stage"),
        sort="name",
        indexes=(("enterprise_id",), ("matched",)),
    ),
)
"""Tables that hold what people wrote; they refer to facts by name as well as by id, since facts are made anew."""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables that are not there yet."""
    for table in KEPT:
        connection.execute(table.create_sql())
    for statement in index_sql(KEPT):
        connection.execute(statement)
