"""A worker that needs no models, and does what the text of a document tells it: end, hang, or run out of memory."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence

from miner import chunks, crew
from miner.config import Config
from miner.model import ArticleLine, Document, Mined
from miner.recognise import Recogniser


def obeying(documents: Sequence[Document], config: Config, recogniser: object) -> Iterator[Mined]:
    """Mine documents as far as their lines go, obeying what the lines say."""
    for document in documents:
        text = "".join(line.text for line in document.lines)
        if "KILL" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "HANG" in text:
            time.sleep(3600)
        if "MEMORY" in text:
            raise MemoryError
        if "CRASH" in text:
            raise ValueError("as it was told")
        if "SLOW" in text:
            time.sleep(0.05)
        rows = tuple(ArticleLine(line.number, None, "other", line.text) for line in document.lines)
        yield Mined(document, rows, (), document.problems)


def serve(descriptor: int) -> None:
    """Be such a worker."""
    chunks.mine = obeying  # type: ignore[assignment]
    Recogniser.load = staticmethod(lambda *chosen: None)  # type: ignore[method-assign, assignment]
    crew.serve(descriptor)


def never(descriptor: int) -> None:
    """Be a worker that cannot start."""
    os._exit(1)
