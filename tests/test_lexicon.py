"""Every lexicon of the package follows the one schema of miner/resources/FORMAT.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from miner.errors import ModelError
from miner.language.lexicon import NO_LEXICONS, load_all, load_lexicon, parse_entry

FILES = sorted(
    path
    for path in (Path(__file__).resolve().parent.parent / "miner" / "resources").rglob("*.yml")
    if path.name not in NO_LEXICONS
)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_file_follows_the_schema(path: Path) -> None:
    table = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert set(table) == {"lexicon", "about", "source", "entries"}
    for raw in table["entries"]:
        entry = parse_entry(raw, where=path.name)
        assert all(form == form.strip() and form for form in entry.forms())


@pytest.mark.parametrize("name", sorted(load_all()))
def test_names_are_unique_in_a_lexicon(name: str) -> None:
    counted = Counter(
        (entry.name, entry.kind) if name not in ("enterprises", "organizations") else entry.name
        for entry in load_lexicon(name)
    )
    assert not [entry for entry, n in counted.items() if n > 1]


def test_an_unknown_lexicon_is_named() -> None:
    with pytest.raises(ModelError, match="no lexicon 'recipes'"):
        load_lexicon("recipes")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({}, "needs a name"),
        ({"name": "甲", "colour": "red"}, "unknown keys"),
        ({"name": "甲", "short": "乙"}, "list of texts"),
        ({"name": "甲", "country": 3}, "must be a text"),
    ],
)
def test_a_wrong_entry_is_refused(raw: object, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        parse_entry(raw, where="test.yml")


def test_the_cache_is_only_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    expected = load_all()
    load_all.cache_clear()
    assert load_all() == expected
    (kept,) = tmp_path.rglob("*.json")
    load_all.cache_clear()
    assert load_all() == expected
    kept.write_text("damaged", encoding="utf-8")
    load_all.cache_clear()
    assert load_all() == expected


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "miner").write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_all.cache_clear()
    assert load_all()
