"""A line of a sale as it comes in, and the number that a sale has where it was recorded."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from commands.fields import Amount, Body, Ordinal, Parts, Quantity, Sentence, Switch, Word
from domain.sale import facts
from domain.sale.facts import Attribute, Handover, Line, Pieces, Seller


class SaleReference(Body):
    """The number of a sale or return at the system that recorded it, and which system that is."""

    source: Word
    number: Word

    def value(self) -> facts.SaleReference:
        return facts.SaleReference(self.source, self.number)


class SellerOfLine(Body):
    """An associate who sold the line. Parts 1 and 1 are half the credit each, 2 and 1 two thirds and one third."""

    associate_id: Word
    parts: Parts = 1


class AttributeOfLine(Body):
    """What else is said of a piece: its fabric, stone, size, whatever the house goes by."""

    name: Word
    value: Word


class LineOfSale(Body):
    sku: Word
    description: Sentence
    quantity: Quantity
    unit_price: Annotated[Amount, Field(description="For one piece, before discounts, without tax.")]
    net: Annotated[
        Amount | None,
        Field(description="For the whole line, after discounts, without tax. Default: quantity times unit price."),
    ] = None
    moves_goods: Annotated[Switch, Field(description="False for postage, fees, payments.")] = True
    brand: Word | None = None
    category: Word | None = None
    type: Word | None = None
    sellers: Annotated[tuple[SellerOfLine, ...], Field(max_length=10)] = ()
    handover: Annotated[
        Handover,
        Field(description="What is ordered or laid away counts as bought once it is handed over."),
    ] = Handover.TAKEN
    deposit: Annotated[
        Amount | None, Field(description="What was paid on it before, of what is ordered or laid away.")
    ] = None
    serial_number: Annotated[Word | None, Field(description="Of one piece: the quantity is 1.")] = None
    attributes: Annotated[tuple[AttributeOfLine, ...], Field(max_length=50, description="Each name once.")] = ()

    def value(self, ordinal: int) -> Line:
        return Line(
            ordinal,
            self.sku,
            self.description,
            self.quantity,
            self.unit_price,
            Decimal(self.quantity) * self.unit_price if self.net is None else self.net,
            self.moves_goods,
            self.brand,
            self.category,
            self.type,
            tuple(Seller(seller.associate_id, seller.parts) for seller in self.sellers),
            self.handover,
            self.deposit,
            self.serial_number,
            tuple(Attribute(attribute.name, attribute.value) for attribute in self.attributes),
        )


class PiecesOfLine(Body):
    ordinal: Annotated[Ordinal, Field(description="Which line of the sale, counted from 1.")]
    quantity: Quantity

    def pieces(self) -> Pieces:
        return Pieces(self.ordinal, self.quantity)
