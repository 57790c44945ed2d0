"""Which pieces of a sale are gifts, by whom and for whom, and what became of them?

A mark is one row: a gift, or what the client keeps for herself. What was sold, when and for how much stands on the
sale's line, and who the people are on their cards: both are joined when asked. What came back of a mark has rows of its
own, so that putting a mark right leaves them as they are. Whoever has to do with a gift has a row too, which repeats of
the mark what lists of many clients ask.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Text, Uuid

from domain.personal import unless_erased
from domain.sale.events import (
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LineServiced,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
)
from domain.sale.facts import MOST_GIVERS
from projections.projection import Projection, Rows

GIFT: Final = "gift"
OWN: Final = "own"

gifts: Final = Projection("gifts", 5)

mark: Final = gifts.owned(
    "gift_mark",
    "sale_id",
    Column("mark_id", Uuid, primary_key=True),
    Column("ordinal", Integer),
    Column("quantity", Integer),
    Column("kind", Text),
    Column("recipient_id", Uuid),
    Column("occasion_source", Text),
    Column("occasion_name", Text),
    Column("occasion_day", Date),
    Column("released_on", Date),  # without it the recipient's own file may not show the gift
    Column("discreet", Boolean),
    Column("receipt_code", Text),
    Column("event_id", Uuid),  # of what said this last
    Column("marked_at", DateTime(timezone=True)),
    covered=("ordinal", "quantity", "kind", "recipient_id"),
)
Index(f"{mark.name}_recipient", mark.c.recipient_id)
Index(f"{mark.name}_receipt", mark.c.receipt_code)

RECIPIENT: Final = -1
"""The place of the recipient among all who have to do with a gift."""

# Who gives and who is given: each stands at a place, givers from 0 on, so that those whom a mark no longer names can be
# taken away. What it is, for whom and when, is found by her id, whichever side she is on, in one index (ADR 0022).
party: Final = gifts.owned(
    "gift_party",
    "sale_id",
    Column("mark_id", Uuid, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("person_id", Uuid),
    Column("parts", Integer),  # of who gives
    # As on the mark; the last three in the row of the recipient only.
    Column("ordinal", Integer),
    Column("quantity", Integer),
    Column("recipient_id", Uuid),
    Column("occasion_day", Date),
    Column("released_on", Date),
    Column("discreet", Boolean),
    Column("event_id", Uuid),
)
Index(
    f"{party.name}_person",
    party.c.person_id,
    postgresql_include=[
        *("place", "sale_id", "mark_id", "ordinal", "quantity", "recipient_id"),
        *("occasion_day", "released_on", "discreet", "event_id"),
    ],
)

# A return takes pieces of several marks, and pieces of none, which are not here.
given_back: Final = gifts.owned(
    "gift_return",
    "sale_id",
    Column("mark_id", Uuid, primary_key=True),
    Column("return_id", Uuid, primary_key=True),
    Column("quantity", Integer),
    Column("occurred_at", DateTime(timezone=True)),
    Column("credited_to_id", Uuid),  # who has the money, if not the sale's client
    Column("exchanged_for", Uuid),  # the sale that was taken in its place
)

service: Final = gifts.owned(
    "gift_service",
    "sale_id",
    Column("service_id", Uuid, primary_key=True),
    Column("ordinal", Integer),
    Column("mark_id", Uuid),
    Column("service", Text),
    Column("store_id", Text),
    Column("occurred_at", DateTime(timezone=True)),
)

# What was declined, and what was marked and taken away again: a proposal that was confirmed gave the mark its id.
declined: Final = gifts.owned(
    "gift_declined",
    "sale_id",
    Column("proposal_id", Uuid, primary_key=True),
    Column("ordinal", Integer),
    Column("declined_at", DateTime(timezone=True)),
)


@gifts.on(GiftMarked)
def gift_marked(event: GiftMarked, rows: Rows) -> None:
    occasion = unless_erased(event.occasion)
    what = {
        "ordinal": event.ordinal,
        "quantity": event.quantity,
        "recipient_id": event.recipient_id,
        "occasion_day": occasion and occasion.day,
    }
    shown = {
        "released_on": unless_erased(event.released_on),
        "discreet": event.discreet,
        "event_id": rows.recorded.event_id,
    }
    rows.put(
        mark,
        {**what, **shown},
        mark_id=event.mark_id,
        kind=GIFT,
        occasion_source=occasion and occasion.source.value,
        occasion_name=occasion and occasion.name,
        receipt_code=unless_erased(event.receipt_code),
        marked_at=rows.recorded.recorded_at,
    )
    people: dict[int, Mapping[str, Any]] = {
        place: {**what, "person_id": giver.client_id, "parts": giver.parts} for place, giver in enumerate(event.givers)
    }
    if event.recipient_id is not None:
        people[RECIPIENT] = {**what, **shown, "person_id": event.recipient_id}
    _parties(event.mark_id, people, rows)


@gifts.on(KeptForHerself)
def kept_for_herself(event: KeptForHerself, rows: Rows) -> None:
    rows.put(
        mark,
        mark_id=event.mark_id,
        ordinal=event.ordinal,
        quantity=event.quantity,
        kind=OWN,
        discreet=False,
        event_id=rows.recorded.event_id,
        marked_at=rows.recorded.recorded_at,
    )
    _parties(event.mark_id, {}, rows)


@gifts.on(MarkRemoved)
def mark_removed(event: MarkRemoved, rows: Rows) -> None:
    rows.drop(mark, mark_id=event.mark_id)
    _parties(event.mark_id, {}, rows)
    rows.put(declined, proposal_id=event.mark_id, declined_at=rows.recorded.recorded_at)


@gifts.on(GiftReleaseSet)
def release_set(event: GiftReleaseSet, rows: Rows) -> None:
    released_on = unless_erased(event.released_on)
    rows.patch(mark, mark_id=event.mark_id, released_on=released_on, discreet=event.discreet)
    rows.patch(party, mark_id=event.mark_id, place=RECIPIENT, released_on=released_on, discreet=event.discreet)


@gifts.on(LinesReturned)
def lines_returned(event: LinesReturned, rows: Rows) -> None:
    for back in event.lines:
        if back.mark_id is not None:
            rows.put(
                given_back,
                mark_id=back.mark_id,
                return_id=event.return_id,
                quantity=back.quantity,
                occurred_at=event.occurred_at,
                credited_to_id=event.credited_to_id,
                exchanged_for=event.exchanged_for,
            )


@gifts.on(LineServiced)
def line_serviced(event: LineServiced, rows: Rows) -> None:
    rows.put(
        service,
        service_id=event.service_id,
        ordinal=event.ordinal,
        mark_id=event.mark_id,
        service=event.service,
        store_id=event.store_id,
        occurred_at=event.occurred_at,
    )


@gifts.on(ProposalDeclined)
def proposal_declined(event: ProposalDeclined, rows: Rows) -> None:
    rows.put(declined, proposal_id=event.proposal_id, ordinal=event.ordinal, declined_at=rows.recorded.recorded_at)


def _parties(mark_id: UUID, people: Mapping[int, Mapping[str, Any]], rows: Rows) -> None:
    """These have to do with a mark, by their places, and nobody else."""
    for place in sorted({*range(RECIPIENT, MOST_GIVERS), *people}):
        if place in people:
            rows.put(party, people[place], mark_id=mark_id, place=place)
        else:
            rows.drop(party, mark_id=mark_id, place=place)
