"""Archives stream through; hostile ones are refused within bounds."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from miner.config import Config
from miner.errors import InputError
from miner.model import Document
from miner.read import count_paths, read_bytes, read_paths
from miner.read.archive import clean_name, is_hidden

A, B = "第一版:第六届进博会今天开幕。\n".encode(), "第二版:首批订单昨天签下。\n".encode()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(*members: tuple[str, bytes], mode: str = "w") -> bytes:
    """Make a tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read(data: bytes, path: str, config: Config | None = None) -> list[Document]:
    """Read bytes to the end."""
    return list(read_bytes(data, path, config or Config()))


def outline(documents: list[Document]) -> list[tuple[str, str]]:
    """Each document's path, and its first line or its first problem's code."""
    return [(d.path, d.lines[0].text if d.lines else d.problems[0].code) for d in documents]


WANT = [("a.zip/2023-11-08/01版/x.txt", A.decode().strip()), ("a.zip/b.txt", B.decode().strip())]


def test_zip() -> None:
    documents = read(zipped(("2023-11-08/01版/x.txt", A), ("b.txt", B)), "a.zip")
    assert outline(documents) == WANT
    assert (documents[0].issue_date, documents[0].page) == ("2023-11-08", "1")
    assert documents[0].id == read(A, "elsewhere.txt")[0].id


@pytest.mark.parametrize(
    ("mode", "name"),
    [("w", "a.tar"), ("w:gz", "a.tar.gz"), ("w:gz", "a.tgz"), ("w:xz", "a.tar.xz"), ("w:bz2", "a.tar.bz2")],
)
def test_tar(mode: str, name: str) -> None:
    documents = read(tarred(("x/a.txt", A), ("b.txt", B), mode=mode), name)
    assert outline(documents) == [
        (f"{name}/x/a.txt", A.decode().strip()),
        (f"{name}/b.txt", B.decode().strip()),
    ]


@pytest.mark.parametrize(
    ("pack", "suffix"), [(gzip.compress, ".gz"), (lzma.compress, ".xz"), (bz2.compress, ".bz2")]
)
def test_one_packed_file(pack: object, suffix: str) -> None:
    assert outline(read(pack(A), f"a.txt{suffix}")) == [(f"a.txt{suffix}", A.decode().strip())]  # type: ignore[operator]


def test_archives_are_known_by_their_bytes_whatever_their_name() -> None:
    assert outline(read(zipped(("b.txt", B)), "download")) == [("download/b.txt", B.decode().strip())]
    assert outline(read(zipped(("b.txt", B)), "x.txt")) == [("x.txt/b.txt", B.decode().strip())]


def test_archives_inside_archives() -> None:
    inner = tarred(("a.txt", A), mode="w:gz")
    documents = read(zipped(("2023/in.tar.gz", inner), ("b.txt", B)), "o.zip")
    assert [d.path for d in documents] == ["o.zip/2023/in.tar.gz/a.txt", "o.zip/b.txt"]


def test_html_and_json_lines_inside_an_archive() -> None:
    rows = b'{"headline": "A", "body": "B"}\n{"headline": "C", "body": "D"}\n'
    documents = read(zipped(("r.jsonl", rows), ("p.html", b"<html><p>x</p></html>")), "a.zip")
    assert [d.path for d in documents] == ["a.zip/r.jsonl#000001", "a.zip/r.jsonl#000002", "a.zip/p.html"]


def test_what_the_system_left_is_passed_over() -> None:
    members = [
        ("__MACOSX/._a.txt", b"x"),
        (".DS_Store", b"x"),
        ("a/.x.txt", A),
        ("gold.json", b"{}"),
        ("b.txt", B),
    ]
    assert [d.path for d in read(zipped(*members), "a.zip")] == ["a.zip/b.txt"]


