"""What several questions about gifts ask of a mark: columns, and what they are made into."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, FromClause, Select, case, cast, func, select

from domain.gift_proposal import Given
from domain.occasion import Source
from domain.sale.facts import GiftOccasion
from projections.client_card import card
from projections.gifts import RECIPIENT, given_back, mark, party
from queries.ports import Json
from queries.sql import combined

giver: Final = (
    select(*party.c["sale_id", "mark_id", "place", "parts"], party.c.person_id.label("giver_id"))
    .where(party.c.place != RECIPIENT)
    .subquery("giver")
)
"""Who gives: whoever has to do with a mark, except its recipient."""


def day_of(at: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day of a time, in UTC."""
    return cast(func.timezone("UTC", at), Date)


_OF_MARK: Final = (given_back.c.sale_id == mark.c.sale_id, given_back.c.mark_id == mark.c.mark_id)
GAVE_UP: Final = (given_back.c.credited_to_id.is_(None), given_back.c.exchanged_for.is_(None))
"""What of a mark the giver brought back herself, and took nothing in its place."""
DO_NOT_MENTION: Final = select(1).where(*_OF_MARK, given_back.c.credited_to_id.is_not(None)).correlate(mark).exists()
"""Whether whom it was given to brought some of a mark back, which who gave it may not know."""
# To whom the money goes it was given; what she has instead is the gift now.
_GIVEN_UP: Final = (
    select(case((func.sum(given_back.c.quantity) >= mark.c.quantity, day_of(func.max(given_back.c.occurred_at)))))
    .where(*_OF_MARK, *GAVE_UP)
    .correlate(mark)
    .scalar_subquery()
)
_EARLIER: Final = mark.alias("earlier")
PIECES_BEFORE: Final = (
    select(func.coalesce(func.sum(_EARLIER.c.quantity), 0))
    .where(_EARLIER.c.sale_id == mark.c.sale_id, _EARLIER.c.ordinal == mark.c.ordinal)
    .where(_EARLIER.c.mark_id < mark.c.mark_id)
    .correlate(mark)
    .scalar_subquery()
)
"""The marked pieces of a line that come before those of a mark: where its portion of the line's net begins."""

OCCASION: Final = combined(source=mark.c.occasion_source, name=mark.c.occasion_name, day=mark.c.occasion_day)


def returned(of: FromClause) -> ColumnElement[int]:
    """How many pieces of a mark, of `sale_id` and `mark_id`, came back, whatever for."""
    of_it = (given_back.c.sale_id == of.c.sale_id, given_back.c.mark_id == of.c.mark_id)
    return func.coalesce(select(func.sum(given_back.c.quantity)).where(*of_it).correlate(of).scalar_subquery(), 0)


RETURNED: Final = returned(mark)

GIVEN: Final[Select[Any]] = (
    select(
        *mark.c["sale_id", "mark_id", "recipient_id"],
        OCCASION.label("occasion"),
        _GIVEN_UP.label("given_up_on"),
    )
    .join_from(giver, mark, (mark.c.sale_id == giver.c.sale_id) & (mark.c.mark_id == giver.c.mark_id))
    .where(giver.c.giver_id == card.c.client_id, mark.c.recipient_id.is_not(None))
    .order_by(mark.c.sale_id, mark.c.mark_id)
    .correlate(card)
)
"""Every gift of the client of the card to somebody who was said."""


def given(row: Json) -> Given:
    """A row of `GIVEN` as the domain has it."""
    up, of = row["given_up_on"], row["occasion"]
    return Given(
        UUID(row["sale_id"]),
        UUID(row["recipient_id"]),
        of and GiftOccasion(Source(of["source"]), of["name"], date.fromisoformat(of["day"])),
        up and date.fromisoformat(up),
    )
