"""The screen that is turned to a client: her own things without prices, and no surprise for who stands beside her."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from pydantic import BaseModel

from domain.access import Privacy
from domain.appointment import AppointmentMade
from domain.calendar_event.facts import Held
from domain.client.events import AddressAdded, ClientRegistered, DateAdded, TraitAdded
from domain.client.facts import AddressType, DateKind, Name, PostalAddress, TraitKind
from domain.contact import Channel, Direction, Outcome, Purpose
from domain.days import CalendarDay
from domain.link import AnniversaryKind, AnniversarySet, CoupleSalutationSet, LinkBegun
from domain.note import NoteWritten
from domain.outreach import OutreachRecorded
from domain.refusals import CursorInvalid
from domain.relation import Circle
from domain.sale.events import GiftMarked, LinesReturned, ReturnRecorded, SaleRecorded
from domain.sale.facts import Giver, Line, ReturnedLine, SaleReference, Seller
from domain.visit import VisitRecorded
from queries.counter import SAID_TO_HER, CounterGifts, CounterProfile, CounterPurchases, View, profile_at_counter
from queries.gift import GiftDirection as Way
from queries.gifts import Filters as WhichGifts
from queries.gifts import gifts
from queries.page import Paging
from queries.purchase_history import Filters, purchases
from tests.support.asking import ASSOCIATE, EVERYTHING, SEAL, TODAY, Book
from tests.support.records import Journal

Database = Callable[[], str]
Shape = TypeVar("Shape", bound=BaseModel)

PAUL, ANNE = UUID(int=0xA0), UUID(int=0xA1)
MARRIAGE, SOLD, BACK = UUID(int=0xB0), UUID(int=0xD0), UUID(int=0xD1)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRICE = Decimal("7654.32")
LINES = tuple(
    Line(number, f"S-{number}", what, 2, PRICE, 2 * PRICE, brand="Ours", sellers=(Seller("yuki-1"), Seller("marc-1")))
    for number, what in enumerate(("Tie", "Ring", "Watch"), 1)
)
TO_ANNE = GiftMarked(SOLD, UUID(int=1), 2, 1, (Giver(PAUL),), ANNE, ANNE, None, TODAY, "CODE", discreet=False)
SECRET = TODAY + timedelta(days=1)
PRIVATE = (
    "Anne",
    "wedding",
    "Difficult",
    "Haggles",
    "Hung up",
    "wants-to-think",
    "With his mistress",
    "At the back door",
    "VIP",
    "yuki-1",
    "marc-1",
    "too heavy",
    str(PRICE),
    str(2 * PRICE),
)


class House:
    """Paul bought a tie, two rings and a watch; he is married, tagged, and written about."""

    def __init__(self, url: str) -> None:
        journal = Journal()
        journal.happened(PAUL, ClientRegistered(PAUL, "paris-1", Name("Roe", "Paul"), None))
        journal.happened(ANNE, ClientRegistered(ANNE, "paris-1", Name("Roe", "Anne"), None))
        self.book = Book(url, journal)
        married = LinkBegun(MARRIAGE, 1, "spouse", Circle.PARTNER, PAUL, "husband", ANNE, "wife", None)
        day = CalendarDay(3, 20, 1999)
        couple = "M. et Mme Paul et Anne Roe"
        for event in (
            married,
            AnniversarySet(MARRIAGE, 1, AnniversaryKind.WEDDING, PAUL, ANNE, day, day),
            CoupleSalutationSet(MARRIAGE, 1, PAUL, ANNE, couple, couple),
        ):
            journal.happened(MARRIAGE, event)
        for number, (kind, value) in enumerate(
            ((TraitKind.TAG, "Difficult"), (TraitKind.MAILING_LIST, "VIP"), (TraitKind.LIKE, "peonies")), 1
        ):
            journal.happened(PAUL, TraitAdded(PAUL, UUID(int=number), kind, value))
        home = PostalAddress("FR", ("1 rue de la Paix",), "Paris", None, "75002")
        journal.happened(PAUL, AddressAdded(PAUL, UUID(int=1), AddressType.HOME, home, None, None))
        left = AddressAdded(PAUL, UUID(int=2), AddressType.HOME, home, None, TODAY - timedelta(1))
        journal.happened(PAUL, left)
        birthday = DateAdded(PAUL, UUID(int=1), DateKind.BIRTHDAY, None, CalendarDay(4, 1), yearly=True)
        journal.happened(PAUL, birthday)
        note = NoteWritten(PAUL, UUID(int=9), "associate-7", Privacy.OPEN, (), "Haggles.")
        journal.happened(PAUL, note, UUID(int=9))
        for stream, contact in enumerate(_contacts(), 0xCC):
            journal.happened(PAUL, contact, UUID(int=stream))
        self.happened(SaleRecorded(SOLD, SaleReference("till", "1"), "paris-1", AT, "EUR", PAUL, LINES))

    def happened(self, event: Any, key: UUID = SOLD) -> None:
        self.book.journal.happened(key, event)
        self.book.project()

    def profile(self, who: UUID = PAUL) -> CounterProfile:
        return found(self.book.asked(CounterProfile, lambda engine: profile_at_counter(engine, ASSOCIATE, who)))

    def purchases(self, who: UUID = PAUL, paging: Paging = EVERYTHING, **filters: Any) -> CounterPurchases:
        return found(
            self.book.asked(
                CounterPurchases,
                lambda engine: purchases(engine, ASSOCIATE, who, Filters(**filters), paging, View.COUNTER),
            )
        )

    def gifts(self, who: UUID, **filters: Any) -> CounterGifts:
        return found(
            self.book.asked(
                CounterGifts,
                lambda engine: gifts(engine, ASSOCIATE, who, WhichGifts(**filters), EVERYTHING, View.COUNTER),
            )
        )


def _contacts() -> tuple[OutreachRecorded, VisitRecorded, AppointmentMade]:
    """What associates wrote of a call, a visit and an appointment."""
    kinds = Direction.OUT, Channel.CALL, Purpose.CONVERSATIONAL, Outcome.REACHED
    called = OutreachRecorded(PAUL, UUID(int=0xCC), "yuki-1", None, AT, *kinds, None, (), None, (), "Hung up")
    came = VisitRecorded(PAUL, UUID(int=0xCD), "yuki-1", "paris-1", AT, (), "wants-to-think", None, "With his mistress")
    time = Held(AT, AT + timedelta(hours=1), "Europe/Paris")
    meets = AppointmentMade(PAUL, UUID(int=0xCE), "marc-1", "paris-1", time, True, None, "At the back door")
    return called, came, meets


def found(answer: Shape | None) -> Shape:
    assert answer is not None
    return answer


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database())
    with house.book:
        yield house


@pytest.mark.feature("N-09")
def test_a_profile_at_the_counter_tells_her_of_herself_alone(house: House) -> None:
    seen = house.profile()

    assert (seen.name and seen.name.given, seen.salutation) == ("Paul", None), "the couple's salutation names his wife"
    assert [each.value for each in seen.traits] == ["peonies"]
    assert [(each.kind, each.day.month) for each in seen.dates] == [("birthday", 4)]
    assert len(seen.addresses) == 1, "where he no longer lives is not asked about"
    shown = seen.model_dump_json()
    assert not [word for word in PRIVATE if word in shown]


def test_what_the_house_says_of_her_is_not_for_her_eyes() -> None:
    assert {*TraitKind} - {*SAID_TO_HER} == {TraitKind.TAG, TraitKind.MAILING_LIST}


@pytest.mark.feature("N-09")
def test_purchases_at_the_counter_have_no_price_and_no_surprise(house: House) -> None:
    back = ReturnedLine(3, 1, PRICE, "S-3", True, "Ours", None, None, (), "too heavy")
    house.happened(LinesReturned(SOLD, UUID(int=1), "rome-1", "paris-1", AT, "EUR", PAUL, (back,)))
    house.happened(replace(TO_ANNE, released_on=SECRET))

    seen = house.purchases()
    assert [(each.description, each.kept_quantity) for each in seen.items] == [("Tie", 2), ("Watch", 1)]
    shown = seen.model_dump_json()
    assert not [word for word in PRIVATE if word in shown]

    house.happened(TO_ANNE)
    assert [each.description for each in house.purchases().items] == ["Tie", "Ring", "Watch"]
    house.happened(replace(TO_ANNE, discreet=True))
    assert [each.description for each in house.purchases().items] == ["Tie", "Watch"]
    house.happened(replace(TO_ANNE, recipient_id=None, released_on=None))
    assert [each.description for each in house.purchases().items] == ["Tie", "Watch"], "not said is a secret too"


def test_what_came_back_without_the_receipt_was_not_sold_to_her(house: House) -> None:
    house.happened(ReturnRecorded(BACK, SaleReference("till", "2"), "paris-1", AT, "EUR", PAUL, LINES[:1]), BACK)
    assert [each.description for each in house.purchases().items] == ["Tie", "Ring", "Watch"]


def test_pages_at_the_counter_go_on_as_pages_do_and_are_not_those_of_the_other_view(house: House) -> None:
    house.happened(replace(TO_ANNE, released_on=SECRET))
    first = house.purchases(paging=Paging(SEAL, 1))
    assert first.next_cursor
    [second] = house.purchases(paging=Paging(SEAL, 1, first.next_cursor)).items
    assert second.description == "Watch"
    with pytest.raises(CursorInvalid):
        house.book.purchases(PAUL, Paging(SEAL, 1, first.next_cursor))
    assert house.purchases(brand="Theirs").items == []
    assert len(house.purchases(brand="Ours").items) == 2


@pytest.mark.feature("N-09")
def test_gifts_at_the_counter_are_those_she_knows_of(house: House) -> None:
    house.happened(replace(TO_ANNE, released_on=SECRET))
    assert house.gifts(ANNE).items == []
    house.happened(TO_ANNE)
    [gift] = house.gifts(ANNE).items
    assert (gift.description, gift.quantity, gift.day) == ("Ring", 1, TODAY)
    shown = house.gifts(ANNE).model_dump_json()
    assert not [word for word in (*PRIVATE, "Paul", str(PAUL), str(SOLD), "CODE") if word in shown]
    for direction in (None, *Way):
        assert house.gifts(PAUL, direction=direction).items == [], "what he gives is nobody's to see"


def test_each_takes_one_statement(house: House) -> None:
    for asked in (house.profile, house.purchases, lambda: house.gifts(ANNE)):
        with house.book.statements() as sent:
            asked()
        assert len(sent) == 1
