"""Companies and organisations by the way their names are built: region, owner or brand, trade, and a closing type.

A name is found from its end. From a closing type (有限公司, 研究院, 商务局) the walk goes left over the words that may stand
in a name and stops at punctuation, at function words and at verbs that names do not hold; brackets are passed when they
hold a region (旭化成（中国）投资有限公司). Common words left of a region are then cut off (老牌车企|上海汽车集团). What is left is
judged: a type that is also an everyday word (公司, 银行, 学院) wants an owner, a brand or a region before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache

from miner.language.gazetteer import Hit, gazetteer, words_of
from miner.language.words import is_common
from miner.recognise.found import Found, acts_as_company
from miner.text import AnnotatedText

_MAX_NAME = 40
_MAX_BRACKET = 8
_INNER = frozenset("·&-.'+ ")
_PROPER = frozenset({"nr", "nrt", "nrfg", "nz", "nt", "ns", "eng", "j"})
_FUNCTION = frozenset(
    {"p", "c", "d", "r", "u", "y", "e", "o", "uj", "ul", "uv", "ud", "uz", "ug", "q", "m", "mq"}
)
_VERBS = frozenset({"v", "vd", "vg", "vi", "vq"})
_AND = frozenset({"和", "与", "及"})
_LEVELS = frozenset("省市区县镇乡州国")
_OWNERS = re.compile(
    r"(?:国家|全国|中央|中华|世界|国际|亚洲|欧洲|全球|联合国|省|市|区|县|镇|乡|州|[一二三四五六七八九十第]{2,3})"
)
_LEADS = re.compile("国家|全国|中央|中华|世界|国际")
_TAIL_STOPS = frozenset("是在的与和到被把向了为从对令涉")
_LEVEL_SORTS = frozenset({"government", "party", "ministry", "association"})
_HARD = frozenset(
    "的了在与和及或由于为向对从到把被让给跟以因就也都还又已将是有不称说等据该各每某此那这我你他她它即令涉"
)
_NEVER_FIRST = frozenset("已将令涉为对由后被把使让给从向与和及在")
"""What a segmenter may read into the word after it, though no name begins with it (已令|波音公司)."""
_HOLDER = re.compile(
    r"(?:单位|部门|企业|巨头|龙头|厂商|门店|用品店|连锁店|专卖店|零售店|运营商|制造商|供应商|开发商|服务商)$"
)
"""Words that say what the name after them is, also as the end of a longer word (施工单位)."""
_KIND_BEFORE = re.compile(
    r"(?:的|大型|国有|民营|多家|各家|[一两几多数]家|国内|国外|外资|中资|中小|知名|著名|最大|本地|当地|跨国|同类|其他|其它|部分|新型|这类|此类|上述|区域性|地方)$"
)
"""What stands before a kind of company, not before a name (国有商业保险公司)."""
NOT_NAMED = re.compile(
    r"两国|三国|多国|这一|这台|那台|部分|某|国有商业|犯罪|贩毒|电诈|雇佣|恐怖|区域性|欧元区|网约车|私人|第三方|各类|各地|种植|纯线上"
)
"""Words of a description, not of a company's name."""
_NUMERAL = re.compile(r"[一二三四五六七八九十]{1,4}(?=[局冶航院建化])")
_GOES_ON = re.compile(
    r"(?:公告|开盘|收盘|股价|涨停|跌停|盘中|控股股东|股东|董事会|发布公告|第[一二三四五六七八九十]{1,2}届董事会|将|与|和|宣布|计划|拟|已|首次|带来|推出|发布|签|正|也|还|则|获|称|表示)"
)
_PUBLIC = re.compile(
    r"广播公司$|中国人民银行[\u4e00-\u9fff]{2,10}[分支]行$|中央银行$|央行$|储备银行$|英格兰银行|存款保险公司$|储蓄保险公司$"
)
"""Bodies of the state whose names end like a company's."""
_LOCAL_PARTY = re.compile(r"(?:街道|镇|乡|社区|村)(?:党工委|党委|党支部|党总支)$")
_INSTITUTE = re.compile(
    r"[\u4e00-\u9fff]{2,7}(?:所|系)(?=副?(?:所长|主任|系主任|教授|研究员|博士))|[^\W\da-z_的及其和与各等由在将]{2,5}(?:委员会|理事会)(?![长主委])|(?:执行董事会|执委会)(?![长主委])"
)
_MINISTRY = re.compile(
    r"(?!市场|销售|采购)(?:国家|联邦)?(?:(?!部)[\u4e00-\u9fff]){0,4}(?:[与和及、](?:(?!部)[\u4e00-\u9fff]){2,6}){0,2}"
    r"(?<=外交|国防|财政|经济|商业|贸易|工业|产业|农业|能源|教育|卫生|科技|科学|文化|旅游|交通|环境|内政|司法|劳动|发展|投资|设施|矿业|渔业|体育|通信|事务|水利|资源|住房|安全|计划|规划|食品|合作)"
    r"部(?=副?部长|大臣|国务秘书|发言人|官员|表示|宣布|称|\d{1,2}日|发布|通报)"
)
"""What follows a country in the name of its ministry (南非|贸易与工业部)."""
_HEADQUARTERS = re.compile(r"(?:集团)?[\u4e00-\u9fff]{2,4}区域总部")
_CLEAR_POST = re.compile(r"的?(?:[高资]级|资深|首席|全球|联合|创始|副?总|亚太|大?中华|中国|董事)")
_FOUNDED = re.compile(r"(?:成立|设立|组建|揭牌)(?:了)?[“\"]?$")
_PARTNERSHIP = re.compile(r"\((?:有限合伙|普通合伙|特殊普通合伙)\)")
_DATELINE = re.compile(r"\d日[讯电]")
"""The end of a dateline, which runs into the name after it where no blank stands: 3月5日讯|宁波…公司."""
_SOME = re.compile(r"(?:[这那一某每该各两几多数\d]家?|[这那一某每该各两几多数\d][所座个])$")
_AFTER = re.compile(
    r"(?:化|(?<=部)门|业|卡|家|制(?![作造定订])|军|性|员工?宿舍|类|版|界|式|币|线|奖|杯|赛|节|债|楼|贷|法(?!定|人|务|国))"
)
_OF_COMPANIES = frozenset({"institute", "university", "association", "hospital", "media", "culture"})
_PARTY_POST = re.compile(r"(?:副?书记|常委|委员|副?主席|副?主任|领导)")
_STREET_OFFICE = re.compile(r"(?:街道|镇|乡)[\u4e00-\u9fff]{0,6}(?:办|中心|所|站|办公室)$")


