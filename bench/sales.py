"""Sales for the benchmarks, and a fifth as many clients with a name, two contact points and an address."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from domain.client.events import AddressAdded, ClientRegistered, ContactPointAdded
from domain.client.facts import AddressType, ContactKind, Name, PostalAddress, Reference
from domain.client.registration import client_id
from domain.sale.events import SaleRecorded
from domain.sale.facts import Line, SaleReference, Seller
from domain.sale.recording import sale_id
from domain.values import named_id

OPENED = datetime(2024, 1, 2, 10, tzinfo=UTC)
BENCH = UUID("5d1c7f0a-27a5-5c9f-b0f6-6d6a3c0b9b11")


def sale(number: int, lines: int = 5) -> SaleRecorded:
    reference = SaleReference("bench", str(number))
    sold = tuple(
        Line(
            ordinal,
            f"SKU-{number % 997}-{ordinal}",
            "A bracelet, white gold",
            1 + ordinal % 2,
            Decimal("1250.00"),
            Decimal("1250.00") * (1 + ordinal % 2),
            brand=f"Maison {number % 13}",
            category=f"Category {ordinal}",
            sellers=(Seller(f"associate-{number % 50}"),),
        )
        for ordinal in range(1, lines + 1)
    )
    client = client_id(Reference("bench", str(number % 5)) if number < 5 else Reference("bench", str(number // 5)))
    return SaleRecorded(
        sale_id(reference), reference, f"store-{number % 20}", OPENED + timedelta(minutes=number), "EUR", client, sold
    )


def client(number: int) -> tuple[ClientRegistered, ContactPointAdded, ContactPointAdded, AddressAdded]:
    reference = Reference("bench", str(number))
    id = client_id(reference)
    name = Name(f"Laurent{number % 1000}", f"Camille{number % 77}")
    return (
        ClientRegistered(id, f"store-{number % 20}", name, reference),
        ContactPointAdded(id, named_id(BENCH, "mail", str(number)), ContactKind.EMAIL, f"c{number}@example.com"),
        ContactPointAdded(id, named_id(BENCH, "phone", str(number)), ContactKind.PHONE, f"+3312345{number % 10000:04}"),
        AddressAdded(
            id,
            named_id(BENCH, "address", str(number)),
            AddressType.HOME,
            PostalAddress("FR", ("1, rue de la Paix",), "Paris", None, "75002"),
            None,
            None,
        ),
    )


def history(events: int, lines: int = 5) -> Iterator[tuple[UUID, tuple[object, ...]]]:
    """Streams of about `events` events in all: a client with four, then her five sales."""
    for number in range(events // 9):
        registered = client(number)
        yield registered[0].client_id, registered
        for each in range(5):
            sold = sale(5 + number * 5 + each, lines)
            yield sold.sale_id, (sold,)
