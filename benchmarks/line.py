"""Time the whole line (read to store) against jieba.cut on the same text, one core, ratios within one run.

    python benchmarks/line.py ARCHIVE.jsonl.xz [--articles 3000] [--repeat 3]

ARCHIVE is any input the tool reads; without it the project's corpus is used, many times over. Prints characters a second of
jieba.cut, of recognition alone, of relating alone, and of the whole line, each as the median of `--repeat` runs in turn.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import jieba

from miner.chunks import mine_safely
from miner.config import Config, default_corpus
from miner.engine import resolve_archive
from miner.model import Article, Document
from miner.pipeline import mine
from miner.read import read_paths
from miner.recognise import Recogniser
from miner.relate import relate
from miner.split import split
from miner.store.database import open_database
from miner.store.places import Place
from miner.store.write import Writer


def documents(path: Path | None, articles: int) -> list[Document]:
    """Read so many documents; repeat the corpus where it is not enough."""
    found = list(islice(read_paths([path or default_corpus() / "articles"], Config()), articles))
    while len(found) < articles and path is None:
        found += [replace(d, id=f"{i:x}{d.id}"[:64]) for i, d in enumerate(found)][: articles - len(found)]
    return found


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    config, recogniser = Config(), Recogniser.load()
    read = documents(given.archive, given.articles)
    articles: list[Article] = [a for d in read for a in split(d, config).articles]
    texts = [a.body for a in articles]
    characters = sum(map(len, texts))
    annotated = recogniser.annotate(articles)

    def whole() -> None:
        with tempfile.TemporaryDirectory() as folder:
            opened = open_database(Path(folder) / "x.db", create=True)
            writer = Writer(opened, reader_sha256="x")
            writer.begin_run(version="0", command="x", config_sha256="x", model_sha256="x")
            for start in range(0, len(read), 64):
                writer.write(
                    [
                        (m, Place("", m.document.path + m.document.id))
                        for m in mine_safely(read[start : start + 64], config, recogniser)
                    ]
                )
            opened.close()

    def resolving() -> None:
        with tempfile.TemporaryDirectory() as folder:
            opened = open_database(Path(folder) / "x.db", create=True)
            writer = Writer(opened, reader_sha256="x")
            writer.begin_run(version="0", command="x", config_sha256="x", model_sha256="x")
            writer.write(
                [(m, Place("", m.document.path + m.document.id)) for m in mine(read, config, recogniser)]
            )
            started = time.perf_counter()
            resolve_archive(opened)
            resolved.append(time.perf_counter() - started)
            opened.close()

    resolved: list[float] = []
    stages: dict[str, Callable[[], object]] = {
        "jieba.cut": lambda: [sum(1 for _ in jieba.cut(t)) for t in texts],
        "split": lambda: [split(d, config) for d in read],
        "recognise": lambda: [recogniser.annotate(articles[i : i + 64]) for i in range(0, len(articles), 64)],
        "relate": lambda: [relate(a) for a in annotated],
        "whole line, split to store": whole,
    }
    seconds: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(given.repeat):
        for name, work in stages.items():
            seconds[name].append(timed(work))
    resolving()
    seconds["resolve, whole archive"] = resolved
    base = statistics.median(seconds["jieba.cut"])
    print(f"{len(articles)} articles, {characters:,} characters, one core, median of {given.repeat}\n")
    print("| stage | characters/s | time, jieba.cut = 1 |\n|---|---|---|")
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"| {name} | {characters / median:,.0f} | {median / base:.2f} |")


if __name__ == "__main__":
    main()
