"""A list of ticklers costs what its clients cost, however large the house: of no table that grows with it is more read
than is theirs."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.dialects import postgresql

from domain.access import Policy, Role, Sharing
from domain.tickler_rule import Cause, Rule
from projections.affiliations import affiliation, named
from projections.calendar import calendar_event, on_calendar
from projections.client_card import card, contact_point
from projections.client_facts import date as life_date
from projections.contacts import appointment, outreach, settles, visit
from projections.family import anniversary, side
from projections.gifts import mark, party
from projections.invitations import invitation, sending
from projections.membership import term
from projections.projection import Table
from projections.purchase_history import line, sale
from projections.purchase_orders import step
from projections.ticklers import done, follow_up
from queries import reach, visibility
from queries.tickler.listing import _List, _ticklers
from queries.tickler.rules import trying
from queries.tickler.state import State
from queries.tickler.trial import _TRIAL
from tests.support.asking import TODAY, Book, read_whole, viewer
from tests.support.postgres import Databases

WHO = viewer("ines", Role.ASSOCIATE, "store-1", policy=Policy({Role.ASSOCIATE: Sharing.STORE}, 24))
VALUES: dict[str, Any] = {
    **visibility.parameters(WHO),
    **reach.parameters(WHO),
    "client_id": UUID(int=1),
    "associate_id": "ines",
    "store_id": "store-1",
    "on": TODAY,
    "first": None,
    "last": TODAY,
    "zone": "UTC",
    "states": list(State),
    "home_since": datetime(2024, 3, 1, tzinfo=UTC),
    "fetch": 51,
    "after_due": date(2026, 1, 1),
    "after_id": UUID(int=2),
}
GROWS: Final = [
    *(card, contact_point, life_date, side, anniversary, affiliation, named, term, calendar_event, on_calendar),
    *(invitation, sending, sale, line, step, party, mark, appointment, visit, outreach, settles, done, follow_up),
]
"""What there is the more of, the larger the house."""

DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]
CLIENTS: Final = 4_000
OF_TYPE: Final = {
    "UUID": "md5(n::text)::uuid",
    "DATE": "date '2026-01-01' + n % 90",
    "TIMESTAMP WITH TIME ZONE": "timestamptz '2026-01-01' - n * interval '1 hour'",
    "INTEGER": "n % 12 + 1",
    "BOOLEAN": "false",
    "TEXT": "n::text",
}
NAMED: Final = {
    "is_client": "true",
    "kind": "'sale'",
    "moves_goods": "true",
    "handover": "'taken'",
    "returned_quantity": "0",
    "store_id": "'store-' || n % 9",
    "associate_id": "'associate-' || n % 99",
}


@pytest.fixture(scope="module")
def book(databases: Databases) -> Iterator[Book]:
    with databases.fresh() as url, Book(url) as found:
        with psycopg.connect(url, autocommit=True) as connection:
            for table in GROWS:
                connection.execute(_rows_of(table))
            connection.execute("VACUUM ANALYZE")
        yield found


def _rows_of(table: Table) -> sql.Composed:
    """One for each client, hers as far as it has to do with one."""
    types = {str(column.name): str(column.type.compile(DIALECT)) for column in table.columns}
    said = {name: NAMED.get(name) or OF_TYPE[type_] for name, type_ in types.items() if type_ in OF_TYPE}
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM generate_series(1, {}) AS n").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, said)),
        sql.SQL(", ").join(map(sql.SQL, said.values())),
        sql.Literal(CLIENTS),
    )


@pytest.mark.parametrize("continued", [False, True])
@pytest.mark.parametrize("mine", [False, True])
@pytest.mark.parametrize("of", _List)
def test_no_cause_of_a_tickler_reads_a_table_whole(book: Book, of: _List, mine: bool, continued: bool) -> None:
    plan = book.plan(_ticklers(of, ranged=False, mine=mine, continued=continued), VALUES)
    names = [table.name for table in GROWS]
    assert [step for step in read_whole(plan) if any(name in step for name in names)] == []
    for index in (f"{line.name}_client", f"{side.name}_person", f"{party.name}_person"):
        assert index in plan


@pytest.mark.parametrize("of", [_List.ASSOCIATE, _List.STORE])
def test_rows_of_very_many_clients_are_not_visited_where_an_index_says_enough(book: Book, of: _List) -> None:
    plan = book.plan(_ticklers(of, ranged=False, mine=False, continued=False), VALUES)
    by_key = [f"{table.name}_pkey" for table in (card, life_date, anniversary, term, mark)]
    others = [f"{line.name}_client", f"{side.name}_person", f"{party.name}_person"]
    of_store = [f"{table.name}_of_store" for table in (card, life_date, term) if of is _List.STORE]
    visited = [index for index in by_key + others + of_store if f"Index Only Scan using {index}" not in plan]
    assert visited == []


EACH: Final[dict[str, Any]] = {
    "trial": _TRIAL,
    **{of: _ticklers(of, ranged=False, mine=False, continued=False) for of in _List},
}


@pytest.mark.parametrize("statement", EACH.values(), ids=EACH)
def test_what_grows_with_the_list_is_gone_through_once(book: Book, statement: Any) -> None:
    """Asked of each row whether it is in a list, PostgreSQL hashes one that fits into memory, and reads any other from
    the beginning each time: of a whole house, for ever."""
    tried = trying(Rule(Cause.OWN_DATE, "Call", 0, 3, 7, dates=("birthday",)))
    plan = book.plan(statement, {**VALUES, **tried, "first": TODAY})
    assert "SubPlan" in plan
    assert re.findall(r"SubPlan \d+\n +->  CTE Scan on (?!rule|staff).*", plan) == []
