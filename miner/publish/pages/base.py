"""The enterprise information base: what the coverage says of each enterprise, with the sentence."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from miner.desk.base import KINDS, ORIGINS, TABLE, Statement, statements_of
from miner.publish.archive import rows
from miner.publish.query import bounded
from miner.store import kept
from miner.store.cells import harmless

PAGE = 40
CSV_ROWS = 2_000
_MOST_PAGES = 2_000
_COLUMNS = (
    ("企业", "name"), ("类别", "kind"), ("所述", "value"), ("来源", "origin"), ("原句", "text"), ("见报", "published"),
    ("标题", "headline"), ("篇数", "n_articles"), ("出处", "link"),
)  # fmt: skip
_SHOWN = 12
"""Statements of an enterprise that a page shows."""


@dataclass(frozen=True, slots=True)
class BaseQuestion:
    """What of the base is asked for; an empty string means any."""

    name: str = ""
    kind: str = ""
    origin: str = ""
    words: str = ""
    page: int = 1

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> BaseQuestion:
        """Read a query string; what makes no sense is ignored.

        >>> BaseQuestion.read({"kind": "business", "origin": "nonsense", "page": "x"})
        BaseQuestion(name='', kind='business', origin='', words='', page=1)
        """
        kind, origin = arguments.get("kind", ""), arguments.get("origin", "")
        return cls(
            arguments.get("q", "").strip()[:80],
            kind if kind in KINDS else "",
            origin if origin in ORIGINS else "",
            arguments.get("words", "").strip()[:80],
            bounded(arguments.get("page"), 1, _MOST_PAGES),
        )

    def query(self, **changes: object) -> dict[str, object]:
        """Return the query string of this, with some changed."""
        own = {"q": self.name, "kind": self.kind, "origin": self.origin, "words": self.words}
        return {key: value for key, value in {**own, **changes}.items() if value}


def listing(connection: sqlite3.Connection, asked: BaseQuestion, *, size: int = PAGE) -> dict[str, Any]:
    """Return the enterprises of which something is said, those of most articles first, with what is said."""
    context: dict[str, Any] = {
        "title": "企业信息库", "rows": [], "total": 0, "more": False, "kind_titles": KINDS, "origin_titles": ORIGINS,
    }  # fmt: skip
    if not kept.has(connection, TABLE.name):
        return context
    where, values = _conditions(asked)
    total = connection.execute(f"select count(*) from enterprises e where {where}", values).fetchone()[0]
    found = rows(
        connection,
        f"select e.id, e.name, e.n_articles, e.first_seen, e.last_seen from enterprises e where {where}"
        " order by e.n_articles desc, e.name, e.id limit ? offset ?",
        (*values, size, (asked.page - 1) * size),
    )
    for row in found:
        said = by_kind(statements_of(connection, row["id"]))
        row["said"] = {kind: shown[:_SHOWN] for kind, shown in said.items()}
    return {**context, "rows": found, "total": total, "more": asked.page * size < total}


def _conditions(asked: BaseQuestion) -> tuple[str, tuple[str, ...]]:
    inner, values = "", []
    for column, value in (("kind", asked.kind), ("origin", asked.origin)):
        if value:
            inner += f" and s.[{column}] = ?"
            values.append(value)
    if asked.words:
        inner += " and instr(s.value, ?)"
        values.append(asked.words)
    where = f"exists (select 1 from [{TABLE.name}] s where s.enterprise_id = e.id{inner})"
    if asked.name:
        where += " and (instr(e.name, ?) or exists (select 1 from aliases l where l.enterprise_id = e.id and instr(l.alias, ?)))"
        values += [asked.name, asked.name]
    return where, tuple(values)


def by_kind(said: Iterable[Statement]) -> dict[str, list[dict[str, Any]]]:
    """Return what templates show of statements, by their kind."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for one in said:
        found[one.kind].append(_row(one))
    return found


def _row(one: Statement) -> dict[str, Any]:
    return {
        "value": one.value, "origin": one.origin, "article_id": one.article_id, "field": "body", "start": one.start,
        "end": one.end, "text": one.text, "headline": one.headline, "published": one.published, "n_articles": one.n_articles,
    }  # fmt: skip


def as_csv(found: Sequence[Mapping[str, Any]], source: Callable[[Mapping[str, Any]], str]) -> str:
    """Return the rows as CSV, a statement a line; `source` gives the link of its sentence."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([title for title, _ in _COLUMNS])
    for row in found:
        for kind, said in row["said"].items():
            for one in said:
                link = source(one) if one["article_id"] else ""
                told = {
                    **one,
                    "name": row["name"],
                    "kind": KINDS[kind],
                    "origin": ORIGINS[one["origin"]],
                    "link": link,
                }
                writer.writerow([harmless(str(told[name] or "")) for _, name in _COLUMNS])
    return text.getvalue()
