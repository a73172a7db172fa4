"""Pages a second: restore and split together, on one core.

    python benchmarks/pages.py [FOLDER] [--repeat N]

FOLDER holds page streams (*.txt), by default those of the project's own corpus. Prints pages, lines and characters a second of
processor time, the milliseconds of the slowest page, and the peak of resident memory before and after: it must not grow with
the number of pages.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from miner.config import Config
from miner.model import Document, Line
from miner.split import split


def document(path: Path) -> Document:
    """One page stream as a document."""
    text = path.read_text(encoding="utf-8")
    lines = tuple(Line(number, line) for number, line in enumerate(text.split("\n"), 1))
    return Document(path.name, str(path), "text/plain", "utf-8", len(text.encode()), lines, layout="page")


def megabytes() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Time the pages of a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(__file__).parent.parent / "corpus" / "pages"
    )
    parser.add_argument("--repeat", type=int, default=10)
    options = parser.parse_args()
    documents = [document(path) for path in sorted(options.folder.rglob("*.txt"))]
    config = Config()
    for made in documents[:3]:
        split(made, config)
    before, slowest, lines, chars = megabytes(), 0.0, 0, 0
    begin = time.process_time()
    for _ in range(options.repeat):
        for made in documents:
            start = time.process_time()
            result = split(made, config)
            slowest = max(slowest, time.process_time() - start)
            lines += len(result.lines)
            chars += made.n_chars
    spent = time.process_time() - begin
    pages = len(documents) * options.repeat
    print(
        f"{pages} pages in {spent:.2f} s of one core: {pages / spent:.0f} pages/s, {lines / spent:,.0f} lines/s, {chars / spent:,.0f} characters/s"
    )
    print(f"slowest page {1000 * slowest:.1f} ms; memory {before:.0f} MB before, {megabytes():.0f} MB after")


if __name__ == "__main__":
    main()
