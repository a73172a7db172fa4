"""The words that pages to learn from are dressed with, from `resources/training/pages.txt`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

__all__ = ["alike", "forms", "words"]


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[str, ...]]:
    text = files("miner.resources").joinpath("training/pages.txt").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return {name: tuple(rest.split()) for name, _, rest in (line.partition(": ") for line in lines)}


def words(name: str) -> tuple[str, ...]:
    """Return a list by its name; raises KeyError when there is none.

    >>> "故事" in words("section_tail")
    True
    """
    return _lists()[name]


@lru_cache(maxsize=1)
def _forms() -> dict[str, tuple[str, ...]]:
    text = files("miner.resources").joinpath("training/forms.txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split("\n[")[1:]:
        name, *lines = part.split("\n")
        found[name.rstrip("]")] = tuple(line for line in lines if line)
    return found


def forms(name: str) -> tuple[str, ...]:
    """Return the forms of a kind of line, from `resources/training/forms.txt`; raises KeyError when there is none.

    >>> forms("jump")[0]
    '（下转第 {n} 版）'
    """
    return _forms()[name]


@lru_cache(maxsize=1)
def alike() -> dict[str, str]:
    """Return for a character those that a machine reading a scan may take it for.

    >>> alike()["己"]
    '已巳'
    """
    found: dict[str, str] = {}
    for group in words("alike"):
        for char in group:
            others = "".join(other for other in group if other != char and other not in found.get(char, ""))
            if others:
                found[char] = found.get(char, "") + others
    return found
