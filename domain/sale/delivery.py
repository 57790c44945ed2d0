"""Where the goods of a sale are sent: to an address of the buyer, or of somebody linked to her."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.client.state import Client
from domain.days import holds
from domain.link import Link, people
from domain.personal import Erased
from domain.refusals import AddressUnknown, LinkUnknown, SaleDiffers, SaleInvalid
from domain.sale import recording
from domain.sale import state as sales
from domain.sale.events import DeliveryAddressed, Event, SaleRecorded
from domain.sale.state import Sale, require_sale


@dataclass(frozen=True, slots=True)
class Destination:
    """What was named, by its ids alone, and what the house knows about it: the link, and the people it may lead to.

    Without `link_id` it is an address of the buyer's own. `field` is what stands before the names of refused fields.
    """

    address_id: UUID
    link_id: UUID | None
    link: Link
    people: Mapping[UUID, Client]
    field: str = ""


def send(now: Sale, to: Destination) -> list[Event]:
    """Sends what was sold to an address in force on the day of the sale, of a person who is linked to the buyer then.

    A sale that was sent elsewhere is sent here now.
    """
    sold, content = require_sale(now)
    if now.client_id is None:
        raise SaleInvalid("Nobody is known who could have it sent.", f"{to.field}address_id")
    if now.deliveries and _place(now.deliveries[-1]) == (to.address_id, to.link_id):
        return []
    at = content.occurred_at
    recipient_id = now.client_id if to.link_id is None else _linked(now.client_id, at, to)
    recipient = to.people.get(recipient_id, Client())
    if recipient.died:
        raise SaleInvalid("She died; nothing is sent to her.", f"{to.field}{'link_id' if to.link_id else 'address_id'}")
    known = recipient.addresses.get(to.address_id)
    if known is None:
        raise AddressUnknown("She has no address with this id.", f"{to.field}address_id")
    if isinstance(known.address, Erased) or not holds(known.since, known.until, at.date()):
        raise SaleInvalid("This was no address of hers on the day of the sale.", f"{to.field}address_id")
    return [DeliveryAddressed(sold.sale_id, recipient_id, to.link_id, to.address_id, known.address)]


def record(now: Sale, event: SaleRecorded, to: Destination) -> list[Event]:
    """Records a sale together with where it is sent; the same again is no news, wherever it was sent since."""
    if now.recorded is not None and (to.address_id, to.link_id) not in map(_place, now.deliveries):
        raise SaleDiffers(
            "A sale with this number is recorded already, and was not sent there.", f"{to.field}address_id"
        )
    recorded = recording.record(now, event)
    return [*recorded, *send(sales.after(recorded), to)] if recorded else []


def _place(sent: DeliveryAddressed) -> tuple[UUID, UUID | None]:
    return sent.address_id, sent.link_id


def _linked(buyer_id: UUID, at: datetime, to: Destination) -> UUID:
    """Who is linked to the buyer. A link of other people is unknown, as one that is not there."""
    pair = people(to.link)
    if buyer_id not in pair:
        raise LinkUnknown("She has no link with this id.", f"{to.field}link_id")
    if to.link.on(at.date()) is None:
        raise SaleInvalid("They were not linked on the day of the sale.", f"{to.field}link_id")
    [other_id] = pair - {buyer_id}
    return other_id
