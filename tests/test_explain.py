"""`miner explain` shows for a stretch of text who proposed it, what spoke for and against it, and what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from miner.cli import main
from miner.config import Config
from miner.engine import run_paths


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


def test_what_nobody_takes_for_a_name_is_said(database: Path) -> None:
    done = CliRunner().invoke(main, ["explain", str(database), "远岚", "签署合作协议"])
    assert done.exit_code == 3
    assert "nothing to name" in done.output


def test_an_article_that_is_not_there_is_said(database: Path) -> None:
    done = CliRunner().invoke(main, ["explain", str(database), "没有这一篇", "周启航"])
    assert done.exit_code != 0
    assert "Traceback" not in done.output
