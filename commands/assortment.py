"""Commands about what is brought to a calendar event, and about what it is to sell."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.calendar_event import kept
from commands.fields import Amount, Body, Code, Currency, Quantity, Sentence, Switch, Word, example
from commands.needs import Needs, known_associate, known_store
from commands.ports import Done, Ports, Request
from domain import associate, store
from domain.calendar_event import assortment, facts
from domain.calendar_event.state import Target

# --------------------------------------------------------------------------------------------------------------- bodies


class PieceOfAssortment(Body):
    sku: Word
    description: Sentence
    units: Annotated[Quantity, Field(description="How many of it; of a serial number there is one.")] = 1
    unit_value: Annotated[Amount, Field(description="The retail value of one, without tax.")]
    currency: Annotated[Currency, Field(description="The same for all that is brought.")]
    serial_number: Word | None = None
    brand: Word | None = None
    category: Word | None = None
    consigned: Annotated[Switch, Field(description="It is the maker's until it is sold: on memo.")] = False

    def value(self) -> facts.Piece:
        return facts.Piece(**dict(self))


class BringAssortment(Body):
    """What is brought to the event. A piece that is on its assortment already is from now on as it is said here."""

    model_config = example(
        pieces=[
            {
                "sku": "B-7",
                "description": "Bracelet, white gold",
                "unit_value": "9400.00",
                "currency": "EUR",
                "serial_number": "S-0007",
                "brand": "Aurélie",
                "category": "jewelry",
                "consigned": True,
            },
            {"sku": "S-1", "description": "Scarf", "units": 12, "unit_value": "240.00", "currency": "EUR"},
        ]
    )
    pieces: Annotated[tuple[PieceOfAssortment, ...], Field(min_length=1, max_length=500)]


class SetTarget(Body):
    """What a store is to sell, or one associate there: net, without tax."""

    model_config = example(store_id="paris-1", associate_id="ines", amount="20000.00", currency="EUR")
    store_id: Code
    associate_id: Annotated[Code | None, Field(description="Left out for the store as a whole.")] = None
    amount: Amount
    currency: Currency


# ------------------------------------------------------------------------------------------------------------- handlers


def bring(calendar_event_id: UUID, body: BringAssortment, ports: Ports, request: Request) -> Done:
    pieces = [piece.value() for piece in body.pieces]
    return kept(calendar_event_id, lambda now: assortment.bring(now, calendar_event_id, pieces), ports, request)


def take_out(calendar_event_id: UUID, piece_id: UUID, ports: Ports, request: Request) -> Done:
    return kept(calendar_event_id, lambda now: assortment.take_out(now, calendar_event_id, piece_id), ports, request)


def set_target(calendar_event_id: UUID, body: SetTarget, ports: Ports, request: Request) -> Done:
    target = Target(body.amount, body.currency)
    needs: Needs = {store.stream_id(body.store_id): known_store("store_id")}
    if body.associate_id is not None:
        needs[associate.stream_id(body.associate_id)] = known_associate("associate_id")
    return kept(
        calendar_event_id,
        lambda now: assortment.set_target(now, calendar_event_id, body.store_id, body.associate_id, target),
        ports,
        request,
        needs,
    )


def remove_target(
    calendar_event_id: UUID, store_id: str, associate_id: str | None, ports: Ports, request: Request
) -> Done:
    return kept(
        calendar_event_id,
        lambda now: assortment.remove_target(now, calendar_event_id, store_id, associate_id),
        ports,
        request,
    )
