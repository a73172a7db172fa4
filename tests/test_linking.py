"""Which names of an article are one thing's: one case per phenomenon, in tests/cases/linking/*.json.

A case marks its names ({E:…} a company, {O:…} a body, {P:…} a person), so that it asks about linking alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.errors import ModelError
from miner.recognise.entities import group
from miner.recognise.found import Found
from miner.recognise.linker import Linker
from miner.recognise.links import links_of
from miner.text import AnnotatedText

from .builders import load_cases

_CASES = Path(__file__).parent / "cases" / "linking"
_NAME = re.compile(r"\{([EOP]):([^}]*)\}")
_LABELS = {"E": "enterprise", "O": "organization", "P": "person"}


def _marked(text: str) -> tuple[AnnotatedText, list[Found]]:
    plain, names, at = "", [], 0
    for match in _NAME.finditer(text):
        plain += text[at : match.start()]
        names.append(Found(len(plain), len(plain) + len(match[2]), _LABELS[match[1]], "gold", 1.0))
        plain += match[2]
        at = match.end()
    return AnnotatedText.read(plain + text[at:]), names


def _groups(text: AnnotatedText, names: list[Found]) -> list[set[str]]:
    index, entities = group(text, names, links_of(text, names))
    found: list[set[str]] = [set() for _ in entities]
    for name, entity in zip(names, index, strict=True):
        found[entity].add(name.span.of(text.text))
    return found


@pytest.mark.parametrize("case", load_cases(_CASES))
def test_names_of_one_thing(case: dict[str, Any]) -> None:
    """Every name goes to the thing that the text means by it."""
    assert _groups(*_marked(case["text"])) == [set(names) for names in case["expect"]]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["青穗", "青穗集团", "望湖", "青穗食品有限公司", "望湖股份", "穗"]), max_size=8)
)
def test_every_mention_has_one_thing(words: list[str]) -> None:
    """Equal names are always one thing's, and every thing has a name of its own in the text."""
    text, names = _marked("，".join(f"{{E:{word}}}" for word in words))
    index, entities = group(text, names, links_of(text, names))
    assert sorted(set(index)) == list(range(len(entities)))
    assert len({(name.span.of(text.text), at) for name, at in zip(names, index, strict=True)}) == len(
        set(words)
    )
    assert all(entity.name in words for entity in entities)


def test_a_circle_of_declarations_ends() -> None:
    """Two names that are declared to stand for each other are one thing's."""
    text, names = _marked("{E:青穗}（以下简称“{E:望湖}”）说，{E:望湖}（以下简称“{E:青穗}”）说。")
    assert _groups(text, names) == [{"青穗", "望湖"}]


def test_a_damaged_linker_says_what_to_do() -> None:
    """A model file that is none is refused with the way to make it again."""
    with pytest.raises(ModelError, match="linker"):
        Linker.from_bytes(b'{"weights": 3}')


def test_the_sum_of_signs_is_the_same_whatever_their_order() -> None:
    """Signs are a set, whose order is another in every process: the sum does not depend on it, not by a rounding error."""
    linker = Linker({"ahead": 1e16, "small": 1.0, "little": 0.5, "behind": -1e16})
    assert linker.joined(linker.weights) == 1.5
