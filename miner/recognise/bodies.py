"""Companies and organisations by the way their names are built: region, owner or brand, trade, and a closing type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from miner.recognise.gazetteer import Hit, words_of
from miner.recognise.passage import Found, Passage

_MAX_NAME = 40
_PUNCTUATION = re.compile(r"[^\w·&\-()' .]")
_STOP_TAGS = frozenset({"p", "c", "d", "r", "u", "y", "e", "o", "uj", "ul", "uv", "ud", "uz", "ug", "q", "zg", "t"})
_NAME_VERBS = frozenset(
    "投资 创新 发展 控股 管理 服务 建设 出版 租赁 设计 制造 咨询 运输 进出口 贸易 交易 保险 传播 研究 监督 监管 促进 开发 生产 合作 教育 "
    "检验 检疫 执法 救援 消防 宣传 组织 规划 统计 审计 外交 科学 联合 外国 国际 对外 检测 认证 通关 进口 出口 监察 考古 训练 测试 工作 "
    "交流 推广 采购 展览 博览 策划 广告 装饰 餐饮 零售 电装 迅销 通运 游戏 出海 动力 航空 航天 导航 通信 传感 创业 智造 评估 仲裁 调解 "
    "治疗 护理 康复 预防 控制 保护 保健 养殖 种植 育种 加工 装备 印刷 包装 储备 信用 支付 结算 登记 影像 信息 协作 协调 振兴 扶贫 "
    "慈善 救助 改革 复兴 联想 开云 立讯 移动 联通 建设工程 制药 发电 输变电 供电 供应 养老 行政 移民 管制 安保".split()
)
_ROLE_NOUNS = frozenset(
    "企业 单位 品牌 巨头 平台 厂商 展商 参展商 供应商 机构 旗下 客户 伙伴 公司 母公司 子公司 股东 同行 对手 车企 药企 房企 央企 国企 "
    "代表 负责人 主办方 承办方 龙头 行业 老牌 知名 著名 全球 世界 国内 国外 外资 民营 国有 合资 独资 大型 小型 中小 多家 上市 跨国 "
    "企业家 单位 主体 项目 产品 展台 展区 展馆 现场 记者 作者 来源 时间 其中 以上 之一 之后 以来 以及 等 同时 目前 今天 昨天 今年 去年 "
    "明年 日前 近日 当天 上午 下午 随后 此前 此后 最终 双方 各方 方面 原 原定 前身 一家 两家 一行 团队 集团旗下 位于 来自 作为 包括 例如 "
    "比如 其 该 各 我 本 这 那 某 每 新 老 大 小 此外 另外 一些 许多 不少 多个 各个 所有 全部 唯一 首家 首个 第一家 新增 业内 人士 媒体 "
    "嘉宾 院士 专家 教授 董事长 总经理 总裁 书记 主任 局长 部长 外 内 上 下 中 里 间 前 后 时 家 名 位 个 们 月 日 年 号 点 时间 地点 的 "
    "了 在 与 和 及 或 由 于 为 向 对 从 到 把 被 让 给 跟 同 以 因 就 也 都 还 又 再 已 将 会 能 可 是 有 无 不 称 说 讲 去 来 请 找 看".split()
)
_PLAIN = frozenset({"公司", "集团", "银行", "基金", "资本", "股份", "国际", "实业"})
_AFTER_WEAK = re.compile(r"(?:化|业|卡|家|股|制|军|性|员|类|型|版|界|式|人|品|群|式|费|价|额|币|线|馆|展|年|奖|杯|赛|节)")


def find_bodies(passage: Passage) -> Iterator[Found]:
    """Propose companies and organisations whose name ends in a known type, grown to the left word by word."""
    best: dict[int, Hit] = {}
    for hit in passage.hits:
        if hit.term.kind in ("company", "body") and hit.term.sort not in ("generic", "unit"):
            known = best.get(hit.end)
            if known is None or hit.start < known.start:
                best[hit.end] = hit
    for end in sorted(best):
        found = _body(passage, best[end])
        if found is not None:
            yield found


def _body(passage: Passage, ending: Hit) -> Found | None:
    text = passage.folded
    if not passage.edges[ending.end] and text[ending.end : ending.end + 1] not in "的等与和及在":
        return None
    if _AFTER_WEAK.match(text, ending.end):
        return None
    start = _left_edge(passage, ending)
    name = text[start : ending.end]
    if ending.term.kind == "company":
        return _company(passage, start, ending, name)
    return _organization(passage, start, ending, name)


def _left_edge(passage: Passage, ending: Hit) -> int:
    """Walk left over words that may stand in a name and return where the name begins."""
    text, (words, tags, starts) = passage.folded, passage.words
    index = passage.word_at(ending.start)
    if starts[index] < ending.start:
        index += 0
    start = min(starts[index], ending.start)
    limit = ending.end - _MAX_NAME
    depth = 0
    while index > 0:
        word, tag, at = words[index - 1], tags[index - 1], starts[index - 1]
        if at < limit:
            break
        if word == ")":
            depth += 1
        elif word == "(":
            depth -= 1
            if depth < 0:
                break
        elif depth == 0 and _stops(word, tag):
            break
        index -= 1
        start = at
    while start < ending.start and text[start] in " )-·&.'":
        start += 1
    return start


def _stops(word: str, tag: str) -> bool:
    if word in _ROLE_NOUNS or _PUNCTUATION.search(word):
        return True
    if word in _NAME_VERBS:
        return False
    return tag in _STOP_TAGS or (tag in ("v", "vd", "vg", "vi", "a", "ad") and len(word) <= 2) or tag == "v"


def _region_start(passage: Passage, start: int, end: int) -> int:
    """Return where the last region outside brackets begins, when only common words stand before it; else `start`."""
    best = start
    depth_free = re.sub(r"\([^()]*\)", lambda m: "\0" * len(m.group()), passage.folded[start:end])
    for hit in passage.hits_in(start, end):
        if hit.term.kind == "place" and hit.start > start and depth_free[hit.start - start] != "\0":
            before = passage.folded[start : hit.start]
            if passage.edges[hit.start] and len(before) >= 2 and not passage.knows(start, hit.start):
                best = max(best, hit.start) if best == start else best
    return best


def _company(passage: Passage, start: int, ending: Hit, name: str) -> Found | None:
    start = _region_start(passage, start, ending.start)
    name = passage.folded[start : ending.end]
    left = passage.folded[start : ending.start]
    if name in words_of("company_types", "generic") or not left.strip("()"):
        return None
    strong = ending.term.sort == "strong" and ending.end - ending.start >= 4
    known = passage.known_prefix(start, ending.start)
    if strong:
        return Found(start, ending.end, "enterprise", "suffix", 0.95)
    if known == "enterprise":
        return Found(start, ending.end, "enterprise", "suffix", 0.9)
    type_ = passage.folded[ending.start : ending.end]
    if type_ not in _PLAIN and ending.term.sort == "weak":
        return None
    place = known == "place"
    rest = left if not place else passage.after_place(start, ending.start)
    if not rest:
        return Found(start, ending.end, "enterprise", "suffix", 0.7) if type_ == "银行" else None
    if rest in words_of("company_types", "industry") and type_ != "公司":
        return None
    if passage.all_common(start + len(left) - len(rest), ending.start) and not (place and len(rest) >= 4):
        return None
    return Found(start, ending.end, "enterprise", "suffix", 0.8)


def _organization(passage: Passage, start: int, ending: Hit, name: str) -> Found | None:
    known = passage.known_prefix(start, ending.start)
    if known != "place":
        start = _region_start(passage, start, ending.start)
        known = passage.known_prefix(start, ending.start)
    left = passage.folded[start : ending.start]
    name = passage.folded[start : ending.end]
    if name in words_of("org_types", "generic"):
        return None
    sort = ending.term.sort
    ending_text = passage.folded[ending.start : ending.end]
    if not left:
        named = ending_text not in words_of("org_types", "generic") and len(ending_text) >= 3
        return Found(start, ending.end, "organization", "type", 0.85) if named else None
    if sort == "media" and known is None:
        return None
    return Found(start, ending.end, "organization", "type", 0.9 if known else 0.75)
