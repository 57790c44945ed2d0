"""Commands about a note: whoever may not read it gets the answer that there is none, whatever she brings."""

from collections.abc import Callable
from uuid import UUID

import pytest

from commands import client, note
from commands.ports import Done, Ports, Receipt, Request
from domain.access import Caller, Privacy, Role
from domain.refusals import ClientUnknown, NotAllowed, NoteNotYours, NoteUnknown, VersionStale
from tests.support.memory import ASSOCIATE, ports, request

ANNE, NOBODY = UUID(int=1), UUID(int=99)
MARC = Caller("marc", Role.ASSOCIATE, "paris-1")

COMMANDS: list[Callable[[UUID, UUID, Ports, Request], Done]] = [
    lambda who, it, world, asked: note.correct(who, it, note.CorrectNote(text="X"), world, asked),
    lambda who, it, world, asked: note.change_privacy(who, it, note.ChangePrivacy(privacy=Privacy.OPEN), world, asked),
    lambda who, it, world, asked: note.hand_over(who, it, note.HandOverNote(to="marc"), world, asked),
    note.withdraw,
]


@pytest.fixture
def world() -> Ports:
    world = ports()
    body = client.RegisterClient.model_validate({"name": {"family": "Leclerc"}})
    assert client.register(body, world, request()).subject_id == ANNE
    return world


def written(world: Ports, privacy: Privacy) -> UUID:
    return note.write(ANNE, note.WriteNote(text="In divorce.", privacy=privacy), world, request()).subject_id


@pytest.mark.feature("CS-05")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("expected_version", [None, 1, 7])
def test_a_strangers_command_about_a_private_note_meets_no_note(
    world: Ports, command: Callable[[UUID, UUID, Ports, Request], Done], expected_version: int | None
) -> None:
    private = written(world, Privacy.PRIVATE)
    asked = request(MARC, expected_version=expected_version, receipt=Receipt(UUID(int=7), "fingerprint"))
    for id in (private, NOBODY):
        with pytest.raises(NoteUnknown) as refused:
            command(ANNE, id, world, asked)
        assert (refused.value.detail, refused.value.field) == ("There is no note with this id.", "note_id")
    with pytest.raises(NoteUnknown):
        command(ANNE, ANNE, world, request(expected_version=7))
    assert len(world.streams.read([private])[0].events) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_who_reads_a_note_is_told_that_it_is_not_hers(
    world: Ports, command: Callable[[UUID, UUID, Ports, Request], Done]
) -> None:
    opened = written(world, Privacy.OPEN)
    with pytest.raises(VersionStale):
        command(ANNE, opened, world, request(MARC, expected_version=7))
    with pytest.raises(NoteNotYours):
        command(ANNE, opened, world, request(MARC if command is not COMMANDS[2] else Caller("x", Role.MANAGER)))


def test_a_version_of_another_noun_is_told_to_nobody(world: Ports) -> None:
    private = written(world, Privacy.PRIVATE)
    with pytest.raises(ClientUnknown):
        client.correct_name(private, client.CorrectName(family="X"), world, request(expected_version=7))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUBSCRIBER, Role.ADMINISTRATOR])
def test_who_only_reads_writes_no_note(world: Ports, role: Role) -> None:
    with pytest.raises(NotAllowed):
        note.write(ANNE, note.WriteNote(text="X", privacy=Privacy.OPEN), world, request(Caller("somebody", role)))
    opened = written(world, Privacy.OPEN)
    for command in COMMANDS:
        with pytest.raises(NotAllowed):
            command(ANNE, opened, world, request(Caller(ASSOCIATE.id, role)))