def find_bodies(passage: AnnotatedText) -> Iterator[Found]:
    """Propose companies and organisations whose name ends in a known type."""
    yield from _parts(passage)
    for found in _typed(passage):
        yield found
        if (
            found.start
            and found.label == "organization"
            and passage.folded[found.start - 1] in "—–-－"
            and not passage.knows(found.start, found.end)
        ):
            start = _over_dash(passage, found.start)
            if start < found.start:
                yield replace(found, start=start, confidence=0.95)


def _parts(passage: AnnotatedText) -> Iterator[Found]:
    """Propose the parts of known bodies that have names of their own: 复旦大学微电子所, 中国能建华南区域总部."""
    for hit in passage.hits:
        if (
            hit.term.kind == "place"
            and hit.term.sort == "country"
            and passage.folded[hit.start : hit.end] != "中国"
            and "部" in passage.folded[hit.end + 2 : hit.end + 16]
        ):
            ministry = _MINISTRY.match(passage.folded, hit.end)
            if ministry is not None and passage.edges[hit.start]:
                yield Found(hit.start, ministry.end(), "organization", "type", 0.95)
        if hit.term.kind in ("organization", "enterprise") and not hit.term.ambiguous:
            part = (_INSTITUTE if hit.term.kind == "organization" else _HEADQUARTERS).match(
                passage.folded, hit.end
            )
            if part is not None and passage.edges[part.end()]:
                yield Found(hit.start, part.end(), hit.term.kind, "type", 0.93)


