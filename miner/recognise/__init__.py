"""Article → mentions."""

from __future__ import annotations

from collections.abc import Sequence

from miner.model import FIELDS, Annotated, Article, Mention, Sentence
from miner.offsets import Span
from miner.recognise.brackets import find_latin
from miner.recognise.declared import declared_names
from miner.recognise.entities import Links, group
from miner.recognise.names import find_names
from miner.recognise.passage import Passage
from miner.segment import sentences

__all__ = ["Recogniser"]


class Recogniser:
    """Finds the names of articles; build one with `load` and keep it, it holds nothing of any article."""

    @classmethod
    def load(cls) -> Recogniser:
        """Return a recogniser with the package's lexicons and model."""
        return cls()

    def annotate(self, articles: Sequence[Article]) -> list[Annotated]:
        """Recognise the names of articles, in their order."""
        return [self._annotate(article) for article in articles]

    def _annotate(self, article: Article) -> Annotated:
        fields = [(name, article.text(name)) for name in FIELDS]
        text = "\n".join(content for _, content in fields)
        passage = Passage.read(text)
        names = find_names(passage, [])
        links = Links()
        for full, short in declared_names(passage, names):
            links.add(passage, full, short, "declared")
        for full, short in find_latin(passage, names):
            links.add(passage, full, short, "latin")
        entity_of, entities = group(passage, names, links)
        mentions = []
        offset = 0
        spans: list[Sentence] = []
        words: tuple[Span, ...] = ()
        for name, content in fields:
            spans.extend(Sentence(name, span) for span in sentences(content, max_chars=2000))
            for index, found in enumerate(names):
                if offset <= found.start and found.end <= offset + len(content):
                    span = Span(found.start - offset, found.end - offset)
                    mentions.append(
                        Mention(article.id, name, span, span.of(content), found.label, found.method, found.confidence, entity_of[index])  # type: ignore[arg-type]
                    )
            if name == "body":
                words = tuple(
                    Span(start - offset, start - offset + len(word))
                    for word, start in zip(passage.words.words, passage.words.starts, strict=True)
                    if offset <= start < offset + len(content)
                )
            offset += len(content) + 1
        return Annotated(article, tuple(spans), words, tuple(mentions), tuple(entities))
