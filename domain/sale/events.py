"""What happened to a sale.

A return that names its sale is an event of that sale. A return without the receipt refers to nothing, so it is a stream
of its own that begins with `ReturnRecorded`; its client can be attached and detached like a sale's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar, TypeAlias
from uuid import UUID

from domain.client.facts import PostalAddress
from domain.personal import Of, Personal
from domain.sale.facts import (
    Content,
    GiftOccasion,
    Giver,
    HandedOverLine,
    Line,
    Pieces,
    ReturnedLine,
    SaleReference,
)


@dataclass(frozen=True, slots=True)
class SaleRecorded:
    """Something was sold to a client, or to nobody known.

    `bought_by_id` is who bought it for her, like an assistant. `exchange_of` is the sale of which lines were given back
    for this one.
    """

    sale_id: UUID
    reference: SaleReference
    store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[Line, ...]
    bought_by_id: UUID | None = None
    exchange_of: UUID | None = None


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

    `client_id` is the client the sale stands on at this moment. The money goes to `credited_to_id`, by default to her;
    of a gift, to who got it. `exchanged_for` is the sale that was taken in its place.
    """

    sale_id: UUID
    return_id: UUID
    store_id: str
    sold_at_store_id: str
    occurred_at: datetime
    currency: str
    client_id: UUID | None
    lines: tuple[ReturnedLine, ...]
    credited_to_id: UUID | None = None
    exchanged_for: UUID | None = None


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


@dataclass(frozen=True, slots=True)
class LinesArrived:
    """Of what was ordered, these pieces are in the store and wait for the client."""

    sale_id: UUID
    arrival_id: UUID
    store_id: str
    occurred_at: datetime
    lines: tuple[Pieces, ...]


@dataclass(frozen=True, slots=True)
class LinesHandedOver:
    """What was ordered or laid away changed hands: now the goods have moved, and count as bought."""

    sale_id: UUID
    handover_id: UUID
    store_id: str
    occurred_at: datetime
    client_id: UUID | None
    lines: tuple[HandedOverLine, ...]


@dataclass(frozen=True, slots=True)
class LinesCancelled:
    """What was ordered or laid away will never change hands."""

    sale_id: UUID
    cancellation_id: UUID
    store_id: str
    occurred_at: datetime
    lines: tuple[Pieces, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class SaleCorrected:
    """The sale had been recorded wrongly: it says `now` and never said `was`. Corrections are counted from 1.

    What came back of a line, or was handed over of it, goes with the line as it is now: sellers, brand and all.
    """

    sale_id: UUID
    number: int
    was: Content
    now: Content
    reason: str


@dataclass(frozen=True, slots=True)
class LineServiced:
    """A piece was taken in for a service, like sizing, engraving or a repair. It is whose it was."""

    sale_id: UUID
    service_id: UUID
    ordinal: int
    mark_id: UUID | None
    service: str
    store_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class GiftMarked:
    """Pieces of a line are a gift: whose, for whom if that was said, and on what occasion if on any.

    The same `mark_id` again puts right what was said before. `concerns_id` is the recipient or, if she was not said,
    the first of the givers: what is personal is hers. From `released_on` on the recipient's own file may show it;
    without a day, only once one is set; `discreet`: never. Whoever brings `receipt_code` may bring the pieces back.
    """

    PERSON: ClassVar[str] = "concerns_id"
    sale_id: UUID
    mark_id: UUID
    ordinal: int
    quantity: int
    givers: tuple[Giver, ...]
    recipient_id: UUID | None
    concerns_id: UUID
    occasion: Personal[GiftOccasion | None]
    released_on: Personal[date | None]
    receipt_code: Personal[str]
    discreet: bool


@dataclass(frozen=True, slots=True)
class KeptForHerself:
    """Pieces of a line are no gift: the client bought them for herself. Nothing is proposed for them any more."""

    sale_id: UUID
    mark_id: UUID
    ordinal: int
    quantity: int


@dataclass(frozen=True, slots=True)
class MarkRemoved:
    """What this mark said of some pieces, a gift or her own, was wrong."""

    sale_id: UUID
    mark_id: UUID


@dataclass(frozen=True, slots=True)
class GiftReleaseSet:
    """From this day on the recipient's own file may show the gift; without a day it may not; `discreet`: never."""

    PERSON: ClassVar[str] = "concerns_id"
    sale_id: UUID
    mark_id: UUID
    concerns_id: UUID
    released_on: Personal[date | None]
    discreet: bool


@dataclass(frozen=True, slots=True)
class ProposalDeclined:
    """An associate said that a line is not the gift that was proposed. That proposal does not come back."""

    sale_id: UUID
    proposal_id: UUID
    ordinal: int


@dataclass(frozen=True, slots=True)
class SaleAttributed:
    """An associate said that these lines were sold because of a calendar event, and of no other."""

    sale_id: UUID
    calendar_event_id: UUID
    lines: tuple[int, ...]
    associate_id: str


@dataclass(frozen=True, slots=True)
class AttributionRemoved:
    """These lines were not sold because of this event after all."""

    sale_id: UUID
    calendar_event_id: UUID
    lines: tuple[int, ...]


Event: TypeAlias = (
    SaleRecorded
    | ReturnRecorded
    | LinesReturned
    | ClientAttached
    | ClientDetached
    | DeliveryAddressed
    | LinesArrived
    | LinesHandedOver
    | LinesCancelled
    | SaleCorrected
    | LineServiced
    | GiftMarked
    | KeptForHerself
    | MarkRemoved
    | GiftReleaseSet
    | ProposalDeclined
    | SaleAttributed
    | AttributionRemoved
)
