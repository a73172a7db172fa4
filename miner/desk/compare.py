"""What two databases tell differently: what appeared, what vanished, what changed; between runs, versions or archives."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PLACE = "coalesce(a.newspaper, d.path) || '#' || coalesce(a.headline, substr(a.body, 1, 20))"
_FROM = "join articles a on a.id = x.article_id join documents d on d.id = a.document_id"


@dataclass(frozen=True, slots=True)
class ComparedKind:
    """A kind of fact that is compared: the query gives a key that both databases share, and what is told under it."""

    title: str
    sql: str


KINDS: Mapping[str, ComparedKind] = {
    "articles": ComparedKind(
        "文章",
        "select d.path || '#' || a.position, coalesce(a.headline, '') || ' | ' || coalesce(a.byline, '') || ' | '"
        " || coalesce(a.published, '') || ' | ' || length(a.body) from articles a join documents d on d.id = a.document_id",
    ),
    "enterprises": ComparedKind("企业", "select name, n_mentions || ' 次' from enterprises"),
    "people": ComparedKind("人物", "select name, n_mentions || ' 次' from people"),
    "organizations": ComparedKind("机构", "select name, n_mentions || ' 次' from organizations"),
    "posts": ComparedKind(
        "职务",
        f"select n.name || ' ' || x.title || ' @ ' || {_PLACE}, x.organization_text from posts x"
        f" join people n on n.id = x.person_id {_FROM}",
    ),
    "events": ComparedKind(
        "事件",
        f"select x.type || ' ' || x.trigger || ' @ ' || {_PLACE} || ' ' || x.start,"
        f" coalesce(x.date, '无日期') || ' ' || x.status || ' ' || coalesce((select group_concat(name, '、') from"
        f" (select name from event_participants where report_id = x.id order by name)), '') from event_reports x {_FROM}",
    ),
    "quotes": ComparedKind(
        "引语", f"select substr(x.text, 1, 40) || ' @ ' || {_PLACE}, x.speaker from quotes x {_FROM}"
    ),
    "figures": ComparedKind(
        "数字",
        f"select x.text || ' @ ' || {_PLACE} || ' ' || x.start,"
        f" coalesce(x.value, '') || ' ' || x.unit || ' ' || coalesce(x.qualifier, '') || ' ' || coalesce(x.measure, '')"
        f" from figures x {_FROM}",
    ),
}
"""What is compared, by the name of the table a reader knows it from."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing told differently: `before` is None for what appeared, `after` for what vanished."""

    kind: str
    key: str
    before: str | None
    after: str | None

    @property
    def change(self) -> str:
        """What happened to it: appeared, vanished or changed."""
        if self.before is None:
            return "appeared"
        return "vanished" if self.after is None else "changed"


def differences(one: sqlite3.Connection, other: sqlite3.Connection) -> Iterator[Difference]:
    """Yield what the second database tells differently from the first, kind by kind, sorted by key.

    The same key told several times in one database is numbered, so that nothing hides behind its twin.
    """
    for kind, how in KINDS.items():
        before, after = _told(one, how.sql), _told(other, how.sql)
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                yield Difference(kind, key, before.get(key), after.get(key))


def _told(connection: sqlite3.Connection, sql: str) -> dict[str, str]:
    told: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for key, value in sorted(tuple(row) for row in connection.execute(sql)):
        seen[key] += 1
        told[key if seen[key] == 1 else f"{key} ({seen[key]})"] = value or ""
    return told


def as_html(found: Iterator[Difference]) -> Iterator[str]:
    """Yield the lines of a page that shows differences; everything from the archive is escaped."""
    from html import escape

    yield '<!doctype html><html lang="zh"><meta charset="utf-8"><title>两库对照</title>'
    yield "<style>body{font:16px/1.6 sans-serif;margin:2rem}td{vertical-align:top;padding:.2rem .6rem}"
    yield ".appeared{background:#e9f7ec}.vanished{background:#fdecea}.changed{background:#fff8e1}</style><table>"
    for one in found:
        cells = (KINDS[one.kind].title, one.key, one.before or "", one.after or "")
        yield f'<tr class="{one.change}">{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
    yield "</table></html>"
