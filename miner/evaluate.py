"""Scores of every stage against gold, with errors listed by cause, and floors that may not be undercut.

Names are compared after NFKC, lower case and removal of white space. Every figure is a micro average of precision,
recall and F1 over all gold of a folder, except the page figures, which are means over pages.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from miner.config import Config
from miner.engine import run_paths
from miner.errors import ConfigError
from miner.resolve.names import fold
from miner.store.database import open_readonly

LABELS = {"people": "person", "enterprises": "enterprise", "organizations": "organization"}
_HEAD = frozenset({"headline", "kicker", "subtitle"})
_FULL_MATCH = 0.95
_SHOWN = 40


@dataclass(slots=True)
class Score:
    """Counts of one figure: what was found rightly, what the gold has, what was predicted."""

    hits: float = 0
    gold: float = 0
    predicted: float = 0

    def add(self, hits: float, gold: float, predicted: float) -> None:
        """Count some more."""
        self.hits += hits
        self.gold += gold
        self.predicted += predicted

    @property
    def precision(self) -> float:
        """Share of predictions that are right."""
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found."""
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.gold + self.predicted
        return 2 * self.hits / total if total else 0.0


@dataclass(slots=True)
class Evaluation:
    """All figures of one run over gold, and its errors by cause."""

    scores: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def figures(self) -> dict[str, float]:
        """Return F1 by figure, in a fixed order."""
        return {name: round(self.scores[name].f1, 4) for name in sorted(self.scores)}

    def wrong(self, cause: str, where: str, things: Iterable[object]) -> None:
        """Remember errors of one cause."""
        self.errors[cause].extend(f"{where}: {thing}" for thing in things)


def evaluate(gold: Path, *, config: Config | None = None) -> Evaluation:
    """Mine a folder of texts with gold beside them and score every stage.

    Raises ConfigError when the folder holds no gold.
    """
    files = sorted(path for path in gold.rglob("*.json") if path.name not in ("pairs.json", "baseline.json"))
    if not files:
        raise ConfigError("这里没有标注 / no gold (*.json) in this folder", where=str(gold))
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "evaluate.db"
        run_paths([str(gold)], database, config or Config())
        connection = open_readonly(database)
        try:
            return _score(connection, files, gold)
        finally:
            connection.close()


def _score(connection: sqlite3.Connection, files: Sequence[Path], root: Path) -> Evaluation:
    result = Evaluation()
    documents = {row["path"]: row["id"] for row in connection.execute("select path, id from documents")}
    by_stem = {str(Path(path).with_suffix("")): identifier for path, identifier in documents.items()}
    for path in files:
        gold = json.loads(path.read_text(encoding="utf-8"))
        document = by_stem.get(str(path.relative_to(root).with_suffix("")))
        if "people" in gold:
            score_article(connection, document, gold, result)
        elif "lines" in gold:
            score_page(connection, document, gold, path.stem, result)
        elif "paragraphs" in gold and "headline" in gold:
            score_web_page(connection, document, gold, path.stem, result)
    for pairs in sorted(root.rglob("pairs.json")):
        score_pairs(connection, pairs, by_stem, root, result)
    return result


# --- extraction -------------------------------------------------------------------------------------------------


