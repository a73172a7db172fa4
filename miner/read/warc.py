"""Web archives (WARC, ISO 28500) → what they hold that somebody reads: pages, plain text, PDF; one by one, within limits."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from miner.config import Config
from miner.errors import InputError
from miner.read.faults import fault

__all__ = ["Kept", "web_archive"]

_READ = ("html", "text/plain", "application/pdf")
_NOT_READ = ("robots.txt", "ads.txt", "humans.txt", "security.txt")
"""Plain text that is written for programs."""
_CODE = (".js", ".css", ".map", ".json")
_PIECE, _LONGEST_HEADERS = 1 << 20, 1 << 18
_BOMB_FLOOR = 16 * 2**20
"""Below this many unpacked bytes no ratio is taken for a bomb."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a web archive keeps of an address: its bytes, or why they were not read."""

    url: str
    media_type: str
    data: bytes = b""
    error: InputError | None = None


def web_archive(stream: BinaryIO, config: Config) -> Iterator[Kept]:
    """Yield what a web archive holds and somebody reads; what is too large, or a bomb, says so and costs only itself.

    Raises InputError when the archive is damaged, holds nothing to read, or more than archives may.
    """
    records, left = iter(_records(stream)), config.max_archive_bytes
    empty = True
    while True:
        try:
            with redirect_stderr(
                _Silence()
            ):  # the library prints there what it finds odd, with the file's bytes
                record = next(records, None)
                found = None if record is None else _kept(record, config)
        except MemoryError:
            raise
        except Exception as error:  # whatever headers and lengths can hold
            raise fault("damaged-archive", reason=error) from error
        if record is None:
            if empty:
                raise fault("empty")
            return
        if found is not None:
            empty = False
            left -= len(found.data)
            if left < 0:
                raise fault("archive-too-large", limit=config.max_archive_bytes)
            yield found


def _records(stream: BinaryIO) -> Any:
    """Open an archive with the library, which by itself takes headers of any length."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.statusandheaders import StatusAndHeadersParser

    class Bounded(StatusAndHeadersParser):  # type: ignore[misc]
        def parse(self, stream: Any, full_statusline: Any = None) -> Any:
            return super().parse(_Headers(stream), full_statusline)

    records = ArchiveIterator(stream)
    loader = records.loader
    for name in ("warc_parser", "http_parser", "http_req_parser"):
        old = getattr(loader, name)
        setattr(loader, name, Bounded(old.statuslist, old.verify))
    return records


class _Headers:
    """The lines of a record's headers, up to a length that no record needs."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.left = stream, _LONGEST_HEADERS

    def readline(self) -> bytes:
        line: bytes = self.stream.readline(self.left)
        self.left -= len(line)
        if self.left <= 0:
            raise ValueError(f"headers > {_LONGEST_HEADERS} bytes")
        return line


class _Silence(io.TextIOBase):
    """Takes what is printed, and keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


def _kept(record: Any, config: Config) -> Kept | None:
    """Return what a record keeps, None where it is nothing to read."""
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    media_type = _media_type(record).partition(";")[0].strip().lower()
    if not any(name in media_type for name in _READ) or _is_for_programs(url):
        return None
    try:
        return Kept(url, media_type, _unpacked(record, config))
    except InputError as error:
        return Kept(url, media_type, error=error)


def _media_type(record: Any) -> str:
    """Return what a record says it is; nothing for failed answers, questions, and notes of the crawler."""
    headers = record.http_headers
    if record.rec_type == "response" and headers is not None and headers.get_statuscode() == "200":
        return str(headers.get_header("Content-Type") or "text/html")
    kept = record.rec_type in ("resource", "conversion")
    return str(record.rec_headers.get_header("Content-Type") or "") if kept else ""


def _is_for_programs(url: str) -> bool:
    name = posixpath.basename(urlsplit(url).path.lower()) if url.isascii() else ""
    return name in _NOT_READ or name.endswith(_CODE)


def _unpacked(record: Any, config: Config) -> bytes:
    """Read a record's content; raises InputError when it unpacks to more than the limits allow, or cannot be unpacked."""
    from warcio.bufferedreaders import BufferedReader

    headers = record.http_headers
    packed = (headers.get_header("Content-Encoding") or "").strip().lower() if headers is not None else ""
    if packed in ("br", "zstd") and packed not in BufferedReader.get_supported_decompressors():
        raise fault("unsupported", format=f"Content-Encoding: {packed}")
    stream, length = record.content_stream(), max(1, int(record.length or 1))
    content, given = io.BytesIO(), 0
    while piece := stream.read(_PIECE):
        given += content.write(piece)
        if given > config.max_document_bytes:
            raise fault("too-large", limit=config.max_document_bytes)
        if given > _BOMB_FLOOR and given > config.max_archive_ratio * length:
            raise fault("zip-bomb", limit=config.max_archive_ratio)
    return content.getvalue()
