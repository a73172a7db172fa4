"""Formats in which web pages and feeds are kept: frames, saved pages, RSS and Atom, data for scripts."""

from __future__ import annotations

import base64
import io
import json
import quopri
import zipfile

import pytest

from miner.config import Config
from miner.model import Document
from miner.read import read_bytes

FIRST = "第六届进博会今天在上海开幕，来自一百多个国家和地区的企业参展，现场签约不断，观众排起长队。"
SECOND = "主办方负责人表示，今年展览面积比去年扩大一成，首次参展的企业占到三成，创新展品超过四百件。"
HEAD = "进博会开幕签约忙"
STORY = (
    f"<h1>{HEAD}</h1><div class=info>2023-11-05 来源：滨江日报</div><div><p>{FIRST}</p><p>{SECOND}</p></div>"
)


def page(body: str, head: str = "") -> str:
    return (
        f"<html><head><meta charset=utf-8><title>{HEAD}_滨江网</title>{head}</head><body>{body}</body></html>"
    )


def read(data: bytes | str, path: str = "a.html") -> list[Document]:
    return list(read_bytes(data.encode() if isinstance(data, str) else data, path, Config()))


def story(document: Document) -> list[tuple[str | None, str]]:
    return [(line.role, line.text) for line in document.lines if line.story is not None]


WANT = [("headline", HEAD), ("body", FIRST), ("body", SECOND)]


@pytest.mark.parametrize(
    "body",
    [
        f"<table><tr><td><h1>{HEAD}</h1></td></tr><tr><td><table><tr><td><table><tr><td><p>{FIRST}</p></td></tr>"
        f"<tr><td><p>{SECOND}</p></td></tr></table></td></tr></table></td></tr></table>",
        f"<amp-sidebar><ul><li><a href=1>首页</a></li></ul></amp-sidebar><article><h1>{HEAD}</h1><amp-img></amp-img>"
        f"<p>{FIRST}</p><p>{SECOND}</p></article>",
        f"<h1>{HEAD}</h1><pre>{FIRST}\n{SECOND}\n</pre>",
        f"<h1>{HEAD}</h1><div style='white-space: pre-line'>\n　　{FIRST}\r\n　　{SECOND}\n</div>",
        f"<h1>{HEAD}</h1><div>　　{FIRST}<br><br>　　{SECOND}</div>",
        f"<h1>{HEAD}</h1><dl><dd>{FIRST}</dd><dd>{SECOND}</dd></dl>",
        f"<h1>{HEAD}</h1><ul><li>{FIRST}</li><li>{SECOND}</li></ul>",
        f"<h1>{HEAD}</h1><blockquote><p>{FIRST}</p></blockquote><blockquote><p>{SECOND}</p></blockquote>",
        f"<h1>{HEAD}</h1><details><summary>展开</summary><p>{FIRST}</p><p>{SECOND}</p></details>",
    ],
)
def test_ways_to_set_paragraphs(body: str) -> None:
    (document,) = read(page(body))
    assert [pair for pair in story(document) if pair[1] != "展开"] == WANT


def test_a_page_of_frames_names_the_files_that_hold_its_text() -> None:
    frames = "<html><head><title>报</title></head><frameset><frame src='menu.html'><frame src='story.html'><noframes><body>不支持框架</body></noframes></frameset></html>"
    (document,) = read(frames)
    assert (document.status, [problem.code for problem in document.problems]) == ("failed", ["frames"])
    assert "story.html" in document.problems[0].message
    (document,) = read(page(f"<h1>{HEAD}</h1><iframe src='story.html'></iframe>"))
    assert [problem.code for problem in document.problems] == ["frames"]
    assert not story(document)


def test_a_base_does_not_lead_astray() -> None:
    (document,) = read(page(STORY, "<base href='https://news.example/2023/11/05/'>"))
    assert (document.issue_date, document.newspaper, story(document)) == ("2023-11-05", "滨江日报", WANT)


def saved(encoding: str, charset: str, html: str) -> bytes:
    """A page as browsers save it in one file."""
    raw = html.encode(charset)
    body = base64.encodebytes(raw) if encoding == "base64" else quopri.encodestring(raw)
    head = (
        "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://news.example/1.html\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="--b"\r\n\r\n----b\r\n'
        f"Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n"
        "Content-Location: https://news.example/1.html\r\n\r\n"
    )
    return head.encode() + body + b"\r\n----b\r\nContent-Type: image/png\r\n\r\nx\r\n----b--\r\n"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("path", ["a.mhtml", "a.mht", "a.txt"])
def test_a_page_that_was_saved_in_one_file(encoding: str, charset: str, path: str) -> None:
    html = page(STORY).replace("<meta charset=utf-8>", "")
    if charset == "big5":
        html = page(
            f"<h1>進博會開幕</h1><p>{'進博會今天開幕，記者從現場獲悉，簽約不斷，觀眾很多。' * 4}</p>"
        ).replace("<meta charset=utf-8>", "")
        html = "".join(char for char in html if char.encode("big5", "ignore") or char.isascii())
    (document,) = read(saved(encoding, charset, html), path)
    assert (document.status, document.url) == ("ok", "https://news.example/1.html")
    assert document.encoding is not None and document.encoding[:4] in (charset[:4], "big5")
    if charset != "big5":
        assert (document.issue_date, story(document)) == ("2023-11-05", WANT)


