"""Citations of an article: GB/T 7714, BibTeX, plain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from miner.language.gazetteer import words_of
from miner.language.lexicon import alternatives

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "$": r"\$",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def authors(byline: str | None) -> list[str]:
    """Return the names in a byline; papers set names of two characters apart, and name themselves before the reporter.

    >>> authors("本报记者 王旭 李倩"), authors("本报记者 程 龙 潘俊强"), authors("浦江新报记者 王旭摄"), authors(None)
    (['王旭', '李倩'], ['程龙', '潘俊强'], ['王旭'], [])
    """
    known = _credits()
    words = known.said.sub(" ", known.paper.sub(" ", byline[:200] if byline else ""))
    words = _SET_APART.sub(r"\1\2", known.end.sub(" ", words))
    return [name for part in _BETWEEN.split(words) if 1 < len(name := part.strip()) < 20][:6]


_BETWEEN = re.compile(r"[、，,;；()（）]+|\s+(?![A-Za-z])|(?<![A-Za-z.])\s+")
_SET_APART = re.compile(r"(?<![一-鿿])([一-鿿])[ \u3000]([一-鿿])(?![一-鿿])")


@dataclass(frozen=True, slots=True)
class _Credits:
    """The words of bylines around names."""

    said: re.Pattern[str]
    """What makes a reporter; words of one character may be part of a name (文)."""
    paper: re.Pattern[str]
    """A paper before its reporter, or in 《》."""
    end: re.Pattern[str]
    """What stands right behind a name: 摄."""


@cache
def _credits() -> _Credits:
    known = alternatives(word for word in words_of("credits", "act", "house", "unnamed") if len(word) > 1)
    press = alternatives(words_of("credits", "press"))
    ends = alternatives(words_of("credits", "end"))
    return _Credits(
        re.compile(f"(?:{known}|编辑|文/图|图/文|[/：:|])+"),
        re.compile(
            rf"《[^》]{{0,30}}》|(?<![^\s、，,;；/：|()（）])[^\s、，,;；/：|()（）]{{1,12}}(?:{press})(?=记者)"
        ),
        re.compile(rf"(?<=[一-鿿]{{2}})(?:{ends})(?![一-鿿])"),
    )


def gb7714(article: Mapping[str, Any]) -> str:
    """Return the citation after GB/T 7714-2015 for a newspaper article, on paper [N] or from a page of the web [N/OL].

    What is not known is said in brackets, as the standard wants it.

    >>> gb7714({"byline": "记者 王旭", "headline": "进博会开幕", "newspaper": "浦江新报", "published": "2022-11-05", "page": "3"})
    '王旭. 进博会开幕[N]. 浦江新报, 2022-11-05(3).'
    >>> gb7714({"byline": None, "headline": "进博会开幕", "newspaper": None, "published": None, "page": None})
    '进博会开幕[N]. [报纸不详], [日期不详].'
    """
    named = authors(article["byline"])
    who = ", ".join(named[:3]) + (", 等" if len(named) > 3 else "")
    page = f"({_line(article['page'])})" if article["page"] else ""
    paper, day = _line(article["newspaper"]) or "[报纸不详]", _day(article) or "[日期不详]"
    address = _address(article)
    kind, found = ("[N/OL]", f" {address}.") if address else ("[N]", "")
    return (f"{who}. " if who else "") + f"{_title(article)}{kind}. {paper}, {day}{page}.{found}"


def plain(article: Mapping[str, Any]) -> str:
    """Return a citation for running text.

    >>> plain({"headline": "进博会开幕", "newspaper": "浦江新报", "published": "2022-11-05", "page": "3"})
    '《进博会开幕》,《浦江新报》2022年11月5日第3版'
    """
    day = _day(article).split("-")
    shown = "".join(f"{part.lstrip('0')}{unit}" for part, unit in zip(day, "年月日", strict=False) if part)
    paper = f"《{_line(article['newspaper'])}》" if article["newspaper"] else ""
    page = f"第{_line(article['page'])}版" if article["page"] else ""
    rest = f"{paper}{shown}{page}"
    return f"《{_title(article)}》" + (f",{rest}" if rest else "")


def bibtex(article: Mapping[str, Any]) -> str:
    """Return a BibTeX entry that BibTeX and biblatex take; the key is the article's id.

    An article of no known newspaper is `misc`, since `article` must have a journal.
    """
    day, paper = _day(article), _line(article["newspaper"])
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in authors(article["byline"])), "title": f"{{{_tex(_title(article))}}}",
        "journal": _tex(paper), "howpublished": "" if paper else _tex(_line(article.get("path"))), "year": day[:4], "date": day,
        "pages": _tex(_line(article["page"])), "url": _address(article), "langid": "chinese",
    }  # fmt: skip
    inner = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    key = re.sub(r"[^0-9A-Za-z_-]", "", str(article["id"]))
    return f"@{'article' if paper else 'misc'}{{{key},\n{inner}}}"


def _day(article: Mapping[str, Any]) -> str:
    """Return the day of the paper as a standard wants it, nothing where its year is unknown."""
    day = _line(article["published"])
    return day if re.fullmatch(r"\d{4}(?:-\d{2}){0,2}", day) else ""


def _address(article: Mapping[str, Any]) -> str:
    """Return the address of a page of the web, with what BibTeX would not take in it written as the web does."""
    address = _line(article.get("url"))
    if not address.startswith(("http://", "https://")):
        return ""
    return "".join(f"%{ord(char):02X}" if char in '{}\\^~"<>` ' else char for char in address)


def all_forms(article: Mapping[str, Any]) -> dict[str, str]:
    """Return all three forms, by their names."""
    return {"GB/T 7714": gb7714(article), "普通": plain(article), "BibTeX": bibtex(article)}


def _title(article: Mapping[str, Any]) -> str:
    return _line(article["headline"]) or "无标题"


def _line(value: object) -> str:
    return re.sub(r"\s+", " ", str(value or "")[:500]).strip()


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in text)
