"""What a tickler is about, and so its id: nothing is stored to have one, and the same one is always known again."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

OWN_WORDS: Final = "follow-up"
"""In place of a rule: somebody wrote the tickler herself."""


@dataclass(frozen=True, slots=True)
class About:
    """A rule, what of the client it applies to, and which time of it that is: a year, a count, or `once`."""

    rule_id: str
    cause: str
    occurrence: str


def tickler_id(client_id: UUID, about: About) -> UUID:
    """The same for the same rule, client, cause and occurrence, for ever; the same as `tickler_id` of
    `queries/tickler/causes.py`."""
    said = "\n".join((about.rule_id, str(client_id), about.cause, about.occurrence))
    return UUID(bytes=sha256(said.encode()).digest()[:16])
