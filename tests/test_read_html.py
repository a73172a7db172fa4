"""Web pages and digital newspapers: every page here is our own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.config import Config
from miner.model import Document
from miner.read import read_bytes
from miner.read.blocks import blocks, parse, source_lines, tidy
from miner.read.epaper import newspaper_in, written
from miner.read.markup import markup
from miner.read.running import densest

P1 = "昨天，松江区与一家德国设备商在国家会展中心（上海）签署合作备忘录，首期投资两亿元，明年春天开工。"
P2 = "“我们等这一天等了三年。”设备商中国区负责人说，公司每届进博会都来，展台一届比一届大。"
P3 = "据介绍，项目落地后将在当地招聘一百二十名工程师，带动上下游企业十余家。"
MENU = (
    '<div class="nav"><a href="/ciie">进博会专题：首批订单昨天签下，记者带你逛展馆</a><a href="/a">上海</a></div>'
    '<ul class="list"><li><a href="/1">第六届进博会今天闭幕，意向成交创新高</a></li><li><a href="/2">进博会溢出效应</a></li></ul>'
)


def read(page: str | bytes, path: str = "a.html", config: Config | None = None) -> Document:
    """Read one page."""
    data = page.encode() if isinstance(page, str) else page
    (document,) = read_bytes(data, path, config or Config())
    return document


def lines(document: Document, role: str) -> list[str]:
    """The lines that play a part in the story."""
    return [line.text for line in document.lines if line.role == role and line.story == 0]


FOUNDER = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>浦江日报数字报-一份备忘录</title></head><body>
<!--enpproperty <articleid>8812</articleid><date>2022-11-07 00:00:00:0</date><author>本报记者 林晓</author>
<title>一份备忘录等了三年</title><keyword>松江 </keyword><subtitle>德国设备商落户松江</subtitle>
<introtitle>进博现场</introtitle><siteid>1</siteid><nodeid>77</nodeid><nodename>A03版：聚焦</nodename> /enpproperty-->
{MENU}
<table><tr><td><!--enpcontent--><founder-content><p>　　{P1}</p><p>　　<strong>三年之约</strong></p>
<p>　　{P2}</p></founder-content><!--/enpcontent--></td></tr></table>
<p>上一篇　下一篇</p></body></html>"""


def test_founder() -> None:
    document = read(FOUNDER.encode("gb18030"))
    assert document.encoding == "gb18030"
    assert document.layout == "markup"
    assert (document.newspaper, document.issue_date, document.page) == ("浦江日报", "2022-11-07", "A03")
    assert document.author == "本报记者 林晓"
    assert [(line.number, line.role, line.text) for line in document.lines] == [
        (1, "kicker", "进博现场"),
        (2, "headline", "一份备忘录等了三年"),
        (3, "subtitle", "德国设备商落户松江"),
        (4, "byline", "本报记者 林晓"),
        (5, "body", P1),
        (6, "subhead", "三年之约"),
        (7, "body", P2),
    ]
    assert all(line.story == 0 for line in document.lines)


def test_source_lines_lead_back_to_the_raw_file() -> None:
    rows = FOUNDER.split("\n")
    for line in read(FOUNDER).lines:
        assert line.source_line is not None
        assert line.text[:4] in rows[line.source_line - 1]


@pytest.mark.parametrize(
    "text",
    [
        "（下转第四版）",
        "（上接第1版）",
        "（下转 A2版）",
        "（紧接第一版）",
        "下转第3版",
        "（上接第1版《松江签约》）",
    ],
)
def test_jump_lines(text: str) -> None:
    document = read(FOUNDER.replace("<p>　　<strong>三年之约</strong></p>", f"<p>{text}</p>"))
    assert lines(document, "jump") == [text]


