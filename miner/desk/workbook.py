"""The workbook that an office keeps: the enterprise base, the people to talk to, what happened before, during and after."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from unicodedata import east_asian_width

from miner.desk import MATCHED
from miner.desk.base import ORIGINS, Statement
from miner.desk.coverage import Coverage, Mentioned, coverage
from miner.desk.export import save_book, written
from miner.desk.targets import OWN, Target
from miner.store.cells import sheet_cell
from miner.store.words import codes

_MOST_SAID = 5
"""Statements of a kind in one cell."""
_LINE, _TALLEST, _FILLED = 16.0, 405.0, 0.92
"""Points of a line, and of the tallest row that a spreadsheet has; the share of a column's width that Chinese fills at most."""
_HEAD_COLOUR, _A3 = "FFDCE6F1", 8
Row = Sequence[str | int | float | None]


class Heading(NamedTuple):
    """A column of a sheet: what stands above it, and its width in characters."""

    title: str
    width: int = 12


_WHO, _SOURCE, _TEXT, _EDITION = (
    Heading("企业名称", 28),
    Heading("出处", 40),
    Heading("原文", 60),
    Heading("届", 6),
)
_BASE = (
    Heading("名单名称", 22),
    _WHO,
    Heading("对应", 10),
    Heading("其他名称", 30),
    Heading("国家地区"),
    Heading("国家地区来源"),
    Heading("行业", 16),
    Heading("行业来源"),
    Heading("主营(报道所述)", 50),
    Heading("在华投资(报道所述)", 50),
    Heading("报道篇数"),
    Heading("首见"),
    Heading("最近"),
    _SOURCE,
)
_CONTACTS = (_WHO, Heading("姓名"), Heading("职务", 24), Heading("报道日期"), _TEXT, _SOURCE)
_FOLLOW = (
    _WHO,
    Heading("负责人"),
    Heading("阶段"),
    Heading("下一步", 30),
    Heading("日期"),
    Heading("备注", 30),
    _EDITION,
    Heading("会前报道"),
    Heading("会中报道"),
    Heading("会后报道"),
    Heading("参展"),
)
_DEALS = (
    _WHO,
    Heading("日期"),
    Heading("类型"),
    Heading("状态"),
    _EDITION,
    Heading("事件", 40),
    Heading("合作方", 40),
    Heading("金额", 16),
    Heading("单位", 8),
    _TEXT,
    _SOURCE,
)


def write_workbook(connection: sqlite3.Connection, listed: Iterable[Target], path: Path) -> int:
    """Write the targets with all that is told of them to an XLSX file; returns how many.

    The file is written whole or not at all. Raises InputError when it cannot be written.
    """
    with written(path) as file:
        return fill_workbook(connection, listed, file)


def fill_workbook(connection: sqlite3.Connection, listed: Iterable[Target], file: BinaryIO) -> int:
    """Write the workbook of the targets to an open file; returns how many. Raises OSError."""
    known = [(target, coverage(connection, target.enterprise_id or "")) for target in listed]
    save_book(_book(known), file)
    return len(known)


def _book(known: Sequence[tuple[Target, Coverage | None]]) -> Any:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    told = [(target, coverage) for target, coverage in known if coverage is not None]
    _sheet(book, "企业信息库", _BASE, (_base(*pair) for pair in known))
    _sheet(book, "联系人", _CONTACTS, (row for pair in told for row in _contacts(*pair)))
    _follow_sheet(book, known)
    _sheet(book, "事件", _DEALS, (row for pair in told for row in _deals(*pair)))
    return book


def _follow_sheet(book: Any, known: Sequence[tuple[Target, Coverage | None]]) -> None:
    own = tuple(dict.fromkeys(title for target, _ in known for title in target.extra))
    headings = (*_FOLLOW, *(Heading(title, 16) for title in own))
    _sheet(book, "会前会中会后", headings, (row for pair in known for row in _follow(*pair, own)))


