"""JSON lines: each row is an article with fields of configurable names."""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from importlib import resources

import yaml

from miner.model import Document, Line, Role
from miner.read.faults import fault
from miner.read.json_tables import kept_pairs
from miner.read.paths import iso_date
from miner.read.text import decode, split_lines, storable

FIELDS = ("headline", "kicker", "subtitle", "body", "date", "newspaper", "page", "author", "url")
"""What a row may hold; `config.fields` says under which names."""
_HEADS: tuple[tuple[str, Role], ...] = (
    ("kicker", "kicker"),
    ("headline", "headline"),
    ("subtitle", "subtitle"),
    ("author", "byline"),
)
_INNER = (
    "rendered",
    "html",
    "content",
    "text",
    "body",
    "value",
    "name",
    "title",
    "$date",
    "$numberLong",
    "@value",
)
"""Where objects inside a row keep their text."""
_NOTHING = frozenset(("", "null", "none", "nan", "nat", "n/a", "\\n", "undefined"))
"""How tables write that there is nothing."""
_MARKED = re.compile(
    r"</?(?:p|div|br|span|section|article|h[1-6]|table|strong|b|img|a|em|i|u|font|sup|sub|center|li|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d{0,2});")
_NAMES_TOLD = 8
_TIMES_ESCAPED = 3
"""How often markup may be escaped: programs do it once more than they should."""
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d{1,6})?")
_SERIAL = re.compile(r"[345]\d{4}(?:\.\d{1,12})?")
"""A day as spreadsheets count them, from 1982 to 2064."""
_ENGLISH_DAYS, _LONGEST_DAY = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y"), 20
_SERIAL_START = datetime.date(1899, 12, 30)
_CHINA = datetime.timezone(datetime.timedelta(hours=8))


@lru_cache(maxsize=1)
def _usual() -> dict[str, list[str]]:
    table: dict[str, list[str]] = yaml.safe_load(
        resources.files("miner.resources").joinpath("columns.yml").read_text("utf-8")
    )
    return table


@lru_cache(maxsize=8)
def field_names(fields: tuple[str, ...] = ()) -> dict[str, tuple[str, int]]:
    """Return for every name that columns may have the field it stands for, and its rank: of several the lowest wins.

    `fields` names columns as `body=text|story`, in place of the usual names of those fields.

    >>> field_names(("body=content|text",))["text"], field_names()["标题"][0]
    (('body', 1), 'headline')
    """
    given = {name.strip(): keys.split("|") for name, _, keys in (entry.partition("=") for entry in fields)}
    names: dict[str, tuple[str, int]] = {}
    for name, keys in {**_usual(), **given}.items():
        for rank, key in enumerate(keys):
            if name in given:
                names[key.strip()] = names[_key(key)] = (name, rank)
            else:
                names.setdefault(_key(key), (name, rank))
    return names


def holds_articles(fields: tuple[str, ...], names: Iterable[str], *, strict: bool) -> bool:
    """Tell from the names of columns whether a table holds articles; `strict` asks for more than a body.

    >>> holds_articles(("body=正文", "date=日期"), ["编号", "正文"], strict=False)
    True
    """
    known = field_names(fields)
    found = {known[key][0] for name in names if (key := _key(name)) in known}
    return "body" in found and (len(found) > 1 or not strict)


def _key(name: object) -> str:
    return str(name).strip().lower().replace(" ", "_").replace("-", "_")


def read_row(data: bytes, document: Document, row: int, names: Mapping[str, tuple[str, int]]) -> Document:
    """Return the document of one row, completed from an empty `document` that has its id and path.

    Raises InputError when the row is no JSON object or has no text.
    """
    values = _values(_record(data, row), names, escaped=b"\\u" in data)
    body = body_of(values.get("body", ""))
    if not any(char.isalnum() for part, _ in body for char in part):
        raise fault("no-body", row=row, names=_usual_bodies(names))
    lines = tuple(
        Line(n, part, role=role, story=0, source_line=row)
        for n, (part, role) in enumerate((*_heads(values), *body), 1)
    )
    stated: dict[str, str] = {
        name: "\n".join(part for part, _ in body_of(values[name]))
        for name in ("newspaper", "page", "author")
        if name in values
    }
    if "url" in values:
        stated["url"] = values["url"]
    if found := day_of(values.get("date", "")):
        stated["issue_date"] = found
    return replace(document, lines=lines, layout="markup", **stated)  # type: ignore[arg-type]


