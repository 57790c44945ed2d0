"""Commands that say from which event a sale comes, from body to events."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from commands import attribution
from commands.ports import Change, Done, Ports, Stream
from domain.access import Caller, Role
from domain.calendar_event.events import CalendarEventScheduled
from domain.calendar_event.facts import Held
from domain.refusals import CalendarEventUnknown, ClientUnknown, NotAllowed, SaleUnknown
from domain.sale.events import AttributionRemoved, GiftMarked, SaleAttributed, SaleRecorded
from domain.scope import Reach, Scope
from tests.support.memory import ports, request
from tests.unit.commands.test_sale import BODY, GLASSES, RING, anne, record

SHOW = UUID(int=0xCA1)
HELD = Held(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 17, tzinfo=UTC), "Europe/Paris")


def with_show() -> Ports:
    world = ports()
    show = CalendarEventScheduled(SHOW, "Aurélie", "trunk-show", (), Scope(Reach.NATIONAL), HELD, None)
    world.streams.append([Change(Stream(SHOW, SHOW), 0, (show,))], request())
    return world


def state(world: Ports, sale_id: UUID, caller: Caller | None = None, **body: Any) -> Done:
    said = attribution.AttributeSale.model_validate({"calendar_event_id": str(SHOW), **body})
    return attribution.attribute(sale_id, said, world, request(caller) if caller else request())


@pytest.mark.feature("CS-28")
def test_a_sale_is_stated_for_an_event_at_any_time_and_taken_back() -> None:
    world = with_show()
    sold = record(world).subject_id

    assert state(world, sold, lines=[2]).events == (SaleAttributed(sold, SHOW, (2,), "associate-7"),)
    assert state(world, sold).events == (SaleAttributed(sold, SHOW, (1,), "associate-7"),)
    assert state(world, sold).events == ()
    assert attribution.remove(sold, [1], world, request()).events == (AttributionRemoved(sold, SHOW, (1,)),)
    assert attribution.remove(sold, None, world, request()).events == (AttributionRemoved(sold, SHOW, (2,)),)


@pytest.mark.feature("CS-28")
def test_a_sale_is_stated_for_an_event_in_the_step_that_records_it() -> None:
    world = with_show()
    gift = {"recipient_id": None, "givers": [{"client_id": str(anne(world))}]}
    done = record(world, {**BODY, "lines": [RING, {**GLASSES, "gift": gift}], "calendar_event_id": str(SHOW)})

    assert [type(event) for event in done.events] == [SaleRecorded, SaleAttributed, GiftMarked]
    assert done.events[1] == SaleAttributed(done.subject_id, SHOW, (1, 2), "associate-7")
    assert record(world, {**BODY, "calendar_event_id": str(SHOW)}).events == ()


def test_whoever_acts_for_an_associate_states_it_for_her() -> None:
    world = with_show()
    sold = record(world).subject_id
    [said] = state(world, sold, Caller("assistant", Role.ASSOCIATE, "paris-1", "ines")).events
    assert said == SaleAttributed(sold, SHOW, (1, 2), "ines")


def test_an_event_that_nobody_scheduled_has_no_sales() -> None:
    world = with_show()
    sold, client_id = record(world).subject_id, anne(world)
    for nothing in (UUID(int=9), client_id, sold):
        with pytest.raises(CalendarEventUnknown) as refused:
            state(world, sold, calendar_event_id=str(nothing))
        assert refused.value.field == "calendar_event_id"
        again = {**BODY, "reference": {"source": "till", "number": "7"}, "client_id": str(client_id)}
        with pytest.raises(CalendarEventUnknown):
            record(world, {**again, "calendar_event_id": str(nothing)})


def test_an_event_is_nobody_on_whom_a_sale_could_stand() -> None:
    with pytest.raises(ClientUnknown):
        record(with_show(), {**BODY, "client_id": str(SHOW), "calendar_event_id": str(SHOW)})


def test_only_who_sells_states_where_a_sale_of_hers_comes_from() -> None:
    world = with_show()
    sold = record(world).subject_id
    auditor = Caller("someone", Role.AUDITOR)
    with pytest.raises(NotAllowed):
        state(world, sold, auditor)
    with pytest.raises(NotAllowed):
        attribution.remove(sold, None, world, request(auditor))
    with pytest.raises(SaleUnknown):
        state(world, SHOW)
