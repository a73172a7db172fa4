"""Builds annotated articles from given names, so that rules are tested without a model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from miner.model import Annotated, Article, LocalEntity, Mention
from miner.offsets import Span
from miner.text import AnnotatedText

CASES = Path(__file__).parent / "cases"


def cases(stage: str) -> list[Any]:
    """Return the cases of a stage as pytest parameters; one with `xfail` must fail, for the reason given."""
    found = []
    for file in sorted((CASES / stage).glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            marks = [pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else []
            found.append(pytest.param(case, id=f"{file.stem}: {case['label']}", marks=marks))
    return found


def annotate(
    text: str, names: dict[str, list[str]] | None = None, *, issued: str | None = "2022-11-09", edition: int | None = None,
    headline: str = "",
) -> Annotated:  # fmt: skip
    """Annotate a body with names by label; `甲=乙` says that both forms are one thing, the first its full name."""
    article = Article("a", "d", 0, headline, text, published=issued, edition=edition)
    owner: dict[str, int] = {}
    entities: list[LocalEntity] = []
    for label, forms in (names or {}).items():
        for form in forms:
            for name in form.split("="):
                owner[name] = len(entities)
            entities.append(LocalEntity(label, form.split("=")[0]))  # type: ignore[arg-type]
    pattern = re.compile("|".join(sorted(map(re.escape, owner), key=len, reverse=True)) or "(?!)")
    mentions = [
        Mention("a", field, Span(*match.span()), match.group(), entities[owner[match.group()]].label, "given", 1.0, owner[match.group()])
        for field, content in (("headline", headline), ("body", text))
        for match in pattern.finditer(content)
    ]  # fmt: skip
    return Annotated(
        article, AnnotatedText.read(article.whole(), article.spans()), (), tuple(mentions), tuple(entities)
    )
