"""By what a gift is brought back: the code on its receipt, and the token of what a till has opened with it."""

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID

# Crockford's base 32: no letter that is read as a digit, or as another one.
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})

CONTEXT: Final = b"gift-receipt"
"""What a token of a receipt is sealed for."""


@dataclass(frozen=True, slots=True)
class GiftReceipt:
    """Which pieces were opened at a till: those of the mark whose code was brought, or of a line by serial number."""

    sale_id: UUID
    ordinal: int
    mark_id: UUID | None = None

    def content(self) -> bytes:
        """What a token holds, sealed."""
        return json.dumps([str(self.sale_id), self.ordinal, self.mark_id and str(self.mark_id)]).encode()


def from_content(content: bytes) -> GiftReceipt:
    sale_id, ordinal, mark_id = json.loads(content)
    return GiftReceipt(UUID(sale_id), ordinal, mark_id and UUID(mark_id))


def receipt_code(id: UUID) -> str:
    """A code to be printed and typed, of 60 of the id's random bits: `7QK4-X2MN-0WTZ`."""
    letters = "".join(_LETTERS[id.int >> shift & 31] for shift in range(55, -1, -5))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def as_printed(typed: str) -> str:
    """A receipt code as it was printed, however it was typed; another text stays some other text."""
    plain = typed.upper().translate(_READ_AS)
    return "-".join((plain[:4], plain[4:8], plain[8:]))
