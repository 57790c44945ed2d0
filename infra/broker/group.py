"""Whether a group gives out every partition, and a member's way to have all of them given out anew."""

from contextlib import closing, suppress
from time import monotonic
from typing import Any, Final

import structlog
from kafka import KafkaAdminClient  # type: ignore[import-untyped]
from kafka.admin import MemberToRemove  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from consumers.source import Unavailable
from infra.broker.client import CLIENT, servers
from infra.broker.topics import Topics

LOOK_SECONDS: Final = 2.0
# The second round of sharing out follows the first at once; nothing but a lost one takes so long.
PATIENCE_SECONDS: Final = 6.0

log = structlog.get_logger()


class GroupMember:
    """What one member sees of its group. Looked at after every join until all is given out, and then no more."""

    def __init__(self, bootstrap: str, topics: Topics, group: str, member: str | None) -> None:
        self._bootstrap = bootstrap
        self._partitions = set(range(topics.partitions))
        self._topic = topics.events
        self._group = group
        self._member = member
        self._generation: int | None = None
        self._joined = self._looked = 0.0
        self._whole = False

    def begin(self) -> None:
        """A new consumer: whatever it gets may be what an earlier one of its name was left with."""
        self._generation = None

    def check(self, metadata: Any) -> None:
        """Raises `Unavailable` if partitions are nobody's for long: this member has left then, which lets all the
        others join again, and is to begin anew. `metadata` is what the consumer knows of its membership."""
        now = monotonic()
        if metadata.generation_id != self._generation:
            self._generation, self._joined, self._looked, self._whole = metadata.generation_id, now, now, False
        if self._whole or now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        with (
            suppress(KafkaError),
            closing(KafkaAdminClient(bootstrap_servers=servers(self._bootstrap), **CLIENT)) as admin,
        ):
            group = admin.describe_groups([self._group])[self._group]
            if group["group_state"] != "Stable":
                return
            left = self._partitions - _given(group, self._topic)
            self._whole = not left
            if left and now - self._joined > PATIENCE_SECONDS:
                log.warning("partitions belong to nobody", partitions=sorted(left))
                if self._member is not None:  # without a name it leaves by closing
                    admin.remove_group_members(self._group, [MemberToRemove(group_instance_id=self._member)])
                raise Unavailable("Kafka: partitions belong to nobody")


def _given(group: dict[str, Any], topic: str) -> set[int]:
    assigned = [each for member in group["members"] for each in member["member_assignment"]["assigned_partitions"]]
    return {partition for each in assigned if each["topic"] == topic for partition in each["partitions"]}
