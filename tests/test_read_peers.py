"""Pages in the manner of Chinese news sites: their paragraphs are found, and nothing else. Markup and words are our own."""

from __future__ import annotations

import pytest

from miner.config import Config
from miner.read import read_bytes

HEAD = "滨江交易团首日签下三千万美元订单"
BODY = (
    "滨江新闻网11月5日电　第六届进博会今天在上海开幕。开馆不到一小时，滨江交易团就在四号馆签下首单，采购额达三千二百万美元。",
    "“去年看样，今年下单。”交易团负责人林岚说，参展商比去年多了两成，新面孔集中在医疗器械和农产品两个展区。",
    "在农产品展区，来自北岛的奶农第二次参展，带来的干酪第一天就被三家本地商超订走大半。",
    "北岛乳业总经理告诉记者，公司已经订好了明年的展位，还打算在滨江设一个冷链仓库。",
    "闭馆之前，签约区仍有十几位采购商排队等候，工作人员加开了两张签约台。",
    "滨江交易团预计，六天展期结束时，意向成交额将超过去年，具体数字将在闭幕后公布。",
)
CAPTION = "图为滨江交易团在签约现场。王一 摄"
RELATED = (
    "<ul><li><a href=1>进博会倒计时三天，展馆布置完毕</a></li><li><a href=2>青浦服务升级，巡馆团队整装待发</a></li>"
    "<li><a href=3>松江签下备忘录，三家企业落户</a></li><li><a href=4>新品首发，首日观众排起长队</a></li></ul>"
)
NAV = "<div class=nav><a href=/>首页</a> <a href=/n>时政</a> <a href=/e>财经</a> <a href=/s>体育</a> <a href=/c>文化</a></div>"
FOOT = "<div class=footer><p>滨江新闻网版权所有，未经授权不得转载。</p><p>互联网新闻信息服务许可证 31120000001　举报电话 021-00000000</p></div>"
NOTICE = "免责声明：本文不代表本网观点。如因作品内容、版权和其他问题需要同本网联系的，请在三十日内进行，本网将及时处理，谢谢您的支持和理解。"


def ps(tag: str = "p", *, open_: str = "", paragraphs: tuple[str, ...] = BODY) -> str:
    name = tag.split()[0]
    return "".join(f"<{tag}>{open_}{text}</{name}>" for text in paragraphs)


def whole(inner: str, *, head: str = "") -> str:
    return f"<!doctype html><html><head><meta charset=utf-8><title>{HEAD}_滨江新闻网</title>{head}</head><body>{NAV}{inner}{FOOT}</body></html>"


