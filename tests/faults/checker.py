"""The invariants, R1 to R13 of every fault test, as plain functions of the evidence: what is broken, and where first.

Nothing here touches a process, a socket or a file: each rule is tried on made-up evidence in
`tests/unit/test_fault_checker.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from tests.faults.evidence import Evidence, Letter, Sent, Stored, parked
from tests.faults.history import FAIL, OK, UNKNOWN
from tests.support.projections import Tables

SHOWN: Final = 3


class Violation(NamedTuple):
    """Which invariant does not hold, and the least that shows it."""

    invariant: str
    what: str


def check(evidence: Evidence) -> list[Violation]:
    """Everything that does not hold, in the order of the invariants."""
    return [Violation(name, what) for name, rule in RULES for what in rule(evidence)]


def acknowledged_is_kept(evidence: Evidence) -> Iterator[str]:
    """R1: what was answered with success has its receipt in the log, saying the same, and the version it names."""
    receipts = {evidence.receipts[event.stream_id]: event for event in _known_receipts(evidence)}
    versions = Counter(event.stream_id for event in evidence.stored)
    lost, differing = [], []
    for command in evidence.commands:
        if command.outcome != OK:
            continue
        if (receipt := receipts.get(command.key)) is None or receipt.answers is None:
            lost.append(command.key)
            continue
        stream_id, version, subject_id = receipt.answers
        if versions[stream_id] < version:
            lost.append(command.key)
        differing += [command.key for answer in command.answers if answer != (subject_id, version)]
    yield from _told(lost, "acknowledged commands are not in the log")
    yield from _told(differing, "commands were answered otherwise than their receipts say")


def nothing_is_invented(evidence: Evidence) -> Iterator[str]:
    """R2: every event was appended with the receipt of one command that was given and not refused."""
    outcomes = {command.key: command.outcome for command in evidence.commands}
    given = {event.command_id: evidence.receipts[event.stream_id] for event in _known_receipts(evidence)}
    events = [event for event in evidence.stored if event.position not in evidence.poison]
    yield from _told(
        [event.position for event in events if event.command_id not in given], "events that no command made, at"
    )
    refused = {command_id for command_id, key in given.items() if outcomes.get(key) == FAIL}
    yield from _told(
        [event.position for event in events if event.command_id in refused], "events of refused commands, at"
    )
    yield from _told(
        [key for key, count in Counter(given.values()).items() if count > 1], "commands that were carried out twice"
    )


def versions_have_no_gap(evidence: Evidence) -> Iterator[str]:
    """R3: of each stream the versions are 1..n, in the order of their positions."""
    yield from _gaps("stream", ((event.stream_id, event.version) for event in evidence.stored))


def position_is_visibility(evidence: Evidence) -> Iterator[str]:
    """R4: who followed the log has seen every position of it."""
    seen = set(evidence.tailed)
    missed = [event.position for event in evidence.stored if event.position not in seen]
    yield from _told(missed, "positions became visible behind a reader, or never to it")
    yield from _told(sorted(seen - {event.position for event in evidence.stored}), "positions were seen and are gone")


def relay_is_complete(evidence: Evidence) -> Iterator[str]:
    """R5: committed on the topic is exactly what is in the log, each event in its own words."""
    sent = {each.position: each for each in evidence.committed}
    stored = {event.position: event for event in evidence.relayable}
    yield from _told(sorted(stored.keys() - sent.keys()), "events are not on the topic, at")
    yield from _told(sorted(sent.keys() - stored.keys()), "records are not in the log, at")
    both = sorted(stored.keys() & sent.keys())
    differing = [position for position in both if sent[position].event_id != stored[position].event_id]
    yield from _told(differing, "records are another event than the log's, at")


def topic_keeps_order(evidence: Evidence) -> Iterator[str]:
    """R6: on each partition positions only grow, and a stream's versions are 1..n without gap; its place is one."""
    for name, records in (("committed", evidence.committed), ("first", _first(evidence.uncommitted))):
        last: dict[int, int] = {}
        inverted = []
        for record in records:
            if record.position < last.get(record.partition, 0):
                inverted.append(record.position)
            last[record.partition] = max(record.position, last.get(record.partition, 0))
        yield from _told(inverted, f"{name} records stand behind later ones, at")
        yield from _gaps(f"{name} record's stream", ((each.stream_id, each.version) for each in records))
    places: defaultdict[UUID, set[int]] = defaultdict(set)
    for record in evidence.uncommitted:
        places[record.stream_id].add(record.partition)
    yield from _told([stream for stream, where in places.items() if len(where) > 1], "streams on two partitions")


def duplicates_are_exact(evidence: Evidence) -> Iterator[str]:
    """R7: who reads what is committed sees nothing twice; who reads all sees the same bytes again."""
    counted = Counter(each.event_id for each in evidence.committed)
    yield from _told([id for id, count in counted.items() if count > 1], "committed twice")
    contents: dict[str, tuple[object, ...]] = {}
    differing = [
        each.event_id
        for each in evidence.uncommitted
        if contents.setdefault(each.event_id, each.content) != each.content
    ]
    yield from _told(differing, "sent again with other bytes")


