"""The dossier of an enterprise, a person, an organization or a place: everything the archive says of it, with evidence."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from miner.desk.base import KINDS as KINDS_STATED
from miner.desk.base import statements_of
from miner.publish.archive import (
    ALIAS_KINDS,
    ENTITY_OF,
    EVENT_TYPES,
    KINDS,
    LABEL_OF,
    NAME_OF,
    PATH_OF,
    STATUSES,
    DossierKind,
    edition_title,
    edition_year,
    first,
    month_number,
    phase,
    rows,
    scalar,
)
from miner.publish.charts import Bar, Neighbour, Stack, columns, network, stacks
from miner.publish.pages.base import by_kind
from miner.publish.urls import Addresses
from miner.resolve import LISTED
from miner.store import kept

RECENT = 200
"""Of a thing with more articles than `WHOLE`, events and quotes are listed from the latest articles only."""
WHOLE = 1_500
_SHOWN = 30
_TOGETHER = 12
_PHASES = ("before", "during", "after")


def page(
    connection: sqlite3.Connection, label: str, identity: str, *, links: Addresses
) -> dict[str, Any] | None:
    """Return what the template shows of a thing, or None when there is none of that id."""
    kind = KINDS[label]
    thing = first(connection, f"select * from [{kind.table}] where id = ?", (identity,))
    if thing is None:
        return None
    whole = thing["n_articles"] <= WHOLE
    scope = _Scope(connection, kind, identity, whole)
    days = Counter(
        dict(
            connection.execute(
                "select published, count(*) from appearances where entity_id = ? group by published",
                (identity,),
            ).fetchall()
        )
    )
    at_expo = dict(
        connection.execute(
            "select published, sum(expo) from appearances where entity_id = ? group by published", (identity,)
        ).fetchall()
    )
    phase_rows = _phase_rows(at_expo)
    together = companions(connection, identity, limit=_TOGETHER)
    return {
        "kind": kind, "thing": thing, "title": thing["name"], "whole": whole, "recent": RECENT,
        "names": _names(connection, kind, thing),
        "phases": phases(phase_rows, links, identity), "phase_rows": phase_rows,
        "phase_table": [(row["title"], *(row[name] for name in _PHASES)) for row in phase_rows],
        "months": months(days), "coverage": columns(_bars(days, links, identity), f"{thing['name']}的报道量"),
        "events": scope.events(), "quotes_by": scope.quotes_by(), "quotes_about": scope.quotes_about(), "posts": scope.posts(),
        "together": together, "pair_table": [(row["name"], row["n"]) for row in together],
        "graph": _graph(connection, thing, together, links),
        "articles": scope.articles(), "editions": _editions(connection, kind, identity),
        "judgements": _judgements(connection, label, identity),
        "stated": by_kind(statements_of(connection, identity)) if label == "enterprise" else {}, "kind_titles": KINDS_STATED,
        "target": _target(connection, identity),
        "alias_kinds": ALIAS_KINDS, "event_types": EVENT_TYPES, "statuses": STATUSES,
        "self": links.entity(label, identity),
    }  # fmt: skip


def _target(connection: sqlite3.Connection, identity: str) -> str | None:
    """Return the id of the target of the office's list that an enterprise is."""
    if not kept.has(connection, "targets"):
        return None
    found = connection.execute(
        "select id from targets where enterprise_id = ? order by id", (identity,)
    ).fetchone()
    return str(found[0]) if found else None


