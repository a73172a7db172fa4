"""People whose name an article writes in part only: 科瓦连科 and 娜塔莎·科瓦连科, Klein and Vincent Klein, a lost first character.

A part alone is a bare short name: it is joined to a full name when that is the only one in the archive, and an article, a
body or company speak for it too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from miner.resolve.judge import Judgement, Reason, weigh
from miner.resolve.names import fold

_SAMPLE = 64
_OWNERS = 20
"""People with one part beyond whom the part is a common name."""
_LEAST, _LATIN_LEAST = 2, 3
_PRIOR = -1.5


class JoinedPeople(NamedTuple):
    """A judgement on two people, and their ids: the second's name is part of the first's."""

    judgement: Judgement
    whole: str
    part: str


class PersonSeen(NamedTuple):
    """Where a person appears: articles, newspapers, the names beside theirs, and the bodies of their posts."""

    articles: frozenset[str]
    newspapers: frozenset[str]
    company: frozenset[str]
    bodies: frozenset[str]


def join_parts(connection: sqlite3.Connection) -> Iterator[JoinedPeople]:
    """Yield the judgements on people of whose names one is a part of the other; the caller writes and joins."""
    _find(connection)
    rows = connection.execute(
        "select f.part, f.whole, f.kind, p.name, w.name from found_part f join found_people p on p.id = f.part join found_people w on w.id = f.whole order by f.part, f.whole, f.kind"
    )
    for _, found in groupby(rows, key=lambda row: row[0]):
        owners = {row[1]: row for row in found}
        if len(owners) <= _OWNERS:
            yield from (judged(connection, row, len(owners)) for row in owners.values())


def _find(connection: sqlite3.Connection) -> None:
    connection.execute("drop table if exists temp.part_of")
    connection.execute("drop table if exists temp.found_part")
    connection.execute(
        "create temp table part_of (part text not null, whole text not null, kind text not null, primary key (part, whole)) without rowid"
    )
    connection.execute(
        "create temp table found_part (part text not null, whole text not null, kind text not null)"
    )
    wholes = connection.execute(
        "select id, name, latin_name from found_people where instr(name, '·') or instr(name, '‧') or instr(name, '•') or instr(latin_name, ' ')"
    )
    connection.executemany(
        "insert or ignore into part_of values (?, ?, ?)",
        ((part, whole, kind) for whole, name, latin in wholes for part, kind in parts(name, latin)),
    )
    connection.execute(
        "insert into found_part select p.id, o.whole, o.kind from found_people p join part_of o on o.part = fold_name(p.name) where o.whole <> p.id and length(p.name) <= 12"
    )
    connection.execute(
        "insert into found_part select p.id, w.id, 'cut' from found_people w join found_people p on p.name = substr(w.name, 2)"
        " where length(w.name) >= 6 and instr(w.name, '·') > 2 or (length(w.name) >= 4 and exists (select 1 from linked a join local_entities x on x.rowid = a.local"
        " join local_entities y on y.article_id = x.article_id join linked b on b.local = y.rowid where a.entity_id = w.id and b.entity_id = p.id))"
    )


def parts(name: str, latin: str | None) -> Iterator[tuple[str, str]]:
    """Yield the parts by which a full name may be meant, with what they are.

    >>> list(parts("文森特·克莱因", "Vincent Klein"))
    [('文森特', 'given'), ('克莱因', 'family'), ('vincent', 'given'), ('klein', 'family')]
    """
    for pieces, least in ((fold(name).split("·"), _LEAST), ((latin or "").lower().split(), _LATIN_LEAST)):
        for number, piece in enumerate(pieces):
            if len(pieces) > 1 and len(piece) >= least:
                yield piece, "family" if number == len(pieces) - 1 else "given"


Row = tuple[str, str, str, str, str]
"""A person whose name is part of another's: ids of part and whole, what kind of part, both names."""


def owners_of(connection: sqlite3.Connection, part: str, name: str, folded: str) -> dict[str, Row]:
    """Return the people of whose names one is a part, as the last resolving kept them, by their ids."""
    rows: list[Row] = connection.execute(
        "select ?1, o.whole, o.kind, ?2, w.name from person_parts o join person_clusters w on w.id = o.whole"
        " where o.part = ?3 and o.whole <> ?1 and length(?2) <= 12 union all"
        " select ?1, w.id, 'cut', ?2, w.name from person_clusters w where substr(w.name, 2) = ?2 and (length(w.name) >= 6 and instr(w.name, '·') > 2"
        " or (length(w.name) >= 4 and exists (select 1 from local_keys a join local_keys b on b.article_id = a.article_id and b.cluster = ?1"
        " where a.cluster = w.id)))"
        " order by 2, 3",
        (part, name, folded),
    ).fetchall()
    found = {row[1]: row for row in rows}
    return found if len(found) <= _OWNERS else {}


def judged(connection: sqlite3.Connection, row: Row, owners: int) -> JoinedPeople:
    """Judge whether one's name is a part of another's; `owners` have it in their names."""
    part, whole, kind, part_name, whole_name = row
    left, right = _seen(connection, whole), _seen(connection, part)
    reasons = [
        Reason(
            {"family": 0.3, "given": -0.3, "cut": 1.6}[kind],
            {"family": "姓相同", "given": "名相同", "cut": "只缺首字"}[kind],
        ),
        Reason(
            1.0 if owners == 1 else -1.5,
            "档案中只有1人的姓名含它" if owners == 1 else f"有{owners}人的姓名含它",
        ),
    ]
    if left.articles & right.articles:
        reasons.append(Reason(1.5, "同一篇文章"))
    else:
        shared = sorted((left.company & right.company) - {fold(part_name), fold(whole_name)})
        if shared:
            reasons.append(Reason(min(0.5 * len(shared), 1.5), "同现:" + "、".join(shared[:3])))
        if left.newspapers & right.newspapers:
            reasons.append(Reason(0.3, "同一报纸"))
    if left.bodies and right.bodies:
        same = left.bodies & right.bodies
        reasons.append(Reason(2.0, f"单位相同:{min(same)}") if same else Reason(-2.0, "单位不同"))
    score, texts = weigh(_PRIOR, reasons)
    return JoinedPeople(Judgement("person", whole, part, whole_name, part_name, score, texts), whole, part)


def _seen(connection: sqlite3.Connection, person: str) -> PersonSeen:
    articles = [row[0] for row in connection.execute(
        "select distinct l.article_id from linked k join local_entities l on l.rowid = k.local where k.entity_id = ? order by 1 limit ?", (person, _SAMPLE)
    )]  # fmt: skip
    papers: set[str] = set()
    company: set[str] = set()
    bodies: set[str] = set()
    for article in articles:
        papers.update(
            row[0]
            for row in connection.execute(
                "select newspaper from articles where id = ? and newspaper is not null", (article,)
            )
        )
        company.update(
            fold(row[0])
            for row in connection.execute(
                "select name from local_entities where article_id = ? and label != 'place'", (article,)
            )
        )
        bodies.update(_bodies(connection, person, article))
    return PersonSeen(frozenset(articles), frozenset(papers), frozenset(company), frozenset(bodies))


def _bodies(connection: sqlite3.Connection, person: str, article: str) -> Iterable[str]:
    rows = connection.execute(
        "select p.organization_text from posts p join local_entities l on l.article_id = p.article_id and l.local_entity = p.local_person"
        " join linked k on k.local = l.rowid where p.article_id = ? and k.entity_id = ? and p.organization_text <> ''", (article, person)
    )  # fmt: skip
    return {fold(row[0]) for row in rows}
