"""Decisions about a note, by example: who may read it, and who may change it."""

from collections.abc import Callable
from uuid import UUID

import pytest

from domain.access import Caller, Privacy, Role, reads_note
from domain.note import (
    Event,
    Note,
    NoteCorrected,
    NoteHandedOver,
    NotePrivacyChanged,
    NoteWithdrawn,
    NoteWritten,
    after,
    change_privacy,
    correct,
    hand_over,
    require_readable,
    withdraw,
    write,
)
from domain.refusals import NoteInvalid, NoteIsWithdrawn, NoteNotYours, NoteUnknown

ANNE, NOTE = UUID(int=1), UUID(int=2)
INES, MARC, LEA = (Caller(name, Role.ASSOCIATE, "paris-1") for name in ("ines", "marc", "lea"))
MANAGER, OFFICE, AUDITOR = (
    Caller("m", Role.MANAGER, "paris-1"),
    Caller("h", Role.HEAD_OFFICE),
    Caller("a", Role.AUDITOR),
)
ASSISTANT = Caller("assistant", Role.ASSOCIATE, "paris-1", on_behalf_of="ines")
OTHERS = [MARC, LEA, MANAGER, OFFICE, AUDITOR, ASSISTANT]

opened = NoteWritten(ANNE, NOTE, "ines", Privacy.OPEN, (), "Prefers gold.")
private = NoteWritten(ANNE, NOTE, "ines", Privacy.PRIVATE, (), "In divorce.")
circled = NoteWritten(ANNE, NOTE, "ines", Privacy.CIRCLE, ("marc",), "A surprise for May.")

Decide = Callable[[Note, Caller], list[Event]]
CHANGES: list[Decide] = [
    lambda now, who: correct(now, ANNE, who, "Prefers silver."),
    lambda now, who: change_privacy(now, ANNE, who, Privacy.CIRCLE, ["lea"]),
    lambda now, who: hand_over(now, ANNE, who, "lea"),
    lambda now, who: withdraw(now, ANNE, who),
]


def test_a_note_says_who_wrote_it_and_for_whom() -> None:
    assert write(after([]), ANNE, NOTE, "ines", "In divorce.", Privacy.PRIVATE, []) == [private]
    assert write(after([private]), ANNE, NOTE, "ines", "In divorce.", Privacy.PRIVATE, []) == []
    with pytest.raises(NoteInvalid):
        write(after([private]), ANNE, NOTE, "ines", "Another one.", Privacy.PRIVATE, [])


@pytest.mark.parametrize(
    ("privacy", "circle"), [(Privacy.CIRCLE, []), (Privacy.CIRCLE, ["ines"]), (Privacy.OPEN, ["marc"])]
)
def test_a_circle_names_others_and_nothing_else_does(privacy: Privacy, circle: list[str]) -> None:
    with pytest.raises(NoteInvalid) as refused:
        write(after([]), ANNE, NOTE, "ines", "x", privacy, circle)
    assert refused.value.field == "circle"


@pytest.mark.feature("CS-04", "CS-05", "CS-45")
def test_who_reads_an_open_a_private_and_a_circles_note() -> None:
    readers = {
        event: [who for who in [INES, *OTHERS] if reads_note(who, event.author, event.privacy, event.circle)]
        for event in (opened, private, circled)
    }
    assert readers == {opened: [INES, *OTHERS], private: [INES], circled: [INES, MARC]}


@pytest.mark.feature("CS-05")
@pytest.mark.parametrize("decide", CHANGES)
@pytest.mark.parametrize("who", OTHERS, ids=lambda who: who.id)
def test_a_private_note_is_unknown_to_everybody_else(decide: Decide, who: Caller) -> None:
    with pytest.raises(NoteUnknown) as refused:
        decide(after([private]), who)
    with pytest.raises(NoteUnknown) as unknown:
        decide(after([]), who)
    assert (refused.value.detail, refused.value.field) == (unknown.value.detail, unknown.value.field)


@pytest.mark.parametrize("decide", CHANGES)
@pytest.mark.parametrize("event", [opened, circled], ids=["open", "circle"])
def test_who_may_only_read_a_note_changes_nothing(decide: Decide, event: NoteWritten) -> None:
    with pytest.raises(NoteNotYours):
        decide(after([event]), MARC)


def test_a_note_is_about_one_client() -> None:
    require_readable(after([opened]), ANNE, MARC)
    with pytest.raises(NoteUnknown):
        require_readable(after([opened]), UUID(int=9), MARC)


@pytest.mark.feature("CS-45")
def test_a_note_is_corrected_and_withdrawn_never_silently_changed() -> None:
    corrected = NoteCorrected(ANNE, NOTE, 2, Privacy.OPEN, (), "Prefers silver.")
    assert correct(after([opened]), ANNE, INES, "Prefers silver.") == [corrected]
    assert correct(after([opened, corrected]), ANNE, INES, "Prefers silver.") == []
    withdrawn = NoteWithdrawn(ANNE, NOTE, 2)
    assert withdraw(after([opened, corrected]), ANNE, INES) == [withdrawn]
    assert withdraw(after([opened, corrected, withdrawn]), ANNE, INES) == []
    with pytest.raises(NoteIsWithdrawn):
        correct(after([opened, corrected, withdrawn]), ANNE, INES, "Prefers platinum.")


@pytest.mark.feature("CS-05")
def test_who_keeps_a_note_changes_who_reads_it() -> None:
    wider = NotePrivacyChanged(ANNE, NOTE, 1, Privacy.CIRCLE, ("lea", "marc"))
    assert change_privacy(after([private]), ANNE, INES, Privacy.CIRCLE, ["marc", "lea", "marc", "ines"]) == [wider]
    assert change_privacy(after([private, wider]), ANNE, INES, Privacy.CIRCLE, ["lea", "marc"]) == []
    require_readable(after([private, wider]), ANNE, LEA)


@pytest.mark.feature("CS-05")
def test_a_private_note_handed_over_is_a_secret_of_who_has_it_now() -> None:
    given = NoteHandedOver(ANNE, NOTE, "marc", "ines")
    assert hand_over(after([private]), ANNE, INES, "marc") == [given]
    assert hand_over(after([private, given]), ANNE, MARC, "marc") == []
    assert correct(after([private, given]), ANNE, MARC, "Divorced.")
    with pytest.raises(NoteUnknown):
        require_readable(after([private, given]), ANNE, INES)
