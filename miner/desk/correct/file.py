"""corrections.yml: one correction a line, with who, when and why; a line that is removed undoes its correction."""

from __future__ import annotations

import getpass
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from miner.desk.correct import ENTITIES, FACTS
from miner.errors import InputError
from miner.offsets import stable_id

NAME = "corrections.yml"
_HEAD = (
    "# 更正:每行一条;删去一行即撤销,下次归并(miner resolve)生效。\n"
    "# Corrections, one a line: a line that is removed undoes its correction at the next `miner resolve`.\n"
)
_MOST_BYTES = 16 * 2**20
_LONGEST = 2_000
_ID = 10
_ABOUT = frozenset({"correct", "who", "when", "why"})
_WRITING = threading.Lock()
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: its verb, what it says, and who made it when and why. `line` is 1-based, 0 when not in a file yet."""

    verb: str
    said: Mapping[str, Any] = field(default_factory=dict)
    who: str | None = None
    when: str | None = None
    why: str | None = None
    line: int = 0

    @property
    def id(self) -> str:
        """A hash of what it says, whoever says it."""
        told = json.dumps(self.said, ensure_ascii=False, sort_keys=True)
        return stable_id("correction", self.verb, told)[:_ID]

    @property
    def kind(self) -> str:
        """What kind of thing it is about; empty where its verb says it."""
        return str(self.said.get("kind") or "")

    @property
    def shown(self) -> str:
        """What it says, for a person to read."""
        about = self.said.get("article") or self.said.get("articles")
        parts = [f"{key}={_shown(value)}" for key, value in self.said.items() if key not in _SHOWN_APART]
        where = f"【{_shown(about)}】" if about else ""
        to = self.said.get("to")
        return " ".join([*parts, where]).strip() + (f" → {_shown(to)}" if to is not None else "")


_SHOWN_APART = frozenset({"article", "articles", "to", "kind"})


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        inner = [_shown(v) for k, v in value.items() if k not in ("begins", "id")] or [
            _shown(v) for v in value.values()
        ]
        return " ".join(inner)
    if isinstance(value, list | tuple):
        return "、".join(map(_shown, value))
    return str(value)


class Fault(NamedTuple):
    """An entry of the file that says nothing one can do, and where it stands (1-based)."""

    line: int
    message: str


class CorrectionsRead(NamedTuple):
    """The corrections of a file, in its order, and the entries that are none."""

    corrections: tuple[Correction, ...]
    faults: tuple[Fault, ...] = ()


def corrections_path(database: Path) -> Path:
    """Return where the corrections of a database lie: beside it.

    >>> corrections_path(Path("archive/expo.db")).as_posix()
    'archive/corrections.yml'
    """
    return database.with_name(NAME)


def read(path: Path) -> CorrectionsRead:
    """Read a file of corrections; one that is not there has none.

    Raises InputError for a file that cannot be read at all: no YAML, no list, not UTF-8, too large.
    """
    return _parsed(_text(path), path)


def _text(path: Path) -> str:
    try:
        if not path.exists():
            return ""
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("更正文件太大 the file of corrections is too large", where=str(path))
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"更正文件读不了 corrections cannot be read: {error}", where=str(path)) from error


def _parsed(text: str, path: Path) -> CorrectionsRead:
    root = _root(text, path)
    if root is None:
        return CorrectionsRead(())
    found: dict[str, Correction] = {}
    faults: list[Fault] = []
    for entry in root.value:
        line = entry.start_mark.line + 1
        try:
            correction = checked(_plain(entry), line=line)
        except (InputError, yaml.YAMLError) as error:
            faults.append(Fault(line, getattr(error, "what", None) or str(error)))
            continue
        found[correction.id] = correction
    return CorrectionsRead(tuple(sorted(found.values(), key=lambda one: one.line)), tuple(faults))


def _root(text: str, path: Path) -> yaml.SequenceNode | None:
    try:
        if "*" in text and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_LOADER)
        ):
            raise InputError("更正文件里不能有引用 / the file of corrections holds aliases", where=str(path))
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise InputError("更正文件不是 YAML / the file of corrections is no YAML", where=where) from error
    if root is None or root.tag == "tag:yaml.org,2002:null":
        return None
    if not isinstance(root, yaml.SequenceNode):
        raise InputError("更正文件应是一个列表 / the file of corrections must be a list", where=str(path))
    return root


def _plain(entry: yaml.Node) -> Any:
    """Return an entry as plain values; everything is text, so that 2023-11-07 and 06 stay as written."""
    if isinstance(entry, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in entry.value}
    if isinstance(entry, yaml.SequenceNode):
        return [_plain(one) for one in entry.value]
    text = str(entry.value)
    empty = entry.tag == "tag:yaml.org,2002:null"
    return None if empty else text[:_LONGEST]


def _tidy(value: object) -> object:
    """Return an entry with every text on one line and writable."""
    if isinstance(value, Mapping):
        return {str(key): _tidy(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(one) for one in value]
    if isinstance(value, str):
        return " ".join(value.encode("utf-8", "ignore").decode().split())[:_LONGEST]
    return value


def checked(entry: object, *, line: int = 0) -> Correction:
    """Return an entry as a correction; raises InputError when it says nothing one can do."""
    entry = _tidy(entry)
    if not isinstance(entry, Mapping):
        raise InputError("应是 {correct: …, …} / an entry must be a mapping", code="correction")
    verb = str(entry.get("correct") or "")
    shape = _SHAPES.get(verb)
    if shape is None:
        raise InputError(
            f"不知道怎么更正 no such correction: {verb or '—'}", code="correction", hint=", ".join(_SHAPES)
        )
    said = {key: value for key, value in entry.items() if key not in _ABOUT and value not in (None, "", [])}
    if unknown := sorted(said.keys() - _KEYS):
        raise InputError(
            f"不认识的项 unknown: {', '.join(unknown)}", code="correction", hint=", ".join(sorted(_KEYS))
        )
    if wrong := shape(said):
        raise InputError(f"{verb}: {wrong}", code="correction")
    about = {key: str(entry[key]) if entry.get(key) else None for key in ("who", "when", "why")}
    return Correction(verb, said, line=line, **about)


_KEYS = frozenset(
    {
        "kind",
        "name",
        "names",
        "to",
        "article",
        "articles",
        "says",
        "event",
        "events",
        "from",
        "set",
        "title",
        "body",
    }
)
_POST_SETS = frozenset({"title", "body", "status"})
_EVENT_SETS = frozenset({"type", "date", "status", "place", "amount", "unit", "without"})
Said = Mapping[str, Any]


def _names(said: Said, *, least: int) -> bool:
    names = said.get("names")
    return isinstance(names, list) and len(names) >= least and all(isinstance(n, str) and n for n in names)


def _merge(said: Said) -> str | None:
    if said.get("kind") == "event":
        events = said.get("events")
        return None if isinstance(events, list) and len(events) >= 2 else "events: 至少两件 / two at least"
    if said.get("kind") not in ENTITIES:
        return f"kind: {', '.join((*ENTITIES, 'event'))}"
    return None if _names(said, least=2) else "names: 至少两个名称 / two names at least"


def _split(said: Said) -> str | None:
    if said.get("kind") == "event":
        return None if said.get("event") and isinstance(said.get("from"), list) else "event, from: [...]"
    if said.get("kind") not in ENTITIES:
        return f"kind: {', '.join((*ENTITIES, 'event'))}"
    by_article = isinstance(said.get("name"), str) and isinstance(said.get("articles"), list)
    return None if by_article or _names(said, least=2) else "names: [甲, 乙] / name, articles: [...]"


def _named(said: Said) -> str | None:
    wrong = (
        said.get("kind") not in ENTITIES
        or not isinstance(said.get("name"), str)
        or not isinstance(said.get("to"), str)
    )
    return f"kind ({', '.join(ENTITIES)}), name, to" if wrong else None


def _reject(said: Said) -> str | None:
    if said.get("kind") in ENTITIES:
        return None if isinstance(said.get("name"), str) else "name"
    if said.get("kind") in FACTS:
        return None if said.get("article") and isinstance(said.get("says"), str) else "article, says"
    return f"kind: {', '.join((*ENTITIES, *FACTS))}"


def _post(said: Said) -> str | None:
    given = said.get("set")
    if (
        not isinstance(said.get("name"), str)
        or not isinstance(given, Mapping)
        or not given.keys() <= _POST_SETS
    ):
        return "name, title, set: {title, body, status}"
    status = given.get("status")
    return "status: present, former" if status not in (None, "present", "former") else None


def _field(said: Said) -> str | None:
    return None if said.get("article") and isinstance(said.get("to"), str) else "article, to"


def _day(said: Said) -> str | None:
    from datetime import date

    if wrong := _field(said):
        return wrong
    try:
        date.fromisoformat(str(said["to"]))
    except ValueError:
        return f"to: YYYY-MM-DD, {said['to']!r}"
    return None


def _event(said: Said) -> str | None:
    given = said.get("set")
    if not said.get("event") or not isinstance(given, Mapping) or not given.keys() <= _EVENT_SETS:
        return f"event, set: {{{', '.join(sorted(_EVENT_SETS))}}}"
    if given.get("status") not in (None, "done", "planned", "negated"):
        return "status: done, planned, negated"
    try:
        float(given.get("amount") or 0)
    except (TypeError, ValueError):
        return f"amount: {given.get('amount')!r}"
    return None


_SHAPES: Mapping[str, Callable[[Said], str | None]] = {
    "merge": _merge,
    "split": _split,
    "rename": _named,
    "alias": _named,
    "reject": _reject,
    "post": _post,
    "headline": _field,
    "byline": _field,
    "date": _day,
    "event": _event,
}


def made(verb: str, said: Mapping[str, Any], *, who: str | None = None, why: str | None = None) -> Correction:
    """Return a correction made now; raises InputError when it says nothing one can do."""
    from miner.store.write import now  # brings NumPy along: not wanted by who only asks for help

    return checked(_entry(Correction(verb, said, who or _user(), now(), why)))


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def _entry(correction: Correction) -> dict[str, Any]:
    about = {"who": correction.who, "when": correction.when, "why": correction.why}
    return {"correct": correction.verb, **correction.said, **{k: v for k, v in about.items() if v}}


def as_line(correction: Correction) -> str:
    """Return a correction as the one line that it is in the file.

    >>> as_line(Correction("headline", {"article": "旧题", "to": "新题"}))
    '- {correct: headline, article: 旧题, to: 新题}\\n'
    """
    text = yaml.safe_dump(
        [_entry(correction)], allow_unicode=True, default_flow_style=True, sort_keys=False, width=float("inf")
    )
    return f"- {text.strip()[1:-1]}\n"


def append(path: Path, corrections: Iterable[Correction]) -> int:
    """Add corrections to a file, those that say something new; returns how many. The file is written whole or not at all.

    Raises InputError when it cannot be read or written.
    """
    with _alone(path):
        text = _text(path)
        known = {one.id for one in _parsed(text, path).corrections}
        added = {one.id: one for one in corrections if one.id not in known}
        if added:
            written = _begun(text, path) + "".join(map(as_line, added.values()))
            if {one.id for one in _parsed(written, path).corrections} != known | added.keys():
                raise InputError("不能续写 cannot be added to: 每条应以「- 」起行", where=str(path))
            _write(path, written)
        return len(added)


def _begun(text: str, path: Path) -> str:
    """Return a file's text as lines can be added to it: an empty list keeps only its comments."""
    if _root(text, path) is None:
        return "".join(line for line in text.splitlines(True) if line.startswith("#")) or _HEAD
    return text if text.endswith("\n") else f"{text}\n"


