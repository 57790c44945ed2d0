"""Cards are published for what became of clients, never before the read model knows it."""

from collections.abc import Collection, Mapping
from uuid import UUID

import pytest

from consumers.publishing import Behind, CardPublisher, Cards
from consumers.source import Record, Unavailable

ANN, BEN = UUID(int=2), UUID(int=3)


class World:
    """A topic of two partitions, by the last bit of the key, a read model, and what was published."""

    def __init__(self, *records: Record) -> None:
        self.records = list(records)
        self.positions: dict[int, int] = {}
        self.cards: dict[UUID, str] = {}
        self.published: list[tuple[dict[UUID, bytes | None], dict[int, int]]] = []
        self.asked: list[set[UUID]] = []
        self.reachable = True

    def publisher(self) -> CardPublisher:
        return CardPublisher(self._poll, self._read, self._publish, lambda key: key.int % 2)

    def _poll(self) -> list[Record]:
        polled, self.records = self.records, []
        return polled

    def _read(self, ids: Collection[UUID]) -> Cards:
        self.asked.append(set(ids))
        return Cards({id: card for id, card in self.cards.items() if id in ids}, dict(self.positions))

    def _publish(self, cards: Mapping[UUID, bytes | None], read: Mapping[int, int]) -> None:
        if not self.reachable:
            raise Unavailable("Kafka")
        self.published.append((dict(cards), dict(read)))


def record(key: UUID, position: int, name: str = "client.registered.v1") -> Record:
    return Record(key.int % 2, position * 10, position, key, key, 1, name, b"")


def test_of_all_that_became_of_a_client_in_a_batch_there_is_one_card() -> None:
    world = World(record(ANN, 1), record(BEN, 2), record(ANN, 3, "client.name-corrected.v1"))
    world.positions, world.cards = {0: 3, 1: 5}, {ANN: '{"name":"Ann"}', BEN: '{"name":"Ben"}'}

    assert world.publisher().step() == 3
    assert world.published == [
        ({ANN: b'{"position":3,"name":"Ann"}', BEN: b'{"position":5,"name":"Ben"}'}, {0: 31, 1: 21})
    ]


def test_what_is_of_no_client_moves_on_and_publishes_nothing() -> None:
    world = World(record(ANN, 1, "note.written.v1"), record(BEN, 2, "sale.recorded.v1"))

    assert world.publisher().step() == 2
    assert (world.asked, world.published) == ([], [({}, {0: 11, 1: 21})])


def test_who_has_no_card_has_a_tombstone() -> None:
    world = World(record(ANN, 1, "client.person-noted.v1"))
    world.positions = {0: 1}

    world.publisher().step()

    assert world.published == [({ANN: None}, {0: 11})]


def test_nothing_is_published_before_the_read_model_knows_it_and_nothing_is_skipped() -> None:
    world = World(record(ANN, 1), record(BEN, 2))
    world.positions, world.cards = {0: 1, 1: 1}, {ANN: '{"name":"Ann"}', BEN: '{"name":"Benno"}'}
    publisher = world.publisher()

    with pytest.raises(Behind):
        publisher.step()
    assert world.published == []

    world.records, world.positions, world.cards[BEN] = [record(BEN, 3)], {0: 1, 1: 2}, '{"name":"Ben"}'
    assert publisher.step() == 2
    assert world.published[0][0][BEN] == b'{"position":2,"name":"Ben"}'
    world.positions = {0: 1, 1: 3}
    assert publisher.step() == 1


def test_what_could_not_be_published_is_not_taken_for_done() -> None:
    world = World(record(ANN, 1))
    world.positions, world.cards, world.reachable = {0: 1}, {ANN: '{"name":"Ann"}'}, False
    publisher = world.publisher()

    with pytest.raises(Unavailable):
        publisher.step()
    world.reachable = True
    assert publisher.step() == 1
    assert len(world.published) == 1
