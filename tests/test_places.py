"""Files that come, change, move and go: the database after any history is the one that a fresh run makes."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from miner import chunks, engine
from miner.config import Config
from miner.model import ArticleLine, Document, Mined
from miner.recognise import Recogniser
from miner.store.database import open_database
from miner.store.schema import TABLES

TEXTS = (
    "第六届进博会开幕\n第六届进博会昨天在上海开幕。滨江食品有限公司总经理王小明说：“今年我们订了三个展位。”展览面积达36.7万平方米。",
    "松江签下备忘录\n前天，滨江食品有限公司与北岛乳业签署备忘录，采购额达3200万美元。北岛乳业董事长林岚表示，明年还来。",
    "青浦服务再升级\n滨江食品公司王小明昨天走访青浦区会展服务中心，与中心主任陈卫国会谈。王小明表示，服务不打烊。",
    "首批订单昨天签下\n11月6日，北岛乳业与滨江食品有限公司签约，金额为3000万美元。滨江食品有限公司简称滨江食品。",
)
NAMES = (
    "a.txt",
    "b.txt",
    "z/a.txt",
    "2023-11-05/a.txt",
    "2023-11-06/02版/b.txt",
    "浦江日报/20231107_A01.txt",
    "w/8821.html",
    "w/8821_2.html",
    "c.csv",
    "2022-11-08/c.csv",
    "d.zip",
)


def lined(documents: Sequence[Document], config: Config, recogniser: object) -> Iterator[Mined]:
    """Mine documents as far as places go: their lines."""
    for document in documents:
        rows = tuple(ArticleLine(line.number, None, "other", line.text) for line in document.lines)
        yield Mined(document, rows, (), document.problems)


def put(path: Path, text: str) -> None:
    """Write a file of the kind that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            for name in ("2021-11-05/x.txt", "y.txt"):
                packed.writestr(zipfile.ZipInfo(name), text if name.endswith("x.txt") else TEXTS[0])
    elif path.suffix == ".csv":
        first = TEXTS.index(text)
        rows = "".join(f'"{TEXTS[n % 4]}",题\n' for n in range(first, first + 3))
        path.write_text(f"正文,标题\n{rows}", "utf-8")
    elif path.suffix == ".html":
        head, body = text.split("\n")
        pager = "<a href=8821.html>上一页</a>" if "_2" in path.name else "<a href=8821_2.html>下一页</a>"
        page = (
            f"<html><title>{head}</title><h1>{head}</h1><div><p>{body}</p><p>{body}</p>{pager}</div></html>"
        )
        path.write_text(page, "utf-8")
    else:
        path.write_text(text, "utf-8")


def contents(database: Path) -> dict[str, list[str]]:
    """All rows of a database but for the runs that wrote them."""
    with sqlite3.connect(database) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        assert not connection.execute("pragma foreign_key_check").fetchall()
        return {
            table.name: sorted(
                repr(row)
                for row in connection.execute(
                    f"select {', '.join(f'[{c.name}]' for c in table.columns if c.name != 'run_id')} from [{table.name}]"
                )
            )
            for table in TABLES
            if table.name not in ("runs", "redirects")  # both tell a history
        }


@pytest.fixture
def only_places(monkeypatch: pytest.MonkeyPatch) -> None:
    without_models(monkeypatch)


def without_models(patch: pytest.MonkeyPatch) -> None:
    """Leave out what takes models."""
    patch.setattr(engine.Recogniser, "load", lambda *chosen: None)
    patch.setattr(chunks, "mine", lined)
    patch.setattr(engine, "resolve_archive", lambda connection, **about: None)


def run(root: Path, database: Path, **options: Any) -> engine.Progress:
    return engine.run_paths([str(root)], database, Config(), **options)


def same_as_fresh(root: Path, database: Path) -> None:
    """Compare with a database that is made anew."""
    fresh = database.with_name("fresh.db")
    fresh.unlink(missing_ok=True)
    open_database(fresh, create=True).close()  # where nothing can be read, none is made
    run(root, fresh)
    assert contents(database) == contents(fresh)


