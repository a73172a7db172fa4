"""A file that breaks the limits of parsing is set aside, and the next one is read."""

from __future__ import annotations

import bz2
import io
import json
import lzma
import os
import zipfile
import zlib

import pytest

from miner.config import Config
from miner.model import Document
from miner.read import archive, documents, guard, read_bytes

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


def codes(data: bytes, path: str, config: Config | None = None) -> list[str]:
    """The first problem of each document, or that it was read."""
    found = read_bytes(data, path, config or Config())
    return [document.problems[0].code if document.problems else document.status for document in found]


@pytest.mark.parametrize(
    ("page", "guards"),
    [
        (b"<p>\xe5\xbc\x80\xe5\xb9\x95</p>" * 100, False),
        (b"<b>" * 9000, True),
        (b"<p>" + b"a" * 2**21, True),
    ],
    ids=["small", "many elements", "large"],
)
def test_a_page_that_takes_room_is_parsed_by_the_child(
    page: bytes, guards: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def guarded(job: object, config: Config) -> Document:
        asked.append(1)
        return Document("0", "a.html", "text/html", None, 0)

    monkeypatch.setattr(documents, "guarded", guarded)
    list(read_bytes(b"<html><body>" + page, "a.html", Config()))
    assert bool(asked) == guards


def shared_strings(text: str, rows: int) -> bytes:
    """Make a workbook whose rows all show one long text, which the file holds once."""
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["标题", "正文"])
    for _ in range(rows):
        book.active.append(["题", text])
    book.save(out)
    return out.getvalue()


def test_a_workbook_that_unpacks_without_bound_is_cut_off() -> None:
    bomb = shared_strings("进博会," * 8000, 400)
    found = codes(bomb, "a.xlsx", Config(max_archive_ratio=50))
    assert set(found[:-1]) == {"ok"} and len(found) < 300 and found[-1] == "zip-bomb"


def test_rows_do_not_pile_up_and_leave_nothing_behind(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard.tempfile, "tempdir", str(tmp_path))
    rows = json.dumps([{"title": "题", "content": "开幕" * 1000}] * 3000).encode()
    found = guard.rows_guarded(rows, "json", Config(), strict=True)
    assert json.loads(next(found))["title"] == "题"
    assert os.listdir(str(tmp_path))
    assert sum(1 for _ in found) == 2999
    assert not os.listdir(str(tmp_path))


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("path", "pack"), [("a.txt.bz2", bz2.compress), ("a.txt.xz", lzma.compress), ("a.zip", zipped)]
)
def test_a_bomb_is_unpacked_piece_by_piece(path: str, pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file that unpacks without end no more is unpacked than tells it."""
    given: list[int] = []
    readinto = archive._Metered.readinto

    def heard(self: archive._Metered, buffer: memoryview) -> int:
        given.append(readinto(self, buffer))
        return given[-1]

    monkeypatch.setattr(archive._Metered, "readinto", heard)
    bomb = pack(b"\0" * (64 * 2**20))  # type: ignore[operator]
    assert codes(bomb, path, Config(max_archive_ratio=20)) == ["zip-bomb"]
    assert max(given) <= 2**20 and sum(given) <= 17 * 2**20


def test_a_child_that_dies_in_the_midst_of_its_answer_is_replaced() -> None:
    assert read(SOUND).status == "ok"
    for child in guard._CHILD.values():
        child.kill()
        child.wait()
    assert read(SOUND).status == "ok"


@pytest.mark.parametrize(
    "more", [b"a: b\r\n" * 200_000, b"a: b\r\n" + b" b\r\n" * 200_000, b"a: " + b"b" * 2_000_000]
)
def test_headers_without_end_are_not_gathered(more: bytes) -> None:
    assert codes(b"WARC/1.0\r\nWARC-Type: response\r\n" + more + b"\r\n\r\n", "a.warc") == ["damaged-archive"]


def test_a_web_archive_without_pages_is_empty() -> None:
    assert codes(b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 2\r\n\r\nab\r\n\r\n", "a.warc") == [
        "empty"
    ]
