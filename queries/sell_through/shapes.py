"""How the sell-through of a calendar event is told."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field

from queries.ports import Json, example
from queries.sale_line import Amount

Percent = Annotated[str | None, Field(description="In percent, to a tenth; null: of nothing.", examples=["66.7"])]


class Money(BaseModel):
    """An amount, after discounts and without tax. Amounts of different currencies are never added."""

    currency: str
    net: Amount


class RetailValue(BaseModel):
    currency: str
    value: Amount


class Rule(BaseModel):
    """By which rule, and which version of it, a sale counts."""

    name: str
    version: int


class Goods(BaseModel):
    """Pieces, and what was paid for them: net of what came back and of what was cancelled."""

    pieces: int
    net: list[Money]


class PiecesSold(Goods):
    """Pieces that were brought, and sold: each counts once."""

    values: Annotated[list[RetailValue], Field(description="What the pieces are worth, as they were brought.")]


class ByDay(BaseModel):
    """All of it, and what of it was sold before the first day of the event, on its days, and after the last one."""

    all: Goods
    before: Goods
    during: Goods
    after: Goods


class PiecesByDay(BaseModel):
    all: PiecesSold
    before: PiecesSold
    during: PiecesSold
    after: PiecesSold


class BroughtInAll(BaseModel):
    pieces: int
    values: list[RetailValue]


class ValuePercent(BaseModel):
    currency: str
    percent: Percent


class Rate(BaseModel):
    """What of the pieces that were brought was sold: never more than there was."""

    brought: BroughtInAll
    percent: Annotated[Percent, Field(description="Pieces sold of pieces brought.")]
    value_percent: Annotated[list[ValuePercent], Field(description="Their retail values, likewise.")]


class AssortmentSold(Rate):
    sold: PiecesByDay


class OfStore(BaseModel):
    """What a store sold for the event, whosever store it was held at."""

    store_id: str
    assortment: PiecesSold
    orders: Goods
    other: Goods


class OfDesigner(Rate):
    brand: str | None
    assortment: PiecesSold
    orders: Goods
    other: Goods


class SharesOfAssociate(BaseModel):
    """An associate's shares, which add up to the cent over all of them; null: of what nobody is said to have sold."""

    associate_id: str | None
    assortment: list[Money]
    orders: list[Money]
    other: list[Money]


class Response(BaseModel):
    """Of those on the list; who came without being on it is told apart. What a guest buys counts under who brought
    her, unless she is on the list herself."""

    invited: Annotated[int, Field(description="On the list.")]
    sent: Annotated[int, Field(description="Of these, to whom an invitation went out.")]
    accepted: int
    declined: int
    attended: int
    bought: Annotated[int, Field(description="Who kept something, or has ordered it.")]
    percent_accepted: Percent
    percent_attended: Percent
    percent_bought: Percent
    came_without: int
    came_without_and_bought: int
    others_bought: Annotated[int, Field(description="Clients who bought, and are not said to have been asked or come.")]
    people: Annotated[int, Field(description="How many came altogether, with those whom they brought.")]


class AgainstTarget(BaseModel):
    """What a store was to sell, or an associate at that store, and what of it was sold, in the target's currency."""

    store_id: str
    associate_id: Annotated[str | None, Field(description="Null: the whole store.")]
    currency: str
    target: Amount
    sold: Annotated[Amount, Field(description="Of all three figures: what changed hands and was kept.")]
    percent: Percent
    open: Annotated[Amount, Field(description="What is ordered or laid away and still to be handed over.")]
    percent_with_open: Percent


class Concentration(BaseModel):
    """The part of the sales that the best associates made: of those who sold anything, or had a target."""

    currency: str
    associates: int
    top: Annotated[int, Field(description="How many are the top of them, by the policy of the house: a fifth.")]
    net: Annotated[Amount, Field(description="What all of them sold, or took orders for.")]
    top_net: Amount
    percent: Percent


class ContactsBefore(BaseModel):
    """What was done before the event began, and what came of it."""

    outreach: Annotated[int, Field(description="Contacts for this event that got through: no wrong numbers.")]
    previews: Annotated[int, Field(description="How often pieces were shown.")]
    clients: Annotated[int, Field(description="With whom.")]
    attended: Annotated[int, Field(description="Who of these came.")]
    bought: Annotated[int, Field(description="Who of these bought, or had a guest who did.")]
    net: Annotated[list[Money], Field(description="What these bought or ordered, with their guests.")]


class UnstatedSales(BaseModel):
    currency: str
    clients: int
    pieces: int
    net: Amount


