"""PDF → lines with page, box and type size, through pypdfium2.

PDFium is not thread-safe: read PDFs in one thread of a process (many processes are fine).
All its objects are closed here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as raw

from miner.config import Config
from miner.model import Document, Line
from miner.read.faults import fault, problem
from miner.read.geometry import Char, Placed, place_lines
from miner.read.ocr import Recognise, load_ocr, open_image
from miner.read.text import REPLACEMENT

_HYPHENS = {"\x02": "-", "\ufffe": "-"}
"""What PDFium puts for a hyphen at a line end."""
_DOTS = 200
"""Dots an inch at which pages are drawn for OCR."""
_MOST_PIXELS = 40_000_000
_BROKEN_SHARE = 0.3
"""Share of characters without a meaning from which a page's fonts are called broken."""


def read_pdf(data: bytes, base: Document, config: Config) -> Document:
    """Read the text layer of a PDF; pages without one, or with broken fonts, are named in one problem each.

    With `config.ocr` such pages are read by OCR. Raises InputError when the file cannot be opened or no page has text.
    """
    pages: list[list[Placed]] = []
    marked: dict[str, list[int]] = {code: [] for code in ("no-text-layer", "broken-fonts", "damaged-page", "ocr")}
    recognise = load_ocr() if config.ocr else None
    with _opened(data) as pdf:
        for index in range(len(pdf)):
            placed, code = _read_page(pdf, index)
            if code in ("no-text-layer", "broken-fonts") and recognise is not None:
                placed, code = _recognised(pdf, index, recognise) or placed, "ocr"
            pages.append(placed)
            if code is not None:
                marked[code].append(index + 1)
    problems = tuple(
        problem(code, pages=len(pages), count=len(numbers), where=ranges(numbers))
        for code, numbers in marked.items()
        if numbers
    )
    lines = [
        Line(0, line.text, page=number, box=line.box, size=line.size)
        for number, placed in enumerate(pages, 1)
        for line in placed
    ]
    if not lines:
        code = next((code for code, numbers in marked.items() if numbers), "empty")
        raise fault(code, pages=len(pages), count=len(pages), where=ranges(range(1, len(pages) + 1)))
    numbered = tuple(replace(line, number=number) for number, line in enumerate(lines, 1))
    return replace(base, lines=numbered, problems=problems)


def read_image(data: bytes, base: Document, config: Config) -> Document:
    """Read an image by OCR; raises InputError when `config.ocr` is off or no text is seen."""
    if not config.ocr:
        raise fault("image")
    placed = load_ocr()(open_image(data), 1.0)
    if not placed:
        raise fault("empty")
    lines = tuple(Line(n, line.text, page=1, box=line.box, size=line.size) for n, line in enumerate(placed, 1))
    return replace(base, lines=lines, problems=(problem("ocr", count=1, where="1"),))


def _read_page(pdf: pypdfium2.PdfDocument, index: int) -> tuple[list[Placed], str | None]:
    """Return the lines of a page, and the code of what is wrong with it."""
    try:
        placed = place_lines(_chars(pdf, index))
    except pypdfium2.PdfiumError:
        return [], "damaged-page"
    if not placed:
        return [], "no-text-layer"
    return placed, "broken-fonts" if _is_broken(placed) else None


def _recognised(pdf: pypdfium2.PdfDocument, index: int, recognise: Recognise) -> list[Placed]:
    page = pdf[index]
    try:
        width, height = page.get_size()
        scale = min(_DOTS / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        return recognise(page.render(scale=scale).to_numpy()[:, :, :3], 1 / scale)
    finally:
        page.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise fault("encrypted") if "assword" in str(error) else fault("damaged-pdf", reason=error) from error


def _chars(pdf: pypdfium2.PdfDocument, index: int) -> Iterator[Char]:
    """Yield the characters of a page with their boxes, turned upright when the page is turned."""
    page = pdf[index]
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


def _turned(
    sides: tuple[float, float, float, float], rotation: int, width: float, height: float
) -> tuple[float, float, float, float]:
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
    lost = (
        text.count(REPLACEMENT)
        + 7 * text.count("(cid:")
        + sum("\ue000" <= char <= "\uf8ff" or char < " " for char in text)
    )
    return lost > _BROKEN_SHARE * len(text)


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
