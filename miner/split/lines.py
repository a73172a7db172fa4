"""What can be seen of a line by itself: its width, its marks, its edges, and the patterns that give a role away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from miner.model import Box, Line
from miner.split.jumps import is_jump_line
from miner.split.restore import BLANKS

__all__ = ["Row", "rows_of"]

LOST = "\ufffd"
SENTENCE_ENDS = "。！？…"
CLOSERS = "”’）》」』】〕)\"'"
OPENERS = "“‘（《「『【〔("
SQUEEZABLE = "，。、；：！？（）《》“”‘’【】"
ORNAMENTS = "\ufffd■□◆◇○●▲△▼★☆※◎►▶▷•·✦❖"
NO_START = "，。、；：！？”’）》」』】〕…)"

_BESIDE_WIDE = re.compile(r"(?<![!-~])[ \u3000\u00a0]{1,20}|[ \u3000\u00a0]{1,20}(?![!-~])")
_UNIT = re.compile(rf"[{OPENERS}]{{0,3}}(?:[A-Za-z0-9][A-Za-z0-9.,:/+\-'’&@%]{{0,40}}|[^A-Za-z0-9])")
_SQUEEZED = re.compile(f"[{SQUEEZABLE}]")
_CLOSING = re.compile(rf"[{NO_START}]{{1,4}}")
_NAME = r"[\u4e00-\u9fff·]{1,4}"
_KIND = (
    r"(?:本报|本刊|本台|新华社|全媒体|首席|实习|见习|特约|特派|驻地|文字|摄影|融媒体){0,3}"
    r"(?:见习记者|实习记者|记者|通讯员|特约撰稿|作者|撰稿|撰文|采写|实习生|整理|编译|供图|评论员)"
)
_BYLINE = re.compile(
    rf"[{ORNAMENTS}\s]{{0,4}}(?:文[/／:：｜\s]{{0,2}})?{_KIND}[\s:：/／]{{0,4}}(?:{_NAME}[\s、,，/]{{0,4}}){{1,8}}"
    rf"(?:{_KIND}[\s:：/／]{{0,4}}(?:{_NAME}[\s、,，/]{{0,4}}){{1,8}}){{0,3}}(?:文|报道|综合报道|摄|整理)?"
)
_BYLINE_KEY = re.compile(_KIND)
_CAPTION = re.compile(
    rf"\s{{0,3}}(?:图[/／:：]|摄影[/／:：\s]|图为|图片|[▲▼△◀►↑↓←→].|(?:上|下|左|右|题|本版)图[：:为])|.{{0,80}}[\s。/（(]{_NAME}\s{{0,3}}"
    r"(?:/|／)?\s{0,2}(?:摄|供图|摄影|制图|图|摄影报道|[)）]){1,2}$"
)
_CAPTION_END = re.compile(
    rf"[\s。/／（(]{_NAME}\s{{0,3}}[/／]?\s{{0,2}}(?:摄|供图|摄影|制图|摄影报道)[）)]?$"
)
_CAPTION_START = re.compile(
    r"(?:图[/／:：]|摄影[/／:：\s]|图为|图片(?:来源|由|说明)|[▲▼△◀↑↓←→].|(?:上|下|左|右|题|本版)图[：:为])"
)
_FURNITURE = re.compile(
    r"(?:[\d年月日.\-/\s星期一二三四五六七八九十〇第版：:]{4,40}$|第?\s{0,2}[A-Z]?\d{1,3}\s{0,2}版|第\s{0,2}\d{1,4}\s{0,2}页|[A-Z]?\d{1,3}\s{0,2}版\s{0,2}[·・•|]|"
    r"[A-D]\d{1,2}$|(?:本版|责任|执行|值班|版面|本期)?(?:编辑|责编|主编|校对|美编|视觉|组版|排版)[\s:：]|.{0,30}(?:责编|美编|校对|视觉|组版)[\s:：]|"
    r"《[^》]{2,12}》\s?[（(]\s?\d{4}\s?年|E-?mail|电子邮箱|邮箱|新闻热线|热线|电话|今日\s{0,2}\d{1,3}\s{0,2}版|国内统一|邮发代号|https?:|www\.|总第|农历)"
)
_DATELINE = re.compile(
    r"[（(【]?(?:本报|本刊|新华社|央视网|人民网|中新社|据|综合|[\u4e00-\u9fff]{2,6}(?:报|网|社))[\u4e00-\u9fff]{0,8}(?:\d{1,2}月\d{1,2}日)?(?:讯|电|消息)|[（(](?:本报|首席|实习|见习|全媒体){0,2}(?:记者|通讯员)"
)
_OPENING_DATE = re.compile(
    r"[“（]?(?:今天|昨天|昨日|今日|今晨|近日|日前|当天|前天|明天|昨晚|当地时间|今年|\d{1,4}\s?(?:年|月|日)|北京时间|截至|刚刚)"
)
_GOES_ON = re.compile(
    r"(?:他|她|它|这|那|此外|同时|目前|其中|另外|据|与此同时|对此|而|但|不过|因此|为此|在此|随后|接着|会上|会后|期间|会议|会谈|活动|双方|两国|该|此次|"
    r"据了解|据介绍|记者|谈到|说到|如今|未来|下一步|接下来|最后|首先|其次|一是|二是|三是|[一二三四五六七八九]、|（[一二三四五六七八九]）|吴政隆|[\u4e00-\u9fff]{2,3}(?:强调|指出|表示|说))"
)
_BYLINE_TAIL = re.compile(
    r"[（(](?:本报|首席|实习|见习|全媒体|据|新华社){0,2}(?:记者|通讯员|新华社|[\u4e00-\u9fff]{2,4}文)[^（）()]{0,40}[）)]$"
)
_SECTION = re.compile(r"[\u4e00-\u9fff·]{2,6}$")
_DIGITS = re.compile(r"\d")


@dataclass(slots=True)
class Row:
    """One non-blank line. `compact` has no damage blanks; widths are in full widths (a Chinese character is 1)."""

    index: int
    number: int
    text: str
    compact: str
    lead: int
    """0 no leading blank, 1 one blank, 2 a paragraph indent."""
    blanks: int
    """Blank lines before it."""
    wide: float
    tight: float
    """Width with every squeezable mark at half."""
    unit: float
    """Width of what cannot be parted at its start: a number or word, with its opening marks."""
    closed: bool
    """A closing mark follows its first unit."""
    framed: bool
    """A blank stands before its indent: the mark of a new text frame."""
    page: int | None = None
    box: Box | None = None
    size: float = 0.0
    """Type size, 0 when the format has none."""


def width_of(compact: str) -> float:
    """Width in full widths: ASCII counts one half.

    >>> width_of("3400多家")
    4.0
    """
    return len(compact) - (
        0.5 * len(compact) if compact.isascii() else 0.25 * (3 * len(compact) - _bytes(compact))
    )


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Describe the non-blank lines among all lines of a document."""
    rows: list[Row] = []
    last = 0
    for line in lines:
        raw = line.text
        text = raw.strip(BLANKS + "\f")
        if not text or not text.strip():
            continue
        lead = 0 if raw[0] not in BLANKS else 2 if raw[0] == "\u3000" or raw[:4] == "    " else 1
        framed = lead == 1 and len(raw) > 1 and raw[1] in BLANKS
        compact = text
        if " " in text or "\u3000" in text or "\u00a0" in text:
            compact = _BESIDE_WIDE.sub("", text)
        wide = width_of(compact)
        marks = len(_SQUEEZED.findall(compact))
        unit = _UNIT.match(compact)
        end = unit.end() if unit else 1
        first = 1.0 if end == 1 and compact[0] > "\x7f" else width_of(compact[:end])
        closed = compact[end : end + 1] in NO_START and end < len(compact)
        rows.append(
            Row(len(rows), line.number, text, compact, lead, max(0, line.number - last - 1), wide, wide - 0.5 * marks,
                first, closed, framed, line.page, line.box, line.size or 0.0)
        )  # fmt: skip
        last = line.number
    if rows:
        rows[0].blanks = 0
    return rows


