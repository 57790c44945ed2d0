"""Which partition a stream's events go to: Kafka's own hash of the key's text, so that any client can compute it."""

from functools import lru_cache
from typing import Final
from uuid import UUID

_SEED: Final = 0x9747B28C
_M: Final = 0x5BD1E995
_32_BITS: Final = 0xFFFFFFFF


@lru_cache(maxsize=1 << 17)
def partition_of(key: UUID, partitions: int) -> int:
    """The partition of a stream's key; the same for ever, as long as the number of partitions is."""
    return (murmur2(str(key).encode()) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """The 32-bit murmur2 of Kafka's Java client, as an unsigned number."""
    whole = len(data) & ~3
    h = _SEED ^ len(data)
    for at in range(0, whole, 4):
        k = int.from_bytes(data[at : at + 4], "little") * _M & _32_BITS
        k = (k ^ k >> 24) * _M & _32_BITS
        h = h * _M & _32_BITS ^ k
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * _M & _32_BITS
    h = (h ^ h >> 13) * _M & _32_BITS
    return h ^ h >> 15
