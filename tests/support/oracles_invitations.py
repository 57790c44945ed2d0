"""Slow, simple answers about invitations: one reading of the whole list of events each."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain import outreach
from domain.calendar_event import state as calendar_event
from domain.client import state as client
from domain.client.events import DeathRecorded
from domain.invitation import state
from domain.invitation.events import WENT_OUT, InvitationSent, PutOnList, invitation_id
from domain.invitation.state import Invitation
from domain.personal import Erased
from projections.projection import Recorded

Answer = dict[str, Any]
Log = Sequence[Recorded]
Sees = Callable[[UUID], bool]


def stream(log: Log, id: UUID) -> list[Any]:
    return [each.event for each in log if each.stream_id == id]


def client_of(log: Log, id: UUID) -> client.Client:
    return client.after(stream(log, id))


def invited(log: Log, calendar_event_id: UUID, clients: Sequence[UUID], sees: Sees) -> dict[UUID, Answer] | None:
    """Those who are on the list of an event, or came, whom the caller sees; None if there is no such event."""
    if calendar_event.after(stream(log, calendar_event_id)).scheduled is None:
        return None
    found = {id: between(log, calendar_event_id, id, sees) for id in clients if sees(id)}
    return {id: told for id, told in found.items() if told and told["standing"]}


def between(log: Log, calendar_event_id: UUID, client_id: UUID, sees: Sees) -> Answer | None:
    """What is between a client and an event, as it is shown."""
    its = [each for each in log if each.stream_id == invitation_id(calendar_event_id, client_id)]
    event = calendar_event.after(stream(log, calendar_event_id))
    who = client_of(log, client_id)
    if not its or who.registered is None or event.held is None:
        return None
    now = state.after(each.event for each in its)
    died = _died_on(log, client_id, who)
    listed = now.listed if died is None or died > event.held.last_day else None
    sendings = _sendings(log, now, [each.event for each in its])
    came = now.attended
    is_so = {
        "listed": listed is not None,
        "sent": listed is not None and any(each["outcome"] in WENT_OUT for each in sendings),
        "accepted": listed is not None and now.answer is not None and now.answer.accepted,
        "declined": listed is not None and now.answer is not None and not now.answer.accepted,
        "attended": came is not None,
        "came-without": came is not None and listed is None,
    }
    puts = [each.recorded_at for each in its if isinstance(each.event, PutOnList)]
    return {
        "standing": [name for name, so in is_so.items() if so],
        "party": listed and listed.party,
        "seats": listed and listed.seats,
        "through": listed and listed.through,
        "listed_at": puts[-1] if listed else None,
        "sendings": sendings,
        "answer": now.answer and {name: getattr(now.answer, name) for name in ("accepted", "seats", "at")},
        "attendance": came and {"people": came.people, "at": came.at},
        "guests": sorted(id for id in now.guests if client_of(log, id).is_known and sees(id)),
        "previews": _previews(now),
        "version": len(its),
    }


def wanted(log: Log, calendar_event_id: UUID, clients: Sequence[UUID], sees: Sees) -> dict[tuple[str, str], set[UUID]]:
    """By piece, who would like to have it, as she said when she was shown it last."""
    found: dict[tuple[str, str], set[UUID]] = {}
    for client_id in clients:
        who = client_of(log, client_id)
        if who.registered is None or who.died or not sees(client_id):
            continue
        now = state.after(stream(log, invitation_id(calendar_event_id, client_id)))
        last: dict[tuple[str, str], bool] = {}
        for each in sorted(now.previews.values(), key=lambda each: (each.at, each.preview_id)):
            last |= {(piece.sku, piece.serial_number or ""): piece.interested for piece in each.pieces}
        for piece, interested in last.items():
            if interested:
                found.setdefault(piece, set()).add(client_id)
    return found


def _died_on(log: Log, client_id: UUID, who: client.Client) -> date | None:
    if who.died is None:
        return None
    recorded = [each.recorded_at for each in log if each.key == client_id and isinstance(each.event, DeathRecorded)]
    return who.died.on if isinstance(who.died.on, date) else recorded[-1].date()


def _sendings(log: Log, now: Invitation, events: Sequence[Any]) -> list[Answer]:
    found = []
    for each in events:
        if not isinstance(each, InvitationSent):
            continue
        by = outreach.after(stream(log, each.outreach_id))
        if by.recorded and not by.withdrawn:
            names = ("outreach_id", "at", "channel", "associate_id")
            found.append({**{name: getattr(each, name) for name in names}, "outcome": by.outcome})
    return sorted(found, key=lambda each: each["outreach_id"])


def _previews(now: Invitation) -> list[Answer]:
    return [
        {
            "preview_id": each.preview_id,
            "at": each.at,
            "associate_id": each.associate_id,
            "pieces": [
                {"sku": piece.sku, "serial_number": piece.serial_number, "interested": piece.interested}
                for piece in each.pieces
            ],
            "remark": None if isinstance(each.remark, Erased) else each.remark,
        }
        for each in sorted(now.previews.values(), key=lambda each: each.preview_id)
        if each.pieces
    ]
