"""Archives as streams: zip, tar, gz, xz, bz2 and archives inside them, within limits of size, ratio and depth.

Nothing is ever written under a member's name, so hostile names cannot reach the disk.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from miner.config import Config
from miner.errors import InputError
from miner.read.characters import share_of_common
from miner.read.faults import fault
from miner.read.paths import printable

_BOMB_FLOOR = 16 * 2**20
"""Below this many unpacked bytes no ratio is taken for a bomb: small texts of blanks pack very well."""
_SPOOL = 8 * 2**20
"""An archive inside an archive is held in memory up to this size, else in a nameless temporary file."""
DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # zipfile's word for what it cannot unpack
    IndexError,
    KeyError,
    OverflowError,
    struct.error,
)
"""What the standard library raises on damaged archives."""
_NAMELESS = "无名"
"""How a member without a name is called, with its number or place."""
_ENTRY, _END, _END_WIDE = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"
"""What opens an entry of a zip's directory, and the records behind it."""
_SPARE_ENTRIES = 10_000
_END_REACH = (1 << 16) + 128
"""Bytes from the end within which those records stand."""
_OFFICE = {"[Content_Types].xml": "Office", "mimetype": "EPUB, OpenDocument", "OFD.xml": "OFD"}
"""Members by which a document is known that is packed as an archive."""
_WORKBOOK = "xl/workbook.xml"
_PACKED_BY = {1: "shrink", 6: "implode", 9: "deflate64", 93: "zstd", 95: "xz", 98: "ppmd"}
"""Ways of packing that zipfile does not know, by their numbers (APPNOTE 4.4.5)."""
_PIECE = 1 << 20
"""Bytes that are unpacked at once, whatever is asked for: a few bytes may hold all of it."""
_NAME_ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "shift_jis")
_NAMES_LOOKED_AT = 1 << 16
_KANA = re.compile("[\u3040-\u30ff]")
_WHOLE = (".xlsx", ".xlsm")
"""What is packed as archives are, and read as one file."""
_DRIVE = re.compile(r"^[A-Za-z]:")


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive; its stream is valid until the next member is asked for."""

    path: str
    stream: io.BufferedReader


@dataclass(frozen=True, slots=True)
class Refused:
    """A member, or the rest of an archive, that was not read, and why."""

    path: str
    error: InputError


@dataclass(slots=True)
class Budget:
    """What may still be unpacked from one outer archive; shared by all levels inside it."""

    bytes_left: int
    members_left: int


def is_archive(head: bytes, path: str = "") -> bool:
    """Tell by the first bytes (at least 262 to recognise tar) whether this is an archive or a packed file.

    >>> is_archive(b"PK\\x03\\x04"), is_archive("进博会".encode()), is_archive(b"PK\\x03\\x04", "a.xlsx")
    (True, False, False)
    """
    return _form(head) is not None and not path.lower().endswith(_WHOLE)


def unpack(
    stream: BinaryIO, path: str, config: Config, *, budget: Budget | None = None, depth: int = 1
) -> Iterator[Member | Refused]:
    """Yield the members of a seekable archive, innermost files only, in the order in which they are stored."""
    budget = budget or Budget(config.max_archive_bytes, config.max_archive_members)
    if depth > config.max_archive_depth:
        yield Refused(path, fault("too-deep", limit=config.max_archive_depth))
        return
    before = budget.members_left
    try:
        empty = True
        for found in _Opened(stream, path, config, budget, depth).members():
            empty = False
            yield found
        if empty and budget.members_left == before:
            yield Refused(path, fault("empty"))
    except InputError as error:
        yield Refused(path, error)
    except DAMAGE as error:
        yield Refused(path, fault("damaged-archive", reason=error))


def clean_name(name: str) -> str:
    """Return a member's name as a relative path; raise InputError when it climbs out of the archive.

    >>> clean_name("/2023/./第01版.txt")
    '2023/第01版.txt'
    """
    name = _DRIVE.sub("", name.replace("\\", "/").replace("\0", ""))
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise fault("unsafe-name", name=printable(name))
    return "/".join(parts)


def is_hidden(name: str) -> bool:
    """Tell whether a path has a hidden part: such files are the system's, not the archive's.

    >>> is_hidden("a/.git/x.txt"), is_hidden("__MACOSX/x.txt"), is_hidden("a/x.txt")
    (True, True, False)
    """
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


@dataclass(slots=True)
class _Opened:
    """One level of an archive with the limits that hold for it."""

    stream: BinaryIO
    path: str
    config: Config
    budget: Budget
    depth: int

    def members(self) -> Iterator[Member | Refused]:
        head = self.stream.read(512)
        self.stream.seek(0)
        form = _form(head)
        if form == "zip":
            yield from self._zip()
        elif form == "tar":
            yield from self._tar(self._metered(cast(_Readable, self.stream), None))
        elif form is not None:
            yield from self._packed(form)
        else:
            raise fault("damaged-archive", reason="?")

    def _zip(self) -> Iterator[Member | Refused]:
        check_directory(self.stream, self.config.max_archive_members)
        with zipfile.ZipFile(self.stream) as archive:
            infos = archive.infolist()
            if _is_workbook(infos):  # under the name of something else
                self.stream.seek(0)
                yield Member(self.path, cast(io.BufferedReader, self.stream))
                return
            encoding = names_encoding(_packed_name(info) for info in infos if not info.flag_bits & 0x800)
            for number, info in enumerate(infos, 1):
                name = _zip_name(info, encoding) or f"{_NAMELESS}{number}"
                if name.endswith("/"):
                    continue
                if info.flag_bits & 1:
                    yield Refused(f"{self.path}/{printable(name)}", fault("encrypted"))
                    continue
                try:
                    opened = archive.open(info)
                except NotImplementedError:
                    form = f"zip, {_PACKED_BY.get(info.compress_type, info.compress_type)}"
                    yield Refused(f"{self.path}/{printable(name)}", fault("unsupported", format=form))
                    continue
                except DAMAGE as error:
                    yield Refused(f"{self.path}/{printable(name)}", fault("damaged-archive", reason=error))
                    continue
                with opened:
                    yield from self._member(name, self._metered(cast(_Readable, opened), info.compress_size))

    def _tar(self, stream: io.BufferedReader) -> Iterator[Member | Refused]:
        forward = cast(BinaryIO, _Forward(stream, self.config.max_document_bytes))
        with tarfile.open(fileobj=forward, mode="r:") as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # else every header stays in memory
                if info.isdir():
                    continue
                name = _tar_name(info) or f"{_NAMELESS}{info.offset}"
                opened = archive.extractfile(info) if info.isfile() and not info.issparse() else None
                if opened is None:
                    yield Refused(f"{self.path}/{printable(name)}", fault("special-file"))
                else:
                    yield from self._member(name, io.BufferedReader(cast(io.RawIOBase, opened)))

    def _packed(self, form: str) -> Iterator[Member | Refused]:
        """A .gz, .xz or .bz2: a tar inside goes on as an archive, anything else is one file under the same path."""
        counted = _Counted(self.stream)
        with _decompressor(form, io.BufferedReader(counted)) as raw:
            stream = self._metered(raw, counted)
            inner = _form(stream.peek(512)[:512])
            if inner == "tar":
                yield from self._tar(stream)
            elif inner is not None:
                yield from self._nested(self.path, stream)
            else:
                self._count()
                yield Member(self.path, stream)

    def _member(self, name: str, stream: io.BufferedReader) -> Iterator[Member | Refused]:
        path = f"{self.path}/{printable(name)}"
        try:
            path = f"{self.path}/{printable(clean_name(name))}"
        except InputError as error:
            yield Refused(path, error)
            return
        if is_hidden(path[len(self.path) + 1 :]):
            return
        self._count()
        try:
            inner = is_archive(stream.peek(512)[:512], path)
        except DAMAGE as error:
            yield Refused(path, fault("damaged-archive", reason=error))
            return
        if inner:
            yield from self._nested(path, stream)
        else:
            yield Member(path, stream)

    def _nested(self, path: str, stream: io.BufferedReader) -> Iterator[Member | Refused]:
        if self.depth + 1 > self.config.max_archive_depth:
            yield Refused(path, fault("too-deep", limit=self.config.max_archive_depth))
            return
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
            try:
                while piece := stream.read(1 << 20):
                    spool.write(piece)
            except InputError as error:
                if error.code == "archive-too-large":
                    raise
                yield Refused(path, error)
                return
            except DAMAGE as error:
                yield Refused(path, fault("damaged-archive", reason=error))
                return
            spool.seek(0)
            yield from unpack(
                cast(BinaryIO, spool), path, self.config, budget=self.budget, depth=self.depth + 1
            )

    def _count(self) -> None:
        self.budget.members_left -= 1
        if self.budget.members_left < 0:
            raise fault("too-many-members", limit=self.config.max_archive_members)

    def _metered(self, stream: _Readable, packed: int | _Counted | None) -> io.BufferedReader:
        return io.BufferedReader(_Metered(stream, self, packed), 1 << 16)


def check_directory(stream: BinaryIO, most: int) -> None:
    """Raise InputError when the directory of a zip lists far more members: the library reads all of it before the first.

    Directories pack well: a few megabytes of zips in a zip may list millions of members that are not there.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_REACH))
    tail = stream.read(_END_REACH)
    at = tail.rfind(_END)
    length = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    wide = tail.rfind(_END_WIDE)
    if wide >= 0:
        length = max(
            length if length < 0xFFFFFFFF else 0, int.from_bytes(tail[wide + 40 : wide + 48], "little")
        )
    stream.seek(max(0, size - len(tail) + max(at, 0) - length - len(_END_WIDE) * 32))
    left, count = length, 0
    while left > 0 and (piece := stream.read(min(left, 1 << 20))):
        count += piece.count(_ENTRY)
        left -= len(piece)
        if count > 2 * most + _SPARE_ENTRIES:
            raise fault("too-many-members", limit=most)
    stream.seek(0)


