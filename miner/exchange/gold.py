"""Annotations made elsewhere become gold that `miner evaluate` reads: names marked in brat or doccano, over exported articles.

A folder of brat (`.txt` and `.ann`) or a file of doccano (JSON lines) becomes a folder with two files an article: the text, and the
gold with its people, enterprises and organizations. Names that stand for one thing are tied by brat's equivalences (`* Alias T1 T2`)
or by a note of the same text (`#1 AnnotatorNotes T1 …`); names without either are things of their own, equal ones one thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.errors import InputError

__all__ = ["MarkedText", "import_gold", "read_marked"]

_LABELS = {"person": "people", "enterprise": "enterprises", "organization": "organizations"}
_NAME = re.compile(r"[\w.-]{1,80}")


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with names marked in it: (start, end, label) by characters, and groups of marks that mean one thing."""

    id: str
    text: str
    names: tuple[tuple[int, int, str], ...]
    same: tuple[frozenset[int], ...] = ()


def import_gold(path: Path, out: Path) -> int:
    """Write a text and its gold for every annotated article below `out`; returns how many.

    Raises InputError, which names the file and the line, where an annotation is not in the form or outside its text; then
    nothing is written.
    """
    marked = list(read_marked(path))
    if not marked:
        raise InputError("没有标注 no annotations here", code="empty", where=str(path))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for one in marked:
            (out / f"{one.id}.txt").write_text(one.text, encoding="utf-8")
            gold = json.dumps(_gold(one), ensure_ascii=False, indent=1)
            (out / f"{one.id}.json").write_text(gold + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"写不了 cannot be written: {error.strerror or error}", where=str(out)) from error
    return len(marked)


def read_marked(path: Path) -> Iterator[MarkedText]:
    """Yield annotated texts: of brat where the path is a folder, of doccano where it is a file. Raises InputError."""
    if path.is_dir():
        for text in sorted(path.glob("*.txt")):
            yield _brat(text)
    elif path.is_file():
        yield from _doccano(path)
    else:
        raise InputError("没有这个文件或文件夹 no such file or folder", code="missing", where=str(path))


def _doccano(path: Path) -> Iterator[MarkedText]:
    for number, line in enumerate(_read(path).splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
            names = tuple(
                (int(start), int(end), str(label))
                for start, end, label in row.get("label", row.get("labels"))
            )
            marked = MarkedText(
                _safe(str(row.get("id") or number), where), str(row.get("text") or row["data"]), names
            )
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"不是 doccano 的标注 not doccano's form: {error}", where=where) from error
        yield _checked(marked, where)


def _brat(text: Path) -> MarkedText:
    path = text.with_suffix(".ann")
    notes = _Notes()
    for number, line in enumerate(_read(path).splitlines() if path.is_file() else (), 1):
        try:
            notes.add(line)
        except (ValueError, IndexError) as error:
            raise InputError(
                f"不是 brat 的标注 not brat's form: {line[:60]}", where=f"{path}:{number}"
            ) from error
    marked = MarkedText(_safe(text.stem, str(text)), _read(text), tuple(notes.names.values()), notes.same())
    return _checked(marked, str(path))


class _Notes:
    """The lines of an `.ann` file: names by their keys, and the keys that were tied."""

    def __init__(self) -> None:
        self.names: dict[str, tuple[int, int, str]] = {}
        self._tied: list[list[str]] = []
        self._noted: dict[str, list[str]] = {}

    def add(self, line: str) -> None:
        """Take one line; raises ValueError or IndexError where it is not in the form."""
        kind, *parts = line.split("\t")
        if kind.startswith("T"):
            label, start, end = parts[0].split(" ")
            self.names[kind] = (int(start), int(end), label)
        elif kind == "*":
            self._tied.append(parts[0].split(" ")[1:])
        elif kind.startswith("#"):
            self._noted.setdefault(parts[1], []).append(parts[0].split(" ")[1])

    def same(self) -> tuple[frozenset[int], ...]:
        """Return the groups of names that mean one thing, by their numbers."""
        order = {key: at for at, key in enumerate(self.names)}
        groups = (
            frozenset(order[k] for k in keys if k in order) for keys in (*self._tied, *self._noted.values())
        )
        return tuple(group for group in groups if len(group) > 1)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了 cannot be read as UTF-8: {error}", where=str(path)) from error


def _safe(name: str, where: str) -> str:
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise InputError(f"编号不能作文件名 this id is no file name: {name[:40]!r}", where=where)
    return name


def _checked(marked: MarkedText, where: str) -> MarkedText:
    for start, end, label in marked.names:
        if not 0 <= start < end <= len(marked.text):
            raise InputError(f"{marked.id}:标注超出文字 outside the text: {start}-{end} {label}", where=where)
    return marked


def _gold(marked: MarkedText) -> dict[str, Any]:
    """Return the gold of one text: things with the names that stand for them, the longest as the name; nothing else is scored."""
    gold: dict[str, Any] = {"id": marked.id, "names_only": True, **{kind: [] for kind in _LABELS.values()}}
    for label, kind in _LABELS.items():
        things: list[set[str]] = []
        for names in _groups(marked, label):
            known = [thing for thing in things if thing & names]
            things = [thing for thing in things if thing not in known] + [names.union(*known)]
        for names in sorted(things, key=lambda names: sorted(names)):
            name, *aliases = sorted(names, key=lambda text: (-len(text), text))
            gold[kind].append(
                {"name": name, "aliases": aliases, **({"posts": []} if kind == "people" else {})}
            )
    return gold


def _groups(marked: MarkedText, label: str) -> Iterator[set[str]]:
    """Yield sets of names of a label that mean one thing; every name is in one at least."""
    texts = {
        at: marked.text[start:end].strip()
        for at, (start, end, given) in enumerate(marked.names)
        if given.lower() == label and marked.text[start:end].strip()
    }
    for group in (*marked.same, *(frozenset({at}) for at in texts)):
        if names := {texts[at] for at in group if at in texts}:
            yield names
