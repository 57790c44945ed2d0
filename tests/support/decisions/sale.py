"""Random decisions about sales."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from domain import link
from domain.client import state as client
from domain.client.events import AddressAdded
from domain.client.facts import AddressType, PostalAddress
from domain.link import LinkBegun
from domain.relation import Circle
from domain.sale import delivery, recording, returning, standing
from domain.sale import state as sales
from domain.sale.events import Event, ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, SaleReference, Seller
from domain.sale.returning import Returning
from domain.sale.state import Sale
from tests.support.decisions.link import LINKS
from tests.support.decisions.nouns import CLIENTS, SALES, STORES, WORDS, Noun
from tests.support.records import NOON


def _record(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    recorded = ReturnRecorded if chance.random() < 0.3 else SaleRecorded
    reference = SaleReference("till", str(id.int))
    lines = tuple(_line(chance, ordinal) for ordinal in range(1, chance.randrange(2, 5)))
    at = NOON - timedelta(days=chance.randrange(400), microseconds=chance.randrange(10**6))
    who = chance.choice([None, *CLIENTS])
    return recording.record(
        now, recorded(id, reference, chance.choice(STORES), at, chance.choice(["CHF", "JPY"]), who, lines)
    )


def _return_lines(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    ordinals = chance.sample(range(1, 5), k=chance.randrange(1, 3))
    reason = chance.choice([None, *WORDS])
    back = tuple(Returning(ordinal, chance.randrange(1, 3), None, reason) for ordinal in ordinals)
    return returning.return_lines(now, new, chance.choice(STORES), NOON, back)


def _attach(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return standing.attach_client(now, id, chance.choice(CLIENTS))


def _detach(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return standing.detach_client(now, id)


def _send(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    buyer = now.client_id or CLIENTS[0]
    others = [who for who in CLIENTS if who != buyer]
    link_id, pair = chance.choice([(None, None), *((id, pair) for id, (pair, _) in LINKS.items())])
    address = PostalAddress("CH", tuple(chance.choices(WORDS, k=2)), chance.choice([None, *WORDS]), None, "1204")
    there = client.after(AddressAdded(who, new, AddressType.HOME, address, None, None) for who in [buyer])
    begun = [LinkBegun(link_id, 1, "x", Circle.FRIEND, pair[0], "x", pair[1], "x", None)] if link_id and pair else []
    people = dict.fromkeys([buyer, *others], there)
    return delivery.send(now, delivery.Destination(new, link_id, link.after(begun), people))


def _line(chance: Random, ordinal: int) -> Line:
    price = Decimal(chance.randrange(10**6)).scaleb(-2)
    quantity = chance.randrange(1, 5)
    sellers = tuple(Seller(who, chance.randrange(1, 3)) for who in chance.sample(["a", "b"], k=chance.randrange(3)))
    word = chance.choice(WORDS)
    moves = chance.random() < 0.8
    return Line(ordinal, f"sku-{ordinal}", word, quantity, price, quantity * price, moves, brand=word, sellers=sellers)


NOUN = Noun(
    lambda chance: (which := chance.choice(SALES), which),
    sales.after,
    [_record, _record, _return_lines, _return_lines, _attach, _detach, _send],
)