class _Scope:
    """The articles that a dossier reads: all, or the latest ones of a thing that is everywhere."""

    def __init__(self, connection: sqlite3.Connection, kind: DossierKind, identity: str, whole: bool) -> None:
        self._connection, self._kind, self._identity = connection, kind, identity
        limit = WHOLE * 2 if whole else RECENT
        self._latest = f"(select article_id, published from appearances where entity_id = :id order by published desc limit {limit})"

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        return rows(self._connection, sql, {"id": self._identity})

    def events(self) -> list[dict[str, Any]]:
        """Return the events it took part in, the latest first, each with the other parties and a report as evidence."""
        found = self._rows(
            "select e.id, e.type, e.title, e.date, e.status, e.place, e.amount, e.amount_unit, e.n_reports, e.edition, p.role, "
            f"r.article_id, r.evidence, r.start, case when r.date = e.date then r.date_method end as date_method, e.date_end from {self._latest} l cross join event_reports r on r.article_id = l.article_id "
            f"cross join event_participants p on p.report_id = r.id and p.{self._kind.column} = :id join events e on e.id = r.event_id "
            f"group by e.id order by e.date is null, e.date desc limit {_SHOWN}"
        )
        for event in found:
            event["partners"] = self._partners(event["id"])
        return found

    def _partners(self, event: str) -> list[dict[str, Any]]:
        sql = (
            f"select distinct coalesce({NAME_OF.format('p')}, p.name) as name, {ENTITY_OF.format('p')} as entity_id, {LABEL_OF.format('p')} as label, p.role "
            "from event_participants p where p.event_id = :event and :id not in (coalesce(p.enterprise_id, ''), coalesce(p.person_id, ''), "
            "coalesce(p.organization_id, ''), coalesce(p.place_id, '')) limit 12"
        )
        return rows(self._connection, sql, {"event": event, "id": self._identity})

    def quotes_by(self) -> list[dict[str, Any]]:
        """Return what it said, the latest first."""
        if self._kind.label == "place":
            return []
        # A body speaks also through the people whose posts the same article gives at it.
        speaks = f"q.{self._kind.column} = :id"
        if self._kind.label in ("enterprise", "organization"):
            speaks = f"({speaks} or q.person_id in (select p.person_id from posts p where p.article_id = q.article_id and p.{self._kind.column} = :id))"
        return self._rows(
            f"select q.id, q.text, q.direct, q.cue, q.speaker, q.article_id, q.start, a.headline, a.newspaper, a.published, {PATH_OF}, q.{self._kind.column} is null as by_representative, q.person_id "
            f"from {self._latest} l cross join quotes q on q.article_id = l.article_id and {speaks} "
            f"join articles a on a.id = q.article_id where a.duplicate_of is null order by a.published desc, q.start limit {_SHOWN}"
        )

    def posts(self) -> list[dict[str, Any]]:
        """Return the titles that a person held, or that people held at an enterprise or organization."""
        if self._kind.label == "place":
            return []
        return self._rows(
            "select n.id as person_id, n.name, p.title, coalesce(e.name, g.name, p.organization_text) as organization, "
            "case when e.id is not null then 'enterprise' when g.id is not null then 'organization' end as label, "
            "coalesce(e.id, g.id) as organization_id, min(p.date) as since, max(p.date) as until, count(*) as reports, min(p.article_id) as article_id "
            f"from {self._latest} l cross join posts p on p.article_id = l.article_id and p.{self._kind.column} = :id "
            "left join people n on n.id = p.person_id left join enterprises e on e.id = p.enterprise_id "
            "left join organizations g on g.id = p.organization_id group by 1, 2, 3, 4, 5, 6 order by since, reports desc limit 100"
        )

    def quotes_about(self) -> list[dict[str, Any]]:
        """Return what others said in words that name it."""
        return self._rows(
            f"select distinct q.id, q.text, q.direct, q.speaker, q.article_id, q.start, a.headline, a.newspaper, a.published, {PATH_OF} from "
            f"{self._latest} l cross join quotes q on q.article_id = l.article_id join mentions m on m.article_id = q.article_id and m.field = q.field "
            f"and m.start >= q.start and m.end <= q.end and m.{self._kind.column} = :id join articles a on a.id = q.article_id "
            f"where a.duplicate_of is null and coalesce(q.{self._kind.column if self._kind.label != 'place' else 'person_id'}, '') <> :id order by a.published desc, q.start limit {_SHOWN}"
        )

    def articles(self) -> list[dict[str, Any]]:
        """Return its latest articles."""
        return self._rows(
            f"select a.id, a.headline, a.newspaper, a.published, {PATH_OF}, a.page, p.n_mentions from appearances p join articles a on a.id = p.article_id "
            f"where p.entity_id = :id order by p.published desc limit {_SHOWN}"
        )


def _names(connection: sqlite3.Connection, kind: DossierKind, thing: dict[str, Any]) -> list[dict[str, Any]]:
    sql = (
        "select l.alias, l.kind, l.article_id, l.field, l.start, l.end, a.headline, "
        "case when l.field = 'body' then substr(a.body, max(l.start - 14, 0) + 1, l.end - l.start + 28) end as context "
        f"from aliases l left join articles a on a.id = l.article_id where l.{kind.column} = ? order by l.kind, l.alias limit 100"
    )
    return rows(connection, sql, (thing["id"],))


def _editions(connection: sqlite3.Connection, kind: DossierKind, identity: str) -> list[dict[str, Any]]:
    if kind.label != "enterprise":
        return []
    return rows(
        connection, "select * from edition_enterprises where enterprise_id = ? order by edition", (identity,)
    )


