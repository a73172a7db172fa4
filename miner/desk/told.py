"""Reading what a text says of an enterprise beside its name: country, trade, main business, investments in China.

What is read stands in the sentence of a name: an apposition before it (全球领先的轴承制造商甲公司, 果蔬品牌甲公司), what is said of it
behind it (甲公司主营…, 甲公司成立于…，总部位于德国), what it has put into China (甲公司在华投资超过20亿元, 甲公司临港工厂投产). A clause that
denies, asks or supposes states nothing. The words are those of the lexicon `business`; the grammar stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from miner.language.lexicon import alternatives, load_lexicon
from miner.language.words import tagged
from miner.offsets import Span

__all__ = ["Said", "statements"]

_SENTENCE = re.compile("[。！？\n]")
_BEFORE, _AFTER, _LONGEST = 60, 120, 40
"""Characters before and after a name that are looked at, and of a value."""
_INSIDE = "[^，。；：！？“”（）()《》\n]"
_HAN = "[\u4e00-\u9fff]"
_OPENING = "“‘—- "
_NOT_TRADE = frozenset("的于之最0123456789")
_LEAST_TRADE, _LONGEST_TRADE = 2, 12
_NUMBER = r"[\d０-９][\d,.，．０-９]*"
_NOUNS = ("n", "l", "j", "b", "vn", "eng", "x")
"""Tags of jieba, by their beginnings, of words that name a trade."""
_BIG = "大"
"""The one adjective that is cut off what it belongs to: 大模型."""
_FUTURE = "未来"
"""It holds 未 and denies nothing."""
_NAMED_TAGS = ("nr", "ns", "nt")
_CHINA = (
    "raises",
    "widens",
    "puts",
    "sets_up",
    "builds",
    "made",
    "costs",
    "opened",
    "opened_at",
    "seat",
    "settled",
)
"""The patterns of what was put into China, the fullest first."""


class Said(NamedTuple):
    """A statement about a name: its kind, its words and where they stand in the body."""

    kind: str
    value: str
    span: Span


class _Name(NamedTuple):
    """A name in a body: where it stands, what sort of name, and the enterprise it was resolved to."""

    start: int
    end: int
    label: str
    enterprise: str | None


@dataclass(frozen=True, slots=True)
class _Around:
    """The sentence around a name: what stands before and after it, and where that begins in the body."""

    name: str
    before: str
    before_at: int
    after: str
    after_at: int
    cut: bool
    """Whether the sentence goes on with another name, so that what runs up to it is not whole."""


def statements(body: str, names: Iterable[tuple[int, int, str, str | None]]) -> Iterator[tuple[str, Said]]:
    """Yield what a body says of its enterprises: the enterprise's id with each statement.

    `names` are start, end, label and enterprise id of the mentions in the body, in their order.

    >>> body = "全球领先的轴承制造商甲公司在华投资超过20亿元。"
    >>> [(said.kind, said.value) for _, said in statements(body, [(10, 13, "enterprise", "e")])]
    [('business', '全球领先的轴承制造商'), ('industry', '轴承'), ('investment', '在华投资超过20亿元')]
    """
    found = [_Name(*name) for name in names]
    for number, name in enumerate(found):
        if name.label == "enterprise" and name.enterprise is not None:
            around = _around(body, name, found[number - 1] if number else None, found[number + 1 :])
            for said in (*_before(around), *_after(around)):
                yield name.enterprise, said


def _around(body: str, name: _Name, last: _Name | None, following: Iterable[_Name]) -> _Around:
    """Cut out the sentence: before a name back to the name before it, after it on to the next enterprise or body."""
    start = max(name.start - _BEFORE, 0)
    if last is not None and last.label != "place":
        start = max(start, last.end)
    before = _SENTENCE.split(body[start : name.start])[-1]
    after = _SENTENCE.split(body[name.end : name.end + _AFTER])[0]
    whole = len(after)
    for other in following:
        if other.start >= name.end + len(after):
            break
        if _is_another(body, name, other):
            after = after[: other.start - name.end]
            break
    cut = len(after) < whole or whole == _AFTER
    return _Around(body[name.start : name.end], before, name.start - len(before), after, name.end, cut)


def _is_another(body: str, name: _Name, other: _Name) -> bool:
    """Tell whether a name behind another may be what the rest of the sentence is about.

    What an enterprise sets up (its works, its laboratory), and whom it belongs to, are not.
    """
    if other.label not in ("enterprise", "organization") or other.enterprise == name.enterprise is not None:
        return False
    if other.label == "organization" and body[other.start : other.end].endswith(tuple(_set("sites"))):
        return False
    if _words()["belonging"].match(body[other.end : other.end + _LONGEST]):
        return False
    return not body[name.end : other.start].endswith(tuple(_set("belongs")))


def _before(around: _Around) -> Iterator[Said]:
    text = around.before.rstrip(_OPENING).removesuffix("之一的")
    yield from _apposed(text, around.before_at)
    as_what = _words()["as_what"].search(text)
    if as_what and _tells_trade(as_what["value"]):
        yield from _as_business(as_what["value"], around.before_at + as_what.start("value"))
    country = _words()["from_country"].search(text)
    if (
        country
        and _set("stops").isdisjoint(_told(country[0]))
        and text[: country.start()][-1:] not in _set("not_from")
    ):
        at = around.before_at + country.start("country")
        yield Said("country", country["country"], Span(at, at + len(country["country"])))
    yield from _standing_at(around)


def _apposed(text: str, at: int) -> Iterator[Said]:
    """Yield what an apposition at the end of a text says: one that a praise or a country leads, else a plain trade."""
    leader = _words()["leader"].search(text)
    if leader and _is_apposition(_words()["joint"].sub("", leader["value"])):
        yield from _standing(leader, at)
        return
    for found in _words()["apposition"].finditer(text):
        told = tuple(_as_business(found["value"], at + found.start("value")))
        if told and _is_apposition(found["value"]):
            yield from told
            return
    plain = _plain(text)
    if plain:
        yield from _as_business(plain, at + len(text) - len(plain))


def _plain(text: str) -> str:
    """Return the apposition at the end of a text that only names a trade; empty where there is none.

    >>> _plain("首次参展的半导体公司"), _plain("当地龙头企业")
    ('半导体公司', '')
    """
    kind = _words()["plain_kind"].search(text)
    if kind is None:
        return ""
    clause = _words()["clause"].split(text[max(kind.start() - _LONGEST_TRADE, 0) : kind.start()])[-1]
    read = tagged(clause)
    start, trade = len(clause), False
    for word, tag, begins in reversed(list(zip(read.words, read.tags, read.starts, strict=True))):
        silent = word in _set("ranks") or word in _set("heads")
        if (trade and word in _set("ranks")) or not (silent or _names_trade(word, tag)):
            break
        start, trade = begins, trade or not silent
    value = text[kind.start() - len(clause) + start :]
    return value if trade and not _is_passing(value) else ""


def _names_trade(word: str, tag: str) -> bool:
    if tag.startswith(_NAMED_TAGS) or word in _set("not_trade"):
        return False
    return tag.startswith(_NOUNS) or word == _BIG or any(part in word for part in _set("trade"))


def _standing_at(around: _Around) -> Iterator[Said]:
    """Yield the works that are told with their place before the name: 位于临港的甲公司超级工厂."""
    place = _words()["standing_at"].search(around.before)
    site = _words()["site"].match(around.after)
    if place and site and _in_china(place["where"]):
        start = around.before_at + place.start("value")
        value = f"{place['value']}{around.name}{site[0]}"
        yield Said("investment", value, Span(start, start + len(value)))


def _after(around: _Around) -> Iterator[Said]:
    text = around.after
    for pattern in ("is_what", "is_later", "as_later"):
        what = _words()[pattern].search(text)
        if what and _tells_trade(what["value"]) and not _denied(what[0]):
            yield from _as_business(what["value"], around.after_at + what.start("value"))
            break
    else:
        yield from _leads(around)
    if _words()["subsidiary"].match(text):
        yield from _invested(around)
        return
    yield from _does(around)
    for pattern in ("is_from", "seated", "born"):
        country = _words()[pattern].search(text)
        if country:
            at = around.after_at + country.start("country")
            yield Said("country", country["country"], Span(at, at + len(country["country"])))
            break
    yield from _invested(around)


def _leads(around: _Around) -> Iterator[Said]:
    """Yield the trade that an enterprise is told to stand for: 是母婴行业的代表企业."""
    found = _words()["leads"].match(around.after)
    if found and not _denied(found[0]):
        yield from _standing(found, around.after_at)


def _standing(found: re.Match[str], at: int) -> Iterator[Said]:
    """Yield what a standing in a trade says: the whole as the business, and the trade."""
    yield Said("business", found["value"], Span(at + found.start("value"), at + found.end("value")))
    trade = _words()["ornament"].sub("", found["trade"])
    if len(trade) >= _LEAST_TRADE and _set("stops").isdisjoint(trade) and not _NOT_TRADE & set(trade):
        end = at + found.end("trade")
        yield Said("industry", trade, Span(end - len(trade), end))


def _does(around: _Around) -> Iterator[Said]:
    for pattern in ("main_trade", "does", "covers"):
        found = _words()[pattern].search(around.after)
        if found is None or _denied(found[0]):
            continue
        if len(found["value"]) <= _LONGEST and not _is_whole(found, around):
            continue
        value, at = _short(found["value"]), around.after_at + found.start("value")
        passing = found.string[: found.start("value")] + ("" if pattern == "main_trade" else value)
        if not _is_passing(passing):
            yield Said("business", value, Span(at, at + len(value)))
            return


def _is_whole(found: re.Match[str], around: _Around) -> bool:
    return not (around.cut and found.end() == len(around.after))


def _short(value: str) -> str:
    """Return a list of trades without what would make it long, cut where one ends."""
    if len(value) > _LONGEST:
        end = max(value.rfind(mark, 0, _LONGEST) for mark in "、,，")
        value = value[: end if end > 0 else _LONGEST]
    return value.rstrip("、,，等 ")


def _is_apposition(value: str) -> bool:
    """Tell whether words before a name are one apposition: no clause within, and not what it is today and here."""
    return _set("stops").isdisjoint(_told(value)) and not _is_passing(value)


def _tells_trade(value: str) -> bool:
    """Tell whether 是… says what an enterprise does: by its kind, or by a trade where the kind alone says nothing."""
    if _is_passing(value):
        return False
    plain = value.removesuffix("之一")
    return (
        not plain.endswith(tuple(_set("generic")))
        or any(word in plain for word in (*_set("trade"), *_set("sectors")))
        or bool(_words()["ornament"].match(plain))
        or bool(_plain(plain))
    )


def _as_business(value: str, at: int) -> Iterator[Said]:
    """Yield what an apposition says: the business, and the trade where it is told in a few plain words."""
    kept = _words()["kind_at_end"].sub("", _words()["ornament"].sub("", value)).strip("的")
    if len(kept) < _LEAST_TRADE or _words()["no_trade"].search(kept):
        return
    yield Said("business", value, Span(at, at + len(value)))
    if len(kept) <= _LONGEST_TRADE and _set("stops").isdisjoint(kept) and not _NOT_TRADE & set(kept):
        where = at + value.find(kept)
        yield Said("industry", kept, Span(where, where + len(kept)))


def _told(value: str) -> str:
    return value.removeprefix("来自")


def _is_passing(value: str) -> bool:
    return any(word in value for word in _set("not_business"))


def _denied(text: str) -> bool:
    return any(word in text.replace(_FUTURE, "") for word in _set("not_so"))


def _invested(around: _Around) -> Iterator[Said]:
    seen: set[int] = set()
    for pattern in _CHINA:
        for found in _all(_words()[pattern], around.after):
            if not _holds(found, around) or not seen.isdisjoint(range(*found.span("value"))):
                continue
            seen.update(range(*found.span("value")))
            value = _to_place(found) if pattern in ("seat", "settled") else found["value"]
            at = around.after_at + found.start("value")
            yield Said("investment", value, Span(at, at + len(value)))


def _all(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches that name a place of China; where one does not, the next may begin within it."""
    found = pattern.search(text)
    while found:
        here = _in_china(found["where"])
        if here:
            yield found
        found = pattern.search(text, found.end() if here else found.start() + 1)