def _usual_bodies(names: Mapping[str, tuple[str, int]]) -> str:
    usual = [name for name, (field, _) in names.items() if field == "body"]
    return " | ".join(usual[:_NAMES_TOLD]) + (" …" if len(usual) > _NAMES_TOLD else "")


def _heads(values: Mapping[str, str]) -> Iterator[tuple[str, Role]]:
    for name, role in _HEADS:
        yield from ((part, role) for part, _ in body_of(values.get(name, "")) if part.strip())


def _record(data: bytes, row: int) -> Mapping[str, object]:
    try:
        record = json.loads(data.rstrip(b" \t\r\n,"), object_pairs_hook=kept_pairs)
    except UnicodeDecodeError:
        return _record(decode(data).text.encode(), row)
    except (ValueError, RecursionError) as error:
        raise fault("bad-row", row=row, reason=error) from error
    if not isinstance(record, dict):
        raise fault("bad-row", row=row, reason=type(record).__name__)
    return record


def body_of(text: str) -> list[tuple[str, Role]]:
    """Return the paragraphs of a body; what is HTML is read as HTML, also where it is escaped.

    >>> body_of("&lt;p&gt;开幕&lt;/p&gt;"), body_of("&ldquo;开幕&rdquo;")
    ([('开幕', 'body')], [('“开幕”', 'body')])
    """
    for _ in range(_TIMES_ESCAPED):
        if _MARKED.search(text) or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if not _MARKED.search(text):
        return [(part, "body") for part in split_lines(text)]
    from miner.read.blocks import blocks, parse  # heavy, and many archives hold none
    from miner.read.epaper import body_role

    return [(block.text, body_role(block)) for block in blocks(parse(text))]


def day_of(text: str) -> str | None:
    """Return the day that a date names, or a number: of (milli)seconds since 1970, in China, or of days as spreadsheets count.

    >>> day_of("2023-11-07 09:12"), day_of("1699318800"), day_of("1699318800000"), day_of("45237")
    ('2023-11-07', '2023-11-07', '2023-11-07', '2023-11-07')
    """
    if _EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if len(text.partition(".")[0]) > 11 else 1)
        return datetime.datetime.fromtimestamp(seconds, _CHINA).date().isoformat()
    if _SERIAL.fullmatch(text):
        return (_SERIAL_START + datetime.timedelta(days=int(text[:5]))).isoformat()
    return iso_date(text) or _english_day(text)


def _english_day(text: str) -> str | None:
    for form in _ENGLISH_DAYS:
        with suppress(ValueError):
            return datetime.datetime.strptime(text.strip()[:_LONGEST_DAY], form).date().isoformat()
    return None


def _values(
    record: Mapping[str, object], names: Mapping[str, tuple[str, int]], *, escaped: bool
) -> dict[str, str]:
    """Return the fields of a row that hold something, as text."""
    values: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for key, value in record.items():
        name, rank = names.get(key) or names.get(_key(key)) or ("", 0)
        text = _text(value) if name else ""
        if text and rank <= ranks.get(name, rank):
            values[name], ranks[name] = storable(text) if escaped else text, rank
    return values


def _text(value: object) -> str:
    """Return a value as text: lists are joined, of an object the part that is text, what stands for nothing is nothing."""
    if isinstance(value, list):
        return "\n".join(text for part in value if (text := _text(part)))
    if isinstance(value, dict):
        return next((text for key in _INNER if (text := _text(value.get(key)))), "")
    text = "" if value is None else str(value)
    return "" if text.strip().lower() in _NOTHING else text
