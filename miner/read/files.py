"""Paths → sources → documents: folders, globs, archives and packed files stream through, one source at a time."""

from __future__ import annotations

import glob
import hashlib
import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, cast

from miner.config import Config
from miner.errors import InputError
from miner.model import Document, Problem
from miner.read import archive, jsonl
from miner.read.paths import path_facts, printable
from miner.read.text import decode, read_lines

Kind = Literal["text", "html", "pdf", "row", "image", "jsonl", "unsupported"]
_HEAD = 4096
_SUFFIXES: dict[str, Kind] = {
    ".txt": "text", ".text": "text", ".htm": "html", ".html": "html", ".xhtml": "html", ".shtml": "html", ".pdf": "pdf",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "unsupported", ".doc": "unsupported", ".docx": "unsupported",
    ".rtf": "unsupported", ".caj": "unsupported", ".ofd": "unsupported", ".ceb": "unsupported", ".mhtml": "unsupported",
    ".mht": "unsupported", ".xls": "unsupported", ".xlsx": "unsupported", ".rar": "unsupported", ".7z": "unsupported",
}  # fmt: skip
_SIDECARS = frozenset(
    ".json .yml .yaml .toml .ini .cfg .csv .tsv .md .rst .py .ipynb .css .js .map .woff .woff2 .ttf .svg .ico .log .db .sqlite "
    ".db-wal .db-shm .bak .tmp .sha256 .md5".split()
)
"""Found in a folder or archive these are not newspapers and are passed over; given by name they are tried."""
_PACKED = (".gz", ".xz", ".bz2")
_MEDIA = {"text": "text/plain", "html": "text/html", "pdf": "application/pdf", "row": "application/json", "image": "image/*"}
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"), (b"II*\0", "image"), (b"MM\0*", "image"),
    (b"\xd0\xcf\x11\xe0", "unsupported"), (b"{\\rtf", "unsupported"), (b"SQLite format 3", "unsupported"), (b"Rar!", "unsupported"),
    (b"7z\xbc\xaf", "unsupported"), (b"\x7fELF", "unsupported"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of one document-to-be: a file, a member of an archive, or a row of JSON lines (`row` is its number)."""

    path: str
    data: bytes
    kind: Kind
    row: int | None = None

    @property
    def id(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()


def read_paths(
    paths: Iterable[Path | str], config: Config, *, skip: Callable[[str, str], bool] | None = None
) -> Iterator[Document]:
    """Read files, folders (recursive, sorted, hidden files passed over), globs and archives, one document at a time.

    `skip(document_id, path)` is asked before parsing; a document it says yes to yields nothing. What cannot be read
    yields a document with status "failed" and a problem. Raises ConfigError for a wrong pattern in the configuration only.
    """
    for found in find_sources(paths, config):
        if isinstance(found, Document):
            yield found
        elif skip is None or not skip(found.id, found.path):
            yield read_source(found, config)


def read_bytes(data: bytes, path: str, config: Config) -> Iterator[Document]:
    """Read bytes as if they lay in a file at `path`."""
    for found in _sources_of(cast(BinaryIO, BytesIO(data)), path, config, inside=False):
        yield found if isinstance(found, Document) else read_source(found, config)


def count_paths(paths: Iterable[Path | str]) -> int | None:
    """Return how many documents `read_paths` will see, skipped ones included, or None where that takes reading.

    Zip members are counted; a tar, a packed tar or JSON lines make the number unknown.
    """
    total = 0
    for file, _, given in _walk(paths):
        name = file.name.lower()
        if name.endswith((".jsonl", ".ndjson", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".jsonl.gz", ".jsonl.xz")):
            return None
        if name.endswith(".zip"):
            try:
                with zipfile.ZipFile(file) as opened:
                    total += sum(not i.is_dir() and not archive.is_hidden(i.filename) for i in opened.infolist())
            except (OSError, zipfile.BadZipFile, ValueError):
                total += 1
        elif given or not _passed_over(name):
            total += 1
    return total


def read_source(source: Source, config: Config) -> Document:
    """Parse one source; whatever is wrong with it becomes a problem of its document, never an exception."""
    facts = path_facts(source.path.partition("#")[0] if source.row else source.path, config.path_patterns)
    base = Document(
        source.id, source.path, _MEDIA.get(source.kind, "application/octet-stream"), None, len(source.data),
        newspaper=facts.newspaper, issue_date=facts.issue_date, page=facts.page,
    )  # fmt: skip
    try:
        made = _parse(source, base, config)
    except InputError as error:
        return _failed(base, error)
    except MemoryError:
        return _failed(base, InputError("内存不足 / out of memory", code="memory", hint="请分成几个文件 / split the file"))
    except Exception as error:  # the parsers' own bugs: a hostile file must not end a run over an archive
        return _failed(base, InputError(f"读取程序出错({type(error).__name__}: {error}) / the reader failed on it", code="reader-error"))
    problems = tuple(replace(problem, document_id=made.id) for problem in made.problems)
    return replace(
        made, problems=problems, newspaper=made.newspaper or config.newspaper, issue_date=made.issue_date or config.issue_date
    )


def find_sources(paths: Iterable[Path | str], config: Config) -> Iterator[Source | Document]:
    """Yield the sources under the paths, and a failed document for whatever cannot be opened."""
    for given in paths:
        found = False
        for file, path, named in _walk([given]):
            found = True
            yield from _open(file, path, config, inside=not named)
        if not found:
            yield _nothing(str(given))


def _parse(source: Source, base: Document, config: Config) -> Document:
    if not source.data:
        raise InputError("文件是空的 / the file is empty", code="empty")
    if source.kind == "pdf":
        from miner.read.pdf import read_pdf  # heavy import, only where a PDF turns up

        return read_pdf(source.data, base, config)
    if source.kind == "html":
        from miner.read.html import read_html  # heavy import, only where a web page turns up

        return read_html(source.data, base, config)
    if source.kind == "row":
        return jsonl.read_row(source.data, base, source.row or 1, jsonl.field_names(config.jsonl_fields))
    if source.kind != "text":
        hint = "图片请加 --ocr,其他格式请另存为 txt、html 或 pdf / for images use --ocr; save other formats as txt, html or pdf"
        raise InputError("不支持的文件格式 / unsupported file format", code="unsupported", hint=hint)
    decoded = decode(source.data)
    lines, problems = read_lines(decoded.text, config)
    if not any(line.text.strip() for line in lines):
        raise InputError("文件里没有文字 / no text in the file", code="empty")
    return replace(base, encoding=decoded.encoding, lines=lines, problems=(*decoded.problems, *problems))


def _failed(base: Document, error: InputError) -> Document:
    message = f"{base.path}: {error.what}" + (f"({error.hint})" if error.hint else "")
    return replace(base, status="failed", lines=(), problems=(Problem("read", error.code, message, document_id=base.id),))


def _unread(path: str, error: InputError) -> Document:
    """A failed document for something whose bytes were not seen: its id comes from its path."""
    identifier = hashlib.sha256(b"unread\0" + path.encode("utf-8", "replace")).hexdigest()
    return _failed(Document(identifier, path, "application/octet-stream", None, 0), error)


def _nothing(given: str) -> Document:
    if glob.has_magic(given) and not os.path.lexists(given):
        error = InputError("没有匹配的文件 / no file matches", code="missing")
    elif os.path.isdir(given):
        error = InputError("文件夹里没有可读的文件 / nothing readable in the folder", code="nothing-readable",
                           hint="可读 txt、html、pdf、jsonl、zip、tar / txt, html, pdf, jsonl, zip and tar can be read")  # fmt: skip
    else:
        error = InputError("没有这个文件或文件夹 / no such file or folder", code="missing", hint="请检查路径 / check the path")
    return _unread(printable(given), error)


def _walk(paths: Iterable[Path | str]) -> Iterator[tuple[Path, str, bool]]:
    """Yield (file, path relative to its root, whether it was given by its own name), sorted within each given path."""
    for given in paths:
        text = os.fspath(given)
        if glob.has_magic(text) and not os.path.lexists(text):
            root = _glob_root(text)
            for match in sorted(glob.glob(text, recursive=True)):
                if os.path.isdir(match) and "**" not in text:
                    yield from ((file, _relative(str(file), root), False) for file in _folder(match))
                elif not os.path.isdir(match) and not _passed_over(os.path.basename(match)):
                    yield Path(match), _relative(match, root), False
        elif os.path.isdir(text):
            yield from ((file, _relative(str(file), text), False) for file in _folder(text))
        elif os.path.lexists(text):
            yield Path(text), printable(os.path.basename(text)), True


def _folder(top: str) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    for folder, names, files in os.walk(top, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:  # a link back to a folder above
            names.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        names[:] = sorted(name for name in names if not name.startswith(".") and not name.endswith(("_files", ".files")))
        for name in sorted(files):
            if not name.startswith(".") and not _passed_over(name.lower()):
                yield Path(folder, name)


def _passed_over(name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in _SIDECARS or name.startswith(".")


def _glob_root(pattern: str) -> str:
    parts = Path(pattern).parts
    fixed = [part for index, part in enumerate(parts) if not any(glob.has_magic(p) for p in parts[: index + 1])]
    return os.path.join(*fixed) if fixed else "."


def _relative(path: str, root: str) -> str:
    return printable(PurePosixPath(os.path.relpath(path, root)).as_posix())


def _open(file: Path, path: str, config: Config, *, inside: bool) -> Iterator[Source | Document]:
    try:
        status = os.stat(file)
        if not stat.S_ISREG(status.st_mode):
            raise InputError("不是普通文件(管道、设备或套接字),未读 / a pipe, device or socket, not read", code="special-file")
        with open(file, "rb") as stream:
            yield from _sources_of(stream, path, config, inside=inside)
    except InputError as error:
        yield _unread(path, error)
    except PermissionError:
        yield _unread(path, InputError("没有读取权限 / no permission to read", code="permission", hint="请改权限,如 chmod u+r / change its permissions"))
    except OSError as error:
        yield _unread(path, InputError(f"打不开({error.strerror}) / cannot be opened", code="unreadable"))


def _sources_of(stream: BinaryIO, path: str, config: Config, *, inside: bool) -> Iterator[Source | Document]:
    """Yield the sources in one open file: itself, its members, or its rows."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if not archive.is_archive(head) and not path.lower().endswith((".zip", ".tar", ".tgz", *_PACKED)) or not head:
        yield from _plain(stream, path, head, config)
        return
    for found in archive.unpack(stream, path, config):
        if isinstance(found, archive.Refused):
            yield _unread(found.path, found.error)
            continue
        if found.path != path and _passed_over(PurePosixPath(found.path).name.lower()):
            continue
        try:
            head = found.stream.peek(_HEAD)[:_HEAD]  # type: ignore[attr-defined]
            yield from _plain(found.stream, found.path, head, config)
        except InputError as error:
            yield _unread(found.path, error)
            if error.code == "archive-too-large":
                return
        except archive.DAMAGE as error:
            message = f"压缩数据损坏({error}),未读完 / damaged archive data, not read to its end"
            yield _unread(found.path, InputError(message, code="damaged-archive"))


def _plain(stream: BinaryIO, path: str, head: bytes, config: Config) -> Iterator[Source | Document]:
    kind = kind_of(path, head)
    limit = config.max_document_bytes
    if kind != "jsonl":
        data = stream.read(limit + 1)
        if len(data) > limit:
            raise InputError(f"超过 {limit} 字节 / larger than {limit} bytes", code="too-large",
                             hint="请分成几个文件,或调大 max_document_bytes / split it, or raise max_document_bytes")  # fmt: skip
        yield Source(path, data, kind)
        return
    for number, row in enumerate(iter(lambda: stream.readline(limit + 1), b""), 1):
        if len(row) > limit:
            raise InputError(f"第 {number} 行超过 {limit} 字节,其余未读 / row {number} is larger than {limit} bytes", code="too-large")
        if stripped := row.strip(b"\xef\xbb\xbf \t\r\n"):
            yield Source(f"{path}#{number:06d}", stripped, "row", number)


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
    known = _SUFFIXES.get(PurePosixPath(name).suffix)
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if known in (None, "text") and (start.startswith((b"<!doctype html", b"<html")) or b"<html" in start[:600]):
        return "html"
    return "pdf" if known is None and b"%PDF-" in head[:1024] else known or "text"