def test_founder_without_its_comment() -> None:
    page = f"""<html><title>浦江日报</title><body><div>浦江日报 2021年11月6日 星期六 第 5 版</div>
    <p id="PreTitle">回访</p><p id="Title">老展商的新展台</p><p id="SubTitle">第四次来</p>
    <!--enpcontent--><P>{P1}</P><P>{P2}</P><!--/enpcontent--></body></html>"""
    document = read(page)
    assert lines(document, "headline") == ["老展商的新展台"]
    assert lines(document, "kicker") == ["回访"]
    assert lines(document, "subtitle") == ["第四次来"]
    assert (document.newspaper, document.issue_date, document.page) == ("浦江日报", "2021-11-06", "5")


def test_peoples_daily_until_2024() -> None:
    page = f"""<html><title>浦江日报-松江签约</title><body><div class="text_c"><h3>进博现场</h3><h1>松江签约</h1>
    <h2>首期两亿元</h2><h4>本报记者 林晓</h4><div class="lai">《浦江日报》（2019年11月06日 第 03 版）</div>
    <div id="ozoom"><p>　　{P1}</p><p>　　{P2}</p></div></div>
    <div id="titleList"><ul><li><a href="nw.D1_1.htm"><script>document.write(view("另一篇"))</script></a></li></ul></div>
    </body></html>"""
    document = read(page)
    assert [line.role for line in document.lines] == [
        "kicker",
        "headline",
        "subtitle",
        "byline",
        "body",
        "body",
    ]
    assert (document.newspaper, document.issue_date, document.page) == ("浦江日报", "2019-11-06", "3")
    assert document.author == "本报记者 林晓"


def test_peoples_daily_since_december_2024() -> None:
    page = f"""<html><body><div class="article-box"><div class="article"><h3></h3><h1>松江签约</h1><h2>首期两亿元</h2>
    <p class="sec">本报记者 林晓 <span class="date">《浦江日报》（2024年12月25日 &nbsp;第 07 版）</span></p>
    <div class="attachment"><table class="pci_c"><tr><td><img src="1.jpg"></td></tr><tr><td><p>签约现场。陈一摄</p></td></tr></table></div>
    <div id="articleContent"><div id="ozoom"><p>　　{P1}</p></div></div></div></div>
    <div class="swiper-slide"><a href="node_01.html">01版：要闻</a></div></body></html>"""
    document = read(page, "rmrb/pc/content/202412/25/content_1.html")
    assert [(line.role, line.text) for line in document.lines] == [
        ("headline", "松江签约"),
        ("subtitle", "首期两亿元"),
        ("byline", "本报记者 林晓"),
        ("caption", "签约现场。陈一摄"),
        ("body", P1),
    ]
    assert (document.newspaper, document.issue_date, document.page) == ("浦江日报", "2024-12-25", "7")


def test_titles_that_scripts_write() -> None:
    page = '<h1><script>document.write(view("松江签约<br>首期两亿元  "))</script></h1>'
    assert written(parse(page).h1) == "松江签约 首期两亿元"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "entry",
    [
        '<li><a href=nw.D310000pjrb_20191106_{n}-03.htm><script>document.write(view("{title}  "))</script></a></li>',
        '<li><span>·</span><a href="content_3000{n}.html">{title}</a></li>',
    ],
)
def test_layout_pages_are_indexes(entry: str) -> None:
    titles = ["松江签约", "青浦升级", "图片报道"]
    listed = "".join(entry.format(n=n, title=title) for n, title in enumerate(titles))
    page = f"""<html><title>浦江日报</title><body><ul class="right"><li><a href="/x">人民日报</a></li></ul>
    <p class="date">浦江日报 <span>2019年11月06日 Wed</span></p><p class="ban">第03版：进博特刊</p>
    <div class="swiper-box"><a href="node_01.html">01版：要闻</a></div><ul id="titleList" class="news-list">{listed}</ul>
    </body></html>"""
    document = read(page, "layout/201911/06/node_03.html")
    assert [(line.text, line.role, line.story) for line in document.lines] == [
        (title, "other", None) for title in titles
    ]
    assert (document.newspaper, document.issue_date, document.page) == ("浦江日报", "2019-11-06", "3")
    assert document.problems == ()
    assert document.status == "ok"


