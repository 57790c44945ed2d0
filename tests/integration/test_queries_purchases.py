"""Purchases and history on PostgreSQL: filters, pages while rows arrive, and nothing of what a caller may not see."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from typing_extensions import override

from consumers.source import Record
from domain.access import Policy, Role
from domain.client.events import ClientRegistered
from domain.client.facts import Name
from domain.personal import ERASED
from domain.refusals import CursorInvalid, NotAllowed
from domain.sale.events import ClientAttached, ClientDetached, LinesReturned, ReturnRecorded, SaleRecorded
from domain.sale.facts import Line, ReturnedLine, SaleReference
from projections.projection import Recorded
from queries.page import Paging
from tests.support.asking import ASSOCIATE, AUDITOR, EVERYTHING, SEAL, Book, viewer
from tests.support.records import NOON, Journal

Database = Callable[[], str]
MARIE, JEANNE = UUID(int=1), UUID(int=2)


class Shop(Journal):
    """A journal to sell in: each sale is a day older than the one before, two lines of one item each."""

    def __init__(self) -> None:
        super().__init__()
        self.damaged: set[UUID] = set()
        self._number = count(1)
        for client_id in (MARIE, JEANNE):
            self.happened(client_id, ClientRegistered(client_id, "paris-1", Name("Dupont"), None))

    def sells(self, client_id: UUID | None = MARIE, days: int | None = None, **other: Any) -> UUID:
        number = next(self._number)
        sale_id = UUID(int=1000 + number)
        at = NOON - timedelta(days=number if days is None else days)
        lines = (
            Line(1, "bag", "Bag", 2, Decimal("100.00"), Decimal("200.00"), True, other.get("brand"), "leather"),
            Line(2, "scarf", "Scarf", 1, Decimal("50.00"), Decimal("50.00"), True, "Lumen", other.get("category")),
            Line(3, "post", "Postage", 1, Decimal("9.50"), Decimal("9.50"), moves_goods=False),
        )
        recorded = other.get("kind", SaleRecorded)
        reference = SaleReference("till", str(number))
        store_id = other.get("store_id", "paris-1")
        self.happened(sale_id, recorded(sale_id, reference, store_id, at, "EUR", client_id, lines))
        return sale_id

    @override
    def decode(self, records: Sequence[Record]) -> list[Recorded | Exception]:
        damaged = ValueError("damaged")
        return [
            damaged if record.key in self.damaged else each
            for record, each in zip(records, super().decode(records), strict=True)
        ]

    def takes_back(self, sale_id: UUID, quantity: int, net: str) -> None:
        back = ReturnedLine(1, quantity, Decimal(net), "bag", True, None, "leather", None, (), "too big")
        id = UUID(int=5000 + next(self._number))
        self.happened(sale_id, LinesReturned(sale_id, id, "osaka", "paris-1", NOON, "EUR", MARIE, (back,)))


def bought(book: Book, client_id: UUID = MARIE, paging: Paging = EVERYTHING, **filters: Any) -> list[tuple[int, int]]:
    """Number of the sale and ordinal of each line."""
    page = book.purchases(client_id, paging, **filters)
    assert page
    return [(each.sale_id.int - 1000, each.ordinal) for each in page.items]


@pytest.mark.feature("CS-52")
def test_purchases_come_newest_first_and_hold_goods_only(database: Database) -> None:
    shop = Shop()
    shop.sells()
    shop.sells()
    shop.sells(JEANNE)
    with Book(database(), shop) as book:
        assert bought(book) == [(1, 1), (1, 2), (2, 1), (2, 2)]
        assert bought(book, JEANNE) == [(3, 1), (3, 2)]


def test_a_client_who_bought_nothing_is_no_unknown_client(database: Database) -> None:
    with Book(database(), Shop()) as book:
        assert bought(book) == []
        assert book.purchases(UUID(int=9)) is None
        assert [book.profile(UUID(int=9)), book.history(UUID(int=9)), book.sale(UUID(int=9))] == [None] * 3


@pytest.mark.feature("CS-54")
def test_what_came_back_is_told_and_netted(database: Database) -> None:
    shop = Shop()
    shop.takes_back(shop.sells(), 1, "90.00")
    shop.sells(kind=ReturnRecorded, store_id="osaka")
    with Book(database(), shop) as book:
        page = book.purchases(MARIE)
        assert page
        bag, scarf, *without_receipt = page.items

        assert (bag.quantity, bag.returned_quantity, bag.kept_quantity) == (2, 1, 1)
        assert (bag.net, bag.returned_net, bag.kept_net) == (Decimal(200), Decimal(90), Decimal(110))
        [back] = bag.returns
        assert (back.store_id, back.occurred_at, back.quantity, back.net, back.reason) == (
            "osaka", NOON, 1, Decimal(90), "too big",
        )  # fmt: skip
        assert (scarf.kept_quantity, scarf.returns) == (1, [])
        assert {each.kind for each in without_receipt} == {"return"}
        assert [(each.quantity, each.kept_quantity, each.kept_net) for each in without_receipt] == [
            (0, -2, Decimal(-200)),
            (0, -1, Decimal(-50)),
        ]
        assert [each.returns[0].store_id for each in without_receipt] == ["osaka", "osaka"]


def test_purchases_are_filtered_by_store_brand_category_and_period(database: Database) -> None:
    shop = Shop()
    shop.sells(brand="Aurélie", category="silk")
    shop.sells(store_id="osaka", brand="Lumen")
    shop.sells(category="silk")
    with Book(database(), shop) as book:
        assert bought(book, store_id="osaka") == [(2, 1), (2, 2)]
        assert bought(book, brand="Aurélie") == [(1, 1)]
        assert bought(book, category="silk") == [(1, 2), (3, 2)]
        assert bought(book, category="silk", brand="Lumen", store_id="paris-1") == [(1, 2), (3, 2)]
        assert bought(book, since=NOON - timedelta(days=2)) == [(1, 1), (1, 2), (2, 1), (2, 2)]
        assert bought(book, before=NOON - timedelta(days=2)) == [(3, 1), (3, 2)]
        assert bought(book, since=NOON - timedelta(days=2), before=NOON - timedelta(days=1)) == [(2, 1), (2, 2)]
        assert bought(book, brand="nobody") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_neither_repeat_nor_miss_a_line_while_rows_arrive(database: Database, limit: int) -> None:
    shop = Shop()
    for days in (5, 5, 5, 8, 9):  # three sales of one moment
        shop.sells(days=days)
    with Book(database(), shop) as book:
        at_first = bought(book)
        walked: list[tuple[int, int]] = []
        cursor: str | None = None
        for _ in at_first:
            page = book.purchases(MARIE, Paging(SEAL, limit, cursor))
            assert page
            assert len(page.items) <= limit
            walked += [(each.sale_id.int - 1000, each.ordinal) for each in page.items]
            if (cursor := page.next_cursor) is None:
                break
            shop.sells(days=1)
            book.project()

        assert walked == at_first


def test_a_cursor_continues_the_same_question_only(database: Database) -> None:
    shop = Shop()
    shop.sells()
    shop.sells()
    with Book(database(), shop) as book:
        page = book.purchases(MARIE, Paging(SEAL, 1))
        assert page
        again = Paging(SEAL, 1, page.next_cursor)
        assert book.purchases(MARIE, again)
        with pytest.raises(CursorInvalid):
            book.purchases(MARIE, again, store_id="paris-1")
        with pytest.raises(CursorInvalid):
            book.purchases(JEANNE, again)
        with pytest.raises(CursorInvalid):
            book.purchases(MARIE, again, who=AUDITOR)
        with pytest.raises(CursorInvalid):
            book.history(MARIE, again)


def test_a_sale_goes_where_it_is_attached_and_stays_in_a_history_up_to_when_it_left_her(database: Database) -> None:
    shop = Shop()
    sale_id = shop.sells()
    shop.happened(sale_id, ClientAttached(sale_id, JEANNE, MARIE))
    with Book(database(), shop) as book:
        assert (bought(book), bought(book, JEANNE)) == ([], [(1, 1), (1, 2)])
        shop.happened(sale_id, ClientDetached(sale_id, JEANNE))
        book.project()
        assert (bought(book), bought(book, JEANNE)) == ([], [])

        up_to_her = ["clientattached.v1", "salerecorded.v1", "clientregistered.v1"]
        for client_id, told in ((MARIE, up_to_her), (JEANNE, ["clientdetached.v1", *up_to_her])):
            history = book.history(client_id)
            assert history
            assert [each.name for each in history.items] == told
        sold = book.sale(sale_id)
        assert sold
        assert (sold.version, sold.client_id, len(sold.lines)) == (3, None, 3)


def test_a_history_says_what_each_event_said_and_what_was_erased(database: Database) -> None:
    shop = Shop()
    gone = UUID(int=3)
    shop.happened(gone, ClientRegistered(gone, "paris-1", ERASED, ERASED))
    with Book(database(), shop) as book:
        [registered] = book.history(MARIE).items  # type: ignore[union-attr]
        [erased] = book.history(gone).items  # type: ignore[union-attr]

        assert registered.data == {
            "client_id": str(MARIE),
            "store_id": "paris-1",
            "name": {"family": "Dupont", "given": None, "title": None},
            "reference": None,
        }
        assert (registered.actor, registered.stream_version, registered.event_id) == ("tester", 1, UUID(int=1))
        assert erased.data
        assert erased.data["name"] == erased.data["reference"] == {"erased": True}


def test_a_history_is_paged_newest_first(database: Database) -> None:
    shop = Shop()
    for _ in range(4):
        shop.sells()
    with Book(database(), shop) as book:
        walked: list[int] = []
        cursor: str | None = None
        for _ in range(3):
            page = book.history(MARIE, Paging(SEAL, 2, cursor))
            assert page
            walked += [each.position for each in page.items]
            if (cursor := page.next_cursor) is None:
                break
        everything = book.history(MARIE)
        assert everything
        assert walked == [each.position for each in everything.items]
        assert walked == sorted(walked, reverse=True)
        assert len(walked) == 5


def test_an_event_that_cannot_be_read_is_still_in_the_history(database: Database) -> None:
    shop = Shop()
    with Book(database(), shop) as book:
        shop.damaged.add(MARIE)
        [entry] = book.history(MARIE).items  # type: ignore[union-attr]

    assert (entry.name, entry.actor, entry.data) == ("clientregistered.v1", "tester", None)


def test_what_a_caller_does_not_see_is_unknown_everywhere(database: Database) -> None:
    shop = Shop()
    sale_id = shop.sells()
    own = Policy({}, home_store_months=24)
    with Book(database(), shop) as book:
        seen = [book.profile(MARIE), book.purchases(MARIE), book.sale(sale_id), book.history(MARIE)]
        assert None not in seen
        assert book.search(name="dupont").items

        who, auditor = viewer("stranger", Role.ASSOCIATE, policy=own), viewer("stranger", Role.AUDITOR, policy=own)
        hidden = [book.profile(MARIE, who), book.purchases(MARIE, who=who), book.sale(sale_id, who)]
        assert [*hidden, book.history(MARIE, who=auditor)] == [None] * 4
        assert book.search(who, name="dupont").items == []


def test_a_history_is_refused_to_who_serves_clients(database: Database) -> None:
    with Book(database(), Shop()) as book, pytest.raises(NotAllowed):
        book.history(MARIE, who=ASSOCIATE)
