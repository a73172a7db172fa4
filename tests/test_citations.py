"""Citations: what a reader takes away must be right by the rules of its form."""

from __future__ import annotations

import re
from typing import Any

import pytest

from miner.publish import cite

_GB = re.compile(
    r"(?:(?P<who>[^.\[\]]+?)\. )?(?P<title>.+?)\[(?P<kind>N|N/OL)\]\. (?P<paper>[^,]+|\[报纸不详\]), "
    r"(?P<day>\d{4}(?:-\d{2}(?:-\d{2})?)?|\[日期不详\])(?:\((?P<page>[^()]+)\))?\.(?: (?P<url>https?://\S+)\.)?"
)
"""A newspaper article after GB/T 7714-2015, 8.8 and 4.6: responsible, title[N], newspaper, date(page)."""
_REQUIRED = {"article": {"title", "journal"}, "misc": {"title"}}
_FIELD = re.compile(r"  ([a-z]+) = \{(.*)\},")
_BARE = re.compile(r"(?<!\\)[%&#_$]|(?<!\\)[\^~]")


def check_gb(text: str) -> dict[str, str | None]:
    """Return the parts of a citation after GB/T 7714; fail where it is none."""
    found = _GB.fullmatch(text)
    assert found, text
    assert (found["kind"] == "N/OL") == (found["url"] is not None), text
    return found.groupdict()


def check_bibtex(text: str) -> dict[str, str]:
    """Return the fields of a BibTeX entry; fail where BibTeX would not read it or would print it wrongly."""
    head, *lines, end = text.split("\n")
    opened = re.fullmatch(r"@([a-z]+)\{([0-9A-Za-z_-]+),", head)
    assert opened and end == "}", text
    fields: dict[str, str] = {}
    for line in lines:
        found = _FIELD.fullmatch(line)
        assert found and found[1] not in fields, line
        value = found[2]
        depth = 0
        for char in re.sub(r"\\[{}]", "", value):
            depth += {"{": 1, "}": -1}.get(char, 0)
            assert depth >= 0, value
        assert depth == 0, value
        assert found[1] == "url" or not _BARE.search(re.sub(r"\\text[a-z]+\{\}", "", value)), value
        fields[found[1]] = value
    assert _REQUIRED[opened[1]] <= fields.keys(), text
    assert re.fullmatch(r"\d{4}", fields.get("year", "2023")), text
    return fields


ARTICLE = {"id": "a1", "byline": "本报记者 王旭 李倩", "headline": "江湾集团首次参展", "newspaper": "浦江新报", "published": "2023-11-08",
           "page": "3", "url": None, "path": "a.txt"}  # fmt: skip
ODD: list[dict[str, Any]] = [
    {},
    {"byline": None},
    {"page": None},
    {"newspaper": None},
    {"published": None},
    {"newspaper": None, "published": None, "page": None, "byline": None, "headline": None},
    {"published": "2023-11"},
    {"published": "XXXX-11-08"},
    {"headline": "50%的“订单”& #1 {未完_成} ~^$\\"},
    {"headline": "两行\n标题"},
    {"byline": "记者 王旭 李倩 周桥 何岸"},
    {"url": "https://paper.invalid/a_b?x={1}&y=~2"},
    {"url": "javascript:alert(1)"},
    {"page": "A02"},
    {"newspaper": "R&D_周报"},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_citations_are_valid(odd: dict[str, Any]) -> None:
    article = {**ARTICLE, **odd}
    parts, fields = check_gb(cite.gb7714(article)), check_bibtex(cite.bibtex(article))
    assert parts["page"] == article["page"]
    assert ("pages" in fields) == (article["page"] is not None)
    assert "XXXX" not in cite.gb7714(article) + cite.bibtex(article) + cite.plain(article)
    assert ("url" in fields) == str(article["url"]).startswith("http")


def test_what_is_unknown_is_said_and_never_made_up() -> None:
    parts = check_gb(cite.gb7714({**ARTICLE, "newspaper": None, "published": None, "page": None}))
    assert parts["paper"] == "[报纸不详]" and parts["day"] == "[日期不详]" and parts["page"] is None
    fields = check_bibtex(cite.bibtex({**ARTICLE, "newspaper": None}))
    assert fields["howpublished"] == "a.txt" and "journal" not in fields


def test_more_than_three_authors_are_shortened() -> None:
    assert (
        check_gb(cite.gb7714({**ARTICLE, "byline": "记者 王旭 李倩 周桥 何岸"}))["who"]
        == "王旭, 李倩, 周桥, 等"
    )


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("本报记者 王 旭 李倩之", ["王旭", "李倩之"]),
        ("浦江新报记者 王旭", ["王旭"]),
        ("《江湾》作者 王旭", ["王旭"]),
        ("新华社记者 王旭摄", ["王旭"]),
        ("执笔/王旭、李倩", ["王旭", "李倩"]),
        ("记者 Erik Lind 王旭", ["Erik Lind", "王旭"]),
        ("记者手记", []),
    ],
)
def test_the_authors_of_a_citation_are_people(byline: str, names: list[str]) -> None:
    assert cite.authors(byline) == names
