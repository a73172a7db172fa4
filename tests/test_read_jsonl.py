"""JSON lines: one article a row."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

import pytest

from miner.config import Config
from miner.model import Document
from miner.read import read_bytes, read_paths

ROW = {
    "date": "2022-11-07",
    "headline": "进口啤酒上了早市",
    "body": "昨天清晨，静安寺旁的早市摆出了进口啤酒。\n摊主说是试销。",
}


def read(*rows: object, path: str = "news.jsonl", config: Config | None = None) -> list[Document]:
    """Read rows given as objects."""
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    return list(read_bytes(data, path, config or Config()))


def test_a_row_is_an_article() -> None:
    (document,) = read(ROW)
    assert document.path == "news.jsonl#000001"
    assert document.layout == "markup"
    assert document.issue_date == "2022-11-07"
    assert document.media_type == "application/json"
    assert [(line.number, line.role, line.story, line.source_line) for line in document.lines] == [
        (1, "headline", 0, 1),
        (2, "body", 0, 1),
        (3, "body", 0, 1),
    ]
    assert document.lines[2].text == "摊主说是试销。"


def test_all_fields() -> None:
    row = ROW | {
        "kicker": "早市",
        "subtitle": "试销一周",
        "author": ["林晓", "陈一"],
        "url": "https://example.com/1",
    }
    (document,) = read(row | {"newspaper": "静安报", "page": 3})
    assert [line.role for line in document.lines] == [
        "kicker",
        "headline",
        "subtitle",
        "byline",
        "byline",
        "body",
        "body",
    ]
    assert (document.newspaper, document.page, document.url) == ("静安报", "3", "https://example.com/1")
    assert document.author == "林晓\n陈一"


def test_other_names_and_their_rank() -> None:
    (document,) = read({"title": "A", "正文": "B", "text": "C"})
    assert [line.text for line in document.lines] == ["A", "C"]
    config = Config(fields=("headline=h", "body=b"))
    assert [line.text for line in read({"h": "X", "b": "Y", "body": "Z"}, config=config)[0].lines] == [
        "X",
        "Y",
    ]


def test_without_a_headline_no_line_is_taken_for_one() -> None:
    (document,) = read({"body": "只有正文。"})
    assert [line.role for line in document.lines] == ["body"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_rows(pack: object, tmp_path: Path) -> None:
    data = b"\n".join(json.dumps(ROW | {"n": n}).encode() for n in range(3)) + b"\n"
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(pack(data))  # type: ignore[operator]
    assert [d.path for d in read_paths([path], Config())] == [f"news.jsonl.gz#00000{n}" for n in (1, 2, 3)]


def test_blank_rows_count_but_are_no_documents() -> None:
    data = b"\xef\xbb\xbf" + json.dumps(ROW).encode() + b"\r\n\r\n" + json.dumps(ROW | {"x": 1}).encode()
    assert [d.path for d in read_bytes(data, "a.ndjson", Config())] == ["a.ndjson#000001", "a.ndjson#000003"]


@pytest.mark.parametrize(
    ("row", "code"), [("{broken", "bad-row"), ("[1, 2]", "bad-row"), ('{"a": 1}', "no-body")]
)
def test_a_bad_row_does_not_lose_the_others(row: str, code: str) -> None:
    data = f"{json.dumps(ROW)}\n{row}\n{json.dumps(ROW | {'x': 2})}\n".encode()
    documents = list(read_bytes(data, "a.jsonl", Config()))
    assert [d.status for d in documents] == ["ok", "failed", "ok"]
    assert documents[1].problems[0].code == code
    assert "2" in documents[1].problems[0].message


def test_deeply_nested_rows_are_refused() -> None:
    data = b'{"body": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    (document,) = read_bytes(data, "a.jsonl", Config())
    assert document.status == "failed"


def test_text_that_only_claims_to_be_json_lines() -> None:
    (document,) = read_bytes("第六届进博会开幕\n".encode(), "a.jsonl", Config())
    assert document.media_type == "text/plain"


def test_rows_in_gb18030() -> None:
    data = json.dumps(ROW, ensure_ascii=False).encode("gb18030")
    (document,) = read_bytes(data, "a.jsonl", Config())
    assert document.lines[0].text == ROW["headline"]


def test_lone_surrogates_and_nul_are_made_storable() -> None:
    (document,) = read_bytes(rb'{"body": "a\ud83d b\u0000c"}', "a.jsonl", Config())
    assert document.lines[0].text == "a� b�c"


def test_rows_take_date_and_page_from_the_path_of_their_file() -> None:
    (document,) = read({"body": "B"}, path="2023-11-08/02版/a.jsonl")
    assert (document.issue_date, document.page) == ("2023-11-08", "2")


def test_the_identity_is_that_of_the_row() -> None:
    first, second, third = read(ROW, ROW, {"body": "B"})
    assert first.id == second.id != third.id


def test_rows_stream_whatever_the_size_of_the_file() -> None:
    row = json.dumps(ROW).encode() + b"\n"
    documents = list(read_bytes(row * 20, "a.jsonl", Config(max_document_bytes=len(row) + 5)))
    assert len(documents) == 20
    (large,) = read_bytes(row, "a.jsonl", Config(max_document_bytes=20))
    assert large.problems[0].code == "too-large"
