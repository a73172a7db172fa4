"""Learns what every piece of evidence counts that a thing of the archive is an enterprise.

Two sets are mined and resolved like any archive, and every enterprise that came out is compared with the gold: annotated
articles of today (few names are wrong in them, since the networks have read them) and sentences of a national paper of
1998 in which bodies are marked, companies among them: literature, sport and science, where a name that is no body's is a
mistake. Logistic regression holds the weights to zero (a Gaussian prior), five folds by enterprise measure it.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import yaml

from miner.config import Config
from miner.engine import run_paths
from miner.language.fold import fold
from miner.resolve.standing import AGAINST, EVIDENCE, LISTED, EnterpriseSeen, gather, weights
from miner.training import Effort, Say, Trained
from miner.training.likeness import Bounds, weighed
from miner.training.names.annotated import read_annotated

_SENTENCES = 10
"""Sentences of the marked set that make an article."""
_ARTICLES = 4_400
_STRENGTH = 2.0
_READ_BEFORE = 0.5
"""What an enterprise of the annotated articles counts: the networks that read it have learned from them."""
_FOLDS = 5


class Labelled(NamedTuple):
    """An enterprise that came out of an archive, whether it is one, and how much it counts."""

    seen: EnterpriseSeen
    right: bool
    counts: float


def train_standing(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn from `annotated/` and `ner/msra/`, measure by folds, write the weights as a lexicon.

    Raises InputError where a set is damaged.
    """
    folders = (data / "annotated", *effort.gold)
    labelled = [one for folder in folders for one in _annotated(folder)]
    labelled += list(_marked(data / "ner" / "msra", effort.seed))
    say(f"{len(labelled)} enterprises, {sum(not one.right for one in labelled)} of them none")
    figures = measured(labelled, effort.seed)
    for name, value in figures.items():
        say(f"{name}: {value:.3f}")
    _write(out, fit(labelled))
    return Trained.of(out, figures)


def fit(labelled: Sequence[Labelled]) -> dict[str, float]:
    """Return the weight of each piece of evidence, and of `prior`, in log-odds."""
    held, signs, counts = _matrix(labelled)
    found = _fitted(held, signs, counts)
    return dict(zip(["prior", *EVIDENCE], (round(float(weight), 2) for weight in found), strict=True))


