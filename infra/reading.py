"""Reading events as they stand, on Kafka or in the log: committed ones, in the order of the log, without any key."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Final, Protocol
from uuid import UUID

from consumers.source import Record, Source
from domain.catalog import CATALOG
from infra.broker.position import read_relayed
from infra.broker.reader import KafkaReader
from infra.broker.topics import TopicAdmin, Topics
from infra.databases import databases
from infra.log.application import Log
from infra.log.source import LogSource
from infra.settings import Settings

BATCH: Final = 1_000
POLL_SECONDS: Final = 0.5


class Readable(Source, Protocol):
    """A source that one can read from anywhere to a known end. Every method raises `Unavailable`."""

    def begin(self, position: int) -> None:
        """Continue everywhere shortly before the first event at this position or later, or just there."""
        ...

    def offsets(self) -> Mapping[int, int]:
        """Where the next poll reads on, by partition."""
        ...

    def ends(self) -> Mapping[int, int]:
        """The offset after the last committed event, by partition, as of now."""
        ...


@contextmanager
def readable(settings: Settings) -> Iterator[tuple[Readable, UUID]]:
    """The topic of events if there is a Kafka, else the log, and the incarnation of the log the events are from.

    Raises `Unfit` for topics that are missing or of another Carnet, and `LookupError` where there is no log yet.
    """
    with ExitStack() as stack:
        if settings.kafka is not None:
            topics = Topics(settings.kafka_prefix, settings.kafka_partitions)
            with closing(TopicAdmin(settings.kafka)) as admin:
                admin.check(topics)
            relayed = read_relayed(settings.kafka, topics)
            reader = stack.enter_context(closing(KafkaReader(settings.kafka, topics)))
            # Before anything is relayed there is nothing to name the log of.
            yield reader, relayed.incarnation if relayed else UUID(int=0)
        else:
            log = stack.enter_context(closing(Log.open(stack.enter_context(databases(settings)).log, connections=1)))
            yield stack.enter_context(closing(LogSource(log, sorted(CATALOG.internal)))), log.incarnation


def read(
    source: Readable, position: int = 1, *, follow: bool = False, stopped: Callable[[], bool] = lambda: False
) -> Iterator[Record]:
    """Every event from a position on, to the end as it is now, or for ever; `stopped` is asked between two batches.

    In the order of the log. While following, what comes after the end that was found first is in the order of each key.
    """
    source.begin(position)
    seen = dict.fromkeys(source.partitions, 0)
    held: list[Record] = []
    while not stopped():
        ends = source.ends()
        while (unfinished := [p for p, at in source.offsets().items() if at < ends[p]]) and not stopped():
            for record in source.poll(BATCH, POLL_SECONDS):
                seen[record.partition] = record.position
                held.append(record)
            # A partition gives out ever higher positions: below the last one of the slowest nothing more will come.
            safe = min(seen[p] for p in unfinished)
            ready = [each for each in held if each.position <= safe and each.offset < ends[each.partition]]
            held = [each for each in held if each.position > safe or each.offset >= ends[each.partition]]
            yield from _from(position, ready)
        if stopped():
            return
        yield from _from(position, [each for each in held if each.offset < ends[each.partition]])
        held = [each for each in held if each.offset >= ends[each.partition]]
        if not follow:
            return
        held += source.poll(BATCH, POLL_SECONDS)
        seen |= {each.partition: each.position for each in held}


def _from(position: int, records: list[Record]) -> Iterator[Record]:
    return iter(sorted((each for each in records if each.position >= position), key=lambda each: each.position))
