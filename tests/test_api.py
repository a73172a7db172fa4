"""The Python interface: typed records and data frames; importing the package does no work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import miner
from miner import Archive, Config, MinerError, make_archive, mine, open_archive
from tests.asked import STORY, asked_archive


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asked_archive(tmp_path_factory.mktemp("api"))


def test_importing_the_package_does_no_work() -> None:
    code = "import sys, miner; loaded = [m for m in sys.modules if m.startswith('miner.')]; sys.exit(bool(loaded))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    with pytest.raises(AttributeError):
        _ = miner.nonsense


def test_mining_yields_records_and_stores_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    (document,) = mine([tmp_path], Config(layout="article"))
    (facts,) = document.facts
    assert facts.article.headline == "旭化成签约落户长宁" and facts.quotes
    body = facts.article.body
    assert all(quote.span.of(body) == quote.text for quote in facts.quotes if quote.field == "body")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_making_an_archive(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(STORY, encoding="utf-8")
    with make_archive([tmp_path / "in"], tmp_path / "x.db", Config(layout="article")) as archive:
        assert len(list(archive.articles())) == 1
    with pytest.raises(MinerError):
        make_archive([tmp_path / "none"], tmp_path / "y.db")
    assert not (tmp_path / "y.db").exists()


def test_records(database: Path) -> None:
    with open_archive(database) as archive:
        assert [a.published for a in archive.articles()] == ["2022-11-08", "2022-11-09", "2023-11-07"]
        assert [a.newspaper for a in archive.articles(edition=5, since="2022-11-09")] == ["滨江时报"]
        assert "旭化成（中国）投资有限公司" in {thing.name for thing in archive.enterprises()}
        assert {thing.name for thing in archive.people()} >= {"周启航"}
        event = next(archive.events(name="旭化成", edition=5, type="signing"))
        assert event.reports[0].source.sentence in STORY and event.reports[0].source.line == 4
        assert {said.speaker for said in archive.quotes(name="旭化成", edition=5)} == {"周启航"}
        assert all(figure.source.sentence for figure in archive.figures())
        assert archive.find("旭华成").near[0].name == "旭化成（中国）投资有限公司"
        assert archive.dossier("旭化成").thing.label == "enterprise"
        assert next(archive.search("隔膜")).article["newspaper"] == "滨江时报"
        with pytest.raises(MinerError, match="旭化成（中国）投资有限公司"):
            next(archive.events(name="旭华成"))


def test_a_search_yields_no_article_twice(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("miner.publish.pages.search", "miner.api"):
        monkeypatch.setattr(f"{module}.MAX_SIZE", 1)
        monkeypatch.setattr(f"{module}.MAX_PAGE", 2)
    with open_archive(database) as archive:
        found = [hit.article["id"] for hit in archive.search("旭化成")]
    assert len(found) == len(set(found)) == 2


def test_an_archive_is_read_only(database: Path) -> None:
    with open_archive(database) as archive:
        with pytest.raises(MinerError):
            archive.sql("delete from articles")
        assert archive.sql("select count(*) as n from articles where edition = ?", (5,)) == [{"n": 2}]
    with pytest.raises(MinerError):
        open_archive(database.with_name("none.db"))


def test_data_frames(database: Path) -> None:
    pytest.importorskip("pandas")
    with Archive(database) as archive:
        frame = archive.frame("select newspaper, count(*) as n from articles group by 1 order by 1")
        assert dict(zip(frame["newspaper"], frame["n"], strict=True)) == {"浦江日报": 2, "滨江时报": 1}
        assert len(archive.frame("event_list")) == len(list(archive.events()))
        with pytest.raises(MinerError):
            archive.frame("no_such_table")
