"""The pages on reading say what the code does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from miner.config import DEFAULT_PATH_PATTERNS, Config
from miner.read.faults import FAULTS, fault
from miner.read.jsonl import field_names
from miner.read.paths import PathFacts, path_facts
from miner.read.sources import kind_of


def test_every_problem_code_is_documented(root: Path) -> None:
    text = (root / "docs" / "reading.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) == set(FAULTS)


def test_every_limit_is_documented(root: Path) -> None:
    text = (root / "docs" / "reading.md").read_text("utf-8")
    limits = [
        field.name
        for field in dataclasses.fields(Config)
        if field.name.startswith(("max_archive", "max_line", "max_doc"))
    ]
    assert all(f"`{name}`" in text for name in limits)
    assert all(name in text.lower() for name in field_names())


def test_the_examples_of_paths_hold(root: Path) -> None:
    text = (root / "docs" / "paths.md").read_text("utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*)\| ([^|]*)\| ([^|]*)\|$", text, re.MULTILINE)
    assert len(rows) > 8
    for path, *facts in rows:
        assert path_facts(path, DEFAULT_PATH_PATTERNS) == PathFacts(
            *(fact.strip() or None for fact in facts)
        ), path


def test_messages_say_what_and_what_next_in_both_languages() -> None:
    values = dict.fromkeys(
        (
            "reason",
            "limit",
            "format",
            "percent",
            "begin",
            "right",
            "wrong",
            "count",
            "encoding",
            "line",
            "offset",
            "length",
            "row",
            "names",
            "example",
        ),
        1,
    )
    values |= dict.fromkeys(("pages", "where", "name"), 1)
    for code in FAULTS:
        message = fault(code, **values).what
        chinese, english = message.split(" / ", 1)
        assert re.search(r"[一-鿿]", chinese), code
        assert re.search(r"[a-z]{3}", english), code
        assert "{" not in message, code


def test_codes_of_the_code_are_in_the_table(root: Path) -> None:
    used: set[str] = set()
    for path in (root / "miner" / "read").glob("*.py"):
        used |= set(re.findall(r"\b(?:fault|problem)\(\s*\"([a-z-]+)\"", path.read_text("utf-8")))
    assert used <= set(FAULTS)


def test_kinds_of_files_in_the_table() -> None:
    assert kind_of("a.shtml", b"") == "html"
    assert kind_of("a.ndjson.gz", b'{"a": 1}') == "jsonl"
    assert kind_of("a.caj", b"") == "unsupported"