def _holds(found: re.Match[str], around: _Around) -> bool:
    clause = around.after[: found.end()]
    return not _denied(clause[max(len(clause) - 2 * _LONGEST, 0) :]) and _is_whole(found, around)


def _to_place(found: re.Match[str]) -> str:
    """Return the value up to the end of the place that ends it."""
    where = found["where"]
    sizes = (size for size in range(len(where), 1, -1) if where[:size] in _chinese_places())
    return found["value"][: len(found["value"]) - len(where) + next(sizes, len(where))]


def _in_china(where: str) -> bool:
    """Tell whether words of a place are of China.

    >>> _in_china("在华"), _in_china("在无锡"), _in_china("在匈牙利")
    (True, True, False)
    """
    if where in _set("in_china") or where in _set("china"):
        return True
    name = where.removeprefix("在").removeprefix("中国")
    return any(name[:size] in _chinese_places() for size in range(len(name), 1, -1))


@cache
def _chinese_places() -> frozenset[str]:
    entries = load_lexicon("places")
    abroad = {entry.name for entry in entries if entry.kind == "country" and entry.name != "中国"}
    return _set("areas") | {
        form
        for entry in entries
        if entry.kind not in ("country", "continent")
        and entry.parent not in abroad
        and entry.name not in abroad
        for form in (*entry.forms(), entry.name.rstrip("省市区县"))
        if len(form) >= 2
    }


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(_lexicon()[name])