def _judgements(connection: sqlite3.Connection, label: str, identity: str) -> list[dict[str, Any]]:
    sql = "select * from judgements where kind = ?1 and (left_id = ?2 or right_id = ?2) order by same desc, score desc limit 20"
    return rows(connection, sql, (label, identity))


def _phase_rows(days: Mapping[str, int]) -> list[dict[str, Any]]:
    counts: dict[int, Counter[str]] = {}
    for day, count in days.items():
        found = phase(day)
        if found and count:
            counts.setdefault(found.edition, Counter())[found.name] += count
    return [
        {
            "edition": edition,
            "title": edition_title(edition),
            **{name: counts[edition][name] for name in _PHASES},
        }
        for edition in sorted(counts)
    ]


def phases(rows_: list[dict[str, Any]], links: Addresses, identity: str) -> object:
    """Return the chart of articles before, during and after each expo."""
    stacked = [
        Stack(f"{row['title']} {edition_year(row['edition'])}", tuple((name, row[name]) for name in _PHASES), links.search(entity=identity, edition=row["edition"]))
        for row in rows_
    ]  # fmt: skip
    return stacks(stacked, "各届进博会前、中、后的进博会报道篇数", width=480)


def months(days: Counter[str]) -> list[tuple[str, int]]:
    """Return the number of articles by month, in order."""
    counts: Counter[str] = Counter()
    for day, count in days.items():
        if len(day) >= 7:
            counts[day[:7]] += count
    return sorted(counts.items())


def _bars(days: Counter[str], links: Addresses, identity: str) -> list[Bar]:
    counted = dict(months(days))
    if not counted:
        return []
    first_month, last_month = min(counted), max(counted)
    span = month_number(last_month) - month_number(first_month) + 1
    if span > 150:
        years: Counter[str] = Counter()
        for month, count in counted.items():
            years[month[:4]] += count
        return [
            Bar(year, count, links.search(entity=identity, since=year, until=year))
            for year, count in sorted(years.items())
        ]
    result = []
    for at in range(span):
        number = month_number(first_month) + at
        month = f"{number // 12:04}-{number % 12 + 1:02}"
        result.append(
            Bar(month, counted.get(month, 0), links.search(entity=identity, since=month, until=month))
        )
    return result


def companions(connection: sqlite3.Connection, identity: str, *, limit: int) -> list[dict[str, Any]]:
    """Return what is named in the same articles most often (the latest ones of a thing that is everywhere)."""
    sql = (
        "with mine as materialized (select article_id from appearances where entity_id = ?1 order by published desc limit ?2), "
        "shared as (select o.entity_id, o.label, count(*) as n from mine m cross join appearances o on o.article_id = m.article_id "
        "where o.entity_id <> ?1 and o.label <> 'place' and not exists (select 1 from enterprises e where e.id = o.entity_id and e.confidence < ?4) group by 1, 2 order by n desc, 1 limit ?3) select * from shared"
    )
    found = rows(connection, sql, (identity, RECENT, limit, LISTED))
    for row in found:
        column = "coalesce(short_name, name)" if row["label"] == "enterprise" else "name"
        row["name"] = (
            scalar(
                connection,
                f"select {column} from [{KINDS[row['label']].table}] where id = ?",
                (row["entity_id"],),
            )
            or "?"
        )
    return found


def _graph(
    connection: sqlite3.Connection, thing: dict[str, Any], together: list[dict[str, Any]], links: Addresses
) -> object:
    neighbours = [
        Neighbour(row["name"], row["label"], row["n"], links.entity(row["label"], row["entity_id"]))
        for row in together
    ]
    at = {row["entity_id"]: number for number, row in enumerate(together)}
    sql = (
        "with mine as materialized (select article_id from appearances where entity_id = ? order by published desc limit ?) "
        f"select o.article_id, o.entity_id from mine m cross join appearances o on o.article_id = m.article_id where o.entity_id in ({', '.join('?' * len(at))})"
    )
    by_article: dict[str, list[int]] = {}
    for article, entity in connection.execute(sql, (thing["id"], RECENT, *at)) if at else ():
        by_article.setdefault(article, []).append(at[entity])
    pairs: Counter[tuple[int, int]] = Counter(
        pair for found in by_article.values() for pair in combinations(sorted(found), 2)
    )
    strongest = [(i, j, weight) for (i, j), weight in pairs.most_common(16) if weight > 1]
    return network(
        thing["short_name"] if thing.get("short_name") else thing["name"],
        neighbours,
        strongest,
        f"与{thing['name']}同时见报的名字",
    )
