"""Files by address: what fsspec reaches (a disk, HTTP, object stores, memory, the inside of a zip) as sources.

A file that is one document goes to whoever mines it as an address; archives, tables and rows are streams, which only one
process can read, so they are read here. Addresses need the extra `cluster`; paths of this machine do not.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from miner.config import Config
from miner.errors import ConfigError, InputError
from miner.read import (
    Plain,
    Source,
    Unread,
    is_plain,
    is_wanted,
    os_fault,
    plain_or_read,
    said_beside,
    sources_in,
)

__all__ = ["find_plain", "is_address", "open_plain", "root_of"]


def is_address(given: str) -> bool:
    """Tell an address from a path of this machine.

    >>> is_address("https://example.org/a.zip"), is_address("zip://a.txt::s3://x/y.zip"), is_address("archive/2023")
    (True, True, False)
    """
    return "://" in given or "::" in given


def root_of(given: str) -> tuple[str, str | None]:
    """Return the folder that paths below an address are relative to, and the name of its file when it is one.

    Raises InputError when nothing is there, ConfigError when fsspec or its part for this kind of address is missing.
    """
    system, inside = _system(given)
    try:
        if system.isdir(inside):
            return given.rstrip("/"), None
        if system.exists(inside):
            return _parent(given), posixpath.basename(inside)
    except Exception as error:  # each kind of address has its own errors
        raise InputError(
            f"读不了这个地址 / cannot read this address: {type(error).__name__}: {error}",
            code="unreadable",
            where=given,
        ) from error
    raise InputError(
        "这个地址没有东西 / there is nothing at this address",
        code="missing",
        where=given,
        hint="检查地址 / check the spelling",
    )


def find_plain(given: str, config: Config) -> Iterator[Plain | Source | Unread]:
    """Yield what lies under a path or an address, in the order of names: documents unread, the rest as sources.

    >>> list(find_plain("memory://nothing-there", Config()))
    []
    """
    if not is_address(given):
        yield from plain_or_read(given, config)
        return
    system, inside = _system(given)
    top = inside.rstrip("/")
    files = system.find(inside, detail=True)
    beside = said_beside(files)
    for file, about in sorted(files.items(), key=lambda found: found[0].split("/")):
        named = file.rstrip("/") == top
        path = posixpath.basename(file) if named else file[len(top) :].lstrip("/")
        if not named and (file in beside or not is_wanted(path)):
            continue
        url = given if named else _below(given, path)
        plain = Plain(url, path, named, int(about.get("size") or 0))
        if is_plain(path):
            yield plain
        else:
            yield from open_plain(plain, config)


def open_plain(plain: Plain, config: Config) -> Iterator[Source | Unread]:
    """Read a file and yield the sources in it; what cannot be opened is an Unread."""
    try:
        with _opened(plain) as stream:
            yield from sources_in(stream, plain.path, config, named=plain.named)
    except InputError as error:
        yield Unread(plain.path, error)
    except OSError as error:
        yield Unread(plain.path, os_fault(error))


@contextmanager
def _opened(plain: Plain) -> Iterator[BinaryIO]:
    if not is_address(plain.url):
        with open(plain.url, "rb") as stream:
            yield stream
        return
    system, inside = _system(
        plain.url
    )  # held while the file is read: one over a zip closes it when it is let go
    with system.open(inside, "rb") as stream:
        yield cast(BinaryIO, stream)


def _system(given: str) -> tuple[Any, str]:
    """Return fsspec's file system for an address and the path inside it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ConfigError(
            "地址要另装一个库 / addresses need one more library",
            where=given,
            hint="pip install 'miner[cluster]'",
        ) from error
    try:
        found: tuple[Any, str] = url_to_fs(given)
    except (ImportError, ValueError) as error:
        raise ConfigError(f"不认识这种地址 / unknown kind of address: {error}", where=given) from error
    return found


def _below(given: str, path: str) -> str:
    """Return the address of a file below an address; of a chain, its first part is the one that has folders.

    >>> _below("https://example.org/2023", "11/a.txt"), _below("zip://::s3://x/y.zip", "a.txt")
    ('https://example.org/2023/11/a.txt', 'zip://a.txt::s3://x/y.zip')
    """
    first, mark, rest = given.partition("::")
    slash = "" if first.endswith("/") else "/"
    return f"{first}{slash}{path}{mark}{rest}"


def _parent(given: str) -> str:
    first, mark, rest = given.partition("::")
    return f"{first.rpartition('/')[0]}{mark}{rest}"
