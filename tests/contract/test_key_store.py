"""What every store of person keys promises, in memory and on PostgreSQL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from random import Random
from threading import Barrier
from typing import Protocol
from uuid import UUID, uuid4

import psycopg
import pytest

from consumers.source import Unavailable
from infra.keys.person import KeyDamaged, Keys, PersonErased
from infra.keys.store import KeyStore
from tests.support.log import ANN, BEN, MemoryKeys, until_done_or_waiting

NONCE = bytes(12)


class DestructibleKeys(Keys, Protocol):
    def destroy(self, person: UUID) -> None: ...


@pytest.fixture(params=["memory", "postgres"])
def keys(request: pytest.FixtureRequest) -> Iterator[DestructibleKeys]:
    if request.param == "memory":
        yield MemoryKeys()
        return
    database: Callable[[], str] = request.getfixturevalue("database")
    store = KeyStore(database(), bytes(32), connections=2)
    store.migrate()
    yield store
    store.close()


def seal(keys: Keys, person: UUID) -> bytes:
    cipher = keys.make([person])[person].cipher
    assert cipher is not None
    return cipher.encrypt(NONCE, b"personal", None)


def test_a_person_has_one_key_for_ever(keys: DestructibleKeys) -> None:
    first = keys.make([ANN, BEN, ANN])
    again = keys.make([BEN, ANN])

    assert {person: key.id for person, key in first.items()} == {person: key.id for person, key in again.items()}
    assert first.keys() == {ANN, BEN}
    assert first[ANN].id != first[BEN].id
    assert seal(keys, ANN) != seal(keys, BEN)


def test_what_was_sealed_is_opened_by_the_key_with_its_id(keys: DestructibleKeys) -> None:
    sealed = seal(keys, ANN)
    id = keys.make([ANN])[ANN].id

    fetched = keys.fetch([id, id])

    assert fetched.keys() == {id}
    cipher = fetched[id].cipher
    assert cipher is not None
    assert cipher.decrypt(NONCE, sealed, None) == b"personal"
    assert fetched[id].person == ANN


def test_an_id_that_nobody_made_is_absent(keys: DestructibleKeys) -> None:
    assert keys.fetch([uuid4()]) == {}
    assert keys.fetch([]) == {}
    assert keys.make([]) == {}


def test_a_destroyed_key_is_known_as_destroyed(keys: DestructibleKeys) -> None:
    ids = {person: key.id for person, key in keys.make([ANN, BEN]).items()}

    keys.destroy(ANN)
    keys.destroy(ANN)

    fetched = keys.fetch(ids.values())
    assert fetched[ids[ANN]].cipher is None
    assert fetched[ids[ANN]].person == ANN
    assert fetched[ids[BEN]].cipher is not None


def test_nobody_makes_a_second_key_for_an_erased_person(keys: DestructibleKeys) -> None:
    keys.make([ANN])
    keys.destroy(ANN)
    keys.destroy(BEN)

    for person in (ANN, BEN):
        with pytest.raises(PersonErased) as refused:
            keys.make([uuid4(), person])
        assert refused.value.persons == [person]


def test_no_key_is_shown(keys: DestructibleKeys) -> None:
    assert "cipher" not in repr(keys.make([ANN]))


def test_many_makers_of_the_same_keys_agree(database: Callable[[], str]) -> None:
    store = KeyStore(database(), bytes(32), connections=4)
    store.migrate()
    persons = [uuid4() for _ in range(200)]
    start = Barrier(4)

    def make(seed: int) -> dict[UUID, UUID]:
        mine = Random(seed).sample(persons, len(persons))
        start.wait()
        return {person: key.id for person, key in store.make(mine).items()}

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(4)))

    assert all(each == made[0] for each in made)
    assert made[0].keys() == set(persons)
    store.close()


def test_keys_are_made_in_one_order_so_that_nobody_waits_in_a_ring(database: Callable[[], str]) -> None:
    url = database()
    store = KeyStore(url, bytes(32), connections=1)
    store.migrate()
    insert = "INSERT INTO person_key (person, key_id, destroyed_at) VALUES (%s, gen_random_uuid(), now())"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url) as other:
        other.execute(insert, (ANN,))
        making = pool.submit(store.make, [BEN, ANN])
        until_done_or_waiting(url, making.done)
        other.execute(insert, (BEN,))
        other.rollback()
        assert making.result(timeout=30).keys() == {ANN, BEN}
    store.close()


def test_migrating_at_once_is_harmless(database: Callable[[], str]) -> None:
    url = database()
    stores = [KeyStore(url, bytes(32), connections=1) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(KeyStore.migrate, stores))
    stores[0].make([ANN])
    for store in stores:
        store.close()


def test_keys_lie_wrapped_and_destroyed_ones_not_at_all(database: Callable[[], str]) -> None:
    url = database()
    store = KeyStore(url, bytes(32), connections=1)
    store.migrate()
    store.make([ANN, BEN])
    store.destroy(ANN)

    stranger = KeyStore(url, bytes([1]) * 32, connections=1)
    with pytest.raises(KeyDamaged):
        stranger.make([BEN])
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT person, wrapped IS NULL, destroyed_at IS NULL FROM person_key ORDER BY 1")
        assert rows.fetchall() == [(ANN, True, False), (BEN, False, True)]
        connection.execute("UPDATE person_key SET wrapped = %s WHERE person = %s", (bytes(60), BEN))
    with pytest.raises(KeyDamaged):
        store.make([BEN])
    stranger.close()
    store.close()


def test_a_store_out_of_reach_says_so_once_however_many_connections_were_lost(database: Callable[[], str]) -> None:
    url = database()
    store = KeyStore(url, bytes(32), connections=3)
    store.migrate()
    with ExitStack() as used:
        for _ in range(3):
            used.enter_context(store._connection())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with pytest.raises(Unavailable):
        store.make([ANN])
    for _ in range(3):
        assert store.make([ANN]).keys() == {ANN}
    store.close()
