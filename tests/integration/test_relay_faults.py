"""The relay while its broker, or the relay itself, is killed: nothing lost, nothing doubled, nothing out of order."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from consumers.source import Unavailable
from domain.catalog import CATALOG
from infra.broker import transaction
from infra.broker.position import read_relayed, read_undecided
from infra.broker.publisher import Publisher
from infra.broker.records import outgoing_all
from infra.broker.relay import beginning
from infra.broker.topics import Topics
from infra.embedded.kafka import EmbeddedKafka
from infra.log.source import LogSource
from tests.support.kafka import Writer, assert_exact, fresh_topics, relaying, wait_relayed
from tests.support.log import FreshLog, fresh_log

RELAY = "from infra.processes.relay import relay; relay()"
FAILPOINTS = ["relay.read", "relay.sent", "relay.stored", "relay.committed", "relay.committed:3"]

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(autouse=True)
def refused() -> Iterator[None]:
    """The library leaves sockets that were refused to it: here they may be found, and in no other test."""
    yield
    gc.collect()


@pytest.fixture
def fresh(database: Callable[[], str]) -> Iterator[FreshLog]:
    with fresh_log(database, connections=4) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    broker = EmbeddedKafka.start(tmp_path_factory.mktemp("kafka"))
    yield broker
    broker.stop()


@contextmanager
def busy(writer: Writer) -> Iterator[list[int]]:
    """Events keep happening as long as the context lasts; the list then holds the last position."""
    stop, last = Event(), [0]

    def write() -> None:
        while not stop.is_set():
            last[0] = writer.happen()[-1]
            stop.wait(0.02)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            yield last
        finally:
            stop.set()
            writing.result()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> float:
    """A publisher gives up sending sooner than it would at work; returns how many seconds are longer than that."""
    for name, milliseconds in (("request_timeout_ms", 800), ("delivery_timeout_ms", 1500), ("max_block_ms", 1500)):
        monkeypatch.setitem(transaction._PRODUCER, name, milliseconds)
    return 3.0


def test_a_broker_that_is_killed_paused_or_away_for_long_costs_nothing_but_time(
    broker: EmbeddedKafka, fresh: FreshLog, monkeypatch: pytest.MonkeyPatch, impatient: float
) -> None:
    armed, killed = Event(), Event()

    def reached(name: str) -> None:
        if name == "relay.read" and armed.is_set():
            armed.clear()
            broker.kill()
            killed.set()

    monkeypatch.setattr("infra.broker.relay.reached", reached)
    topics, writer = fresh_topics(broker.bootstrap), Writer(fresh)
    with relaying(fresh.log.url, broker.bootstrap, topics):
        with busy(writer) as last:
            wait_relayed(broker.bootstrap, topics, 1)

            broker.kill()
            broker.restart()
            wait_relayed(broker.bootstrap, topics, last[0])

            broker.pause()
            Event().wait(impatient)
            broker.resume()
            wait_relayed(broker.bootstrap, topics, last[0])

            armed.set()
            assert killed.wait(30)
            Event().wait(impatient)
            broker.restart()
            wait_relayed(broker.bootstrap, topics, last[0])
        wait_relayed(broker.bootstrap, topics, last[0])

    assert_exact(fresh, broker.bootstrap, topics)


def test_a_transaction_whose_records_expired_is_never_taken_for_committed(
    broker: EmbeddedKafka, fresh: FreshLog, impatient: float
) -> None:
    """The library would commit it, and say nothing."""
    topics, writer = fresh_topics(broker.bootstrap), Writer(fresh)
    writer.happen(2)
    with closing(LogSource(fresh.log, sorted(CATALOG.internal))) as source, ThreadPoolExecutor(1) as pool:
        source.seek({0: 1})
        with closing(Publisher(broker.bootstrap, topics)) as sender:
            sender.open()
            first, second = (outgoing_all(source.poll(10, 0.0), fresh.log.incarnation) for _ in range(2))
            at = sender.publish(first, beginning(fresh.log, broker.bootstrap, topics))
            wait_decided(broker.bootstrap, topics)
            broker.kill()
            sending = pool.submit(sender.publish, second, at)
            assert not wait([sending], impatient).done, "there was nobody to send to"
            broker.restart()
            with pytest.raises(Unavailable):
                sending.result(60)

    assert read_relayed(broker.bootstrap, topics) == at


def test_a_commit_that_the_broker_forgot_is_made_again_and_seen_once(broker: EmbeddedKafka, fresh: FreshLog) -> None:
    """Killed between its answer and the marks in the partitions, it comes back and takes the transaction for done."""
    topics, writer = fresh_topics(broker.bootstrap), Writer(fresh)
    position = writer.happen()[-1]
    with relaying(fresh.log.url, broker.bootstrap, topics):
        wait_relayed(broker.bootstrap, topics, position)
    wait_decided(broker.bootstrap, topics)
    broker.kill()
    for name in (topics.events, topics.relay):
        for partition in range(topics.settings[name][0]):
            forget_last_mark(broker._data / "logs" / f"{name}-{partition}")
    broker.restart()
    assert read_relayed(broker.bootstrap, topics) is None

    with relaying(fresh.log.url, broker.bootstrap, topics):
        wait_relayed(broker.bootstrap, topics, writer.happen()[-1])

    assert_exact(fresh, broker.bootstrap, topics)


def wait_decided(bootstrap: str, topics: Topics) -> None:
    deadline = monotonic() + 20
    while read_undecided(bootstrap, (topics.events, topics.relay)):
        assert monotonic() < deadline, "the broker does not mark the end of a transaction"


def forget_last_mark(directory: Path) -> None:
    """Cuts off a partition's last batch, the mark of a commit, and what the broker would rather believe."""
    log = max(directory.glob("*.log"))
    written, at, last = log.read_bytes(), 0, 0
    while at < len(written):
        at, last = at + 12 + int.from_bytes(written[at + 8 : at + 12]), at
    assert written[last + 22] & 0x20, "the last batch is a mark"
    os.truncate(log, last)
    for snapshot in directory.glob("*.snapshot"):
        snapshot.unlink()


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_a_relay_killed_anywhere_is_followed_by_one_that_goes_on(kafka: str, fresh: FreshLog, failpoint: str) -> None:
    topics, writer = fresh_topics(kafka), Writer(fresh)
    writer.happen(3)
    environment = {
        "CARNET_KAFKA": kafka,
        "CARNET_KAFKA_PREFIX": topics.prefix,
        "CARNET_KAFKA_PARTITIONS": str(topics.partitions),
        "CARNET_DATABASE_URL": fresh.log.url,
        "CARNET_KEYS_URL": fresh.log.url,
        "CARNET_READ_URL": fresh.log.url,
        "CARNET_FAILPOINT": failpoint,
        "CARNET_FAILPOINTS_ALLOWED": "yes",
    }
    with busy(writer) as last:
        killed = subprocess.run(
            [sys.executable, "-c", RELAY], env={**os.environ, **environment}, check=False, capture_output=True
        )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()

    with relaying(fresh.log.url, kafka, topics):
        wait_relayed(kafka, topics, last[0])

    assert_exact(fresh, kafka, topics)
