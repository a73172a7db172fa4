"""Which files are read, under which path, and what the path says."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from miner.config import DEFAULT_PATH_PATTERNS, Config
from miner.errors import ConfigError
from miner.model import Document
from miner.read import count_paths, read_bytes, read_paths
from miner.read.paths import PathFacts, iso_date, path_facts, printable

TEXT = "第六届进博会今天开幕。\n"


def read(*paths: Path | str, config: Config | None = None) -> list[Document]:
    """Read paths to the end."""
    return list(read_paths(paths, config or Config()))


def codes(documents: list[Document]) -> list[str]:
    """All problem codes in order."""
    return [problem.code for document in documents for problem in document.problems]


def put(path: Path, text: str = TEXT) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("path", "date", "page", "newspaper"),
    [
        ("2023-11-08/01版/x.txt", "2023-11-08", "1", None),
        ("20231108_A01.txt", "2023-11-08", "A01", None),
        ("20231108_03.txt", "2023-11-08", "3", None),
        ("2023-11-08.txt", "2023-11-08", None, None),
        ("2023年11月8日/第3版/开幕.txt", "2023-11-08", "3", None),
        ("2023.11.08-A12版.html", "2023-11-08", "A12", None),
        ("2023/11/08/x.txt", "2023-11-08", None, None),
        ("rmrb/pc/content/202412/25/content_30047.html", "2024-12-25", None, None),
        ("rmrb/pc/layout/202412/25/node_07.html", "2024-12-25", "7", None),
        ("rmrb/html/2019-11/06/nbs.D110000renmrb_01.htm", "2019-11-06", "1", None),
        ("rmrb/html/2019-11/06/nw.D110000renmrb_20191106_2-03.htm", "2019-11-06", "3", None),
        ("松江报/2022-11-07/02版.txt", "2022-11-07", "2", None),
        ("青浦日报/20221107/A2版/x.txt", "2022-11-07", "A2", "青浦日报"),
        ("解放日报_20181106_1.txt", "2018-11-06", "1", "解放日报"),
        ("rmrb_20251020.pdf", "2025-10-20", None, None),
        ("archive.zip/2021-11-05/A10/签约.txt", "2021-11-05", "A10", None),
        ("000_4516ce9fba4e5c4b.txt", None, None, None),
        ("L3/L3_20261_007.txt", None, None, None),
        ("2023-11-08-001.txt", "2023-11-08", None, None),
        ("2023-02-30.txt", None, None, None),
        ("13800138000.txt", None, None, None),
        ("20231399.txt", None, None, None),
        ("x.txt", None, None, None),
    ],
)
def test_default_patterns(path: str, date: str | None, page: str | None, newspaper: str | None) -> None:
    assert path_facts(path, DEFAULT_PATH_PATTERNS) == PathFacts(date, page, newspaper)


def test_own_patterns() -> None:
    patterns = (r"^(?P<newspaper>[a-z]+)-(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)-p(?P<page>\d+)",)
    assert path_facts("sjb-20231108-p04.txt", patterns) == PathFacts("2023-11-08", "4", "sjb")


def test_a_wrong_pattern_is_named(tmp_path: Path) -> None:
    put(tmp_path / "a.txt")
    with pytest.raises(ConfigError, match="path_patterns"):
        read(tmp_path, config=Config(path_patterns=("(",)))


def test_path_facts_reach_the_document_and_the_configuration_fills_the_rest() -> None:
    config = Config(newspaper="浦江日报", issue_date="2020-01-02")
    (dated,) = read_bytes(TEXT.encode(), "20231108_A01.txt", config)
    (plain,) = read_bytes(TEXT.encode(), "x.txt", config)
    assert (dated.newspaper, dated.issue_date, dated.page) == ("浦江日报", "2023-11-08", "A01")
    assert (plain.newspaper, plain.issue_date, plain.page) == ("浦江日报", "2020-01-02", None)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019年3月6日", "2019-03-06"),
        ("2019-03-06 10:00", "2019-03-06"),
        ("2019/3/6", "2019-03-06"),
        ("", None),
        ("20190306", "2019-03-06"),
        ("电话 2019036", None),
        ("2019-13-45", None),
        ("2019-2-30 又 2019-03-01", "2019-03-01"),
    ],
)
def test_iso_date(text: str, date: str | None) -> None:
    assert iso_date(text) == date


def test_a_folder_is_read_in_order_with_paths_below_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.txt", "a/1.txt", "c/d/e.txt"):
        put(tmp_path / name, name)
    documents = read(tmp_path)
    assert [document.path for document in documents] == ["a/1.txt", "a/2.txt", "b.txt", "c/d/e.txt"]
    assert count_paths([tmp_path]) == 4


def test_a_file_has_its_name_for_a_path(tmp_path: Path) -> None:
    assert [d.path for d in read(put(tmp_path / "a" / "b.txt"))] == ["b.txt"]


def test_globs_keep_what_differs(tmp_path: Path) -> None:
    for name in ("x/1.txt", "y/1.txt", "y/2.log", "z.txt"):
        put(tmp_path / name, name)
    assert [d.path for d in read(str(tmp_path / "*" / "*.txt"))] == ["x/1.txt", "y/1.txt"]
    assert [d.path for d in read(str(tmp_path / "**" / "*.txt"))] == ["x/1.txt", "y/1.txt", "z.txt"]
    assert [d.path for d in read(str(tmp_path / "*"))] == ["x/1.txt", "y/1.txt", "z.txt"]
    assert count_paths([str(tmp_path / "*")]) == 3


def test_a_name_that_looks_like_a_glob_but_exists(tmp_path: Path) -> None:
    assert [d.path for d in read(put(tmp_path / "[头版].txt"))] == ["[头版].txt"]


def test_hidden_files_and_sidecars_are_passed_over(tmp_path: Path) -> None:
    names = (
        ".hidden.txt",
        ".git/x.txt",
        "gold.json",
        "README.md",
        "page_files/ad.txt",
        "style.css",
        "ok.txt",
    )
    for name in names:
        put(tmp_path / name)
    assert [d.path for d in read(tmp_path)] == ["ok.txt"]


def test_a_sidecar_given_by_name_is_tried(tmp_path: Path) -> None:
    (markdown,) = read(put(tmp_path / "notes.md"))
    (table,) = read(put(tmp_path / "gold.json", "{}"))
    assert markdown.status == "ok"
    assert codes([table]) == ["no-columns"]


def test_a_folder_of_text_without_suffix(tmp_path: Path) -> None:
    assert [d.status for d in read(put(tmp_path / "a" / "page").parent)] == ["ok"]


@pytest.mark.parametrize("name", ["nothing", "empty", "nope/*.txt"])
def test_nothing_to_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (document,) = read(str(tmp_path / name))
    assert document.status == "failed"
    assert codes([document]) == ["nothing-readable" if name == "empty" else "missing"]
    assert name.split("/")[0] in document.problems[0].message


def test_a_folder_with_only_hidden_files(tmp_path: Path) -> None:
    put(tmp_path / ".x.txt")
    assert codes(read(tmp_path)) == ["nothing-readable"]


def test_no_permission_to_read_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.txt")
    put(tmp_path / "b.txt", "另一篇。")

    def refuse(file: str, mode: str = "r") -> object:
        if str(file).endswith("a.txt"):
            raise PermissionError(13, "Permission denied", str(file))
        return Path(file).open(mode)

    monkeypatch.setattr("builtins.open", refuse)
    documents = read(tmp_path)
    assert [(d.path, d.status) for d in documents] == [("a.txt", "failed"), ("b.txt", "ok")]
    assert codes(documents) == ["permission"]
    assert "chmod" in documents[0].problems[0].message


def test_no_permission_to_enter_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "locked" / "a.txt")
    put(tmp_path / "open.txt")
    listdir = os.listdir

    def refuse(path: str) -> list[str]:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return listdir(path)

    monkeypatch.setattr("os.listdir", refuse)
    assert [(d.path, d.status) for d in read(tmp_path)] == [("locked", "failed"), ("open.txt", "ok")]


def test_a_disk_error_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "a.txt")

    def fail(file: str, mode: str = "r") -> object:
        raise OSError(5, "Input/output error", str(file))

    monkeypatch.setattr("builtins.open", fail)
    assert codes(read(path)) == ["unreadable"]


def test_links_are_followed_once(tmp_path: Path) -> None:
    put(tmp_path / "a" / "x.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "file.txt").symlink_to(tmp_path / "a" / "x.txt")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone.txt")
    documents = read(tmp_path)
    assert [(d.path, d.status) for d in documents] == [
        ("a/x.txt", "ok"),
        ("dangling.txt", "failed"),
        ("file.txt", "ok"),
        ("self", "failed"),
    ]


def test_pipes_and_sockets_are_refused_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    listening = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(tmp_path)  # the names of sockets are short
    try:
        listening.bind("s.txt")
    finally:
        os.chdir(here)
        listening.close()
    assert codes(read(tmp_path)) == ["special-file", "special-file"]
    assert codes(read("/dev/null")) == ["special-file"]


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    for raw in ("头版.txt".encode("gb18030"), b"\xff\xfe\xfd.txt"):
        with open(os.path.join(os.fsencode(tmp_path), raw), "wb") as file:
            file.write(raw)
    paths = [d.path for d in read(tmp_path)]
    assert "头版.txt" in paths
    assert all(path.encode() for path in paths)
    assert printable("正常.txt") == "正常.txt"


def test_huge_files_are_refused_unread(tmp_path: Path) -> None:
    (document,) = read(put(tmp_path / "a.txt", "字" * 100), config=Config(max_document_bytes=64))
    assert codes([document]) == ["too-large"]
    assert "max_document_bytes" in document.problems[0].message


def test_skipping_is_asked_before_parsing(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", "甲")
    put(tmp_path / "b.txt", "乙")
    asked: list[tuple[str, str]] = []

    def skip(document_id: str, path: str) -> bool:
        asked.append((document_id, path))
        return path == "a.txt"

    documents = list(read_paths([tmp_path], Config(), skip=skip))
    assert [d.path for d in documents] == ["b.txt"]
    assert [path for _, path in asked] == ["a.txt", "b.txt"]
    assert asked[1][0] == documents[0].id


def test_the_same_bytes_twice_are_two_documents_of_one_identity(tmp_path: Path) -> None:
    put(tmp_path / "a.txt")
    put(tmp_path / "b.txt")
    first, second = read(tmp_path)
    assert first.id == second.id
    assert (first.path, second.path) == ("a.txt", "b.txt")


def test_what_cannot_be_opened_has_an_identity_of_its_own(tmp_path: Path) -> None:
    first, second = read(tmp_path / "x", tmp_path / "y")
    assert first.id != second.id
    assert len(first.id) == 64


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.doc"),
        (b"{\\rtf1 x}", "a.rtf"),
        (b"Rar!\x1a\x07", "a.rar"),
        (b"MIME-Version: 1.0\nSubject: x\n\nx", "a.eml"),
        (b"<?xml version='1.0'?><wml><card><p>x</p></card></wml>", "a.xml"),
        (b"<?xml version='1.0'?><TEI><p>x</p></TEI>", "a.txt"),
        (b"%!PS-Adobe-3.0", "a.ps"),
        (b"(\xb5/\xfd" + b"\0" * 60, "a.txt.zst"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 60, "a.mp4"),
        (b"ITSF" + b"\0" * 60, "a.chm"),
        (b"x", "a.eml"),
        (b"x", "a.wps"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.txt"),
    ],
)
def test_formats_that_are_not_read(data: bytes, name: str) -> None:
    (document,) = read_bytes(data, name, Config())
    assert codes([document]) == ["unsupported"]


def test_images_name_the_way_to_read_them() -> None:
    (document,) = read_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "scan.png", Config())
    assert codes([document]) == ["image"]
    assert "--ocr" in document.problems[0].message


def test_a_reader_that_fails_does_not_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.html", "<html><p>一二三</p></html>")
    put(tmp_path / "b.txt")

    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("miner.read.html.read_html", fail)
    documents = read(tmp_path)
    assert codes(documents) == ["reader-error"]
    assert "RecursionError" in documents[0].problems[0].message
    assert documents[1].status == "ok"


def test_counting_gives_up_where_it_takes_reading(tmp_path: Path) -> None:
    put(tmp_path / "a.txt")
    assert count_paths([tmp_path]) == 1
    assert count_paths([put(tmp_path / "rows.jsonl", "{}")]) is None
    assert count_paths([tmp_path / "nowhere"]) == 0
