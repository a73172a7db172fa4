"""Tables of articles → records: CSV, JSON in any arrangement, XLSX, SQLite, Parquet and feeds; one mapping an article.

Which columns hold what is for `jsonl` to say; here a record is whatever the file has under its own names.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any, Literal, NamedTuple

from miner.read import jsonl
from miner.read.faults import fault
from miner.read.feeds import of_feed
from miner.read.json_tables import of_json
from miner.read.labelled import is_labelled, of_labelled
from miner.read.text import decode

Record = Mapping[str, object]
TABLES = {
    ".csv": "csv", ".tsv": "csv", ".json": "json", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite", ".parquet": "parquet",
    ".rss": "feed", ".atom": "feed", ".rdf": "feed",
}  # fmt: skip
"""Suffix → kind of table."""
_DELIMITERS = ",\t;|"
_OWN = frozenset(("documents", "articles", "mentions", "judgements"))
"""Tables by which a database of this program is known: it is no source."""
_BATCH = 256
_LONGEST_HEAD = 1 << 16
_LONGEST_NAMES = 500
"""Characters of a line that may be the names of columns."""
_HEADS_LOOKED_AT = 10
"""Lines among which the names of columns are looked for: titles and remarks stand before them."""


def records(
    data: bytes, kind: str, is_article: Callable[[Iterable[str]], bool], *, encoding: str | None = None
) -> Iterator[Record]:
    """Yield the records of a table; `is_article` says of names of columns whether they hold articles.

    `encoding` is that of a table of plain text, where somebody knows it. Raises InputError when no part of the file has
    such columns, or a library for the format is not installed.
    """
    if kind in _OF_TEXT:
        found = _OF_TEXT[kind](decode(data, forced=encoding).text.lstrip("\ufeff"), is_article)
    else:
        found = _READERS[kind](data, is_article)
    return (record for record in found if any(value not in (None, "") for value in record.values()))


def kind_of_text_table(start: bytes) -> Literal["csv", "labelled"] | None:
    """Tell a table of articles from running text by its first lines, whatever its name: the names of columns, or of pieces.

    >>> kind_of_text_table("标题,日期,正文".encode()), kind_of_text_table("今天，展会开幕。".encode("gbk"))
    ('csv', None)
    """
    try:
        text = codecs.getincrementaldecoder("utf-8")("strict").decode(start)
    except UnicodeDecodeError:
        text = codecs.getincrementaldecoder("gb18030")("replace").decode(start)
    holds = partial(jsonl.holds_articles, (), strict=True)
    first = next(iter(text.lstrip().splitlines()), "")
    if len(first) <= _LONGEST_NAMES and holds(_names(first)):
        return "csv"
    return "labelled" if is_labelled(text, holds) else None


def as_json(record: Record) -> bytes:
    """Return a record as one row of JSON, the same for the same record whatever format it came from.

    >>> as_json({"正文": "开幕", "n": 1, "day": date(2023, 11, 7)}).decode()
    '{"正文": "开幕", "n": 1, "day": "2023-11-07"}'
    """
    return json.dumps(record, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")


def _names(line: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=_delimiter(line)), [])
    except csv.Error:  # no line of a table
        return []


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return decode(value).text
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _of_csv(text: str, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    head = _head_of(text, is_article)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    rows = csv.reader(io.StringIO(text[head.start :], newline=""), delimiter=head.delimiter)
    try:
        names = [name.strip() for name in next(rows)]
        yield from (dict(zip(names, row, strict=False)) for row in rows)
    except csv.Error as error:
        raise fault("damaged-table", reason=error) from error


class _Head(NamedTuple):
    """Where the names of columns stand in a table of plain text, and what parts them."""

    start: int
    delimiter: str


def _head_of(text: str, is_article: Callable[[Iterable[str]], bool]) -> _Head:
    """Find the names of columns: behind what programs put before them (when, for whom, `sep=;`)."""
    at, first = 0, ""
    for line in islice(text[:_LONGEST_HEAD].splitlines(keepends=True), _HEADS_LOOKED_AT):
        names = _names(line)
        if is_article(names):
            return _Head(at, _delimiter(line))
        first = first or ", ".join(filter(None, names))[:80]
        at += len(line)
    raise fault("no-columns", names=first)


def _of_xlsx(data: bytes, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    import openpyxl  # takes a while to import, and most archives hold no such tables

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # whatever a zip or its XML can hold
        raise fault("damaged-table", reason=error) from error
    yield from _of_sheets((sheet.iter_rows(values_only=True) for sheet in book.worksheets), is_article)


def _of_sheets(
    sheets: Iterable[Iterator[Sequence[object]]], is_article: Callable[[Iterable[str]], bool]
) -> Iterator[Record]:
    """Yield the rows of sheets below the names of their columns, which titles of the sheet may stand before."""
    seen: list[str] = []
    found = False
    for rows in sheets:
        for row in islice(rows, _HEADS_LOOKED_AT):
            names = ["" if cell is None else " ".join(str(cell).split()) for cell in row]
            if is_article(names):
                found = True
                yield from (dict(zip(names, values, strict=False)) for values in rows)
                break
            seen += filter(None, names)
    if not found:
        raise fault("no-columns", names=", ".join(seen)[:80])


def _of_page(text: str, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    """Read the tables of a web page that calls itself a workbook: so programs on the web put out "Excel"."""
    from miner.read.blocks import parse  # heavy, and many archives hold none

    yield from _of_sheets((_cells(table) for table in parse(text).find_all("table")), is_article)


def _cells(table: Any) -> Iterator[Sequence[object]]:
    for row in table.find_all("tr"):
        yield [cell.get_text("\n", strip=True) for cell in row.find_all(("td", "th"))]


def _of_sqlite(data: bytes, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    with tempfile.TemporaryDirectory() as folder:  # SQLite opens files only, and journals stand beside them
        path = os.path.join(folder, "table.db")
        with open(path, "wb") as copy:
            copy.write(data)
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            yield from _selected(connection, is_article)
        except sqlite3.Error as error:
            raise fault("damaged-table", reason=error) from error
        finally:
            connection.close()


def _selected(
    connection: sqlite3.Connection, is_article: Callable[[Iterable[str]], bool]
) -> Iterator[Record]:
    connection.execute("pragma trusted_schema = off")
    tables = [
        name
        for (name,) in connection.execute("select name from sqlite_master where type = 'table' order by name")
    ]
    if set(tables) >= _OWN:
        raise fault("own-database")
    seen: list[str] = []
    for table in tables:
        quoted = table.replace('"', '""')
        cursor = connection.execute(f'select * from "{quoted}"')
        names = [column[0] for column in cursor.description]
        seen += names
        if is_article(names):
            yield from (dict(zip(names, row, strict=True)) for row in cursor)
    if not is_article(seen):
        raise fault("no-columns", names=", ".join(seen)[:80])


def _of_parquet(data: bytes, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise fault("no-parquet") from error
    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(data))
        if not is_article(file.schema_arrow.names):
            raise fault("no-columns", names=", ".join(file.schema_arrow.names)[:80])
        for batch in file.iter_batches(batch_size=_BATCH):
            yield from batch.to_pylist()
    except pyarrow.ArrowMemoryError as error:
        raise MemoryError from error
    except pyarrow.ArrowException as error:
        raise fault("damaged-table", reason=error) from error


_OF_TEXT: dict[str, Callable[[str, Callable[[Iterable[str]], bool]], Iterator[Record]]] = {
    "csv": _of_csv,
    "json": of_json,
    "labelled": of_labelled,
    "page": _of_page,
}
_READERS: dict[str, Callable[[bytes, Callable[[Iterable[str]], bool]], Iterator[Record]]] = {
    "feed": of_feed, "xlsx": _of_xlsx, "sqlite": _of_sqlite, "parquet": _of_parquet,
}  # fmt: skip
