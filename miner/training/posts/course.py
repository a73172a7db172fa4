"""Trains the model of posts: the reader of titles, and the weights of the evidence that ties them to people and bodies.

The ties learn from titles as a reader finds them that never saw the article (three parts in turn), so that they know
its mistakes. Every fourth article is kept for checking: first everything is learned without these and scored on them,
then, for the file that is written, with them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from miner.model import Annotated, Post
from miner.relate.posts import posts_from
from miner.relate.posts.links import Judge, ties
from miner.relate.posts.reader import Reader, stored
from miner.relate.posts.view import views
from miner.training import Effort, Say, Trained
from miner.training.names.invent import Inventor, Lists, read_lists
from miner.training.posts.gold import GoldPost, placed, wanted
from miner.training.posts.invent import invented, read_templates
from miner.training.posts.relations import Pairs, learn_judge, pairs
from miner.training.posts.score import Tally, score
from miner.training.posts.sets import PostsArticle, names_of, numbered, read_examples
from miner.training.posts.titles import SentenceLesson, learn, lessons

_PARTS = 3
_READ, _TIED = 8, 3
"""How often each template is filled for the reader of titles and for the ties."""

Story = tuple[Annotated, list[GoldPost]]


class Model(NamedTuple):
    """A reader of titles and the weights of the evidence."""

    reader: Reader
    judge: Judge


def train_posts(data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
    """Learn from `annotated/` and invented sentences, score on the articles kept for checking, write the model.

    Raises InputError when there are no annotated articles.
    """
    examples = read_examples(data / "annotated", *effort.gold)
    lists = read_lists(data)
    say(f"{len(examples)} articles")
    trial = learn_model(numbered(examples, check=False), lists, effort.seed)
    figures: dict[str, float] = {}
    for title, tally in scored(trial, numbered(examples, check=True)):
        say(f"{title}: {tally.line()}")
        figures[title] = tally.f1
    out.write_bytes(packed(learn_model(examples, lists, effort.seed)))
    return Trained.of(out, figures)


def learn_model(examples: Sequence[PostsArticle], lists: Lists, seed: int) -> Model:
    """Return what articles and invented sentences teach."""
    made = list(_lessons(_invented(lists, seed, _READ), seed))
    readers, found = [], list[Pairs]()
    for part in range(_PARTS):
        others = [example for example in examples if example.number // 4 % _PARTS != part]
        readers.append(Reader(learn([*_taught(others, seed), *made])))
        for example in examples:
            if example.number // 4 % _PARTS == part:
                found += _pairs(_stories(example), readers[-1])
    found += _pairs(_invented(lists, seed + 1, _TIED), readers[0])
    return Model(Reader(learn([*_taught(examples, seed), *made])), learn_judge(found))


def _stories(example: PostsArticle) -> list[Story]:
    """Return an article with the names of its gold and as it was recognised."""
    both = (example.given, example.recognised)
    return [(annotated, wanted(example.gold, names_of(annotated))) for annotated in both]


def _invented(lists: Lists, seed: int, rounds: int) -> Iterator[Story]:
    inventor = Inventor(lists, seed)
    for made in invented(inventor, read_templates(inventor), rounds):
        yield made.annotated, made.posts


def _taught(examples: Sequence[PostsArticle], seed: int) -> Iterator[SentenceLesson]:
    for example in examples:
        yield from _lessons(_stories(example), seed + example.number)


def _lessons(stories: Iterable[Story], seed: int) -> Iterator[SentenceLesson]:
    chance, seen = Random(seed), set[object]()
    for annotated, posts in stories:
        for view in views(annotated):
            yield from lessons(view, placed(view, posts), chance, seen)


def _pairs(stories: Iterable[Story], reader: Reader) -> Iterator[Pairs]:
    for annotated, posts in stories:
        for view in views(annotated):
            yield pairs(view, reader.read(view.marked(), view.sentences), placed(view, posts), posts)


def scored(model: Model, examples: Sequence[PostsArticle]) -> Iterator[tuple[str, Tally]]:
    """Yield the figures of all articles and of each source, with the names of the gold and with recognised ones."""
    for title, given in (("names of the gold", True), ("recognised names", False)):
        tallies: dict[str, Tally] = {}
        for example in examples:
            annotated = example.given if given else example.recognised
            made = score(example.gold, annotated, _posts(model, annotated))
            for key in ("all", example.source):
                tallies[key] = tallies.get(key, Tally(0, 0, 0, 0)).plus(made)
        yield from ((f"{title}, {key}", tally) for key, tally in tallies.items())


def _posts(model: Model, annotated: Annotated) -> tuple[Post, ...]:
    tied = ((view, list(ties(view, titles=model.reader, judge=model.judge))) for view in views(annotated))
    return posts_from(annotated, tied)


def packed(model: Model) -> bytes:
    """Return a model as the bytes of its file."""
    arrays: dict[str, Any] = dict(stored(model.reader.weights))
    for kind, scores in model.judge._asdict().items():
        arrays |= _table(kind, scores)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _table(kind: str, scores: Mapping[str, float]) -> dict[str, Any]:
    kept = {name: weight for name, weight in sorted(scores.items()) if abs(weight) >= 0.01}
    return {
        f"{kind}_names": np.array(list(kept)),
        f"{kind}_weights": np.array(list(kept.values()), np.float32),
    }
