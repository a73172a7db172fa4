"""PDF → lines with page, box and type size, through pypdfium2.

PDFium is not thread-safe: read PDFs in one thread of a process (many processes are fine).
All its objects are closed here.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from miner.config import Config
from miner.errors import InputError
from miner.model import Document, Line
from miner.read.faults import fault, problem
from miner.read.fonts import lend_box_font
from miner.read.geometry import Char, Placed, place_lines
from miner.read.ocr import load_ocr, open_image
from miner.read.text import REPLACEMENT

_HYPHENS = {"\x02": "-", "\ufffe": "-"}
"""What PDFium puts for a hyphen at a line end."""
_DOTS = 200
"""Dots an inch at which pages are drawn for OCR."""
_MOST_PIXELS = 40_000_000
_MARKS = ("no-text-layer", "broken-fonts", "damaged-page", "no-ocr", "ocr")
"""What may be wrong with pages, or worth knowing of them: a problem each, naming the pages."""
_SAMPLE = 60
"""Characters of a page that are asked for their direction and their meaning."""
_BROKEN_SHARE = 0.3
"""Share of characters without a meaning from which a page's fonts are called broken."""


def read_pdf(data: bytes, base: Document, config: Config) -> Document:
    """Read the text layer of a PDF; pages without one, or with broken fonts, are named in one problem each.

    With `config.ocr` such pages are read by OCR. Raises InputError when the file cannot be opened or no page has text.
    """
    pages: list[list[Placed]] = []
    marked: dict[str, list[int]] = {code: [] for code in _MARKS}
    with closing(_opened(data)) as pdf:
        for index in range(len(pdf)):
            placed, code = _read_page(pdf, index)
            if config.ocr and code in ("no-text-layer", "broken-fonts"):
                placed, code = _recognised(pdf, index, placed)
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
    lines = tuple(
        Line(n, line.text, page=1, box=line.box, size=line.size) for n, line in enumerate(placed, 1)
    )
    return replace(base, lines=lines, problems=(problem("ocr", count=1, where="1"),))


def _read_page(pdf: pypdfium2.PdfDocument, index: int) -> tuple[list[Placed], str | None]:
    """Return the lines of a page, and the code of what is wrong with it."""
    try:
        with _text_layer(pdf, index) as (handle, count):
            placed = place_lines(_chars(handle, count))
            broken = _unmapped(handle, count) > _BROKEN_SHARE or _is_broken(placed)
    except pypdfium2.PdfiumError:
        return [], "damaged-page"
    if not placed:
        return [], "no-text-layer"
    return placed, "broken-fonts" if broken else None


@contextmanager
def _text_layer(pdf: pypdfium2.PdfDocument, index: int) -> Iterator[tuple[object, int]]:
    """Open the text of a page: PDFium's name for it, and how many characters it holds."""
    page = pdf[index]
    try:
        text = page.get_textpage()
        try:
            yield text.raw, raw.FPDFText_CountChars(text.raw)
        finally:
            text.close()
    finally:
        page.close()


def _recognised(pdf: pypdfium2.PdfDocument, index: int, placed: list[Placed]) -> tuple[list[Placed], str]:
    """Read a page by OCR; where no OCR is installed, the page and what is wrong with it stay as they are."""
    try:
        recognise = load_ocr()
    except InputError as error:
        return placed, error.code
    page = pdf[index]
    try:
        width, height = page.get_size()
        scale = min(_DOTS / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        return recognise(page.render(scale=scale).to_numpy()[:, :, :3], 1 / scale) or placed, "ocr"
    finally:
        page.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    lend_box_font()
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise fault("encrypted") if "assword" in str(error) else fault("damaged-pdf", reason=error) from error


def _chars(handle: object, count: int) -> Iterator[Char]:
    """Yield the characters of a page with their cells, turned so that most of the text runs from left to right."""
    turn = _direction(handle, count)
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    box_at, matrix_at = ctypes.byref(box), ctypes.byref(matrix)
    for at in range(count):
        text = chr(raw.FPDFText_GetUnicode(handle, at))
        if text in "\r\n" or not raw.FPDFText_GetLooseCharBox(handle, at, box_at):
            continue
        text = _HYPHENS.get(text, text)
        if (text < " " and text != "\t") or "\ud800" <= text <= "\udfff":
            text = REPLACEMENT
        raw.FPDFText_GetMatrix(handle, at, matrix_at)
        size = raw.FPDFText_GetFontSize(handle, at) * math.hypot(matrix.c, matrix.d)
        sides = _turned((box.left, box.bottom, box.right, box.top), turn) if turn else _sides(box)
        yield Char(text, *sides, size if size > 0 else sides[3] - sides[1])


def _unmapped(handle: object, count: int) -> float:
    """Return the share of characters whose font does not say what they mean, out of a sample."""
    sample = range(0, count, max(1, count // _SAMPLE))
    lost = sum(1 for at in sample if raw.FPDFText_HasUnicodeMapError(handle, at) == 1)
    return lost / max(1, len(sample))


def _direction(handle: object, count: int) -> int:
    """Return by how many quarter turns counter-clockwise most of the text is turned: 0 to 3."""
    angles = [raw.FPDFText_GetCharAngle(handle, at) for at in range(0, count, max(1, count // _SAMPLE))]
    turns = Counter(
        -round(angle / (math.pi / 2)) % 4 for angle in angles if angle >= 0
    )  # PDFium's are clockwise
    return turns.most_common(1)[0][0] if turns else 0


def _sides(box: Any) -> tuple[float, float, float, float]:
    return box.left, box.bottom, box.right, box.top


def _turned(sides: tuple[float, float, float, float], turns: int) -> tuple[float, float, float, float]:
    """Return a box turned clockwise about the origin by quarter turns."""
    left, bottom, right, top = sides
    if turns == 1:
        return bottom, -right, top, -left
    if turns == 2:
        return -right, -top, -left, -bottom
    return -top, left, -bottom, right


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
