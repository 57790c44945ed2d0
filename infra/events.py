"""`carnet events`: events as they stand, one a line. It opens no keys: what is personal stays sealed."""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
import typer

from consumers.source import Record, Unavailable
from domain.catalog import CATALOG
from infra.broker.records import outgoing
from infra.broker.topics import Unfit
from infra.log.document import split
from infra.processes.supervise import stop_signals
from infra.reading import read, readable
from infra.settings import Settings

Wanted = Callable[[Record], bool]


def wanted(client: UUID | None = None, stream: UUID | None = None, types: Sequence[str] = ()) -> Wanted:
    """Which events to show. A client's are those filed under her key and those whose clear fields name her.

    A type is a stored name, `sale.recorded.v1`, or all versions of one, `sale.recorded`. Raises `LookupError`.
    """
    known = {*CATALOG.events, *CATALOG.upcasts} - CATALOG.internal
    names = {name for name in known for each in types if name in (each, f"{each}{name[name.rfind('.v') :]}")}
    if unknown := [each for each in types if not any(name.startswith(each) for name in names)]:
        raise LookupError(f"no event {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    quoted = f'"{client}"'.encode()

    def test(record: Record) -> bool:
        return (
            (client is None or record.key == client or quoted in _data(record))
            and (stream is None or record.stream_id == stream)
            and (not names or record.name in names)
        )

    return test


def cloud_event(record: Record, incarnation: UUID) -> dict[str, Any]:
    """The event in the JSON form of CloudEvents 1.0, with the same attributes that its record on Kafka has."""
    event: dict[str, Any] = {
        "datacontenttype" if name == "content-type" else name.removeprefix("ce_"): value.decode()
        for name, value in outgoing(record, incarnation).headers
    }
    return event | {"data": orjson.Fragment(record.state)}


def line(record: Record, incarnation: UUID) -> bytes:
    """For a person: where it stands, when it was recorded, what it is, and its clear fields."""
    time = cloud_event(record, incarnation).get("time", "-")
    told = f"{record.position}  {time}  {record.name}  {record.stream_id} v{record.stream_version}  "
    return told.encode() + _data(record)


def events(
    test: Wanted, *, position: int = 1, follow: bool = False, limit: int | None = None, as_json: bool = False
) -> int:
    """Prints the events to the end as it is now, or until interrupted; returns the exit status."""
    try:
        with stop_signals() as stop, readable(Settings()) as (source, incarnation):
            found = (each for each in read(source, position, follow=follow, stopped=stop.is_set) if test(each))
            for record in islice(found, limit):
                _print(orjson.dumps(cloud_event(record, incarnation)) if as_json else line(record, incarnation))
    except BrokenPipeError:  # whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Unavailable, Unfit, LookupError) as trouble:
        typer.echo(f"carnet events: {trouble}", err=True)
        return 1
    return 0


def _print(text: bytes) -> None:
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def _data(record: Record) -> bytes:
    try:
        return split(record.state)[1]
    except ValueError:  # damaged: shown as it is, for somebody to look at
        return b""
