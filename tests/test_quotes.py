"""Quotes: one case per way of quoting, in tests/cases/quotes/*.json."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miner.relate.passage import passage, quotations
from miner.relate.quotes import find_quotes
from tests.naming import annotate, cases


@pytest.mark.parametrize("case", cases("quotes"))
def test_quotes(case: dict[str, Any]) -> None:
    annotated = annotate(case["text"], case["names"])
    quotes = list(find_quotes(passage(annotated, "body")))
    assert [[q.speaker, q.direct, q.text, len(q.continued)] for q in quotes] == case["expect"]
    for quote in quotes:
        assert quote.span.of(case["text"]) == quote.text
        if quote.entity is not None:
            assert annotated.entities[quote.entity].name == quote.speaker


@given(st.text(alphabet='“”「」"‘’说表示，。：\n甲乙', max_size=80))
def test_marks_in_any_order_give_spans_inside_the_text(text: str) -> None:
    for marked in quotations(text):
        assert (
            0 <= marked.outer.start <= marked.span.start <= marked.span.end <= marked.outer.end <= len(text)
        )
    list(find_quotes(passage(annotate(text), "body")))


def test_unclosed_marks_never_swallow_the_document() -> None:
    text = "\n".join(f"“第{i}段没有收尾的引号，后面还有别的话。" for i in range(50))
    spans = [marked.span for marked in quotations(text)]
    assert max(end - start for start, end in spans) < len(text) / 2


@pytest.mark.parametrize(
    ("headline", "speaker"), [("晨星医疗：与展会共成长", "晨星医疗"), ("晨星医疗与远山钢铁签约", "公司")]
)
def test_the_company_that_speaks_first_is_the_only_one_of_the_headline(headline: str, speaker: str) -> None:
    names = {"enterprise": ["晨星医疗", "远山钢铁"]}
    text = "“展会给了我们信心，我们将扎根中国。”公司表示。"
    (quote,) = find_quotes(passage(annotate(text, names, headline=headline), "body"))
    assert quote.speaker == speaker
