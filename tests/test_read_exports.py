"""Files as programs put them out and people keep them: exports, tables with titles, text under other names, codes left in text."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import urllib.parse
import zipfile
from pathlib import Path

import pytest

from miner.config import Config
from miner.model import Document
from miner.read import read_bytes, read_paths

HEAD = "滨江交易团签下首单"
BODY = (
    "第六届进博会今天在上海开幕,滨江交易团在四号馆签下首单,采购额达三千二百万美元,比去年增长两成。",
    "“我们已经订好了明年的展位。”北岛乳业总经理林岚说,公司还打算在滨江设一个冷链仓库,服务周边城市。",
    "闭馆之前,签约区仍有十几位采购商排队等候,工作人员加开了两张签约台,方便客商办理手续。",
)
TEXT = "\n".join((HEAD, *BODY))
MARKUP = "".join(f"<p>{text}</p>" for text in BODY)


def read(data: bytes | str, path: str) -> list[Document]:
    return list(read_bytes(data if isinstance(data, bytes) else data.encode(), path, Config()))


def texts(document: Document, role: str = "body") -> tuple[str, ...]:
    return tuple(line.text for line in document.lines if (line.role or "body") == role)


def codes(documents: list[Document]) -> list[str]:
    return [problem.code for document in documents for problem in document.problems]


def rows(documents: list[Document]) -> list[tuple[str, str, str | None, str | None]]:
    """Headline, body, day and newspaper of the documents that were read."""
    return [
        ("".join(texts(one, "headline")), "\n".join(texts(one)), one.issue_date, one.newspaper)
        for one in documents
        if one.status == "ok"
    ]


ROW = (HEAD, BODY[0], "2023-11-05", "滨江日报")


def one_row(**names: object) -> dict[str, object]:
    return {**names, "title": HEAD, "content": BODY[0], "date": "2023-11-05", "source": "滨江日报"}


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 0, "data": {"total": 1, "list": [one_row()]}},
        {"hits": {"hits": [{"_id": "1", "_source": one_row()}]}},
        {"a1": one_row(), "a2": {"note": "x", **one_row()}},
        {name: [value] * 2 for name, value in one_row().items()},
        {name: {"0": value, "1": value} for name, value in one_row().items()},
        {"columns": [*one_row()], "index": [0], "data": [[*one_row().values()]]},
    ],
    ids=["answer", "search engine", "by keys", "by columns", "data frame", "split data frame"],
)
def test_articles_lie_anywhere_in_json(answer: object) -> None:
    found = rows(read(json.dumps(answer, ensure_ascii=False), "a.json"))
    assert found and set(found) == {ROW}


@pytest.mark.parametrize("times", [1, 2])
def test_escaped_html_in_a_row_is_html(times: int) -> None:
    body, head = MARKUP, f"<em>滨江</em>{HEAD[2:]}"
    for _ in range(times):
        body, head = (text.replace("&", "&amp;").replace("<", "&lt;") for text in (body, head))
    (document,) = read(json.dumps([{"title": head, "content": body}]), "a.json")
    assert (texts(document, "headline"), texts(document)) == ((HEAD,), BODY)


def test_entities_in_a_row_are_characters() -> None:
    (document,) = read(
        json.dumps([{"title": "&ldquo;首单&rdquo;", "content": "滨江&nbsp;签下&#8212;首单"}]), "a.json"
    )
    assert (texts(document, "headline"), texts(document)) == (("“首单”",), ("滨江\xa0签下—首单",))


def test_of_a_name_that_comes_twice_what_is_not_empty_is_kept() -> None:
    data = f'[{{"title":"{HEAD}","content":"{BODY[0]}","content":""}}]'
    assert [found[1] for found in rows(read(data, "a.json"))] == [BODY[0]]
    assert [found[1] for found in rows(read(data[1:-1], "a.jsonl"))] == [BODY[0]]


def test_a_damaged_array_gives_what_is_whole() -> None:
    row = json.dumps(one_row(), ensure_ascii=False)
    assert rows(read(f"[{row},{row},]", "a.json")) == [ROW, ROW]
    cut = read(f"[{row},{row},{row[:40]}", "a.json")
    assert (rows(cut), codes(cut)) == ([ROW, ROW], ["damaged-table"])
    assert rows(read(f"{row},\n{row}", "a.jsonl")) == [ROW, ROW]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ({"$date": {"$numberLong": "1699180000000"}}, "2023-11-05"),
        ("2023/11/5 8:00", "2023-11-05"),
        (45235, "2023-11-05"),
        ("45235.5", "2023-11-05"),
        (2023, None),
    ],
)
def test_days_as_programs_write_them(value: object, day: str | None) -> None:
    (document,) = read(json.dumps([{"title": HEAD, "content": BODY[0], "date": value}]), "a.json")
    assert document.issue_date == day


def workbook(*sheet: list[object], name: str = "a.xlsx") -> list[Document]:
    openpyxl = pytest.importorskip("openpyxl")
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in sheet:
        book.active.append(row)
    book.save(out)
    return read(out.getvalue(), name)


NAMES: list[object] = ["序号", "标题", "见报日期", "媒体名称", "正文内容"]
CELLS: list[object] = [1, HEAD, datetime.date(2023, 11, 5), "滨江日报", BODY[0]]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.xls", "a.txt", "a"])
def test_a_workbook_with_a_title_above_its_columns_whatever_its_name(name: str) -> None:
    found = workbook(["进博会报道汇总表"], ["制表:滨江", None, "2023-11-30"], [], NAMES, CELLS, name=name)
    assert rows(found) == [ROW]


def test_a_table_without_rows_is_empty() -> None:
    for found in (workbook(NAMES), read("标题,正文\n", "a.csv"), read("标题,正文\n,\n", "a.csv")):
        assert codes(found) == ["empty"]


@pytest.mark.parametrize("before", ["", "sep=;\r\n", "导出时间;2023-12-01\r\n检索词;进博会\r\n\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_table_behind_what_programs_put_before_it(before: str, encoding: str) -> None:
    table = f"{before}标题;日期;来源;正文\r\n{HEAD};2023-11-05;滨江日报;{BODY[0]}\r\n"
    assert rows(read(table.encode(encoding), "a.csv")) == [ROW]


@pytest.mark.parametrize("name", ["a.txt", "a", "a.xls"])
@pytest.mark.parametrize("mark", ["\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_table_under_the_name_of_text(name: str, mark: str, encoding: str) -> None:
    lines = (["标题", "日期", "来源", "正文"], (HEAD, "2023-11-05", "滨江日报", f'"{BODY[0]}"'))
    assert rows(read("\n".join(map(mark.join, lines)).encode(encoding), name)) == [ROW]


def test_running_text_is_no_table() -> None:
    for text in (
        f"标题,党报的正文\n{BODY[0]}",
        f"来源:网,正文如下,请看。\n{BODY[1]}",
        f"【本报讯】{BODY[0]}\n【正文】{BODY[1]}",
    ):
        (document,) = read(text, "a.txt")
        assert document.path == "a.txt" and [line.text for line in document.lines] == text.split("\n")


def test_a_page_that_calls_itself_a_workbook() -> None:
    cells = "".join(f"<td>{cell}</td>" for cell in (HEAD, "2023-11-05", "滨江日报", BODY[0]))
    page = f"<html xmlns:x='urn:x'><body><table><tr><th colspan=4>汇总</th></tr><tr><td>标题<td>日期<td>来源<td>正文</tr><tr>{cells}</tr></table>"
    assert rows(read(page, "a.xls")) == [ROW]
    assert codes(read("<html><table><tr><td>价格</td></tr></table>", "a.xls")) == ["unsupported"]
    assert codes(read(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xls")) == ["unsupported"]


def test_records_behind_labels() -> None:
    database = f"<REC>\r\n<标题>={HEAD}\r\n<日期>=2023.11.05\r\n<来源>=滨江日报\r\n<正文>={BODY[0]}\r\n{BODY[1]}\r\n<REC>\r\n<标题>=二\r\n<正文>={BODY[2]}\r\n"
    service = f"【标题】{HEAD}\n【日期】2023-11-05\n【来源】滨江日报\n【正文】{BODY[0]}\n{BODY[1]}\n\n【标题】二\n【正文】{BODY[2]}\n"
    for data, path in ((database.encode("gbk"), "a.trs"), (service.encode(), "a.txt")):
        first, second = rows(read(data, path))
        assert first == (HEAD, f"{BODY[0]}\n{BODY[1]}", "2023-11-05", "滨江日报")
        assert second == ("二", BODY[2], None, None)


@pytest.mark.parametrize("path", ["a.json", "a.csv", "a.txt", "a"])
def test_a_page_under_another_name(path: str) -> None:
    (document,) = read(
        f"<html><title>{HEAD}</title><body><h1>{HEAD}</h1><div>{MARKUP}</div></body></html>", path
    )
    assert (document.media_type, texts(document)) == ("text/html", BODY)


def test_json_under_the_name_of_a_page_or_of_text() -> None:
    data = json.dumps(one_row(), ensure_ascii=False)
    assert rows(read(data, "a.html")) == rows(read(data, "a.txt")) == rows(read(f"{data}\n", "a")) == [ROW]


def test_a_fragment_of_a_page_is_no_text() -> None:
    (document,) = read(f"{MARKUP}\n", "a.txt")
    assert texts(document) == BODY
    (document,) = read(f"<前言>今天,展会开幕。\n{BODY[0]}", "a.txt")
    assert document.media_type == "text/plain"


@pytest.mark.parametrize(
    ("written", "example"),
    [
        ("".join(f"&#{ord(char)};" if char != "\n" else char for char in TEXT), "&#28392;"),
        (TEXT.replace("“", "&ldquo;").replace("”", "&rdquo;") + "&nbsp;", "&ldquo;"),
        (json.dumps(TEXT)[1:-1], "\\u6ee8"),
        (urllib.parse.quote(TEXT), "%E6"),
    ],
    ids=["numbers", "names", "program", "address"],
)
def test_codes_in_text_become_characters_and_are_told(written: str, example: str) -> None:
    (document,) = read(written, "a.txt")
    assert "\n".join(line.text for line in document.lines).rstrip("\xa0") == TEXT
    assert codes([document]) == ["escapes"] and example in document.problems[0].message


def test_text_that_speaks_of_codes_is_left_alone() -> None:
    text = f"网址是 https://news.example/%E8%BF%9B,代码 \\u8fdb 和 &amp; 不译。\n{BODY[0]}"
    (document,) = read(text, "a.txt")
    assert "\n".join(line.text for line in document.lines) == text and not document.problems


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b"])
def test_lines_of_typesetting_programs(mark: str) -> None:
    (document,) = read(TEXT.replace("\n", mark), "a.txt")
    assert [line.text.rstrip() for line in document.lines] == TEXT.split("\n")
    (document,) = read(f"{HEAD}\n{BODY[0]}{mark}{BODY[1]}", "a.txt")
    assert len(document.lines) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_text_with_stretches_of_nul(encoding: str) -> None:
    data = (
        HEAD.encode(encoding)
        + b"\n"
        + BODY[0].encode(encoding)
        + b"\0" * 500
        + BODY[1].encode(encoding)
        + b"\n"
        + b"\0" * 4096
    )
    (document,) = read(data, "a.txt")
    assert [line.text for line in document.lines] == [HEAD, f"{BODY[0]}\ufffd{BODY[1]}"]
    assert codes([document]) == ["nul"] and "4596" in document.problems[0].message
    assert codes(read(b"\0" * 4096, "a.txt")) == ["binary"]


@pytest.mark.parametrize("member", ["OFD.xml", "[Content_Types].xml", "mimetype"])
def test_a_document_that_is_packed_is_refused_as_one(member: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(member, "x")
        packed.writestr("a/b.xml", "<x/>")
    assert codes(read(out.getvalue(), "a.ofd")) == ["unsupported"]


def warc(*records: tuple[str, str, str, bytes]) -> bytes:
    out = b""
    for kind, url, media_type, data in records:
        head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: {media_type}\r\nContent-Length: {len(data)}\r\n\r\n"
        out += head.encode() + data + b"\r\n\r\n"
    return out


def answer(media_type: str, data: bytes, *, status: str = "200 OK", packed: str = "") -> bytes:
    more = f"Content-Encoding: {packed}\r\n" if packed else ""
    return f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{more}\r\n".encode() + data


HTTP = "application/http; msgtype=response"
PAGE = f"<html><title>{HEAD}</title><body><h1>{HEAD}</h1><div>{MARKUP}</div></body></html>"


def test_a_web_archive_gives_all_that_somebody_reads() -> None:
    data = warc(
        ("warcinfo", "", "application/warc-fields", b"software: x\r\n"),
        ("response", "https://n.example/1", HTTP, answer("text/html; charset=gbk", PAGE.encode("gbk"))),
        ("response", "https://n.example/2", HTTP, answer("text/html", gzip.compress(PAGE.encode()), packed="gzip")),
        ("resource", "https://n.example/3", "text/html", PAGE.encode()),
        ("conversion", "https://n.example/4", "text/plain", TEXT.encode()),
        ("response", "https://n.example/5", HTTP, answer("text/plain", TEXT.encode())),
        ("response", "https://n.example/robots.txt", HTTP, answer("text/plain", b"User-agent: *")),
        ("response", "https://n.example/6", HTTP, answer("application/json", b"{}")),
        ("response", "https://n.example/7", HTTP, answer("text/html", b"x", status="404 Not Found")),
    )  # fmt: skip
    found = read(data, "a.warc")
    assert [document.path for document in found] == [f"a.warc#{number:06d}" for number in range(1, 6)]
    assert all(texts(document)[-3:] == BODY for document in found)
    assert [document.url for document in found][2] == "https://n.example/3"


def test_a_bomb_in_a_web_archive_costs_only_itself() -> None:
    bomb = answer("text/html", gzip.compress(b"a" * (40 * 2**20)), packed="gzip")
    data = warc(
        ("response", "https://n.example/1", HTTP, bomb),
        ("resource", "https://n.example/2", "text/html", PAGE.encode()),
    )
    found = read(data, "a.warc")
    assert (codes(found), len(rows(found))) == (["zip-bomb"], 1)


def test_a_page_of_a_word_processor() -> None:
    head = "<p class=MsoNormal align=center style='text-align:center'><b><span style='font-size:22.0pt'>滨江交易团</span></b><b><span>签下首单<o:p></o:p></span></b></p>"
    body = "".join(
        f"<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span><span>{text[:9]}\r\n{text[9:]}</span></p>"
        for text in BODY
    )
    page = f"<html xmlns:o='urn:o'><head><meta charset=gb2312><title>简报</title><!--[if gte mso 9]><xml>x</xml><![endif]--></head><body><div class=Section1>{head}{body}</div></body></html>"
    (document,) = read(page.encode("gbk"), "a.htm")
    assert (texts(document, "headline"), texts(document)) == ((HEAD,), BODY)


@pytest.mark.parametrize(
    "kept",
    [
        f"<textarea style='display:none'>{MARKUP}</textarea>",
        f"<template><div>{MARKUP}</div></template>",
        f"<script type='text/html'>{MARKUP}</script>",
        f"<script>var content = '{MARKUP}'; document.write(content);</script>",
        f"<script>show({json.dumps(MARKUP)});</script>",
    ],
    ids=["field", "template", "script template", "string", "coded string"],
)
def test_a_story_that_a_page_keeps_aside(kept: str) -> None:
    page = f"<html><head><meta charset=utf-8><title>{HEAD}</title></head><body><h1>{HEAD}</h1><div>2023-11-05 来源:滨江网</div>{kept}<div id=show></div></body></html>"
    (document,) = read(page, "a.html")
    assert (texts(document, "headline"), texts(document), document.issue_date) == (
        (HEAD,),
        BODY,
        "2023-11-05",
    )


def test_a_list_of_stories_in_a_table_is_no_story() -> None:
    entries = "".join(
        f"<tr><td>{n}</td><td><a href={n}>进博会新闻第{n}条,签约再增三成</a></td><td>2023-11-0{n}</td></tr>"
        for n in range(1, 9)
    )
    (document,) = read(f"<html><title>要闻</title><body><table>{entries}</table></body></html>", "a.html")
    assert not texts(document) and codes([document]) == ["no-article"]


@pytest.mark.parametrize(
    "written", ["Nov 5, 2023", "5 November 2023", "2023-11-05T08:00:00Z", "2023年11月5日 10:00"]
)
def test_days_in_english_and_as_printed(written: str) -> None:
    (document,) = read(json.dumps([{"title": HEAD, "content": BODY[0], "Publish Date": written}]), "a.json")
    assert document.issue_date == "2023-11-05"


def test_the_day_of_publication_goes_before_that_of_a_change() -> None:
    page = f"<html><title>{HEAD}</title><h1>{HEAD}</h1><div>更新时间:2024-03-01 发布时间:2023-11-05</div><div>{MARKUP}</div></html>"
    (document,) = read(page, "a.html")
    assert document.issue_date == "2023-11-05"


def test_how_a_character_sounds_is_not_part_of_the_text() -> None:
    body = f"<p><ruby>滨<rp>(</rp><rt>bin</rt><rp>)</rp></ruby>江签下首单,展位已经订好。</p>{MARKUP}"
    (document,) = read(f"<html><title>{HEAD}</title><h1>{HEAD}</h1><div>{body}</div></html>", "a.html")
    assert texts(document)[0] == "滨江签下首单,展位已经订好。"


def test_characters_that_only_some_fonts_know_are_told() -> None:
    (document,) = read(f"{HEAD}\n{BODY[0]}\ue4c6", "a.txt")
    assert codes([document]) == ["private-use"] and document.problems[0].line == 2


def test_a_locked_workbook_needs_its_password() -> None:
    data = b"\xd0\xcf\x11\xe0" + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 90
    assert codes(read(data, "a.xlsx")) == codes(read(data, "a.docx")) == ["encrypted"]


def test_a_way_of_packing_that_is_not_known_is_no_damage() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", TEXT)
    data = bytearray(out.getvalue())
    data[8:10] = b"\x09\x00"
    data[data.find(b"PK\x01\x02") + 10 : data.find(b"PK\x01\x02") + 12] = b"\x09\x00"
    (document,) = read(bytes(data), "a.zip")
    assert codes([document]) == ["unsupported"] and "deflate64" in document.problems[0].message


def test_what_systems_put_into_folders_is_passed_over(tmp_path: Path) -> None:
    for name in ("Thumbs.db", "desktop.ini", "~$a.docx", "a.php", ".DS_Store", "a.txt", "dump.sql"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    found = list(read_paths([tmp_path], Config()))
    assert {document.path: document.status for document in found} == {"a.txt": "ok", "dump.sql": "failed"}