class _Counted(io.RawIOBase):
    """Counts the bytes that a decompressor has taken in."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self.taken += len(piece)
        return len(piece)


class _Forward:
    """A stream as tarfile wants it, which goes forwards only and stops at its end, whatever a header claims.

    tarfile's own stream mode reads on, piece by piece, for as long as a claimed size lasts: minutes for a file of 10 KB.
    """

    def __init__(self, stream: io.BufferedReader, most: int) -> None:
        self.stream, self.most, self.at = stream, most, 0

    def tell(self) -> int:
        """Return how many bytes were taken."""
        return self.at

    def read(self, size: int) -> bytes:
        """Take bytes; raises InputError when more are asked for at once than a document may have."""
        if size > self.most + (1 << 20):
            raise fault("too-large", limit=self.most)
        piece = self.stream.read(size)
        self.at += len(piece)
        return piece

    def seek(self, at: int) -> None:
        """Pass over bytes up to a place; raises tarfile.ReadError when that lies behind, or behind the end."""
        if at < self.at:
            raise tarfile.ReadError("seeking backwards")
        while self.at < at:
            if not (piece := self.stream.read(min(1 << 16, at - self.at))):
                raise tarfile.ReadError("unexpected end of data")
            self.at += len(piece)


class _Gzip:
    """A gzip file that is read as far as it goes: what stands behind its last whole member is left alone."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self.file = gzip.GzipFile(fileobj=stream)
        self.given = 0

    def read1(self, size: int) -> bytes:
        """Take what is there, at most `size` bytes."""
        try:
            piece = self.file.read1(size)
        except gzip.BadGzipFile as error:
            if not self.given or str(error).startswith(("CRC", "Incorrect")):
                raise
            return b""
        self.given += len(piece)
        return piece

    def __enter__(self) -> _Gzip:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


