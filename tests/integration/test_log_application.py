"""The log is put together from the library's parts, by what it is given and nothing else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import Notification
from psycopg.conninfo import make_conninfo

from infra.log.application import Log
from infra.log.mapper import OfStream
from infra.log.streams import LogStreams
from tests.support.log import ANN, EXAMPLES, FreshLog, change, fresh_log
from tests.support.memory import request


@pytest.fixture
def fresh(database: Callable[[], str]) -> Iterator[FreshLog]:
    with fresh_log(database) as fresh:
        yield fresh


def test_no_variable_of_the_environment_leaks_in(monkeypatch: pytest.MonkeyPatch, database: Callable[[], str]) -> None:
    for name, value in {
        "CIPHER_KEY": "not a key",
        "CARNET_CIPHER_KEY": "not a key",
        "CIPHER_TOPIC": "nowhere:Cipher",
        "COMPRESSOR_TOPIC": "nowhere:Compressor",
        "MAPPER_TOPIC": "nowhere:Mapper",
        "PERSISTENCE_MODULE": "eventsourcing.popo",
        "PROCESS_RECORDER_TOPIC": "nowhere:Recorder",
        "CARNET_PROCESS_RECORDER_TOPIC": "nowhere:Recorder",
        "POSTGRES_DBNAME": "elsewhere",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
        "IS_SNAPSHOTTING_ENABLED": "y",
        "CREATE_TABLE": "y",
        "PGDATABASE": "elsewhere",
    }.items():
        monkeypatch.setenv(name, value)

    with fresh_log(database) as fresh:
        streams = LogStreams(fresh.log, fresh.codec)
        streams.append([change(EXAMPLES["client.registered.v1"])], request())

        assert streams.read([change().stream.id])[0].events == (EXAMPLES["client.registered.v1"],)
        assert not fresh.log.recorder.datastore.enable_db_functions
        assert fresh.log.snapshots is None


def test_the_library_reads_what_we_store(fresh: FreshLog) -> None:
    event = EXAMPLES["client.registered.v1"]
    LogStreams(fresh.log, fresh.codec).append([change(event, event, stream=ANN)], request())

    assert list(fresh.log.events.get(ANN)) == [OfStream(ANN, 1, event), OfStream(ANN, 2, event)]
    section = fresh.log.notification_log["1,10"]
    assert [(item.id, item.topic) for item in section.items] == [
        (1, "client.registered.v1"),
        (2, "client.registered.v1"),
    ]
    with fresh.log.recorder.subscribe(gt=1) as subscription:
        notification: Notification = next(iter(subscription))
    assert fresh.log.mapper.to_domain_event(notification) == OfStream(ANN, 2, event)


def test_a_subscription_of_the_library_is_woken_by_an_append(fresh: FreshLog) -> None:
    with ThreadPoolExecutor(1) as pool, fresh.log.recorder.subscribe() as subscription:
        first = pool.submit(next, iter(subscription))
        LogStreams(fresh.log, fresh.codec).append([change(EXAMPLES["sale.recorded.v1"])], request())
        assert first.result(timeout=10).id == 1


def test_the_library_stores_nothing_past_the_codec(fresh: FreshLog) -> None:
    with pytest.raises(TypeError):
        fresh.log.events.put([OfStream(ANN, 1, EXAMPLES["client.registered.v1"])])


def test_without_a_codec_nothing_is_read(fresh: FreshLog) -> None:
    LogStreams(fresh.log, fresh.codec).append([change(EXAMPLES["sale.recorded.v1"], stream=ANN)], request())
    log = Log.open(fresh.log.url, connections=1)
    with pytest.raises(TypeError):
        list(log.events.get(ANN))
    log.close()


def test_migrating_at_once_and_again_makes_one_log(database: Callable[[], str]) -> None:
    url = database()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Log.migrate, [url] * 4))
    first = Log.open(url, connections=1)
    Log.migrate(url)
    again = Log.open(url, connections=1)

    assert isinstance(first.incarnation, UUID)
    assert first.incarnation == again.incarnation
    first.close()
    again.close()


def test_two_logs_are_two_incarnations(database: Callable[[], str]) -> None:
    with fresh_log(database) as one, fresh_log(database) as other:
        assert one.log.incarnation != other.log.incarnation


def test_opening_makes_no_tables(database: Callable[[], str]) -> None:
    url = database()

    with pytest.raises(LookupError, match="migrated"):
        Log.open(url)

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public'").fetchall() == []


def test_a_urls_options_reach_the_server(fresh: FreshLog) -> None:
    url = make_conninfo(fresh.log.url, application_name="shop", options="-c statement_timeout=7s", sslmode="disable")
    log = Log.open(url, connections=1)
    with log.recorder.datastore.get_connection() as connection:
        assert connection.info.get_parameters()["sslmode"] == "disable"
        row = connection.execute(
            "SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout,"
            " current_setting('lock_timeout') AS lock"
        ).fetchone()
    assert row == {"name": "shop", "timeout": "7s", "lock": "3s"}
    log.close()