def test_a_page_of_links_to_stories_is_an_index() -> None:
    links = "".join(f'<td><a href="content_12{n}.htm">第{n}条新闻的标题</a></td>' for n in range(3))
    document = read(
        f"<html><body><div>浦江日报 2020-11-08 A1版</div><table><tr>{links}</tr></table></body></html>"
    )
    assert [line.story for line in document.lines] == [None] * 3
    assert document.page == "A1"
    assert document.problems == ()


PORTAL = f"""<html><head><title>松江与德国设备商签约_浦江网</title>
<link rel="canonical" href="https://example.com/2022/11/7/1.html">
<meta property="article:published_time" content="2022-11-07T09:30:00+08:00"></head><body>{MENU}
<div class="main"><h1>松江与德国设备商签约</h1><div class="info">2022-11-07 09:30 来源：浦江日报 作者：林晓</div>
<div class="share">分享到：微信 微博</div>
<div class="content"><p>　　{P1}</p><p><img src="1.jpg"></p><p>签约现场。　陈一 摄</p><p>　　{P2}</p><p>　　{P3}</p>
<p>责任编辑：王二</p><div class="related"><p>相关新闻：进博会第三天，记者又来到展馆，看到了新的签约。</p></div></div></div>
<div class="comment"><p>网友：这家公司我去过，展台很大，人也很多，真不错，下次还来。</p></div>
<div class="footer"><p>浦江网版权所有，未经授权不得转载，违者必究，举报电话12345。</p></div></body></html>"""


def test_any_news_page() -> None:
    document = read(PORTAL)
    assert lines(document, "headline") == ["松江与德国设备商签约"]
    assert lines(document, "body") == [P1, P2, P3]
    assert lines(document, "caption") == ["签约现场。　陈一 摄"]
    assert lines(document, "byline") == ["林晓"]
    assert (document.newspaper, document.issue_date, document.author) == ("浦江日报", "2022-11-07", "林晓")
    assert document.url == "https://example.com/2022/11/7/1.html"


def test_links_to_the_expo_do_not_leak_into_the_story() -> None:
    page = PORTAL.replace(P1, P1.replace("国家会展中心（上海）", "洞泾镇")).replace("进博会都来", "都来")
    story = "".join(line.text for line in read(page).lines if line.story == 0)
    assert "进博" not in story


def test_furniture_inside_the_body_is_kept_apart() -> None:
    document = read(PORTAL)
    apart = [line.text for line in document.lines if line.story is None]
    assert "责任编辑：王二" in apart
    assert all(line.role == "other" for line in document.lines if line.story is None)


@pytest.mark.parametrize(
    ("markup_of_date", "date"),
    [
        ("<span>2021年3月9日</span>", "2021-03-09"),
        ("<span>发布时间：21-03-09</span>", "2021-03-09"),
        ('<meta name="PubDate" content="2021-03-09 10:00">', "2021-03-09"),
        ('<meta itemprop="dateUpdate" content="2021-03-09">', "2021-03-09"),
    ],
)
def test_dates(markup_of_date: str, date: str) -> None:
    page = f"<html><title>松江签约现场</title><body><h1>松江签约现场</h1>{markup_of_date}<div><p>{P1}</p><p>{P2}</p></div></body></html>"
    assert read(page).issue_date == date


def test_what_the_page_does_not_state_comes_from_path_and_configuration() -> None:
    page = f"<html><body><h1>松江签约现场</h1><div><p>{P1}</p><p>{P2}</p></div></body></html>"
    document = read(page, "2022-11-07/03版/a.html", Config(newspaper="松江报", issue_date="1999-01-01"))
    assert (document.newspaper, document.issue_date, document.page) == ("松江报", "2022-11-07", "3")