def test_a_saved_file_without_a_page_fails() -> None:
    (document,) = read(
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n", "a.mht"
    )
    assert [problem.code for problem in document.problems] == ["empty"]


RSS = f"""<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'
 xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>滨江网</title><link>https://news.example</link>
 <item><title>{HEAD}</title><link>https://news.example/1</link><pubDate>Sun, 05 Nov 2023 08:00:00 +0800</pubDate>
 <dc:creator>王一</dc:creator><description>短</description><content:encoded><![CDATA[<p>{FIRST}</p><p>{SECOND}</p>]]></content:encoded></item>
 <item><title>第二条</title><description>{FIRST}</description></item></channel></rss>"""
ATOM = f"""<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>滨江网</title>
 <entry><title>{HEAD}</title><link rel='alternate' href='https://news.example/1'/><published>2023-11-05T08:00:00+08:00</published>
 <author><name>王一</name></author><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>{FIRST}</p><p>{SECOND}</p></div></content></entry></feed>"""


@pytest.mark.parametrize(
    ("data", "path"),
    [(RSS, "feed.xml"), (RSS, "feed.rss"), (RSS, "feed"), (ATOM, "feed.atom"), (ATOM, "feed.xml")],
)
def test_entries_of_feeds_are_articles(data: str, path: str) -> None:
    documents = read(data, path)
    first = documents[0]
    assert [(line.role, line.text) for line in first.lines if line.role != "byline"] == WANT
    assert (first.issue_date, first.newspaper, first.author) == ("2023-11-05", "滨江网", "王一")
    assert (first.url, first.path) == ("https://news.example/1", f"{path}#000001")
    assert len(documents) == (2 if data is RSS else 1)


@pytest.mark.parametrize(
    "data", ["<rss><channel><title>空</title></channel></rss>", "<rss><channel>", "<rss"]
)
def test_a_feed_without_entries_is_refused(data: str) -> None:
    (document,) = read(data, "feed.xml")
    assert document.status == "failed"
    assert document.problems[0].code in ("no-columns", "damaged-table")


def test_entities_of_a_feed_are_not_followed() -> None:
    bomb = (
        "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a '进博会进博会'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
        "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY f SYSTEM 'file:///etc/hostname'>]>"
        f"<rss><channel><item><title>&c;&f;</title><description>{FIRST}</description></item></channel></rss>"
    )
    (document,) = read(bomb, "feed.xml")
    assert [line.text for line in document.lines if line.role == "body"] == [FIRST]
    assert sum(len(line.text) for line in document.lines) < 200


def test_comments_and_entities_inside_an_entry_are_passed_over() -> None:
    inside = f"<!-- c --><?p i?>&x;<title>{HEAD}</title><!-- d --><description>{FIRST}<!-- e -->&y;{SECOND}</description>"
    (document,) = read(f"<rss><channel><item>{inside}</item></channel></rss>", "feed.xml")
    assert [line.text for line in document.lines if line.role == "headline"] == [HEAD]
    assert FIRST in document.lines[-1].text and SECOND in document.lines[-1].text


@pytest.mark.parametrize(
    "script",
    [
        "<script type='application/ld+json'>" + json.dumps({"@graph": [{"@type": "WebPage"}, {"@type": "NewsArticle", "headline": HEAD,
         "articleBody": f"{FIRST}\n{SECOND}", "datePublished": "2023-11-05T08:00:00+08:00"}]}) + "</script>",
        "<script id=__NEXT_DATA__ type='application/json'>" + json.dumps({"props": {"pageProps": {"article": {"title": HEAD,
         "content": f"<p>{FIRST}</p><p>{SECOND}</p>", "pubTime": 1699147200000}}}}) + "</script>",
        "<script>window.__INITIAL_STATE__ = " + json.dumps({"detail": {"title": HEAD, "content": f"{FIRST}\n{SECOND}", "publishTime": "2023-11-05"}})
        + ";(function(){})()</script>",
    ],
)  # fmt: skip
def test_a_story_that_a_page_holds_only_for_scripts(script: str) -> None:
    (document,) = read(page("<div id=app></div>", script))
    assert (story(document), document.issue_date) == (WANT, "2023-11-05")


@pytest.mark.parametrize(
    "members",
    [{"[Content_Types].xml": "<T/>", "word/document.xml": "<w/>"}, {"mimetype": "application/epub+zip"}],
)
@pytest.mark.parametrize("path", ["a.docx", "a.epub", "a.zip"])
def test_office_files_and_books_are_refused_with_a_word(members: dict[str, str], path: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    (document,) = read(out.getvalue(), path)
    assert [problem.code for problem in document.problems] == ["unsupported"]
    assert path in document.problems[0].message


def test_an_archive_without_members_is_told() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    (document,) = read(out.getvalue(), "a.zip")
    assert [problem.code for problem in document.problems] == ["empty"]
