"""The notebooks run from the first cell to the last, on the project's own corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from miner.config import Config
from miner.engine import run_paths

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notebooks") / "expo.db"
    run_paths([str(Path(__file__).resolve().parent.parent / "corpus")], path, Config())
    return path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs(path: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("EXPO_DB", str(database))
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    tables = [
        out
        for cell in notebook.cells
        if cell.cell_type == "code"
        for out in cell.outputs
        if "text/html" in out.get("data", {})
    ]
    assert tables and all(
        "<td" in out["data"]["text/html"] or "<svg" in out["data"]["text/html"] for out in tables
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_outputs_are_kept_small(path: Path) -> None:
    assert path.stat().st_size < 100_000
