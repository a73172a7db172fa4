"""The house keeps its order: imports go one way, modules stay small, nothing works at import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = (
    "offsets", "model", "errors", "config", "lexicon", "resources", "stories", "typeset", "read", "restore", "split", "segment", "recognise", "dates",
    "numbers", "relate", "pipeline", "store", "resolve", "engine", "publish", "export", "evaluate", "train", "cli", "docs", "__main__",
)  # fmt: skip
"""A module imports only from modules that stand before its own."""

MODULES = sorted((ROOT / "miner").rglob("*.py"))


def _group(path: Path) -> str:
    first = path.relative_to(ROOT / "miner").parts[0]
    return first.removesuffix(".py")


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for statement in ast.walk(tree):
        names: list[str] = []
        if isinstance(statement, ast.ImportFrom) and statement.module and statement.level == 0:
            names = [statement.module]
            if statement.module == "miner":
                names = [f"miner.{alias.name}" for alias in statement.names]
        elif isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        found.update(name.split(".")[1] for name in names if name.startswith("miner."))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    group = _group(path)
    if group == "__init__":
        return
    assert group in ORDER, f"{group} has no place in the order"
    below = ORDER[: ORDER.index(group)]
    wrong = {name for name in _imports(path) if name in ORDER and name != group and name not in below}
    assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}, which stand after {group}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_command_line_prints(path: Path) -> None:
    if path.name in ("cli.py",):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [c for c in ast.walk(tree) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name) and c.func.id == "print"]
    assert not calls


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, f"{path.relative_to(ROOT)} has no docstring"
