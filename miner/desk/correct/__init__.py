"""What people corrected: a file beside the database, applied whenever names are resolved anew.

`file` reads and writes corrections.yml; `places` finds the articles and reports that a correction names; `facts` changes
what was read from one article; `articles` rewrites stored articles; `apply` does it all and says what no longer applies.
"""

from __future__ import annotations

from miner.desk.correct.apply import Settled, corrections_changed, resolve_corrected, settled
from miner.desk.correct.file import Correction, append, corrections_path, read, remove

__all__ = [
    "Correction",
    "Settled",
    "append",
    "corrections_changed",
    "corrections_path",
    "read",
    "remove",
    "resolve_corrected",
    "settled",
]