def _sheet(book: Any, title: str, headings: Sequence[Heading], rows: Iterable[Row]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    _page(sheet, headings)
    number, wrapped = Alignment("center", "top"), Alignment(vertical="top", wrap_text=True)
    head = [WriteOnlyCell(sheet, value=heading.title) for heading in headings]
    for cell in head:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD_COLOUR)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.append(head)
    count = 1
    for count, row in enumerate(rows, 2):
        cells = [
            sheet_cell(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value=value)
            for value in row
        ]
        for cell, value in zip(cells, row, strict=True):
            cell.alignment = wrapped if isinstance(value, str) else number
        # A height that is given is kept by every program; left out, some show one line of a wrapped text.
        sheet.row_dimensions[count].height = _height(row, headings)
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count}"


def _page(sheet: Any, headings: Sequence[Heading]) -> None:
    """Set what stands before the rows of a sheet: columns, what stays in sight, how it is printed."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.freeze_panes = "B2"
    for at, heading in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(at)].width = heading.width
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = "1:1"
    sheet.row_dimensions[1].height = 2 * _LINE


def _height(row: Row, headings: Sequence[Heading]) -> float:
    """Return the height in points that the longest text of a row needs, wrapped in its column."""
    lines = 1
    for value, heading in zip(row, headings, strict=True):
        if isinstance(value, str):
            room = max(int(heading.width * _FILLED), 1)
            lines = max(lines, sum(max(-(-_cells(part) // room), 1) for part in value.split("\n")))
    return min(lines * _LINE, _TALLEST)


def _cells(text: str) -> int:
    """Return how many characters' width a text takes: a Chinese character takes two.

    >>> _cells("进博会"), _cells("expo")
    (6, 4)
    """
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def _source(told: Mentioned | Statement) -> str:
    return "，".join(
        part for part in (told.published, f"《{told.headline}》" if told.headline else None) if part
    )


def _texts(found: Sequence[Mentioned | Statement]) -> str | None:
    return (
        "\n".join(dict.fromkeys(f"{_value(one)}{one.text}（{_source(one)}）" for one in found[:_MOST_SAID]))
        or None
    )


def _value(one: Mentioned | Statement) -> str:
    return f"{one.value}：" if isinstance(one, Statement) else ""


def _base(target: Target, told: Coverage | None) -> Row:
    if told is None:
        return (target.name, target.matched_name, MATCHED[target.matched], *[None] * 7, 0, None, None, None)
    return (
        target.name, target.matched_name, MATCHED[target.matched], "、".join(told.names[1:]) or None, *_best(told, "country", told.country),
        *_best(told, "industry", told.industry), _texts(told.said("business")), _texts(told.invested), told.n_articles,
        told.first_seen, told.last_seen, _first_source(told),
    )  # fmt: skip


def _best(told: Coverage, kind: str, known: str | None) -> tuple[str | None, str | None]:
    """Return a country or trade and where it is known from: a lexicon, else the coverage."""
    best = next(iter(told.said(kind)), None)
    return (best.value, ORIGINS[best.origin]) if best is not None else (known, None)


def _first_source(told: Coverage) -> str | None:
    said = [one for one in told.base if one.origin == "read"]
    sources: list[Mentioned | Statement] = [*said, *(deal.told for deal in told.deals), *told.words]
    return _source(sources[0]) if sources else None


def _contacts(target: Target, told: Coverage) -> Iterator[Row]:
    for contact in told.contacts:
        at = contact.told
        yield (target.matched_name, contact.name, contact.title, at.published, at.text, _source(at))


def _follow(target: Target, told: Coverage | None, titles: Sequence[str]) -> Iterator[Row]:
    """Yield a row an expo with what the office wrote; `titles` are its own columns, in its order."""
    owner, stage, notes, next_step, due = (target.own.get(column) for column in OWN)
    office = (target.matched_name or target.name, owner, stage, next_step, due, notes)
    own = [target.extra.get(title) for title in titles]
    if told is None or not told.presence:
        yield (*office, None, 0, 0, 0, None, *own)
        return
    for at in told.presence:
        counts = (at.before, at.during, at.after)
        yield (*office, at.edition, *counts, "是" if at.exhibits else None, *own)


def _deals(target: Target, told: Coverage) -> Iterator[Row]:
    types, states = codes()["type"], codes()["status"]
    for deal in told.deals:
        yield (
            target.matched_name, deal.date, types.get(deal.type, deal.type), states.get(deal.status, deal.status),
            deal.edition, deal.title, "、".join(deal.partners) or None, deal.amount, deal.amount_unit,
            deal.told.text, _source(deal.told),
        )  # fmt: skip
