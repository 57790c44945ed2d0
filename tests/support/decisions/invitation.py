"""Random decisions about who is invited to what, who came, and what she was shown before."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from domain.contact import Channel, Outcome
from domain.invitation import answering, events, listing, previewing, state
from domain.invitation.events import Party, Shown, invitation_id
from tests.support.decisions.affiliation import ASSOCIATES
from tests.support.decisions.contact import OUT_TO
from tests.support.decisions.nouns import CALENDAR_EVENTS, CLIENTS, ORGANIZATIONS, WORDS, Noun
from tests.support.records import NOON

_BY_ID = {invitation_id(where, who): (who, where) for who in CLIENTS for where in CALENDAR_EVENTS}
# No outreach invites to two events.
_OUTREACHES = {
    id: [each for each, to in OUT_TO.items() if to == who and each.int % 4 == where.int % 4]
    for id, (who, where) in _BY_ID.items()
}
_PIECES = [("R-1", None), ("R-1", "S-1"), ("B-7", "S-2")]

Decide = Callable[[Random, state.Invitation, UUID, UUID], list[events.Event]]


def _about(cls: Callable[..., Any], id: UUID, *facts: Any) -> Any:
    """The event of this class about the client and the calendar event whose stream it is."""
    client_id, calendar_event_id = _BY_ID[id]
    return cls(client_id, id, calendar_event_id, *facts)


def _put(chance: Random, id: UUID, through: UUID | None) -> events.PutOnList:
    put: events.PutOnList = _about(events.PutOnList, id, chance.choice([*Party]), chance.randrange(1, 4), through)
    return put


def _put_on(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    return listing.put_on(now, _put(chance, id, None))


def _put_on_together(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    return listing.put_on_together(now, _put(chance, id, chance.choice(ORGANIZATIONS)))


def _take_off(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    return listing.take_off(now, _about(events.TakenOffList, id))


def _send(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    by, how, who = chance.choice(_OUTREACHES[id]), chance.choice([*Channel]), chance.choice(ASSOCIATES)
    sent = _about(events.InvitationSent, id, by, how, who, NOON)
    return listing.send(now, sent, chance.choice([Outcome.SENT, Outcome.REACHED, Outcome.BOUNCED]))


def _answer(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    accepted = chance.random() < 0.6
    at = NOON + timedelta(hours=chance.randrange(99))
    return answering.answer(now, _about(events.InvitationAnswered, id, accepted, accepted * chance.randrange(1, 4), at))


def _attend(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    return answering.attend(now, _about(events.Attended, id, chance.randrange(1, 4), NOON))


def _withdraw(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    return answering.withdraw_attendance(now, _about(events.AttendanceWithdrawn, id))


def _preview(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    who, remark = chance.choice(ASSOCIATES), chance.choice([None, *WORDS])
    return previewing.preview(now, _about(events.PiecesPreviewed, id, new, who, NOON, _pieces(chance), remark))


def _correct_preview(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    which = chance.choice([*now.previews, new])
    return previewing.correct_preview(now, which, _pieces(chance), chance.choice([None, *WORDS]), None)


def _bring(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    return answering.bring_guest(now, _about(events.GuestBrought, id, chance.choice(CLIENTS)))


def _remove(chance: Random, now: state.Invitation, id: UUID, new: UUID) -> list[events.Event]:
    return answering.remove_guest(now, _about(events.GuestRemoved, id, chance.choice(CLIENTS)))


def _pieces(chance: Random) -> tuple[Shown, ...]:
    some = chance.sample(_PIECES, k=chance.randrange(3))
    return tuple(Shown(sku, number, chance.random() < 0.5) for sku, number in some)


NOUN = Noun(
    lambda chance: (id := chance.choice([*_BY_ID]), _BY_ID[id][0]),
    state.after,
    [
        *[_put_on] * 3,
        *[_put_on_together] * 2,
        *[_take_off] * 2,
        *[_send] * 2,
        *[_answer] * 3,
        *[_attend] * 2,
        _withdraw,
        *[_preview] * 2,
        _correct_preview,
        *[_bring] * 2,
        _remove,
    ],
)
