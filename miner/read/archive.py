"""Archives as streams: .zip, .tar, .tar.gz, .gz, .xz, .bz2 and archives inside them, within limits of size, ratio and depth.

Nothing is ever written under a member's name, so hostile names cannot reach the disk.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from miner.config import Config
from miner.errors import InputError

_BOMB_FLOOR = 16 * 2**20
"""Below this many unpacked bytes no ratio is taken for a bomb: small texts of blanks pack very well."""
_SPOOL = 8 * 2**20
"""An archive inside an archive is held in memory up to this size, else in a nameless temporary file."""
DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError)
_OFFICE = ("[Content_Types].xml", "mimetype")
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside an archive; its stream is valid until the next member is asked for."""

    path: str
    stream: BinaryIO


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
    spent: int = field(default=0)


def is_archive(head: bytes) -> bool:
    """Tell by the first bytes (at least 262 to recognise tar) whether this is an archive or a packed file.

    >>> is_archive(b"PK\\x03\\x04"), is_archive("进博会".encode())
    (True, False)
    """
    return _form(head) is not None


def unpack(stream: BinaryIO, path: str, config: Config, *, budget: Budget | None = None, depth: int = 1) -> Iterator[Member | Refused]:
    """Yield the members of a seekable archive, innermost files only, in the order in which they are stored."""
    budget = budget or Budget(config.max_archive_bytes, config.max_archive_members)
    if depth > config.max_archive_depth:
        yield Refused(path, _error("too-deep", f"压缩包嵌套超过 {config.max_archive_depth} 层 / archives nested deeper than {config.max_archive_depth}"))
        return
    try:
        yield from _Opened(stream, path, config, budget, depth).members()
    except InputError as error:
        yield Refused(path, error)
    except DAMAGE as error:
        message = f"压缩包损坏或不完整({error}),此后的内容未读 / damaged or truncated archive: what follows was not read"
        yield Refused(path, _error("damaged-archive", message))
    except RuntimeError as error:  # zipfile's word for a member that needs a password
        yield Refused(path, _error("encrypted", f"压缩包有密码({error}) / the archive needs a password"))


def clean_name(name: str) -> str:
    """Return a member's name as a relative path; raise InputError when it climbs out of the archive.

    >>> clean_name("/2023/./第01版.txt")
    '2023/第01版.txt'
    """
    name = _DRIVE.sub("", name.replace("\\\\", "/").replace("\\0", ""))
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _error("unsafe-name", f"成员名 {name!r} 指向压缩包之外,未读 / the member's name points outside the archive")
    return "/".join(parts)