class UnstatedPiece(BaseModel):
    """A piece with a serial number that was brought, and sold since."""

    sku: str
    serial_number: str
    occurred_at: datetime
    store_id: str


class Unstated(BaseModel):
    """What nobody said to come from any event: never added to what was stated. A piece may be in both lists."""

    until: Annotated[date, Field(description="From the first day of the event until this day.")]
    clients: Annotated[list[UnstatedSales], Field(description="To those who were invited or came, and their guests.")]
    pieces: list[UnstatedPiece]


def _goods(pieces: int, net: str | None) -> Json:
    return {"pieces": pieces, "net": [{"currency": "EUR", "net": net}] if net else []}


def _pieces(pieces: int, net: str | None, value: str | None) -> Json:
    return {**_goods(pieces, net), "values": [{"currency": "EUR", "value": value}] if value else []}


_RATE: Final[Json] = {
    "brought": {"pieces": 13, "values": [{"currency": "EUR", "value": "12280.00"}]},
    "percent": "23.1",
    "value_percent": [{"currency": "EUR", "percent": "80.5"}],
}
_SOLD: Final = {
    "assortment": _pieces(3, "9360.00", "9880.00"),
    "orders": _goods(1, "9400.00"),
    "other": _goods(1, "150.00"),
}


class SellThrough(BaseModel):
    """What a calendar event sold, as far as who sold it said so: three figures, each on its own. *Assortment*: pieces
    that were brought. *Orders*: special orders of what was brought as a sample. *Other*: what else was sold."""

    model_config = example(
        calendar_event_id="c4a1e0d2-7b3f-4e58-9a6c-1d2e3f4a5b6c",
        name="Aurélie, autumn",
        first_day="2026-10-24",
        last_day="2026-10-25",
        cancelled=False,
        rule={"name": "stated", "version": 1},
        assortment={
            **_RATE,
            "sold": {
                "all": _pieces(3, "9360.00", "9880.00"),
                "before": _pieces(1, "9000.00", "9400.00"),
                "during": _pieces(2, "360.00", "480.00"),
                "after": _pieces(0, None, None),
            },
        },
        **{
            figure: {"all": sold, "before": _goods(0, None), "during": sold, "after": _goods(0, None)}
            for figure, sold in _SOLD.items()
            if figure != "assortment"
        },
        by_store=[{"store_id": "paris-1", **_SOLD}],
        by_designer=[{"brand": "Aurélie", **_RATE, **_SOLD}],
        by_associate=[
            {"associate_id": "ines", **{figure: sold["net"] for figure, sold in _SOLD.items()}},
        ],
        response={
            "invited": 40,
            "sent": 38,
            "accepted": 22,
            "declined": 9,
            "attended": 18,
            "bought": 3,
            "percent_accepted": "55.0",
            "percent_attended": "45.0",
            "percent_bought": "7.5",
            "came_without": 2,
            "came_without_and_bought": 1,
            "others_bought": 0,
            "people": 27,
        },
        targets=[
            {
                "store_id": "paris-1",
                "associate_id": None,
                "currency": "EUR",
                "target": "20000.00",
                "sold": "9510.00",
                "percent": "47.6",
                "open": "9400.00",
                "percent_with_open": "94.6",
            }
        ],
        concentration=[
            {
                "currency": "EUR",
                "associates": 1,
                "top": 1,
                "net": "18910.00",
                "top_net": "18910.00",
                "percent": "100.0",
            }
        ],
        contacts={
            "outreach": 38,
            "previews": 6,
            "clients": 38,
            "attended": 17,
            "bought": 2,
            "net": [{"currency": "EUR", "net": "18400.00"}],
        },
        unstated={
            "until": "2026-12-24",
            "clients": [{"currency": "EUR", "clients": 1, "pieces": 1, "net": "620.00"}],
            "pieces": [
                {
                    "sku": "B-7",
                    "serial_number": "S-0008",
                    "occurred_at": "2026-11-20T11:00:00+00:00",
                    "store_id": "lyon-1",
                }
            ],
        },
    )
    calendar_event_id: UUID
    name: str
    first_day: date
    last_day: date
    cancelled: bool
    rule: Rule
    assortment: AssortmentSold
    orders: ByDay
    other: ByDay
    by_store: list[OfStore]
    by_designer: list[OfDesigner]
    by_associate: list[SharesOfAssociate]
    response: Response
    targets: Annotated[list[AgainstTarget], Field(description="Each store's, and those of its associates.")]
    concentration: list[Concentration]
    contacts: ContactsBefore
    unstated: Unstated
