"""PDF → lines with page, box and type size, through pypdfium2.

PDFium is not thread-safe: read PDFs in one thread of a process (many processes are fine).
All its objects are closed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as raw

from miner.config import Config
from miner.errors import InputError
from miner.model import Document, Line
from miner.read.characters import share_of_common
from miner.read.faults import fault, problem
from miner.read.fonts import lend_box_font
from miner.read.geometry import Placed, place_lines
from miner.read.glyphs import seen_chars, unmapped
from miner.read.ocr import load_ocr, open_image
from miner.read.text import REPLACEMENT

_DOTS = 200
"""Dots an inch at which pages are drawn for OCR."""
_MOST_PIXELS = 40_000_000
_MARKS = ("no-text-layer", "broken-fonts", "hidden-text", "damaged-page", "no-ocr", "ocr")
"""What may be wrong with pages, or worth knowing of them: a problem each, naming the pages."""
_UNREADABLE = {"no-text-layer", "broken-fonts"}
_LEAST_HIDDEN = 4
"""Characters that cannot be seen from which that is said."""
_BROKEN_SHARE = 0.3
"""Share of characters without a meaning from which a page's fonts are called broken."""
_LEAST_CHINESE, _LEAST_COMMON = 30, 0.1
"""Chinese characters from which a page is judged, and the share of frequent ones below which no one wrote it."""
_LEAST_SIGNS, _JUNK_SHARE = 12, 0.25
"""Accented letters and signs that make a page of Latin letters junk: their number, and their share."""


def read_pdf(data: bytes, base: Document, config: Config) -> Document:
    """Read the text layer of a PDF; pages without one, or with broken fonts, are named in one problem each.

    With `config.ocr` such pages are read by OCR. Raises InputError when the file cannot be opened or no page has text.
    """
    with closing(_opened(data)) as pdf:
        pages = [_read(pdf, index, ocr=config.ocr) for index in range(len(pdf))]
    marked = {code: [n for n, (_, codes) in enumerate(pages, 1) if code in codes] for code in _MARKS}
    found = {code: numbers for code, numbers in marked.items() if numbers}
    problems = tuple(
        problem(code, pages=len(pages), count=len(numbers), where=ranges(numbers))
        for code, numbers in found.items()
    )
    placed = ((number, line) for number, (lines, _) in enumerate(pages, 1) for line in lines)
    lines = tuple(
        Line(count, line.text, page=number, box=line.box, size=line.size)
        for count, (number, line) in enumerate(placed, 1)
    )
    if not lines:
        code, whole = next(iter(found), "empty"), ranges(range(1, len(pages) + 1))
        raise fault(code, pages=len(pages), count=len(pages), where=whole)
    return replace(base, lines=lines, problems=problems)


def _read(pdf: pypdfium2.PdfDocument, index: int, *, ocr: bool) -> tuple[list[Placed], set[str]]:
    placed, codes = _read_page(pdf, index)
    return _recognised(pdf, index, placed) if ocr and codes & _UNREADABLE else (placed, codes)


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


def _read_page(pdf: pypdfium2.PdfDocument, index: int) -> tuple[list[Placed], set[str]]:
    """Return the lines of a page, and the codes of what is wrong with it."""
    try:
        with _text_layer(pdf, index) as (page, handle, count):
            seen = seen_chars(page, handle, count)
            placed = place_lines(seen.chars)
            text = "".join(line.text for line in placed)
            broken = unmapped(handle, count) > _BROKEN_SHARE or _is_broken(text)
    except pypdfium2.PdfiumError:
        return [], {"damaged-page"}
    hidden = {"hidden-text"} if seen.hidden >= _LEAST_HIDDEN else set()
    if not placed:
        return [], hidden or {"no-text-layer"}
    if _is_junk(text):  # nobody would call that an article
        return [], hidden | {"broken-fonts"}
    return placed, hidden | {"broken-fonts"} if broken else hidden


@contextmanager
def _text_layer(pdf: pypdfium2.PdfDocument, index: int) -> Iterator[tuple[pypdfium2.PdfPage, object, int]]:
    """Open a page and its text: PDFium's name for it, and how many characters it holds."""
    page = pdf[index]
    try:
        text = page.get_textpage()
        try:
            yield page, text.raw, raw.FPDFText_CountChars(text.raw)
        finally:
            text.close()
    finally:
        page.close()


def _recognised(
    pdf: pypdfium2.PdfDocument, index: int, placed: list[Placed]
) -> tuple[list[Placed], set[str]]:
    """Read a page by OCR; where no OCR is installed, the page and what is wrong with it stay as they are."""
    try:
        recognise = load_ocr()
    except InputError as error:
        return placed, {error.code}
    page = pdf[index]
    try:
        width, height = page.get_size()
        scale = min(_DOTS / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        return recognise(page.render(scale=scale).to_numpy()[:, :, :3], 1 / scale) or placed, {"ocr"}
    finally:
        page.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    lend_box_font()
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise fault("encrypted") if "assword" in str(error) else fault("damaged-pdf", reason=error) from error


def _is_broken(text: str) -> bool:
    """Tell text many of whose characters have no meaning."""
    lost = (
        text.count(REPLACEMENT)
        + 7 * text.count("(cid:")
        + sum("\ue000" <= char <= "\uf8ff" or char < " " for char in text)
    )
    return lost > _BROKEN_SHARE * len(text)


def _is_junk(text: str) -> bool:
    """Tell text that no font meant: accented letters and signs in a heap, or Chinese that nobody writes."""
    common, chinese = share_of_common(text)
    if chinese >= _LEAST_CHINESE:
        return common < _LEAST_COMMON
    signs = sum("\xa1" <= char <= "\u024f" for char in text)
    return signs >= _LEAST_SIGNS and signs > _JUNK_SHARE * len(text)


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
