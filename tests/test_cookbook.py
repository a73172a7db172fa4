"""The cookbook keeps its word: its commands, queries and programs are run from top to bottom."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from miner.cli import main
from tests.asked import LATER, OTHER, asked_archive

FENCE = re.compile(r"^```(sh|sql|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _pieces(root: Path) -> Iterator[tuple[str, str]]:
    for kind, text in FENCE.findall((root / "docs" / "cookbook.md").read_text(encoding="utf-8")):
        if kind == "sh":
            yield from ((kind, line) for line in text.splitlines() if line.strip())
        else:
            yield kind, text


def test_everything_in_the_cookbook_runs(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    asked_archive(tmp_path)
    (tmp_path / "版面").mkdir()
    for name, text in (("b.txt", OTHER), ("c.txt", LATER)):
        (tmp_path / "版面" / name).write_text(text.split("\n", 2)[2], encoding="utf-8")
    (tmp_path / "名单.csv").write_text("企业名称,负责人\n旭化成,小周\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = set()
    for kind, text in _pieces(root):
        ran.add(kind)
        if kind == "sh":
            program, *words = shlex.split(text)
            assert program == "miner", text
            done = CliRunner().invoke(main, words)
            assert done.exit_code == 0, f"{text}\n{done.output}\n{done.exception!r}"
        elif kind == "sql":
            connection = sqlite3.connect("expo.db")
            assert connection.execute(text).fetchall(), text
            connection.close()
        else:
            exec(compile(text, "cookbook", "exec"), {})
    assert ran == {"sh", "sql", "python"}
    for name in ("工作簿.xlsx", "企业.csv", "事件.xlsx", "关系.gexf", "签约.graphml", "expo.ftm.json"):
        assert os.path.getsize(name) > 0
