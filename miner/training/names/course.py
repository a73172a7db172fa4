"""The course of training: gold teaches the teacher, the teacher's beliefs about raw news and gold teach the fast network.

Every fourth annotated article is held back; both networks are measured on those before the fast one learns from all.
"""

# PyTorch is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,misc,unused-ignore"

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from miner.recognise.network.accurate import AccurateModel
from miner.recognise.network.chain import LABELS
from miner.recognise.network.encode import FIRST_ID, Vocabulary
from miner.recognise.network.model import NameModel
from miner.recognise.network.pieces import PieceFile
from miner.recognise.network.reading import Candidate
from miner.training.names import vocabulary as words
from miner.training.names.network import (
    Corpus,
    Network,
    Plan,
    prepare,
    prepare_taught,
    to_arrays,
    train,
)
from miner.training.names.sets import Article, Example
from miner.training.names.teacher import (
    Teacher,
    TeacherPlan,
    accurate_arrays,
    beliefs,
    common_chars,
    teach,
)

Say = Callable[[str], None]
HELD = 4
"""Every so manyth article is held back."""
STRETCH = 1500
"""Characters of raw text that the fast network learns from at once."""
TAUGHT, LAST = Plan(rate=3e-3, epochs=3), Plan(rate=2e-3, epochs=3)
"""How the fast network learns from the teacher, and then from gold."""


class Files(NamedTuple):
    """The bytes of both model files."""

    fast: bytes
    accurate: bytes


class Reader(Protocol):
    """Either network at run time."""

    def predict(self, texts: Sequence[str]) -> list[list[Candidate]]: ...


def run(articles: Sequence[Article], raw: Sequence[str], file: PieceFile, say: Say) -> Files:
    """Run the course and return both files; `raw` are the texts that the teacher labels."""
    held = [article for article in articles if article.number % HELD == HELD - 1]
    seen = [article.example for article in articles if article.number % HELD != HELD - 1]
    teacher = Teacher(file, common_chars([*raw, *(e.text for e in seen)], file.vocabulary), TeacherPlan())
    teach(teacher, seen, TeacherPlan(), say)
    accurate = _stored(accurate_arrays(teacher))
    measure("accurate", AccurateModel.from_bytes(accurate, file), held, say)
    vocabulary = words.build([*raw, *(e.text for e in seen)])
    taught = labelled(teacher, raw, vocabulary, say)
    network = new_network(vocabulary, TAUGHT)
    train(network, [taught], TAUGHT, say)
    start = {name: weight.clone() for name, weight in network.state_dict().items()}
    train(network, [prepare(seen, vocabulary)], LAST, say)
    measure("fast", NameModel.from_bytes(_stored(to_arrays(network, vocabulary))), held, say)
    network.load_state_dict(start)
    everything: list[Example] = [article.example for article in articles]
    train(network, [prepare(everything, vocabulary)], LAST, say)
    return Files(_stored(to_arrays(network, vocabulary)), accurate)


def new_network(vocabulary: Vocabulary, plan: Plan) -> Network:
    """Return a network with fresh weights."""
    torch.manual_seed(plan.seed)
    return Network(int(vocabulary.ids.max()) + 1, len(vocabulary.words) + FIRST_ID, plan)


def labelled(teacher: Teacher, raw: Sequence[str], vocabulary: Vocabulary, say: Say) -> Corpus:
    """Return raw texts, in stretches, with what the teacher believes about them."""
    parts = [part for text in raw for part in stretches(text)]
    known = []
    for start in range(0, len(parts), 400):
        known += beliefs(teacher, parts[start : start + 400])
        say(f"labelled {len(known):,} of {len(parts):,} stretches")
    return prepare_taught(parts, known, vocabulary)


def stretches(text: str, size: int = STRETCH) -> Iterator[str]:
    """Yield a text in stretches of about `size` characters, cut after a line or a sentence.

    >>> list(stretches("今天晴。明天雨。", 5))
    ['今天晴。', '明天雨。']
    """
    start = 0
    while len(text) - start > size:
        cut = max(text.rfind(mark, start, start + size) for mark in "\n。") + 1
        cut = cut if cut > start else start + size
        yield text[start:cut]
        start = cut
    if start < len(text):
        yield text[start:]


def measure(name: str, model: Reader, articles: Sequence[Article], say: Say) -> None:
    """Say how well a network finds the names of held-back articles: F1 of spans by label, for each kind of source."""
    found = model.predict([article.example.text for article in articles])
    for kind in ("all", *sorted({article.kind for article in articles})):
        pairs = [
            (a.example, candidates)
            for a, candidates in zip(articles, found, strict=True)
            if kind in ("all", a.kind)
        ]
        figures = " ".join(f"{label} {_f1(label, pairs):.3f}" for label in LABELS)
        say(f"{name} {kind} {figures}")


def _f1(label: str, pairs: Sequence[tuple[Example, Sequence[Candidate]]]) -> float:
    """Return the F1 of a label; where gold leaves two labels open, either is right and neither is asked for."""
    hits = missed = wrong = 0
    for example, candidates in pairs:
        gold = {(start, end): labels for start, end, labels in example.names if label in labels}
        spans = {(c.start, c.end) for c in candidates if c.label == label}
        hits += len(spans & gold.keys())
        wrong += len(spans - gold.keys())
        missed += sum(len(gold[span]) == 1 for span in gold.keys() - spans)
    return 2 * hits / max(1, 2 * hits + wrong + missed)


def _stored(arrays: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()
