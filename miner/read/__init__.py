"""Bytes → Document with lines."""

from __future__ import annotations

from miner.read.files import count_paths, read_bytes, read_paths

__all__ = ["count_paths", "read_bytes", "read_paths"]
