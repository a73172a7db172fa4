"""Measures the name model alone: characters a second on one core, time to load, and memory.

    OPENBLAS_NUM_THREADS=1 python benchmarks/recognise_model.py [FILE.jsonl.xz | FILE.txt ...]

Without files it repeats a short text of its own. Times are the process's own (CPU seconds), the best of three runs.
"""

from __future__ import annotations

import json
import lzma
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from miner.recognise.network.model import NameModel

LIMIT = 1_500_000
"""Characters that are measured."""
TEXT = (
    "区长王建国昨天走访了乐高、强生等企业展台，区商务委员会主任李静陪同。日本客商铃木一郎说，公司愿与大学合作，"
    "把更多新产品带到中国。今年的展览面积比去年增加了三成，签约金额约为二十亿元。\n"
)


def texts(paths: list[str]) -> Iterator[str]:
    """Yield the texts of files, or the built-in text."""
    for path in paths:
        if path.endswith(".jsonl.xz"):
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                yield from (json.loads(line)["body"] for line in lines)
        else:
            yield Path(path).read_text(encoding="utf-8")
    if not paths:
        yield from [TEXT * 12] * 1300


def main() -> None:
    """Load, warm up, measure, and print one line for each figure."""
    started = time.process_time()
    model = NameModel.load()
    print(f"load            {time.process_time() - started:.2f} s")
    batch, chars = [], 0
    for text in texts(sys.argv[1:]):
        batch.append(text)
        chars += len(text)
        if chars > LIMIT:
            break
    model.predict(batch[:20])
    best = 0.0
    for _ in range(3):
        started = time.process_time()
        names = sum(map(len, model.predict(batch)))
        best = max(best, chars / (time.process_time() - started))
    print(f"characters      {chars:,} in {len(batch):,} texts, {names:,} names")
    print(f"speed           {best:,.0f} characters/s of CPU time")
    print(f"peak memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