def end_class(compact: str) -> int:
    """Class of a line's end: 0 Chinese character, 1 sentence end, 2 sentence end inside a closer, 3 other closer,
    4 comma, 5 other pause, 6 colon, 7 opener, 8 digit or Latin, 9 dash, 10 other."""
    last = compact[-1]
    if "\u4e00" <= last <= "\u9fff":
        return 0
    if last in SENTENCE_ENDS:
        return 1
    if last in CLOSERS:
        return 2 if len(compact) > 1 and compact[-2] in SENTENCE_ENDS else 3
    if last in "，,":
        return 4
    if last in "、；;":
        return 5
    if last in "：:":
        return 6
    if last in OPENERS:
        return 7
    if (last.isascii() and last.isalnum()) or last == "%":
        return 8
    return 9 if last in "—-–" else 10


def start_class(compact: str) -> int:
    """Class of a line's start: 0 Chinese character, 1 opening quotation mark, 2 round bracket, 3 square bracket,
    4 book mark, 5 digit, 6 Latin, 7 mark that starts no sentence, 8 dash, 9 ornament, 10 numbered, 11 other."""
    first = compact[0]
    if "\u4e00" <= first <= "\u9fff":
        return 10 if len(compact) > 1 and compact[1] in "、." and first in "一二三四五六七八九十" else 0
    if first in "“‘「『":
        return 1
    if first in "（(":
        return 2
    if first in "【〔[":
        return 3
    if first == "《":
        return 4
    if first.isdigit():
        return 5
    if first.isascii() and first.isalpha():
        return 6
    if first in NO_START:
        return 7
    if first in "—-–":
        return 8
    return 9 if first in ORNAMENTS else 11


def pattern_class(text: str) -> int:
    """What a line's wording gives away: 0 nothing, 1 jump, 2 byline, 3 speaks of reporters, 4 caption by its start,
    5 caption by its end, 6 furniture, 7 a few Chinese characters and nothing else."""
    if len(text) > 90:
        return 0
    if "版" in text and is_jump_line(text):
        return 1
    if _BYLINE_KEY.search(text[:12]) and "。" not in text:
        return 2 if _BYLINE.fullmatch(text) else 3
    if _CAPTION_START.match(text):
        return 4
    if text[-1] in "摄图影道）)" and _CAPTION_END.search(text[-16:]):
        return 5
    if _FURNITURE.match(text):
        return 6
    return 7 if len(text) <= 6 and _SECTION.match(text) else 0


def opening_class(compact: str) -> int:
    """How a paragraph opens: 0 anyhow, 1 dateline, 2 a date or time, 3 in a way that goes on from text before it."""
    if _DATELINE.match(compact):
        return 1
    if _OPENING_DATE.match(compact):
        return 2
    return 3 if _GOES_ON.match(compact) else 0


def byline_tail(compact: str) -> bool:
    """Tell whether a line ends with a byline in brackets, as the last line of a story does."""
    return compact[-1:] in "）)" and _BYLINE_TAIL.search(compact[-60:]) is not None
