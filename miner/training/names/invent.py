"""Invents training sentences: templates in the manner of the target papers, and real sentences with other names in them.

The sets know neither today's brands nor expo reports; what a name looks like and where it stands is taught here with
names that are drawn from lexicons or made up, so that the context and not the list has to be learnt.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from miner.language.lexicon import Entry, load_all
from miner.training.names.sets import Example

_SLOT = re.compile(r"\{(\w+)\}|\[([opetx]):([^\]]*)\]")
"""{slot}, or [label:text with slots], where the text is one name whatever its slots hold."""
_GROUPS = {"o": "organization", "p": "place", "e": "enterprise", "t": "title", "x": None}
_FOLDER = "resources/training"
Piece = tuple[str, str | None]
"""A run of text and the label it carries."""


def _read(name: str) -> list[str]:
    text = (resources.files("miner") / _FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@dataclass
class Lists:
    """The words that names are drawn from."""

    fillers: dict[str, list[str]]
    phrases: dict[str, list[str]]
    """Templates of several names, by the slot that they fill."""
    brands: list[str]
    fulls: list[str]
    latin_brands: list[str]
    surnames: list[str]
    given_pairs: list[str]
    foreign_parts: list[str]
    japanese: list[str]
    areas: list[str]
    streets: list[str]
    bodies: list[str] = field(default_factory=list)
    latin_names: list[str] = field(default_factory=list)
    by_ending: dict[str, list[str]] = field(default_factory=dict)
    """Bodies of a lexicon by their last two characters, and by the last."""
    provinces: list[str] = field(default_factory=list)


_HAN = re.compile(r"[\u4e00-\u9fff]{2,8}")


def read_lists(folder: Path) -> Lists:
    """Read fillers and enterprises of the package, and the lexicons below a data folder; raises OSError when one is missing."""
    fillers = {name: words.split(" ") for name, words in _named("fillers.txt")}
    phrases: dict[str, list[str]] = {}
    for name, template in _named("phrases.txt"):
        phrases.setdefault(name, []).append(template)
    lexicons = folder / "lexicons"
    names, places, words = lexicons / "names", lexicons / "admin_div", lexicons / "hanlp_dict"
    companies = _companies(lexicons / "company_lists" / "standup_companies.json")
    people = _people(words / "人名词典.txt")
    bodies = [line.split()[0] for line in _lines(words / "机构名词典.txt") if " " in line]
    return Lists(
        fillers=fillers, phrases=phrases, brands=_brands() + companies.brands, fulls=_fulls() + companies.fulls,
        latin_brands=_latin() + fillers["latinbrand"], surnames=[p[0] for p in people], given_pairs=[p[1:] for p in people],
        foreign_parts=_like(r"[\u4e00-\u9fff]{2,5}", _lines(words / "nrf.txt")),
        japanese=_like(r"[\u4e00-\u9fff]{3,5}", _lines(names / "Japanese_Names_Corpus_18W.txt")),
        areas=_column(places / "areas.csv") + _column(places / "cities.csv"),
        streets=_column(places / "streets.csv"),
        latin_names=_like("[A-Za-z]{4,}", _lines(names / "English_Names_Corpus_2W.txt")),
        bodies=_usual(bodies, tuple(fillers["body_ending"])),
        by_ending=_by_ending(bodies),
        provinces=_column(places / "provinces.csv"),
    )  # fmt: skip


def _named(file: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the content of every line of a resource: `name: content`."""
    for line in _read(file):
        name, _, content = line.partition(": ")
        yield name, content


def _entries() -> Sequence[Entry]:
    return load_all().get("enterprises", ())


def _brands() -> list[str]:
    forms = (form for entry in _entries() for form in (entry.name, *entry.short))
    return [form for form in forms if _HAN.search(form) and len(form) <= 8]


def _fulls() -> list[str]:
    return [form for entry in _entries() for form in entry.full if _HAN.search(form)]


def _latin() -> list[str]:
    forms = (form for entry in _entries() for form in (entry.name, *entry.latin))
    return [form for form in forms if form.isascii() and 2 <= len(form) <= 20]


