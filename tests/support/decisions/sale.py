"""Random decisions about sales."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from domain import link
from domain.client import state as client
from domain.client.events import AddressAdded
from domain.client.facts import AddressType, PostalAddress
from domain.link import LinkBegun
from domain.relation import Circle
from domain.sale import attributing, correcting, delivery, fulfilment, recording, returning, standing
from domain.sale import state as sales
from domain.sale.events import Event, ReturnRecorded, SaleRecorded
from domain.sale.facts import Attribute, Content, Handover, Line, Pieces, SaleReference, Seller
from domain.sale.returning import Returning
from domain.sale.state import Sale
from tests.support.decisions.link import LINKS
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS, SALES, STORES, WORDS, Noun
from tests.support.records import NOON


def _record(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return _recorded(chance, now, id, 400)


def _record_lately(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return _recorded(chance, now, id, 20)


def _recorded(chance: Random, now: Sale, id: UUID, days: int) -> list[Event]:
    recorded = ReturnRecorded if chance.random() < 0.3 else SaleRecorded
    reference = SaleReference("till", str(id.int))
    lines = tuple(_line(chance, ordinal) for ordinal in range(1, chance.randrange(2, 5)))
    at = NOON - timedelta(days=chance.randrange(days), microseconds=chance.randrange(10**6))
    who = chance.choice([None, *CLIENTS])
    event = recorded(id, reference, chance.choice(STORES), at, chance.choice(["CHF", "JPY"]), who, lines)
    if isinstance(event, ReturnRecorded):
        return recording.record(now, replace(event, lines=tuple(map(_taken, lines))))
    buyer = chance.choice([None, *CLIENTS]) if who else None
    given_back = chance.choice([None, None, *SALES])
    return recording.record(now, replace(event, bought_by_id=buyer, exchange_of=given_back))


def _return_lines(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    ordinals = chance.sample(range(1, 5), k=chance.randrange(1, 3))
    reason = chance.choice([None, *WORDS])
    back = tuple(Returning(ordinal, chance.randrange(1, 3), None, reason) for ordinal in ordinals)
    credited, taken = chance.choice([None, None, *CLIENTS]), chance.choice([None, None, *SALES])
    return returning.return_lines(
        now, new, chance.choice(STORES), NOON, back, credited_to_id=credited, exchanged_for=taken
    )


def _arrive(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return fulfilment.arrive(now, new, chance.choice(STORES), _since(chance), _pieces(chance))


def _hand_over(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return fulfilment.hand_over(now, new, chance.choice(STORES), _since(chance), _pieces(chance))


def _cancel(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    reason = chance.choice([None, *WORDS])
    return fulfilment.cancel(now, new, chance.choice(STORES), _since(chance), _pieces(chance), reason)


def _correct(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    """Another store, another day, a line that says something else, one more or one less, or nothing at all."""
    was = now.content or Content(STORES[0], NOON, ())
    lines = list(was.lines)
    match chance.randrange(6):
        case 0:
            lines.append(_line(chance, max((line.ordinal for line in lines), default=0) + 1))
        case 1 | 2 if lines:
            place = chance.randrange(len(lines))
            more = replace(lines[place], net=lines[place].net + chance.randrange(3), brand=chance.choice(WORDS))
            lines[place] = chance.choice([more, _line(chance, lines[place].ordinal)])
        case 3 if lines:
            lines.pop(chance.randrange(len(lines)))
        case 4 if chance.random() < 0.1:
            lines = []
    at = was.occurred_at + timedelta(days=chance.choice([-3, 0, 0, 1]))
    return correcting.correct(now, Content(chance.choice(STORES), at, tuple(lines)), chance.choice(WORDS))


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


def _attribute(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return attributing.attribute(
        now, chance.choice(CALENDAR_EVENTS), _some_lines(chance, now), chance.choice(["a", "b"])
    )


def _take_attribution_back(chance: Random, now: Sale, id: UUID, new: UUID) -> list[Event]:
    return attributing.remove(now, _some_lines(chance, now))


def _some_lines(chance: Random, now: Sale) -> list[int] | None:
    return chance.choice([None, chance.sample(sorted(now.lines), k=1) if now.lines else None])


def _since(chance: Random) -> datetime:
    return NOON - timedelta(days=chance.randrange(20))


def _pieces(chance: Random) -> tuple[Pieces, ...]:
    ordinals = chance.sample(range(1, 4), k=chance.randrange(1, 3))
    return tuple(Pieces(ordinal, chance.randrange(1, 3)) for ordinal in ordinals)


def _line(chance: Random, ordinal: int) -> Line:
    price = Decimal(chance.randrange(10**6)).scaleb(-2)
    quantity = chance.randrange(1, 5)
    sellers = tuple(Seller(who, chance.randrange(1, 3)) for who in chance.sample(["a", "b"], k=chance.randrange(3)))
    word = chance.choice(WORDS)
    moves = chance.random() < 0.8
    line = Line(ordinal, f"sku-{ordinal}", word, quantity, price, quantity * price, moves, brand=word, sellers=sellers)
    handover = chance.choice([Handover.TAKEN, *Handover]) if moves else Handover.TAKEN
    return replace(
        line,
        category=chance.choice([None, *WORDS]),
        handover=handover,
        deposit=None if handover is Handover.TAKEN else chance.choice([None, Decimal(0), line.net]),
        serial_number=chance.choice([None, word]) if quantity == 1 else None,
        attributes=tuple(Attribute(name, chance.choice(WORDS)) for name in chance.sample(WORDS, k=chance.randrange(3))),
    )


def _taken(line: Line) -> Line:
    return replace(line, handover=Handover.TAKEN, deposit=None)


NOUN = Noun(
    lambda chance: (which := chance.choice(SALES), which),
    sales.after,
    [
        _record,
        _record,
        _return_lines,
        _return_lines,
        _attach,
        _detach,
        _send,
        _arrive,
        _arrive,
        _hand_over,
        _hand_over,
        _hand_over,
        _cancel,
        _correct,
    ],
)
# Which events they come from, and which after all.
ATTRIBUTION = Noun(NOUN.stream, sales.after, [*[_attribute] * 3, _take_attribution_back])
# More of them, where these are counted.
RECORDING = Noun(NOUN.stream, sales.after, [_record, _record_lately])