def _over_dash(passage: AnnotatedText, start: int) -> int:
    """Return where a name begins that goes on to the left of a dash with a place or a foreign name (成都—都灵鞋履创新中心)."""
    text, at = passage.folded, start - 1
    while at > 0 and text[at - 1] in "—–-－":
        at -= 1
    places = [
        hit.start for hit in passage.hits_in(max(0, at - 8), at) if hit.end == at and hit.term.kind == "place"
    ]
    index = passage.word_at(at - 1) if at else 0
    if not places and at and passage.words.tags[index].startswith("nr") and start - at == 1:
        places = [passage.words.starts[index]]
        while index and passage.words.tags[index - 1].startswith(("nr", "ns")):
            index -= 1
            places = [passage.words.starts[index]]
    return min(places, default=start)


def _typed(passage: AnnotatedText) -> Iterator[Found]:
    longest: dict[int, Hit] = {}
    for hit in passage.hits:
        if hit.term.kind in ("company", "body") and hit.term.sort not in ("generic", "unit", "industry"):
            known = longest.get(hit.end)
            if known is None or hit.start < known.start:
                longest[hit.end] = hit
    for end in sorted(longest):
        ending = longest[end]
        if not _ends_word(passage, ending) or _AFTER.match(passage.folded, end):
            continue
        found = _company(passage, ending) if ending.term.kind == "company" else _organization(passage, ending)
        if found is not None and _PUBLIC.search(passage.folded, found.start, found.end):
            yield replace(found, label="organization", confidence=0.95)
        elif found is not None:
            yield found


def _ends_word(passage: AnnotatedText, ending: Hit) -> bool:
    """Tell whether a type is cut out as a word's end, and short types as whole words (作协 is not in 合作协议)."""
    length = ending.end - ending.start
    type_ = passage.folded[ending.start : ending.end]
    if length >= 4 or (ending.term.sort == "party" and _PARTY_POST.match(passage.folded, ending.end)):
        return True
    if length == 2 and type_[0] in _LEVELS and passage.edges[ending.end]:
        return True
    whole = passage.edges[ending.end] and (
        passage.edges[ending.start] or ending.term.kind == "company" or length != 2
    )
    return bool(whole or (passage.edges[ending.end] and type_ in words_of("org_types", "generic")))


def left_edge(passage: AnnotatedText, ending: Hit) -> int:
    """Return where the name that closes with `ending` begins."""
    words, tags, starts = passage.words
    text = passage.folded
    index = passage.word_at(ending.start)
    start = starts[index] if starts[index] < ending.start and tags[index] not in _VERBS else ending.start
    limit = ending.end - _MAX_NAME
    while index > 0 and starts[index - 1] >= limit:
        word, tag = words[index - 1], tags[index - 1]
        if word == ")":
            opening = text.rfind("(", max(0, starts[index - 1] - _MAX_BRACKET - 1), starts[index - 1])
            if opening < 1 or not text[opening + 1 : starts[index - 1]].isalpha():
                break
            index = max(passage.word_at(opening) - 1, 0)
        elif _passes(passage, ending, index) or (
            tag == "m"
            and _NUMERAL.fullmatch(text, starts[index - 1], starts[index] + 1) is None
            and _NUMERAL.match(text, starts[index - 1])
        ):
            index -= 1
        elif (
            _stops(word, tag)
            or _is_role(word, ending)
            or _unknown_verb(passage, index - 1)
            or (len(word) > 2 and _HOLDER.search(word))
        ):
            break
        elif len(word) > 1 and word[0] in "为令涉对将已由把即和与及" and not is_common(word):
            start = starts[index - 1] + 1
            break
        else:
            index -= 1
        start = starts[index]
    start = _cut_to_region(passage, _trimmed(passage, start, ending), ending)
    if ending.term.sort == "legal" and ending.end - ending.start >= 4:
        start = _from_region(passage, start, ending)
    dateline = _DATELINE.match(text, start - 1) if start else None
    return dateline.end() if dateline and dateline.end() < ending.start else start


def _from_region(passage: AnnotatedText, start: int, ending: Hit) -> int:
    """Return where a registered name begins: at the region before it, when only characters of names stand between (江苏天工大成|安全技术有限公司)."""
    text = passage.folded
    if start and passage.starts_place(start):
        return start
    at = start
    while at > 0 and start - at < 12 and "\u4e00" <= text[at - 1] <= "\u9fff" and text[at - 1] not in _HARD:
        at -= 1
    for hit in passage.hits_in(at, start):
        if (
            hit.term.kind == "place"
            and not hit.term.ambiguous
            and passage.edges[hit.start]
            and hit.end - hit.start >= 2
            and _may_belong(passage, hit.end, start)
        ):
            return hit.start
    return start


