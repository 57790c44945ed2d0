"""What does the house know of this client, in one view: who she is, whose she is, and what there is to think of?

One statement, whatever is known of her: so all of it is of one moment, with the one rule of who sees whom in it. It
asks for nothing of its own, but puts together what each question's module asks for: whatever is shown of a client here
and elsewhere is the same. Which occasions her family has is the domain's to say and follows from what was found.
"""

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from pydantic import Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.client_card import card
from projections.membership import organization, term
from projections.note import note, wording
from queries import visibility
from queries.affiliation import ON, SERVING, ClientAssociates, Serving, primary
from queries.client_card import CARD, EXAMPLE_CARD, ClientCard
from queries.family import Family, Relative
from queries.household import COLUMNS, Household
from queries.membership import TERM, ClientOrganization, ClientOrganizations
from queries.note import NOTE, SAYS, SEEN, Note, Notes
from queries.organization import OF_ORGANIZATION
from queries.ports import Versioned, example, example_of
from queries.sql import holds, listed, read, shown
from queries.stores_shopped import StoreShopped, StoresShopped, home_since, home_store, stores_shopped

LATEST_NOTES: Final = 5
"""How many notes a profile shows; the others are asked for as notes."""


class Profile(ClientCard):
    """A client with everything that is known of her on a day, and holds on it; each list as its own question has it."""

    model_config = example(
        **EXAMPLE_CARD,
        on="2026-03-02",
        card_salutation="M. et Mme Dupont",
        family=example_of(Family)["items"],
        primary="ines",
        associates=example_of(ClientAssociates)["items"],
        organizations=example_of(ClientOrganizations)["items"],
        home_store_id="paris-1",
        stores=example_of(StoresShopped)["items"],
        notes=example_of(Notes)["items"],
    )
    on: Annotated[date, Field(description="The day it is about: today, in UTC.")]
    card_salutation: Annotated[
        str | None,
        Field(description="How a card to her begins: the couple's while both live, or her own. None if she died."),
    ]
    family: Annotated[
        list[Relative],
        Field(description="Who is linked to her, and the next occasions of each. Of who died there are none."),
    ]
    primary: Annotated[str | None, Field(description="Her primary associate: the sales person of her profile.")]
    associates: Annotated[list[Serving], Field(description="Who serves her, for what and where.")]
    organizations: Annotated[
        list[ClientOrganization], Field(description="What she belongs to and is interested in, by name.")
    ]
    home_store_id: Annotated[
        str | None, Field(description="Where she bought most often of late, else the store that took her up.")
    ]
    stores: Annotated[list[StoreShopped], Field(description="Where she ever bought goods, the most frequented first.")]
    notes: Annotated[
        list[Note],
        Field(description=f"The latest {LATEST_NOTES} that the caller may read, newest first, without withdrawn ones."),
    ]


_ORGANIZATIONS: Final = (
    select(*OF_ORGANIZATION, *TERM)
    .join_from(term, organization, organization.c.organization_id == term.c.organization_id)
    .where(term.c.client_id == card.c.client_id, holds(term.c.since, term.c.until, ON))
    .order_by(organization.c.folded, term.c.membership_id, term.c.term)
    .correlate(card)
)
_NOTES: Final = (
    select(*NOTE)
    .join_from(note, wording, SAYS)
    .where(note.c.client_id == card.c.client_id, note.c.withdrawn_at.is_(None), SEEN)
    .order_by(note.c.written_at.desc(), note.c.note_id)
    .limit(LATEST_NOTES)
    .correlate(card)
)
_ROW: Final = (
    select(
        *CARD,
        ON.label("on"),
        primary(card.c.client_id).label("primary"),
        listed(SERVING).label("associates"),
        listed(_ORGANIZATIONS).label("organizations"),
        home_store(card.c.client_id, card.c.store_id).label("home_store_id"),
        listed(stores_shopped(card.c.client_id).correlate(card)).label("stores"),
        listed(_NOTES).label("notes"),
    )
    .where(visibility.HER_FILE)
    .subquery("profile")
)
_PROFILE: Final[Select[Any]] = select(_ROW.c.version, shown(_ROW).label("shown"), *COLUMNS).join_from(
    _ROW, card, card.c.client_id == _ROW.c.client_id
)


async def profile(engine: AsyncEngine, caller: Viewer, client_id: UUID) -> Versioned:
    """One client's profile today, and the version of her own data; refuses with `ClientUnknown` if there is no such
    client, or none for this caller."""
    values = {
        **visibility.parameters(caller),
        "client_id": client_id,
        "on": caller.today,
        "home_since": home_since(caller.today, caller.policy.home_store_months),
    }
    found = await read(engine, _PROFILE, values)
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    row = found[0]
    family = Household(row.client_id, row.salutation, row.person, row.linked, caller.today).family()
    whole = orjson.loads(row.shown) | {"card_salutation": family["salutation"], "family": family["items"]}
    return Versioned(row.version, orjson.dumps(whole).decode())
