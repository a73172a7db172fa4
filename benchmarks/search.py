"""Time ranked search: `python benchmarks/search.py big.db`.

Words of one to eight characters are cut from random articles and sorted by how many articles hold them, from about ten
to one in five; every word is searched twice and the second time counts, as on a server that has run for a while.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from miner.publish import query as q
from miner.publish.index import fts
from miner.publish.pages import search

BINS = ((10, 100), (100, 1_000), (1_000, 10_000), (10_000, 50_000), (50_000, 10**9))


def percentile(values: list[float], share: float) -> float:
    """Return the value below which the share of the values lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def pick_words(connection: sqlite3.Connection, *, wanted: int, seed: int) -> dict[tuple[int, int], list[str]]:
    """Return words for each bin of frequency; a bin that the archive does not fill stays short."""
    rng = random.Random(seed)
    most = connection.execute("select n from totals where name = 'articles'").fetchone()[0] / 5
    top = connection.execute("select max(rowid) from articles").fetchone()[0]
    found: dict[tuple[int, int], list[str]] = {span: [] for span in BINS}
    for _ in range(wanted * 60):
        row = connection.execute(
            "select body from articles where rowid = ?", (rng.randint(1, top),)
        ).fetchone()
        if row is None or not row[0]:
            continue
        size, start = rng.randint(1, 8), rng.randrange(len(row[0]))
        word = row[0][start : start + size].strip()
        if len(word) != size or q.parse(word).groups != ((word,),):
            continue
        hits = connection.execute(
            f"select count(*) from {fts.TABLE} where {fts.TABLE} match ?", (fts.match_word(word),)
        ).fetchone()[0]
        span = next((span for span in BINS if span[0] <= hits < span[1] and hits <= most), None)
        if span and len(found[span]) < wanted:
            found[span].append(word)
        if all(len(words) >= wanted for words in found.values()):
            break
    return found


def measure(
    connection: sqlite3.Connection, words: list[str], sort: str, clock: Callable[[], float]
) -> list[float]:
    """Return the milliseconds of one search for each word, the second time it is asked.

    The clock is the wall's, or the thread's own computing time, which other programs on a busy machine do not lengthen.
    """
    times = []
    for word in words:
        request = search.Request.read({"q": word, "sort": sort})
        search.search(connection, request)
        started = clock()
        search.search(connection, request)
        times.append((clock() - started) * 1000)
    return times


def main() -> None:
    """Measure and print a table, and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--words", type=int, default=40, help="words for each bin")
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    connection = sqlite3.connect(f"{arguments.path.resolve().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    words = pick_words(connection, wanted=arguments.words, seed=arguments.seed)
    every: dict[str, list[float]] = {"wall": [], "computing": []}
    for span, chosen in words.items():
        if not chosen:
            continue
        for sort in ("relevance", "newest"):
            shown = []
            for name, clock in (("wall", time.perf_counter), ("computing", time.thread_time)):
                times = measure(connection, chosen, sort, clock)
                shown.append(
                    f"{name} p50 {statistics.median(times):6.1f} p95 {percentile(times, 0.95):6.1f} ms"
                )
                every[name] += times if sort == "relevance" else []
            sys.stdout.write(f"{span[0]:>6}+ hits, {len(chosen):>3} words, {sort:>9}: {'; '.join(shown)}\n")
    text = connection.execute("select sum(n_chars) from coverage").fetchone()[0]
    block = connection.execute("select sum(length(block)) from articles_fts_data").fetchone()[0]
    sample = connection.execute(
        "select sum(length(cast(body as blob)) + length(cast(coalesce(headline, '') as blob))) * 1.0 / sum(n_chars) from (select * from articles limit 20000)"
    ).fetchone()[0]
    result = {
        "words": len(every["wall"]),
        **{f"{name}_p{round(100 * share)}_ms": round(percentile(times, share), 1) for name, times in every.items() for share in (0.5, 0.95)},
        "index_to_text": round(block / (text * sample), 3),
    }  # fmt: skip
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
