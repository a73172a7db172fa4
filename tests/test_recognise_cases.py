"""Names: one case per phenomenon, in tests/cases/recognise/*.json."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from miner.model import Article
from miner.recognise import Recogniser

from .builders import load_cases

_CASES = Path(__file__).parent / "cases" / "recognise"


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """One recogniser for all cases."""
    return Recogniser.load()


@pytest.mark.parametrize("case", load_cases(_CASES))
def test_names(case: dict[str, Any], recogniser: Recogniser) -> None:
    """Every label the case names has exactly the names it lists."""
    (annotated,) = recogniser.annotate([Article("a", "d", 0, None, case["text"])])
    found: dict[str, set[str]] = defaultdict(set)
    for mention in annotated.mentions:
        assert mention.span.of(case["text"]) == mention.text
        found[mention.label].add(mention.text)
    latin = {
        form.text
        for entity in annotated.entities
        for form in entity.forms
        if form.kind == "latin" and entity.label == "person"
    }
    found["person"] -= latin
    assert {label: found[label] for label in case["expect"]} == {
        label: set(names) for label, names in case["expect"].items()
    }
