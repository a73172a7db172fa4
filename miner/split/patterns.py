"""The patterns that give the role of a line away, made from the words of the lexicon `lines` when first asked for."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from miner.language.lexicon import listed

__all__ = ["CLOSERS", "OPENERS", "ORNAMENTS", "LinePatterns", "patterns", "words"]

CLOSERS = "”’）》」』】〕)\"'"
OPENERS = "“‘（《「『【〔("
ORNAMENTS = "\ufffd■□◆◇○●▲△▼★☆※◎►▶▷•·✦❖"

_NUMERALS = "一二三四五六七八九十"
_NAME = r"[\u4e00-\u9fff·]{1,4}"
_GAP = r"[\s:：/／]{0,4}"
_NAMES = rf"(?:{_NAME}[\s、,，/]{{0,4}}){{1,8}}"


class LinePatterns(NamedTuple):
    """What a line, or its start or end, is held against."""

    byline: re.Pattern[str]
    byline_key: re.Pattern[str]
    byline_tail: re.Pattern[str]
    byline_begun: re.Pattern[str]
    """A byline in brackets that the line does not close."""
    caption_start: re.Pattern[str]
    caption_end: re.Pattern[str]
    furniture: re.Pattern[str]
    dateline: re.Pattern[str]
    opening_date: re.Pattern[str]
    goes_on: re.Pattern[str]


@cache
def words(*kinds: str) -> str:
    """Return the words of some kinds of the lexicon `lines` as alternatives of a regular expression, in the file's order."""
    return "|".join(map(re.escape, listed("lines", *kinds)))


@cache
def patterns() -> LinePatterns:
    """Return the patterns; raises ModelError when the lexicon cannot be read."""
    act = rf"(?:{words('house')}){{0,3}}(?:{words('act')})"
    signed = rf"{act}{_GAP}{_NAMES}"
    return LinePatterns(
        byline=re.compile(
            rf"[{ORNAMENTS}\s]{{0,4}}(?:文[/／:：｜\s]{{0,2}})?{signed}(?:{signed}){{0,3}}(?:{words('end')})?"
        ),
        byline_key=re.compile(act),
        byline_tail=re.compile(
            rf"[（(](?:{words('bracket_house')}){{0,2}}(?:记者|通讯员|新华社|[\u4e00-\u9fff]{{2,4}}文)[^（）()]{{0,40}}[）)]$"
        ),
        byline_begun=re.compile(
            rf"[（(](?:{words('open_house')}){{0,2}}(?:记者|通讯员|作者)[^（）()]{{0,60}}$"
        ),
        caption_start=re.compile(rf"(?:{words('picture')}|[▲▼△◀↑↓←→].|(?:{words('side')})图[：:为])"),
        caption_end=re.compile(rf"[\s。/／（(]{_NAME}\s{{0,3}}[/／]?\s{{0,2}}(?:{words('taken')})[）)]?$"),
        furniture=re.compile(_furniture()),
        dateline=re.compile(
            rf"[（(【]?(?:{words('agency')}|[\u4e00-\u9fff]{{2,6}}(?:报|网|社))[\u4e00-\u9fff]{{0,8}}"
            rf"(?:\d{{1,2}}月\d{{1,2}}日)?(?:{words('said')})|[（(](?:{words('agency_house')}){{0,2}}(?:记者|通讯员)"
        ),
        opening_date=re.compile(rf"[“（]?(?:{words('day')}|\d{{1,4}}\s?(?:年|月|日))"),
        goes_on=re.compile(
            rf"(?:{words('onward')}|[{_NUMERALS[:9]}]、|（[{_NUMERALS[:9]}]）|[\u4e00-\u9fff]{{2,3}}(?:{words('spoke')}))"
        ),
    )


def _furniture() -> str:
    alone = rf"[\d年月日.\-/\s星期{_NUMERALS}〇第版：:]{{4,40}}$"
    pages = r"第?\s{0,2}[A-Z]?\d{1,3}\s{0,2}版|第\s{0,2}\d{1,4}\s{0,2}页|[A-Z]?\d{1,3}\s{0,2}版\s{0,2}[·・•|]|[A-D]\d{1,2}$"
    hands = rf"(?:{words('hand_kind')})?(?:{words('hand')})[\s:：]|.{{0,30}}(?:{words('late_hand')})[\s:：]"
    issue = r"《[^》]{2,12}》\s?[（(]\s?\d{4}\s?年|今日\s{0,2}\d{1,3}\s{0,2}版"
    return rf"(?:{alone}|{pages}|{hands}|{issue}|E-?mail|https?:|www\.|{words('contact')})"
