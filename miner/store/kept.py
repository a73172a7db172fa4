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
    Table(
        "arrivals",
        "收到时间",
        "每份文档第一次读入的时间;重读不改 / when each document first came, however often it is read again",
        (
            Column("document_id", "text primary key", "文档 / document"),
            Column("arrived", "text not null", "第一次读入的时间(UTC) / first read"),
        ),
        hidden=True,
    ),
    Table(
        "tags",
        "标签",
        "读者给文章加的标签;任何运行都不改动 / tags that readers gave articles",
        (
            Column("tag", "text not null", "标签 / tag"),
            Column("article_id", "text not null", "文章 / article"),
            Column("headline", "text", "加标签时的标题 / headline then"),
            Column("begins", "text not null", "正文开头,文章重读后据此认出 / how the body begins"),
            Column("note", "text", "备注 / note"),
            Column("added", "text not null", "加入时间(UTC) / added"),
        ),
        extra=("primary key (tag, article_id)",),
        label="headline",
        facets=("tag",),
        indexes=(("article_id",),),
    ),
    Table(
        "searches",
        "存下的检索",
        "读者存下的检索及上次查看时间;任何运行都不改动 / searches that readers saved",
        (
            Column("id", "text primary key", "标识 / id"),
            Column("name", "text not null", "名称 / name"),
            Column("query", "text not null", "检索条件(JSON) / what is searched for"),
            Column("added", "text not null", "存下的时间(UTC) / saved"),
            Column("looked", "text", "上次查看时间(UTC) / last looked at"),
        ),
        label="name",
        sort="name",
    ),
    Table(
        "corrections",
        "更正",
        "人所作的更正,与数据库旁的 corrections.yml 一致,附上次归并时是否生效 / corrections of people, as in corrections.yml, with what became of each",
        (
            Column("id", "text primary key", "内容的摘要 / hash of what it says"),
            Column("line", "integer not null", "在 corrections.yml 的行号 / line of the file"),
            Column(
                "verb",
                "text not null",
                "更正:merge 合并、split 分开、rename 改名、alias 别名、reject 不对、post 职务、headline 标题、byline 署名、date 日期、event 事件 / what is corrected",
            ),
            Column("said", "text not null", "内容(JSON) / what it says"),
            Column("shown", "text not null", "内容(给人看) / the same in words"),
            Column("who", "text", "更正者 / who"),
            Column("made", "text", "时间 / when"),
            Column("why", "text", "理由 / why"),
            Column(
                "found",
                "text not null default '{}'",
                "所指的文章与报道(JSON) / articles and reports that it names",
            ),
            Column(
                "status",
                "text not null check (status in ('new', 'applied', 'unmatched', 'ambiguous', 'contradicted'))",
                "结果:new 尚未归并、applied 已生效、unmatched 已对不上、ambiguous 所指不止一个、contradicted 与别条矛盾 / what became of it",
            ),
            Column("told", "text", "说明 / explanation"),
        ),
        label="shown",
        facets=("verb", "status", "who"),
        sort="line",
    ),
    Table(
        "corrected_articles",
        "更正过的文章",
        "按更正改写过的文章及其原来的字段,撤销时用 / articles rewritten by corrections, with what they were",
        (
            Column(
                "article_id", "text primary key references [articles](id) on delete cascade", "文章 / article"
            ),
            Column("original", "text not null", "原来的字段(JSON) / fields as they were"),
            Column("applied", "text not null", "已用更正的摘要 / hash of the corrections applied"),
            Column("hit", "text not null", "改动了它的更正(JSON) / corrections that changed it"),
        ),
        hidden=True,
    ),
)
"""Tables that hold what people wrote; they refer to facts by name as well as by id, since facts are made anew."""


def create(connection: sqlite3.Connection) -> None:
    """Make the tables that are not there yet."""
    for table in KEPT:
        connection.execute(table.create_sql())
    for statement in index_sql(KEPT):
        connection.execute(statement)


def has(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether one of these tables is there yet."""
    sql = "select 1 from sqlite_master where type = 'table' and name = ?"
    return connection.execute(sql, (name,)).fetchone() is not None
