"""Sources → documents: the one place where the formats meet, and where what goes wrong becomes a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from miner.config import Config
from miner.errors import ConfigError, InputError
from miner.model import Document, Problem
from miner.read import jsonl
from miner.read.escapes import unescaped
from miner.read.faults import fault, problem
from miner.read.guard import guarded
from miner.read.masthead import masthead
from miner.read.paths import PathFacts, path_facts
from miner.read.sources import Source, Unread, find_sources, sources_in
from miner.read.text import decode, is_encoding, made_up, read_lines, storable

_UNPACKED = ("pdf", "image", "mhtml")
"""Kinds that a few bytes can unpack to gigabytes."""
_HELD = ("html", "row")
"""Kinds whose parsed form takes many times the room of their bytes."""
_LARGE, _MANY = 1 << 20, 5000
"""Bytes, and elements, of these kinds from which they are read in a process with limits."""
_UNKNOWN = "application/octet-stream"
_MEDIA = {
    "text": "text/plain",
    "html": "text/html",
    "mhtml": "multipart/related",
    "pdf": "application/pdf",
    "row": "application/json",
    "image": "image/*",
}


def read_paths(
    paths: Iterable[Path | str], config: Config, *, skip: Callable[[str, str], bool] | None = None
) -> Iterator[Document]:
    """Read files, folders (recursive, sorted, hidden files passed over), globs and archives, one document at a time.

    `skip(document_id, path)` is asked before parsing; a document it says yes to yields nothing. What cannot be read yields
    a document with status "failed" and a problem. Two files of the same bytes yield two documents of the same
    id: which of them is kept is for the store to decide. Raises ConfigError for a wrong pattern in the configuration.
    """
    for found in find_sources(paths, config):
        if skip is None or not skip(found.id, found.path):
            yield unread(found) if isinstance(found, Unread) else read_source(found, config)


def check_reading(config: Config) -> None:
    """Raise ConfigError when the configuration names an encoding or a field of tables that there is not."""
    if config.encoding is not None and not is_encoding(config.encoding):
        raise ConfigError(f"{config.encoding!r} 不是编码 / no encoding", where="encoding")
    for entry in config.fields:
        if entry.partition("=")[0].strip() not in jsonl.FIELDS or not entry.partition("=")[2]:
            known = ", ".join(jsonl.FIELDS)
            raise ConfigError(
                f"{entry!r} 不是 字段=列名 / not FIELD=NAME", where="fields", hint=f"fields: {known}"
            )


def read_bytes(data: bytes, path: str, config: Config) -> Iterator[Document]:
    """Read bytes as if they lay in a file at `path`.

    >>> [document.lines[0].text for document in read_bytes("进博会开幕\\n".encode(), "a.txt", Config())]
    ['进博会开幕']
    """
    for found in sources_in(BytesIO(data), path, config):
        yield unread(found) if isinstance(found, Unread) else read_source(found, config)


def read_source(source: Source, config: Config) -> Document:
    """Parse one source; whatever is wrong with it becomes a problem of its document, never an exception."""
    place = source.path.rpartition("#")[0] if source.row or source.url else source.path
    facts = path_facts(place, config.path_patterns)
    base = Document(
        id=source.id,
        path=source.path,
        media_type=_MEDIA.get(source.kind, _UNKNOWN),
        encoding=None,
        bytes=len(source.data),
        newspaper=facts.newspaper,
        issue_date=facts.issue_date,
        page=facts.page,
        url=source.url,
    )
    try:
        made = _parse(source, base, config)
    except InputError as error:
        made = _failed(base, error)
    except MemoryError:
        made = _failed(base, fault("memory"))
    except UnicodeError as error:
        made = _failed(base, fault("not-decodable", reason=error))
    except Exception as error:  # the parsers' own bugs: one hostile file must not end a run over an archive
        made = _failed(base, fault("reader-error", reason=f"{type(error).__name__}: {error}"))
    return _completed(made, config)


def _parse(source: Source, base: Document, config: Config) -> Document:
    """Read a source in the way of its kind; what unpacks, and what is large, is read in a process with limits."""
    if not source.data:
        raise fault("empty")
    read = _READERS.get(source.kind)
    if read is None:
        raise fault("unsupported", format=PurePosixPath(source.path).suffix or "?")
    job = partial(read, source, base, config)
    return guarded(job, config) if _is_heavy(source) else job()


def _is_heavy(source: Source) -> bool:
    """Tell what may take much more memory than its bytes: what unpacks, what is large, and what has very many elements."""
    if source.kind in _UNPACKED:
        return True
    return source.kind in _HELD and (len(source.data) > _LARGE or source.data.count(b"<") > _MANY)


def _read_text(source: Source, base: Document, config: Config) -> Document:
    decoded = decode(source.data, forced=config.encoding)
    text, said = decoded.text, decoded.problems
    if plain := unescaped(text):
        text, said = (
            storable(plain.text),
            (*said, problem("escapes", count=plain.places, example=plain.example)),
        )
    said = said or tuple(made_up(text))  # what was decoded with losses may hold any
    lines, problems = read_lines(text, config)
    if not text or text.isspace():
        raise fault("empty")
    return replace(base, encoding=decoded.encoding, lines=lines, problems=(*said, *problems))


def _read_row(source: Source, base: Document, config: Config) -> Document:
    return jsonl.read_row(source.data, base, source.row or 1, jsonl.field_names(config.fields))


def _read_html(source: Source, base: Document, config: Config) -> Document:
    from miner.read.html import read_html  # heavy, and many archives hold none

    return read_html(source.data, base, config)


def _read_mhtml(source: Source, base: Document, config: Config) -> Document:
    from miner.read.mhtml import read_mhtml  # heavy, and many archives hold none

    return read_mhtml(source.data, base, config)


def _read_pdf(source: Source, base: Document, config: Config) -> Document:
    from miner.read.pdf import read_pdf  # heavy, and many archives hold none

    return read_pdf(source.data, base, config)


def _read_image(source: Source, base: Document, config: Config) -> Document:
    from miner.read.pdf import read_image  # heavy, and many archives hold none

    return read_image(source.data, base, config)


_READERS: dict[str, Callable[[Source, Document, Config], Document]] = {
    "text": _read_text,
    "row": _read_row,
    "html": _read_html,
    "mhtml": _read_mhtml,
    "pdf": _read_pdf,
    "image": _read_image,
}


def _completed(made: Document, config: Config) -> Document:
    """Fill in what neither markup nor path states: from the page's own furniture, then from the configuration."""
    stated = PathFacts() if made.layout == "markup" else masthead(made.lines)
    newspaper = made.newspaper or stated.newspaper or config.newspaper
    issue_date = made.issue_date or stated.issue_date or config.issue_date
    page = made.page or stated.page
    if (newspaper, issue_date, page) != (made.newspaper, made.issue_date, made.page):
        made = replace(made, newspaper=newspaper, issue_date=issue_date, page=page)
    if made.status == "ok" and made.problems:
        made = replace(made, problems=tuple(_placed(said, made) for said in made.problems))
    return made


def _placed(said: Problem, document: Document) -> Problem:
    return replace(said, message=f"{document.path}: {said.message}", document_id=document.id)


def _failed(base: Document, error: InputError) -> Document:
    said = _placed(Problem("read", error.code, error.what), base)
    return replace(base, status="failed", lines=(), problems=(said,))


def unread(found: Unread) -> Document:
    """Return the failed document of a path whose bytes were not seen."""
    return _failed(Document(found.id, found.path, _UNKNOWN, None, 0), found.error)
