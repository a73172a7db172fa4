"""Bytes → Document with lines: text, HTML, PDF, tables of articles, web archives; files, folders, globs and archives."""

from __future__ import annotations

from miner.read.characters import plain_form
from miner.read.documents import check_reading, read_bytes, read_paths, read_source, unread
from miner.read.faults import fault, os_fault
from miner.read.sources import (
    Plain,
    Source,
    Unread,
    count_paths,
    find_sources,
    is_plain,
    is_wanted,
    plain_or_read,
    said_beside,
    sources_in,
)

__all__ = [
    "Plain",
    "Source",
    "Unread",
    "check_reading",
    "count_paths",
    "fault",
    "find_sources",
    "is_plain",
    "is_wanted",
    "os_fault",
    "plain_form",
    "plain_or_read",
    "read_bytes",
    "read_paths",
    "read_source",
    "said_beside",
    "sources_in",
    "unread",
]
