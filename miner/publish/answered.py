"""What an answer may carry: no cell that a spreadsheet runs, no mark that turns text around, no header that tells too much."""

from __future__ import annotations

import csv
import io
import re

from miner.store.cells import harmless

_BYTE_ORDER_MARK = "\ufeff"
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def upright(text: str) -> str:
    """Return text of a page with the marks that turn text around written out.

    >>> upright("进\\u202e博会")
    '进[U+202E]博会'
    """
    return _TURNING.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def xml_text(text: str) -> str:
    """Return text without the characters that XML forbids.

    >>> xml_text("进\\ufffe博会\\x0b")
    '进博会'
    """
    return _NOT_XML.sub("", text)


class HarmlessCsv:
    """Makes the cells of a CSV answer harmless while it streams: whole rows go on, the rest waits for its end."""

    def __init__(self) -> None:
        self._waiting = b""
        self._begun = False

    def feed(self, body: bytes, *, last: bool) -> bytes:
        """Return what can be sent after more of the answer came; `last` says that it is all."""
        self._waiting += body
        end = len(self._waiting) if last else _whole_rows(self._waiting)
        rows, self._waiting = self._waiting[:end].decode("utf-8", "replace"), self._waiting[end:]
        if not rows:
            return b""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerows(
            [harmless(cell) for cell in row] for row in csv.reader(io.StringIO(rows, newline=""))
        )
        mark, self._begun = "" if self._begun else _BYTE_ORDER_MARK, True
        return (mark + out.getvalue()).encode()


def _whole_rows(text: bytes) -> int:
    """Return where the last whole row ends: at a line end with an even number of quotes before it."""
    end = text.rfind(b"\n") + 1
    while end and text.count(b'"', 0, end) % 2:
        end = text.rfind(b"\n", 0, end - 1) + 1
    return end
