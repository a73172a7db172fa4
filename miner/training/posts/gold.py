"""Where in the text the posts of the gold stand: each (person, title, body) is laid onto the characters that say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from miner.language.fold import fold
from miner.model import Mention
from miner.offsets import Span
from miner.relate.posts.view import FieldView

_TIGHT = re.compile(r"[\s(,:]{0,2}(?:同志|现任|任|是|为)?")


class Held(NamedTuple):
    """A gold post on its characters; `body` is None where it is not written before the title in the same sentence."""

    person: int
    title: Span
    body: Span | None
    body_text: str


class GoldPost(NamedTuple):
    """A gold post: the person's local entity, title and body folded."""

    person: int
    title: str
    body: str


def wanted(gold: dict[str, Any], names: dict[str, int]) -> list[GoldPost]:
    """Return the posts of a gold file for people that were recognised; `names` leads folded names to local entities."""
    found = []
    for person in gold.get("people", []):
        forms = [
            fold(n) for n in (person["name"], *(person.get("aliases") or []), person.get("latin") or "") if n
        ]
        entity = next((names[form] for form in forms if form in names), None)
        if entity is not None:
            found += [
                GoldPost(entity, fold(p["title"]), fold(p.get("org") or "")) for p in person.get("posts", [])
            ]
    return found


def placed(view: FieldView, posts: Sequence[GoldPost]) -> list[Held]:
    """Lay posts onto a field: the likeliest occurrence of each, and all that stand beside the person's name."""
    longer = [post.title for post in posts]
    taken: set[tuple[int, int]] = set()
    found: list[Held] = []
    for post in sorted(posts, key=lambda p: -len(p.title)):
        ranked = sorted(_ranked(view, post, longer), key=lambda pair: -pair[0])
        free = [pair for pair in ranked if (post.person, pair[1].start) not in taken]
        if not free or free[0][0] < 1:
            continue
        sure = [free[0], *(pair for pair in free[1:] if pair[0] >= 9)]
        for _, title in sure:
            taken.add((post.person, title.start))
            found.append(Held(post.person, title, _body(view, title, post.body), post.body))
    return found


def _ranked(view: FieldView, post: GoldPost, longer: Sequence[str]) -> Iterator[tuple[float, Span]]:
    for match in re.finditer(f"(?={re.escape(post.title)})", view.folded):
        title = Span(match.start(), match.start() + len(post.title))
        if _inside(view, title, longer) or any(
            p.span.overlaps(title) for p in view.people_in(title.start - 30, title.end)
        ):
            continue
        yield _fit(view, post, title), title


def _inside(view: FieldView, title: Span, longer: Sequence[str]) -> bool:
    """Tell whether an occurrence is but a part of a longer title of the article."""
    for other in set(longer):
        text = title.of(view.folded)
        if len(other) > len(text) and text in other:
            for at in range(len(other)):
                if (
                    other.startswith(text, at)
                    and view.folded.startswith(other, title.start - at)
                    and title.start >= at
                ):
                    return True
    return False


def _fit(view: FieldView, post: GoldPost, title: Span) -> float:
    """Return how well an occurrence of a title fits the post: near its person, after its body."""
    index = view.sentence_of(title.start)
    start, end = view.sentences[index] if view.sentences else (0, len(view.folded))
    score = 0.0
    for person in view.people_in(start, end):
        if person.entity == post.person:
            gap = (
                person.span.start - title.end
                if person.span.start >= title.end
                else title.start - person.span.end
            )
            score = max(score, 6 - gap / 40 + 5 * _beside(view, person, title))
    before = view.person_before(title.start)
    if not score and before is not None and before.entity == post.person:
        score = max(score, 4 - view.folded.count("\n", before.span.end, title.start) / 2)
    if score and post.body:
        score += 4 * (
            view.folded[max(0, title.start - len(post.body) - 1) : title.start].find(post.body) >= 0
        )
        score += 1.5 * (post.body in view.folded[start : title.start])
    if view.folded[title.start - 1 : title.start] in ("副", "总") and title.start:
        score -= 6
    return score


def _beside(view: FieldView, person: Mention, title: Span) -> bool:
    """Tell whether a name and a title touch, but for a bracket, a comma or 任."""
    low, high = (
        (title.end, person.span.start) if title.end <= person.span.start else (person.span.end, title.start)
    )
    return high - low <= 3 and _TIGHT.fullmatch(view.folded, low, high) is not None


def _body(view: FieldView, title: Span, body: str) -> Span | None:
    if not body or not view.sentences:
        return None
    start, _ = view.sentences[view.sentence_of(title.start)]
    at = view.folded.rfind(body, start, title.start)
    return Span(at, at + len(body)) if at >= 0 else None
