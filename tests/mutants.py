"""Small files of every kind that is read, and ways in which files get damaged, or are damaged on purpose."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import sqlite3
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

STORY = (
    "滨江交易团签下首单",
    "第六届进博会今天在上海开幕，滨江交易团在四号馆签下首单，采购额达三千二百万美元，比去年增长两成。",
    "“我们已经订好了明年的展位。”北岛乳业总经理林岚说，公司还打算在滨江设一个冷链仓库，服务周边城市。",
)
_TOKENS = (
    b"<", b">", b"</p>", b"<p>", b"<div", b"<!--", b"-->", b"<script>", b"&#3;", b"&#x110000;", b"<table><tr><td>", b"style='display:none'",
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1b$B", b"~{", b"\r", b"\n", b"\x0c", b"\xe2\x80\xa8", b"\xe2\x80\xae",
    b"{", b"}", b"[", b"]", b'"', b"\\u0000", b"\\ud800", b"1e999", b"-", b"null", b",,,,", b"\t", b"'", b"%00", b"../", b"PK\x01\x02", b"PK\x05\x06",
    b"\xff" * 8, b"\x7f\xff\xff\xff", b"obj", b"endobj", b"stream", b"endstream", b"<< /Length 99999999 >>", b"/Kids [1 0 R]", b"xref", b"q ", b"charset=utf-16",
    b"charset=idna", b"WARC/1.0\r\n", b"Content-Length: 99999999\r\n", b"<!DOCTYPE x [<!ENTITY a '&a;&a;'>]>", b"&a;", b"MIME-Version: 1.0\n", b"boundary=",
    "第".encode(), "。".encode(), "\u200b".encode(), "\ufffd".encode(), "\U0010ffff".encode(), b"2023-99-99", b"99999999999999999999",
)  # fmt: skip


def _html() -> bytes:
    body = f"<h1>{STORY[0]}</h1><div class=info>2023-11-05 来源：滨江日报</div><div><p>{STORY[1]}</p><p>{STORY[2]}</p></div>"
    return f"<html><head><meta charset=utf-8><title>{STORY[0]}_滨江网</title></head><body>{body}</body></html>".encode()


def _epaper() -> bytes:
    return (
        f"<html><body><!--enpproperty <date>2023-11-05</date><title>{STORY[0]}</title><nodename>第1版</nodename> /enpproperty-->"
        f"<founder-content><!--enpcontent--><p>{STORY[1]}</p><p>{STORY[2]}</p><!--/enpcontent--></founder-content></body></html>"
    ).encode()


def _zip(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members:
            packed.writestr(name, data)
    return out.getvalue()


def _tar(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _xlsx() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["标题", "正文", "日期"])
    book.active.append([STORY[0], STORY[1], "2023-11-05"])
    book.save(out)
    return out.getvalue()


def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        connection = sqlite3.connect(path)
        connection.execute("create table news (title text, content text, date text)")
        connection.execute("insert into news values (?, ?, '2023-11-05')", STORY[:2])
        connection.commit()
        connection.close()
        return path.read_bytes()


def _pdf() -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=(600, 800), pageCompression=0, invariant=1)
    for number, line in enumerate(STORY):
        sheet.setFont("STSong-Light", 20 if number == 0 else 9)
        sheet.drawString(50, 700 - 30 * number, line)
    sheet.save()
    return bytes(out.getvalue())


def _warc() -> bytes:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + _html()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/1\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(page)}\r\n\r\n"
    return head.encode() + page + b"\r\n\r\n"


@cache
def seeds() -> dict[str, bytes]:
    """Return a small sound file of every kind, by the path it is read under."""
    text = "\n".join(STORY).encode()
    row = json.dumps(
        {"title": STORY[0], "content": STORY[1], "date": "2023-11-05"}, ensure_ascii=False
    ).encode()
    rss = f"<?xml version='1.0'?><rss><channel><title>网</title><item><title>{STORY[0]}</title><description>{STORY[1]}</description></item></channel></rss>"
    mhtml = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
        + _html()
        + b"\r\n--b--\r\n"
    )
    return {
        "2023-11-05/01版/a.txt": text, "a.gb.txt": text.decode().encode("gb18030"), "a.big5.txt": "進博會今天開幕，記者從現場獲悉。".encode("big5"),
        "a.u16.txt": text.decode().encode("utf-16"), "a.hz.txt": text.decode().encode("hz"), "a.html": _html(), "e.html": _epaper(),
        "g.html": _html().decode().replace("utf-8", "gb2312").encode("gb18030"), "a.mhtml": mhtml, "feed.xml": rss.encode(), "a.jsonl": row + b"\n" + row,
        "a.json": b"[" + row + b",\n" + row + b"]", "a.csv": f"标题,正文,日期\n{STORY[0]},{STORY[1]},2023-11-05\n".encode(), "a.xlsx": _xlsx(),
        "a.db": _sqlite(), "a.pdf": _pdf(), "a.warc": _warc(), "a.zip": _zip(("2023-11-05/a.txt", text), ("b.html", _html()), ("c.zip", _zip(("d.txt", text)))),
        "a.tar": _tar(("a.txt", text), ("b.csv", f"标题,正文\n题,{STORY[1]}\n".encode())), "a.tar.gz": gzip.compress(_tar(("a.txt", text)), mtime=0),
        "a.trs": f"<REC>\n<标题>={STORY[0]}\n<正文>={STORY[1]}\n<REC>\n<标题>=二\n<正文>={STORY[2]}\n".encode("gbk"), "t.txt": f"标题\t正文\n{STORY[0]}\t{STORY[1]}\n".encode(),
        "a.xls": f"<html><table><tr><td>标题<td>正文</tr><tr><td>{STORY[0]}<td>{STORY[1]}</tr></table>".encode(), "c.txt": "".join(f"&#{ord(char)};" for char in STORY[1]).encode(),
        "a.txt.gz": gzip.compress(text, mtime=0), "a.txt.xz": lzma.compress(text), "a.txt.bz2": bz2.compress(text), "a.warc.gz": gzip.compress(_warc(), mtime=0),
    }  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return bytes with one to eight pieces of damage."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at, length = rng.randrange(len(found) + 1), rng.choice((1, 1, 2, 8, 64, 512))
        kind = rng.randrange(8)
        if kind == 0 and found:
            found[at % len(found)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            found[at : at + length] = rng.randbytes(length)
        elif kind == 2:
            del found[at : at + length]
        elif kind == 3:
            found[at:at] = found[at : at + length] * rng.choice((1, 2, 50))
        elif kind == 4:
            del found[at:]
        elif kind == 5:
            found[at:at] = rng.choice(_TOKENS) * rng.choice((1, 1, 3, 300))
        elif kind == 6:
            found[at : at + length] = rng.choice(_TOKENS)
        else:
            other = rng.choice(list(seeds().values()))
            start = rng.randrange(len(other))
            found[at:at] = other[start : start + length]
    return bytes(found)


def mutants(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield damaged files, each kind in turn, now and then under the name of another kind; the same for the same seed."""
    rng = random.Random(seed)
    kinds = list(seeds().items())
    for number in range(count):
        path, data = kinds[number % len(kinds)]
        if rng.random() < 0.05:
            path = rng.choice(kinds)[0]
        yield path, mutated(data, rng)
