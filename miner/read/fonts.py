"""A font of last resort, so that what a PDF says does not depend on the fonts of the machine that reads it.

Chinese PDFs often name a font (STSong) and leave it out. Where the machine has no such font either, PDFium takes the
glyphs for empty, and a piece of text whose glyphs cover nothing is left out of the text layer: single characters,
vertical lines, turned text. Here every character gets a box; only the room it takes matters.
"""

from __future__ import annotations

import ctypes
import struct
from functools import cache

import pypdfium2.raw as raw

_ASIAN = frozenset({128, 129, 134, 136})
"""PDFium's numbers for the character sets Shift-JIS, Hangul, GB 2312 and Big5."""
_EM = 1000
"""Units of the font to a type size."""


def box_font() -> bytes:
    """Make a TrueType font in which every character is a box of its type size (cmap format 13: many to one).

    >>> box_font()[:4]
    b'\\x00\\x01\\x00\\x00'
    """
    narrow, wide = _box(150), _box(900)
    # All characters but blanks; Latin letters are narrow.
    groups = ((0x21, 0x9F, 1), (0xA1, 0x2FFF, 1), (0x3001, 0x10FFFF, 2))
    encoding = struct.pack(">HHIII", 13, 0, 16 + 12 * len(groups), 0, len(groups))
    encoding += b"".join(struct.pack(">III", *group) for group in groups)
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + encoding,
        b"glyf": narrow + wide,
        b"head": struct.pack(
            ">4IHHqq4hHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _EM, 0, 0, 50, -100, 950, 850, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">I3hH11hH", 0x10000, 880, -120, 0, _EM, *(0,) * 11, 3),
        b"hmtx": struct.pack(">HhHhHh", _EM, 0, _EM, 50, _EM, 50),
        b"loca": struct.pack(">4I", 0, 0, len(narrow), len(narrow + wide)),
        b"maxp": struct.pack(">I14H", 0x10000, 3, 4, 1, *(0,) * 11),
    }
    return _sfnt(tables)


def _box(width: int) -> bytes:
    head = struct.pack(">5hHH", 1, 50, -100, 50 + width, 850, 3, 0)
    glyph = head + bytes((1, 1, 1, 1)) + struct.pack(">8h", 50, width, 0, -width, -100, 0, 950, 0)
    return glyph + bytes(-len(glyph) % 4)


def _sfnt(tables: dict[bytes, bytes]) -> bytes:
    head = struct.pack(">I4H", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64)
    at, body = len(head) + 16 * len(tables), b""
    for tag, table in tables.items():
        head += struct.pack(">4sIII", tag, 0, at + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return head + body


@cache
def lend_box_font() -> object:
    """Let PDFium take the box font where the machine has none for Chinese, Japanese or Korean; once a process.

    Returns what PDFium points at, which must outlive it (`cache` holds it).
    """
    own = raw.FPDF_GetDefaultSystemFontInfo()
    if not own:
        return None
    font = box_font()
    kept = ctypes.create_string_buffer(font, len(font))
    name = ctypes.addressof(kept)

    def choose(
        _: object, weight: int, italic: int, charset: int, pitch: int, face: object, exact: object
    ) -> int:
        found = own.contents.MapFont(own, weight, italic, charset, pitch, face, exact)
        return found or (name if charset in _ASIAN else 0)

    def copy(_: object, font: int, table: int, room: object, size: int) -> int:
        if font != name:
            return int(own.contents.GetFontData(own, font, table, room, size))
        if table:
            return 0
        if room and size >= len(kept):
            ctypes.memmove(room, kept, len(kept))  # type: ignore[arg-type]
        return len(kept)

    lent = raw.FPDF_SYSFONTINFO()
    lent.version = own.contents.version
    kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
    calls = {
        "Release": lambda _: None,
        "EnumFonts": lambda _, mapper: own.contents.EnumFonts(own, mapper),
        "MapFont": choose,
        "GetFont": lambda _, face: own.contents.GetFont(own, face) if own.contents.GetFont else 0,
        "GetFontData": copy,
        "GetFaceName": lambda _, font, room, size: (
            0 if font == name else own.contents.GetFaceName(own, font, room, size)
        ),
        "GetFontCharset": lambda _, font: 134 if font == name else own.contents.GetFontCharset(own, font),
        "DeleteFont": lambda _, font: None if font == name else own.contents.DeleteFont(own, font),
    }
    for call, answer in calls.items():
        setattr(lent, call, kinds[call](answer))
    raw.FPDF_SetSystemFontInfo(ctypes.byref(lent))
    return lent, own, kept
