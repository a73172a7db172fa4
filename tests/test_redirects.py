"""Addresses last: an id of an earlier resolving leads to what its names are part of now."""

from __future__ import annotations

import sqlite3

from miner.resolve import resolve_facts
from miner.store.redirects import led_on

from .builders import Story, memory_database, store

SHORT = Story(
    "澜石食品再次参展，顾泊舟说订单多了。",
    published="2022-11-09",
    enterprises=[("澜石食品",)],
    people=[("顾泊舟",)],
    path="short.txt",
)
FULL = Story(
    "上海澜石食品有限公司（以下简称“澜石食品”）带来新品，总经理顾泊舟到场。",
    enterprises=[("上海澜石食品有限公司", "澜石食品")],
    people=[("顾泊舟",)],
    path="full.txt",
)


def ids(connection: sqlite3.Connection) -> dict[str, str]:
    return {name: identifier for identifier, name in connection.execute("select id, name from enterprises")}


def test_a_merged_thing_leads_on() -> None:
    connection = memory_database()
    store(connection, [SHORT])
    resolve_facts(connection)
    before = ids(connection)["澜石食品"]
    store(connection, [FULL])
    resolve_facts(connection)
    now = ids(connection)
    assert list(now) == ["上海澜石食品有限公司"]
    assert [before] == list(now.values()) or led_on(connection, before) == list(now.values())


def parted(connection: sqlite3.Connection) -> None:
    (left, right), *_ = connection.execute(
        "select left_id, right_id from judgements where kind = 'enterprise' and same"
    ).fetchall()
    connection.execute(
        "insert into judgements values ('x', 'enterprise', ?, ?, '', '', 0, 1, '人工', 'user')", (left, right)
    )


def test_a_split_thing_offers_what_it_was_split_into() -> None:
    connection = memory_database()
    store(connection, [SHORT, FULL])
    resolve_facts(connection)
    (before,) = ids(connection).values()
    parted(connection)
    resolve_facts(connection)
    now = set(ids(connection).values())
    assert len(now) == 2
    assert now <= {before, *led_on(connection, before)}


def test_an_id_that_was_never_given_leads_nowhere() -> None:
    connection = memory_database()
    store(connection, [SHORT])
    resolve_facts(connection)
    assert led_on(connection, "0") == []


def test_what_is_merged_and_split_again_is_found_at_its_first_address() -> None:
    connection = memory_database()
    store(connection, [SHORT])
    resolve_facts(connection)
    first = ids(connection)["澜石食品"]
    store(connection, [FULL])
    resolve_facts(connection)
    parted(connection)
    resolve_facts(connection)
    assert first in ids(connection).values()
    assert (
        connection.execute(
            "select count(*) from redirects where old_id = ? and kind = 'merged'", (first,)
        ).fetchone()[0]
        == 0
    )
