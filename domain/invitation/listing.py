"""Who is on the list of a calendar event, and the invitations that go out to those who are."""

from typing import Final

from domain.contact import Outcome
from domain.invitation.events import WENT_OUT, Event, InvitationSent, Party, PutOnList, TakenOffList
from domain.invitation.state import Invitation, require_listed
from domain.refusals import AlreadyOnList, InvitationInvalid, InvitationUnknown, TakenOffBefore

MOST_SEATS: Final = 20


def usual_seats(party: Party) -> int:
    """For how many a party is invited if nobody says; refuses with `InvitationInvalid` where it cannot be known."""
    match party:
        case Party.CLIENT:
            return 1
        case Party.COUPLE:
            return 2
        case Party.HOUSEHOLD:
            raise InvitationInvalid("Say how many of the household are invited.", "seats")


def put_on(now: Invitation, event: PutOnList) -> list[Event]:
    """By hand, whatever any list says. That she is on it already, for as many, is no news."""
    _check(event)
    held = now.listed
    return [] if held and (held.party, held.seats) == (event.party, event.seats) else [event]


def put_on_together(now: Invitation, event: PutOnList) -> list[Event]:
    """With all others of an organization: what somebody said of her by herself, or another list, stays."""
    _check(event)
    if now.taken_off:
        raise TakenOffBefore("She was taken off the list.", "client_id")
    if now.listed is None:
        return [event]
    if now.listed.through != event.through:
        raise AlreadyOnList("She is on the list already, and not through this organization.", "client_id")
    return [] if now.listed == event else [event]


def take_off(now: Invitation, event: TakenOffList) -> list[Event]:
    if now.listed:
        return [event]
    if now.taken_off:
        return []
    raise InvitationUnknown("She is not on the list of this event.", "client_id")


def send(now: Invitation, event: InvitationSent, outcome: Outcome) -> list[Event]:
    """Only to who is on the list. Another outreach is another sending, as a reminder is."""
    if event.outreach_id in now.sent:
        return []
    require_listed(now)
    if outcome not in WENT_OUT:
        raise InvitationInvalid("This did not get to her: it is an outreach, and no invitation.", "outcome")
    return [event]


def _check(event: PutOnList) -> None:
    if not 1 <= event.seats <= MOST_SEATS:
        raise InvitationInvalid(f"An invitation is for 1 to {MOST_SEATS} people.", "seats")
    if event.party is Party.COUPLE and event.seats < 2:
        raise InvitationInvalid("A couple takes two seats at least.", "seats")
