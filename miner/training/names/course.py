"""The course of training: gold teaches the teacher, the teacher's beliefs about raw news and gold teach the fast network.

Every fourth annotated article is held back; both networks are measured on those before the fast one learns from all.
"""

# PyTorch is needed for training alone, and type checking must pass without it.
# mypy: disable-error-code="import-not-found,misc,unused-ignore"

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch

from miner.recognise.network.accurate import AccurateModel
from miner.recognise.network.chain import LABELS
from miner.recognise.network.encode import FIRST_ID, Vocabulary
from miner.recognise.network.model import NameModel
from miner.recognise.network.pieces import PieceFile
from miner.recognise.network.reading import SeenName
from miner.training import Say
from miner.training.names import vocabulary as words
from miner.training.names.invent import Inventor, Lists
from miner.training.names.network import (
    Corpus,
    TorchNetwork,
    TrainingPlan,
    prepare,
    prepare_taught,
    to_arrays,
    train,
)
from miner.training.names.sets import Example, GoldArticle
from miner.training.names.teacher import (
    Teacher,
    TeacherPlan,
    accurate_arrays,
    beliefs,
    common_chars,
    teach,
)

HELD = 4
"""Every so manyth article is held back."""
STRETCH, GROUP = 1500, 400
"""Characters of raw text that the fast network learns from at once, and stretches that are labelled together."""
FIRST, LAST = TrainingPlan(rate=3e-3, epochs=2.5), TrainingPlan(rate=2e-3, epochs=2)
"""How the fast network learns from the teacher, and then from gold."""
INVENTED, COPIES, SEED = 1500, 2, 7
"""Invented paragraphs, and copies of each annotated article with other names in it, beside the gold."""


class Made(NamedTuple):
    """The bytes of both model files, and what was measured on the articles held back."""

    fast: bytes
    accurate: bytes
    figures: dict[str, float]


class NetworkReader(Protocol):
    """Either network at run time."""

    def predict(self, texts: Sequence[str]) -> list[list[SeenName]]:
        """Return the names in each text."""
        ...


def run(
    articles: Sequence[GoldArticle],
    raw: Iterable[str],
    file: PieceFile,
    lists: Lists,
    *,
    minutes: float,
    say: Say,
) -> Made:
    """Run the course; the teacher labels `raw` texts for so many minutes, or until there are no more."""
    held = [article for article in articles if article.number % HELD == HELD - 1]
    seen = [article.example for article in articles if article.number % HELD != HELD - 1]
    chars = common_chars([example.text for example in seen], file.vocabulary)
    teacher = Teacher(file, chars, TeacherPlan())
    teach(teacher, seen, TeacherPlan(), say)
    accurate = _stored(accurate_arrays(teacher))
    figures = measure("accurate", AccurateModel.from_bytes(accurate, file), held, say)
    texts, known = labelled(teacher, raw, minutes=minutes, say=say)
    vocabulary = words.build([*texts, *(example.text for example in seen)])
    network = new_network(vocabulary, FIRST)
    train(network, [prepare_taught(texts, known, vocabulary)], FIRST, say)
    start = {name: weight.clone() for name, weight in network.state_dict().items()}
    train(network, lessons(seen, lists, vocabulary), LAST, say)
    fast = NameModel.from_bytes(_stored(to_arrays(network, vocabulary)))
    figures |= measure("fast", fast, held, say)
    network.load_state_dict(start)
    train(network, lessons([article.example for article in articles], lists, vocabulary), LAST, say)
    return Made(_stored(to_arrays(network, vocabulary)), accurate, figures)


def lessons(gold: Sequence[Example], lists: Lists, vocabulary: Vocabulary) -> list[Corpus]:
    """Return what the fast network learns last: gold, copies of it with other names, and invented sentences.

    Names that no corpus has are learnt so. Products and credits are not marked in what is invented: they stay open.
    """
    inventor = Inventor(lists, SEED)
    invented = inventor.paragraphs(INVENTED)
    renamed = [inventor.renamed(example) for example in gold for _ in range(COPIES)]
    return [
        prepare([*gold, *renamed], vocabulary),
        prepare(invented, vocabulary, open_labels=("product", "ignored")),
    ]


def new_network(vocabulary: Vocabulary, plan: TrainingPlan) -> TorchNetwork:
    """Return a network with fresh weights."""
    torch.manual_seed(plan.seed)
    return TorchNetwork(int(vocabulary.ids.max()) + 1, len(vocabulary.words) + FIRST_ID, plan)


def labelled(
    teacher: Teacher, raw: Iterable[str], *, minutes: float, say: Say
) -> tuple[list[str], list[npt.NDArray[np.float16]]]:
    """Return stretches of raw texts with what the teacher believes about their characters."""
    until = time.monotonic() + 60 * minutes
    texts: list[str] = []
    known: list[npt.NDArray[np.float16]] = []
    for group in batched((part for text in raw for part in stretches(text)), GROUP):
        texts += group
        known += beliefs(teacher, group)
        say(f"labelled {sum(map(len, texts)):,} characters")
        if time.monotonic() > until:
            break
    return texts, known


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


def measure(name: str, model: NetworkReader, articles: Sequence[GoldArticle], say: Say) -> dict[str, float]:
    """Return how well a network finds the names of articles: F1 of spans by label, for each kind of source."""
    found = model.predict([article.example.text for article in articles])
    figures: dict[str, float] = {}
    for kind in ("all", *sorted({article.kind for article in articles})):
        pairs = [
            (article.example, candidates)
            for article, candidates in zip(articles, found, strict=True)
            if kind in ("all", article.kind)
        ]
        figures |= {f"{name} {kind} {label}": _f1(label, pairs) for label in LABELS}
        say(
            f"{name} {kind} "
            + " ".join(f"{label} {figures[f'{name} {kind} {label}']:.3f}" for label in LABELS)
        )
    return figures


def _f1(label: str, pairs: Sequence[tuple[Example, Sequence[SeenName]]]) -> float:
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


def batched(parts: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield texts in lists of `size`.

    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    source = iter(parts)
    while group := list(islice(source, size)):
        yield group
