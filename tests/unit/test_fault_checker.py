"""The judge of the fault suite: it accepts what is right, and finds each thing that is broken, by its invariant."""

from dataclasses import replace
from uuid import UUID, uuid5

import pytest

from infra.broker.position import Relayed
from tests.faults.checker import check
from tests.faults.evidence import Evidence, Letter, Replayed, Sent, Stored
from tests.faults.history import FAIL, OK, UNKNOWN, Command
from tests.faults.witness import Move
from tests.support.projections import Tables

LOG = UUID(int=1)
ANN, BEN = UUID(int=10), UUID(int=11)


def receipt(key: str) -> UUID:
    return uuid5(LOG, key)


def event(position: int, stream: UUID, version: int, command: int) -> Stored:
    return Stored(position, stream, version, "client.registered.v1", stream, f"e{position}", UUID(int=command))


def answered(position: int, command: int, stream: UUID, version: int) -> Stored:
    return Stored(
        position,
        receipt(f"k{command}"),
        1,
        "receipt.command-answered.v1",
        receipt(f"k{command}"),
        f"e{position}",
        UUID(int=command),
        internal=True,
        answers=(stream, version, stream),
    )


def sent(position: int, stream: UUID, version: int, offset: int) -> Sent:
    return Sent(int(stream == BEN), offset, position, stream, version, f"e{position}", (b"value", position))


def ok(number: int, id: UUID, version: int) -> Command:
    return Command(f"k{number}", "register", OK, id, version, answers=[(id, version)])


ROWS: Tables = {"client_card": {(ANN,): {"client_id": ANN, "family": "Leclerc"}}}

# Ann at 1 and 5, Ben at 3, each with the receipt behind it; one command that was refused.
GOOD = Evidence(
    commands=[ok(1, ANN, 1), ok(2, BEN, 1), ok(3, ANN, 2), Command("k4", "register", FAIL, code="client.differs")],
    receipts={receipt(f"k{number}"): f"k{number}" for number in range(1, 5)},
    stored=[
        event(1, ANN, 1, 1),
        answered(2, 1, ANN, 1),
        event(3, BEN, 1, 2),
        answered(4, 2, BEN, 1),
        event(5, ANN, 2, 3),
        answered(6, 3, ANN, 2),
    ],
    tailed=[1, 2, 3, 4, 5, 6],
    committed=[sent(1, ANN, 1, 0), sent(5, ANN, 2, 4), sent(3, BEN, 1, 0)],
    uncommitted=[sent(1, ANN, 1, 0), sent(5, ANN, 2, 2), sent(5, ANN, 2, 4), sent(3, BEN, 1, 0)],
    relayed=Relayed(LOG, 5, "e5", [5, 3]),
    partitions=2,
    rows=ROWS,
    folded=ROWS,
    replayed=Replayed(ROWS, (6, 5), (6, 5)),
    letters=[],
    projections=["client_card"],
    moves=[Move("7", "project-1", "client_card", 0, 0, 1, 0, 1), Move("8", "project-2", "client_card", 0, 1, 5, 1, 5)],
    writes={"7": {"client_card"}, "8": {"client_card"}},
)

OTHER_ROWS: Tables = {"client_card": {(ANN,): {"client_id": ANN, "family": "Leclercq"}}}

BROKEN = {
    "R1 lost": replace(GOOD, stored=GOOD.stored[:4], tailed=[1, 2, 3, 4]),
    "R1 answered otherwise": replace(GOOD, commands=[ok(1, BEN, 1), *GOOD.commands[1:]]),
    "R2 invented": replace(GOOD, stored=[*GOOD.stored, event(7, ANN, 3, 99)], tailed=[*GOOD.tailed, 7]),
    "R2 refused and done": replace(GOOD, commands=[*GOOD.commands[:2], Command("k3", "register", FAIL)]),
    "R2 done twice": replace(GOOD, stored=[*GOOD.stored, replace(answered(7, 3, ANN, 2), command_id=UUID(int=9))]),
    "R3 gap": replace(GOOD, stored=[*GOOD.stored[:4], event(5, ANN, 3, 3), GOOD.stored[5]]),
    "R3 double": replace(GOOD, stored=[*GOOD.stored[:4], event(5, ANN, 1, 3), GOOD.stored[5]]),
    "R4 seen behind": replace(GOOD, tailed=[1, 2, 4, 5, 6]),
    "R4 seen and gone": replace(GOOD, tailed=[*GOOD.tailed, 7]),
    "R5 not sent": replace(GOOD, committed=GOOD.committed[:2]),
    "R5 not stored": replace(GOOD, stored=GOOD.stored[:4]),
    "R5 positions differ": replace(GOOD, relayed=Relayed(LOG, 5, "e5", [5, 0])),
    "R6 inverted": replace(GOOD, committed=[GOOD.committed[1], GOOD.committed[0], GOOD.committed[2]]),
    "R6 first inverted": replace(GOOD, uncommitted=[GOOD.uncommitted[1], *GOOD.uncommitted]),
    "R6 elsewhere": replace(GOOD, uncommitted=[replace(GOOD.uncommitted[0], partition=1), *GOOD.uncommitted[1:]]),
    "R7 committed twice": replace(GOOD, committed=[*GOOD.committed, GOOD.committed[2]]),
    "R7 other bytes": replace(GOOD, uncommitted=[*GOOD.uncommitted, replace(GOOD.uncommitted[3], content=(b"x", 3))]),
    "R8/R9 other value": replace(GOOD, rows=OTHER_ROWS),
    "R8/R9 row missing": replace(GOOD, rows={}),
    "R8/R9 row too many": replace(GOOD, rows={"client_card": {**ROWS["client_card"], (BEN,): {}}}),
    "R10 backwards": replace(GOOD, moves=[*GOOD.moves, Move("9", "p", "client_card", 0, 5, 1, 5, 1)]),
    "R10 from elsewhere": replace(GOOD, moves=[*GOOD.moves, Move("9", "p", "client_card", 0, 1, 9, 1, 9)]),
    "R10 rows alone": replace(GOOD, writes={**GOOD.writes, "9": {"client_card"}}),
    "R11 open": replace(GOOD, commands=[*GOOD.commands, Command("k5", "register", UNKNOWN)]),
    "R11 late": replace(GOOD, troubles=["not within 60 seconds"]),
    "R12 not parked": replace(GOOD, poison=frozenset({3})),
    "R12 parked too much": replace(GOOD, letters=[Letter("client_card", 3, "decode")]),
    "R13 other rows": replace(GOOD, replayed=Replayed(OTHER_ROWS, (6, 5), (6, 5))),
    "R13 something new": replace(GOOD, replayed=Replayed(ROWS, (6, 5), (7, 5))),
}


def test_what_is_right_is_accepted() -> None:
    assert check(GOOD) == []


def test_poison_and_what_follows_it_is_parked_and_the_others_flow() -> None:
    letters = [Letter("client_card", 1, "decode"), Letter("client_card", 5, "blocked")]

    assert check(replace(GOOD, poison=frozenset({1}), letters=letters)) == []


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_is_found_and_named(broken: str) -> None:
    found = check(BROKEN[broken])

    assert broken.split(maxsplit=1)[0] in {violation.invariant for violation in found}


def test_the_least_is_shown() -> None:
    [violation] = [each for each in check(replace(GOOD, tailed=[])) if each.invariant == "R4"]

    assert violation.what == "6 positions became visible behind a reader, or never to it: 1, 2, 3 ..."