@cache
def _lexicon() -> Mapping[str, tuple[str, ...]]:
    return {entry.name: entry.words for entry in load_lexicon("business")}


@cache
def _any(name: str) -> str:
    return alternatives(_lexicon()[name])


@cache
def _countries() -> str:
    entries = (entry for entry in load_lexicon("places") if entry.kind == "country")
    forms = {form for entry in entries for form in entry.forms()}
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    patterns = {**_before_patterns(), **_after_patterns(), **_china_patterns()}
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


def _before_patterns() -> Mapping[str, str]:
    countries, kinds = _countries(), _any("kinds")
    lead = rf"(?:{_any('praise')}|{countries})"
    led = rf"(?:{_INSIDE}{{0,6}}?(?:{_any('praise')}|最.|第.大)的)?"
    return {
        "apposition": rf"(?=(?P<value>(?:来自)?{lead}{_INSIDE}{{0,18}}?(?:{kinds})(?:之一)?)$)",
        "as_what": rf"(?:作为|身为)(?:一家|中国)?(?P<value>{_INSIDE}{{3,30}}?(?:{kinds})(?:之一)?)，$",
        "from_country": rf"(?P<country>{countries})(?:{led}的?(?:[^，。；：、！？“”（）的]{{0,14}}(?:{kinds}))|的?)$",
        "leader": rf"(?:^|[，、；：的])(?P<value>(?P<trade>{_HAN}{{2,14}}?)(?:行业|领域|产业)的?(?:{_any('praise')}|{_any('ranks')})*"
        rf"(?:{kinds}|{_any('leaders')})(?:之一)?)$",
        "joint": "[和与及]",
        "plain_kind": rf"(?:{_any('plain_kinds')})$",
        "clause": rf"[^\u4e00-\u9fffA-Za-z0-9+·]|的|{'|'.join(sorted(_set('stops')))}",
        "belonging": rf"旗下|{_INSIDE}{{0,12}}(?:全资|控股)?子公司",
        "subsidiary": rf"(?![为是系]){_INSIDE}{{0,12}}(?:全资|控股)?子公司",
        "standing_at": rf"(?P<value>(?:{_any('stands')})(?P<where>{_INSIDE}{{2,16}}?)的)$",
        "site": rf"{_INSIDE}{{0,6}}?(?:{_any('sites')})",
        "ornament": rf"^(?:来自|一家|(?:{_any('digits')}|几|数)(?:大|家)|专业(?!服务)|(?:{_any('praise')})(?:(?:化(?![工学妆纤肥])|性(?!能)))?|{countries}|的|级)+",
        "kind_at_end": rf"(?:{_any('ranks')})*(?:{kinds})+(?:之一)?$",
        "no_trade": rf"^(?:{_HAN}资|{_any('capital')})$|(?:最.|第.大)的?$",
    }


