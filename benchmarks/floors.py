"""Measure the corpus and write corpus/baseline.json: what was measured, and floors a little below.

    python benchmarks/floors.py

A floor is never lowered by this program: where a new figure is below an old floor it says so and stops.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from miner.evaluate import below_floor, evaluate, load_floors

# Single levels of the corpus have one to five pages: they are measured, but too few for a floor of their own.
MARGIN = 0.005
"""Floors stand this much below the measured figure, so that a harmless change of a tie does not break the build."""


def main() -> None:
    """Measure and write."""
    corpus = Path(__file__).resolve().parent.parent / "corpus"
    path = corpus / "baseline.json"
    figures = evaluate(corpus).figures()
    if path.exists():
        low = list(below_floor(figures, load_floors(path)))
        if low:
            sys.exit("not written:\n" + "\n".join(low))
    floors = {
        name: round(max(0.0, value - MARGIN), 4)
        for name, value in figures.items()
        if not name.startswith("page-L")
    }
    notes = json.loads(path.read_text(encoding="utf-8")).get("notes", {}) if path.exists() else {}
    path.write_text(
        json.dumps({"measured": figures, "floors": floors, "notes": notes}, indent=1, ensure_ascii=False)
        + "\n",
        encoding="utf-8",
    )
    print(f"{len(figures)} figures written to {path.name}")


if __name__ == "__main__":
    main()
