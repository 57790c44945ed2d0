"""The token `Carnet-Position`: how a caller asks a query to wait until it has seen what she wrote.

Opaque to callers. It names the log's incarnation, so that a token from before a restore is recognised, and a partition
and position in it. Nothing in it is secret; the checksum only tells a damaged token from a true one.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zlib import crc32

from domain.refusals import PositionInvalid

HEADER: Final = "Carnet-Position"

_VERSION: Final = 1
_PARTS: Final = struct.Struct(">B16sHQ")  # version, incarnation, partition, position
_CHECKSUM: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Positions:
    """Writes and reads the tokens of one log. `partition_of` tells which partition a stream key belongs to."""

    incarnation: UUID
    partition_of: Callable[[UUID], int]

    def token(self, key: UUID, position: int) -> str:
        """The token for an event at `position`, of a stream with this key."""
        parts = _PARTS.pack(_VERSION, self.incarnation.bytes, self.partition_of(key), position)
        return urlsafe_b64encode(parts + _CHECKSUM.pack(crc32(parts))).rstrip(b"=").decode()

    def read(self, token: str) -> tuple[int, int]:
        """Partition and position of a token; refuses with `PositionInvalid` what no Carnet of this log has written."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            parts, checksum = raw[: _PARTS.size], _CHECKSUM.unpack(raw[_PARTS.size :])[0]
            version, incarnation, partition, position = _PARTS.unpack(parts)
        except (ValueError, NotBase64, struct.error):
            raise PositionInvalid("This is no position that was given out.", HEADER) from None
        if version != _VERSION or checksum != crc32(parts):
            raise PositionInvalid("This is no position that was given out.", HEADER)
        if incarnation != self.incarnation.bytes:
            raise PositionInvalid("This position is of another log, as before a restore.", HEADER)
        return partition, position