def _after_patterns() -> Mapping[str, str]:
    countries, kinds = _countries(), _any("kinds")
    lead = rf"(?:{_any('praise')}|{countries})"
    aside, itself, end = r"(?:（[^（）]{1,40}）)?", f"(?:{_any('itself')})?", "(?=[，；]|也|$)"
    later = rf"(?:^|[，；])(?:{_any('itself')}|{_any('mostly')})*"
    one = "(?:一家|一个|家)"
    return {
        "is_what": rf"^{aside}，?(?:不仅|既)?是(?:{_INSIDE}{{2,14}}?旗下的?)?{one}?(?P<value>{_INSIDE}{{2,36}}?(?:{kinds})(?:之一)?){end}",
        "is_later": rf"(?:{later}(?:是|系)|(?:{_any('becomes')}))(?:{one}(?={_HAN})|(?={lead}))(?P<value>{_INSIDE}{{2,40}}?(?:{kinds})(?:之一)?){end}",
        "as_later": rf"(?:^|[，；])(?:作为|身为){one}?(?P<value>(?={lead}){_INSIDE}{{3,30}}?(?:{kinds})(?:之一)?)，",
        "leads": rf"^{aside}，?(?:不仅|既)?是(?:{one})?(?P<value>(?P<trade>{_HAN}{{2,14}}?)(?:行业|领域|产业)的?{_INSIDE}{{0,8}}?"
        rf"(?:{_any('leaders')})(?:之一)?){end}",
        "main_trade": rf"(?:^{aside}{itself}|[，；]其?)主营业务(?:包括|包含)?(?:：|为|是)(?:本?公司)?(?:是|为)?(?P<value>[^。；\n]{{3,}})",
        "does": rf"^{aside}{itself}(?:{_INSIDE}{{0,30}}，)?{itself}(?:{_any('mostly')})*"
        rf"(?P<value>(?:{_any('does')})(?!(?:业务)?(?:收入|[：:])|的){_INSIDE}{{2,}}"
        rf"|(?:{_any('devoted')}){_INSIDE}{{0,30}}(?:{_any('trade')}|{_any('served')}){_INSIDE}*)",
        "covers": rf"{later}(?:{_any('in_china')}|已)*(?P<value>(?:{_any('businesses')})(?:{_any('covers')})(?!范围){_INSIDE}{{3,}}"
        rf"|(?:{_any('covers')}){_INSIDE}{{3,}}(?:{_any('businesses')})"
        rf"|(?:拥有|形成){_INSIDE}{{2,10}}、{_INSIDE}{{2,40}}(?:{_any('businesses')}))",
        "is_from": rf"^{aside}，?(?:是一家来自|是一家|来自|总部位于|总部设在)(?P<country>{countries})",
        "seated": rf"(?:^|[，；（【])(?:{_any('itself')}|全球|现)*总部(?:{_any('seated')})(?P<country>{countries})",
        "born": rf"(?:在(?={_HAN}{{2,10}}?(?:{_any('born')})(?:[，。；、]|$))|(?:{_any('born')})于?)(?:\d{{4}}年)?的?(?P<country>{countries})(?![市资人]|大陆)",
    }  # fmt: skip


