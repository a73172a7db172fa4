"""Reading an office's list of targets: CSV in any Chinese encoding, or a workbook; its headings as people write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path
from zipfile import BadZipFile

from miner.errors import InputError
from miner.language.fold import fold
from miner.language.lexicon import load_lexicon
from miner.read.text import decode

_HEADING_ROWS = 10
"""Headings are sought in so many rows from the top: titles and dates of a list stand above them."""
_BLANKS = re.compile(r"\s+")
_OLD_SHEETS = (".xls", ".xlsb", ".et", ".ods", ".numbers")
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list: the name of a target and what the office wrote beside it, by column of `targets`."""

    name: str
    row: int
    own: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list with the rows that name nobody (1-based)."""

    targets: tuple[Listed, ...]
    unnamed: tuple[int, ...]


def read_list(path: Path) -> ListRead:
    """Read a list of targets from a CSV or XLSX file.

    The row of headings is found by itself; a list without one has names in its first column. Raises InputError for a
    file that is missing, empty, or neither.
    """
    if not path.is_file():
        raise InputError("没有这个文件 no such file", code="missing", where=str(path))
    if path.suffix.lower() in _OLD_SHEETS:
        raise InputError(
            f"读不了 {path.suffix} 表格,请另存为 .xlsx 或 .csv / save it as .xlsx or .csv",
            code="format",
            where=str(path),
        )
    rows = _sheet_rows(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv_rows(path)
    targets: list[Listed] = []
    unnamed: list[Listed] = []
    for listed in _listed(iter(rows)):
        (targets if listed.name else unnamed).append(listed)
    if not targets:
        raise InputError("名单里没有企业名称 no name in this list", code="empty", where=str(path))
    return ListRead(tuple(targets), tuple(listed.row for listed in unnamed))


def parse_list(text: str) -> ListRead:
    """Read a list as somebody pasted it: rows of a sheet, or a name a line. Raises InputError when it names nobody."""
    rows = list(_text_rows(text))
    found = [listed for listed in _listed(iter(rows)) if listed.name]
    if not found:
        raise InputError("名单里没有企业名称 no name in this list", code="empty")
    return ListRead(tuple(found), ())


def _csv_rows(path: Path) -> Iterator[Sequence[str]]:
    yield from _text_rows(decode(path.read_bytes()).text)


def _text_rows(text: str) -> Iterator[Sequence[str]]:
    sample = text[:4096]
    delimiter = max(_DELIMITERS, key=sample.count) if any(mark in sample for mark in _DELIMITERS) else ","
    yield from csv.reader(io.StringIO(text), delimiter=delimiter)


def _sheet_rows(path: Path) -> Iterator[Sequence[str]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, OSError, ValueError) as error:
        raise InputError(f"不是可读的工作簿 no workbook: {error}", where=str(path)) from error
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(values_only=True):
        yield ["" if cell is None else _cell(cell) for cell in row]
    book.close()


def _cell(value: object) -> str:
    written = getattr(value, "isoformat", None)
    text = str(written()) if written is not None else str(value)
    return text.removesuffix("T00:00:00")


def _listed(rows: Iterator[Sequence[str]]) -> Iterator[Listed]:
    first = list(islice(rows, _HEADING_ROWS))
    at = next((number for number, row in enumerate(first) if _columns(row).get("name") is not None), None)
    columns = _columns(first[at]) if at is not None else {"name": 0}
    heading = first[at] if at is not None else ()
    numbered = enumerate(chain(first, rows), 1)
    for number, row in islice(numbered, 0 if at is None else at + 1, None):
        if any(cell.strip() for cell in row):
            yield _row(number, [cell.strip() for cell in row], columns, heading)


def _row(number: int, cells: Sequence[str], columns: dict[str, int], heading: Sequence[str]) -> Listed:
    own = {name: cells[at] for name, at in columns.items() if at < len(cells) and cells[at]}
    known = set(columns.values())
    extra = {
        title.strip(): cells[at]
        for at, title in enumerate(heading)
        if at not in known and title.strip() and at < len(cells) and cells[at]
    }
    return Listed(own.pop("name", ""), number, own, extra)


def _columns(row: Iterable[str]) -> dict[str, int]:
    """Return where a row of headings has what; empty when it has no name of an enterprise."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        column = _headings().get(_BLANKS.sub("", fold(cell)).replace("_", ""))
        if column is not None:
            found.setdefault(column, at)
    return found if "name" in found else {}


@cache
def _headings() -> dict[str, str]:
    return {fold(word): entry.name for entry in load_lexicon("target_columns") for word in entry.words}
