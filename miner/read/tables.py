"""Tables of articles → records: CSV, JSON in any arrangement, XLSX, SQLite, Parquet and feeds; one mapping an article.

Which columns hold what is for `jsonl` to say; here a record is whatever the file has under its own names.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import redirect_stderr
from datetime import date, datetime
from typing import Any, BinaryIO

from miner.errors import InputError
from miner.read.faults import fault
from miner.read.feeds import of_feed
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


def records(
    data: bytes, kind: str, is_article: Callable[[Iterable[str]], bool], *, encoding: str | None = None
) -> Iterator[Record]:
    """Yield the records of a table; `is_article` says of names of columns whether they hold articles.

    `encoding` is that of a table of plain text, where somebody knows it. Raises InputError when no part of the file has
    such columns, or a library for the format is not installed.
    """
    if kind in _OF_TEXT:
        return _OF_TEXT[kind](decode(data, forced=encoding).text.lstrip("\ufeff"), is_article)
    return _READERS[kind](data, is_article)


def as_json(record: Record) -> bytes:
    """Return a record as one row of JSON, the same for the same record whatever format it came from.

    >>> as_json({"正文": "开幕", "n": 1, "day": date(2023, 11, 7)}).decode()
    '{"正文": "开幕", "n": 1, "day": "2023-11-07"}'
    """
    return json.dumps(record, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")


def _names(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=_delimiter(line)), [])


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return decode(value).text
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _of_csv(text: str, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    line = text[:_LONGEST_HEAD].lstrip().splitlines()[0] if text.strip() else ""
    if not is_article(_names(line)):
        raise fault("no-columns", names=", ".join(_names(line))[:80])
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    rows = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=_delimiter(line))
    names = [name.strip() for name in next(rows)]
    try:
        yield from (dict(zip(names, row, strict=False)) for row in rows if any(row))
    except csv.Error as error:
        raise fault("damaged-table", reason=error) from error


def _of_json(text: str, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    """Read an array of objects, objects one behind the other, or an object with such an array inside."""
    decoder, at, found = json.JSONDecoder(), 0, False
    while at < len(text):
        if text[at] in " \t\r\n,":
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise fault("damaged-table", reason=error) from error
        for record in _objects(value, is_article):
            found = True
            yield record
    if not found:
        raise fault("no-columns", names=text[:60].replace("\n", " "))


def _objects(value: object, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    if isinstance(value, dict) and is_article(value):
        yield value
        return
    lists = [value] if isinstance(value, list) else value.values() if isinstance(value, dict) else []
    for entries in lists:
        if isinstance(entries, list) and any(
            isinstance(entry, dict) and is_article(entry) for entry in entries
        ):
            yield from (entry for entry in entries if isinstance(entry, dict))


def _of_xlsx(data: bytes, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Record]:
    import openpyxl  # takes a while to import, and most archives hold no such tables

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # whatever a zip or its XML can hold
        raise fault("damaged-table", reason=error) from error
    seen: list[str] = []
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        names = ["" if cell is None else str(cell).strip() for cell in next(rows, ())]
        seen += names
        if is_article(names):
            yield from (
                dict(zip(names, row, strict=False)) for row in rows if any(cell is not None for cell in row)
            )
    if not is_article(seen):
        raise fault("no-columns", names=", ".join(filter(None, seen))[:80])


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
    except pyarrow.ArrowException as error:
        raise fault("damaged-table", reason=error) from error


_OF_TEXT: dict[str, Callable[[str, Callable[[Iterable[str]], bool]], Iterator[Record]]] = {
    "csv": _of_csv,
    "json": _of_json,
}
_READERS: dict[str, Callable[[bytes, Callable[[Iterable[str]], bool]], Iterator[Record]]] = {
    "feed": of_feed, "xlsx": _of_xlsx, "sqlite": _of_sqlite, "parquet": _of_parquet,
}  # fmt: skip


def web_archive(stream: BinaryIO, limit: int) -> Iterator[tuple[str, bytes]]:
    """Yield the address and the bytes of every page that a web archive (WARC, ISO 28500) holds.

    Raises InputError when the archive is damaged or a page is larger than `limit` bytes.
    """
    from warcio.archiveiterator import ArchiveIterator

    records = iter(ArchiveIterator(stream))
    while True:
        try:
            with redirect_stderr(
                _Silence()
            ):  # the library prints there what it finds odd, with the bytes of the file
                record = next(records, None)
                found = None if record is None else _response(record, limit)
        except (InputError, MemoryError):
            raise
        except Exception as error:  # whatever headers and lengths can hold
            raise fault("damaged-archive", reason=error) from error
        if record is None:
            return
        if found is not None:
            yield found


class _Silence(io.TextIOBase):
    """Takes what is printed, and keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


def _response(record: Any, limit: int) -> tuple[str, bytes] | None:
    headers = record.http_headers
    if record.rec_type != "response" or headers is None or headers.get_statuscode() != "200":
        return None
    if "html" not in (headers.get_header("Content-Type") or "html"):
        return None
    data = record.content_stream().read(limit + 1)
    if len(data) > limit:
        raise fault("too-large", limit=limit)
    return str(record.rec_headers.get_header("WARC-Target-URI") or ""), data