def is_hidden(name: str) -> bool:
    """Tell whether a path has a hidden part: such files are the system's, not the archive's.

    >>> is_hidden("a/.git/x.txt"), is_hidden("__MACOSX/x.txt"), is_hidden("a/x.txt")
    (True, True, False)
    """
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


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
            yield from self._tar(self._metered(self.stream, None))
        elif form is not None:
            yield from self._packed(form)
        else:
            raise _error("damaged-archive", "不是压缩包,或压缩包已损坏 / not an archive, or damaged")

    def _zip(self) -> Iterator[Member | Refused]:
        with zipfile.ZipFile(self.stream) as archive:
            infos = archive.infolist()
            if any(info.filename in _OFFICE for info in infos[:3]):
                raise _error("unsupported", "是 Office 或电子书文件,请另存为 txt、html 或 pdf / an Office file or e-book: save it as txt, html or pdf")
            for info in infos:
                if info.is_dir():
                    continue
                name = _zip_name(info)
                if info.flag_bits & 1:
                    yield Refused(f"{self.path}/{name}", _error("encrypted", "有密码,未读 / needs a password"))
                    continue
                with archive.open(info) as opened:
                    yield from self._member(name, self._metered(cast(BinaryIO, opened), info.compress_size))

    def _tar(self, stream: BinaryIO) -> Iterator[Member | Refused]:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # else every header stays in memory
                if info.isdir():
                    continue
                if not info.isfile():
                    yield Refused(f"{self.path}/{info.name}", _error("special-file", "是链接或设备,未读 / a link or device, not read"))
                    continue
                opened = archive.extractfile(info)
                if opened is not None:
                    yield from self._member(_utf8_name(info.name), cast(BinaryIO, opened))

    def _packed(self, form: str) -> Iterator[Member | Refused]:
        """A .gz, .xz or .bz2: a tar inside goes on as an archive, anything else is one file under the same path."""
        counted = _Counted(self.stream)
        opener = {"gz": gzip.GzipFile, "xz": lzma.LZMAFile, "bz2": bz2.BZ2File}[form]
        with opener(counted if form != "gz" else None, **({"fileobj": counted, "mode": "rb"} if form == "gz" else {})) as raw:  # type: ignore[arg-type,call-overload]
            stream = self._metered(cast(BinaryIO, raw), counted)
            head = stream.peek(512)[:512]  # type: ignore[attr-defined]
            inner = _form(head)
            if inner == "tar":
                yield from self._tar(stream)
            elif inner is not None:
                yield from self._nested(self.path, stream)
            else:
                self._count()
                yield Member(self.path, stream)

    def _member(self, name: str, stream: BinaryIO) -> Iterator[Member | Refused]:
        path = f"{self.path}/{name}"
        try:
            path = f"{self.path}/{clean_name(name)}"
        except InputError as error:
            yield Refused(path, error)
            return
        if is_hidden(path[len(self.path) + 1 :]):
            return
        self._count()
        buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))
        if is_archive(buffered.peek(512)[:512]):
            yield from self._nested(path, cast(BinaryIO, buffered))
        else:
            yield Member(path, cast(BinaryIO, buffered))

    def _nested(self, path: str, stream: BinaryIO) -> Iterator[Member | Refused]:
        if self.depth + 1 > self.config.max_archive_depth:
            message = f"压缩包嵌套超过 {self.config.max_archive_depth} 层,未读 / archives nested deeper than {self.config.max_archive_depth}"
            yield Refused(path, _error("too-deep", message))
            return
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
            while piece := stream.read(1 << 20):
                spool.write(piece)
            spool.seek(0)
            yield from unpack(cast(BinaryIO, spool), path, self.config, budget=self.budget, depth=self.depth + 1)

    def _count(self) -> None:
        self.budget.members_left -= 1
        if self.budget.members_left < 0:
            limit = self.config.max_archive_members
            raise _error("too-many-members", f"压缩包成员超过 {limit} 个,其余未读 / more than {limit} members: the rest was not read")

    def _metered(self, stream: BinaryIO, packed: int | _Counted | None) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(_Metered(stream, self, packed), 1 << 16))


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


class _Metered(io.RawIOBase):
    """Stops a stream that unpacks to more than the limits allow."""

    def __init__(self, stream: IO[bytes], level: _Opened, packed: int | _Counted | None) -> None:
        self.stream, self.level, self.packed = stream, level, packed
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self.given += len(piece)
        config, budget = self.level.config, self.level.budget
        budget.bytes_left -= len(piece)
        if budget.bytes_left < 0:
            limit = config.max_archive_bytes
            raise _error("archive-too-large", f"解压后超过 {limit} 字节,其余未读 / more than {limit} bytes unpacked: the rest was not read")
        taken = self.packed.taken if isinstance(self.packed, _Counted) else self.packed
        if taken is not None and self.given > _BOMB_FLOOR and self.given > config.max_archive_ratio * max(1, taken):
            ratio = config.max_archive_ratio
            raise _error("zip-bomb", f"解压倍数超过 {ratio},疑为压缩炸弹,未读 / unpacks more than {ratio}-fold: taken for a bomb")
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


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name: zips made on Chinese Windows hold GBK names, which zipfile reads as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    return _name(raw)


def _utf8_name(name: str) -> str:
    return _name(name.encode("utf-8", "surrogateescape"))


def _name(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _error(code: str, what: str) -> InputError:
    return InputError(what, code=code)
