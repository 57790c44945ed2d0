"""A tickler as it is shown: what is to be done, for whom and why, and what a call needs."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field

from domain.tickler_cause import OWN_WORDS
from domain.tickler_rule import Cause
from queries.client_card import Name
from queries.contactable import EXAMPLE_CONVERSATION, EXAMPLE_REACHED_AT, Conversation, ReachedAt
from queries.invited import Standing
from queries.ports import Json, example
from queries.tickler.state import How, State


class About(BaseModel):
    """What names it, whoever acts on it: its rule, its cause, and which time of it."""

    rule_id: Annotated[str, Field(description=f"`{OWN_WORDS}` where somebody wrote it herself.")]
    cause: str
    occurrence: str


class Client(BaseModel):
    client_id: UUID
    name: Name | None


class Person(BaseModel):
    """Somebody linked to the client: no more of her than who she is."""

    client_id: Annotated[UUID, Field(description="Her own id, also if she is no client.")]
    link_id: UUID
    name: Name | None
    relation: Annotated[str, Field(description="What she is to the client.")]


class TicklerOwner(BaseModel):
    """Whose it is: an associate's, or else the store's, where whoever comes first may take it."""

    associate_id: str | None
    name: Annotated[str | None, Field(description="As the house knows her.")]
    store_id: Annotated[str | None, Field(description="The client's home store, if it is nobody's.")]


class Why(BaseModel):
    """What it follows from: the ids say which one, `events` which events of the log say so."""

    kind: Annotated[str, Field(description=f"{', '.join(Cause)}, or {OWN_WORDS}.")]
    day: Annotated[date, Field(description="The day from which it is counted, at the store where it was.")]
    name: Annotated[str | None, Field(description="What the date, the event or the piece is called.")]
    at: Annotated[datetime | None, Field(description="The time, of what has one.")]
    category: Annotated[str | None, Field(description="Of goods: who serves her for these is meant.")]
    date_id: UUID | None
    link_id: UUID | None
    calendar_event_id: UUID | None
    sale_id: Annotated[UUID | None, Field(description="Never that of a gift to her.")]
    ordinal: int | None
    gift_id: Annotated[UUID | None, Field(description="Of what she was given.")]
    appointment_id: UUID | None
    visit_id: UUID | None
    follow_up_id: UUID | None
    events: list[UUID]


class OfCalendarEvent(BaseModel):
    calendar_event_id: UUID
    name: str
    kind: str
    first_day: date
    last_day: date
    standing: Annotated[list[Standing], Field(description="How the client stands to it: all that is so.")]


class GivenBefore(BaseModel):
    """What the client gave for the same occasion, to this very person."""

    gift_id: UUID
    day: date
    sku: str
    description: str
    brand: str | None
    category: str | None
    quantity: int
    returned_quantity: Annotated[int, Field(description="What came back of it or was exchanged: not to be mentioned.")]


class GivenTo(BaseModel):
    """For whom a piece was."""

    client_id: UUID
    name: Name | None


class NotToMention(BaseModel):
    """A gift of hers that whom it was for brought back or exchanged, and that she may not know of."""

    gift_id: UUID
    description: str
    recipient: GivenTo | None


class Ended(BaseModel):
    how: How
    by: str | None
    at: datetime | None
    outreach_id: Annotated[UUID | None, Field(description="The contact behind it; null: there was none.")]
    remark: str | None


class Tickler(BaseModel):
    """A dated reason to act on a client, and whatever a call needs."""

    tickler_id: UUID
    about: Annotated[About, Field(description="As it is said to whatever acts on it.")]
    version: Annotated[int | None, Field(description="The version of the rule; null if somebody wrote it herself.")]
    text: Annotated[str | None, Field(description="What is to be done. Null if it was erased.")]
    state: State
    due: Annotated[date, Field(description="When it is to be done: when it was put off to, if it was.")]
    shows_on: Annotated[date, Field(description="From when on it is on the list.")]
    expires_on: Annotated[date | None, Field(description="Its last day; null: it is over by nothing but being done.")]
    put_off_until: date | None
    owner: TicklerOwner
    client: Client
    person: Person | None
    why: Why
    calendar_event: OfCalendarEvent | None
    contact_point: Annotated[
        ReachedAt | None, Field(description="The one to use; of a surprise, none at which others may answer.")
    ]
    last_conversation: Conversation | None
    given: Annotated[list[GivenBefore], Field(description="The latest first.")]
    given_to: Annotated[list[GivenTo], Field(description="For whom the piece was that she bought.")]
    not_to_mention: list[NotToMention]
    ended: Ended | None


EXAMPLE: Final[Json] = {
    "tickler_id": "8a5f1c2e-3b4d-4e5f-9a6b-7c8d9e0f1a2b",
    "about": {
        "rule_id": "gift-for-linked",
        "cause": "1d2c3b4a-5f6e-4d7c-8b9a-0f1e2d3c4b5a",
        "occurrence": "2026",
    },
    "version": 1,
    "text": "Propose a gift",
    "state": "overdue",
    "due": "2026-05-17",
    "shows_on": "2026-05-03",
    "expires_on": "2026-06-28",
    "put_off_until": None,
    "owner": {"associate_id": "ines", "name": "Inès Laurent", "store_id": None},
    "client": {
        "client_id": "5f0c8f6e-6f0e-4c53-9a55-0d2f3a4f7c11",
        "name": {"family": "Dupont", "given": "Paul", "title": "M."},
    },
    "person": {
        "client_id": "6a1d9f7f-7f1f-4d64-8b66-1e3a4b5c6d22",
        "link_id": "1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90",
        "name": {"family": "Dupont", "given": "Colette", "title": "Mme"},
        "relation": "wife",
    },
    "why": {
        "kind": "linked-date",
        "day": "2026-06-14",
        "name": "birthday",
        "at": None,
        "category": None,
        "date_id": "1d2c3b4a-5f6e-4d7c-8b9a-0f1e2d3c4b5a",
        "link_id": "1b6f2c1e-8d43-5f3e-9c7a-5a1f0e6d2b90",
        "calendar_event_id": None,
        "sale_id": None,
        "ordinal": None,
        "gift_id": None,
        "appointment_id": None,
        "visit_id": None,
        "follow_up_id": None,
        "events": ["0c9b8a7d-6e5f-4d3c-8b2a-1f0e9d8c7b6a"],
    },
    "calendar_event": None,
    "contact_point": EXAMPLE_REACHED_AT,
    "last_conversation": EXAMPLE_CONVERSATION,
    "given": [
        {
            "gift_id": "9e8d7c6b-5a49-4382-9170-6f5e4d3c2b1a",
            "day": "2025-06-14",
            "sku": "E-2",
            "description": "Earrings",
            "brand": "Aurélie",
            "category": "jewelry",
            "quantity": 1,
            "returned_quantity": 0,
        }
    ],
    "given_to": [],
    "not_to_mention": [],
    "ended": None,
}


class Ticklers(BaseModel):
    """Ticklers by the day on which they are due."""

    model_config = example(on="2026-05-18", items=[EXAMPLE], next_cursor=None)
    on: Annotated[date, Field(description="The day asked about: by default today, where the store is.")]
    items: list[Tickler]
    next_cursor: str | None
