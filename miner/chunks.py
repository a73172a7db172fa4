"""Chunks of sources: so many documents as one process reads and mines at a time, and what is left of them when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from miner.config import Config
from miner.errors import MinerError
from miner.model import Document, Mined, Problem
from miner.pipeline import mine
from miner.read import Source, Unread, fault, read_source, unread
from miner.recognise import Recogniser
from miner.store.rows import Packed, pack

__all__ = ["Chunk", "chunks_of", "mine_chunk", "mine_safely", "patience", "set_aside"]

_CHUNK_BYTES = 600_000
"""Bytes of a chunk: some 200,000 characters of Chinese text, three seconds of mining."""
_CHUNK_DOCUMENTS = 64
_OCR_TAKES = 20

Found = Source | Unread
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
        return sum(len(s.data) for s in self.sources if isinstance(s, Source))


def chunks_of(found: Iterable[Found]) -> Iterator[Chunk]:
    """Cut a stream of sources into chunks; none is held that is not asked for."""
    chunk: list[Found] = []
    size = number = 0
    for source in found:
        chunk.append(source)
        size += len(source.data) if isinstance(source, Source) else 0
        if size >= _CHUNK_BYTES or len(chunk) >= _CHUNK_DOCUMENTS:
            yield Chunk(number, tuple(chunk))
            chunk, size, number = [], 0, number + 1
    if chunk:
        yield Chunk(number, tuple(chunk))


def mine_chunk(
    chunk: Chunk, config: Config, recogniser: Recogniser, beat: Beat = lambda: None
) -> list[Packed]:
    """Read and mine the sources of a chunk; what fails with one document stays with that document.

    Raises MinerError where no document is to blame, as when a model is missing.
    """
    documents = []
    for source in chunk.sources:
        documents.append(_read(source, config))
        beat()
    return [pack(mined) for mined in mine_safely(documents, config, recogniser, beat)]


def _read(source: Found, config: Config) -> Document:
    return unread(source) if isinstance(source, Unread) else read_source(source, config)


def mine_safely(
    documents: list[Document], config: Config, recogniser: Recogniser, beat: Beat = lambda: None
) -> list[Mined]:
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
    else:
        document = Document(
            source.id, source.path, "application/octet-stream", None, len(source.data), url=source.url
        )
    return pack(_failed(document, Problem("mine", code, fault(code, **values).what)))


def _failed(document: Document, problem: Problem) -> Mined:
    return Mined(replace(document, status="failed"), (), (), (*document.problems, problem))


def patience(chunk: Chunk, config: Config) -> float:
    """Return the seconds after which a process that showed no step of a chunk is taken to hang."""
    parsing = config.max_parse_seconds * (_OCR_TAKES if config.ocr else 1)
    return parsing + config.max_mine_seconds * (1 + chunk.size / 2**20)
