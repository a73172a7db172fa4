"""What an article itself says of its names: which are another name of which (declared, in brackets, renamed, a part of a name)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from miner.language.gazetteer import words_of
from miner.recognise.found import Found
from miner.recognise.rules.brackets import find_latin
from miner.recognise.rules.declared import declared_names
from miner.recognise.scene import Key, key_of, renames
from miner.text import AnnotatedText

_MOST = 20
"""So many characters at most between a name and the one it took later."""
_STOPS = re.compile("[。!?;\n]")
_OTHER_SCRIPT = re.compile(
    r"\s?[(]?\s?(?:(?:mr|mrs|ms|dr)\.?\s)?|[(][^()\n。]{0,10}[,;]?(?:中文名|英文名|外文名|本名)[:为]?"
)
"""What may stand between a person's name and the same name in another script."""


@dataclass(slots=True)
class Links:
    """What the text itself declares: short or other forms (folded) and the full names they stand for."""

    full: dict[Key, str] = field(default_factory=dict)
    kinds: dict[Key, str] = field(default_factory=dict)

    def note(self, full: Key, short: Key, kind: str) -> None:
        """Note that `short` is another name of `full`; the first word on a name counts, and none leads in a circle."""
        if full == short or short in self.full:
            return
        head = full
        for _ in range(8):
            if head == short:
                return
            head = (head[0], self.full.get(head, head[1]))
        self.full[short] = full[1]
        self.kinds[short] = kind


def links_of(passage: AnnotatedText, names: Sequence[Found]) -> Links:
    """Return what a text says of its names, which are given in text order."""
    links = Links()
    given = list(names)
    for kind, pairs in (("declared", declared_names(passage, given)), ("latin", find_latin(passage, given))):
        for full, short in pairs:
            links.note(key_of(passage, full), (full.label, key_of(passage, short)[1]), kind)
    for left, right in pairwise(names):
        _beside(passage, left, right, links)
    for name, part in _parts(passage, names):
        links.note(("person", name), ("person", part), "short")
    return links


def _beside(passage: AnnotatedText, left: Found, right: Found, links: Links) -> None:
    """Note two names of which the words between them say that they are one thing's."""
    if left.label != right.label or not 0 <= right.start - left.end <= _MOST:
        return
    gap = passage.folded[left.end : right.start]
    first, second = key_of(passage, left), key_of(passage, right)
    if left.label == "person":
        if first[1].isascii() != second[1].isascii() and _OTHER_SCRIPT.fullmatch(gap):
            latin, name = (first, second) if first[1].isascii() else (second, first)
            links.note(name, latin, "latin")
    elif left.label != "place" and not _STOPS.search(gap) and renames(gap.strip()):
        shorter, longer = sorted((first, second), key=lambda key: len(key[1]))
        links.note(longer, shorter, "full")


def _parts(passage: AnnotatedText, names: Sequence[Found]) -> Iterator[tuple[str, str]]:
    """Yield people's names with the forms of address and the parts of names that stand for them."""
    written: dict[str, str] = {}
    for found in names:
        if found.label == "person":
            written.setdefault(key_of(passage, found)[1], found.span.of(passage.folded))
    for name, text in written.items():
        yield from ((name, part) for part in parts_of_name(text))
    for name in written:
        surname = addressed(name)
        meant = [other for other in written if surname and other.startswith(surname) and not addressed(other)]
        if len(meant) == 1 and meant[0] != name:
            yield meant[0], name


def addressed(name: str) -> str:
    """Return the surname in a form of address, "" when a name is none.

    >>> addressed("王总"), addressed("老王"), addressed("王小明")
    ('王', '王', '')
    """
    if len(name) > 1 and name[1:] in words_of("name_forms", "address"):
        return name[0]
    return name[1] if len(name) == 2 and name[0] in words_of("name_forms", "familiar") else ""


def parts_of_name(name: str) -> tuple[str, ...]:
    """Return the parts of a person's folded name that may stand for the whole, the family name of a foreigner first.

    >>> parts_of_name("娜塔莎·科瓦连科"), parts_of_name("李晓薇"), parts_of_name("mary o'neill")
    (('科瓦连科', '娜塔莎'), ('晓薇',), ("o'neill", 'mary'))
    """
    if name.isascii():
        words = name.split()
        return tuple(word for word in (words[-1], words[0]) if len(word) > 2) if len(words) > 1 else ()
    first, _, rest = name.partition("·")
    last = rest.rsplit("·", 1)[-1]
    if not rest:
        return (name[1:],) if len(name) == 3 else ()
    return tuple(part for part in (last, first) if len(part) >= 2)
