"""`python -m miner.publish > metadata.yml` writes Datasette's metadata."""

from __future__ import annotations

import sys

from miner.publish.metadata import as_yaml

if __name__ == "__main__":
    sys.stdout.write(as_yaml())
