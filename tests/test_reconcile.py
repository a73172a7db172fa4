"""OpenRefine adds columns to reconciled rows, and properties tell things of one name apart; answers have the 0.2 forms."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from datasette.app import Datasette

from miner.desk.base import TABLE
from miner.publish.index import fts, summaries
from miner.publish.serve import build
from tests.archives import add_article, add_document, empty_archive, insert

ENTITY = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}
CELL = {
    "anyOf": [
        {
            "type": "object",
            "required": ["str"],
            "additionalProperties": False,
            "properties": {"str": {"type": "string"}},
        },
        {**ENTITY, "additionalProperties": False},
    ]
}
EXTENSION = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {
            "type": "array",
            "items": {**ENTITY, "properties": {**ENTITY["properties"], "type": ENTITY}},
        },
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": CELL},
            },
        },
    },
}
SERVICE = {"type": "object", "required": ["service_url", "service_path"]}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace", "extend", "suggest"],
    "properties": {
        "extend": {
            "type": "object",
            "required": ["propose_properties"],
            "properties": {"propose_properties": SERVICE, "property_settings": {"type": "array"}},
        },
        "suggest": {"type": "object", "properties": dict.fromkeys(("entity", "type", "property"), SERVICE)},
    },
}
PROPOSAL = {
    "type": "object",
    "required": ["properties"],
    "properties": {"properties": {"type": "array", "items": ENTITY}},
}
BASE = "/-/expo/reconcile"


@pytest.fixture
async def datasette(tmp_path: Path) -> Datasette:
    connection = empty_archive(str(tmp_path / "x.db"))
    add_document(connection)
    add_article(connection, "a", "旭化成与远岚精密签约", "签约", published="2022-11-08", edition=5)
    for key, country in (("e1", "日本"), ("e2", "德国")):
        insert(
            connection,
            "enterprises",
            id=key,
            name=f"旭化成{country}公司",
            short_name="旭化成",
            country=country,
            industry="化工",
            n_articles=2,
        )
        insert(connection, "mentions", id=f"m{key}", article_id="a", field="body", start=0, end=3, text="旭化成", label="enterprise",
               enterprise_id=key, method="x", confidence=1.0, local_entity=0)  # fmt: skip
    insert(connection, "people", id="p1", name="周启航", n_articles=1)
    insert(connection, "posts", id="o", person_id="p1", title="总经理", organization_text="旭化成", enterprise_id="e1", article_id="a",
           field="body", start=0, end=3, date="2022-11-08", local_person=0)  # fmt: skip
    fts.refresh(connection)
    summaries.rebuild(connection)
    connection.commit()
    connection.close()
    served = build(tmp_path / "x.db")
    await served.invoke_startup()
    return served


async def get(datasette: Datasette, path: str) -> Any:
    return (await datasette.client.get(BASE + path)).json()


async def post(datasette: Datasette, **form: object) -> Any:
    answer = await datasette.client.post(BASE, data={name: json.dumps(value) for name, value in form.items()})
    return answer.json()


async def test_the_manifest_and_what_it_promises(datasette: Datasette) -> None:
    manifest = await get(datasette, "")
    jsonschema.validate(manifest, MANIFEST)
    proposed = await get(
        datasette, manifest["extend"]["propose_properties"]["service_path"] + "?type=enterprise"
    )
    jsonschema.validate(proposed, PROPOSAL)
    assert {"country", "industry", "editions", "posts"} <= {one["id"] for one in proposed["properties"]}
    assert "country" not in {
        one["id"] for one in (await get(datasette, "/properties?type=person"))["properties"]
    }
    assert (await get(datasette, "/suggest/property?prefix=国"))["result"][0]["id"] == "country"


async def test_columns_are_added(datasette: Datasette) -> None:
    wanted = [{"id": name} for name in ("country", "industry", "editions", "posts", "people", "nonsense")]
    answer = await post(datasette, extend={"ids": ["enterprise/e1", "person/p1", "x"], "properties": wanted})
    jsonschema.validate(answer, EXTENSION)
    assert [one["id"] for one in answer["meta"]] == [one["id"] for one in wanted]
    row = answer["rows"]["enterprise/e1"]
    assert row["country"] == [{"str": "日本"}] and row["editions"] == [{"str": "第五届"}]
    assert row["posts"] == [{"str": "周启航 总经理"}] and row["people"] == [
        {"id": "person/p1", "name": "周启航"}
    ]
    assert answer["rows"]["person/p1"]["posts"] == [{"str": "旭化成日本公司 总经理"}]
    assert all(cells == [] for cells in answer["rows"]["x"].values()) and row["nonsense"] == []


@pytest.mark.parametrize(
    "asked", [{}, {"ids": 3, "properties": "x"}, {"ids": [None, {}], "properties": [None, 7]}]
)
async def test_what_makes_no_sense_gets_no_values(datasette: Datasette, asked: dict[str, Any]) -> None:
    jsonschema.validate(await post(datasette, extend=asked), EXTENSION)


async def test_an_extension_that_is_no_object_is_refused(datasette: Datasette) -> None:
    assert (await datasette.client.post(BASE, data={"extend": "[1"})).status_code == 400


async def test_properties_tell_things_of_one_name_apart(datasette: Datasette) -> None:
    asked = {
        "plain": {"query": "旭化成", "type": "enterprise"},
        "german": {"query": "旭化成", "type": "enterprise", "properties": [{"pid": "country", "v": "德国"}]},
        "led": {
            "query": "旭化成",
            "type": "enterprise",
            "properties": [{"pid": "people", "v": {"id": "x", "name": "周启航"}}],
        },
        "odd": {"query": "旭化成", "properties": [{"pid": "country"}, 7, {"v": "x"}]},
    }
    answer = {key: value["result"] for key, value in (await post(datasette, queries=asked)).items()}
    assert not answer["plain"][0]["match"] and len(answer["plain"]) == 2
    assert answer["german"][0]["id"] == "enterprise/e2" and answer["german"][0]["match"]
    assert (
        answer["german"][0]["features"] == [{"id": "country", "value": 1.0}]
        and answer["german"][1]["score"] < 95
    )
    assert answer["led"][0]["id"] == "enterprise/e1" and len(answer["odd"]) == 2


async def test_what_an_enterprise_does_is_a_column_and_missing_where_nobody_read_it(
    datasette: Datasette, tmp_path: Path
) -> None:
    asked = {"ids": ["enterprise/e1"], "properties": [{"id": "business"}, {"id": "investment"}]}
    answer = await post(datasette, extend=asked)
    assert answer["rows"]["enterprise/e1"] == {"business": [], "investment": []}
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute(TABLE.create_sql())
    insert(
        connection, TABLE.name, id="s", enterprise_id="e1", kind="business", value="化学企业", origin="read"
    )
    connection.commit()
    connection.close()
    answer = await post(datasette, extend=asked)
    assert answer["rows"]["enterprise/e1"]["business"] == [{"str": "化学企业"}]


async def test_only_the_preview_may_stand_in_another_page(datasette: Datasette) -> None:
    shown = await datasette.client.get(f"{BASE}/preview/enterprise/e1")
    assert shown.status_code == 200
    assert "frame-ancestors http: https:" in shown.headers["content-security-policy"]
    assert "x-frame-options" not in shown.headers
    other = await datasette.client.get("/-/expo/enterprise/e1")
    assert other.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in other.headers["content-security-policy"]
