"""Posts: one case per pattern, in tests/cases/posts/*.json; dates, status, and time in proportion to the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.model import Annotated, Article, LocalEntity, Mention
from miner.offsets import Span
from miner.recognise import Recogniser
from miner.relate.posts import evidence, find_posts, links
from miner.relate.posts.features import NamedText
from miner.relate.posts.reader import ALLOWED, STATES, DecodedStretch, Floats, Reader, TitleWeights
from miner.text import AnnotatedText

from .builders import load_cases

_CASES = Path(__file__).parent / "cases" / "posts"


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """One recogniser for all cases."""
    return Recogniser.load()


class _Rolled(Reader):
    """A reader whose weights are thrown by dice."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        steps = np.random.default_rng(seed).normal(0, 1, ALLOWED.shape)
        empty = np.zeros((0, len(STATES)), np.float32)
        super().__init__(TitleWeights(empty, np.where(ALLOWED, steps, -30.0).astype(np.float32)))

    def scores(self, marked: NamedText) -> Floats:
        """Return thrown scores."""
        thrown = np.random.default_rng(self._seed + 1).normal(-0.7, 1.5, (len(marked.folded), len(STATES)))
        return thrown.astype(np.float32)


class _Whole(_Rolled):
    """A reader that decodes every sentence whole."""

    def stretches(self, scores: Floats, sentences: Sequence[tuple[int, int]]) -> list[DecodedStretch]:
        """Return the sentences."""
        return [DecodedStretch(start, end, False, False) for start, end in sentences if end > start]


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(0, 9999))
def test_stretches_that_cannot_pay_change_nothing(lengths: list[int], seed: int) -> None:
    """What is left out of decoding holds no title in the likeliest reading either, whatever the weights are."""
    ends = list(accumulate(lengths))
    sentences = list(pairwise([0, *ends]))
    marked = NamedText("字" * ends[-1], [], [], np.arange(ends[-1]))
    assert _Rolled(seed).read(marked, sentences) == _Whole(seed).read(marked, sentences)


@pytest.mark.parametrize("case", load_cases(_CASES))
def test_posts(case: dict[str, Any], recogniser: Recogniser) -> None:
    """The article has exactly these posts: person, title, body as written, and status and dates where the case tells."""
    (annotated,) = recogniser.annotate([Article("a", "d", 0, None, case["text"])])
    found = [
        [annotated.entities[p.person].name, p.title, p.organization_text, p.status, p.since, p.until]
        for p in find_posts(annotated)
    ]
    told = len(case["expect"][0]) if case["expect"] else 3
    assert sorted(post[:told] for post in found) == sorted(case["expect"])


def test_a_post_covers_name_and_title(recogniser: Recogniser) -> None:
    """The span of a post holds the person, the title and the body, and its body is linked to an entity."""
    text = "昨天，静安区税务局局长方正来到展台。"
    (annotated,) = recogniser.annotate([Article("a", "d", 0, None, text)])
    (post,) = find_posts(annotated)
    assert post.span.of(text) == "静安区税务局局长方正"
    assert post.organization is not None
    assert annotated.entities[post.organization].name == "静安区税务局"


def _named(text: str, names: dict[str, str]) -> Annotated:
    """Return a text with its names marked by hand: every occurrence, one entity a name."""
    entities = tuple(LocalEntity(label, name) for name, label in names.items())  # type: ignore[arg-type]
    found = []
    for index, entity in enumerate(entities):
        at = text.find(entity.name)
        while at >= 0:
            span = Span(at, at + len(entity.name))
            found.append(Mention("a", "body", span, entity.name, entity.label, "gold", 1.0, index))
            at = text.find(entity.name, span.end)
    mentions = tuple(sorted(found, key=lambda mention: mention.span))
    article = Article("a", "d", 0, None, text)
    return Annotated(article, AnnotatedText.read(article.whole(), article.spans()), (), mentions, entities)


_STORY = (
    "岚州市市长孙维民会见砺成集团董事长何志强。何志强曾任衡屿科技总经理、砺成集团副总裁，2019年起任现职。"
    "区领导沈怀远、顾海平参加。"
)
_CHAIN = "岚州市委书记、市人大主任、市总林长孙维民，" + "市委常委、副市长、" * 3 + "何志强。"
_NAMES = {
    "孙维民": "person", "何志强": "person", "沈怀远": "person", "顾海平": "person",
    "砺成集团": "enterprise", "衡屿科技": "enterprise", "岚州市": "place",
}  # fmt: skip


@pytest.mark.parametrize(
    "unit", [_STORY, _STORY + "\n", _CHAIN[:-1], "孙维民、"], ids=["story", "lines", "chain", "list"]
)
def test_the_work_grows_with_the_text(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the text costs twice the evidence weighed and twice the characters looked at between names."""
    steps = 0
    weigh, symbols = links.weigh, evidence.SentenceParts.between

    def counted(names: Iterator[str], scores: links.Scores) -> float:
        nonlocal steps
        seen = list(names)
        steps += len(seen)
        return weigh(seen, scores)

    def between(row: evidence.SentenceParts, left: int, right: int) -> str:
        nonlocal steps
        found = symbols(row, left, right)
        steps += len(found)
        return found

    monkeypatch.setattr(links, "weigh", counted)
    monkeypatch.setattr(evidence.SentenceParts, "between", between)
    taken = []
    for times in (40, 80):
        steps = 0
        find_posts(_named(unit * times, _NAMES))
        taken.append(steps)
    assert taken[1] <= 2.2 * taken[0]