@pytest.mark.parametrize(
    "where",
    [
        '<link rel="canonical" href="https://example.com/1.html">',
        '<meta property="og:url" content="https://example.com/1.html">',
        "<!-- saved from url=(0030)https://example.com/1.html -->",
        "<!--https://example.com/1.html-->",
    ],
)
def test_original_address(where: str) -> None:
    assert (
        read(f"{where}<html><body><div><p>{P1}</p><p>{P2}</p></div></body></html>").url
        == "https://example.com/1.html"
    )


def test_wechat_takes_its_day_from_the_script() -> None:
    page = f"""<html><head><meta property="og:title" content="签约这一天"></head><body><div id="img-content">
    <h2 id="activity-name"> 签约这一天 </h2><a id="js_name">松江发布</a><em id="publish_time">昨天</em>
    <div id="js_content" style="visibility: hidden;"><section><span>{P1}</span></section><section>{P2}</section>
    <section>扫描二维码关注我们</section><section>更多内容</section></div></div>
    <script>var ct = "1667786400";</script></body></html>"""
    document = read(page)
    assert lines(document, "body") == [P1, P2]
    assert (document.newspaper, document.issue_date) == ("松江发布", "2022-11-07")


def test_paragraphs_by_line_breaks() -> None:
    page = f"<html><title>松江签约现场</title><body><h1>松江签约现场</h1><div>　　{P1}<br><br>　　{P2}<br/>{P3}</div></body></html>"
    assert lines(read(page), "body") == [P1, P2, P3]


def test_layout_tables_of_old_pages() -> None:
    page = f"""<html><title>松江签约现场 街道办_浦江网</title><body><table><tr><td>现在位置：<a>首页</a></td></tr>
    <tr><td><span class="Title">松江签约现场</span></td></tr><tr><td><p>{P1}</p><p>{P2}</p></td></tr>
    <tr><td>发布日期：2019-03-06 责任编辑：王二</td></tr></table></body></html>"""
    document = read(page)
    assert lines(document, "headline") == ["松江签约现场"]
    assert lines(document, "body") == [P1, P2]
    assert document.issue_date == "2019-03-06"


@pytest.mark.filterwarnings("error")
def test_pages_that_call_themselves_xml_warn_nobody() -> None:
    page = f'<?xml version="1.0"?><!DOCTYPE html><html><body><div><p>{P1}</p><p>{P2}</p></div></body></html>'
    assert lines(read(page), "body") == [P1, P2]
    read(FOUNDER.replace("进博现场", "a.txt"))


def test_xhtml_with_a_declared_encoding() -> None:
    page = f'<?xml version="1.0" encoding="gbk"?><html xmlns="http://www.w3.org/1999/xhtml"><body><div><p>{P1}</p><p>{P2}</p></div></body></html>'
    document = read(page.encode("gbk"), "a.xhtml")
    assert document.encoding == "gb18030"
    assert lines(document, "body") == [P1, P2]


def test_a_wrong_declaration_does_not_win_over_the_bytes() -> None:
    page = f'<html><meta charset="gb2312"><body><div><p>{P1}</p><p>{P2}</p></div></body></html>'
    assert read(page.encode()).encoding == "utf-8"


def test_a_page_without_a_story_says_so() -> None:
    document = read("<html><body><div>图片</div><ul><li><a href='1'>一</a></li></ul></body></html>")
    assert document.status == "ok"
    assert [problem.code for problem in document.problems] == ["no-article"]
    assert all(line.story is None for line in document.lines)


@pytest.mark.parametrize(
    "page", ["<html></html>", "<html><script>var a = 1;</script></html>", "<html><!-- nothing --></html>"]
)
def test_a_page_without_text_fails(page: str) -> None:
    document = read(page)
    assert document.status == "failed"
    assert document.problems[0].code == "empty"


def test_hidden_text_is_left_out() -> None:
    page = f'<html><body><div><p>{P1}</p><p style="display: none">秘密，不应出现，绝对不应出现在正文里。</p><p>{P2}</p></div></body></html>'
    assert lines(read(page), "body") == [P1, P2]


