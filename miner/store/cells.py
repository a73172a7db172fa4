"""Texts of an archive as cells of a spreadsheet: none of them may become a formula there."""

from __future__ import annotations

import re
from typing import Any

_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_MOST = 32_767
"""Characters that a cell of a workbook may hold."""


def harmless(text: str) -> str:
    """Return a text for a cell of CSV: an apostrophe keeps it text where it would be a formula; numbers stay.

    >>> harmless("=1+1"), harmless("-3.5"), harmless("进博会")
    ("'=1+1", '-3.5', '进博会')
    """
    return f"'{text}" if text.startswith(_RISKY) and not _NUMBER.fullmatch(text) else text


def sheet_cell(sheet: Any, value: str | int | float | bytes | None) -> Any:
    """Return a value for a worksheet that is written row by row: text stays text, characters that XML forbids go."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:_MOST])
    if value.startswith(_RISKY):
        cell.data_type = "s"
    return cell