def test_names_from_chinese_windows() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("XXXXXX.txt", A)
    data = out.getvalue().replace(b"XXXXXX", "第一版".encode("gbk"))
    assert [d.path for d in read(data, "a.zip")] == ["a.zip/第一版.txt"]


def test_tar_names_in_gbk() -> None:
    data = bytearray(tarred(("XXXX.txt", A)))
    raw = "头版".encode("gbk")
    data[:4] = raw
    data[148:156] = b"        "
    data[148:156] = f"{sum(data[:512]):06o}\0 ".encode()
    assert [d.path for d in read(bytes(data), "a.tar")] == ["a.tar/头版.txt"]


@pytest.mark.parametrize("name", ["../../etc/x.txt", "a/../../x.txt", "..\\x.txt", "/../x.txt"])
def test_names_that_climb_out_are_refused(name: str) -> None:
    documents = read(zipped((name, A), ("b.txt", B)), "a.zip")
    assert [d.status for d in documents] == ["failed", "ok"]
    assert documents[0].problems[0].code == "unsafe-name"


@pytest.mark.parametrize(
    ("name", "clean"),
    [("/a/b.txt", "a/b.txt"), ("C:\\x\\a.txt", "x/a.txt"), ("./a//b.txt", "a/b.txt"), ("a", "a")],
)
def test_absolute_names_become_relative(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_hidden_names() -> None:
    assert is_hidden("a/.b/c.txt")
    assert not is_hidden("a/b.c.txt")


def test_links_and_devices_in_a_tar() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("passwd.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        pipe = tarfile.TarInfo("pipe.txt")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(link)
        archive.addfile(pipe)
        info = tarfile.TarInfo("b.txt")
        info.size = len(B)
        archive.addfile(info, io.BytesIO(B))
    assert outline(read(out.getvalue(), "a.tar")) == [
        ("a.tar/passwd.txt", "special-file"),
        ("a.tar/pipe.txt", "special-file"),
        ("a.tar/b.txt", B.decode().strip()),
    ]


def test_a_member_that_needs_a_password() -> None:
    data = bytearray(zipped(("a.txt", A), ("b.txt", B)))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    documents = read(bytes(data), "a.zip")
    assert outline(documents) == [("a.zip/a.txt", "encrypted"), ("a.zip/b.txt", B.decode().strip())]


@pytest.fixture
def low_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small files count as bombs: large ones take long to pack."""
    monkeypatch.setattr("miner.read.archive._BOMB_FLOOR", 2**20)


@pytest.mark.usefixtures("low_floor")
def test_a_zip_bomb_is_refused_and_its_neighbours_are_read() -> None:
    bomb = zipped(("zeros.txt", b"0" * (3 * 2**20)), ("b.txt", B))
    assert outline(read(bomb, "a.zip")) == [
        ("a.zip/zeros.txt", "zip-bomb"),
        ("a.zip/b.txt", B.decode().strip()),
    ]


@pytest.mark.usefixtures("low_floor")
def test_a_packed_bomb_is_refused() -> None:
    for pack, name in ((gzip.compress, "a.txt.gz"), (lzma.compress, "a.txt.xz"), (bz2.compress, "a.txt.bz2")):
        assert outline(read(pack(b"0" * (3 * 2**20)), name)) == [(name, "zip-bomb")]  # type: ignore[operator]


@pytest.mark.usefixtures("low_floor")
def test_a_bomb_of_archives_is_refused() -> None:
    inner = zipped(("zeros.txt", b"0" * (2 * 2**20)))
    outer = zipped(*((f"{n}.zip", inner) for n in range(3)), ("b.txt", B))
    assert [code for _, code in outline(read(outer, "a.zip"))][:3] == ["zip-bomb"] * 3


def test_blanks_that_pack_well_are_no_bomb() -> None:
    (document,) = read(zipped(("a.txt", A + b" " * 2_000_000)), "a.zip")
    assert document.status == "ok"


def test_the_whole_budget_holds_over_members_and_levels() -> None:
    inner = zipped(
        *((f"{n}.txt", bytes(str(n), "ascii") * 50_000) for n in range(3)), method=zipfile.ZIP_STORED
    )
    outer = zipped(("1.zip", inner), ("2.zip", inner), method=zipfile.ZIP_STORED)
    documents = read(outer, "a.zip", Config(max_archive_bytes=400_000))
    assert documents[-1].problems[0].code == "archive-too-large"
    assert "max_archive_bytes" in documents[-1].problems[0].message
    assert sum(d.status == "ok" for d in documents) < 6


def test_too_many_members() -> None:
    data = zipped(*((f"{n}.txt", str(n).encode()) for n in range(20)))
    documents = read(data, "a.zip", Config(max_archive_members=7))
    assert [d.status for d in documents] == ["ok"] * 7 + ["failed"]
    assert documents[-1].problems[0].code == "too-many-members"


def test_thousands_of_members_stream() -> None:
    data = tarred(*((f"{n:05}.txt", f"第{n}篇".encode()) for n in range(3000)), mode="w:gz")
    documents = read_bytes(data, "a.tgz", Config())
    assert next(documents).path == "a.tgz/00000.txt"
    assert sum(1 for _ in documents) == 2999


@pytest.mark.parametrize("levels", [3, 4, 12])
def test_nesting(levels: int) -> None:
    data = A
    for level in range(levels):
        data = zipped((f"{level}.zip" if level else "a.txt", data))
    (document,) = read(data, "o.zip")
    assert document.status == ("ok" if levels <= 3 else "failed")
    if levels > 3:
        assert document.problems[0].code == "too-deep"


def test_a_huge_member_is_refused() -> None:
    documents = read(zipped(("a.txt", A * 10), ("b.txt", B)), "a.zip", Config(max_document_bytes=60))
    assert [code for _, code in outline(documents)] == ["too-large", B.decode().strip()]


@pytest.mark.parametrize("cut", [10, 40, 75, -30])
def test_truncated_zip(cut: int) -> None:
    (document,) = read(zipped(("a.txt", A * 3), ("b.txt", B))[:cut], "a.zip")
    assert outline([document]) == [("a.zip", "damaged-archive")]


def test_a_damaged_member_does_not_lose_the_others() -> None:
    data = bytearray(zipped(("a.txt", A * 9), ("b.txt", B)))
    at = data.index(b"a.txt") + 8
    data[at : at + 20] = b"\xff" * 20
    documents = read(bytes(data), "a.zip")
    assert outline(documents)[0] == ("a.zip/a.txt", "damaged-archive")
    assert outline(documents)[1] == ("a.zip/b.txt", B.decode().strip())


def test_truncated_tar_gz_keeps_what_came_before() -> None:
    noise = b"".join(hashlib.sha256(bytes([n % 256, n // 256])).hexdigest().encode() for n in range(4000))
    data = tarred(("b.txt", B), ("big.txt", noise), mode="w:gz")
    documents = read(data[: len(data) // 2], "a.tgz")
    assert outline(documents)[0] == ("a.tgz/b.txt", B.decode().strip())
    assert documents[-1].problems[0].code == "damaged-archive"


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz", "a.gz", "a.xz"])
def test_no_archive_at_all(name: str) -> None:
    assert outline(read(b"no archive", name)) == [(name, "damaged-archive")]


def test_an_empty_archive_file() -> None:
    assert outline(read(b"", "a.zip")) == [("a.zip", "empty")]


def test_office_files_are_no_archives() -> None:
    data = zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<w/>"))
    assert outline(read(data, "a.docx")) == [("a.docx", "unsupported")]


def test_counting_zip_members(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(("a.txt", A), ("b.txt", B), (".x", b""), ("gold.json", b"")))
    assert count_paths([path]) == 2
    assert len(list(read_paths([path], Config()))) == 2
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    assert count_paths([tmp_path / "broken.zip"]) == 1


def test_errors_of_names_are_input_errors() -> None:
    with pytest.raises(InputError):
        clean_name("..")


def test_a_member_without_a_name_does_not_stop_its_neighbours() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", A)
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = ""
        packed.writestr(info, B)
        packed.writestr("c.txt", A)
    found = outline(read(out.getvalue(), "a.zip"))
    assert [text for _, text in found] == [A.decode().strip(), B.decode().strip(), A.decode().strip()]
    assert found[1][0] == "a.zip/无名2"


def test_counting_what_is_in_a_malformed_zip(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.txt", A)))
    at = data.index(b"PK\x01\x02")
    data[at + 6 : at + 8] = b"\xff\xff"  # the version that is needed to read it
    (tmp_path / "a.zip").write_bytes(data)
    assert count_paths([tmp_path]) == 1
    assert [document.problems[0].code for document in read_paths([tmp_path], Config())] == ["damaged-archive"]


def test_what_stands_behind_a_gzip_file_does_not_cost_the_file() -> None:
    packed = gzip.compress(A)
    assert outline(read(packed + b"trailing junk", "a.txt.gz")) == [("a.txt.gz", A.decode().strip())]
    twice = read(packed + gzip.compress(B) + b"\xff" * 600, "a.txt.gz")
    assert [line.text for line in twice[0].lines] == [A.decode().strip(), B.decode().strip()]
    broken = bytearray(packed)
    broken[-6] ^= 1
    assert outline(read(bytes(broken), "a.txt.gz")) == [("a.txt.gz", "damaged-archive")]


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_claimed_size_is_not_waited_for(kind: bytes) -> None:
    info = tarfile.TarInfo("b.txt")
    info.size, info.type = 10**15, kind
    blocks = tarred(("a.txt", A))[:1024] + info.tobuf() + b"\0" * 8192
    found = outline(read(blocks, "a.tar"))
    assert found[0] == ("a.tar/a.txt", A.decode().strip())
    assert [code for _, code in found[1:]] <= ["damaged-archive", "too-large"]
    assert read(gzip.compress(blocks), "a.tar.gz")[0].path == "a.tar.gz/a.txt"


def test_control_characters_in_names_are_shown_and_not_obeyed() -> None:
    (document,) = read(zipped(("a\x1b[2J\u202e.txt", A)), "a.zip")
    assert document.path == "a.zip/a\\x1b[2J\\u202e.txt"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("big5", "浦江時報/2022-11-06/A12/展覽開幕簽約.txt"),
        ("gbk", "浦江时报/2022-11-06/A12/签约仪式在馆里举行.txt"),
        ("shift_jis", "浦江時報/2022-11-06/A12/きょうの展示会.txt"),
        ("utf-8", "浦江時報/2022-11-06/A12/開幕.txt"),
    ],
)
def test_names_without_the_flag_for_utf8(encoding: str, name: str) -> None:
    raw = name.encode(encoding)
    data = zipped(("x" * len(raw), A)).replace(b"x" * len(raw), raw)
    (document,) = read(data, "a.zip")
    assert document.path == f"a.zip/{name}"
    assert (document.issue_date, document.page) == ("2022-11-06", "A12")
    assert encoding == "gbk" or document.newspaper == "浦江時報"


def test_a_directory_of_members_that_are_not_there() -> None:
    """Directories pack well: few bytes may list millions of members."""
    listed = b"PK\x03\x04" + (b"PK\x01\x02" + bytes(42)) * 12_000
    inner = listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 12_000, 12_000, len(listed) - 4, 0, 0)
    found = read(zipped(("a.zip", inner), ("b.txt", A)), "x.zip", Config(max_archive_members=500))
    assert outline(found) == [("x.zip/a.zip", "too-many-members"), ("x.zip/b.txt", A.decode().strip())]
