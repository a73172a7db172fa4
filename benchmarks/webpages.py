"""Paragraphs found on pages in the manner of Chinese news sites: F1 of this reader and of trafilatura, in one run.

    python benchmarks/webpages.py

The pages and their gold are those of tests/test_read_peers.py and tests/test_read_peers_hard.py: markup and words of our own.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import trafilatura  # noqa: E402

from miner.config import Config  # noqa: E402
from miner.read import read_bytes  # noqa: E402
from tests import test_read_peers as plain  # noqa: E402
from tests import test_read_peers_hard as hard  # noqa: E402


def ours(page: str) -> list[str]:
    """The paragraphs that the reader finds."""
    lines = (line for document in read_bytes(page.encode(), "a.html", Config()) for line in document.lines)
    return [line.text for line in lines if line.role in ("body", "subhead")]


def theirs(page: str) -> list[str]:
    """The paragraphs that trafilatura finds, in the version that is installed."""
    found = trafilatura.extract(page, include_comments=False) or ""
    return [line.lstrip("- ") for line in found.split("\n") if line]


def main() -> None:
    """Print one table."""
    logging.disable(logging.CRITICAL)
    pages = {
        name: (page, {*plain.BODY, *plain.EXTRA.get(name, ())}) for name, page in plain.PAGES.items()
    } | {name: (page, set(want)) for name, (page, want) in hard.PAGES.items()}
    print("| page | F1 | trafilatura |\n|---|---|---|")
    sums = [0.0, 0.0]
    for name, (page, want) in pages.items():
        scores = [plain.f1(find(page), want) for find in (ours, theirs)]
        sums = [total + score for total, score in zip(sums, scores, strict=True)]
        print(f"| {name} | {scores[0]:.2f} | {scores[1]:.2f} |")
    print(f"| **{len(pages)} pages** | {sums[0] / len(pages):.3f} | {sums[1] / len(pages):.3f} |")


if __name__ == "__main__":
    main()
