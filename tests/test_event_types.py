"""A type of events is one entry of the lexicon: a made-up one goes through the whole line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from miner.config import Config
from miner.engine import run_paths
from miner.errors import ModelError
from miner.language import lexicon
from miner.language.event_types import event_types, type_of
from miner.language.lexicon import Entry, load_all
from miner.publish.serve import build
from miner.relate.events import triggers
from miner.store.words import ROLES

DONATION = Entry(
    "捐赠", kind="donation", roles=("donor", "donee"), values=("acting",), words=("捐赠", "捐出")
)
STORY = "晨星医疗器械有限公司向江城大学捐赠设备\n\n    11月7日，晨星医疗器械有限公司向江城大学捐赠了一批设备，价值300万元。\n"


@pytest.fixture
def with_donations(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add an entry to the lexicon of types, as a user would to its file."""
    lexicons = dict(load_all())
    lexicons["event_types"] = (*lexicons["event_types"], DONATION)
    monkeypatch.setattr(lexicon, "load_all", lambda: lexicons)
    for kept in (event_types, triggers.automaton):
        kept.cache_clear()
    yield
    monkeypatch.undo()
    for kept in (event_types, triggers.automaton):
        kept.cache_clear()


async def test_a_type_of_ones_own_needs_one_entry(with_donations: None, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "2022-11-08.txt").write_text(STORY, encoding="utf-8")
    database = tmp_path / "expo.db"
    run_paths([str(archive)], database, Config())
    connection = sqlite3.connect(database)
    (event,) = connection.execute("select id, title from events where type = 'donation'").fetchall()
    who, what, whom = event[1].split(" ")
    assert (who, whom) == ("晨星医疗器械有限公司", "江城大学") and "捐赠" in what
    roles = connection.execute("select role, name from event_participants order by name desc").fetchall()
    assert {("donor", "晨星医疗器械有限公司"), ("donee", "江城大学")} <= set(roles)
    connection.close()
    datasette = build(database)
    await datasette.invoke_startup()
    page = await datasette.client.get(f"/-/expo/event/{event[0]}")
    assert page.status_code == 200 and "捐赠" in page.text and "donation" not in page.text


@pytest.mark.parametrize(
    "entry",
    [Entry("捐赠"), Entry("捐赠", kind="donation", roles=("donor",), values=("acting",)),
     Entry("捐赠", kind="donation", roles=("donor", "donee"), values=("loud",))],
)  # fmt: skip
def test_a_type_says_its_code_two_roles_and_grammar(entry: Entry) -> None:
    with pytest.raises(ModelError, match="捐赠"):
        type_of(entry)


def test_the_lexicon_of_types_is_whole() -> None:
    assert len(event_types()) == 12
    assert all(kind.title and len(set(kind.roles)) <= 2 for kind in event_types().values())


def test_every_role_has_a_chinese_title() -> None:
    roles = {role for kind in event_types().values() for role in kind.roles}
    assert roles <= ROLES.keys()
