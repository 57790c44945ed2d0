"""Who asks, and what a role may do. One pure rule for commands and queries alike."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from domain.event_policy import HOUSE_EVENTS, EventPolicy
from domain.gift_policy import HOUSE_GIFTS, GiftPolicy
from domain.refusals import NotAllowed


class Role(StrEnum):
    ASSOCIATE = "associate"
    MANAGER = "manager"
    HEAD_OFFICE = "head-office"
    AUDITOR = "auditor"
    SUBSCRIBER = "subscriber"
    POINT_OF_SALE = "point-of-sale"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a caller may do. Which rows it may do it to is decided by visibility, beside each query."""

    READ_CLIENTS = "read clients"
    CHANGE_CLIENTS = "change clients"
    RECORD_SALES = "record sales"
    FEED = "tell what another system recorded"
    READ_HISTORY = "read a client's history"
    ASSIGN_CLIENTS = "say whom others serve"
    READ_HOUSE = "read who works where"
    RUN_HOUSE = "change stores and associates"
    KEEP_ORGANIZATIONS = "keep the organizations"
    KEEP_CALENDAR = "keep the calendar"
    SET_RULES = "set the rules of ticklers"
    DISCLOSE = "tell personal data in clear"


_SERVES_CLIENTS: Final = frozenset({Right.READ_CLIENTS, Right.CHANGE_CLIENTS, Right.RECORD_SALES, Right.READ_HOUSE})

RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.ASSOCIATE: _SERVES_CLIENTS,
    Role.MANAGER: _SERVES_CLIENTS | {Right.ASSIGN_CLIENTS, Right.KEEP_ORGANIZATIONS, Right.KEEP_CALENDAR},
    Role.HEAD_OFFICE: _SERVES_CLIENTS
    | {
        Right.ASSIGN_CLIENTS,
        Right.RUN_HOUSE,
        Right.KEEP_ORGANIZATIONS,
        Right.KEEP_CALENDAR,
        Right.SET_RULES,
        Right.FEED,
        Right.DISCLOSE,
    },
    Role.AUDITOR: frozenset({Right.READ_CLIENTS, Right.READ_HISTORY, Right.READ_HOUSE, Right.DISCLOSE}),
    Role.SUBSCRIBER: frozenset(),
    Role.POINT_OF_SALE: frozenset({Right.FEED}),
    Role.ADMINISTRATOR: frozenset({Right.READ_HOUSE, Right.RUN_HOUSE}),
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

    @property
    def acts_as(self) -> str:
        """Whose deed it is: the associate's for whom the caller acts, if she acts for one."""
        return self.on_behalf_of or self.id

    @property
    def serves_as(self) -> frozenset[str]:
        """Whose clients are hers: her own, and those of whom she acts for."""
        return frozenset({self.id} if self.on_behalf_of is None else {self.id, self.on_behalf_of})


class Sharing(StrEnum):
    """Which clients a role sees: all of the house's, those of the caller's store, or those she serves herself."""

    HOUSE = "house"
    STORE = "store"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the house has settled about who sees whom, over how many months a home store is worked out, about gifts, and
    about what calendar events sell.

    A role without a level of sharing of its own sees only the clients it serves.
    """

    sharing: Mapping[Role, Sharing]
    home_store_months: int
    gifts: GiftPolicy = HOUSE_GIFTS
    events: EventPolicy = HOUSE_EVENTS

    def sharing_of(self, role: Role) -> Sharing:
        return self.sharing.get(role, Sharing.OWN)


# A client who walks into another city's store must be found there, not registered twice.
HOUSE_POLICY: Final = Policy(
    sharing={
        Role.ASSOCIATE: Sharing.HOUSE,
        Role.MANAGER: Sharing.HOUSE,
        Role.HEAD_OFFICE: Sharing.HOUSE,
        Role.AUDITOR: Sharing.HOUSE,
    },
    home_store_months=24,
)


@dataclass(frozen=True, slots=True)
class Viewer(Caller):
    """A caller who looks something up: what the house lets her see, and when she asks."""

    policy: Policy = field(kw_only=True)
    now: datetime = field(kw_only=True)

    @property
    def today(self) -> date:
        """The day on which she asks, in UTC: what day it is where she works depends on the store."""
        return self.now.astimezone(UTC).date()

    @property
    def sharing(self) -> Sharing:
        return self.policy.sharing_of(self.role)


def viewer(caller: Caller, policy: Policy, now: datetime) -> Viewer:
    """The caller as one who looks something up."""
    return Viewer(caller.id, caller.role, caller.store_id, caller.on_behalf_of, policy=policy, now=now)


def sees_client(
    sharing: Sharing, caller: Caller, store_id: str | None, serving: Iterable[tuple[str, str | None]]
) -> bool:
    """Whether a caller whose role shares like this sees a client; the same as `client` of `queries/visibility.py`.

    `store_id` is the store that registered her; `serving` are the associates whose affiliations with her are in force,
    each with the store where she serves.
    """
    serving = list(serving)
    if any(associate_id in caller.serves_as for associate_id, _ in serving):
        return True
    match sharing:
        case Sharing.HOUSE:
            return True
        case Sharing.STORE:
            return caller.store_id is not None and caller.store_id in {store_id, *(store for _, store in serving)}
        case Sharing.OWN:
            return False


def sees_book(caller: Caller, associate_id: str, store_id: str | None) -> bool:
    """Whether a caller sees the book of an associate who works at this store; the same as `book` of
    `queries/visibility.py`."""
    if associate_id in caller.serves_as or caller.role is Role.HEAD_OFFICE:
        return True
    return caller.role is Role.MANAGER and caller.store_id is not None and caller.store_id == store_id


def sees_store(caller: Caller, store_id: str) -> bool:
    """Whether a caller sees what is planned and done at a store; the same as `store` of `queries/visibility.py`."""
    if caller.role is Role.HEAD_OFFICE:
        return True
    return caller.role in {Role.ASSOCIATE, Role.MANAGER} and caller.store_id == store_id


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
