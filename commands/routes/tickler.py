"""The routes of commands about ticklers: what is done with one, and follow-ups of an associate's own."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import follow_up, tickler
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    AssociateInvalid,
    AssociateUnknown,
    CalendarEventUnknown,
    ClientUnknown,
    FollowUpInvalid,
    FollowUpUnknown,
    TicklerHasEnded,
    TicklerInvalid,
    TicklerIsTaken,
    TicklerRuleUnknown,
    TicklerUnknown,
)

# Whatever is done with a tickler: it has to be one.
_OF_A_TICKLER: Final = (ClientUnknown, TicklerUnknown, TicklerRuleUnknown, FollowUpUnknown)
_OF_A_FOLLOW_UP: Final = [
    f"{operation}(client_id, follow_up_id)" for operation in ("correct_follow_up", "withdraw_follow_up")
]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["ticklers"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()
    one, follow_ups = "/clients/{client_id}/ticklers/{tickler_id}", "/clients/{client_id}/follow-ups"

    @desk.changes(router.post, f"{one}/completion", "Say that a tickler is done", *_OF_A_TICKLER, TicklerHasEnded)
    async def complete_tickler(
        client_id: UUID, tickler_id: UUID, body: tickler.CompleteTickler, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler.complete, client_id, tickler_id, body, ports, request))

    @desk.changes(
        router.post, f"{one}/dismissal", "Say that a tickler is not to be done", *_OF_A_TICKLER, TicklerHasEnded
    )
    async def dismiss_tickler(
        client_id: UUID, tickler_id: UUID, body: tickler.DismissTickler, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler.dismiss, client_id, tickler_id, body, ports, request))

    @desk.changes(router.post, f"{one}/snooze", "Put a tickler off", *_OF_A_TICKLER, TicklerInvalid, TicklerHasEnded)
    async def snooze_tickler(
        client_id: UUID, tickler_id: UUID, body: tickler.SnoozeTickler, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler.snooze, client_id, tickler_id, body, ports, request))

    @desk.changes(
        router.post,
        f"{one}/handover",
        "Hand a tickler over to a colleague",
        *_OF_A_TICKLER,
        AssociateUnknown,
        AssociateInvalid,
        TicklerHasEnded,
    )
    async def hand_over_tickler(
        client_id: UUID, tickler_id: UUID, body: tickler.HandOverTickler, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler.hand_over, client_id, tickler_id, body, ports, request))

    @desk.changes(
        router.post, f"{one}/taking", "Take a tickler of the store", *_OF_A_TICKLER, TicklerIsTaken, TicklerHasEnded
    )
    async def take_tickler(
        client_id: UUID, tickler_id: UUID, body: tickler.TakeTickler, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler.take, client_id, tickler_id, body, ports, request))

    @desk.changes(
        router.post, f"{one}/reopening", "Say that a tickler is to be done after all", *_OF_A_TICKLER, TicklerInvalid
    )
    async def reopen_tickler(
        client_id: UUID, tickler_id: UUID, body: tickler.ReopenTickler, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(tickler.reopen, client_id, tickler_id, body, ports, request))

    @desk.makes(
        router,
        follow_ups,
        "Write a follow-up, for yourself or a colleague",
        ClientUnknown,
        AssociateUnknown,
        AssociateInvalid,
        CalendarEventUnknown,
        FollowUpInvalid,
        leads_to=_OF_A_FOLLOW_UP,
    )
    async def write_follow_up(
        client_id: UUID, body: follow_up.WriteFollowUp, request: Annotated[Request, creating]
    ) -> Response:
        command = partial(follow_up.write, client_id, body, ports, request)
        return await desk.made(f"/clients/{client_id}/follow-ups", command)

    @desk.changes(
        router.put,
        f"{follow_ups}/{{follow_up_id}}",
        "Correct a follow-up",
        ClientUnknown,
        FollowUpUnknown,
        FollowUpInvalid,
    )
    async def correct_follow_up(
        client_id: UUID, follow_up_id: UUID, body: follow_up.CorrectFollowUp, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(follow_up.correct, client_id, follow_up_id, body, ports, request))

    @desk.changes(
        router.post,
        f"{follow_ups}/{{follow_up_id}}/withdrawal",
        "Withdraw a follow-up",
        ClientUnknown,
        FollowUpUnknown,
    )
    async def withdraw_follow_up(
        client_id: UUID, follow_up_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(follow_up.withdraw, client_id, follow_up_id, ports, request))

    return router
