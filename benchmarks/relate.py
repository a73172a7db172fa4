"""Time relating against recognition on the same articles, one core, in one run.

    python benchmarks/relate.py ARCHIVE [--articles 500] [--repeat 3]

ARCHIVE is any input the tool reads whose documents hold one article each; without it the project's corpus is used. Prints
characters a second of recognition, of relating as a whole and of each of its parts, as the median of `--repeat` runs.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from miner.config import Config, default_corpus
from miner.language.dates import find_dates
from miner.model import Annotated, Article
from miner.read import read_paths
from miner.recognise import Recogniser
from miner.relate import relate
from miner.relate.events import find_events
from miner.relate.figures import find_figures
from miner.relate.passage import passage
from miner.relate.posts import find_posts
from miner.relate.quotes import find_quotes
from miner.split import split


def articles(path: Path | None, count: int) -> list[Article]:
    """Read so many articles."""
    documents = read_paths([path or default_corpus() / "articles"], Config())
    found = (article for document in documents for article in split(document, Config()).articles)
    return list(islice(found, count))


def events(annotated: Annotated) -> None:
    """Find dates, quotes and events of one article: events need the other two."""
    body = passage(annotated, "body")
    find_events(body, find_dates(body.text, issued=annotated.article.published), tuple(find_quotes(body)))


STEPS: dict[str, Callable[[Annotated], object]] = {
    "relate": relate,
    "posts": find_posts,
    "quotes": lambda annotated: tuple(find_quotes(passage(annotated, "body"))),
    "figures": lambda annotated: tuple(find_figures(passage(annotated, "body"))),
    "dates, quotes and events": events,
}


def main() -> None:
    """Parse the options, time every step, print one line for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    texts = articles(options.archive, options.articles)
    chars = sum(len(article.body) for article in texts)
    recogniser = Recogniser.load()
    annotated = list(recogniser.annotate(texts))
    for one in annotated[:5]:
        relate(one)

    def speed(step: Callable[[], object]) -> float:
        seconds = []
        for _ in range(options.repeat):
            start = time.process_time()
            step()
            seconds.append(time.process_time() - start)
        return chars / statistics.median(seconds)

    print(f"{len(texts)} articles, {chars:,} characters")
    print(f"{'recognise':26} {speed(lambda: list(recogniser.annotate(texts))):>12,.0f} characters/s")
    for name, step in STEPS.items():
        print(f"{name:26} {speed(lambda step=step: [step(one) for one in annotated]):>12,.0f} characters/s")


if __name__ == "__main__":
    main()
