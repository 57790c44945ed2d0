"""Gift history on PostgreSQL: what was given, by whom and to whom, and what the recipient's own file shows of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.access import Policy, Role, Sharing
from domain.client.events import ClientRegistered, DeathRecorded
from domain.client.facts import Name
from domain.link import EndReason, LinkBegun, LinkEnded
from domain.occasion import Source
from domain.refusals import CursorInvalid
from domain.relation import Circle
from domain.sale.events import (
    ClientDetached,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LineServiced,
    LinesReturned,
    MarkRemoved,
    SaleRecorded,
)
from domain.sale.facts import GiftOccasion, Giver, Handover, Line, ReturnedLine, SaleReference
from domain.sale.gift_code import CONTEXT, GiftReceipt, from_content
from projections.gifts import mark, party
from queries.gift import Gift, GiftDirection, Gifts
from queries.gift_marks import Marks
from queries.page import Paging
from tests.support.asking import ASSOCIATE, SEAL, TODAY, Book, shaped, viewer
from tests.support.decisions import client
from tests.support.decisions import gift as decided_gift
from tests.support.decisions import sale as decided_sale
from tests.support.decisions.journal import random_journal
from tests.support.decisions.nouns import CLIENTS, SALES
from tests.support.oracles_gifts import gifts_of, marks_of
from tests.support.records import NOON, Journal

Database = Callable[[], str]

PAUL, ANNE, ZOE = (UUID(int=0xA0 + number) for number in range(3))
SALE, MARK, BACK = UUID(int=0xD0), UUID(int=0xE0), UUID(int=0xF0)
CODE = "7QK4-X2MN-0WTZ"
BIRTHDAY = GiftOccasion(Source.OWN, "birthday", TODAY - timedelta(days=8))
RING = Line(1, "R-1", "Ring", 3, Decimal("40.00"), Decimal("100.00"), brand="Ours", serial_number=None)
MARKED = GiftMarked(SALE, MARK, 1, 1, (Giver(PAUL),), ANNE, ANNE, BIRTHDAY, TODAY - timedelta(1), CODE, discreet=False)


class House:
    """Paul, Anne and Zoe are clients, and Paul bought three rings for a hundred."""

    def __init__(self, url: str) -> None:
        journal = Journal()
        for who, given in ((PAUL, "Paul"), (ANNE, "Anne"), (ZOE, "Zoe")):
            journal.happened(who, ClientRegistered(who, "paris-1", Name("Roe", given), None))
        self.book = Book(url, journal)
        self.bought(SALE, PAUL)

    def happened(self, event: Any, key: UUID = SALE) -> None:
        self.book.journal.happened(key, event)
        self.book.project()

    def bought(self, id: UUID, who: UUID | None, line: Line = RING) -> None:
        reference = SaleReference("till", str(id.int))
        at = NOON - timedelta(days=30)
        self.happened(SaleRecorded(id, reference, "paris-1", at, "EUR", who, (line,)), id)

    def came_back(self, to: UUID | None, exchanged_for: UUID | None = None, quantity: int = 1) -> None:
        back = ReturnedLine(1, quantity, Decimal(33), "R-1", True, None, None, None, (), None, MARK)
        id = UUID(int=BACK.int + len(self.book.journal.records))
        self.happened(LinesReturned(SALE, id, "rome", "paris-1", NOON, "EUR", PAUL, (back,), to, exchanged_for))

    def gifts(self, who: UUID, **filters: Any) -> list[Gift]:
        answer = self.book.gifts(who, **filters)
        assert answer is not None
        return answer.items


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database())
    with house.book:
        yield house


@pytest.mark.feature("CS-12", "CS-13", "N-08")
def test_who_gave_sees_it_all_and_who_got_it_the_piece_alone(house: House) -> None:
    house.happened(replace(MARKED, givers=(Giver(PAUL, 2), Giver(ZOE))))

    [his], [hers] = house.gifts(PAUL), house.gifts(ANNE)

    assert (his.direction, his.day, his.description, his.quantity) == ("given", BIRTHDAY.day, "Ring", 1)
    assert his.recipient
    assert his.recipient.name
    assert his.recipient.name.given == "Anne"
    assert his.bought
    assert (his.bought.sale_id, his.bought.net, his.bought.receipt_code) == (SALE, Decimal("33.33"), CODE)
    assert [each.net for each in his.givers] == [Decimal("22.22"), Decimal("11.11")]
    assert house.gifts(ZOE) == [his]

    assert (hers.direction, hers.day, hers.description, hers.bought) == ("received", BIRTHDAY.day, "Ring", None)
    assert [(each.client_id, each.net) for each in hers.givers] == [(PAUL, None), (ZOE, None)]


def test_what_the_gifts_of_a_line_cost_adds_up_to_the_cent(house: House) -> None:
    for number in (1, 2, 3):
        house.happened(replace(MARKED, mark_id=UUID(int=number)))

    costs = {gift.gift_id.int: gift.bought and gift.bought.net for gift in house.gifts(PAUL)}
    assert costs == {1: Decimal("33.33"), 2: Decimal("33.34"), 3: Decimal("33.33")}
    house.happened(replace(MARKED, mark_id=UUID(int=1), quantity=2))
    house.happened(MarkRemoved(SALE, UUID(int=3)))
    costs = {gift.gift_id.int: gift.bought and gift.bought.net for gift in house.gifts(PAUL)}
    assert costs == {1: Decimal("66.67"), 2: Decimal("33.33")}


@pytest.mark.feature("N-09")
@pytest.mark.parametrize(
    "hidden",
    [
        replace(MARKED, released_on=TODAY + timedelta(1)),
        replace(MARKED, released_on=None),
        replace(MARKED, discreet=True),
    ],
    ids=["not yet", "no day", "discreet"],
)
def test_before_its_release_a_gift_is_not_in_her_file_whoever_opens_it(house: House, hidden: GiftMarked) -> None:
    without = [house.book.gifts(ANNE, who=who) for who in (ASSOCIATE, viewer("boss", Role.HEAD_OFFICE))]
    house.happened(hidden)

    assert [house.book.gifts(ANNE, who=who) for who in (ASSOCIATE, viewer("boss", Role.HEAD_OFFICE))] == without
    assert house.gifts(PAUL)
    house.happened(GiftReleaseSet(SALE, MARK, ANNE, TODAY, discreet=False))
    assert [each.gift_id for each in house.gifts(ANNE)] == [MARK]


@pytest.mark.feature("CS-12")
def test_what_she_exchanged_stays_given_and_is_not_to_be_mentioned(house: House) -> None:
    house.happened(MARKED)
    house.came_back(ANNE, exchanged_for=UUID(int=5))

    [his], [hers] = house.gifts(PAUL), house.gifts(ANNE)

    for gift in (his, hers):
        assert (gift.quantity, gift.returned_quantity, gift.exchanged_quantity) == (1, 0, 1)
    assert his.bought
    assert his.bought.do_not_mention


def test_what_he_brought_back_himself_was_never_hers(house: House) -> None:
    house.happened(replace(MARKED, quantity=2))
    house.came_back(None)
    [his], [hers] = house.gifts(PAUL), house.gifts(ANNE)
    assert his.bought
    assert (his.returned_quantity, his.bought.do_not_mention) == (1, False)
    assert (hers.quantity, hers.returned_quantity) == (1, 0)

    house.came_back(None)
    assert house.gifts(ANNE) == []


@pytest.mark.feature("N-08")
def test_what_was_given_stays_whoever_died_or_was_divorced(house: House) -> None:
    house.happened(MARKED)
    link = UUID(int=0xB0)
    house.happened(LinkBegun(link, 1, "spouse", Circle.PARTNER, PAUL, "husband", ANNE, "wife", None), link)
    before = [house.gifts(who) for who in (PAUL, ANNE)]

    house.happened(LinkEnded(link, 1, PAUL, ANNE, TODAY, EndReason.DIVORCE), link)
    house.happened(DeathRecorded(ANNE, TODAY), ANNE)

    assert [house.gifts(who) for who in (PAUL, ANNE)] == before
    assert all(before)


@pytest.mark.feature("CS-12", "CS-13")
def test_gifts_are_found_by_way_person_occasion_and_year(house: House) -> None:
    christmas = replace(BIRTHDAY, name="christmas", day=date(2025, 12, 25), source=Source.FEAST)
    house.happened(MARKED)
    house.happened(replace(MARKED, mark_id=UUID(int=1), recipient_id=ZOE, concerns_id=ZOE, occasion=christmas))
    house.bought(UUID(int=2), ANNE)
    to_paul = replace(MARKED, sale_id=UUID(int=2), givers=(Giver(ANNE),), recipient_id=PAUL, occasion=None)
    house.happened(to_paul, UUID(int=2))

    def found(**filters: Any) -> list[UUID | None]:
        return [gift.recipient.client_id if gift.recipient else None for gift in house.gifts(PAUL, **filters)]

    assert found() == [PAUL, ANNE, ZOE], "the latest day first, and a gift without an occasion has that of its release"
    assert found(direction=GiftDirection.GIVEN) == [ANNE, ZOE]
    assert found(direction=GiftDirection.RECEIVED) == [PAUL]
    assert found(person_id=ANNE) == [PAUL, ANNE], "from her, and to her"
    assert found(person_id=ZOE, direction=GiftDirection.RECEIVED) == []
    assert found(occasion="christmas") == [ZOE]
    assert found(year=2025) == [ZOE]
    assert found(year=2026) == [PAUL, ANNE]


def test_pages_hold_every_gift_once_and_a_cursor_is_good_for_one_question(house: House) -> None:
    for number in range(3):
        house.happened(replace(MARKED, mark_id=UUID(int=number)))
    cursor, found = None, []
    for _ in range(3):
        page = house.book.gifts(PAUL, Paging(SEAL, 1, cursor))
        assert page is not None
        found += page.items
        cursor = page.next_cursor
    assert cursor is None
    assert found == house.gifts(PAUL)

    first = house.book.gifts(PAUL, Paging(SEAL, 1))
    assert first is not None
    with pytest.raises(CursorInvalid):
        house.book.gifts(PAUL, Paging(SEAL, 1, first.next_cursor), year=2026)


def test_what_is_ordered_is_hers_once_it_is_handed_over(house: House) -> None:
    id = UUID(int=3)
    house.bought(id, PAUL, replace(RING, handover=Handover.ORDERED))
    house.happened(replace(MARKED, sale_id=id), id)

    [his] = house.gifts(PAUL)
    assert his.bought
    assert not his.bought.handed_over
    assert house.gifts(ANNE) == []


def test_a_stranger_sees_no_ones_gifts_and_of_anothers_sale_not_the_number(house: House) -> None:
    house.happened(replace(MARKED, givers=(Giver(ZOE),)))
    hers = viewer("zoes", Role.ASSOCIATE, "paris-2", policy=Policy({Role.ASSOCIATE: Sharing.STORE}, 24))
    elsewhere = UUID(int=4)
    house.happened(ClientRegistered(elsewhere, "paris-2", Name("Doe", "Jo"), None), elsewhere)
    house.happened(replace(MARKED, mark_id=UUID(int=6), givers=(Giver(elsewhere),)))

    assert house.book.gifts(PAUL, who=hers) is None
    assert house.book.marks(SALE, who=hers) is None
    answer = house.book.gifts(elsewhere, who=hers)
    assert answer
    [gift] = answer.items
    assert gift.bought
    assert gift.bought.sale_id is None
    house.happened(ClientDetached(SALE, PAUL))
    assert house.gifts(ZOE)[0].bought.sale_id == SALE  # type: ignore[union-attr]


def test_a_sale_shows_its_marks(house: House) -> None:
    house.happened(MARKED)
    house.happened(KeptForHerself(SALE, UUID(int=1), 1, 2))
    answer = house.book.marks(SALE)
    assert answer is not None
    assert [(each.kind, each.quantity, each.recipient_id, each.receipt_code) for each in answer.items] == [
        ("own", 2, None, None),
        ("gift", 1, ANNE, CODE),
    ]
    house.happened(MarkRemoved(SALE, MARK))
    left = house.book.marks(SALE)
    assert left is not None
    assert [each.kind for each in left.items] == ["own"]
    assert house.book.marks(UUID(int=404)) is None


@pytest.mark.feature("CS-12")
@pytest.mark.parametrize("typed", [CODE, "7qk4x2mn0wtz"])
def test_a_code_opens_the_piece_and_tells_nothing_of_who_gave_it_or_for_how_much(house: House, typed: str) -> None:
    house.happened(replace(MARKED, quantity=2))
    stranger = viewer("far away", Role.ASSOCIATE, "rome", policy=Policy({Role.ASSOCIATE: Sharing.OWN}, 24))
    opened = house.book.opened(stranger, code=typed)

    assert opened is not None
    assert from_content(SEAL.open(opened.receipt, CONTEXT)) == GiftReceipt(SALE, 1, MARK)
    shown = opened.model_dump(exclude={"receipt"})
    assert shown == {
        "sku": "R-1",
        "description": "Ring",
        "brand": "Ours",
        "category": None,
        "type": None,
        "serial_number": None,
        "attributes": [],
        "quantity": 2,
    }
    house.came_back(ANNE)
    again = house.book.opened(code=CODE)
    assert again is not None
    assert again.quantity == 1
    house.happened(MarkRemoved(SALE, MARK))
    assert house.book.opened(code=CODE) is None


def test_a_serial_number_opens_the_last_sale_of_the_piece(house: House) -> None:
    piece = replace(RING, quantity=1, serial_number="4711")
    house.bought(UUID(int=7), PAUL, piece)
    later = SaleRecorded(UUID(int=8), SaleReference("till", "8"), "rome", NOON, "EUR", ZOE, (piece,))
    house.happened(later, UUID(int=8))

    opened = house.book.opened(serial_number="4711")
    assert opened is not None
    assert (opened.serial_number, opened.quantity) == ("4711", 1)
    assert from_content(SEAL.open(opened.receipt, CONTEXT)) == GiftReceipt(UUID(int=8), 1)
    assert house.book.opened(serial_number="4712") is None
    assert house.book.opened(code="0000-0000-0000") is None


def test_what_was_done_to_what_she_got_is_in_her_file(house: House) -> None:
    house.happened(MARKED)
    house.happened(LineServiced(SALE, UUID(int=1), 1, MARK, "sizing", "rome", NOON))

    assert [each.service for each in house.gifts(ANNE)[0].services] == ["sizing"]
    assert house.gifts(PAUL)[0].services == []


@pytest.mark.feature("CS-12", "N-08")
@pytest.mark.parametrize(("seed", "decisions"), [(11, 600), (13, 600), (14, 600), (16, 600)])
def test_after_any_decisions_it_is_what_the_whole_log_says(database: Database, seed: int, decisions: int) -> None:
    nouns = [client.NOUN, decided_sale.NOUN, decided_gift.NOUN, decided_gift.NOUN]
    journal = random_journal(Random(seed), 2, decisions, nouns)
    with Book(database(), journal) as book:
        log = journal.recorded()
        shown: set[object] = set()
        for client_id in CLIENTS:
            told, answer = gifts_of(log, client_id, TODAY), book.gifts(client_id)
            assert answer == (None if told is None else shaped(Gifts, {"items": told, "next_cursor": None}))
            shown |= {each["direction"] for each in told or []}
            shown |= {"back" for each in told or [] if each["returned_quantity"] or each["exchanged_quantity"]}
        for sale_id in SALES:
            marks = book.marks(sale_id)
            if marks is not None:
                assert marks == shaped(Marks, {"items": marks_of(log, sale_id)})
        assert shown == {"given", "received", "back"}


def test_however_many_there_are_it_takes_one_statement(house: House) -> None:
    for number in range(3):
        house.happened(replace(MARKED, mark_id=UUID(int=number)))
    for asked in (
        lambda: house.book.gifts(PAUL),
        lambda: house.book.marks(SALE),
        lambda: house.book.opened(serial_number="1") or True,
    ):
        with house.book.statements() as sent:
            assert asked()
        assert len(sent) == 1


def test_gifts_are_found_by_indexes(house: House) -> None:
    house.book.rows(select(1), {})
    for statement, index in (
        (select(party).where(party.c.person_id == PAUL), f"{party.name}_person"),
        (select(mark).where(mark.c.recipient_id == PAUL), f"{mark.name}_recipient"),
        (select(mark).where(mark.c.receipt_code == CODE), f"{mark.name}_receipt"),
    ):
        assert index in house.book.plan(statement, {})
