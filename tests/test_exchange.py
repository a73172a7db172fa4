"""Facts in the forms of other programs: each is read by the program, or the library, that it is for; annotations come back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx
import pytest
from click.testing import CliRunner
from lxml import etree

from miner.cli import main
from tests.asked import asked_archive


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asked_archive(tmp_path_factory.mktemp("exchange"))


def export(database: Path, form: str, out: Path) -> Path:
    done = CliRunner().invoke(main, ["export", str(database), "--to", form, "--out", str(out)])
    assert done.exit_code == 0, done.output
    return out


def test_followthemoney_reads_its_entities(database: Path, tmp_path: Path) -> None:
    ftm = pytest.importorskip("followthemoney")
    lines = export(database, "ftm", tmp_path / "x.ftm.json").read_text(encoding="utf-8").splitlines()
    entities = {}
    for line in lines:
        raw = json.loads(line)
        entity = ftm.model.get_proxy({**raw, "datasets": ["x"]}, cleaned=False)
        entity.schema.validate(raw)
        for name, values in raw["properties"].items():
            assert len(entity.get(name)) == len(values), (raw["schema"], name, values, entity.get(name))
        entities[raw["id"]] = entity
    schemata = {entity.schema.name for entity in entities.values()}
    assert schemata >= {"Company", "Person", "Article", "Event", "Employment", "Mention"}
    job = next(e for e in entities.values() if e.schema.name == "Employment" and "总经理" in e.get("role"))
    assert entities[job.first("employee")].caption == "周启航"
    assert entities[job.first("employer")].caption == "旭化成（中国）投资有限公司"
    assert "周启航" in job.first("summary") and job.first("proof") in entities
    for entity in entities.values():
        for prop, value in entity.itervalues():
            assert prop.type.name != "entity" or value in entities, (entity.id, prop.name, value)


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_networkx_opens_graphs(database: Path, tmp_path: Path, form: str) -> None:
    read = networkx.read_graphml if form == "graphml" else networkx.read_gexf
    graph = read(export(database, form, tmp_path / f"x.{form}"))
    labels = {attributes["label"] for _, attributes in graph.nodes(data=True)}
    assert {"旭化成（中国）投资有限公司", "长宁区人民政府"} <= labels
    assert all(edge["weight"] >= 1 and edge["titles"] for *_, edge in graph.edges(data=True))


@pytest.mark.parametrize("form", ["brat", "doccano"])
def test_annotations_come_back_as_gold(database: Path, tmp_path: Path, form: str) -> None:
    out = export(database, form, tmp_path / "marked")
    done = CliRunner().invoke(main, ["import-gold", str(out), str(tmp_path / "gold")])
    assert done.exit_code == 0, done.output
    golds = [json.loads(path.read_text("utf-8")) for path in sorted((tmp_path / "gold").glob("*.json"))]
    assert len(golds) == 3
    assert {name for gold in golds for person in gold["people"] for name in [person["name"]]} >= {
        "周启航",
        "陆亦舟",
    }
    for gold in golds:
        text = (tmp_path / "gold" / f"{gold['id']}.txt").read_text("utf-8")
        assert all(
            thing["name"] in text
            for kind in ("people", "enterprises", "organizations")
            for thing in gold[kind]
        )


def test_imported_gold_is_scored_by_its_names_alone(database: Path, tmp_path: Path) -> None:
    from miner.evaluate import evaluate

    gold = tmp_path / "gold"
    assert (
        CliRunner()
        .invoke(main, ["import-gold", str(export(database, "brat", tmp_path / "m")), str(gold)])
        .exit_code
        == 0
    )
    scores = evaluate(gold).figures()
    assert scores["person"] == 1.0 and "post" not in scores and "event" not in scores


def test_brat_ties_names_of_one_thing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(
        "远岚精密（中国）有限公司来了。远岚精密说好。周启航到场。", encoding="utf-8"
    )
    (tmp_path / "in" / "a.ann").write_text(
        "T1\tenterprise 0 12\t远岚精密（中国）有限公司\nT2\tenterprise 15 19\t远岚精密\nT3\tperson 22 25\t周启航\n* Alias T1 T2\n".replace(
            "* Alias", "*\tAlias"
        ),
        encoding="utf-8",
    )
    assert (
        CliRunner().invoke(main, ["import-gold", str(tmp_path / "in"), str(tmp_path / "gold")]).exit_code == 0
    )
    gold = json.loads((tmp_path / "gold" / "a.json").read_text("utf-8"))
    assert gold["enterprises"] == [{"name": "远岚精密（中国）有限公司", "aliases": ["远岚精密"]}]
    assert gold["people"] == [{"name": "周启航", "aliases": [], "posts": []}]


@pytest.mark.parametrize(
    "row",
    [
        '{"id": "a", "text": "短", "label": [[0, 9, "person"]]}',
        '{"id": "../a", "text": "短", "label": []}',
        '{"id": "a", "text": "短"}',
        "nonsense",
    ],
)
def test_damaged_annotations_are_told_and_nothing_is_written(tmp_path: Path, row: str) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"id": "ok", "text": "甲", "label": []}\n' + row + "\n", encoding="utf-8"
    )
    done = CliRunner().invoke(main, ["import-gold", str(tmp_path / "x.jsonl"), str(tmp_path / "gold")])
    assert done.exit_code == 3 and "x.jsonl:2" in done.stderr and not (tmp_path / "gold").exists()


def test_gexf_holds_to_its_schema_and_is_the_same_every_time(
    root: Path, database: Path, tmp_path: Path
) -> None:
    schema = etree.XMLSchema(etree.parse(root / "tests" / "gexf.xsd"))
    out = export(database, "gexf", tmp_path / "a.gexf")
    schema.assertValid(etree.parse(out))
    assert export(database, "gexf", tmp_path / "b.gexf").read_bytes() == out.read_bytes()


def test_a_search_and_a_dossier_are_exported_whole(database: Path, tmp_path: Path) -> None:
    def run(*words: str) -> list[dict[str, Any]]:
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
        done = CliRunner().invoke(main, ["export", str(database), *words, "--to", "jsonl", "--out", str(out)])
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    every = run("articles")
    some = run("--search", "签约")
    assert {row["id"] for row in some} == {
        row["id"] for row in every if "签约" in f"{row['headline']}{row['body']}"
    }
    assert all(row["path"] for row in some)
    facts = run("--of", "旭化成")
    assert {"事件"} <= {row["kind"] for row in facts}
    assert all(row["sentence"] and row["article_id"] for row in facts)


def test_what_is_asked_twice_or_of_nobody_is_said(database: Path, tmp_path: Path) -> None:
    out = ["--to", "csv", "--out", str(tmp_path / "x.csv")]
    for words, code in ((["articles", "--of", "旭化成"], 2), ([], 2), (["--of", "没有这个名字"], 3)):
        assert CliRunner().invoke(main, ["export", str(database), *words, *out]).exit_code == code
    assert not (tmp_path / "x.csv").exists()


def test_a_file_that_is_there_is_replaced_only_when_asked(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    out.write_text("mine")
    words = ["export", str(database), "articles", "--to", "csv", "--out", str(out)]
    assert CliRunner().invoke(main, words).exit_code == 3
    assert out.read_text() == "mine"
    assert CliRunner().invoke(main, [*words, "--replace"]).exit_code == 0
    assert out.read_text() != "mine"


def test_whole_numbers_stay_whole_in_parquet(database: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for name, query in (("a", "articles"), ("b", "select 1 as n, 2.5 as x where 0")):
        out = tmp_path / f"{name}.parquet"
        done = CliRunner().invoke(
            main, ["export", str(database), query, "--to", "parquet", "--out", str(out)]
        )
        assert done.exit_code == 0, done.output
    assert str(parquet.read_table(tmp_path / "a.parquet").schema.field("n_chars").type) == "int64"
    assert parquet.read_table(tmp_path / "b.parquet").column_names == ["n", "x"]


def test_a_full_disk_leaves_no_half_folder(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    out = tmp_path / "marked"
    done = CliRunner().invoke(main, ["export", str(database), "--to", "brat", "--out", str(out)])
    assert done.exit_code == 3 and "No space left" in done.output
    assert not list(tmp_path.glob(".*.part")) and not list(out.glob("*"))
