"""Reads the annotated sets into examples with one set of labels; what a set does not annotate stays open.

The sets disagree: MSRA has one label for enterprises and organizations and none for titles, event sets name only
those who take part. An example therefore says for each name which labels it may have, and which labels may stand
unmarked in the rest of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from miner.recognise.network.chain import LABELS

ALL = frozenset(LABELS)
BODIES = frozenset({"enterprise", "organization"})
DOMAINS = ("news", "msra", "cluener", "resume", "uner", "events")
"""Styles of annotation; each gets a bias of its own in training, and `news` is what the finished model speaks."""

_ENTERPRISE = re.compile(
    r"(?:公司|集团|银行|厂|企业|酒店|饭店|宾馆|商场|百货|超市|事务所|证券|保险|航空|地产|汽车|股份|控股|科技|药业|实业|电器|电子|"
    r"商城|连锁|钢铁|石油|石化|煤矿|电力|乳业|酒业|影业|传媒|软件|网络|基金|资本|投资)$"
)
_ORGANIZATION = re.compile(
    r"(?:大学|学院|学校|中学|小学|幼儿园|委|委员会|部|局|厅|署|院|会|协会|联合会|党|政府|法院|医院|研究所|中心|队|组织|军|联盟|社|报|"
    r"台|处|办公室|办|站|馆|团|司|科|组|俱乐部|系|所|庭|室|基地|工会|学会|总局|支部|分会|海关|国会|议会|警方|军区|使馆|大使馆)$"
)

_PUBLIC = re.compile(
    r"(?:人民银行|世界银行|中央银行|央行|亚洲开发银行|新开发银行|投资银行|广播公司|有线电视新闻网|国集团)$"
)
"""Endings of an enterprise on bodies that are none."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its names (start, end, possible labels), and the labels that may stand unmarked elsewhere."""

    text: str
    names: tuple[tuple[int, int, frozenset[str]], ...]
    open_labels: frozenset[str] = frozenset()
    domain: str = "news"
    free: bool = False
    """True when the rest of the text is not annotated at all."""
    doubtful: tuple[tuple[int, int], ...] = ()
    """Spans in which anything may stand."""


def body_labels(name: str) -> frozenset[str]:
    """Return what a name annotated merely as organisation can be, by its ending.

    >>> sorted(body_labels("上海汽车集团"))
    ['enterprise']
    >>> sorted(body_labels("巴塞罗那"))
    ['enterprise', 'organization']
    """
    if _PUBLIC.search(name):
        return frozenset({"organization"})
    if _ENTERPRISE.search(name):
        return frozenset({"enterprise"})
    if _ORGANIZATION.search(name):
        return frozenset({"organization"})
    return BODIES


def telling(name: str) -> bool:
    """Tell whether the ending alone says that this is an enterprise."""
    return len(name) >= 5 and name.endswith(("公司", "集团", "银行")) and body_labels(name) == {"enterprise"}


def _columns(path: Path, char: int, tag: int) -> Iterator[tuple[list[str], list[str]]]:
    words: list[str] = []
    tags: list[str] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        fields = line.split("\t") if "\t" in line else line.split(" ")
        if line.startswith("#"):
            continue
        if len(fields) > max(char, tag) and fields[char]:
            words.append(fields[char])
            tags.append(fields[tag])
        elif words:
            yield words, tags
            words, tags = [], []
    if words:
        yield words, tags


def _spans(words: list[str], tags: list[str]) -> Iterator[tuple[int, int, str]]:
    """Read BIO or BMES tags over words as spans of characters."""
    at = start = 0
    kind: str | None = None
    for word, tag in zip(words, tags, strict=True):
        mark, _, label = tag.partition("-")
        if kind is not None and (mark in "BSO" or label != kind):
            yield start, at, kind
            kind = None
        if mark != "O" and kind is None:
            kind, start = label, at
        at += len(word)
    if kind is not None:
        yield start, at, kind


def _columned(
    path: Path, kinds: dict[str, str], open_labels: frozenset[str], *, tag: int, char: int = 0
) -> Iterator[Example]:
    for words, tags in _columns(path, char, tag):
        text = "".join(words)
        names = tuple(
            (
                start,
                end,
                body_labels(text[start:end]) if kinds[label] == "body" else frozenset({kinds[label]}),
            )
            for start, end, label in _spans(words, tags)
            if label in kinds
        )
        yield Example(text, names, open_labels, domain="")


