"""Chunks of sources: so many documents as one process reads and mines at a time, and what is left of them when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from miner import model
from miner.config import Config
from miner.errors import MinerError
from miner.model import Document, Problem
from miner.pipeline import mine
from miner.read import Plain, Source, Unread, fault, read_source, unread
from miner.recognise import Recogniser
from miner.remote import open_plain
from miner.store.rows import Packed, pack

__all__ = [
    "Chunk",
    "Found",
    "KnownDocument",
    "Mined",
    "Remote",
    "chunks_of",
    "mine_chunk",
    "mine_safely",
    "patience",
    "set_aside",
]

_CHUNK_BYTES = 600_000
"""Bytes of a chunk: some 200,000 characters of Chinese text, three seconds of mining."""
_CHUNK_DOCUMENTS = 64
_OCR_TAKES = 20


@dataclass(frozen=True, slots=True)
class Remote:
    """A file that whoever mines it opens, and the documents that are known to lie there."""

    plain: Plain
    known: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Its path below the folder that was given."""
        return self.plain.path


class KnownDocument(NamedTuple):
    """A document that is known already, and was passed over."""

    id: str
    path: str


Found = Source | Unread | Remote
Mined = tuple[int, Packed | KnownDocument]
"""The number of a source in its chunk, and what came of it: of a file that turns out to be an archive, several."""
Beat = Callable[[], None]
"""Called whenever a step is done: who waits for a chunk knows that it is still worked on."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Sources that are read and mined together, numbered in the order of the archive."""

    number: int
    sources: tuple[Found, ...]

    @property
    def size(self) -> int:
        """Bytes of all its sources."""
        return sum(map(_size, self.sources))


def _size(source: Found) -> int:
    if isinstance(source, Remote):
        return source.plain.bytes
    return len(source.data) if isinstance(source, Source) else 0


def chunks_of(found: Iterable[Found]) -> Iterator[Chunk]:
    """Cut a stream of sources into chunks; none is held that is not asked for."""
    chunk: list[Found] = []
    size = number = 0
    for source in found:
        chunk.append(source)
        size += _size(source)
        if size >= _CHUNK_BYTES or len(chunk) >= _CHUNK_DOCUMENTS:
            yield Chunk(number, tuple(chunk))
            chunk, size, number = [], 0, number + 1
    if chunk:
        yield Chunk(number, tuple(chunk))


def mine_chunk(
    chunk: Chunk, config: Config, recogniser: Recogniser, beat: Beat = lambda: None
) -> list[Mined]:
    """Read and mine the sources of a chunk; what fails with one document stays with that document.

    Raises MinerError where no document is to blame, as when a model is missing.
    """
    mined: list[Mined] = []
    documents: list[Document] = []
    numbers: list[int] = []
    for number, source in enumerate(chunk.sources):
        for found in _opened(source, config):
            if isinstance(found, KnownDocument):
                mined.append((number, found))
            else:
                documents.append(unread(found) if isinstance(found, Unread) else read_source(found, config))
                numbers.append(number)
            beat()
    packed = [pack(one) for one in mine_safely(documents, config, recogniser, beat)]
    return [*mined, *zip(numbers, packed, strict=True)]


def _opened(source: Found, config: Config) -> Iterator[Source | Unread | KnownDocument]:
    if not isinstance(source, Remote):
        yield source
        return
    for found in open_plain(source.plain, config):
        yield KnownDocument(found.id, found.path) if found.id in source.known else found


def mine_safely(
    documents: list[Document], config: Config, recogniser: Recogniser, beat: Beat = lambda: None
) -> list[model.Mined]:
    """Mine documents together; when that fails, one by one, so that a failure stays with the document that causes it."""
    try:
        return list(mine(documents, config, recogniser))
    except MinerError:
        raise
    except Exception as error:
        if len(documents) == 1:
            return [_failed(documents[0], _problem(error))]
    mined = []
    for document in documents:
        mined += mine_safely([document], config, recogniser)
        beat()
    return mined


def _problem(error: Exception) -> Problem:
    if isinstance(error, MemoryError):
        return Problem("mine", "memory", fault("memory").what)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return Problem(
        "mine",
        "crashed",
        f"程序在此文档上出错 / the program failed on this document: {type(error).__name__}: {error} ({where})",
    )


def set_aside(source: Found, code: str, **values: object) -> Packed:
    """Return a document that ended its process, or never came back from it, as failed, with the reason.

    `code` is `worker-died` or `too-long`; `values` fill the places in its message.
    """
    if isinstance(source, Unread):
        document = unread(source)
    elif isinstance(source, Remote):
        document = unread(Unread(source.path, fault(code, **values)))
        return pack(model.Mined(document, (), (), document.problems))
    else:
        document = Document(
            source.id, source.path, "application/octet-stream", None, len(source.data), url=source.url
        )
    return pack(_failed(document, Problem("mine", code, fault(code, **values).what)))


def _failed(document: Document, problem: Problem) -> model.Mined:
    return model.Mined(replace(document, status="failed"), (), (), (*document.problems, problem))


def patience(chunk: Chunk, config: Config) -> float:
    """Return the seconds after which a process that showed no step of a chunk is taken to hang."""
    parsing = config.max_parse_seconds * (_OCR_TAKES if config.ocr else 1)
    return parsing + config.max_mine_seconds * (1 + chunk.size / 2**20)