def _china_patterns() -> Mapping[str, str]:
    where = rf"(?P<where>{_any('in_china')}|在{_HAN}{{2,10}}?)"
    where_or = rf"(?P<where>{_any('in_china')}|{_any('china')}|在{_HAN}{{2,10}}?)"
    place = rf"(?P<where>{_any('china')}|{_HAN}{{2,8}}?)"
    some = rf"(?:{_any('about')})*(?:{_NUMBER}|(?:{_any('digits')}){{1,6}})(?:多|余)?"
    money = rf"{some}(?:{_any('magnitudes')})*(?:多|余)?(?:{_any('currencies')})"
    plan, puts, sets_up, sites = "(?:拟|将|计划|宣布|已)*", _any("puts"), _any("sets_up"), _any("sites")
    return {
        "raises": rf"(?P<value>{plan}(?:{puts}){_INSIDE}{{0,8}}?(?:{money})，{where}{_INSIDE}{{0,12}}?(?:{sets_up})了?"
        rf"{_INSIDE}{{0,22}}?(?:{sites}))",
        "puts": rf"(?P<value>{plan}{where_or}{_INSIDE}{{0,14}}?(?:{puts}){_INSIDE}{{0,8}}?(?:{money}){_INSIDE}{{0,16}})",
        "sets_up": rf"(?P<value>{plan}{where}{_INSIDE}{{0,12}}?(?:{sets_up})了?{_INSIDE}{{0,22}}?(?:{sites}))",
        "builds": rf"(?P<value>{plan}(?:{puts})(?:{money})(?:{sets_up})(?P<where>{_HAN}{{2,6}}?)的?{_INSIDE}{{0,16}}?(?:{sites}))",
        "made": rf"(?P<value>{where}{_INSIDE}{{0,8}}?(?:进行|完成)了{_INSIDE}{{0,10}}?投资)",
        "costs": rf"^的?(?P<value>{place}{_INSIDE}{{0,12}}?(?:{sites}|项目){_INSIDE}{{0,8}}?(?:{puts}){_INSIDE}{{0,4}}?(?:{money}))",
        "widens": rf"(?P<value>{plan}(?:{puts})(?:{money})，扩大{where}{_INSIDE}{{0,16}})",
        "opened_at": rf"(?P<value>{_INSIDE}{{0,16}}?(?:{sites}){_INSIDE}{{0,4}}?{where}{_INSIDE}{{0,6}}?(?:{_any('opened')}))",
        "opened": rf"^的?(?P<value>{place}(?!所有|部分){_INSIDE}{{0,14}}?(?:{sites}){_INSIDE}{{0,8}}?(?:{_any('opened')}))",
        "seat": rf"(?:^|[，；])的?(?P<value>(?:{_any('regions')})(?:{sites})(?:{_any('stands')})(?P<where>{_HAN}{{2,8}}))",
        "settled": rf"(?:^|[，；])并?(?P<value>(?:(?:{_INSIDE}{{0,10}}?(?:{sites}))?(?:注册)?(?:落户|落地)(?:于|在)?|"
        rf"{_INSIDE}{{0,10}}?(?:{sites})(?<!总部)(?:位于|坐落于|选址)|将?{_INSIDE}{{1,8}}?(?:{sites})(?:设在|放在|落在)了?)(?P<where>{_HAN}{{2,8}}))",
    }  # fmt: skip