def positions_agree(evidence: Evidence) -> Iterator[str]:
    """R5, too: the topic of the relay's position says how far the topic of the events goes, in each partition."""
    ends = [0] * evidence.partitions
    for each in evidence.committed:
        ends[each.partition] = each.position
    last = max(evidence.committed, key=lambda each: each.position, default=None)
    relayed = evidence.relayed
    if relayed is None or last is None:
        if (relayed is None) != (last is None):
            yield "one of the two topics is empty"
    elif (relayed.position, relayed.event_id, relayed.ends) != (last.position, last.event_id, ends):
        yield f"the relay's topic says {relayed.position} {relayed.ends}, the events' {last.position} {ends}"


def rows_are_a_fold(evidence: Evidence) -> Iterator[str]:
    """R8, R9: every row of every table, column by column, is what folding the log once gives."""
    yield from _differences(evidence.rows, evidence.folded)


def offsets_move_with_rows(evidence: Evidence) -> Iterator[str]:
    """R10: from where it stood, an offset moved up, and no row was written without a move."""
    at: dict[tuple[str, int], tuple[int, int]] = {}
    wrong = []
    for move in evidence.moves:
        place = (move.projection, move.partition)
        was = (move.was, move.offset_was)
        to = (move.position, move.next_offset)
        if was != at.get(place, (0, 0)) or to < was or move.next_offset < move.offset_was:
            wrong.append(f"{move.projection}/{move.partition} by {move.who}: {was} to {to}, was at {at.get(place)}")
        at[place] = to
    yield from _told(wrong, "offsets did not move forward from where they were")
    moving = {move.transaction for move in evidence.moves}
    alone = [f"{number}: {', '.join(sorted(each))}" for number, each in evidence.writes.items() if number not in moving]
    yield from _told(alone, "transactions wrote rows and moved no offset")


def all_is_settled(evidence: Evidence) -> Iterator[str]:
    """R11: everything came to rest by itself: no command is open, and nothing took longer than it may."""
    yield from evidence.troubles
    yield from _told(
        [command.key for command in evidence.commands if command.outcome == UNKNOWN], "commands were never settled"
    )


def poison_is_contained(evidence: Evidence) -> Iterator[str]:
    """R12: of a key with an event that cannot be read, that event and all later ones are parked, and nothing else."""
    must = parked(evidence.stored, evidence.poison)
    expected = {
        Letter(projection, position, "decode" if itself else "blocked")
        for projection in evidence.projections
        for position, itself in must.items()
    }
    found = Counter(evidence.letters)
    yield from _told(sorted(expected - found.keys(), key=str), "should be parked")
    yield from _told(sorted(found.keys() - expected, key=str), "should not be parked")
    yield from _told([letter for letter, count in found.items() if count > 1], "parked twice")


def replay_has_no_effect(evidence: Evidence) -> Iterator[str]:
    """R13: a rebuild gives the same rows and adds nothing to the log or to a topic."""
    if evidence.replayed is None:
        yield "there was no rebuild"
        return
    yield from (f"rebuilt: {what}" for what in _differences(evidence.replayed.rows, evidence.folded))
    if evidence.replayed.before != evidence.replayed.after:
        yield f"log and topics held {evidence.replayed.before} before a rebuild and {evidence.replayed.after} after it"


RULES: Final[tuple[tuple[str, Callable[[Evidence], Iterator[str]]], ...]] = (
    ("R1", acknowledged_is_kept),
    ("R2", nothing_is_invented),
    ("R3", versions_have_no_gap),
    ("R4", position_is_visibility),
    ("R5", relay_is_complete),
    ("R5", positions_agree),
    ("R6", topic_keeps_order),
    ("R7", duplicates_are_exact),
    ("R8/R9", rows_are_a_fold),
    ("R10", offsets_move_with_rows),
    ("R11", all_is_settled),
    ("R12", poison_is_contained),
    ("R13", replay_has_no_effect),
)


def _known_receipts(evidence: Evidence) -> Iterator[Stored]:
    return (event for event in evidence.stored if event.stream_id in evidence.receipts)


def _first(records: Sequence[Sent]) -> list[Sent]:
    first: dict[str, Sent] = {}
    for each in records:
        first.setdefault(each.event_id, each)
    return list(first.values())


def _gaps(whose: str, versions: Iterable[tuple[UUID, int]]) -> Iterator[str]:
    last: dict[UUID, int] = {}
    wrong = []
    for stream_id, version in versions:
        if version != last.get(stream_id, 0) + 1:
            wrong.append(f"{stream_id} {version} after {last.get(stream_id, 0)}")
        last[stream_id] = version
    yield from _told(wrong, f"a {whose} has a gap or a double in its versions")


def _differences(found: Tables, expected: Tables) -> Iterator[str]:
    for table in sorted(found.keys() | expected.keys()):
        here, there = found.get(table, {}), expected.get(table, {})
        yield from _told(list(there.keys() - here.keys()), f"{table}: rows are missing")
        yield from _told(list(here.keys() - there.keys()), f"{table}: rows are too many")
        differing = [
            f"{key}: {column} is {here[key].get(column)!r}, not {value!r}"
            for key in here.keys() & there.keys()
            for column, value in there[key].items()
            if here[key].get(column) != value
        ]
        yield from _told(differing, f"{table}: columns differ")


def _told(which: Sequence[object], what: str) -> Iterator[str]:
    if which:
        shown = ", ".join(str(each) for each in which[:SHOWN])
        yield f"{len(which)} {what}: {shown}{' ...' if len(which) > SHOWN else ''}"