def _matrix(labelled: Sequence[Labelled]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    held = np.array([[1.0, *(value(one.seen) for value in EVIDENCE.values())] for one in labelled])
    signs = np.array([1.0 if one.right else -1.0 for one in labelled])
    return held, signs, np.array([one.counts for one in labelled])


def _fitted(held: np.ndarray, signs: np.ndarray, counts: np.ndarray) -> np.ndarray:
    # Evidence keeps the sign that it has by its meaning: what speaks for an enterprise never speaks against one.
    bounds: list[Bounds] = [(None, 0.0) if name in AGAINST else (0.0, None) for name in EVIDENCE]
    return weighed(held, signs, counts, np.zeros(held.shape[1]), bounds, _STRENGTH)


def measured(labelled: Sequence[Labelled], seed: int) -> dict[str, float]:
    """Return precision before and after, and the right ones kept, of enterprises of the marked set, by folds."""
    held, signs, counts = _matrix(labelled)
    dealt = np.random.default_rng(seed).integers(0, _FOLDS, len(labelled))
    kept = np.zeros(len(labelled), bool)
    for fold_ in range(_FOLDS):
        learnt = _fitted(held[dealt != fold_], signs[dealt != fold_], counts[dealt != fold_])
        kept[dealt == fold_] = 1 / (1 + np.exp(-held[dealt == fold_] @ learnt)) >= LISTED
    new, right = counts == 1.0, signs > 0
    return {
        "precision of all": float(right[new].mean()),
        "precision of those listed": float(right[new & kept].mean()),
        "right ones listed": float((kept & right & new).sum() / (right & new).sum()),
    }


def _annotated(folder: Path) -> Iterator[Labelled]:
    golds = {
        gold.id: {name for thing in gold.things["enterprise"] for name in thing}
        for gold in read_annotated(folder)
    }
    texts = [path for path in sorted(folder.rglob("*.txt")) if path.with_suffix(".json").exists()]

    def right(text: str, place: _Place) -> bool:
        return fold(text).replace(" ", "") in golds.get(Path(place.path).stem, ())

    yield from _found([str(path) for path in texts], right, _READ_BEFORE)


def _marked(folder: Path, seed: int) -> Iterator[Labelled]:
    blocks = _blocks(folder / "msra_train_bio.txt", seed)
    with TemporaryDirectory() as made:
        file = Path(made) / "marked.jsonl"
        with file.open("w", encoding="utf-8") as out:
            for number, block in enumerate(blocks):
                body = "\n".join(text for text, _ in block)
                row = {"headline": "简讯", "body": body, "url": f"http://marked.invalid/{number}"}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        labels = ["".join(f"{marks}." for _, marks in block) for block in blocks]

        def right(text: str, place: _Place) -> bool:
            marks = labels[int((place.url or "/0").rpartition("/")[2])]
            at = place.start if place.body[place.start : place.end] == text else place.body.find(text)
            return at >= 0 and "O" in marks[at : at + len(text)]

        yield from _found([str(file)], right, 1.0)


def _blocks(path: Path, seed: int) -> list[list[tuple[str, str]]]:
    """Return articles of some sentences each; a sentence is its text and a mark a character: O in a body's name, else a dot."""
    sentences: list[tuple[str, str]] = []
    letters: list[str] = []
    marks: list[str] = []
    for line in (*path.read_text(encoding="utf-8").split("\n"), ""):
        letter, _, label = line.replace("\t", " ").rpartition(" ")
        if letter:
            letters.append(letter)
            marks.append("O" if "ORG" in label else ".")
        elif letters:
            sentences.append(("".join(letters), "".join(marks)))
            letters, marks = [], []
    # The set runs backwards: what stands last of some sentences was printed first.
    blocks = [
        sentences[at : at + _SENTENCES][::-1] for at in range(0, len(sentences) - _SENTENCES, _SENTENCES)
    ]
    random.Random(seed).shuffle(blocks)
    return blocks[:_ARTICLES]


class _Place(NamedTuple):
    path: str
    url: str | None
    body: str
    start: int
    end: int


def _found(paths: Sequence[str], right: Callable[[str, _Place], bool], counts: float) -> Iterator[Labelled]:
    """Mine texts, and yield their enterprises with whether half of their mentions are right."""
    with TemporaryDirectory() as made:
        database = Path(made) / "found.db"
        run_paths(paths, database, Config())
        connection = sqlite3.connect(database)
        for seen in list(gather(connection)):
            told = [right(text, place) for text, place in _mentions(connection, seen.id)]
            yield Labelled(seen, sum(told) * 2 >= len(told), counts)
        connection.close()


def _mentions(connection: sqlite3.Connection, enterprise: str) -> Iterator[tuple[str, _Place]]:
    rows = connection.execute(
        "select m.text, d.path, a.url, a.body, m.start, m.end from mentions m join articles a on a.id = m.article_id"
        " join documents d on d.id = a.document_id where m.enterprise_id = ? and m.field = 'body'", (enterprise,)
    )  # fmt: skip
    for text, path, url, body, start, end in rows:
        yield text, _Place(path, url, body, start, end)


def _write(out: Path, found: dict[str, float]) -> None:
    notes = {name: weighed.words for name, weighed in weights().items()}
    entries = [
        {"name": name, "note": notes.get(name, name), "values": [f"{weight:.2f}"]}
        for name, weight in found.items()
    ]
    head = {
        "lexicon": "enterprise_standing",
        "about": "判断档案中的一个名称确为企业的证据与权重 / evidence that a thing is an enterprise; `values` holds the fitted weight in log-odds, `note` the words for readers",
        "source": "weights fitted by `miner train standing`, see models/enterprise_standing.card.md",
    }
    out.write_text(
        yaml.safe_dump({**head, "entries": entries}, allow_unicode=True, sort_keys=False, width=1000),
        encoding="utf-8",
    )
