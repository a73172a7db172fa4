"""PDF → lines with page, box and type size, through pypdfium2.

PDFium is not thread-safe: read PDFs in one thread of a process (many processes are fine). All its objects are closed here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as raw

from miner.config import Config
from miner.errors import InputError
from miner.model import Document, Line, Problem
from miner.read.geometry import Char, Placed, place_lines
from miner.read.text import REPLACEMENT

_HYPHENS = {"\x02": "-", "\ufffe": "-"}
"""What PDFium puts for a hyphen at a line end."""
_BROKEN_SHARE = 0.3
"""Share of characters without a meaning from which a page's fonts are called broken."""


def read_pdf(data: bytes, base: Document, config: Config) -> Document:
    """Read the text layer of a PDF; pages without one, or with broken fonts, are named in one problem each.

    Raises InputError when the file cannot be opened or no page has text.
    """
    lines: list[Line] = []
    blank: list[int] = []
    broken: list[int] = []
    with _opened(data) as pdf:
        for number in range(1, len(pdf) + 1):
            placed = place_lines(_chars(pdf, number - 1))
            if not placed:
                blank.append(number)
            elif _is_broken(placed):
                broken.append(number)
            first = len(lines) + 1
            lines += [Line(n, line.text, page=number, box=line.box, size=line.size) for n, line in enumerate(placed, first)]
        pages = len(pdf)
    problems = tuple(_page_problems(blank, broken, pages))
    if not lines:
        message = "没有文字层,请加 --ocr 重新运行 / no text layer: run again with --ocr"
        raise InputError(message, code="no-text-layer")
    return replace(base, lines=tuple(lines), problems=problems)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise InputError("PDF 有密码 / the PDF needs a password", code="encrypted", hint="请先去掉密码 / remove the password first") from error
        hint = "请重新下载或导出 / download or export it again"
        raise InputError(f"PDF 损坏或不完整({error}) / damaged or truncated", code="damaged-pdf", hint=hint) from error


def _chars(pdf: pypdfium2.PdfDocument, index: int) -> Iterator[Char]:
    """Yield the characters of a page with their boxes, turned upright when the page is turned."""
    try:
        page = pdf[index]
    except pypdfium2.PdfiumError:
        return
    textpage = page.get_textpage()
    try:
        handle, rotation = textpage.raw, page.get_rotation()
        width, height = page.get_size()
        box = raw.FS_RECTF()
        place = ctypes.byref(box)
        for at in range(raw.FPDFText_CountChars(handle)):
            text = chr(raw.FPDFText_GetUnicode(handle, at))
            if text in "\r\n":
                continue
            if not raw.FPDFText_GetLooseCharBox(handle, at, place):
                continue
            text = _HYPHENS.get(text, text)
            if text == "\0" or "\ud800" <= text <= "\udfff":
                text = REPLACEMENT
            sides = _turned((box.left, box.bottom, box.right, box.top), rotation, width, height)
            yield Char(text, *sides)
    finally:
        textpage.close()
        page.close()


def _turned(sides: tuple[float, float, float, float], rotation: int, width: float, height: float) -> tuple[float, float, float, float]:
    """Return a box as it stands on the page that is turned clockwise by `rotation` degrees to width × height."""
    left, bottom, right, top = sides
    if rotation == 90:
        return bottom, height - right, top, height - left
    if rotation == 180:
        return width - right, height - top, width - left, height - bottom
    if rotation == 270:
        return width - top, left, width - bottom, right
    return sides


def _is_broken(lines: Sequence[Placed]) -> bool:
    text = "".join(line.text for line in lines)
    lost = text.count(REPLACEMENT) + 7 * text.count("(cid:") + sum("\ue000" <= char <= "\uf8ff" or char < " " for char in text)
    return lost > _BROKEN_SHARE * len(text)


def _page_problems(blank: Sequence[int], broken: Sequence[int], pages: int) -> Iterator[Problem]:
    if blank:
        message = f"{pages} 页中有 {len(blank)} 页没有文字层({ranges(blank)}),请加 --ocr 重新运行 / pages without a text layer: run again with --ocr"
        yield Problem("read", "no-text-layer", message)
    if broken:
        message = f"{pages} 页中有 {len(broken)} 页字体损坏、文字不可信({ranges(broken)}),请加 --ocr 重新运行 / pages with broken fonts: run again with --ocr"
        yield Problem("read", "broken-fonts", message)


def ranges(numbers: Sequence[int]) -> str:
    """Write ascending page numbers in short.

    >>> ranges([1, 2, 3, 7])
    '1–3, 7'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("–".join(map(str, part)) for part in parts)