def test_browsers_white_space() -> None:
    assert tidy("进博会\n      今天\t开 幕\r\nCIIE\nopens") == "进博会今天 开 幕 CIIE opens"
    assert tidy("\u3000\u3000\xa0首段\u200b") == "首段"


def test_blocks_keep_cells_of_a_row_together() -> None:
    found = blocks(parse("<table><tr><td>企业</td><td>德国</td></tr><tr><td>二</td><td>三</td></tr></table>"))
    assert [block.text for block in found] == ["企业 德国", "二 三"]


def test_lines_of_blocks_that_repeat_and_that_entities_hide() -> None:
    page = "<title>同一句话</title>\n<body>\n<p>同一句话</p>\n<p>同一句话</p>\n<p>&ldquo;引语在这里&rdquo;</p>\n</body>"
    found = blocks(parse(page))
    assert source_lines(found, page) == [3, 4, 5]


def test_names_of_newspapers() -> None:
    assert newspaper_in("《青浦报》不像，《浦江晚报》像") == "浦江晚报"
    assert newspaper_in("没有") is None


def test_deep_nesting_takes_bounded_time() -> None:
    document = read("<html><body>" + "<div>" * 5_000 + P1 + "</div>" * 5_000 + "</body></html>")
    assert document.status in ("ok", "failed")


def test_many_open_scripts_and_comments_take_bounded_time() -> None:
    for piece in (
        "<script>",
        "<!--",
        "<style>",
        "<",
        "document.write(view('",
        "<!--enpproperty",
        "<!--enpcontent-->",
        "来源：",
    ):
        read(f"<html><body><p>{P1}</p>" + piece * 5_000 + "</body></html>")


def test_a_page_of_too_many_elements_is_refused() -> None:
    document = read("<html><body>" + "<p>字" * 100_001)
    assert [problem.code for problem in document.problems] == ["too-many-elements"]


def test_long_blocks_are_cut() -> None:
    page = f"<html><body><div><p>{P1 * 3}</p><p>{P2}</p></div></body></html>"
    document = read(page, config=Config(max_line_chars=50))
    assert "".join(lines(document, "body")) == P1 * 3 + P2
    assert max(len(line.text) for line in document.lines) == 50


def test_every_rule_of_the_markup_file_is_whole() -> None:
    known = {
        "name",
        "when",
        "body",
        "headline",
        "source",
        "author",
        "date",
        "drop",
        "subhead",
        "newspaper",
        "epoch",
    }
    for site in markup().sites:
        assert {"name", "when", "body"} <= site.keys() <= known
        for key in ("when", "body", "headline", "source", "author", "date", "drop", "subhead"):
            if key in site:
                parse("<p></p>").select(site[key])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_pages_never_raise(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([FOUNDER, PORTAL]))
    start = data.draw(st.integers(0, len(whole)))
    piece = whole[start : start + data.draw(st.integers(0, 800))]
    noise = data.draw(st.text(alphabet="<>/!-\"'=& pdiv进。\n", max_size=40))
    document = read(f"<html>{piece}{noise}{piece}")
    assert [line.number for line in document.lines] == list(range(1, len(document.lines) + 1))
    assert all(line.text.strip() for line in document.lines)
    assert document.problems if document.status == "failed" else document.lines


def test_pages_of_the_corpus(corpus_dir: Path) -> None:
    import json

    for path in sorted((corpus_dir / "html").glob("*.html")):
        gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
        document = read(path.read_bytes(), path.name)
        found = {"date": document.issue_date, "newspaper": document.newspaper, "page": document.page}
        assert found == {key: gold.get(key) for key in found}, path.name
        if "paragraphs" in gold:
            assert lines(document, "body") == gold["paragraphs"], path.name
            assert lines(document, "headline") == [gold["headline"]], path.name


