"""What is remembered of the last resolving of a large archive, and what came and went since: so that the next one need not start over.

Tables and triggers are there only for archives of `LEAST` articles and more: a smaller one is resolved whole in less time than this
would save. The triggers need no function of ours, so any SQLite program may change the archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from miner.store.tables import Column, Table

__all__ = [
    "LEAST",
    "TABLES",
    "Scope",
    "Touched",
    "begin",
    "end",
    "has_state",
    "load",
    "resolved_by",
    "save",
    "touched",
]

LEAST = 2_000
"""Articles from which on it is remembered what a resolving found."""
_SHARE = 0.2
"""Articles that came or went since everything was measured, as a part of all, from which on everything is measured and resolved anew."""

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
)
"""In creation order."""

_CHANGED = ("document_id", "headline", "published", "newspaper", "body", "n_chars", "edition")
"""Columns of an article that decide how it is resolved."""
_TRIGGERS = {
    "resolve_came": (
        "after insert on articles begin"
        " insert or ignore into resolve_touched (article_id, gone) values (new.id, 0); end"
    ),
    "resolve_went": (
        "before delete on articles begin"
        " insert or ignore into resolve_touched (article_id, gone, published, n_chars, shingles)"
        " select old.id, 1, old.published, old.n_chars, (select hashes from article_shingles where article_id = old.id)"
        " where not exists (select 1 from resolve_touched where article_id = old.id and gone = 0);"
        " delete from resolve_touched where article_id = old.id and gone = 0;"
        " delete from article_shingles where article_id = old.id; end"
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


class Scope(NamedTuple):
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
    n = connection.execute("select count(*) from articles").fetchone()[0]
    decided = connection.execute("select 1 from judgements where source = 'user' limit 1").fetchone()
    if not remember or decided or n < LEAST:
        return False
    for table in TABLES:
        connection.execute(table.create_sql())
    for name, what in _TRIGGERS.items():
        connection.execute(f"create trigger [{name}] {what}")
    save(connection, "articles", str(n).encode())
    return True


def end(connection: sqlite3.Connection, by: str) -> None:
    """Note that the archive as it is has been resolved, and by what: a hash of program, lexicons and models."""
    came, gone = (
        connection.execute("select count(*) from resolve_touched where gone = ?", (which,)).fetchone()[0]
        for which in (0, 1)
    )
    before = int(load(connection, "since") or b"0")
    save(connection, "since", str(before + came + gone).encode())
    save(connection, "by", by.encode())
    connection.execute("delete from resolve_touched")


def resolved_by(connection: sqlite3.Connection) -> str | None:
    """Return what resolved the archive last; None when that is not remembered, or no longer holds."""
    found = load(connection, "by") if has_state(connection) else None
    return None if found is None else found.decode()


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


def in_batches(ids: tuple[str, ...], size: int = 500) -> Iterator[tuple[str, ...]]:
    """Yield ids in parts that fit into one statement."""
    for at in range(0, len(ids), size):
        yield ids[at : at + size]
