"""Bytes → Document with lines: text, HTML, PDF, JSON lines; files, folders, globs and archives."""

from __future__ import annotations

from miner.read.documents import read_bytes, read_paths, read_source
from miner.read.sources import Source, Unread, count_paths, find_sources

__all__ = ["Source", "Unread", "count_paths", "find_sources", "read_bytes", "read_paths", "read_source"]