REAL = {
    "163_1": ("多地项目连环爆雷", "2019-09-07", "证券市场红周刊"),
    "163_7": ("亚马逊海外购", "2019-11-25", "新京报"),
    "guancha_2": ("我国集成电路进口", "2019-09-07", "EETOP"),
    "gzggw_1": ("1-10月德清县", "2016-11-22", "省发改委"),
    "huanqiu_1": ("补壹刀", "2020-06-05", "环球网"),
    "ifeng_1": ("女童眼睛", "2019-11-25", "澎湃新闻网"),
    "people_1": ("女儿出嫁", "2019-06-15", "人民网-文化频道"),
    "qq_2": ("棱镜|数据业", "2019-09-23", "棱镜"),
    "sina_1": ("中国人习以为常", "2019-11-25", "参考消息"),
    "stcn_1": ("午间公告", "2019-09-26", "证券时报网"),
    "thepaper_1": ("共享充电宝涨价", "2019-09-24", "中国青年报"),
    "wechat_1": ("三星 Galaxy S20", "2020-02-12", "爱否科技"),
    "xinhuanet_1": ("法国全国大罢工", "2019-12-10", "新华网"),
    "zsnews_1": ("顺德区大良街道", "2019-03-06", "东区办事处"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_pages(shared_dir: Path, name: str) -> None:
    path = shared_dir / "pages" / "html" / f"{name}.html"
    if not path.exists():
        pytest.skip("the real page is not here")
    head, date, newspaper = REAL[name]
    document = read(path.read_bytes())
    assert [text[: len(head)] for text in lines(document, "headline")] == [head]
    assert (document.issue_date, document.newspaper) == (date, newspaper)
    story = "".join(line.text for line in document.lines if line.story == 0)
    for furniture in ("责任编辑", "版权所有", "分享到", "跟贴", "扫一扫", "我要评论"):
        assert furniture not in story


def test_unknown_sites_are_read_as_well_as_known_ones(
    shared_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    folder = shared_dir / "pages" / "html"
    known = {
        name: read((folder / f"{name}.html").read_bytes())
        for name in REAL
        if (folder / f"{name}.html").exists()
    }
    bare = replace(markup(), sites=())
    monkeypatch.setattr("miner.read.webpage.markup", lambda: bare)
    for name, document in known.items():
        found = lines(read((folder / f"{name}.html").read_bytes()), "body")
        want = set(lines(document, "body"))
        kept = sum(len(text) for text in found if text in want)
        assert kept >= 0.98 * sum(map(len, want)), name
        assert kept >= 0.9 * sum(map(len, found)), name


def test_densest_of_nothing() -> None:
    assert densest([]) is None


NOTICE = "浦江网版权所有，未经书面授权，不得转载、摘编或以其他方式使用本网站内容，违者必究。举报电话：12345。"


def test_a_short_story_under_its_headline() -> None:
    page = f"""<html><title>松江签约_浦江网</title><body><div class="main"><h1>松江签约</h1><p>2022-11-07 来源：浦江网</p>
    <div><p>昨天，松江区与德国设备商签约。</p></div></div><div>{NOTICE}</div></body></html>"""
    document = read(page)
    assert lines(document, "body") == ["昨天，松江区与德国设备商签约。"]
    assert (document.issue_date, document.newspaper) == ("2022-11-07", "浦江网")


def test_a_page_of_links_and_a_notice_has_no_story() -> None:
    links = "".join(
        f'<li><a href="/a/{n}.html">第{n}条，记者昨天来到进博会现场，看到了很多新产品</a></li>'
        for n in range(20)
    )
    document = read(f"<html><title>浦江网首页</title><body><ul>{links}</ul><div>{NOTICE}</div></body></html>")
    assert [line.story for line in document.lines] == [None] * 21
    assert [problem.code for problem in document.problems] == ["no-article"]


def test_comments_longer_than_the_story() -> None:
    comment = "<li><p>第{n}楼，这家公司我去过，展台很大，人也很多，真不错，下次还来，希望越办越好。</p></li>"
    comments = "".join(comment.format(n=n) for n in range(30))
    page = f"""<html><title>松江签约现场_浦江网</title><body><div><h1>松江签约现场</h1><div><p>{P1}</p><p>{P2}</p></div></div>
    <ul class="comment-list">{comments}</ul></body></html>"""
    assert lines(read(page), "body") == [P1, P2]


def test_a_label_behind_the_headline() -> None:
    page = f"<html><title>松江签约现场_浦江网</title><body><h1>松江签约现场 <span>原创</span></h1><div><p>{P1}</p><p>{P2}</p></div></body></html>"
    assert lines(read(page), "headline") == ["松江签约现场"]


def test_pictures_with_captions_only() -> None:
    page = """<html><title>图集：进博会上的新面孔</title><body><h1>图集：进博会上的新面孔</h1><div><p><img src=1></p>
    <p>11月5日，观众在展台前体验咖啡机。新华社记者 李明 摄</p></div></body></html>"""
    document = read(page)
    assert [line.role for line in document.lines if line.story == 0] == ["headline", "caption"]


def test_a_story_that_only_a_script_states() -> None:
    page = """<html><head><script type="application/ld+json">{"@type": "NewsArticle", "headline": "松江签约现场",
    "datePublished": "2022-11-07T08:00:00+08:00", "articleBody": "昨天，松江签约。\\n今天，青浦签约。"}</script>
    <script type="application/ld+json">{broken</script></head><body><div id="app"></div></body></html>"""
    document = read(page)
    assert lines(document, "headline") == ["松江签约现场"]
    assert lines(document, "body") == ["昨天，松江签约。", "今天，青浦签约。"]
    assert document.issue_date == "2022-11-07"


def test_without_trafilatura_pages_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "trafilatura", None)
    assert read("<html><body><div>图片</div></body></html>").problems[0].code == "no-article"
    assert lines(read(PORTAL), "body") == [P1, P2, P3]


def test_a_year_alone_makes_no_date() -> None:
    page = f"<html><title>松江签约现场</title><body><div><p>{P1}</p><p>{P2}</p></div><p>© 2020 浦江网</p></body></html>"
    assert read(page).issue_date is None


@pytest.mark.parametrize("control", ["\x03", "&#3;", "&#x0B;", "\x0b", "\ufffe"])
def test_a_control_character_does_not_cost_the_page(control: str) -> None:
    page = f"<html><title>备忘录</title><script>var a;</script>{control}<body><p>{P1}</p><p>{P2}</p></body></html>"
    document = read(page)
    assert document.status == "ok"
    assert lines(document, "body") == [P1, P2]


@pytest.mark.parametrize("charset", ["utf-16", "idna", "punycode", "utf-32", "unicode_escape", "utf-7"])
def test_a_charset_that_no_page_can_have_is_not_believed(charset: str) -> None:
    page = f'<html><head><meta charset="{charset}"><title>备忘录</title></head><body><p>{P1}</p><p>{P2}</p></body></html>'
    document = read(page.encode("gb18030"))
    assert (document.encoding, document.status) == ("gb18030", "ok")
    assert lines(document, "body") == [P1, P2]


NOTICE = (
    "特别声明：以上内容仅代表作者本人观点，不代表本平台立场。如有关于作品内容、版权的问题请在三十日内与本平台联系，"
    "本平台将在收到通知后及时处理，本平台仅提供信息存储服务。"
)


def news(*parts: str, title: str = "松江签下备忘录", after: str = "") -> str:
    """A page: its title, then parts."""
    return f"<html><head><title>{title}_浦江新闻网</title></head><body><h1>{title}</h1>{''.join(parts)}{after}</body></html>"


@pytest.mark.parametrize("head", ["h1", "h2", "div"])
def test_a_notice_longer_than_the_story_is_no_story(head: str) -> None:
    short = ("昨天，松江区签下一份备忘录。", "明年春天开工。")
    page = (
        f"<html><title>松江区昨天签下备忘录_浦江号</title><body><{head}>松江区昨天签下备忘录</{head}>"
        f"<div class=c><p>{short[0]}</p><p>{short[1]}</p></div><div class=s><p>{NOTICE}</p>"
        "<p>Notice: The content above is uploaded and posted by a user, the platform only provides information storage services.</p>"
        "</div></body></html>"
    )
    assert lines(read(page), "body") == list(short)


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("named", [True, False])
def test_paragraphs_deep_inside_elements_of_their_own_are_all_read(depth: int, named: bool) -> None:
    def wrapped(text: str, number: int) -> str:
        kind = f' class="row{number}"' if named else ""
        return f"<div{kind}>" * depth + f"<p>{text}</p>" + "</div>" * depth

    inner = "".join(wrapped(text, number) for number, text in enumerate((P1, P2, P3)))
    document = read(news(f"<div id=main>{inner}</div>"))
    assert lines(document, "body") == [P1, P2, P3]
    assert document.problems == ()


def test_running_text_that_is_left_out_is_told() -> None:
    other = "<div class=zone><h2>另一篇</h2><p>" + "</p><p>".join((P3, P3[:30] + "。")) + "</p></div>"
    document = read(news(f"<main><div class=c><p>{P1}</p><p>{P2}</p></div></main>", after=other))
    assert [problem.code for problem in document.problems] == ["text-left-out"]
    assert "另一篇" not in lines(document, "body")
    assert P3[:20] in document.problems[0].message
    assert lines(document, "body") == [P1, P2]


@pytest.mark.parametrize(
    ("dateline", "day"),
    [
        ("<div>浦江青年报 （ 2022年11月08日 03 版）</div>", "2022-11-08"),
        ("<div>二〇二二年十一月八日 来源：浦江日报</div>", "2022-11-08"),
        ("<div>民國111年11月8日</div>", "2022-11-08"),
        ("<div>今天是2024年3月1日 星期五</div>", None),
        ("<time datetime='2022-11-08T09:00'>昨天</time>", "2022-11-08"),
        ("<div>浦江日报</div>", None),
    ],
)
def test_the_day_is_the_dateline_and_never_the_headline(dateline: str, day: str | None) -> None:
    related = "<ul><li><a href=/1>旧闻一则</a> 2020-10-01</li><li>2021-10-01 又一则</li></ul>"
    page = news(
        dateline,
        f"<div class=c><p>{P1}</p><p>{P2}</p></div>",
        title="他在1998年4月2日种下第一棵树",
        after=related,
    )
    assert read(page).issue_date == day


def test_a_printed_dateline_names_newspaper_and_page() -> None:
    document = read(
        news("<h4>浦江青年报 （ 2022年11月08日 A03 版）</h4>", f"<div><p>{P1}</p><p>{P2}</p></div>")
    )
    assert (document.newspaper, document.page) == ("浦江青年报", "A03")


@pytest.mark.parametrize(
    "line", ["点击上方蓝字关注我们", "↑↑↑ 点击上方“浦江发布”关注我们", "点个“在看”，分享给更多人", "阅读原文"]
)
def test_calls_to_follow_are_no_paragraphs(line: str) -> None:
    document = read(news(f"<div><p>{line}</p><p>{P1}</p><p>{P2}</p><p>{line}</p></div>"))
    assert lines(document, "body") == [P1, P2]


def test_a_short_story_in_a_table_after_the_end_of_the_page() -> None:
    page = (
        "<html><head><title>关于展品免税的决定</title></head><body><table><tr><td><a href=#>首页</a> | <a href=#>公报</a></td>"
        "</tr></table></body></html><table><tr><td align=center><font size=5><b>关于展品免税的决定</b></font></td></tr>"
        "<tr><td>2022年11月06日</td></tr><tr><td><p>　　区里决定批准展品免税方案。</p><p>　　本决定自公布之日起施行。</p></td></tr></table>"
    )
    document = read(page)
    assert (lines(document, "body"), document.issue_date) == (
        ["区里决定批准展品免税方案。", "本决定自公布之日起施行。"],
        "2022-11-06",
    )
