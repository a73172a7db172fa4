"""Files of learned weights that come with the package."""

from __future__ import annotations

from importlib import resources

from miner.errors import ModelError

__all__ = ["shipped"]


def shipped(name: str, what: str) -> bytes:
    """Return the bytes of a file in `resources/models`; raises ModelError, which says `what` cannot be read, when it is missing.

    >>> shipped("no.npz", "name model")
    Traceback (most recent call last):
    miner.errors.ModelError: ...cannot read the name model...
    """
    file = resources.files("miner") / "resources" / "models" / name
    try:
        return file.read_bytes()
    except OSError as error:
        raise ModelError(
            f"读不了 / cannot read the {what}: {error}", where=str(file), hint="重新安装 / reinstall miner"
        ) from error