class _Metered(io.RawIOBase):
    """Stops a stream that unpacks to more than the limits allow."""

    def __init__(self, stream: _Readable, level: _Opened, packed: int | _Counted | None) -> None:
        self.stream, self.level, self.packed = stream, level, packed
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        # What is there: a damaged end must not cost what came before.
        piece = self.stream.read1(min(len(buffer), _PIECE))
        buffer[: len(piece)] = piece
        self.given += len(piece)
        config, budget = self.level.config, self.level.budget
        budget.bytes_left -= len(piece)
        if budget.bytes_left < 0:
            raise fault("archive-too-large", limit=config.max_archive_bytes)
        taken = self.packed.taken if isinstance(self.packed, _Counted) else self.packed
        if (
            taken is not None
            and self.given > _BOMB_FLOOR
            and self.given > config.max_archive_ratio * max(1, taken)
        ):
            raise fault("zip-bomb", limit=config.max_archive_ratio)
        return len(piece)


def _form(head: bytes) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bz2"
    return "tar" if head[257:262] == b"ustar" else None


def _is_workbook(infos: Iterable[zipfile.ZipInfo]) -> bool:
    """Tell a workbook, which is read as one file; raises InputError for other documents that are packed as archives."""
    names = {info.filename for info in infos}
    if _WORKBOOK in names:
        return True
    if office := next((form for name, form in _OFFICE.items() if name in names), None):
        raise fault("unsupported", format=office)
    return False


def _zip_name(info: zipfile.ZipInfo, encoding: str) -> str:
    """Return a member's name: without the flag for UTF-8 it is in whatever Windows it was packed on, read as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    return _packed_name(info).decode(encoding, "replace")


def _packed_name(info: zipfile.ZipInfo) -> bytes:
    return info.filename.encode("cp437", "replace")


def names_encoding(names: Iterable[bytes]) -> str:
    """Return the encoding of names that were packed on one machine: the one that makes them of frequent characters.

    >>> names_encoding(["展覽開幕.txt".encode("big5"), b"a.txt"]), names_encoding(["开幕.txt".encode("gbk")])
    ('big5hkscs', 'gb18030')
    """
    joined = b"\n".join(name for name in names if not name.isascii())[:_NAMES_LOOKED_AT]
    rated: list[tuple[float, str]] = []
    for encoding in _NAME_ENCODINGS:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(joined, False)
        if "\ufffd" not in text:
            if encoding == "utf-8":
                return encoding
            kana = len(_KANA.findall(text)) if encoding == "shift_jis" else 0
            common, chinese = share_of_common(text)
            rated.append(((common * chinese + kana) / max(1, chinese + kana), encoding))
    return max(rated, key=lambda pair: pair[0])[1] if rated else "gb18030"


def _tar_name(info: tarfile.TarInfo) -> str:
    raw = info.name.encode("utf-8", "surrogateescape")
    return raw.decode(names_encoding([raw]), "replace")


def _decompressor(form: str, stream: io.BufferedReader) -> _Gzip | lzma.LZMAFile | bz2.BZ2File:
    if form == "gz":
        return _Gzip(stream)
    return lzma.LZMAFile(stream) if form == "xz" else bz2.BZ2File(stream)