def score_article(
    connection: sqlite3.Connection, document: str | None, gold: dict[str, Any], result: Evaluation
) -> None:
    """Score names, linking, posts, events, quotes, figures and traps of one article."""

    def rows(sql: str) -> list[sqlite3.Row]:
        return connection.execute(
            sql.replace("HERE", "article_id in (select id from articles where document_id = ?)"), (document,)
        ).fetchall()

    where = gold["id"]
    mentions = rows(
        "select text, label, coalesce(enterprise_id, person_id, organization_id, place_id) as entity from mentions where HERE"
    )
    _score_names(gold, mentions, result, where)
    if gold.get("names_only"):
        return
    known = _forms(gold)
    same = lambda a, b: _close(a, b) or b in known.get(a, ())  # noqa: E731 - closes over this article's forms
    _score_posts(
        gold,
        rows(
            "select p.name, title, organization_text from posts join people p on p.id = person_id where HERE"
        ),
        same,
        result,
    )
    _score_events(
        gold,
        connection,
        rows("select id, type, evidence, date, status from event_reports where HERE order by start, id"),
        same,
        result,
    )
    _score_quotes(gold, rows("select text, speaker from quotes where HERE order by start"), same, result)
    figures = "select value, unit, qualifier, text from figures where HERE order by field, start"
    _score_figures(gold, rows(figures), result)
    said = {(row["label"], fold(row["text"])) for row in mentions} | {
        ("figure", fold(row["text"])) for row in rows("select text from figures where HERE")
    }
    said |= {("entity", fold(row["text"])) for row in mentions if row["label"] != "place"}
    traps = [(trap["not"], fold(trap["text"])) for trap in gold.get("traps", [])]
    result.scores["trap"].add(sum(trap not in said for trap in traps), len(traps), len(traps))
    result.wrong("trap", where, [trap for trap in traps if trap in said])


