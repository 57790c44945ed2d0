"""Which partition a key goes to is for ever, and the same for every Kafka client: the published vectors."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as theirs  # type: ignore[import-untyped]

from infra.broker.partition import murmur2, partition_of

# Those of Kafka's own tests (clients, UtilsTest), as signed numbers.
KAFKA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}

# Ours, of keys as they are sent, for 24 partitions.
CARNET = {
    "00000000-0000-0000-0000-000000000000": 21,
    "00000000-0000-0000-0000-00000000000a": 9,
    "0b8f6a52-7d1c-4e3a-9c55-2f1de8a4c071": 4,
    "f47ac10b-58cc-4372-a567-0e02b2c3d479": 14,
    "ffffffff-ffff-ffff-ffff-ffffffffffff": 18,
}


@pytest.mark.parametrize(("data", "signed"), KAFKA.items())
def test_the_hash_is_kafkas(data: bytes, signed: int) -> None:
    assert murmur2(data) == signed % 2**32


@given(st.binary(max_size=80))
def test_the_hash_is_the_librarys(data: bytes) -> None:
    assert murmur2(data) == theirs(data)


@pytest.mark.parametrize(("key", "partition"), CARNET.items())
def test_a_key_stays_in_its_partition(key: str, partition: int) -> None:
    assert partition_of(UUID(key), 24) == partition


@given(st.uuids(), st.integers(1, 100))
def test_every_partition_is_one_that_there_is(key: UUID, partitions: int) -> None:
    assert 0 <= partition_of(key, partitions) < partitions
