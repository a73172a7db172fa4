"""Lines back to paragraphs: drop the blanks and line ends that damage put in, as a TextMap that leads back to the source.

Nothing is rewritten silently: what was dropped or put in is listed per line as edits. These are the fixes:

- blanks beside a Chinese character or full-width mark go (`165 人`, `陈  凌`, `自信， 自强`), save between the names of
  a byline in brackets (`（记者 王一 李二三）`); runs of blanks between Latin words become one;
- a Latin word that a line end cut at its hyphen is closed up, other Latin words get a blank where the line ended;
- in a line that is spaced throughout every blank of the usual width goes; so do thin blanks inside a number, and plain
  ones that part its thousands within Chinese text (`第1 234家`);
- U+FFFD before 记者 was an ornament and goes, between Latin letters it was a blank; elsewhere it stays, for it
  stands for a character that nobody knows;
- zero-width and control characters go; Latin ligatures are spelt out; Kangxi radicals and compatibility ideographs,
  which PDF files put where the ordinary character is meant, become that character.
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from miner.model import Line
from miner.offsets import INSERTED, Span, TextMap
from miner.read import plain_form
from miner.split.patterns import patterns

__all__ = ["Restored", "close_up", "join_heads", "restore_paragraph"]

BLANKS = " \t\u00a0\u2002\u2003\u2009\u202f\u3000"
LOST = "\ufffd"
_THIN = {"\u2009", "\u202f", "\u200a", "\u2006"}
_THOUSANDS = re.compile(r"(?<=[\u4e00-\u9fff])[1-9]\d{0,2}(?: \d{3}){1,4}(?=[\u4e00-\u9fff])")
_PARTED = re.compile(
    rf"(?<![\d.,])\d{{1,3}}(?:,[{BLANKS}]{{1,3}}\d{{3}}){{1,4}}(?![\d,])"
    rf"|(?<![\d.])\d{{1,6}}\.[{BLANKS}]{{1,3}}\d{{1,4}}(?=[{BLANKS}]?[%％‰千万亿倍])"
    rf"|(?<![\d.])\d(?:[{BLANKS}]\d){{2,11}}(?=[{BLANKS}]?[%％‰千万亿倍])"
)
"""Numbers with blanks behind a comma or a point, or between all digits."""
_REACH = 24
"""Characters before and behind a blank within which the number may begin and end."""
_COLUMN_BITS = 32
_BLANK = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+"
)
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_RADICAL = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
_ORNAMENT = re.compile("\ufffd(?=[ \u3000]{0,4}(?:[本全首特实见][\u4e00-\u9fff]{1,5})?(?:记者|通讯员))")
_SPECIAL = re.compile(f"{_BLANK.pattern}|{_INVISIBLE.pattern}|{_LIGATURE.pattern}|{_RADICAL.pattern}|{LOST}")


@dataclass(frozen=True, slots=True)
class Restored:
    """One paragraph: its text with origins, and per line number the edits as [column, dropped, inserted] and the characters of
    the text that the line gave."""

    map: TextMap
    edits: dict[int, list[tuple[int, str, str]]]
    spans: dict[int, Span]


def is_latin(char: str) -> bool:
    """Tell whether a character is a Latin letter, a digit or an ASCII mark (what is set half as wide as a Chinese character).

    >>> is_latin("a"), is_latin("é"), is_latin("，")
    (True, True, False)
    """
    return "!" <= char <= "~" or "\u00c0" <= char <= "\u024f" or "\u0300" <= char <= "\u036f"


class _Writer:
    """Collects characters with their origins, and the edits."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.origins = array("q")
        self.edits: dict[int, list[tuple[int, str, str]]] = {}
        self.spans: dict[int, Span] = {}

    def keep(self, text: str, line: int, column: int) -> None:
        """Take characters over as they stand."""
        base = (line << _COLUMN_BITS) | column
        self.parts.append(text)
        self.origins.extend(range(base, base + len(text)))

    def respell(self, text: str, line: int, column: int) -> None:
        self.parts.append(text)
        self.origins.extend([(line << _COLUMN_BITS) | column] * len(text))

    def insert(self, text: str) -> None:
        self.parts.append(text)
        self.origins.extend([INSERTED] * len(text))

    def edit(self, line: int, column: int, dropped: str, inserted: str) -> None:
        self.edits.setdefault(line, []).append((column, dropped, inserted))

    def unkeep(self) -> str:
        """Take the last character back."""
        last = self.parts[-1][-1]
        self.parts[-1] = self.parts[-1][:-1]
        if not self.parts[-1]:
            self.parts.pop()
        self.origins.pop()
        return last

    @property
    def last(self) -> str:
        return self.parts[-1][-1] if self.parts else ""


