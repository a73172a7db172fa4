"""Cases of resolving: what is one thing however it is written, and what stays apart, in small invented archives."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from miner.resolve import resolve_facts

from .builders import Story, load_cases, memory_database, store

CASES = load_cases(Path(__file__).parent / "cases" / "resolve")


def resolved(case: dict[str, Any], order: int = 1) -> tuple[sqlite3.Connection, dict[str, str]]:
    """Return the resolved database of a case, and the entity of each name as `name@number of the story`."""
    connection = memory_database()
    stories = [Story(**story, path=f"{number}.txt") for number, story in enumerate(case["stories"])]
    store(connection, stories[::order])
    resolve_facts(connection)
    rows = connection.execute(
        "select l.name, d.path, l.entity_id from local_entities l join articles a on a.id = l.article_id join documents d on d.id = a.document_id"
    )
    return connection, {f"{name}@{path.removesuffix('.txt')}": entity for name, path, entity in rows}


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    _, entity = resolved(case)
    for names in case.get("one", ()):
        assert len({entity[name] for name in names}) == 1, names
    for names in case.get("apart", ()):
        assert len({entity[name] for name in names}) == len(names), names


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_the_stories_does_not_matter(case: dict[str, Any]) -> None:
    assert resolved(case)[1] == resolved(case, order=-1)[1]


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].get("one")])
def test_what_was_joined_has_a_judgement_with_reasons(case: dict[str, Any]) -> None:
    connection, entity = resolved(case)
    apart = {name.partition("@")[0] for names in case["one"] for name in names}
    if len(apart) > 1 and len(entity) > 1:
        rows = connection.execute(
            "select reasons from judgements where same and kind in ('enterprise', 'organization', 'person')"
        ).fetchall()
        assert all(reasons for (reasons,) in rows)
