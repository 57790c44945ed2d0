"""Given events, then references to them, and who is named by them."""

from uuid import UUID

from domain.catalog import CATALOG
from domain.client.events import ClientRegistered
from domain.client.facts import Name
from domain.receipt import CommandAnswered
from domain.sale.events import ClientAttached, ClientDetached, SaleRecorded
from domain.sale.facts import SaleReference
from projections.client_history import client_history, entry, party
from tests.support.projections import Tables, applied_one_by_one
from tests.support.records import NOON, Journal

SALE, MARIE, JEANNE = UUID(int=1), UUID(int=2), UUID(int=3)
sold = SaleRecorded(SALE, SaleReference("till", "77"), "paris-1", NOON, "EUR", None, ())


def rows(*happened: tuple[UUID, object]) -> Tables:
    journal = Journal()
    for key, event in happened:
        journal.happened(key, event)
    return applied_one_by_one(asked for each in journal.recorded() for asked in client_history.changes(each))


def test_an_event_leaves_a_reference_and_nothing_it_says() -> None:
    tables = rows((MARIE, ClientRegistered(MARIE, "paris-1", Name("Dupont"), None)))

    [row] = tables[entry.name].values()
    assert {column: row[column] for column in ("key", "position", "stream_id", "stream_version", "name", "actor")} == {
        "key": MARIE,
        "position": 1,
        "stream_id": MARIE,
        "stream_version": 1,
        "name": "clientregistered.v1",
        "actor": "tester",
    }
    assert "Dupont" not in str(tables)
    assert party.name not in tables


def test_a_sale_stays_in_the_history_of_everyone_it_ever_stood_on() -> None:
    tables = rows(
        (SALE, sold),
        (SALE, ClientAttached(SALE, MARIE, None)),
        (SALE, ClientAttached(SALE, JEANNE, MARIE)),
        (SALE, ClientDetached(SALE, JEANNE)),
    )

    assert set(tables[party.name]) == {(SALE, MARIE), (SALE, JEANNE)}
    assert len(tables[entry.name]) == 4


def test_every_event_that_is_published_is_in_somebodys_history() -> None:
    published = {cls for name, cls in CATALOG.events.items() if name not in CATALOG.internal}

    assert set(client_history.handlers) == published
    assert CommandAnswered not in client_history.handlers
