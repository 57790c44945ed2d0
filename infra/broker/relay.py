"""From the log to Kafka: every event once, in order, by one leader at a time.

Who leads is settled by a lock in PostgreSQL, so that two relays do not fight. That nothing is doubled, lost or put out
of order rests on Kafka's transactions alone: a leader first fences every earlier one, then reads how far the last
committed transaction came. After any trouble it begins again from there.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Event
from typing import Final
from uuid import UUID

import structlog

from consumers.source import Record, Unavailable
from domain.catalog import CATALOG
from infra import metrics
from infra.broker.position import Relayed, read_ends, read_relayed
from infra.broker.publisher import Publisher
from infra.broker.records import Outgoing, outgoing, outgoing_all
from infra.broker.topics import TopicAdmin, Topics, Unfit
from infra.failpoints import reached
from infra.log.application import Log
from infra.log.leading import RELAY_LOCK, leading
from infra.log.source import PARTITION, LogSource
from infra.log.streams import record

BATCH: Final = 2_000
POLL_SECONDS: Final = 1.0
FIRST_DELAY: Final = 0.1
LONGEST_DELAY: Final = 5.0

log = structlog.get_logger()


class Refused(Exception):
    """Log and topics do not belong together: to go on would lose events or send them twice. Somebody has to look."""


class Relay:
    """Sends what the log at this libpq URI holds, and what is added to it, to these topics.

    `batch` is in events; `poll` is after how many seconds it looks up though nothing happened.
    """

    def __init__(
        self, url: str, bootstrap: str, topics: Topics, batch: int = BATCH, poll: float = POLL_SECONDS
    ) -> None:
        self._url = url
        self._bootstrap = bootstrap
        self._topics = topics
        self._batch = batch
        self._poll = poll
        self._delay = FIRST_DELAY
        self._position: int | None = None

    def run(self, stop: Event) -> None:
        """Runs until `stop` is set, which is noticed within `poll` seconds or two. Raises `Refused`, `Unfit`."""
        while not stop.is_set():
            try:
                self._session(stop)
            except (Refused, Unfit):
                raise
            except Exception as trouble:  # whatever went wrong, a new beginning puts right
                known = isinstance(trouble, Unavailable)
                name = str(trouble) if known else type(trouble).__name__
                log.warning("relay begins again", trouble=name, position=self._position, seconds=self._delay)
                metrics.RELAY_BEGUN_AGAIN.inc()
                stop.wait(self._delay)
                self._delay = min(self._delay * 2, LONGEST_DELAY)

    def _session(self, stop: Event) -> None:
        with (
            leading(self._url, stop, self._poll, RELAY_LOCK) as lead,
            closing(Log.open(self._url, connections=1)) as events,
            closing(LogSource(events, sorted(CATALOG.internal))) as source,
            closing(Publisher(self._bootstrap, self._topics)) as publisher,
            ThreadPoolExecutor(1, "relay-reads") as reader,
        ):
            if stop.is_set():
                return
            publisher.open()
            at = beginning(events, self._bootstrap, self._topics)
            self._position = at.position
            log.info("relay leads", position=at.position)
            source.seek({PARTITION: at.position + 1})
            read = partial(_read, source, at.incarnation, self._batch)
            ahead: Future[list[Outgoing]] | None = None
            with metrics.RELAY_LEADS.track_inprogress():
                while not stop.is_set():
                    sending = read(self._poll) if ahead is None else ahead.result()
                    # There is more: it is made ready while this is sent.
                    ahead = reader.submit(read, 0.0) if len(sending) == self._batch else None
                    lead.show()
                    if sending:
                        reached("relay.read")
                        with metrics.RELAY_SECONDS.time():
                            at = publisher.publish(sending, at)
                        self._committed([each.record for each in sending])

    def _committed(self, records: Sequence[Record]) -> None:
        metrics.RELAY_EVENTS.inc(len(records))
        self._position = records[-1].position
        log.debug("relayed", records=records)
        self._delay = FIRST_DELAY


def _read(source: LogSource, incarnation: UUID, limit: int, timeout: float) -> list[Outgoing]:
    return outgoing_all(source.poll(limit, timeout), incarnation)


def beginning(events: Log, bootstrap: str, topics: Topics) -> Relayed:
    """Where to go on, as the topic of the relay says, once it agrees with the log and with the topic of the events.

    Raises `Refused`, and `Unfit` for topics that were made in another way.
    """
    with closing(TopicAdmin(bootstrap)) as admin:
        admin.check(topics)
    relayed, ends = read_relayed(bootstrap, topics), read_ends(bootstrap, topics)
    if relayed is None:
        if any(ends):
            raise Refused(f"{topics.events} holds events, but {topics.relay} does not say how far they go")
        return Relayed(events.incarnation, 0, "", ends)
    if relayed.incarnation != events.incarnation:
        raise Refused(f"the topics hold the log {relayed.incarnation}, and this is {events.incarnation}")
    if relayed.ends != ends:
        raise Refused(f"{topics.events} does not end where {topics.relay} says")
    rows = events.recorder.read_positions([relayed.position])
    if [outgoing(record(row), events.incarnation).event_id for row in rows] != [relayed.event_id]:
        raise Refused(f"the event at position {relayed.position} was relayed, and is not in this log: an older copy?")
    return relayed