def _may_belong(passage: AnnotatedText, start: int, end: int) -> bool:
    """Tell whether the words between a region and a registered name may be its first words."""
    words, _, starts = passage.words
    index = passage.word_at(start)
    if (
        end - start > 8
        or starts[index] != start
        or any(hit.term.kind == "body" and hit.term.sort != "unit" for hit in passage.hits_in(start, end))
    ):
        return False
    while index < len(words) and starts[index] < end:
        word = words[index]
        if (
            (
                word in words_of("naming", "stop", "role", "common", "company_role")
                and (len(word) > 1 or word in _HARD)
            )
            or word in words_of("titles")
            or _HOLDER.search(word)
        ):
            return False
        index += 1
    return True


def _trimmed(passage: AnnotatedText, start: int, ending: Hit) -> int:
    """Cut common words and marks off the left of a stretch, which must not begin inside a name."""
    words, starts = passage.words.words, passage.words.starts
    index, end = passage.word_at(start), ending.start
    verbs = (
        ("联合", "对接", "协调", "组织") if ending.term.sort in ("government", "party", "ministry") else ()
    )
    while start < end and not passage.starts_name(start):
        word = words[index]
        if _unknown_verb(passage, index):
            index += 1
            start = starts[index]
            continue
        if (
            len(word) > 1
            and word[0] in _NEVER_FIRST
            and not is_common(word)
            and passage.starts_name(start + 1)
        ):
            return start + 1
        if not (word in words_of("naming", "common") or word in verbs or word in "·&-.'+ )("):
            break
        index += 1
        start = starts[index] if index < len(starts) else end
    return min(start, end)


def _unknown_verb(passage: AnnotatedText, index: int) -> bool:
    """Tell whether a word that no dictionary has is cut out as a verb before a name (入藏|海德堡大学图书馆)."""
    words, tags, _ = passage.words
    if tags[index] != "v" or len(words[index]) < 2 or is_common(words[index]) or index + 1 >= len(words):
        return False
    return tags[index + 1] in _PROPER or passage.starts_name(passage.words.starts[index + 1])


def _passes(passage: AnnotatedText, ending: Hit, index: int) -> bool:
    """Tell whether the word before word `index` is part of the name although its like ends the walk elsewhere."""
    words = passage.words.words
    word = words[index - 1]
    if word in _AND and ending.term.kind == "body" and _joins_trades(passage, index):
        return True
    if _is_soft(passage, index - 1) or (_is_place(word) and word not in words_of("naming", "stop")):
        return True
    return ending.term.sort == "legal" and (
        _inner_role(words, index - 1) or _after_region(passage, index - 1)
    )


def _is_role(word: str, ending: Hit) -> bool:
    """Tell whether a word says what the name after it is: 航空公司, or 市委 before 市政府."""
    if ending.term.sort == "government" and word in words_of("org_types", "party"):
        return True
    branch = (
        ending.term.kind == "company" and ending.end - ending.start in (2, 3) and ending.term.sort == "legal"
    )
    return len(word) > 2 and not branch and word in words_of("company_types", "generic")


def _inner_role(words: list[str], index: int) -> bool:
    """Tell whether 集团 or 企业 stands inside a registered name: 兴发集团有限责任公司, 康德莱企业发展集团股份有限公司."""
    if words[index] == "集团":
        return index > 0 and words[index - 1] not in words_of("naming", "role", "stop", "common")
    return words[index] == "企业" and words[index + 1] in words_of("naming", "neutral")


def _after_region(passage: AnnotatedText, index: int) -> bool:
    """Tell whether a word that reads as a verb stands right after a region in a registered name: 宜昌兴发集团有限责任公司."""
    words, tags, starts = passage.words
    if index < 1 or len(words[index]) != 2 or words[index] in words_of("naming", "stop", "role"):
        return False
    return (
        tags[index] in ("v", "d", "a", "ad")
        and tags[index - 1] == "ns"
        and passage.starts_place(starts[index - 1])
    )


