"""How is a client reached, and when did somebody of the house last speak with her?

For whoever calls many clients: selects of one row for each client, of those for whom there is one, to be joined.
"""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, select, true

from domain.client.facts import ContactKind, ContactState
from projections.client_card import contact_point
from projections.contacts import outreach
from queries.outreach import REACHED
from queries.ports import Json

EXAMPLE_CONVERSATION: Final[Json] = {
    "outreach_id": "3f2b1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d",
    "at": "2026-03-02T14:30:00+00:00",
    "direction": "out",
    "channel": "call",
    "purpose": "conversational",
    "associate_id": "ines",
    "remark": "She will think about it",
}
EXAMPLE_REACHED_AT: Final[Json] = {
    "contact_point_id": "0b6f2c1e-8d43-4f3e-9c7a-5a1f0e6d2b90",
    "kind": "phone",
    "value": "+33612345678",
    "state": "confirmed",
}


class Conversation(BaseModel):
    """The last contact in which somebody spoke with her, or she answered."""

    outreach_id: UUID
    at: datetime
    direction: str
    channel: str
    purpose: str
    associate_id: str
    remark: str | None


class ReachedAt(BaseModel):
    """The contact point to use: none that comes back, or at which she wants no post."""

    contact_point_id: UUID
    kind: str
    value: str
    state: Annotated[str, Field(description="`confirmed`, or `unconfirmed` if none is.")]


_CONVERSATION: Final = outreach.c["outreach_id", "at", "direction", "channel", "purpose", "associate_id", "remark"]
_POINT: Final = contact_point.c["contact_point_id", "kind", "value", "state"]


def last_conversations(clients: Select[Any]) -> Select[Any]:
    """Of these clients (`client_id`, each once) the last conversation of each: `client_id`, and a `Conversation`."""
    of = clients.subquery("of")
    last = (
        select(*_CONVERSATION)
        .where(outreach.c.client_id == of.c.client_id, REACHED)
        .order_by(outreach.c.at.desc(), outreach.c.outreach_id)
        .limit(1)
        .lateral("last")
    )
    return select(of.c.client_id, *last.c).select_from(of.join(last, true()))


def reached_at(clients: Select[Any], *, surprise: bool = False) -> Select[Any]:
    """Of these clients (`client_id`, each once) the contact point to use for each: `client_id`, and a `ReachedAt`.

    A confirmed one before one that is not, a phone before an e-mail address, then the newest. With `surprise`, what is
    said is to be kept from somebody who may answer: only contact points that are not kept from surprises.
    """
    of = clients.subquery("of")
    usable = [ContactState.CONFIRMED.value, ContactState.UNCONFIRMED.value]
    best = select(*_POINT).where(contact_point.c.client_id == of.c.client_id, contact_point.c.state.in_(usable))
    if surprise:
        best = best.where(contact_point.c.not_for_surprises.is_(False))
    first = (
        best.order_by(
            (contact_point.c.state == ContactState.CONFIRMED.value).desc(),
            (contact_point.c.kind == ContactKind.PHONE.value).desc(),
            contact_point.c.added_at.desc(),
            contact_point.c.contact_point_id,
        )
        .limit(1)
        .lateral("best")
    )
    return select(of.c.client_id, *first.c).select_from(of.join(first, true()))
