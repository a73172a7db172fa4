"""The record types: what passes from stage to stage. All are frozen; none holds a library's own objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from miner.offsets import Span, TextMap, Tiles
from miner.text import AnnotatedText

Label = Literal["person", "enterprise", "organization", "place"]
Role = Literal[
    "headline", "kicker", "subtitle", "section", "byline", "subhead", "body", "jump", "caption", "other"
]
Status = Literal["done", "planned", "negated"]
PostStatus = Literal["present", "former"]
FIELDS = ("kicker", "headline", "subtitle", "body")
"""The fields of an article in which names are sought."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at: never a silent loss, never fatal."""

    stage: str
    code: str
    message: str
    line: int | None = None
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a printed page, in points, origin at the lower left."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document. `number` is 1-based and counts blank lines.

    `page`, `box` and `size` (type size in points) come with formats that have geometry. `role` and `story` (0-based)
    are what a format's markup states (HTML); plain text has neither.
    """

    number: int
    text: str
    page: int | None = None
    box: Box | None = None
    size: float | None = None
    role: Role | None = None
    story: int | None = None
    source_line: int | None = None
    """For HTML: the 1-based line of the raw file that the block starts on."""


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """Where a web page stands among those over which one story runs."""

    series: str
    """What the addresses of its parts have in common."""
    number: int
    known: int
    """The number of parts that the page knows of."""


@dataclass(frozen=True, slots=True)
class Document:
    """One input file, or one member of an archive, as lines."""

    id: str
    path: str
    media_type: str
    encoding: str | None
    bytes: int
    lines: tuple[Line, ...] = ()
    newspaper: str | None = None
    issue_date: str | None = None
    page: str | None = None
    url: str | None = None
    layout: Literal["page", "article", "markup"] | None = None
    """What the reader knows about the shape of the text; None lets the splitter decide."""
    author: str | None = None
    part: SeriesPart | None = None
    """Of which story in parts this is one."""
    status: Literal["ok", "failed"] = "ok"
    problems: tuple[Problem, ...] = ()

    @property
    def n_chars(self) -> int:
        """The number of characters on all lines."""
        return sum(len(line.text) for line in self.lines)


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One non-blank source line: whose it is, its part in the story, its characters in the body."""

    line: int
    article_id: str | None
    role: Role
    text: str
    """The raw line."""
    start: int | None = None
    end: int | None = None
    edits: str | None = None
    """JSON: what restoring changed on this line, as [[column, dropped, inserted], ...]; None when nothing."""


@dataclass(frozen=True, slots=True)
class Article:
    """One story. `body` holds one paragraph a line; `body_map` leads every character of it back to its line and column."""

    id: str
    document_id: str
    position: int
    headline: str | None
    body: str
    kicker: str | None = None
    subtitle: str | None = None
    section: str | None = None
    byline: str | None = None
    published: str | None = None
    page: str | None = None
    newspaper: str | None = None
    edition: int | None = None
    inferred_year: int | None = None
    """The year that a page which nobody dated tells of itself; None where `published` is known or nothing decides."""
    jump_to: str | None = None
    jump_from: str | None = None
    url: str | None = None
    confidence: float = 1.0
    reason: str | None = None
    """Why this head was bound to this body, for a person to read."""
    subheads: tuple[Span, ...] = ()
    """Where subheads stand in the body: each is a paragraph of its own."""
    body_map: TextMap | None = field(default=None, repr=False, compare=False)

    def text(self, name: str) -> str:
        """Return the text of a field, or an empty string when the article lacks it.

        Raises AttributeError for a field that articles do not have.
        """
        value: str | None = getattr(self, name)
        return value or ""

    def whole(self) -> str:
        """Return the fields in which names are sought, joined by line ends."""
        return "\n".join(self.text(name) for name in FIELDS)

    def spans(self) -> dict[str, Span]:
        """Return where in `whole` each of these fields stands."""
        found, at = {}, 0
        for name in FIELDS:
            found[name] = Span(at, at + len(self.text(name)))
            at = found[name].end + 1
        return found