PAGES = {
    "agency, body beside a list": whole(
        f"<div class=main><div class='header domPC'><h1><span class=title>{HEAD}</span></h1><div class=info>2023-11-05 18:20:11 来源：滨江社</div></div>"
        f"<div id=detail><span id=detailContent>{ps(open_='　　')}</span><p class=editor>【责任编辑:陈平】</p></div></div><div class='side hot'>{RELATED}</div>"),
    "party paper's site, column with pictures": whole(
        f"<div class=layout><div class='col col-1'><h1>{HEAD}</h1><div class='col-1-1'>2023年11月05日18:20 | 来源：滨江日报</div><div class=rm_txt_con>"
        f"<table class=pci_c><tr><td><img src=1.jpg></td></tr><tr><td class=desc>{CAPTION}</td></tr></table>{ps()}<div class=edit>(责编：陈平、赵安)</div></div></div>"
        f"<div class='col col-2'>{RELATED}</div></div>"),
    "broadcaster, text in a content area": whole(
        f"<div class=title_area><h1>{HEAD}</h1><div class=info>来源 : 滨江台 | 2023年11月05日 18:20:11</div></div><div class=content_area id=content_area>{ps()}</div>"
        f"<div class=zebian><span>编辑：陈平</span><span>责任编辑：赵安</span></div><div class=tuijian>{RELATED}</div>"),
    "wire service, paragraphs in one cell": whole(
        f"<div class=content><h1 style='display:block'>{HEAD}</h1><div class=left-t>2023年11月05日 18:20　来源：滨江通讯</div><div class=left_zw>{ps(open_='　　')}"
        f"<div class=adInContent><a href=ad>广告</a></div></div><div class=left_name><div>【编辑:陈平】</div></div></div><div class=div624>{RELATED}</div>"),
    "application with hashed classes": whole(
        f"<div id=__next><main class=index_container__a1><div class=index_wrapper__b2><h1 class=index_title__c3>{HEAD}</h1><div class=index_left__d4><span>滨江记者 王一</span>"
        f"<span>2023-11-05 18:20</span></div><div class=index_cententWrap__e5>{ps()}<p></p><figure><img src=1><figcaption>{CAPTION}</figcaption></figure></div>"
        f"<div class=index_copyright__f6>责任编辑：陈平</div></div></main><aside class=index_hot__g7>{RELATED}</aside></div>"),
    "portal, article with a notice": whole(
        f"<div class=main-content><h1 class=main-title>{HEAD}</h1><div class=top-bar><span class=date>2023年11月05日 18:20</span><span class=source>滨江晚报</span></div>"
        f"<div class='txt'><div class=txt-in>{ps(open_='　　')}<p>{NOTICE}</p></div></div></div><div class=related>{RELATED}</div>"),
    "portal, every paragraph in sections of its own": whole(
        f"<article class=article><h1>{HEAD}</h1><div class=meta>2023-11-05 18:20 · 滨江发布</div>"
        + "".join(f"<section><div><div class=para><span><p>{text}</p></span></div></div></section>" for text in BODY) + f"</article><div class=recommend>{RELATED}</div>"),
    "account of a messenger": whole(
        f"<div class=rich_media_inner><h1 class=rich_media_title>{HEAD}</h1><div id=meta_content><em id=publish_time>2023-11-05 18:20</em></div><div class=rich_media_content id=text>"
        "<section><p>点击上方蓝字关注我们</p></section>" + "".join(f"<section style='margin:8px'><section><p><span>{text}</span></p></section></section>" for text in BODY)
        + f"<p><img src=q.png></p><p>{CAPTION}</p><p>来源：滨江发布</p><p>点个在看，分享给更多人</p></div></div>"),
    "government, paragraphs by breaks": whole(
        f"<div class=pages_content><h1>{HEAD}</h1><div class=pages-date>2023-11-05 18:20 来源： 滨江市政府</div><div class=view>{'<br><br>　　'.join(('', *BODY))}<br></div></div>"
        f"<div class=share>分享到： <a>微博</a> <a>微信</a></div>"),
    "old site, nested tables": whole(
        f"<table width=960><tr><td width=700><table><tr><td align=center><b>{HEAD}</b></td></tr><tr><td align=center>2023年11月5日 18:20　滨江晨报</td></tr><tr><td>{ps(open_='　　')}</td></tr>"
        f"<tr><td align=right>【<a href=p>打印</a>】【<a href=c>关闭</a>】</td></tr></table></td><td>{RELATED}</td></tr></table>"),
    "finance, subheads in bold": whole(
        f"<div class=article-wrap><h1>{HEAD}</h1><p class=info>滨江财经 2023-11-05 18:20</p><div class=article-body>{ps(paragraphs=BODY[:2])}<p><strong>奶农又来了</strong></p>"
        f"{ps(paragraphs=BODY[2:4])}<p><strong>签约台加开</strong></p>{ps(paragraphs=BODY[4:])}<p>（文章来源：滨江财经）</p></div><div class=comments><p>说得好，明年我们也想去看看！</p><p>支持家乡企业，加油！</p></div></div>"),
    "local centre, div for paragraphs": whole(
        f"<div class=news-detail><div class=news-title>{HEAD}</div><div class=news-info><span>发布时间：2023-11-05</span><span>来源：滨江区融媒体中心</span><span>浏览：321次</span></div>"
        f"<div class=news-text>{ps('div')}</div><div class=news-foot>上一篇：<a href=1>展馆布置完毕</a><br>下一篇：<a href=2>服务升级</a></div></div>"),
    "mobile page with a fold": whole(
        f"<div class=wap><h1>{HEAD}</h1><div class=wap-info>滨江新闻 11月05日 18:20</div><div class=wap-text>{ps(paragraphs=BODY[:3])}<div class='wap-more' id=fold>{ps(paragraphs=BODY[3:])}</div></div>"
        f"<a class=open-app href=app>打开客户端，看更多精彩</a></div><div class=wap-list>{RELATED}</div>", head="<meta name=viewport content='width=device-width'>"),
    "traditional characters, list of related stories between": whole(
        f"<div class=story><h1>{HEAD}</h1><time datetime='2023-11-05T18:20:00+08:00'>2023-11-05 18:20</time><div class=story-body>{ps(paragraphs=BODY[:3])}<div class=related><b>相關新聞</b>{RELATED}</div>"
        f"{ps(paragraphs=BODY[3:])}</div></div>"),
}  # fmt: skip
EXTRA = {"finance, subheads in bold": {"奶农又来了", "签约台加开"}}
"""Subheads, which are part of a story."""


def found_in(name: str) -> list[str]:
    (document,) = read_bytes(PAGES[name].encode(), "a.html", Config())
    return [line.text for line in document.lines if line.role in ("body", "subhead")]


def f1(found: list[str], want: set[str]) -> float:
    right = len(want & set(found))
    return 2 * right / max(1, len(found) + len(want))


@pytest.mark.parametrize("name", PAGES)
def test_paragraphs_of_a_page(name: str) -> None:
    assert found_in(name) == [*BODY] if name not in EXTRA else set(found_in(name)) == {*BODY, *EXTRA[name]}


def test_paragraphs_of_all_pages() -> None:
    scores = [f1(found_in(name), {*BODY, *EXTRA.get(name, ())}) for name in PAGES]
    assert len(scores) >= 12
    assert sum(scores) / len(scores) >= 0.99


@pytest.mark.parametrize("name", PAGES)
def test_headline_and_day_of_a_page(name: str) -> None:
    (document,) = read_bytes(PAGES[name].encode(), "a.html", Config())
    assert [line.text for line in document.lines if line.role == "headline"] == [HEAD]
    assert document.issue_date == (None if name == "mobile page with a fold" else "2023-11-05")
