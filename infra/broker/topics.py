"""The topics: their names, how they are set up, and whether what the broker has is that."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from kafka import KafkaAdminClient  # type: ignore[import-untyped]
from kafka.admin import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]
from kafka.errors import TopicAlreadyExistsError  # type: ignore[import-untyped]

from infra.broker.client import CLIENT, reachable, servers

PARTITIONS: Final = 24
# The log takes appends of up to 5 MB, and so single events; beside its value a record has a key and headers.
LARGEST_RECORD: Final = 6_000_000

_HOUR: Final = 3_600_000
_FOR_EVER: Final = "-1"
_NO_LIMIT: Final = str(2**63 - 1)

_EVENTS: Final = {
    "cleanup.policy": "delete",
    "retention.ms": _FOR_EVER,
    "retention.bytes": _FOR_EVER,
    "max.message.bytes": str(LARGEST_RECORD),
    # A record's time is when its event was recorded, by whatever clock: never a reason to refuse it.
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": _NO_LIMIT,
}
_RELAY: Final = {
    "cleanup.policy": "compact",
    # One key only: kept short, so that it is read in a moment.
    "max.compaction.lag.ms": str(_HOUR),
    "segment.ms": str(_HOUR // 6),
    "segment.bytes": str(1 << 20),
}
# The latest card of each client. What is forgotten is gone from every reader within the day: a tombstone stays as long
# as the card that it takes back may.
_CLIENTS: Final = {
    "cleanup.policy": "compact",
    "max.compaction.lag.ms": str(24 * _HOUR),
    "delete.retention.ms": str(7 * 24 * _HOUR),
    "segment.ms": str(6 * _HOUR),
}
# In clear, as points of sale write it: long enough for an outage that lasts over the holidays, and no longer.
_FEED: Final = {"cleanup.policy": "delete", "retention.ms": str(14 * 24 * _HOUR)}


class Unfit(Exception):
    """A topic is missing, or has another number of partitions than events were addressed to: nothing may run on it."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one Carnet. Their number of partitions can never change: the order of a client's events hangs on
    it. How often they are replicated is the broker's default."""

    prefix: str = "carnet"
    partitions: int = PARTITIONS

    @property
    def events(self) -> str:
        """Every event but those that stay inside the log, kept for ever."""
        return f"{self.prefix}.events"

    @property
    def relay(self) -> str:
        """How far the relay is: one partition, one key, compacted."""
        return f"{self.prefix}.relay"

    @property
    def clients(self) -> str:
        """One current card for each client, in clear, for subscribers who may have it; compacted."""
        return f"{self.prefix}.clients"

    def feed(self, format: str) -> str:
        """What points of sale tell in this format. No part of the record: it is read once, and kept for a while."""
        return f"{self.prefix}.point-of-sale.{format}"

    @property
    def settings(self) -> Mapping[str, tuple[int, Mapping[str, str]]]:
        """By topic: the number of partitions, and the settings that differ from a broker's own."""
        return {
            self.events: (self.partitions, _EVENTS),
            self.relay: (1, _RELAY),
            self.clients: (self.partitions, _CLIENTS),
        }


class TopicAdmin:
    """Makes and checks topics. Every method raises `Unavailable` if the broker is out of reach. Close it."""

    def __init__(self, bootstrap: str) -> None:
        with reachable():
            self._admin = KafkaAdminClient(bootstrap_servers=servers(bootstrap), **CLIENT)

    def create(self, topics: Topics) -> list[str]:
        """Makes the topics that are missing and returns their names."""
        return self._create(topics.settings)

    def create_feeds(self, topics: Topics, formats: Iterable[str], partitions: int) -> list[str]:
        """Makes the topics of feeds that are missing and returns their names."""
        return self._create({topics.feed(format): (partitions, _FEED) for format in formats})

    def _create(self, settings: Mapping[str, tuple[int, Mapping[str, str]]]) -> list[str]:
        created = []
        for name, (partitions, configs) in settings.items():
            wanted = {name: {"num_partitions": partitions, "configs": dict(configs)}}
            with reachable(), suppress(TopicAlreadyExistsError):
                self._admin.create_topics(wanted, wait_for_metadata=True)
                created.append(name)
        return created

    def check(self, topics: Topics) -> list[str]:
        """What is set up in another way than here, each as a sentence. Raises `Unfit` where nothing may run at all."""
        with reachable():
            found = {
                each["name"]: len(each["partitions"]) for each in self._admin.describe_topics(list(topics.settings))
            }
            resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in topics.settings if found.get(name)]
            configured = self._admin.describe_configs(resources, config_filter="all")["topic"] if resources else {}
        differing = []
        for name, (partitions, configs) in topics.settings.items():
            if not (actual := found.get(name, 0)):
                raise Unfit(f"the topic {name} is missing: `carnet topics` makes it")
            if actual != partitions:
                raise Unfit(f"the topic {name} has {actual} partitions, not {partitions}: keys would change theirs")
            differing += [
                f"{name}: {key} is {configured[name][key]['value']}, not {value}"
                for key, value in configs.items()
                if configured[name][key]["value"] != value
            ]
        return differing

    def close(self) -> None:
        self._admin.close()
