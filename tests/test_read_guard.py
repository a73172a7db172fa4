"""A file that breaks the limits of parsing is set aside, and the next one is read."""

from __future__ import annotations

import zlib

import pytest

from miner.config import Config
from miner.model import Document
from miner.read import read_bytes

pytest.importorskip("resource")


def pdf(content: bytes) -> bytes:
    """Make a PDF of one page with this packed content."""
    packed = zlib.compress(content, 9)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (table, len(body))
    )


SOUND = pdf(b"BT /F 20 Tf 50 700 Td (CIIE opens today) Tj ET")


def read(data: bytes, config: Config | None = None) -> Document:
    (document,) = read_bytes(data, "a.pdf", config or Config())
    return document


def test_a_bomb_is_set_aside_and_the_next_file_is_read() -> None:
    bomb = pdf(b"q " * 30_000_000)
    assert len(bomb) < 100_000
    document = read(bomb, Config(max_parse_bytes=300 * 2**20))
    assert [problem.code for problem in document.problems] == ["too-much-memory"]
    assert read(SOUND).lines[0].text == "CIIE opens today"


def test_a_file_that_takes_too_long_is_set_aside() -> None:
    slow = pdf(b"BT /F 1 Tf " + b"(a) Tj 1 1 Td " * 600_000 + b"ET")
    document = read(slow, Config(max_parse_seconds=1))
    assert [problem.code for problem in document.problems] == ["too-slow"]
    assert read(SOUND).lines[0].text == "CIIE opens today"