def _is_soft(passage: AnnotatedText, index: int) -> bool:
    """Tell whether a word that else stops the walk opens a stretch after a mark (、超聚变数字技术有限公司): then it is part of the name."""
    words, starts = passage.words.words, passage.words.starts
    word = words[index]
    if len(word) != 1 or word in _HARD or word not in words_of("naming", "stop"):
        return False
    return starts[index] > 0 and passage.folded[starts[index] - 1] in "、“(\n"


@lru_cache(maxsize=65536)
def _is_place(word: str) -> bool:
    return len(word) > 1 and any(term.kind == "place" for term in gazetteer().terms(word))


@lru_cache(maxsize=65536)
def _stops(word: str, tag: str) -> bool:
    if word in words_of("naming", "name_verb"):
        return False
    if word in words_of("naming", "stop", "role") or word in words_of("expo"):
        return True
    if word in words_of("titles", "core", "honour") and word not in words_of("naming", "people_trade"):
        return True
    if not any(char.isalnum() or char in _INNER for char in word) or word.isspace():
        return True
    if tag in ("m", "mq"):
        return not word.startswith("第")
    if len(word) > 1 and word[-1] in _TAIL_STOPS and not is_common(word):
        return True
    if len(word) == 1:
        return word in "后共" or tag in ("p", "c", "u", "uj", "ul", "y", "e", "o")
    return (tag in _VERBS or tag in _FUNCTION) and is_common(word)


def _joins_trades(passage: AnnotatedText, index: int) -> bool:
    """Tell whether the 与 before word `index` stands inside a body's name: a region leads the words before it."""
    words, tags, starts = passage.words
    if index < 2 or passage.starts_name(starts[index]) or tags[index].startswith(("nr", "ns", "nt")):
        return False
    for back in range(2, 6):
        at = index - back
        if at < 0 or _stops(words[at], tags[at]):
            return False
        if passage.starts_place(starts[at]):
            return back > 2
    return False


def _cut_to_region(passage: AnnotatedText, start: int, ending: Hit) -> int:
    """Cut common words off before the first region (outside brackets) or known name in a stretch."""
    owners = [start + match.start() for match in _LEADS.finditer(passage.folded[start : ending.start])]
    if ending.term.kind == "company":
        owners = []
    first = next(
        (
            hit
            for hit in passage.hits_in(start, ending.start)
            if hit.start == start and hit.term.kind == "place"
        ),
        None,
    )
    if first is not None:
        again = passage.folded.rfind(passage.folded[first.start : first.end], first.end, ending.start)
        if again > 0 and (
            ending.term.kind == "company"
            or passage.folded[again - 2 : again] in ("联合", "会同", "携手")
            or passage.folded[again - 1] in "和与同"
        ):
            start = again
    for at in sorted({*passage.name_starts(start, ending.end, shortest=3), *owners}):
        if at >= ending.start or at == start:
            return start
        if passage.edges[at] and not _in_brackets(passage.folded, start, at):
            whole = passage.word_at(start)
            verb = passage.words.tags[whole] in _VERBS and passage.words.starts[whole + 1 : whole + 2] == [at]
            return at if verb or passage.all_common(start, at, bodies=True) else start
    return start


def _in_brackets(text: str, start: int, at: int) -> bool:
    return text.count("(", start, at) > text.count(")", start, at)


