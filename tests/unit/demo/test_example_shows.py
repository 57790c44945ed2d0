"""The trunk show of the example house could have been held."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from domain.calendar_event.events import AssortmentBrought, CalendarEventScheduled, TargetSet
from domain.invitation.events import Attended, InvitationAnswered, InvitationSent, PiecesPreviewed, PutOnList
from domain.outreach import OutreachRecorded
from domain.sale.events import SaleAttributed, SaleRecorded
from domain.sale.facts import Handover
from infra.demo.history import stories
from infra.demo.shows import SHOW_DAYS, TRUNK_SHOW, calendar_events


@pytest.fixture(scope="module")
def history() -> list[Any]:
    return [event for _, together in stories(7, 400) for story in together for event in story.events]


def of(history: list[Any], kind: type[Any]) -> list[Any]:
    return [event for event in history if isinstance(event, kind)]


def test_the_house_has_one_event_behind_it_and_others_before_it() -> None:
    events = [event for story in calendar_events() for event in story.events]
    held = {event.calendar_event_id: event.held for event in of(events, CalendarEventScheduled)}
    [brought] = of(events, AssortmentBrought)

    assert (held[TRUNK_SHOW].first_day, held[TRUNK_SHOW].last_day) == SHOW_DAYS
    assert sum(each.first_day > SHOW_DAYS[1] for each in held.values()) == 2
    assert len({each.serial_number or each.sku for each in brought.pieces}) == len(brought.pieces)
    assert any(each.units > 1 for each in brought.pieces)
    assert {each.associate_id is None for each in of(events, TargetSet)} == {True, False}


def test_who_came_was_invited_and_what_was_bought_had_been_brought(history: list[Any]) -> None:
    pieces = {
        each.sku: each
        for event in next(calendar_events()).events
        if isinstance(event, AssortmentBrought)
        for each in event.pieces
    }
    listed = {each.client_id for each in of(history, PutOnList)}
    sent = {each.outreach_id for each in of(history, InvitationSent)}
    came = {each.client_id for each in of(history, Attended)}
    sold = {each.sale_id for each in of(history, SaleAttributed)}
    sales = [each for each in of(history, SaleRecorded) if each.sale_id in sold]

    assert came <= {each.client_id for each in of(history, InvitationAnswered) if each.accepted} <= listed
    assert sent == {each.outreach_id for each in of(history, OutreachRecorded)}
    assert {each.client_id for each in sales} <= came
    assert all(each.occurred_at.date() in SHOW_DAYS for each in sales)
    lines = [line for sale in sales for line in sale.lines]
    assert all(line.unit_price == pieces[line.sku].unit_value for line in lines)
    taken = Counter(line.sku for line in lines if line.handover is Handover.TAKEN)
    assert all(many <= pieces[sku].units for sku, many in taken.items())
    assert len(listed) > len(came) > len(sales) >= 3
    assert sum((line.net for line in lines), Decimal(0)) > 0
    assert {line.handover for line in lines} == {Handover.TAKEN, Handover.ORDERED}
    assert of(history, PiecesPreviewed)
