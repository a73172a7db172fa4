"""Corrections on the site: the list of them, and the forms that a thing, an event or an article offers."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from miner.desk.correct.apply import settled
from miner.desk.correct.file import read, remove
from miner.errors import InputError
from miner.language.event_types import event_types
from miner.publish.archive import EVENT_TYPES, KINDS, STATUSES, first, rows

STATES = {
    "new": "尚未归并",
    "applied": "已生效",
    "unmatched": "已对不上",
    "ambiguous": "所指不止一个",
    "contradicted": "与别条矛盾",
}
VERBS = {
    "merge": "合并", "split": "分开", "rename": "改名", "alias": "别名", "reject": "不对", "post": "职务", "headline": "标题",
    "byline": "署名", "date": "日期", "event": "事件",
}  # fmt: skip
_MOST = 500
_LIKE = 12


def listing(connection: sqlite3.Connection, path: Path) -> dict[str, Any]:
    """Return what the template shows of the corrections of an archive; its file rules, also before it was applied."""
    known = {one.correction.id: one for one in settled(connection)}
    try:
        found, fault = read(path), ""
    except InputError as error:
        found, fault = None, str(error)
    said = list(found.corrections) if found is not None else [one.correction for one in known.values()]
    shown = [
        {
            "id": one.id, "line": one.line, "verb": VERBS[one.verb], "kind": _kind(one.kind), "shown": one.shown, "who": one.who,
            "when": one.when, "why": one.why, "status": known[one.id].status if one.id in known else "new",
            "told": known[one.id].told if one.id in known else None,
        }
        for one in said[-_MOST:]
    ]  # fmt: skip
    waiting = sum(row["status"] == "new" for row in shown) + len(known.keys() - {one.id for one in said})
    return {
        "title": "更正", "rows": shown[::-1], "faults": found.faults if found is not None else (), "fault": fault,
        "states": STATES, "waiting": waiting, "file": path.name,
    }  # fmt: skip


def _kind(kind: str) -> str:
    return (
        KINDS[kind].title
        if kind in KINDS
        else {"event": "事件", "quote": "引语", "figure": "数字", "post": "职务"}.get(kind, "")
    )


def undo(path: Path, key: str) -> None:
    """Take a correction out of the file; raises InputError when it is not there."""
    if remove(path, key) is None:
        raise InputError("没有这条更正 / no such correction", code="no-correction")


def forms(connection: sqlite3.Connection, kind: str, identity: str) -> dict[str, Any] | None:
    """Return what the forms of a thing, an event or an article show, or None when there is none of that id."""
    about: dict[str, Any] = {"kind": kind, "id": identity, "event_types": EVENT_TYPES, "statuses": STATUSES}
    if kind in KINDS:
        return _of_thing(connection, kind, identity, about)
    if kind == "event":
        event = first(connection, "select * from events where id = ?", (identity,))
        reports = rows(
            connection,
            "select r.article_id, r.evidence, a.headline, a.newspaper, a.published from event_reports r"
            " join articles a on a.id = r.article_id where r.event_id = ? order by a.published, r.id limit 60",
            (identity,),
        )
        parties = rows(
            connection,
            "select distinct name from event_participants where event_id = ? limit 60",
            (identity,),
        )
        return event and {
            **about, "title": f"更正：{event['title']}", "event": event, "reports": reports, "parties": parties,
            "types": list(event_types()),
        }  # fmt: skip
    if kind == "article":
        article = first(
            connection,
            "select id, headline, byline, published, newspaper from articles where id = ?",
            (identity,),
        )
        return article and {
            **about,
            "title": f"更正：{article['headline'] or '（无标题）'}",
            "article": article,
            **_facts(connection, identity),
        }
    return None


def _of_thing(
    connection: sqlite3.Connection, kind: str, identity: str, about: dict[str, Any]
) -> dict[str, Any] | None:
    thing = first(connection, f"select id, name from [{KINDS[kind].table}] where id = ?", (identity,))
    if thing is None:
        return None
    column = KINDS[kind].column
    names = rows(
        connection, "select name, count(*) as n from local_entities where label = ? and entity_id = ? group by 1 order by 2 desc"
        " limit 40", (kind, identity),
    )  # fmt: skip
    articles = rows(
        connection,
        f"select distinct a.id, a.headline, a.newspaper, a.published from mentions m join articles a on a.id = m.article_id"
        f" where m.[{column}] = ? order by a.published desc, a.id limit 40",
        (identity,),
    )
    like = rows(
        connection,
        f"select id, name from [{KINDS[kind].table}] where id <> ?1 and (instr(name, ?2) or instr(?3, name)) order by n_articles desc"
        f" limit {_LIKE}",
        (identity, thing["name"][:2], thing["name"]),
    )
    posts = rows(
        connection, "select distinct title, organization_text from posts where person_id = ? limit 40", (identity,)
    ) if kind == "person" else []  # fmt: skip
    title = f"更正：{thing['name']}"
    return {
        **about,
        "title": title,
        "thing": thing,
        "names": names,
        "articles": articles,
        "like": like,
        "posts": posts,
    }


def _facts(connection: sqlite3.Connection, identity: str) -> dict[str, Any]:
    """Return the facts of an article that may be wrong."""
    return {
        "quotes": rows(connection, "select speaker, text from quotes where article_id = ? order by start limit 100", (identity,)),
        "figures": rows(connection, "select text, measure from figures where article_id = ? order by start limit 200", (identity,)),
        "reports": rows(
            connection, "select event_id, type, trigger, evidence from event_reports where article_id = ? order by start limit 100",
            (identity,),
        ),
        "mentions": rows(
            connection, "select label, text, count(*) as n from mentions where article_id = ? group by 1, 2 order by 1, 3 desc"
            " limit 200", (identity,),
        ),
        "posts": rows(
            connection, "select n.name, p.organization_text, p.title from posts p join people n on n.id = p.person_id"
            " where p.article_id = ? order by p.start limit 100", (identity,),
        ),
    }  # fmt: skip
