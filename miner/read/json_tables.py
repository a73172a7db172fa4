"""JSON in any arrangement → records: arrays, objects one behind the other, arrays deep inside an answer, columns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from miner.read.faults import fault

__all__ = ["kept_pairs", "of_json"]

_BETWEEN = re.compile(r"[ \t\r\n,]*")
_BETWEEN_OPENED = re.compile(r"[ \t\r\n,\[\]]*")
_DEEPEST = 8
"""Levels at which articles are looked for: answers of programs wrap them in data, result, list, hits, _source."""


def of_json(text: str, is_article: Callable[[Iterable[str]], bool]) -> Iterator[Mapping[str, object]]:
    """Yield the records of a JSON file; raises InputError behind what could be read of a damaged one.

    >>> [*of_json('{"data": {"list": [{"正文": "开幕"}]}}', lambda names: "正文" in names)]
    [{'正文': '开幕'}]
    """
    decoder = json.JSONDecoder(object_pairs_hook=kept_pairs)
    at, found, between = 0, False, _BETWEEN
    while (at := _end(between, text, at)) < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if text[at] == "[" and between is _BETWEEN:  # a damaged array is read piece by piece
                between = _BETWEEN_OPENED
                continue
            raise fault("damaged-table", reason=error) from error
        for record in _records(value, is_article, _DEEPEST):
            found = True
            yield record
    if not found:
        raise fault("no-columns", names=text[:60].replace("\n", " "))


def _end(between: re.Pattern[str], text: str, at: int) -> int:
    found = between.match(text, at)
    return found.end() if found else at


def kept_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the object of these pairs; of a name that comes twice what is not empty is kept.

    >>> kept_pairs([("content", "开幕"), ("content", "")])
    {'content': '开幕'}
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        found.update((name, value) for name, value in pairs if value not in (None, "", [], {}))
    return found


def _records(
    value: object, is_article: Callable[[Iterable[str]], bool], depth: int
) -> Iterator[Mapping[str, object]]:
    """Yield an article, or those of the first level below at which there are any, with what stands beside them."""
    if isinstance(value, dict):
        columns = _rows(value, is_article)
        if columns or is_article(value):
            yield from columns or [value]
            return
    inner = list(_inner(value))
    objects = [entry for entry in inner if isinstance(entry, dict)]
    if any(is_article(entry) and not _rows(entry, is_article) for entry in objects):
        yield from objects
    elif depth:
        for entry in inner:
            yield from _records(entry, is_article, depth - 1)


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _rows(
    value: Mapping[str, object], is_article: Callable[[Iterable[str]], bool]
) -> list[dict[str, object]]:
    """Return the rows of a table that is written by columns, as data frames are; none where it is not."""
    if not is_article(value):
        return _split_rows(value, is_article)
    columns = [column for entry in value.values() if (column := _column(entry))]
    if len(columns) < max(2, len(value)) or len({len(column) for column in columns}) != 1:
        return []
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _split_rows(
    value: Mapping[str, object], is_article: Callable[[Iterable[str]], bool]
) -> list[dict[str, object]]:
    """Return the rows of a table that lists the names of its columns beside its data."""
    names, data = value.get("columns"), value.get("data")
    if not isinstance(names, list) or not isinstance(data, list) or not is_article(map(str, names)):
        return []
    return [dict(zip(map(str, names), row, strict=False)) for row in data if isinstance(row, list)]


def _column(entry: object) -> Sequence[object]:
    """Return the cells of a column: a list, or an object that numbers them."""
    if isinstance(entry, dict) and all(key.isdigit() for key in entry):
        return list(entry.values())
    return entry if isinstance(entry, list) else []
