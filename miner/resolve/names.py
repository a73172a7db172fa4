"""Forms of names for comparing: what the language knows of them, under the names by which resolving speaks of them."""

from __future__ import annotations

from miner.language.fold import fold_name as fold
from miner.language.name_forms import (
    LONGEST_INITIALS,
    EnterprisePart,
    abbreviations,
    core,
    initials,
    is_country,
    part_of,
    tidy,
)
from miner.language.name_forms import without_legal_form as without_type

__all__ = [
    "LONGEST_INITIALS",
    "EnterprisePart",
    "abbreviations",
    "core",
    "fold",
    "initials",
    "is_country",
    "part_of",
    "tidy",
    "without_type",
]
