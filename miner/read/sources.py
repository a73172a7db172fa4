"""Paths → sources: folders, globs, archives and packed files stream through, one source at a time."""

from __future__ import annotations

import errno
import glob
import hashlib
import io
import os
import posixpath
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from miner.config import Config
from miner.errors import InputError
from miner.read import archive
from miner.read.faults import fault
from miner.read.paths import printable

Kind = Literal["text", "html", "pdf", "row", "image", "jsonl", "unsupported"]
_HEAD = 4096
_BLANK = b"\xef\xbb\xbf \t\r\n"
_SUFFIXES: dict[str, Kind] = {
    ".txt": "text", ".text": "text", ".htm": "html", ".html": "html", ".xhtml": "html", ".shtml": "html", ".pdf": "pdf",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jpg": "image", ".jpeg": "image", ".png": "image", ".gif": "image",
    ".tif": "image", ".tiff": "image", ".bmp": "image", ".webp": "image",
}  # fmt: skip
_UNSUPPORTED = frozenset((
    ".json", ".doc", ".docx", ".wps", ".rtf", ".caj", ".nh", ".ofd", ".ceb", ".epub", ".mht", ".mhtml", ".xls", ".xlsx",
    ".ppt", ".pptx", ".rar", ".7z", ".djvu",
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
    (b"SQLite format 3", "unsupported"),
    (b"Rar!", "unsupported"),
    (b"7z\xbc\xaf", "unsupported"),
)
_PACKED = (".gz", ".xz", ".bz2")
_ARCHIVES = (".zip", ".tar", ".tgz", ".txz", ".tbz2", *_PACKED)
_SIDECARS = frozenset((
    ".json", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".csv", ".tsv", ".md", ".rst", ".py", ".ipynb", ".css", ".js",
    ".map", ".woff", ".woff2", ".ttf", ".svg", ".ico", ".log", ".db", ".sqlite", ".bak", ".tmp", ".sha256", ".md5",
))  # fmt: skip
"""Found in a folder or archive these are no newspapers and are passed over; given by their own names they are tried."""
_SAVED_PARTS = ("_files", ".files")
"""Endings of the folders in which browsers save the parts of a web page."""


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one document: a file, a member of an archive, or row number `row` of JSON lines."""

    path: str
    data: bytes
    kind: Kind
    row: int | None = None

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


def find_sources(paths: Iterable[Path | str], config: Config) -> Iterator[Source | Unread]:
    """Yield the sources under the paths in order, and an Unread for whatever cannot be opened."""
    for given in paths:
        found = False
        for file in _walk(os.fspath(given)):
            found = True
            yield from _open(file, config)
        if not found:
            exists = os.path.lexists(given)
            yield Unread(printable(os.fspath(given)), fault("nothing-readable" if exists else "missing"))


def sources_in(stream: BinaryIO, path: str, config: Config) -> Iterator[Source | Unread]:
    """Yield the sources in one open, seekable file: itself, its members, or its rows."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if not head or not (archive.is_archive(head) or path.lower().endswith(_ARCHIVES)):
        try:
            yield from _plain(stream, path, head, config)
        except InputError as error:
            yield Unread(path, error)
        return
    for found in archive.unpack(stream, path, config):
        if isinstance(found, archive.Refused):
            yield Unread(found.path, found.error)
        elif found.path == path or not _passed_over(found.path):
            try:
                yield from _plain(found.stream, found.path, found.stream.peek(_HEAD)[:_HEAD], config)
            except InputError as error:
                yield Unread(found.path, error)
                if error.code == "archive-too-large":
                    return
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
            if name.endswith((".jsonl", ".ndjson", ".tar", ".tgz", ".txz", ".tbz2", *_PACKED)):
                return None
            total += _zip_members(file.file) if name.endswith(".zip") else 1
    return total


def kind_of(path: str, head: bytes) -> Kind:
    """Tell what a file is, by its first bytes and then by its name.

    >>> kind_of("a.txt", b"<!DOCTYPE html>"), kind_of("a.dat", b"%PDF-1.7"), kind_of("b", "进博会".encode())
    ('html', 'pdf', 'text')
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    name = path.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    suffix = posixpath.splitext(name)[1]
    known: Kind | None = "unsupported" if suffix in _UNSUPPORTED else _SUFFIXES.get(suffix)
    start = head.lstrip(_BLANK)
    if known == "jsonl" and not start.startswith(b"{"):
        return "text"
    if known in (None, "text") and re.search(rb"<!doctype html|<html[\s>]", start[:1000], re.IGNORECASE):
        return "html"
    return "pdf" if known is None and b"%PDF-" in head[:1024] else known or "text"


def _plain(stream: BinaryIO | io.BufferedReader, path: str, head: bytes, config: Config) -> Iterator[Source]:
    """Yield a file that is no archive, or its rows when it is JSON lines: those stream, of any size."""
    kind, limit = kind_of(path, head), config.max_document_bytes
    if kind != "jsonl":
        data = stream.read(limit + 1)
        if len(data) > limit:
            raise fault("too-large", limit=limit)
        yield Source(path, data, kind)
        return
    for number, row in enumerate(iter(lambda: stream.readline(limit + 1), b""), 1):
        if len(row) > limit:
            raise fault("too-large", limit=limit)
        if stripped := row.strip(_BLANK):
            yield Source(f"{path}#{number:06d}", stripped, "row", number)


def _open(found: _File, config: Config) -> Iterator[Source | Unread]:
    try:
        if found.error is not None:
            raise found.error
        status = os.stat(found.file)
        if not stat.S_ISREG(status.st_mode):
            raise fault("special-file")
        with open(found.file, "rb") as stream:
            yield from sources_in(stream, found.path, config)
    except InputError as error:
        yield Unread(found.path, error)
    except OSError as error:
        yield Unread(found.path, _os_fault(error))


def _os_fault(error: OSError) -> InputError:
    if isinstance(error, PermissionError):
        return fault("permission")
    if error.errno in (errno.ENOENT, errno.ELOOP):
        return fault("missing")
    return fault("unreadable", reason=error.strerror or error)


def _walk(given: str) -> Iterator[_File]:
    """Yield the files under one given path, sorted."""
    if os.path.lexists(given):
        if os.path.isdir(given):
            yield from _folder(given, given)
        else:
            yield _File(given, printable(os.path.basename(given)))
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
            yield _File(path, _relative(path, root), error=_os_fault(error))
            continue
        if not stat.S_ISDIR(status.st_mode):
            yield _File(path, _relative(path, root))
        elif (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            try:
                names = sorted(os.listdir(path), reverse=True)
            except OSError as error:
                yield _File(path, _relative(path, root), error=_os_fault(error))
                continue
            stack.extend(os.path.join(path, name) for name in names if not _passed_over(name))


def _passed_over(path: str) -> bool:
    name = posixpath.basename(path.lower())
    return name.startswith(".") or name.endswith(_SAVED_PARTS) or posixpath.splitext(name)[1] in _SIDECARS


def _glob_root(pattern: str) -> str:
    parts = Path(pattern).parts
    first = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return os.path.join(*parts[:first]) if first else "."


def _relative(path: str, root: str) -> str:
    return printable(os.path.relpath(path, root)).replace(os.sep, "/")


def _zip_members(file: str) -> int:
    try:
        with zipfile.ZipFile(file) as opened:
            names = [info.filename for info in opened.infolist() if not info.filename.endswith("/")]
    except archive.DAMAGE:
        return 1
    return sum(not archive.is_hidden(name) and not _passed_over(name) for name in names)
