"""The other candidate for the name model: a plain character CRF (python-crfsuite), trained and measured on CLUENER.

    python benchmarks/recognise_crf.py DATA_FOLDER [iterations]

Features are those of the network's inputs: characters and pairs within two places, words and their places from rjieba.
Prints precision, recall and F1 on the development part, training time, and speed of tagging with features in Python.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pycrfsuite
import rjieba

from miner.training.names.sets import Example, read_cluener


def features(text: str) -> list[list[str]]:
    """Return the features of every character."""
    words, places = [], []
    for word in rjieba.cut(text):
        words += [word] * len(word)
        places += ["S"] if len(word) == 1 else ["B", *"M" * (len(word) - 2), "E"]
    padded = f"^^{text}$$"
    rows = []
    for i in range(len(text)):
        c = padded[i : i + 5]
        row = [
            "b",
            f"0{c[2]}",
            f"-{c[1]}",
            f"+{c[3]}",
            f"={c[0]}",
            f"#{c[4]}",
            f"a{c[1:3]}",
            f"b{c[2:4]}",
            f"c{c[0:2]}",
        ]
        row += [f"d{c[3:5]}", f"e{c[1]}{c[3]}", f"p{places[i]}", f"w{words[i]}", f"q{places[i]}{c[2]}"]
        rows.append(row)
    return rows


def tags(example: Example) -> list[str]:
    """Return BIO tags."""
    marks = ["O"] * len(example.text)
    for start, end, labels in example.names:
        (label,) = labels
        marks[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return marks


def spans(marks: list[str]) -> Iterator[tuple[int, int, str]]:
    """Read BIO tags as spans."""
    start, label = 0, ""
    for i, mark in enumerate([*marks, "O"]):
        if label and mark != f"I-{label}":
            yield start, i, label
            label = ""
        if mark[0] == "B" or (mark[0] == "I" and not label):
            start, label = i, mark[2:]


def main() -> None:
    """Train, tag, count."""
    folder = Path(sys.argv[1]) / "ner" / "cluener"
    started = time.process_time()
    trainer = pycrfsuite.Trainer(verbose=False)
    for example in read_cluener(folder / "train.json"):
        trainer.append(features(example.text), tags(example))
    trainer.set_params(
        {"c1": 0.1, "c2": 0.01, "max_iterations": int(sys.argv[2]) if len(sys.argv) > 2 else 100}
    )
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "crf.model"
        trainer.train(str(file))
        print(
            f"training {time.process_time() - started:.0f} s of CPU time, {file.stat().st_size / 1e6:.1f} MB"
        )
        tagger = pycrfsuite.Tagger()
        tagger.open(str(file))
        hits = gold = found = chars = 0
        started = time.process_time()
        for example in read_cluener(folder / "dev.json"):
            got = set(spans(tagger.tag(features(example.text))))
            want = {(start, end, next(iter(labels))) for start, end, labels in example.names}
            hits, gold, found, chars = (
                hits + len(got & want),
                gold + len(want),
                found + len(got),
                chars + len(example.text),
            )
        speed = chars / (time.process_time() - started)
        tagger.close()
    precision, recall = hits / found, hits / gold
    print(
        f"P {precision:.3f} R {recall:.3f} F1 {2 * precision * recall / (precision + recall):.3f}, {speed:,.0f} characters/s"
    )


if __name__ == "__main__":
    main()
