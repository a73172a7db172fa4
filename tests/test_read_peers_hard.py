"""Harder pages in the manner of Chinese news sites: something else holds more text, paragraphs are short or stand apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from miner.config import Config
from miner.read import read_bytes
from tests.test_read_peers import BODY, HEAD, RELATED, f1, ps, whole

COMPANY = (
    "滨江集团创立于一九九八年，总部设在滨江，业务覆盖食品、医药、物流三个板块，员工超过一万二千人，在海外设有八个办事处。",
    "集团秉承诚信经营的理念，连续多年被评为守合同重信用单位，获得各类奖项三十余项，纳税额居全区前列，为地方经济作出了贡献。",
    "集团设有博士后工作站和省级技术中心，拥有发明专利二百余项，与多所高校建立了长期合作关系，人才培养体系完善。",
    "欢迎社会各界朋友前来考察洽谈，携手共创美好未来，共同谱写合作发展的新篇章，电话二十四小时有人接听。",
) * 2
COMMENTS = "".join(
    f"<div class=cmt><span class=user>用户{i}</span><p>{t}</p></div>"
    for i, t in enumerate(
        [
            "家乡的企业走出去了，真是替他们高兴，希望明年的订单更多，也希望我们的农产品都能卖个好价钱，支持支持！",
            "去年我也去过现场，人山人海，排队两个小时才进去，不过看到的东西确实新鲜，值得一看，明年还要带孩子去。",
            "说句实话，签约额好看，落地多少才是关键，希望记者以后能追踪报道一下，别只报喜不报忧。",
        ]
        * 6
    )
)
QA = [
    "问：今年的订单为什么这么多？",
    "答：去年看样，今年下单。",
    "问：明年还来吗？",
    "答：展位已经订好了。",
    "问：冷链仓库设在哪里？",
    "答：还在选址，滨江的可能最大。",
    "问：最大的感受是什么？",
    "答：朋友多了，路就宽了，生意也就好做了。",
]
LIVE = [
    "10:20 开馆不到一小时，滨江交易团在四号馆签下首单。",
    "11:05 北岛的奶农带来的干酪被三家商超订走大半。",
    "14:30 签约区排起长队，工作人员加开两张签约台。",
    "17:00 交易团公布首日成交额，为三千二百万美元。",
]
SHORTS = [
    "开馆了。",
    "林岚一早就到了。",
    "“去年看样，今年下单。”她说。",
    "话音刚落，第一位客商走了过来。",
    "签约只用了十分钟。",
    "掌声响了很久。",
    "“明年还来。”客商说，展位已经订好，冷链仓库也在选址。",
]
PAGES: dict[str, tuple[str, Sequence[str]]] = {
 "sohu, article and statement": (whole(f"<div class='left main'><div class=text><div class=text-title><h1>{HEAD}</h1><div class=article-info><span class=time>2023-11-05 18:20</span> 来源: <span>滨江日报</span></div></div><article class=article id=mp-editor>{ps()}<p>返回滨江网，查看更多</p></article><div class=statement>平台声明：该文观点仅代表作者本人，滨江号系信息发布平台，滨江网仅提供信息存储空间服务。</div><div class=read-wrap>阅读 (<em>321</em>)</div></div></div><div class=right>{RELATED}</div>"),BODY),
 "ads between, hashed classes": (whole(f"<h1>{HEAD}</h1><div class=i>2023-11-05</div><div id=root><div class=x1>"+"".join(f"<div class=p{n}x{n*7}><span>{t}</span></div>"+("<div class=ad-slot><a href=a>广告：进口红酒限时五折，点此抢购</a></div>" if n%2 else "") for n,t in enumerate(BODY))+"</div></div>"),BODY),
 "company intro heavier than the story": (whole(f"<div class=news><h1>{HEAD}</h1><p class=date>2023-11-05</p><div class=con>{ps(paragraphs=BODY[:3])}</div></div><div class=about><h3>关于我们</h3>{ps(paragraphs=COMPANY)}</div>"),BODY[:3]),
 "comments heavier than the story": (whole(f"<div class=news><h1>{HEAD}</h1><p class=date>2023-11-05</p><div class=con>{ps(paragraphs=BODY[:3])}</div></div><div class=comments><h3>网友评论</h3>{COMMENTS}</div>"),BODY[:3]),
 "comments without a class": (whole(f"<div class=a1><h1>{HEAD}</h1><p class=date>2023-11-05</p><div class=a2>{ps(paragraphs=BODY[:3])}</div></div><div class=a3>{COMMENTS.replace('class=cmt','class=a4').replace('class=user','class=a5')}</div>"),BODY[:3]),
 "interview": (whole(f"<h1>{HEAD}</h1><div class=info>2023-11-05</div><div class=con>{ps(paragraphs=tuple(QA))}</div>"),QA),
 "live": (whole(f"<h1>{HEAD}</h1><div class=info>2023-11-05</div><ul class=live>{''.join(f'<li><b>{t[:5]}</b> <span>{t[6:]}</span></li>' for t in LIVE)}</ul>"),LIVE),
 "short paragraphs": (whole(f"<h1>{HEAD}</h1><div class=info>2023-11-05</div><div class=con>{ps(paragraphs=tuple(SHORTS))}</div>"),SHORTS),
 "twice, for two screens": (whole(f"<div class=pc><h1>{HEAD}</h1><div>2023-11-05</div><div class=pc-con>{ps()}</div></div><div class=wap><h1>{HEAD}</h1><div>2023-11-05</div><div class=wap-con>{ps()}</div></div>"),BODY),
 "forum": (whole(f"<h1><span>{HEAD}</span></h1><div class=post><div class=authi>发表于 2023-11-05 18:20</div><table><tr><td class=t_f>{'<br>'.join(BODY)}</td></tr></table></div>"+"".join(f"<div class=post><div class=authi>发表于 2023-11-06 0{i}:20</div><table><tr><td class=t_f>家乡的企业走出去了，真是替他们高兴，希望明年的订单更多，支持第{i}次！</td></tr></table></div>" for i in range(1,9))),BODY),
 "keywords linked": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=con>"+"".join(f"<p>{t.replace('滨江','<a href=k>滨江</a>').replace('北岛','<a href=k>北岛</a>').replace('展位','<a href=k>展位</a>').replace('采购','<a href=k>采购</a>')}</p>" for t in BODY)+"</div>"),BODY),
 "government, style inside, attachments": (whole(f"<h1>{HEAD}</h1><div class=xl>发布时间：2023-11-05 来源：区商务委 字体：<a>大</a> <a>小</a></div><div class=TRS_Editor><style>.TRS_Editor P{{line-height:2}}</style>{ps(open_='　　')}</div><div class=fj><p>附件：<a href=1.doc>1.签约清单.doc</a></p><p><a href=2.doc>2.展商名录.doc</a></p></div>"),BODY),
 "bjh": (whole(f"<div id=header>{HEAD}</div><div class=index-module_articleTitle>{HEAD}</div><span class=date>2023-11-05 18:20</span><div class=index-module_articleWrap>"+"".join(f"<div class='index-module_textWrap_abc'><p><span class=bjh-p>{t}</span></p></div>"+("<div class=index-module_mediaWrap><img src=1></div>" if n==1 else "") for n,t in enumerate(BODY))+"</div>"),BODY),
 "listicle": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=con><p>{BODY[0]}</p><h2>农产品展区</h2><ul><li>{BODY[2]}</li><li>{BODY[3]}</li></ul><h2>签约区</h2><ol><li>{BODY[4]}</li><li>{BODY[5]}</li></ol></div>"),[BODY[0],"农产品展区",BODY[2],BODY[3],"签约区",BODY[4],BODY[5]]),
 "related in the middle without class": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=con>{ps(paragraphs=BODY[:3])}<p>相关阅读：</p><p><a href=1>进博会倒计时三天，展馆布置完毕</a></p><p><a href=2>青浦服务升级，巡馆团队整装待发</a></p>{ps(paragraphs=BODY[3:])}</div>"),BODY),
 "everything in one span with br": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div><span style='font-size:14px'>　　{'<br/><br/>　　'.join(BODY)}</span></div>"),BODY),
 "pictures with captions between": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=con><p>{BODY[0]}</p><p style='text-align:center'><img src=1></p><p style='text-align:center;color:#888'>滨江交易团的展台前人头攒动。 滨江报记者 王一 摄</p>{ps(paragraphs=BODY[1:])}</div>"),BODY),
 "summary above": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=summary>摘要：滨江交易团在四号馆签下首单，采购额达三千二百万美元，参展商比去年多两成。</div><div class=con>{ps()}</div>"),BODY),
 "english beside": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=con>{ps()}</div><div class=en><h2>Binjiang signs first order</h2><p>The sixth CIIE opened in Shanghai today, and the trading group of Binjiang signed its first order within an hour.</p></div>"),BODY),
 "footer of the law": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=con>{ps(paragraphs=BODY[:2])}</div><div class=law><p>本网站所刊登的各种新闻、信息和各种专题专栏资料，均为滨江新闻网版权所有，未经协议授权，禁止下载使用。</p><p>本网转载其他媒体之稿件，意在为公众提供免费服务，如稿件版权单位或个人不想在本网发布，可与本网联系，本网视情况可立即将其撤除。</p><p>地址：滨江市人民路一号，邮编：200000，联系电话：021-00000000，监督电话：021-00000001。</p></div>"),BODY[:2]),
 "pre": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><pre>　　{(chr(10)+'　　').join(BODY)}</pre>"),BODY),
 "nested quotes": (whole(f"<h1>{HEAD}</h1><div>2023-11-05</div><div class=con><p>{BODY[0]}</p><blockquote><p>{BODY[1]}</p></blockquote>{ps(paragraphs=BODY[2:])}</div>"),BODY),
 "story and column of a side, both divs": (whole(f"<div class=l><h1>{HEAD}</h1><div>2023-11-05</div><div class=con>{ps('div')}</div></div><div class=r><div class=box><div>今日天气晴，最高温度二十一度，最低温度十三度，东北风三到四级，空气质量良。</div><div>今日提示：展会期间周边道路实行交通管制，请市民绕行，乘坐地铁二号线前往。</div></div></div>"),BODY),
}  # fmt: skip


def found_in(page: str) -> list[str]:
    (document,) = read_bytes(page.encode(), "a.html", Config())
    assert document.issue_date == "2023-11-05"
    assert [line.text for line in document.lines if line.role == "headline"] == [HEAD]
    return [line.text for line in document.lines if line.role in ("body", "subhead")]


@pytest.mark.parametrize("name", PAGES)
def test_paragraphs_of_a_harder_page(name: str) -> None:
    page, want = PAGES[name]
    found = found_in(page)
    assert found == [*want], f1(found, set(want))


def test_much_text_beside_the_story_is_told() -> None:
    (document,) = read_bytes(PAGES["comments without a class"][0].encode(), "a.html", Config())
    assert [problem.code for problem in document.problems] == ["text-left-out"]
