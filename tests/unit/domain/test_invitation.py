"""Decisions about who is invited, what she answers, whether she comes and with whom, and what she was shown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain import invitation_list
from domain.contact import Channel, Outcome
from domain.invitation.answering import answer, attend, bring_guest, remove_guest, withdraw_attendance
from domain.invitation.events import (
    WENT_OUT,
    AttendanceWithdrawn,
    Attended,
    GuestBrought,
    GuestRemoved,
    InvitationAnswered,
    InvitationSent,
    Party,
    PiecesPreviewed,
    PutOnList,
    Shown,
    TakenOffList,
    invitation_id,
)
from domain.invitation.listing import put_on, put_on_together, send, take_off, usual_seats
from domain.invitation.previewing import correct_preview, preview
from domain.invitation.state import after
from domain.invitation_list import ListMade
from domain.left_alone import LeftAlone
from domain.refusals import AlreadyOnList, InvitationInvalid, InvitationUnknown, Refusal, TakenOffBefore

ANNE, BEN, SHOW, CLUB, OTHER_CLUB = (UUID(int=number) for number in range(1, 6))
IT = (ANNE, invitation_id(SHOW, ANNE), SHOW)
NOON = datetime(2026, 10, 24, 12, tzinfo=UTC)

listed = PutOnList(*IT, Party.COUPLE, 2, None)
through_club = PutOnList(*IT, Party.COUPLE, 2, CLUB)
off = TakenOffList(*IT)
sent = InvitationSent(*IT, UUID(int=50), Channel.LETTER, "ines", NOON)
comes = InvitationAnswered(*IT, True, 2, NOON)
declines = InvitationAnswered(*IT, False, 0, NOON)
came = Attended(*IT, 2, NOON)
did_not = AttendanceWithdrawn(*IT)
brought = GuestBrought(*IT, BEN)
removed = GuestRemoved(*IT, BEN)
shown = PiecesPreviewed(*IT, UUID(int=60), "ines", NOON, (Shown("R-1", "S-1", True), Shown("B-7", None, False)), None)


def refused(refusal: type[Refusal], field: str, decide: Any, *arguments: Any) -> None:
    with pytest.raises(refusal) as why:
        decide(*arguments)
    assert why.value.field == field


@pytest.mark.feature("BO-03")
def test_a_client_is_put_on_the_list_for_so_many_and_taken_off_again() -> None:
    assert put_on(after([]), listed) == [listed]
    assert put_on(after([listed]), listed) == []
    assert put_on(after([listed]), PutOnList(*IT, Party.HOUSEHOLD, 4, None)) != []
    assert take_off(after([listed]), off) == [off]
    assert take_off(after([listed, off]), off) == []
    assert put_on(after([listed, off]), listed) == [listed]
    refused(InvitationUnknown, "client_id", take_off, after([]), off)


def test_a_party_has_seats_enough_for_itself_and_no_more_than_a_table() -> None:
    for seats, party in [(0, Party.CLIENT), (21, Party.HOUSEHOLD), (1, Party.COUPLE)]:
        refused(InvitationInvalid, "seats", put_on, after([]), PutOnList(*IT, party, seats, None))
    assert [usual_seats(Party.CLIENT), usual_seats(Party.COUPLE)] == [1, 2]
    refused(InvitationInvalid, "seats", usual_seats, Party.HOUSEHOLD)


@pytest.mark.feature("BO-03", "WK-15")
def test_a_list_from_an_organization_leaves_what_was_said_of_her_by_herself() -> None:
    more = PutOnList(*IT, Party.HOUSEHOLD, 4, CLUB)

    assert put_on_together(after([]), through_club) == [through_club]
    assert put_on_together(after([through_club]), through_club) == []
    assert put_on_together(after([through_club]), more) == [more], "the list is made again, with more seats"
    refused(AlreadyOnList, "client_id", put_on_together, after([listed]), through_club)
    refused(
        AlreadyOnList,
        "client_id",
        put_on_together,
        after([through_club]),
        PutOnList(*IT, Party.COUPLE, 2, OTHER_CLUB),
    )
    refused(TakenOffBefore, "client_id", put_on_together, after([through_club, off]), through_club)


@pytest.mark.feature("WK-15")
def test_an_invitation_goes_out_to_who_is_on_the_list_only() -> None:
    reminder = InvitationSent(*IT, UUID(int=51), Channel.CALL, "marc", NOON)

    assert send(after([listed]), sent, Outcome.SENT) == [sent]
    assert send(after([listed, sent]), sent, Outcome.SENT) == []
    assert send(after([listed, sent]), reminder, Outcome.REACHED) == [reminder]
    refused(InvitationUnknown, "client_id", send, after([]), sent, Outcome.SENT)
    refused(InvitationUnknown, "client_id", send, after([listed, off]), sent, Outcome.SENT)
    for outcome in set(Outcome) - WENT_OUT:
        refused(InvitationInvalid, "outcome", send, after([listed]), sent, outcome)


@pytest.mark.feature("BO-03")
def test_the_latest_answer_counts_for_no_more_seats_than_she_has() -> None:
    later = InvitationAnswered(*IT, True, 2, NOON + timedelta(1))

    assert answer(after([listed]), comes) == [comes]
    assert answer(after([listed, comes]), later) == [], "she says the same again"
    assert answer(after([listed, comes]), declines) == [declines]
    assert answer(after([listed, comes, declines]), later) == [later]
    refused(InvitationUnknown, "client_id", answer, after([]), comes)
    refused(InvitationInvalid, "seats", answer, after([listed]), InvitationAnswered(*IT, True, 3, NOON))
    refused(InvitationInvalid, "seats", answer, after([listed]), InvitationAnswered(*IT, True, 0, NOON))
    refused(InvitationInvalid, "seats", answer, after([listed]), InvitationAnswered(*IT, False, 1, NOON))


@pytest.mark.feature("BO-03")
def test_who_comes_has_come_whether_she_was_invited_or_not() -> None:
    assert attend(after([]), came) == [came]
    assert attend(after([listed]), came) == [came]
    assert attend(after([came]), Attended(*IT, 2, NOON + timedelta(1))) == []
    assert attend(after([came]), Attended(*IT, 3, NOON)) == [Attended(*IT, 3, NOON)]
    assert withdraw_attendance(after([came]), did_not) == [did_not]
    assert withdraw_attendance(after([came, did_not]), did_not) == []
    assert attend(after([came, did_not]), came) == [came]
    refused(InvitationUnknown, "client_id", withdraw_attendance, after([listed]), did_not)
    refused(InvitationInvalid, "people", attend, after([]), Attended(*IT, 0, NOON))
    refused(InvitationInvalid, "people", attend, after([]), Attended(*IT, 21, NOON))


def test_a_guest_comes_with_who_is_invited_or_came_and_is_never_the_host() -> None:
    assert bring_guest(after([listed]), brought) == [brought]
    assert bring_guest(after([came]), brought) == [brought]
    assert bring_guest(after([came, brought]), brought) == []
    assert remove_guest(after([came, brought]), removed) == [removed]
    assert remove_guest(after([came, brought, removed]), removed) == []
    assert bring_guest(after([came, brought, removed]), brought) == [brought]
    refused(InvitationUnknown, "client_id", bring_guest, after([]), brought)
    refused(InvitationInvalid, "guest_id", bring_guest, after([listed]), GuestBrought(*IT, ANNE))
    refused(InvitationUnknown, "guest_id", remove_guest, after([listed]), removed)


@pytest.mark.feature("BO-04", "BO-05")
def test_what_was_shown_before_the_event_is_recorded_with_her_interest_and_put_right() -> None:
    now = after([shown])
    pieces = (Shown("R-1", "S-1", False),)
    [corrected] = correct_preview(now, shown.preview_id, pieces, "Too large", None)

    assert preview(after([]), shown) == [shown]
    assert preview(now, shown) == []
    assert corrected == PiecesPreviewed(*IT, shown.preview_id, "ines", NOON, pieces, "Too large")
    assert correct_preview(after([shown, corrected]), shown.preview_id, pieces, "Too large", None) == []
    [never] = correct_preview(now, shown.preview_id, (), None, None)
    assert correct_preview(after([shown, never]), shown.preview_id, (), None, None) == []
    refused(InvitationUnknown, "preview_id", correct_preview, after([]), shown.preview_id, pieces, None, None)
    refused(InvitationInvalid, "pieces", preview, after([]), PiecesPreviewed(*IT, UUID(int=60), "ines", NOON, (), None))
    twice = (Shown("R-1", "S-1", True), Shown("R-1", "S-1", False))
    refused(InvitationInvalid, "pieces", correct_preview, now, shown.preview_id, twice, None, None)


def test_what_came_of_a_list_is_said_once() -> None:
    made = ListMade(UUID(int=70), SHOW, CLUB, None, Party.CLIENT, 1, 8, (LeftAlone("invitation.on_list", 2),))

    assert invitation_list.make(invitation_list.after([]), made) == [made]
    assert invitation_list.make(invitation_list.after([made]), made) == []
