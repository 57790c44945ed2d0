"""What she answered, whether she came, and with whom."""

from domain.invitation.events import (
    AttendanceWithdrawn,
    Attended,
    Event,
    GuestBrought,
    GuestRemoved,
    InvitationAnswered,
)
from domain.invitation.listing import MOST_SEATS
from domain.invitation.state import Invitation, require_listed
from domain.refusals import InvitationInvalid, InvitationUnknown


def answer(now: Invitation, event: InvitationAnswered) -> list[Event]:
    """The latest answer counts; the same one again is no news, whenever it is given. Who declines takes no seat."""
    seats = require_listed(now).seats
    if event.accepted and not 1 <= event.seats <= seats:
        raise InvitationInvalid(f"She is invited for {seats}, whom the list can give more seats.", "seats")
    if not event.accepted and event.seats:
        raise InvitationInvalid("Who does not come takes no seat.", "seats")
    said = now.answer and (now.answer.accepted, now.answer.seats)
    return [] if said == (event.accepted, event.seats) else [event]


def attend(now: Invitation, event: Attended) -> list[Event]:
    """Whether she was on the list or not. With so many already she came, whenever that was: no news."""
    if not 1 <= event.people <= MOST_SEATS:
        raise InvitationInvalid(f"She came with herself, and {MOST_SEATS} at most.", "people")
    return [] if now.attended and now.attended.people == event.people else [event]


def withdraw_attendance(now: Invitation, event: AttendanceWithdrawn) -> list[Event]:
    if now.attended:
        return [event]
    if now.withdrawn:
        return []
    raise InvitationUnknown("Nobody said that she came.", "client_id")


def bring_guest(now: Invitation, event: GuestBrought) -> list[Event]:
    """Somebody the house knows comes with a client who is invited, or came herself."""
    if event.guest_id == event.client_id:
        raise InvitationInvalid("Nobody is her own guest.", "guest_id")
    if event.guest_id in now.guests:
        return []
    if now.attended is None:
        require_listed(now)
    return [event]


def remove_guest(now: Invitation, event: GuestRemoved) -> list[Event]:
    if event.guest_id in now.guests:
        return [event]
    if event.guest_id in now.removed:
        return []
    raise InvitationUnknown("She has no such guest.", "guest_id")
