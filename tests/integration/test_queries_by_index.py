"""Questions about one client or one associate, whose cost must not grow with the house: no table is read whole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Executable

from projections.gifts import party
from projections.purchase_history import line, sale
from projections.purchase_was import standing_was
from queries import visibility
from queries.gift_occasions import _TILL
from queries.purchase_history import _purchases
from queries.sold_to import _sold_to
from queries.totals import _totals
from tests.support.asking import ASSOCIATE, TODAY, Book, read_whole
from tests.support.postgres import Databases

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
VALUES: dict[str, Any] = {
    **visibility.parameters(ASSOCIATE),
    "client_id": UUID(int=1),
    "on": TODAY,
    "fetch": 51,
    **dict.fromkeys(("known_at", "after_at"), NOON),
    **dict.fromkeys(("since", "before")),  # any time: a period is found by the days of sales as well
    **dict.fromkeys(("after_sale", "after_id", "key"), UUID(int=2)),
    "after_ordinal": 1,
    "associate_id": ASSOCIATE.id,
    "sold_by": '[{"associate_id": "ines"}]',
}


@pytest.fixture(scope="module")
def book(databases: Databases) -> Iterator[Book]:
    with databases.fresh() as url, Book(url) as found:
        yield found


QUESTIONS: dict[str, tuple[Executable, str]] = {
    "the till's": (_TILL, f"{party.name}_person"),
    "purchases": (_purchases(frozenset()), f"{sale.name}_client"),
    "purchases known then": (_purchases(frozenset({"known_at"})), f"{standing_was.name}_client"),
    "the next page of them": (
        _purchases(frozenset({"known_at", "since", "before", "after_at"})),
        f"{sale.name}_client",
    ),
    "totals": (_totals(then=False), f"{line.name}_client"),
    "totals known then": (_totals(then=True), f"{standing_was.name}_client"),
    "sold to": (_sold_to(served=None, continued=False), f"{line.name}_sellers"),
    "sold to and not served, the next page": (_sold_to(served=False, continued=True), f"{line.name}_sellers"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_table_is_read_whole(book: Book, question: str) -> None:
    statement, index = QUESTIONS[question]
    plan = book.plan(statement, VALUES)

    assert read_whole(plan) == []
    assert index in plan