def remove(path: Path, key: str) -> Correction | None:
    """Remove the correction of that id, or on that line, from a file; returns it, None when there is none.

    Everything else of the file, comments too, stays as it is.
    """
    with _alone(path):
        text = _text(path)
        root = _root(text, path)
        lines = text.splitlines(True)
        for entry in root.value if root is not None else ():
            first, last = entry.start_mark.line, entry.end_mark
            try:
                found = checked(_plain(entry), line=first + 1)
            except InputError:
                found = Correction("", {}, line=first + 1)
            if key in (found.id, str(first + 1)):
                end = last.line if last.column == 0 and last.line > first else last.line + 1
                while end > first + 1 and lines[end - 1].lstrip().startswith("#"):
                    end -= 1  # a comment below belongs to what follows
                _write(path, "".join([*lines[:first], *lines[end:]]))
                return found
    return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold others off while a file is changed: threads of this process, and other processes where the system can."""
    with _WRITING:
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            yield
            return
        try:
            holder = os.open(path.parent, os.O_RDONLY)
        except OSError as error:
            raise InputError(
                f"没有这个文件夹 no such folder: {error.strerror}", where=str(path.parent)
            ) from error
        try:
            fcntl.flock(holder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(holder)


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"写不了 cannot be written: {error.strerror or error}", where=str(path)) from error
