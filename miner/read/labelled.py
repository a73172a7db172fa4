"""Text in which every piece stands behind its name → records, as text databases and news services put their stories out.

<REC>                           【标题】进博会开幕
<标题>=进博会开幕               【日期】2023-11-05
<正文>=第六届进博会…            【正文】第六届进博会…
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from miner.read.faults import fault

__all__ = ["is_labelled", "of_labelled"]

_LABEL = re.compile(
    r"^[ \t\u3000\ufeff]*(?:<([^<>=\s]{1,16})>[ \t]*=|【([^【】\s]{1,12})】[:：]?)", re.MULTILINE
)
_NEXT = re.compile(r"^[ \t\ufeff]*<REC>[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)


def is_labelled(start: str, is_article: Callable[[Iterable[str]], bool]) -> bool:
    r"""Tell such a text by its beginning: a label opens it, and its labels are names of what articles have.

    >>> is_labelled("【标题】开幕\n【正文】今天", lambda names: "正文" in names)
    True
    >>> is_labelled("【本报讯】今天\n【正文】今天", lambda names: "标题" in names and "正文" in names)
    False
    """
    opening = _NEXT.sub("", start, count=1).lstrip()
    return bool(_LABEL.match(opening)) and is_article(map(_name, _LABEL.finditer(start)))


def of_labelled(text: str, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Mapping[str, object]]:
    """Yield the records of a text; a new one begins at its mark, or where a label comes again. Raises InputError for none."""
    found = False
    for record in _records(text):
        found = True
        yield record
    if not found:
        raise fault("no-columns", names=text[:60].replace("\n", " "))


def _records(text: str) -> Iterator[dict[str, object]]:
    marks = [(mark.start(), mark.end(), "") for mark in _NEXT.finditer(text)]
    labels = [(label.start(), label.end(), _name(label)) for label in _LABEL.finditer(text)]
    places = sorted(marks + labels)
    record: dict[str, object] = {}
    ends = [start for start, _, _ in places[1:]] + [len(text)]
    for (_, start, name), end in zip(places, ends, strict=True):
        if record and (not name or name in record):
            yield record
            record = {}
        if name:
            record[name] = text[start:end].strip()
    if record:
        yield record


def _name(label: re.Match[str]) -> str:
    return label.group(1) or label.group(2)
