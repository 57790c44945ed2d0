"""Golden files: each an event as a release once stored it, with the keys that open it and what it is read as.

A stored name has at least one. When an event gains an optional field, today's shape gets a file of its own beside the
old one (`client.registered.v1.2.json`); a file is never changed, as what is stored is not.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from commands.ports import Change, Stream
from consumers.source import Record
from domain.catalog import CATALOG
from infra.log.document import stream_key
from projections.projection import Recorded
from tests.support.log import EXAMPLES, SHOP, MemoryKeys, change, make_codec, records
from tests.support.memory import request

FOLDER = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True, slots=True)
class Golden:
    """`stored` is the document in the log, `read` the event's fields as JSON, `persons` those whose keys open it."""

    name: str
    stream_id: UUID
    version: int
    persons: list[UUID]
    stored: dict[str, Any]
    read: dict[str, Any]

    def record(self) -> Record:
        state = orjson.dumps(self.stored)
        return Record(0, 1, 1, stream_key(state), self.stream_id, self.version, self.name, state)

    def keys(self) -> MemoryKeys:
        keys = MemoryKeys()
        keys.make(self.persons)
        return keys


_golden = TypeAdapter(Golden)


def load(path: Path) -> Golden:
    return _golden.validate_json(path.read_bytes())


def kept() -> dict[str, list[Golden]]:
    """Every golden event, by stored name."""
    files = defaultdict(list)
    for path in sorted(FOLDER.glob("*.json")):
        golden = load(path)
        files[golden.name].append(golden)
    return files


def missing() -> list[str]:
    """Stored names, old ones included, of which no golden file is left."""
    return sorted({*CATALOG.events, *CATALOG.upcasts} - kept().keys())


def changed() -> list[str]:
    """Stored names whose golden events would all be stored in another shape today."""
    return [
        name
        for name, events in kept().items()
        if name in CATALOG.events and not any(shape(golden.stored) == shape(_again(golden)) for golden in events)
    ]


def write(name: str) -> Path:
    """The example of a stored name as it is stored today."""
    keys = MemoryKeys()
    event = EXAMPLES[name]
    (record,) = records(make_codec(keys).encode([change(event)], request()))
    golden = Golden(name, SHOP, 1, keys.persons(), orjson.loads(record.state), as_json(event))
    number = len(kept()[name]) + 1
    path = FOLDER / (f"{name}.json" if number == 1 else f"{name}.{number}.json")
    path.write_bytes(orjson.dumps(golden, option=orjson.OPT_INDENT_2) + b"\n")
    return path


def _again(golden: Golden) -> object:
    codec = make_codec(golden.keys())
    record = golden.record()
    (back,) = codec.decode([record])
    assert isinstance(back, Recorded), back
    again = Change(Stream(record.stream_id, record.key), golden.version - 1, (back.event,))
    (stored,) = codec.encode([again], request())
    return orjson.loads(stored.state)


def as_json(event: object) -> dict[str, Any]:
    fields: dict[str, Any] = TypeAdapter(type(event)).dump_python(event, mode="json")
    return fields


def still_said(before: object, now: object) -> bool:
    """Whether all that a JSON value said is said still; there may be more fields, at any depth."""
    if isinstance(before, dict) and isinstance(now, dict):
        return all(name in now and still_said(inner, now[name]) for name, inner in before.items())
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(still_said, before, now))
    return before == now


def shape(value: object) -> object:
    """A JSON value without its values: names in order, and the kind of each."""
    if isinstance(value, dict):
        return [(name, shape(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value).__name__
