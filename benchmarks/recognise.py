"""Speed of recognition on one core: `python benchmarks/recognise.py NEWS.jsonl.xz [--articles 2000] [--rules]`.

Reads lines of JSON with `headline` and `body`, annotates them in batches as the pipeline does and prints characters a
second of processor time, with and without the trained model, so that other processes on the machine do not count.
"""

from __future__ import annotations

import argparse
import json
import lzma
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from miner.model import Article
from miner.recognise import Recogniser

_BATCH = 64


def _articles(path: Path, count: int) -> Iterator[Article]:
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for number, line in enumerate(islice(stream, count)):
            item = json.loads(line)
            yield Article(str(number), "news", number, item["headline"], item["body"])


def _speed(recogniser: Recogniser, articles: list[Article]) -> float:
    characters = sum(len(article.body) + len(article.headline or "") for article in articles)
    started = time.process_time()
    for start in range(0, len(articles), _BATCH):
        recogniser.annotate(articles[start : start + _BATCH])
    return characters / (time.process_time() - started)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rules", action="store_true", help="only without the trained model")
    options = parser.parse_args()
    articles = list(_articles(options.news, options.articles))
    recogniser = Recogniser.load()
    recogniser.annotate(articles[:_BATCH])
    for name, model in (("rules and model", True), ("rules alone", False)):
        if model and options.rules:
            continue
        recogniser.finder.model = model
        print(f"{name:16} {_speed(recogniser, articles):10,.0f} characters a second of processor time")


if __name__ == "__main__":
    main()
