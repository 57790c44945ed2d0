"""What may be said of an error and of an event: what it is and where, never what it says."""

import subprocess
import sys
from dataclasses import replace
from uuid import UUID

from structlog.processors import JSONRenderer

from commands.trace import begun
from infra.logging import tell_error, tell_record, tell_records
from tests.support.log import EXAMPLES, MemoryKeys, change, make_codec, records
from tests.support.memory import request


def test_of_an_exception_its_class_and_place_are_told() -> None:
    try:
        raise ValueError("Canarini")
    except ValueError as error:
        for info in (True, error, (ValueError, error, error.__traceback__)):
            line = tell_error(None, "error", {"event": "Exception in ASGI application", "exc_info": info})
            assert (line["error"], "Canarini" in str(line)) == ("ValueError", False)
            assert line["where"].startswith(__file__)
    assert tell_error(None, "info", {"event": "x", "exc_info": None}) == {"event": "x"}


def test_of_a_record_no_content_is_told() -> None:
    stored = make_codec(MemoryKeys()).encode([change(EXAMPLES["client.registered.v1"])], request())
    (record,) = records(stored)

    line = tell_record(None, "warning", {"event": "event parked", "record": record})

    assert set(line) == {"event", "position", "name", "stream_id", "stream_version", "event_id", "correlation_id"}
    assert line["correlation_id"] == str(request().correlation_id)


def test_a_record_that_is_printed_says_where_it_stands_and_not_what_it_holds() -> None:
    stored = make_codec(MemoryKeys()).encode([change(EXAMPLES["client.registered.v1"])], request())
    (record,) = (replace(each, state=b"Canarini") for each in records(stored))

    # Under a name that no processor of ours knows, and as the line's JSON has it.
    line = str(JSONRenderer()(None, "warning", {"each": record, "several": [record]}))
    for printed in (repr(record), str(record), repr([record]), line):
        assert f"stream_id={record.stream_id!r}" in printed
        assert "Canarini" not in printed


def test_of_a_batch_is_told_where_it_is_and_whose_traces_it_holds() -> None:
    one, other = begun(UUID(int=1), UUID(int=2)), begun(UUID(int=3), UUID(int=4))
    codec = make_codec(MemoryKeys())
    found = [
        replace(each, position=at)
        for at, trace in enumerate((one, one.next(UUID(int=5)), None, other), 7)
        for each in records(codec.encode([change(EXAMPLES["client.registered.v1"])], replace(request(), trace=trace)))
    ]
    damaged = replace(found[0], position=11, state=b"Canarini")

    line = tell_records(None, "debug", {"event": "projected", "records": [*found, damaged]})

    assert line == {
        "event": "projected",
        "events": 5,
        "first": 7,
        "last": 11,
        "trace_ids": [one.trace_id, other.trace_id],
    }
    parked = tell_record(None, "warning", {"event": "event parked", "record": found[3]})
    assert parked["trace_id"] == other.trace_id
    assert tell_records(None, "debug", {"event": "x"}) == {"event": "x"}


def test_what_ends_a_process_or_a_thread_is_told_without_its_text() -> None:
    program = (
        "from infra.logging import configure; from threading import Thread; configure('api')\n"
        "def fail(): raise KeyError('Canarini')\n"
        "thread = Thread(target=fail); thread.start(); thread.join(); fail()"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.count('"error": "KeyError"') == 2
    assert "Canarini" not in ended.stderr
