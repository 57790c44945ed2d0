"""Commands about a calendar event: schedule it, keep what is said of it, cancel it, and on whose calendars it is."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.execute import Decision, execute
from commands.fields import Body, ByClock, Scope, Sentence, TimeZone, Word, example
from commands.needs import Needs, known_organization, known_region, known_store
from commands.ports import Done, Ports, Request, Stream
from domain import store
from domain.access import Right, require
from domain.calendar_event import facts, scheduling, state
from domain.calendar_event.events import CalendarEventScheduled, Event
from domain.calendar_event.facts import KINDS
from domain.calendar_event.state import CalendarEvent

# --------------------------------------------------------------------------------------------------------------- bodies

Kind = Annotated[
    Word,
    StringConstraints(to_lower=True),
    Field(description=f"One of the house's kinds ({', '.join(KINDS)}), or any word of your own.", examples=[*KINDS]),
]


class DescribeCalendarEvent(Body):
    """What it is called, of which kind it is and where it is held, from now on."""

    model_config = example(name="Aurélie, the autumn collection", kind="trunk-show", venue="Salon Opale")
    name: Word
    kind: Kind
    venue: Annotated[Sentence | None, Field(description="Where it is held, if that is settled.")] = None


class MoveCalendarEvent(Body):
    """When it is held from now on, as the clocks of that place show it; a time that they show twice is the first."""

    model_config = example(starts="2026-11-15T18:00", ends="2026-11-15T22:00", time_zone="Europe/Paris")
    starts: ByClock
    ends: ByClock
    time_zone: Annotated[TimeZone, Field(description="Of the place where it is held: its days are counted there.")]

    def held(self) -> facts.Held:
        return scheduling.held(self.starts, self.ends, self.time_zone)


class ScheduleCalendarEvent(DescribeCalendarEvent, MoveCalendarEvent):
    """Something that clients are invited to.

    It reaches the clients who belong to one of its organizations, or are interested in it, on one of its days: all of
    them, or, by its scope, those of a region or a store. Others can be added to its list by hand.
    """

    model_config = example(
        name="Aurélie, the autumn collection",
        kind="trunk-show",
        venue="Salon Opale",
        organizations=["0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21"],
        scope={"reach": "store", "store_id": "paris-1"},
        starts="2026-11-14T18:00",
        ends="2026-11-14T22:00",
        time_zone="Europe/Paris",
    )
    organizations: Annotated[
        tuple[UUID, ...],
        Field(max_length=50, description="On whose calendars. On nobody's it reaches who is added by hand alone."),
    ]
    scope: Scope


class RescopeCalendarEvent(Scope):
    """How far it reaches from now on."""

    model_config = example(reach="national")


class PutOnCalendar(Body):
    """An organization on whose calendar it is, too."""

    model_config = example(organization_id="0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21")
    organization_id: UUID


class CancelCalendarEvent(Body):
    model_config = example(reason="The designer is ill")
    reason: Sentence | None = None


# ------------------------------------------------------------------------------------------------------------- handlers


def schedule(body: ScheduleCalendarEvent, ports: Ports, request: Request) -> Done:
    id, on = ports.new_id(), tuple(dict.fromkeys(body.organizations))
    needs = {each: known_organization(f"organizations.{body.organizations.index(each)}") for each in on}

    def decide(now: CalendarEvent) -> list[Event]:
        scheduled = CalendarEventScheduled(id, body.name, body.kind, on, body.scope.value(), body.held(), body.venue)
        return scheduling.schedule(now, scheduled)

    return kept(id, decide, ports, request, needs | _reached(body.scope))


def describe(calendar_event_id: UUID, body: DescribeCalendarEvent, ports: Ports, request: Request) -> Done:
    return kept(
        calendar_event_id,
        lambda now: scheduling.describe(now, calendar_event_id, body.name, body.kind, body.venue),
        ports,
        request,
    )


def move(calendar_event_id: UUID, body: MoveCalendarEvent, ports: Ports, request: Request) -> Done:
    return kept(calendar_event_id, lambda now: scheduling.move(now, calendar_event_id, body.held()), ports, request)


def rescope(calendar_event_id: UUID, body: RescopeCalendarEvent, ports: Ports, request: Request) -> Done:
    return kept(
        calendar_event_id,
        lambda now: scheduling.rescope(now, calendar_event_id, body.value()),
        ports,
        request,
        _reached(body),
    )


def put_on(calendar_event_id: UUID, body: PutOnCalendar, ports: Ports, request: Request) -> Done:
    return kept(
        calendar_event_id,
        lambda now: scheduling.put_on(now, calendar_event_id, body.organization_id),
        ports,
        request,
        {body.organization_id: known_organization("organization_id")},
    )


def take_off(calendar_event_id: UUID, organization_id: UUID, ports: Ports, request: Request) -> Done:
    return kept(
        calendar_event_id, lambda now: scheduling.take_off(now, calendar_event_id, organization_id), ports, request
    )


def cancel(calendar_event_id: UUID, body: CancelCalendarEvent, ports: Ports, request: Request) -> Done:
    return kept(calendar_event_id, lambda now: scheduling.cancel(now, calendar_event_id, body.reason), ports, request)


def reinstate(calendar_event_id: UUID, ports: Ports, request: Request) -> Done:
    return kept(calendar_event_id, lambda now: scheduling.reinstate(now, calendar_event_id), ports, request)


def kept(
    id: UUID,
    decide: Callable[[CalendarEvent], list[Event]],
    ports: Ports,
    request: Request,
    needs: Needs | None = None,
) -> Done:
    require(request.caller, Right.KEEP_CALENDAR)
    return execute(ports, request, Decision(Stream(id, id), state.after, decide, id, needs=needs or {}))


def _reached(scope: Scope) -> Needs:
    """It reaches a region or a store that there is."""
    needs: Needs = {}
    if scope.region_id is not None:
        needs[store.region_stream_id(scope.region_id)] = known_region("scope.region_id")
    if scope.store_id is not None:
        needs[store.stream_id(scope.store_id)] = known_store("scope.store_id")
    return needs
