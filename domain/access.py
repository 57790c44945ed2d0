"""Who asks, and what a role may do. One pure rule for commands and queries alike."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.refusals import NotAllowed


class Role(StrEnum):
    ASSOCIATE = "associate"
    MANAGER = "manager"
    HEAD_OFFICE = "head-office"
    AUDITOR = "auditor"
    SUBSCRIBER = "subscriber"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a caller may do. Which rows it may do it to is decided by visibility, beside each query."""

    READ_CLIENTS = "read clients"
    CHANGE_CLIENTS = "change clients"
    RECORD_SALES = "record sales"
    READ_HISTORY = "read a client's history"
    KEEP_ORGANIZATIONS = "keep the organizations"


_SERVES_CLIENTS: Final = frozenset({Right.READ_CLIENTS, Right.CHANGE_CLIENTS, Right.RECORD_SALES})

RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.ASSOCIATE: _SERVES_CLIENTS,
    Role.MANAGER: _SERVES_CLIENTS | {Right.KEEP_ORGANIZATIONS},
    Role.HEAD_OFFICE: _SERVES_CLIENTS | {Right.KEEP_ORGANIZATIONS},
    Role.AUDITOR: frozenset({Right.READ_CLIENTS, Right.READ_HISTORY}),
    Role.SUBSCRIBER: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or process a request acts for; identifiers only.

    `on_behalf_of` is the associate for whom somebody else (an assistant, a feed) acts.
    """

    id: str
    role: Role
    store_id: str | None = None
    on_behalf_of: str | None = None


def require(caller: Caller, right: Right) -> None:
    """Refuses with `NotAllowed` unless the caller's role holds the right."""
    if right not in RIGHTS[caller.role]:
        raise NotAllowed(f"The role {caller.role} may not {right}.")


class Privacy(StrEnum):
    """Who reads a note, besides who keeps it: everybody who sees the client, nobody, or a circle of associates."""

    OPEN = "open"
    PRIVATE = "private"
    CIRCLE = "circle"


def reads_note(caller: Caller, keeper: str, privacy: Privacy, circle: Collection[str]) -> bool:
    """Whether a caller who sees the client reads this note about her.

    No role reads more than another, and who acts on behalf of somebody reads as herself.
    """
    return privacy is Privacy.OPEN or caller.id == keeper or (privacy is Privacy.CIRCLE and caller.id in circle)
