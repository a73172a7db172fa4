"""Stories that a web page holds only as data for scripts: JSON-LD for search engines, the state of an application."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from miner.model import Role
from miner.read.blocks import ParsedPage, tidy
from miner.read.jsonl import body_of, day_of

__all__ = ["Stated", "stated_story"]

_BODIES = ("articleBody", "content", "body", "text", "html", "contentHtml", "detail")
_HEADS = ("headline", "title", "name")
_DAYS = (
    "datePublished",
    "pubTime",
    "publishTime",
    "publish_time",
    "pubDate",
    "publishDate",
    "date",
    "createTime",
)
_STATE = re.compile(
    r"(?:__INITIAL_STATE__|__NUXT__|__DATA__|__APOLLO_STATE__|initialState|pageData)\s{0,3}=\s{0,3}(?=\{)"
)
_STRING = re.compile(r""""(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?""")
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_MOST = 20_000
"""Values inside scripts that are looked at."""


class Stated(NamedTuple):
    """A story as data: its headline, its paragraphs with their roles, its day."""

    headline: str
    paragraphs: list[tuple[str, Role]]
    date: str | None


def stated_story(page: ParsedPage, least: int) -> Stated | None:
    """Return the longest story that scripts of a page state.

    What search engines are told counts before the state of an application, which must have at least so many characters.
    """
    for data, enough in (
        (_scripts(page, "application/ld+json"), 1),
        (_scripts(page, "application/json"), least),
        (_states(page), least),
        (_kept_aside(page), least),
    ):
        found = [story for value in data for record in _records(value) if (story := _story(record))]
        longest = max(found, key=_length, default=None)
        if longest is not None and _length(longest) >= enough:
            return longest
    return None


def _length(story: Stated) -> int:
    return sum(len(text) for text, _ in story.paragraphs)


def _scripts(page: ParsedPage, kind: str) -> Iterator[object]:
    for script in page.soup.find_all("script", type=kind):
        try:
            yield json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue


def _states(page: ParsedPage) -> Iterator[object]:
    for script in page.soup.find_all("script"):
        text = "" if script.get("type") else script.get_text()
        if found := _STATE.search(text):
            try:
                yield json.JSONDecoder().raw_decode(text, found.end())[0]
            except (ValueError, RecursionError):
                continue


def _kept_aside(page: ParsedPage) -> Iterator[object]:
    """Yield markup that a page keeps where nobody sees it until a script shows it: form fields, templates, strings."""
    for tag in page.soup.find_all(("textarea", "template")):
        yield {"articleBody": tag.decode_contents()}
    for script in page.soup.find_all("script"):
        kind, text = str(script.get("type") or ""), script.get_text()
        if "html" in kind or "template" in kind:
            yield {"articleBody": text}
        elif not kind or "javascript" in kind:
            for found in _STRING.finditer(text):
                if "</p>" in found[0] or "<br" in found[0] or "<\\/p>" in found[0]:
                    yield {"articleBody": _ESCAPED.sub(_unescaped, found[0][1:-1])}


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else {"n": "\n", "t": "\t", "r": ""}.get(code, code)


def _records(value: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects inside a value, outer ones first."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST:
        here, seen = waiting.pop(), seen + 1
        if isinstance(here, dict):
            yield here
        waiting += list(here.values()) if isinstance(here, dict) else here if isinstance(here, list) else []


def _story(record: Mapping[str, object]) -> Stated | None:
    """Return the story of an object that has a body and a headline, or a body for search engines."""
    texts = {key: value for key, value in record.items() if isinstance(value, str | int | float)}
    body = _first(texts, _BODIES)
    head = _first(texts, _HEADS)
    if not body or not (head or "articleBody" in texts):
        return None
    paragraphs = [(text, role) for line, role in body_of(body) if (text := tidy(line))]
    return Stated(tidy(head), paragraphs, day_of(_first(texts, _DAYS)))


def _first(texts: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((str(texts[name]) for name in names if texts.get(name)), "")
