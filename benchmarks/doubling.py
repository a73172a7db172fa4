"""Hostile texts of growing length through the whole line: what doubling them costs, as ratios within one run.

    python benchmarks/doubling.py [--start 6000] [--times 3]

A stage whose time is linear shows ratios around 2, one that grows with the square shows 4. Seconds of the processor.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable

from miner.chunks import mine_safely
from miner.config import Config
from miner.read import read_bytes
from miner.recognise import Recogniser


def _chain(length: int) -> str:
    return ("陆远的贺景行的沈若溪的" * (length // 11 + 1))[:length] + "局长来到第五届进博会。"


def _titles(length: int) -> str:
    return ("青穗食品的总经理的助理的" * (length // 12 + 1))[:length] + "局长。"


def _names(length: int) -> str:
    return ("陆远贺景行沈若溪白知安方望舒" * (length // 14 + 1))[:length]


def _marked(length: int) -> str:
    return ("陆远、贺景行、沈若溪、" * (length // 11 + 1))[:length] + "出席。"


def _lines(length: int) -> str:
    return "进\n" * (length // 2)


def _quotes(length: int) -> str:
    return ("陆远说:“我们来了,我们签约" * (length // 14 + 1))[:length]


def _signings(length: int) -> str:
    return ("青穗食品与海滨区签约。" * (length // 11 + 1))[:length]


def _numbers(length: int) -> str:
    return ("1亿2千3百万4," * (length // 10 + 1))[:length] + "元"


def _brackets(length: int) -> str:
    return "青穗食品(" * (length // 5) + "简称“青穗”)"


KINDS: dict[str, Callable[[int], str]] = {
    "people of people of people": _chain,
    "titles of titles of titles": _titles,
    "names without marks": _names,
    "names with marks": _marked,
    "lines of one character": _lines,
    "quotes that never close": _quotes,
    "one signing after another": _signings,
    "numbers without end": _numbers,
    "brackets in brackets": _brackets,
}


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start", type=int, default=6000)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    config, recogniser = Config(), Recogniser.load()

    def spent(text: str) -> float:
        started = time.process_time()
        mine_safely(list(read_bytes(text.encode(), "2022-11-06/a.txt", config)), config, recogniser)
        return time.process_time() - started

    spent(_signings(500))
    sizes = [given.start * 2**n for n in range(given.times)]
    print(
        f"| text | {' | '.join(f'{size:,} characters, s' for size in sizes)} | ratios |\n|---|{'---|' * (len(sizes) + 1)}"
    )
    for name, make in KINDS.items():
        seconds = [spent(make(size)) for size in sizes]
        ratios = [f"{b / a:.1f}" for a, b in itertools.pairwise(seconds)]
        print(f"| {name} | {' | '.join(f'{s:.2f}' for s in seconds)} | {', '.join(ratios)} |", flush=True)


if __name__ == "__main__":
    main()
