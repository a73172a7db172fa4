"""What is remembered of the last resolving of a large archive, and what came and went since: so that the next one need not start over.

Tables and triggers are there only for archives of `LEAST` articles and more: a smaller one is resolved whole in less time than this
would save. The triggers need no function of ours, so any SQLite program may change the archive.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import NamedTuple

from miner.store.schema import Column, Table, index_sql

__all__ = [
    "LEAST",
    "TABLES",
    "ResolvedScope",
    "Touched",
    "begin",
    "empty",
    "end",
    "has_state",
    "is_resolved",
    "load",
    "save",
    "touched",
]

LEAST = 2_000
"""Articles from which on it is remembered what a resolving found."""
_SHARE = 0.2
"""Articles that came or went since everything was measured, as a part of all, from which on everything is measured and resolved anew."""

_LOCAL = (
    Column("article_id", "text not null", "文章 / article"),
    Column("local_entity", "integer not null", "文内序号 / index"),
    Column("label", "text not null", "类别 / label"),
    Column("key", "text not null", "组 / group"),
)

TABLES: tuple[Table, ...] = (
    Table(
        "resolve_state",
        "归并留存",
        "上次全部归并时量得的(词频等),此后按它判断 / what was measured when all was resolved, and is judged by since",
        (Column("name", "text primary key", "名称 / name"), Column("value", "blob not null", "内容 / value")),
        hidden=True,
    ),
    Table(
        "resolve_touched",
        "归并后的来去",
        "上次归并以后加入的文章(gone 为 0)与离去的文章 / articles that came since the last resolving (gone is 0), and that went",
        (
            Column("article_id", "text not null", "文章 / article"),
            Column("gone", "integer not null", "1 = 已不在 / gone"),
            Column("newspaper", "text", "报纸 / newspaper"),
            Column("published", "text", "见报日期 / published"),
            Column("n_chars", "integer", "字数 / characters"),
            Column("shingles", "blob", "取样的字串 / sampled shingles"),
        ),
        extra=("primary key (article_id, gone)",),
        hidden=True,
    ),
    Table(
        "article_shingles",
        "文章字串",
        "每篇文章取样的字串摘要,找转载用 / sampled shingles of each article, to find reprints",
        (
            Column("article_id", "text primary key", "文章 / article"),
            Column("hashes", "blob not null", "摘要,各 8 字节 / hashes of 8 bytes"),
        ),
        hidden=True,
    ),
    Table(
        "local_keys",
        "名称的归组",
        "每篇文章的每个名称归在哪一组;人物另有所属的侧写与人 / which group each name of each article is in; of people the profile and the person",
        (
            *_LOCAL,
            Column("profile", "text", "侧写 / profile"),
            Column(
                "cluster",
                "text",
                "并入全名以前的人 / person, before names that are parts of others are joined",
            ),
        ),
        extra=("primary key (article_id, local_entity)",),
        indexes=(("label", "key"), ("cluster",)),
        hidden=True,
    ),
    Table(
        "resolve_gone",
        "离去的名称",
        "上次归并以后离去的文章里的名称 / names of articles that went since the last resolving",
        (
            *_LOCAL,
            Column("profile", "text", "侧写 / profile"),
            Column("entity_id", "text", "当时归并到 / resolved to"),
        ),
        extra=("primary key (article_id, local_entity)",),
        hidden=True,
    ),
    Table(
        "resolve_gone_events",
        "失去报道的事件",
        "上次归并以后有报道离去的事件 / events of which a report went since the last resolving",
        (Column("event_id", "text primary key", "事件 / event"),),
        hidden=True,
    ),
    Table(
        "statement_places",
        "所述企业情况的出处",
        "每篇文章所说的企业国家、行业、主营与在华投资 / what each article says of enterprises",
        (
            Column("article_id", "text not null", "文章 / article"),
            Column("number", "integer not null", "次序 / order"),
            Column("id", "text not null", "所述 / statement"),
            Column("enterprise_id", "text not null", "企业 / enterprise"),
            Column("kind", "text not null", "种类 / kind"),
            Column("value", "text not null", "内容 / what is said"),
            Column("start", "integer", "起始字符 / first character"),
            Column("end", "integer", "结束字符 / end character"),
            Column("sentence", "text", "原句 / sentence"),
        ),
        extra=("primary key (article_id, number)",),
        hidden=True,
    ),
    Table(
        "name_groups",
        "名称组",
        "同名(或词库同条)的企业、机构或地点,及其比较所用的形 / enterprises, bodies or places of one name, with the forms they are compared by",
        (
            Column("label", "text not null", "类别 / label"),
            Column("key", "text not null", "组 / group"),
            Column("id", "text not null", "标识 / id"),
            Column("name", "text not null", "最完整的名称 / fullest name"),
            Column("folded", "text not null", "比较用的形 / folded"),
            Column("bare", "text not null", "不带公司类型 / without legal form"),
            Column("known_as", "text", "词库条目 / lexicon entry"),
            Column("core", "text not null", "核心 / core"),
            Column("region", "text not null", "地区 / region"),
            Column("brand", "text", "所属企业 / brand"),
            Column("rest", "text", "分支 / unit"),
            Column("about", "text not null", "名称、文章、报纸(JSON) / names, articles, papers"),
            Column("root", "text not null", "归并到的组 / group it was joined to"),
            Column("written", "text not null", "写法 / as written"),
        ),
        extra=("primary key (label, key)",),
        indexes=(
            ("label", "folded"),
            ("label", "bare"),
            ("label", "core"),
            ("label", "brand"),
            ("label", "written"),
            ("label", "root"),
        ),
        hidden=True,
    ),
    Table(
        "name_forms",
        "组的他名",
        "组内文章写出的其他名称 / other forms that the articles of a group show",
        (
            Column("label", "text not null", "类别 / label"),
            Column("form", "text not null", "他名 / form"),
            Column("key", "text not null", "组 / group"),
        ),
        extra=("primary key (label, form, key)",),
        indexes=(("label", "key"),),
        hidden=True,
    ),
    Table(
        "name_abbreviations",
        "缩写",
        "哪一组的名称是哪一组名称的缩写 / which group's name abbreviates which other's",
        (
            Column("label", "text not null", "类别 / label"),
            Column("short", "text not null", "缩写的组 / group of the short name"),
            Column("full", "text not null", "全称的组 / group of the full name"),
        ),
        extra=("primary key (label, short, full)",),
        indexes=(("label", "full"),),
        hidden=True,
    ),
    Table(
        "paper_regions",
        "报纸的地区",
        "某报所说的“区”“市”是哪里 / which district or city a newspaper means",
        (
            Column("newspaper", "text not null", "报纸 / newspaper"),
            Column("level", "text not null", "级 / level"),
            Column("region", "text", "地区 / region"),
        ),
        extra=("primary key (newspaper, level)",),
        hidden=True,
    ),
    Table(
        "latin_names",
        "外文名所属",
        "外文名与它旁边的中文名 / the Chinese name that a Latin one stands beside",
        (
            Column("latin", "text primary key", "外文名 / Latin name"),
            Column("name", "text not null", "中文名 / Chinese name"),
        ),
        hidden=True,
    ),
    Table(
        "person_clusters",
        "人",
        "并入全名以前的每个人 / people, before those of whom a part of the name is written are joined to the whole",
        (
            Column("id", "text primary key", "标识 / id"),
            Column("key", "text not null", "组 / group"),
            Column("name", "text not null", "姓名 / name"),
            Column("folded", "text not null", "比较用的形 / folded"),
            Column("latin_name", "text", "外文名 / Latin name"),
            Column("surest", "text", "最可能的全名之人 / most probable whole"),
            Column("joined", "text", "并入 / joined to"),
        ),
        indexes=(("key",), ("folded",), ("name",), ("surest",)),
        hidden=True,
    ),
    Table(
        "person_parts",
        "姓名的部分",
        "可用来称呼某人的部分姓名 / parts of a name by which somebody may be meant",
        (
            Column("part", "text not null", "部分 / part"),
            Column("whole", "text not null", "全名之人 / person"),
            Column("kind", "text not null", "名或姓 / given or family"),
        ),
        extra=("primary key (part, whole)",),
        indexes=(("whole",),),
        hidden=True,
    ),
)
"""In creation order."""

_SINCE = ("resolve_touched", "resolve_gone", "resolve_gone_events")
"""Tables of what came and went since the last resolving."""
_INDEXES = (
    "create index if not exists [ix_person_clusters_cut] on person_clusters (substr(name, 2))",
    "create index if not exists [ix_local_entities_latin] on local_entities (latin_name, name)"
    " where label = 'person' and latin_name is not null",
)
_CHANGED = ("document_id", "headline", "published", "newspaper", "body", "n_chars", "edition")
"""Columns of an article that decide how it is resolved."""
_TRIGGERS = {
    "resolve_came": (
        "after insert on articles begin"
        " insert or ignore into resolve_touched (article_id, gone) values (new.id, 0); end"
    ),
    "resolve_went": (
        "before delete on articles begin"
        " insert or ignore into resolve_touched (article_id, gone, newspaper, published, n_chars, shingles)"
        " select old.id, 1, old.newspaper, old.published, old.n_chars, (select hashes from article_shingles where article_id = old.id)"
        " where not exists (select 1 from resolve_touched where article_id = old.id and gone = 0);"
        " delete from resolve_touched where article_id = old.id and gone = 0;"
        " delete from article_shingles where article_id = old.id;"
        " insert or ignore into resolve_gone (article_id, local_entity, label, key, profile, entity_id)"
        " select k.article_id, k.local_entity, k.label, k.key, k.profile, l.entity_id from local_keys k"
        " join local_entities l on l.article_id = k.article_id and l.local_entity = k.local_entity where k.article_id = old.id;"
        " delete from local_keys where article_id = old.id;"
        " delete from statement_places where article_id = old.id;"
        " insert or ignore into resolve_gone_events select event_id from event_reports where article_id = old.id and event_id is not null; end"
    ),
    "resolve_changed": (
        f"after update of {', '.join(f'[{name}]' for name in _CHANGED)} on articles when "
        + " or ".join(f"old.[{name}] is not new.[{name}]" for name in _CHANGED)
        + " begin delete from resolve_state where name = 'by'; end"
    ),
    "resolve_decided": (
        "after insert on judgements when new.source <> 'rule' begin delete from resolve_state where name = 'by'; end"
    ),
}
"""An article that is changed where it stands, or a judgement that somebody adds, makes the next resolving a whole one."""


class Touched(NamedTuple):
    """The articles that came since the last resolving, and those that went."""

    came: tuple[str, ...]
    gone: tuple[str, ...]


class ResolvedScope(NamedTuple):
    """What of an archive is resolved, and by which measures."""

    remembered: bool = False
    """What is found is remembered, so that the next resolving need not start over."""
    measured: bool = False
    """Measures (frequencies, topics) are those of the last whole resolving, none is taken anew."""
    touched: Touched | None = None
    """What came and went since: nothing else is looked at. None: all is resolved."""


def has_state(connection: sqlite3.Connection) -> bool:
    """Tell whether anything is remembered of a resolving."""
    sql = "select 1 from sqlite_master where type = 'table' and name = 'resolve_state'"
    return connection.execute(sql).fetchone() is not None


def begin(connection: sqlite3.Connection, *, remember: bool) -> bool:
    """Forget the last resolving, and make ready to `remember` the whole one that begins now, in its transaction.

    Returns whether it will be remembered: the archive has to be large enough.
    """
    for trigger in _TRIGGERS:
        connection.execute(f"drop trigger if exists [{trigger}]")
    for table in TABLES:
        connection.execute(f"drop table if exists [{table.name}]")
    connection.execute("drop index if exists [ix_local_entities_latin]")
    n = connection.execute("select count(*) from articles").fetchone()[0]
    decided = connection.execute("select 1 from judgements where source = 'user' limit 1").fetchone()
    if not remember or decided or n < LEAST:
        return False
    for table in TABLES:
        connection.execute(table.create_sql())
    for statement in index_sql(TABLES):
        connection.execute(statement)
    for statement in _INDEXES:
        connection.execute(statement)
    for name, what in _TRIGGERS.items():
        connection.execute(f"create trigger [{name}] {what}")
    save(connection, "articles", str(n).encode())
    return True


def empty(connection: sqlite3.Connection) -> None:
    """Forget what was found, but not what was measured: all is to be resolved by the measures of before."""
    for table in TABLES:
        if table.name not in ("resolve_state", *_SINCE):
            connection.execute(f"delete from [{table.name}]")


def _with_tables(by: str) -> str:
    """Return what resolves together with the form of what it remembers: another form is not gone on from."""
    form = hashlib.sha256("".join(table.create_sql() for table in TABLES).encode())
    return f"{by} {form.hexdigest()[:16]}"


def end(connection: sqlite3.Connection, by: str) -> None:
    """Note that the archive as it is has been resolved, and by what: a hash of program, lexicons and models."""
    came, gone = (
        connection.execute("select count(*) from resolve_touched where gone = ?", (which,)).fetchone()[0]
        for which in (0, 1)
    )
    before = int(load(connection, "since") or b"0")
    save(connection, "since", str(before + came + gone).encode())
    save(connection, "by", _with_tables(by).encode())
    for table in _SINCE:
        connection.execute(f"delete from [{table}]")


def is_resolved(connection: sqlite3.Connection, by: str) -> bool:
    """Tell whether it is remembered, and still holds, what the same program, lexicons and models found the last time."""
    found = load(connection, "by") if has_state(connection) else None
    return found is not None and found.decode() == _with_tables(by)


def touched(connection: sqlite3.Connection) -> Touched | None:
    """Return what came and went since the last resolving; None when there is none to go on from, or too much has changed."""
    came, gone = (
        tuple(
            row[0]
            for row in connection.execute(
                "select article_id from resolve_touched where gone = ? order by 1", (which,)
            )
        )
        for which in (0, 1)
    )
    measured, since = (int(load(connection, name) or b"0") for name in ("articles", "since"))
    many = since + len(came) + len(gone) > _SHARE * measured
    return None if many else Touched(came, gone)


def save(connection: sqlite3.Connection, name: str, value: bytes) -> None:
    """Remember a value."""
    connection.execute("insert or replace into resolve_state (name, value) values (?, ?)", (name, value))


def load(connection: sqlite3.Connection, name: str) -> bytes | None:
    """Return a remembered value, None when there is none."""
    row = connection.execute("select value from resolve_state where name = ?", (name,)).fetchone()
    return None if row is None else bytes(row[0])
