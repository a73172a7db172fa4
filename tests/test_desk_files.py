"""Exports that other programs open, and two databases held against each other."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import networkx
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from miner.cli import main
from miner.config import Config
from miner.desk.compare import differences
from miner.desk.export import export_rows, rows_of
from miner.engine import run_paths
from miner.errors import ConfigError, InputError

STORY = "远岚集团与青浦区签约\n\n11月7日，远岚集团与青石化工股份有限公司在第六届进博会上签署合作协议，金额3.5亿元。\n"


def _database(folder: Path, story: str) -> Path:
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "story.txt").write_text(story, encoding="utf-8")
    run_paths([str(folder / "in")], folder / "expo.db", Config(issue_date="2023-11-08", layout="article"))
    return folder / "expo.db"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _database(tmp_path_factory.mktemp("files"), STORY)


def _run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx", "parquet"])
def test_rows_come_back_as_they_were(database: Path, tmp_path: Path, kind: str) -> None:
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    out = tmp_path / f"out.{kind}"
    _run(
        "export",
        str(database),
        "select name, n_articles from enterprises order by name",
        "--to",
        kind,
        "--out",
        str(out),
    )
    right = (
        sqlite3.connect(database).execute("select name, n_articles from enterprises order by name").fetchall()
    )
    if kind == "csv":
        rows = [
            (row[0], int(row[1])) for row in csv.reader(out.read_text(encoding="utf-8-sig").splitlines()[1:])
        ]
    elif kind == "jsonl":
        rows = [tuple(json.loads(line).values()) for line in out.read_text(encoding="utf-8").splitlines()]
    elif kind == "xlsx":
        rows = list(load_workbook(out).active.iter_rows(min_row=2, values_only=True))
    else:
        import pyarrow.parquet

        rows = [tuple(row.values()) for row in pyarrow.parquet.read_table(out).to_pylist()]
    assert rows == right


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    connection = sqlite3.connect(":memory:")
    rows = rows_of(connection, "select '=cmd|x' as a, '-1+1' as b, -1 as c")
    export_rows(rows, tmp_path / "out.csv", "csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "'=cmd|x,'-1+1,-1"


@pytest.mark.parametrize("kind", ["graphml", "gexf"])
def test_graphs_open_where_they_are_read(database: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"out.{kind}"
    _run("export", str(database), "--to", kind, "--type", "signing", "--out", str(out))
    graph = networkx.read_graphml(out) if kind == "graphml" else networkx.read_gexf(out)
    labels = {key: seen["label"] for key, seen in graph.nodes(data=True)}
    assert {"远岚集团", "青石化工股份有限公司"} in [{labels[a], labels[b]} for a, b in graph.edges]


@pytest.mark.parametrize("kind", ["doccano", "brat"])
def test_annotations_stand_at_their_characters(database: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    _run("export", str(database), "--to", kind, "--out", str(out))
    if kind == "doccano":
        row = json.loads(out.read_text(encoding="utf-8"))
        assert "远岚集团" in {row["text"][start:end] for start, end, _ in row["label"]}
        return
    (found,) = out.glob("*.ann")
    text = found.with_suffix(".txt").read_text(encoding="utf-8")
    for line in found.read_text(encoding="utf-8").splitlines():
        _, place, name = line.split("\t")
        assert text[int(place.split()[1]) : int(place.split()[2])] == name


def test_what_cannot_be_exported_is_said(database: Path, tmp_path: Path) -> None:
    assert "no such table" in _run(
        "export", str(database), "nothing", "--to", "csv", "--out", str(tmp_path / "x"), code=2
    )
    assert "cannot be written" in _run(
        "export", str(database), "events", "--to", "csv", "--out", str(tmp_path / "no" / "x"), code=3
    )
    with pytest.raises(ConfigError):
        rows_of(sqlite3.connect(database), "select nonsense from nowhere")
    with pytest.raises(InputError):
        export_rows(rows_of(sqlite3.connect(database), "events"), tmp_path / "no" / "x", "csv")
    assert not list(tmp_path.iterdir())


def test_a_database_does_not_differ_from_itself(database: Path) -> None:
    assert list(differences(sqlite3.connect(database), sqlite3.connect(database))) == []


def test_what_appeared_vanished_and_changed_is_told(database: Path, tmp_path: Path) -> None:
    other = _database(tmp_path, STORY.replace("3.5亿元", "4亿元"))
    found = list(differences(sqlite3.connect(database), sqlite3.connect(other)))
    assert {(one.kind, one.change) for one in found} >= {("figures", "appeared"), ("figures", "vanished")}
    text = _run("diff", str(database), str(other), "--kind", "figures")
    assert any(line.startswith("- 数字  3.5亿元") for line in text.splitlines())
    assert json.loads(_run("diff", str(database), str(other), "--to", "json").splitlines()[0])["change"]
    assert _run("diff", str(database), str(other), "--to", "html").startswith("<!doctype html>")
    assert "--kind" in _run("diff", str(database), str(other), "--kind", "nothing", code=2)
