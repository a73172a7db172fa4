"""Reads what posts are learned from: articles with hand-made gold.

The annotated articles lie as text and JSON side by side below `annotated/`; each is looked at twice, with the names of
its gold and with the names that the package recognises, so that what is learned holds for both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from miner.errors import InputError
from miner.language.fold import fold
from miner.language.lexicon import alternatives
from miner.model import FIELDS, Annotated, Article, Label, LocalEntity, Mention
from miner.offsets import Span
from miner.recognise import Recogniser

_BATCH = 100
_KINDS: tuple[tuple[str, Label], ...] = (
    ("people", "person"),
    ("enterprises", "enterprise"),
    ("organizations", "organization"),
)


class PostsArticle(NamedTuple):
    """An annotated article: its number and source, its gold, as it was recognised and with the names of the gold."""

    number: int
    source: str
    gold: dict[str, Any]
    recognised: Annotated
    given: Annotated


def read_examples(folder: Path, *corrected: Path) -> list[PostsArticle]:
    """Return the annotated articles below a folder, and corrected ones; raises InputError when there is none below the first.

    A corrected article has the number 0: it is learned from, never checked with.
    """
    files = sorted(folder.glob("*/*.json"))
    if not files:
        raise InputError(
            "这里没有标注过的文章 / no annotated articles here", code="missing", where=str(folder)
        )
    known = len(files)
    files += [file for more in corrected for file in sorted(more.glob("*.json")) if _tells_posts(file)]
    articles = [_article(file) for file in files]
    recogniser = Recogniser.load()
    recognised = [
        annotated
        for start in range(0, len(articles), _BATCH)
        for annotated in recogniser.annotate(articles[start : start + _BATCH])
    ]
    found = []
    for at, (file, annotated) in enumerate(zip(files, recognised, strict=True)):
        gold = json.loads(file.read_text(encoding="utf-8"))
        number = int(file.stem[1:]) if at < known else 0
        found.append(PostsArticle(number, file.parent.name, gold, annotated, with_names_of(annotated, gold)))
    return found


def _tells_posts(file: Path) -> bool:
    gold = json.loads(file.read_text(encoding="utf-8"))
    return "people" in gold and not gold.get("names_only")


def _article(file: Path) -> Article:
    """Return the story of a file: headline, date and source on lines of their own, then paragraphs."""
    headline, _, body = (file.with_suffix(".txt").read_text(encoding="utf-8") + "\n").split("\n", 2)
    body = "\n".join(line.strip() for line in body.split("\n") if line.strip())
    return Article(file.stem, file.stem, 0, headline.strip(), body)


def with_names_of(annotated: Annotated, gold: dict[str, Any]) -> Annotated:
    """Return an article with the names of its gold instead of the recognised ones; the longest of several counts."""
    entities, forms = _forms(gold)
    if not forms:
        return replace(annotated, mentions=(), entities=())
    pattern = re.compile(alternatives(forms))
    mentions = []
    for field in FIELDS:
        text = annotated.article.text(field)
        for match in pattern.finditer(fold(text)):
            entity = forms[match.group()]
            if entity is not None:
                span = Span(*match.span())
                mentions.append(
                    Mention(
                        annotated.article.id,
                        field,
                        span,
                        span.of(text),
                        entities[entity].label,
                        "gold",
                        1.0,
                        entity,
                    )
                )
    return replace(annotated, mentions=tuple(mentions), entities=tuple(entities))


def _forms(gold: dict[str, Any]) -> tuple[list[LocalEntity], dict[str, int | None]]:
    """Return the things of a gold file, and all their names; None for names that are none of the four labels."""
    entities: list[LocalEntity] = []
    forms: dict[str, int | None] = {}
    for field, label in _KINDS:
        for entry in gold.get(field, []):
            for name in (entry["name"], *(entry.get("aliases") or []), entry.get("latin")):
                if name:
                    forms.setdefault(fold(name), len(entities))
            entities.append(LocalEntity(label, entry["name"]))
    for name in gold.get("places", []):
        if len(name) > 1:
            forms.setdefault(fold(name), len(entities))
            entities.append(LocalEntity("place", name))
    for name in (*gold.get("products", []), *gold.get("ignore", [])):
        forms.setdefault(fold(name), None)
    return entities, forms


def names_of(annotated: Annotated) -> dict[str, int]:
    """Return the local entity of every name of a person, folded."""
    found: dict[str, int] = {}
    for mention in annotated.mentions:
        if mention.label == "person":
            found.setdefault(fold(mention.text), mention.entity)
    return found


def numbered(examples: Iterable[PostsArticle], *, check: bool) -> list[PostsArticle]:
    """Return the articles to learn from, or those kept for checking: every fourth."""
    return [example for example in examples if (example.number % 4 == 3) == check]