def _forms(gold: dict[str, Any]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for kind in LABELS:
        for entity in gold.get(kind, []):
            names = _names(entity)
            for name in names:
                known[name] |= names
    return known


def _names(entity: dict[str, Any]) -> set[str]:
    return {fold(name) for name in (entity["name"], entity.get("latin"), *entity.get("aliases", [])) if name}


def _close(a: str, b: str) -> bool:
    return bool(a) and bool(b) and (a == b or (min(len(a), len(b)) >= 2 and (a in b or b in a)))


def _score_names(
    gold: dict[str, Any], mentions: Sequence[sqlite3.Row], result: Evaluation, where: str
) -> None:
    for kind, label in LABELS.items():
        entities = [_names(entity) for entity in gold.get(kind, [])]
        found: dict[str, set[str]] = defaultdict(set)
        for row in mentions:
            if row["label"] == label:
                found[fold(row["text"])].add(row["entity"])
        allowed = set().union(*entities)
        wanted = _printed_names(gold.get(kind, [])) if label == "person" else allowed
        result.scores[label].add(
            len(found.keys() & wanted), len(wanted), len(found.keys() - (allowed - wanted))
        )
        result.wrong(f"{label} missed", where, sorted(wanted - found.keys()))
        result.wrong(f"{label} wrong", where, sorted(found.keys() - allowed))
        _score_links(entities, found, result, where)


def _printed_names(people: Iterable[dict[str, Any]]) -> set[str]:
    """Return the names of people without their Latin ones, which may stand nowhere in the text."""
    return {fold(name) for person in people for name in (person["name"], *person.get("aliases", []))}


def _score_links(
    entities: Sequence[set[str]], found: dict[str, set[str]], result: Evaluation, where: str
) -> None:
    """Score which names of an article were taken for one thing."""
    owner = {name: number for number, names in enumerate(entities) for name in names}
    for a, b in combinations(sorted(owner.keys() & found.keys()), 2):
        together, should = bool(found[a] & found[b]), owner[a] == owner[b]
        result.scores["linking"].add(together and should, should, together)
        if together != should:
            result.wrong("linking", where, [f"{a} / {b} {'joined' if together else 'apart'}"])


Same = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class _Compared:
    """Facts of one kind in the gold and as found, and those of them that mean the same."""

    wanted: Sequence[Any]
    found: Sequence[Any]
    pairs: Sequence[tuple[Any, Any]]

    @classmethod
    def of(cls, wanted: Sequence[Any], found: Sequence[Any], same: Callable[[Any, Any], bool]) -> _Compared:
        """Pair every fact of the gold with the first free one that means the same."""
        free, pairs = list(found), []
        for one in wanted:
            match = next((other for other in free if same(one, other)), None)
            if match is not None:
                pairs.append((one, match))
                free.remove(match)
        return cls(wanted, found, pairs)

    @property
    def missed(self) -> list[Any]:
        """Facts of the gold that were not found."""
        hit = [one for one, _ in self.pairs]
        return [one for one in self.wanted if one not in hit]

    @property
    def wrong(self) -> list[Any]:
        """What was found and is not in the gold."""
        hit = [other for _, other in self.pairs]
        return [other for other in self.found if other not in hit]

    def count(self, name: str, result: Evaluation) -> None:
        """Count them under a figure."""
        result.scores[name].add(len(self.pairs), len(self.wanted), len(self.found))

    def share(self, name: str, result: Evaluation, right: Callable[[Any, Any], bool]) -> None:
        """Count how many of the pairs are right in something more."""
        result.scores[name].add(sum(right(*p) for p in self.pairs), len(self.pairs), len(self.pairs))


def _score_posts(gold: dict[str, Any], rows: Sequence[sqlite3.Row], same: Same, result: Evaluation) -> None:
    wanted = [
        (fold(person["name"]), fold(post["title"]), fold(post.get("org") or ""))
        for person in gold.get("people", [])
        for post in person.get("posts", [])
    ]
    found = list(
        dict.fromkeys((fold(r["name"]), fold(r["title"]), fold(r["organization_text"])) for r in rows)
    )
    compared = _Compared.of(wanted, found, lambda g, p: same(g[0], p[0]) and g[1] == p[1])
    compared.count("post", result)
    compared.share("post-org", result, lambda g, p: g[2] == p[2] or same(g[2], p[2]))
    result.wrong("post missed", gold["id"], compared.missed)
    result.wrong("post wrong", gold["id"], compared.wrong)


def _score_events(
    gold: dict[str, Any],
    connection: sqlite3.Connection,
    rows: Sequence[sqlite3.Row],
    same: Same,
    result: Evaluation,
) -> None:
    found = [(r["type"], fold(r["evidence"]), r["date"], _parties_of(connection, r["id"])) for r in rows]
    compared = _Compared.of(
        [_gold_event(event) for event in gold.get("events", [])],
        found,
        lambda g, p: g[0] == p[0] and (g[1][:10] in p[1] or p[1][:10] in g[1]),
    )
    compared.count("event", result)
    result.wrong("event missed", gold["id"], [(g[0], g[4], g[1]) for g in compared.missed])
    result.wrong("event wrong", gold["id"], [p[:3] for p in compared.wrong])
    _score_dates(gold["id"], [(g, p) for g, p in compared.pairs if g[2]], result)
    for g, p in compared.pairs:
        cast = _Compared.of(g[3], p[3], same)
        result.scores["event-part"].add(len(cast.pairs), len(g[3]), len(set(p[3])))


def _score_dates(where: str, dated: Sequence[tuple[Any, Any]], result: Evaluation) -> None:
    result.scores["event-date"].add(sum(g[2] == p[2] for g, p in dated), len(dated), len(dated))
    result.wrong("event date", where, [(g[1], g[2], p[2]) for g, p in dated if g[2] != p[2]])


def _gold_event(event: dict[str, Any]) -> tuple[Any, ...]:
    parties = [fold(name) for name in event.get("participants", [])]
    return event["type"], fold(event["quote_of_sentence"]), event.get("date"), parties, event["trigger"]


def _parties_of(connection: sqlite3.Connection, report: str) -> list[str]:
    sql = "select name from event_participants where report_id = ? order by id"
    return [fold(name) for (name,) in connection.execute(sql, (report,))]


def _score_quotes(gold: dict[str, Any], rows: Sequence[sqlite3.Row], same: Same, result: Evaluation) -> None:
    wanted = [(fold(q["begins"]), fold(q["speaker"])) for q in gold.get("quotes", [])]
    later = [fold(part)[:8] for q in gold.get("quotes", []) for part in q.get("continued", [])]
    found = [(fold(r["text"]), fold(r["speaker"])) for r in rows]
    compared = _Compared.of(wanted, found, lambda g, p: g[0][:8] in p[0])
    wrong = [p for p in compared.wrong if not any(part in p[0] for part in later)]
    counted = (
        len(found) - len(compared.wrong) + len(wrong)
    )  # later parts of a quotation found apart are no errors
    result.scores["quote"].add(len(compared.pairs), len(wanted), counted)
    spoken = sum(same(g[1], p[1]) for g, p in compared.pairs)
    result.scores["quote-speaker"].add(spoken, len(wanted), counted)
    result.wrong("quote missed", gold["id"], compared.missed)
    result.wrong("quote wrong", gold["id"], wrong)


def _score_figures(gold: dict[str, Any], rows: Sequence[sqlite3.Row], result: Evaluation) -> None:
    wanted = [
        (float(f["value"]), fold(f["unit"]), f.get("qualifier"), f["as_written"])
        for f in gold.get("figures", [])
    ]
    found = [
        (float(r["value"]), fold(r["unit"]), r["qualifier"], r["text"])
        for r in rows
        if r["value"] is not None
    ]
    compared = _Compared.of(wanted, found, _same_number)
    compared.count("figure", result)
    compared.share("figure-qual", result, lambda g, p: (g[2] or "") == (p[2] or ""))
    result.wrong("figure missed", gold["id"], compared.missed)
    result.wrong("figure wrong", gold["id"], compared.wrong)


def _same_number(one: tuple[float, str, object, str], other: tuple[float, str, object, str]) -> bool:
    return abs(one[0] - other[0]) <= 1e-6 * max(1, abs(one[0])) and one[1] == other[1]


# --- pages ------------------------------------------------------------------------------------------------------

Labelled = dict[int, tuple[str | None, str]]


def score_page(
    connection: sqlite3.Connection, document: str | None, gold: dict[str, Any], name: str, result: Evaluation
) -> None:
    """Score one rebuilt page: perfect articles, headlines, body lines, paragraph starts."""
    rows = connection.execute(
        "select line, article_id, role, text from article_lines where document_id = ?", (document,)
    ).fetchall()
    found: Labelled = {row["line"]: (row["article_id"], row["role"]) for row in rows}
    size = {row["line"]: len(fold(row["text"])) for row in rows}
    wanted: Labelled = {int(n): (line["article"], line["role"]) for n, line in gold["lines"].items()}
    level = f"page-L{gold['level']}" if "level" in gold else "page"
    good, stories, rebuilt = _score_stories(wanted, found, (size, name), result)
    for figure in (level, "page-perfect"):
        result.scores[figure].add(good, stories, rebuilt)
    body, other = ({n for n, (_, role) in table.items() if role == "body"} for table in (wanted, found))
    result.scores["page-body"].add(len(body & other), len(body), len(other))
    _score_paragraphs(connection, document, gold, result)


class _Stories(NamedTuple):
    """How many stories of a page are rebuilt perfectly, how many it has, how many were rebuilt."""

    good: int
    wanted: int
    rebuilt: int


def _score_stories(
    wanted: Labelled, found: Labelled, page: tuple[dict[int, int], str], result: Evaluation
) -> _Stories:
    """Count the stories with the right body and head; `page` is the size of its lines and its name."""
    size, name = page
    stories, rebuilt = _bodies(wanted), _bodies(found)
    good = 0
    for story, lines in stories.items():
        match = max(rebuilt, key=lambda other: _likeness(lines, rebuilt[other], size), default=None)
        likeness = _likeness(lines, rebuilt[match], size) if match else 0.0
        headed = _heads(wanted, found, story, match)
        good += (right := likeness >= _FULL_MATCH and headed.right)
        if right:
            continue
        cause = "page body" if likeness < _FULL_MATCH else "page headline"
        told = f"likeness {likeness:.2f}, head lines {sorted(headed.wanted)}, found {sorted(headed.found)}"
        result.wrong(cause, f"{name} {story}", [told])
    return _Stories(good, len(stories), len(rebuilt))


@dataclass(frozen=True, slots=True)
class _Heads:
    """Lines of a story's head, its main lines, and the head lines of the article rebuilt for it."""

    wanted: set[int]
    main: set[int]
    found: set[int]

    @property
    def right(self) -> bool:
        """All main lines were found, and none that is not the story's; a story without a head has none."""
        return self.main <= self.found <= self.wanted if self.wanted else not self.found


def _heads(wanted: Labelled, found: Labelled, story: str, match: str | None) -> _Heads:
    head = {n for n, (article, role) in wanted.items() if article == story and role in _HEAD}
    main = {n for n in head if wanted[n][1] == "headline"}
    if not match:
        return _Heads(head, main, set())
    return _Heads(head, main, {n for n, (a, role) in found.items() if a == match and role in _HEAD})


def _score_paragraphs(
    connection: sqlite3.Connection, document: str | None, gold: dict[str, Any], result: Evaluation
) -> None:
    starts, last = set(), None
    for n, line in sorted(
        ((int(n), line) for n, line in gold["lines"].items()),
        key=lambda pair: (str(pair[1]["article"]), pair[0]),
    ):
        if line["role"] == "body":
            if (line["article"], line.get("para")) != last:
                starts.add(n)
            last = (line["article"], line.get("para"))
    found = {
        row["line"]
        for row in connection.execute(
            "select line from article_lines l join articles a on a.id = l.article_id where l.document_id = ? and role = 'body' and start is not null"
            " and (start = 0 or substr(a.body, start, 1) = char(10))", (document,))
    }  # fmt: skip
    result.scores["page-paragraph"].add(len(starts & found), len(starts), len(found))


def _bodies(table: Labelled) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for n, (article, role) in table.items():
        if article and role == "body":
            found[article].add(n)
    return found


def _likeness(a: set[int], b: set[int], size: dict[int, int]) -> float:
    whole = sum(size.get(n, 0) for n in a | b)
    return sum(size.get(n, 0) for n in a & b) / whole if whole else 0.0


_WEB_FIELDS = {"headline": "headline", "date": "published", "newspaper": "newspaper", "page": "page", "author": "byline"}  # fmt: skip


def score_web_page(
    connection: sqlite3.Connection, document: str | None, gold: dict[str, Any], name: str, result: Evaluation
) -> None:
    """Score what was read from one web page: head, date, newspaper, author and paragraphs."""
    row = connection.execute(
        "select a.headline, a.published, a.newspaper, a.page, a.byline, a.body from articles a where document_id = ? order by position limit 1",
        (document,),
    ).fetchone()
    found = dict(row) if row else {}
    for key, column in _WEB_FIELDS.items():
        if gold.get(key):
            right = _close(fold(str(gold[key])), fold(str(found.get(column) or "")))
            result.scores["web-fields"].add(right, 1, 1)
            if not right:
                result.wrong("web field", name, [f"{key}: {gold[key]!r}, found {found.get(column)!r}"])
    wanted = Counter(fold(p) for p in gold["paragraphs"])
    got = Counter(fold(p) for p in (found.get("body") or "").split("\n") if p.strip())
    result.scores["web-paragraphs"].add(sum((wanted & got).values()), sum(wanted.values()), sum(got.values()))
    result.wrong("web paragraph", name, [p[:30] for p in (wanted - got) + (got - wanted)])


# --- across reports ---------------------------------------------------------------------------------------------


def score_pairs(
    connection: sqlite3.Connection, path: Path, documents: dict[str, str], root: Path, result: Evaluation
) -> None:
    """Score which reports of two articles were joined to one event, and whether one person carries one id in both."""
    table = json.loads(path.read_text(encoding="utf-8"))
    gold_paths = {p.stem: p for p in path.parent.rglob("*.json")}

    def document(name: str) -> str | None:
        return (
            documents.get(str(gold_paths[name].relative_to(root).with_suffix("")))
            if name in gold_paths
            else None
        )

    for entry in table["pairs"]:
        names = [name for name in entry["articles"] if name in gold_paths]
        golds = {name: json.loads(gold_paths[name].read_text(encoding="utf-8")) for name in names}
        events = {name: _matched_events(connection, document(name), golds[name]) for name in names}
        for left, right in combinations(names, 2):
            _score_contradictions(connection, entry, (left, right), (document(left), document(right)), result)
            _score_joined(entry, (left, right), events, result)
    for name, left, right in table.get("same_person", []):
        forms = {fold(form) for form in name.split("=")}
        ids = [_person(connection, document(article), forms) for article in (left, right)]
        same = bool(ids[0] & ids[1])
        result.scores["person-joined"].add(same, 1, 1)
        if not same:
            result.wrong("person apart", f"{left}/{right}", [name])


def _score_joined(
    entry: dict[str, Any], pair: tuple[str, str], events: dict[str, dict[int, str]], result: Evaluation
) -> None:
    """Score which events of two articles were joined; an entry may tell of more than two articles."""
    left, right = pair
    told = [e for e in entry["events"] if e.get("relation", "same") == "same" and left in e and right in e]
    wanted = {(e[left], e[right]) for e in told}
    found = {(i, j) for i, a in events[left].items() for j, b in events[right].items() if a == b}
    result.scores["event-joined"].add(len(wanted & found), len(wanted), len(found))
    result.wrong("event apart", f"{left}/{right}", sorted(wanted - found))
    result.wrong("event joined wrongly", f"{left}/{right}", sorted(found - wanted))


def _score_contradictions(
    connection: sqlite3.Connection,
    entry: dict[str, Any],
    pair: tuple[str, str],
    documents: tuple[str | None, str | None],
    result: Evaluation,
) -> None:
    rows = connection.execute(
        "select a.text, b.text from figure_conflicts c join figures a on a.id = c.left_figure_id join figures b on b.id = c.right_figure_id"
        " join articles x on x.id = a.article_id join articles y on y.id = b.article_id"
        " where c.kind = 'conflict' and ((x.document_id = ? and y.document_id = ?) or (y.document_id = ? and x.document_id = ?))", (*documents, *documents),
    )  # fmt: skip
    found = {frozenset((fold(a), fold(b))) for a, b in rows}
    left, right = pair
    told = [c for c in entry.get("contradictions", []) if left in c and right in c]
    wanted = {frozenset((fold(c[left]), fold(c[right]))) for c in told}
    hits = {w for w in wanted if any(_told_alike(w, f) for f in found)}
    result.scores["contradiction"].add(len(hits), len(wanted), len(hits) + max(0, len(found) - len(hits)))
    result.wrong("contradiction missed", f"{left}/{right}", [sorted(w) for w in wanted - hits])
    over = [sorted(f) for f in found - wanted] if len(found) > len(hits) else []
    result.wrong("contradiction wrong", f"{left}/{right}", over)


def _told_alike(wanted: frozenset[str], found: frozenset[str]) -> bool:
    return wanted == found or all(any(_close(x, y) for y in found) for x in wanted)


def _matched_events(
    connection: sqlite3.Connection, document: str | None, gold: dict[str, Any]
) -> dict[int, str]:
    rows = connection.execute(
        "select event_id, type, evidence from event_reports where article_id in (select id from articles where document_id = ?) order by start, id",
        (document,),
    ).fetchall()
    free, matched = list(rows), {}
    for number, event in enumerate(gold["events"]):
        begin = fold(event["quote_of_sentence"])[:10]
        match = next((r for r in free if r["type"] == event["type"] and begin in fold(r["evidence"])), None)
        if match is not None:
            matched[number] = match["event_id"]
            free.remove(match)
    return matched


def _person(connection: sqlite3.Connection, document: str | None, forms: set[str]) -> set[str]:
    sql = "select text, person_id from mentions where person_id is not null and article_id in (select id from articles where document_id = ?)"
    rows = connection.execute(sql, (document,))
    return {row["person_id"] for row in rows if fold(row["text"]) in forms}


# --- floors -----------------------------------------------------------------------------------------------------


def below_floor(figures: dict[str, float], floors: dict[str, float]) -> Iterator[str]:
    """Yield a line for every figure under its floor, and for every floor that was not measured.

    >>> list(below_floor({"person": 0.9}, {"person": 0.95}))
    ['person: 0.9000 is below the floor 0.9500']
    """
    for name, floor in sorted(floors.items()):
        if name not in figures:
            yield f"{name}: not measured, floor {floor:.4f}"
        elif figures[name] < floor:
            yield f"{name}: {figures[name]:.4f} is below the floor {floor:.4f}"


def load_floors(path: Path) -> dict[str, float]:
    """Read `baseline.json`; raises ConfigError when it is missing or damaged."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): float(value) for name, value in table["floors"].items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ConfigError(f"读不了分数下限 / cannot read the floors: {error}", where=str(path)) from error
