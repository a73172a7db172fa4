"""Where one writer ends: what mining, packing, sending and writing an article cost, as ratios within one run.

    python benchmarks/writer.py [ARCHIVE] [--articles 1000]

Seconds of the processor, not of the clock, so that neighbours on the machine count little. The last line is how many workers
one writer keeps up with: the mining time of an article over what the main process spends on it (unpacking and writing).
"""

from __future__ import annotations

import argparse
import pickle
import tempfile
import time
import zlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from miner.chunks import mine_safely
from miner.config import Config, default_corpus
from miner.read import read_paths
from miner.recognise import Recogniser
from miner.store.database import open_database
from miner.store.places import Place
from miner.store.rows import Packed, pack
from miner.store.write import Writer

_BATCH = 64


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    given = parser.parse_args()
    config, recogniser = Config(), Recogniser.load()
    documents = list(
        islice(read_paths([given.archive or default_corpus() / "articles"], config), given.articles)
    )
    mine_safely(documents[:_BATCH], config, recogniser)  # what is loaded once is no cost of an article
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        done = work()
        spent[name] = spent.get(name, 0.0) + time.process_time() - started
        return done

    sent: list[bytes] = []
    articles = characters = 0
    for start in range(0, len(documents), _BATCH):
        batch = documents[start : start + _BATCH]
        mined = timed("mine", lambda batch=batch: mine_safely(batch, config, recogniser))
        packed = timed("rows", lambda mined=mined: [pack(one) for one in mined])
        sent.append(timed("pack", lambda packed=packed: zlib.compress(pickle.dumps(packed, protocol=5), 1)))
        articles += sum(one.n_articles for one in packed)
        characters += sum(one.n_chars for one in packed)
    with tempfile.TemporaryDirectory() as folder:
        connection = open_database(Path(folder) / "x.db", create=True)
        writer = Writer(connection, reader_sha256="x")
        writer.begin_run(version="0", command="x", config_sha256="x", model_sha256="x")
        for order in sent:
            batch: list[Packed] = timed("unpack", lambda order=order: pickle.loads(zlib.decompress(order)))
            timed("write", lambda batch=batch: writer.write([(one, Place("", one.path)) for one in batch]))
        connection.close()
        size = (Path(folder) / "x.db").stat().st_size
    total = sum(map(len, sent))
    print(f"{articles} articles, {characters:,} characters, one core, seconds of the processor\n")
    print("| step | where | ms an article | mining = 1 |\n|---|---|---|---|")
    for name, value in spent.items():
        where = "main process" if name in ("unpack", "write") else "worker"
        print(f"| {name} | {where} | {1000 * value / articles:.2f} | {value / spent['mine']:.3f} |")
    print(
        f"\nsent: {total / articles:,.0f} bytes an article ({total / characters:.2f} a character); stored: {size / articles:,.0f}"
    )
    worker = sum(value for name, value in spent.items() if name in ("mine", "rows", "pack"))
    print(f"one writer keeps up with {worker / (spent['unpack'] + spent['write']):.0f} workers")


if __name__ == "__main__":
    main()
