"""Hashes of what decides what is read from a document: version, configuration, lexicons and models."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from miner import __version__
from miner.config import Config

__all__ = ["model_digest", "reader_digest"]


@cache
def model_digest() -> str:
    """Return a hash over every lexicon and model of the package."""
    digest = hashlib.sha256()
    stack: list[tuple[str, Traversable]] = [("", resources.files("miner") / "resources")]
    while stack:
        name, here = stack.pop()
        if here.is_dir():
            stack.extend(
                sorted(
                    ((f"{name}/{child.name}", child) for child in here.iterdir()), key=lambda pair: pair[0]
                )
            )
        elif not name.endswith(".md"):
            digest.update(name.encode())
            digest.update(here.read_bytes())
    return digest.hexdigest()


def reader_digest(config: Config) -> str:
    """Return a hash of everything that decides what is read from a document: version, configuration, lexicons, models."""
    return hashlib.sha256(f"{__version__} {config.digest()} {model_digest()}".encode()).hexdigest()
