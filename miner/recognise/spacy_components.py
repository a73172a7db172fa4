"""The recogniser as parts of a spaCy pipeline, for our own pipeline and for anyone else's.

`miner.jieba` is a tokenizer, `expo_entities` finds the names and `expo_triggers` the words that tell of events:

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "miner.jieba"}}})
    nlp.add_pipe("expo_entities")

`doc.ents` and `doc.spans["expo"]` then hold the names. Tokens follow the names: where a name begins or ends inside a word
of the dictionary, the word is cut there, so every name is whole tokens, and every token's offset is that of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, tee
from typing import Any, cast

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import registry
from spacy.vocab import Vocab

from miner.language.lexicon import load_all
from miner.recognise.finder import BATCH, Finder
from miner.recognise.found import Found
from miner.recognise.network.choice import Kind
from miner.text import AnnotatedText

PASSAGE = "miner.passage"
"""Key of `Doc.user_data` under which the tokenizer leaves what it read, for the components after it."""
FOUND = "miner.found"
"""Key of `Doc.user_data` under which `expo_entities` leaves its findings with method and confidence."""


class JiebaTokenizer:
    """Cuts text into jieba's words without losing a character: blanks are tokens as well."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Cut one text."""
        passage = AnnotatedText.read(text)
        bounds = [*passage.words.starts, len(text)]
        words = [text[start:end] for start, end in pairwise(bounds)]
        return Doc(self.vocab, words=words, spaces=[False] * len(words), user_data={PASSAGE: passage})

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to store: the dictionary is the package's."""
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> JiebaTokenizer:
        """Nothing to load."""
        return self

    def to_disk(self, *_: Any, **__: Any) -> None:
        """Nothing to store."""

    def from_disk(self, *_: Any, **__: Any) -> JiebaTokenizer:
        """Nothing to load."""
        return self


def create_tokenizer() -> Callable[[Language], JiebaTokenizer]:
    """Return a factory of the tokenizer, as spaCy's registry wants it."""

    def make(nlp: Language) -> JiebaTokenizer:
        return JiebaTokenizer(nlp.vocab)

    return make


class ExpoEntities(Finder):
    """Finds people, enterprises, organizations and places and sets `doc.spans["expo"]` and `doc.ents`."""

    def __call__(self, doc: Doc) -> Doc:
        """Name one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = BATCH) -> Iterator[Doc]:
        """Name documents, `batch_size` at a time: the model reads them together."""
        documents, read = tee(stream)
        named = self.find(map(_passage, read), batch_size)
        for doc, (passage, names) in zip(documents, named, strict=True):
            yield _named(doc, passage, names)


def _passage(doc: Doc) -> AnnotatedText:
    passage = doc.user_data.get(PASSAGE)
    return passage if isinstance(passage, AnnotatedText) else AnnotatedText.read(doc.text)


def _named(doc: Doc, passage: AnnotatedText, names: list[Found]) -> Doc:
    """Return the document with its names set; its words are cut at the edges of names when they are still untouched."""
    doc, starts = _cut_at(doc, passage, names)
    starts[len(passage.text)] = len(doc)
    spans = [span for found in names if (span := _spanned(doc, found, starts)) is not None]
    doc.spans["expo"] = spans
    doc.set_ents(
        [span for i, span in enumerate(spans) if not i or span.start >= spans[i - 1].end],
        default="unmodified",
    )
    doc.user_data[PASSAGE], doc.user_data[FOUND] = passage, names
    return doc


def _cut_at(doc: Doc, passage: AnnotatedText, names: list[Found]) -> tuple[Doc, dict[int, int]]:
    """Return the document with its words cut at the edges of names, if it may be, and which token begins where."""
    starts = {token_start: i for i, token_start in enumerate(_starts(doc))}
    edges = {edge for found in names for edge in (found.start, found.end) if edge < len(passage.text)}
    if edges <= starts.keys() or doc.has_annotation("TAG") or doc.spans or doc.ents:
        return doc, starts
    doc = _recut(doc, passage.text, sorted({*starts, *edges}))
    return doc, {token_start: i for i, token_start in enumerate(_starts(doc))}


def _spanned(doc: Doc, found: Found, starts: dict[int, int]) -> Span | None:
    first, last = starts.get(found.start), starts.get(found.end)
    if first is None or last is None:
        return doc.char_span(found.start, found.end, label=found.label, alignment_mode="expand")
    return Span(doc, first, last, label=found.label)


def _starts(doc: Doc) -> list[int]:
    return cast("list[int]", doc.to_array(["IDX"]).reshape(-1).tolist()) if len(doc) else []


def _recut(doc: Doc, text: str, starts: list[int]) -> Doc:
    bounds = [*starts, len(text)]
    words = [text[start:end] for start, end in pairwise(bounds)]
    return Doc(doc.vocab, words=words, spaces=[False] * len(words), user_data=dict(doc.user_data))


class ExpoTriggers:
    """Marks the words that tell of events: `doc.spans["triggers"]`, labelled with the event's type."""

    def __init__(self, vocab: Vocab) -> None:
        self.matcher = PhraseMatcher(vocab)
        tokenizer = JiebaTokenizer(vocab)
        for entry in load_all().get("events", ()):
            words = dict.fromkeys((entry.name, *entry.words))
            if entry.kind is not None:
                self.matcher.add(entry.kind, [tokenizer(word) for word in words])

    def __call__(self, doc: Doc) -> Doc:
        """Mark one document."""
        doc.spans["triggers"] = [
            Span(doc, start, end, label=label) for label, start, end in self.matcher(doc)
        ]
        return doc


def create_entities(nlp: Language, name: str, model: bool, network: Kind) -> ExpoEntities:
    """Make the component `expo_entities`; `model` says whether a trained network is asked as well, `network` which."""
    return ExpoEntities(model=model, network=network)


def create_triggers(nlp: Language, name: str) -> ExpoTriggers:
    """Make the component `expo_triggers`."""
    return ExpoTriggers(nlp.vocab)


Language.factory(
    "expo_entities",
    default_config={"model": True, "network": "fast"},
    assigns=["doc.ents"],
    func=create_entities,
)
Language.factory("expo_triggers", func=create_triggers)


def pipeline(network: Kind = "fast") -> Language:
    """Return our own pipeline: the tokenizer and the names, nothing else; `network` says which one is asked."""
    if "miner.jieba" not in registry.tokenizers:
        registry.tokenizers.register("miner.jieba", func=create_tokenizer)
    import spacy

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "miner.jieba"}}})
    nlp.max_length = 10**9
    nlp.add_pipe("expo_entities", config={"network": network})
    return nlp
