"""Invents sentences that tell posts, so that rare ways to say them are learned with names the sets do not know.

A template of `resources/training/posts.txt` says which part is a person, a title, a body; names are drawn as for the
name model (`miner.training.names.invent`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from itertools import count
from typing import NamedTuple

from miner.language.fold import fold
from miner.model import Annotated, Article, Label, LocalEntity, Mention
from miner.offsets import Span
from miner.text import AnnotatedText
from miner.training.names.invent import Inventor
from miner.training.posts.gold import GoldPost

_PART = re.compile(r"\{(\w+):(\w+)\}|\[(\w+):((?:[^\[\]{}]|\{\w+\})*)\]")
_LABELS: dict[str, Label] = {"district": "place", "city": "place", "country": "place", "brand": "enterprise",
                             "full": "enterprise", "bank": "enterprise"}  # fmt: skip
_TIE = re.compile(r"(P\d)=(T\d)(?:@(B\d))?")


class Template(NamedTuple):
    """A sentence with slots, and its posts as (person, title, body or an empty text)."""

    text: str
    posts: list[tuple[str, str, str]]


class Invented(NamedTuple):
    """An article of one sentence, and its posts."""

    annotated: Annotated
    posts: list[GoldPost]


def read_templates(inventor: Inventor) -> list[Template]:
    """Return the templates; the lists of words among them are added to the inventor's fillers."""
    text = (resources.files("miner") / "resources/training/posts.txt").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        if " |" in line:
            sentence, _, ties = line.partition(" |")
            found.append(Template(sentence, [(m[1], m[2], m[3] or "") for m in _TIE.finditer(ties)]))
        elif line and not line.startswith("#"):
            name, _, words = line.partition(": ")
            inventor.lists.fillers[name] = words.split(" ")
    return found


def invented(inventor: Inventor, templates: list[Template], rounds: int) -> Iterator[Invented]:
    """Yield every template `rounds` times, each time with other names."""
    for _ in range(rounds):
        for template in templates:
            yield _filled(inventor, template)


def _filled(inventor: Inventor, template: Template) -> Invented:
    text, at = "", 0
    parts: dict[str, tuple[Span, Label]] = {}
    for match in _PART.finditer(template.text):
        text += template.text[at : match.start()]
        if match[1]:
            words, part = _drawn(inventor, match[1]), match[2]
        else:
            words, part = re.sub(r"\{(\w+)\}", lambda m: _drawn(inventor, m[1]), match[4]), match[3]
        label: Label = "person" if part[0] == "P" else _LABELS.get(match[1] or "", "organization")
        parts[part] = (Span(len(text), len(text) + len(words)), label)
        text += words
        at = match.end()
    return _read(text + template.text[at:], parts, template)


def _drawn(inventor: Inventor, slot: str) -> str:
    return "".join(text for text, _ in inventor.slot(slot))


def _read(text: str, parts: dict[str, tuple[Span, Label]], template: Template) -> Invented:
    article = Article("invented", "invented", 0, None, text)
    numbers = count()
    entities, mentions, number = [], [], {}
    for part, (span, label) in sorted(parts.items(), key=lambda pair: pair[1][0]):
        if part[0] in "PB":
            number[part] = next(numbers)
            entities.append(LocalEntity(label, span.of(text)))
            mentions.append(
                Mention(article.id, "body", span, span.of(text), label, "gold", 1.0, number[part])
            )
    posts = [
        GoldPost(
            number[person], fold(parts[title][0].of(text)), fold(parts[body][0].of(text)) if body else ""
        )
        for person, title, body in template.posts
    ]
    read = AnnotatedText.read(article.whole(), article.spans())
    return Invented(Annotated(article, read, (), tuple(mentions), tuple(entities)), posts)
