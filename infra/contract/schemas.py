"""The JSON Schema of each stored event, as subscribers find it on the topic: clear fields, and seals in place of what
is personal.

Made from the event classes, in the shape in which they were ever stored: a field that came later is not required.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DecimalSchema
from typing_extensions import override

from domain.catalog import Catalog, personal_fields
from infra.log.document import Meta, Sealed
from queries.published_card import PublishedCard

Schema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class _Stored(GenerateJsonSchema):
    """What is written differently in the log than pydantic would: amounts are text, exact."""

    @override
    def decimal_schema(self, schema: DecimalSchema) -> Schema:
        return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"}

    @override
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schemas(catalog: Catalog) -> dict[str, Schema]:
    """By stored name, today's shape of every event that leaves the log."""
    return {name: event_schema(name, cls) for name, cls in catalog.events.items() if name not in catalog.internal}


def event_schema(name: str, cls: type) -> Schema:
    """The whole document of one stored name: `meta`, `data` and `personal`."""
    personal = personal_fields(cls)
    data, defs = _object(cls)
    # The fields of a person who is not known are null, and stay clear.
    known = {field: schema for field, schema in data["properties"].items() if field not in personal}
    unknown = {field: {"type": "null", "description": "Nobody's: there is no person."} for field in personal}
    data["properties"] = known | unknown
    data["required"] = [field for field in data.get("required", ()) if field not in personal]
    meta, meta_defs = _object(Meta)
    meta["properties"]["command_id"] = {"type": "string", "format": "uuid"}
    sealed, _ = _object(Sealed)
    sealed["description"] = "AES-256-GCM by this person's key: the key's id, and nonce and ciphertext in Base64."
    document: Schema = {
        "$schema": DIALECT,
        "$id": f"urn:carnet:{name}",
        "title": name,
        "type": "object",
        "properties": {
            "meta": meta,
            "data": data,
            "personal": {
                "type": "object",
                "description": "What is personal, sealed, by the field of `data` that says whose it is.",
                "properties": dict.fromkeys(dict.fromkeys(personal.values()), sealed),
            },
        },
        "required": ["meta", "data", "personal"],
    }
    if all_defs := _reachable(document, defs | meta_defs):
        document["$defs"] = all_defs
    return document


def card_schema() -> Schema:
    """What `carnet publish` sends of a client."""
    card, defs = _object(PublishedCard)
    return {"$schema": DIALECT, "$id": "urn:carnet:card", "title": "card", **card, "$defs": dict(sorted(defs.items()))}


def breaking(before: Any, now: Any, at: str = "") -> list[str]:
    """What a subscriber who relies on `before` could not read as before: only additions leave nothing to say."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        gone = [f"{at}/{key} is gone" for key in before.keys() - now.keys() if key not in _SAYS_NOTHING]
        inner = [
            found
            for key in sorted(before.keys() & now.keys())
            if key not in _SAYS_NOTHING
            for found in breaking(before[key], now[key], f"{at}/{key}")
        ]
        return [*sorted(gone), *inner]
    if isinstance(before, list) and isinstance(now, list):
        if at.endswith("/required"):
            return [f"{at}: {each} may be missing" for each in before if each not in now]
        if at.endswith("/enum") and set(before) <= set(now):
            return []
        return [] if before == now else [f"{at} differs"]
    return [] if before == now else [f"{at} differs"]


_SAYS_NOTHING: Final = frozenset({"description", "title", "examples"})


def _object(cls: type) -> tuple[Schema, dict[str, Schema]]:
    schema = TypeAdapter(cls).json_schema(schema_generator=_Stored, ref_template="#/$defs/{model}")
    defs = schema.pop("$defs", {})
    for each in (schema, *defs.values()):
        each.pop("title", None)
        # Subscribers leave aside what they do not know: it may be new.
        each.pop("additionalProperties", None)
    return schema, defs


def _reachable(document: Schema, defs: Mapping[str, Schema]) -> dict[str, Schema]:
    """Those definitions that the document leads to; what is sealed has left some behind."""
    found: dict[str, Schema] = {}
    waiting = [document]
    while waiting:
        for name in _named(waiting.pop()):
            if name not in found:
                found[name] = defs[name]
                waiting.append(defs[name])
    return dict(sorted(found.items()))


def _named(part: Any) -> Iterable[str]:
    if isinstance(part, Mapping):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rpartition("/")[2]
        for inner in part.values():
            yield from _named(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _named(inner)
