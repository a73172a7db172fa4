"""Whether there is room for a run, asked before anything is loaded.

Libraries below take memory in ways that no exception reports: told of too little in the midst of loading they abort the
process or wait for ever.
"""

from __future__ import annotations

import mmap

__all__ = ["ask_for_room"]

_NEEDED = 768 * 2**20
"""Address space that models, lexicons and libraries take beside Python itself; what a document takes comes on top."""


def ask_for_room() -> None:
    """Raise MemoryError where a limit on this process leaves no room for a run; nothing is taken."""
    private = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    if not private:  # a system without such limits
        return
    try:
        mmap.mmap(-1, _NEEDED, flags=private, prot=0).close()
    except OSError as error:
        raise MemoryError(f"a run needs {_NEEDED >> 20} MB of address space") from error
