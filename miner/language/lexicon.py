"""Knowledge as data: reads the YAML lexicons of `miner/resources`."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from miner import __version__
from miner.errors import ModelError


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a lexicon; `miner/resources/FORMAT.md` says what each key means."""

    name: str
    full: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    latin: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    country: str | None = None
    industry: str | None = None
    kind: str | None = None
    parent: str | None = None
    note: str | None = None

    def forms(self) -> tuple[str, ...]:
        """All forms, the display name first, each once."""
        return tuple(dict.fromkeys((self.name, *self.full, *self.short, *self.latin)))


NO_LEXICONS = frozenset({"markup.yml", "characters.yml", "columns.yml"})
"""Resource files with a form of their own."""

_TUPLES = frozenset({"full", "short", "latin", "ambiguous", "words", "roles", "values"})
_KNOWN = frozenset(f.name for f in fields(Entry))


def _files(folder: Traversable) -> Iterator[Traversable]:
    for child in sorted(folder.iterdir(), key=lambda c: c.name):
        if child.is_dir():
            yield from _files(child)
        elif child.name.endswith(".yml"):
            yield child


def parse_entry(raw: Any, *, where: str) -> Entry:
    """Build an Entry from one YAML mapping; raises ModelError that names the place when a key is wrong."""
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
        raise ModelError(f"词条缺 name / an entry needs a name: {raw!r}", where=where)
    unknown = raw.keys() - _KNOWN
    if unknown:
        raise ModelError(f"不认识的键 / unknown keys {sorted(unknown)} in {raw['name']}", where=where)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key in _TUPLES:
            if not isinstance(value, list) or not all(isinstance(form, str) for form in value):
                raise ModelError(
                    f"{key} of {raw['name']} 应是文字的列表 / must be a list of texts", where=where
                )
            values[key] = tuple(value)
        elif value is not None and not isinstance(value, str):
            raise ModelError(f"{key} of {raw['name']} 应是文字 / must be a text", where=where)
        else:
            values[key] = value
    return Entry(**values)


@cache
def load_all() -> dict[str, tuple[Entry, ...]]:
    """Read every lexicon of the package, by lexicon name; several files may add to one lexicon.

    Parsing YAML takes a second, so what was parsed is kept as JSON in the user's cache folder under a hash of the files.
    """
    contents = [
        (file.name, file.read_bytes())
        for file in _files(resources.files("miner") / "resources")
        if file.name not in NO_LEXICONS
    ]
    digest = hashlib.sha256(
        b"\0".join(
            [__version__.encode(), *(part for name, content in contents for part in (name.encode(), content))]
        )
    ).hexdigest()
    kept = _cache_file(digest)
    tables = _read_kept(kept)
    if tables is None:
        tables = _parse(contents)
        _keep(kept, tables)
    found: dict[str, list[Entry]] = {}
    for where, name, entries in tables:
        found.setdefault(name, []).extend(parse_entry(raw, where=where) for raw in entries)
    return {name: tuple(entries) for name, entries in found.items()}


Tables = list[tuple[str, str, list[Any]]]
"""(file name, lexicon name, raw entries) of every file."""


def _parse(contents: list[tuple[str, bytes]]) -> Tables:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tables: Tables = []
    for name, content in contents:
        try:
            table = yaml.load(content, Loader=loader)
        except yaml.YAMLError as error:
            raise ModelError(f"不是 YAML / not YAML: {error}", where=name) from error
        if not isinstance(table, dict) or table.keys() - {"lexicon", "about", "source", "entries"}:
            raise ModelError(
                "词库文件要有这些键 / a lexicon file has the keys lexicon, about, source, entries", where=name
            )
        tables.append((name, table["lexicon"], table["entries"]))
    return tables


def _cache_file(digest: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "miner" / f"lexicons-{digest[:16]}.json"


def _read_kept(path: Path) -> Tables | None:
    try:
        made: Tables = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return made


def _keep(path: Path, tables: Tables) -> None:
    """Write the cache whole or not at all; a folder that cannot be written costs time, nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
    except OSError:
        return


def load_lexicon(name: str) -> tuple[Entry, ...]:
    """Return the entries of one lexicon in file order; raises ModelError when there is none of that name."""
    lexicons = load_all()
    if name not in lexicons:
        raise ModelError(
            f"没有这部词库 / no lexicon {name!r}", hint=f"有 / there are: {', '.join(sorted(lexicons))}"
        )
    return lexicons[name]


def listed(name: str, *kinds: str) -> tuple[str, ...]:
    """Return the words of a lexicon's entries of some kinds (of all, when none is named) as they are written, in file order.

    Raises ModelError when there is no lexicon of that name.
    """
    return tuple(
        word for entry in load_lexicon(name) if not kinds or entry.kind in kinds for word in entry.words
    )


def alternatives(words: Iterable[str]) -> str:
    r"""Return words as alternatives of a regular expression, the longest first: none hides another that begins with it.

    >>> alternatives(("签", "签约", "a+"))
    'a\\+|签约|签'
    """
    return "|".join(map(re.escape, sorted(set(words), key=lambda word: (-len(word), word))))
