"""A receipt: proof that a command was answered, so that asking again gets the first answer.

The receipt is the only event of a stream named after the caller and the Idempotency-Key, appended together with the
events it answers for. It holds ids and a keyed fingerprint of the body, nothing of the body itself, and is not relayed.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.values import named_id


@dataclass(frozen=True, slots=True)
class Refused:
    """What was said along with a command and not recorded: why, and in which field it stood. Nothing is personal."""

    code: str
    detail: str
    field: str | None


@dataclass(frozen=True, slots=True)
class CommandAnswered:
    """The command changed the stream `stream_id` to `version`; `subject_id` is the thing it made or changed in it."""

    fingerprint: str
    stream_id: UUID
    version: int
    subject_id: UUID
    refused: tuple[Refused, ...] = ()


RECEIPTS: Final = UUID("c0a5f0b2-3a0e-5b71-a7b0-94f6c6d0f5e7")


def receipt_id(caller_id: str, key: str) -> UUID:
    """The stream of the receipt for this caller's key: another caller's same key is another receipt."""
    return named_id(RECEIPTS, caller_id, key)
