"""Scores across articles: an entry of pairs.json may tell of two articles or of more."""

from __future__ import annotations

import json
from pathlib import Path

from miner.evaluate import Evaluation, score_pairs
from tests.archives import add_article, add_document, empty_archive, insert


def test_an_entry_with_three_articles_is_scored_pair_by_pair(tmp_path: Path) -> None:
    connection = empty_archive()
    for name in "abc":
        add_document(connection, name)
        add_article(connection, name, "青穗食品签约。", document_id=name)
        if name != "c":
            insert(
                connection, "events", id="v", type="signing", title="签约", status="done"
            ) if name == "a" else None
            insert(connection, "event_reports", id=f"r{name}", event_id="v", article_id=name, field="body", start=0, end=7, type="signing",
                   trigger="签约", trigger_start=4, trigger_end=6, evidence="青穗食品签约。", status="done", method="t", confidence=1.0)  # fmt: skip
        gold = {"events": [{"type": "signing", "quote_of_sentence": "青穗食品签约。"}], "people": []}
        (tmp_path / f"{name}.json").write_text(json.dumps(gold), encoding="utf-8")
    entry = {"articles": ["a", "b", "c"], "events": [{"a": 0, "b": 0, "c": 0}]}
    (tmp_path / "pairs.json").write_text(json.dumps({"pairs": [entry]}), encoding="utf-8")
    result = Evaluation()
    score_pairs(connection, tmp_path / "pairs.json", {name: name for name in "abc"}, tmp_path, result)
    score = result.scores["event-joined"]
    assert (score.hits, score.gold, score.predicted) == (1, 3, 1)
