"""Work grows as length does: calls are counted, at a length, at twice and at four times that; seconds would tell of the machine."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest

from miner.config import Config
from miner.errors import InputError
from miner.model import Document
from miner.read.escapes import unescaped
from miner.read.guard import read_rows
from miner.read.html import read_html
from miner.read.mhtml import read_mhtml
from miner.read.sources import Source, sources_in
from miner.read.text import decode, read_lines

SAID = "第六届进博会今天在上海开幕,滨江交易团签下首单,比去年增长两成。"
BASE = Document("0", "a.html", "text/html", None, 0)
ROOM = 2.7
"""By how much the growth of work may grow when the length doubles: 2 is linear, 4 goes with the square."""


def page(body: str, *, head: str = "", title: str = "滨江交易团签下首单") -> bytes:
    return f"<html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def coded(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


PAGES: dict[str, Callable[[int], bytes]] = {
    "paragraphs": lambda n: page(f"<p>{SAID}</p>" * n),
    "paragraphs, each deep": lambda n: page(("<div>" * 20 + f"<p>{SAID}</p>" + "</div>" * 20) * n),
    "paragraphs in codes": lambda n: page("".join(f"<p>{coded(SAID[:20])}{at}。</p>" for at in range(n))),
    "deeper and deeper": lambda n: page("<div>" * n + SAID * 3),
    "links": lambda n: page("".join(f"<li><a href={at}>第{at}条新闻</a></li>" for at in range(n))),
    "links to parts": lambda n: page(f"<p>{SAID * 3}</p>" + "".join(f"<a href=a_{at}.html>{at}</a>" for at in range(n))),
    "datelines": lambda n: page(f"<p>{SAID * 3}</p>" + "<p>2023年11月5日 18:20</p>" * n),
    "a title of many parts": lambda n: page("<p>签下首单_</p>" * n, title="签下首单_" * n),
    "attributes": lambda n: page(f"<p {' '.join(f'a{at}' for at in range(n))}>{SAID * 3}"),
    "classes": lambda n: page(f"<p class='{'a-b ' * n}'>{SAID * 3}"),
    "facts about the page": lambda n: page(f"<p>{SAID * 3}", head="<meta name=date content=2023-11-05>" * n),
    "line breaks": lambda n: page(f"{SAID}<br>" * n),
    "data for scripts": lambda n: page(f"<script type='application/ld+json'>{json.dumps([{'articleBody': SAID, 'headline': '题'}] * n)}</script>"),
    "strings of scripts": lambda n: page("<script>" + r"show('<p>a\'b</p>'" * n + "</script>"),
    "state without end": lambda n: page("<script>var a; window.__INITIAL_STATE__={" * n + "</script>"),
    "comments without end": lambda n: page(f"<p>{SAID * 3}</p>" + "<!--" * n),
    "cells in cells": lambda n: page("<table><tr><td>" * n + SAID * 3),
    "times": lambda n: page(f"<p>{SAID * 3}</p>" + "<time datetime=2023-11-05>x</time>" * n),
}  # fmt: skip


def zipped(n: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for at in range(n):
            packed.writestr(f"{at}/滨江.txt", SAID)
    return out.getvalue()


FILES: dict[str, Callable[[int], tuple[str, bytes]]] = {
    "members of an archive": lambda n: ("a.zip", zipped(n)),
    "packed one behind the other": lambda n: ("a.txt.gz", gzip.compress(SAID.encode(), mtime=0) * n),
    "rows of JSON": lambda n: ("a.jsonl", json.dumps({"title": "题", "content": SAID}).encode() + b"\n" * n),
    "records behind labels": lambda n: ("a.txt", f"【标题】题\n【正文】{SAID}\n".encode() * n),
    "pages of a web archive": lambda n: ("a.warc", b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nabcd\r\n\r\n" * n),
}  # fmt: skip

TABLES: dict[str, Callable[[int], tuple[str, bytes]]] = {
    "rows": lambda n: ("csv", f"标题,正文\n{f'题,{SAID}{chr(10)}' * n}".encode()),
    "columns": lambda n: ("csv", f"标题,正文{',x' * n}\n题,{SAID}{',y' * n}\n".encode()),
    "a quote that never ends": lambda n: ("csv", b"a,content,title\n" + b'x,"y' * n),
    "an array that never ends": lambda n: ("json", b'[{"title":"a","content":"b"},' * 1 + b'{"title":"a","content":"b"},' * n),
    "arrays in arrays": lambda n: ("json", b"[" * n),
    "objects of nothing": lambda n: ("json", b"[" + b"{}," * n + b'{"title":"a","content":"b"}]'),
    "one key again and again": lambda n: ("json", b'[{"title":"a",' + b'"content":"",' * n + b'"content":"b"}]'),
    "entries of a feed": lambda n: ("feed", f"<rss><channel>{f'<item><title>题</title><description>{SAID}</description></item>' * n}</channel></rss>".encode()),
    "rows of a page": lambda n: ("page", f"<table><tr><td>标题<td>正文</tr>{f'<tr><td>题<td>{SAID}</tr>' * n}</table>".encode()),
    "labels": lambda n: ("labelled", "【标题】题\n【正文】今天\n".encode() * n),
}  # fmt: skip

TEXTS: dict[str, Callable[[int], str]] = {
    "lines": lambda n: f"{SAID}\n" * n,
    "lines of one character": lambda n: "进\r" * n,
    "one line": lambda n: SAID * n,
    "codes": lambda n: coded(SAID) * n,
    "codes of programs": lambda n: "\\u8fdb\\n" * n,
    "signs of codes": lambda n: "&#&\\u%" * n,
}


def calls(work: Callable[[], object]) -> int:
    """Count the calls that some work takes, those of libraries in C among them."""
    count = 0

    def heard(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def is_linear(work: Callable[[int], object], size: int) -> None:
    work(size)  # what is read once and kept
    one, two, four = (calls(lambda n=n: work(n)) for n in (size, 2 * size, 4 * size))  # type: ignore[misc]
    assert four - two <= ROOM * max(two - one, size), (one, two, four)


def refused(read: Callable[[], object]) -> None:
    with suppress(InputError):
        read()


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str) -> None:
    is_linear(lambda n: refused(lambda: read_html(PAGES[name](n), BASE, Config())), 100)


def test_saved_pages() -> None:
    part = b"--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n"
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n"
    is_linear(
        lambda n: read_mhtml(head + page(f"<p>{SAID * 3}</p>") + b"\n" + part * n + b"--b--", BASE, Config()),
        40,
    )


@pytest.mark.parametrize("name", FILES)
def test_files_of_many_documents(name: str) -> None:
    def work(n: int) -> None:
        path, data = FILES[name](n)
        assert all(isinstance(found, Source) for found in sources_in(io.BytesIO(data), path, Config()))

    is_linear(work, 20)


@pytest.mark.parametrize("name", TABLES)
def test_tables(name: str) -> None:
    def work(n: int) -> None:
        kind, data = TABLES[name](n)
        refused(lambda: list(read_rows(data, kind, Config(), strict=False)))

    is_linear(work, 60)


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str) -> None:
    def work(n: int) -> None:
        text = decode(TEXTS[name](n).encode()).text
        read_lines(text, Config())
        unescaped(text)

    is_linear(work, 60)