def _company(passage: AnnotatedText, ending: Hit) -> Found | None:
    start = left_edge(passage, ending)
    kind, type_ = ending.term.sort, passage.folded[ending.start : ending.end]
    left = passage.folded[start : ending.start]
    place_end = passage.after_places(start, ending.start)
    core = passage.folded[place_end : ending.start].strip("()")
    generic = words_of("company_types", "generic")
    venue = passage.place_sort(start, ending.start) == "venue"
    if type_ == "分公司" and not passage.edges[ending.start]:
        return None
    exact = [
        hit.start
        for hit in passage.hits_in(start, ending.end)
        if hit.end == ending.end
        and hit.term.kind == "enterprise"
        and not hit.term.ambiguous
        and hit.start < ending.start
    ]
    if exact and (
        min(exact) <= place_end
        or passage.all_common(place_end, min(exact))
        or any(
            hit.term.kind in ("body", "organization") and hit.term.sort != "unit"
            for hit in passage.hits_in(place_end, min(exact))
        )
    ):
        return Found(_places_before(passage, min(exact)), ending.end, "enterprise", "suffix", 0.95)
    grown = _grown(passage, ending)
    if grown is not None and (grown.start >= start or not left):
        return grown
    if not left or passage.folded[start : ending.end] in generic:
        return None
    if kind != "legal" and (
        NOT_NAMED.search(passage.folded, start, ending.end)
        or (
            place_end == start
            and passage.all_common(start, ending.start, bodies=True)
            and _KIND_BEFORE.search(passage.folded, max(0, start - 3), start)
        )
    ):
        return None
    if core in words_of("naming", "any_company"):
        return None
    if kind != "legal" and (
        _SOME.search(passage.folded, max(0, start - 3), start)
        or core.endswith(tuple(words_of("naming", "any_company")))
    ):
        return None
    if (
        passage.folded[place_end : ending.end] in generic
        and type_ not in words_of("naming", "regional")
        and not venue
    ):
        return None
    known = passage.known_prefix(start, ending.start)
    if kind == "legal":
        partnership = _PARTNERSHIP.match(passage.folded, ending.end)
        end = partnership.end() if partnership else ending.end
        bare = not core or core in words_of("company_types", "industry")
        named = (place_end > start and core) or venue or type_ in words_of("naming", "regional")
        if bare and not named and known != "enterprise":
            return None
        return Found(
            _owner_before(passage, start) if place_end > start else start, end, "enterprise", "suffix", 0.95
        )
    if kind == "trade_word":
        return _brand_with_trade(passage, start, place_end, ending)
    if (
        known == "enterprise"
        and _surely_known(passage, start, ending)
        and passage.known_end(start, ending.start, "enterprise") >= ending.start - 4
    ):
        return Found(start, ending.end, "enterprise", "suffix", 0.9)
    if len(core) == 1 and kind == "trade" and passage.edges[place_end]:
        return None
    if not core:
        return (
            Found(start, ending.end, "enterprise", "suffix", 0.75)
            if type_ in words_of("naming", "regional")
            else None
        )
    if kind == "trade":
        return _trade_company(passage, start, place_end, ending)
    if place_end > start and (passage.knows(place_end, ending.start) or passage.knows(place_end, ending.end)):
        return Found(start, ending.end, "enterprise", "suffix", 0.95)
    verb = passage.words.tags[passage.word_at(ending.start - 1)] in ("v", "vn") and passage.all_common(
        place_end, ending.start
    )
    if type_ == "集团" and place_end > start and core in words_of("company_types", "industry"):
        return Found(start, ending.end, "enterprise", "suffix", 0.75)
    if (
        type_ == "集团"
        and passage.all_common(place_end, ending.start)
        and place_end == start
        and not acts_as_company(passage, start, ending.end)
    ):
        return None
    if (
        type_ in ("集团", "银行")
        and 2 <= len(core) <= 8
        and core not in words_of("company_types", "industry")
        and not verb
    ):
        return Found(start, ending.end, "enterprise", "suffix", 0.8)
    return _brand_with_trade(passage, start, place_end, ending)


def _places_before(passage: AnnotatedText, start: int) -> int:
    """Return where the regions directly before a known company begin: with its kind behind it they are part of its name (德国|通快|集团)."""
    for _ in range(3):
        before = [
            hit.start
            for hit in passage.hits_in(max(0, start - 10), start)
            if hit.end == start and hit.term.kind == "place" and not hit.term.ambiguous
        ]
        if not before or not passage.edges[min(before)]:
            break
        start = min(before)
    return start


def _owner_before(passage: AnnotatedText, start: int) -> int:
    """Return where a known company begins that stands directly before the region of a registered name (国投|重庆果园港港务有限公司)."""
    for hit in passage.hits_in(max(0, start - 8), start):
        if (
            hit.end == start
            and hit.term.kind == "enterprise"
            and not hit.term.ambiguous
            and passage.edges[hit.start]
        ):
            return hit.start
    return start


