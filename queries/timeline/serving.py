"""Who came to serve a client, and who no longer does."""

from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select, true

from projections.affiliations import affiliation, handover, named
from queries.affiliation import SCOPE, ServesFor
from queries.timeline.line import CLIENT_ID, Kind, Line, come, day_or, lines


class OfAffiliation(Line):
    associate_id: str
    store_id: str | None
    scope: ServesFor
    covers: Annotated[str | None, Field(description="The associate in whose place she serves for that time.")]


class AffiliationBegun(OfAffiliation):
    """An associate came to serve her."""

    kind: Literal[Kind.AFFILIATION_BEGUN]
    reassignment_id: Annotated[UUID | None, Field(description="The handover by which it began, if it was one.")]


class AffiliationEnded(OfAffiliation):
    """The last day on which an associate served her."""

    kind: Literal[Kind.AFFILIATION_ENDED]


class PrimaryNamed(Line):
    """An associate, or nobody, was named her primary one from this day on."""

    kind: Literal[Kind.PRIMARY_NAMED]
    associate_id: str | None
    until: date | None


class HandedOver(Line):
    """She was handed over from one associate to another; `at` is when that was recorded."""

    kind: Literal[Kind.HANDOVER]
    giver: str
    taker: Annotated[str | None, Field(description="Null if the giver took her along to another store.")]
    since: Annotated[date | None, Field(description="The first day on which the taker serves her.")]


_AFFILIATION: Final = (*affiliation.c["associate_id", "store_id"], SCOPE, affiliation.c.covers)
_TAKEN: Final = (
    select(func.min(affiliation.c.associate_id).label("taker"), func.min(affiliation.c.since).label("since"))
    .where(
        affiliation.c.client_id == handover.c.client_id,
        affiliation.c.reassignment_id == handover.c.reassignment_id,
        affiliation.c.associate_id != handover.c.giver,
    )
    .correlate(handover)
    .lateral("taken")
)

SELECTS: Final[tuple[Select[Any], ...]] = (
    lines(
        Kind.AFFILIATION_BEGUN,
        day_or(affiliation.c.since, affiliation.c.begun_at),
        affiliation.c.affiliation_id,
        *_AFFILIATION,
        affiliation.c.reassignment_id,
    ).where(affiliation.c.client_id == CLIENT_ID, come(affiliation.c.since)),
    lines(
        Kind.AFFILIATION_ENDED,
        day_or(affiliation.c.until, affiliation.c.begun_at),
        affiliation.c.affiliation_id,
        *_AFFILIATION,
    ).where(affiliation.c.client_id == CLIENT_ID, affiliation.c.until.is_not(None), come(affiliation.c.until)),
    lines(
        Kind.PRIMARY_NAMED, day_or(named.c.since, named.c.named_at), named.c.ordinal, *named.c["associate_id", "until"]
    ).where(named.c.client_id == CLIENT_ID, come(named.c.since)),
    lines(Kind.HANDOVER, handover.c.handed_over_at, handover.c.reassignment_id, handover.c.giver, *_TAKEN.c)
    .select_from(handover.join(_TAKEN, true()))
    .where(handover.c.client_id == CLIENT_ID),
)
