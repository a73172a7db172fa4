"""`miner explain` shows for a stretch of text who proposed it, what spoke for and against it, and what became of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from miner.cli import main
from miner.config import Config
from miner.engine import run_paths
from miner.recognise.grounds import read_grounds


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain")
    (folder / "in").mkdir()
    story = "远岚集团签约\n\n11月7日，远岚集团董事长周启航与青浦区人民政府签署合作协议。\n"
    (folder / "in" / "story.txt").write_text(story, encoding="utf-8")
    run_paths([str(folder / "in")], folder / "expo.db", Config(issue_date="2023-11-08", layout="article"))
    return folder / "expo.db"


def _explained(database: Path, word: str) -> str:
    done = CliRunner().invoke(main, ["explain", str(database), "远岚", word])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_name_is_explained_with_its_evidence(database: Path) -> None:
    told = _explained(database, "周启航")
    assert "✓" in told and "人物" in told
    assert "network person" in told and "title" in told


def test_what_decided_stays_with_the_name(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        rows = connection.execute("select text, label, evidence from mentions").fetchall()
    kept = {(text, label): read_grounds(evidence) for text, label, evidence in rows}
    person = kept["周启航", "person"]
    assert "network" in person["by"] and person["pieces"][0][0] == "network person"
    assert all(len(one["pieces"]) <= 4 and len(one["lost"]) <= 2 for one in kept.values())
    body = kept["青浦区人民政府", "organization"]
    assert not any(text == "青浦区人民政府" for text, _, _ in body["lost"])


def test_what_was_stored_is_told_before_it_is_weighed_again(database: Path) -> None:
    told = _explained(database, "周启航")
    assert told.index("as stored") < told.index("weighed again now")
    assert told.count("network person") >= 2


def test_what_is_no_evidence_is_refused() -> None:
    for kept in ("{}", '{"by": 1}', "[]"):
        with pytest.raises(ValueError, match="no evidence"):
            read_grounds(kept)


def test_a_word_that_tells_an_event_is_explained(database: Path) -> None:
    told = _explained(database, "签署")
    assert "events" in told and "✓ 签署" in told and "签约" in told
    assert "the word itself" in told


def test_what_nobody_takes_for_a_name_is_said(database: Path) -> None:
    done = CliRunner().invoke(main, ["explain", str(database), "远岚", "11月"])
    assert done.exit_code == 3
    assert "nothing to name" in done.output


def test_an_article_that_is_not_there_is_said(database: Path) -> None:
    done = CliRunner().invoke(main, ["explain", str(database), "没有这一篇", "周启航"])
    assert done.exit_code != 0
    assert "Traceback" not in done.output
