"""What the house learned of a client, and when."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from sqlalchemy import Select

from projections.client_card import address, card, contact_point
from projections.client_facts import date as life_date
from projections.client_facts import name, trait
from queries.client_card import DAY, DayOfYear, Name, name_of
from queries.timeline.line import CLIENT_ID, Kind, Line, day_or, lines


class TakenUp(Line):
    """The house took her up as a client."""

    kind: Literal[Kind.TAKEN_UP]
    store_id: str | None
    by: Annotated[str, Field(description="Who took her up.")]


class NameCorrected(Line):
    """Her main name was corrected, the last time if more than once."""

    kind: Literal[Kind.NAME_CORRECTED]
    name: Annotated[Name | None, Field(description="As it is now.")]


class NameAdded(Line):
    """A name beside the main one, and what kind it is."""

    kind: Literal[Kind.NAME_ADDED]
    of_kind: str
    name: Name | None


class ContactPointAdded(Line):
    """A phone number or e-mail address that she has."""

    kind: Literal[Kind.CONTACT_POINT_ADDED]
    of_kind: str
    value: str


class AddressAdded(Line):
    """An address that she has or had."""

    kind: Literal[Kind.ADDRESS_ADDED]
    type: str
    city: str | None
    country: str


class DateLearned(Line):
    """A day in her life."""

    kind: Literal[Kind.DATE_LEARNED]
    of_kind: str
    label: str | None
    day: DayOfYear


class TraitLearned(Line):
    """What she likes or not, belongs to, or is called among the associates."""

    kind: Literal[Kind.TRAIT_LEARNED]
    of_kind: str
    value: str


class Death(Line):
    """She died; `at` is when that was recorded if the day is unknown."""

    kind: Literal[Kind.DEATH]
    died_on: date | None


SELECTS: Final[tuple[Select[Any], ...]] = (
    lines(
        Kind.TAKEN_UP, card.c.registered_at, card.c.client_id, card.c.store_id, card.c.registered_by.label("by")
    ).where(card.c.client_id == CLIENT_ID),
    lines(Kind.NAME_CORRECTED, card.c.name_corrected_at, card.c.client_id, name_of()).where(
        card.c.client_id == CLIENT_ID, card.c.name_corrected_at.is_not(None)
    ),
    lines(Kind.NAME_ADDED, name.c.added_at, name.c.name_id, name.c.kind.label("of_kind"), name_of(name)).where(
        name.c.client_id == CLIENT_ID
    ),
    lines(
        Kind.CONTACT_POINT_ADDED,
        contact_point.c.added_at,
        contact_point.c.contact_point_id,
        contact_point.c.kind.label("of_kind"),
        contact_point.c.value,
    ).where(contact_point.c.client_id == CLIENT_ID),
    lines(Kind.ADDRESS_ADDED, address.c.added_at, address.c.address_id, *address.c["type", "city", "country"]).where(
        address.c.client_id == CLIENT_ID
    ),
    lines(
        Kind.DATE_LEARNED,
        life_date.c.added_at,
        life_date.c.date_id,
        life_date.c.kind.label("of_kind"),
        life_date.c.label,
        DAY,
    ).where(life_date.c.client_id == CLIENT_ID),
    lines(Kind.TRAIT_LEARNED, trait.c.added_at, trait.c.trait_id, trait.c.kind.label("of_kind"), trait.c.value).where(
        trait.c.client_id == CLIENT_ID
    ),
    lines(Kind.DEATH, day_or(card.c.died_on, card.c.death_recorded_at), card.c.client_id, card.c.died_on).where(
        card.c.client_id == CLIENT_ID, card.c.died
    ),
)
