"""The write side on a real log: its limits, and what it says when the log is busy or out of reach."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from commands.ports import History
from consumers.source import Unavailable
from domain.client.events import NameCorrected
from domain.personal import ERASED
from domain.refusals import TooBusy
from domain.sale.events import SaleRecorded
from infra.keys.person import PersonErased
from infra.log import application
from infra.log.codec import Corrupt
from infra.log.recorder import APPEND_LOCK
from infra.log.streams import LogStreams
from tests.support.log import ANN, EXAMPLES, SHOP, FreshLog, change, fresh_log
from tests.support.memory import request

REGISTERED = EXAMPLES["client.registered.v1"]
SALE = EXAMPLES["sale.recorded.v1"]


@pytest.fixture
def fresh(database: Callable[[], str]) -> Iterator[FreshLog]:
    with fresh_log(database) as fresh:
        yield fresh


@pytest.fixture
def streams(fresh: FreshLog) -> LogStreams:
    return LogStreams(fresh.log, fresh.codec)


def test_nothing_personal_lies_in_the_log(fresh: FreshLog, streams: LogStreams) -> None:
    streams.append([change(*EXAMPLES.values())], request())

    with psycopg.connect(fresh.log.url) as connection:
        rows = connection.execute("SELECT state FROM carnet_events").fetchall()
    stored = b"\n".join(state for (state,) in rows)
    for value in (b"Lindqvist", b"Ann", b"991-22", b"mail.example", b"Storgatan", b"223 50"):
        assert value not in stored
    assert len(rows) == len(EXAMPLES)


def test_of_an_erased_person_the_rest_is_still_read_and_nothing_new_is_stored(
    fresh: FreshLog, streams: LogStreams
) -> None:
    streams.append([change(REGISTERED)], request())

    fresh.keys.destroy(ANN)

    [history] = streams.read([SHOP])
    assert history.events == (replace(REGISTERED, name=ERASED, reference=ERASED),)  # type: ignore[type-var]
    with pytest.raises(PersonErased):
        streams.append([change(EXAMPLES["client.name-corrected.v1"], after=1)], request())
    assert streams.read([SHOP]) == [history]


def test_nothing_is_decided_on_a_stream_that_cannot_be_read(fresh: FreshLog, streams: LogStreams) -> None:
    streams.append([change(SALE, SALE)], request())
    with psycopg.connect(fresh.log.url) as connection:
        connection.execute("UPDATE carnet_events SET state = '{}' WHERE originator_version = 1")

    with pytest.raises(Corrupt):
        streams.read([SHOP])


def test_an_append_that_would_stop_all_others_is_refused(streams: LogStreams) -> None:
    assert isinstance(SALE, SaleRecorded)
    huge = replace(SALE, lines=tuple(replace(SALE.lines[0], description="x" * 500_000) for _ in range(11)))

    with pytest.raises(ValueError, match="bytes"):
        streams.append([change(huge)], request())

    assert streams.read([SHOP]) == [History()]


def test_five_hundred_events_at_once_are_stored(streams: LogStreams) -> None:
    events = [NameCorrected(ANN, EXAMPLES["client.name-corrected.v1"].name)] * 500  # type: ignore[attr-defined]

    (positions,) = streams.append([change(*events)], request())

    assert positions == tuple(range(1, 501))


def test_waiting_too_long_for_other_appends_is_too_busy(
    database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "LOCK_SECONDS", 0.05)
    with fresh_log(database) as fresh:
        streams = LogStreams(fresh.log, fresh.codec)
        with psycopg.connect(fresh.log.url) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
            with pytest.raises(TooBusy):
                streams.append([change(SALE)], request())

        streams.append([change(SALE)], request())


def test_a_log_out_of_reach_says_so_and_comes_back(fresh: FreshLog, streams: LogStreams) -> None:
    streams.append([change(SALE)], request())
    with psycopg.connect(fresh.log.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    for _ in range(2):
        with pytest.raises(Unavailable):
            streams.read([SHOP])
    assert streams.read([SHOP])[0].events == (SALE,)