def _grown(passage: AnnotatedText, ending: Hit) -> Found | None:
    """Return a known company that goes on to the end of its kind: 苏黎世保险|公司, 华为|公司; nothing when a longer name is told."""
    for suffix in ("有限公司", "股份", "公司", "集团"):
        if passage.folded.endswith(suffix, ending.start, ending.end):
            at = ending.end - len(suffix)
            known = [
                hit
                for hit in passage.hits_in(max(0, at - 12), at)
                if hit.end == at
                and hit.term.kind == "enterprise"
                and not hit.term.ambiguous
                and hit.end - hit.start >= 2
            ]
            if known and ending.start < at:
                start = min(hit.start for hit in known)
                return Found(_places_before(passage, start), ending.end, "enterprise", "suffix", 0.93)
    return None


def _brand_with_trade(passage: AnnotatedText, start: int, place_end: int, ending: Hit) -> Found | None:
    """Propose, as weak evidence, a short unknown brand with its trade (锤子科技, 三聚环保): the model or a list must agree."""
    brand = passage.folded[place_end : ending.start]
    trades = words_of("company_types", "industry", "weak", "trade_word")
    if (
        passage.folded.endswith("工厂", start, ending.end)
        or not 2 <= len(brand) <= 4
        or brand in trades
        or brand in words_of("naming")
        or not passage.edges[start]
    ):
        return None
    if len(brand) == 2 and brand[0] in "来赴对在访驻" and ending.term.sort == "trade_word":
        return None
    text = passage.folded
    company = (
        acts_as_company(passage, start, ending.end)
        or _GOES_ON.match(text, ending.end)
        or text[start - 1 : start] in ("与", "同")
        or (text[start - 1 : start] == "、" and passage.owner(start, ending.start) == "enterprise")
        or _holds_post(passage, ending.end)
    )
    named = passage.words.tags[passage.word_at(place_end)] in ("nz", "nr", "nrt")
    if text[ending.start : ending.end] in words_of("naming", "broad_trade") and passage.all_common(
        place_end, ending.start
    ):
        named = False
    if company and (
        named
        or not passage.all_common(place_end, ending.start)
        or (
            ending.term.sort == "weak"
            and _CLEAR_POST.match(text, ending.end)
            and _holds_post(passage, ending.end)
        )
    ):
        return Found(start, ending.end, "enterprise", "trade", 0.55)
    return Found(
        start, ending.end, "enterprise", "trade", 0.2 if passage.all_common(place_end, ending.start) else 0.4
    )


def _holds_post(passage: AnnotatedText, end: int) -> bool:
    """Tell whether a title follows, perhaps behind 的 and its modifiers: then a company stands before it (来客科技的高级市场总监)."""
    at = end + passage.folded.startswith("的", end)
    for _ in range(4):
        if at in passage.title_starts:
            return True
        length = next(
            (
                size
                for size in range(6, 0, -1)
                if passage.folded[at : at + size] in words_of("titles", "modifier")
            ),
            0,
        )
        if not length:
            return False
        at += length
    return False


@lru_cache(maxsize=65536)
def _only_trades(core: str) -> bool:
    """Tell whether text is made of words for trades alone (保险资管)."""
    trades = words_of("company_types", "industry", "trade_word")
    done = {0}
    for end in range(1, len(core) + 1):
        if any(start in done and core[start:end] in trades for start in range(max(0, end - 6), end)):
            done.add(end)
    return len(core) in done


def _surely_known(passage: AnnotatedText, start: int, ending: Hit) -> bool:
    """Tell whether the name that a stretch begins with is surely a company's (现代 in 现代农业 is not)."""
    return any(
        hit.start == start and hit.term.kind == "enterprise" and not hit.term.ambiguous
        for hit in passage.hits_in(start, ending.end)
    )


def _trade_company(passage: AnnotatedText, start: int, place_end: int, ending: Hit) -> Found | None:
    core = passage.folded[place_end : ending.start].strip("()")
    if _only_trades(core) or core.endswith(tuple(words_of("naming", "any_company"))):
        return None
    if not passage.all_common(place_end, ending.start):
        return Found(start, ending.end, "enterprise", "suffix", 0.85)
    if place_end > start and len(core) >= 2:
        return Found(start, ending.end, "enterprise", "suffix", 0.7)
    return None


