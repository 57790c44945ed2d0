"""A sale, or a return without the receipt, is recorded once; what its lines may say."""

from typing import Final
from uuid import UUID

from domain.refusals import SaleDiffers, SaleInvalid
from domain.sale.events import Event, ReturnRecorded, SaleRecorded
from domain.sale.facts import Handover, Line, SaleReference
from domain.sale.state import Sale
from domain.values import named_id

SALES: Final = UUID("2a6d2f4e-9a25-5d0e-8f42-5d6fb2b7b1a9")
RETURNS: Final = UUID("f6c0a5f4-0d0b-5f0e-b6a1-3e4f4c1b7d52")


def sale_id(reference: SaleReference) -> UUID:
    """The id of a sale by its number at the system that recorded it."""
    return named_id(SALES, reference.source, reference.number)


def return_id(reference: SaleReference) -> UUID:
    """The id of a return by its number at the system that recorded it."""
    return named_id(RETURNS, reference.source, reference.number)


def record(now: Sale, event: SaleRecorded | ReturnRecorded) -> list[Event]:
    """A sale, or a return without the receipt, recorded once; the same again is no news, another one is refused."""
    if now.recorded is not None:
        if now.recorded == event:
            return []
        raise SaleDiffers("A sale with this number is recorded already, with other content.", "reference")
    if not event.lines:
        raise SaleInvalid("A sale has at least one line.", "lines")
    if isinstance(event, SaleRecorded):
        _check_buyer(event)
    elif any(line.handover is not Handover.TAKEN for line in event.lines):
        raise SaleInvalid("What comes back is neither ordered nor laid away.", "lines")
    check(event.lines)
    return [event]


def check(lines: tuple[Line, ...]) -> None:
    """Refuses lines that cannot have been sold, each by its field."""
    if len({line.ordinal for line in lines}) < len(lines):
        raise SaleInvalid("Every line of a sale has an ordinal of its own.", "lines")
    for at, line in enumerate(lines):
        _check_line(line, f"lines.{at}")
        _check_handover(line, f"lines.{at}")


def _check_buyer(event: SaleRecorded) -> None:
    if event.bought_by_id is not None and event.bought_by_id == event.client_id:
        raise SaleInvalid("Who bought it for the client is somebody else.", "bought_by_id")
    if event.bought_by_id is not None and event.client_id is None:
        raise SaleInvalid("Nobody is known for whom she could have bought it.", "bought_by_id")


def _check_line(line: Line, field: str) -> None:
    if line.ordinal < 1:
        raise SaleInvalid("Lines are counted from 1.", f"{field}.ordinal")
    if line.quantity < 1:
        raise SaleInvalid("A line has a quantity of at least 1.", f"{field}.quantity")
    if line.unit_price < 0:
        raise SaleInvalid("A price is not negative.", f"{field}.unit_price")
    if line.net < 0:
        raise SaleInvalid("An amount is not negative.", f"{field}.net")
    if any(seller.parts < 1 for seller in line.sellers):
        raise SaleInvalid("A seller has at least one part of the credit.", f"{field}.sellers")
    if len({seller.associate_id for seller in line.sellers}) < len(line.sellers):
        raise SaleInvalid("A line names each seller once.", f"{field}.sellers")
    if line.serial_number is not None and line.quantity > 1:
        raise SaleInvalid("A serial number is that of one piece.", f"{field}.serial_number")
    if len({attribute.name for attribute in line.attributes}) < len(line.attributes):
        raise SaleInvalid("A line says each attribute once.", f"{field}.attributes")


def _check_handover(line: Line, field: str) -> None:
    if line.handover is not Handover.TAKEN and not line.moves_goods:
        raise SaleInvalid("What moves no goods is neither ordered nor laid away.", f"{field}.handover")
    if line.deposit is None:
        return
    if line.handover is Handover.TAKEN:
        raise SaleInvalid("A deposit is paid on what is ordered or laid away.", f"{field}.deposit")
    if not 0 <= line.deposit <= line.net:
        raise SaleInvalid("A deposit is part of the amount.", f"{field}.deposit")