def restore_paragraph(lines: Sequence[Line]) -> Restored:
    """Join the lines of one paragraph: hard wraps and damage blanks go, every character keeps its source.

    >>> made = restore_paragraph([Line(1, " 提前规划好的路"), Line(3, "线， 165 人出发")])
    >>> made.map.text, made.map.origin(7), made.edits[3]
    ('提前规划好的路线，165人出发', Origin(line=3, column=0), [(2, ' ', ''), (6, ' ', '')])
    """
    out = _Writer()
    for line in lines:
        text = line.text
        start, end = len(text) - len(text.lstrip(BLANKS)), len(text.rstrip(BLANKS))
        if start >= end:
            continue
        if start:
            out.edit(line.number, 0, text[:start], "")
        if out.parts:
            _join(out, text[start], line.number, start)
        begin = len(out.origins)
        _restore_line(out, text, (start, end), line.number)
        if len(out.origins) > begin:
            out.spans[line.number] = Span(begin, len(out.origins))
        if end < len(text):
            out.edit(line.number, end, text[end:], "")
    return Restored(TextMap("".join(out.parts), out.origins), out.edits, out.spans)


def _join(out: _Writer, first: str, line: int, column: int) -> None:
    """Close the gap between two lines: Latin words get a blank, a word cut at its hyphen is closed up."""
    last = out.last
    if not (is_latin(last) and is_latin(first)):
        return
    if last == "-" and first.islower() and out.parts[-1][-2:-1].isalpha():
        value = out.origins[-1]
        out.unkeep()
        out.edit(value >> _COLUMN_BITS, value & (2**_COLUMN_BITS - 1), "-", "")
        out.spans[value >> _COLUMN_BITS] = Span(out.spans[value >> _COLUMN_BITS].start, len(out.origins))
    elif (last.isalpha() and first.isalpha()) or (
        last in ",.;:!?" and first.isalnum() and not first.isdigit()
    ):
        out.insert(" ")
        out.edit(line, column, "", " ")


def _restore_line(out: _Writer, text: str, limits: tuple[int, int], number: int) -> None:
    position, end = limits
    usual = _usual_blank(text[position:end])
    for found in _SPECIAL.finditer(text, *limits):
        at = found.start()
        if at > position:
            out.keep(text[position:at], number, position)
        position = found.end()
        if _BLANK.fullmatch(found.group()) and (
            len(found.group()) <= usual or _in_number(text, at, position)
        ):
            out.edit(number, at, found.group(), "")
        else:
            _restore_special(out, text, found, number)
    if end > position:
        out.keep(text[position:end], number, position)


def _spelt(special: str) -> str:
    """Return what a ligature, a radical or a compatibility form stands for."""
    return unicodedata.normalize("NFKC", plain_form(special))


def _usual_blank(text: str) -> int:
    """Return how wide the blanks are between the characters of a line that is spaced throughout, else 0.

    >>> _usual_blank("1 1 月 7 日 签 约"), _usual_blank("165 人 出发")
    (1, 0)
    """
    return min(map(len, _BLANK.findall(text))) if _spaced(text) else 0


