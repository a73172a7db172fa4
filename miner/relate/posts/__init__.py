"""Who holds which title at which body, as the text says it.

Titles are read from the text by a learned sequence labeller (`reader`), beside the people and bodies that were
recognised. Each title is then tied to the people who hold it and to a body (`links`), by named evidence whose weights
were learned (`evidence`); `careers` tells former posts from present ones and reads the dates of a career's stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from miner.language.fold import fold
from miner.language.gazetteer import words_of
from miner.model import Annotated, Mention, Post
from miner.offsets import Span
from miner.relate.posts.links import Tie, ties
from miner.relate.posts.view import FieldView, views

__all__ = ["find_posts"]


def find_posts(annotated: Annotated) -> tuple[Post, ...]:
    """Return the posts of an article in text order, each once for a person, title and body."""
    return posts_from(annotated, ((view, list(ties(view))) for view in views(annotated)))


def posts_from(annotated: Annotated, found: Iterable[tuple[FieldView, Sequence[Tie]]]) -> tuple[Post, ...]:
    """Return the posts that ties say."""
    unique: dict[tuple[int, str, str], Post] = {}
    for view, tied in found:
        for tie in tied:
            post = _post(annotated, view, tie)
            unique.setdefault((post.person, fold(post.title), fold(post.organization_text)), post)
    return tuple(_without_repeats(list(unique.values())))


def _post(annotated: Annotated, view: FieldView, tie: Tie) -> Post:
    title = _bare(view, tie.span)
    seat, holder = tie.seat, tie.holder.mention
    near = [title]
    if tie.holder.part is not None:
        near.append(holder.span)
    if seat.part is not None and seat.span is not None and tie.row.span.covers(seat.span):
        near.append(seat.span)
    return Post(
        article_id=annotated.article.id,
        field=view.field,
        span=Span(min(s.start for s in near), max(s.end for s in near)),
        person=holder.entity,
        title=title.of(view.text),
        organization_text=seat.span.of(view.text) if seat.span is not None else "",
        organization=_entity(seat.mention),
        status=tie.stage.status,
        since=tie.stage.since,
        until=tie.stage.until,
        confidence=round(tie.sure, 3),
    )


def _bare(view: FieldView, title: Span) -> Span:
    """Return a title without 原 or 时任 before it."""
    for word in words_of("posts", "former"):
        if view.folded.startswith(word, title.start) and len(word) + 1 < title.end - title.start:
            return Span(title.start + len(word), title.end)
    return title


def _entity(mention: Mention | None) -> int | None:
    return mention.entity if mention is not None else None


def _without_repeats(posts: list[Post]) -> Iterator[Post]:
    """Leave out a post without a body whose title the same person holds at a named one, and one body under two names."""
    placed = {(post.person, fold(post.title)) for post in posts if post.organization_text}
    seen: set[tuple[int, str, int]] = set()
    for post in posts:
        key = (post.person, fold(post.title))
        if not post.organization_text:
            if key in placed:
                continue
        elif post.organization is not None:
            if (*key, post.organization) in seen:
                continue
            seen.add((*key, post.organization))
        yield post
