"""Articles annotated by hand: their text as the recogniser reads it, and which of its stretches are names of what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.errors import InputError
from miner.language.fold import fold

_FIELDS = {"people": "person", "enterprises": "enterprise", "organizations": "organization"}
_OTHERS = {"places": "place", "products": "other", "ignore": "other"}
FOLDS = 4
"""Articles are dealt into so many folds by the number in their id."""


@dataclass(frozen=True, slots=True)
class Gold:
    """An annotated article: its headline and body joined by a line end, and what was found in it by hand."""

    id: str
    text: str
    places: tuple[int, ...]
    """Where each character stands in the file; -1 for line ends put in."""
    things: Mapping[str, tuple[frozenset[str], ...]]
    """For person, enterprise, organization: each thing's folded names."""
    names: Mapping[str, str]
    """Every name as printed, with its label; `other` are names of things and of writers."""
    whole: bool = True
    """Whether places and other names were annotated too."""

    @property
    def fold(self) -> int:
        """The fold that the article belongs to."""
        return int(re.sub(r"\D", "", self.id) or 0) % FOLDS

    def spans(self) -> dict[tuple[int, int], str]:
        """Return the labels of the stretches that are names, the longest name first where names overlap."""
        names = sorted(self.names, key=lambda name: (-len(name), name))
        if not names:
            return {}
        pattern = re.compile("|".join(map(re.escape, names)))
        return {match.span(): self.names[match.group()] for match in pattern.finditer(self.text)}


def read_annotated(folder: Path) -> Iterator[Gold]:
    """Yield the annotated articles below a folder, a JSON file beside a text file each.

    The text's first line is its headline, the second its date, the rest its body. Raises InputError for a damaged file.
    """
    for path in sorted(folder.rglob("*.json")):
        found = _json(path)
        if isinstance(found, dict) and "people" in found:
            yield _gold(found, path.with_suffix(".txt").read_text(encoding="utf-8"))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise InputError(
            f"损坏的标注 a damaged annotation: {error}", code="damaged", where=str(path)
        ) from error


def _gold(found: Mapping[str, Any], file: str) -> Gold:
    things: dict[str, tuple[frozenset[str], ...]] = {}
    names: dict[str, str] = {}
    for field, label in _FIELDS.items():
        forms = [_forms(thing) for thing in found.get(field, ())]
        things[label] = tuple(frozenset(fold(form).replace(" ", "") for form in each) for each in forms)
        for each in forms:
            names.update((form, names.get(form, label)) for form in each)
    for field, label in _OTHERS.items():
        names.update((name, names.get(name, label)) for name in found.get(field, ()))
    places = tuple(_places(file))
    text = "".join(file[place] if place >= 0 else "\n" for place in places)
    return Gold(str(found["id"]), text, places, things, names, "places" in found)


def _forms(thing: Mapping[str, Any]) -> list[str]:
    return [form for form in (thing["name"], thing.get("latin"), *thing.get("aliases", ())) if form]


def _places(file: str) -> Iterator[int]:
    """Yield where the characters of headline and body stand in a file; -1 for the line end between two lines."""
    at, first = 0, True
    for number, line in enumerate(file.split("\n")):
        if number == 0 or (number > 1 and line.strip()):
            if not first:
                yield -1
            yield from range(at, at + len(line))
            first = False
        at += len(line) + 1
