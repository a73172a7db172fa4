"""Read damaged files of every kind: none may end the reader, hang it, or make it take memory without bound.

    python benchmarks/fuzz.py [--seed 1] [--count 20000] [--seconds 20]

Damage is drawn from the seed: the same seed and count give the same files. Prints how many files were read and refused, by the
code of what was wrong; the slowest; the memory taken at most by this process and by the child that parses what unpacks.
Ends with status 1, and leaves the file beside it, when a file escapes.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from miner.config import Config  # noqa: E402
from miner.model import Document  # noqa: E402
from miner.read import read_bytes  # noqa: E402
from tests.mutants import mutants  # noqa: E402

LIMITS = Config(
    max_parse_seconds=20,
    max_parse_bytes=512 * 2**20,
    max_document_bytes=64 * 2**20,
    max_archive_bytes=256 * 2**20,
)


class Hung(BaseException):
    """Reading took longer than a file may take."""


def main() -> int:
    """Run; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=20, help="that one file may take")
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _hung)
    codes: Counter[str] = Counter()
    slowest = (0.0, "")
    escaped = 0
    started = time.monotonic()
    for number, (path, data) in enumerate(mutants(given.seed, given.count)):
        begun = time.monotonic()
        signal.alarm(given.seconds + LIMITS.max_parse_seconds)
        try:
            codes.update(map(_code, read_bytes(data, path, LIMITS)))
        except (Exception, Hung) as error:
            escaped += 1
            kept = Path(f"escaped-{given.seed}-{number}{Path(path).suffix}")
            kept.write_bytes(data)
            print(f"{path} → {kept}: {type(error).__name__}: {error}")
        finally:
            signal.alarm(0)
        slowest = max(slowest, (time.monotonic() - begun, f"{path} (number {number})"))
    print(f"{given.count} files, seed {given.seed}, {time.monotonic() - started:.0f} s; {escaped} escaped")
    print("; ".join(f"{code} {count}" for code, count in codes.most_common()))
    print(f"slowest: {slowest[0]:.1f} s, {slowest[1]}")
    most = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print("memory: {} MB, children {} MB".format(*most))
    return 1 if escaped or codes["reader-error"] else 0


def _code(document: Document) -> str:
    return "read" if document.status == "ok" else document.problems[0].code


def _hung(*_: object) -> None:
    raise Hung


if __name__ == "__main__":
    sys.exit(main())
