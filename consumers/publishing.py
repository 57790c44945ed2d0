"""Whenever something becomes of a client, her current card is published.

At least once, and never an older card after a newer one: a card is read when the read model knows the event that it is
published for, and where the events are read on from moves once the cards are there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import structlog

from consumers.source import Record

_OF_CLIENTS: Final = "client."

log = structlog.get_logger()


class Cards(NamedTuple):
    """Cards as they are now, by client, and how far in each partition the read model was that they are from."""

    shown: Mapping[UUID, str]
    positions: Mapping[int, int]


class ReadCards(Protocol):
    def __call__(self, ids: Collection[UUID]) -> Cards:
        """The cards of those of these who are clients, all as of one moment. Raises `Unavailable`."""
        ...


class Publish(Protocol):
    def __call__(self, cards: Mapping[UUID, bytes | None], read: Mapping[int, int]) -> None:
        """Publishes cards, and in place of those that are None that there is none, all or nothing; then notes where
        each partition is read on from. Raises `Unavailable`."""
        ...


class Behind(Exception):
    """The read model does not know yet what is to be published: to be tried again in a moment."""


class CardPublisher:
    """`poll` reads on from where it was left; `partition_of` says where a client's events are."""

    def __init__(
        self,
        poll: Callable[[], Sequence[Record]],
        cards: ReadCards,
        publish: Publish,
        partition_of: Callable[[UUID], int],
    ) -> None:
        self._poll = poll
        self._cards = cards
        self._publish = publish
        self._partition_of = partition_of
        self._waiting: Sequence[Record] = ()

    def step(self) -> int:
        """Publishes what one batch of events changed; returns how many records it was.

        Raises `Behind`: the next step takes the same batch. Raises `Unavailable`: this is good for nothing more, and
        whoever goes on reads on from where was published last.
        """
        records = self._waiting = self._waiting or self._poll()
        if not records:
            return 0
        last = {record.partition: record for record in records}
        # Other streams have their client's key too, but change no card.
        ids = {record.key for record in records if record.name.startswith(_OF_CLIENTS)}
        cards = self._cards(ids) if ids else Cards({}, {})
        for id in ids:
            at = self._partition_of(id)
            if cards.positions.get(at, 0) < last[at].position:
                raise Behind("the read model is behind the events")
        published = {id: _card(cards, id, self._partition_of(id)) for id in ids}
        self._publish(published, {partition: record.offset + 1 for partition, record in last.items()})
        self._waiting = ()
        log.debug("published", records=records)
        return len(records)


def _card(cards: Cards, id: UUID, partition: int) -> bytes | None:
    """The card with its position before all else: a reader tells by it which of two is newer."""
    if (shown := cards.shown.get(id)) is None:
        return None
    return f'{{"position":{cards.positions[partition]},{shown[1:]}'.encode()
