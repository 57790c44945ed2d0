"""What happened to a sale.

A return that names its sale is an event of that sale. A return without the receipt refers to nothing, so it is a stream
of its own that begins with `ReturnRecorded`; its client can be attached and detached like a sale's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from domain.client.facts import PostalAddress
from domain.personal import Of, Personal
from domain.sale.facts import Line, ReturnedLine, SaleReference


@dataclass(frozen=True, slots=True)
class SaleRecorded:
    sale_id: UUID
    reference: SaleReference
    store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReturnRecorded:
    """A return without the receipt. `net` of its lines is what was refunded, as a positive amount."""

    sale_id: UUID
    reference: SaleReference
    store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class LinesReturned:
    """Lines came back with the receipt, at `store_id`, which need not be the store that sold them.

    `client_id` is the client the sale stands on at this moment.
    """

    sale_id: UUID
    return_id: UUID
    store_id: str
    sold_at_store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[ReturnedLine, ...]


@dataclass(frozen=True, slots=True)
class ClientAttached:
    """The sale stands on this client from now on, and no longer on `previous_client_id`."""

    sale_id: UUID
    client_id: UUID
    previous_client_id: UUID | None


@dataclass(frozen=True, slots=True)
class ClientDetached:
    """The sale stands on nobody any more; it stood on `previous_client_id`."""

    sale_id: UUID
    previous_client_id: UUID


@dataclass(frozen=True, slots=True)
class DeliveryAddressed:
    """The goods are sent to this person: the buyer herself, or somebody linked to her by `link_id`.

    The address is a copy, so that it stays known where they went; it is the recipient's, and goes with her.
    """

    sale_id: UUID
    recipient_id: UUID
    link_id: UUID | None
    address_id: UUID
    address: Annotated[Personal[PostalAddress], Of("recipient_id")]


Event: TypeAlias = SaleRecorded | ReturnRecorded | LinesReturned | ClientAttached | ClientDetached | DeliveryAddressed
