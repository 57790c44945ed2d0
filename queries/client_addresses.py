"""Where does this client live, and where did or will she on another day?"""

from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.client_card import address
from queries import visibility
from queries.client_card import Address, hers
from queries.ports import Json, example
from queries.sql import holds, listed, read


class Addresses(BaseModel):
    """A client's addresses, oldest entry first: all of them, or those in force on a day."""

    model_config = example(
        items=[
            {
                "address_id": "d2a4c6e8-1b3d-4f5a-8c7e-9b0d1f2a3c4e",
                "type": "home",
                "lines": ["1 rue de la Paix"],
                "city": "Paris",
                "region": None,
                "postal_code": "75002",
                "country": "FR",
                "since": "2020-02-29",
                "until": None,
                "added_at": "2026-03-02T14:02:00+00:00",
            }
        ]
    )
    items: list[Address]


_IN_FORCE: Final = holds(address.c.since, address.c.until, bindparam("on"))


@cache
def _addresses(*, on_a_day: bool) -> Select[Any]:
    kept = hers(address).where(_IN_FORCE) if on_a_day else hers(address)
    return select(listed(kept).label("items")).where(visibility.HER_FILE)


async def client_addresses(engine: AsyncEngine, caller: Viewer, client_id: UUID, on: date | None) -> Json:
    """A client's addresses, those in force on a day if one is given; refuses with `ClientUnknown`."""
    values = {**visibility.parameters(caller), "client_id": client_id}
    found = await read(engine, _addresses(on_a_day=on is not None), values if on is None else {**values, "on": on})
    if not found:
        raise ClientUnknown("There is no client with this id.", "client_id")
    return {"items": found[0].items}
