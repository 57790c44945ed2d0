"""On whom a sale stands: a client, another one, or nobody any more."""

from uuid import UUID

from domain.refusals import SaleInvalid, SaleUnknown
from domain.sale.events import ClientAttached, ClientDetached, Event, GiftMarked
from domain.sale.state import Sale


def attach_client(now: Sale, id: UUID, client_id: UUID) -> list[Event]:
    """Says whose sale it is; never hers to whom something of it is given, for then her own file would tell her."""
    if now.recorded is None:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    if any(isinstance(mark, GiftMarked) and mark.recipient_id == client_id for mark in now.marks.values()):
        raise SaleInvalid("Something of this sale is others' gift to her; it cannot be hers.", "client_id")
    return [] if now.client_id == client_id else [ClientAttached(id, client_id, now.client_id)]


def detach_client(now: Sale, id: UUID) -> list[Event]:
    if now.recorded is None:
        raise SaleUnknown("There is no sale with this id.", "sale_id")
    return [] if now.client_id is None else [ClientDetached(id, now.client_id)]
