"""Marked text: whatever the marks, the reader sees the text and nothing but the text."""

from __future__ import annotations

from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.offsets import Span
from miner.publish.marks import Mark, Marking, edited_line, hits, paragraphs, separate, visible

TEXT = "第五届进博会<b>11月7日</b>，旭化成与\n漕河泾&签约。\n\n“我们看好徐汇，”近藤修司说。"
spans = st.builds(
    lambda start, size: Span(start, start + size), st.integers(0, len(TEXT)), st.integers(0, 25)
)


@settings(max_examples=300, deadline=None)
@given(
    links=st.lists(spans, max_size=8),
    quotes=st.lists(spans, max_size=4),
    found=st.lists(spans, max_size=6),
    here=st.none() | spans,
)
def test_the_text_comes_through_whatever_the_marks(
    links: list[Span], quotes: list[Span], found: list[Span], here: Span | None
) -> None:
    size = len(TEXT)
    marking = Marking(
        separate([Mark(span, "enterprise", "/x", "<t>") for span in links], size), separate([Mark(span, "quote") for span in quotes], size),
        [mark.span for mark in separate([Mark(span, "hit") for span in found], size)], here,
    )  # fmt: skip
    shown = paragraphs(TEXT, marking)
    assert "\n".join(BeautifulSoup(str(part), "html.parser").get_text() for part in shown) == TEXT
    html = "".join(map(str, shown))
    assert (
        html.count("<a ") == html.count("</a>")
        and html.count("<span") == html.count("</span>")
        and html.count('id="here"') <= 1
    )


def test_marks_that_overlap_give_way_to_the_first() -> None:
    kept = separate(
        [Mark(Span(3, 6), "a"), Mark(Span(0, 4), "b"), Mark(Span(6, 8), "c"), Mark(Span(7, 99), "d")], 10
    )
    assert [(mark.kind, mark.span) for mark in kept] == [("a", (3, 6)), ("c", (6, 8))]


def test_a_long_text_with_many_marks_comes_through() -> None:
    text = "旭化成签约" * 20_000
    marking = Marking(
        separate([Mark(Span(5 * n, 5 * n + 3), "enterprise", "/x") for n in range(20_000)], len(text))
    )
    (shown,) = paragraphs(text, marking)
    assert shown.count("<a ") == 20_000 and shown.striptags() == text


def test_edits_show_what_was_dropped_and_put_in() -> None:
    assert str(edited_line("a<b 　c", '[[3, " 　", "-"]]')) == "a&lt;b<del>␣␣</del><ins>-</ins>c"
    for nonsense in (
        "",
        "x",
        "[1]",
        '[["a", "b", "c"]]',
        "{}",
        '[[99, "x", "y"]]',
        "null",
        '[[-1, "x", ""]]',
    ):
        assert (
            BeautifulSoup(str(edited_line("原文", nonsense)), "html.parser").get_text().replace("y", "")
            == "原文"
        )


def test_hits_are_marked_and_escaped() -> None:
    assert (
        str(hits("<旭>化成", [Span(1, 2), Span(0, 1), Span(3, 5)]))
        == "&lt;<mark>旭</mark>&gt;<mark>化成</mark>"
    )


def test_hidden_characters_are_written_out() -> None:
    assert (
        visible("a\u202eb\x1b\ufeff\U000e0041") == "a⟨U+202E⟩b⟨U+001B⟩⟨U+FEFF⟩⟨U+E0041⟩"
        and visible("行\n\t行") == "行\n\t行"
    )
