"""Random decisions of the domain on a few clients and sales, so that the events that they lead to meet."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from domain import client, sale
from domain.catalog import personal_fields
from domain.personal import ERASED
from domain.refusals import Refusal
from tests.support.records import NOON, Journal

CLIENTS = [UUID(int=0xC0 + number) for number in range(3)]
SALES = [UUID(int=0x5A1E0 + number) for number in range(4)]
WORDS = ["Ada", "Zoë", "O'Neil", 'a "quoted" \\ word', "", "{brace,s}", "name 王"]
STORES = ["geneva", "osaka"]


def random_journal(chance: Random, partitions: int, decisions: int) -> Journal:
    """What happened after this many decisions, refused ones included; some clients were erased since."""
    journal = Journal(partitions)
    streams: dict[UUID, list[Any]] = defaultdict(list)
    erased = {person for person in CLIENTS if chance.random() < 0.3}
    for number in range(decisions):
        stream, decide = _decision(chance, number)
        try:
            events = decide(streams[stream])
        except Refusal:
            continue
        streams[stream] += events
        for event in events:
            journal.happened(stream, _as_read_after(erased, event))
    return journal


def _as_read_after(erased: set[UUID], event: Any) -> Any:
    """The event as it comes out of the log once these persons' keys are destroyed."""
    gone = {field: ERASED for field, person in personal_fields(type(event)).items() if getattr(event, person) in erased}
    return replace(event, **gone)


def _decision(chance: Random, number: int) -> tuple[UUID, Callable[[Iterable[Any]], list[Any]]]:
    """The stream it is about, and what is decided from its events. `number` makes ids of new things."""
    if chance.random() < 0.5:
        who = chance.choice(CLIENTS)
        on_client = chance.choice(_ON_CLIENT)
        return who, lambda events: on_client(chance, client.after(events), who, UUID(int=number + 1))
    which = chance.choice(SALES)
    on_sale = chance.choice(_ON_SALE)
    return which, lambda events: on_sale(chance, sale.after(events), which, UUID(int=number + 1))


def _register(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    reference = chance.choice([None, client.Reference("till", chance.choice(WORDS))])
    name = chance.choice([None, _name(chance)])
    return client.register(now, client.ClientRegistered(id, chance.choice([None, *STORES]), name, reference))


def _correct_name(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    return client.correct_name(now, id, _name(chance))


def _add_contact_point(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    kind, value = chance.choice(
        [
            (client.ContactKind.EMAIL, "ada@example.com"),
            (client.ContactKind.EMAIL, "zoë@example.com"),
            (client.ContactKind.PHONE, "+41227000000"),
        ]
    )
    return client.add_contact_point(now, id, new, kind, value)


def _remove_contact_point(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    return client.remove_contact_point(now, id, chance.choice([*now.contact_points, new]))


def _add_address(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    lines = tuple(chance.choices(WORDS, k=chance.randrange(3)))
    address = client.PostalAddress(chance.choice(["CH", "JP"]), lines, chance.choice([None, *WORDS]))
    since = chance.choice([None, date(2020, 2, 29)])
    kind = chance.choice(list(client.AddressType))
    return client.add_address(now, client.AddressAdded(id, new, kind, address, since, None))


def _remove_address(chance: Random, now: client.Client, id: UUID, new: UUID) -> list[client.Event]:
    return client.remove_address(now, id, chance.choice([*now.addresses, new]))


def _record(chance: Random, now: sale.Sale, id: UUID, new: UUID) -> list[sale.Event]:
    recorded = sale.ReturnRecorded if chance.random() < 0.3 else sale.SaleRecorded
    reference = sale.SaleReference("till", str(id.int))
    lines = tuple(_line(chance, ordinal) for ordinal in range(1, chance.randrange(2, 5)))
    at = NOON - timedelta(days=chance.randrange(400), microseconds=chance.randrange(10**6))
    who = chance.choice([None, *CLIENTS])
    return sale.record(
        now, recorded(id, reference, chance.choice(STORES), at, chance.choice(["CHF", "JPY"]), who, lines)
    )


def _return_lines(chance: Random, now: sale.Sale, id: UUID, new: UUID) -> list[sale.Event]:
    ordinals = chance.sample(range(1, 5), k=chance.randrange(1, 3))
    reason = chance.choice([None, *WORDS])
    returning = tuple(sale.Returning(ordinal, chance.randrange(1, 3), None, reason) for ordinal in ordinals)
    return sale.return_lines(now, new, chance.choice(STORES), NOON, returning)


def _attach(chance: Random, now: sale.Sale, id: UUID, new: UUID) -> list[sale.Event]:
    return sale.attach_client(now, id, chance.choice(CLIENTS))


def _detach(chance: Random, now: sale.Sale, id: UUID, new: UUID) -> list[sale.Event]:
    return sale.detach_client(now, id)


_ON_CLIENT = [
    _register,
    _register,
    _correct_name,
    _add_contact_point,
    _remove_contact_point,
    _add_address,
    _remove_address,
]
_ON_SALE = [_record, _record, _return_lines, _return_lines, _attach, _detach]


def _name(chance: Random) -> client.Name:
    return client.Name(chance.choice(WORDS), chance.choice([None, *WORDS]), chance.choice([None, "Dr"]))


def _line(chance: Random, ordinal: int) -> sale.Line:
    price = Decimal(chance.randrange(10**6)).scaleb(-2)
    quantity = chance.randrange(1, 5)
    sellers = tuple(
        sale.Seller(who, chance.randrange(1, 3)) for who in chance.sample(["a", "b"], k=chance.randrange(3))
    )
    word = chance.choice(WORDS)
    moves = chance.random() < 0.8
    return sale.Line(
        ordinal, f"sku-{ordinal}", word, quantity, price, quantity * price, moves, brand=word, sellers=sellers
    )