class _Companies(NamedTuple):
    brands: list[str]
    fulls: list[str]


def _companies(file: Path) -> _Companies:
    """Read a list of companies: rows with a registered name and other names, which are parted by 、 or /."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    others = ((row.get("alias") or "").split("、")[0].split("/")[0] for row in rows)
    return _Companies(
        [other for other in others if _HAN.fullmatch(other) and 2 <= len(other) <= 6],
        [row["name"] for row in rows if len(row["name"]) >= 8 and row["name"].endswith("公司")],
    )


def _people(file: Path) -> list[str]:
    names = (line.split()[0] for line in _lines(file) if " nr " in f"{line} ")
    return [name for name in names if _HAN.fullmatch(name) and 2 <= len(name) <= 3]


def _like(pattern: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if re.fullmatch(pattern, name)]


def _usual(bodies: Iterable[str], endings: tuple[str, ...]) -> list[str]:
    return [body for body in bodies if _HAN.search(body) and 4 <= len(body) <= 18 and body.endswith(endings)]


def _by_ending(bodies: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for body in bodies:
        if len(body) > 2 and re.fullmatch("[\u4e00-\u9fff]+", body):
            for ending in (body[-2:], body[-1]):
                found.setdefault(ending, []).append(body)
    return found


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _column(path: Path) -> list[str]:
    names = [line.split(",")[1].strip('"') for line in _lines(path)[1:]]
    return [name for name in names if name != "县" and not name.endswith(("市辖区", "县级行政区划"))]


class Inventor:
    """Fills slots with names; everything it draws comes from one seeded source."""

    def __init__(self, lists: Lists, seed: int) -> None:
        self.lists, self.random = lists, random.Random(seed)
        self._regions = [
            *lists.areas,
            *lists.provinces,
            *(name[:-1] for name in lists.provinces if len(name) < 5),
        ]
        self._known = frozenset(self._regions)

    def word(self, name: str) -> str:
        """Draw a filler."""
        return self.random.choice(self.lists.fillers[name])

    def chance(self, p: float) -> bool:
        """Return True with probability p."""
        return self.random.random() < p

    # ---- names -------------------------------------------------------------------------------------------------

    def cn(self) -> str:
        """Draw a Chinese person's name."""
        r = self.random
        surname = r.choice(self.lists.surnames) if self.chance(0.97) else self.word("double_surname")
        if self.chance(0.12):
            return surname[:1] + self.word("given_words") if self.chance(0.3) else self.word("given_words")
        if self.chance(0.45):
            return surname + r.choice(self.lists.given_pairs)
        if self.chance(0.25):
            return surname + self.word("given")[:1]
        return surname + (self.word("given") + self.word("given"))[:2]

    def foreign(self) -> str:
        """Draw a foreign name written with a dot."""
        parts = [self.random.choice(self.lists.foreign_parts) for _ in range(3 if self.chance(0.12) else 2)]
        return self.random.choice("···・•‧·").join(parts)

    def foreign1(self) -> str:
        """Draw a foreign name in one piece."""
        return self.random.choice(self.lists.foreign_parts)

    def jp(self) -> str:
        """Draw a Japanese name."""
        return self.random.choice(self.lists.japanese)

    def latin(self) -> str:
        """Draw a name in Latin letters."""
        if self.lists.latin_names and self.chance(0.5):
            return " ".join(self.random.choice(self.lists.latin_names).capitalize() for _ in range(2))
        return f"{self.word('latin_first')} {self.word('latin_last').replace('-', ' ')}"

    def person(self) -> str:
        """Draw any person's name."""
        return self.random.choices(
            [self.cn, self.foreign, self.foreign1, self.jp, self.latin], [50, 25, 8, 10, 7]
        )[0]()

    def invented_brand(self) -> str:
        """Make up a brand."""
        r = self.random
        if self.chance(0.25):
            return r.choice(self.lists.foreign_parts)
        return "".join(
            r.choice(self.lists.fillers["brand_chars"]) for _ in range(r.choices([2, 3, 4], [55, 33, 12])[0])
        )

    def brand(self) -> str:
        """Draw a short name of an enterprise."""
        r = self.random
        if self.chance(0.08):
            return r.choice(self.lists.latin_brands)
        name = r.choice(self.lists.brands) if self.chance(0.6) else self.invented_brand()
        if self.chance(0.12) and len(name) <= 4:
            name += self.word("bare_suffix")
        return name

    def unit(self) -> str:
        """Draw a unit of an enterprise with a name of its own."""
        return (self.random.choice(self.lists.brands) if self.chance(0.5) else self.invented_brand())[
            :5
        ] + self.word("unit")

    def full(self) -> str:
        """Draw a registered name."""
        r = self.random
        if self.chance(0.3) and self.lists.fulls:
            return r.choice(self.lists.fulls)
        region = r.choice([self.word("city"), r.choice(self.lists.areas), "", "", "中国", "上海", "上海"])
        brand = r.choice(self.lists.brands) if self.chance(0.35) else self.invented_brand()
        industry = self.word("industry") if self.chance(0.8) else ""
        if self.chance(0.25):
            industry += self.word("industry") if self.chance(0.6) else self.word("industry_end")
        if self.chance(0.1) and region:
            return f"{brand}（{region}）{industry}有限公司"
        return region + brand + industry + self.word("suffix")

    def latinbrand(self) -> str:
        """Draw a brand in Latin letters."""
        return self.random.choice(self.lists.latin_brands)

    def district(self) -> str:
        """Draw a district or county."""
        return self.word("district") if self.chance(0.75) else self.random.choice(self.lists.areas)

    def district_full(self) -> str:
        """Draw a district with its kind (区, 县, 市)."""
        while (name := self.district())[-1] not in "区县市":
            pass
        return name

    def street(self) -> str:
        """Draw a street office or town."""
        return self.word("street") if self.chance(0.6) else self.random.choice(self.lists.streets)

    def city(self) -> str:
        """Draw a city or province."""
        return self.word("city") if self.chance(0.85) else self.random.choice(self.lists.areas)

    def place(self) -> str:
        """Draw a zone, park or landmark."""
        if self.chance(0.5):
            return self.word("place_known")
        return self.random.choice([self.city(), self.district(), self.invented_brand()]) + self.word(
            "place_suffix"
        )

    def gov(self) -> str:
        """Draw an office of a district or city."""
        if self.chance(0.1):
            return self.word("customs")
        suffix = self.word("gov_suffix")
        where = self.random.choice([self.district(), self.district(), self.city(), "上海市", "市", "区"])
        if suffix.startswith("委") and suffix != "委" and where[-1] not in "区市县省":
            where += "区"
        return where + suffix

    def univ(self) -> str:
        """Draw a university, or a school of one."""
        name = self.word("univ")
        return name + self.word("univ_part") if self.chance(0.2) else name

    def hospital(self) -> str:
        """Draw a hospital."""
        return (
            self.word("hospital")
            if self.chance(0.8)
            else self.city() + self.random.choice(["市第一人民医院", "中心医院", "儿童医院", "市中医院"])
        )

    def assoc(self) -> str:
        """Draw an association or institute."""
        if self.chance(0.35):
            return (
                self.random.choice([self.city(), self.word("country"), "中国", "全球", "上海市", "长三角"])
                + self.word("industry")
                + self.word("assoc_made")
            )
        if self.chance(0.25) and self.lists.bodies:
            return self.random.choice(self.lists.bodies)
        return self.word("assoc")

    def law(self) -> str:
        """Draw a law firm."""
        return (
            self.word("law")
            if self.chance(0.6)
            else self.random.choice(["上海", "北京", "上海市", ""]) + self.invented_brand() + "律师事务所"
        )

    # ---- phrases -----------------------------------------------------------------------------------------------

    def pieces(self, template: str) -> Iterator[Piece]:
        """Fill a template."""
        at = 0
        for match in _SLOT.finditer(template):
            if match.start() > at:
                yield template[at : match.start()], None
            if match[1]:
                yield from self.slot(match[1])
            else:
                yield "".join(text for text, _ in self.pieces(match[3])), _GROUPS[match[2]]
            at = match.end()
        if at < len(template):
            yield template[at:], None

    def slot(self, name: str) -> Iterator[Piece]:
        """Fill one slot; phrases of several names are templates themselves."""
        if name in _NAMES:
            label, draw = _NAMES[name]
            yield draw(self), label
        elif name in self.lists.phrases:
            yield from self.pieces(self.random.choice(self.lists.phrases[name]))
        elif name == "latin_bracket":
            yield from self.pieces(self.random.choice(_BRACKETS))
        elif name == "ents":
            yield from self._series("ent", self.random.choice([2, 2, 3, 3, 4, 5, 6, 8, 11]))
        elif name == "officials":
            yield from self._series("official", self.random.choice([1, 2, 2, 3]))
        elif name in _TITLES:
            title = self.word(name).replace("@", "")
            if name == "biztitle" and self.chance(0.35):
                title = self.word("title_region").replace("@", "") + title
            if title:
                yield title, "title"
        elif name in _LABELLED:
            yield from ((self.word(name), _LABELLED[name]),)
        elif name in self.lists.fillers:
            yield from self._plain(self.word(name))
        else:
            yield self._number(name), None

    def _series(self, name: str, n: int) -> Iterator[Piece]:
        for i in range(n):
            if i:
                yield ("和" if i == n - 1 and self.chance(0.15) else "、"), None
            yield from self.slot(name)

    def _plain(self, text: str) -> Iterator[Piece]:
        """Fill names inside names without labelling them: an award named after a company is no company."""
        yield "".join(piece for piece, _ in self.pieces(text)).replace("@", ""), None

    def _number(self, name: str) -> str:
        r = self.random
        if name == "money":
            return r.choice(
                [
                    f"{r.randint(1, 99)}亿元",
                    f"{r.randint(100, 9000)}万美元",
                    f"{r.uniform(1, 90):.1f}亿美元",
                    "数亿元人民币",
                ]
            )
        if name == "percent":
            return f"{r.uniform(0.5, 60):.1f}%"
        if name == "code":
            return f"60{r.randint(1000, 9999)}"
        if name == "date":
            return self.word("time") if self.chance(0.7) else f"{r.randint(1, 12)}月{r.randint(1, 28)}日"
        return r.choice([str(r.randint(2, 900)), "三", "五", "两", "十余", f"{r.randint(10, 300)}余"])

    # ---- examples ----------------------------------------------------------------------------------------------

    def sentence(self, template: str) -> Example:
        """Make one example of a template."""
        return _example(self._damaged(list(self.pieces(template))))

    def _damaged(self, pieces: list[Piece]) -> list[Piece]:
        """Vary punctuation as sources do: half-width marks, missing quotation marks."""
        if self.chance(0.06):
            half = str.maketrans("，：；（）", ",:;()")
            return [(text.translate(half), label) for text, label in pieces]
        return pieces

    def paragraphs(self, n: int) -> list[Example]:
        """Make n examples of one to three sentences each."""
        templates = _read("sentences.txt")
        made = []
        for _ in range(n):
            pieces: list[Piece] = []
            for _ in range(self.random.choice([1, 1, 1, 2, 2, 3])):
                template = self.random.choice(templates)
                pieces += self._damaged(list(self.pieces(template)))
                if template[-1] not in "。”":
                    pieces.append(("\n", None))
            made.append(_example(pieces))
        return made

    def renamed(self, example: Example, share: float = 0.6) -> Example:
        """Put other names into a real text; a name that recurs is replaced alike."""
        parts: list[str] = []
        names: list[tuple[int, int, frozenset[str]]] = []
        at, length, other = 0, 0, dict[str, str]()
        for start, end, labels in example.names:
            old = example.text[start:end]
            if old not in other:
                other[old] = self._substitute(old, labels) if self.chance(share) else old
            parts += [example.text[at:start], other[old]]
            first = length + start - at
            length = first + len(other[old])
            names.append((first, length, labels))
            at = end
        return Example("".join([*parts, example.text[at:]]), tuple(names))

    def _substitute(self, old: str, labels: frozenset[str]) -> str:
        """Return another name of the same build, or the old one where none is made."""
        if labels == {"person"}:
            return self._other_person(old)
        if labels == {"enterprise"}:
            if old.endswith("公司"):
                return self.full()
            return self.brand() if len(old) <= 6 else old
        if labels == {"organization"}:
            return self._other_body(old)
        return old

    def _other_body(self, old: str) -> str:
        """Return another body: elsewhere, of another level, or any that ends alike."""
        if len(old) < 4:
            return self.random.choice(_LEVELS) + old[1:] if old[0] in _LEVELS else old
        way = self.random.random()
        if way < 0.4:
            return self._elsewhere(old)
        if way < 0.6:
            for endings, made in _ALIKE:
                if old.endswith(endings):
                    return made(self)
        alike = self.lists.by_ending.get(old[-2:]) or self.lists.by_ending.get(old[-1], [])
        return self.random.choice(alike) if alike else old

    def _elsewhere(self, old: str) -> str:
        """Return a body with the place that its name begins with changed for another of its level."""
        for length in range(min(8, len(old) - 2), 1, -1):
            if old[:length] in self._known:
                kind = old[length - 1] if old[length - 1] in _LEVELS else ""
                level = [
                    name
                    for name in self.random.choices(self._regions, k=200)
                    if (name[-1] == kind if kind else name[-1] not in _LEVELS)
                ]
                return (level or [old[:length]])[0] + old[length:]
        return old

    def _other_person(self, old: str) -> str:
        if "·" in old:
            return self.foreign()
        if len(old) in (2, 3):
            return self.cn()
        return self.random.choice([self.foreign1, self.jp, self.foreign])() if len(old) >= 4 else old


