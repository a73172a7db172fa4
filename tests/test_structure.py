"""The house keeps its order: imports go one way, modules stay small, nothing works at import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from radon.complexity import cc_visit

ROOT = Path(__file__).resolve().parent.parent
ORDER = (
    "offsets",
    "errors",
    "shipped",
    "config",
    "resources",
    "expo",
    "language",
    "text",
    "model",
    "read",
    "split",
    "recognise",
    "relate",
    "pipeline",
    "store",
    "understand",
    "resolve",
    "desk",
    "publish",
    "digest",
    "remote",
    "chunks",
    "crew",
    "cluster",
    "engine",
    "doctor",
    "training",
    "evaluate",
    "terminal",
    "ask",
    "exchange",
    "api",
    "misused",
    "room",
    "cli",
    "docs",
    "__main__",
)
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


SHELVES = {"language", "store", "resources"}
"""Packages whose modules stand each for itself: their faces are the modules."""
FACES = {
    "read": {"pagemarks", "paths", "text"},
    "split": {"jumps", "oversized"},
    "recognise": {"explain", "grounds", "network.asked", "network.choice"},
    "resolve": {"names"},
    "desk": {
        "commands",
        "arrivals",
        "base",
        "collections",
        "correct.apply",
        "correct.commands",
        "correct.file",
        "correct.say",
        "coverage",
        "export",
        "lists",
        "targets",
        "workbook",
    },
    "exchange": {"commands"},
    "training": {"commands"},
    "publish": {
        "archive",
        "index",
        "index.fts",
        "index.listed",
        "index.views",
        "pages.article",
        "pages.found",
        "pages.search",
        "query",
        "serve",
    },
    "understand": {"periods", "reprints", "topics"},
    "ask": {"attention", "commands", "dossier", "facts", "opened", "things", "understanding"},
}
"""The modules of the other packages that code outside may use beside the package itself. `training` makes what is inside of
them, so it looks inside."""


def _outside(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what a module imports from inside other packages: package and module below it, and its private names."""
    for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(found, ast.ImportFrom) or not (found.module or "").startswith("miner."):
            continue
        package, _, inner = (found.module or "").removeprefix("miner.").partition(".")
        if package == _group(path):
            continue
        if inner and package not in SHELVES:
            yield package, inner
        yield from ((package, alias.name) for alias in found.names if alias.name.startswith("_"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_packages_are_used_by_their_faces(path: Path) -> None:
    if _group(path) != "training":
        wrong = [found for found in _outside(path) if found[1] not in FACES.get(found[0], ())]
        assert not wrong, f"{path.relative_to(ROOT)} reaches into {wrong}"


_IMPORT_ALL = """
import importlib, pkgutil, sys
worked = []
def watch(event, arguments):
    if event == "open" and "resources" in str(arguments[0]) and "miner" in str(arguments[0]):
        worked.append(str(arguments[0]))
    elif event in ("subprocess.Popen", "socket.connect"):
        worked.append(event)
import numpy, datasette.app, spacy
sys.addaudithook(watch)
import miner
for module in pkgutil.walk_packages(miner.__path__, "miner."):
    if not module.name.endswith("__main__") and ".training." not in module.name:
        importlib.import_module(module.name)
sys.exit("; ".join(worked) or None)
"""
_HEAVY = ("spacy", "sklearn", "datasette", "numpy", "torch", "pandas", "jieba", "lxml", "pypdfium2")


def _python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)


def test_nothing_works_at_import() -> None:
    done = _python(_IMPORT_ALL)
    assert done.returncode == 0, done.stderr


def test_the_command_line_starts_without_what_it_may_not_need() -> None:
    done = _python(f"import sys, miner.cli; sys.exit(' '.join(set({_HEAVY!r}) & sys.modules.keys()) or None)")
    assert done.returncode == 0, done.stderr


def test_a_run_that_finds_nothing_new_starts_without_what_only_resolving_needs() -> None:
    late = ("sklearn", "datasette", "pandas", "spacy", "pypinyin")
    done = _python(
        f"import sys, miner.engine; sys.exit(' '.join(set({late!r}) & sys.modules.keys()) or None)"
    )
    assert done.returncode == 0, done.stderr


def test_a_class_has_its_name_alone() -> None:
    """One meaning a name: who reads it somewhere knows what it is everywhere."""
    owners: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                owners.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert not {name: where for name, where in owners.items() if len(where) > 1}


MOST_LINES, MOST_COMPLEX, MOST_WORDS = 600, 12, 5
_HAN = re.compile("[\u4e00-\u9fff]")
_CLASS = re.compile(r"\[[^\[\]\n]*\]")


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _complex(path: Path) -> Iterator[str]:
    """Yield the functions whose cyclomatic complexity, boolean operators counted, is over the limit."""
    for block in cc_visit(path.read_text(encoding="utf-8")):
        for function in (block, *getattr(block, "methods", ())):
            if type(function).__name__ == "Function" and function.complexity > MOST_COMPLEX:
                yield str(function.fullname)


def _wordy(path: Path) -> Iterator[str]:
    """Yield the constants that list more Chinese words or characters than code may: they belong into resources."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    about = {id(found.value) for found in ast.walk(tree) if isinstance(found, ast.Expr)}
    for found in ast.walk(tree):
        if isinstance(found, ast.Set | ast.Tuple | ast.List):
            texts = [e.value for e in found.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
            if sum(_HAN.search(text) is not None for text in texts) > MOST_WORDS:
                yield f"line {found.lineno}"
        elif (
            isinstance(found, ast.Constant)
            and isinstance(found.value, str)
            and id(found) not in about
            and _lists_words(found.value)
        ):
            yield f"line {found.lineno}"


def _lists_words(text: str) -> bool:
    alternatives = sum(_HAN.search(part) is not None for part in text.split("|"))
    classes = max((len(_HAN.findall(group)) for group in _CLASS.findall(text)), default=0)
    letters = len(text) if len(text) > MOST_WORDS and not re.sub("[\u4e00-\u9fff]", "", text) else 0
    return ("|" in text and alternatives > MOST_WORDS) or max(classes, letters) > 2 * MOST_WORDS


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_modules_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_functions_stay_simple(path: Path) -> None:
    assert not list(_complex(path))


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_words_are_resources(path: Path) -> None:
    found = list(_wordy(path))
    assert not found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_command_line_prints(path: Path) -> None:
    if path.name in ("cli.py",):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        c
        for c in ast.walk(tree)
        if isinstance(c, ast.Call) and isinstance(c.func, ast.Name) and c.func.id == "print"
    ]
    assert not calls


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, f"{path.relative_to(ROOT)} has no docstring"
