"""Trains the name model from the annotated sets, invented sentences and raw news, and writes it with its card."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path

from miner.training import Effort, Say, Trained

_TOPICS = ("企业", "公司", "进博", "签约", "集团", "投资", "参展", "品牌")
SILVER_CHARS = 3_000_000
SEED = 1


def read_raw(path: Path) -> Iterator[str]:
    """Yield the texts of a file of raw news (JSON lines with headline and body, xz)."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield f"{row['headline']}\n{row['body']}"


def read_sentences(folder: Path) -> Iterator[str]:
    """Yield the sentences of the event sets (DuEE, iFLYTEK): raw business and social news, their labels unused."""
    for path in sorted((folder / "duee").glob("*.json")) + sorted((folder / "iflytek_ee2020").glob("*.json")):
        if "schema" in path.name:
            continue
        text = path.read_text(encoding="utf-8").strip()
        rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
        yield from dict.fromkeys(row["text"] for row in rows if row.get("text"))


def train_recogniser(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Train the name model from the sets below `data` and write it to `out` (an .npz file).

    The course has several rounds: the annotated sets and invented sentences teach a first model, which labels raw
    news for the next. `effort.minutes` bounds the learning itself, on one core.
    """
    from miner.training.names import course

    raw = data / "raw" / "broadcast.jsonl.xz"
    texts = list(read_raw(raw))
    say(f"{len(texts):,} raw texts")
    to_label = [*_on_topic(texts), *read_sentences(data / "events")]
    stored = course.run(data, texts, to_label, minutes=effort.minutes, say=say)
    out.write_bytes(stored)
    return Trained.of(out)


def _on_topic(texts: list[str]) -> list[str]:
    """Choose raw texts about business and the expo, about SILVER_CHARS characters of them."""
    chosen = [text for text in texts if any(topic in text for topic in _TOPICS)]
    random.Random(SEED).shuffle(chosen)
    chosen.sort(key=lambda text: "进博" not in text)
    chars, kept = 0, []
    for text in chosen:
        chars += len(text)
        if chars > SILVER_CHARS:
            break
        kept.append(text)
    return kept
