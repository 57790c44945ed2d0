"""What commands about contacts with a client share: whose they are, where and when they were, and what they name."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.fields import Body, Sentence, Word
from commands.needs import Check, Needs, known_client, known_event, known_store
from commands.ports import Ports
from domain import store
from domain.access import RIGHTS, Caller, Right
from domain.refusals import NotAllowed, Refusal
from domain.tickler_cause import About

StoreId = Annotated[Word | None, Field(description="Where it is. Default: the caller's own store.")]
Items = Annotated[tuple[Word, ...], Field(max_length=50, description="The ids of what was shown.")]
CalendarEventId = Annotated[UUID | None, Field(description="The calendar event that it belongs to.")]


class Tickler(Body):
    """Which tickler it is, as every answer about it says: its rule, its cause, and which time of that."""

    rule_id: Word
    cause: Sentence
    occurrence: Word

    def value(self) -> About:
        return About(self.rule_id, self.cause, self.occurrence)


def passed(at: datetime | None, ports: Ports, invalid: type[Refusal]) -> datetime:
    """When it was: now, unless it is said; refuses as `invalid` what is yet to be."""
    if at is not None and ports.lies_ahead(at):
        raise invalid("This lies in the future.", "at")
    return at or ports.clock()


def where(store_id: str | None, caller: Caller, invalid: type[Refusal]) -> str:
    """The store that was named, or the caller's own."""
    if found := store_id or caller.store_id:
        return found
    raise invalid("You have no store of your own, so the store must be named.", "store_id")


def named(
    client_id: UUID, calendar_event_id: UUID | None, store_id: str | None, of_client: Check | None = None
) -> Needs:
    """What there has to be: the client, the calendar event and the store that the body names."""
    needs: Needs = {client_id: of_client or known_client}
    if calendar_event_id:
        needs[calendar_event_id] = known_event
    if store_id:
        needs[store.stream_id(store_id)] = known_store("store_id")
    return needs


def require_hers(caller: Caller, associate_id: str) -> None:
    """An associate takes back what is recorded of herself; who answers for others what is recorded of them."""
    if associate_id not in caller.serves_as and Right.ASSIGN_CLIENTS not in RIGHTS[caller.role]:
        raise NotAllowed("Another associate's contact is withdrawn by herself, or by a manager.")
