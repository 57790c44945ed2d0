"""Given events, then references to them, and who is named by them."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from domain.catalog import CATALOG
from domain.client.events import ClientRegistered
from domain.client.facts import Name
from domain.receipt import CommandAnswered
from domain.sale.events import (
    ClientAttached,
    ClientDetached,
    GiftMarked,
    GiftReleaseSet,
    KeptForHerself,
    LinesReturned,
    MarkRemoved,
    ProposalDeclined,
    SaleRecorded,
)
from domain.sale.facts import ReturnedLine, SaleReference
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


def test_a_sale_is_in_the_history_of_everyone_it_ever_stood_on_until_it_left_her() -> None:
    tables = rows(
        (SALE, sold),
        (SALE, ClientAttached(SALE, MARIE, None)),
        (SALE, ClientAttached(SALE, JEANNE, MARIE)),
        (SALE, ClientDetached(SALE, JEANNE)),
    )

    first, to_marie, to_jeanne, to_nobody = sorted(row["position"] for row in tables[entry.name].values())
    assert first < to_marie
    assert {key: (row["since"], row["until"]) for key, row in tables[party.name].items()} == {
        (SALE, MARIE): (to_marie, to_jeanne),
        (SALE, JEANNE): (to_jeanne, to_nobody),
    }


@pytest.mark.feature("N-09")
def test_an_event_about_a_gift_is_known_as_one() -> None:
    back = LinesReturned(SALE, MARIE, "rome", "paris-1", NOON, "EUR", JEANNE, ())
    piece = ReturnedLine(1, 1, Decimal(1), "R", True, None, None, None, (), None)
    of_gifts = (
        GiftMarked(SALE, MARIE, 1, 1, (), MARIE, MARIE, None, None, "CODE", discreet=False),
        KeptForHerself(SALE, MARIE, 1, 1),
        MarkRemoved(SALE, MARIE),
        GiftReleaseSet(SALE, MARIE, MARIE, None, discreet=True),
        ProposalDeclined(SALE, MARIE, 1),
        replace(back, lines=(piece, replace(piece, mark_id=MARIE))),
    )
    others = (sold, ClientAttached(SALE, MARIE, None), back, replace(back, lines=(piece,)))
    tables = rows(*((SALE, event) for event in (*of_gifts, *others)))

    told = [row["of_gift"] for _, row in sorted(tables[entry.name].items())]
    assert told == [True] * len(of_gifts) + [False] * len(others)


def test_every_event_that_is_published_is_in_somebodys_history() -> None:
    published = {cls for name, cls in CATALOG.events.items() if name not in CATALOG.internal}

    assert set(client_history.handlers) == published
    assert CommandAnswered not in client_history.handlers
