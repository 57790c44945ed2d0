"""The contract with subscribers says what is stored, and only ever gains something."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from domain.catalog import CATALOG
from infra.contract.schemas import breaking, schemas
from infra.contract.writing import broken, write
from tests.support.golden import Golden, kept
from tests.support.log import EXAMPLES

FOLDER = Path(__file__).parents[3] / "docs" / "contract"
SCHEMAS = schemas(CATALOG)
GOLDEN = [golden for name, events in kept().items() if name not in CATALOG.internal for golden in events]


def on_file(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / "events" / f"{name}.json").read_text()))


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: f"{golden.name} {golden.version}")
def test_every_event_as_it_was_ever_stored_is_as_its_schema_says(golden: Golden) -> None:
    on_file(golden.name).validate(golden.stored)


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_not_such_an_event_is_not_as_its_schema_says(name: str) -> None:
    [golden, *_] = kept()[name]
    for part in ("meta", "data", "personal"):
        without = {key: value for key, value in golden.stored.items() if key != part}
        assert not on_file(name).is_valid(without)
    for field in SCHEMAS[name]["properties"]["data"].get("required", ()):
        spoilt = deepcopy(golden.stored)
        spoilt["data"][field] = "no" if isinstance(golden.stored["data"][field], bool) else False
        assert not on_file(name).is_valid(spoilt), field
        del spoilt["data"][field]
        assert not on_file(name).is_valid(spoilt), field


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_schema_lets_anything_personal_stand_in_clear(name: str) -> None:
    [golden, *_] = kept()[name]
    event = EXAMPLES[name]
    for field in SCHEMAS[name]["properties"]["data"]["properties"]:
        if field not in golden.stored["data"]:
            spoilt = deepcopy(golden.stored)
            spoilt["data"][field] = golden.read[field]
            assert golden.read[field] is None or not on_file(name).is_valid(spoilt), (event, field)


SCHEMA: dict[str, Any] = {
    "properties": {"kind": {"enum": ["a", "b"]}, "many": {"type": "integer", "description": "How many."}},
    "required": ["kind"],
}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"properties": {"kind": {"enum": ["a", "b"]}}}, "/properties/many is gone"),
        ({"properties": {**SCHEMA["properties"], "many": {"type": "string"}}}, "/properties/many/type differs"),
        ({"properties": {**SCHEMA["properties"], "kind": {"enum": ["a"]}}}, "/properties/kind/enum differs"),
        ({"required": []}, "/required: kind may be missing"),
    ],
)
def test_what_takes_anything_away_is_found(change: dict[str, Any], what: str) -> None:
    assert breaking(SCHEMA, {**SCHEMA, **change}) == [what]


def test_what_only_adds_breaks_nothing() -> None:
    more = deepcopy(SCHEMA)
    more["properties"]["new"] = {"type": "string"}
    more["properties"]["kind"]["enum"] = ["a", "b", "c"]
    more["properties"]["many"]["description"] = "How many pieces."
    more["required"] = ["kind", "new"]

    assert breaking(SCHEMA, more) == []


def test_nothing_is_written_over_files_that_it_would_break(tmp_path: Path) -> None:
    write(tmp_path)
    assert write(tmp_path) == []
    path = tmp_path / "events" / "sale.recorded.v1.json"
    once = json.loads(path.read_text())
    once["properties"]["data"]["properties"]["discount"] = {"type": "string"}
    path.write_text(json.dumps(once))

    assert broken(tmp_path) == ["events/sale.recorded.v1.json/properties/data/properties/discount is gone"]
    with pytest.raises(ValueError, match="discount is gone"):
        write(tmp_path)
