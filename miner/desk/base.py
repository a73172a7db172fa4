"""The enterprise information base: country, trade, main business and investments in China, as the coverage says them.

What is read (`told`) keeps the place of its words; what the lexicons know stands apart (`origin`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from miner.desk.told import statements
from miner.language.lexicon import load_lexicon
from miner.offsets import stable_id
from miner.store import kept
from miner.store.resolved import ResolvedScope
from miner.store.schema import index_sql
from miner.store.tables import Column, Table, reference

KINDS = {"country": "国家地区", "industry": "行业", "business": "主营", "investment": "在华投资"}
ORIGINS = {"read": "报道", "lexicon": "词库"}
TABLE = Table(
    "enterprise_statements",
    "企业信息库",
    "报道所述企业的国家、行业、主营与在华投资,每条附原句位置;词库所知另列 / what the coverage, or a lexicon, says of an enterprise",
    (
        Column("id", "text primary key", "标识 / id"),
        Column("enterprise_id", reference("enterprises", null=False), "企业 / enterprise"),
        Column(
            "kind",
            "text not null",
            "种类:country 国家地区、industry 行业、business 主营、investment 在华投资 / kind",
        ),
        Column("value", "text not null", "所述 / what is said"),
        Column(
            "origin",
            "text not null check (origin in ('read', 'lexicon'))",
            "来源:read 报道、lexicon 词库 / origin",
        ),
        Column("article_id", reference("articles"), "所在文章 / article"),
        Column("start", "integer", "正文起始字符 / first character in the body"),
        Column("end", "integer", "正文结束字符 / end character in the body"),
        Column("sentence", "text", "原句 / sentence"),
        Column("n_articles", "integer not null default 1", "这样说的文章数 / articles that say so"),
    ),
    label="value",
    facets=("kind", "origin"),
    indexes=(("enterprise_id",), ("article_id",), ("kind",)),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of an enterprise: the words, where they come from, and where they stand (None for what a lexicon knows)."""

    kind: str
    value: str
    origin: str
    article_id: str | None
    start: int | None
    end: int | None
    text: str
    """The sentence."""
    headline: str
    published: str | None
    n_articles: int


def statements_of(connection: sqlite3.Connection, enterprise_id: str, *, most: int = 50) -> list[Statement]:
    """Return what is said of an enterprise: what most articles say first, the lexicons' knowledge before all."""
    if not kept.has(connection, TABLE.name):
        return []
    rows = connection.execute(
        f"select s.kind, s.value, s.origin, s.article_id, s.start, s.[end], coalesce(s.sentence, ''), coalesce(a.headline, ''),"
        f" a.published, s.n_articles from [{TABLE.name}] s left join articles a on a.id = s.article_id where s.enterprise_id = ?"
        " order by s.origin, s.n_articles desc, a.published desc, s.id limit ?",
        (enterprise_id, most),
    )
    return [Statement(*row) for row in rows.fetchall()]


_Row = tuple[str, str, str, str, str, str | None, int | None, int | None, str | None]


def fill_base(connection: sqlite3.Connection, scope: ResolvedScope | None = None) -> None:
    """Fill the table of statements anew from the facts of a database. The caller holds the transaction.

    With what was resolved as `scope`, what articles say is remembered, and looked for only in those that came, or whose names
    are another thing now: they are in the temporary table `readdressed` that resolving left.
    """
    scope = scope or ResolvedScope()
    connection.execute(f"drop table if exists [{TABLE.name}]")
    connection.execute(TABLE.create_sql())
    connection.executemany(_INSERT, _known(connection))
    connection.executemany(
        _INSERT + _AGAIN, _remembered(connection, scope) if scope.remembered else _read(connection)
    )
    for statement in index_sql((TABLE,)):
        connection.execute(statement)


def _remembered(connection: sqlite3.Connection, scope: ResolvedScope) -> Iterator[_Row]:
    """Yield what articles say in the order of `_read`, after looking into those that are not remembered."""
    which = "1" if scope.touched is None else "a.id in (select id from temp.readdressed)"
    connection.execute(
        "delete from statement_places where article_id in (select a.id from articles a where " + which + ")"
    )
    connection.executemany(
        "insert into statement_places (article_id, number, id, enterprise_id, kind, value, start, [end], sentence)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (row[5], number, *row[:4], *row[6:])
            for _, found in groupby(_read(connection, which), key=lambda row: row[5])
            for number, row in enumerate(found)
        ),
    )
    yield from connection.execute(
        "select p.id, p.enterprise_id, p.kind, p.value, 'read', a.id, p.start, p.[end], p.sentence from statement_places p"
        " join articles a on a.id = p.article_id where a.duplicate_of is null"
        " order by a.published is null, a.published desc, a.id, p.number"
    )


def ensure_base(connection: sqlite3.Connection) -> None:
    """Fill the table of statements where an older program left none."""
    if not kept.has(connection, TABLE.name):
        with connection:
            fill_base(connection)


_INSERT = (
    f"insert into [{TABLE.name}] (id, enterprise_id, kind, value, origin, article_id, start, [end], sentence)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_AGAIN = " on conflict (id) do update set n_articles = n_articles + (article_id is not excluded.article_id)"


def _known(connection: sqlite3.Connection) -> Iterator[_Row]:
    """Yield what the lexicons know of the enterprises."""
    entries = {entry.name: entry for entry in load_lexicon("enterprises")}
    rows = connection.execute(
        "select distinct entity_id, known_as from local_entities where label = 'enterprise' and known_as is not null"
        " and entity_id is not null order by 1, 2"
    ).fetchall()
    seen = set()
    for enterprise, known_as in rows:
        entry = entries.get(known_as)
        for kind in ("country", "industry") if entry is not None else ():
            value = getattr(entry, kind)
            key = stable_id("statement", enterprise, kind, value, "lexicon")
            if value and key not in seen:
                seen.add(key)
                yield key, enterprise, kind, value, "lexicon", None, None, None, None


def _read(connection: sqlite3.Connection, which: str = "a.duplicate_of is null") -> Iterator[_Row]:
    rows = connection.execute(
        "select a.id, a.body, m.start, m.end, m.label, m.enterprise_id from articles a join mentions m on m.article_id = a.id"
        f" where m.field = 'body' and {which} order by a.published is null, a.published desc, a.id, m.start"
    )
    for (article, body), found in groupby(rows, key=lambda row: (row[0], row[1])):
        names = [tuple(row)[2:] for row in found]
        for enterprise, said in statements(body, names):
            key = stable_id("statement", enterprise, said.kind, said.value, "read")
            told = sentence(body, said.span.start)
            yield (
                key,
                enterprise,
                said.kind,
                said.value,
                "read",
                article,
                said.span.start,
                said.span.end,
                told,
            )


def sentence(body: str, at: int) -> str:
    """Return the sentence of a body that a character stands in."""
    start = max(body.rfind(mark, 0, at) for mark in "。！？\n") + 1
    ends = [end for end in (body.find(mark, at) for mark in "。！？\n") if end >= 0]
    return body[start : min(ends) + 1 if ends else len(body)].strip()
