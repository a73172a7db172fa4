"""What readers collect: tags of articles, and searches that they saved to see what is new."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from miner.errors import InputError
from miner.language.fold import fold_name
from miner.offsets import stable_id
from miner.store import kept
from miner.store.write import now

ASKED = ("q", "newspaper", "edition", "section", "since", "until", "type", "entity", "about")
"""Arguments of the search page that a saved search keeps."""
_BEGINS = 40
_LONGEST_TAG, _LONGEST_NOTE = 40, 400
_MOST_SEARCHES = 500


@dataclass(frozen=True, slots=True)
class TaggedArticle:
    """An article under a tag; `article_id` is None when the archive has it no longer."""

    tag: str
    article_id: str | None
    headline: str
    published: str | None
    newspaper: str | None
    note: str | None
    added: str


@dataclass(frozen=True, slots=True)
class Search:
    """A saved search: the arguments of the search page, and when its reader last looked."""

    id: str
    name: str
    query: Mapping[str, str]
    added: str
    looked: str | None


def tag(connection: sqlite3.Connection, article_id: str, name: str, *, note: str = "") -> None:
    """Give an article a tag; raises InputError for an empty or overlong tag, and for an article that is not there."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_TAG:
        raise InputError(
            f"标签应有 1 到 {_LONGEST_TAG} 字 / a tag has 1 to {_LONGEST_TAG} characters", code="tag"
        )
    kept.create(connection)
    with connection:
        done = connection.execute(
            "insert or replace into tags (tag, article_id, headline, begins, note, added)"
            " select ?, id, headline, substr(body, 1, ?), ?, ? from articles where id = ?",
            (name, _BEGINS, note[:_LONGEST_NOTE] or None, now(), article_id),
        )
    if not done.rowcount:
        raise InputError("没有这篇文章 / no such article", code="no-article")


def untag(connection: sqlite3.Connection, article_id: str, name: str) -> bool:
    """Take a tag from an article; returns whether it had it."""
    kept.create(connection)
    with connection:
        return (
            connection.execute(
                "delete from tags where tag = ? and article_id = ?", (name, article_id)
            ).rowcount
            > 0
        )


def tags(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return the tags with how many articles each has."""
    if not kept.has(connection, "tags"):
        return []
    return connection.execute("select tag, count(*) from tags group by tag order by tag").fetchall()


def tags_of(connection: sqlite3.Connection, article_id: str) -> list[str]:
    """Return the tags of an article."""
    if not kept.has(connection, "tags"):
        return []
    return [
        row[0]
        for row in connection.execute("select tag from tags where article_id = ? order by tag", (article_id,))
    ]


def tagged(connection: sqlite3.Connection, name: str, *, most: int = 500) -> Iterator[TaggedArticle]:
    """Yield the articles of a tag, those tagged last first."""
    if not kept.has(connection, "tags"):
        return
    rows = connection.execute(
        "select t.tag, a.id, coalesce(a.headline, t.headline, t.begins), a.published, a.newspaper, t.note, t.added from tags t"
        " left join articles a on a.id = t.article_id where t.tag = ? order by t.added desc, t.article_id limit ?",
        (name, most),
    )
    yield from (TaggedArticle(*row) for row in rows.fetchall())


def find_again(connection: sqlite3.Connection) -> None:
    """Point the tags of articles that have another id now to it: a file was changed, its stories begin as before."""
    if not kept.has(connection, "tags"):
        return
    lost = connection.execute(
        "select rowid, headline, begins from tags t where not exists (select 1 from articles a where a.id = t.article_id)"
    ).fetchall()
    with connection:
        for row, headline, begins in lost:
            found = connection.execute(
                "select id, headline from articles where substr(body, 1, ?) = ?", (len(begins), begins)
            ).fetchall()
            same = [key for key, head in found if fold_name(head or "") == fold_name(headline or "")] or [
                k for k, _ in found
            ]
            if len(same) == 1:
                connection.execute(
                    "update or replace tags set article_id = ? where rowid = ?", (same[0], row)
                )


def save_search(connection: sqlite3.Connection, name: str, query: Mapping[str, str]) -> Search:
    """Save a search; raises InputError when it asks for nothing, or there are too many."""
    asked = {key: value for key, value in sorted(query.items()) if value}
    if not asked:
        raise InputError("没有检索条件 / nothing is searched for", code="search")
    kept.create(connection)
    if connection.execute("select count(*) from searches").fetchone()[0] >= _MOST_SEARCHES:
        raise InputError(f"存下的检索已有 {_MOST_SEARCHES} 个 / too many searches", code="search")
    told = json.dumps(asked, ensure_ascii=False)
    shown = " ".join(name.split())[:_LONGEST_TAG] or "、".join(asked.values())[:_LONGEST_TAG]
    key = stable_id("search", told)
    with connection:
        connection.execute(
            "insert into searches (id, name, query, added, looked) values (?, ?, ?, ?, ?)"
            " on conflict (id) do update set name = excluded.name",
            (key, shown, told, now(), now()),
        )
    return next(one for one in searches(connection) if one.id == key)


def searches(connection: sqlite3.Connection) -> list[Search]:
    """Return the saved searches by name."""
    if not kept.has(connection, "searches"):
        return []
    rows = connection.execute("select id, name, query, added, looked from searches order by name, id")
    return [
        Search(key, name, json.loads(query), added, looked)
        for key, name, query, added, looked in rows.fetchall()
    ]


def forget_search(connection: sqlite3.Connection, key: str) -> bool:
    """Remove a saved search; returns whether it was there."""
    kept.create(connection)
    with connection:
        return connection.execute("delete from searches where id = ?", (key,)).rowcount > 0


def looked_at(connection: sqlite3.Connection, key: str) -> None:
    """Remember that a search was looked at now."""
    with connection:
        connection.execute("update searches set looked = ? where id = ?", (now(), key))
