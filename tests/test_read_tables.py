"""Tables of articles in every arrangement give the same documents; what is no article is refused with a hint."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from miner.config import Config
from miner.errors import ConfigError
from miner.model import Document
from miner.read import check_reading, read_bytes, read_paths

ROWS: list[dict[str, Any]] = [
    {
        "标题": "松江签下备忘录",
        "正文": "昨天签的约。\n明年春天开工。",
        "发布时间": "2022-11-07 09:12",
        "来源": "浦江日报",
    },
    {
        "标题": "青浦再升级",
        "正文": "“服务不打烊”，中心负责人说。",
        "发布时间": "2022-11-08",
        "来源": "青浦报",
    },
]
WANT = [
    ("松江签下备忘录", ["昨天签的约。", "明年春天开工。"], "2022-11-07", "浦江日报"),
    ("青浦再升级", ["“服务不打烊”，中心负责人说。"], "2022-11-08", "青浦报"),
]


def as_csv(delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return out.getvalue().encode(encoding)


def as_xlsx() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(list(ROWS[0]))
    for row in ROWS:
        book.active.append(list(row.values()))
    book.save(out)
    return out.getvalue()


def as_sqlite(path: Path, table: str = "新闻") -> bytes:
    connection = sqlite3.connect(path)
    names = ", ".join(f'"{name}"' for name in ROWS[0])
    connection.execute(f'create table "{table}" (id integer primary key, {names})')
    connection.executemany(
        f'insert into "{table}" ({names}) values (?, ?, ?, ?)', [list(row.values()) for row in ROWS]
    )
    connection.commit()
    connection.close()
    return path.read_bytes()


def as_parquet() -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), out)
    return out.getvalue()


def dumped(value: object, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def read(data: bytes, path: str, config: Config | None = None) -> list[Document]:
    return list(read_bytes(data, path, config or Config()))


def outline(documents: list[Document]) -> list[tuple[str, list[str], str | None, str | None]]:
    return [
        (
            next(line.text for line in found.lines if line.role == "headline"),
            [line.text for line in found.lines if line.role == "body"],
            found.issue_date,
            found.newspaper,
        )
        for found in documents
    ]


def codes(documents: list[Document]) -> list[str]:
    return [problem.code for document in documents for problem in document.problems]


@pytest.mark.parametrize("path", ["a.json", "a.jsonl", "a.ndjson"])
@pytest.mark.parametrize(
    "data",
    [
        dumped(ROWS),
        dumped(ROWS, 2),
        b"\n".join(dumped(row) for row in ROWS),
        b"\n".join(dumped(row, 2) for row in ROWS),
        dumped({"total": 2, "data": ROWS}, 1),
        b"\xef\xbb\xbf" + dumped(ROWS),
    ],
)
def test_json_in_any_arrangement(path: str, data: bytes) -> None:
    documents = read(data, path)
    assert outline(documents) == WANT
    assert documents[1].path == f"{path}#000002"


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8-sig"), ("\t", "gb18030"), (";", "utf-16"), ("|", "utf-8")]
)
def test_csv(delimiter: str, encoding: str) -> None:
    assert outline(read(as_csv(delimiter, encoding), "a.csv")) == WANT


def test_xlsx_sqlite_and_parquet(tmp_path: Path) -> None:
    assert outline(read(as_xlsx(), "a.xlsx")) == WANT
    assert outline(read(as_sqlite(tmp_path / "a.db"), "a.db")) == WANT
    assert outline(read(as_sqlite(tmp_path / "b.db"), "named.txt")) == WANT
    assert outline(read(as_parquet(), "a.parquet")) == WANT


def test_a_row_is_one_document_whatever_table_holds_it(tmp_path: Path) -> None:
    ids = [
        [document.id for document in read(data, path)]
        for data, path in ((as_csv(), "a.csv"), (as_xlsx(), "b.xlsx"))
    ]
    assert ids[0] == ids[1]


def test_tables_inside_archives_and_packed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("2022/新闻.csv", as_csv())
        packed.writestr("meta.json", b'{"made": "2022"}')
        packed.writestr("表.xlsx", as_xlsx())
    documents = read(out.getvalue(), "a.zip")
    assert [document.path for document in documents[:2]] == [
        "a.zip/2022/新闻.csv#000001",
        "a.zip/2022/新闻.csv#000002",
    ]
    assert outline(documents) == WANT * 2
    assert outline(read(gzip.compress(as_csv()), "a.csv.gz")) == WANT


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"name,phone\nA,1\n", "a.csv"),
        (b'{"a": 1}', "a.json"),
        (b"[1, 2]", "a.json"),
        (b"[]", "a.jsonl"),
        (b"a,b\n", "a.tsv"),
    ],
)
def test_what_is_no_table_of_articles_is_refused_when_named_and_passed_over_when_found(
    data: bytes, path: str, tmp_path: Path
) -> None:
    (document,) = read(data, path)
    assert codes([document]) == ["no-columns"]
    assert "--fields" in document.problems[0].message
    (tmp_path / path).write_bytes(data)
    (tmp_path / "b.txt").write_text("进博会开幕", "utf-8")
    assert [found.path for found in read_paths([tmp_path], Config())] == ["b.txt"]


def test_what_belongs_to_a_story_beside_it_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("进博会开幕", "utf-8")
    (tmp_path / "a.json").write_bytes(dumped(ROWS))
    assert [found.path for found in read_paths([tmp_path], Config())] == ["a.txt"]


def test_columns_with_names_of_their_own() -> None:
    data = "编号,报道,大名\n1,昨天签的约。,备忘录\n".encode()
    assert codes(read(data, "a.csv")) == ["no-columns"]
    (document,) = read(data, "a.csv", Config(fields=("body=报道", "headline=大名")))
    assert [line.text for line in document.lines] == ["备忘录", "昨天签的约。"]
    with pytest.raises(ConfigError):
        check_reading(Config(fields=("text=报道",)))
    with pytest.raises(ConfigError):
        check_reading(Config(encoding="gbq"))


@pytest.mark.parametrize(
    ("stated", "day"),
    [(1667783520, "2022-11-07"), (1667783520000, "2022-11-07"), ("1667783520.5", "2022-11-07"), ("2022年11月7日", "2022-11-07"),
     ({"$date": "2022-11-07T01:12:00Z"}, "2022-11-07"), (None, None), ("NULL", None), ("昨天", None)],
)  # fmt: skip
def test_dates_of_rows(stated: object, day: str | None) -> None:
    (document,) = read(dumped([{"title": "A", "content": "昨天签的约。", "date": stated}]), "a.json")
    assert document.issue_date == day


def test_html_lists_objects_and_nothing_in_a_body() -> None:
    markup = "<div><p>昨天签的约。</p><p><b>明年开工</b></p><script>var a</script></div>"
    for body, want in (
        (markup, ["昨天签的约。", "明年开工"]),
        (["昨天签的约。", None, "明年开工"], ["昨天签的约。", "明年开工"]),
        ({"rendered": markup}, ["昨天签的约。", "明年开工"]),
    ):
        (document,) = read(dumped([{"title": "A", "content": body}]), "a.json")
        assert [line.text for line in document.lines[1:]] == want
    for nothing in (None, "NULL", "nan", "——。。。", [], "<p></p>"):
        assert codes(read(dumped([{"title": "A", "content": nothing, "date": 1}]), "a.json")) == ["no-body"]


def test_our_own_database_is_no_source(tmp_path: Path) -> None:
    path = tmp_path / "expo.db"
    connection = sqlite3.connect(path)
    for table in ("documents", "articles", "mentions", "judgements"):
        connection.execute(f"create table {table} (id, title, body, date)")
    connection.commit()
    connection.close()
    assert codes(read(path.read_bytes(), "expo.db")) == ["own-database"]
    (tmp_path / "a.txt").write_text("进博会开幕", "utf-8")
    assert [found.path for found in read_paths([tmp_path], Config())] == ["a.txt"]


@pytest.mark.parametrize("path", ["a.xlsx", "a.db", "a.parquet", "a.json", "a.csv"])
def test_damaged_tables_are_told(path: str) -> None:
    data = {"a.xlsx": as_xlsx, "a.json": lambda: dumped(ROWS), "a.parquet": as_parquet}.get(
        path, lambda: b"SQLite format 3\0" + bytes(90)
    )()
    documents = read(data[: len(data) * 2 // 3], path)
    assert documents[-1].status == "failed"
    assert codes(documents)[-1] in ("damaged-table", "no-columns")


@pytest.mark.parametrize("packed", [False, True])
def test_pages_of_a_web_archive(packed: bool) -> None:
    warcio = pytest.importorskip("warcio.warcwriter")
    from warcio.statusandheaders import StatusAndHeaders

    out = io.BytesIO()
    writer = warcio.WARCWriter(out, gzip=packed)
    page = "<html><head><title>松江签约</title></head><body><h1>松江签约</h1><p>昨天，松江区签下一份备忘录，明年春天开工。</p></body></html>"
    for url, kind, status in (
        ("https://news.example/2022-11/07/1.html", "text/html; charset=utf-8", "200 OK"),
        ("https://news.example/a.css", "text/css", "200 OK"),
        ("https://news.example/gone.html", "text/html", "404 Not Found"),
    ):
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.0")
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=io.BytesIO(page.encode()), http_headers=headers
            )
        )
    (document,) = read(out.getvalue(), "web.warc.gz" if packed else "web.warc")
    assert document.url == "https://news.example/2022-11/07/1.html"
    assert document.issue_date == "2022-11-07"
    assert [line.role for line in document.lines] == ["headline", "body"]
    assert document.path.endswith("#000001")


def test_an_encoding_that_somebody_knows() -> None:
    (document,) = read("進博會".encode("big5"), "a.txt", Config(encoding="big5"))
    assert (document.encoding, document.lines[0].text) == ("big5", "進博會")


RARE = "龘靐齉爩，鱻麤龗灪吁。"
"""Characters that no frequency tells anything about."""


@pytest.mark.parametrize("path", ["a.csv", "a.tsv", "a.json", "a.jsonl"])
@pytest.mark.parametrize("encoding", ["gb18030", "gbk"])
def test_an_encoding_that_somebody_knows_holds_for_tables(path: str, encoding: str) -> None:
    if path.endswith("sv"):
        data = f"标题,正文\n题,{RARE * 3}\n".replace(",", "," if path == "a.csv" else "\t")
    else:
        data = json.dumps({"标题": "题", "正文": RARE * 3}, ensure_ascii=False)
    wrong = data.encode("gb18030")
    (document,) = read(wrong, path, Config(encoding="gb18030"))
    assert [line.text for line in document.lines] == ["题", RARE * 3]


def test_an_encoding_that_somebody_knows_leaves_other_tables_alone(tmp_path: Path) -> None:
    for path, data in (("a.xlsx", as_xlsx()), ("a.db", as_sqlite(tmp_path / "a.db"))):
        documents = read(data, path, Config(encoding="big5"))
        assert [document.lines[0].text for document in documents] == [headline for headline, *_ in WANT]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("path", ["a.jsonl", "a.json", "a.csv"])
def test_encodings_of_tables(path: str, encoding: str) -> None:
    rows = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    data = as_csv(encoding=encoding) if path == "a.csv" else rows.encode(encoding)
    assert [document.lines[0].text for document in read(data, path)] == [headline for headline, *_ in WANT]
