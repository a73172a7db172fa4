"""The spaCy pipeline: tokens follow the text and the names, and components can be used by others."""

from __future__ import annotations

import importlib.metadata

import pytest
import spacy
from spacy.language import Language

from miner.model import FIELDS, Article
from miner.recognise import Recogniser
from miner.recognise.spacy_components import pipeline

_TEXT = "上海砺成智能科技有限公司（以下简称“砺成智能”）董事长施一凡表示，Siemens 也来了。"


@pytest.fixture(scope="module")
def nlp() -> Language:
    """Our own pipeline."""
    return pipeline()


def test_tokens_have_exact_offsets(nlp: Language) -> None:
    """Every token stands where it says, and together they are the text."""
    doc = nlp(_TEXT)
    assert doc.text == _TEXT
    assert all(_TEXT[token.idx : token.idx + len(token)] == token.text for token in doc)


def test_tokens_follow_names(nlp: Language) -> None:
    """Every name is whole tokens, though jieba alone would cut across it."""
    doc = nlp(_TEXT)
    spans = {(span.text, span.label_) for span in doc.spans["expo"]}
    assert ("上海砺成智能科技有限公司", "enterprise") in spans
    assert ("砺成智能", "enterprise") in spans
    assert ("施一凡", "person") in spans
    assert ("Siemens", "enterprise") in spans
    assert {(ent.text, ent.label_) for ent in doc.ents} == spans


@pytest.mark.parametrize("text", ["", " ", "\n\n", "abc", "\ufffd" * 5, "𠮷野家", "😀进博会😀"])
def test_odd_texts(nlp: Language, text: str) -> None:
    """Empty texts, blanks, lost characters and characters beyond the basic plane keep their offsets."""
    assert nlp(text).text == text


def test_the_recogniser_has_the_words_and_names_of_the_pipeline(nlp: Language) -> None:
    """No spaCy document is made for an archive, yet its words and names are those that the document would have."""
    article = Article("a", "d", 0, "砺成智能来了", _TEXT)
    annotated = Recogniser(nlp.get_pipe("expo_entities")).annotate([article])[0]
    text = "\n".join(article.text(name) for name in FIELDS)
    start = len(text) - len(_TEXT)
    doc = nlp(text)
    assert [word.start for word in annotated.words] == [
        token.idx - start for token in doc if token.idx >= start
    ]
    names = [
        (span.start_char - start, span.text, span.label_)
        for span in doc.spans["expo"]
        if span.start_char >= start
    ]
    assert names == [(m.span.start, m.text, m.label) for m in annotated.mentions if m.field == "body"]


def test_pipe_is_the_same_as_one_by_one(nlp: Language) -> None:
    """Documents read together are named as when read alone."""
    texts = [_TEXT, "静安区税务局局长方正来了。", ""]
    together = [[(ent.text, ent.label_) for ent in doc.ents] for doc in nlp.pipe(texts)]
    assert together == [[(ent.text, ent.label_) for ent in nlp(text).ents] for text in texts]


def test_the_component_works_on_single_characters() -> None:
    """In a pipeline with spaCy's own tokenizer for Chinese the names are found as well."""
    other = spacy.blank("zh")
    other.add_pipe("expo_entities", config={"model": False})
    doc = other("静安区税务局局长方正来了。")
    assert {(ent.text, ent.label_) for ent in doc.ents} >= {
        ("静安区税务局", "organization"),
        ("方正", "person"),
    }


def test_triggers() -> None:
    """The second component marks words that tell of events."""
    other = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "miner.jieba"}}})
    other.add_pipe("expo_triggers")
    doc = other("甲公司与乙公司签署协议。")
    assert ("签署", "signing") in {(span.text, span.label_) for span in doc.spans["triggers"]}


def test_components_are_declared_as_entry_points() -> None:
    """An installed package offers its tokenizer and components to any spaCy pipeline."""
    installed = importlib.metadata.distribution("miner").entry_points
    names = {entry.name for entry in installed if entry.group.startswith("spacy_")}
    assert names >= {"expo_entities", "expo_triggers", "miner.jieba"}
