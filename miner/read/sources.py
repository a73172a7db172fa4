"""Paths → sources: folders, globs, archives and packed files stream through, one source at a time."""

from __future__ import annotations

import glob
import hashlib
import io
import os
import posixpath
import re
import stat
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from miner.config import Config
from miner.errors import InputError
from miner.read import archive
from miner.read.faults import fault, os_fault
from miner.read.feeds import is_feed
from miner.read.guard import read_rows, rows_guarded
from miner.read.mhtml import is_mhtml
from miner.read.paths import printable
from miner.read.tables import TABLES, kind_of_text_table
from miner.read.warc import Kept, web_archive

Kind = Literal["text", "html", "pdf", "row", "image", "jsonl", "xml", "table", "warc", "mhtml", "unsupported"]
_HEAD = 4096
_BLANK = b"\xef\xbb\xbf \t\r\n"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_SUFFIXES: dict[str, Kind] = {
    ".txt": "text", ".text": "text", ".htm": "html", ".html": "html", ".xhtml": "html", ".shtml": "html", ".pdf": "pdf",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image",
    ".mht": "mhtml", ".mhtml": "mhtml", ".xml": "xml", ".tif": "image", ".tiff": "image", ".bmp": "image", ".webp": "image",
}  # fmt: skip
_UNSUPPORTED = frozenset((
    ".doc", ".docx", ".wps", ".rtf", ".caj", ".nh", ".ofd", ".ceb", ".epub", ".xls", ".et", ".ods", ".odt",
    ".sql", ".ppt", ".pptx", ".rar", ".7z", ".djvu", ".eml", ".msg", ".zst", ".br", ".lz4", ".mobi", ".azw3", ".chm", ".ps",
))  # fmt: skip
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"\xd0\xcf\x11\xe0", "unsupported"),
    (b"{\\rtf", "unsupported"),
    (b"SQLite format 3", "table"),
    (b"PAR1", "table"),
    (b"WARC/", "warc"),
    (b"(\xb5/\xfd", "unsupported"),
    (b"%!PS", "unsupported"),
    (b"ITSF", "unsupported"),
    (b"PK\x03\x04", "table"),
    (b"Rar!", "unsupported"),
    (b"7z\xbc\xaf", "unsupported"),
)
_COMPOUND, _LOCKED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
"""How old Office documents begin, and what is in those that only wrap a new one with a password."""
_HTML = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)
_FRAGMENT = re.compile(
    rb"<(?:p|div|h[1-6]|table|section|article|center|span|font)\b[^<>]{0,500}>", re.IGNORECASE
)
_FRAGMENT_END = re.compile(rb"</(?:p|div|h[1-6]|td|section|span|font)\s{0,3}>|<br\s{0,3}/?>", re.IGNORECASE)
_JSON = re.compile(rb"(?:\[\s{0,99})?\{\s{0,99}\"[^\"\n]{1,60}\"\s{0,9}:")
_SHEETS = (".xls", ".et")
"""Names of old spreadsheets, under which programs on the web put out pages and plain text."""
_PACKED = (".gz", ".xz", ".bz2")
_SMALL_TABLE = 4 * 2**20
"""Bytes below which a table of plain text is read without a guard."""
_UNCOUNTED = (
    ".jsonl", ".ndjson", ".csv", ".tsv", ".xlsx", ".parquet", ".warc", ".tar", ".tgz", ".txz", ".tbz2", *_PACKED
)  # fmt: skip
"""Files whose documents are not counted beforehand."""
_ARCHIVES = (".zip", ".tar", ".tgz", ".txz", ".tbz2", *_PACKED)
_SIDECARS = frozenset((
    ".yml", ".yaml", ".toml", ".ini", ".cfg", ".md", ".rst", ".py", ".ipynb", ".css", ".js",
    ".php", ".asp", ".jsp", ".java", ".c", ".h", ".cpp", ".go", ".rb", ".sh", ".bat", ".ps1", ".ts", ".vue", ".scss", ".xsl", ".dtd",
    ".map", ".woff", ".woff2", ".ttf", ".svg", ".ico", ".log", ".bak", ".tmp", ".sha256", ".md5",
))  # fmt: skip
"""Found in a folder or archive these are no newspapers and are passed over; given by their own names they are tried."""
_SYSTEM = ("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "icon\\r")
"""Files that systems put into folders; Office puts there what begins with ~$ while a document is open."""
_SAVED_PARTS = ("_files", ".files")
"""Endings of the folders in which browsers save the parts of a web page."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one document: a file, a member of an archive, or row number `row` of JSON lines."""

    path: str
    data: bytes
    kind: Kind
    row: int | None = None
    url: str | None = None
    """Where a web archive found it."""

    @property
    def id(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Unread:
    """A path whose bytes were not seen, and why."""

    path: str
    error: InputError

    @property
    def id(self) -> str:
        """A hash of the path and of what is wrong, since the bytes are not known."""
        return hashlib.sha256(f"unread\0{self.path}\0{self.error.code}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was found: where it lies, its path relative to the given root, and why it cannot be opened."""

    file: str
    path: str
    error: InputError | None = None
    named: bool = False
    """Whether it was given by its own name: what is no table of articles is then refused, else passed over."""


def find_sources(
    paths: Iterable[Path | str], config: Config, *, only: Collection[str] | None = None
) -> Iterator[Source | Unread]:
    """Yield the sources under the paths in order, and an Unread for whatever cannot be opened.

    With `only`, files are opened whose path is one of these, or holds one of these.
    """
    holding = None if only is None else {start for path in only for start in _starts(path)}
    for given in paths:
        found = False
        for file in _walk(os.fspath(given)):
            found = True
            if holding is None or file.path in holding:
                yield from _open(file, config)
        if not found:
            exists = os.path.lexists(given)
            yield Unread(printable(os.fspath(given)), fault("nothing-readable" if exists else "missing"))


@dataclass(frozen=True, slots=True)
class Plain:
    """A file that needs no unpacking, not read yet: somebody else may open it by its address."""

    url: str
    """Its path on this machine, or its address as fsspec takes it."""
    path: str
    named: bool = False
    bytes: int = 0


def plain_or_read(given: str, config: Config) -> Iterator[Plain | Source | Unread]:
    """Yield the files under a path: those that need no unpacking unread, of all others the sources in them."""
    for file in _walk(given):
        if file.error is None and is_plain(file.path):
            with suppress(OSError):
                status = os.stat(file.file)
                if stat.S_ISREG(status.st_mode):
                    yield Plain(os.path.abspath(file.file), file.path, file.named, status.st_size)
                    continue
        yield from _open(file, config)


def is_plain(path: str) -> bool:
    """Tell by a file's name whether it is one document, as far as names tell.

    >>> is_plain("a.html"), is_plain("a.txt.gz"), is_plain("a.jsonl")
    (True, False, False)
    """
    return _SUFFIXES.get(posixpath.splitext(path.lower())[1]) in ("text", "html", "pdf", "image")


def is_wanted(path: str) -> bool:
    """Tell whether a file found in a folder is looked at: no hidden one, and none of those that come beside others."""
    return not archive.is_hidden(path) and not any(_passed_over(part) for part in path.split("/"))


def _starts(path: str) -> Iterator[str]:
    """Yield a path, and the paths of the archives and tables that may hold it."""
    yield path
    yield from (path[:at] for at, char in enumerate(path) if char in "/#")


def sources_in(
    stream: BinaryIO, path: str, config: Config, *, named: bool = True
) -> Iterator[Source | Unread]:
    """Yield the sources in one open, seekable file: itself, its members, or its rows.

    A table that was not `named`, but found in a folder or archive, is passed over unless it holds articles.
    """
    head = stream.read(_HEAD)
    stream.seek(0)
    packed = head and (archive.is_archive(head, path) or path.lower().endswith(_ARCHIVES))
    read = _unpacked if packed else _plain
    try:
        yield from read(stream, path, config, named=named)
    except InputError as error:
        yield Unread(path, error)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # the libraries' own bugs: one hostile file must not end a run over an archive
        yield Unread(path, fault("reader-error", reason=f"{type(error).__name__}: {error}"))


def _unpacked(stream: BinaryIO, path: str, config: Config, *, named: bool) -> Iterator[Source | Unread]:
    for found in archive.unpack(stream, path, config):
        if isinstance(found, archive.Refused):
            yield Unread(found.path, found.error)
        elif found.path == path or not _passed_over(found.path):
            for source in _member(found, config, named=named and found.path == path):
                yield source
                if isinstance(source, Unread) and source.error.code == "archive-too-large":
                    return


def _member(found: archive.Member, config: Config, *, named: bool) -> Iterator[Source | Unread]:
    try:
        yield from _plain(found.stream, found.path, config, named=named)
    except InputError as error:
        yield Unread(found.path, error)
    except archive.DAMAGE as error:
        yield Unread(found.path, fault("damaged-archive", reason=error))


def count_paths(paths: Iterable[Path | str]) -> int | None:
    """Return how many documents lie under the paths, or None where that takes reading them.

    Zip members are counted; tar and packed archives and JSON lines make the number unknown.
    """
    total = 0
    for given in paths:
        for file in _walk(os.fspath(given)):
            name = file.path.lower()
            if name.endswith(_UNCOUNTED) or (file.named and name.endswith(tuple(TABLES))):
                return None
            if name.endswith(".zip"):
                total += _zip_members(file.file)
            elif not name.endswith(tuple(TABLES)):  # found in folders, most of them are no tables of articles
                total += 1
    return total


def kind_of(path: str, head: bytes) -> Kind:
    """Tell what a file is, by its first bytes and then by its name.

    >>> kind_of("a.txt", b"<!DOCTYPE html>"), kind_of("a.dat", b"%PDF-1.7"), kind_of("b", "进博会".encode())
    ('html', 'pdf', 'text')
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    suffix, start = _suffix(path), head.lstrip(_BLANK)
    if _is_table(suffix, start):
        return "html" if suffix in TABLES and _HTML.match(start) else "table"
    known: Kind | None = "unsupported" if suffix in _UNSUPPORTED else _SUFFIXES.get(suffix)
    if known == "jsonl" or (known == "html" and _JSON.match(start)):
        return _kind_of_rows(start)
    if known is None or known in ("text", "xml"):
        return _kind_of_text(start, known)
    return known


def _is_table(suffix: str, start: bytes) -> bool:
    return suffix in TABLES or is_feed(start) or (suffix in _SHEETS and not start.startswith(b"<?xml"))


def _kind_of_text(start: bytes, known: Kind | None) -> Kind:
    """Tell text from what is kept as text: web pages, tables of articles, XML that is neither, PDF behind something else."""
    if is_mhtml(start):
        return "mhtml"
    if _HTML.search(start[:1000]):
        return "html"
    if known == "xml" or start.startswith(b"<?xml") or start[4:8] == b"ftyp":
        return "unsupported"
    if _JSON.match(start):
        return _kind_of_rows(start)
    if _FRAGMENT.match(start) and len(_FRAGMENT_END.findall(start)) > 1:
        return "html"
    if known is None and b"%PDF-" in start[:1024]:
        return "pdf"
    return "table" if kind_of_text_table(start) else "text"


def _suffix(path: str) -> str:
    """Return the ending of a name, without those of packing."""
    name = path.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return posixpath.splitext(name)[1]


def _kind_of_rows(start: bytes) -> Kind:
    """Tell JSON lines from JSON in any other arrangement, and from what only bears their name."""
    if start.startswith(_WIDE):  # lines end otherwise there
        return "table"
    first, _, rest = start.partition(b"\n")
    if start.startswith(b"{"):
        return "table" if rest and not first.rstrip().endswith(b"}") else "jsonl"
    return "table" if start.startswith(b"[") else "text"


def table_kind(path: str, head: bytes) -> str:
    """Tell which kind of table a file is, by its first bytes and then by its name.

    >>> table_kind("a.db", b"SQLite format 3"), table_kind("a.ndjson", b"["), table_kind("a.csv.gz", b"a,b")
    ('sqlite', 'json', 'csv')
    >>> table_kind("a.xls", b"<table><tr>"), table_kind("a.txt", "标题,正文".encode())
    ('page', 'csv')
    """
    for magic, kind in ((b"SQLite format 3", "sqlite"), (b"PAR1", "parquet"), (b"PK\x03\x04", "xlsx")):
        if head.startswith(magic):
            return kind
    start, suffix = head.lstrip(_BLANK), _suffix(path)
    if is_feed(start):
        return "feed"
    if suffix in _SHEETS:
        return "page" if start.startswith(b"<") else "csv"
    known = TABLES.get(suffix)
    if known is None and (found := kind_of_text_table(start)):
        return found
    return "csv" if known == "xlsx" and head.strip(b"\0") == head else known or "json"


def _plain(
    stream: BinaryIO | io.BufferedReader, path: str, config: Config, *, named: bool
) -> Iterator[Source | Unread]:
    """Yield a file that is no archive, or its rows when it is a table: JSON lines stream, of any size."""
    stream, head = _peeked(stream)
    kind, limit = kind_of(path, head), config.max_document_bytes
    if kind == "jsonl":
        yield from _rows(stream, path, config)
    elif kind == "warc":
        for number, kept in enumerate(web_archive(stream, config), 1):
            yield _of_web_archive(f"{path}#{number:06d}", kept)
    else:
        data = stream.read(limit + 1)
        if kind == "table":
            yield from _of_table(data, path, config, named=named)
        elif len(data) > limit:
            raise fault("too-large", limit=limit)
        elif kind == "unsupported" and head.startswith(_COMPOUND) and _LOCKED in data:
            raise fault("encrypted")
        else:
            yield Source(path, data, kind)


def _peeked(stream: BinaryIO | io.BufferedReader) -> tuple[io.BufferedReader, bytes]:
    buffered = cast(io.BufferedReader, stream)
    if not isinstance(stream, io.BufferedReader):
        buffered = cast(io.BufferedReader, io.BufferedReader(cast(io.RawIOBase, stream)))
    return buffered, buffered.peek(_HEAD)[:_HEAD]


def _rows(stream: io.BufferedReader, path: str, config: Config) -> Iterator[Source]:
    """Yield the rows of JSON lines; in an encoding that somebody knows they are taken to UTF-8, as the rows of tables are."""
    limit = config.max_document_bytes
    for number, row in enumerate(iter(lambda: stream.readline(limit + 1), b""), 1):
        if len(row) > limit:
            raise fault("too-large", limit=limit)
        if stripped := row.strip(_BLANK):
            if config.encoding and not stripped.isascii():
                stripped = stripped.decode(config.encoding, "replace").encode()
            yield Source(f"{path}#{number:06d}", stripped, "row", number)


def _of_web_archive(path: str, kept: Kept) -> Source | Unread:
    """Return what a web archive keeps as a source of its kind."""
    if kept.error is not None:
        return Unread(path, kept.error)
    found = kind_of("", kept.data[:_HEAD])
    kind = found if "html" not in kept.media_type or found in ("pdf", "mhtml") else "html"
    return Source(path, kept.data, kind, url=kept.url or None)


def _of_table(data: bytes, path: str, config: Config, *, named: bool) -> Iterator[Source]:
    """Yield the rows of a table of articles; one that was not named and holds none is passed over."""
    count = 0
    try:
        rows = _table_rows(data, table_kind(path, data[:_HEAD]), config, strict=not named)
        for count, row in enumerate(rows, 1):
            yield Source(f"{path}#{count:06d}", row, "row", count)
    except InputError as error:
        if _suffix(path) in _SHEETS and error.code == "no-columns":
            raise fault("unsupported", format=_suffix(path)) from error
        if named or count:
            raise
        return
    if not count:
        raise fault("empty")


def _table_rows(data: bytes, kind: str, config: Config, *, strict: bool) -> Iterator[bytes]:
    """Return the rows of a table; what unpacks, and what is large, is read within limits."""
    if len(data) > config.max_document_bytes:
        raise fault("too-large", limit=config.max_document_bytes)
    small = kind in ("csv", "json", "labelled") and len(data) < _SMALL_TABLE
    return (read_rows if small else rows_guarded)(data, kind, config, strict=strict)


def _open(found: _File, config: Config) -> Iterator[Source | Unread]:
    try:
        if found.error is not None:
            raise found.error
        status = os.stat(found.file)
        if not stat.S_ISREG(status.st_mode):
            raise fault("special-file")
        with open(found.file, "rb") as stream:
            yield from sources_in(stream, found.path, config, named=found.named)
    except InputError as error:
        yield Unread(found.path, error)
    except OSError as error:
        yield Unread(found.path, os_fault(error))


def _walk(given: str) -> Iterator[_File]:
    """Yield the files under one given path, sorted."""
    if os.path.lexists(given):
        if os.path.isdir(given):
            yield from _folder(given, given)
        else:
            yield _File(given, printable(os.path.basename(given)), named=True)
    elif glob.has_magic(given):
        root = _glob_root(given)
        for match in sorted(glob.glob(given, recursive=True)):
            if not os.path.isdir(match):
                if not _passed_over(match):
                    yield _File(match, _relative(match, root))
            elif not given.endswith(("**", "**/*")):
                yield from _folder(match, root)


def _folder(top: str, root: str) -> Iterator[_File]:
    """Walk a folder in the order of names; links are followed, but no folder is entered twice."""
    seen: set[tuple[int, int]] = set()
    stack = [top]
    while stack:
        path = stack.pop()
        try:
            status = os.stat(path)
        except OSError as error:
            yield _File(path, _relative(path, root), error=os_fault(error))
            continue
        if not stat.S_ISDIR(status.st_mode):
            yield _File(path, _relative(path, root))
        elif (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            try:
                names = sorted(os.listdir(path), reverse=True)
            except OSError as error:
                yield _File(path, _relative(path, root), error=os_fault(error))
                continue
            about = said_beside(names)
            stack.extend(
                os.path.join(path, name) for name in names if not _passed_over(name) and name not in about
            )


def said_beside(paths: Collection[str]) -> frozenset[str]:
    """Return the JSON files that stand beside a file of the same name: what is said of it, and no articles.

    >>> sorted(said_beside(["x/a.txt", "x/a.json", "x/b.json", "a.json"]))
    ['x/a.json']
    """
    stems = {os.path.splitext(path)[0] for path in paths if not path.lower().endswith(".json")}
    return frozenset(path for path in paths if path.lower().endswith(".json") and path[:-5] in stems)


def _passed_over(path: str) -> bool:
    name = posixpath.basename(path.lower())
    if name.startswith((".", "~$")) or name in _SYSTEM:
        return True
    return name.endswith(_SAVED_PARTS) or posixpath.splitext(name)[1] in _SIDECARS


def _glob_root(pattern: str) -> str:
    parts = Path(pattern).parts
    first = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return os.path.join(*parts[:first]) if first else "."


def _relative(path: str, root: str) -> str:
    return printable(os.path.relpath(path, root)).replace(os.sep, "/")


def _zip_members(file: str) -> int:
    most = Config().max_archive_members
    try:
        with open(file, "rb") as stream:
            archive.check_directory(stream, most)
        with zipfile.ZipFile(file) as opened:
            names = [info.filename for info in opened.infolist() if not info.filename.endswith("/")]
    except (InputError, *archive.DAMAGE):
        return 1
    kept = [name for name in names if not archive.is_hidden(name) and not _passed_over(name)]
    return sum(not name.lower().endswith(tuple(TABLES)) for name in kept)