def _example(pieces: Sequence[Piece]) -> Example:
    names, at = [], 0
    for text, label in pieces:
        if label is not None and text:
            names.append((at, at + len(text), frozenset({label})))
        at += len(text)
    return Example("".join(text for text, _ in pieces), tuple(names))


_NAMES: dict[str, tuple[str, Callable[[Inventor], str]]] = {
    "cn": ("person", Inventor.cn), "foreign": ("person", Inventor.foreign), "foreign1": ("person", Inventor.foreign1),
    "jp": ("person", Inventor.jp), "latin": ("person", Inventor.latin), "person": ("person", Inventor.person),
    "brand": ("enterprise", Inventor.brand), "unit": ("enterprise", Inventor.unit), "full": ("enterprise", Inventor.full),
    "latinbrand": ("enterprise", Inventor.latinbrand), "law": ("enterprise", Inventor.law),
    "gov": ("organization", Inventor.gov), "univ": ("organization", Inventor.univ),
    "hospital": ("organization", Inventor.hospital), "assoc": ("organization", Inventor.assoc),
    "district": ("place", Inventor.district), "district_full": ("place", Inventor.district_full),
    "street": ("organization", Inventor.street), "street_place": ("place", Inventor.street), "city": ("place", Inventor.city), "place": ("place", Inventor.place),
}  # fmt: skip
_TITLES = (
    "govtitle",
    "biztitle",
    "proftitle",
    "statetitle",
    "assoctitle",
    "inttitle",
    "ministrytitle",
    "title_region",
)
_LABELLED = {
    "ministry": "organization", "intl": "organization", "media": "organization", "bank": "enterprise",
    "securities": "enterprise", "group": "enterprise", "country": "place",
}  # fmt: skip
_BRACKETS = ["", "", "（{latin}）", "({latin})"]
"""The Latin name behind a foreign one, or none."""
_LEVELS = "省市区县镇"
_ALIKE: tuple[tuple[tuple[str, ...], Callable[[Inventor], str]], ...] = (
    (("大学", "学院"), Inventor.univ),
    (("医院",), Inventor.hospital),
    (("会", "中心"), Inventor.assoc),
    (("局", "政府"), Inventor.gov),
)
"""Endings of bodies, and what makes another one of the kind."""
