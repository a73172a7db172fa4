"""Who holds which title at which body, as the text says it."""

from __future__ import annotations

from miner.model import Annotated, Post


def find_posts(annotated: Annotated) -> tuple[Post, ...]:
    """Return the posts of an article in text order."""
    return ()
