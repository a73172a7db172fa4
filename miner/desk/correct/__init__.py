"""What people corrected: a file beside the database, applied whenever names are resolved anew.

`file` reads and writes corrections.yml, `say` makes a correction of what a person says; `places` finds the articles and
reports that one names; `facts` changes what was read from one article; `articles` rewrites stored articles; `apply` does
it all and says what no longer applies.
"""

from __future__ import annotations

__all__ = ["ENTITIES", "FACTS"]

ENTITIES = ("enterprise", "person", "organization", "place")
FACTS = ("event", "post", "quote", "figure")
