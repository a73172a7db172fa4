"""Small builders of records, so that store and resolve are tested without any model."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from miner.model import (
    Annotated,
    Article,
    ArticleLine,
    Document,
    EventReport,
    Facts,
    Form,
    Line,
    LocalEntity,
    Mention,
    Mined,
    Participant,
    Post,
    Quote,
)  # fmt: skip
from miner.offsets import Span, stable_id
from miner.store.places import Place
from miner.store.schema import TABLES, index_sql
from miner.store.write import Writer
from miner.text import AnnotatedText


@dataclass
class Story:
    """One article to build: names are marked by being given, posts and events by the words they stand on."""

    body: str
    published: str = "2022-11-08"
    newspaper: str = "浦江晨报"
    headline: str = "进博会见闻"
    enterprises: Sequence[tuple[str, ...]] = ()
    people: Sequence[tuple[str, ...]] = ()
    organizations: Sequence[tuple[str, ...]] = ()
    places: Sequence[tuple[str, ...]] = ()
    known: dict[str, str] = field(default_factory=dict)
    posts: Sequence[tuple[str, str, str]] = ()
    """(person, organization text, title)."""
    events: Sequence[tuple[str, str, str | None, tuple[str, ...], str]] = ()
    """(type, trigger, date, participants, status)."""
    quotes: Sequence[tuple[str, str]] = ()
    """(speaker, words)."""
    path: str = ""


def build(story: Story) -> Mined:
    """Return a Mined document with one article."""
    text = f"{story.headline}\n{story.published} {story.newspaper}\n\n{story.body}"
    document_id = hashlib.sha256((text + story.path).encode()).hexdigest()
    path = story.path or f"{document_id[:8]}.txt"
    lines = tuple(Line(i, line) for i, line in enumerate(text.split("\n"), 1))
    document = Document(
        document_id, path, "text/plain", "utf-8", len(text.encode()), lines, story.newspaper, story.published
    )
    article_id = stable_id("article", document_id, 0)
    article = Article(
        article_id,
        document_id,
        0,
        story.headline,
        story.body,
        published=story.published,
        newspaper=story.newspaper,
        edition=int(story.published[:4]) - 2017,
    )
    entities: list[LocalEntity] = []
    index: dict[str, int] = {}
    mentions: list[Mention] = []
    for label, groups in (
        ("enterprise", story.enterprises),
        ("person", story.people),
        ("organization", story.organizations),
        ("place", story.places),
    ):
        for names in groups:
            number = len(entities)
            forms = tuple(
                Form(n, "latin" if n.isascii() else "declared", "body", _find(story.body, n))
                for n in names[1:]
            )
            latin = next((n for n in names if n.isascii()), None) if label == "person" else None
            entities.append(
                LocalEntity(label, names[0], forms, known_as=story.known.get(names[0]), latin_name=latin)
            )  # type: ignore[arg-type]
            for name in names:
                index[name] = number
                span = _find(story.body, name)
                if span and not any(span.overlaps(m.span) for m in mentions):
                    mentions.append(Mention(article_id, "body", span, name, label, "test", 0.9, number))  # type: ignore[arg-type]
    annotated = Annotated(
        article,
        AnnotatedText.read(article.whole(), article.spans()),
        (),
        tuple(sorted(mentions, key=lambda m: m.span)),
        tuple(entities),
    )
    posts = tuple(
        Post(
            article_id,
            "body",
            _find(story.body, person) or Span(0, 1),
            index[person],
            title,
            body,
            index.get(body),
        )
        for person, body, title in story.posts
    )
    reports = tuple(_report(story, article, index, *event) for event in story.events)
    quotes = tuple(
        Quote(
            article_id,
            "body",
            _find(story.body, words) or Span(0, 1),
            words,
            True,
            "说",
            speaker,
            index.get(speaker),
        )
        for speaker, words in story.quotes
    )
    rows = [
        ArticleLine(1, article_id, "headline", story.headline), ArticleLine(2, None, "other", lines[1].text),
        *[ArticleLine(line.number, article_id, "body", line.text, *_body_span(story.body, line.text)) for line in lines[3:] if line.text.strip()],
    ]  # fmt: skip
    return Mined(document, tuple(rows), (Facts(annotated, posts, reports, quotes),))


def load_cases(folder: Path) -> list[Any]:
    """Return the cases of a folder as pytest parameters; one with `xfail` must fail, for the reason it gives."""
    found = []
    for file in sorted(folder.glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            marks = [pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else []
            found.append(pytest.param(case, id=f"{file.stem}: {case['label']}", marks=marks))
    return found


def _body_span(body: str, text: str) -> tuple[int, int]:
    start = body.index(text)
    return start, start + len(text)


def _find(body: str, name: str) -> Span | None:
    at = body.find(name)
    return Span(at, at + len(name)) if at >= 0 else None


def _report(
    story: Story,
    article: Article,
    index: dict[str, int],
    kind: str,
    trigger: str,
    when: str | None,
    who: tuple[str, ...],
    status: str,
) -> EventReport:
    at = _find(story.body, trigger) or Span(0, 1)
    start = story.body.rfind("。", 0, at.start) + 1
    end = story.body.find("。", at.end)
    span = Span(start, len(story.body) if end < 0 else end + 1)
    parties = tuple(Participant("party", name, index.get(name)) for name in who)
    return EventReport(
        article.id,
        "body",
        kind,
        span,
        trigger,
        at,
        span.of(story.body),
        status,
        "test",
        0.8,
        parties,
        when,
        edition=article.edition,
    )  # type: ignore[arg-type]


def memory_database() -> sqlite3.Connection:
    """Return an empty database of the project's schema in memory."""
    connection = sqlite3.connect(":memory:")
    connection.execute("pragma foreign_keys = on")
    for table in TABLES:
        connection.execute(table.create_sql())
    for statement in index_sql():
        connection.execute(statement)
    connection.commit()
    return connection


def store(connection: sqlite3.Connection, stories: Sequence[Story]) -> None:
    """Write stories into a database."""
    writer = Writer(connection, reader_sha256="test")
    writer.begin_run(version="0", command="test", config_sha256="0", model_sha256="0")
    writer.write([(build(story), Place(f"/{i}", story.path)) for i, story in enumerate(stories)])