def _in_number(text: str, start: int, end: int) -> bool:
    """Tell a blank inside one number: a thin one between digits, or a plain one where a grammar of numbers says so."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if not after.isdigit() or not (before.isdigit() or before in ",."):
        return False
    if before.isdigit() and set(text[start:end]) <= _THIN:
        return True
    return any(
        found.start() < start < found.end()
        for pattern in (_THOUSANDS, _PARTED)
        for found in pattern.finditer(text, max(0, start - _REACH), end + _REACH)
    )


def _restore_special(out: _Writer, text: str, found: re.Match[str], number: int) -> None:
    at, special = found.start(), found.group()
    after = text[found.end() : found.end() + 1]
    if special == LOST:
        _restore_lost(out, text, at, number)
    elif _BLANK.fullmatch(special):
        latin = is_latin(out.last or "。") and is_latin(after or "。")
        if latin or _between_names(text, at, found.end()):
            out.keep(special[:1], number, at) if special[0] == " " else out.insert(" ")
            if special != " ":
                out.edit(number, at, special, " ")
        else:
            out.edit(number, at, special, "")
    elif _INVISIBLE.fullmatch(special):
        out.edit(number, at, special, "")
    else:
        spelt = _spelt(special)
        out.respell(spelt, number, at)
        if spelt != special:
            out.edit(number, at, special, spelt)


def _between_names(text: str, start: int, end: int) -> bool:
    """Whether a blank parts two names of a byline in brackets: `（记者 王一 李二三）`, but not `（记者 陈  凌）`."""
    if not patterns().byline_begun.search(text[max(0, start - 70) : start]):
        return False
    before, after = (
        re.split(r"[ \u3000]", text[max(0, start - 70) : start])[-1],
        re.split(r"[ \u3000）)]", text[end : end + 12])[0],
    )
    return len(before) > 1 and len(after) > 1 and "（" not in after


def _restore_lost(out: _Writer, text: str, at: int, number: int) -> None:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if _ORNAMENT.match(text, at):
        out.edit(number, at, LOST, "")
    elif before.isascii() and before.isalpha() and (not after or (after.isascii() and after.isalpha())):
        if after:
            out.insert(" ")
        out.edit(number, at, LOST, " " if after else "")
    else:
        out.keep(LOST, number, at)


def close_up(text: str) -> str:
    """Restore a line of display type: close up letter-spaced words, make other blanks single, trim.

    >>> close_up("李 强 会 见 总 理"), close_up("精准对接  功夫在场外")
    ('李强会见总理', '精准对接 功夫在场外')
    """
    text = _INVISIBLE.sub("", text).strip(BLANKS)
    text = _RADICAL.sub(lambda found: plain_form(found.group()), text)
    if len(text) <= 400 and _spaced(text):
        return _close_spaced(text)
    text = _BLANK.sub(" ", text)
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=\d)|(?<=[\d%]) (?=[\u4e00-\u9fff])", "", text)


def _spaced(text: str) -> bool:
    """Whether a line is letter-spaced: at least four pieces, nearly all of one character."""
    pieces = _BLANK.split(text)
    single = sum(len(piece) == 1 for piece in pieces)
    return len(pieces) >= 4 and single >= 0.7 * len(pieces)


def _close_spaced(text: str) -> str:
    """Close single blanks; a wider blank stays as the one between two phrases when single ones are the rule."""
    runs = [len(run) for run in _BLANK.findall(text)]
    usual = min(runs)
    wide = re.compile(rf"[ \t\u00a0\u3000]{{{usual + 1},}}")
    parts = wide.split(text) if runs.count(usual) >= 0.6 * len(runs) else [text]
    return " ".join("".join(_BLANK.split(part)) for part in parts)


def join_heads(lines: Sequence[str], parted: Sequence[bool] = ()) -> str | None:
    """Join the lines of a headline: with a blank, but one-character lines (a vertical head) without, and without one where a
    word was cut (`parted` says so for each line that goes on mid-word).

    >>> join_heads(["展商迎客", "满载而归"]), join_heads(list("李强会见"))
    ('展商迎客 满载而归', '李强会见')
    >>> join_heads(["进博会：见证中", "国市场的无限魅力"], [False, True])
    '进博会：见证中国市场的无限魅力'
    """
    texts = [(close_up(line), at < len(parted) and parted[at]) for at, line in enumerate(lines)]
    texts = [(text, goes_on) for text, goes_on in texts if text]
    if not texts:
        return None
    if len(texts) > 2 and sum(len(text) == 1 for text, _ in texts) >= 0.8 * len(texts):
        return "".join(text for text, _ in texts)
    return texts[0][0] + "".join(text if goes_on else f" {text}" for text, goes_on in texts[1:])


def edits_json(edits: Sequence[tuple[int, str, str]] | None) -> str | None:
    """Write edits as the JSON that `article_lines.edits` holds."""
    return json.dumps(edits, ensure_ascii=False) if edits else None
