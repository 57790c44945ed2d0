"""What may be said of an error and of an event: what it is and where, never what it says."""

import subprocess
import sys

from infra.logging import tell_error, tell_record
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
