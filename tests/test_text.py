"""An article is read once, and a story in traditional characters tells what it tells in simplified ones."""

from __future__ import annotations

from opencc import OpenCC

from miner.config import Config
from miner.model import Document, Facts, Line, Mined
from miner.pipeline import mine
from miner.recognise import Recogniser
from miner.text import AnnotatedText

STORY = (
    "远岚集团在进博会签约",
    "11月7日，在第六届中国国际进口博览会上，远岚集团与青浦区人民政府签署战略合作协议，金额3.5亿元。",
    "远岚集团董事长周启航说：“我们将在上海再开两家门店。”截至目前，已有128家企业报名参展。",
)


def _mined(lines: tuple[str, ...]) -> Facts:
    numbered = tuple(Line(number, text) for number, text in enumerate(lines, 1))
    document = Document(
        "d", "story.txt", "text/plain", "utf-8", 1, numbered, issue_date="2023-11-08", layout="article"
    )
    mined: Mined = next(iter(mine([document], Config(), Recogniser.load())))
    return mined.facts[0]


def test_traditional_characters_give_the_same_facts() -> None:
    convert = OpenCC("s2t").convert
    simple = _mined(STORY)
    traditional = _mined(tuple(str(convert(line)) for line in STORY))
    assert "signing" in {r.type for r in simple.reports}
    assert [(r.type, r.date, r.amount, r.edition, r.span) for r in traditional.reports] == [
        (r.type, r.date, r.amount, r.edition, r.span) for r in simple.reports
    ]
    assert [(f.value, f.unit, f.span) for f in traditional.figures] == [
        (f.value, f.unit, f.span) for f in simple.figures
    ]
    assert [q.span for q in traditional.quotes] == [q.span for q in simple.quotes]


def test_facts_quote_the_printed_characters() -> None:
    printed = _mined(tuple(str(OpenCC("s2t").convert(line)) for line in STORY))
    body = printed.article.body
    assert "協議" in printed.reports[0].evidence
    assert all(
        r.evidence == r.span.of(body) and r.trigger == r.trigger_span.of(body) for r in printed.reports
    )
    assert all(q.text == q.span.of(body) for q in printed.quotes)
    assert all(f.text == f.span.of(body) for f in printed.figures)


def test_text_is_read_once_and_knows_its_fields() -> None:
    annotated = _mined(STORY).annotated
    assert annotated.text.text == annotated.article.whole()
    for name, span in annotated.text.fields.items():
        assert span.of(annotated.text.text) == annotated.article.text(name)


def test_no_place_lies_inside_a_set_phrase() -> None:
    text = AnnotatedText.read("要践行绿水青山就是金山银山理念，在金山区调研")
    assert [text.text[hit.start : hit.end] for hit in text.hits if hit.term.kind == "place"][-1].startswith(
        "金山"
    )
    assert all(hit.start > 14 for hit in text.hits if hit.term.kind == "place")
