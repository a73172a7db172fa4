"""The day a web page was published: what its markup states, or the dateline beside the headline; none before a wrong one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence

from bs4 import Tag

from miner.config import DEFAULT_PATH_PATTERNS
from miner.read.blocks import Block, ParsedPage
from miner.read.markup import markup
from miner.read.paths import iso_date, path_facts

_CHINA = datetime.timezone(datetime.timedelta(hours=8))
_STATED = re.compile(r'"(?:datePublished|pubDate|publishDate|publish_time)"\s{0,3}:\s{0,3}"([^"]{8,40})"')
_SHORT = re.compile(r"(?:时间|日期)\s{0,3}[:：]\s{0,3}(\d\d)-(\d\d)-(\d\d)(?!\d)")
_NAMED = re.compile(
    r"(?:^|[-_\s])(?:pub(?:lish)?[-_]?)?(?:date|time|riqi|shijian)(?:$|[-_\s])|pub(?:time|date)",
    re.IGNORECASE,
)
_LONGEST_DATELINE = 120
"""Characters of a line that may be a dateline: day, newspaper, page, author, buttons."""


def publication_date(
    page: ParsedPage,
    site: dict[str, str],
    stated: Sequence[str],
    near: Sequence[Block],
    after: Sequence[Block],
) -> str | None:
    """Return when a page was published as ISO, or None.

    `stated` is what meta elements say, `near` are the blocks between headline and body, without the headline; `after` those that follow the body, where a
    date counts only behind a label: related stories stand there too.
    """
    for text in _texts(page, site, stated, near, after):
        if found := iso_date(text):
            return found
    return None


def _texts(
    page: ParsedPage,
    site: dict[str, str],
    stated: Sequence[str],
    near: Sequence[Block],
    after: Sequence[Block],
) -> Iterator[str]:
    """Yield what may state the day, the surest first."""
    yield from (tag.get_text(" ") for tag in page.select(site.get("date")))
    if site.get("epoch") and (stamp := re.search(site["epoch"], page.text)):
        yield datetime.datetime.fromtimestamp(int(stamp.group(1)), _CHINA).date().isoformat()
    yield from stated
    yield from (found.group(1) for found in _STATED.finditer(page.text))
    yield from _datelines(near, after)
    yield from _marked(page)
    if page.url:
        yield path_facts(page.url, DEFAULT_PATH_PATTERNS[:1]).issue_date or ""


def _datelines(near: Sequence[Block], after: Sequence[Block]) -> Iterator[str]:
    lines = [block.text for block in near if _is_dateline(block.text)]
    yield from (f"20{'-'.join(short.groups())}" for line in lines if (short := _SHORT.search(line)))
    published = markup().lines["published"]
    yield from (line[found.end() :] for line in lines if (found := published.search(line)))
    yield from lines
    label = markup().lines["date_label"]
    yield from (block.text for block in after if label.search(block.text) and _is_dateline(block.text))


def _is_dateline(text: str) -> bool:
    return len(text) <= _LONGEST_DATELINE and not markup().lines["today"].search(text)


def _marked(page: ParsedPage) -> Iterator[str]:
    """Yield what elements for times hold, where a page has just one: lists of stories have many."""
    times = [tag for tag in page.soup.find_all("time") if isinstance(tag, Tag)]
    if len(times) == 1:
        yield str(times[0].get("datetime") or "")
        yield times[0].get_text(" ")
    named = [
        block.text
        for block in page.blocks
        if _NAMED.search(" ".join(str(name) for name in block.holder.get_attribute_list("class") if name))
        and _is_dateline(block.text)
    ]
    if len(named) == 1:
        yield named[0]
