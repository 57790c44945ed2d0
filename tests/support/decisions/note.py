"""Random decisions about notes, by associates who may and who may not."""

from random import Random
from uuid import UUID

from domain import note
from domain.access import Caller, Privacy, Role
from tests.support.decisions.nouns import CLIENTS, WORDS, Noun

ASSOCIATES = [Caller(f"associate-{number}", Role.ASSOCIATE, "geneva") for number in range(3)]
_ABOUT = {UUID(int=0x707E0 + number): CLIENTS[number % len(CLIENTS)] for number in range(4)}


def _write(chance: Random, now: note.Note, id: UUID, new: UUID) -> list[note.Event]:
    author = chance.choice(ASSOCIATES).id
    return note.write(now, _ABOUT[id], id, author, chance.choice(WORDS), *_privacy(chance))


def _correct(chance: Random, now: note.Note, id: UUID, new: UUID) -> list[note.Event]:
    return note.correct(now, _ABOUT[id], _somebody(chance, now), chance.choice(WORDS))


def _change_privacy(chance: Random, now: note.Note, id: UUID, new: UUID) -> list[note.Event]:
    return note.change_privacy(now, _ABOUT[id], _somebody(chance, now), *_privacy(chance))


def _hand_over(chance: Random, now: note.Note, id: UUID, new: UUID) -> list[note.Event]:
    return note.hand_over(now, _ABOUT[id], _somebody(chance, now), chance.choice(ASSOCIATES).id)


def _withdraw(chance: Random, now: note.Note, id: UUID, new: UUID) -> list[note.Event]:
    return note.withdraw(now, _ABOUT[id], _somebody(chance, now))


def _somebody(chance: Random, now: note.Note) -> Caller:
    """Most often who keeps the note: what others ask is refused."""
    keepers = [each for each in ASSOCIATES if each.id == now.keeper]
    return chance.choice([*keepers * 5, *ASSOCIATES])


def _privacy(chance: Random) -> tuple[Privacy, list[str]]:
    privacy = chance.choice(list(Privacy))
    return privacy, [each.id for each in ASSOCIATES] if privacy is Privacy.CIRCLE else []


NOUN = Noun(
    lambda chance: (id := chance.choice(list(_ABOUT)), _ABOUT[id]),
    note.after,
    [_write, _write, _correct, _correct, _change_privacy, _hand_over, _withdraw],
)
