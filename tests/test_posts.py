"""Posts: one case per pattern, in tests/cases/posts/*.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from miner.model import Article
from miner.recognise import Recogniser
from miner.relate.posts import find_posts

from .builders import load_cases

_CASES = Path(__file__).parent / "cases" / "posts"


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """One recogniser for all cases."""
    return Recogniser.load()


@pytest.mark.parametrize("case", load_cases(_CASES))
def test_posts(case: dict[str, Any], recogniser: Recogniser) -> None:
    """The article has exactly these posts: person, title, body as written."""
    (annotated,) = recogniser.annotate([Article("a", "d", 0, None, case["text"])])
    posts = find_posts(annotated)
    found = [[annotated.entities[post.person].name, post.title, post.organization_text] for post in posts]
    assert sorted(found) == sorted(case["expect"])


def test_a_post_covers_name_and_title(recogniser: Recogniser) -> None:
    """The span of a post holds the person, the title and the body, and its body is linked to an entity."""
    text = "昨天，静安区税务局局长方正来到展台。"
    (annotated,) = recogniser.annotate([Article("a", "d", 0, None, text)])
    (post,) = find_posts(annotated)
    assert post.span.of(text) == "静安区税务局局长方正"
    assert post.organization is not None
    assert annotated.entities[post.organization].name == "静安区税务局"
