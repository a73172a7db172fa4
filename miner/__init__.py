"""Turn damaged newspaper archives about the China International Import Expo into a database one can trust.

`from miner import mine, make_archive, open_archive`: see `miner.api`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from miner.api import Archive, Config, MinerError, make_archive, mine, open_archive

__all__ = ["Archive", "Config", "MinerError", "make_archive", "mine", "open_archive"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Bring in the interface when it is first asked for: importing the package does no work."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from miner import api

    return getattr(api, name)