@dataclass(frozen=True, slots=True)
class Split:
    """A document taken apart: its stories, a row for every non-blank line, and what was doubtful."""

    articles: tuple[Article, ...]
    lines: tuple[ArticleLine, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text. `entity` is the index of its LocalEntity within the article."""

    article_id: str
    field: str
    span: Span
    text: str
    label: Label
    method: str
    confidence: float
    entity: int
    evidence: str | None = None
    """Who proposed it, what weighed most, and what lost, as JSON; None where no scorer decided."""


@dataclass(frozen=True, slots=True)
class Form:
    """A name that an article uses for a thing, and where it was learnt (None: not printed, known from a lexicon)."""

    text: str
    kind: Literal["short", "full", "latin", "declared", "variant"]
    field: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class LocalEntity:
    """What one article speaks of: all its mentions of one enterprise, person, organization or place."""

    label: Label
    name: str
    """The fullest form in this article."""
    forms: tuple[Form, ...] = ()
    known_as: str | None = None
    """The `name` of its lexicon entry, when it has one."""
    latin_name: str | None = None
    country: str | None = None
    industry: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Annotated:
    """An article with what was recognised in it.

    `text` is the one reading of the article, `words` are the spans of the body's words, cut at the edges of names.
    Mentions are sorted by field (order of FIELDS) and start and never overlap within a field.
    """

    article: Article
    text: AnnotatedText = field(repr=False, compare=False)
    words: Tiles | tuple[Span, ...]
    mentions: tuple[Mention, ...]
    entities: tuple[LocalEntity, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A title that the text gives a person: at which body, and where it says so (characters of `field`)."""

    article_id: str
    field: str
    span: Span
    person: int
    """Index of the person's LocalEntity."""
    title: str
    organization_text: str
    organization: int | None = None
    """Index of the body's LocalEntity (enterprise, organization or place), when it is one."""
    status: PostStatus = "present"
    """Former where the text says that the post is held no longer."""
    since: str | None = None
    """When the post began, ISO as precise as the text has it (2005, 2005-07)."""
    until: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Participant:
    """Who took part in an event, in which role; `entity` is the index of the LocalEntity, when it is one."""

    role: str
    name: str
    entity: int | None = None


@dataclass(frozen=True, slots=True)
class EventReport:
    """What one article says of one event. `span` covers the evidence sentence, `trigger_span` the trigger."""

    article_id: str
    field: str
    type: str
    """A code of the lexicon `event_types`."""
    span: Span
    trigger: str
    trigger_span: Span
    evidence: str
    status: Status
    method: str
    confidence: float
    participants: tuple[Participant, ...] = ()
    date: str | None = None
    """ISO, as precise as the text allows: 2022, 2022-11 or 2022-11-07."""
    date_end: str | None = None
    date_text: str | None = None
    date_method: str | None = None
    """How the date was found."""
    place: str | None = None
    edition: int | None = None
    open_list: bool = False
    """True when 等 says that more took part than are named."""
    amount: float | None = None
    amount_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words with a speaker. `span` covers the words without their marks; later parts of an interrupted quotation follow in `continued`."""

    article_id: str
    field: str
    span: Span
    text: str
    direct: bool
    cue: str | None
    speaker: str
    entity: int | None = None
    continued: tuple[Span, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that says something; `value` has magnitudes multiplied out, None when only the text can be kept."""

    article_id: str
    field: str
    span: Span
    text: str
    value: float | None
    unit: str
    qualifier: str | None = None
    subject: str | None = None
    measure: str | None = None
    comparison: str | None = None
    edition: int | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was read from one article."""

    annotated: Annotated
    posts: tuple[Post, ...] = ()
    reports: tuple[EventReport, ...] = ()
    quotes: tuple[Quote, ...] = ()
    figures: tuple[Figure, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def article(self) -> Article:
        """The article itself."""
        return self.annotated.article


@dataclass(frozen=True, slots=True)
class Mined:
    """One document, wholly mined: what the store writes in one transaction."""

    document: Document
    lines: tuple[ArticleLine, ...]
    facts: tuple[Facts, ...]
    problems: tuple[Problem, ...] = ()
