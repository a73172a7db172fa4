"""The documents say what the code does: every command, option, table and exit code is written down."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from miner.cli import main
from miner.config import Config
from miner.store.schema import TABLES

ROOT = Path(__file__).resolve().parent.parent


def _docs() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    )


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_and_option_is_documented(name: str) -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"miner {name}" in text
    for parameter in main.commands[name].params:
        for option in parameter.opts:
            if option.startswith("--"):
                assert option in text, f"{option} of miner {name} is not in docs/commands.md"


@pytest.mark.parametrize("table", [t.name for t in TABLES])
def test_every_table_is_documented(table: str) -> None:
    assert f"`{table}`" in (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in Config.__dataclass_fields__:
        assert f"`{name}`" in text, f"setting {name} is not in docs/commands.md"


def test_generated_documents_are_in_step() -> None:
    from miner.docs import commands_markdown, schema_markdown, scores_markdown, with_scores

    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == commands_markdown(), (
        "run: python -m miner.docs"
    )
    assert (ROOT / "docs" / "schema.md").read_text(encoding="utf-8") == schema_markdown(), (
        "run: python -m miner.docs"
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == with_scores(readme, scores_markdown(ROOT / "corpus" / "baseline.json")), (
        "run: python -m miner.docs"
    )


def test_links_between_documents_lead_somewhere() -> None:
    for path in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        *sorted((ROOT / "docs").glob("*.md")),
    ]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (path.parent / target).exists(), f"{path.name} links to {target}, which is not there"


def test_readme_has_its_two_commands_and_a_picture() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("run", "test"):
        assert re.search(rf"<!-- command: {name} -->\s*```sh\n[^\n]+\n```", text)
    assert re.search(r"!\[[^\]]+\]\([^)]+\.png\)", text)
    assert "中文" in text


def test_dependencies_are_bounded() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in table["dependencies"]:
        assert ">=" in requirement and "<" in requirement.replace(">=", ""), f"{requirement} is not bounded"


def test_nothing_names_a_machine_or_a_registry() -> None:
    forbidden = re.compile(
        "|".join(
            [
                "/ro" + "ot/",
                "/wo" + "rk/",
                r"pypi\." + "org",
                r"files\.python" + "hosted",
                r"registry\.npm" + "js",
                r"deb\." + "debian",
            ]
        )
    )
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if (
            parts[0] in (".git", ".hypothesis", ".venv", ".venv-peers", "build")
            or any(p.endswith((".egg-info", "_cache", "__pycache__")) for p in parts)
            or not path.is_file()
        ):
            continue
        if (
            path.suffix
            in (".py", ".md", ".yml", ".toml", ".ipynb", ".html", ".css", ".js", ".json", ".txt", "")
            and path.stat().st_size < 2_000_000
        ):
            found = forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))
            assert not found, f"{path.relative_to(ROOT)} names {found[0] if found else ''}"
