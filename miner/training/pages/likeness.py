"""Stories that resemble one another: what misleads a splitter most is a page whose stories share subject and wording."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from miner.training.pages.editor import EditorStory

__all__ = ["Kin"]

_LOOKED_AT = 600
"""Characters of a story that are compared."""
_TWIN = 0.985
"""Stories more alike than this are the same news told again; a page does not print it twice."""
_SUBJECT, _FAVOURED = "进博会", 0.3
"""What the archives are about, and the share of groups around a story of it."""


class Kin:
    """Finds the stories nearest to one: cosine of their pairs of characters, rare ones weighing more (tf-idf)."""

    def __init__(self, stories: Sequence[EditorStory]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.stories = stories
        vectorizer = TfidfVectorizer(
            analyzer="char", ngram_range=(2, 2), max_features=60_000, sublinear_tf=True, dtype=np.float32
        )
        texts = [f"{story.headline or ''}{''.join(story.paragraphs)}"[:_LOOKED_AT] for story in stories]
        self.table: Any = vectorizer.fit_transform(texts)
        self.favoured = [number for number, text in enumerate(texts) if _SUBJECT in text]

    def near(self, number: int, count: int) -> list[EditorStory]:
        """Return a story and up to `count` of its nearest, itself first, without those that tell the same news again."""
        likeness = (self.table @ self.table[number].T).toarray()[:, 0]
        likeness[likeness > _TWIN] = -1.0
        order = np.argsort(-likeness)[:count].tolist()
        return [self.stories[number], *(self.stories[at] for at in order)]

    def random_group(self, rng: random.Random, count: int) -> list[EditorStory]:
        """A random story with its `count` nearest; now and then one about the expo."""
        if self.favoured and rng.random() < _FAVOURED:
            return self.near(rng.choice(self.favoured), count)
        return self.near(rng.randrange(len(self.stories)), count)