class Histories(RuleBasedStateMachine):
    """Any sequence of what people do to files, with runs in between."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "archive"
        self.root.mkdir()
        self.database = self.folder / "expo.db"
        open_database(self.database, create=True).close()
        self.patch = pytest.MonkeyPatch()
        self.prepare()
        self.fresh = False

    def prepare(self) -> None:
        """Make runs quick."""
        without_models(self.patch)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.patch.undo()
            shutil.rmtree(self.folder)

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(TEXTS))
    def write(self, name: str, text: str) -> None:
        put(self.root / name, text)

    @rule(name=st.sampled_from(NAMES), to=st.sampled_from(NAMES))
    def move(self, name: str, to: str) -> None:
        if (self.root / name).exists() and Path(name).suffix == Path(to).suffix:
            (self.root / to).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).replace(self.root / to)

    @rule(name=st.sampled_from(NAMES), other=st.sampled_from(NAMES))
    def swap(self, name: str, other: str) -> None:
        one, two = self.root / name, self.root / other
        if one.exists() and two.exists() and one != two and one.suffix == two.suffix:
            one.replace(self.folder / "aside")
            two.replace(one)
            (self.folder / "aside").replace(two)

    @rule(name=st.sampled_from(NAMES))
    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    @rule(name=st.sampled_from(NAMES), to=st.sampled_from(NAMES))
    def copy(self, name: str, to: str) -> None:
        if (self.root / name).exists() and name != to and Path(name).suffix == Path(to).suffix:
            (self.root / to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.root / name, self.root / to)

    @rule()
    def mine(self) -> None:
        run(self.root, self.database, prune=True)
        self.fresh = True

    @invariant()
    def equals_a_fresh_run(self) -> None:
        if getattr(self, "fresh", False):
            same_as_fresh(self.root, self.database)
            self.fresh = False


Histories.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestHistories = Histories.TestCase


@cache
def recogniser() -> Recogniser:
    return Recogniser.load("fast")


class WholeHistories(Histories):
    """The same with all facts, resolved."""

    def prepare(self) -> None:
        """Load the models once for all runs."""
        loaded = recogniser()
        self.patch.setattr(engine.Recogniser, "load", lambda *chosen: loaded)


WholeHistories.TestCase.settings = settings(
    max_examples=2, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWholeHistories = WholeHistories.TestCase


def test_a_file_that_changed_leaves_nothing_of_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = recogniser()
    monkeypatch.setattr(engine.Recogniser, "load", lambda *chosen: loaded)
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    for text in (TEXTS[2], TEXTS[0]):
        put(root / "a.txt", text)
        run(root, database, prune=True)
    same_as_fresh(root, database)


def test_files_that_join_others_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = recogniser()
    monkeypatch.setattr(engine.Recogniser, "load", lambda *chosen: loaded)
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    for name, text in (("浦江日报/20231107_A01.txt", 2), ("d.zip", 1), ("b.txt", 1)):
        put(root / name, TEXTS[text])
        run(root, database, prune=True)
    same_as_fresh(root, database)


@pytest.mark.usefixtures("only_places")
def test_a_file_that_moved_keeps_its_id_and_takes_date_and_page_of_its_new_path(tmp_path: Path) -> None:
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    put(root / "2023-11-05/01版/a.txt", TEXTS[0])
    run(root, database)
    before = sqlite3.connect(database).execute("select id from documents").fetchall()
    (root / "2023-11-06/A02版").mkdir(parents=True)
    (root / "2023-11-05/01版/a.txt").rename(root / "2023-11-06/A02版/b.txt")
    run(root, database)
    found = sqlite3.connect(database).execute("select id, path, issue_date, page from documents").fetchall()
    assert found == [(before[0][0], "2023-11-06/A02版/b.txt", "2023-11-06", "A02")]
    same_as_fresh(root, database)


@pytest.mark.usefixtures("only_places")
def test_what_is_gone_stays_unless_it_is_pruned(tmp_path: Path) -> None:
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    put(root / "a.txt", TEXTS[0])
    put(root / "b.txt", TEXTS[1])
    run(root, database)
    (root / "a.txt").unlink()
    assert run(root, database).pruned == ()
    assert len(contents(database)["documents"]) == 2
    assert run(root, database, prune=True).pruned == ("a.txt",)
    same_as_fresh(root, database)


@pytest.mark.usefixtures("only_places")
def test_one_file_of_a_folder_says_nothing_of_the_others(tmp_path: Path) -> None:
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    put(root / "a.txt", TEXTS[0])
    put(root / "b.txt", TEXTS[1])
    run(root, database)
    (root / "b.txt").unlink()
    engine.run_paths([str(root / "a.txt")], database, Config(), prune=True)
    assert len(contents(database)["documents"]) == 2


@pytest.mark.usefixtures("only_places")
def test_an_archive_that_cannot_be_read_now_does_not_take_its_members_away(tmp_path: Path) -> None:
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    put(root / "d.zip", TEXTS[1])
    run(root, database)
    whole = (root / "d.zip").read_bytes()
    (root / "d.zip").write_bytes(whole[:40])
    run(root, database, prune=True)
    assert len(contents(database)["documents"]) == 3
    (root / "d.zip").write_bytes(whole)
    run(root, database, prune=True)
    same_as_fresh(root, database)


@pytest.mark.usefixtures("only_places")
def test_an_unchanged_archive_changes_no_byte(tmp_path: Path) -> None:
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    for name in NAMES:
        put(root / name, TEXTS[len(name) % 4])
    run(root, database)
    before = database.read_bytes()
    done = run(root, database)
    assert (done.documents, database.read_bytes() == before) == (0, True)


@pytest.mark.usefixtures("only_places")
def test_a_database_of_before_gets_its_new_column(tmp_path: Path) -> None:
    root, database = tmp_path / "archive", tmp_path / "expo.db"
    put(root / "a.txt", TEXTS[0])
    run(root, database)
    with sqlite3.connect(database) as connection:
        connection.execute("alter table locations drop column root_sha256")
    run(root, database, force=True)
    same_as_fresh(root, database)
