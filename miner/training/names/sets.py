"""Reads the annotated articles into examples: a text, its names, and which labels each may have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.training.names import annotated

KINDS = {"people": "person", "enterprises": "enterprise", "organizations": "organization", "places": "place",
         "products": "product", "ignore": "ignored"}  # fmt: skip
"""Lists of an annotation, and the label of the names in each."""
_LATIN = re.compile("[A-Za-z]")
_GAP = 3
"""Blanks that damage may have put into a name, at most."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its names (start, end, possible labels), in order and apart."""

    text: str
    names: tuple[tuple[int, int, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An annotated article: its number within its kind, the kind of its source, headline with body, and names."""

    number: int
    kind: str
    example: Example


def read_annotated(folder: Path) -> list[GoldArticle]:
    """Read the annotated articles below a folder: `<kind>/<letter><number>.json` beside a `.txt` of the same name.

    The second line of a text, date and source, is left out.
    """
    articles = []
    for path in sorted(folder.glob("*/*.json")):
        lines = path.with_suffix(".txt").read_text(encoding="utf-8").split("\n", 2)
        headline, _, body = [*lines, "", ""][:3]
        text = f"{headline}\n{body}"
        annotation = json.loads(path.read_text(encoding="utf-8"))
        articles.append(
            GoldArticle(int(path.stem[1:]), path.parent.name, Example(text, names_in(text, annotation)))
        )
    return articles


def read_corrected(folder: Path) -> list[GoldArticle]:
    """Read corrected articles (`miner correct gold`): they are all learned from, none is kept for checking."""
    found = []
    for gold in annotated.read_annotated(folder):
        annotation = json.loads((folder / f"{gold.id}.json").read_text(encoding="utf-8"))
        found.append(GoldArticle(0, "corrected", Example(gold.text, names_in(gold.text, annotation))))
    return found


def names_in(text: str, annotation: Mapping[str, Any]) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """Find every annotated name and title wherever it stands in a text, the longest first.

    >>> names_in("王梅是青松公司董事长", {"people": [{"name": "王梅", "posts": [{"title": "董事长"}]}],
    ...          "enterprises": [{"name": "青松公司", "aliases": ["青松"]}]})[1]
    (3, 7, frozenset({'enterprise'}))
    """
    labels: dict[str, set[str]] = {}
    for name, label in _annotated(annotation):
        labels.setdefault(name, set()).add(label)
    titles = {
        bare(post.get("title")) for person in annotation.get("people", ()) for post in person.get("posts", ())
    }
    kept = [i for i, char in enumerate(text) if not char.isspace()]
    plain = "".join(text[i] for i in kept)
    taken = bytearray(len(plain))
    found = [
        (kept[start], kept[end - 1] + 1, frozenset(labels[name]))
        for name in sorted(labels, key=len, reverse=True)
        for start, end in _places(name, plain, kept, taken)
    ]
    found += [
        (kept[start], kept[end - 1] + 1, frozenset({"title"}))
        for title in sorted(titles - labels.keys() - {""}, key=len, reverse=True)
        for start, end in _places(title, plain, kept, taken)
    ]
    return tuple(sorted(found, key=lambda name: name[0]))


def bare(name: str | None) -> str:
    """Return a name without blanks, as names are compared."""
    return re.sub(r"\s", "", name or "")


def _annotated(annotation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every annotated form with its label."""
    for kind, label in KINDS.items():
        for entry in annotation.get(kind, ()):
            forms = [entry] if isinstance(entry, str) else _forms(entry)
            yield from ((bare(form), label) for form in forms if bare(form))


def _forms(entry: Mapping[str, Any]) -> Iterable[str | None]:
    return [entry["name"], entry.get("latin"), *entry.get("aliases", ())]


def _places(name: str, plain: str, kept: list[int], taken: bytearray) -> Iterator[tuple[int, int]]:
    """Yield where a name stands in a text without blanks and nothing longer does; those places are taken then."""
    start = plain.find(name)
    while start >= 0:
        end = start + len(name)
        whole = not any(taken[start:end]) and kept[end - 1] - kept[start] < len(name) + _GAP
        if whole and not _within_latin(plain, kept, start, end):
            taken[start:end] = b"\x01" * len(name)
            yield start, end
        start = plain.find(name, end if whole else start + 1)


def _within_latin(plain: str, kept: list[int], start: int, end: int) -> bool:
    """Tell whether a Latin name is only a part of a longer word."""
    before = start > 0 and kept[start] - kept[start - 1] == 1 and plain[start - 1 : start + 1]
    after = end < len(plain) and kept[end] - kept[end - 1] == 1 and plain[end - 1 : end + 1]
    return any(pair and all(map(_LATIN.match, pair)) for pair in (before, after))
