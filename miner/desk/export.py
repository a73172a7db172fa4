"""Facts as files for other programs: tables, views and queries as CSV, JSON lines, XLSX or Parquet; graphs; annotations.

Everything is streamed row by row but graphs, which their formats want whole. A file is written whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, groupby
from pathlib import Path
from shutil import copyfileobj, rmtree
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple
from xml.etree import ElementTree

from sqlite_utils import Database

from miner.errors import ConfigError, InputError
from miner.model import FIELDS
from miner.store.cells import harmless, sheet_cell

Row = Sequence[str | int | float | bytes | None]
_BATCH = 5_000
_MOST_CELLS = 1_048_576
"""Rows of a worksheet."""


@dataclass(frozen=True, slots=True)
class ExportedRows:
    """What is exported: the columns and the rows, which are read once."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    whole: frozenset[str] = frozenset()
    """Columns that hold nothing but whole numbers, where that is known before the rows are read."""


Writer = Callable[[ExportedRows, BinaryIO], int]


def rows_of(connection: sqlite3.Connection, what: str, *, typed: bool = False) -> ExportedRows:
    """Return the rows of a table or view by its name, or of a query that begins with select or with.

    `typed` finds out which columns are whole numbers, at the cost of reading all once more. Raises ConfigError for what is none of them.
    """
    if what.split(" ", 1)[0].lower() in ("select", "with"):
        sql = what
    else:
        database = Database(connection)
        known = sorted([*database.table_names(), *database.view_names()])
        if what not in known:
            raise ConfigError(
                f"没有这个表或视图 no such table or view: {what}",
                hint=", ".join(name for name in known if "_fts" not in name),
            )
        sql = f"select * from [{what}]"
    try:
        cursor = connection.execute(sql)
        columns = tuple(column[0] for column in cursor.description)
        whole = _whole(connection, sql, columns) if typed else frozenset[str]()
    except sqlite3.Error as error:
        raise ConfigError(f"查询不成立 not a query: {error}") from error
    return ExportedRows(columns, cursor, whole)


def _whole(connection: sqlite3.Connection, sql: str, columns: Sequence[str]) -> frozenset[str]:
    """Return the columns of a query that hold nothing but whole numbers; none where two columns have one name."""
    if len(set(columns)) < len(columns):
        return frozenset()
    quoted = ['"' + column.replace('"', '""') + '"' for column in columns]
    tests = ", ".join(
        f"total(typeof({column}) not in ('integer', 'null')), count({column})" for column in quoted
    )
    found = connection.execute(f"select {tests} from ({sql.rstrip().rstrip(';')})").fetchone()
    pairs = zip(columns, found[::2], found[1::2], strict=True)
    return frozenset(column for column, others, count in pairs if not others and count)


