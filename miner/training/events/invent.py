"""Invents short articles that tell events, and ones that only seem to, in the manner of reports on the expo.

Annotated news has few exhibitors, denials and postponements, and a report on the expo tells little else. A line of
`resources/training/events.txt` says which words are a trigger, of which type and state, and who takes part; names are drawn as
for the name model (`miner.training.names.invent`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources

from miner.expo import edition_of_day
from miner.language.dates import find_dates
from miner.model import Annotated, Article, Label, LocalEntity, Mention
from miner.offsets import Span
from miner.relate.events.reading import Reading
from miner.relate.passage import passage
from miner.relate.quotes import find_quotes
from miner.text import AnnotatedText
from miner.training.events.sets import GoldEvent, Study, plain
from miner.training.names.invent import Inventor

_PART = re.compile(r"\{(\w+)(?::(\w+))?\}|<([^=>]+)=(\w+)(?:/(\w+))?([^>]*)>")
_LABELS: dict[str, Label] = {"E": "enterprise", "O": "organization", "P": "person", "L": "place"}
_LINES = (1, 1, 2, 2, 3, 4, 6)
"""How many lines an article has: drawn from these."""
_YEARS = range(2018, 2026)
_COUNTS_AS = 0.3
"""Weight of an invented article beside a real one: 1.0 makes the tables worse on annotated news."""


@dataclass(slots=True)
class _Writing:
    """An article while it is written: its text, its names, its events with the parts that take part."""

    text: str = ""
    names: dict[str, tuple[Span, Label]] = field(default_factory=dict)
    told: list[tuple[Span, str, str, list[str]]] = field(default_factory=list)

    def add(self, line: str, number: int, inventor: Inventor) -> None:
        """Write a line with its slots filled."""
        at = 0
        for match in _PART.finditer(line):
            self.text += line[at : match.start()]
            at = match.end()
            what, part, trigger, kind, status, parties = match.groups()
            words = trigger or "".join(text for text, _ in inventor.slot(what))
            span = Span(len(self.text), len(self.text) + len(words))
            self.text += words
            if trigger:
                self.told.append(
                    (span, kind, status or "done", [f"{number}{party}" for party in parties.split()])
                )
            elif part:
                self.names[f"{number}{part}"] = (span, _LABELS[part[0]])
        self.text += line[at:]


def lines() -> list[str]:
    """Return the lines that articles are made of."""
    text = (resources.files("miner") / "resources/training/events.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def invented(inventor: Inventor, count: int) -> Iterator[Study]:
    """Yield so many invented articles with their events."""
    known = lines()
    draw = random.Random(inventor.random.random())
    for number in range(count):
        writing = _Writing()
        for at, line in enumerate(draw.choices(known, k=draw.choice(_LINES))):
            writing.text += draw.choice(("", "\n")) if writing.text else ""
            writing.add(line, at, inventor)
        issued = f"{draw.choice(_YEARS)}-11-{draw.randint(1, 14):02}"
        yield _study(number, writing, issued)


def _study(number: int, writing: _Writing, issued: str) -> Study:
    reading = _read(writing, issued)
    events = [
        GoldEvent(
            kind,
            status,
            None,
            _parties(writing, parties),
            reading.passage.sentence_index(span.start),
            span,
        )
        for span, kind, status, parties in writing.told
    ]
    return Study(f"invented{number}", reading, tuple(events), _COUNTS_AS)


def _parties(writing: _Writing, parts: Sequence[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset({plain(writing.names[part][0].of(writing.text))}) for part in parts)


def _read(writing: _Writing, issued: str) -> Reading:
    text = writing.text
    article = Article("invented", "invented", 0, None, text, published=issued, edition=edition_of_day(issued))
    entities: list[LocalEntity] = []
    mentions: list[Mention] = []
    numbers: dict[tuple[str, Label], int] = {}
    for span, label in sorted(writing.names.values()):
        name = span.of(text)
        entity = numbers.setdefault((name, label), len(numbers))
        if entity == len(entities):
            entities.append(LocalEntity(label, name))
        mentions.append(Mention(article.id, "body", span, name, label, "gold", 1.0, entity))
    whole = AnnotatedText.read(article.whole(), article.spans())
    body = passage(Annotated(article, whole, (), tuple(mentions), tuple(entities)), "body")
    dates = find_dates(body.text, issued=issued, edition=article.edition)
    return Reading.of(body, dates, tuple(find_quotes(body)))