def _organization(passage: AnnotatedText, ending: Hit) -> Found | None:
    text = passage.folded
    start = (
        _regions_before(passage, ending)
        if ending.term.sort in ("ministry", "international")
        else left_edge(passage, ending)
    )
    type_, name = text[ending.start : ending.end], text[start : ending.end]
    generic = words_of("org_types", "generic")
    if (
        name in generic
        or name[0] in "这那该每"
        or _is_post(text, ending, name)
        or (name[0] in _NEVER_FIRST and not passage.starts_name(start))
    ):
        return None
    place_end = passage.after_places(start, ending.start)
    core = text[place_end : ending.start]
    owner = passage.owner(start, ending.start)
    if len(type_) == 1 and not _whole_word(passage, start, ending):
        return None
    if type_ == "厅" and core[-1:] in tuple("东西南北中"):
        return None  # a room: 会展中心西厅
    if text[start] == "区" and start and text[start - 1] in "国华太亚东南西北洲":
        return None
    if _STREET_OFFICE.search(name) or (owner == "enterprise" and ending.term.sort not in _OF_COMPANIES):
        return None
    if _SOME.search(text, max(0, start - 3), start) or (
        ending.start - start == 1 and text[start] not in _LEVELS
    ):
        return None
    if start == ending.start:
        full = type_[0] in _LEVELS or ending.term.sort in ("ministry", "international", "media")
        return Found(start, ending.end, "organization", "type", 0.85) if full else None
    if type_ == "政府" and core:
        return None
    leads = _OWNERS.match(name)
    if owner or (leads is not None and (ending.term.sort in _LEVEL_SORTS or len(leads.group()) > 1)):
        if place_end > start and text[place_end : ending.end] in _short_generic():
            return None
        return Found(start, ending.end, "organization", "type", 0.93 if _LOCAL_PARTY.search(name) else 0.9)
    if ending.term.sort == "media":
        return None
    if not passage.all_common(start, ending.start) or type_ not in generic:
        return Found(start, ending.end, "organization", "type", 0.93 if _LOCAL_PARTY.search(name) else 0.75)
    founded = _FOUNDED.search(text, max(0, start - 6), start) is not None and len(core) >= 4
    if founded or (ending.end in passage.title_starts and len(core) >= 2):
        return Found(start, ending.end, "organization", "type", 0.75)
    if type_ in words_of("naming", "broad") and len(core) >= 2:
        return Found(start, ending.end, "organization", "type", 0.7)
    return None


def _regions_before(passage: AnnotatedText, ending: Hit) -> int:
    """Return where the regions directly before a full body name begin (美国商务部), or the name itself."""
    start = ending.start
    if ending.term.sort == "international":
        return start
    if start and passage.folded[start - 1] in _LEVELS and passage.edges[start - 1]:
        start -= 1
    for hit in reversed(list(passage.hits_in(max(0, start - 8), start))):
        if hit.end == start and hit.term.kind == "place" and not hit.term.ambiguous:
            start = hit.start
    return start


def _is_post(text: str, ending: Hit, name: str) -> bool:
    """Tell whether a party body is only a part of a title: 党委 in 集团党委书记, bare 区委 in 区委书记."""
    if ending.term.sort != "party" or not _PARTY_POST.match(text, ending.end):
        return False
    return len(name) == 2 or not (
        text[ending.end - 2] in _LEVELS or name.endswith(("部", "校", "党工委", "中央委员会"))
    )


def _whole_word(passage: AnnotatedText, start: int, ending: Hit) -> bool:
    """Tell whether a type of one character (局, 厅, 司, 署) is a word's end in a body's name and not in 格局 or 签署."""
    if passage.folded[ending.end - 2 : ending.end] in words_of("naming", "not_body"):
        return False
    owned = passage.owner(start, ending.start) in ("place", "organization")
    if not owned or not 2 <= ending.end - passage.after_places(start, ending.start) <= 12:
        return False
    index = passage.word_at(ending.start)
    return len(passage.words.words[index]) == 1 or passage.words.tags[index] in ("n", "nt", "nr", "nz", "j")


@cache
def _short_generic() -> frozenset[str]:
    return frozenset({"学校", "医院", "小学", "中学", "学院", "企业协会"})