def export_rows(rows: ExportedRows, path: Path, kind: str) -> int:
    """Write rows as one of `ROWS`; returns how many. Raises ConfigError, InputError as `written` does."""
    with written(path) as file:
        return ROWS[kind](rows, file)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only when it is whole.

    Raises InputError when it cannot be written (no such folder, a full disk).
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise InputError(f"写不了 cannot be written: {error.strerror or error}", where=str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _csv(rows: ExportedRows, file: BinaryIO) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    out, count = csv.writer(text), 0
    out.writerow(rows.columns)
    for row in rows.rows:
        out.writerow([harmless(value) if isinstance(value, str) else value for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _jsonl(rows: ExportedRows, file: BinaryIO) -> int:
    count = 0
    for row in rows.rows:
        line = json.dumps(dict(zip(rows.columns, row, strict=True)), ensure_ascii=False, default=bytes.hex)
        file.write(line.encode() + b"\n")
        count += 1
    return count


def _xlsx(rows: ExportedRows, file: BinaryIO) -> int:
    from openpyxl import Workbook

    book, count = Workbook(write_only=True), 0
    sheet = book.create_sheet("1")
    sheet.append(rows.columns)
    for row in rows.rows:
        if count and count % (_MOST_CELLS - 1) == 0:
            sheet = book.create_sheet(str(len(book.worksheets) + 1))
            sheet.append(rows.columns)
        sheet.append([sheet_cell(sheet, value) for value in row])
        count += 1
    save_book(book, file)
    return count


def save_book(book: Any, file: BinaryIO) -> None:
    """Write a workbook to an open file; raises OSError.

    It is made beside and copied: interrupted within a file, its libraries complain to the terminal long after.
    """
    with TemporaryFile() as made:
        book.save(made)
        made.seek(0)
        copyfileobj(made, file)


def _parquet(rows: ExportedRows, file: BinaryIO) -> int:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ConfigError(
            "Parquet 需要 pyarrow / Parquet needs pyarrow", hint="pip install 'miner[parquet]'"
        ) from error
    count, out = 0, None
    for batch in _batches(rows.rows):
        columns = zip(*batch, strict=True)
        # One type a column whatever a batch holds: numbers stay numbers, all else is text.
        table = pyarrow.table(
            {
                name: pyarrow.array(values, pyarrow.int64())
                if name in rows.whole
                else _arrow(pyarrow, values)
                for name, values in zip(rows.columns, columns, strict=True)
            }
        )
        out = out or pyarrow.parquet.ParquetWriter(file, table.schema)
        out.write_table(table.cast(out.schema))
        count += len(batch)
    if out is None:
        schema = pyarrow.schema([(name, pyarrow.string()) for name in rows.columns])
        out = pyarrow.parquet.ParquetWriter(file, schema)
    out.close()
    return count


def _arrow(pyarrow: Any, values: Sequence[Any]) -> Any:
    if all(isinstance(value, int | float) or value is None for value in values):
        return pyarrow.array([None if value is None else float(value) for value in values], pyarrow.float64())
    return pyarrow.array([None if value is None else str(value) for value in values], pyarrow.string())


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


ROWS: Mapping[str, Writer] = {"csv": _csv, "jsonl": _jsonl, "xlsx": _xlsx, "parquet": _parquet}
"""Formats of rows."""


def export_graph(connection: sqlite3.Connection, path: Path, kind: str, *, type: str | None = None) -> int:
    """Write who took part in what together as GraphML or GEXF; returns the number of edges.

    Enterprises, people, organizations are the nodes; an edge says in how many events (of one `type`, when given) two took
    part together, with the first and the last day and the titles of the events as evidence.
    """
    import networkx

    graph = networkx.Graph()
    told: dict[tuple[str, str], list[_Event]] = {}
    for one, other, event in _together(connection, type):
        for party in (one, other):
            graph.add_node(party.id, label=party.name, kind=party.label)
        told.setdefault((one.id, other.id), []).append(event)
    for (source, target), events in told.items():
        days = sorted(event.day for event in events if event.day)
        graph.add_edge(
            source,
            target,
            weight=len(events),
            types="、".join(dict.fromkeys(event.type for event in events)),
            first=days[0] if days else "",
            last=days[-1] if days else "",
            titles="；".join(event.title for event in events),
            events=" ".join(event.id for event in events),
        )
    with written(path) as file:
        if kind == "graphml":
            networkx.write_graphml(graph, file)
        else:
            _gexf(graph, file)
    return int(graph.number_of_edges())


def _gexf(graph: Any, file: BinaryIO) -> None:
    """Write GEXF as its schema wants it: NetworkX gives the graph a name and the day, which the schema and a diff mind."""
    import networkx

    held = io.BytesIO()
    networkx.write_gexf(graph, held, prettyprint=False)
    held.seek(0)
    tree = ElementTree.parse(held)
    for found in tree.iter():
        if found.tag.endswith("}graph"):
            found.attrib.pop("name", None)
        elif found.tag.endswith("}meta"):
            found.attrib.pop("lastmodifieddate", None)
    ElementTree.register_namespace("", _GEXF)
    tree.write(file, encoding="utf-8", xml_declaration=True)


_GEXF = "http://www.gexf.net/1.2draft"


class _Party(NamedTuple):
    id: str
    label: str
    name: str


class _Event(NamedTuple):
    type: str
    day: str
    title: str
    id: str


_MEMBERS = """
select p.event_id, p.label, p.entity, n.name, e.type, coalesce(e.date, ''), e.title from (
  select distinct event_id, case when enterprise_id is not null then 'enterprise' when person_id is not null then 'person'
    else 'organization' end as label, coalesce(enterprise_id, person_id, organization_id) as entity
  from event_participants where coalesce(enterprise_id, person_id, organization_id) is not null) p
join events e on e.id = p.event_id
join (select id, name from enterprises union all select id, name from people union all select id, name from organizations) n
  on n.id = p.entity
where e.status != 'negated' and (?1 is null or e.type = ?1) order by p.event_id, p.entity
"""


def _together(connection: sqlite3.Connection, type: str | None) -> Iterator[tuple[_Party, _Party, _Event]]:
    rows = connection.execute(_MEMBERS, (type,))
    for event, found in groupby(rows, key=lambda row: row[0]):
        parties = []
        for _, label, key, name, kind, day, title in found:
            parties.append(_Party(key, label, name))
            told = _Event(kind, day, title, event)
        for one, other in combinations(parties, 2):
            yield one, other, told


GRAPHS = ("graphml", "gexf")


def export_annotations(connection: sqlite3.Connection, path: Path, kind: str) -> int:
    """Write every article with its names for an annotation program: doccano (JSON lines) or brat (a folder of .txt and .ann).

    Returns the number of articles.
    """
    articles = connection.execute(f"select id, {', '.join(FIELDS)} from articles order by id")
    if kind == "doccano":
        with written(path) as lines:
            return sum(_doccano(connection, article, lines) for article in articles)
    part = path.with_name(f".{path.name}.part")
    try:
        part.mkdir(parents=True, exist_ok=True)
        count = sum(_brat(connection, article, part) for article in articles)
        path.mkdir(exist_ok=True)
        for file in part.iterdir():
            file.replace(path / file.name)
    except OSError as error:
        raise InputError(f"写不了 cannot be written: {error.strerror or error}", where=str(path)) from error
    finally:
        rmtree(part, ignore_errors=True)
    return count


def _text(article: Sequence[str | None]) -> tuple[str, dict[str, int]]:
    """Return an article's fields joined by line ends, and where each begins."""
    starts, at = {}, 0
    for name, content in zip(FIELDS, article[1:], strict=True):
        starts[name] = at
        at += len(content or "") + 1
    return "\n".join(content or "" for content in article[1:]), starts


def _names(
    connection: sqlite3.Connection, article: str, starts: Mapping[str, int]
) -> list[tuple[int, int, str]]:
    rows = connection.execute(
        "select field, start, end, label from mentions where article_id = ?", (article,)
    )
    return sorted((starts[field] + start, starts[field] + end, label) for field, start, end, label in rows)


def _doccano(connection: sqlite3.Connection, article: Sequence[Any], file: BinaryIO) -> int:
    text, starts = _text(article)
    row = {"id": article[0], "text": text, "label": _names(connection, article[0], starts)}
    file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return 1


def _brat(connection: sqlite3.Connection, article: Sequence[Any], folder: Path) -> int:
    text, starts = _text(article)
    (folder / f"{article[0]}.txt").write_text(text, encoding="utf-8")
    names = _names(connection, article[0], starts)
    lines = [
        f"T{number}\t{label} {start} {end}\t{text[start:end]}\n"
        for number, (start, end, label) in enumerate(names, 1)
    ]
    (folder / f"{article[0]}.ann").write_text("".join(lines), encoding="utf-8")
    return 1
