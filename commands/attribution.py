"""Commands that say from which calendar event a sale comes: with the sale itself, or at any time after it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands import till
from commands.execute import Decision, execute
from commands.fields import Body, Ordinal, example
from commands.needs import Needs, known_event, together
from commands.ports import Done, Ports, Request, Stream
from domain.access import Caller, Right, require
from domain.sale import attributing
from domain.sale import state as sales
from domain.sale.events import Event
from domain.sale.state import Sale

# --------------------------------------------------------------------------------------------------------------- bodies


class AttributeSale(Body):
    """The event that a sale comes from, also one that was cancelled or has yet to be. A line comes from one event at
    most: what was stated of it before holds no longer."""

    model_config = example(calendar_event_id="c4a1e0d2-7b3f-4e58-9a6c-1d2e3f4a5b6c", lines=[1])
    calendar_event_id: UUID
    lines: Annotated[
        tuple[Ordinal, ...] | None,
        Field(min_length=1, max_length=1000, description="Which lines come from it. Default: all that are goods."),
    ] = None


# ------------------------------------------------------------------------------------------------------------- handlers


def attribute(sale_id: UUID, body: AttributeSale, ports: Ports, request: Request) -> Done:
    event_id, who = body.calendar_event_id, request.caller.acts_as
    return _about(
        sale_id,
        lambda now: attributing.attribute(now, event_id, body.lines, who),
        ports,
        request,
        {event_id: known_event},
    )


def remove(sale_id: UUID, lines: Iterable[int] | None, ports: Ports, request: Request) -> Done:
    """Of these lines, by default of all, it is said that they come from no event."""
    named = None if lines is None else tuple(lines)
    return _about(sale_id, lambda now: attributing.remove(now, named), ports, request)


def along_with(selling: Decision[Sale], calendar_event_id: UUID, caller: Caller) -> Decision[Sale]:
    """The decision to record a sale, and that all of it comes from this event."""
    record, who = selling.decide, caller.acts_as
    return replace(
        selling,
        decide=lambda now: attributing.along_with(now, record(now), calendar_event_id, who, "calendar_event_id"),
        needs=together(*selling.needs.items(), (calendar_event_id, known_event)),
    )


def _about(
    sale_id: UUID,
    decide: Callable[[Sale], Sequence[Event]],
    ports: Ports,
    request: Request,
    needs: Needs | None = None,
) -> Done:
    require(request.caller, Right.RECORD_SALES)
    decision = Decision(Stream(sale_id, sale_id), sales.after, decide, sale_id, needs=needs or {}, whose=till.whose)
    return execute(ports, request, decision)