_NEWS_KINDS = {"PER": "person", "ORG": "body", "LOC": "place"}
_CV_KINDS = {"NAME": "person", "ORG": "body", "TITLE": "title", "LOC": "place"}
_CLUENER_KINDS = {
    "name": "person", "company": "enterprise", "organization": "organization", "government": "organization",
    "address": "place", "position": "title",
}  # fmt: skip


def _in(domain: str, examples: Iterable[Example]) -> list[Example]:
    return [Example(e.text, e.names, e.open_labels, domain, e.free) for e in examples]


def read_msra(path: Path) -> list[Example]:
    """Read a file of MSRA: People's Daily style news with persons, organisations, places; no titles."""
    return _in("msra", _columned(path, _NEWS_KINDS, frozenset({"title"}), tag=1))


def read_uner(path: Path) -> list[Example]:
    """Read a file of Universal NER: persons, organisations, places; no titles."""
    return _in("uner", _columned(path, _NEWS_KINDS, frozenset({"title"}), char=1, tag=2))


def read_resume(path: Path) -> list[Example]:
    """Read a file of the CV set: names, organisations, titles."""
    return _in("resume", _columned(path, _CV_KINDS, frozenset({"place"}), tag=1))


def read_cluener(path: Path) -> list[Example]:
    """Read a file of CLUENER; its scenes (sights, parks) may be places."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        names: list[tuple[int, int, frozenset[str]]] = []
        for label, forms in row["label"].items():
            if label in _CLUENER_KINDS:
                kinds = frozenset({_CLUENER_KINDS[label]})
                names.extend((start, end + 1, kinds) for spans in forms.values() for start, end in spans)
        examples.append(Example(row["text"], _apart(names), domain="cluener"))
    return examples


def _apart(names: Iterable[tuple[int, int, frozenset[str]]]) -> tuple[tuple[int, int, frozenset[str]], ...]:
    """Keep the longer of two names that overlap."""
    kept: list[tuple[int, int, frozenset[str]]] = []
    for name in sorted(set(names), key=lambda n: (n[0] - n[1], n[0], sorted(n[2]))):
        if all(name[1] <= other[0] or name[0] >= other[1] for other in kept):
            kept.append(name)
    return tuple(sorted(kept, key=lambda n: n[0]))


_ROLES = {
    "sub-org": BODIES,
    "obj-org": BODIES,
    "sub-per": frozenset({"person"}),
    "obj-per": frozenset({"person"}),
}
_NAME = re.compile(r"[\w·()（）&\-.]{2,30}")
_NOT_A_NAME = re.compile(r"公司$|旗下|全资|子公司$|该|本公司|其|方$|企业$|股东|多家|上述|两家|一家|^[0-9]")


def _financial(name: str) -> frozenset[str]:
    """Read an organisation in financial news: one without a telling ending is an enterprise."""
    labels = body_labels(name)
    return frozenset({"enterprise"}) if labels == BODIES else labels


def read_fewfc(path: Path) -> list[Example]:
    """Read a file of FewFC: financial news in which only those who take part in an event are marked."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        names: list[tuple[int, int, frozenset[str]]] = []
        for event in row["events"]:
            for mention in event["mentions"]:
                word, (start, end) = mention["word"], mention["span"]
                sure = word.endswith(("有限公司", "集团公司", "股份公司")) or not _NOT_A_NAME.search(word)
                if (
                    mention["role"] in _ROLES
                    and _NAME.fullmatch(word)
                    and sure
                    and row["content"][start:end] == word
                ):
                    kinds = _ROLES[mention["role"]]
                    names.append((start, end, _financial(word) if kinds == BODIES else kinds))
        if names:
            examples.append(Example(row["content"], _apart(names), ALL, "events", free=True))
    return examples


def read_training(folder: Path) -> list[Example]:
    """Read all training parts of the sets below a data folder."""
    ner = folder / "ner"
    examples = read_msra(ner / "msra" / "msra_train_bio.txt")
    examples += read_cluener(ner / "cluener" / "train.json")
    examples += read_resume(ner / "resume" / "train.char.bmes")
    for name in ("zh_gsdsimp-ud-train", "zh_gsdsimp-ud-dev", "zh_pud-ud-test"):
        examples += read_uner(ner / "uner_zh" / f"{name}.iob2")
    for name in ("train_base", "train_trans", "test_base", "test_trans"):
        examples += read_fewfc(folder / "events" / "fewfc" / f"{name}.json")
    return examples
