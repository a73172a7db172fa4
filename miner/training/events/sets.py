"""Annotated articles → what the event model learns from: every word that may tell an event, with what the gold says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

from miner.config import Config
from miner.language.dates import find_dates
from miner.language.fold import fold
from miner.model import Annotated
from miner.offsets import Span
from miner.read import read_paths
from miner.recognise import Recogniser
from miner.relate.events.reading import Reading
from miner.relate.passage import passage
from miner.relate.quotes import find_quotes
from miner.split import split

_QUOTED = 10
"""Characters of a gold sentence by which it is found, as the scorer does."""
_FOLDS = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """An event of the gold, with its sentence (index) and its trigger's place in the body."""

    type: str
    status: str
    date: str | None
    parties: tuple[frozenset[str], ...]
    """For every participant all forms of its name, as `plain` makes them."""
    sentence: int
    span: Span


@dataclass(frozen=True, slots=True)
class Study:
    """An annotated article: what the tool reads in it, and the events of its gold."""

    name: str
    reading: Reading
    events: tuple[GoldEvent, ...]
    counts_as: float = 1.0
    """How much its words count in learning: an invented article less than a real one."""

    @property
    def number(self) -> int:
        """The number in its name, by which folds are made."""
        return int(_FOLDS.sub("", self.name) or 0)


def plain(text: str) -> str:
    """Return text as names and sentences are compared: NFKC, lower case, without white space.

    >>> plain("Ａ 公司\\n")
    'a公司'
    """
    return re.sub(r"\s+", "", normalize("NFKC", text)).lower()


def studies(folder: Path) -> list[Study]:
    """Read all articles below a folder whose events are annotated: `name.txt` beside `name.json`."""
    read = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.json"))
            if path.with_suffix(".txt").exists()}  # fmt: skip
    golds = {name: gold for name, gold in read.items() if "events" in gold}
    texts = [path.with_suffix(".txt") for path in sorted(folder.rglob("*.json")) if path.stem in golds]
    named, articles = [], []
    for document in read_paths(texts, Config()):
        for article in split(document, Config()).articles[:1]:
            named.append(Path(document.path).stem)
            articles.append(article)
    return [
        study(name, annotated, golds[name])
        for name, annotated in zip(named, Recogniser.load().annotate(articles), strict=True)
    ]


def study(name: str, annotated: Annotated, gold: dict[str, Any]) -> Study:
    """Put an article beside its gold."""
    article = annotated.article
    body = passage(annotated, "body")
    dates = find_dates(body.text, issued=article.published, edition=article.edition)
    reading = Reading.of(body, dates, tuple(find_quotes(body)))
    return Study(name, reading, tuple(_gold_events(reading, gold)))


def _gold_events(reading: Reading, gold: dict[str, Any]) -> Iterator[GoldEvent]:
    sentences = [plain(reading.passage.printed(span)) for span in reading.passage.sentences]
    forms = _forms(gold)
    for event in gold.get("events", ()):
        begins, trigger = plain(event.get("quote_of_sentence") or "")[:_QUOTED], event["trigger"]
        hits = [i for i, sentence in enumerate(sentences) if begins and begins in sentence]
        hits = [i for i in hits if plain(trigger) in sentences[i]] or hits
        if not hits:
            continue
        parties = tuple(forms.get(plain(p), frozenset({plain(p)})) for p in event.get("participants", ()))
        span = _place(reading, hits[0], trigger)
        yield GoldEvent(event["type"], event["status"], event.get("date"), parties, hits[0], span)


def _forms(gold: dict[str, Any]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for kind in ("people", "enterprises", "organizations", "places"):
        for each in gold.get(kind, ()):
            if isinstance(each, str):
                continue
            names = [each["name"], each.get("latin"), *each.get("aliases", ())]
            forms = frozenset(plain(name) for name in names if name)
            found.update({form: found.get(form, frozenset()) | forms for form in forms})
    return found


def _place(reading: Reading, sentence: int, trigger: str) -> Span:
    """Return where a trigger stands in its sentence; an empty span at its start where it does not."""
    span = reading.passage.sentences[sentence]
    at = fold(reading.passage.text).find(fold(trigger).replace(" ", ""), span.start, span.end)
    return Span(at, at + len(trigger)) if at >= 0 else Span(span.start, span.start)


def fold_of(studies_: Sequence[Study], fold_: int, folds: int) -> tuple[list[Study], list[Study]]:
    """Part articles by their numbers into those to learn from and those left out."""
    kept = [s for s in studies_ if s.number % folds != fold_]
    return kept, [s for s in studies_ if s.number % folds == fold_]
